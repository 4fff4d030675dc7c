//! Who guesses? For every worker the logarithm of how much better their answers fit an honest worker than a spammer.
//!
//! Truth is what the *others* say: a one-coin posterior with the worker's own votes taken out, so that nobody votes for
//! themselves. Honest: right with the crowd's mean skill; spammer: an own mix of labels, whatever the task (smoothed by
//! one vote spread over the classes). The prior share of spammers turns it into a probability. (The mixture of MACE,
//! Hovy et al. 2013, as a likelihood-ratio test.)

use crate::{
    aggregation::{AggregationError, Options, aggregate},
    numeric::{sigmoid, soft_max},
    votes::Votes,
};

#[derive(Debug, Clone, PartialEq)]
pub struct Suspect {
    /// Natural logarithm of P(answers | honest) / P(answers | spammer): below 0 looks like spam.
    pub log_odds: f64,
    /// Probability of being a spammer, with the prior share.
    pub spammer: f64,
    /// Answers that others could judge.
    pub answers: usize,
}

/// One a worker. `share` is the prior share of spammers, 0 to 1.
pub fn spammers(votes: &Votes, share: f64) -> Result<Vec<Suspect>, AggregationError> {
    let classes = votes.classes();
    let fit = aggregate("one-coin", votes, &Options::default())?;
    let prior = fit.class_prior.unwrap_or_else(|| vec![1.0 / classes.max(1) as f64; classes]);
    let others = (classes as f64 - 1.0).max(1.0);
    let odds: Vec<(f64, f64)> = fit
        .skills
        .iter()
        .map(|skill| {
            // A perfect record is not certainty.
            let skill = skill.clamp(0.02, 0.98);
            (skill.ln(), ((1.0 - skill) / others).ln())
        })
        .collect();
    let counts = votes.per_worker();
    let used = counts.iter().filter(|count| **count > 0).count().max(1) as f64;
    let typical =
        fit.skills.iter().zip(&counts).filter(|(_, count)| **count > 0).map(|(skill, _)| skill).sum::<f64>() / used;
    // An honest worker is better than the mean that the spammers pull down.
    let honest = f64::midpoint(typical, 1.0).clamp(1.0 / classes.max(1) as f64 + 0.05, 0.95);
    let mix = own_mix(votes, &counts);
    let mut found: Vec<Suspect> =
        (0..votes.workers()).map(|_| Suspect { log_odds: 0.0, spammer: share, answers: 0 }).collect();
    let mut scores = vec![0.0; classes];
    for task in 0..votes.tasks() {
        let own = votes.of_task(task);
        for cell in own.iter().filter(|_| own.len() > 1) {
            scores.iter_mut().zip(&prior).for_each(|(score, p)| *score = p.max(1e-10).ln());
            let worker = votes.worker(*cell);
            for other in own.iter().filter(|other| votes.worker(**other) != worker) {
                let (right, wrong) = odds[votes.worker(*other)];
                for (class, score) in scores.iter_mut().enumerate() {
                    *score += if class == votes.label(*other) { right } else { wrong };
                }
            }
            soft_max(&mut scores);
            let agree = scores[votes.label(*cell)];
            let as_honest = agree * honest + (1.0 - agree) * (1.0 - honest) / others;
            found[worker].log_odds += (as_honest / mix[*cell as usize]).ln();
            found[worker].answers += 1;
        }
    }
    let base = (share.clamp(1e-9, 1.0 - 1e-9) / (1.0 - share.clamp(1e-9, 1.0 - 1e-9))).ln();
    found.iter_mut().for_each(|suspect| suspect.spammer = sigmoid(base - suspect.log_odds));
    Ok(found)
}

/// How often each worker gives each of their labels, with one vote spread over all classes.
fn own_mix(votes: &Votes, counts: &[u32]) -> Vec<f64> {
    let mut mix = vec![1.0 / votes.classes().max(1) as f64; votes.cell_count()];
    votes.all_cells().iter().for_each(|cell| mix[*cell as usize] += 1.0);
    for (cell, value) in mix.iter_mut().enumerate() {
        *value /= f64::from(counts[votes.worker(cell as u32)]) + 1.0;
    }
    mix
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{aggregation::simulation, issues::evidence::ranking_quality, statistics::random::Random};

    /// 200 workers with 10 answers each, a fifth of them spammers: random ones, and ones that always give one label.
    #[test]
    fn ten_answers_tell_planted_spammers() {
        let mut qualities = Vec::new();
        for seed in 1..=6 {
            let (rows, is_spammer) = planted(seed);
            let votes = Votes::new(400, 200, 4, &rows).unwrap();
            let found = spammers(&votes, 0.2).unwrap();
            assert!(found.iter().all(|suspect| suspect.answers == 10));
            let scores: Vec<f64> = found.iter().map(|suspect| suspect.log_odds).collect();
            qualities.push(ranking_quality(&scores, &is_spammer).unwrap());
        }
        assert!(qualities.iter().sum::<f64>() / 6.0 >= 0.99, "{qualities:?}");
    }

    fn planted(seed: u64) -> (Vec<crate::votes::Vote>, Vec<bool>) {
        let mut random = Random::new(seed);
        let is_spammer: Vec<bool> = (0..200).map(|worker| worker % 5 == 0).collect();
        let truth: Vec<u32> = (0..400).map(|_| random.below(4) as u32).collect();
        let skills: Vec<f64> = (0..200).map(|_| 0.75 + 0.22 * random.unit()).collect();
        // Five answers a task, ten a worker: a random deal.
        let mut deck: Vec<u32> = (0..200).flat_map(|worker| [worker; 10]).collect();
        for place in (1..deck.len()).rev() {
            deck.swap(place, random.below(place + 1));
        }
        let rows = deck
            .iter()
            .enumerate()
            .map(|(place, worker)| {
                let task = (place / 5) as u32;
                let class = truth[task as usize];
                let label = if is_spammer[*worker as usize] {
                    if worker % 10 == 0 { worker / 10 % 4 } else { random.below(4) as u32 }
                } else if random.unit() < skills[*worker as usize] {
                    class
                } else {
                    (class + 1 + random.below(3) as u32) % 4
                };
                (task, *worker, label)
            })
            .collect();
        (rows, is_spammer)
    }

    #[test]
    fn nobody_is_judged_alone() {
        let votes = Votes::new(2, 2, 2, &[(0, 0, 0), (1, 1, 1)]).unwrap();
        let found = spammers(&votes, 0.1).unwrap();
        assert_eq!((found[0].answers, found[0].log_odds), (0, 0.0));
        assert!((found[0].spammer - 0.1).abs() < 1e-9);
        let crowd = simulation::crowd(simulation::Crowd::default());
        assert!(spammers(&crowd.votes(), 0.2).unwrap().iter().all(|suspect| suspect.spammer.is_finite()));
    }
}
