//! The answers to one field as votes: who said which of a closed set of values about which item.

use super::{Timed, methods::Form};
use crate::votes::{Vote, Votes};
use labelwright_core::{
    Value,
    schema::{Field, FieldKind},
};
use std::collections::{BTreeMap, BTreeSet};

/// Votes about one question: the field's own, or for a field with any number of options whether one of them holds.
#[derive(Debug, Clone)]
pub struct FieldVotes {
    /// The option that is asked about; None for a field with one value.
    pub option: Option<String>,
    /// Item of each task of `votes`, ascending.
    pub items: Vec<i64>,
    /// Labeler of each worker, ascending.
    pub labelers: Vec<i64>,
    /// Value of each class: those of the schema in its order, then others that were given.
    pub values: Vec<Value>,
    pub votes: Votes,
}

impl FieldVotes {
    /// One entry for a field with one value, one an option for a field with several (Boutell et al. 2004: binary
    /// relevance), none for a field whose answers are no votes, or that nobody answered.
    pub fn of(field: &Field, answers: &[Timed<'_>]) -> Vec<Self> {
        match &field.kind {
            FieldKind::Choice { options, multiple: true, .. } => {
                options.iter().filter_map(|option| Self::part(field, Some(&option.id), answers)).collect()
            }
            kind if Form::of_field(kind).is_votes() => Self::part(field, None, answers).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    fn part(field: &Field, option: Option<&str>, answers: &[Timed<'_>]) -> Option<Self> {
        let given: Vec<(i64, i64, Value)> = answers
            .iter()
            .filter_map(|timed| Some((timed.item, timed.labeler, said(option, timed.answer.fields.get(&field.id)?)?)))
            .collect();
        let items: Vec<i64> = distinct(given.iter().map(|(item, ..)| *item));
        let labelers: Vec<i64> = distinct(given.iter().map(|(_, labeler, _)| *labeler));
        let mut values: Vec<Value> = match option {
            Some(_) => vec![Value::Boolean(false), Value::Boolean(true)],
            None => closed_values(&field.kind).into_iter().map(|(value, _)| value).collect(),
        };
        let known: BTreeSet<String> = values.iter().map(word).collect();
        let others: BTreeMap<String, &Value> =
            given.iter().map(|(.., value)| (word(value), value)).filter(|(word, _)| !known.contains(word)).collect();
        values.extend(others.into_values().cloned());
        let place: BTreeMap<String, u32> = values.iter().map(word).zip(0..).collect();
        let mut rows: Vec<Vote> = Vec::with_capacity(given.len());
        for (item, labeler, value) in &given {
            let (Ok(task), Ok(worker)) = (items.binary_search(item), labelers.binary_search(labeler)) else {
                continue;
            };
            rows.push((task as u32, worker as u32, *place.get(&word(value))?));
        }
        let votes = Votes::new(items.len(), labelers.len(), values.len(), &rows).ok()?;
        (!votes.is_empty()).then(|| Self { option: option.map(str::to_owned), items, labelers, values, votes })
    }

    /// What an answer to the field says to this question. None for an answer of another kind.
    pub fn said(&self, value: &Value) -> Option<Value> {
        said(self.option.as_deref(), value)
    }

    /// The class of what was said.
    pub fn class(&self, said: &Value) -> Option<u32> {
        self.values.iter().position(|known| known == said).map(|at| at as u32)
    }

    /// What was said in words for people.
    pub fn words(&self, said: &Value) -> String {
        match (&self.option, said) {
            (Some(option), Value::Boolean(true)) => option.clone(),
            (Some(option), _) => format!("not {option}"),
            (None, value) => word(value),
        }
    }
}

/// Of a list the option alone: is it in?
pub(super) fn said(option: Option<&str>, value: &Value) -> Option<Value> {
    match (option, value) {
        (None, value) => Some(value.clone()),
        (Some(option), Value::List(words)) => Some(Value::Boolean(words.iter().any(|word| word == option))),
        (Some(_), _) => None,
    }
}

fn distinct(numbers: impl Iterator<Item = i64>) -> Vec<i64> {
    numbers.collect::<BTreeSet<i64>>().into_iter().collect()
}

/// A value in words, for people and as a key.
pub fn word(value: &Value) -> String {
    value.words().join(" / ")
}

/// A value as something to compare: of several options the order says nothing.
pub(super) fn key(field: &Field, value: &Value) -> Vec<String> {
    let mut words = value.words();
    if Form::of_field(&field.kind) == Form::Set {
        words.sort_unstable();
    }
    words
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
