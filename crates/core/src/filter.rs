//! The language that finds tasks: a closed list of tests, joined with `and`, `or`, `not` and parentheses.
//!
//! ```text
//! status:done class:car agreement<0.6          everything that stands side by side must hold
//! (field.mood:good or field.mood:bad) not flagged:yes
//! text~"out of stock" labeler:"Ada Lovelace" updated>=2026-01-31 class.car>=3 meta.city:Oslo
//! ```
//!
//! A test is a name, an operator (`:` or `=` for equal, `!=`, `<`, `<=`, `>`, `>=`, `~` for contains) and a value; a value
//! with spaces stands in double quotes. What is not in [`Test`] cannot be asked, so that a filter reaches no other data.

mod item;
mod parse;

pub use item::{ItemFilter, Look};
pub use parse::parse;

use crate::Timestamp;

/// Longest filter, in bytes.
pub const FILTER_BYTES_MAXIMUM: usize = 4096;
/// Most tests in one filter.
pub const TESTS_MAXIMUM: usize = 64;

#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// All of them; an empty list holds always.
    All(Vec<Filter>),
    /// At least one of them.
    Any(Vec<Filter>),
    Not(Box<Filter>),
    Test(Test),
}

impl Filter {
    /// Does it hold for every task, because it asks for nothing?
    pub fn is_everything(&self) -> bool {
        matches!(self, Self::All(parts) if parts.is_empty())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    Equal,
    Different,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// How a text is looked at: whole, or a part of it without regard to the case of ASCII letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Words {
    Equal(String),
    Contains(String),
}

/// One question about a task.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// `open`, `labeled`, `in_review` or `done`.
    Status(String),
    Key(Words),
    /// The text of the item itself.
    Text(String),
    /// Metadata of the item under this key.
    Metadata {
        key: String,
        value: Words,
    },
    /// Somebody used the class.
    Class(String),
    /// Somebody's answer has so many regions of the class.
    ClassCount {
        class: String,
        compare: Compare,
        count: i64,
    },
    /// Somebody answered the field so.
    Field {
        field: String,
        value: Words,
    },
    FieldNumber {
        field: String,
        compare: Compare,
        number: f64,
    },
    /// Somebody with this name or e-mail address answered.
    Labeler(String),
    /// Mean agreement of each two answers, 0 to 1; false for tasks with fewer than two answers.
    Agreement(Compare, f64),
    /// Answers that were submitted.
    Answers(Compare, i64),
    Priority(Compare, i64),
    Updated(Compare, Timestamp),
    Flagged(bool),
    Commented(bool),
    /// One of the tasks that somebody put together, by the number of the slice.
    Slice(i64),
}

/// What a list of tasks is ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SortKey {
    /// As the tasks were made.
    #[default]
    Id,
    Updated,
    /// Tasks without agreement come first.
    Agreement,
    Priority,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sort {
    pub key: SortKey,
    pub descending: bool,
}

impl Sort {
    /// `id`, `updated`, `agreement` or `priority`, with `-` before it for the largest first.
    pub fn parse(text: &str) -> Option<Self> {
        let (descending, name) = text.strip_prefix('-').map_or((false, text), |name| (true, name));
        let key = match name {
            "id" => SortKey::Id,
            "updated" => SortKey::Updated,
            "agreement" => SortKey::Agreement,
            "priority" => SortKey::Priority,
            _ => return None,
        };
        Some(Self { key, descending })
    }
}
