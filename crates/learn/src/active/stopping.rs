//! Whether more labels are worth it. Two signs, neither of which needs the truth: how much of the whole set is expected to be
//! right (given labels are; guesses by their calibrated confidence), and whether guesses still change when some of the
//! labels are taken away (stabilising predictions; Bloodgood and Vijay-Shanker 2009). It is advice: what the machine's
//! labels are worth is for [`crate::certify`] to say.

use crate::{
    classify::{Labels, Space, auto},
    numeric,
};
use serde::Serialize;

/// Guesses that stay when a fifth of the labels is taken away are this share of all when nothing more is to be learned.
const STEADY: f64 = 0.99;
const FOLDS: usize = 5;
/// Fewer labels than this a class cannot say what a model is worth.
const LEAST: usize = 5;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Advice {
    pub stop: bool,
    /// Expected share of the whole set that is right: given labels and guesses.
    pub expected: f64,
    /// Share of guesses that stay when a fifth of the labels is taken away; mean over five fifths.
    pub steady: f64,
    /// Share of labels that the others guessed right. Labels chosen because they were hard make it look worse than the rest.
    pub held_out: f64,
    /// About how many more labels, each as hard as the rows in greatest doubt, bring the set to the target; None when the
    /// model's doubts are too great for that to be told.
    pub labels_left: Option<usize>,
    pub reason: String,
}

/// `target` is the share of the whole set that shall be right. None with fewer than two classes.
pub fn advise(space: &Space, labels: &Labels, mixture: Option<&auto::Mixture>, target: f64) -> Option<Advice> {
    let mixture = mixture?;
    let (classes, rows) = (labels.classes, space.rows());
    let mut doubts: Vec<f64> = mixture
        .prediction
        .probabilities
        .chunks_exact(classes)
        .map(|row| 1.0 - row.get(numeric::greatest(row)).copied().unwrap_or(0.0))
        .collect();
    for row in &labels.rows {
        if let Some(doubt) = doubts.get_mut(*row) {
            *doubt = 0.0;
        }
    }
    let expected = 1.0 - doubts.iter().sum::<f64>() / rows as f64;
    let guesses =
        |probabilities: &[f64]| probabilities.chunks_exact(classes).map(numeric::greatest).collect::<Vec<_>>();
    let now = guesses(&mixture.prediction.probabilities);
    let fold_of = labels.folds(FOLDS);
    let mut same = 0;
    for fold in 0..FOLDS {
        let fewer = auto::mixture(space, &labels.without(|at| fold_of.get(at) == Some(&fold)));
        let then = guesses(&fewer.prediction.probabilities);
        same += now.iter().zip(&then).filter(|(now, then)| now == then).count();
    }
    let steady = same as f64 / (FOLDS * rows) as f64;
    let held_out = crate::classify::accuracy(&mixture.prediction.held_out, labels);
    doubts.sort_by(|a, b| b.total_cmp(a));
    let (mut left, allowed) = (doubts.iter().sum::<f64>(), (1.0 - target) * rows as f64);
    let mut more = 0;
    for doubt in &doubts {
        if left <= allowed {
            break;
        }
        left -= doubt;
        more += 1;
    }
    let enough = labels.len() >= LEAST * classes;
    let stop = enough && expected >= target && steady >= STEADY;
    let reason = if stop {
        format!("{expected:.3} of all rows are expected to be right, and guesses no longer change: stop, or certify")
    } else if !enough {
        format!("{} labels of {classes} classes are too few to tell", labels.len())
    } else if expected < target {
        format!("{expected:.3} of all rows are expected to be right, less than {target}: go on")
    } else {
        format!("a fifth of the labels still changes {:.1} % of the guesses: go on", (1.0 - steady) * 100.0)
    };
    Some(Advice { stop, expected, steady, held_out, labels_left: (more < rows / 2).then_some(more), reason })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{Matrix, Random, scale::Scaling};

    fn advice(rows: usize, labeled: usize, apart: f64) -> Option<Advice> {
        let mut random = Random::new(6);
        let values: Vec<f64> = (0..rows)
            .flat_map(|row| [if row % 2 == 0 { 0.0 } else { apart } + random.normal(), random.normal()])
            .collect();
        let space = Space::new(&Matrix::new(values, 2).unwrap(), Scaling::None);
        let labels: Vec<u32> = (0..labeled as u32).map(|row| row % 2).collect();
        let labels = Labels::new((0..labeled).collect(), labels, 2, rows).unwrap();
        let mixture = auto::mixture(&space, &labels);
        advise(&space, &labels, Some(&mixture), 0.97)
    }

    #[test]
    fn easy_sets_stop_and_hard_ones_go_on() {
        let easy = advice(400, 40, 8.0).unwrap();
        assert!(easy.stop && easy.expected > 0.97 && easy.labels_left == Some(0), "{easy:?}");
        let few = advice(400, 6, 8.0).unwrap();
        assert!(!few.stop && few.reason.contains("too few"), "{few:?}");
        let hard = advice(400, 40, 1.0).unwrap();
        assert!(!hard.stop && hard.expected < 0.9 && hard.reason.contains("go on"), "{hard:?}");
    }
}
