//! Co-training (Blum and Mitchell 1998): two views of the rows, a logistic regression on each; each gives the rows that it is
//! surest of to the other as labels, a few of every class in each round, and both together decide. It helps where either
//! view could tell the classes and their errors differ.
//!
//! Views that nobody named are every other column, the widest first, so that both have columns that matter. Trap: like self-training it can teach itself errors, so held-out labels must
//! show that it helps before a mixture listens to it.

use super::{Labels, Prediction, Space, calibration, logistic, soften};
use crate::{Matrix, numeric};

const ROUNDS: usize = 4;
/// Guesses taken from each view, in a round, of the class with the fewest labels; of others in proportion.
const TAKEN: f64 = 2.0;
const SURE: f64 = 0.8;
/// A guess counts less than a label.
const WEIGHT: f64 = 0.3;
const FOLDS: usize = 5;

/// Two matrices, each with every other column.
fn views(matrix: &Matrix) -> [Matrix; 2] {
    let columns = matrix.columns();
    if columns < 2 {
        return [matrix.clone(), matrix.clone()];
    }
    let mut order: Vec<usize> = (0..columns).collect();
    let variances = matrix.variances();
    order.sort_by(|a, b| {
        let of = |column: &usize| variances.get(*column).copied().unwrap_or(0.0);
        of(b).total_cmp(&of(a)).then(a.cmp(b))
    });
    [0, 1].map(|side| {
        let own: Vec<usize> = order.iter().skip(side).step_by(2).copied().collect();
        let values = matrix.iter().flat_map(|row| own.iter().map(|at| row.get(*at).copied().unwrap_or(0.0))).collect();
        Matrix::from_parts(values, own.len())
    })
}

/// Scores for every row: the sum of both views'.
fn scores(views: &[Matrix; 2], labels: &Labels, sharpness: f64) -> Vec<f64> {
    let classes = labels.classes;
    let rows = views.first().map_or(0, Matrix::rows);
    // What each view has been given by the other: row, class, weight.
    let mut given: [Vec<(usize, u32, f64)>; 2] = [Vec::new(), Vec::new()];
    let mut taken = vec![false; rows];
    for row in &labels.rows {
        if let Some(taken) = taken.get_mut(*row) {
            *taken = true;
        }
    }
    let counts = labels.counts();
    let fewest = counts.iter().copied().filter(|count| *count > 0.0).fold(f64::INFINITY, f64::min);
    let mut sum = vec![0.0; rows * classes];
    for round in 0..=ROUNDS {
        let found = [0, 1].map(|side| {
            let (Some(view), Some(given)) = (views.get(side), given.get(side)) else { return Vec::new() };
            let own = labels.rows.iter().copied().chain(given.iter().map(|one| one.0));
            let names: Vec<u32> = labels.labels.iter().copied().chain(given.iter().map(|one| one.1)).collect();
            let weights: Vec<f64> = labels.rows.iter().map(|_| 1.0).chain(given.iter().map(|one| one.2)).collect();
            logistic::fit(&view.select(own), &names, &weights, classes, 1.0).scores(view)
        });
        if round == ROUNDS {
            let [one, other] = &found;
            sum.iter_mut().zip(one.iter().zip(other)).for_each(|(sum, (a, b))| *sum = a + b);
            break;
        }
        for (side, scores) in found.iter().enumerate() {
            let guesses = soften(scores, classes, sharpness);
            let mut sure: Vec<Vec<(f64, usize)>> = vec![Vec::new(); classes];
            for (row, guess) in
                guesses.chunks_exact(classes).enumerate().filter(|(row, _)| taken.get(*row) == Some(&false))
            {
                let class = numeric::greatest(guess);
                let confidence = guess.get(class).copied().unwrap_or(0.0);
                if confidence >= SURE
                    && let Some(list) = sure.get_mut(class)
                {
                    list.push((confidence, row));
                }
            }
            for (class, (list, count)) in sure.iter_mut().zip(&counts).enumerate() {
                list.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
                let many = (TAKEN * count / fewest).round() as usize;
                for (confidence, row) in list.iter().take(many) {
                    if let (Some(taken), Some(other)) = (taken.get_mut(*row), given.get_mut(1 - side)) {
                        *taken = true;
                        other.push((*row, class as u32, WEIGHT * confidence));
                    }
                }
            }
        }
    }
    sum
}

pub fn predict(space: &Space, labels: &Labels) -> Prediction {
    let classes = labels.classes;
    let views = views(&space.matrix);
    // The sharpness by which confidences are read comes from plain regression on held-out labels.
    let plain = logistic::held_out_scores(&space.matrix, labels, 1.0);
    let (first, _) = calibration::sharpness(&plain, labels);
    let folds = labels.len().min(FOLDS);
    let fold_of = labels.folds(folds);
    let mut held = vec![0.0; labels.len() * classes];
    for fold in 0..folds {
        let found = scores(&views, &labels.without(|at| fold_of.get(at) == Some(&fold)), first);
        for (place, (row, _)) in labels.iter().enumerate().filter(|(place, _)| fold_of.get(*place) == Some(&fold)) {
            if let (Some(to), Some(from)) =
                (held.get_mut(place * classes..(place + 1) * classes), found.get(row * classes..(row + 1) * classes))
            {
                to.copy_from_slice(from);
            }
        }
    }
    let (sharpness, _) = calibration::sharpness(&held, labels);
    Prediction {
        probabilities: soften(&scores(&views, labels, first), classes, sharpness),
        held_out: soften(&held, classes, sharpness),
        notes: vec!["co-training on two halves of the columns".into()],
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{Random, classify::accuracy, scale::Scaling};

    #[test]
    fn two_views_teach_each_other() {
        // Either half tells the classes by itself, with errors of its own (Blum and Mitchell's condition).
        let mut random = Random::new(7);
        let (mut values, mut truth) = (Vec::new(), Vec::new());
        for row in 0..600_u32 {
            let side = if row % 2 == 0 { 1.5 } else { -1.5 };
            values.extend((0..12).map(|at| if at < 4 { side } else { 0.0 } + random.normal() * 1.6));
            truth.push(row % 2);
        }
        let space = Space::new(&Matrix::new(values, 12).unwrap(), Scaling::None);
        let labels = Labels::new((0..8).collect(), truth[..8].to_vec(), 2, 600).unwrap();
        let all = Labels::new((0..600).collect(), truth, 2, 600).unwrap();
        let found = accuracy(&predict(&space, &labels).probabilities, &all);
        let plain = accuracy(&logistic::predict(&space, &labels).probabilities, &all);
        assert!(found >= plain, "{found} {plain}");
        assert!(found > 0.85, "{found}");
    }

    #[test]
    fn one_column_is_both_views() {
        let matrix = Matrix::new(vec![0.0, 0.1, 5.0, 5.1], 1).unwrap();
        let labels = Labels::new(vec![0, 2], vec![0, 1], 2, 4).unwrap();
        let found = predict(&Space::new(&matrix, Scaling::None), &labels);
        assert_eq!(found.probabilities.chunks_exact(2).map(numeric::greatest).collect::<Vec<_>>(), [0, 0, 1, 1]);
    }
}
