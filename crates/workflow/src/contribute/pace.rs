//! How often something may be done from outside: counted in windows of a minute, in memory. A restart forgives, and a fleet
//! counts per server, which only multiplies the little that is let through by the number of servers.

use crate::{Error, Result};
use labelwright_core::Timestamp;
use std::{collections::HashMap, sync::Mutex};

const WINDOW_SECONDS: i64 = 60;
/// So many that are counted at once are an attack: those of past windows are forgotten, then all of them.
const COUNTED_MAXIMUM: usize = 50_000;

/// What is counted, each with how often it may be done in a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pace {
    /// Anything from one network address: many may share one.
    Address,
    /// Agreeing to terms, from one network address.
    Consent,
    /// Agreeing to the terms of one call.
    CallConsent,
    /// Giving, by one contributor.
    Give,
    /// Trying receipts, from one network address.
    Withdraw,
}

impl Pace {
    fn most(self) -> u32 {
        match self {
            Self::Address => 600,
            Self::Consent => 60,
            Self::CallConsent => 1200,
            Self::Give => 120,
            Self::Withdraw => 60,
        }
    }
}

#[derive(Default)]
pub struct Paces {
    windows: Mutex<HashMap<(Pace, String), (i64, u32)>>,
}

impl Paces {
    /// Counts one more. [`Error::TooMany`] says when to come back.
    pub fn take(&self, pace: Pace, who: &str, now: Timestamp) -> Result<()> {
        let Ok(mut windows) = self.windows.lock() else { return Ok(()) };
        let second = now.0.div_euclid(1_000_000);
        let window = second.div_euclid(WINDOW_SECONDS);
        if windows.len() >= COUNTED_MAXIMUM {
            windows.retain(|_, (begun, _)| *begun == window);
            if windows.len() >= COUNTED_MAXIMUM {
                windows.clear();
            }
        }
        let entry = windows.entry((pace, who.to_owned())).or_insert((window, 0));
        if entry.0 != window {
            *entry = (window, 0);
        }
        if entry.1 >= pace.most() {
            let left = WINDOW_SECONDS - second.rem_euclid(WINDOW_SECONDS);
            return Err(Error::TooMany { retry_after_seconds: left.max(1) as u64 });
        }
        entry.1 += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_has_so_many_and_the_next_one_as_many_again() {
        let (paces, at) = (Paces::default(), |seconds: i64| Timestamp(seconds * 1_000_000));
        for _ in 0..Pace::Give.most() {
            assert!(paces.take(Pace::Give, "a", at(61)).is_ok());
        }
        assert!(matches!(paces.take(Pace::Give, "a", at(70)), Err(Error::TooMany { retry_after_seconds: 50 })));
        assert!(paces.take(Pace::Give, "b", at(70)).is_ok());
        assert!(paces.take(Pace::Consent, "a", at(70)).is_ok());
        assert!(paces.take(Pace::Give, "a", at(120)).is_ok());
    }
}
