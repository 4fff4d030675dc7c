//! What a classifier thinks of every item, out of the posteriors of the *other* items: labels that are only probable are
//! learned as what they are. Two methods, mixed by how well each foretells the posteriors that it did not see: spreading on
//! the neighbour graph, in folds, and for not too many items ridge regression with a radial kernel, whose leave-one-out
//! values need no folds (f_i - h_ii y_i) / (1 - h_ii) (Cook and Weisberg 1982; kernel factored once for all turns).

use crate::{
    LearnError, Random,
    classify::{Space, soften, spreading},
    numeric,
    reduce::linear,
};
use std::sync::OnceLock;

/// More items than this have no kernel matrix: memory and time grow with the square and the cube.
const KERNEL_ITEMS: usize = 2500;
/// exp(-|x - y|^2 / (4 columns)) for features of mean variance 1, and one noisy answer an item to average away.
const WIDTH: f64 = 0.25;
const RIDGE: f64 = 1.0;
const FOLDS: usize = 5;

pub struct Learner<'a> {
    space: &'a Space,
    /// The hat matrix K (K + ridge)^-1, items x items.
    hat: OnceLock<Vec<f64>>,
}

impl<'a> Learner<'a> {
    pub fn new(space: &'a Space) -> Self {
        Self { space, hat: OnceLock::new() }
    }

    /// Items x classes, each row from the posteriors of others. Items with a count of 0 teach nothing.
    pub fn held_out(&self, posteriors: &[f64], classes: usize, counts: &[usize]) -> Result<Vec<f64>, LearnError> {
        let items = self.space.rows();
        if posteriors.len() != items * classes || counts.len() != items {
            return Err(LearnError::Input(format!(
                "{} posteriors of {classes} classes and {} counts for {items} items with features",
                posteriors.len(),
                counts.len()
            )));
        }
        let taught: Vec<f64> = posteriors
            .chunks_exact(classes)
            .zip(counts)
            .flat_map(|(row, count)| row.iter().map(move |value| if *count > 0 { *value } else { 0.0 }))
            .collect();
        let mut shares = vec![1.0; classes];
        for row in taught.chunks_exact(classes) {
            shares.iter_mut().zip(row).for_each(|(share, value)| *share += value);
        }
        let all: f64 = shares.iter().sum();
        shares.iter_mut().for_each(|share| *share /= all);
        let spread = fitted(&self.spread(&taught, &shares, counts), posteriors, classes, counts);
        if items > KERNEL_ITEMS {
            return Ok(soften(&spread, classes, 1.0));
        }
        let ridge = fitted(&self.ridge(&taught, &shares, counts), posteriors, classes, counts);
        let mut best: Option<(f64, Vec<f64>)> = None;
        for step in 0..=4 {
            let weight = f64::from(step) / 4.0;
            let mixed: Vec<f64> = spread.iter().zip(&ridge).map(|(a, b)| weight * a + (1.0 - weight) * b).collect();
            let mixed = fitted(&mixed, posteriors, classes, counts);
            let found = loss(&mixed, posteriors, classes, counts, 1.0);
            if best.as_ref().is_none_or(|best| found < best.0) {
                best = Some((found, mixed));
            }
        }
        Ok(soften(&best.map(|best| best.1).unwrap_or(spread), classes, 1.0))
    }

    /// Logarithms of normalised masses, each fold from the others.
    fn spread(&self, taught: &[f64], shares: &[f64], counts: &[usize]) -> Vec<f64> {
        let classes = shares.len();
        let fold_of = |item: usize| Random::new(item as u64).below(FOLDS);
        let mut scores = vec![0.0; taught.len()];
        for fold in 0..FOLDS {
            let right: Vec<f64> = taught
                .chunks_exact(classes)
                .enumerate()
                .flat_map(|(item, row)| row.iter().map(move |value| if fold_of(item) == fold { 0.0 } else { *value }))
                .collect();
            if counts.iter().enumerate().all(|(item, count)| *count == 0 || fold_of(item) == fold) {
                continue;
            }
            let found = self.space.graph().solve(right, classes, spreading::ALPHA);
            let mut masses = vec![1e-12; classes];
            for row in found.chunks_exact(classes) {
                let sum: f64 = row.iter().sum::<f64>().max(1e-300);
                masses.iter_mut().zip(row).for_each(|(mass, value)| *mass += value.max(0.0) / sum);
            }
            let rows = found.chunks_exact(classes).zip(scores.chunks_exact_mut(classes)).enumerate();
            for (_, (row, to)) in rows.filter(|(item, _)| fold_of(*item) == fold) {
                let scaled: Vec<f64> =
                    row.iter().zip(shares).zip(&masses).map(|((v, share), mass)| v.max(0.0) * share / mass).collect();
                let floor = 1e-5 * scaled.iter().sum::<f64>() + 1e-12;
                to.iter_mut().zip(scaled).for_each(|(to, value)| *to = (value + floor).ln());
            }
        }
        scores
    }

