//! Reading of a path.

use super::{Axis, Compare, End, Path, Predicate, Step, Subject, XPath};

const CHARS_MAXIMUM: usize = 1000;
const STEPS_MAXIMUM: usize = 20;
const PATHS_MAXIMUM: usize = 10;
const NESTING_MAXIMUM: usize = 8;

pub fn parse(text: &str) -> Result<XPath, String> {
    let mut reader = Reader { chars: text.chars().collect(), at: 0 };
    if reader.chars.len() > CHARS_MAXIMUM {
        return Err(format!("a path has at most {CHARS_MAXIMUM} characters"));
    }
    let mut paths = vec![reader.path()?];
    while reader.take("|") {
        paths.push(reader.path()?);
        if paths.len() > PATHS_MAXIMUM {
            return Err(reader.wrong("too many paths"));
        }
    }
    reader.spaces();
    if reader.at < reader.chars.len() {
        return Err(reader.wrong("this is not read"));
    }
    Ok(XPath { paths })
}

struct Reader {
    chars: Vec<char>,
    at: usize,
}

impl Reader {
    fn wrong(&self, what: &str) -> String {
        format!("character {}: {what}", self.at + 1)
    }

    fn spaces(&mut self) {
        while self.chars.get(self.at).is_some_and(|c| c.is_whitespace()) {
            self.at += 1;
        }
    }

    fn sees(&mut self, text: &str) -> bool {
        self.spaces();
        text.chars().enumerate().all(|(index, c)| self.chars.get(self.at + index) == Some(&c))
    }

    fn take(&mut self, text: &str) -> bool {
        let is_there = self.sees(text);
        if is_there {
            self.at += text.chars().count();
        }
        is_there
    }

    /// A word with nothing more of a name behind it.
    fn word(&mut self, text: &str) -> bool {
        let begun = self.at;
        if self.take(text) && !self.chars.get(self.at).is_some_and(|c| is_name(*c)) {
            return true;
        }
        self.at = begun;
        false
    }

    fn need(&mut self, text: &str) -> Result<(), String> {
        if self.take(text) { Ok(()) } else { Err(self.wrong(&format!("{text} is missing"))) }
    }

    fn name(&mut self) -> Result<String, String> {
        self.spaces();
        let begun = self.at;
        while self.chars.get(self.at).is_some_and(|c| is_name(*c)) {
            self.at += 1;
        }
        let name: String = self.chars[begun..self.at].iter().collect();
        if name.is_empty() { Err(self.wrong("a name is missing")) } else { Ok(name.to_ascii_lowercase()) }
    }

    fn literal(&mut self) -> Result<String, String> {
        self.spaces();
        let quote = match self.chars.get(self.at) {
            Some(quote @ ('"' | '\'')) => *quote,
            _ => return Err(self.wrong("a value in quotes is missing")),
        };
        let begun = self.at + 1;
        let Some(length) = self.chars[begun..].iter().position(|c| *c == quote) else {
            return Err(self.wrong("the quote does not end"));
        };
        self.at = begun + length + 1;
        Ok(self.chars[begun..begun + length].iter().collect())
    }

    fn number(&mut self) -> Option<usize> {
        self.spaces();
        let begun = self.at;
        while self.chars.get(self.at).is_some_and(char::is_ascii_digit) {
            self.at += 1;
        }
        let digits: String = self.chars[begun..self.at].iter().collect();
        digits.parse().ok()
    }

    fn path(&mut self) -> Result<Path, String> {
        let mut steps = Vec::new();
        let is_absolute = self.sees("/");
        if !is_absolute {
            if self.take("..") {
                steps.push(Step { axis: Axis::Parent, name: None, predicates: Vec::new() });
            } else {
                self.need(".")?;
            }
        }
        let mut end = End::Element;
        while self.sees("/") {
            let axis = if self.take("//") { Axis::Below } else { Axis::Child };
            if axis == Axis::Child {
                self.need("/")?;
            }
            if end != End::Element {
                return Err(self.wrong("nothing lies below an attribute or a text"));
            }
            if self.take("@") {
                if axis == Axis::Below {
                    steps.push(Step { axis, name: None, predicates: Vec::new() });
                }
                end = End::Attribute(self.name()?);
            } else if self.take("text()") {
                if axis == Axis::Below {
                    steps.push(Step { axis, name: None, predicates: Vec::new() });
                }
                end = End::Text;
            } else {
                steps.push(self.step(axis)?);
            }
            if steps.len() > STEPS_MAXIMUM {
                return Err(self.wrong("too many steps"));
            }
        }
        if is_absolute && steps.is_empty() {
            return Err(self.wrong("a name is missing"));
        }
        Ok(Path { is_absolute, steps, end })
    }

