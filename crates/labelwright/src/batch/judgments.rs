//! Judgments: who said what about which task, as three columns of numbers.
//!
//! Numbers are given out in the natural order of the strings, so nothing later can depend on the order of the rows.

use super::{Interner, Table};
use crate::environment::Failure;
use clap::ValueEnum;
use labelwright_quality::votes::Votes;
use std::path::Path;

/// What to do when a worker judged a task more than once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Repeats {
    /// Every row is a judgment of its own; how many repeat is reported.
    Count,
    /// An error that names the second row.
    Refuse,
}

#[derive(Debug, Clone, Default)]
pub struct Judgments {
    pub tasks: Interner,
    pub workers: Interner,
    pub labels: Interner,
    /// (task, worker, label), in the order of the file.
    pub rows: Vec<(u32, u32, u32)>,
}

impl Judgments {
    /// Reads the columns task, worker and `value`. `labels` are there besides those that the file has.
    pub fn read(path: &Path, value: &str, labels: &[Vec<u8>]) -> Result<Self, Failure> {
        let mut found = Self::default();
        for label in labels {
            found.labels.intern(label);
        }
        let mut room = Vec::new();
        Table::open(path)?.read(&["task", "worker", value], |row| {
            let too_many = || format!("{}: more than 4,294,967,295 different strings", path.display());
            let task = found.tasks.intern(row.required(0, &mut room)?).ok_or_else(too_many)?;
            let worker = found.workers.intern(row.required(1, &mut room)?).ok_or_else(too_many)?;
            let label = found.labels.intern(row.required(2, &mut room)?).ok_or_else(too_many)?;
            found.rows.push((task, worker, label));
            Ok(())
        })?;
        found.rows.shrink_to_fit();
        let (tasks, workers, labels) = (found.tasks.sort(), found.workers.sort(), found.labels.sort());
        let new = |map: &[u32], old: u32| map.get(old as usize).copied().unwrap_or(0);
        for (task, worker, label) in &mut found.rows {
            *task = new(&tasks, *task);
            *worker = new(&workers, *worker);
            *label = new(&labels, *label);
        }
        Ok(found)
    }

    /// As votes; with [`Repeats::Refuse`], a worker's second vote on a task is an error that names its line. Frees the
    /// rows.
    pub fn votes(&mut self, path: &Path, repeats: Repeats) -> Result<Votes, Failure> {
        let votes = Votes::new(self.tasks.len(), self.workers.len(), self.labels.len(), &self.rows)?;
        if votes.repeats() > 0 {
            match repeats {
                Repeats::Refuse => return Err(self.first_repeat(path)?.unwrap_or_default().into()),
                Repeats::Count => eprintln!(
                    "{}: {} judgments repeat the task and worker of another one; each counts",
                    path.display(),
                    votes.repeats()
                ),
            }
        }
        self.rows = Vec::new();
        Ok(votes)
    }

    /// Finds the line of the first row that repeats the task and worker of an earlier one: only for the message.
    fn first_repeat(&self, path: &Path) -> Result<Option<String>, Failure> {
        let mut order: Vec<u32> = (0..self.rows.len() as u32).collect();
        let at = |row: &u32| self.rows.get(*row as usize).copied().unwrap_or_default();
        order.sort_unstable_by_key(|row| (at(row).0, at(row).1, *row));
        let second = order
            .windows(2)
            .filter_map(|pair| match pair {
                [one, other] if (at(one).0, at(one).1) == (at(other).0, at(other).1) => Some(*other),
                _ => None,
            })
            .min();
        let Some(second) = second else { return Ok(None) };
        let (mut number, mut message) = (0, None);
        Table::open(path)?.read(&["task", "worker"], |row| {
            if number == second {
                let (task, worker, _) = at(&second);
                let (worker, task) = (self.workers.text(worker), self.tasks.text(task));
                message = Some(row.wrong(1, &format!("{worker:?} judged task {task:?} before")).to_string());
            }
            number += 1;
            Ok(())
        })?;
        Ok(message)
    }
}
