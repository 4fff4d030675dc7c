//! The plain majority while the file streams by: counts of labels by task are all that is kept, so memory grows with
//! tasks and labels and not with judgments. The labels are those of the general way.

use super::Options;
use crate::{
    batch::{Interner, Numbered, Output, Repeats, Table, compare},
    environment::Failure,
};
use serde_json::json;
use std::{collections::HashMap, path::Path};

/// More labels than this would make the table of counts larger than the judgments.
const MOST_LABELS: usize = 64;

/// What was counted.
#[derive(Default)]
struct Counted {
    /// Tasks that are one word with a number behind it, counted in the number's place.
    numbered: Numbered,
    by_number: Counts,
    /// All other tasks, counted in their id's place.
    others: Interner,
    by_id: Counts,
    workers: Interner,
    labels: Interner,
    judgments: u64,
    /// Places and labels of judgments that were read and not counted yet.
    waiting: Vec<(u32, u32)>,
    waiting_others: Vec<(u32, u32)>,
}

/// So many judgments are counted together: the looks into memory do not wait for each other.
const BATCH: usize = 4096;
/// Numbers that lie so far apart that their counts would take more than this, and more than the judgments: not here.
const SPARSE_BYTES: usize = 64 << 20;

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

    /// How many places there are.
    fn len(&self) -> u32 {
        self.low.len().checked_div(self.width).unwrap_or(0) as u32
    }

    fn resize(&mut self, tasks: usize, labels: usize) {
        if labels > self.width {
            let wider = labels.next_power_of_two().max(4);
            let tasks = tasks.max(self.len() as usize);
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

/// False if there turned out to be too many labels, or tasks numbered with too large gaps: nothing is written then.
pub fn run(options: &Options, input: &Path, output: &Path) -> Result<bool, Failure> {
    let Some(mut counted) = count(input)? else { return Ok(false) };
    let new_label = counted.labels.sort();
    let new_task = counted.others.sort();
    let mut old_task = vec![0_u32; new_task.len()];
    for (old, new) in new_task.iter().enumerate() {
        if let Some(place) = old_task.get_mut(*new as usize) {
            *place = old as u32;
        }
    }
    let (mut ties, mut tasks) = (0, counted.others.len());
    let mut file = Output::create(output)?;
    file.record(&[b"task", b"label"])?;
    let mut others = (0..).zip(&old_task).peekable();
    let mut write = |name: &[u8], winner: Winner| {
        ties += u64::from(winner.tied);
        file.record(&[name, counted.labels.get(winner.label)])
    };
    let mut name = Vec::new();
    for number in 0..counted.by_number.len() {
        let winner = winner(counted.by_number.of(number), &new_label);
        if winner.votes == 0 {
            continue;
        }
        tasks += 1;
        name.clear();
        counted.numbered.write(number, &mut name);
        // Both are in natural order.
        while let Some((new, old)) = others.next_if(|(new, _)| compare(counted.others.get(*new), &name).is_lt()) {
            write(counted.others.get(new), self::winner(counted.by_id.of(*old), &new_label))?;
        }
        write(&name, winner)?;
    }
    for (new, old) in others {
        write(counted.others.get(new), winner(counted.by_id.of(*old), &new_label))?;
    }
    file.commit()?;
    let (workers, labels) = (counted.workers.len(), counted.labels.len());
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

/// The label with the most votes; of equals the first in natural order.
struct Winner {
    label: u32,
    votes: u32,
    tied: bool,
}

fn winner(counts: impl Iterator<Item = u32>, new_label: &[u32]) -> Winner {
    let mut found = Winner { label: u32::MAX, votes: 0, tied: false };
    for (votes, label) in counts.zip(new_label) {
        if votes > found.votes {
            found = Winner { label: *label, votes, tied: false };
        } else if votes == found.votes {
            found = Winner { label: found.label.min(*label), votes, tied: true };
        }
    }
    found
}

fn count(input: &Path) -> Result<Option<Counted>, Failure> {
    let mut found = Counted::default();
    let mut room = Vec::new();
    let too_many =
        || -> Failure { format!("{}: too many different texts, or over 4 GiB of them", input.display()).into() };
    let mut fits = true;
    let read = Table::open(input)?.read(&["task", "worker", "label"], |row| {
        let text = row.required(0, &mut room)?;
        let number = found.numbered.look(text);
        let place = match number {
            Some(number) => number,
            None => found.others.intern(text).ok_or_else(too_many)?,
        };
        found.workers.intern(row.required(1, &mut room)?).ok_or_else(too_many)?;
        let label = found.labels.intern(row.required(2, &mut room)?).ok_or_else(too_many)?;
        let waiting = if number.is_some() { &mut found.waiting } else { &mut found.waiting_others };
        waiting.push((place, label));
        if waiting.len() >= BATCH {
            fits = found.count_waiting();
            if !fits {
                return Err("counted in another way".into());
            }
        }
        Ok(())
    });
    if !fits || (read.is_ok() && !found.count_waiting()) {
        return Ok(None);
    }
    read?;
    Ok(Some(found))
}

impl Counted {
    /// False where this is no way to count.
    fn count_waiting(&mut self) -> bool {
        if self.labels.len() > MOST_LABELS {
            return false;
        }
        for (counts, waiting) in [(&mut self.by_number, &mut self.waiting), (&mut self.by_id, &mut self.waiting_others)]
        {
            let places = waiting.iter().map(|(place, _)| *place as usize + 1).max().unwrap_or(0);
            self.judgments += waiting.len() as u64;
            if places * self.labels.len() > SPARSE_BYTES.max(16 * self.judgments as usize) {
                return false;
            }
            counts.resize(places, self.labels.len());
            waiting.drain(..).for_each(|(place, label)| counts.add(place, label));
        }
        true
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
