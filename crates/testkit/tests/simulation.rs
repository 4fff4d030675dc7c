//! The simulator finds every planted bug and none where there is none, and the model it runs on is what the real
//! stores do.
#![allow(clippy::unwrap_used)]

use labelwright_core::Timestamp;
use labelwright_store::{Database, Store};
use labelwright_testkit::{
    TestPostgres,
    facts::{Facts, TaskFacts},
    invariants,
    sim::{self, LabelStore, Model, Planted, Player, RealStore, Report},
    world::{self, Size},
};
use labelwright_workflow::clock::Clock;

/// `LABELWRIGHT_SEEDS` sets how many; a failing seed is added to [`KNOWN`].
fn seeds() -> u64 {
    std::env::var("LABELWRIGHT_SEEDS").ok().and_then(|text| text.parse().ok()).unwrap_or(3_000)
}

/// Seeds that once found something.
const KNOWN: &[u64] = &[87, 260];

#[test]
fn without_a_planted_bug_nothing_is_found() {
    let mut total = Report::default();
    for seed in (0..seeds()).chain(KNOWN.iter().copied()) {
        match sim::run(seed, None) {
            Ok(report) => {
                total.submits += report.submits;
                total.store_calls += report.store_calls;
                total.faults += report.faults;
                total.crashes += report.crashes;
            }
            Err(found) => panic!("{found}"),
        }
    }
    println!("{} seeds: {total:?}", seeds());
    assert!(total.store_calls > 20 * seeds() && total.faults > seeds() && total.crashes > seeds());
}

#[test]
fn every_planted_bug_is_found() {
    for planted in Planted::ALL {
        let found = (0..seeds()).find_map(|seed| sim::run(seed, Some(planted)).err());
        let found = found.unwrap_or_else(|| panic!("{planted:?} was not found in {} seeds", seeds()));
        println!("{planted:?}: {found}");
    }
}

#[test]
fn a_seed_always_gives_the_same_run() {
    for seed in 0..20 {
        let once = sim::run(seed, Some(Planted::CountThenClaim));
        assert_eq!(once, sim::run(seed, Some(Planted::CountThenClaim)));
    }
}

const START: i64 = 1_800_000_000_000_000;

/// One script told to the model and to a real store: the same answers and the same facts after every step.
fn differ(database: &Database, folder: &std::path::Path, seed: u64) {
    let (labelers, tasks, overlap) = (2 + (seed % 4) as i64, 1 + (seed % 5) as i64, 1 + (seed % 3) as u32);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (store, world) = runtime.block_on(async {
        let store = Store::open(database).await.unwrap();
        let workflow = world::workflow(store.clone(), folder, Clock::manual(Timestamp(START))).unwrap();
        let size = Size { labelers: labelers as usize, tasks, overlap, lease_seconds: 60 };
        (store, world::build(&workflow, size).await.unwrap())
    });
    let mut real = RealStore::new(runtime, store, world, overlap).unwrap();
    let mut model = Model::new(tasks, overlap, None);
    let (mut ours, mut theirs) = (Player::new(START), Player::new(START));
    for (step, op) in sim::script(seed, labelers, 120).into_iter().enumerate() {
        let expected = ours.play(op, &mut model);
        let got = theirs.play(op, &mut real);
        let sqlite = matches!(database, Database::Sqlite { .. });
        assert_eq!(shape(&expected.unwrap(), sqlite), shape(&got.unwrap(), sqlite), "seed {seed} step {step}: {op:?}");
        if step % 10 == 9 {
            let facts = real.facts().unwrap();
            assert_eq!(invariants::check(&facts), [], "seed {seed} step {step}");
            let seats = |facts: &Facts| {
                let of_task = |task: &TaskFacts| {
                    let mut seats: Vec<_> = task
                        .seats
                        .iter()
                        .map(|seat| {
                            (
                                sqlite.then_some((seat.slot, seat.epoch)),
                                seat.labeler,
                                seat.until,
                                format!("{:?}", seat.state),
                            )
                        })
                        .collect();
                    seats.sort();
                    (task.state.clone(), seats)
                };
                facts.tasks.iter().map(of_task).collect::<Vec<_>>()
            };
            assert_eq!(seats(&model.facts().unwrap()), seats(&facts), "seed {seed} step {step}");
        }
    }
}

/// A text without hashes, which cover the author's number in the database; and without slots and epochs, where the
/// database may pick any of several open seats of a task.
fn shape(text: &str, exact: bool) -> String {
    let plain: String = text.split('"').filter(|part| part.len() != 64).collect();
    if exact {
        return plain;
    }
    let words = plain.split(", ").filter(|word| !word.starts_with("slot: ") && !word.starts_with("epoch: "));
    words.collect::<Vec<_>>().join(", ")
}

#[test]
fn the_model_and_sqlite_agree_step_by_step() {
    for seed in 0..40 {
        let folder = tempfile::tempdir().unwrap();
        differ(&Database::Sqlite { path: folder.path().join("test.sqlite") }, folder.path(), seed);
    }
}

#[test]
fn the_model_and_postgres_agree_step_by_step() {
    for seed in 0..4 {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let Some(url) = runtime.block_on(TestPostgres::database()) else { return };
        differ(&Database::Postgres { url, connections: 2 }, folder.path(), seed);
    }
}
