//! One new answer at a time, on top of a finished Dawid-Skene: the task's posterior from all its votes and the workers'
//! current confusion counts, then the counts of the task's workers from the new posterior. Cost: votes of the task x
//! classes, whatever the size of the project.
//!
//! This is one local EM step (Neal, Hinton, "A view of the EM algorithm that justifies incremental, sparse, and other
//! variants", 1998): it does not lower the free energy, and running it over all tasks until nothing changes ends in a
//! fixed point of the batch form with the same smoothing.

use super::{Aggregation, NONE, Votes};
use crate::numeric::soft_max;
use std::collections::BTreeMap;

/// Expected counts of one worker: for each label given, a row over true classes.
type Confusion = BTreeMap<u32, Vec<f64>>;

#[derive(Debug, Clone)]
pub struct Online {
    classes: usize,
    /// Pseudo-count of each confusion cell; a new worker starts with it.
    smoothing: f64,
    /// Extra pseudo-count on the diagonal: a new worker is taken to be better than chance.
    diagonal: f64,
    workers: Vec<Worker>,
    mass: Vec<f64>,
    tasks: Vec<Task>,
}

#[derive(Debug, Clone, Default)]
struct Worker {
    counts: Confusion,
    totals: Vec<f64>,
}

#[derive(Debug, Clone, Default)]
struct Task {
    /// (worker, label).
    votes: Vec<(u32, u32)>,
    posterior: Vec<f64>,
    gold: Option<u32>,
}

impl Online {
    /// `fit` must hold the probabilities of `votes`. Smoothing of 0 is raised to 0.01, so that no answer is impossible.
    pub fn new(votes: &Votes, fit: &Aggregation, smoothing: f64) -> Self {
        let classes = votes.classes();
        let mut online = Self {
            classes,
            smoothing: smoothing.max(0.01),
            diagonal: 1.0,
            workers: vec![Worker { counts: Confusion::new(), totals: vec![0.0; classes] }; votes.workers()],
            mass: vec![0.0; classes],
            tasks: Vec::with_capacity(votes.tasks()),
        };
        for task in 0..votes.tasks() {
            let own = votes.of_task(task);
            let posterior = fit.probabilities.get(task * classes..(task + 1) * classes).unwrap_or_default().to_vec();
            let of_cell = |cell: &u32| (votes.worker(*cell) as u32, votes.label(*cell) as u32);
            let task = Task { votes: own.iter().map(of_cell).collect(), posterior, gold: None };
            online.count(&task, 1.0);
            online.tasks.push(task);
        }
        online
    }

    /// Adds a task's posterior to its workers' counts, or takes it away.
    fn count(&mut self, task: &Task, sign: f64) {
        if task.votes.is_empty() || task.posterior.is_empty() {
            return;
        }
        self.mass.iter_mut().zip(&task.posterior).for_each(|(mass, p)| *mass += sign * p);
        for (worker, label) in &task.votes {
            let worker = &mut self.workers[*worker as usize];
            let row = worker.counts.entry(*label).or_insert_with(|| vec![0.0; task.posterior.len()]);
            row.iter_mut().zip(&task.posterior).for_each(|(count, p)| *count = (*count + sign * p).max(0.0));
            worker.totals.iter_mut().zip(&task.posterior).for_each(|(total, p)| *total = (*total + sign * p).max(0.0));
        }
    }

    /// Takes a new answer and gives the task's class probabilities. Tasks and workers beyond those known are new ones;
    /// a label that is not a class is none.
    pub fn add(&mut self, task: u32, worker: u32, label: u32) -> Option<&[f64]> {
        if label as usize >= self.classes || task == NONE || worker == NONE {
            return None;
        }
        let (task, worker_index) = (task as usize, worker as usize);
        if task >= self.tasks.len() {
            self.tasks.resize(task + 1, Task::default());
        }
        if worker_index >= self.workers.len() {
            let new = Worker { counts: Confusion::new(), totals: vec![0.0; self.classes] };
            self.workers.resize(worker_index + 1, new);
        }
        let mut own = std::mem::take(&mut self.tasks[task]);
        self.count(&own, -1.0);
        own.votes.push((worker, label));
        // Sorted, so that the sum does not depend on who came first.
        own.votes.sort_unstable();
        own.posterior = self.posterior(&own.votes, own.gold);
        self.count(&own, 1.0);
        self.tasks[task] = own;
        Some(&self.tasks[task].posterior)
    }

