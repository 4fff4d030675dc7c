//! BADGE (Ash, Zhang, Krishnamurthy, Langford and Agarwal 2020): rows whose loss gradients (p - e_guess) x are large and
//! different, by k-means++ draws. The squared distance of two gradients needs no product: with a = p - e_guess,
//! |a x - b y|^2 = |a|^2 |x|^2 + |b|^2 |y|^2 - 2 (a.b) (x.y).
//!
//! Traps: a row drawn twice; the origin kept as a centre. The first row is the one with the largest gradient.

use crate::{
    active::unlabeled,
    classify::{Labels, Space},
    numeric::{self, Random, dot},
};

pub fn badge(space: &Space, labels: &Labels, probabilities: &[f64], count: usize, random: &mut Random) -> Vec<usize> {
    let classes = labels.classes.max(1);
    let open = unlabeled(space, labels);
    let errors: Vec<Vec<f64>> = open
        .iter()
        .map(|row| {
            let mut own = probabilities.get(row * classes..(row + 1) * classes).unwrap_or_default().to_vec();
            let guess = numeric::greatest(&own);
            if let Some(value) = own.get_mut(guess) {
                *value -= 1.0;
            }
            own
        })
        .collect();
    let lengths: Vec<f64> = open
        .iter()
        .zip(&errors)
        .map(|(row, error)| {
            let row = space.matrix.row(*row);
            // The 1 is the intercept's gradient.
            dot(error, error) * (dot(row, row) + 1.0)
        })
        .collect();
    let mut weights = lengths.clone();
    let mut chosen: Vec<usize> = Vec::with_capacity(count);
    let mut next = Some(numeric::greatest(&lengths));
    while chosen.len() < count {
        // When every other gradient is the same as a chosen one, the largest ones come next.
        let at = next.or_else(|| (0..open.len()).find(|at| !chosen.contains(at)));
        let Some(at) = at else { break };
        chosen.push(at);
        let (row, error) = (open.get(at).map(|row| space.matrix.row(*row)).unwrap_or_default(), errors.get(at));
        let length = lengths.get(at).copied().unwrap_or(0.0);
        for (((weight, other), other_error), other_length) in weights.iter_mut().zip(&open).zip(&errors).zip(&lengths) {
            let product =
                error.map_or(0.0, |error| dot(error, other_error)) * (dot(row, space.matrix.row(*other)) + 1.0);
            let squared = length + other_length - 2.0 * product;
            *weight = weight.min(if squared > 1e-12 * (length + other_length) { squared } else { 0.0 });
        }
        chosen.iter().for_each(|at| {
            if let Some(weight) = weights.get_mut(*at) {
                *weight = 0.0;
            }
        });
        next = random.weighted(&weights);
    }
    chosen.into_iter().filter_map(|at| open.get(at).copied()).collect()
}
