//! A Gaussian copula: each column keeps its own distribution (the sorted values of the example with straight lines
//! between), and normal scores keep the correlations between columns. Words are stretches of the unit interval, the most
//! frequent first (N. Patki, R. Wedge and K. Veeramachaneni, The Synthetic Data Vault, 2016).

use super::{Cell, Drawn, Table, Values};
use crate::{Random, normal_quantile, normal_share};

enum Marginal {
    Sorted(Vec<f64>),
    /// Ends of the stretches, and the words that they stand for.
    Stretches(Vec<f64>, Vec<usize>),
}

pub struct Copula<'a> {
    table: &'a Table,
    marginals: Vec<Marginal>,
    /// The lower triangle whose product with its transpose is the correlation.
    triangle: Vec<Vec<f64>>,
}

impl<'a> Copula<'a> {
    pub fn of(table: &'a Table) -> Self {
        let (mut marginals, mut scores) = (Vec::new(), Vec::new());
        for column in &table.columns {
            let (marginal, own) = understood(column);
            marginals.push(marginal);
            scores.push(standard(own));
        }
        Self { table, marginals, triangle: triangle(&scores) }
    }

    pub fn row(&self, random: &mut Random) -> Vec<Cell> {
        let free: Vec<f64> = self.marginals.iter().map(|_| random.normal()).collect();
        let cells = self.marginals.iter().zip(&self.triangle).enumerate().map(|(at, (marginal, row))| {
            let score: f64 = row.iter().zip(&free).map(|(weight, z)| weight * z).sum();
            let share = normal_share(score).clamp(0.0, 1.0);
            let drawn = match marginal {
                Marginal::Sorted(values) => Drawn::Number(between(values, share)),
                Marginal::Stretches(ends, words) => {
                    let place = ends.partition_point(|end| *end <= share).min(words.len().saturating_sub(1));
                    Drawn::Word(words.get(place).copied().unwrap_or(0))
                }
            };
            self.table.cell(at, drawn)
        });
        cells.collect()
    }
}

/// A column's distribution, and the normal score of each row; equal numbers have the score of their middle rank.
fn understood(column: &Values) -> (Marginal, Vec<f64>) {
    match column {
        Values::Numbers(numbers, _) => {
            let mut sorted = numbers.clone();
            sorted.sort_by(f64::total_cmp);
            let score = |number: &f64| {
                let (low, high) = (sorted.partition_point(|v| v < number), sorted.partition_point(|v| v <= number));
                normal_quantile((low + high) as f64 / 2.0 / sorted.len() as f64)
            };
            let scores = numbers.iter().map(score).collect();
            (Marginal::Sorted(sorted), scores)
        }
        Values::Words(places, words) => {
            let mut counts = vec![0_usize; words.len()];
            places.iter().for_each(|word| counts[*word] += 1);
            let mut order: Vec<usize> = (0..words.len()).collect();
            order.sort_by_key(|word| (std::cmp::Reverse(counts[*word]), *word));
            let (mut ends, mut middles, mut so_far) = (Vec::new(), vec![0.0; words.len()], 0.0);
            for word in &order {
                let share = counts[*word] as f64 / places.len() as f64;
                middles[*word] = normal_quantile(so_far + share / 2.0);
                so_far += share;
                ends.push(so_far);
            }
            let scores = places.iter().map(|word| middles[*word]).collect();
            (Marginal::Stretches(ends, order), scores)
        }
    }
}

/// With mean 0 and variance 1; all zero for a column that never changes.
fn standard(mut scores: Vec<f64>) -> Vec<f64> {
    let count = scores.len() as f64;
    let mean = scores.iter().sum::<f64>() / count;
    scores.iter_mut().for_each(|score| *score -= mean);
    let deviation = (scores.iter().map(|score| score * score).sum::<f64>() / count).sqrt();
    if deviation > 0.0 {
        scores.iter_mut().for_each(|score| *score /= deviation);
    }
    scores
}

/// Cholesky's triangle of the correlations. Columns that follow from others leave nothing under the root: it is 0 there.
fn triangle(scores: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let count = scores.first().map_or(1, Vec::len) as f64;
    let correlation = |a: usize, b: usize| {
        if a == b {
            return 1.0;
        }
        scores[a].iter().zip(&scores[b]).map(|(x, y)| x * y).sum::<f64>() / count
    };
    let mut rows: Vec<Vec<f64>> = vec![vec![0.0; scores.len()]; scores.len()];
    for row in 0..scores.len() {
        for column in 0..=row {
            let known: f64 = (0..column).map(|at| rows[row][at] * rows[column][at]).sum();
            let rest = correlation(row, column) - known;
            rows[row][column] = if row == column {
                rest.max(0.0).sqrt()
            } else if rows[column][column] > 1e-9 {
                rest / rows[column][column]
            } else {
                0.0
            };
        }
        // Rounding must not make a column wider than it is.
        let length = rows[row].iter().map(|weight| weight * weight).sum::<f64>().sqrt();
        if length > 0.0 {
            rows[row].iter_mut().for_each(|weight| *weight /= length);
        }
    }
    rows
}

/// The value at a share of the sorted example, with straight lines between the middles of ranks.
fn between(sorted: &[f64], share: f64) -> f64 {
    let place = (share * sorted.len() as f64 - 0.5).clamp(0.0, sorted.len() as f64 - 1.0);
    let low = place.floor() as usize;
    let high = (low + 1).min(sorted.len() - 1);
    sorted[low] + (sorted[high] - sorted[low]) * (place - low as f64)
}
