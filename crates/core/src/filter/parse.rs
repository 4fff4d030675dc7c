//! From text to a [`Filter`], with complaints that say at which character and what would be right.

use super::{Compare, FILTER_BYTES_MAXIMUM, Filter, TESTS_MAXIMUM, Test, Words};
use crate::{Problem, Timestamp};

const STATES: [&str; 4] = ["open", "labeled", "in_review", "done"];
const NAMES: &str = "status, key, text, class, labeler, agreement, answers, priority, updated, flagged, commented, \
     slice, class.ID, field.ID, meta.KEY";
/// Deepest nesting of parentheses and `not`.
const DEPTH_MAXIMUM: usize = 32;

/// Reads a filter; an empty text holds for every task.
pub fn parse(text: &str) -> Result<Filter, Problem> {
    if text.len() > FILTER_BYTES_MAXIMUM {
        return Err(problem(0, format!("a filter has at most {FILTER_BYTES_MAXIMUM} bytes")));
    }
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens, next: 0, end: text.chars().count(), tests: 0 };
    if parser.tokens.is_empty() {
        return Ok(Filter::All(Vec::new()));
    }
    let filter = parser.any(0)?;
    match parser.peek() {
        None => Ok(filter),
        Some(_) => Err(problem(parser.place(), "this closing parenthesis was never opened")),
    }
}

