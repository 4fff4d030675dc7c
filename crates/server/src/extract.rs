//! What handlers take out of a request: who asks, JSON bodies with exact complaints, pages.

use crate::{app::App, problem::ApiError};
use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::{header, request::Parts},
};
use labelwright_core::{Limits, Problem};
use labelwright_workflow::{Error, policy::Principal};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::{IntoParams, ToSchema};

/// The signed-in caller: by session cookie or bearer token.
pub struct Caller(pub Principal);

impl FromRequestParts<App> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let bearer = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "));
        if let Some(token) = bearer {
            return Ok(Self(app.workflow.principal_of_token(token.trim()).await?));
        }
        let secret = cookie(parts, app.cookie_name()).ok_or_else(|| Error::Unauthenticated("sign in first".into()))?;
        Ok(Self(app.workflow.principal_of_session(&secret).await?))
    }
}

fn cookie(parts: &Parts, name: &str) -> Option<String> {
    let cookies = parts.headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// A JSON body. Unknown keys, wrong types and broken text are reported with their place.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, Self::Rejection> {
        let bytes = Bytes::from_request(request, app).await.map_err(|_| {
            let limit = Limits::DEFAULT.json_bytes;
            Error::invalid("", "too_large", format!("the body cannot be read or is larger than {limit} bytes"))
        })?;
        let mut reader = serde_json::Deserializer::from_slice(&bytes);
        let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let path = error.path().to_string();
            // The library calls the whole document ".".
            let pointer = if path == "." {
                String::new()
            } else {
                format!("/{}", path.replace('.', "/").replace(['[', ']'], ""))
            };
            Error::Invalid(vec![Problem::new(pointer, "malformed", error.inner().to_string())])
        })?;
        reader.end().map_err(|error| Error::Invalid(vec![Problem::new("", "malformed", error.to_string())]))?;
        Ok(Self(value))
    }
}

/// The numbers in an address. One that is no number is reported like everything else that is not valid.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let found = axum::extract::Path::<T>::from_request_parts(parts, app).await;
        found.map(|path| Self(path.0)).map_err(|error| Error::invalid("/path", "malformed", error.body_text()).into())
    }
}

/// The part of an address behind the question mark.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Self::Rejection> {
        let found = axum::extract::Query::<T>::from_request_parts(parts, app).await;
        found
            .map(|query| Self(query.0))
            .map_err(|error| Error::invalid("/query", "malformed", error.body_text()).into())
    }
}

/// Which part of a list. Every id is a keyset: pages stay right while rows are added.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// What the page before said as `next`.
    pub cursor: Option<String>,
    /// 1 to 200, 50 unless told.
    pub limit: Option<i64>,
}

impl PageQuery {
    pub fn limit(&self) -> i64 {
        self.limit.unwrap_or(50).clamp(1, 200)
    }

    /// The cursor as a number; `start` without one.
    pub fn from(&self, start: i64) -> Result<i64, ApiError> {
        match &self.cursor {
            None => Ok(start),
            Some(text) => text.parse().map_err(|_| {
                let message = "a cursor is what the page before said as next";
                Error::invalid("/query/cursor", "bad_cursor", message).into()
            }),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// The cursor of the next page; absent on the last one.
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A page of `limit` rows at most; a full one has a next.
    pub fn of(items: Vec<T>, limit: i64, key: impl Fn(&T) -> i64) -> Self {
        let next = if items.len() as i64 == limit { items.last().map(|item| key(item).to_string()) } else { None };
        Self { items, next }
    }
}
