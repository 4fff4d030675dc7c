//! A filter that looks at items alone and can be asked without a database: for rules that vote on what people will say,
//! and must not see what they said.

use super::{Filter, Test, Words};
use crate::Problem;
use serde_json::Value;

/// What an item shows of itself.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    pub key: &'a str,
    /// Its text; empty for other kinds of data.
    pub text: &'a str,
    pub metadata: &'a Value,
}

/// A [`Filter`] with the tests `key`, `text` and `meta.KEY` only.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemFilter(Filter);

impl ItemFilter {
    /// Errors: a test that looks at tasks or answers.
    pub fn new(filter: Filter) -> Result<Self, Problem> {
        match stranger(&filter) {
            None => Ok(Self(filter)),
            Some(name) => {
                let message =
                    format!("{name} looks at tasks or answers; a rule looks at the item: key, text, meta.KEY");
                Err(Problem::new("/query/filter", "not_of_items", message))
            }
        }
    }

    pub fn holds(&self, look: &Look<'_>) -> bool {
        holds(&self.0, look)
    }
}

/// The name of the first test that looks at something else than the item.
fn stranger(filter: &Filter) -> Option<&'static str> {
    match filter {
        Filter::All(parts) | Filter::Any(parts) => parts.iter().find_map(stranger),
        Filter::Not(part) => stranger(part),
        Filter::Test(test) => match test {
            Test::Key(_) | Test::Text(_) | Test::Metadata { .. } => None,
            Test::Status(_) => Some("status"),
            Test::Class(_) | Test::ClassCount { .. } => Some("class"),
            Test::Field { .. } | Test::FieldNumber { .. } => Some("field"),
            Test::Labeler(_) => Some("labeler"),
            Test::Agreement(..) => Some("agreement"),
            Test::Answers(..) => Some("answers"),
            Test::Priority(..) => Some("priority"),
            Test::Updated(..) => Some("updated"),
            Test::Flagged(_) => Some("flagged"),
            Test::Commented(_) => Some("commented"),
            Test::Slice(_) => Some("slice"),
        },
    }
}

fn holds(filter: &Filter, look: &Look<'_>) -> bool {
    match filter {
        Filter::All(parts) => parts.iter().all(|part| holds(part, look)),
        Filter::Any(parts) => parts.iter().any(|part| holds(part, look)),
        Filter::Not(part) => !holds(part, look),
        Filter::Test(Test::Key(words)) => says(words, look.key),
        Filter::Test(Test::Text(part)) => contains(look.text, part),
        Filter::Test(Test::Metadata { key, value }) => match (look.metadata.get(key), value) {
            (None, _) => false,
            (Some(Value::String(text)), words) => says(words, text),
            // As JSON a number or a truth value is its own word.
            (Some(other), words) => says(words, &other.to_string()),
        },
        // None of the others is in a filter of items.
        Filter::Test(_) => false,
    }
}

fn says(words: &Words, text: &str) -> bool {
    match words {
        Words::Equal(whole) => whole == text,
        Words::Contains(part) => contains(text, part),
    }
}

/// Without regard to the case of ASCII letters, as the databases look.
fn contains(text: &str, part: &str) -> bool {
    part.is_empty() || text.as_bytes().windows(part.len()).any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::filter::parse;

    #[test]
    fn items_are_looked_at_and_answers_are_not() {
        let metadata = serde_json::json!({ "city": "Oslo", "year": 2024, "ok": true });
        let look = Look { key: "a/1.txt", text: "Out of STOCK, naïve", metadata: &metadata };
        let holds = |text: &str| ItemFilter::new(parse(text).unwrap()).unwrap().holds(&look);
        assert!(holds("text~\"of stock\" key~A/ meta.city:Oslo"));
        assert!(holds("meta.year:2024 meta.ok:true not meta.absent:x"));
        assert!(holds("meta.city:Bergen or text~naïve"));
        assert!(!holds("meta.city:oslo") && holds("meta.city~OSL") && !holds("text~NAÏVE"));
        assert!(holds("key!=b") && holds(""));
        let refused = ItemFilter::new(parse("text~a (field.mood:good or status:done)").unwrap()).unwrap_err();
        assert!(refused.message.starts_with("field looks at"), "{}", refused.message);
    }
}
