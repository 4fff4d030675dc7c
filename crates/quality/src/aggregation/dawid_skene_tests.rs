#![allow(clippy::unwrap_used)]
use super::super::{Vote, aggregate, simulation};
use super::*;
use crate::numeric::soft_max;

/// Table 1 of the paper: 45 patients (tasks) seen by five anaesthetists (workers), classes 1 to 4. A patient: the three
/// readings of the first, then one of each other.
const PATIENTS: &str = "1111111 3334334 1122122 2223121 2223222 2223322 1222111 3333433 2222223 2322223 4444444 2223343 1111111 \
    2223212 1211111 1112111 1111111 1111111 2222221 2221322 2222222 2222221 2223222 2212222 1111111 1111111 \
    2322222 1111111 1111111 1121121 1111111 3333233 1111111 2222222 2223232 4334343 2212232 2323233 3333432 \
    1111111 1111111 1212111 2322222 1211111 2222222";

/// An independent EM, without acceleration or sparse layout.
fn plain_em(
    rows: &[Vote],
    tasks: usize,
    workers: usize,
    classes: usize,
    smoothing: f64,
    steps: usize,
) -> (Vec<f64>, f64) {
    let mut q = vec![vec![0.0_f64; classes]; tasks];
    for (task, _, label) in rows {
        q[*task as usize][*label as usize] += 1.0;
    }
    for row in &mut q {
        let sum: f64 = row.iter().sum();
        row.iter_mut().for_each(|x| *x /= sum);
    }
    let mut likelihood = 0.0;
    for _ in 0..steps {
        let mut pi = vec![vec![vec![smoothing; classes]; classes]; workers];
        for (task, worker, label) in rows {
            for class in 0..classes {
                pi[*worker as usize][class][*label as usize] += q[*task as usize][class];
            }
        }
        for row in pi.iter_mut().flatten() {
            let sum: f64 = row.iter().sum();
            row.iter_mut().for_each(|x| *x = if sum > 0.0 { *x / sum } else { 1.0 / classes as f64 });
        }
        let prior: Vec<f64> = (0..classes).map(|c| q.iter().map(|row| row[c]).sum::<f64>() / tasks as f64).collect();
        let mut logs: Vec<Vec<f64>> = vec![prior.iter().map(|p| p.max(1e-10).ln()).collect(); tasks];
        for (task, worker, label) in rows {
            for class in 0..classes {
                logs[*task as usize][class] += pi[*worker as usize][class][*label as usize].max(1e-10).ln();
            }
        }
        likelihood = logs.iter_mut().map(|row| soft_max(row)).sum();
        q = logs;
    }
    (q.concat(), likelihood)
}

fn patients() -> Vec<Vote> {
    let mut rows = Vec::new();
    for (task, digits) in PATIENTS.split_whitespace().enumerate() {
        for (place, digit) in digits.chars().enumerate() {
            let worker = place.saturating_sub(2) as u32;
            rows.push((task as u32, worker, digit.to_digit(10).unwrap() - 1));
        }
    }
    rows
}

#[test]
fn the_accelerated_fixed_point_is_the_plain_one() {
    let rows = patients();
    let votes = Votes::new(45, 5, 4, &rows).unwrap();
    let (reference, likelihood) = plain_em(&rows, 45, 5, 4, 0.0, 20_000);
    for accelerate in [true, false] {
        let options = Options { accelerate, tolerance: 1e-13, iterations: Some(100_000), ..Options::default() };
        let found = aggregate("dawid-skene", &votes, &options).unwrap();
        assert!(found.converged);
        let gap = found.probabilities.iter().zip(&reference).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(gap < 1e-9, "accelerate {accelerate}: {gap}");
        assert!((found.path.last().unwrap() - likelihood).abs() < 1e-8);
    }
}

/// The paper's estimates (its Tables 2 and 4): class shares .40, .42, .11, .07.
#[test]
fn the_worked_example_of_the_paper() {
    let votes = Votes::new(45, 5, 4, &patients()).unwrap();
    let found = aggregate("dawid-skene", &votes, &Options::default()).unwrap();
    for (share, published) in found.class_prior.unwrap().iter().zip([0.40, 0.42, 0.11, 0.07]) {
        assert!((share - published).abs() < 0.005, "{share} {published}");
    }
    // Patient 36 is of class 4 for certain, and patient 3 of class 2.
    assert_eq!((found.labels[10], found.labels[35], found.labels[2]), (3, 3, 1));
}