    fn step(&mut self, axis: Axis) -> Result<Step, String> {
        if axis == Axis::Child && self.take("..") {
            return Ok(Step { axis: Axis::Parent, name: None, predicates: Vec::new() });
        }
        let axis = if axis == Axis::Child && self.take("following-sibling::") { Axis::Following } else { axis };
        let name = if self.take("*") { None } else { Some(self.name()?) };
        if self.sees("::") {
            return Err(self.wrong("of the axes only following-sibling is read"));
        }
        if self.sees("(") {
            return Err(self.wrong("only text() is read here"));
        }
        let mut predicates = Vec::new();
        while self.take("[") {
            predicates.push(self.any(0)?);
            self.need("]")?;
        }
        Ok(Step { axis, name, predicates })
    }

    fn any(&mut self, depth: usize) -> Result<Predicate, String> {
        let mut parts = vec![self.all(depth)?];
        while self.word("or") {
            parts.push(self.all(depth)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Predicate::Any(parts) })
    }

    fn all(&mut self, depth: usize) -> Result<Predicate, String> {
        let mut parts = vec![self.one(depth)?];
        while self.word("and") {
            parts.push(self.one(depth)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Predicate::All(parts) })
    }

    fn one(&mut self, depth: usize) -> Result<Predicate, String> {
        if depth >= NESTING_MAXIMUM {
            return Err(self.wrong("too many brackets"));
        }
        if self.take("(") {
            let inner = self.any(depth + 1)?;
            self.need(")")?;
            return Ok(inner);
        }
        if self.take("not(") {
            let inner = self.any(depth + 1)?;
            self.need(")")?;
            return Ok(Predicate::Not(Box::new(inner)));
        }
        if self.take("last()") {
            return Ok(Predicate::Last);
        }
        if self.take("position()") {
            return self.position();
        }
        for (function, is_start) in [("contains(", false), ("starts-with(", true)] {
            if self.take(function) {
                let subject = self.subject()?.ok_or_else(|| self.wrong("@name, . or text() is missing"))?;
                self.need(",")?;
                let value = self.literal()?;
                self.need(")")?;
                return Ok(if is_start {
                    Predicate::Starts(subject, value)
                } else {
                    Predicate::Contains(subject, value)
                });
            }
        }
        if let Some(number) = self.number() {
            return if number == 0 {
                Err(self.wrong("positions begin with 1"))
            } else {
                Ok(Predicate::Position(Compare::Equal, number))
            };
        }
        let Some(subject) = self.subject()? else {
            if self.take("*") {
                return Ok(Predicate::Child(None));
            }
            let name = self.name()?;
            return if self.sees("(") {
                Err(self.wrong("this function is not read"))
            } else {
                Ok(Predicate::Child(Some(name)))
            };
        };
        if self.take("!=") {
            return Ok(Predicate::Is(subject, false, self.literal()?));
        }
        if self.take("=") {
            return Ok(Predicate::Is(subject, true, self.literal()?));
        }
        Ok(Predicate::Has(subject))
    }

    fn position(&mut self) -> Result<Predicate, String> {
        let all = [
            ("<=", Compare::BelowOrEqual),
            (">=", Compare::AboveOrEqual),
            ("<", Compare::Below),
            (">", Compare::Above),
            ("=", Compare::Equal),
        ];
        let Some((_, compare)) = all.into_iter().find(|(sign, _)| self.take(sign)) else {
            return Err(self.wrong("one of = < <= > >= is missing"));
        };
        let number = self.number().ok_or_else(|| self.wrong("a number is missing"))?;
        Ok(Predicate::Position(compare, number))
    }

    fn subject(&mut self) -> Result<Option<Subject>, String> {
        if self.take("@") {
            return Ok(Some(Subject::Attribute(self.name()?)));
        }
        if self.take("text()") {
            return Ok(Some(Subject::Text));
        }
        if self.take("normalize-space()") || self.take("normalize-space(.)") {
            return Ok(Some(Subject::Normal));
        }
        if self.sees("./") || self.sees("..") {
            return Err(self.wrong("paths in brackets are not read"));
        }
        Ok(self.take(".").then_some(Subject::Whole))
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '-' || c == '_'
}
