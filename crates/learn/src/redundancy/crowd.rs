//! What the answers say: one skill a labeler (right with chance s, else any other class alike; Dawid and Skene 1979 with one
//! coin, as in Zhang et al. 2016) with a prior, by expectation maximisation.
//!
//! Two things keep posteriors from being too sure of themselves. A labeler's skill for one item is what the *other* items
//! say of them, so no answer vouches for its own giver. And a classifier's beliefs are raised to a power that makes the
//! answers likeliest (from 0, where they say nothing), so a classifier that the labelers contradict loses its voice.

use crate::{LearnError, numeric};

/// Answers to items by labelers, all by number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    items: usize,
    labelers: usize,
    classes: usize,
    /// (item, labeler, class), sorted.
    rows: Vec<(u32, u32, u32)>,
}

impl Answers {
    /// Errors: fewer than two classes, an item, labeler or class beyond the last one.
    pub fn new(
        items: usize,
        labelers: usize,
        classes: usize,
        mut rows: Vec<(u32, u32, u32)>,
    ) -> Result<Self, LearnError> {
        if items == 0 {
            return Err(LearnError::NoRows);
        }
        if classes < 2 {
            return Err(LearnError::option("classes", classes, "at least 2: otherwise there is nothing to ask"));
        }
        for (at, (item, labeler, class)) in rows.iter().enumerate() {
            for (what, number, count) in
                [("item", item, items), ("labeler", labeler, labelers), ("class", class, classes)]
            {
                if *number as usize >= count {
                    return Err(LearnError::Input(format!("answer {at} names {what} {number}, and there are {count}")));
                }
            }
        }
        rows.sort_unstable();
        Ok(Self { items, labelers, classes, rows })
    }

    pub fn items(&self) -> usize {
        self.items
    }

    pub fn labelers(&self) -> usize {
        self.labelers
    }

    pub fn classes(&self) -> usize {
        self.classes
    }

    pub fn rows(&self) -> &[(u32, u32, u32)] {
        &self.rows
    }

    /// How many answers each item has.
    pub fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.items];
        for (item, _, _) in &self.rows {
            if let Some(count) = counts.get_mut(*item as usize) {
                *count += 1;
            }
        }
        counts
    }
}

/// What a model reads out of answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Items x classes; rows add up to 1. An item without answers has what is believed of it.
    pub posteriors: Vec<f64>,
    /// The chance that a labeler is right; None of one without answers.
    pub skills: Vec<Option<f64>>,
}

/// The port: whoever can tell classes from answers. `beliefs` are probabilities of items x classes from elsewhere, made
/// without the item's own answers.
pub trait CrowdModel {
    fn read(&self, answers: &Answers, beliefs: Option<&[f64]>) -> Result<Reading, LearnError>;
}

/// The model described above.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OneCoin {
    /// Right and wrong answers that a labeler is taken to have given beforehand.
    pub right: f64,
    pub wrong: f64,
}

impl Default for OneCoin {
    fn default() -> Self {
        Self { right: 2.0, wrong: 1.0 }
    }
}

const STEPS: usize = 200;
const TOLERANCE: f64 = 1e-6;

impl CrowdModel for OneCoin {
    fn read(&self, answers: &Answers, beliefs: Option<&[f64]>) -> Result<Reading, LearnError> {
        let classes = answers.classes;
        if let Some(beliefs) = beliefs
            && (beliefs.len() != answers.items * classes || beliefs.iter().any(|value| !(0.0..=1.0).contains(value)))
        {
            return Err(LearnError::Input(format!("beliefs must be {} x {classes} probabilities", answers.items)));
        }
        let logs: Option<Vec<f64>> = beliefs.map(|beliefs| beliefs.iter().map(|value| value.max(1e-9).ln()).collect());
        let mut fit = Fit::new(self, answers);
        for _ in 0..STEPS {
            let moved = fit.step(logs.as_deref());
            if moved < TOLERANCE {
                break;
            }
        }
        let skills = fit.sums.iter().map(|(right, count)| (*count > 0.0).then(|| fit.skill(*right, *count))).collect();
        Ok(Reading { posteriors: fit.posteriors, skills })
    }
}

struct Fit<'a> {
    model: &'a OneCoin,
    answers: &'a Answers,
    posteriors: Vec<f64>,
    prior: Vec<f64>,
    /// For each labeler the expected right answers and all answers.
    sums: Vec<(f64, f64)>,
    sharpness: f64,
}