/// Crowds so poor that the likelihood has many fixed points: five answers an item, right with .3 to .7, every fifth
/// labeler guessing. Even there a jump changes basins once in a while only.
#[test]
fn acceleration_saves_steps_on_a_crowd_and_changes_nothing() {
    let (mut steps, mut elsewhere) = ([0, 0], 0);
    for (seed, smoothing) in (0..24).map(|seed| (seed, f64::from(u8::from(seed % 3 == 2)) * 0.5)) {
        let crowd = simulation::crowd(simulation::Crowd {
            tasks: 300,
            workers: 25,
            seed,
            skill: (0.3, 0.7),
            ..Default::default()
        });
        let votes = crowd.votes();
        let with = |accelerate| {
            let options =
                Options { accelerate, smoothing, tolerance: 1e-10, iterations: Some(200_000), ..Options::default() };
            aggregate("dawid-skene", &votes, &options).unwrap()
        };
        let (fast, slow) = (with(true), with(false));
        assert!(fast.converged && slow.converged);
        assert!(fast.iterations < slow.iterations, "{} {}", fast.iterations, slow.iterations);
        steps = [steps[0] + fast.iterations, steps[1] + slow.iterations];
        let (reference, _) = plain_em(&crowd.rows, 300, 25, 4, smoothing, slow.iterations * 2);
        let gap = |found: &Aggregation| {
            found.probabilities.iter().zip(&reference).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
        };
        assert!(gap(&slow) < 1e-6, "{seed} plain {}", gap(&slow));
        elsewhere += usize::from(gap(&fast) > 1e-6);
    }
    assert!(steps[0] * 2 < steps[1], "{steps:?}");
    assert!(elsewhere <= 1, "{elsewhere} of 24 reached another fixed point");
}

#[test]
fn confusion_rows_sum_to_one_and_gold_is_kept() {
    let crowd = simulation::crowd(simulation::Crowd::default());
    let votes = crowd.votes();
    let wrong = (crowd.truth[0] + 1) % 4;
    let options = Options { gold: vec![(0, wrong)], ..Options::default() };
    let found = aggregate("dawid-skene", &votes, &options).unwrap();
    assert_eq!((found.labels[0], found.probabilities[wrong as usize]), (wrong, 1.0));
    let confusion = found.confusion.unwrap();
    for worker in 0..votes.workers() {
        for class in 0..4 {
            let sum: f64 = votes.of_worker(worker).map(|cell| confusion[cell * 4 + class]).sum();
            assert!((sum - 1.0).abs() < 1e-12, "{worker} {class} {sum}");
        }
    }
    assert!((found.class_prior.unwrap().iter().sum::<f64>() - 1.0).abs() < 1e-12);
}

#[test]
fn gold_helps() {
    let crowd = simulation::crowd(simulation::Crowd {
        tasks: 1000,
        workers: 100,
        skill: (0.3, 0.7),
        seed: 5,
        ..Default::default()
    });
    let votes = crowd.votes();
    let plain = aggregate("dawid-skene", &votes, &Options::default()).unwrap();
    let gold = (0..100).map(|task| (task, crowd.truth[task as usize])).collect();
    let helped = aggregate("dawid-skene", &votes, &Options { gold, ..Options::default() }).unwrap();
    assert!(crowd.accuracy(&helped.labels) > crowd.accuracy(&plain.labels));
}

#[test]
fn a_worker_counted_twice_does_not_move_a_unanimous_crowd() {
    let rows: Vec<Vote> = (0..40).flat_map(|task| (0..3).map(move |worker| (task, worker, task % 2))).collect();
    let doubled: Vec<Vote> =
        rows.iter().copied().chain(rows.iter().filter(|r| r.1 == 0).map(|r| (r.0, 3, r.2))).collect();
    let one = aggregate("dawid-skene", &Votes::new(40, 3, 2, &rows).unwrap(), &Options::default()).unwrap();
    let two = aggregate("dawid-skene", &Votes::new(40, 4, 2, &doubled).unwrap(), &Options::default()).unwrap();
    assert_eq!(one.labels, two.labels);
    assert!((two.skills[0] - two.skills[3]).abs() < 1e-12);
}

#[test]
fn given_priors_stay() {
    let votes = Votes::new(1, 2, 2, &[(0, 0, 0), (0, 1, 1)]).unwrap();
    let with = |prior| aggregate("dawid-skene", &votes, &Options { prior, ..Options::default() });
    assert_eq!(with(ClassPrior::Given(vec![0.9, 0.1])).unwrap().class_prior, Some(vec![0.9, 0.1]));
    assert!(with(ClassPrior::Given(vec![0.9])).is_err());
    assert_eq!(with(ClassPrior::Even).unwrap().class_prior, Some(vec![0.5, 0.5]));
}
