//! Repeated records of a page, found by CSS selectors that somebody wrote down.

use super::{ElementRef, Html, Selector, line};
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
    /// Field to what is taken of the record: `selector`, `selector@attribute`, or `@attribute` of the record itself.
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
    each: Selector,
    fields: Vec<(String, Option<Selector>, Option<String>)>,
    content: Option<String>,
    key: Option<String>,
    next: Option<Selector>,
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
        let compiled = |place: &str, text: &str| {
            Selector::parse(text).map_err(|_| format!("{place}: {text:?} is no CSS selector"))
        };
        let mut fields = Vec::new();
        for (name, text) in &told.fields {
            let (selector, attribute) = match text.rsplit_once('@') {
                Some((selector, attribute)) => (selector.trim(), Some(attribute.trim().to_ascii_lowercase())),
                None => (text.trim(), None),
            };
            let selector = (!selector.is_empty()).then(|| compiled(&format!("fields.{name}"), selector)).transpose()?;
            fields.push((name.clone(), selector, attribute));
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
            each: compiled("each", &told.each)?,
            fields,
            content: told.content,
            key: told.key,
            next: told.next.as_deref().map(|text| compiled("next", text)).transpose()?,
        })
    }

    /// The records of a page in its order; those without any value are left out.
    pub fn rows(&self, html: &Html, base: &Url) -> Vec<Row> {
        let rows = html.select(&self.each).take(RECORDS_MAXIMUM).map(|element| self.row(element, base));
        rows.filter(|row| !row.text.is_empty()).collect()
    }

    fn row(&self, element: ElementRef<'_>, base: &Url) -> Row {
        let mut fields = BTreeMap::new();
        for (name, selector, attribute) in &self.fields {
            let found = match selector {
                Some(selector) => element.select(selector).next(),
                None => Some(element),
            };
            let value = found.and_then(|found| match attribute.as_deref() {
                Some(name @ ("href" | "src")) => base.join(found.attr(name)?.trim()).ok().map(String::from),
                Some(name) => line(std::iter::once(found.attr(name)?), VALUE_CHARS),
                None => line(found.text(), VALUE_CHARS),
            });
            if let Some(value) = value {
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
        let element = html.select(self.next.as_ref()?).next()?;
        canonical(&base.join(element.attr("href")?.trim()).ok()?)
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
