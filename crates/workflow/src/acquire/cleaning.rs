//! Texts on their way in: letters in one form, and words apart.

use serde_json::Value;
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

/// What becomes of texts.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cleaning {
    /// Composed letters (Unicode Normalization Form C), without marks that nobody sees.
    pub normalise: bool,
    /// Words and marks in the item's metadata, by the rules of Unicode (UAX 29).
    pub tokens: bool,
}

/// The name under which the text editor finds them.
const TOKENS: &str = "tokens";

impl Cleaning {
    pub fn clean(self, text: String, metadata: &mut BTreeMap<String, Value>) -> String {
        let text = if self.normalise { normalised(&text) } else { text };
        if self.tokens {
            metadata.insert(TOKENS.into(), tokens(&text).into());
        }
        text
    }
}

/// Joiners stay: without them other letters, and other pictures of people, would stand there.
fn normalised(text: &str) -> String {
    let seen = text.chars().filter(|c| !matches!(c, '\u{ad}' | '\u{200b}' | '\u{2060}' | '\u{feff}'));
    let spaces = seen.map(|c| match c {
        '\u{a0}' | '\u{2007}' | '\u{202f}' => ' ',
        other => other,
    });
    spaces.nfc().collect()
}

fn tokens(text: &str) -> Vec<&str> {
    text.split_word_bounds().filter(|word| !word.trim().is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_are_composed_and_what_nobody_sees_is_gone() {
        let seen = "Cafe\u{301}\u{a0}au lait, Donau\u{ad}dampf\u{200b}er \u{feff}👩\u{200d}🚀";
        assert_eq!(normalised(seen), "Café au lait, Donaudampfer 👩\u{200d}🚀");
    }

    #[test]
    fn words_and_marks_are_apart_where_it_is_asked() {
        let mut metadata = BTreeMap::new();
        let both = Cleaning { normalise: true, tokens: true };
        assert_eq!(both.clean("We can't\u{a0}pay $3.50.".into(), &mut metadata), "We can't pay $3.50.");
        assert_eq!(metadata[TOKENS], serde_json::json!(["We", "can't", "pay", "$", "3.50", "."]));
        let mut metadata = BTreeMap::new();
        assert_eq!(Cleaning::default().clean("e\u{301}".into(), &mut metadata), "e\u{301}");
        assert!(metadata.is_empty());
    }
}
