//! Values against the fields (or attributes) that they answer.

use crate::{
    Limits, Value,
    problem::{Problems, segment},
    ranking,
    schema::{Choice, Field, FieldKind},
};
use std::collections::{BTreeMap, BTreeSet};

/// The questions, what they are called, and how many responses there are to compare (None: as many as options).
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub fields: &'a [Field],
    pub noun: &'a str,
    pub responses: Option<usize>,
}

pub(super) fn check(
    problems: &mut Problems,
    pointer: &str,
    asked: Asked<'_>,
    values: &BTreeMap<String, Value>,
    limits: &Limits,
) {
    let Asked { fields, noun, responses } = asked;
    for name in values.keys().filter(|name| !fields.iter().any(|field| field.id == **name)) {
        let code = if noun == "field" { "unknown_field" } else { "unknown_attribute" };
        problems.add(format!("{pointer}/{}", segment(name)), code, format!("{name:?} is not a {noun} here"));
    }
    for field in fields {
        let at = format!("{pointer}/{}", segment(&field.id));
        let asked = field.when.as_ref().is_none_or(|when| when.holds(values));
        match values.get(&field.id) {
            None if asked && field.required => {
                problems.add(at, "required", format!("{} is required", field.title));
            }
            None => {}
            Some(_) if !asked => {
                problems.add(at, "not_asked", format!("{} is not asked in this case", field.title));
            }
            Some(found) => {
                compared(problems, &at, field, found, responses);
                value(problems, &at, field, found, responses, limits);
            }
        }
    }
}

/// Only responses that are there can be preferred.
fn compared(problems: &mut Problems, at: &str, field: &Field, found: &Value, responses: Option<usize>) {
    let Some(count) = responses else { return };
    let options = field.kind.compared();
    let absent = options.get(count..).unwrap_or_default();
    let named = |id: &str| match found {
        Value::Text(word) => word == id,
        Value::List(words) => ranking::places(words).flatten().any(|word| word == id),
        _ => false,
    };
    if let Some(option) = absent.iter().find(|option| named(&option.id)) {
        let message = format!("{:?} stands for a response that is not there: the item has {count}", option.id);
        problems.add(at, "no_response", message);
    }
}

fn value(problems: &mut Problems, at: &str, field: &Field, found: &Value, responses: Option<usize>, limits: &Limits) {
    match (&field.kind, found) {
        (FieldKind::Choice { options, multiple: false, .. } | FieldKind::Pairwise { options }, Value::Text(word)) => {
            known(problems, at, options, word);
        }
        (FieldKind::Choice { options, multiple: true, min, max }, Value::List(words)) => {
            list(problems, at, options, words, limits);
            let (low, high) = (min.unwrap_or(u32::from(field.required)), max.unwrap_or(u32::MAX));
            if words.len() < low as usize {
                problems.add(at, "too_few", format!("{} needs at least {low}", field.title));
            }
            if words.len() > high as usize {
                problems.add(at, "too_many", format!("{} takes at most {high}", field.title));
            }
        }
        (FieldKind::Ranking { options, ties }, Value::List(words)) => {
            let wanted = responses.map_or(options.len(), |count| count.min(options.len()));
            ranked(problems, at, options, *ties, words, limits);
            if ranking::places(words).flatten().count() != wanted {
                problems.add(at, "incomplete", format!("all {wanted} options are to be ranked"));
            }
        }
        (FieldKind::Tree { options, leaves_only }, Value::List(path)) => {
            tree(problems, at, options, *leaves_only, path);
        }
        (FieldKind::Text { max_chars, pattern, .. }, Value::Text(text)) => {
            length(problems, at, text, *max_chars, limits);
            let whole = |pattern: &String| regex::Regex::new(&format!("^(?:{pattern})$"));
            if let Some(Ok(expression)) = pattern.as_ref().map(whole)
                && !expression.is_match(text)
            {
                problems.add(at, "pattern", format!("{} does not have the wanted form", field.title));
            }
        }
        (FieldKind::Transcript { max_chars }, Value::Text(text)) => length(problems, at, text, *max_chars, limits),
        // Whether the list has it is known where the lists are kept.
        (FieldKind::Concept { .. }, Value::Text(code)) => {
            if code.is_empty() || code.chars().count() > crate::concepts::CODE_CHARS {
                let most = crate::concepts::CODE_CHARS;
                problems.add(at, "out_of_range", format!("the id of a concept has 1 to {most} characters"));
            }
        }
        (FieldKind::Number { min, max, integer, .. }, Value::Number(number)) => {
            if !number.is_finite() {
                problems.add(at, "not_finite", "this is not an ordinary number");
            } else if *integer && number.fract() != 0.0 {
                problems.add(at, "not_an_integer", format!("{} is a whole number", field.title));
            } else if min.is_some_and(|min| *number < min) || max.is_some_and(|max| *number > max) {
                let bound = |bound: &Option<f64>| bound.map_or("...".to_owned(), |bound| bound.to_string());
                problems.add(at, "out_of_range", format!("{number} is not within {} to {}", bound(min), bound(max)));
            }
        }
        (FieldKind::Rating { max }, Value::Number(number)) => {
            if number.fract() != 0.0 || *number < 1.0 || *number > f64::from(*max) {
                problems.add(at, "out_of_range", format!("{} goes from 1 to {max}", field.title));
            }
        }
        (FieldKind::Boolean {}, Value::Boolean(_)) => {}
        (kind, _) => problems.add(at, "wrong_type", format!("{} is {}", field.title, expected(kind))),
    }
}

