//! Questions to an interface: tried again when it is busy, followed where it leads, without passing on who asks.

use super::SourceError;
use crate::{Answer, Ask, FetchError, Fetcher};
use reqwest::{
    Method,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use serde_json::Value;
use std::time::{Duration, SystemTime};
use url::Url;

const REDIRECTS_MAXIMUM: usize = 5;
pub const ATTEMPTS: u32 = 5;
/// Longer than this an interface may not make us wait.
pub const PAUSE_MAXIMUM: Duration = Duration::from_secs(60);
const BYTES_MAXIMUM: u64 = 64 << 20;
const PATIENCE: Duration = Duration::from_secs(120);

/// A question with who asks it.
#[derive(Clone)]
pub struct Talk<'a> {
    pub fetcher: &'a Fetcher,
    pub token: Option<&'a str>,
}

/// How long to wait before the next attempt: what was asked for, or twice as long as before.
pub fn pause(asked: Option<Duration>, attempt: u32) -> Duration {
    asked.unwrap_or(Duration::from_millis(300 << attempt.min(8))).min(PAUSE_MAXIMUM)
}

impl Talk<'_> {
    pub fn ask(&self, url: &Url) -> Ask {
        let ask = Ask::get(url.clone(), BYTES_MAXIMUM, PATIENCE);
        match self.token {
            Some(token) => ask.with(AUTHORIZATION, format!("Bearer {token}")),
            None => ask,
        }
    }

    pub async fn get(&self, url: &Url) -> Result<Answer, SourceError> {
        self.answer(self.ask(url)).await
    }

    pub async fn json(&self, url: &Url) -> Result<Value, SourceError> {
        json(url, &self.get(url).await?)
    }

    pub async fn post(&self, url: &Url, body: &Value) -> Result<Value, SourceError> {
        let mut ask = self.ask(url).with(CONTENT_TYPE, "application/json");
        (ask.method, ask.body) = (Method::POST, Some(body.to_string().into()));
        json(url, &self.answer(ask).await?)
    }

    /// The answer with a status of success.
    async fn answer(&self, mut ask: Ask) -> Result<Answer, SourceError> {
        let place = told(&ask.url);
        let failed = |reason| SourceError::Fetch { place: place.clone(), reason };
        let (mut attempt, mut redirects) = (0, 0);
        loop {
            let answer = match self.fetcher.ask(&ask).await {
                // Asking anew for work to begin might begin it twice.
                Err(FetchError::Unreachable) if attempt + 1 < ATTEMPTS && ask.method == Method::GET => {
                    tokio::time::sleep(pause(None, attempt)).await;
                    attempt += 1;
                    continue;
                }
                other => other.map_err(failed)?,
            };
            if let Some(next) = answer.redirect(&ask.url) {
                redirects += 1;
                if redirects > REDIRECTS_MAXIMUM {
                    return Err(failed(FetchError::TooManyRedirects));
                }
                lead(&mut ask, next);
                continue;
            }
            let busy =
                answer.status == 429 || answer.status == 503 || (answer.status >= 500 && ask.method == Method::GET);
            if busy && attempt + 1 < ATTEMPTS {
                tokio::time::sleep(pause(answer.retry_after(SystemTime::UNIX_EPOCH), attempt)).await;
                attempt += 1;
                continue;
            }
            return match answer.status {
                200..=299 => Ok(answer),
                401 | 403 => Err(SourceError::Refused(format!("{place}: not without a token that may read it"))),
                404 => Err(SourceError::Refused(format!("{place}: there is no such thing, or only with a token"))),
                402 => Err(SourceError::Refused(format!("{place}: the account there has no credit left"))),
                status => Err(failed(FetchError::Refused(status))),
            };
        }
    }
}

/// Goes on to another address; who asks is told only to the host that was meant.
pub fn lead(ask: &mut Ask, next: Url) {
    if next.origin() != ask.url.origin() {
        ask.headers.retain(|(name, _)| *name != AUTHORIZATION);
    }
    ask.url = next;
}

/// An address as a message may show it: what stands behind `?` may be secret.
pub fn told(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.into()
}

fn json(url: &Url, answer: &Answer) -> Result<Value, SourceError> {
    serde_json::from_slice(&answer.bytes)
        .map_err(|_| SourceError::Unexpected { place: told(url), what: "it is no JSON".into() })
}
