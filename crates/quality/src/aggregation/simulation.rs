//! Seeded crowds with known truth, for tests.

use super::{NONE, Vote, Votes};
use crate::statistics::random::Random;

#[derive(Debug, Clone, Copy)]
pub struct Crowd {
    pub tasks: usize,
    pub workers: usize,
    pub classes: usize,
    pub per_task: usize,
    /// Skills are even between these.
    pub skill: (f64, f64),
    /// This share of workers answers at random.
    pub spammers: f64,
    pub seed: u64,
}

impl Default for Crowd {
    fn default() -> Self {
        Self { tasks: 500, workers: 30, classes: 4, per_task: 5, skill: (0.5, 0.95), spammers: 0.2, seed: 1 }
    }
}

pub struct Found {
    pub crowd: Crowd,
    pub rows: Vec<Vote>,
    pub truth: Vec<u32>,
}

pub fn crowd(crowd: Crowd) -> Found {
    let mut random = Random::new(crowd.seed);
    let skills: Vec<f64> = (0..crowd.workers)
        .map(|worker| {
            let skill = crowd.skill.0 + (crowd.skill.1 - crowd.skill.0) * random.unit();
            let spams = (worker as f64) < crowd.spammers * crowd.workers as f64;
            if spams { 1.0 / crowd.classes as f64 } else { skill }
        })
        .collect();
    let (mut rows, mut truth) = (Vec::new(), Vec::new());
    for task in 0..crowd.tasks {
        let class = random.below(crowd.classes);
        truth.push(class as u32);
        let mut chosen = Vec::new();
        while chosen.len() < crowd.per_task.min(crowd.workers) {
            let worker = random.below(crowd.workers);
            if !chosen.contains(&worker) {
                chosen.push(worker);
            }
        }
        for worker in chosen {
            let right = random.unit() < skills[worker];
            let other = (class + 1 + random.below(crowd.classes - 1)) % crowd.classes;
            rows.push((task as u32, worker as u32, if right { class } else { other } as u32));
        }
    }
    Found { crowd, rows, truth }
}

impl Found {
    #[allow(clippy::unwrap_used)]
    pub fn votes(&self) -> Votes {
        Votes::new(self.crowd.tasks, self.crowd.workers, self.crowd.classes, &self.rows).unwrap()
    }

    pub fn accuracy(&self, labels: &[u32]) -> f64 {
        let right = labels.iter().zip(&self.truth).filter(|(label, class)| label == class && **label != NONE).count();
        right as f64 / self.truth.len() as f64
    }
}
