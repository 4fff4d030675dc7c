//! How right an answer is against the known one, by the kind of each field: 0 (wrong) to 1 (right).
//!
//! One choice, yes or no: equal or not. Several choices: Jaccard. A path in a tree: common beginning over the longer.
//! Text: 1 - Levenshtein distance / length of the longer, in characters. Number: 1 within the tolerance, falling to 0
//! at ten times it. Rating: 1 - steps / (max - 1). An order: 1 - the share of pairs in the other order (Kendall).
//! Regions: F1 of matched pairs of the same class.

use crate::gold::region_f1;
use labelwright_core::{
    Answer, LabelSchema, Value,
    ranking::places,
    schema::{Field, FieldKind},
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rules {
    /// Overlap from which two regions are the same.
    pub overlap: f64,
    /// How far a number may be off, as a share of the known one (of 1 for a known 0).
    pub number_tolerance: f64,
}

impl Default for Rules {
    fn default() -> Self {
        Self { overlap: 0.5, number_tolerance: 0.01 }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GoldScore {
    /// Mean over the parts; None when the gold answer says nothing.
    pub score: Option<f64>,
    /// By field id.
    pub fields: BTreeMap<String, f64>,
    pub regions: Option<f64>,
}

/// Scores the fields that the gold answer has, and regions if either has any. An unanswered field scores 0.
pub fn score(answer: &Answer, gold: &Answer, schema: &LabelSchema, rules: Rules) -> GoldScore {
    let mut fields = BTreeMap::new();
    for field in &schema.fields {
        if let Some(known) = gold.fields.get(&field.id) {
            let own = answer.fields.get(&field.id).map_or(0.0, |value| score_field(value, known, field, rules));
            fields.insert(field.id.clone(), own);
        }
    }
    let has_regions = !answer.regions.is_empty() || !gold.regions.is_empty();
    let regions = has_regions.then(|| region_f1(&answer.regions, &gold.regions, rules.overlap));
    let parts: Vec<f64> = fields.values().copied().chain(regions).collect();
    let score = (!parts.is_empty()).then(|| parts.iter().sum::<f64>() / parts.len() as f64);
    GoldScore { score, fields, regions }
}

fn score_field(value: &Value, known: &Value, field: &Field, rules: Rules) -> f64 {
    let equal = f64::from(u8::from(value == known));
    match (&field.kind, value, known) {
        (FieldKind::Choice { multiple: true, .. }, _, _) => jaccard(&value.words(), &known.words()),
        (FieldKind::Tree { .. }, _, _) => common_start(&value.words(), &known.words()),
        (FieldKind::Text { .. }, Value::Text(own), Value::Text(known)) => text_similarity(own, known),
        (FieldKind::Number { .. }, Value::Number(own), Value::Number(known)) => {
            let scale = rules.number_tolerance * if *known == 0.0 { 1.0 } else { known.abs() };
            let off = (own - known).abs();
            if off <= scale { 1.0 } else { (1.0 - (off - scale) / (9.0 * scale).max(f64::MIN_POSITIVE)).max(0.0) }
        }
        (FieldKind::Rating { max }, Value::Number(own), Value::Number(known)) => {
            let steps = (f64::from(*max) - 1.0).max(1.0);
            (1.0 - (own - known).abs() / steps).clamp(0.0, 1.0)
        }
        (_, Value::List(own), Value::List(known)) => order_agreement(own, known),
        _ => equal,
    }
}

fn jaccard(one: &[String], other: &[String]) -> f64 {
    let (one, other): (BTreeSet<_>, BTreeSet<_>) = (one.iter().collect(), other.iter().collect());
    let union = one.union(&other).count();
    if union == 0 { 1.0 } else { one.intersection(&other).count() as f64 / union as f64 }
}

fn common_start(one: &[String], other: &[String]) -> f64 {
    let longest = one.len().max(other.len());
    let common = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    if longest == 0 { 1.0 } else { common as f64 / longest as f64 }
}

/// 1 - Levenshtein distance / length of the longer text; 1 for two empty texts.
pub fn text_similarity(one: &str, other: &str) -> f64 {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let longest = one.len().max(other.len());
    if longest == 0 {
        return 1.0;
    }
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in other.iter().enumerate() {
            let change = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(diagonal + 1);
        }
    }
    1.0 - row[other.len()] as f64 / longest as f64
}

/// The share of pairs in the known order, or tied as there; entries that are missing or new count as wrong pairs.
fn order_agreement(own: &[String], known: &[String]) -> f64 {
    let numbered = |words| places(words).enumerate().flat_map(|(at, ids)| ids.into_iter().map(move |id| (id, at)));
    let place: BTreeMap<&str, usize> = numbered(own).collect();
    let known: Vec<(&str, usize)> = numbered(known).collect();
    let (mut right, mut all) = (0, 0);
    for (at, (first, first_at)) in known.iter().enumerate() {
        for (second, second_at) in known.iter().skip(at + 1) {
            all += 1;
            let (Some(a), Some(b)) = (place.get(first), place.get(second)) else { continue };
            right += usize::from(a.cmp(b) == first_at.cmp(second_at));
        }
    }
    if all == 0 {
        return f64::from(u8::from(place.len() == known.len() && known.iter().all(|(id, _)| place.contains_key(id))));
    }
    right as f64 / all as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn ties_are_right_where_the_known_order_has_them() {
        assert!((order_agreement(&words("a b=c"), &words("a b=c")) - 1.0).abs() < 1e-12);
        assert!((order_agreement(&words("a b c"), &words("a b=c")) - 2.0 / 3.0).abs() < 1e-12);
        assert!(order_agreement(&words("a b"), &words("a=b")).abs() < 1e-12);
        for (own, known, right) in [("a", "a", 1.0), ("b", "a", 0.0), ("a b", "a", 0.0), ("a", "", 0.0), ("", "", 1.0)]
        {
            assert_eq!(order_agreement(&words(own), &words(known)), right, "{own:?} {known:?}");
        }
    }

    #[test]
    fn each_kind_by_hand() {
        assert!((text_similarity("kitten", "sitting") - (1.0 - 3.0 / 7.0)).abs() < 1e-12);
        assert!((text_similarity("", "") - 1.0).abs() < 1e-12);
        assert!((jaccard(&words("a b"), &words("b c")) - 1.0 / 3.0).abs() < 1e-12);
        assert!((common_start(&words("animal dog"), &words("animal dog poodle")) - 2.0 / 3.0).abs() < 1e-12);
        assert!((order_agreement(&words("b a c"), &words("a b c")) - 2.0 / 3.0).abs() < 1e-12);
        assert!((order_agreement(&words("a b"), &words("a b c")) - 1.0 / 3.0).abs() < 1e-12);
        let field: Field = serde_json::from_str(r#"{"id":"n","title":"n","kind":{"type":"number"}}"#)
            .unwrap_or_else(|error| panic!("{error}"));
        let number = |own: f64| score_field(&Value::Number(own), &Value::Number(100.0), &field, Rules::default());
        assert!((number(100.9) - 1.0).abs() < 1e-12 && number(111.0) == 0.0);
        assert!((number(105.5) - 0.5).abs() < 1e-9);
    }
}
