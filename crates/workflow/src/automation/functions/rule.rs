//! What a labeling function looks for. A [`Rule`] is what a person writes and what is stored; a [`Matcher`] is made of it
//! once and then asked about many items. Every kind takes time linear in the length of what it looks at.

use labelwright_core::{
    Problem,
    filter::{ItemFilter, Look, parse},
};
use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};
use std::{collections::HashSet, ops::Range};

/// Longest keyword, word of a dictionary or name of a metadata key, in characters.
pub const WORD_CHARACTERS_MAXIMUM: usize = 200;
pub const KEYWORDS_MAXIMUM: usize = 50;
pub const DICTIONARY_WORDS_MAXIMUM: usize = 10_000;
pub const PATTERN_CHARACTERS_MAXIMUM: usize = 1000;
/// Memory of one compiled pattern, in bytes.
const PATTERN_BYTES_MAXIMUM: usize = 1 << 20;
/// Words of one entry of a dictionary: more are compared in vain for every place of a text.
const PHRASE_WORDS_MAXIMUM: usize = 8;

/// Where a rule looks: `text`, `key`, or `meta.` and a key of the metadata.
fn text() -> String {
    "text".into()
}

fn one() -> u32 {
    1
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Rule {
    /// One of these is a part of what is looked at, whatever the case of its letters.
    Keyword {
        words: Vec<String>,
        /// `text`, `key` or `meta.KEY`
        #[serde(default = "text")]
        target: String,
    },
    /// A regular expression (without look-around and back references) finds something.
    Regex {
        pattern: String,
        /// `text`, `key` or `meta.KEY`
        #[serde(default = "text")]
        target: String,
    },
    /// Whole words or phrases of a list stand in it, whatever the case of their letters.
    Dictionary {
        words: Vec<String>,
        /// How many different entries there must be.
        #[serde(default = "one")]
        at_least: u32,
        /// `text`, `key` or `meta.KEY`
        #[serde(default = "text")]
        target: String,
    },
    /// The filter language, with tests that look at the item.
    Filter { filter: String },
}

#[derive(Debug)]
enum Target {
    Text,
    Key,
    Metadata(String),
}

#[derive(Debug)]
enum Kind {
    Keyword(Vec<String>),
    Regex(Regex),
    Dictionary { entries: HashSet<String>, longest: usize, at_least: usize },
}

/// A rule that is ready to be asked.
#[derive(Debug)]
pub struct Matcher {
    rule: Compiled,
}

#[derive(Debug)]
enum Compiled {
    Words { kind: Kind, target: Target },
    Filter(ItemFilter),
}

fn bad(pointer: &str, code: &str, message: impl Into<String>) -> Problem {
    Problem::new(format!("/rule/{pointer}"), code, message)
}

impl Rule {
    /// Errors say which part is wrong, with pointers under `/rule`.
    pub fn matcher(&self) -> Result<Matcher, Problem> {
        let rule = match self {
            Self::Keyword { words, target } => {
                let words = listed(words, KEYWORDS_MAXIMUM)?.iter().map(|word| word.to_lowercase()).collect();
                Compiled::Words { kind: Kind::Keyword(words), target: read_target(target)? }
            }
            Self::Regex { pattern, target } => {
                Compiled::Words { kind: Kind::Regex(regex(pattern)?), target: read_target(target)? }
            }
            Self::Dictionary { words, at_least, target } => {
                let kind = dictionary(&listed(words, DICTIONARY_WORDS_MAXIMUM)?, *at_least)?;
                Compiled::Words { kind, target: read_target(target)? }
            }
            Self::Filter { filter } => {
                if filter.trim().is_empty() {
                    return Err(bad("filter", "required", "an empty filter holds for everything; write a test"));
                }
                let at = |problem: Problem| Problem { pointer: "/rule/filter".into(), ..problem };
                Compiled::Filter(parse(filter).and_then(ItemFilter::new).map_err(at)?)
            }
        };
        Ok(Matcher { rule })
    }
}

fn read_target(target: &str) -> Result<Target, Problem> {
    match (target, target.strip_prefix("meta.")) {
        ("text", _) => Ok(Target::Text),
        ("key", _) => Ok(Target::Key),
        (_, Some(key)) if !key.is_empty() && key.chars().count() <= WORD_CHARACTERS_MAXIMUM => {
            Ok(Target::Metadata(key.to_owned()))
        }
        _ => Err(bad("target", "unknown", "a rule looks at text, key or meta.KEY")),
    }
}

/// The words without surrounding space; empty ones are left out.
fn listed(words: &[String], most: usize) -> Result<Vec<&str>, Problem> {
    let words: Vec<&str> = words.iter().map(|word| word.trim()).filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        return Err(bad("words", "required", "write at least one word"));
    }
    if words.len() > most {
        return Err(bad("words", "out_of_range", format!("{} words; at most {most} are looked for", words.len())));
    }
    if let Some(long) = words.iter().position(|word| word.chars().count() > WORD_CHARACTERS_MAXIMUM) {
        let message = format!("word {} is longer than {WORD_CHARACTERS_MAXIMUM} characters", long + 1);
        return Err(bad("words", "too_long", message));
    }
    Ok(words)
}

