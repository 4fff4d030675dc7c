//! What a page holds: readable text with title, author, date and language, pictures with what is said of them, tables,
//! fields that the page states for machines, links, and records by a recipe. Reads whatever a browser would.

mod main_part;
mod nesting;
mod pictures;
pub mod recipe;
mod structured;
mod tables;
mod xpath;

pub use pictures::PictureLink;
pub use recipe::{Recipe, Row};
pub use structured::Structured;
pub use tables::Table;

use super::address::canonical;
use scraper::{ElementRef, Html, Selector};
use serde_json::Value;
use std::sync::LazyLock;
use url::Url;

/// Links of one page that are looked at.
const LINKS_MAXIMUM: usize = 10_000;
/// Characters of a title, a name or a date.
const FIELD_CHARS: usize = 500;

/// What one page holds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    pub title: Option<String>,
    pub author: Option<String>,
    /// As the page writes it, RFC 3339 mostly.
    pub date: Option<String>,
    /// BCP 47, as the page says it.
    pub language: Option<String>,
    pub description: Option<String>,
    /// Address or words of the licence that the page names.
    pub licence: Option<String>,
    /// The readable part: a line a block.
    pub text: String,
    pub pictures: Vec<PictureLink>,
    pub tables: Vec<Table>,
    pub structured: Structured,
    pub links: Vec<Url>,
    /// The address that the page gives itself.
    pub canonical: Option<Url>,
    /// The page asks not to be kept (`noindex`, `noai`, a reservation of rights by TDMRep).
    pub no_index: bool,
    /// The page asks that its links are not followed.
    pub no_follow: bool,
    pub records: Vec<Row>,
}

/// A selector that is known to be one.
macro_rules! selector {
    ($name:ident, $text:literal) => {
        static $name: LazyLock<Option<Selector>> = LazyLock::new(|| Selector::parse($text).ok());
    };
}
pub(crate) use selector;

selector!(BASE, "base[href]");
selector!(LINK, "a[href], area[href], link[rel~='next'][href], link[rel~='prev'][href], frame[src], iframe[src]");
selector!(CANONICAL, "link[rel~='canonical'][href]");
selector!(LICENCE, "[rel~='license'][href]");
selector!(TITLE, "head > title");
selector!(HEADING, "h1");
selector!(AUTHOR, "[rel~='author'], [itemprop='author'] [itemprop='name'], [itemprop='author'], .author, .byline");
selector!(TIME, "[itemprop='datePublished'], time[datetime]");
selector!(ROOT, "html");

/// All elements that a selector finds.
pub(crate) fn all<'a>(html: &'a Html, selector: &'a Option<Selector>) -> impl Iterator<Item = ElementRef<'a>> {
    selector.iter().flat_map(|selector| html.select(selector))
}

/// Text with single spaces, at most so many characters; None for none.
pub(crate) fn line<'a>(texts: impl Iterator<Item = &'a str>, chars: usize) -> Option<String> {
    let mut out = String::new();
    let mut count = 0;
    'all: for text in texts {
        for c in text.chars() {
            if c.is_whitespace() {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
            } else if c != '\0' {
                out.push(c);
            }
            count += 1;
            if count >= chars {
                break 'all;
            }
        }
    }
    out.truncate(out.trim_end().len());
    Some(out).filter(|out| !out.is_empty())
}

fn field(text: &str) -> Option<String> {
    line(std::iter::once(text), FIELD_CHARS)
}

/// Reads a page that was found at an address.
pub fn extract(text: &str, at: &Url, recipe: Option<&Recipe>) -> Page {
    let html = Html::parse_document(nesting::shallow(text));
    let base = all(&html, &BASE).next().and_then(|element| at.join(element.attr("href")?).ok());
    let base = base.as_ref().unwrap_or(at);
    let structured = Structured::of(&html);
    let meta = |names: &[&str]| names.iter().find_map(|name| structured.meta.get(*name)).and_then(|text| field(text));
    let said = |path: &[&str]| structured.said(path).and_then(|text| field(&text));
    let text_of = |selector| all(&html, selector).find_map(|element: ElementRef<'_>| line(element.text(), FIELD_CHARS));
    let rules = meta(&["robots", super::robots::PRODUCT]).unwrap_or_default().to_ascii_lowercase();
    let has = |word: &str| rules.split([',', ' ']).any(|rule| rule == word);
    let mut page = Page {
        title: meta(&["og:title"])
            .or_else(|| said(&["headline"]))
            .or_else(|| text_of(&TITLE))
            .or_else(|| text_of(&HEADING)),
        author: meta(&["author", "article:author", "dc.creator"])
            .or_else(|| said(&["author", "name"]))
            .or_else(|| said(&["author"]))
            .or_else(|| text_of(&AUTHOR)),
        date: meta(&["article:published_time", "date", "dc.date", "dcterms.date"])
            .or_else(|| said(&["datePublished"]))
            .or_else(|| {
                all(&html, &TIME).find_map(|time| field(time.attr("datetime").or_else(|| time.attr("content"))?))
            }),
        language: all(&html, &ROOT)
            .find_map(|root| field(root.attr("lang").or_else(|| root.attr("xml:lang"))?))
            .or_else(|| meta(&["content-language", "og:locale"])),
        description: meta(&["description", "og:description"]),
        licence: all(&html, &LICENCE)
            .find_map(|element| base.join(element.attr("href")?).ok().map(String::from))
            .or_else(|| said(&["license"]))
            .or_else(|| meta(&["dcterms.license", "dc.rights", "dcterms.rights", "license", "copyright"])),
        pictures: pictures::pictures(&html, base, at),
        tables: tables::tables(&html),
        links: all(&html, &LINK).filter_map(|element| followed(element, base)).take(LINKS_MAXIMUM).collect(),
        canonical: all(&html, &CANONICAL).find_map(|element| canonical(&base.join(element.attr("href")?).ok()?)),
        no_index: has("noindex") || has("none") || has("noai") || meta(&["tdm-reservation"]).as_deref() == Some("1"),
        no_follow: has("nofollow") || has("none"),
        text: main_part::readable(&html),
        ..Page::default()
    };
    page.records = recipe.map(|recipe| recipe.rows(&html, base)).unwrap_or_default();
    if let Some(next) = recipe.and_then(|recipe| recipe.next(&html, base)) {
        page.links.push(next);
    }
    page.structured = structured;
    page
}

/// The records of a page that was found at an address, and the next page: no more than a look at a recipe needs.
pub fn records(text: &str, at: &Url, recipe: &Recipe) -> (Vec<Row>, Option<Url>) {
    let html = Html::parse_document(nesting::shallow(text));
    let base = all(&html, &BASE).next().and_then(|element| at.join(element.attr("href")?).ok());
    let base = base.as_ref().unwrap_or(at);
    (recipe.rows(&html, base), recipe.next(&html, base))
}

/// Where a link leads, if it may be followed.
fn followed(element: ElementRef<'_>, base: &Url) -> Option<Url> {
    let refused = element.attr("rel").is_some_and(|rel| rel.split_whitespace().any(|word| word == "nofollow"));
    let target = element.attr("href").or_else(|| element.attr("src")).filter(|_| !refused)?;
    canonical(&base.join(target.trim()).ok()?)
}

/// The words of a value that a page states: itself, its first or its name.
pub(crate) fn words(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Array(values) => values.first().and_then(words),
        Value::Object(fields) => ["@id", "url", "name"].iter().find_map(|key| fields.get(*key)).and_then(words),
        Value::Bool(_) | Value::Null => None,
    }
}
