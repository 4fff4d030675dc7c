//! Bytes of a page to text: the encoding that the server, the page itself or its first bytes name (WHATWG Encoding).

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// A page names its encoding within these (HTML, section 13.2.3.2).
const PRESCAN_BYTES: usize = 1024;

/// The text; what cannot be read in its encoding becomes U+FFFD.
pub fn decoded(bytes: &[u8], content_type: Option<&str>) -> String {
    let of = |label: String| Encoding::for_label(label.as_bytes());
    let named = content_type.and_then(charset).and_then(of);
    // A page whose own name for it can be read is not in UTF-16.
    let named = named.or_else(|| charset(&ascii(bytes)).and_then(of).filter(|encoding| encoding.is_ascii_compatible()));
    let guessed = if std::str::from_utf8(bytes).is_ok() { UTF_8 } else { WINDOWS_1252 };
    let encoding = Encoding::for_bom(bytes).map(|(encoding, _)| encoding).or(named).unwrap_or(guessed);
    encoding.decode(bytes).0.into_owned()
}

fn ascii(bytes: &[u8]) -> String {
    bytes.iter().take(PRESCAN_BYTES).map(|byte| if byte.is_ascii() { char::from(*byte) } else { '?' }).collect()
}

/// What follows `charset=`.
fn charset(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let rest = lower.split("charset").skip(1).find_map(|rest| rest.trim_start().strip_prefix('='))?;
    let rest = rest.trim_start().trim_start_matches(['"', '\'']);
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "-_:.".contains(c))).unwrap_or(rest.len());
    Some(rest[..end].to_owned()).filter(|label| !label.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_first_counts() {
        assert_eq!(decoded("Grün".as_bytes(), None), "Grün");
        assert_eq!(decoded(b"Gr\xfcn", None), "Grün");
        assert_eq!(decoded(b"Gr\xfcn", Some("text/html; Charset=\"ISO-8859-1\"")), "Grün");
        assert_eq!(decoded(b"<meta charset='windows-1251'>\xcf\xf0\xe8", None), "<meta charset='windows-1251'>При");
        assert_eq!(decoded(b"\xef\xbb\xbfGr\xc3\xbcn", Some("text/html; charset=latin1")), "Grün");
        assert_eq!(decoded(b"\x83\x65", Some("text/html; charset=shift_jis")), "テ");
        assert_eq!(decoded(b"Gr\xc3\xbcn", Some("text/html; charset=nonsense")), "Grün");
    }
}