fn regex(pattern: &str) -> Result<Regex, Problem> {
    if pattern.is_empty() {
        return Err(bad("pattern", "required", "write a pattern"));
    }
    if pattern.chars().count() > PATTERN_CHARACTERS_MAXIMUM {
        let message = format!("a pattern has at most {PATTERN_CHARACTERS_MAXIMUM} characters");
        return Err(bad("pattern", "too_long", message));
    }
    let compiled = RegexBuilder::new(pattern)
        .size_limit(PATTERN_BYTES_MAXIMUM)
        .dfa_size_limit(PATTERN_BYTES_MAXIMUM)
        .build()
        .map_err(|error| bad("pattern", "bad_pattern", told(&error)))?;
    if compiled.is_match("") {
        return Err(bad("pattern", "bad_pattern", "this pattern finds nothing everywhere; take a * or a ? away"));
    }
    Ok(compiled)
}

/// The library draws the place over several lines; the last line says what is wrong.
fn told(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => "the pattern is too large once it is compiled; repeat less".into(),
        other => {
            let text = other.to_string();
            let last = text.lines().last().unwrap_or_default();
            last.trim_start_matches("error: ").to_owned()
        }
    }
}

fn dictionary(words: &[&str], at_least: u32) -> Result<Kind, Problem> {
    let mut entries = HashSet::new();
    let mut longest = 1;
    for (index, entry) in words.iter().enumerate() {
        let lower = entry.to_lowercase();
        let phrase: Vec<&str> = pieces(&lower).into_iter().map(|piece| &lower[piece]).collect();
        if phrase.is_empty() || phrase.len() > PHRASE_WORDS_MAXIMUM {
            let message = format!("entry {} has not 1 to {PHRASE_WORDS_MAXIMUM} words", index + 1);
            return Err(bad("words", "out_of_range", message));
        }
        longest = longest.max(phrase.len());
        entries.insert(phrase.join(" "));
    }
    let at_least = at_least as usize;
    if at_least == 0 || at_least > entries.len() {
        let message = format!("at least 1 and at most {} entries can be asked for", entries.len());
        return Err(bad("at_least", "out_of_range", message));
    }
    Ok(Kind::Dictionary { entries, longest, at_least })
}

/// Runs of letters and digits, as byte ranges.
fn pieces(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, character) in text.char_indices() {
        match (character.is_alphanumeric(), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                found.push(from..at);
                start = None;
            }
            _ => {}
        }
    }
    found.extend(start.map(|from| from..text.len()));
    found
}

impl Matcher {
    /// Does the function vote on this item?
    pub fn votes(&self, look: &Look<'_>) -> bool {
        match &self.rule {
            Compiled::Filter(filter) => filter.holds(look),
            Compiled::Words { kind, target } => target.of(look).is_some_and(|text| kind.finds(&text)),
        }
    }

    /// The first place in the text that it was found at, in characters; None where it looked elsewhere.
    pub fn place(&self, look: &Look<'_>) -> Option<Range<usize>> {
        let Compiled::Words { kind, target: Target::Text } = &self.rule else { return None };
        let bytes = match kind {
            Kind::Regex(regex) => regex.find(look.text).map(|found| found.range()),
            Kind::Keyword(words) => first_word(look.text, words),
            Kind::Dictionary { entries, longest, .. } => first_entry(look.text, entries, *longest),
        }?;
        let characters = |end: usize| look.text.get(..end).map(|part| part.chars().count());
        Some(characters(bytes.start)?..characters(bytes.end)?)
    }
}

impl Target {
    fn of<'a>(&self, look: &Look<'a>) -> Option<std::borrow::Cow<'a, str>> {
        match self {
            Self::Text => Some(look.text.into()),
            Self::Key => Some(look.key.into()),
            Self::Metadata(key) => match look.metadata.get(key)? {
                serde_json::Value::String(text) => Some(text.as_str().into()),
                other => Some(other.to_string().into()),
            },
        }
    }
}

