//! Krippendorff's alpha for unitizing: labelers mark stretches of one continuum and give them categories.
//!
//! * alpha_U: K. Krippendorff, "On the Reliability of Unitizing Continuous Data" (1995); categories are averaged in
//!   D_o and D_e. Units of one labeler and category must not overlap each other.
//! * cu-alpha: K. Krippendorff, Y. Mathet, S. Bouvry, A. Widloecher, "On the Reliability of Unitizing Textual Continua:
//!   Further Developments" (2016): the categories alone, over the stretches that two labelers both marked:
//!   1 - (l - sum l_kk) / (l - sum l_k^2 / l), lengths l of the intersections. Lengths are no counts, so that there
//!   is no correction by n - 1.

use super::{
    coefficient::{Coefficient, UNANIMOUS},
    span_f1::Stretch,
};
use std::collections::{BTreeMap, BTreeSet};

/// A unit or a gap of one labeler and category.
#[derive(Debug, Clone, Copy)]
struct Section {
    start: i64,
    length: i64,
    marked: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnitizingError {
    #[error("the unit {start}..{end} lies outside of the continuum of length {length}")]
    Outside { start: i64, end: i64, length: i64 },
    #[error("two units of the category {label:?} of one labeler overlap at {at}")]
    Overlap { label: String, at: i64 },
}

/// Alpha_U of the labelers' units on a continuum from 0 to `length`.
pub fn alpha_u(labelers: &[Vec<Stretch>], length: i64) -> Result<Coefficient, UnitizingError> {
    let rule =
        "alpha for unitizing: squared differences of the ends of overlapping units, squared lengths of missed ones";
    let units = labelers.iter().map(Vec::len).sum();
    if labelers.len() < 2 {
        return Ok(Coefficient::undefined("one labeler only", units, rule));
    }
    let categories: BTreeSet<&String> = labelers.iter().flatten().map(|unit| &unit.label).collect();
    let (mut observed, mut expected) = (0.0, 0.0);
    for category in categories {
        let sections: Result<Vec<Vec<Section>>, UnitizingError> =
            labelers.iter().map(|own| sections(own, category, length)).collect();
        let sections = sections?;
        observed += observed_disagreement(&sections, length);
        expected += expected_disagreement(&sections, length);
    }
    if expected <= 0.0 {
        return Ok(Coefficient::undefined("nobody marked anything, or all of it", units, rule));
    }
    Ok(Coefficient::of(1.0 - observed / expected, units, units, rule))
}

fn sections(units: &[Stretch], category: &str, length: i64) -> Result<Vec<Section>, UnitizingError> {
    let mut own: Vec<&Stretch> = units.iter().filter(|unit| unit.label == category).collect();
    own.sort();
    let mut found = Vec::new();
    let mut at = 0;
    for unit in own {
        if unit.start < 0 || unit.end > length || unit.start >= unit.end {
            return Err(UnitizingError::Outside { start: unit.start, end: unit.end, length });
        }
        if unit.start < at {
            return Err(UnitizingError::Overlap { label: category.to_owned(), at: unit.start });
        }
        if unit.start > at {
            found.push(Section { start: at, length: unit.start - at, marked: false });
        }
        found.push(Section { start: unit.start, length: unit.end - unit.start, marked: true });
        at = unit.end;
    }
    if at < length {
        found.push(Section { start: at, length: length - at, marked: false });
    }
    Ok(found)
}

fn observed_disagreement(labelers: &[Vec<Section>], length: i64) -> f64 {
    let mut sum = 0.0;
    for (at, one) in labelers.iter().enumerate() {
        for other in &labelers[at + 1..] {
            let (mut i, mut j) = (0, 0);
            while let (Some(a), Some(b)) = (one.get(i), other.get(j)) {
                sum += 2.0 * difference(a, b);
                let (end_a, end_b) = (a.start + a.length, b.start + b.length);
                i += usize::from(end_a <= end_b);
                j += usize::from(end_b <= end_a);
            }
        }
    }
    let m = labelers.len() as f64;
    sum / (m * (m - 1.0) * (length as f64).powi(2))
}

/// For two sections that touch the same place.
fn difference(a: &Section, b: &Section) -> f64 {
    let (end_a, end_b) = (a.start + a.length, b.start + b.length);
    let inside =
        |inner: &Section, end: i64, outer: &Section, outer_end: i64| inner.start >= outer.start && end <= outer_end;
    match (a.marked, b.marked) {
        (true, true) => ((a.start - b.start) as f64).powi(2) + ((end_a - end_b) as f64).powi(2),
        (true, false) if inside(a, end_a, b, end_b) => (a.length as f64).powi(2),
        (false, true) if inside(b, end_b, a, end_a) => (b.length as f64).powi(2),
        _ => 0.0,
    }
}

fn expected_disagreement(labelers: &[Vec<Section>], length: i64) -> f64 {
    let all = || labelers.iter().flatten();
    let gaps: Vec<f64> = all().filter(|section| !section.marked).map(|gap| gap.length as f64).collect();
    let units: Vec<f64> = all().filter(|section| section.marked).map(|unit| unit.length as f64).collect();
    let count = units.len() as f64;
    let sum: f64 = units
        .iter()
        .map(|l| {
            let between = (count - 1.0) / 3.0 * (2.0 * l.powi(3) - 3.0 * l * l + l);
            let missed: f64 = gaps.iter().filter(|gap| *gap >= l).map(|gap| gap - l + 1.0).sum();
            between + l * l * missed
        })
        .sum();
    let whole = labelers.len() as f64 * length as f64;
    let places = whole * (whole - 1.0) - units.iter().map(|l| l * (l - 1.0)).sum::<f64>();
    if places > 0.0 { 2.0 / length as f64 * sum / places } else { 0.0 }
}

/// Cu-alpha, nominal categories.
pub fn cu_alpha(labelers: &[Vec<Stretch>]) -> Coefficient {
    let rule = "cu-alpha: categories over the stretches that two labelers both marked, nominal";
    let units: usize = labelers.iter().map(Vec::len).sum();
    let mut lengths: BTreeMap<(&str, &str), f64> = BTreeMap::new();
    for (at, one) in labelers.iter().enumerate() {
        for (_, other) in labelers.iter().enumerate().filter(|(place, _)| *place != at) {
            for a in one {
                for b in other {
                    let common = (a.end.min(b.end) - a.start.max(b.start)) as f64;
                    if common > 0.0 {
                        *lengths.entry((&a.label, &b.label)).or_default() += common;
                    }
                }
            }
        }
    }
    let whole: f64 = lengths.values().sum();
    if whole == 0.0 {
        return Coefficient::undefined("no two labelers marked the same stretch", units, rule);
    }
    let same: f64 = lengths.iter().filter(|((a, b), _)| a == b).map(|(_, length)| length).sum();
    let mut totals: BTreeMap<&str, f64> = BTreeMap::new();
    for ((category, _), length) in &lengths {
        *totals.entry(category).or_default() += length;
    }
    let chance: f64 = totals.values().map(|length| (length / whole).powi(2)).sum();
    let mut found = Coefficient::chance_corrected(same / whole, chance, units, units, rule);
    if found.value.is_none() {
        found.undefined_because = Some(UNANIMOUS.to_owned());
    }
    found
}
