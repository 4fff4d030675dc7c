//! F1 between two lists of labeled stretches (text spans, intervals): neither is the truth, and F1 is symmetric, so
//! that it can be asked of any two labelers. 2 x credit / (stretches of both); 1 for two empty lists.
//!
//! Not corrected for chance: where nothing is, everybody agrees, and the number of negative cases is not defined
//! (G. Hripcsak and A. Rothschild, "Agreement, the F-Measure, and Reliability in Information Retrieval", 2005).

use crate::assignment;
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stretch {
    pub start: i64,
    /// Exclusive.
    pub end: i64,
    pub label: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpanMatching {
    /// The same ends and label.
    Exact,
    /// The same label and any overlap: 1 for the same ends, else 1/2 (SemEval-2013 task 9).
    Partial,
    /// The covered places, each with its label: characters of a text, ticks of time.
    Token,
}

impl SpanMatching {
    pub const NAMES: &[(&str, Self)] =
        &[("span-f1-exact", Self::Exact), ("span-f1-partial", Self::Partial), ("span-f1-token", Self::Token)];
}

/// Twice the credit, and the size of both lists.
pub fn credit(one: &[Stretch], other: &[Stretch], matching: SpanMatching) -> (f64, f64) {
    match matching {
        SpanMatching::Exact => {
            let mut left: BTreeMap<&Stretch, usize> = BTreeMap::new();
            for own in other {
                *left.entry(own).or_default() += 1;
            }
            let same = one
                .iter()
                .filter(|own| {
                    left.get_mut(own).is_some_and(|count| {
                        let there = *count > 0;
                        *count = count.saturating_sub(1);
                        there
                    })
                })
                .count();
            (2.0 * same as f64, (one.len() + other.len()) as f64)
        }
        SpanMatching::Partial => {
            let (rows, columns) = if one.len() <= other.len() { (one, other) } else { (other, one) };
            let value = |row: usize, column: usize| {
                let (a, b) = (&rows[row], &columns[column]);
                if a.label != b.label || a.start.max(b.start) >= a.end.min(b.end) {
                    0.0
                } else if (a.start, a.end) == (b.start, b.end) {
                    1.0
                } else {
                    0.5
                }
            };
            let pairs = assignment::best(rows.len(), columns.len(), value);
            let sum: f64 = pairs.into_iter().enumerate().map(|(row, column)| value(row, column)).sum();
            (2.0 * sum, (one.len() + other.len()) as f64)
        }
        SpanMatching::Token => {
            let covered = |list: &[Stretch]| {
                let mut by_label: BTreeMap<String, Vec<(i64, i64)>> = BTreeMap::new();
                for own in list.iter().filter(|own| own.start < own.end) {
                    by_label.entry(own.label.clone()).or_default().push((own.start, own.end));
                }
                by_label.values_mut().for_each(joined);
                by_label
            };
            let (first, second) = (covered(one), covered(other));
            let length = |map: &BTreeMap<String, Vec<(i64, i64)>>| -> f64 {
                map.values().flatten().map(|(start, end)| (end - start) as f64).sum()
            };
            let mut common = 0.0;
            for (label, ranges) in &first {
                for (start, end) in ranges {
                    for (from, to) in second.get(label).into_iter().flatten() {
                        common += (end.min(to) - start.max(from)).max(0) as f64;
                    }
                }
            }
            (2.0 * common, length(&first) + length(&second))
        }
    }
}

/// F1, 0 to 1.
pub fn f1(one: &[Stretch], other: &[Stretch], matching: SpanMatching) -> f64 {
    let (part, whole) = credit(one, other, matching);
    if whole > 0.0 { part / whole } else { 1.0 }
}

/// Sorted ranges that do not touch each other.
fn joined(ranges: &mut Vec<(i64, i64)>) {
    ranges.sort_unstable();
    let mut kept: Vec<(i64, i64)> = Vec::with_capacity(ranges.len());
    for (start, end) in ranges.drain(..) {
        match kept.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => kept.push((start, end)),
        }
    }
    *ranges = kept;
}
