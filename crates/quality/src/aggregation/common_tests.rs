//! What must hold for every method of the registry: no order, no names, no crash, honest paths.

#![allow(clippy::unwrap_used)]
use super::{Aggregation, METHODS, NONE, Options, Vote, Votes, aggregate, simulation};
use proptest::prelude::*;

fn options(rows: &[Vote]) -> Options {
    // Some gold, for the method that cannot do without it.
    Options {
        gold: rows.first().map(|(task, _, label)| (*task, *label)).into_iter().collect(),
        restarts: 2,
        ..Options::default()
    }
}

fn run(id: &str, votes: &Votes, options: &Options) -> Result<Aggregation, super::AggregationError> {
    let uses_gold = super::method(id).is_ok_and(|method| method.uses_gold);
    let options = if uses_gold { options.clone() } else { Options { gold: Vec::new(), ..options.clone() } };
    aggregate(id, votes, &options)
}

fn check(id: &str, votes: &Votes, found: &Aggregation) {
    assert_eq!(found.labels.len(), votes.tasks(), "{id}");
    assert_eq!(found.skills.len(), votes.workers(), "{id}");
    assert!(found.skills.iter().all(|skill| skill.is_finite()), "{id}: {:?}", found.skills);
    assert_eq!(found.probabilities.len(), votes.tasks() * votes.classes(), "{id}");
    for row in found.probabilities.chunks_exact(votes.classes().max(1)) {
        assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{id}: {row:?}");
        assert!(row.iter().all(|p| (0.0..=1.0 + 1e-12).contains(p)), "{id}: {row:?}");
    }
    for pair in found.path.windows(2) {
        assert!(pair[1] >= pair[0] - 1e-7 * pair[0].abs().max(1.0), "{id} falls: {:?}", found.path);
    }
}

#[test]
fn every_method_finds_most_truths_and_no_worse_than_guessing_workers() {
    for method in METHODS {
        let classes = if method.id == "kos" { 2 } else { 4 };
        let crowd = simulation::crowd(simulation::Crowd { classes, tasks: 800, per_task: 7, ..Default::default() });
        let votes = crowd.votes();
        let mut options = options(&[]);
        options.gold = (0..80).map(|task| (task, crowd.truth[task as usize])).collect();
        let found = run(method.id, &votes, &options).unwrap();
        check(method.id, &votes, &found);
        let accuracy = crowd.accuracy(&found.labels);
        assert!(accuracy > 0.9, "{} {accuracy}", method.id);
        // Spammers come first in the simulation: they must rank below the others.
        let spammers = 6;
        let worst = |skills: &[f64]| skills.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mean = found.skills[spammers..].iter().sum::<f64>() / (found.skills.len() - spammers) as f64;
        assert!(worst(&found.skills[..spammers]) < mean, "{} {:?}", method.id, found.skills);
    }
}

#[test]
fn hostile_inputs_have_an_answer() {
    let cases: [(usize, usize, usize, Vec<Vote>); 6] = [
        (0, 0, 0, vec![]),
        (3, 2, 2, vec![]),
        (1, 1, 1, vec![(0, 0, 0)]),
        (3, 1, 2, vec![(0, 0, 0), (1, 0, 1)]),
        (2, 2, 1, vec![(0, 0, 0), (1, 1, 0)]),
        (500, 500, 3, (0..500).map(|n| (n, n, n % 3)).collect()),
    ];
    for (tasks, workers, classes, rows) in cases {
        let votes = Votes::new(tasks, workers, classes, &rows).unwrap();
        for method in METHODS {
            match run(method.id, &votes, &options(&rows)) {
                Ok(found) => {
                    check(method.id, &votes, &found);
                    for task in 0..tasks {
                        let silent = votes.of_task(task).is_empty();
                        assert_eq!(found.labels[task] == NONE, silent, "{} task {task}", method.id);
                    }
                }
                Err(error) => assert!(
                    matches!(
                        error,
                        super::AggregationError::NotBinary { .. } | super::AggregationError::NeedsGold { .. }
                    ),
                    "{} {error}",
                    method.id
                ),
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn order_and_names_do_not_matter(seed in 0..1000_u64, classes in 2..4_usize) {
        let crowd = simulation::crowd(simulation::Crowd { tasks: 60, workers: 9, classes, seed, ..Default::default() });
        let votes = crowd.votes();
        let mut turned = crowd.rows.clone();
        turned.reverse();
        turned.rotate_left(seed as usize % 50);
        let turned = Votes::new(60, 9, classes, &turned).unwrap();
        // Workers renamed: numbered from the other end.
        let renamed: Vec<Vote> = crowd.rows.iter().map(|(t, w, l)| (*t, 8 - w, *l)).collect();
        let renamed = Votes::new(60, 9, classes, &renamed).unwrap();
        for method in METHODS.iter().filter(|method| method.id != "kos" || classes == 2) {
            let options = Options { gold: vec![(0, crowd.truth[0])], restarts: 2, ..Options::default() };
            let plain = run(method.id, &votes, &options).unwrap();
            prop_assert_eq!(&plain, &run(method.id, &turned, &options).unwrap(), "{}", method.id);
            // What is drawn at random goes by the workers' order; everything else must follow the names.
            if !matches!(method.id, "kos" | "mace") {
                let other = run(method.id, &renamed, &options).unwrap();
                for (one, other) in plain.skills.iter().zip(other.skills.iter().rev()) {
                    prop_assert!((one - other).abs() < 1e-4, "{}: {one} {other}", method.id);
                }
            }
        }
    }

    #[test]
    fn two_files_apart_are_one_together(seed in 0..1000_u64) {
        // Two crowds with nothing in common: each majority is its own.
        let one = simulation::crowd(simulation::Crowd { tasks: 30, workers: 6, seed, ..Default::default() });
        let other = simulation::crowd(simulation::Crowd { tasks: 30, workers: 6, seed: seed + 7, ..Default::default() });
        let both: Vec<Vote> = one.rows.iter().copied().chain(other.rows.iter().map(|(t, w, l)| (t + 30, w + 6, *l))).collect();
        let both = Votes::new(60, 12, 4, &both).unwrap();
        for id in ["majority-vote", "wawa"] {
            let together = run(id, &both, &Options::default()).unwrap();
            let apart = [run(id, &one.votes(), &Options::default()).unwrap(), run(id, &other.votes(), &Options::default()).unwrap()];
            prop_assert_eq!(&together.labels[..30], &apart[0].labels[..]);
            prop_assert_eq!(&together.labels[30..], &apart[1].labels[..]);
            prop_assert_eq!(&together.skills[6..], &apart[1].skills[..]);
        }
    }
}
