//! Reads what labelers drew, task by task. Tasks, workers and labels are numbered in natural order of their names.

use crate::{
    batch::{Interner, Table, table::Row},
    environment::Failure,
};
use labelwright_core::geometry::{Bounds, Mask};
use serde::Deserialize;
use std::{collections::BTreeMap, io::BufRead, path::Path};

/// One thing that was drawn.
pub struct Drawn<T> {
    pub label: u32,
    pub score: f64,
    pub shape: T,
}

/// Tasks with the workers who answered them and what they drew; a worker may have drawn nothing.
pub struct Answers<T> {
    pub tasks: Interner,
    pub workers: Interner,
    pub labels: Interner,
    /// Task number to worker number to what they drew.
    pub by_task: BTreeMap<u32, BTreeMap<u32, Vec<Drawn<T>>>>,
    pub rows: u64,
}

impl<T> Answers<T> {
    fn new() -> Self {
        Self {
            tasks: Interner::new(),
            workers: Interner::new(),
            labels: Interner::new(),
            by_task: BTreeMap::new(),
            rows: 0,
        }
    }

    /// Adds what a row says; None for a worker who found nothing.
    fn add(&mut self, task: &[u8], worker: &[u8], drawn: Option<(&[u8], f64, T)>) -> Result<(), Failure> {
        let full = "more than 4,294,967,295 different strings";
        let task = self.tasks.intern(task).ok_or(full)?;
        let worker = self.workers.intern(worker).ok_or(full)?;
        let own = self.by_task.entry(task).or_default().entry(worker).or_default();
        if let Some((label, score, shape)) = drawn {
            own.push(Drawn { label: self.labels.intern(label).ok_or(full)?, score, shape });
        }
        self.rows += 1;
        Ok(())
    }

    /// Numbers in natural order of the names.
    fn sorted(mut self) -> Self {
        let (tasks, workers, labels) = (self.tasks.sort(), self.workers.sort(), self.labels.sort());
        let new = |map: &[u32], old: u32| map.get(old as usize).copied().unwrap_or(0);
        let by_task = std::mem::take(&mut self.by_task);
        for (task, answers) in by_task {
            let answers = answers
                .into_iter()
                .map(|(worker, mut drawn)| {
                    drawn.iter_mut().for_each(|own| own.label = new(&labels, own.label));
                    (new(&workers, worker), drawn)
                })
                .collect();
            self.by_task.insert(new(&tasks, task), answers);
        }
        self
    }
}

/// Wanted columns: those always there, and `extra` if the table has it.
fn columns<'a>(table: &Table, needed: &[&'a str], extra: Option<&'a str>) -> Vec<&'a str> {
    let mut wanted = needed.to_vec();
    wanted.extend(extra.filter(|name| table.columns().iter().any(|column| column == name)));
    wanted
}

/// Does the row say that nothing was found: no label and no places?
fn nothing(row: &Row<'_>, places: std::ops::Range<usize>) -> bool {
    places.into_iter().all(|place| row.text(place, &mut Vec::new()).is_none_or(<[u8]>::is_empty))
}

pub fn boxes(path: &Path) -> Result<Answers<Bounds>, Failure> {
    let table = Table::open(path)?;
    let wanted = columns(&table, &["task", "worker", "label", "left", "top", "width", "height"], Some("score"));
    let mut found = Answers::new();
    let (mut task, mut worker, mut label) = (Vec::new(), Vec::new(), Vec::new());
    table.read(&wanted, |row| {
        let task = row.required(0, &mut task)?;
        let worker = row.required(1, &mut worker)?;
        if nothing(row, 2..7) {
            return found.add(task, worker, None);
        }
        let label = row.required(2, &mut label)?;
        let (left, top) = (row.required_number(3)?, row.required_number(4)?);
        let (width, height) = (row.required_number(5)?, row.required_number(6)?);
        for (place, size) in [(5, width), (6, height)] {
            if size <= 0.0 {
                return Err(row.wrong(place, "must be above 0"));
            }
        }
        let score = if wanted.len() > 7 { row.number(7)?.unwrap_or(1.0) } else { 1.0 };
        if !(0.0..=1.0).contains(&score) {
            return Err(row.wrong(7, "must lie between 0 and 1"));
        }
        found.add(task, worker, Some((label, score, Bounds::new(left, top, left + width, top + height))))
    })?;
    Ok(found.sorted())
}

