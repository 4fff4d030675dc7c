//! Parameters of the operations on texts.

use super::{Check, Endpoint, Range, pictures::parameters, within};
use crate::text::Case;
use serde::Deserialize;
use std::collections::BTreeMap;

type Checked = Result<(), (&'static str, String)>;
/// Words or class ids, and what may stand in their place.
pub type Lists = BTreeMap<String, Vec<String>>;

parameters! {
    /// Wrong keys.
    Typo {
        /// The share of letters.
        rate: Range = Range::new(0.01, 0.04),
        /// In spans too.
        inside: bool = false,
    }
    check(this) { within("rate", this.rate, 0.0, 1.0) }
}

parameters! {
    /// Letters read for others that look like them.
    Ocr {
        rate: Range = Range::new(0.02, 0.08),
        inside: bool = false,
    }
    check(this) { within("rate", this.rate, 0.0, 1.0) }
}

parameters! {
    ChangeCase {
        /// One of these is drawn.
        to: Vec<Case> = vec![Case::Upper, Case::Lower],
    }
    check(this) {
        if this.to.is_empty() { Err(("to", "name at least one of upper, lower, title, swap".into())) } else { Ok(()) }
    }
}

parameters! {
    Synonym {
        rate: Range = Range::new(0.2, 0.5),
        /// A word in small letters to what may stand for it.
        words: Lists = Lists::new(),
    }
    check(this) {
        within("rate", this.rate, 0.0, 1.0)?;
        filled("words", &this.words)
    }
}

parameters! {
    SwapWords { rate: Range = Range::new(0.05, 0.15), }
    check(this) { within("rate", this.rate, 0.0, 1.0) }
}

parameters! {
    DeleteWords { rate: Range = Range::new(0.05, 0.15), }
    check(this) { within("rate", this.rate, 0.0, 1.0) }
}

parameters! {
    Mention {
        rate: Range = Range::new(1.0, 1.0),
        /// Class id to mentions.
        lists: Lists = Lists::new(),
    }
    check(this) {
        within("rate", this.rate, 0.0, 1.0)?;
        filled("lists", &this.lists)
    }
}

parameters! {
    /// The same in other words, by a language model.
    Paraphrase {
        endpoint: Option<Endpoint> = None,
        /// One is drawn for each child; it goes on the sentence "Say this".
        styles: Vec<String> = vec!["in other words".into()],
    }
    check(this) {
        let Some(endpoint) = &this.endpoint else {
            return Err(("endpoint", "a table with base_url and model is needed".into()));
        };
        if this.styles.is_empty() || this.styles.iter().any(|style| style.trim().is_empty()) {
            return Err(("styles", "a list of words like \"more formally\"".into()));
        }
        endpoint.check().map_err(|(field, message)| ("endpoint", format!("{field}: {message}")))
    }
}

fn filled(field: &'static str, lists: &Lists) -> Checked {
    if lists.is_empty() {
        return Err((field, "a table from names to lists of words is needed".into()));
    }
    match lists.iter().find(|(_, words)| words.is_empty() || words.iter().any(|word| word.trim().is_empty())) {
        Some((name, _)) => Err((field, format!("{name:?} needs a list of words that are not empty"))),
        None => Ok(()),
    }
}
