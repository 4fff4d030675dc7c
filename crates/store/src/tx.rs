//! A connection inside a transaction, the same to its users on both databases.

use crate::{Arg, DynamicSql, Result, Row, Sql, StoreError, counters::Changes};
use std::{collections::HashMap, sync::Arc};
use tokio_postgres::types::{ToSql, Type};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

pub struct Tx {
    inner: Inner,
    /// Counts that this transaction has changed and not written yet.
    pub(crate) changes: Changes,
    /// Texts of bulk inserts by table, rows, and whether nothing is returned.
    pub(crate) bulk: HashMap<(&'static str, usize, bool), Arc<str>>,
}

enum Inner {
    Sqlite {
        connection: rusqlite::Connection,
        /// Statements with `$1` rewritten to `?1`: SQLite numbers `$` names by first appearance, not by value.
        rewritten: HashMap<Sql, String>,
    },
    Postgres(deadpool_postgres::Object),
}

impl Tx {
    pub(crate) fn sqlite(connection: rusqlite::Connection) -> Self {
        Self {
            inner: Inner::Sqlite { connection, rewritten: HashMap::new() },
            changes: Changes::default(),
            bulk: HashMap::new(),
        }
    }

    pub(crate) fn postgres(client: deadpool_postgres::Object) -> Self {
        Self { inner: Inner::Postgres(client), changes: Changes::default(), bulk: HashMap::new() }
    }

    pub fn dialect(&self) -> Dialect {
        match self.inner {
            Inner::Sqlite { .. } => Dialect::Sqlite,
            Inner::Postgres(_) => Dialect::Postgres,
        }
    }

    /// All rows of a statement.
    pub async fn rows(&mut self, sql: Sql, args: &[Arg]) -> Result<Vec<Row>> {
        match &mut self.inner {
            Inner::Sqlite { connection, rewritten } => {
                let text = rewritten.entry(sql).or_insert_with(|| numbered(sql.0));
                sqlite_rows(connection, text, args)
            }
            Inner::Postgres(client) => {
                let statement = client.prepare_cached(sql.0).await?;
                let rows = client.query(&statement, &references(args)).await?;
                rows.iter().map(decode).collect()
            }
        }
    }

    /// The first row, if there is one.
    pub async fn optional(&mut self, sql: Sql, args: &[Arg]) -> Result<Option<Row>> {
        Ok(self.rows(sql, args).await?.into_iter().next())
    }

    /// The first row; [`StoreError::NotFound`] if there is none.
    pub async fn one(&mut self, sql: Sql, args: &[Arg]) -> Result<Row> {
        self.optional(sql, args).await?.ok_or(StoreError::NotFound)
    }

    /// Runs a statement that returns no rows; the number of rows that it changed.
    pub async fn execute(&mut self, sql: Sql, args: &[Arg]) -> Result<u64> {
        match &mut self.inner {
            Inner::Sqlite { connection, rewritten } => {
                let text = rewritten.entry(sql).or_insert_with(|| numbered(sql.0));
                let mut statement = connection.prepare_cached(text)?;
                Ok(statement.execute(rusqlite::params_from_iter(args))? as u64)
            }
            Inner::Postgres(client) => {
                let statement = client.prepare_cached(sql.0).await?;
                Ok(client.execute(&statement, &references(args)).await?)
            }
        }
    }

    /// All rows of a statement that was put together at run time.
    pub async fn dynamic_rows(&mut self, sql: &DynamicSql, args: &[Arg]) -> Result<Vec<Row>> {
        let text = self.placeholders(&sql.0);
        self.rows_of(&text, args).await
    }

    /// A text with the database's own placeholders.
    pub(crate) fn placeholders(&self, text: &str) -> String {
        match self.dialect() {
            Dialect::Sqlite => numbered(text),
            Dialect::Postgres => text.to_owned(),
        }
    }

    /// All rows of a statement that has the database's own placeholders already.
    pub(crate) async fn rows_of(&mut self, text: &str, args: &[Arg]) -> Result<Vec<Row>> {
        match &mut self.inner {
            Inner::Sqlite { connection, .. } => sqlite_rows(connection, text, args),
            Inner::Postgres(client) => {
                let statement = client.prepare(text).await?;
                let rows = client.query(&statement, &references(args)).await?;
                rows.iter().map(decode).collect()
            }
        }
    }

