//! Every field settled by the method that the project chose for it. Regions, and fields whose answers are no votes, are
//! settled item by item (see [`crate::consensus`]); here are the methods that look at all items at once.

use super::{Timed, votes::FieldVotes};
use crate::aggregation::{self, Aggregation, AggregationError, NONE, Options};
use labelwright_core::{Answer, Value, schema::Field};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The method where none was chosen: it needs no history and can be explained to everybody.
pub const DEFAULT_METHOD: &str = "majority-vote";

#[derive(Debug, Clone, PartialEq)]
pub struct Settled {
    pub value: Value,
    /// Probability that it is right, as the method sees it, 0 to 1.
    pub probability: f64,
}

/// What a method learned about labelers: enough to settle one more item without looking at all of them again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldModel {
    pub method: String,
    pub values: Vec<Value>,
    pub prior: Vec<f64>,
    /// Labeler to the probability of each given value (columns) for each true value (rows).
    pub confusion: BTreeMap<i64, Vec<Vec<f64>>>,
}

/// Smallest probability that a model gives to anything: one surprise must not decide alone.
const LEAST: f64 = 1e-4;

/// A fitted field.
#[derive(Debug, Clone)]
pub struct Fit {
    pub votes: FieldVotes,
    pub found: Aggregation,
}

/// Runs a method on a field's votes. None where there are none. Gold answers are given to methods that use them.
pub fn fit(
    field: &Field,
    method: &str,
    answers: &[Timed<'_>],
    gold: &BTreeMap<i64, Answer>,
) -> Result<Option<Fit>, AggregationError> {
    let Some(votes) = FieldVotes::of(field, answers) else { return Ok(None) };
    let mut options = Options { smoothing: 0.5, ..Options::default() };
    if aggregation::method(method)?.uses_gold {
        let known = votes.items.iter().zip(0..).filter_map(|(item, task)| {
            let value = gold.get(item)?.fields.get(&field.id)?;
            Some((task, votes.class(value)?))
        });
        options.gold = known.collect();
    }
    let found = aggregation::aggregate(method, &votes.votes, &options)?;
    Ok(Some(Fit { votes, found }))
}

impl Fit {
    /// The settled value of each item.
    pub fn settled(&self) -> BTreeMap<i64, Settled> {
        let classes = self.votes.values.len();
        let of_task = |(task, item): (usize, &i64)| {
            let label = *self.found.labels.get(task)?;
            let value = self.votes.values.get(label as usize)?.clone();
            let probability = self.found.probabilities.get(task * classes + label as usize).copied().unwrap_or(0.0);
            (label != NONE).then_some((*item, Settled { value, probability }))
        };
        self.votes.items.iter().enumerate().filter_map(of_task).collect()
    }

    /// Confusion of a worker, true values x given values; None for methods without.
    pub fn confusion(&self, worker: usize) -> Option<Vec<Vec<f64>>> {
        let table = self.found.confusion.as_ref()?;
        let classes = self.votes.values.len();
        let mut rows = vec![vec![0.0; classes]; classes];
        for cell in self.votes.votes.of_worker(worker) {
            let given = self.votes.votes.label(cell as u32);
            for (truth, row) in rows.iter_mut().enumerate() {
                row[given] = *table.get(cell * classes + truth)?;
            }
        }
        // What the labeler never gave shares what is left of each row.
        for row in &mut rows {
            let rest = (1.0 - row.iter().sum::<f64>()).max(0.0);
            let never: Vec<usize> = (0..classes).filter(|given| row[*given] == 0.0).collect();
            for given in &never {
                row[*given] = rest / never.len() as f64;
            }
        }
        Some(rows)
    }

    /// What is kept to settle items that come later; None for methods that learn nothing about labelers.
    pub fn model(&self, method: &str) -> Option<FieldModel> {
        let workers = 0..self.votes.labelers.len();
        let confusion: Option<BTreeMap<i64, Vec<Vec<f64>>>> =
            workers.map(|worker| Some((self.votes.labelers[worker], self.confusion(worker)?))).collect();
        let classes = self.votes.values.len();
        let prior = self.found.class_prior.clone().unwrap_or_else(|| vec![1.0 / classes as f64; classes]);
        Some(FieldModel { method: method.to_owned(), values: self.votes.values.clone(), prior, confusion: confusion? })
    }
}

impl FieldModel {
    /// Bayes' rule over the answers to one item. An unknown labeler counts as the mean of the known ones; a value that
    /// the model has never seen makes it useless for this item: None.
    pub fn settle(&self, answers: &[(i64, &Value)]) -> Option<Settled> {
        let classes = self.values.len();
        let mean = self.mean();
        let mut scores: Vec<f64> = self.prior.iter().map(|p| p.max(LEAST).ln()).collect();
        if answers.is_empty() || scores.len() != classes {
            return None;
        }
        for (labeler, value) in answers {
            let given = self.values.iter().position(|known| known == *value)?;
            let rows = self.confusion.get(labeler).unwrap_or(&mean);
            for (score, row) in scores.iter_mut().zip(rows) {
                *score += row.get(given).copied().unwrap_or(0.0).max(LEAST).ln();
            }
        }
        crate::numeric::soft_max(&mut scores);
        let (at, probability) =
            scores.iter().copied().enumerate().rev().max_by(|one, other| one.1.total_cmp(&other.1))?;
        Some(Settled { value: self.values.get(at)?.clone(), probability })
    }

    fn mean(&self) -> Vec<Vec<f64>> {
        let (classes, count) = (self.values.len(), self.confusion.len().max(1) as f64);
        let mut mean = vec![vec![0.0; classes]; classes];
        for rows in self.confusion.values() {
            for (sum, row) in mean.iter_mut().zip(rows) {
                sum.iter_mut().zip(row).for_each(|(sum, p)| *sum += p / count);
            }
        }
        mean
    }
}
