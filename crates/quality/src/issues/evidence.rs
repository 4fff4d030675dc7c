//! Evidence joined: what the model says, what the other labelers say, and how good the labelers are, as one probability
//! that the label in question is right.
//!
//! Naive Bayes over independent witnesses: ln P(k | all) = a ln p_model(k) + sum over answers of ln pi_w(l | k) + const,
//! with the confusion rows of a Dawid-Skene fit (smoothed), which hold disagreement and skill at once. The model's
//! share `a` is fitted by the likelihood of the answers given the model: an over-confident model counts less.

use super::{Issues, IssuesError, Labeled, Why};
use crate::{
    aggregation::{self, Options},
    numeric::soft_max,
    votes::Votes,
};

#[derive(Debug, Clone, PartialEq)]
pub struct Joined {
    pub is_issue: Vec<bool>,
    /// Probability that the given label is right, by all evidence.
    pub scores: Vec<f64>,
    pub suggested: Vec<u32>,
    pub why: Vec<Why>,
    /// The share with which the model's logarithms count, 0 to 1.
    pub model_share: f64,
}

const SMOOTHING: f64 = 0.5;
const SHARES: [f64; 9] = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1.0];

/// `given` labels with the model's out-of-sample probabilities, and votes of labelers for the same tasks (some may have
/// none). The given label is not taken as a vote.
pub fn joined(given: &Labeled<'_>, votes: &Votes) -> Result<Joined, IssuesError> {
    let classes = given.classes();
    if votes.tasks() != given.len() || votes.classes() != classes {
        let message = format!(
            "votes on {} tasks and {} classes, labels of {} tasks and {classes} classes",
            votes.tasks(),
            votes.classes(),
            given.len()
        );
        return Err(IssuesError::Shape(message));
    }
    let options = Options { smoothing: SMOOTHING, ..Options::default() };
    let fit = aggregation::aggregate("dawid-skene", votes, &options)
        .map_err(|error| IssuesError::Shape(error.to_string()))?;
    let confusion = fit.confusion.unwrap_or_default();
    let prior = fit.class_prior.unwrap_or_else(|| vec![1.0 / classes as f64; classes]);
    let of_votes = |task: usize, scores: &mut [f64]| {
        for cell in votes.of_task(task) {
            let row = &confusion[*cell as usize * classes..][..classes];
            scores.iter_mut().zip(row).for_each(|(score, p)| *score += p.max(1e-10).ln());
        }
    };
    let of_model = |task: usize, share: f64, scores: &mut [f64]| {
        for ((score, p), prior) in scores.iter_mut().zip(given.row(task)).zip(&prior) {
            *score = share * p.max(1e-6).ln() + (1.0 - share) * prior.max(1e-6).ln();
        }
    };
    let mut scores = vec![0.0; classes];
    let mut likelihood = |share: f64| -> f64 {
        let mut sum = 0.0;
        for task in 0..given.len() {
            of_model(task, share, &mut scores);
            soft_max(&mut scores);
            scores.iter_mut().for_each(|p| *p = p.max(1e-12).ln());
            of_votes(task, &mut scores);
            sum += soft_max(&mut scores);
        }
        sum
    };
    let mut best = (f64::NEG_INFINITY, 0.0);
    for share in SHARES {
        let reached = likelihood(share);
        if reached > best.0 {
            best = (reached, share);
        }
    }
    let model_share = best.1;
    let mut found =
        Joined { is_issue: Vec::new(), scores: Vec::new(), suggested: Vec::new(), why: Vec::new(), model_share };
    for (task, label) in given.labels().iter().enumerate() {
        of_model(task, model_share, &mut scores);
        of_votes(task, &mut scores);
        soft_max(&mut scores);
        let suggested = (0..classes).reduce(|a, b| if scores[b] > scores[a] { b } else { a }).unwrap_or(0) as u32;
        let is_issue = suggested != *label && scores[*label as usize] < 0.5 * scores[suggested as usize];
        found.scores.push(scores[*label as usize]);
        found.suggested.push(suggested);
        found.is_issue.push(is_issue);
        found.why.push(if is_issue { Why::Outvoted } else { Why::Fits });
    }
    Ok(found)
}

