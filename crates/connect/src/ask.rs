//! One request under the guard with what was answered: status, headers and a body within limits, unpacked. Redirects are
//! not followed: whoever asks looks at where they lead first.

use crate::fetch::{FetchError, Fetcher, reason};
use bytes::{Bytes, BytesMut};
use flate2::read::{GzDecoder, ZlibDecoder};
use reqwest::{
    Method, Response,
    header::{
        ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER,
    },
};
use std::{
    io::Read,
    time::{Duration, SystemTime},
};
use url::Url;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Ask {
    pub url: Url,
    pub method: Method,
    pub headers: Vec<(HeaderName, String)>,
    pub body: Option<Bytes>,
    /// Bytes of the body that are taken, unpacked.
    pub most: u64,
    /// Is what is beyond that left out, or is the whole refused?
    pub cut: bool,
    /// For all of it, to the body's last byte.
    pub time: Duration,
}

impl Ask {
    pub fn get(url: Url, most: u64, time: Duration) -> Self {
        let headers = vec![(ACCEPT_ENCODING, "gzip, deflate".to_owned())];
        Self { url, method: Method::GET, headers, body: None, most, cut: false, time }
    }

    /// JSON that is told; of what is answered at most so many bytes are looked at.
    pub fn post(url: Url, json: String, most: u64, time: Duration) -> Self {
        let headers = vec![(CONTENT_TYPE, "application/json".to_owned())];
        Self { url, method: Method::POST, headers, body: Some(json.into()), most, cut: true, time }
    }

    /// `name` in small letters.
    pub fn named(self, name: &'static str, value: impl Into<String>) -> Self {
        self.with(HeaderName::from_static(name), value)
    }

    pub fn with(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// What was answered.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    /// As it came.
    pub raw: Bytes,
    /// Unpacked.
    pub bytes: Bytes,
}

impl Answer {
    pub fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// What the other side calls it, without parameters, in small letters; never to be believed.
    pub fn kind(&self) -> Option<String> {
        let kind = self.header(&CONTENT_TYPE)?.split(';').next()?.trim().to_ascii_lowercase();
        Some(kind).filter(|kind| !kind.is_empty())
    }

    /// Where else it is to be asked for.
    pub fn redirect(&self, from: &Url) -> Option<Url> {
        let is = matches!(self.status, 301 | 302 | 303 | 307 | 308);
        from.join(self.header(&LOCATION).filter(|_| is)?).ok()
    }

    /// How long the other side wants to be left alone: seconds or a date (RFC 9110, section 10.2.3).
    pub fn retry_after(&self, now: SystemTime) -> Option<Duration> {
        let text = self.header(&RETRY_AFTER)?.trim();
        if let Ok(seconds) = text.parse::<u32>() {
            return Some(Duration::from_secs(u64::from(seconds)));
        }
        Some(httpdate::parse_http_date(text).ok()?.duration_since(now).unwrap_or_default())
    }
}

impl Fetcher {
    /// Asks, and gives back what begins to come.
    pub(crate) async fn send(&self, ask: &Ask) -> Result<Response, FetchError> {
        self.check(&ask.url)?;
        let mut request = self.client()?.request(ask.method.clone(), ask.url.clone()).timeout(ask.time);
        for (name, value) in &ask.headers {
            let value = HeaderValue::from_str(value).map_err(|_| FetchError::NotAnAddress)?;
            request = request.header(name, value);
        }
        if let Some(body) = &ask.body {
            request = request.body(body.clone());
        }
        request.send().await.map_err(|error| reason(&error))
    }

    /// # Errors
    /// When the address may not be asked, nothing comes in time, there is too much of it or it is damaged. An answer of
    /// 404 is an answer.
    pub async fn ask(&self, ask: &Ask) -> Result<Answer, FetchError> {
        let mut response = self.send(ask).await?;
        if !ask.cut && response.content_length().is_some_and(|length| length > ask.most) {
            return Err(FetchError::TooLarge(ask.most));
        }
        let mut bytes = BytesMut::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| reason(&error))? {
            if bytes.len() as u64 + chunk.len() as u64 > ask.most {
                if !ask.cut {
                    return Err(FetchError::TooLarge(ask.most));
                }
                bytes.extend_from_slice(&chunk[..(ask.most as usize).saturating_sub(bytes.len())]);
                break;
            }
            bytes.extend_from_slice(&chunk);
        }
        let raw = bytes.freeze();
        let coding = response.headers().get(CONTENT_ENCODING).and_then(|value| value.to_str().ok());
        let bytes = unpacked(&raw, coding.unwrap_or_default(), ask.most)?;
        Ok(Answer { status: response.status().as_u16(), headers: response.headers().clone(), raw, bytes })
    }
}

/// The body without its packing; a few bytes that would become very many are refused.
fn unpacked(raw: &Bytes, coding: &str, most: u64) -> Result<Bytes, FetchError> {
    let mut reader: Box<dyn Read + '_> = match coding.trim().to_ascii_lowercase().as_str() {
        "" | "identity" => return Ok(raw.clone()),
        "gzip" | "x-gzip" => Box::new(GzDecoder::new(&raw[..])),
        "deflate" => Box::new(ZlibDecoder::new(&raw[..])),
        _ => return Err(FetchError::Damaged),
    };
    gunzipped(&mut reader, most)
}

/// All that a packed reader has, `most` bytes at most.
pub(crate) fn gunzipped(reader: &mut dyn Read, most: u64) -> Result<Bytes, FetchError> {
    let mut bytes = Vec::new();
    reader.take(most.saturating_add(1)).read_to_end(&mut bytes).map_err(|_| FetchError::Damaged)?;
    if bytes.len() as u64 > most { Err(FetchError::TooLarge(most)) } else { Ok(bytes.into()) }
}
