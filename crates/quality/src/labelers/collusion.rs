//! Who copies from whom? Two honest workers agree where they are right; copiers also agree where they are wrong.
//!
//! For each pair and common task the others alone (without the two) give class probabilities q and a likeliest class m.
//! Seen: both gave the same answer, and it is not m. Expected, if the two err independently:
//! sum over l other than m of q(l) s_i s_j + (1 - q(l)) (1 - s_i)(1 - s_j) / (K - 1)^2, which counts that the others may
//! be the ones who are wrong. The p-value is the Poisson tail of the sum, adjusted for the number of pairs (Benjamini
//! and Hochberg).

use crate::{
    aggregation::{AggregationError, Options, aggregate},
    drift::correction::benjamini_hochberg,
    numeric::soft_max,
    votes::Votes,
};
use statrs::function::gamma::checked_gamma_lr;
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    pub one: u32,
    pub other: u32,
    /// Tasks that both judged and that others could decide.
    pub common: usize,
    /// The same answer, which the others reject.
    pub same_wrong: usize,
    pub expected: f64,
    pub p_value: f64,
    pub p_adjusted: f64,
}

/// All pairs with at least `least_common` common tasks, the most suspicious first.
pub fn collusion(votes: &Votes, least_common: usize) -> Result<Vec<Pair>, AggregationError> {
    let fit = aggregate("one-coin", votes, &Options::default())?;
    let others = (votes.classes() as f64 - 1.0).max(1.0);
    let skills: Vec<f64> = fit.skills.iter().map(|skill| skill.clamp(0.02, 0.98)).collect();
    let error = |worker: usize| (1.0 - skills[worker]) / others;
    let prior = fit.class_prior.unwrap_or_else(|| vec![1.0 / votes.classes().max(1) as f64; votes.classes()]);
    let mut counts = BTreeMap::<(u32, u32), (usize, usize, f64)>::new();
    let mut q = vec![0.0; votes.classes()];
    for task in 0..votes.tasks() {
        let own = votes.of_task(task);
        for (place, one) in own.iter().enumerate() {
            for other in &own[place + 1..] {
                let (i, j) = (votes.worker(*one), votes.worker(*other));
                if i == j {
                    continue;
                }
                q.iter_mut().zip(&prior).for_each(|(q, p)| *q = p.max(1e-10).ln());
                let mut voters = 0;
                for cell in own.iter().filter(|cell| votes.worker(**cell) != i && votes.worker(**cell) != j) {
                    let worker = votes.worker(*cell);
                    q[votes.label(*cell)] += (skills[worker] / error(worker)).ln();
                    voters += 1;
                }
                if voters == 0 {
                    continue;
                }
                soft_max(&mut q);
                let likeliest = (0..q.len()).reduce(|a, b| if q[b] > q[a] { b } else { a }).unwrap_or(0);
                let label = votes.label(*one);
                let together = label == votes.label(*other) && label != likeliest;
                let chance: f64 = (0..q.len())
                    .filter(|class| *class != likeliest)
                    .map(|class| q[class] * skills[i] * skills[j] + (1.0 - q[class]) * error(i) * error(j))
                    .sum();
                let (common, same, expected) = counts.entry((i as u32, j as u32)).or_default();
                *common += 1;
                *same += usize::from(together);
                *expected += chance;
            }
        }
    }
    let mut pairs: Vec<Pair> = counts
        .into_iter()
        .filter(|(_, (common, _, _))| *common >= least_common)
        .map(|((one, other), (common, same_wrong, expected))| {
            // P(X >= k) of a Poisson variable is the lower regularized gamma function at k.
            let tail = if same_wrong == 0 { 1.0 } else { checked_gamma_lr(same_wrong as f64, expected).unwrap_or(1.0) };
            Pair { one, other, common, same_wrong, expected, p_value: tail, p_adjusted: 1.0 }
        })
        .collect();
    let adjusted = benjamini_hochberg(&pairs.iter().map(|pair| pair.p_value).collect::<Vec<_>>());
    pairs.iter_mut().zip(adjusted).for_each(|(pair, p)| pair.p_adjusted = p);
    pairs.sort_by(|a, b| a.p_value.total_cmp(&b.p_value).then((a.one, a.other).cmp(&(b.one, b.other))));
    Ok(pairs)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::aggregation::simulation;

    #[test]
    fn the_copier_is_found_and_nobody_else() {
        let crowd = simulation::crowd(simulation::Crowd {
            tasks: 600,
            workers: 12,
            per_task: 6,
            spammers: 0.0,
            ..Default::default()
        });
        // Worker 12 copies worker 3.
        let copies = crowd.rows.iter().filter(|row| row.1 == 3).map(|row| (row.0, 12, row.2));
        let rows: Vec<_> = crowd.rows.iter().copied().chain(copies).collect();
        let votes = Votes::new(600, 13, 4, &rows).unwrap();
        let found = collusion(&votes, 10).unwrap();
        assert_eq!((found[0].one, found[0].other), (3, 12));
        assert!(found[0].p_adjusted < 1e-6, "{:?}", found[0]);
        assert!(found[1].p_adjusted > 0.01, "{:?}", found[1]);
        assert!(collusion(&votes, 100_000).unwrap().is_empty());
    }
}
