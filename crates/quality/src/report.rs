//! Agreement of a whole project: per field, per class, and between each two labelers.

mod classes;

pub use classes::ClassAgreement;

use crate::{
    Judgement,
    agreement::{Coefficient, Distance, METRICS, Metric, Options, Rating, Ratings, metric},
    gold::region_f1,
};
use labelwright_core::{
    Answer, LabelSchema, Value,
    schema::{Field, FieldKind},
};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldAgreement {
    pub id: String,
    pub title: String,
    /// Share of pairs of answers to the same item that are equal, 0 to 1; None without pairs.
    pub percent: Option<f64>,
    /// Id and title of the coefficient, chosen for the field or [`DEFAULT_METRIC`].
    pub metric: &'static str,
    pub metric_title: &'static str,
    pub coefficient: Coefficient,
    pub pairs: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Matrix {
    pub labelers: Vec<i64>,
    /// Mean agreement of each two labelers over the items that both answered; None where there are none.
    pub values: Vec<Vec<Option<f64>>>,
    pub items: Vec<Vec<usize>>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AgreementReport {
    pub fields: Vec<FieldAgreement>,
    pub classes: Vec<ClassAgreement>,
    pub matrix: Matrix,
    /// Items with at least two answers.
    pub items: usize,
}

/// The coefficient where none was chosen: it takes any number of labelers, missing answers, and values of every level.
pub const DEFAULT_METRIC: &str = "krippendorff-alpha";

/// Agreement of all answers. `threshold` is the overlap from which two regions are the same; `metrics` names the
/// coefficient of a field by its id.
pub fn agreement(
    judgements: &[Judgement<'_>],
    schema: &LabelSchema,
    threshold: f64,
    metrics: &BTreeMap<String, String>,
) -> AgreementReport {
    let mut items: BTreeMap<i64, BTreeMap<i64, &Answer>> = BTreeMap::new();
    for judgement in judgements {
        items.entry(judgement.item).or_default().insert(judgement.labeler, judgement.answer);
    }
    let shared: Vec<&BTreeMap<i64, &Answer>> = items.values().filter(|answers| answers.len() >= 2).collect();
    let fields =
        schema.fields.iter().map(|field| field_agreement(field, &shared, chosen(metrics.get(&field.id)))).collect();
    let classes = classes::of_classes(schema, &shared, threshold);
    AgreementReport { fields, classes, matrix: matrix(&shared, threshold), items: shared.len() }
}

fn each_pair<T>(list: &[T], mut with: impl FnMut(&T, &T)) {
    for (at, one) in list.iter().enumerate() {
        for other in &list[at + 1..] {
            with(one, other);
        }
    }
}

fn chosen(name: Option<&String>) -> &'static Metric {
    name.and_then(|name| metric(name)).or_else(|| metric(DEFAULT_METRIC)).unwrap_or(&METRICS[0])
}

fn field_agreement(field: &Field, shared: &[&BTreeMap<i64, &Answer>], metric: &'static Metric) -> FieldAgreement {
    let text = |value: &Value| {
        let mut words = value.words();
        if matches!(field.kind, FieldKind::Choice { multiple: true, .. }) {
            words.sort();
        }
        words.join("\n")
    };
    let (mut ratings, mut raters, mut values) = (Vec::new(), Numbered::default(), Numbered::default());
    let (mut equal, mut pairs) = (0, 0);
    for (unit, answers) in (0..).zip(shared) {
        let given = answers.iter().filter_map(|(labeler, answer)| Some((labeler, answer.fields.get(&field.id)?)));
        let own: Vec<u32> = given
            .map(|(labeler, value)| {
                let category = values.number(text(value));
                ratings.push(Rating { unit, rater: raters.number(labeler.to_string()), category });
                category
            })
            .collect();
        each_pair(&own, |one, other| {
            pairs += 1;
            equal += usize::from(one == other);
        });
    }
    let distance = match field.kind {
        FieldKind::Rating { .. } => Distance::Ordinal,
        FieldKind::Number { .. } => Distance::Interval,
        FieldKind::Choice { multiple: true, .. } => Distance::Masi,
        _ => Distance::Nominal,
    };
    let options = Options { distance, ..Options::default() };
    // A coefficient that does not fit (two labelers only, numbers only) says so, and nothing is made up.
    let coefficient = Ratings::new(shared.len(), &raters.names, &values.names, &ratings, None)
        .and_then(|ratings| (metric.run)(&ratings, &options))
        .unwrap_or_else(|error| Coefficient::undefined(error.to_string(), 0, metric.title));
    FieldAgreement {
        id: field.id.clone(),
        title: field.title.clone(),
        percent: (pairs > 0).then(|| equal as f64 / pairs as f64),
        metric: metric.id,
        metric_title: metric.title,
        coefficient,
        pairs,
    }
}

/// Names with numbers in the order of their first appearance.
#[derive(Default)]
struct Numbered {
    names: Vec<String>,
    places: BTreeMap<String, u32>,
}

impl Numbered {
    fn number(&mut self, name: String) -> u32 {
        let next = self.names.len() as u32;
        *self.places.entry(name.clone()).or_insert_with(|| {
            self.names.push(name);
            next
        })
    }
}

/// How much two answers to one item agree, 0 to 1: the mean over the fields that either has and the F1 of regions.
pub fn pair_agreement(one: &Answer, other: &Answer, threshold: f64) -> f64 {
    let ids: std::collections::BTreeSet<&String> = one.fields.keys().chain(other.fields.keys()).collect();
    let mut parts: Vec<f64> =
        ids.into_iter().map(|id| f64::from(u8::from(one.fields.get(id) == other.fields.get(id)))).collect();
    if !one.regions.is_empty() || !other.regions.is_empty() {
        parts.push(region_f1(&one.regions, &other.regions, threshold));
    }
    // Two answers that both say nothing agree.
    if parts.is_empty() { 1.0 } else { parts.iter().sum::<f64>() / parts.len() as f64 }
}

/// Mean agreement over all pairs of answers to one item; None for fewer than two.
pub fn item_agreement(answers: &[&Answer], threshold: f64) -> Option<f64> {
    let (mut sum, mut pairs) = (0.0, 0);
    each_pair(answers, |one, other| {
        sum += pair_agreement(one, other, threshold);
        pairs += 1;
    });
    (pairs > 0).then(|| sum / f64::from(pairs))
}

fn matrix(shared: &[&BTreeMap<i64, &Answer>], threshold: f64) -> Matrix {
    let labelers: Vec<i64> = shared
        .iter()
        .flat_map(|answers| answers.keys().copied())
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect();
    let size = labelers.len();
    let mut sums = vec![vec![0.0; size]; size];
    let mut items = vec![vec![0; size]; size];
    for answers in shared {
        let own: Vec<(usize, &Answer)> = answers
            .iter()
            .filter_map(|(labeler, answer)| labelers.binary_search(labeler).ok().map(|at| (at, *answer)))
            .collect();
        each_pair(&own, |(one, first), (other, second)| {
            let share = pair_agreement(first, second, threshold);
            for (row, column) in [(*one, *other), (*other, *one)] {
                sums[row][column] += share;
                items[row][column] += 1;
            }
        });
    }
    let mean =
        |row: usize, column: usize| (items[row][column] > 0).then(|| sums[row][column] / f64::from(items[row][column]));
    let values = (0..size).map(|row| (0..size).map(|column| mean(row, column)).collect()).collect();
    let items = items.into_iter().map(|row| row.into_iter().map(|n| n as usize).collect()).collect();
    Matrix { labelers, values, items }
}