impl Kind {
    fn finds(&self, text: &str) -> bool {
        match self {
            Self::Regex(regex) => regex.is_match(text),
            Self::Keyword(words) => {
                let lower = text.to_lowercase();
                words.iter().any(|word| lower.contains(word))
            }
            Self::Dictionary { entries, longest, at_least } => {
                let lower = text.to_lowercase();
                let mut found = HashSet::new();
                each_phrase(&lower, *longest, |_, phrase| {
                    if let Some(entry) = entries.get(phrase) {
                        found.insert(entry);
                    }
                    found.len() < *at_least
                });
                found.len() >= *at_least
            }
        }
    }
}

/// Tells runs of up to `longest` words, joined by spaces, until the visitor has seen enough.
fn each_phrase(lower: &str, longest: usize, mut visit: impl FnMut(Range<usize>, &str) -> bool) {
    let words = pieces(lower);
    let mut phrase = String::new();
    for (at, first) in words.iter().enumerate() {
        phrase.clear();
        for word in words.iter().skip(at).take(longest) {
            if !phrase.is_empty() {
                phrase.push(' ');
            }
            phrase.push_str(lower.get(word.clone()).unwrap_or_default());
            if !visit(first.start..word.end, &phrase) {
                return;
            }
        }
    }
}

/// Lower case may be longer or shorter in bytes: then the place would be wrong, and none is told.
fn lowered(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    (lower.len() == text.len()).then_some(lower)
}

fn first_word(text: &str, words: &[String]) -> Option<Range<usize>> {
    let lower = lowered(text)?;
    let places = words.iter().filter_map(|word| lower.find(word).map(|at| at..at + word.len()));
    places.min_by_key(|place| place.start)
}

fn first_entry(text: &str, entries: &HashSet<String>, longest: usize) -> Option<Range<usize>> {
    let lower = lowered(text)?;
    let mut found = None;
    each_phrase(&lower, longest, |place, phrase| {
        if entries.contains(phrase) {
            found = Some(place);
        }
        found.is_none()
    });
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn votes(rule: &str, text: &str) -> bool {
        let rule: Rule = serde_json::from_str(rule).unwrap();
        let metadata = serde_json::json!({ "lang": "en" });
        rule.matcher().unwrap().votes(&Look { key: "k", text, metadata: &metadata })
    }

    #[test]
    fn each_kind_by_hand() {
        let keyword = r#"{"type":"keyword","words":["refund"," "]}"#;
        assert!(votes(keyword, "REFUNDED!") && !votes(keyword, "re fund"));
        let dictionary = r#"{"type":"dictionary","words":["good","well made","ÉCLAT"],"at_least":2}"#;
        assert!(
            votes(dictionary, "Well-made, éclat") && !votes(dictionary, "good, good") && !votes(dictionary, "goods")
        );
        let regex = r#"{"type":"regex","pattern":"(?i)\\bnot\\s+good\\b"}"#;
        assert!(votes(regex, "this is NOT  good") && !votes(regex, "nothing good"));
        assert!(votes(r#"{"type":"regex","pattern":"^en$","target":"meta.lang"}"#, ""));
        assert!(votes(r#"{"type":"filter","filter":"meta.lang:en text~x"}"#, "X"));
    }

    #[test]
    fn places_are_characters_and_hostile_rules_are_refused_with_their_place() {
        let rule = Rule::Keyword { words: vec!["bad".into()], target: text() };
        let metadata = serde_json::Value::Null;
        let look = Look { key: "", text: "naïve 😀 Bad", metadata: &metadata };
        assert_eq!(rule.matcher().unwrap().place(&look), Some(8..11));
        let refused = |rule: Rule| rule.matcher().unwrap_err();
        let pattern = |pattern: &str| Rule::Regex { pattern: pattern.into(), target: text() };
        assert_eq!(refused(pattern("(")).pointer, "/rule/pattern");
        assert_eq!(refused(pattern("a*")).code, "bad_pattern");
        assert!(refused(pattern(r"(\w{500}){500}")).message.starts_with("the pattern is too large"));
        assert!(refused(pattern("(?=x)")).message.contains("look-around"));
        assert_eq!(refused(Rule::Filter { filter: "field.mood:good".into() }).pointer, "/rule/filter");
        assert_eq!(refused(Rule::Keyword { words: vec![], target: text() }).code, "required");
        let many = vec!["w".to_owned(); KEYWORDS_MAXIMUM + 1];
        assert_eq!(refused(Rule::Keyword { words: many, target: text() }).code, "out_of_range");
        assert_eq!(refused(Rule::Keyword { words: vec!["a".into()], target: "meta.".into() }).pointer, "/rule/target");
        // A pattern that other engines take years for.
        let evil = pattern("(a+)+$").matcher().unwrap();
        assert!(!evil.votes(&Look { key: "", text: &("a".repeat(20_000) + "b"), metadata: &metadata }));
    }
}
