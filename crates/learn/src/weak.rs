//! Many weak votes on each row (labeling functions) made into probabilities. -1 is an abstention.

mod copies;
pub mod majority;
pub mod model;
pub mod votes;

use crate::LearnError;
pub use votes::{Report, VoteMatrix};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Method {
    pub id: &'static str,
    pub title: &'static str,
}

pub const METHODS: &[Method] = &[
    Method {
        id: "auto",
        title: "the model where it explains the votes better than the majority does, with copies counted once",
    },
    Method { id: "majority", title: "shares of the votes" },
    Method {
        id: "dawid-skene",
        title: "accuracies by class of each function, by expectation maximisation (Dawid and Skene 1979)",
    },
];

pub fn method(name: &str) -> Result<Method, LearnError> {
    METHODS.iter().copied().find(|method| method.id == name).ok_or_else(|| LearnError::Unknown {
        what: "method",
        name: name.into(),
        names: METHODS.iter().map(|method| method.id).collect::<Vec<_>>().join(", "),
    })
}

/// What came out.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Rows x classes.
    pub probabilities: Vec<f64>,
    /// Shares of the classes: what a row without votes gets.
    pub prior: Vec<f64>,
    /// Estimated accuracy of each function when it votes; None of one that never does.
    pub accuracies: Vec<Option<f64>>,
    pub notes: Vec<String>,
}

/// Probabilities of every row.
pub fn label(votes: &VoteMatrix, method: Method) -> Found {
    match method.id {
        "majority" => majority::majority(votes),
        "dawid-skene" => model::dependent(votes),
        _ => model::auto(votes),
    }
}
