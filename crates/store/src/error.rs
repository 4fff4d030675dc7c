//! What a database can answer besides rows. The kinds are those that callers treat differently.

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("{0}")]
    Configuration(String),
    /// A row that must be there is not.
    #[error("no such row")]
    NotFound,
    /// A unique key or another constraint refused the statement.
    #[error("a constraint refused the change: {0}")]
    Constraint(String),
    /// No space, or the disk refuses to be written.
    #[error("the disk is full or cannot be written: {0}")]
    StorageFull(String),
    /// The database is not reachable, restarting, or out of connections.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// A stored value does not fit what this version knows.
    #[error("stored {what} {value:?} cannot be read")]
    Corrupt { what: &'static str, value: String },
    /// The tables were written by a newer version.
    #[error("the database has version {found}, this program knows {known}: use a newer program")]
    Newer { found: i64, known: i64 },
    #[error("the database refused a statement: {0}")]
    Statement(String),
    /// The work inside the transaction panicked; nothing of it was kept.
    #[error("the work in the transaction failed unexpectedly")]
    Panicked,
    #[error("blob storage: {0}")]
    Blob(String),
    /// Bytes that were left where they are cannot be read from there.
    #[error("these data lie elsewhere and cannot be read: {0}")]
    Elsewhere(String),
}

impl StoreError {
    /// A stable word for logs and clients.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Configuration(_) => "configuration",
            Self::NotFound => "not_found",
            Self::Constraint(_) => "constraint",
            Self::StorageFull(_) => "storage_full",
            Self::Unavailable(_) => "unavailable",
            Self::Corrupt { .. } => "corrupt",
            Self::Newer { .. } => "newer_database",
            Self::Statement(_) => "statement",
            Self::Panicked => "panicked",
            Self::Blob(_) => "blob",
            Self::Elsewhere(_) => "elsewhere",
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        let text = error.to_string();
        match error.sqlite_error_code() {
            Some(ErrorCode::ConstraintViolation) => Self::Constraint(text),
            Some(ErrorCode::DiskFull | ErrorCode::ReadOnly | ErrorCode::SystemIoFailure) => Self::StorageFull(text),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::CannotOpen) => {
                Self::Unavailable(text)
            }
            _ => Self::Statement(text),
        }
    }
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(database) = error.as_db_error() else {
            return Self::Unavailable(error.to_string());
        };
        let text = format!("{} ({})", database.message(), database.code().code());
        // SQLSTATE classes: 23 integrity, 53 resources, 57 operator intervention, 08 connection, 40 rollback.
        match &database.code().code()[..2] {
            "23" => Self::Constraint(text),
            "53" if database.code().code() == "53100" => Self::StorageFull(text),
            "53" | "57" | "08" | "40" => Self::Unavailable(text),
            _ => Self::Statement(text),
        }
    }
}