/// How well scores rank wrong labels below right ones: the area under the ROC curve, ties half. None if all are alike.
pub fn ranking_quality(scores: &[f64], wrong: &[bool]) -> Option<f64> {
    let mut order: Vec<usize> = (0..scores.len().min(wrong.len())).collect();
    order.sort_by(|a, b| scores[*a].total_cmp(&scores[*b]));
    let (mut rank_sum, mut wrongs, mut at) = (0.0, 0.0, 0);
    while at < order.len() {
        let equal = order[at..].iter().take_while(|index| scores[**index] == scores[order[at]]).count();
        let mean_rank = at as f64 + (equal as f64 + 1.0) / 2.0;
        let own = order[at..at + equal].iter().filter(|index| wrong[**index]).count() as f64;
        rank_sum += mean_rank * own;
        wrongs += own;
        at += equal;
    }
    let rights = order.len() as f64 - wrongs;
    (wrongs > 0.0 && rights > 0.0).then(|| 1.0 - (rank_sum - wrongs * (wrongs + 1.0) / 2.0) / (wrongs * rights))
}

/// The uniform output of the model's part alone, for comparison.
pub fn model_only(given: &Labeled<'_>) -> Result<Issues, IssuesError> {
    Ok(super::confident::find(given, super::confident::filter("prune_by_noise_rate")?, &super::scores::SCORINGS[0]))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{aggregation::simulation, statistics::random::Random};

    #[test]
    fn ranking_quality_by_hand() {
        assert_eq!(ranking_quality(&[0.1, 0.2, 0.8, 0.9], &[true, true, false, false]), Some(1.0));
        assert_eq!(ranking_quality(&[0.1, 0.2, 0.8, 0.9], &[false, false, true, true]), Some(0.0));
        assert_eq!(ranking_quality(&[0.5, 0.5], &[true, false]), Some(0.5));
        assert_eq!(ranking_quality(&[0.5], &[true]), None);
    }

    /// Planted errors in the given labels; a mediocre model; three labelers a task of very different skill.
    #[test]
    fn joined_evidence_beats_each_single_one() {
        for seed in 1..=5 {
            let crowd = simulation::crowd(simulation::Crowd {
                tasks: 1200,
                per_task: 3,
                skill: (0.45, 0.9),
                spammers: 0.3,
                seed,
                ..Default::default()
            });
            let votes = crowd.votes();
            let mut random = Random::new(seed + 100);
            let (mut given, mut wrong, mut probabilities) = (Vec::new(), Vec::new(), Vec::new());
            for truth in &crowd.truth {
                let error = random.unit() < 0.1;
                wrong.push(error);
                given.push(if error { (truth + 1 + random.below(3) as u32) % 4 } else { *truth });
                let mut row: Vec<f64> = (0..4).map(|_| 1.5 * random.normal()).collect();
                row[*truth as usize] += 2.5;
                soft_max(&mut row);
                probabilities.extend(row);
            }
            let data = Labeled::new(&given, &probabilities, 4).unwrap();
            let all = joined(&data, &votes).unwrap();
            let quality = |scores: &[f64]| ranking_quality(scores, &wrong).unwrap();
            let model = quality(&model_only(&data).unwrap().scores);
            let share = |task: usize, label: u32| {
                let own = votes.of_task(task);
                own.iter().filter(|cell| votes.label(**cell) as u32 == label).count() as f64 / own.len() as f64
            };
            let disagreement =
                quality(&given.iter().enumerate().map(|(task, label)| share(task, *label)).collect::<Vec<_>>());
            let skilled = aggregation::aggregate("dawid-skene", &votes, &Options::default()).unwrap();
            let skill = quality(
                &given.iter().enumerate().map(|(t, l)| skilled.probabilities[t * 4 + *l as usize]).collect::<Vec<_>>(),
            );
            let best = model.max(disagreement).max(skill);
            assert!(
                quality(&all.scores) > best + 0.01,
                "seed {seed}: {} {model} {disagreement} {skill}",
                quality(&all.scores)
            );
            assert!(all.model_share > 0.0);
        }
    }
}
