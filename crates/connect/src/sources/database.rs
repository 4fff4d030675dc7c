//! Rows of somebody's database: PostgreSQL over the guard, or a file of SQLite that is opened for reading. The query is its
//! user's; it runs in a transaction that cannot write, within a time, and its rows are streamed into a file of JSON Lines.
//! With a column that grows (a time, a number) only what came since is taken.

mod encrypted;
mod postgres;
mod sqlite;

use super::{
    Gauge, SourceError,
    rows::{Added, Counts, Rows},
};
use crate::Fetcher;
use serde_json::{Map, Value};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

const QUERY_BYTES_MAXIMUM: usize = 64 << 10;

/// Which database.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    /// `postgres://user:password@host/name`.
    Postgres(String),
    Sqlite(PathBuf),
}

/// Which rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// One SELECT.
    pub query: String,
    /// The column by which a row is known; all values without one.
    pub key: Option<String>,
    /// The column that grows.
    pub cursor: Option<String>,
    /// Its value up to which rows were taken.
    pub since: Option<String>,
    pub most_rows: u64,
    pub most_bytes: u64,
    /// For all of it.
    pub time: Duration,
}

/// What came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pulled {
    pub counts: Counts,
    /// Where to go on next time.
    pub cursor: Option<String>,
    /// There were more than were to be brought.
    pub is_cut: bool,
}

impl Wanted {
    /// # Errors
    /// Which part is wrong (`query`, `cursor`), and how.
    pub fn check(&self) -> Result<(), (&'static str, String)> {
        let query = self.query();
        if query.is_empty() || query.len() > QUERY_BYTES_MAXIMUM {
            return Err(("query", format!("give one SELECT of at most {QUERY_BYTES_MAXIMUM} bytes")));
        }
        let word = query.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default().to_ascii_lowercase();
        if !matches!(word.as_str(), "select" | "with" | "values" | "table") {
            return Err(("query", "only a SELECT can be asked".to_owned()));
        }
        if query.contains('\0') {
            return Err(("query", "it holds a NUL character".to_owned()));
        }
        Ok(())
    }

    fn query(&self) -> &str {
        self.query.trim().trim_end_matches(';').trim_end()
    }
}

/// Brings rows into a file; those that it holds are not taken twice.
///
/// # Errors
/// When the database refuses, cannot be reached or takes too long, when the query is none that only reads, or the disk is
/// full.
pub async fn bring(
    fetcher: &Fetcher,
    database: &Database,
    wanted: &Wanted,
    to: &Path,
    gauge: &Gauge,
) -> Result<Pulled, SourceError> {
    wanted.check().map_err(|(part, message)| SourceError::Refused(format!("{part}: {message}")))?;
    let disk = |error| SourceError::Disk(to.display().to_string(), error);
    let rows = Rows::open(to, wanted.key.as_deref(), (wanted.most_rows, wanted.most_bytes)).map_err(disk)?;
    let intake = Intake {
        rows,
        to: to.to_owned(),
        cursor: wanted.since.clone(),
        first: None,
        is_cut: false,
        gauge: gauge.clone(),
    };
    match database {
        Database::Postgres(url) => postgres::pull(fetcher, url, wanted, intake).await,
        Database::Sqlite(path) => sqlite::pull(path, wanted, intake).await,
    }
}

/// Where the rows of a query go.
struct Intake {
    rows: Rows,
    to: PathBuf,
    cursor: Option<String>,
    first: Option<String>,
    is_cut: bool,
    gauge: Gauge,
}

impl Intake {
    /// Takes a row with the value of its growing column; false when there is no room for it.
    fn take(&mut self, row: Map<String, Value>, cursor: Option<String>) -> Result<bool, SourceError> {
        let added = self.rows.add(row).map_err(|error| SourceError::Disk(self.to.display().to_string(), error))?;
        if added == Added::Full {
            self.is_cut = true;
            return Ok(false);
        }
        if added == Added::New {
            self.gauge.add(1);
        }
        if cursor.is_some() {
            self.first = self.first.take().or_else(|| cursor.clone());
            self.cursor = cursor;
        }
        Ok(true)
    }

    fn finish(self, wanted: &Wanted) -> Result<Pulled, SourceError> {
        if self.is_cut && wanted.cursor.is_some() && wanted.since.is_some() && self.cursor == wanted.since {
            let message = "more rows than the limit have the same value in the growing column; raise the limit";
            return Err(SourceError::Refused(message.to_owned()));
        }
        let counts = self.rows.finish().map_err(|error| SourceError::Disk(self.to.display().to_string(), error))?;
        Ok(Pulled { counts, cursor: self.cursor, is_cut: self.is_cut })
    }
}

/// A name as both databases write it; nothing in it can end it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Names that come twice, or are not there.
fn named(columns: &[String], wanted: &Wanted) -> Result<(), SourceError> {
    for (index, name) in columns.iter().enumerate() {
        if columns[..index].contains(name) {
            return Err(SourceError::Refused(format!(
                "two columns are called {name:?}; give one another name with AS"
            )));
        }
    }
    for (place, name) in [("key", &wanted.key), ("cursor", &wanted.cursor)] {
        if let Some(name) = name.as_ref().filter(|name| !columns.contains(name)) {
            let known = columns.join(", ");
            return Err(SourceError::Refused(format!("{place}: there is no column {name:?}; there are {known}")));
        }
    }
    Ok(())
}