fn expected(kind: &FieldKind) -> &'static str {
    match kind {
        FieldKind::Choice { multiple: false, .. } | FieldKind::Pairwise { .. } => "the id of an option, as a string",
        FieldKind::Choice { multiple: true, .. } => "a list of option ids",
        FieldKind::Ranking { .. } => "a list of all option ids, best first",
        FieldKind::Tree { .. } => "a list of option ids from the root",
        FieldKind::Text { .. } | FieldKind::Transcript { .. } => "a string",
        FieldKind::Number { .. } | FieldKind::Rating { .. } => "a number",
        FieldKind::Boolean {} => "true or false",
        FieldKind::Concept { .. } => "the id of a concept, as a string",
    }
}

fn known(problems: &mut Problems, at: &str, options: &[Choice], word: &str) {
    if !options.iter().any(|option| option.id == word) {
        problems.add(at, "unknown_option", format!("{word:?} is not an option here"));
    }
}

fn list(problems: &mut Problems, at: &str, options: &[Choice], words: &[String], limits: &Limits) {
    if words.len() > limits.list_values {
        problems.add(at, "too_many", format!("{} values, the limit is {}", words.len(), limits.list_values));
        return;
    }
    let mut seen = BTreeSet::new();
    for (index, word) in words.iter().enumerate() {
        known(problems, &format!("{at}/{index}"), options, word);
        if !seen.insert(word) {
            problems.add(format!("{at}/{index}"), "duplicate_value", format!("{word:?} is given twice"));
        }
    }
}

/// With ties a value may be several ids, sorted and joined by `=`.
fn ranked(problems: &mut Problems, at: &str, options: &[Choice], ties: bool, words: &[String], limits: &Limits) {
    if !ties {
        return list(problems, at, options, words, limits);
    }
    if words.iter().any(|word| word.len() > limits.text_chars) {
        return problems.add(at, "too_long", "a place of a ranking holds ids joined by =");
    }
    for (index, place) in ranking::places(words).enumerate() {
        if !place.is_sorted() {
            let message = "options that share a place are sorted by their ids, so that the same is written the same";
            problems.add(format!("{at}/{index}"), "not_sorted", message);
        }
    }
    let flat: Vec<String> = ranking::places(words).flatten().map(str::to_owned).collect();
    list(problems, at, options, &flat, limits);
}

fn tree(problems: &mut Problems, at: &str, options: &[Choice], leaves_only: bool, path: &[String]) {
    let mut level = options;
    for (index, word) in path.iter().enumerate() {
        let Some(option) = level.iter().find(|option| option.id == *word) else {
            problems.add(format!("{at}/{index}"), "unknown_option", format!("{word:?} is not an option here"));
            return;
        };
        level = &option.children;
    }
    if path.is_empty() {
        problems.add(at, "too_few", "the path is empty");
    } else if leaves_only && !level.is_empty() {
        problems.add(at, "not_a_leaf", "go on to an option without children");
    }
}

fn length(problems: &mut Problems, at: &str, text: &str, limit: Option<u32>, limits: &Limits) {
    let limit = limit.map_or(limits.text_chars, |limit| (limit as usize).min(limits.text_chars));
    let chars = text.chars().count();
    if chars > limit {
        problems.add(at, "too_long", format!("{chars} characters, the limit is {limit}"));
    }
}