fn problem(place: usize, message: impl std::fmt::Display) -> Problem {
    Problem::new("/query/filter", "bad_filter", format!("character {}: {message}", place + 1))
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Open,
    Close,
    Operator(&'static str),
    /// A bare word or, in quotes, any text.
    Word {
        text: String,
        quoted: bool,
    },
}

/// Longest first, so that `<=` is not read as `<`.
const OPERATORS: [&str; 8] = ["!=", "<=", ">=", ":", "=", "<", ">", "~"];

/// Tokens with the number of the character at which each begins.
fn tokens(text: &str) -> Result<Vec<(usize, Token)>, Problem> {
    let characters: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(character) = characters.get(at) {
        let start = at;
        let operator = OPERATORS.iter().find(|word| {
            let length = word.len();
            characters.get(at..at + length).is_some_and(|part| part.iter().copied().eq(word.chars()))
        });
        let token = match character {
            character if character.is_whitespace() => {
                at += 1;
                continue;
            }
            '(' => Token::Open,
            ')' => Token::Close,
            '"' => {
                let (text, after) = quoted(&characters, at)?;
                at = after;
                found.push((start, Token::Word { text, quoted: true }));
                continue;
            }
            _ if operator.is_some() => {
                let word = operator.copied().unwrap_or_default();
                at += word.len();
                found.push((start, Token::Operator(word)));
                continue;
            }
            _ => {
                // A value may hold a colon (a time of day): only the first operator of a test splits it.
                let ends = |c: &char| c.is_whitespace() || "()\"<>=!~:".contains(*c);
                let value = matches!(found.last(), Some((_, Token::Operator(_))));
                let ends = |c: &char| if value { c.is_whitespace() || "()\"".contains(*c) } else { ends(c) };
                let length = characters[at..].iter().position(ends).unwrap_or(characters.len() - at).max(1);
                at += length;
                let text = characters[start..at].iter().collect();
                found.push((start, Token::Word { text, quoted: false }));
                continue;
            }
        };
        at += 1;
        found.push((start, token));
    }
    Ok(found)
}

/// A text in double quotes, in which `\"` is a quote and `\\` a backslash.
fn quoted(characters: &[char], open: usize) -> Result<(String, usize), Problem> {
    let mut text = String::new();
    let mut at = open + 1;
    while let Some(character) = characters.get(at) {
        match character {
            '"' => return Ok((text, at + 1)),
            '\\' if matches!(characters.get(at + 1), Some('"' | '\\')) => {
                text.push(characters[at + 1]);
                at += 2;
            }
            other => {
                text.push(*other);
                at += 1;
            }
        }
    }
    Err(problem(open, "this quote is never closed"))
}

struct Parser {
    tokens: Vec<(usize, Token)>,
    next: usize,
    end: usize,
    tests: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|(_, token)| token)
    }

    /// The character at which the next token begins.
    fn place(&self) -> usize {
        self.tokens.get(self.next).map_or(self.end, |(at, _)| *at)
    }

    fn take(&mut self) -> Option<Token> {
        let token = self.peek().cloned();
        self.next += 1;
        token
    }

    /// Is the next token this bare word, and not the name of a test?
    fn is_word(&self, word: &str) -> bool {
        let operator_follows = matches!(self.tokens.get(self.next + 1), Some((_, Token::Operator(_))));
        matches!(self.peek(), Some(Token::Word { text, quoted: false }) if text.eq_ignore_ascii_case(word))
            && !operator_follows
    }

    fn any(&mut self, depth: usize) -> Result<Filter, Problem> {
        let mut parts = vec![self.all(depth)?];
        while self.is_word("or") {
            self.next += 1;
            parts.push(self.all(depth)?);
        }
        Ok(single(parts, Filter::Any))
    }

    fn all(&mut self, depth: usize) -> Result<Filter, Problem> {
        let mut parts = vec![self.one(depth)?];
        loop {
            if self.is_word("and") {
                self.next += 1;
            } else if matches!(self.peek(), None | Some(Token::Close)) || self.is_word("or") {
                return Ok(single(parts, Filter::All));
            }
            parts.push(self.one(depth)?);
        }
    }

    fn one(&mut self, depth: usize) -> Result<Filter, Problem> {
        let place = self.place();
        if depth > DEPTH_MAXIMUM {
            return Err(problem(place, format!("at most {DEPTH_MAXIMUM} levels can be nested")));
        }
        if self.is_word("not") {
            self.next += 1;
            return Ok(Filter::Not(Box::new(self.one(depth + 1)?)));
        }
        match self.take() {
            Some(Token::Open) => {
                let inside = self.any(depth + 1)?;
                match self.take() {
                    Some(Token::Close) => Ok(inside),
                    _ => Err(problem(place, "this parenthesis is never closed")),
                }
            }
            Some(Token::Word { text, quoted: false }) => self.test(&text, place),
            _ => Err(problem(place, format!("here a test is missing, like status:done; there are {NAMES}"))),
        }
    }

    fn test(&mut self, name: &str, place: usize) -> Result<Filter, Problem> {
        self.tests += 1;
        if self.tests > TESTS_MAXIMUM {
            return Err(problem(place, format!("a filter has at most {TESTS_MAXIMUM} tests")));
        }
        let Some(Token::Operator(operator)) = self.take() else {
            let message = format!("after {name:?} an operator is missing: one of : = != < <= > >= ~");
            return Err(problem(place + name.chars().count(), message));
        };
        let value_place = self.place();
        let Some(Token::Word { text: value, .. }) = self.take() else {
            return Err(problem(value_place, format!("a value is missing after {name}{operator}")));
        };
        Asked { name, operator, value: &value, place, value_place }.test()
    }
}

fn single(mut parts: Vec<Filter>, join: fn(Vec<Filter>) -> Filter) -> Filter {
    if parts.len() == 1 { parts.remove(0) } else { join(parts) }
}

/// One test as it was written.
struct Asked<'a> {
    name: &'a str,
    operator: &'static str,
    value: &'a str,
    place: usize,
    value_place: usize,
}

