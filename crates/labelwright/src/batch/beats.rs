//! How far a command is, for a program that runs it: a number a line, a few times a second.

use std::time::{Duration, Instant};

const BETWEEN: Duration = Duration::from_millis(200);

#[derive(Default)]
pub struct Beats {
    /// None where nobody listens.
    last: Option<Instant>,
}

impl Beats {
    pub fn new(wanted: bool) -> Self {
        Self { last: wanted.then(Instant::now) }
    }

    pub fn tell(&mut self, done: u64) {
        if let Some(last) = self.last.as_mut().filter(|last| last.elapsed() >= BETWEEN) {
            println!("{done}");
            *last = Instant::now();
        }
    }
}
