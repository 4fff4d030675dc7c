#![allow(clippy::unwrap_used)]
use super::crowd_bt::{Kind, Model};
use super::*;
use crate::{numeric::sigmoid, statistics::random::Random};
use proptest::prelude::*;

fn one(left: u32, right: u32, outcome: Outcome) -> Comparison {
    Comparison { worker: 0, left, right, outcome }
}

/// Seeded comparisons of items whose strengths are their numbers; worker 0 is the worst.
fn simulated(items: u32, workers: u32, count: usize, seed: u64) -> Vec<Comparison> {
    let mut random = Random::new(seed);
    (0..count)
        .map(|_| {
            let worker = random.below(workers as usize) as u32;
            let left = random.below(items as usize) as u32;
            let right = (left + 1 + random.below(items as usize - 1) as u32) % items;
            let honest = random.unit() < f64::from(worker + 1) / f64::from(workers);
            let better = random.unit() < sigmoid((f64::from(left) - f64::from(right)) * 0.7);
            let left_wins = if honest { better } else { random.unit() < 0.5 };
            Comparison { worker, left, right, outcome: if left_wins { Outcome::Left } else { Outcome::Right } }
        })
        .collect()
}

/// Bradley and Terry's equations at the maximum: wins are the expected wins.
#[test]
fn wins_are_the_expected_wins() {
    let all = simulated(8, 5, 600, 1);
    let found = rank("bradley-terry", 8, 5, &all, &Options::default()).unwrap();
    assert!(found.converged && found.shape.has_maximum && found.prior == 0.0);
    for item in 0..8_u32 {
        let (mut wins, mut expected) = (0.0, 0.0);
        for c in all.iter().filter(|c| c.left == item || c.right == item) {
            let other = if c.left == item { c.right } else { c.left };
            wins += f64::from(u8::from((c.outcome == Outcome::Left) == (c.left == item)));
            expected += sigmoid(found.log_strengths[item as usize] - found.log_strengths[other as usize]);
        }
        assert!((wins - expected).abs() < 1e-7, "{item}: {wins} {expected}");
    }
    assert!((found.scores.iter().sum::<f64>() - 1.0).abs() < 1e-12);
}

/// Two items, 3 wins to 1: log odds ln 3; the information on the difference is 4 x 3/16, and each strength against the
/// mean has half of the difference's standard error.
#[test]
fn two_items_by_hand() {
    let all =
        [one(0, 1, Outcome::Left), one(1, 0, Outcome::Right), one(0, 1, Outcome::Left), one(0, 1, Outcome::Right)];
    let found = rank("bradley-terry", 2, 1, &all, &Options::default()).unwrap();
    assert!((found.log_strengths[0] - 3.0_f64.ln() / 2.0).abs() < 1e-9);
    assert!((found.scores[0] - 0.75).abs() < 1e-9);
    let expected = (1.0_f64 / 0.75).sqrt() / 2.0;
    assert!((found.standard_errors[0] - expected).abs() < 1e-8, "{:?} {expected}", found.standard_errors);
    let (low, high) = found.intervals()[0];
    assert!(low < 0.0 && high > 3.0_f64.ln() / 2.0);
    assert!((found.log_likelihood - (3.0 * 0.75_f64.ln() + 0.25_f64.ln())).abs() < 1e-9);
}

/// Davidson's model on one pair: 4 wins, 1 loss, 3 ties has shares equal to the counts.
#[test]
fn ties_have_their_share() {
    let outcomes = [(Outcome::Left, 4), (Outcome::Right, 1), (Outcome::Tie, 3)];
    let all: Vec<Comparison> =
        outcomes.iter().flat_map(|(outcome, n)| std::iter::repeat_n(one(0, 1, *outcome), *n)).collect();
    let found = rank("bradley-terry", 2, 1, &all, &Options::default()).unwrap();
    assert!((found.log_strengths[0] - found.log_strengths[1] - 4.0_f64.ln()).abs() < 1e-7);
    // v sqrt(p q) / p = 3 / 4 and p / q = 4: v = 1.5.
    assert!((found.tie_strength.unwrap() - 1.5).abs() < 1e-7);
    assert!((found.log_likelihood - (4.0 * 0.5_f64.ln() + 0.125_f64.ln() + 3.0 * 0.375_f64.ln())).abs() < 1e-8);
    assert!(matches!(rank("crowd-bt", 2, 1, &all, &Options::default()), Err(PairwiseError::NoTies { .. })));
}

