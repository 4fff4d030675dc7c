//! Paths to elements in the way of XPath 1.0, for recipes of people who know it. What is read, and nothing more:
//!
//! - `/name`, `//name`, `*`, `.`, `..`, `following-sibling::name`, and at the end `@attribute` or `text()`;
//! - several paths with `|` between them;
//! - predicates `[2]`, `[last()]`, `[position() < 4]`, `[name]`, `[@a]`, `[@a = "v"]`, `[. != "v"]`, `[text() = "v"]`,
//!   `[contains(@a, "v")]`, `[starts-with(., "v")]`, `[normalize-space() = "v"]`, joined by `and`, `or`, `not(...)`.
//!
//! A path takes time that grows with the page and not with its square: each step looks at every element once.

mod parse;

use scraper::{ElementRef, Html};
use std::collections::HashSet;

/// A path that can be used.
#[derive(Debug, Clone, PartialEq)]
pub struct XPath {
    paths: Vec<Path>,
}

#[derive(Debug, Clone, PartialEq)]
struct Path {
    /// From the document, not from the record.
    is_absolute: bool,
    steps: Vec<Step>,
    end: End,
}

#[derive(Debug, Clone, PartialEq)]
struct Step {
    axis: Axis,
    /// None for any element.
    name: Option<String>,
    predicates: Vec<Predicate>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Axis {
    Child,
    /// `//`
    Below,
    /// `..`
    Parent,
    Following,
}

/// What is taken of the elements at the end of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
enum End {
    Element,
    Attribute(String),
    /// The texts that lie directly in it.
    Text,
}

#[derive(Debug, Clone, PartialEq)]
enum Predicate {
    Position(Compare, usize),
    Last,
    Child(Option<String>),
    Has(Subject),
    Is(Subject, bool, String),
    Contains(Subject, String),
    Starts(Subject, String),
    Not(Box<Predicate>),
    All(Vec<Predicate>),
    Any(Vec<Predicate>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Compare {
    Equal,
    Below,
    BelowOrEqual,
    Above,
    AboveOrEqual,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Subject {
    Attribute(String),
    /// All text in it.
    Whole,
    /// The same with single spaces.
    Normal,
    /// The text directly in it.
    Text,
}

/// Is this a path and no CSS selector?
pub fn is_path(text: &str) -> bool {
    text == "." || text == ".." || ["/", "./", "../", ".|"].iter().any(|start| text.starts_with(start))
}

impl XPath {
    /// # Errors
    /// What cannot be read, with the number of its character.
    pub fn parse(text: &str) -> Result<Self, String> {
        parse::parse(text)
    }

    /// The attribute that it ends in.
    pub fn attribute(&self) -> Option<&str> {
        self.paths.iter().find_map(|path| match &path.end {
            End::Attribute(name) => Some(name.as_str()),
            End::Element | End::Text => None,
        })
    }

    /// The elements of a document that it leads to.
    pub fn elements<'a>(&self, html: &'a Html) -> Vec<ElementRef<'a>> {
        let (mut seen, mut found) = (HashSet::new(), Vec::new());
        for element in self.paths.iter().flat_map(|path| path.from(html, None)) {
            if seen.insert(element.id()) {
                found.push(element);
            }
        }
        found
    }

    /// What the first element that has it gives: its texts, or one of its attributes.
    pub fn value<'a>(&self, html: &'a Html, record: ElementRef<'a>) -> Option<Vec<&'a str>> {
        self.paths.iter().find_map(|path| {
            path.from(html, Some(record)).into_iter().find_map(|element| {
                let texts: Vec<&str> = match &path.end {
                    End::Element => element.text().collect(),
                    End::Attribute(name) => element.attr(name).into_iter().collect(),
                    End::Text => own_texts(element).collect(),
                };
                texts.iter().any(|text| !text.trim().is_empty()).then_some(texts)
            })
        })
    }
}

impl Path {
    fn from<'a>(&self, html: &'a Html, record: Option<ElementRef<'a>>) -> Vec<ElementRef<'a>> {
        let root = html.root_element();
        let mut steps = self.steps.iter();
        let mut at = match record.filter(|_| !self.is_absolute) {
            Some(record) => vec![record],
            // The document's only child is its root element.
            None => match steps.next() {
                Some(step) => step.of_document(root),
                None => vec![root],
            },
        };
        for step in steps {
            at = step.from(&at);
        }
        at
    }
}

impl Step {
    fn of_document<'a>(&self, root: ElementRef<'a>) -> Vec<ElementRef<'a>> {
        let mut found = match self.axis {
            Axis::Child | Axis::Below => self.kept(vec![root]),
            Axis::Parent | Axis::Following => Vec::new(),
        };
        if self.axis == Axis::Below {
            found.extend(self.below(&[root]));
        }
        found
    }

