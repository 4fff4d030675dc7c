//! A simulated crowd, a fifth of which answers at random: how many answers an item takes. The rule never sees the truth; the
//! truth answers for labelers and counts at the end.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use labelwright_learn::{
    Matrix, Random,
    classify::Space,
    redundancy::{self, Answers, OneCoin, Options, Verdict, beliefs::Learner},
    scale::Scaling,
};

struct Outcome {
    right: f64,
    answers: f64,
    expected: f64,
}

/// 40 labelers: 8 spammers, 20 that are right in .70 to .85, 12 in .85 to .97 of cases.
fn simulate(truth: &[usize], classes: usize, learner: Option<&Learner>, target: f64, seed: u64) -> Outcome {
    let mut random = Random::new(seed);
    let workers = 40;
    let skills: Vec<f64> = (0..workers)
        .map(|worker| match worker % 10 {
            0 | 5 => 1.0 / classes as f64,
            1..=4 | 6 => 0.7 + 0.15 * random.unit(),
            _ => 0.85 + 0.12 * random.unit(),
        })
        .collect();
    let options = Options { target, most: 15, ..Options::default() };
    let mut rows: Vec<(u32, u32, u32)> = Vec::new();
    let mut asks: Vec<usize> = (0..truth.len()).collect();
    loop {
        for item in &asks {
            let worker = loop {
                let worker = random.below(workers);
                if rows.iter().rev().all(|row| (row.0, row.1) != (*item as u32, worker as u32)) {
                    break worker;
                }
            };
            let right = random.unit() < skills[worker];
            let other = (truth[*item] + 1 + random.below(classes - 1)) % classes;
            rows.push((*item as u32, worker as u32, if right { truth[*item] } else { other } as u32));
        }
        let answers = Answers::new(truth.len(), workers, classes, rows.clone()).unwrap();
        let judged = redundancy::judge(&answers, &OneCoin::default(), learner).unwrap();
        let plan = redundancy::plan(&judged.posteriors, classes, &answers.counts(), &options).unwrap();
        if plan.ask.is_empty() {
            let best =
                |row: &[f64]| (0..classes).fold(0, |best, class| if row[class] > row[best] { class } else { best });
            let guesses = judged.posteriors.chunks_exact(classes).map(best);
            let right = guesses.zip(truth).filter(|(guess, truth)| guess == *truth).count();
            let count = truth.len() as f64;
            return Outcome {
                right: right as f64 / count,
                answers: rows.len() as f64 / count,
                expected: plan.expected,
            };
        }
        asks = plan.ask;
    }
}

#[test]
fn few_answers_reach_the_target_in_spite_of_spammers() {
    let mut random = Random::new(1);
    let truth: Vec<usize> = (0..1000).map(|_| random.below(10)).collect();
    for (target, most) in [(0.95, 3.0), (0.99, 5.0)] {
        for seed in 0..3 {
            let found = simulate(&truth, 10, None, target, seed);
            assert!(found.answers <= most, "{target}: {} answers", found.answers);
            // A plan, not a promise: within two deviations of so many items.
            let deviation = (target * (1.0 - target) / 1000.0_f64).sqrt();
            assert!(found.right >= target - 2.0 * deviation, "{target}: {}", found.right);
            assert!((found.expected - found.right).abs() < 0.02, "{} {}", found.expected, found.right);
        }
    }
}

#[test]
fn a_classifier_that_learns_from_the_answers_saves_many_of_them() {
    let mut random = Random::new(2);
    let truth: Vec<usize> = (0..600).map(|_| random.below(4)).collect();
    let centers: Vec<f64> = (0..4 * 8).map(|_| random.normal() * 2.5).collect();
    let values: Vec<f64> = truth
        .iter()
        .flat_map(|class| centers[class * 8..class * 8 + 8].to_vec())
        .map(|at| at + random.normal())
        .collect();
    let space = Space::new(&Matrix::new(values, 8).unwrap(), Scaling::None);
    let learner = redundancy::learner(&space);
    let alone = simulate(&truth, 4, None, 0.99, 5);
    let together = simulate(&truth, 4, Some(&learner), 0.99, 5);
    assert!(together.answers < 0.6 * alone.answers, "{} {}", together.answers, alone.answers);
    assert!(together.right >= 0.985, "{}", together.right);
    // Features that say nothing lose their voice instead of spoiling the labels.
    let noise: Vec<f64> = (0..600 * 8).map(|_| random.normal()).collect();
    let space = Space::new(&Matrix::new(noise, 8).unwrap(), Scaling::None);
    let misled = simulate(&truth, 4, Some(&redundancy::learner(&space)), 0.99, 5);
    assert!(misled.right >= 0.98 && misled.answers < alone.answers + 0.5, "{} {}", misled.right, misled.answers);
}

#[test]
fn nothing_to_go_by_is_no_panic() {
    let answers = Answers::new(3, 2, 2, vec![(0, 0, 1)]).unwrap();
    let judged = redundancy::judge(&answers, &OneCoin::default(), None).unwrap();
    assert!(judged.posteriors.iter().all(|p| p.is_finite()) && judged.skills[1].is_none());
    let plan = redundancy::plan(&judged.posteriors, 2, &answers.counts(), &Options::default()).unwrap();
    assert_eq!(plan.verdicts[1], Verdict::Ask);
    let same = Space::new(&Matrix::new(vec![1.0; 3], 1).unwrap(), Scaling::Auto);
    let judged = redundancy::judge(&answers, &OneCoin::default(), Some(&redundancy::learner(&same))).unwrap();
    assert!(judged.posteriors.iter().all(|p| p.is_finite()));
    assert!(Answers::new(0, 1, 2, vec![]).is_err() && Answers::new(1, 1, 1, vec![]).is_err());
    assert!(Answers::new(1, 1, 2, vec![(0, 1, 0)]).unwrap_err().to_string().contains("labeler 1"));
}
