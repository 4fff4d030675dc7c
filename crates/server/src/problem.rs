//! Errors as problem+json (RFC 9457): a status, a stable code, a sentence, and pointers into what was sent.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use labelwright_core::Problem;
use labelwright_workflow::Error;
use serde::Serialize;
use utoipa::ToSchema;

pub type Result<T, E = ApiError> = std::result::Result<T, E>;

#[derive(Debug)]
pub struct ApiError(pub Error);

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

/// The body of every error.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemBody {
    #[serde(rename = "type")]
    kind: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    /// A stable word for programs.
    code: String,
    /// What is wrong, and where in the request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Problem>,
    /// The newest revision, when the request was made against an older one.
    #[serde(skip_serializing_if = "Option::is_none")]
    head: Option<HeadBody>,
    /// When it is worth trying again, in seconds; also in the header Retry-After.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after_seconds: Option<u64>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct HeadBody {
    revision: i64,
    #[schema(value_type = labelwright_core::Answer)]
    answer: serde_json::Value,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let error = self.0;
        let (status, title) = match &error {
            Error::Unauthenticated(_) => (StatusCode::UNAUTHORIZED, "sign in"),
            Error::Forbidden(_) => (StatusCode::FORBIDDEN, "not allowed"),
            Error::NotFound(_) => (StatusCode::NOT_FOUND, "not found"),
            Error::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, "not valid"),
            Error::Conflict { .. } => (StatusCode::CONFLICT, "conflict"),
            Error::TooMany { .. } => (StatusCode::TOO_MANY_REQUESTS, "too many attempts"),
            Error::StorageFull => (StatusCode::INSUFFICIENT_STORAGE, "no space left"),
            Error::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "not available"),
            Error::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal error"),
        };
        if status.is_server_error() {
            tracing::error!(%error, "request failed");
        }
        let (mut errors, mut head, mut retry) = (Vec::new(), None, None);
        let detail = match &error {
            // What went wrong inside is for the log and not for the world.
            Error::Internal(_) => "something went wrong on the server; its log says what".to_owned(),
            other => other.to_string(),
        };
        let code = match &error {
            Error::Invalid(problems) if problems.len() == 1 && problems[0].code == "idempotency_key_reused" => {
                "idempotency_key_reused".to_owned()
            }
            other => other.code().to_owned(),
        };
        match error {
            Error::Invalid(problems) => errors = problems,
            Error::Conflict { head: Some(found), .. } => {
                let answer = serde_json::from_str(&found.answer).unwrap_or_default();
                head = Some(HeadBody { revision: found.revision, answer });
            }
            Error::TooMany { retry_after_seconds } => retry = Some(retry_after_seconds),
            Error::Unavailable => retry = Some(2),
            _ => {}
        }
        let body = ProblemBody {
            kind: "about:blank",
            title,
            status: status.as_u16(),
            detail,
            code,
            errors,
            head,
            retry_after_seconds: retry,
        };
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(value) = retry.and_then(|seconds| HeaderValue::from_str(&seconds.to_string()).ok()) {
            headers.insert(header::RETRY_AFTER, value);
        }
        response
    }
}