    fn hat(&self) -> &[f64] {
        self.hat.get_or_init(|| {
            let (matrix, items) = (&self.space.matrix, self.space.rows());
            let norms: Vec<f64> = matrix.iter().map(|row| numeric::dot(row, row)).collect();
            let mut kernel = vec![0.0; items * items];
            numeric::product_transposed(matrix.values(), matrix.values(), matrix.columns(), &mut kernel);
            let scale = WIDTH / matrix.columns() as f64;
            for (row, norm) in kernel.chunks_exact_mut(items).zip(&norms) {
                for (value, other) in row.iter_mut().zip(&norms) {
                    *value = (-(norm + other - 2.0 * *value).max(0.0) * scale).exp();
                }
            }
            // K (K + r)^-1 = 1 - r (K + r)^-1.
            kernel.iter_mut().step_by(items + 1).for_each(|value| *value += RIDGE);
            let inverse_factor = linear::inverse_lower(&linear::cholesky(kernel, items), items);
            let mut hat = vec![0.0; items * items];
            numeric::add_product_of_transpose(&inverse_factor, &inverse_factor, items, &mut hat);
            hat.iter_mut().for_each(|value| *value *= -RIDGE);
            hat.iter_mut().step_by(items + 1).for_each(|value| *value += 1.0);
            hat
        })
    }

    fn ridge(&self, taught: &[f64], shares: &[f64], counts: &[usize]) -> Vec<f64> {
        let (classes, items) = (shares.len(), self.space.rows());
        let targets: Vec<f64> = taught
            .chunks_exact(classes)
            .zip(counts)
            .flat_map(|(row, count)| {
                row.iter().zip(shares).map(move |(value, share)| if *count > 0 { value - share } else { 0.0 })
            })
            .collect();
        let hat = self.hat();
        let mut scores = vec![0.0; targets.len()];
        numeric::product(hat, &targets, items, &mut scores);
        for (item, (row, own)) in scores.chunks_exact_mut(classes).zip(targets.chunks_exact(classes)).enumerate() {
            let lever = hat.get(item * items + item).copied().unwrap_or(0.0);
            for ((value, own), share) in row.iter_mut().zip(own).zip(shares) {
                *value = (*value - lever * own) / (1.0 - lever).max(1e-9) + share;
            }
        }
        scores
    }
}

/// Mean cross entropy of the posteriors under the softened scores, over items with answers.
fn loss(scores: &[f64], posteriors: &[f64], classes: usize, counts: &[usize], sharpness: f64) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0_f64);
    let rows = scores.chunks_exact(classes).zip(posteriors.chunks_exact(classes)).zip(counts);
    for ((scores, posterior), _) in rows.filter(|(_, count)| **count > 0) {
        let mut row: Vec<f64> = scores.iter().map(|score| score * sharpness).collect();
        let all = numeric::soft_max(&mut row);
        sum += scores.iter().zip(posterior).map(|(score, p)| p * (all - score * sharpness)).sum::<f64>();
        count += 1.0;
    }
    sum / count.max(1.0)
}

/// The scores times the sharpness with the least loss.
fn fitted(scores: &[f64], posteriors: &[f64], classes: usize, counts: &[usize]) -> Vec<f64> {
    let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (-4.0_f64, 4.0_f64);
    for _ in 0..30 {
        let (a, b) = (high - golden * (high - low), low + golden * (high - low));
        let cost = |log: f64| loss(scores, posteriors, classes, counts, log.exp());
        if cost(a) <= cost(b) { high = b } else { low = a }
    }
    let sharpness = ((low + high) / 2.0).exp();
    scores.iter().map(|score| score * sharpness).collect()
}
