//! Who was taken for whom, with what was missed and what was made up, and the numbers that follow.
//!
//! Two numbers are called accuracy in this field: `jaccard` is right / (right + wrong + missing + extra), which for
//! detection is often printed as accuracy; plain accuracy of classes is the same where nothing is missing or extra.

use serde::Serialize;

/// Counts by predicted and true class; the last row and column stand for "none".
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Confusion {
    pub classes: Vec<String>,
    /// `counts[predicted][true]`, one longer than the classes each way.
    pub counts: Vec<Vec<u64>>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassScore {
    pub class: String,
    /// None where the class was never predicted (precision), never true (recall), or neither (F1, Jaccard).
    pub precision: Option<f64>,
    pub recall: Option<f64>,
    pub f1: Option<f64>,
    pub jaccard: Option<f64>,
    pub predicted: u64,
    pub truths: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scores {
    pub classes: Vec<ClassScore>,
    /// Pooled over classes.
    pub micro: ClassScore,
    /// Mean of the classes' F1, those left out that were never true nor predicted.
    pub macro_f1: Option<f64>,
    pub right: u64,
    pub wrong_class: u64,
    pub missing: u64,
    pub extra: u64,
}

impl Confusion {
    pub fn new(classes: Vec<String>) -> Self {
        let size = classes.len() + 1;
        Self { classes, counts: vec![vec![0; size]; size] }
    }

    /// None stands for nothing on that side. Places out of the list are ignored.
    pub fn add(&mut self, predicted: Option<usize>, truth: Option<usize>) {
        let none = self.classes.len();
        let cell = self.counts.get_mut(predicted.unwrap_or(none)).and_then(|row| row.get_mut(truth.unwrap_or(none)));
        if let Some(count) = cell {
            *count += 1;
        }
    }

    pub fn scores(&self) -> Scores {
        let none = self.classes.len();
        let row = |class: usize| self.counts.get(class).map_or(0, |row| row.iter().sum::<u64>());
        let column = |class: usize| self.counts.iter().filter_map(|row| row.get(class)).sum::<u64>();
        let cell = |one: usize, other: usize| self.counts.get(one).and_then(|row| row.get(other)).copied().unwrap_or(0);
        let classes: Vec<ClassScore> = self
            .classes
            .iter()
            .enumerate()
            .map(|(at, class)| score(class, cell(at, at), row(at), column(at)))
            .collect();
        let right: u64 = (0..none).map(|at| cell(at, at)).sum();
        let (missing, extra) = (row(none) - cell(none, none), column(none) - cell(none, none));
        let predicted: u64 = (0..none).map(row).sum();
        let truths: u64 = (0..none).map(column).sum();
        let defined: Vec<f64> = classes.iter().filter_map(|own| own.f1).collect();
        let macro_f1 = (!defined.is_empty()).then(|| defined.iter().sum::<f64>() / defined.len() as f64);
        let micro = score("micro", right, predicted, truths);
        Scores { micro, macro_f1, right, wrong_class: predicted - extra - right, missing, extra, classes }
    }
}

fn score(class: &str, right: u64, predicted: u64, truths: u64) -> ClassScore {
    let share = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
    ClassScore {
        class: class.to_owned(),
        precision: share(right, predicted),
        recall: share(right, truths),
        f1: share(2 * right, predicted + truths),
        jaccard: share(right, predicted + truths - right),
        predicted,
        truths,
    }
}
