//! One thing that is wrong with what was sent: where, what kind, and a sentence that helps to mend it.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// Where, as a JSON pointer (RFC 6901) into the document that was sent.
    pub pointer: String,
    /// A stable word for programs.
    pub code: String,
    /// A sentence for people.
    pub message: String,
}

impl Problem {
    pub fn new(pointer: impl Into<String>, code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code: code.into(), message: message.into() }
    }
}

/// Collects problems under a common pointer; stops at a limit, so that a hostile document cannot make a huge answer.
pub(crate) struct Problems {
    found: Vec<Problem>,
}

const PROBLEMS_MAXIMUM: usize = 100;

impl Problems {
    pub fn new() -> Self {
        Self { found: Vec::new() }
    }

    pub fn add(&mut self, pointer: impl Into<String>, code: &str, message: impl Into<String>) {
        if self.found.len() < PROBLEMS_MAXIMUM {
            self.found.push(Problem::new(pointer, code, message));
        }
    }

    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub fn into_vec(self) -> Vec<Problem> {
        self.found
    }
}

/// Escapes one segment of a JSON pointer.
pub(crate) fn segment(text: &str) -> String {
    text.replace('~', "~0").replace('/', "~1")
}
