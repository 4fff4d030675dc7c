//! What an export could not carry: counted, with the first places.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One kind of loss.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loss {
    pub code: String,
    pub message: String,
    pub count: u64,
    /// Keys of the first items that it happened to.
    pub places: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LossReport {
    pub losses: Vec<Loss>,
}

const PLACES_MAXIMUM: usize = 20;

/// Collects losses while a writer runs.
#[derive(Debug, Default)]
pub(crate) struct Losses {
    found: BTreeMap<&'static str, Loss>,
}

impl Losses {
    pub fn add(&mut self, code: &'static str, message: &str, key: &str) {
        let loss = self.found.entry(code).or_insert_with(|| Loss {
            code: code.to_owned(),
            message: message.to_owned(),
            count: 0,
            places: Vec::new(),
        });
        loss.count += 1;
        if loss.places.len() < PLACES_MAXIMUM && loss.places.last().is_none_or(|last| last != key) {
            loss.places.push(key.to_owned());
        }
    }

    pub fn report(self) -> LossReport {
        LossReport { losses: self.found.into_values().collect() }
    }
}
