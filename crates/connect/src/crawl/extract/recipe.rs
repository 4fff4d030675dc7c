//! Repeated records of a page, found by CSS selectors or paths like XPath's that somebody wrote down.

use super::{
    ElementRef, Html, Selector, line,
    xpath::{XPath, is_path},
};
use crate::crawl::address::canonical;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use url::Url;

const RECORDS_MAXIMUM: usize = 10_000;
const VALUE_CHARS: usize = 20_000;

/// What a recipe says, as TOML or JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// Selects each record.
    pub each: String,
    /// Field to what is taken of the record: `selector`, `selector@attribute`, or `@attribute` of the record itself; or a
    /// path from the record, like `./h2/text()`.
    pub fields: BTreeMap<String, String>,
    /// The field that becomes the item's text; without it all fields, a line each.
    #[serde(default)]
    pub content: Option<String>,
    /// The field that becomes the item's key; without it records are numbered.
    #[serde(default)]
    pub key: Option<String>,
    /// The link to the next page.
    #[serde(default)]
    pub next: Option<String>,
}

/// A recipe that can be used.
#[derive(Debug, Clone)]
pub struct Recipe {
    each: Way,
    fields: Vec<(String, Taken)>,
    content: Option<String>,
    key: Option<String>,
    next: Option<Way>,
}

/// A way to elements. What begins with `/`, `./` or `../` is a path.
#[derive(Debug, Clone)]
enum Way {
    Css(Selector),
    Path(XPath),
}

impl Way {
    fn parse(place: &str, text: &str) -> Result<Self, String> {
        let text = text.trim();
        if is_path(text) {
            return Ok(Self::Path(XPath::parse(text).map_err(|message| format!("{place}: {message}"))?));
        }
        let parsed = Selector::parse(text).map(Self::Css);
        parsed.map_err(|_| format!("{place}: {text:?} is no CSS selector and no path"))
    }

    fn elements<'a>(&self, html: &'a Html) -> Vec<ElementRef<'a>> {
        match self {
            Self::Css(selector) => html.select(selector).take(RECORDS_MAXIMUM).collect(),
            Self::Path(path) => path.elements(html).into_iter().take(RECORDS_MAXIMUM).collect(),
        }
    }
}

/// What a field takes of a record.
#[derive(Debug, Clone)]
enum Taken {
    /// Of the first element, or of the record itself: its text or an attribute.
    Css(Option<Selector>, Option<String>),
    Path(XPath),
}

/// One record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Row {
    pub key: Option<String>,
    pub text: String,
    pub fields: BTreeMap<String, String>,
}

impl Recipe {
    /// # Errors
    /// What is wrong, with its place.
    pub fn parse(toml: &str) -> Result<Self, String> {
        Self::new(toml::from_str(toml).map_err(|error| error.to_string())?)
    }

    /// # Errors
    /// What is wrong, with its place.
    pub fn new(told: Told) -> Result<Self, String> {
        let mut fields = Vec::new();
        for (name, text) in &told.fields {
            let place = format!("fields.{name}");
            if is_path(text.trim()) {
                let path = XPath::parse(text.trim()).map_err(|message| format!("{place}: {message}"))?;
                fields.push((name.clone(), Taken::Path(path)));
                continue;
            }
            let (selector, attribute) = match text.rsplit_once('@') {
                Some((selector, attribute)) => (selector.trim(), Some(attribute.trim().to_ascii_lowercase())),
                None => (text.trim(), None),
            };
            let compiled = || {
                Selector::parse(selector).map_err(|_| format!("{place}: {selector:?} is no CSS selector and no path"))
            };
            let selector = (!selector.is_empty()).then(compiled).transpose()?;
            fields.push((name.clone(), Taken::Css(selector, attribute)));
        }
        if fields.is_empty() {
            return Err("fields: name one at least".into());
        }
        for (place, field) in [("content", &told.content), ("key", &told.key)] {
            if let Some(name) = field.as_ref().filter(|name| !told.fields.contains_key(*name)) {
                return Err(format!("{place}: {name:?} is not among the fields"));
            }
        }
        Ok(Self {
            each: Way::parse("each", &told.each)?,
            fields,
            content: told.content,
            key: told.key,
            next: told.next.as_deref().map(|text| Way::parse("next", text)).transpose()?,
        })
    }

