//! Slows down guessing: after a few failed sign-ins an address has to wait, longer each time. Kept in memory: a
//! restart forgives, and a fleet counts per server, which only multiplies the few tries by the number of servers.

use crate::{Error, Result};
use labelwright_core::Timestamp;
use std::{collections::HashMap, sync::Mutex};

const FREE_ATTEMPTS: u32 = 5;
const WAIT_SECONDS: u64 = 15;
const WAIT_MAXIMUM_SECONDS: u64 = 900;
/// So many addresses at once are an attack: the oldest are forgotten.
const ADDRESSES_MAXIMUM: usize = 10_000;

#[derive(Default)]
pub struct Attempts {
    failed: Mutex<HashMap<String, (u32, Timestamp)>>,
}

fn wait_seconds(failures: u32) -> u64 {
    let doubled = failures.saturating_sub(FREE_ATTEMPTS).min(10);
    (WAIT_SECONDS << doubled).min(WAIT_MAXIMUM_SECONDS)
}

impl Attempts {
    /// Refuses while the address has to wait.
    pub fn check(&self, address: &str, now: Timestamp) -> Result<()> {
        let Ok(failed) = self.failed.lock() else { return Ok(()) };
        let Some((count, last)) = failed.get(address) else { return Ok(()) };
        let passed = (now.0 - last.0).max(0) as u64 / 1_000_000;
        let wait = wait_seconds(*count);
        if *count >= FREE_ATTEMPTS && passed < wait {
            return Err(Error::TooMany { retry_after_seconds: wait - passed });
        }
        Ok(())
    }

    pub fn failed(&self, address: &str, now: Timestamp) {
        let Ok(mut failed) = self.failed.lock() else { return };
        if failed.len() >= ADDRESSES_MAXIMUM
            && let Some(oldest) = failed.iter().min_by_key(|(_, (_, at))| *at).map(|(name, _)| name.clone())
        {
            failed.remove(&oldest);
        }
        let entry = failed.entry(address.to_owned()).or_insert((0, now));
        *entry = (entry.0 + 1, now);
    }

    pub fn succeeded(&self, address: &str) {
        if let Ok(mut failed) = self.failed.lock() {
            failed.remove(address);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_tries_are_free_then_it_gets_slow_and_success_forgives() {
        let (attempts, at) = (Attempts::default(), |seconds: i64| Timestamp(seconds * 1_000_000));
        for _ in 0..FREE_ATTEMPTS {
            assert!(attempts.check("a", at(0)).is_ok());
            attempts.failed("a", at(0));
        }
        assert!(matches!(attempts.check("a", at(1)), Err(Error::TooMany { retry_after_seconds: 14 })));
        assert!(attempts.check("b", at(1)).is_ok());
        assert!(attempts.check("a", at(16)).is_ok());
        attempts.failed("a", at(16));
        assert!(attempts.check("a", at(40)).is_err());
        attempts.succeeded("a");
        assert!(attempts.check("a", at(40)).is_ok());
    }
}