pub fn stretches(path: &Path) -> Result<Answers<(i64, i64)>, Failure> {
    let table = Table::open(path)?;
    let mut found = Answers::new();
    let (mut task, mut worker, mut label) = (Vec::new(), Vec::new(), Vec::new());
    table.read(&["task", "worker", "label", "start", "end"], |row| {
        let task = row.required(0, &mut task)?;
        let worker = row.required(1, &mut worker)?;
        if nothing(row, 2..5) {
            return found.add(task, worker, None);
        }
        let label = row.required(2, &mut label)?;
        let whole = |place: usize| -> Result<i64, Failure> {
            let value = row.required_number(place)?;
            if value.fract() != 0.0 || value.abs() > 9e15 {
                return Err(row.wrong(place, "must be a whole number"));
            }
            Ok(value as i64)
        };
        let (start, end) = (whole(3)?, whole(4)?);
        if start >= end {
            return Err(row.wrong(4, "must lie after the start"));
        }
        found.add(task, worker, Some((label, 1.0, (start, end))))
    })?;
    Ok(found.sorted())
}

pub fn texts(path: &Path) -> Result<Answers<String>, Failure> {
    let mut found = Answers::new();
    let (mut task, mut worker, mut text) = (Vec::new(), Vec::new(), Vec::new());
    Table::open(path)?.read(&["task", "worker", "text"], |row| {
        let task = row.required(0, &mut task)?;
        let worker = row.required(1, &mut worker)?;
        let text = String::from_utf8_lossy(row.text(2, &mut text).unwrap_or_default()).into_owned();
        found.add(task, worker, Some((b"", 1.0, text)))
    })?;
    for answers in found.by_task.values() {
        if let Some((worker, _)) = answers.iter().find(|(_, texts)| texts.len() > 1) {
            let worker = found.workers.text(*worker);
            return Err(format!("{}: {worker:?} wrote two texts for one task", path.display()).into());
        }
    }
    Ok(found.sorted())
}

#[derive(Deserialize)]
struct MaskLine {
    task: Name,
    worker: Name,
    #[serde(default)]
    label: Option<Name>,
    size: [u32; 2],
    counts: Counts,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Name {
    Text(String),
    Number(i64),
}

impl Name {
    fn text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Number(number) => number.to_string(),
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Counts {
    Plain(Vec<u32>),
    Compressed(String),
}

/// A worker's masks of one label are joined.
pub fn masks(path: &Path) -> Result<Answers<Mask>, Failure> {
    let file = std::fs::File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut found: Answers<Mask> = Answers::new();
    for (number, line) in std::io::BufReader::new(file).lines().enumerate() {
        let wrong = |message: String| format!("{}, line {}: {message}", path.display(), number + 1);
        let line = line.map_err(|error| wrong(error.to_string()))?;
        if line.trim().is_empty() {
            continue;
        }
        let entry: MaskLine = serde_json::from_str(&line).map_err(|error| wrong(error.to_string()))?;
        let [height, width] = entry.size;
        let mask = match entry.counts {
            Counts::Plain(counts) => Mask { width, height, counts },
            Counts::Compressed(text) => {
                Mask::from_compressed(width, height, &text).map_err(|error| wrong(error.to_string()))?
            }
        };
        if !mask.is_complete() {
            return Err(wrong(format!("the run lengths do not fill {width} x {height} pixels")).into());
        }
        let label = entry.label.map(Name::text).unwrap_or_default();
        let (task, worker) = (entry.task.text(), entry.worker.text());
        found.add(task.as_bytes(), worker.as_bytes(), Some((label.as_bytes(), 1.0, mask)))?;
    }
    let mut found = found.sorted();
    for (task, answers) in &mut found.by_task {
        for drawn in answers.values_mut() {
            let mut by_label: BTreeMap<u32, Vec<Mask>> = BTreeMap::new();
            for own in drawn.drain(..) {
                by_label.entry(own.label).or_default().push(own.shape);
            }
            for (label, own) in by_label {
                let shape = Mask::union_of(&own).ok_or_else(|| {
                    format!("{}: the masks of task {:?} have different sizes", path.display(), found.tasks.text(*task))
                })?;
                drawn.push(Drawn { label, score: 1.0, shape });
            }
        }
    }
    Ok(found)
}
