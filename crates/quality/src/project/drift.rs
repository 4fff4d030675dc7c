//! Have the labels changed? Answers before a moment beside those after it: every field, the classes, regions and time an
//! answer, agreement; with a series over time to look at.

use super::{
    Timed,
    methods::Form,
    votes::{key, word},
};
use crate::drift::{
    agreement::{AgreementDrift, agreement_drift},
    alerts::{Alert, DEFAULT_RULES, alerts},
    change_points::change_points,
    windows::{ColumnDrift, Kind, Sample, adjust, column},
};
use labelwright_core::{
    LabelSchema, Value,
    schema::{Field, FieldKind},
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Bins of numbers; and steps of the series.
const BINS: usize = 10;
const STEPS: usize = 24;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Series {
    pub column: String,
    pub values: Vec<String>,
    /// First moment of each step, microseconds since 1970.
    pub steps: Vec<i64>,
    /// Steps x values: how often each was given.
    pub counts: Vec<Vec<usize>>,
    /// Steps from which on the share of the most frequent value is another.
    pub change_points: Vec<usize>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Drift {
    /// The moment between the two windows.
    pub split: i64,
    pub columns: Vec<ColumnDrift>,
    pub alerts: Vec<Alert>,
    /// By field.
    pub agreement: Vec<(String, AgreementDrift)>,
    pub series: Vec<Series>,
}

/// None with fewer than two answers of people. Without a split the windows have the same number of answers.
pub fn drift(answers: &[Timed<'_>], schema: &LabelSchema, split: Option<i64>) -> Option<Drift> {
    let mut people: Vec<Timed<'_>> = answers.iter().copied().filter(Timed::is_person).collect();
    people.sort_by_key(|timed| (timed.at, timed.item, timed.labeler));
    let (first, last) = (people.first()?.at, people.last()?.at);
    let split = split.unwrap_or_else(|| people[people.len() / 2].at);
    let (before, after) = people.split_at(people.partition_point(|timed| timed.at < split));
    let (mut columns, mut agreement, mut series) = (Vec::new(), Vec::new(), Vec::new());
    for field in &schema.fields {
        let form = Form::of_field(&field.kind);
        if form.is_votes() {
            let given = |timed: &Timed<'_>| match timed.answer.fields.get(&field.id) {
                Some(value) if form == Form::Set => value.words(),
                value => value.map(word).into_iter().collect(),
            };
            columns.push(categories(&field.id, before, after, given));
            series.push(over_time(&field.id, &people, (first, last), given));
            let units = |window: &[Timed<'_>]| units(field, window);
            // Numbers stand for other values in each window; only whether two of one item are the same is asked.
            agreement.extend(agreement_drift(&units(before), &units(after), 0).map(|found| (field.id.clone(), found)));
        } else if matches!(field.kind, FieldKind::Number { .. }) {
            columns.push(numbers(&field.id, before, after, |timed| match timed.answer.fields.get(&field.id) {
                Some(Value::Number(number)) => Some(*number),
                _ => None,
            }));
        }
    }
    if !schema.classes.is_empty() {
        let given = |timed: &Timed<'_>| timed.answer.regions.iter().map(|region| region.class.clone()).collect();
        columns.push(categories("classes", before, after, given));
        columns.push(numbers("regions an answer", before, after, |timed| Some(timed.answer.regions.len() as f64)));
        series.push(over_time("classes", &people, (first, last), given));
    }
    columns.push(numbers("seconds an answer", before, after, |timed| Some(timed.took_ms as f64 / 1000.0)));
    adjust(&mut columns);
    let alerts = alerts(&columns, &DEFAULT_RULES);
    Some(Drift { split, columns, alerts, agreement, series })
}

/// For each item what was said, as numbers.
fn units(field: &Field, window: &[Timed<'_>]) -> Vec<Vec<u32>> {
    let mut by_item: BTreeMap<i64, Vec<Vec<String>>> = BTreeMap::new();
    for timed in window {
        if let Some(value) = timed.answer.fields.get(&field.id) {
            by_item.entry(timed.item).or_default().push(key(field, value));
        }
    }
    let distinct: BTreeSet<Vec<String>> = by_item.values().flatten().cloned().collect();
    let numbers: BTreeMap<Vec<String>, u32> = distinct.into_iter().zip(0..).collect();
    by_item.values().map(|own| own.iter().filter_map(|words| numbers.get(words).copied()).collect()).collect()
}

fn categories(
    name: &str,
    before: &[Timed<'_>],
    after: &[Timed<'_>],
    given: impl Fn(&Timed<'_>) -> Vec<String>,
) -> ColumnDrift {
    let count = |window: &[Timed<'_>]| {
        let (mut counts, mut missing) = (BTreeMap::<String, f64>::new(), 0);
        for timed in window {
            let words = given(timed);
            missing += usize::from(words.is_empty());
            words.into_iter().for_each(|word| *counts.entry(word).or_default() += 1.0);
        }
        (counts, missing)
    };
    let ((one, one_missing), (other, other_missing)) = (count(before), count(after));
    let names: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
    let sample = |counts: &BTreeMap<String, f64>, missing| Sample {
        counts: names.iter().map(|name| counts.get(*name).copied().unwrap_or(0.0)).collect(),
        missing,
        ..Sample::default()
    };
    column(name, Kind::Categories, sample(&one, one_missing), sample(&other, other_missing), BINS)
}

fn numbers(
    name: &str,
    before: &[Timed<'_>],
    after: &[Timed<'_>],
    given: impl Fn(&Timed<'_>) -> Option<f64>,
) -> ColumnDrift {
    let sample = |window: &[Timed<'_>]| {
        let numbers: Vec<f64> = window.iter().filter_map(&given).filter(|number| number.is_finite()).collect();
        Sample { missing: window.len() - numbers.len(), numbers, ..Sample::default() }
    };
    column(name, Kind::Numbers, sample(before), sample(after), BINS)
}

/// `between` holds the first and the last moment; all steps are of one length.
fn over_time(
    name: &str,
    people: &[Timed<'_>],
    (first, last): (i64, i64),
    given: impl Fn(&Timed<'_>) -> Vec<String>,
) -> Series {
    let length = ((last - first) / STEPS as i64 + 1).max(1);
    let mut by_word: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for timed in people {
        let step = ((timed.at - first) / length) as usize;
        for word in given(timed) {
            by_word.entry(word).or_insert_with(|| vec![0; STEPS])[step.min(STEPS - 1)] += 1;
        }
    }
    let values: Vec<String> = by_word.keys().cloned().collect();
    let counts: Vec<Vec<usize>> =
        (0..STEPS).map(|step| by_word.values().map(|counts| counts[step]).collect()).collect();
    let most = by_word.values().max_by_key(|counts| counts.iter().sum::<usize>());
    let shares: Vec<f64> = (0..STEPS)
        .filter_map(|step| {
            let all: usize = counts[step].iter().sum();
            (all > 0).then(|| most.map_or(0.0, |counts| counts[step] as f64 / all as f64))
        })
        .collect();
    // Only where no step is empty do places in the shares stand for steps.
    let change_points = if shares.len() == STEPS { change_points(&shares) } else { Vec::new() };
    let steps = (0..STEPS as i64).map(|step| first + step * length).collect();
    Series { column: name.to_owned(), values, steps, counts, change_points }
}
