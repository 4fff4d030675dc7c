//! Coreset (Sener and Savarese 2018) by the greedy k-centre rule (Gonzalez 1985): each next row is the one furthest from
//! all labeled and chosen ones. The first one, without labels, is the row nearest to the mean.

use crate::{
    active::unlabeled,
    classify::{Labels, Space},
    numeric,
};

pub fn coreset(space: &Space, labels: &Labels, count: usize) -> Vec<usize> {
    let open = unlabeled(space, labels);
    let mut far: Vec<f64> = vec![f64::INFINITY; open.len()];
    let lower = |far: &mut Vec<f64>, center: usize| {
        let center = space.matrix.row(center);
        for (far, row) in far.iter_mut().zip(&open) {
            *far = far.min(numeric::squared_distance(space.matrix.row(*row), center));
        }
    };
    labels.rows.iter().for_each(|row| lower(&mut far, *row));
    let mut chosen = Vec::with_capacity(count);
    if labels.is_empty() {
        let means = space.matrix.means();
        let near: Vec<f64> =
            open.iter().map(|row| -numeric::squared_distance(space.matrix.row(*row), &means)).collect();
        take(&mut chosen, &mut far, &open, numeric::greatest(&near), &lower);
    }
    while chosen.len() < count {
        let best = numeric::greatest(&far);
        take(&mut chosen, &mut far, &open, best, &lower);
    }
    chosen
}

fn take(chosen: &mut Vec<usize>, far: &mut Vec<f64>, open: &[usize], at: usize, lower: &dyn Fn(&mut Vec<f64>, usize)) {
    let row = open.get(at).copied().unwrap_or(0);
    chosen.push(row);
    lower(far, row);
    // Never again, even if all that is left lies at the same place.
    if let Some(far) = far.get_mut(at) {
        *far = f64::NEG_INFINITY;
    }
}
