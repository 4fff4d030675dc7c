//! Judgments in a sparse layout: for each task the (worker, label) cells that voted for it.
//!
//! A *cell* is a pair of worker and label that occurs. A vote is one number, the cell; a worker's cells follow each
//! other. So a model that keeps a row per cell needs no place for labels that a worker never used, and a million
//! workers with one answer each cost a million rows. Votes of a task are sorted: nothing computed from them can depend
//! on the order in which they came.

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VotesError {
    #[error("vote {index} names {what} {number}, but there are only {count}")]
    OutOfRange { index: usize, what: &'static str, number: u32, count: usize },
    #[error("more than 4,294,967,295 votes")]
    TooMany,
}

/// Which task a vote is for, whose it is, and for which class.
pub type Vote = (u32, u32, u32);

#[derive(Debug, Clone, Default)]
pub struct Votes {
    workers: usize,
    classes: usize,
    /// Where each task's votes start; one more at the end.
    task_starts: Vec<u32>,
    /// For each vote its cell, sorted within the task.
    cells: Vec<u32>,
    /// Where each worker's cells start; one more at the end.
    worker_starts: Vec<u32>,
    cell_label: Vec<u32>,
    cell_worker: Vec<u32>,
    repeats: usize,
}

impl Votes {
    /// `rows` in any order; tasks, workers and classes are numbered from 0.
    pub fn new(tasks: usize, workers: usize, classes: usize, rows: &[Vote]) -> Result<Self, VotesError> {
        if rows.len() >= u32::MAX as usize {
            return Err(VotesError::TooMany);
        }
        for (index, (task, worker, label)) in rows.iter().enumerate() {
            for (what, number, count) in
                [("task", *task, tasks), ("worker", *worker, workers), ("class", *label, classes)]
            {
                if number as usize >= count {
                    return Err(VotesError::OutOfRange { index, what, number, count });
                }
            }
        }
        let (worker_starts, cell_worker, cell_label) = cells(workers, classes, rows);
        let mut task_starts = vec![0_u32; tasks + 1];
        for (task, _, _) in rows {
            task_starts[*task as usize + 1] += 1;
        }
        for task in 0..tasks {
            task_starts[task + 1] += task_starts[task];
        }
        let mut next: Vec<u32> = task_starts[..tasks].to_vec();
        let mut of_vote = vec![0_u32; rows.len()];
        for (task, worker, label) in rows {
            let own = worker_starts[*worker as usize] as usize..worker_starts[*worker as usize + 1] as usize;
            // The labels of a worker are sorted; few workers use more than a handful.
            let at = cell_label[own.clone()].partition_point(|there| there < label);
            let place = &mut next[*task as usize];
            of_vote[*place as usize] = (own.start + at) as u32;
            *place += 1;
        }
        let mut repeats = 0;
        for task in 0..tasks {
            let own = &mut of_vote[task_starts[task] as usize..task_starts[task + 1] as usize];
            own.sort_unstable();
            repeats +=
                own.windows(2).filter(|pair| cell_worker[pair[0] as usize] == cell_worker[pair[1] as usize]).count();
        }
        Ok(Self { workers, classes, task_starts, cells: of_vote, worker_starts, cell_label, cell_worker, repeats })
    }

    pub fn tasks(&self) -> usize {
        self.task_starts.len().saturating_sub(1)
    }

    pub fn workers(&self) -> usize {
        self.workers
    }

    pub fn classes(&self) -> usize {
        self.classes
    }

    pub fn len(&self) -> usize {
        self.cells.len()
    }

    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// Votes of a worker for a task that has another vote of that worker.
    pub fn repeats(&self) -> usize {
        self.repeats
    }

    pub fn cell_count(&self) -> usize {
        self.cell_label.len()
    }

    /// The cells that voted for the task.
    #[inline]
    pub fn of_task(&self, task: usize) -> &[u32] {
        &self.cells[self.task_starts[task] as usize..self.task_starts[task + 1] as usize]
    }

    /// Where the task's votes lie among all.
    #[inline]
    pub fn range(&self, task: usize) -> std::ops::Range<usize> {
        self.task_starts[task] as usize..self.task_starts[task + 1] as usize
    }

    /// The cells of a worker.
    #[inline]
    pub fn of_worker(&self, worker: usize) -> std::ops::Range<usize> {
        self.worker_starts[worker] as usize..self.worker_starts[worker + 1] as usize
    }

    #[inline]
    pub fn label(&self, cell: u32) -> usize {
        self.cell_label[cell as usize] as usize
    }

    #[inline]
    pub fn worker(&self, cell: u32) -> usize {
        self.cell_worker[cell as usize] as usize
    }

    /// How many votes each worker gave.
    pub fn per_worker(&self) -> Vec<u32> {
        let mut counts = vec![0; self.workers];
        for cell in &self.cells {
            counts[self.worker(*cell)] += 1;
        }
        counts
    }

    /// For each worker the votes (by their place among all), in the order of tasks.
    pub fn by_worker(&self) -> (Vec<u32>, Vec<u32>) {
        let mut starts = vec![0_u32; self.workers + 1];
        for cell in &self.cells {
            starts[self.worker(*cell) + 1] += 1;
        }
        for worker in 0..self.workers {
            starts[worker + 1] += starts[worker];
        }
        let mut next = starts.clone();
        let mut votes = vec![0_u32; self.cells.len()];
        for (vote, cell) in self.cells.iter().enumerate() {
            let place = &mut next[self.worker(*cell)];
            votes[*place as usize] = vote as u32;
            *place += 1;
        }
        (starts, votes)
    }

    /// The cell of each vote; the votes of task 0 first.
    pub fn all_cells(&self) -> &[u32] {
        &self.cells
    }

    /// For how many chunks sums over tasks are kept apart, when each needs `bytes`: few enough that adding the sums up
    /// costs little beside the votes. Depends on the data only.
    pub fn chunks(&self, bytes: usize) -> usize {
        const MEMORY_BYTES: usize = 256 << 20;
        let bytes = bytes.max(1);
        let cheap = (self.len().saturating_mul(self.classes) / (3 * bytes)).max(2);
        let most = (self.len() / 32_768).min(MEMORY_BYTES / bytes).min(cheap).clamp(1, 16);
        // Two threads, or four, then have as many each: one that has one more lets the others wait.
        1 << most.ilog2()
    }
}

/// The pairs of worker and label that occur, sorted.
fn cells(workers: usize, classes: usize, rows: &[Vote]) -> (Vec<u32>, Vec<u32>, Vec<u32>) {
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    let dense = workers.checked_mul(classes).filter(|size| *size <= (1 << 24) || *size <= rows.len());
    if let Some(size) = dense {
        let mut there = vec![false; size];
        for (_, worker, label) in rows {
            there[*worker as usize * classes + *label as usize] = true;
        }
        let places = there.iter().enumerate().filter(|(_, there)| **there);
        pairs.extend(places.map(|(at, _)| ((at / classes) as u32, (at % classes) as u32)));
    } else {
        pairs.extend(rows.iter().map(|(_, worker, label)| (*worker, *label)));
        pairs.sort_unstable();
        pairs.dedup();
    }
    let mut starts = vec![0_u32; workers + 1];
    for (worker, _) in &pairs {
        starts[*worker as usize + 1] += 1;
    }
    for worker in 0..workers {
        starts[worker + 1] += starts[worker];
    }
    let (workers, labels) = pairs.into_iter().unzip();
    (starts, workers, labels)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn cells_hold_what_occurs() {
        let rows = [(1, 0, 2), (0, 1, 0), (1, 1, 0), (0, 0, 2), (1, 0, 1)];
        let votes = Votes::new(3, 2, 3, &rows).unwrap();
        assert_eq!((votes.tasks(), votes.len(), votes.cell_count(), votes.repeats()), (3, 5, 3, 1));
        let of = |task| -> Vec<(usize, usize)> {
            votes.of_task(task).iter().map(|cell| (votes.worker(*cell), votes.label(*cell))).collect()
        };
        assert_eq!((of(0), of(1), of(2)), (vec![(0, 2), (1, 0)], vec![(0, 1), (0, 2), (1, 0)], vec![]));
        let mut turned = rows;
        turned.reverse();
        assert_eq!(Votes::new(3, 2, 3, &turned).unwrap().cells, votes.cells);
        assert_eq!(votes.by_worker(), (vec![0, 3, 5], vec![0, 2, 3, 1, 4]));
    }

    #[test]
    fn numbers_out_of_range_are_errors() {
        let wrong = Votes::new(1, 1, 2, &[(0, 0, 0), (0, 0, 2)]).unwrap_err();
        assert_eq!(wrong.to_string(), "vote 1 names class 2, but there are only 2");
        assert!(Votes::new(0, 0, 0, &[]).unwrap().is_empty());
    }

    #[test]
    fn a_million_workers_with_one_answer_each() {
        let rows: Vec<Vote> = (0..1_000_000).map(|n| (n / 5, n, n % 100)).collect();
        let votes = Votes::new(200_000, 1_000_000, 100, &rows).unwrap();
        assert_eq!(votes.cell_count(), 1_000_000);
    }
}
