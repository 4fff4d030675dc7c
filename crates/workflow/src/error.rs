//! What can go wrong in a use case. Each error has a stable code, a sentence for the person, and where it helps a
//! list of problems that point into what was sent. The server turns the variants into HTTP statuses, nothing else.

use labelwright_core::Problem;
use labelwright_store::{StoreError, submit::SubmitError};

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in, or the credential is no longer good.
    #[error("{0}")]
    Unauthenticated(String),
    /// Signed in, may see the thing, may not do this to it.
    #[error("your role does not allow this: {0}")]
    Forbidden(String),
    /// There is no such thing, or the person may not know of it.
    #[error("{0} was not found")]
    NotFound(&'static str),
    /// What was sent is wrong; the problems say where.
    #[error("{}", .0.first().map_or("the request is not valid", |problem| problem.message.as_str()))]
    Invalid(Vec<Problem>),
    /// What was sent was right for a state that has passed.
    #[error("{message}")]
    Conflict { code: &'static str, message: String, head: Option<Head> },
    /// Too many tries; come back later.
    #[error("too many attempts, try again in {retry_after_seconds} s")]
    TooMany { retry_after_seconds: u64 },
    /// No room on the disk or in the configured limits.
    #[error("there is no space left to store this")]
    StorageFull,
    /// The database cannot be reached right now.
    #[error("the database is not available, try again")]
    Unavailable,
    #[error("internal error: {0}")]
    Internal(String),
}

/// The newest revision of an annotation, sent along with a conflict so that nothing is lost.
#[derive(Debug, Clone)]
pub struct Head {
    pub revision: i64,
    /// Canonical JSON of the answer.
    pub answer: String,
}

impl Error {
    pub fn internal(message: impl Into<String>) -> Self {
        Self::Internal(message.into())
    }

    pub fn invalid(pointer: &str, code: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![Problem::new(pointer, code, message)])
    }

    pub fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::Conflict { code, message: message.into(), head: None }
    }

    /// The stable code of the error, as clients see it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unauthenticated(_) => "unauthenticated",
            Self::Forbidden(_) => "forbidden",
            Self::NotFound(_) => "not_found",
            Self::Invalid(_) => "invalid",
            Self::Conflict { code, .. } => code,
            Self::TooMany { .. } => "too_many_attempts",
            Self::StorageFull => "storage_full",
            Self::Unavailable => "unavailable",
            Self::Internal(_) => "internal",
        }
    }
}

impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound("the row"),
            StoreError::StorageFull(_) => Self::StorageFull,
            StoreError::Unavailable(_) => Self::Unavailable,
            StoreError::Elsewhere(_) => Self::conflict("link_broken", error.to_string()),
            StoreError::Constraint(_) => Self::conflict("already_there", "something with this name is there already"),
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<SubmitError> for Error {
    fn from(error: SubmitError) -> Self {
        let message = error.to_string();
        match error {
            SubmitError::KeyReused => Self::invalid("", "idempotency_key_reused", message),
            SubmitError::LeaseLost => Self::conflict("lease_expired", message),
            SubmitError::Accepted => Self::conflict("accepted", message),
            SubmitError::StaleParent { revision, answer } => {
                Self::Conflict { code: "stale_parent", message, head: Some(Head { revision, answer }) }
            }
            SubmitError::Store(error) => error.into(),
        }
    }
}
