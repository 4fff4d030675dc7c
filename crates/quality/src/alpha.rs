//! Krippendorff's alpha: K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011).
//!
//! alpha = 1 - D_o / D_e, the observed over the expected disagreement, from the coincidences of values within units.
//! Units with fewer than two values are left out; a missing value is simply not there (libraries that read it as one
//! more label get this wrong). Undefined where nothing varies: then no disagreement could have been observed.

use serde::Serialize;

/// The squared difference between two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distance {
    /// Same or not.
    Nominal,
    /// Ranks: how many values lie between.
    Ordinal,
    /// Numbers: the square of their difference.
    Interval,
    /// Sets of words, joined by line feeds: 1 - MASI (R. Passonneau, "Measuring Agreement on Set-valued Items", 2006).
    Sets,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Coefficient {
    /// None where it is undefined; then `undefined_because` says why.
    pub value: Option<f64>,
    pub undefined_because: Option<String>,
    /// Units with at least two values.
    pub units: usize,
}

impl Coefficient {
    fn undefined(reason: &str, units: usize) -> Self {
        Self { value: None, undefined_because: Some(reason.to_owned()), units }
    }
}

/// Alpha over units, each the list of values that labelers gave it. Ordinal and interval values are numbers written
/// as text.
pub fn alpha(units: &[Vec<String>], distance: Distance) -> Coefficient {
    let pairable: Vec<&Vec<String>> = units.iter().filter(|unit| unit.len() >= 2).collect();
    let count = pairable.len();
    if count == 0 {
        return Coefficient::undefined("no item was answered by two labelers", 0);
    }
    let mut values: Vec<&str> = pairable.iter().flat_map(|unit| unit.iter().map(String::as_str)).collect();
    let number = |text: &str| text.parse::<f64>().unwrap_or(f64::NAN);
    match distance {
        Distance::Ordinal | Distance::Interval => values.sort_by(|a, b| number(a).total_cmp(&number(b))),
        Distance::Nominal | Distance::Sets => values.sort_unstable(),
    }
    values.dedup();
    let index = |text: &str| values.iter().position(|value| *value == text).unwrap_or(0);

    // Coincidences, and how often each value occurs in pairable units.
    let mut coincidences = vec![vec![0.0; values.len()]; values.len()];
    let mut totals = vec![0.0; values.len()];
    for unit in &pairable {
        let weight = 1.0 / (unit.len() as f64 - 1.0);
        let places: Vec<usize> = unit.iter().map(|value| index(value)).collect();
        for (position, one) in places.iter().enumerate() {
            totals[*one] += 1.0;
            for (other_position, other) in places.iter().enumerate() {
                if position != other_position {
                    coincidences[*one][*other] += weight;
                }
            }
        }
    }
    let all: f64 = totals.iter().sum();
    let (mut observed, mut expected) = (0.0, 0.0);
    for one in 0..values.len() {
        for other in one + 1..values.len() {
            let squared = match distance {
                Distance::Nominal => 1.0,
                Distance::Ordinal => {
                    let between: f64 = totals[one..=other].iter().sum();
                    (between - f64::midpoint(totals[one], totals[other])).powi(2)
                }
                Distance::Interval => (number(values[one]) - number(values[other])).powi(2),
                Distance::Sets => 1.0 - masi(values[one], values[other]),
            };
            observed += coincidences[one][other] * squared;
            expected += totals[one] * totals[other] * squared;
        }
    }
    if expected == 0.0 {
        return Coefficient::undefined("all labelers gave the same value everywhere", count);
    }
    Coefficient { value: Some(1.0 - (all - 1.0) * observed / expected), undefined_because: None, units: count }
}

/// Jaccard overlap times monotonicity: 1 equal, 2/3 one within the other, 1/3 crossing, 0 apart.
fn masi(one: &str, other: &str) -> f64 {
    let words = |text: &str| {
        text.split('\n').filter(|word| !word.is_empty()).map(str::to_owned).collect::<std::collections::BTreeSet<_>>()
    };
    let (one, other) = (words(one), words(other));
    let common = one.intersection(&other).count();
    let union = one.union(&other).count();
    if union == 0 {
        return 1.0;
    }
    let monotonicity = if one == other {
        1.0
    } else if one.is_subset(&other) || other.is_subset(&one) {
        2.0 / 3.0
    } else if common > 0 {
        1.0 / 3.0
    } else {
        0.0
    };
    common as f64 / union as f64 * monotonicity
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Example C of the paper: four observers, twelve units, missing values.
    fn example() -> Vec<Vec<String>> {
        let rows = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."];
        (0..12)
            .map(|unit| {
                rows.iter()
                    .filter_map(|row| row.chars().nth(unit).filter(char::is_ascii_digit))
                    .map(|c| c.to_string())
                    .collect()
            })
            .collect()
    }

    #[test]
    fn the_worked_example_of_the_paper() {
        let units = example();
        let value = |distance| alpha(&units, distance).value.unwrap();
        assert!((value(Distance::Nominal) - 0.743).abs() < 5e-4, "{}", value(Distance::Nominal));
        assert!((value(Distance::Ordinal) - 0.815).abs() < 5e-4, "{}", value(Distance::Ordinal));
        assert!((value(Distance::Interval) - 0.849).abs() < 5e-4, "{}", value(Distance::Interval));
    }

    #[test]
    fn undefined_is_said_and_not_made_up() {
        let same = vec![vec!["a".to_owned(), "a".to_owned()]; 5];
        let found = alpha(&same, Distance::Nominal);
        assert_eq!((found.value, found.units), (None, 5));
        assert!(alpha(&[vec!["a".to_owned()]], Distance::Nominal).undefined_because.unwrap().contains("two labelers"));
    }

    #[test]
    fn masi_of_the_paper() {
        assert!((masi("a\nb", "a\nb") - 1.0).abs() < 1e-12);
        assert!((masi("a", "a\nb") - 1.0 / 2.0 * 2.0 / 3.0).abs() < 1e-12);
        assert!((masi("a\nc", "a\nb") - 1.0 / 3.0 / 3.0).abs() < 1e-12);
        assert!(masi("a", "b").abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn order_and_names_do_not_matter(units in prop::collection::vec(prop::collection::vec(0..4_u8, 0..5), 1..12)) {
            let text = |map: &dyn Fn(u8) -> String| -> Vec<Vec<String>> {
                units.iter().map(|unit| unit.iter().map(|v| map(*v)).collect()).collect()
            };
            let plain = alpha(&text(&|v| v.to_string()), Distance::Nominal);
            let renamed = alpha(&text(&|v| format!("label-{}", 9 - v)), Distance::Nominal);
            let mut turned = text(&|v| v.to_string());
            turned.reverse();
            turned.iter_mut().for_each(|unit| unit.reverse());
            let turned = alpha(&turned, Distance::Nominal);
            for other in [renamed, turned] {
                prop_assert_eq!(plain.units, other.units);
                match (plain.value, other.value) {
                    (Some(a), Some(b)) => prop_assert!((a - b).abs() < 1e-9),
                    (a, b) => prop_assert_eq!(a, b),
                }
            }
        }
    }
}
