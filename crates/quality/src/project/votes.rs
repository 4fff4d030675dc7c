//! The answers to one field as votes: who said which of a closed set of values about which item.

use super::Timed;
use crate::votes::{Vote, Votes};
use labelwright_core::{
    Value,
    schema::{Field, FieldKind},
};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone)]
pub struct FieldVotes {
    /// Item of each task of `votes`, ascending.
    pub items: Vec<i64>,
    /// Labeler of each worker, ascending.
    pub labelers: Vec<i64>,
    /// Value of each class: those of the schema in its order, then others that were given.
    pub values: Vec<Value>,
    pub votes: Votes,
}

/// Has the field one value out of a closed set, so that answers to it are votes?
pub fn is_vote(kind: &FieldKind) -> bool {
    match kind {
        FieldKind::Choice { multiple, .. } => !multiple,
        FieldKind::Boolean {} | FieldKind::Rating { .. } | FieldKind::Tree { .. } | FieldKind::Pairwise { .. } => true,
        FieldKind::Text { .. }
        | FieldKind::Number { .. }
        | FieldKind::Ranking { .. }
        | FieldKind::Transcript { .. } => false,
    }
}

impl FieldVotes {
    /// None for a field whose answers are no votes, or that nobody answered.
    pub fn of(field: &Field, answers: &[Timed<'_>]) -> Option<Self> {
        if !is_vote(&field.kind) {
            return None;
        }
        let given: Vec<(i64, i64, &Value)> = answers
            .iter()
            .filter_map(|timed| Some((timed.item, timed.labeler, timed.answer.fields.get(&field.id)?)))
            .collect();
        let items: Vec<i64> = distinct(given.iter().map(|(item, ..)| *item));
        let labelers: Vec<i64> = distinct(given.iter().map(|(_, labeler, _)| *labeler));
        let mut values: Vec<Value> = closed_values(&field.kind).into_iter().map(|(value, _)| value).collect();
        let known: BTreeSet<String> = values.iter().map(word).collect();
        let others: BTreeMap<String, &Value> =
            given.iter().map(|(.., value)| (word(value), *value)).filter(|(word, _)| !known.contains(word)).collect();
        values.extend(others.into_values().cloned());
        let place: BTreeMap<String, u32> = values.iter().map(word).zip(0..).collect();
        let mut rows: Vec<Vote> = Vec::with_capacity(given.len());
        for (item, labeler, value) in given {
            let (Ok(task), Ok(worker)) = (items.binary_search(&item), labelers.binary_search(&labeler)) else {
                continue;
            };
            rows.push((task as u32, worker as u32, *place.get(&word(value))?));
        }
        let votes = Votes::new(items.len(), labelers.len(), values.len(), &rows).ok()?;
        (!votes.is_empty()).then_some(Self { items, labelers, values, votes })
    }

    /// The class of a value.
    pub fn class(&self, value: &Value) -> Option<u32> {
        self.values.iter().position(|known| known == value).map(|at| at as u32)
    }
}

fn distinct(numbers: impl Iterator<Item = i64>) -> Vec<i64> {
    numbers.collect::<BTreeSet<i64>>().into_iter().collect()
}

/// A value in words, for people and as a key.
pub fn word(value: &Value) -> String {
    value.words().join(" / ")
}

/// The values that a field's question offers, with their titles; none where the set is open.
pub(crate) fn closed_values(kind: &FieldKind) -> Vec<(Value, String)> {
    match kind {
        FieldKind::Choice { options, .. } => {
            options.iter().map(|option| (Value::Text(option.id.clone()), option.title.clone())).collect()
        }
        FieldKind::Boolean {} => {
            vec![(Value::Boolean(false), "No".to_owned()), (Value::Boolean(true), "Yes".to_owned())]
        }
        FieldKind::Rating { max } => {
            (1..=*max).map(|step| (Value::Number(f64::from(step)), step.to_string())).collect()
        }
        _ => Vec::new(),
    }
}
