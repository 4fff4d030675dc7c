//! How texts are cut into tokens and sentences for formats that need it: words and single signs, by Unicode word
//! boundaries (UAX #29), white space left out; a sentence ends at a line end or after `.`, `!`, `?`, `。` and white space.

use unicode_segmentation::UnicodeSegmentation;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token<'a> {
    pub text: &'a str,
    /// Unicode scalar offsets, end exclusive.
    pub start: u32,
    pub end: u32,
    /// Does a new sentence begin here?
    pub begins_sentence: bool,
}

pub fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    let (mut at, mut begins, mut ended) = (0, true, false);
    for word in text.split_word_bounds() {
        let length = word.chars().count() as u32;
        if word.trim().is_empty() {
            begins |= ended || word.contains(['\n', '\r']);
        } else {
            found.push(Token { text: word, start: at, end: at + length, begins_sentence: begins });
            begins = false;
            ended = matches!(word, "." | "!" | "?" | "。" | "…");
        }
        at += length;
    }
    found
}
