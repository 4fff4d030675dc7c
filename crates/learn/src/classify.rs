//! What the labels of the unlabeled rows probably are, from a few labeled ones. Every method gives probabilities for all
//! rows; out-of-sample probabilities for the labeled ones say what the method is worth.

pub mod auto;
pub mod boosting;
pub mod calibration;
pub mod co_training;
pub mod graph;
pub mod kernel;
pub mod knn;
pub mod lbfgs;
pub mod logistic;
pub mod mlp;
pub mod principal;
pub mod propagation;
pub mod self_training;
pub mod spreading;

use crate::{
    LearnError, Matrix,
    scale::{self, Scaling},
};
use graph::Graph;
use std::sync::OnceLock;

/// Rows with their labels, 0 to `classes - 1`; each row once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    pub rows: Vec<usize>,
    pub labels: Vec<u32>,
    pub classes: usize,
}

impl Labels {
    /// Errors: a row beyond the last one or given twice, a label that is no class.
    pub fn new(rows: Vec<usize>, labels: Vec<u32>, classes: usize, total: usize) -> Result<Self, LearnError> {
        if rows.len() != labels.len() {
            return Err(LearnError::Input(format!("{} rows for {} labels", rows.len(), labels.len())));
        }
        let mut seen = vec![false; total];
        for row in &rows {
            match seen.get_mut(*row) {
                Some(seen) if !*seen => *seen = true,
                Some(_) => return Err(LearnError::Input(format!("row {row} is labeled twice"))),
                None => return Err(LearnError::Input(format!("row {row} is labeled, and there are {total} rows"))),
            }
        }
        if let Some(label) = labels.iter().find(|label| **label as usize >= classes) {
            return Err(LearnError::Input(format!("label {label}, and there are {classes} classes")));
        }
        Ok(Self { rows, labels, classes })
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.rows.iter().copied().zip(self.labels.iter().map(|label| *label as usize))
    }

    /// How many rows each class has.
    pub fn counts(&self) -> Vec<f64> {
        let mut counts = vec![0.0; self.classes];
        for (_, label) in self.iter() {
            if let Some(count) = counts.get_mut(label) {
                *count += 1.0;
            }
        }
        counts
    }

    /// Without those for which `out` holds, by place.
    pub fn without(&self, out: impl Fn(usize) -> bool) -> Self {
        let kept: Vec<usize> = (0..self.len()).filter(|at| !out(*at)).collect();
        Self {
            rows: kept.iter().filter_map(|at| self.rows.get(*at).copied()).collect(),
            labels: kept.iter().filter_map(|at| self.labels.get(*at).copied()).collect(),
            classes: self.classes,
        }
    }

    /// A fold for each place, 0 to `folds - 1`, so that every class is spread over all of them. What does not depend on
    /// chance needs no seed: places are dealt out class by class.
    pub fn folds(&self, folds: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_by_key(|at| (self.labels.get(*at).copied(), self.rows.get(*at).map(|row| mixed(*row as u64))));
        let mut fold = vec![0; self.len()];
        for (dealt, at) in order.into_iter().enumerate() {
            if let Some(place) = fold.get_mut(at) {
                *place = dealt % folds.max(1);
            }
        }
        fold
    }
}

/// Neighbouring rows are often alike: folds mix them.
fn mixed(row: u64) -> u64 {
    crate::Random::new(row).bits()
}

/// Rows with what several methods share: the scaled features and the graph of neighbours, made when first asked for.
pub struct Space {
    pub matrix: Matrix,
    graph: OnceLock<Graph>,
    principal: OnceLock<Matrix>,
}

impl Space {
    pub fn new(matrix: &Matrix, scaling: Scaling) -> Self {
        Self { matrix: scale::scaled(matrix, scaling), graph: OnceLock::new(), principal: OnceLock::new() }
    }

    pub fn rows(&self) -> usize {
        self.matrix.rows()
    }

    /// See [`principal`].
    pub fn principal(&self) -> &Matrix {
        self.principal.get_or_init(|| principal::principal(&self.matrix))
    }

    pub fn graph(&self) -> &Graph {
        self.graph.get_or_init(|| Graph::new(&self.matrix, graph::NEIGHBORS))
    }
}

/// What a method says.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// Rows x classes, for every row.
    pub probabilities: Vec<f64>,
    /// Labeled rows (in the order of the labels) x classes, each from the labels of the others only; empty when there are
    /// too few labels to leave any out.
    pub held_out: Vec<f64>,
    /// In words, for people: what was chosen and why.
    pub notes: Vec<String>,
}

#[derive(Debug, Clone, Copy)]
pub struct Method {
    pub id: &'static str,
    pub title: &'static str,
    predict: fn(&Space, &Labels) -> Prediction,
}

