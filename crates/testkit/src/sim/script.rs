//! A seeded list of operations without faults, to be told to the model and to a real store alike.

use super::protocol::{Answering, LabelStore, Outcome};
use labelwright_store::seats::Lease;
use rand::{Rng, SeedableRng, rngs::StdRng};

#[derive(Debug, Clone, Copy)]
pub enum Op {
    Claim {
        labeler: i64,
        count: u32,
    },
    /// `nth` picks one of the leases that were given so far, modulo their number; also one that is long gone.
    Renew {
        nth: usize,
    },
    Release {
        nth: usize,
    },
    Skip {
        nth: usize,
    },
    Submit {
        nth: usize,
        mood: &'static str,
    },
    /// A newer answer to what was submitted; `stale` names a parent that is not the head.
    Revise {
        nth: usize,
        mood: &'static str,
        stale: bool,
    },
    /// An earlier request once more, as it was or with another body.
    Again {
        nth: usize,
        other: bool,
    },
    SetOverlap(u32),
    PassSeconds(i64),
}

pub fn script(seed: u64, labelers: i64, length: usize) -> Vec<Op> {
    let mut dice = StdRng::seed_from_u64(seed);
    let mut ops = Vec::with_capacity(length);
    for _ in 0..length {
        let nth = dice.random_range(0..1000);
        let mood = if dice.random_bool(0.5) { "good" } else { "bad" };
        ops.push(match dice.random_range(0..20) {
            0..=5 => Op::Claim { labeler: dice.random_range(1..=labelers), count: dice.random_range(1..=3) },
            6 => Op::Renew { nth },
            7 => Op::Release { nth },
            8 => Op::Skip { nth },
            9..=12 => Op::Submit { nth, mood },
            13 => Op::Revise { nth, mood, stale: dice.random_bool(0.3) },
            14 => Op::Again { nth, other: dice.random_bool(0.5) },
            15 => Op::SetOverlap(dice.random_range(1..=4)),
            _ => Op::PassSeconds(dice.random_range(1..50)),
        });
    }
    ops
}

/// Plays operations on a store and remembers what its clients would.
pub struct Player {
    leases: Vec<(i64, Lease)>,
    sent: Vec<Answering>,
    stored: Vec<(Answering, i64)>,
    now: i64,
    keys: u32,
}

impl Player {
    pub fn new(start: i64) -> Self {
        Self { leases: Vec::new(), sent: Vec::new(), stored: Vec::new(), now: start, keys: 0 }
    }

    /// Does one operation; what came out, as text to be compared.
    ///
    /// # Errors
    /// What the store could not do.
    pub fn play(&mut self, op: Op, store: &mut dyn LabelStore) -> Result<String, String> {
        let lease = |nth: usize| (!self.leases.is_empty()).then(|| self.leases[nth % self.leases.len()].clone());
        match op {
            Op::Claim { labeler, count } => {
                let leases = store.claim(labeler, count, self.now)?;
                let text = format!("{leases:?}");
                self.leases.extend(leases.into_iter().map(|lease| (labeler, lease)));
                Ok(text)
            }
            Op::Renew { nth } => match lease(nth) {
                Some((labeler, lease)) => Ok(store.renew(&lease, labeler, self.now + 60_000_000)?.to_string()),
                None => Ok(String::new()),
            },
            Op::Release { nth } => match lease(nth) {
                Some((labeler, lease)) => Ok(store.release(&lease, labeler)?.to_string()),
                None => Ok(String::new()),
            },
            Op::Skip { nth } => match lease(nth) {
                Some((labeler, lease)) => Ok(store.skip(&lease, labeler, self.now)?.to_string()),
                None => Ok(String::new()),
            },
            Op::Submit { nth, mood } => match lease(nth) {
                Some((labeler, lease)) => {
                    let (task, epoch) = (lease.task.0, lease.epoch);
                    self.send(task, labeler, epoch, None, mood, store)
                }
                None => Ok(String::new()),
            },
            Op::Revise { nth, mood, stale } => {
                if self.stored.is_empty() {
                    return Ok(String::new());
                }
                let (before, revision) = self.stored[nth % self.stored.len()].clone();
                let parent = Some(if stale { revision + 7 } else { revision });
                self.send(before.task, before.labeler, before.epoch, parent, mood, store)
            }
            Op::Again { nth, other } => {
                if self.sent.is_empty() {
                    return Ok(String::new());
                }
                let mut again = self.sent[nth % self.sent.len()].clone();
                if other {
                    again.mood = if again.mood == "good" { "bad" } else { "good" };
                }
                Ok(format!("{:?}", store.submit(&again, self.now)?))
            }
            Op::SetOverlap(overlap) => store.set_overlap(overlap).map(|()| String::new()),
            Op::PassSeconds(seconds) => {
                self.now += seconds * 1_000_000;
                Ok(String::new())
            }
        }
    }

    fn send(
        &mut self,
        task: i64,
        labeler: i64,
        epoch: i64,
        parent: Option<i64>,
        mood: &'static str,
        store: &mut dyn LabelStore,
    ) -> Result<String, String> {
        self.keys += 1;
        let answering = Answering { task, labeler, epoch, parent, mood, key: format!("key-{}", self.keys) };
        self.sent.push(answering.clone());
        let outcome = store.submit(&answering, self.now)?;
        if let Outcome::Stored(submitted) = &outcome {
            self.stored.push((answering, submitted.revision));
        }
        Ok(format!("{outcome:?}"))
    }
}
