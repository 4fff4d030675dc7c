//! Rows on their way out: decoded once into five kinds, read by column number.

use crate::{Arg, Result, StoreError};

#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    values: Vec<Arg>,
}

impl Row {
    pub(crate) fn new(values: Vec<Arg>) -> Self {
        Self { values }
    }

    fn value(&self, column: usize) -> Result<&Arg> {
        self.values.get(column).ok_or_else(|| wrong(column, "a column"))
    }

    pub fn int(&self, column: usize) -> Result<i64> {
        self.int_or_null(column)?.ok_or_else(|| wrong(column, "a number"))
    }

    pub fn int_or_null(&self, column: usize) -> Result<Option<i64>> {
        match self.value(column)? {
            Arg::Null => Ok(None),
            Arg::Int(value) => Ok(Some(*value)),
            _ => Err(wrong(column, "a number")),
        }
    }

    pub fn real_or_null(&self, column: usize) -> Result<Option<f64>> {
        match self.value(column)? {
            Arg::Null => Ok(None),
            Arg::Real(value) => Ok(Some(*value)),
            Arg::Int(value) => Ok(Some(*value as f64)),
            _ => Err(wrong(column, "a real number")),
        }
    }

    pub fn text(&self, column: usize) -> Result<&str> {
        self.text_or_null(column)?.ok_or_else(|| wrong(column, "a text"))
    }

    pub fn text_or_null(&self, column: usize) -> Result<Option<&str>> {
        match self.value(column)? {
            Arg::Null => Ok(None),
            Arg::Text(value) => Ok(Some(value)),
            _ => Err(wrong(column, "a text")),
        }
    }

    pub fn bytes(&self, column: usize) -> Result<&[u8]> {
        match self.value(column)? {
            Arg::Bytes(value) => Ok(value),
            _ => Err(wrong(column, "bytes")),
        }
    }

    pub fn bytes_or_null(&self, column: usize) -> Result<Option<&[u8]>> {
        match self.value(column)? {
            Arg::Null => Ok(None),
            _ => self.bytes(column).map(Some),
        }
    }

    /// The decoded values: for code that moves whole tables.
    pub fn values(&self) -> &[Arg] {
        &self.values
    }
}

fn wrong(column: usize, wanted: &str) -> StoreError {
    StoreError::Statement(format!("column {column} of a result is not {wanted}"))
}