    /// Runs a statement that was put together at run time and returns no rows; kept prepared while it is repeated.
    pub(crate) async fn dynamic_execute(&mut self, sql: &DynamicSql, args: &[Arg]) -> Result<u64> {
        let text = self.placeholders(&sql.0);
        self.execute_text(&text, args).await
    }

    /// Runs a statement that has the database's own placeholders already and returns no rows.
    pub(crate) async fn execute_text(&mut self, text: &str, args: &[Arg]) -> Result<u64> {
        match &mut self.inner {
            Inner::Sqlite { connection, .. } => {
                let mut statement = connection.prepare_cached(text)?;
                Ok(statement.execute(rusqlite::params_from_iter(args))? as u64)
            }
            Inner::Postgres(client) => {
                let statement = client.prepare_cached(text).await?;
                Ok(client.execute(&statement, &references(args)).await?)
            }
        }
    }

    /// Is a transaction open? Only SQLite can lose one by itself.
    pub(crate) fn in_transaction(&self) -> bool {
        match &self.inner {
            Inner::Sqlite { connection, .. } => !connection.is_autocommit(),
            Inner::Postgres(_) => true,
        }
    }

    /// Several statements without values at once: migrations and transaction borders.
    pub(crate) async fn batch(&mut self, text: &str) -> Result<()> {
        match &mut self.inner {
            Inner::Sqlite { connection, .. } => Ok(connection.execute_batch(text)?),
            Inner::Postgres(client) => Ok(client.batch_execute(text).await?),
        }
    }

    /// Checks that the database understands a statement, without running it.
    pub async fn prepare(&mut self, sql: &str) -> Result<()> {
        match &mut self.inner {
            Inner::Sqlite { connection, .. } => connection.prepare(&numbered(sql)).map(|_| ()).map_err(Into::into),
            Inner::Postgres(client) => client.prepare(sql).await.map(|_| ()).map_err(Into::into),
        }
    }
}

fn sqlite_rows(connection: &rusqlite::Connection, text: &str, args: &[Arg]) -> Result<Vec<Row>> {
    let mut statement = connection.prepare_cached(text)?;
    let columns = statement.column_count();
    let mut found = Vec::new();
    let mut rows = statement.query(rusqlite::params_from_iter(args))?;
    while let Some(row) = rows.next()? {
        let mut values = Vec::with_capacity(columns);
        for column in 0..columns {
            use rusqlite::types::ValueRef;
            values.push(match row.get_ref(column)? {
                ValueRef::Null => Arg::Null,
                ValueRef::Integer(value) => Arg::Int(value),
                ValueRef::Real(value) => Arg::Real(value),
                ValueRef::Text(value) => Arg::Text(words(value)),
                ValueRef::Blob(value) => Arg::Bytes(value.to_vec()),
            });
        }
        found.push(Row::new(values));
    }
    Ok(found)
}

/// Whole words at a time; only what is no UTF-8, which SQLite lets into a text, is gone through byte by byte.
fn words(value: &[u8]) -> String {
    match std::str::from_utf8(value) {
        Ok(text) => text.to_owned(),
        Err(_) => String::from_utf8_lossy(value).into_owned(),
    }
}

fn references(args: &[Arg]) -> Vec<&(dyn ToSql + Sync)> {
    args.iter().map(|arg| arg as &(dyn ToSql + Sync)).collect()
}

fn decode(row: &tokio_postgres::Row) -> Result<Row> {
    let mut values = Vec::with_capacity(row.len());
    for (index, column) in row.columns().iter().enumerate() {
        let ty = column.type_();
        values.push(match *ty {
            Type::INT8 => row.try_get::<_, Option<i64>>(index)?.into(),
            Type::INT4 => row.try_get::<_, Option<i32>>(index)?.into(),
            Type::BOOL => row.try_get::<_, Option<bool>>(index)?.into(),
            Type::FLOAT8 => row.try_get::<_, Option<f64>>(index)?.into(),
            Type::TEXT | Type::VARCHAR | Type::NAME => row.try_get::<_, Option<String>>(index)?.into(),
            Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(index)?.into(),
            _ => return Err(StoreError::Statement(format!("column {} has the unread type {ty}", column.name()))),
        });
    }
    Ok(Row::new(values))
}

/// `$12` becomes `?12`.
fn numbered(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        out.push(if c == '$' && rest.peek().is_some_and(char::is_ascii_digit) { '?' } else { c });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::numbered;

    #[test]
    fn placeholders_are_numbered_and_other_dollars_kept() {
        assert_eq!(numbered("SELECT $2, '$.a', $10"), "SELECT ?2, '$.a', ?10");
    }
}
