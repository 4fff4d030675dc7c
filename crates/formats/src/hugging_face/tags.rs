//! Labels as numbers, and words with tags (the usual form of named entities on the hub).

use super::Problem;
use crate::{conll, labels, names::region_id, spans};
use serde_json::Value as Json;

/// The name of a label; None for -1, which stands for none.
pub(super) fn label(value: &Json, names: &[String]) -> Result<Option<String>, Problem> {
    match value {
        Json::Null => Ok(None),
        Json::String(name) => Ok(Some(name.clone())),
        other if other.as_i64() == Some(-1) => Ok(None),
        other => match other.as_u64().and_then(|at| names.get(usize::try_from(at).ok()?)) {
            Some(name) => Ok(Some(name.clone())),
            None => Err(("unknown_class", format!("{other} is no number of a class; there are {}", names.len()))),
        },
    }
}

/// Words with tags as a text with one space between words.
pub(super) fn tagged(
    words: Option<&Json>,
    tags: Option<&Json>,
    names: &[String],
    problems: &mut Vec<Problem>,
) -> (String, Vec<labelwright_core::Region>) {
    let list = |value: Option<&Json>| value.and_then(Json::as_array).cloned().unwrap_or_default();
    let (words, tags) = (list(words), list(tags));
    if words.len() != tags.len() {
        problems.push(("bad_tags", format!("there are {} words and {} tags", words.len(), tags.len())));
    }
    let mut places = Vec::with_capacity(words.len());
    let (mut text, mut at) = (String::new(), 0_u32);
    for word in words.iter().map(|word| word.as_str().unwrap_or_default()) {
        if !text.is_empty() {
            text.push(' ');
            at += 1;
        }
        let start = at;
        at += word.chars().count() as u32;
        text.push_str(word);
        places.push([start, at]);
    }
    let mut found = Vec::new();
    for tag in &tags {
        match label(tag, names) {
            Ok(tag) => found.push(tag.unwrap_or_else(|| "O".to_owned())),
            Err(problem) => {
                problems.push(problem);
                found.push("O".to_owned());
            }
        }
    }
    (text, regions_of(&found, &places))
}

/// Spans of tags in any of the usual schemes.
fn regions_of(tags: &[String], places: &[[u32; 2]]) -> Vec<labelwright_core::Region> {
    let (mut spans, mut open): (Vec<(&str, [u32; 2])>, bool) = (Vec::new(), false);
    for (tag, [start, end]) in tags.iter().zip(places) {
        let (prefix, class) = tag.split_once('-').unwrap_or(("O", ""));
        let (inner, ends) = conll::reads(prefix);
        match spans.last_mut().filter(|(known, _)| inner && open && *known == class) {
            Some((_, range)) => range[1] = *end,
            None if class.is_empty() || start == end => {}
            None => spans.push((class, [*start, *end])),
        }
        open = !class.is_empty() && !ends;
    }
    let region = |(at, (class, range)): (usize, (&str, [u32; 2]))| {
        labels::region(region_id(at), class, spans::span(vec![range]))
    };
    spans.into_iter().enumerate().map(region).collect()
}
