//! Every field settled by the method that the project chose for it. Regions, and fields whose answers are no votes, are
//! settled item by item (see [`crate::consensus`]); here are the methods that look at all items at once.

use super::{
    Timed,
    votes::{FieldVotes, said},
};
use crate::aggregation::{self, Aggregation, AggregationError, NONE, Options};
use labelwright_core::{
    Answer, Value,
    schema::{Field, FieldKind},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq)]
pub struct Settled {
    pub value: Value,
    /// Probability that it is right, as the method sees it, 0 to 1; of several options the least.
    pub probability: f64,
}

/// What a method learned about labelers: enough to settle one more item without looking at all of them again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldModel {
    pub method: String,
    /// One for a field with one value, one an option for a field with several.
    parts: Vec<PartModel>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct PartModel {
    option: Option<String>,
    values: Vec<Value>,
    prior: Vec<f64>,
    /// Labeler to the probability of each given value (columns) for each true value (rows).
    confusion: BTreeMap<i64, Vec<Vec<f64>>>,
}

/// Smallest probability that a model gives to anything: one surprise must not decide alone.
const LEAST: f64 = 1e-4;

/// The method where none was chosen for votes.
pub const DEFAULT_METHOD: &str = "majority-vote";

/// A fitted question.
#[derive(Debug, Clone)]
pub struct Fit {
    pub votes: FieldVotes,
    pub found: Aggregation,
}

/// Runs a method on each question of a field. Empty where there are no votes. Gold answers are given to methods that
/// use them.
pub fn fit(
    field: &Field,
    method: &str,
    answers: &[Timed<'_>],
    gold: &BTreeMap<i64, Answer>,
) -> Result<Vec<Fit>, AggregationError> {
    let uses_gold = aggregation::method(method)?.uses_gold;
    let run = |votes: FieldVotes| {
        let mut options = Options { smoothing: 0.5, ..Options::default() };
        if uses_gold {
            let known = votes.items.iter().zip(0..).filter_map(|(item, task)| {
                let value = votes.said(gold.get(item)?.fields.get(&field.id)?)?;
                Some((task, votes.class(&value)?))
            });
            options.gold = known.collect();
        }
        let found = aggregation::aggregate(method, &votes.votes, &options)?;
        Ok(Fit { votes, found })
    };
    FieldVotes::of(field, answers).into_iter().map(run).collect()
}

/// The settled value of each item, from all questions of a field.
pub fn settled(field: &Field, fits: &[Fit]) -> BTreeMap<i64, Settled> {
    let mut by_item: BTreeMap<i64, Vec<Settled>> = BTreeMap::new();
    for fit in fits {
        for (item, settled) in fit.settled() {
            by_item.entry(item).or_default().push(settled);
        }
    }
    by_item.into_iter().filter_map(|(item, parts)| Some((item, joined(field, parts)?))).collect()
}

/// What is kept to settle items that come later; None for methods that learn nothing about labelers.
pub fn model(method: &str, fits: &[Fit]) -> Option<FieldModel> {
    let parts: Vec<PartModel> = fits.iter().map(Fit::model).collect::<Option<_>>()?;
    (!parts.is_empty()).then(|| FieldModel { method: method.to_owned(), parts })
}

/// One value of the values of a field's questions. Of options those hold that are likelier than not; where the field
/// asks for more or fewer, the likeliest ones.
fn joined(field: &Field, mut parts: Vec<Settled>) -> Option<Settled> {
    let FieldKind::Choice { options, multiple: true, min, max } = &field.kind else { return parts.pop() };
    // An option that nobody ever chose or rejected has no part: parts are of all options or of none.
    if parts.len() != options.len() {
        return None;
    }
    let holds = |settled: &Settled| {
        if settled.value == Value::Boolean(true) { settled.probability } else { 1.0 - settled.probability }
    };
    let shares: Vec<f64> = parts.iter().map(holds).collect();
    let by_vote = parts.iter().filter(|settled| settled.value == Value::Boolean(true)).count();
    let wanted = by_vote.max(min.unwrap_or(0) as usize).min(max.map_or(usize::MAX, |max| max as usize));
    let mut order: Vec<usize> = (0..options.len()).collect();
    order.sort_by(|a, b| {
        let on = |at: &usize| parts[*at].value == Value::Boolean(true);
        on(b).cmp(&on(a)).then(shares[*b].total_cmp(&shares[*a])).then(a.cmp(b))
    });
    order.truncate(wanted);
    order.sort_unstable();
    let sure = |at: usize| if order.contains(&at) { shares[at] } else { 1.0 - shares[at] };
    let probability = (0..options.len()).map(sure).fold(1.0, f64::min);
    let words = order.iter().map(|at| options[*at].id.clone()).collect();
    Some(Settled { value: Value::List(words), probability })
}

impl Fit {
    /// The settled value of each item.
    fn settled(&self) -> BTreeMap<i64, Settled> {
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

    fn model(&self) -> Option<PartModel> {
        let workers = 0..self.votes.labelers.len();
        let confusion: Option<BTreeMap<i64, Vec<Vec<f64>>>> =
            workers.map(|worker| Some((self.votes.labelers[worker], self.confusion(worker)?))).collect();
        let classes = self.votes.values.len();
        let prior = self.found.class_prior.clone().unwrap_or_else(|| vec![1.0 / classes as f64; classes]);
        let (option, values) = (self.votes.option.clone(), self.votes.values.clone());
        Some(PartModel { option, values, prior, confusion: confusion? })
    }
}

impl FieldModel {
    /// Bayes' rule over the answers to one item. An unknown labeler counts as the mean of the known ones; a value that
    /// the model has never seen makes it useless for this item: None.
    pub fn settle(&self, field: &Field, answers: &[(i64, &Value)]) -> Option<Settled> {
        let parts = self.parts.iter().map(|part| part.settle(answers)).collect::<Option<_>>()?;
        joined(field, parts)
    }
}

impl PartModel {
    fn settle(&self, answers: &[(i64, &Value)]) -> Option<Settled> {
        let classes = self.values.len();
        let mean = self.mean();
        let mut scores: Vec<f64> = self.prior.iter().map(|p| p.max(LEAST).ln()).collect();
        if answers.is_empty() || scores.len() != classes {
            return None;
        }
        for (labeler, value) in answers {
            let value = said(self.option.as_deref(), value)?;
            let given = self.values.iter().position(|known| *known == value)?;
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
