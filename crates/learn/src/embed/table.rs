//! Rows of a table as numbers: columns of numbers are brought to one scale, columns of few different values become one
//! column a value. Which is which is told by the values, and said.

use crate::{LearnError, Matrix};
use std::collections::BTreeMap;

/// Values of a column that get a column of their own, the most frequent first; the others share one.
const VALUES_MAXIMUM: usize = 50;
/// Columns that come out at most.
const COLUMNS_MAXIMUM: usize = 4096;

/// What became of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Became {
    /// One number; of a column with gaps two, the second one says where they are.
    Number { gaps: usize },
    /// So many columns of 0 and a constant.
    Values(usize),
    /// Nothing: all rows have one value.
    Constant,
    /// Nothing: nearly every row has a value of its own, which is a name and no feature.
    Names,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Embedded {
    pub matrix: Matrix,
    /// In the order of the columns.
    pub became: Vec<Became>,
}

/// `columns` are texts, all of one length; an empty text is a gap. Each column adds a variance of at most 1, so that none
/// of them outweighs the others.
///
/// Errors: no rows, no column that is a feature, more than 4,096 columns.
pub fn embed(columns: &[Vec<String>]) -> Result<Embedded, LearnError> {
    let rows = columns.first().map_or(0, Vec::len);
    if rows == 0 {
        return Err(LearnError::NoRows);
    }
    let (mut parts, mut became) = (Vec::<Vec<f64>>::new(), Vec::new());
    for column in columns {
        let (own, kind) = if numeric(column) { numbers(column) } else { values(column) };
        parts.extend(own);
        became.push(kind);
        if parts.len() > COLUMNS_MAXIMUM {
            return Err(LearnError::Input(format!(
                "more than {COLUMNS_MAXIMUM} columns would come out; leave columns of many different values out"
            )));
        }
    }
    if parts.is_empty() {
        return Err(LearnError::NoColumns);
    }
    let mut out = Vec::with_capacity(rows * parts.len());
    for row in 0..rows {
        out.extend(parts.iter().map(|part| part.get(row).copied().unwrap_or(0.0)));
    }
    Ok(Embedded { matrix: Matrix::new(out, parts.len())?, became })
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse::<f64>().ok().filter(|value| value.is_finite() && value.abs() <= 1e100)
}

/// All values that are there are numbers.
fn numeric(column: &[String]) -> bool {
    let mut given = column.iter().filter(|text| !text.trim().is_empty()).peekable();
    given.peek().is_some() && given.all(|text| number(text).is_some())
}

fn numbers(column: &[String]) -> (Vec<Vec<f64>>, Became) {
    let found: Vec<Option<f64>> = column.iter().map(|text| number(text)).collect();
    let given: Vec<f64> = found.iter().flatten().copied().collect();
    let gaps = found.len() - given.len();
    let Some(scaled) = standard(&given) else {
        // Only where something is can differ.
        let there: Vec<f64> = found.iter().map(|value| f64::from(u8::from(value.is_some()))).collect();
        return match standard(&there) {
            Some(place) => (vec![there.into_iter().map(place).collect()], Became::Number { gaps }),
            None => (Vec::new(), Became::Constant),
        };
    };
    let mut parts = vec![found.iter().map(|value| value.map_or(0.0, &scaled)).collect::<Vec<f64>>()];
    if gaps > 0 {
        let missing: Vec<f64> = found.iter().map(|value| f64::from(u8::from(value.is_none()))).collect();
        parts.extend(standard(&missing).map(|place| missing.into_iter().map(place).collect()));
    }
    (parts, Became::Number { gaps })
}

/// What brings values to mean 0 and variance 1; None of a constant.
fn standard(values: &[f64]) -> Option<impl Fn(f64) -> f64 + use<>> {
    let count = values.len() as f64;
    let mean = values.iter().map(|value| value / count).sum::<f64>();
    let widest = values.iter().map(|value| (value - mean).abs()).fold(0.0, f64::max);
    // What is only rounding of a constant is a constant.
    if widest <= 1e-12 * mean.abs() {
        return None;
    }
    // Over the widest first: squares of large numbers would overflow.
    let spread = (values.iter().map(|value| ((value - mean) / widest).powi(2)).sum::<f64>() / count).sqrt();
    Some(move |value: f64| (value - mean) / widest / spread)
}

fn values(column: &[String]) -> (Vec<Vec<f64>>, Became) {
    let mut counts = BTreeMap::<&str, usize>::new();
    column.iter().for_each(|text| *counts.entry(text.trim()).or_default() += 1);
    if counts.len() < 2 {
        return (Vec::new(), Became::Constant);
    }
    let alone = counts.values().filter(|count| **count == 1).count();
    if counts.len() > VALUES_MAXIMUM && alone * 2 > column.len() {
        return (Vec::new(), Became::Names);
    }
    let mut order: Vec<(&str, usize)> = counts.into_iter().collect();
    order.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let columns = order.len().min(VALUES_MAXIMUM + 1);
    let place: BTreeMap<&str, usize> =
        order.iter().enumerate().map(|(at, (text, _))| (*text, at.min(VALUES_MAXIMUM))).collect();
    // The variances of all columns of one add up to the chance that two rows differ, which is below 1.
    let mut parts = vec![vec![0.0; column.len()]; columns];
    for (row, text) in column.iter().enumerate() {
        let at = place.get(text.trim()).copied().unwrap_or(0);
        if let Some(cell) = parts.get_mut(at).and_then(|part| part.get_mut(row)) {
            *cell = 1.0;
        }
    }
    (parts, Became::Values(columns))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn column(values: &[&str]) -> Vec<String> {
        values.iter().map(|value| (*value).to_owned()).collect()
    }

    #[test]
    fn columns_by_what_they_hold() {
        let found = embed(&[
            column(&["1", "3", "1", "3"]),
            column(&["red", "blue", "red", ""]),
            column(&["x", "x", "x", "x"]),
            column(&["1e9", "", "3e9", "2e9"]),
        ])
        .unwrap();
        let expected = [Became::Number { gaps: 0 }, Became::Values(3), Became::Constant, Became::Number { gaps: 1 }];
        assert_eq!(found.became, expected);
        // red, then the gap and blue by their names; the last column with where its gap is.
        let row: Vec<f64> = found.matrix.iter().next().unwrap().to_vec();
        assert_eq!((row.len(), &row[..4]), (6, &[-1.0, 1.0, 0.0, 0.0][..]));
        let variances = found.matrix.variances();
        assert!(variances[0] > 0.99 && variances[1..4].iter().sum::<f64>() < 1.0, "{variances:?}");
        let gap: Vec<f64> = found.matrix.iter().map(|row| row[4]).collect();
        assert!((gap[0] + gap[2]).abs() < 1e-12 && gap[1] == 0.0, "{gap:?}");
    }

    #[test]
    fn names_and_constants_are_no_features() {
        let names: Vec<String> = (0..200).map(|row| format!("person {row}")).collect();
        let same = vec!["7".to_owned(); 200];
        assert_eq!(embed(&[names.clone(), same.clone()]), Err(LearnError::NoColumns));
        let sides: Vec<String> = (0..200).map(|row| if row % 2 == 0 { "left" } else { "right" }.to_owned()).collect();
        let found = embed(&[names, same, sides]).unwrap();
        assert_eq!(found.became, [Became::Names, Became::Constant, Became::Values(2)]);
        assert_eq!(embed(&[]), Err(LearnError::NoRows));
        let huge = column(&["1e99", "-1e99", "0"]);
        assert!(embed(&[huge]).unwrap().matrix.values().iter().all(|value| value.is_finite()));
    }
}
