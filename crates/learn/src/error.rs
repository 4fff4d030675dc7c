//! What can be wrong with what is asked. The text names the place and the way out.

#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LearnError {
    #[error("there are no rows")]
    NoRows,
    #[error("there are no columns of numbers")]
    NoColumns,
    #[error("{values} values do not make rows of {columns} columns")]
    Shape { values: usize, columns: usize },
    #[error("row {row}, column {column}: {value} is not a finite number")]
    NotFinite { row: usize, column: usize, value: f64 },
    #[error(
        "row {row}, column {column}: {value:e} is beyond 1e100, and distances would overflow; divide the column by a \
        constant"
    )]
    TooLarge { row: usize, column: usize, value: f64 },
    #[error("{what} is {given}; it must be {wanted}")]
    Option { what: &'static str, given: String, wanted: String },
    #[error("no {what} is named {name:?}; there are {names}")]
    Unknown { what: &'static str, name: String, names: String },
    #[error("{rows} rows need {needed_mib} MiB for {what}, and the limit is {limit_mib} MiB; {instead}")]
    Memory { rows: usize, what: &'static str, needed_mib: usize, limit_mib: usize, instead: &'static str },
    #[error("{0}")]
    Input(String),
}

impl LearnError {
    pub(crate) fn option(what: &'static str, given: impl ToString, wanted: impl Into<String>) -> Self {
        Self::Option { what, given: given.to_string(), wanted: wanted.into() }
    }
}
