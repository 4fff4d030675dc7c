//! What an export could not carry: counted, with the first places.

use serde::{Deserialize, Serialize};
use std::{cell::RefCell, collections::BTreeMap};

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

/// Collects losses while a writer runs. Shared between what prepares the items and what writes them.
#[derive(Debug, Default)]
pub(crate) struct Losses {
    found: RefCell<BTreeMap<&'static str, Loss>>,
}

impl Losses {
    pub fn add(&self, code: &'static str, message: &str, key: &str) {
        self.add_some(code, message, key, 1);
    }

    pub fn add_some(&self, code: &'static str, message: &str, key: &str, count: usize) {
        if count == 0 {
            return;
        }
        let mut found = self.found.borrow_mut();
        let loss = found.entry(code).or_insert_with(|| Loss {
            code: code.to_owned(),
            message: message.to_owned(),
            count: 0,
            places: Vec::new(),
        });
        loss.count += count as u64;
        if loss.places.len() < PLACES_MAXIMUM && loss.places.last().is_none_or(|last| last != key) {
            loss.places.push(key.to_owned());
        }
    }

    pub fn report(self) -> LossReport {
        LossReport { losses: self.found.into_inner().into_values().collect() }
    }
}
