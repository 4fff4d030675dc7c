//! Tasks in an order in which neighbours share a worker: what is known of that worker is then still near at hand, and a
//! pass over many tasks waits less for memory. The order follows from the votes alone.

use super::Votes;

/// Tasks by the first of their cells; those without votes first.
pub struct Near {
    /// The task at each place.
    pub order: Vec<u32>,
    /// Where the votes of each place start; one more at the end.
    starts: Vec<u32>,
    cells: Vec<u32>,
    /// The largest number of votes that a task has.
    pub most: usize,
}

impl Near {
    pub fn new(votes: &Votes) -> Self {
        let key = |task: usize| votes.of_task(task).first().map_or(0, |cell| *cell as usize + 1);
        let mut next = vec![0_u32; votes.cell_count() + 2];
        (0..votes.tasks()).for_each(|task| next[key(task) + 1] += 1);
        for at in 1..next.len() {
            next[at] += next[at - 1];
        }
        let mut order = vec![0_u32; votes.tasks()];
        for task in 0..votes.tasks() {
            let place = &mut next[key(task)];
            order[*place as usize] = task as u32;
            *place += 1;
        }
        let (mut starts, mut cells) = (Vec::with_capacity(order.len() + 1), Vec::with_capacity(votes.len()));
        starts.push(0);
        let mut most = 0;
        for task in &order {
            let own = votes.of_task(*task as usize);
            most = most.max(own.len());
            cells.extend_from_slice(own);
            starts.push(cells.len() as u32);
        }
        Self { order, starts, cells, most }
    }

    /// The cells that voted for the tasks at these places, one task after the other.
    #[inline(always)]
    pub fn cells(&self, places: std::ops::Range<usize>) -> &[u32] {
        &self.cells[self.starts[places.start] as usize..self.starts[places.end] as usize]
    }

    /// The cells that voted for the task at this place.
    #[inline(always)]
    pub fn votes(&self, place: usize) -> &[u32] {
        &self.cells[self.starts[place] as usize..self.starts[place + 1] as usize]
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_task_has_one_place_and_its_own_votes() {
        let rows: Vec<_> = (0..500_u32).map(|n| (n * 7 % 90, n * n % 11, n % 3)).collect();
        let votes = Votes::new(100, 11, 3, &rows).unwrap();
        let near = Near::new(&votes);
        let mut seen: Vec<u32> = near.order.clone();
        seen.sort_unstable();
        assert_eq!(seen, (0..100).collect::<Vec<_>>());
        for (place, task) in near.order.iter().enumerate() {
            assert_eq!(near.votes(place), votes.of_task(*task as usize));
        }
        let firsts: Vec<_> = (0..100).map(|place| near.votes(place).first()).collect();
        assert!(firsts.is_sorted() && firsts[9].is_none() && firsts[10].is_some());
        assert_eq!(near.most, (0..100).map(|task| votes.of_task(task).len()).max().unwrap());
        assert!(Near::new(&Votes::default()).order.is_empty());
    }
}