impl Asked<'_> {
    fn test(&self) -> Result<Filter, Problem> {
        let test = match self.name {
            "status" => match STATES.iter().find(|state| **state == self.value) {
                Some(state) => return self.equality(Test::Status((*state).to_owned())),
                None => return Err(self.bad_value(&format!("one of {}", STATES.join(", ")))),
            },
            "key" => return self.words(Test::Key),
            "text" => match self.operator {
                "~" | ":" => Test::Text(self.value.to_owned()),
                _ => return Err(self.bad_operator("text is asked with ~ (contains)")),
            },
            "class" => return self.equality(Test::Class(self.value.to_owned())),
            "labeler" => return self.equality(Test::Labeler(self.value.to_owned())),
            "agreement" => Test::Agreement(self.compare()?, self.number()?),
            "answers" => Test::Answers(self.compare()?, self.whole()?),
            "priority" => Test::Priority(self.compare()?, self.whole()?),
            "updated" => return self.updated(),
            "flagged" => return self.equality(Test::Flagged(self.yes()?)),
            "commented" => return self.equality(Test::Commented(self.yes()?)),
            "slice" => return self.equality(Test::Slice(self.whole()?)),
            other => match other.split_once('.') {
                Some(("class", class)) if !class.is_empty() => {
                    Test::ClassCount { class: class.to_owned(), compare: self.compare()?, count: self.whole()? }
                }
                Some(("field", field)) if !field.is_empty() => return self.field(field),
                Some(("meta", key)) if !key.is_empty() => {
                    return self.words(|value| Test::Metadata { key: key.to_owned(), value });
                }
                _ => return Err(problem(self.place, format!("there is no test {other:?}; there are {NAMES}"))),
            },
        };
        Ok(Filter::Test(test))
    }

    /// `<`, `<=`, `>` and `>=` compare numbers, everything else words.
    fn field(&self, field: &str) -> Result<Filter, Problem> {
        if matches!(self.operator, "<" | "<=" | ">" | ">=") {
            let (compare, number) = (self.compare()?, self.number()?);
            return Ok(Filter::Test(Test::FieldNumber { field: field.to_owned(), compare, number }));
        }
        self.words(|value| Test::Field { field: field.to_owned(), value })
    }

    fn words(&self, test: impl Fn(Words) -> Test) -> Result<Filter, Problem> {
        match self.operator {
            "~" => Ok(Filter::Test(test(Words::Contains(self.value.to_owned())))),
            _ => self.equality(test(Words::Equal(self.value.to_owned()))),
        }
    }

    fn equality(&self, test: Test) -> Result<Filter, Problem> {
        match self.operator {
            ":" | "=" => Ok(Filter::Test(test)),
            "!=" => Ok(Filter::Not(Box::new(Filter::Test(test)))),
            _ => Err(self.bad_operator(&format!("{} is asked with : or !=", self.name))),
        }
    }

    fn compare(&self) -> Result<Compare, Problem> {
        Ok(match self.operator {
            ":" | "=" => Compare::Equal,
            "!=" => Compare::Different,
            "<" => Compare::Less,
            "<=" => Compare::LessOrEqual,
            ">" => Compare::Greater,
            ">=" => Compare::GreaterOrEqual,
            _ => return Err(self.bad_operator(&format!("{} is a number and is compared", self.name))),
        })
    }

    /// A whole day stands for its beginning with `<` and `>=`, for its end with `>` and `<=`, for all of it with `:`.
    fn updated(&self) -> Result<Filter, Problem> {
        let compare = self.compare()?;
        if let Some(time) = Timestamp::parse(self.value) {
            return Ok(Filter::Test(Test::Updated(compare, time)));
        }
        let day = Timestamp::parse(&format!("{}T00:00:00Z", self.value))
            .ok_or_else(|| self.bad_value("a day like 2026-01-31 or a time like 2026-01-31T12:00:00Z"))?;
        let next = Timestamp(day.0 + 86_400_000_000);
        let (from, before) = (Test::Updated(Compare::GreaterOrEqual, day), Test::Updated(Compare::Less, next));
        let within = Filter::All(vec![Filter::Test(from.clone()), Filter::Test(before.clone())]);
        Ok(match compare {
            Compare::Equal => within,
            Compare::Different => Filter::Not(Box::new(within)),
            Compare::Less => Filter::Test(Test::Updated(Compare::Less, day)),
            Compare::GreaterOrEqual => Filter::Test(from),
            Compare::LessOrEqual => Filter::Test(before),
            Compare::Greater => Filter::Test(Test::Updated(Compare::GreaterOrEqual, next)),
        })
    }

    fn yes(&self) -> Result<bool, Problem> {
        match self.value {
            "yes" | "true" => Ok(true),
            "no" | "false" => Ok(false),
            _ => Err(self.bad_value("yes or no")),
        }
    }

    fn number(&self) -> Result<f64, Problem> {
        let number = self.value.parse::<f64>().ok().filter(|number| number.is_finite());
        number.ok_or_else(|| self.bad_value("a number"))
    }

    fn whole(&self) -> Result<i64, Problem> {
        self.value.parse().map_err(|_| self.bad_value("a whole number"))
    }

    fn bad_value(&self, wanted: &str) -> Problem {
        problem(self.value_place, format!("{} takes {wanted}, not {:?}", self.name, self.value))
    }

    fn bad_operator(&self, message: &str) -> Problem {
        problem(self.place + self.name.chars().count(), message)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn status(state: &str) -> Filter {
        Filter::Test(Test::Status(state.into()))
    }

    #[test]
    fn and_binds_tighter_than_or_and_may_be_left_out() {
        let parsed = parse("status:done class:car or not (status=open)").unwrap();
        let both = Filter::All(vec![status("done"), Filter::Test(Test::Class("car".into()))]);
        assert_eq!(parsed, Filter::Any(vec![both.clone(), Filter::Not(Box::new(status("open")))]));
        assert_eq!(parse("status:done AND class:car").unwrap(), both);
        assert_eq!(parse("  ").unwrap(), Filter::All(vec![]));
    }

    #[test]
    fn values_in_quotes_numbers_and_days() {
        let parsed = parse(r#"labeler:"Ada \"L\" or" class.car>=3 field.rating<2.5 text~"(a)""#).unwrap();
        let Filter::All(tests) = parsed else { panic!("{parsed:?}") };
        assert_eq!(tests[0], Filter::Test(Test::Labeler("Ada \"L\" or".into())));
        let count = Test::ClassCount { class: "car".into(), compare: Compare::GreaterOrEqual, count: 3 };
        assert_eq!(tests[1], Filter::Test(count));
        let number = Test::FieldNumber { field: "rating".into(), compare: Compare::Less, number: 2.5 };
        assert_eq!(tests[2], Filter::Test(number));
        assert_eq!(tests[3], Filter::Test(Test::Text("(a)".into())));
        let found = parse("updated>2026-01-30").unwrap();
        let Filter::Test(Test::Updated(Compare::GreaterOrEqual, day)) = found else { panic!("{found:?}") };
        assert_eq!(day.to_string(), "2026-01-31T00:00:00.000000Z");
        let time = parse("updated<2026-01-31T12:00:00Z").unwrap();
        assert!(matches!(time, Filter::Test(Test::Updated(Compare::Less, _))), "{time:?}");
        assert_eq!(parse("meta.or:and").unwrap(), parse("meta.or=\"and\"").unwrap());
    }

    #[test]
    fn complaints_say_where_and_what_would_be_right() {
        let complaint = |text: &str| parse(text).unwrap_err().message;
        assert_eq!(
            complaint("status:finished"),
            "character 8: status takes one of open, labeled, in_review, done, not \"finished\""
        );
        assert!(complaint("password~a").starts_with("character 1: there is no test \"password\""));
        assert_eq!(complaint("key:a (status:done"), "character 7: this parenthesis is never closed");
        assert_eq!(complaint("key:a)"), "character 6: this closing parenthesis was never opened");
        assert_eq!(complaint("text~\"a"), "character 6: this quote is never closed");
        assert_eq!(complaint("agreement>high"), "character 11: agreement takes a number, not \"high\"");
        assert!(complaint("status").contains("an operator is missing"));
        assert!(complaint("status:").contains("a value is missing"));
        assert!(complaint(&"(".repeat(100)).contains("nested"));
        assert!(complaint(&"key:a ".repeat(TESTS_MAXIMUM + 1)).contains("at most 64 tests"));
        assert!(parse(&"key:a ".repeat(TESTS_MAXIMUM)).is_ok());
        assert!(complaint(&" ".repeat(FILTER_BYTES_MAXIMUM + 1)).contains("4096 bytes"));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[a-z.:=<>!~()\" \\\\é👍-]{0,60}") {
            let _ = parse(&text);
        }
    }
}
