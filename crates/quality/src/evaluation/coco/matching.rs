//! Greedy matching of one image and class: each detection, best score first, takes the truth that it overlaps most
//! among those still free; counted truths go before ignored ones; a crowd can be taken many times.

use super::{AreaRange, input::Instance};

/// What became of a detection at one threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Right,
    Wrong,
    /// Matched something that does not count, or is out of the area range itself.
    Ignored,
}

/// Outcomes threshold by threshold (one list each), and how many truths count.
pub(super) struct Matched {
    pub outcomes: Vec<Outcome>,
    pub counted: usize,
}

/// `overlaps` is the table of `overlap::table`; detections are sorted by score.
pub(super) fn match_image(
    predictions: &[&Instance],
    truths: &[Instance],
    overlaps: &[f64],
    area: &AreaRange,
    thresholds: &[f64],
) -> Matched {
    let outside = |instance: &Instance| instance.area < area.low || instance.area > area.high;
    let ignored: Vec<bool> = truths.iter().map(|truth| truth.ignored || outside(truth)).collect();
    let mut order: Vec<usize> = (0..truths.len()).collect();
    order.sort_by_key(|at| ignored[*at]);
    let counted = ignored.iter().filter(|ignored| !**ignored).count();
    let out: Vec<bool> = predictions.iter().map(|prediction| outside(prediction)).collect();
    let mut outcomes = Vec::with_capacity(predictions.len() * thresholds.len());
    let mut taken = vec![false; truths.len()];
    for threshold in thresholds {
        taken.fill(false);
        for (row, out) in out.iter().enumerate() {
            let own = &overlaps[row * truths.len()..(row + 1) * truths.len()];
            let mut best = threshold.min(1.0 - 1e-10);
            let mut found: Option<usize> = None;
            for at in &order {
                if taken[*at] && !truths[*at].crowd {
                    continue;
                }
                if found.is_some_and(|found| !ignored[found]) && ignored[*at] {
                    break;
                }
                if own[*at] < best {
                    continue;
                }
                best = own[*at];
                found = Some(*at);
            }
            outcomes.push(match found {
                Some(at) => {
                    taken[at] = true;
                    if ignored[at] { Outcome::Ignored } else { Outcome::Right }
                }
                None if *out => Outcome::Ignored,
                None => Outcome::Wrong,
            });
        }
    }
    Matched { outcomes, counted }
}