impl<'a> Fit<'a> {
    fn new(model: &'a OneCoin, answers: &'a Answers) -> Self {
        let even = 1.0 / answers.classes as f64;
        let mut fit = Self {
            model,
            answers,
            posteriors: vec![even; answers.items * answers.classes],
            prior: vec![even; answers.classes],
            sums: vec![(0.0, 0.0); answers.labelers],
            sharpness: 1.0,
        };
        // Everybody as good as the prior says.
        for (_, labeler, _) in &answers.rows {
            if let Some(sum) = fit.sums.get_mut(*labeler as usize) {
                sum.1 += 1.0;
                sum.0 += model.right / (model.right + model.wrong);
            }
        }
        fit
    }

    fn skill(&self, right: f64, count: f64) -> f64 {
        (right + self.model.right) / (count + self.model.right + self.model.wrong)
    }

    /// The logarithms of what each item's answers say of each class, each labeler judged by their other answers.
    fn evidence(&self) -> Vec<f64> {
        let (classes, others) = (self.answers.classes, self.answers.classes as f64 - 1.0);
        let mut evidence = vec![0.0; self.posteriors.len()];
        for (item, labeler, class) in &self.answers.rows {
            let start = *item as usize * classes;
            let own = self.posteriors.get(start + *class as usize).copied().unwrap_or(0.0);
            let (right, count) = self.sums.get(*labeler as usize).copied().unwrap_or_default();
            let skill = self.skill((right - own).max(0.0), count - 1.0);
            let row = evidence.get_mut(start..start + classes).unwrap_or_default();
            for (place, value) in row.iter_mut().enumerate() {
                *value += if place == *class as usize { skill.ln() } else { ((1.0 - skill) / others).ln() };
            }
        }
        evidence
    }

    /// One round; how far a posterior moved.
    fn step(&mut self, beliefs: Option<&[f64]>) -> f64 {
        let classes = self.answers.classes;
        let evidence = self.evidence();
        let mut values = match beliefs {
            Some(beliefs) => {
                self.sharpness = sharpness(&evidence, beliefs, classes);
                let sharpness = self.sharpness;
                // Believed probabilities hold the classes' shares already.
                beliefs.chunks_exact(classes).flat_map(|row| tempered(row, sharpness)).map(f64::ln).collect()
            }
            None => self.prior.iter().map(|value| value.ln()).cycle().take(evidence.len()).collect::<Vec<f64>>(),
        };
        values.iter_mut().zip(&evidence).for_each(|(value, own)| *value += own);
        values.chunks_exact_mut(classes).for_each(|row| {
            numeric::soft_max(row);
        });
        let moved = values.iter().zip(&self.posteriors).map(|(new, old)| (new - old).abs()).fold(0.0, f64::max);
        self.posteriors = values;
        let mut masses = vec![1.0; classes];
        for row in self.posteriors.chunks_exact(classes) {
            masses.iter_mut().zip(row).for_each(|(mass, value)| *mass += value);
        }
        let all: f64 = masses.iter().sum();
        self.prior = masses.iter().map(|mass| mass / all).collect();
        self.sums.fill((0.0, 0.0));
        for (item, labeler, class) in &self.answers.rows {
            let own = self.posteriors.get(*item as usize * classes + *class as usize).copied().unwrap_or(0.0);
            if let Some(sum) = self.sums.get_mut(*labeler as usize) {
                sum.0 += own;
                sum.1 += 1.0;
            }
        }
        moved
    }
}

/// A row of beliefs to the power, as probabilities that leave nothing impossible.
fn tempered(logs: &[f64], power: f64) -> Vec<f64> {
    let mut row: Vec<f64> = logs.iter().map(|log| log * power).collect();
    numeric::soft_max(&mut row);
    let even = 1e-6 / row.len() as f64;
    row.iter_mut().for_each(|value| *value = *value * (1.0 - 1e-6) + even);
    row
}

/// The power between 0 and 4 at which the beliefs make the answers likeliest: the greatest sum of
/// ln (sum over classes of belief x chance of the answers). A light prior holds it near 1.
fn sharpness(evidence: &[f64], beliefs: &[f64], classes: usize) -> f64 {
    let cost = |power: f64| {
        let rows = evidence.chunks_exact(classes).zip(beliefs.chunks_exact(classes));
        let sum: f64 = rows
            .map(|(own, logs)| {
                let most = own.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let believed = tempered(logs, power);
                own.iter().zip(believed).map(|(own, p)| (own - most).exp() * p).sum::<f64>().ln()
            })
            .sum();
        (power - 1.0) * (power - 1.0) - sum
    };
    let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (0.0, 4.0);
    for _ in 0..24 {
        let (a, b) = (high - golden * (high - low), low + golden * (high - low));
        if cost(a) <= cost(b) { high = b } else { low = a }
    }
    (low + high) / 2.0
}
