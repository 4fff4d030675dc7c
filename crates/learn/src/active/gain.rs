//! Rows whose label is expected to remove most errors (after Roy and McCallum 2001, without trying every label): a label
//! settles its own row and, as far as the neighbour graph reaches, the rows around it. The worth of x is
//! sum over y of reach(x, y) doubt(y), and what a chosen row reaches is no longer in doubt, so a batch spreads by itself.
//!
//! Doubt is one minus the model's confidence. A model cannot doubt for the sake of a class that it has never seen: to
//! that end, rows that no label reaches are in doubt by the chance that the next label is of a new class (Good 1953: the
//! share of labels that are the only one of their class).

use crate::{
    active::unlabeled,
    classify::{Labels, Space, auto::Mixture, spreading},
    numeric::{self, Random},
};

/// Reach and doubt are computed for that many candidates times rows.
const WORK: usize = 1_500_000;
/// A label is taken to reach less far than it spreads.
const ALPHA: f64 = 0.8;

/// The chance that the next label is of a class that has none yet.
fn novelty(labels: &Labels) -> f64 {
    let single = labels.counts().iter().filter(|count| **count == 1.0).count();
    (single as f64 + 1.0) / (labels.len() as f64 + 1.0)
}

/// How much each row is in doubt.
fn doubts(space: &Space, labels: &Labels, mixture: Option<&Mixture>) -> Vec<f64> {
    let novelty = novelty(labels);
    let reached = if labels.is_empty() { vec![0.0; space.rows()] } else { spreading::coverage(space, &labels.rows) };
    let confidences: Vec<f64> = match mixture {
        Some(mixture) => mixture
            .prediction
            .probabilities
            .chunks_exact(labels.classes)
            .map(|row| row.get(numeric::greatest(row)).copied().unwrap_or(0.0))
            .collect(),
        None => vec![1.0 - 1e-3; space.rows()],
    };
    let mut doubts: Vec<f64> = confidences
        .iter()
        .zip(&reached)
        .map(|(confidence, reached)| 1.0 - confidence + novelty * (1.0 - reached))
        .collect();
    for row in &labels.rows {
        if let Some(doubt) = doubts.get_mut(*row) {
            *doubt = 0.0;
        }
    }
    doubts
}

/// How far the graph's reach is believed: as much as held-out labels believe its guesses, and fully while there are so few
/// labels that they cannot tell.
fn trust(labels: &Labels, mixture: Option<&Mixture>) -> f64 {
    let Some(mixture) = mixture else { return 1.0 };
    let Some(at) = mixture.names.iter().position(|name| *name == "spreading") else { return 0.0 };
    let weight = mixture.weights.get(at).copied().unwrap_or(0.0);
    let few = (2.0 * labels.classes as f64 / labels.len().max(1) as f64).min(1.0);
    weight.max(few * few)
}

pub fn greatest(
    space: &Space,
    labels: &Labels,
    mixture: Option<&Mixture>,
    costs: Option<&[f64]>,
    count: usize,
    random: &mut Random,
) -> Vec<usize> {
    let graph = space.graph();
    let mut doubts = doubts(space, labels, mixture);
    let open = unlabeled(space, labels);
    // Doubt around each row: one step over the graph, twice.
    let around = graph.multiply(&graph.multiply(&doubts, 1), 1);
    let cost = |row: usize| costs.and_then(|costs| costs.get(row)).copied().unwrap_or(1.0);
    let worth = |row: &usize| {
        (doubts.get(*row).copied().unwrap_or(0.0) + around.get(*row).copied().unwrap_or(0.0)) / cost(*row)
    };
    let mut sorted: Vec<(f64, usize)> = open.iter().map(|row| (worth(row), *row)).collect();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let most = (WORK / space.rows().max(1)).clamp(100, 600).max(2 * count).min(open.len());
    // Most of them by worth, a quarter anywhere.
    let mut candidates: Vec<usize> = sorted.iter().take(most - most / 4).map(|(_, row)| *row).collect();
    let rest: Vec<usize> = sorted.iter().skip(candidates.len()).map(|(_, row)| *row).collect();
    candidates.extend(random.sample(rest.len(), most / 4).into_iter().filter_map(|at| rest.get(at).copied()));
    let width = candidates.len();
    let reach = graph.influence(&candidates, ALPHA);
    let own: Vec<f64> = candidates
        .iter()
        .enumerate()
        .map(|(at, row)| reach.get(row * width + at).copied().unwrap_or(1.0).max(1e-12))
        .collect();
    let share = |row: &[f64], at: usize| {
        (row.get(at).copied().unwrap_or(0.0) / own.get(at).copied().unwrap_or(1.0)).clamp(0.0, 1.0)
    };
    let trust = trust(labels, mixture);
    let (mut chosen, mut left) = (Vec::with_capacity(count), vec![true; width]);
    while chosen.len() < count.min(width) {
        let mut gains = vec![0.0; width];
        for (row, doubt) in reach.chunks_exact(width).zip(&doubts).filter(|(_, doubt)| **doubt > 0.0) {
            for ((gain, value), own) in gains.iter_mut().zip(row).zip(&own) {
                *gain += trust * doubt * (value / own).clamp(0.0, 1.0);
            }
        }
        for (gain, row) in gains.iter_mut().zip(&candidates) {
            *gain = (*gain + (1.0 - trust) * doubts.get(*row).copied().unwrap_or(0.0)) / cost(*row);
        }
        for (gain, left) in gains.iter_mut().zip(&left).filter(|(_, left)| !**left) {
            *gain = if *left { *gain } else { f64::NEG_INFINITY };
        }
        let best = numeric::greatest(&gains);
        let Some(row) = candidates.get(best) else { break };
        chosen.push(*row);
        if let Some(left) = left.get_mut(best) {
            *left = false;
        }
        for (row, doubt) in reach.chunks_exact(width).zip(&mut doubts) {
            *doubt *= 1.0 - share(row, best);
        }
        if let Some(doubt) = doubts.get_mut(*row) {
            *doubt = 0.0;
        }
    }
    // Fewer candidates than asked for: the rest in order of worth.
    let more: Vec<usize> =
        sorted.into_iter().map(|(_, row)| row).filter(|row| !chosen.contains(row)).take(count - chosen.len()).collect();
    chosen.extend(more);
    chosen
}