impl PartialEq for Method {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

pub const METHODS: &[Method] = &[
    Method { id: "auto", title: "the mixture of the others that does best on held-out labels", predict: auto::predict },
    Method {
        id: "spreading",
        title: "label spreading on a neighbour graph (Zhou et al. 2004)",
        predict: spreading::predict,
    },
    Method {
        id: "propagation",
        title: "label propagation, harmonic (Zhu, Ghahramani and Lafferty 2003)",
        predict: propagation::predict,
    },
    Method {
        id: "self-training",
        title: "logistic regression that learns from its surest guesses (Yarowsky 1995)",
        predict: self_training::predict,
    },
    Method { id: "logistic", title: "multinomial logistic regression", predict: logistic::predict },
    Method {
        id: "principal",
        title: "logistic regression that trusts wide directions (after Chapelle et al. 2003)",
        predict: logistic::predict_principal,
    },
    Method {
        id: "svm",
        title: "least squares support vectors, radial kernel (Suykens and Vandewalle 1999)",
        predict: kernel::predict_radial,
    },
    Method { id: "linear-svm", title: "least squares support vectors, linear kernel", predict: kernel::predict_linear },
    Method { id: "boosting", title: "gradient-boosted trees (Friedman 2001)", predict: boosting::predict },
    Method { id: "mlp", title: "a network with one hidden layer, three starts averaged", predict: mlp::predict },
    Method {
        id: "co-training",
        title: "two halves of the columns that teach each other (Blum and Mitchell 1998)",
        predict: co_training::predict,
    },
    Method { id: "knn", title: "nearest labeled neighbours, weighted by distance", predict: knn::predict },
];

/// The method, or an error that lists them.
pub fn method(name: &str) -> Result<Method, LearnError> {
    METHODS.iter().copied().find(|method| method.id == name).ok_or_else(|| LearnError::Unknown {
        what: "method",
        name: name.into(),
        names: METHODS.iter().map(|method| method.id).collect::<Vec<_>>().join(", "),
    })
}

/// Probabilities for every row. Errors: no labels. With one class only, everything is that class and the notes say so.
pub fn predict(space: &Space, labels: &Labels, method: Method) -> Result<Prediction, LearnError> {
    if labels.is_empty() {
        return Err(LearnError::Input("there are no labels to learn from".into()));
    }
    let counts = labels.counts();
    let present: Vec<usize> =
        (0..labels.classes).filter(|class| counts.get(*class).is_some_and(|count| *count > 0.0)).collect();
    if let [only] = present.as_slice() {
        let even = |_| (0..labels.classes).map(|class| f64::from(u8::from(class == *only)));
        return Ok(Prediction {
            probabilities: (0..space.rows()).flat_map(even).collect(),
            held_out: Vec::new(),
            notes: vec!["all labels are of one class: nothing can be told apart, and confidences mean nothing".into()],
        });
    }
    Ok((method.predict)(space, labels))
}

/// Out-of-sample scores of the labeled rows (labels x classes), a fold at a time: `work` gets the labels that are in and
/// the rows that are out.
pub(crate) fn by_folds(
    matrix: &Matrix,
    labels: &Labels,
    folds: usize,
    work: impl Fn(&Labels, &Matrix) -> Vec<f64> + Sync,
) -> Vec<f64> {
    let folds = labels.len().min(folds);
    let (fold_of, classes) = (labels.folds(folds), labels.classes);
    let parts = crate::numeric::in_chunks(folds, |fold| {
        let inside = labels.without(|at| fold_of.get(at) == Some(&fold));
        let places: Vec<usize> = (0..labels.len()).filter(|at| fold_of.get(*at) == Some(&fold)).collect();
        let outside = matrix.select(places.iter().filter_map(|at| labels.rows.get(*at).copied()));
        let found = work(&inside, &outside);
        (places, found)
    });
    let mut scores = vec![0.0; labels.len() * classes];
    for (places, found) in parts {
        for (place, row) in places.into_iter().zip(found.chunks_exact(classes.max(1))) {
            if let Some(to) = scores.get_mut(place * classes..(place + 1) * classes) {
                to.copy_from_slice(row);
            }
        }
    }
    scores
}

/// Rows x classes of a softmax of scores times `sharpness`.
pub(crate) fn soften(scores: &[f64], classes: usize, sharpness: f64) -> Vec<f64> {
    let mut out: Vec<f64> = scores.iter().map(|score| score * sharpness).collect();
    out.chunks_exact_mut(classes.max(1)).for_each(|row| {
        crate::numeric::soft_max(row);
    });
    out
}

/// Mean negative log probability of the labels; probabilities are floored, so that one miss is not everything.
pub fn log_loss(probabilities: &[f64], labels: &Labels) -> f64 {
    let rows = probabilities.chunks_exact(labels.classes.max(1));
    let sum: f64 = rows
        .zip(&labels.labels)
        .map(|(row, label)| -row.get(*label as usize).copied().unwrap_or(0.0).max(1e-4).ln())
        .sum();
    sum / labels.len().max(1) as f64
}

/// Share of labels that are the likeliest class.
pub fn accuracy(probabilities: &[f64], labels: &Labels) -> f64 {
    let rows = probabilities.chunks_exact(labels.classes.max(1));
    let right =
        rows.zip(&labels.labels).filter(|(row, label)| crate::numeric::greatest(row) == **label as usize).count();
    right as f64 / labels.len().max(1) as f64
}