    /// Fixes a task's class.
    pub fn set_gold(&mut self, task: u32, class: u32) -> bool {
        if class as usize >= self.classes || task as usize >= self.tasks.len() {
            return false;
        }
        let mut own = std::mem::take(&mut self.tasks[task as usize]);
        self.count(&own, -1.0);
        own.gold = Some(class);
        own.posterior = self.posterior(&own.votes, own.gold);
        self.count(&own, 1.0);
        self.tasks[task as usize] = own;
        true
    }

    pub fn probabilities(&self, task: u32) -> Option<&[f64]> {
        self.tasks.get(task as usize).map(|task| task.posterior.as_slice()).filter(|found| !found.is_empty())
    }

    fn posterior(&self, votes: &[(u32, u32)], gold: Option<u32>) -> Vec<f64> {
        let mut scores = vec![0.0; self.classes];
        if let Some(gold) = gold {
            scores[gold as usize] = 1.0;
            return scores;
        }
        scores.iter_mut().zip(&self.mass).for_each(|(score, mass)| *score = (mass.max(0.0) + 1.0).ln());
        for (worker, label) in votes {
            let worker = &self.workers[*worker as usize];
            let row = worker.counts.get(label);
            for (class, score) in scores.iter_mut().enumerate() {
                let extra = if class == *label as usize { self.diagonal } else { 0.0 };
                let count = row.map_or(0.0, |row| row[class]) + self.smoothing + extra;
                *score += (count / (worker.totals[class] + self.classes as f64 * self.smoothing + self.diagonal)).ln();
            }
        }
        soft_max(&mut scores);
        scores
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::{Options, aggregate, simulation};
    use super::*;

    #[test]
    fn a_new_answer_takes_far_less_than_a_millisecond_and_moves_the_posterior() {
        let crowd = simulation::crowd(simulation::Crowd { tasks: 4000, workers: 60, ..Default::default() });
        let votes = crowd.votes();
        let fit = aggregate("dawid-skene", &votes, &Options::default()).unwrap();
        let mut online = Online::new(&votes, &fit, 0.01);
        let before = online.probabilities(7).unwrap().to_vec();
        let class = crowd.truth[7];
        let good = fit.skills.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).unwrap().0 as u32;
        let started = std::time::Instant::now();
        for task in 0..1000 {
            online.add(task, good, crowd.truth[task as usize]).unwrap();
        }
        let each = started.elapsed() / 1000;
        assert!(each < std::time::Duration::from_millis(1), "{each:?}");
        let after = online.probabilities(7).unwrap();
        assert!(after[class as usize] >= before[class as usize] - 1e-9, "{before:?} {after:?}");
        assert!((after.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!(online.add(0, 0, 999).is_none());
    }

    #[test]
    fn answers_from_nothing_come_near_the_accuracy_of_the_batch_form() {
        let (mut sums, seeds) = ([0.0; 3], 10);
        for seed in 0..seeds {
            let crowd = simulation::crowd(simulation::Crowd { tasks: 1500, workers: 40, seed, ..Default::default() });
            let votes = crowd.votes();
            let batch = aggregate("dawid-skene", &votes, &Options { smoothing: 0.1, ..Options::default() }).unwrap();
            let plain = aggregate("majority-vote", &votes, &Options::default()).unwrap();
            let mut online =
                Online::new(&Votes::new(0, 0, votes.classes(), &[]).unwrap(), &Aggregation::default(), 0.1);
            for (task, worker, label) in &crowd.rows {
                online.add(*task, *worker, *label).unwrap();
            }
            let best = |task: usize| -> u32 {
                let found = online.probabilities(task as u32).unwrap();
                found.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).unwrap().0 as u32
            };
            let labels: Vec<u32> = (0..votes.tasks()).map(best).collect();
            for (sum, labels) in sums.iter_mut().zip([&plain.labels, &labels, &batch.labels]) {
                *sum += crowd.accuracy(labels) / seeds as f64;
            }
        }
        let [plain, online, batch] = sums;
        assert!(online > plain + 0.02 && online > batch - 0.03, "{plain} {online} {batch}");
        let votes = simulation::crowd(simulation::Crowd::default()).votes();
        let mut known = Online::new(&votes, &aggregate("dawid-skene", &votes, &Options::default()).unwrap(), 0.1);
        assert!(known.set_gold(3, 1) && !known.set_gold(3, 99));
        assert_eq!(known.probabilities(3).unwrap()[1], 1.0);
    }
}