#[test]
fn where_there_is_no_maximum_a_weak_prior_steps_in_and_is_told() {
    let all = [one(0, 1, Outcome::Left), one(1, 2, Outcome::Left), one(3, 4, Outcome::Left), one(4, 3, Outcome::Left)];
    for id in ["bradley-terry", "plackett-luce"] {
        let found = rank(id, 6, 1, &all, &Options::default()).unwrap();
        assert_eq!((found.prior, found.shape.groups, found.shape.has_maximum), (WEAK_PRIOR, 3, false));
        assert_eq!((&found.shape.always_won[..], &found.shape.never_won[..]), (&[0][..], &[2][..]));
        assert_eq!(found.shape.absent, [5]);
        assert!(found.log_strengths.iter().all(|s| s.is_finite()) && found.converged, "{id}");
        assert!(found.log_strengths[0] > found.log_strengths[1] && found.log_strengths[1] > found.log_strengths[2]);
    }
    let ties = [one(0, 1, Outcome::Tie), one(0, 1, Outcome::Tie)];
    assert!(rank("bradley-terry", 2, 1, &ties, &Options::default()).unwrap().converged);
}

#[test]
fn slopes_are_those_of_the_objective() {
    let all = simulated(6, 4, 80, 3);
    let mut random = Random::new(5);
    for kind in [Kind::Noisy, Kind::Crowd] {
        let model = Model { kind, items: 6, workers: 4, comparisons: &all, prior: 0.3, worker_prior: 0.7 };
        let size = 6 + 4 * if kind == Kind::Noisy { 2 } else { 1 };
        let point: Vec<f64> = (0..size).map(|_| random.normal()).collect();
        let (_, slopes) = model.objective(&point);
        for (index, slope) in slopes.iter().enumerate() {
            let at = |step: f64| {
                let mut moved = point.clone();
                moved[index] += step;
                model.objective(&moved).0
            };
            let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
            assert!((slope - difference).abs() < 1e-5 * (1.0 + slope.abs()), "{kind:?} {index} {slope} {difference}");
        }
    }
}

#[test]
fn every_method_recovers_the_order_and_worker_models_the_bad_worker() {
    let all = simulated(10, 6, 20_000, 7);
    for method in METHODS {
        let found = rank(method.id, 10, 6, &all, &Options::default()).unwrap();
        let mut order: Vec<usize> = (0..10).collect();
        order.sort_by(|a, b| found.log_strengths[*a].total_cmp(&found.log_strengths[*b]));
        assert_eq!(order, (0..10).collect::<Vec<_>>(), "{}", method.id);
        for pair in found.path.windows(2) {
            assert!(pair[1] >= pair[0], "{}", method.id);
        }
        if !found.skills.is_empty() {
            assert!(found.converged, "{}", method.id);
            assert!(found.skills[0] < found.skills[5] - 0.1, "{} {:?}", method.id, found.skills);
        }
    }
}

/// The likelihood, written out again, is greatest where the fit ended.
#[test]
fn plackett_luce_ends_at_the_top() {
    let rankings = vec![vec![0, 1, 2], vec![0, 1, 2], vec![2, 0], vec![1, 2, 0]];
    let found = plackett_luce::rank_all(3, &rankings, &Options::default()).unwrap();
    assert!(found.converged && found.shape.has_maximum);
    let likelihood = |s: &[f64]| -> f64 {
        let stage = |ranking: &[u32], place: usize| {
            let sum: f64 = ranking[place..].iter().map(|i| s[*i as usize].exp()).sum();
            s[ranking[place] as usize] - sum.ln()
        };
        rankings.iter().map(|r| (0..r.len()).map(|place| stage(r, place)).sum::<f64>()).sum()
    };
    assert!((likelihood(&found.log_strengths) - found.log_likelihood).abs() < 1e-9);
    for item in 0..3 {
        for step in [-1e-3, 1e-3] {
            let mut moved = found.log_strengths.clone();
            moved[item] += step;
            assert!(likelihood(&moved) < found.log_likelihood + 1e-12);
        }
    }
    assert!(plackett_luce::rank_all(3, &[vec![0, 0]], &Options::default()).is_err());
}

#[test]
fn hostile_inputs() {
    for method in METHODS {
        assert!(rank(method.id, 0, 0, &[], &Options::default()).unwrap().scores.is_empty());
        let lonely = rank(method.id, 3, 0, &[], &Options::default()).unwrap();
        assert!(lonely.scores.iter().all(|score| (score - 1.0 / 3.0).abs() < 1e-9), "{}", method.id);
        assert!(rank(method.id, 2, 1, &[one(0, 0, Outcome::Left)], &Options::default()).is_err());
        assert!(rank(method.id, 2, 1, &[one(0, 7, Outcome::Left)], &Options::default()).is_err());
    }
    assert!(rank("x", 0, 0, &[], &Options::default()).is_err());
    let bad = Options { prior: f64::NAN, ..Options::default() };
    assert!(rank("bradley-terry", 0, 0, &[], &bad).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn the_order_of_comparisons_does_not_matter(seed in 0..500_u64) {
        let all = simulated(5, 3, 120, seed);
        let mut turned = all.clone();
        turned.reverse();
        turned.rotate_left(seed as usize % 100);
        for method in METHODS {
            let options = Options::default();
            let (one, other) = (rank(method.id, 5, 3, &all, &options), rank(method.id, 5, 3, &turned, &options));
            prop_assert_eq!(one.unwrap(), other.unwrap());
        }
    }
}