    fn from<'a>(&self, at: &[ElementRef<'a>]) -> Vec<ElementRef<'a>> {
        let (mut seen, mut found) = (HashSet::new(), Vec::new());
        match self.axis {
            Axis::Below => return self.below(at),
            Axis::Child => found.extend(at.iter().flat_map(|element| self.kept(element.child_elements().collect()))),
            Axis::Parent => {
                let parents = at.iter().filter_map(|element| element.parent().and_then(ElementRef::wrap));
                found.extend(parents.flat_map(|parent| self.kept(vec![parent])));
            }
            Axis::Following => {
                for element in at {
                    let siblings = element.next_siblings().filter_map(ElementRef::wrap);
                    found.extend(self.kept(siblings.collect()));
                }
            }
        }
        found.retain(|element| seen.insert(element.id()));
        found
    }

    /// Everything below, in the order of the document: what lies in an element that was gone through is not again.
    fn below<'a>(&self, at: &[ElementRef<'a>]) -> Vec<ElementRef<'a>> {
        let (mut through, mut kept, mut found) = (HashSet::new(), HashSet::new(), Vec::new());
        for element in at {
            if through.contains(&element.id()) {
                continue;
            }
            for parent in element.descendants().filter_map(ElementRef::wrap) {
                // Positions are counted among the children of each element.
                if through.insert(parent.id()) {
                    kept.extend(self.kept(parent.child_elements().collect()).into_iter().map(|child| child.id()));
                }
                if parent.id() != element.id() && kept.remove(&parent.id()) {
                    found.push(parent);
                }
            }
        }
        found
    }

    fn kept<'a>(&self, mut elements: Vec<ElementRef<'a>>) -> Vec<ElementRef<'a>> {
        elements.retain(|element| self.name.as_deref().is_none_or(|name| element.value().name() == name));
        for predicate in &self.predicates {
            let count = elements.len();
            let mut position = 0;
            elements.retain(|element| {
                position += 1;
                predicate.holds(*element, position, count)
            });
        }
        elements
    }
}

impl Predicate {
    fn holds(&self, element: ElementRef<'_>, position: usize, count: usize) -> bool {
        let text = |subject: &Subject| subject.of(element);
        match self {
            Self::Position(compare, number) => match compare {
                Compare::Equal => position == *number,
                Compare::Below => position < *number,
                Compare::BelowOrEqual => position <= *number,
                Compare::Above => position > *number,
                Compare::AboveOrEqual => position >= *number,
            },
            Self::Last => position == count,
            Self::Child(name) => {
                element.child_elements().any(|child| name.as_deref().is_none_or(|name| child.value().name() == name))
            }
            Self::Has(subject) => text(subject).is_some(),
            Self::Is(subject, equal, value) => text(subject).is_some_and(|text| (text == *value) == *equal),
            Self::Contains(subject, value) => text(subject).unwrap_or_default().contains(value.as_str()),
            Self::Starts(subject, value) => text(subject).unwrap_or_default().starts_with(value.as_str()),
            Self::Not(inner) => !inner.holds(element, position, count),
            Self::All(all) => all.iter().all(|one| one.holds(element, position, count)),
            Self::Any(all) => all.iter().any(|one| one.holds(element, position, count)),
        }
    }
}

impl Subject {
    fn of(&self, element: ElementRef<'_>) -> Option<String> {
        match self {
            Self::Attribute(name) => element.attr(name).map(str::to_owned),
            Self::Whole => Some(element.text().collect()),
            Self::Normal => {
                let text: String = element.text().collect();
                Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
            }
            Self::Text => Some(own_texts(element).collect::<String>()).filter(|text| !text.is_empty()),
        }
    }
}

