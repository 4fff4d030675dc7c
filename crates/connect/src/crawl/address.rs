//! One name for one page: addresses that differ only in how they are written, or in marks that trackers and sessions
//! leave, are made the same (RFC 3986, section 6).

use std::hash::{DefaultHasher, Hash, Hasher};
use url::Url;

/// Longer addresses are made by machines, for machines or by mistake.
pub const ADDRESS_BYTES_MAXIMUM: usize = 2000;

/// Parameters that say who came from where, and nothing of the page.
const TRACKERS: &[&str] = &[
    "fbclid",
    "gclid",
    "dclid",
    "msclkid",
    "yclid",
    "igshid",
    "mc_cid",
    "mc_eid",
    "_ga",
    "phpsessid",
    "jsessionid",
    "sid",
    "sessionid",
];

/// The address without its fragment, trackers and sessions, its parameters sorted. None for what cannot be crawled.
pub fn canonical(url: &Url) -> Option<Url> {
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() || url.as_str().len() > ADDRESS_BYTES_MAXIMUM {
        return None;
    }
    let mut url = url.clone();
    url.set_fragment(None);
    // A page that is given to whoever knows a password is not public.
    if !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    // Sessions in the path: /shop;jsessionid=1A2B
    if let Some(at) = url.path().to_ascii_lowercase().find(";jsessionid=") {
        let path = url.path()[..at].to_owned();
        url.set_path(&path);
    }
    if let Some(query) = url.query() {
        let mut parts: Vec<&str> = query.split('&').filter(|part| !part.is_empty() && !is_tracker(part)).collect();
        parts.sort_by_key(|part| part.split('=').next().unwrap_or_default().to_owned());
        let query = parts.join("&");
        url.set_query(Some(query.as_str()).filter(|query| !query.is_empty()));
    }
    let path = upper_escapes(url.path());
    url.set_path(&path);
    Some(url)
}

fn is_tracker(part: &str) -> bool {
    let name = part.split('=').next().unwrap_or_default().to_ascii_lowercase();
    name.starts_with("utm_") || TRACKERS.contains(&name.as_str())
}

/// `%2f` and `%2F` are the same, and what need not be escaped is not.
pub fn upper_escapes(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let hex = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
        if *byte == b'%'
            && let (Some(high), Some(low)) = (hex(at + 1), hex(at + 2))
        {
            let value = (high * 16 + low) as u8;
            if value.is_ascii_alphanumeric() || matches!(value, b'-' | b'.' | b'_' | b'~') {
                out.push(char::from(value));
            } else {
                out.push_str(&format!("%{value:02X}"));
            }
            at += 3;
        } else {
            let end = (at + 1..=bytes.len()).find(|end| text.is_char_boundary(*end)).unwrap_or(bytes.len());
            out.push_str(&text[at..end]);
            at = end;
        }
    }
    out
}

/// Scheme, host and port: whom a request goes to.
pub fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// The address as one number, for sets of very many.
pub fn number(url: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    url.hash(&mut hasher);
    hasher.finish()
}

/// What pages that one program makes have in common: the path with its numbers taken out, and the names of parameters.
pub fn shape(url: &Url) -> String {
    let mut shape = origin(url);
    let mut in_number = false;
    for c in url.path().chars() {
        if !c.is_ascii_digit() {
            shape.push(c);
        } else if !in_number {
            shape.push('0');
        }
        in_number = c.is_ascii_digit();
    }
    for (name, _) in url.query_pairs() {
        shape.push('?');
        shape.push_str(&name);
    }
    shape
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn one_page_has_one_address() {
        let canonical = |text: &str| canonical(&Url::parse(text).unwrap()).map(String::from);
        for text in [
            "HTTP://Example.org:80/a/./b/../c?b=2&a=1#top",
            "http://example.org/a/c?a=1&b=2&utm_source=mail&gclid=x",
            "http://example.org/%61/c?a=1&b=2&PHPSESSID=7",
            "http://example.org/a/c;jsessionid=1A?a=1&b=2",
        ] {
            assert_eq!(canonical(text).as_deref(), Some("http://example.org/a/c?a=1&b=2"), "{text}");
        }
        assert_eq!(canonical("http://example.org/x%2fy?").as_deref(), Some("http://example.org/x%2Fy"));
        for text in ["mailto:a@example.org", "javascript:void(0)", "http://user:word@example.org/", "data:,x"] {
            assert_eq!(canonical(text), None, "{text}");
        }
        assert_eq!(canonical(&format!("http://example.org/{}", "x".repeat(ADDRESS_BYTES_MAXIMUM))), None);
    }

    #[test]
    fn pages_of_one_program_have_one_shape() {
        let shape = |text: &str| shape(&Url::parse(text).unwrap());
        assert_eq!(shape("http://h/calendar/2026/11"), shape("http://h/calendar/1999/1"));
        assert_eq!(shape("http://h/c?year=1&month=2"), shape("http://h/c?year=2026&month=11"));
        assert_ne!(shape("http://h/c?year=1"), shape("http://h/c?page=1"));
    }
}
