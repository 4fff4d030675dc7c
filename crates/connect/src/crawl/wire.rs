//! Requests and answers as HTTP/1.1 writes them, packed files, and errors as single words.

use crate::{Answer, FetchError, USER_AGENT, ask::gunzipped};
use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use reqwest::StatusCode;
use url::Url;

pub fn request(url: &Url) -> String {
    let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
    let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
    format!("GET {}{query} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {USER_AGENT}\r\n\r\n", url.path())
}

/// Status line and headers of an answer.
pub fn head(answer: &Answer) -> String {
    let reason = StatusCode::from_u16(answer.status).ok().and_then(|status| status.canonical_reason());
    let mut head = format!("HTTP/1.1 {} {}\r\n", answer.status, reason.unwrap_or_default());
    for (name, value) in &answer.headers {
        head.push_str(&format!("{name}: {}\r\n", String::from_utf8_lossy(value.as_bytes())));
    }
    head.push_str("\r\n");
    head
}

/// A file that may be packed (`sitemap.xml.gz`); what is damaged or too much is nothing.
pub fn unzipped(bytes: &Bytes, most: u64) -> Bytes {
    if !bytes.starts_with(b"\x1f\x8b") {
        return bytes.clone();
    }
    gunzipped(&mut MultiGzDecoder::new(&bytes[..]), most).unwrap_or_default()
}

pub fn word(error: &FetchError) -> &'static str {
    match error {
        FetchError::NotAnAddress => "not_an_address",
        FetchError::Forbidden => "forbidden",
        FetchError::Refused(_) => "refused",
        FetchError::TooManyRedirects => "too_many_redirects",
        FetchError::TooLarge(_) => "too_large",
        FetchError::Unreachable => "unreachable",
        FetchError::Damaged => "damaged",
    }
}