fn own_texts<'a>(element: ElementRef<'a>) -> impl Iterator<Item = &'a str> {
    element.children().filter_map(|child| child.value().as_text().map(|text| &**text))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const PAGE: &str = "<div id=a><ul><li class='product new'><h2>Chair <b>red</b></h2><a href=/c>see</a></li>\
        <li class=product><h2>Table</h2></li><li class=other><h2>Lamp</h2></li></ul><p>one</p><p>two</p></div>\
        <div id=b><ul><li class=product><h2>Bed</h2></li></ul></div>";

    fn found(path: &str) -> Vec<String> {
        let html = Html::parse_document(PAGE);
        let path = XPath::parse(path).unwrap();
        path.elements(&html).into_iter().map(|element| element.text().collect()).collect()
    }

    #[test]
    fn elements_by_path_in_the_order_of_the_page() {
        for (path, texts) in [
            ("//li[@class=\"product\"]/h2", vec!["Table", "Bed"]),
            ("//li[contains(@class, 'product')]/h2", vec!["Chair red", "Table", "Bed"]),
            ("//ul/li[1]/h2", vec!["Chair red", "Bed"]),
            ("//li[last()]//h2", vec!["Lamp", "Bed"]),
            ("/html/body/div[@id='a']/p[position() >= 2]", vec!["two"]),
            ("//div[.//h2]", vec![]),
            ("//li[a]/h2 | //p[text() = 'one']", vec!["Chair red", "one"]),
            ("//li[not(@class = 'product') and not(a)]", vec!["Lamp"]),
            ("//li[starts-with(normalize-space(), 'Lamp') or @class='none']", vec!["Lamp"]),
            ("//b/../../a", vec!["see"]),
            ("//p[. = 'one']/following-sibling::p", vec!["two"]),
            ("//*[@id='b']//h2", vec!["Bed"]),
            ("//none", vec![]),
        ] {
            if path == "//div[.//h2]" {
                assert!(XPath::parse(path).is_err(), "paths in predicates are not read");
            } else {
                assert_eq!(found(path), texts, "{path}");
            }
        }
    }

    #[test]
    fn values_of_a_record() {
        let html = Html::parse_document(PAGE);
        let record = XPath::parse("//li").unwrap().elements(&html)[0];
        let value = |path: &str| XPath::parse(path).unwrap().value(&html, record).map(|texts| texts.concat());
        assert_eq!(value(".//h2").as_deref(), Some("Chair red"));
        assert_eq!(value("./h2/text()").as_deref(), Some("Chair "));
        assert_eq!(value("./a/@href").as_deref(), Some("/c"));
        assert_eq!(value("./@class").as_deref(), Some("product new"));
        assert_eq!(value("./@none"), None);
        assert_eq!(value("./h3 | ./h2/b").as_deref(), Some("red"));
        assert_eq!(XPath::parse("./a/@href").unwrap().attribute(), Some("href"));
    }

    #[test]
    fn what_is_not_read_is_told_with_its_place() {
        for path in [
            "",
            "/",
            "//",
            "li",
            "//li[",
            "//li[]",
            "//li[@a=b]",
            "//li[0]",
            "//li/text()/b",
            "//li/@a/b",
            "//li[foo(.)]",
            "//ancestor::li",
            "//li[1] extra",
            "./a[@b='c]",
            "//li[((((((((((1))))))))))]",
        ] {
            assert!(XPath::parse(path).unwrap_err().contains("character"), "{path}");
        }
        assert!(XPath::parse(&format!("/{}", "/a".repeat(1000))).is_err());
    }

    #[test]
    fn deep_and_wide_pages_are_gone_through_once() {
        let deep = "<div>".repeat(400) + "x" + &"<p>y</p>".repeat(20_000);
        let html = Html::parse_document(&deep);
        let path = XPath::parse("//div//div//div//p[2]").unwrap();
        let begun = std::time::Instant::now();
        assert_eq!(path.elements(&html).len(), 1);
        assert!(begun.elapsed() < std::time::Duration::from_secs(5));
    }
}
