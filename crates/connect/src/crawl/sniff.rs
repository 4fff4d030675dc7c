//! What bytes are, whatever they are called (after the WHATWG's MIME Sniffing).

/// Looked at to tell text from other data.
const LOOKED_AT: usize = 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sniffed {
    Html,
    Text,
    /// With its media type.
    Picture(&'static str),
    Other,
}

/// `called` is what the other side says it is, without parameters; believed only where the bytes do not contradict.
pub fn sniff(bytes: &[u8], called: Option<&str>) -> Sniffed {
    let starts = |start: &[u8]| bytes.starts_with(start);
    if starts(b"\x89PNG\r\n\x1a\n") {
        return Sniffed::Picture("image/png");
    } else if starts(b"\xff\xd8\xff") {
        return Sniffed::Picture("image/jpeg");
    } else if starts(b"GIF87a") || starts(b"GIF89a") {
        return Sniffed::Picture("image/gif");
    } else if starts(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Sniffed::Picture("image/webp");
    }
    let start = &bytes[..bytes.len().min(LOOKED_AT)];
    let is_wide = starts(b"\xff\xfe") || starts(b"\xfe\xff");
    if !is_wide && start.iter().any(|byte| matches!(byte, 0..=8 | 0x0e..=0x1a | 0x1c..=0x1f)) {
        return Sniffed::Other;
    }
    let lower = start.to_ascii_lowercase();
    let begun = lower.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&lower).trim_ascii_start();
    let looks_html = ["<!doctype html", "<html", "<head", "<body", "<title", "<h1", "<div", "<p>", "<meta"]
        .iter()
        .any(|tag| begun.starts_with(tag.as_bytes()));
    match called {
        Some("text/html" | "application/xhtml+xml") => Sniffed::Html,
        _ if looks_html => Sniffed::Html,
        Some("text/plain") => Sniffed::Text,
        _ => Sniffed::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_believed_only_where_the_bytes_agree() {
        assert_eq!(sniff(b"\x89PNG\r\n\x1a\n...", Some("text/html")), Sniffed::Picture("image/png"));
        assert_eq!(sniff(b"PK\x03\x04\x00\x00", Some("text/html")), Sniffed::Other);
        assert_eq!(sniff(b" <!DOCTYPE HTML><p>x", Some("image/png")), Sniffed::Html);
        assert_eq!(sniff(b"words", Some("text/html")), Sniffed::Html);
        assert_eq!(sniff(b"words", Some("text/plain")), Sniffed::Text);
        assert_eq!(sniff(b"{\"a\": 1}", Some("application/json")), Sniffed::Other);
        assert_eq!(sniff(b"", None), Sniffed::Other);
    }
}
