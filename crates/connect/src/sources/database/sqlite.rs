//! A file of SQLite, opened for reading: statements that are not reading are refused before they run.

use super::{Intake, Pulled, Wanted, named, quoted};
use crate::sources::SourceError;
use rusqlite::{
    Connection, ErrorCode, OpenFlags,
    hooks::{AuthAction, Authorization},
    types::{Value as Cell, ValueRef},
};
use serde_json::{Map, Value};
use std::{path::Path, time::Instant};

/// Steps of SQLite's machine between two looks at the clock.
const STEPS: i32 = 10_000;

pub async fn pull(path: &Path, wanted: &Wanted, intake: Intake) -> Result<Pulled, SourceError> {
    let (path, wanted) = (path.to_owned(), wanted.clone());
    let place = name(&path);
    let work = tokio::task::spawn_blocking(move || read(&path, &wanted, intake));
    work.await.map_err(|_| SourceError::Refused(format!("{place}: reading broke off")))?
}

/// The folder of an operator's file is nobody's business.
fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn read(path: &Path, wanted: &Wanted, mut intake: Intake) -> Result<Pulled, SourceError> {
    let wrong = |error: rusqlite::Error| refused(&name(path), &error);
    let mut connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .map_err(wrong)?;
    let ends = Instant::now() + wanted.time;
    connection.progress_handler(STEPS, Some(move || Instant::now() > ends)).map_err(wrong)?;
    // Neither other files nor settings nor functions of extensions can be reached.
    let permitted = |action: &AuthAction<'_>| {
        matches!(
            action,
            AuthAction::Select | AuthAction::Read { .. } | AuthAction::Function { .. } | AuthAction::Recursive
        )
    };
    let guard = move |context: rusqlite::hooks::AuthContext<'_>| {
        if permitted(&context.action) { Authorization::Allow } else { Authorization::Deny }
    };
    connection.authorizer(Some(guard)).map_err(wrong)?;
    let query = wanted.query();
    let columns: Vec<String> = {
        let statement = connection.prepare(&format!("SELECT * FROM (\n{query}\n) AS q LIMIT 0")).map_err(wrong)?;
        statement.column_names().map(str::to_owned).collect()
    };
    named(&columns, wanted)?;
    let mut text = format!("SELECT * FROM (\n{query}\n) AS q");
    if let Some(cursor) = &wanted.cursor {
        let cursor = quoted(cursor);
        if wanted.since.is_some() {
            text.push_str(&format!(" WHERE q.{cursor} >= ?1"));
        }
        text.push_str(&format!(" ORDER BY q.{cursor}"));
    }
    let mut statement = connection.prepare(&text).map_err(wrong)?;
    let place = wanted.cursor.as_ref().and_then(|name| columns.iter().position(|column| column == name));
    let since: Vec<Cell> = wanted.since.iter().filter(|_| place.is_some()).map(|text| cell(text)).collect();
    let mut rows = statement.query(rusqlite::params_from_iter(since)).map_err(wrong)?;
    while let Some(row) = rows.next().map_err(wrong)? {
        let mut values = Map::new();
        for (index, column) in columns.iter().enumerate() {
            values.insert(column.clone(), value(row.get_ref(index).map_err(wrong)?));
        }
        let cursor = match place {
            Some(index) => cursor(row.get_ref(index).map_err(wrong)?),
            None => None,
        };
        if !intake.take(values, cursor)? {
            break;
        }
    }
    intake.finish(wanted)
}

/// Binary values are written like PostgreSQL does: `\\x` and their digits.
fn value(cell: ValueRef<'_>) -> Value {
    match cell {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => number.into(),
        // What JSON has no number for is no number.
        ValueRef::Real(number) => serde_json::Number::from_f64(number).map_or(Value::Null, Value::Number),
        ValueRef::Text(bytes) => String::from_utf8_lossy(bytes).into_owned().into(),
        ValueRef::Blob(bytes) => {
            let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("\\x{digits}").into()
        }
    }
}

/// A value with its type, since SQLite orders all numbers before all texts.
fn cursor(cell: ValueRef<'_>) -> Option<String> {
    match cell {
        ValueRef::Null | ValueRef::Blob(_) => None,
        ValueRef::Integer(number) => Some(format!("i{number}")),
        ValueRef::Real(number) => Some(format!("r{number:?}")),
        ValueRef::Text(bytes) => Some(format!("t{}", String::from_utf8_lossy(bytes))),
    }
}

/// Without a letter for its type it is a text.
fn cell(text: &str) -> Cell {
    let number = || match (text.get(..1)?, text.get(1..)?) {
        ("i", digits) => digits.parse().ok().map(Cell::Integer),
        ("r", digits) => digits.parse().ok().map(Cell::Real),
        ("t", text) => Some(Cell::Text(text.to_owned())),
        _ => None,
    };
    number().unwrap_or_else(|| Cell::Text(text.to_owned()))
}

fn refused(place: &str, error: &rusqlite::Error) -> SourceError {
    let why = match error.sqlite_error_code() {
        Some(ErrorCode::CannotOpen) => "there is no such file, or it may not be read".to_owned(),
        Some(ErrorCode::NotADatabase) => "this is no SQLite database".to_owned(),
        Some(ErrorCode::DatabaseCorrupt) => "the database is damaged".to_owned(),
        Some(ErrorCode::OperationInterrupted) => "the query takes too long".to_owned(),
        Some(ErrorCode::AuthorizationForStatementDenied | ErrorCode::ReadOnly) => "only reading is allowed".to_owned(),
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => "another program has locked it".to_owned(),
        // What the parser says of the query is for whoever wrote it.
        _ => format!("the query cannot be run: {error}"),
    };
    SourceError::Refused(format!("{place}: {why}"))
}
