//! Many rows in one statement: what a statement costs beside its rows is paid once for hundreds of them.

use crate::{Arg, Dialect, Result, StoreError, Tx};
use std::sync::Arc;

/// An insert of any number of rows. Its pieces are fixed; the values are bound.
pub struct BulkInsert {
    pub table: &'static str,
    pub columns: &'static [&'static str],
    /// What happens on a conflict.
    pub conflict: &'static str,
}

/// Values in one statement: below the limits of both databases (32766 and 65535).
const VALUES_MAXIMUM: usize = 24_000;

impl BulkInsert {
    /// The statement for so many rows.
    pub fn text(&self, rows: usize) -> String {
        let mut text = format!("INSERT INTO {} ({}) VALUES ", self.table, self.columns.join(", "));
        let columns = self.columns.len();
        for row in 0..rows {
            text.push_str(if row == 0 { "(" } else { ", (" });
            for column in 1..=columns {
                if column > 1 {
                    text.push_str(", ");
                }
                text.push('$');
                text.push_str(&(row * columns + column).to_string());
            }
            text.push(')');
        }
        text.push_str(self.conflict);
        text
    }

    fn newer(&self, key: usize) -> String {
        let (table, key) = (self.table, self.columns[key]);
        format!("SELECT id, {key} FROM {table} WHERE id > $1 ORDER BY id")
    }
}

/// Statements whose texts a connection keeps: each is some 50 KB long.
const TEXTS_MAXIMUM: usize = 32;

impl Tx {
    /// Inserts rows whose values lie one behind the other.
    pub async fn insert(&mut self, insert: &BulkInsert, mut values: Vec<Arg>) -> Result<()> {
        while !values.is_empty() {
            let rest = step(insert, &mut values);
            let text = self.bulk_text(insert, values.len() / insert.columns.len(), "");
            self.execute_text(&text, &values).await?;
            values = rest;
        }
        Ok(())
    }

    /// The same for a table with numbered rows, where a conflict leaves a row out: for each row its number if it is new.
    /// The column `key` tells apart the rows of one call that can be new.
    pub async fn insert_new(
        &mut self,
        insert: &BulkInsert,
        key: usize,
        mut values: Vec<Arg>,
    ) -> Result<Vec<Option<i64>>> {
        let mut numbers = Vec::with_capacity(values.len() / insert.columns.len());
        while !values.is_empty() {
            let rest = step(insert, &mut values);
            let rows = values.len() / insert.columns.len();
            let returned = match self.dialect() {
                Dialect::Postgres => {
                    let tail = format!(" RETURNING id, {}", insert.columns[key]);
                    let text = self.bulk_text(insert, rows, &tail);
                    self.rows_of(&text, &values).await?
                }
                // RETURNING keeps a journal of each statement there. The one writer can look what has come.
                Dialect::Sqlite => {
                    let last = format!("SELECT COALESCE(MAX(id), 0) FROM {}", insert.table);
                    let last = self.rows_of(&last, &[]).await?.first().map_or(Ok(0), |row| row.int(0))?;
                    let text = self.bulk_text(insert, rows, "");
                    self.execute_text(&text, &values).await?;
                    let newer = self.placeholders(&insert.newer(key));
                    self.rows_of(&newer, &args![last]).await?
                }
            };
            // New rows come back in the order in which they went in; of two with one key the first is new.
            let mut new = returned.iter().peekable();
            for row in values.chunks(insert.columns.len()) {
                let is_next = new.peek().is_some_and(|next| next.values().get(1) == row.get(key));
                let number = if is_next { new.next().map(|found| found.int(0)).transpose()? } else { None };
                numbers.push(number);
            }
            if new.next().is_some() {
                return Err(StoreError::Statement(format!(
                    "{}: inserted rows came back in another order",
                    insert.table
                )));
            }
            values = rest;
        }
        Ok(numbers)
    }

    fn bulk_text(&mut self, insert: &BulkInsert, rows: usize, tail: &str) -> Arc<str> {
        let key = (insert.table, rows, tail.is_empty());
        if let Some(known) = self.bulk.get(&key) {
            return Arc::clone(known);
        }
        let made: Arc<str> = (self.placeholders(&insert.text(rows)) + tail).into();
        // Batches are of one size, but for the last.
        if self.bulk.len() >= TEXTS_MAXIMUM {
            self.bulk.clear();
        }
        self.bulk.insert(key, Arc::clone(&made));
        made
    }
}

/// Leaves the values of one statement; those of the rest.
fn step(insert: &BulkInsert, values: &mut Vec<Arg>) -> Vec<Arg> {
    let columns = insert.columns.len();
    values.split_off(values.len().min(VALUES_MAXIMUM / columns * columns))
}