    /// The names of its fields.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|(name, _)| name.as_str())
    }

    /// The records of a page in its order; those without any value are left out.
    pub fn rows(&self, html: &Html, base: &Url) -> Vec<Row> {
        let elements = self.each.elements(html).into_iter();
        elements.map(|element| self.row(html, element, base)).filter(|row| !row.text.is_empty()).collect()
    }

    fn row(&self, html: &Html, element: ElementRef<'_>, base: &Url) -> Row {
        let mut fields = BTreeMap::new();
        for (name, taken) in &self.fields {
            if let Some(value) = taken.of(html, element, base) {
                fields.insert(name.clone(), value);
            }
        }
        let text = match &self.content {
            Some(name) => fields.get(name).cloned().unwrap_or_default(),
            None => fields.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("\n"),
        };
        Row { key: self.key.as_ref().and_then(|name| fields.get(name).cloned()), text, fields }
    }

    pub fn next(&self, html: &Html, base: &Url) -> Option<Url> {
        let element = self.next.as_ref()?.elements(html).into_iter().next()?;
        canonical(&base.join(element.attr("href")?.trim()).ok()?)
    }
}

impl Taken {
    fn of(&self, html: &Html, record: ElementRef<'_>, base: &Url) -> Option<String> {
        let (attribute, texts) = match self {
            Self::Path(path) => (path.attribute(), path.value(html, record)?),
            Self::Css(selector, attribute) => {
                let found = match selector {
                    Some(selector) => record.select(selector).next(),
                    None => Some(record),
                }?;
                let texts = match attribute {
                    Some(name) => vec![found.attr(name)?],
                    None => found.text().collect(),
                };
                (attribute.as_deref(), texts)
            }
        };
        match attribute {
            Some("href" | "src") => base.join(texts.first()?.trim()).ok().map(String::from),
            _ => line(texts.into_iter(), VALUE_CHARS),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn records_of_a_listing() {
        let recipe = Recipe::parse(
            "each = 'li.product'\nkey = 'id'\ncontent = 'name'\nnext = 'a[rel=next]'\n\
             [fields]\nid = '@data-id'\nname = 'h2'\nprice = '.price'\nlink = 'a@href'",
        )
        .unwrap();
        let html = Html::parse_document(
            "<ul><li class=product data-id=7><h2>A  chair</h2><a href=chair?utm_source=x>see</a></li>\
             <li class=product><b>no name</b></li></ul><a rel=next href='?page=2'>next</a>",
        );
        let base = Url::parse("http://h/shop/").unwrap();
        let rows = recipe.rows(&html, &base);
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].key.as_deref(), rows[0].text.as_str()), (Some("7"), "A chair"));
        assert_eq!(rows[0].fields["link"], "http://h/shop/chair?utm_source=x");
        assert_eq!(recipe.next(&html, &base).unwrap().as_str(), "http://h/shop/?page=2");
    }

    #[test]
    fn the_same_records_by_paths() {
        let recipe = Recipe::parse(
            "each = '//li[@class=\"product\"]'\nkey = 'id'\ncontent = 'name'\nnext = '//a[@rel=\"next\"]'\n\
             [fields]\nid = './@data-id'\nname = './h2/text()'\nprice = './/*[@class=\"price\"]'\nlink = './a/@href'\nold = 'h2'",
        )
        .unwrap();
        let html = Html::parse_document(
            "<ul><li class=product data-id=7><h2>A  chair</h2><a href=chair>see</a></li>\
             <li class=product><b>no name</b></li></ul><a rel=next href='?page=2'>next</a>",
        );
        let base = Url::parse("http://h/shop/").unwrap();
        let rows = recipe.rows(&html, &base);
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].key.as_deref(), rows[0].text.as_str()), (Some("7"), "A chair"));
        assert_eq!(rows[0].fields["link"], "http://h/shop/chair");
        assert_eq!(rows[0].fields["old"], "A chair");
        assert_eq!(recipe.next(&html, &base).unwrap().as_str(), "http://h/shop/?page=2");
        let wrong = Recipe::parse("each = '//li['\n[fields]\na = 'b'").unwrap_err();
        assert!(wrong.starts_with("each: character 6"), "{wrong}");
    }

    #[test]
    fn mistakes_are_told_with_their_place() {
        for (toml, place) in [
            ("each = '!!'\n[fields]\na = 'b'", "each"),
            ("each = 'li'\n[fields]\na = '::'", "fields.a"),
            ("each = 'li'\ncontent = 'x'\n[fields]\na = 'b'", "content"),
            ("each = 'li'\n[fields]", "fields"),
            ("each = 'li'\nmore = 1\n[fields]\na = 'b'", "more"),
        ] {
            assert!(Recipe::parse(toml).unwrap_err().contains(place), "{toml}");
        }
    }
}
