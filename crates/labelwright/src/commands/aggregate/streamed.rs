//! The plain majority while the file streams by: counts of labels by task are all that is kept, so memory grows with
//! tasks and labels and not with judgments. The labels are those of the general way.

use super::Options;
use crate::{
    batch::{Interner, Output, Repeats, Seen, Table},
    environment::Failure,
};
use serde_json::json;
use std::{collections::HashMap, path::Path};

/// More labels than this would make the table of counts larger than the judgments.
const MOST_LABELS: usize = 64;

/// What was counted.
#[derive(Default)]
struct Counted {
    tasks: Interner,
    workers: Interner,
    labels: Interner,
    counts: Counts,
    judgments: u64,
    /// Judgments that were read and not counted yet.
    waiting: Vec<(Seen, u32)>,
}

/// So many judgments are counted together.
const BATCH: usize = 4096;

/// Tasks x `width`. A byte each, because the table is looked at in random order: the smaller the faster. What does not
/// fit into a byte lies beside.
#[derive(Default)]
struct Counts {
    low: Vec<u8>,
    high: HashMap<usize, u32>,
    width: usize,
}

impl Counts {
    fn add(&mut self, task: u32, label: u32) {
        let at = task as usize * self.width + label as usize;
        if let Some(count) = self.low.get_mut(at) {
            *count = count.wrapping_add(1);
            if *count == 0 {
                *self.high.entry(at).or_default() += 1 << 8;
            }
        }
    }

    fn resize(&mut self, tasks: usize, labels: usize) {
        if labels > self.width {
            let wider = labels.next_power_of_two().max(4);
            let mut low = vec![0; tasks * wider];
            for (to, from) in low.chunks_exact_mut(wider).zip(self.low.chunks(self.width.max(1))) {
                if let Some(to) = to.get_mut(..from.len()) {
                    to.copy_from_slice(from);
                }
            }
            let place = |at: usize| at / self.width * wider + at % self.width;
            self.high = self.high.drain().map(|(at, count)| (place(at), count)).collect();
            (self.low, self.width) = (low, wider);
        }
        if tasks * self.width > self.low.len() {
            self.low.resize(tasks * self.width, 0);
        }
    }

    /// The counts of a task, by label.
    fn of(&self, task: u32) -> impl Iterator<Item = u32> {
        let start = task as usize * self.width;
        let low = self.low.get(start..start + self.width).unwrap_or_default();
        let high = move |at| if self.high.is_empty() { 0 } else { self.high.get(&at).copied().unwrap_or(0) };
        low.iter().enumerate().map(move |(label, count)| u32::from(*count) + high(start + label))
    }
}

/// Nothing that needs the single judgments afterwards is asked for.
pub fn fits(options: &Options) -> bool {
    options.method.as_deref() == Some("majority-vote")
        && options.probabilities.is_none()
        && options.skills.is_none()
        && options.difficulty.is_none()
        && options.gold.is_none()
        && options.weights.is_none()
        && options.repeats == Repeats::Count
        && options.ties == super::TiesChoice::First
}

/// False if there turned out to be too many labels: nothing is written then.
pub fn run(options: &Options, input: &Path, output: &Path) -> Result<bool, Failure> {
    let Some(mut counted) = count(input)? else { return Ok(false) };
    let new_task = counted.tasks.sort();
    let new_label = counted.labels.sort();
    let mut old_task = vec![0_u32; new_task.len()];
    for (old, new) in new_task.iter().enumerate() {
        if let Some(place) = old_task.get_mut(*new as usize) {
            *place = old as u32;
        }
    }
    let mut ties = 0;
    let mut file = Output::create(output)?;
    file.record(&[b"task", b"label"])?;
    for (task, old) in old_task.iter().enumerate() {
        let (mut most, mut winner, mut tied) = (0, u32::MAX, false);
        for (count, label) in counted.counts.of(*old).zip(&new_label) {
            if count > most {
                (most, winner, tied) = (count, *label, false);
            } else if count == most {
                (winner, tied) = (winner.min(*label), true);
            }
        }
        ties += u64::from(tied);
        file.record(&[counted.tasks.get(task as u32), counted.labels.get(winner)])?;
    }
    file.commit()?;
    let (tasks, workers, labels) = (counted.tasks.len(), counted.workers.len(), counted.labels.len());
    if options.json {
        // Repeats are not looked for here: each judgment counts.
        let summary = json!({
            "method": "majority-vote", "tasks": tasks, "workers": workers, "labels": labels,
            "judgments": counted.judgments, "repeats": null, "ties": ties, "iterations": 0, "converged": true,
            "objective": "", "path": [],
        });
        println!("{}", serde_json::to_string(&summary)?);
    } else {
        let judgments = counted.judgments;
        eprintln!("{judgments} judgments of {tasks} tasks by {workers} workers, {labels} labels; {ties} ties; 0 steps");
    }
    Ok(true)
}

fn count(input: &Path) -> Result<Option<Counted>, Failure> {
    let mut found = Counted::default();
    let mut room = Vec::new();
    let too_many =
        || -> Failure { format!("{}: too many different texts, or over 4 GiB of them", input.display()).into() };
    let mut fits = true;
    let read = Table::open(input)?.read(&["task", "worker", "label"], |row| {
        let task = found.tasks.look(row.required(0, &mut room)?).ok_or_else(too_many)?;
        found.workers.intern(row.required(1, &mut room)?).ok_or_else(too_many)?;
        let label = found.labels.intern(row.required(2, &mut room)?).ok_or_else(too_many)?;
        found.waiting.push((task, label));
        if found.waiting.len() >= BATCH {
            fits = found.labels.len() <= MOST_LABELS;
            if !fits {
                return Err("too many labels".into());
            }
            found.count_waiting().ok_or_else(too_many)?;
        }
        Ok(())
    });
    if !fits || found.labels.len() > MOST_LABELS {
        return Ok(None);
    }
    read?;
    found.count_waiting().ok_or_else(too_many)?;
    Ok(Some(found))
}

impl Counted {
    /// None past the most strings there can be.
    fn count_waiting(&mut self) -> Option<()> {
        // Loops of one look into memory each: the processor does several at once.
        for (task, _) in &mut self.waiting {
            *task = Seen::Id(self.tasks.id(*task)?);
        }
        self.counts.resize(self.tasks.len(), self.labels.len());
        for (task, label) in self.waiting.drain(..) {
            if let Seen::Id(task) = task {
                self.counts.add(task, label);
                self.judgments += 1;
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against counting with a map: many judgments of few tasks, labels that come late.
    #[test]
    fn counts_grow_in_every_direction() {
        let (mut counts, mut plain) = (Counts::default(), HashMap::<(u32, u32), u32>::new());
        for step in 0..4000_u32 {
            let (task, label) = (step * step % 7, step / 500 * (step % 5) % 20);
            counts.resize(7.min(step as usize / 10 + 7), label as usize + 1);
            counts.add(task, label);
            *plain.entry((task, label)).or_default() += 1;
        }
        assert!(plain.values().any(|count| *count > 256));
        for task in 0..7 {
            for (label, count) in counts.of(task).enumerate() {
                assert_eq!(count, plain.get(&(task, label as u32)).copied().unwrap_or(0), "{task} {label}");
            }
        }
    }
}
