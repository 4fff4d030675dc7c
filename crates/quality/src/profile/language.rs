//! The language of a text by its trigrams and script (W. Cavnar and J. Trenkle, 1994, as the crate whatlang does it).

/// Shorter texts are names and numbers.
const LETTERS_MINIMUM: usize = 20;
/// Looked at; more says nothing more.
const BYTES_MAXIMUM: usize = 4000;

/// ISO 639-3 code of the language; None where the text is too short or it might be several.
pub fn language(text: &str) -> Option<&'static str> {
    let end = (0..=text.len().min(BYTES_MAXIMUM)).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    let text = &text[..end];
    if text.chars().filter(|c| c.is_alphabetic()).take(LETTERS_MINIMUM).count() < LETTERS_MINIMUM {
        return None;
    }
    let found = whatlang::detect(text)?;
    (found.is_reliable() || found.confidence() >= 0.5).then(|| found.lang().code())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_sentences_are_told_apart() {
        for (text, code) in [
            ("This is a sentence about nothing in particular, written in plain English words.", Some("eng")),
            ("Dies ist ein Satz über nichts Besonderes, der in deutscher Sprache geschrieben wurde.", Some("deu")),
            ("Ceci est une phrase qui ne dit rien de particulier, écrite en langue française.", Some("fra")),
            ("Это предложение ни о чём особенном, написанное на русском языке.", Some("rus")),
            ("これは日本語で書かれた、特に意味のない文章です。誰かがそれを読んでいます。", Some("jpn")),
            ("12345 67890", None),
            ("Ulm", None),
        ] {
            assert_eq!(language(text), code, "{text}");
        }
    }
}
