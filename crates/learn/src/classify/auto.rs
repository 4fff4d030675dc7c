//! The mixture of methods that does best on held-out labels: a product of their probabilities with weights (a logarithmic
//! opinion pool, Genest and Zidek 1986), chosen among even steps by the log loss of probabilities that no method made from
//! the label itself. A method that does not help gets no weight. The truth of unlabeled rows is never looked at.

use super::{Labels, Prediction, Space, calibration, kernel, log_loss, logistic, spreading};

/// Neighbour graphs of more rows than this take too long for "by itself".
pub const GRAPH_ROWS: usize = 60_000;

/// Steps of the weights.
const STEPS: usize = 4;

/// What was weighed: names, weights (adding up to 1), and each one's log loss on held-out labels.
#[derive(Debug, Clone, PartialEq)]
pub struct Mixture {
    pub names: Vec<&'static str>,
    pub weights: Vec<f64>,
    pub losses: Vec<f64>,
    pub prediction: Prediction,
}

type Predictor = fn(&Space, &Labels) -> Prediction;

pub fn mixture(space: &Space, labels: &Labels) -> Mixture {
    let mut methods: Vec<(&'static str, Predictor)> =
        vec![("logistic", logistic::predict), ("svm", kernel::predict_radial)];
    if space.rows() <= GRAPH_ROWS {
        methods.insert(0, ("spreading", spreading::predict));
    }
    if labels.len() > 3000 {
        methods.retain(|(name, _)| *name != "svm");
    }
    let found: Vec<Prediction> = methods.iter().map(|(_, predict)| predict(space, labels)).collect();
    let held: Vec<Vec<f64>> = found.iter().map(|one| calibration::logs(&one.held_out)).collect();
    let losses: Vec<f64> = found.iter().map(|one| log_loss(&one.held_out, labels)).collect();
    let count = methods.len();
    let mut best: Option<(f64, Vec<f64>, f64)> = None;
    for weights in simplex(count) {
        let (sharpness, loss) = calibration::sharpness(&mixed(&held, &weights), labels);
        // A little for an even mixture: a handful of labels cannot tell methods apart, and mixtures err less.
        let uneven: f64 = weights.iter().map(|weight| (weight - 1.0 / count as f64).powi(2)).sum();
        let cost = loss + 0.3 * uneven / labels.len().max(1) as f64;
        if best.as_ref().is_none_or(|best| cost < best.0 - 1e-9) {
            best = Some((cost, weights, sharpness));
        }
    }
    let (_, weights, sharpness) = best.unwrap_or((0.0, vec![1.0 / count as f64; count], 1.0));
    let all: Vec<Vec<f64>> = found.iter().map(|one| calibration::logs(&one.probabilities)).collect();
    let names: Vec<&'static str> = methods.iter().map(|(name, _)| *name).collect();
    let mut notes: Vec<String> = names
        .iter()
        .zip(&weights)
        .zip(&losses)
        .map(|((name, weight), loss)| format!("{name}: weight {weight}, log loss {loss:.3} on held-out labels"))
        .collect();
    if space.rows() > GRAPH_ROWS {
        notes.push(format!(
            "more than {GRAPH_ROWS} rows: no neighbour graph was made; ask for it with --method spreading"
        ));
    }
    let prediction = Prediction {
        probabilities: super::soften(&mixed(&all, &weights), labels.classes, sharpness),
        held_out: super::soften(&mixed(&held, &weights), labels.classes, sharpness),
        notes,
    };
    Mixture { names, weights, losses, prediction }
}

pub fn predict(space: &Space, labels: &Labels) -> Prediction {
    mixture(space, labels).prediction
}

/// Sums of the logarithms times the weights.
fn mixed(logs: &[Vec<f64>], weights: &[f64]) -> Vec<f64> {
    let mut sum = vec![0.0; logs.first().map_or(0, Vec::len)];
    for (values, weight) in logs.iter().zip(weights).filter(|(_, weight)| **weight > 0.0) {
        sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += weight * value);
    }
    sum
}

/// All weights in steps of 1 / STEPS that add up to 1.
fn simplex(count: usize) -> Vec<Vec<f64>> {
    fn fill(left: usize, count: usize, start: &mut Vec<f64>, all: &mut Vec<Vec<f64>>) {
        if count == 1 {
            start.push(left as f64 / STEPS as f64);
            all.push(start.clone());
            start.pop();
            return;
        }
        for own in 0..=left {
            start.push(own as f64 / STEPS as f64);
            fill(left - own, count - 1, start, all);
            start.pop();
        }
    }
    let mut all = Vec::new();
    fill(STEPS, count.max(1), &mut Vec::new(), &mut all);
    all
}
