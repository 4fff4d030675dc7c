//! Properties in the titles of hOCR: parted by `;`, names from values by a space, texts in double quotes without escapes and
//! of printable ASCII only. Names of classes and what somebody wrote are therefore percent-encoded UTF-8.

use crate::document::labeled::Label;

/// The value of a property; None where there is none.
pub(super) fn property<'a>(title: &'a str, name: &str) -> Option<&'a str> {
    // A `;` in double quotes parts nothing, as long as quotes come in pairs.
    let pairs = title.matches('"').count().is_multiple_of(2);
    let mut inside = false;
    let mut parts = title.split(|c: char| {
        inside ^= c == '"' && pairs;
        c == ';' && !inside
    });
    parts.find_map(|part| part.trim().strip_prefix(name)?.strip_prefix(' ').map(str::trim))
}

/// The texts in double quotes of a value.
pub(super) fn quoted(value: &str) -> impl Iterator<Item = &str> {
    value.split('"').skip(1).step_by(2)
}

/// `class`, or `class:text`.
pub(super) fn encoded(class: &str, text: Option<&str>) -> String {
    let mut out = String::new();
    push(&mut out, class);
    if let Some(text) = text {
        out.push(':');
        push(&mut out, text);
    }
    out
}

fn push(out: &mut String, text: &str) {
    for byte in text.bytes() {
        match byte {
            b' '..=b'~' if !b"\"%:;".contains(&byte) => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
}

pub(super) fn label(value: &str) -> Label {
    match value.split_once(':') {
        Some((class, text)) => Label { class: decoded(class), text: Some(decoded(text)) },
        None => Label { class: decoded(value), text: None },
    }
}

/// What is not encoded well stays as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|two| *first == b'%' && two.iter().all(u8::is_ascii_hexdigit));
        let digits = digits.and_then(|two| std::str::from_utf8(two).ok());
        match digits.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn labels_come_back_and_are_of_printable_ascii(class in ".{0,12}", text in proptest::option::of(".{0,12}")) {
            let encoded = encoded(&class, text.as_deref());
            prop_assert!(encoded.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b'"'), "{encoded}");
            let title = format!("bbox 0 0 1 1; x_label \"{encoded}\"; x_wconf 90");
            let value = property(&title, "x_label").unwrap();
            prop_assert_eq!(label(quoted(value).next().unwrap()), Label { class, text });
        }
    }

    #[test]
    fn what_lies_in_quotes_parts_nothing_and_quotes_without_a_pair_do_not_hide_the_rest() {
        assert_eq!(property("image \"a; bbox 1.png\"; bbox 0 0 6 5", "bbox"), Some("0 0 6 5"));
        assert_eq!(property("image \"a.png; bbox 0 0 6 5", "bbox"), Some("0 0 6 5"));
        assert_eq!(property("x_bbox 1; bboxes 2", "bbox"), None);
        assert_eq!(label("100%zz%+f:%ff"), Label { class: "100%zz%+f".into(), text: Some("%ff".into()) });
    }
}
