//! Any number of labels a row: one question a label, "is it there?", each answered by a method of [`crate::classify`] (binary
//! relevance; Tsoumakas and Katakis 2007). The threshold above which a label is given is chosen for each label by F1 on
//! held-out answers (Lipton, Elkan and Narayanaswamy 2014), because of a rare label the likeliest answer is always no.

use crate::{
    LearnError,
    classify::{self, Labels, Method, Space},
    numeric::in_chunks,
};

/// Rows with their sets of labels, 0 to `classes - 1`; each row once. A row may have none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sets {
    pub rows: Vec<usize>,
    pub sets: Vec<Vec<u32>>,
    pub classes: usize,
}

/// What was found about one label.
#[derive(Debug, Clone, PartialEq)]
pub struct OfLabel {
    pub threshold: f64,
    /// F1 of the threshold on held-out answers; None where no answer could be held out.
    pub held_out_f1: Option<f64>,
    pub notes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Rows x classes: how likely each label is there. Rows need not add up to anything.
    pub probabilities: Vec<f64>,
    pub labels: Vec<OfLabel>,
}

impl Found {
    /// The labels of a row.
    pub fn set(&self, row: usize) -> Vec<u32> {
        let classes = self.labels.len();
        let own = self.probabilities.get(row * classes..(row + 1) * classes).unwrap_or_default();
        let there = own.iter().zip(&self.labels).enumerate().filter(|(_, (p, label))| **p >= label.threshold);
        there.map(|(class, _)| class as u32).collect()
    }
}

/// Errors: no rows, a row twice or beyond the last one, a label that is no class.
pub fn predict(space: &Space, sets: &Sets, method: Method) -> Result<Found, LearnError> {
    if sets.rows.is_empty() {
        return Err(LearnError::Input("there are no labels to learn from".into()));
    }
    if let Some(label) = sets.sets.iter().flatten().find(|label| **label as usize >= sets.classes) {
        return Err(LearnError::Input(format!("label {label}, and there are {} labels", sets.classes)));
    }
    // Rows are checked once for all labels.
    Labels::new(sets.rows.clone(), vec![0; sets.sets.len()], 1, space.rows())?;
    let found = in_chunks(sets.classes, |class| {
        let there = sets.sets.iter().map(|set| u32::from(set.contains(&(class as u32)))).collect();
        let labels = Labels { rows: sets.rows.clone(), labels: there, classes: 2 };
        classify::predict(space, &labels, method).map(|found| (labels, found))
    });
    let mut probabilities = vec![0.0; space.rows() * sets.classes];
    let mut labels = Vec::with_capacity(sets.classes);
    for (class, one) in found.into_iter().enumerate() {
        let (own, found) = one?;
        for (to, row) in probabilities.chunks_exact_mut(sets.classes).zip(found.probabilities.chunks_exact(2)) {
            if let (Some(to), Some(value)) = (to.get_mut(class), row.get(1)) {
                *to = *value;
            }
        }
        let held: Vec<(f64, bool)> = found
            .held_out
            .chunks_exact(2)
            .zip(&own.labels)
            .map(|(row, label)| (row.get(1).copied().unwrap_or(0.0), *label == 1))
            .collect();
        let best = threshold(&held);
        labels.push(OfLabel {
            threshold: best.map_or(0.5, |best| best.0),
            held_out_f1: best.map(|best| best.1),
            notes: found.notes,
        });
    }
    Ok(Found { probabilities, labels })
}

/// The threshold with the greatest F1, half-way to the next value below it, and that F1. Of equals the one nearest to one
/// half. None when no label was there.
fn threshold(held: &[(f64, bool)]) -> Option<(f64, f64)> {
    let mut sorted = held.to_vec();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    let all = sorted.iter().filter(|(_, there)| *there).count() as f64;
    if all == 0.0 {
        return None;
    }
    let (mut right, mut best) = (0.0, None::<(f64, f64)>);
    for (at, (value, there)) in sorted.iter().enumerate() {
        right += f64::from(u8::from(*there));
        let below = sorted.get(at + 1).map_or(0.0, |next| next.0);
        if below == *value {
            continue;
        }
        let (cut, score) = ((value + below) / 2.0, 2.0 * right / ((at + 1) as f64 + all));
        let nearer = |best: (f64, f64)| (cut - 0.5).abs() < (best.0 - 0.5_f64).abs();
        if best.is_none_or(|best| score > best.1 + 1e-12 || (score > best.1 - 1e-12 && nearer(best))) {
            best = Some((cut, score));
        }
    }
    best
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{Matrix, Random, scale::Scaling};

    #[test]
    fn thresholds_by_hand() {
        // The first three: 2 right of 3, none missed, F1 = 4 / 5. The first alone: 1 right of 1, one missed, 2 / 3.
        let (cut, score) = threshold(&[(0.8, true), (0.4, false), (0.3, true), (0.1, false)]).unwrap();
        assert!((cut - 0.2).abs() < 1e-12 && (score - 0.8).abs() < 1e-12, "{cut} {score}");
        assert_eq!(threshold(&[(0.8, false)]), None);
    }

    #[test]
    fn each_label_by_its_own_column() {
        let mut random = Random::new(9);
        let values: Vec<f64> = (0..500 * 3).map(|_| random.normal()).collect();
        let matrix = Matrix::new(values, 3).unwrap();
        // Labels 0 and 1 are independent; label 2 is rare.
        let of = |row: &[f64]| -> Vec<u32> {
            let there = [row[0] > 0.0, row[1] > 0.3, row[2] > 1.3];
            (0..3).filter(|at| there[*at as usize]).collect()
        };
        let truth: Vec<Vec<u32>> = matrix.iter().map(of).collect();
        let sets = Sets { rows: (0..150).collect(), sets: truth[..150].to_vec(), classes: 3 };
        let space = Space::new(&matrix, Scaling::None);
        let found = predict(&space, &sets, classify::method("logistic").unwrap()).unwrap();
        let right = (150..500).filter(|row| found.set(*row) == truth[*row]).count();
        assert!(right > 290, "{right} of 350");
        assert!(found.labels.iter().all(|label| label.held_out_f1.unwrap() > 0.8), "{:?}", found.labels);
        let bad = Sets { rows: vec![0], sets: vec![vec![3]], classes: 3 };
        assert!(predict(&space, &bad, classify::method("knn").unwrap()).is_err());
    }
}
