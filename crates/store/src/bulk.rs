//! Many rows in one statement: what a statement costs beside its rows is paid once for hundreds of them.

use crate::{Arg, Result, Row, Tx};
use std::sync::Arc;

/// An insert of any number of rows. Its pieces are fixed; the values are bound.
pub struct BulkInsert {
    /// The table with its columns.
    pub into: &'static str,
    pub columns: usize,
    /// What stands behind the values: what happens on a conflict, what is returned.
    pub tail: &'static str,
}

/// Values in one statement: below the limits of both databases (32766 and 65535).
const VALUES_MAXIMUM: usize = 24_000;

impl BulkInsert {
    /// The statement for so many rows.
    pub fn text(&self, rows: usize) -> String {
        let mut text = format!("INSERT INTO {} VALUES ", self.into);
        for row in 0..rows {
            text.push_str(if row == 0 { "(" } else { ", (" });
            for column in 1..=self.columns {
                if column > 1 {
                    text.push_str(", ");
                }
                text.push('$');
                text.push_str(&(row * self.columns + column).to_string());
            }
            text.push(')');
        }
        text.push_str(self.tail);
        text
    }
}

/// Statements whose texts a connection keeps: each is some 50 KB long.
const TEXTS_MAXIMUM: usize = 32;

impl Tx {
    /// Inserts rows whose values lie one behind the other; what the statement returns, in no certain order.
    pub async fn insert(&mut self, insert: &BulkInsert, mut values: Vec<Arg>) -> Result<Vec<Row>> {
        let mut returned = Vec::new();
        let step = VALUES_MAXIMUM / insert.columns * insert.columns;
        while !values.is_empty() {
            let rest = values.split_off(values.len().min(step));
            let key = (insert.into, values.len() / insert.columns);
            let text = match self.bulk.get(&key) {
                Some(known) => Arc::clone(known),
                None => {
                    let made: Arc<str> = self.placeholders(&insert.text(key.1)).into();
                    // Batches are of one size, but for the last.
                    if self.bulk.len() >= TEXTS_MAXIMUM {
                        self.bulk.clear();
                    }
                    self.bulk.insert(key, Arc::clone(&made));
                    made
                }
            };
            returned.extend(self.rows_of(&text, &values).await?);
            values = rest;
        }
        Ok(returned)
    }
}
