//! Pictures of a page with what the page says of them.

use super::{ElementRef, Html, Selector, all, line, selector};
use crate::crawl::address::canonical;
use serde::{Deserialize, Serialize};
use std::{collections::HashSet, sync::LazyLock};
use url::Url;

const PICTURES_MAXIMUM: usize = 500;
const WORDS_CHARS: usize = 1000;
/// Smaller ones are ornaments and counters.
const SIDE_PIXELS: u32 = 32;
/// How far above a picture the figure around it may be.
const FIGURE_LEVELS: usize = 5;

selector!(PICTURE, "img, meta[property='og:image'][content]");
selector!(CAPTION, "figcaption");

/// A picture as a page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PictureLink {
    pub url: String,
    /// What stands for the picture where it cannot be seen.
    pub alt: Option<String>,
    pub caption: Option<String>,
    /// The page that shows it, its title and licence.
    pub page: String,
    pub title: Option<String>,
    pub licence: Option<String>,
}

pub fn pictures(html: &Html, base: &Url, page: &Url) -> Vec<PictureLink> {
    let (mut found, mut seen): (Vec<PictureLink>, HashSet<String>) = (Vec::new(), HashSet::new());
    // What stands in the head is mostly shown in the body too, where more is said of it.
    let (head, body): (Vec<_>, Vec<_>) = all(html, &PICTURE).partition(|element| element.value().name() == "meta");
    for element in body.into_iter().chain(head) {
        let Some(url) = source(element).and_then(|source| canonical(&base.join(source.trim()).ok()?)) else { continue };
        if is_ornament(element) || !seen.insert(url.as_str().to_owned()) {
            continue;
        }
        found.push(PictureLink {
            url: url.into(),
            alt: element.attr("alt").and_then(|alt| line(std::iter::once(alt), WORDS_CHARS)),
            caption: caption(element),
            page: page.as_str().to_owned(),
            ..PictureLink::default()
        });
        if found.len() >= PICTURES_MAXIMUM {
            break;
        }
    }
    found
}

/// The address of the largest form that is offered.
fn source<'a>(element: ElementRef<'a>) -> Option<&'a str> {
    let largest = |set: &'a str| {
        let parts = set.split(", ").filter_map(|part| {
            let (url, size) = part.trim().split_once(' ').unwrap_or((part.trim(), "1x"));
            Some((size.trim().trim_end_matches(['w', 'x']).parse::<f64>().ok()?, url))
        });
        parts.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, url)| url).filter(|url| !url.is_empty())
    };
    let set = element.attr("srcset").or_else(|| element.attr("data-srcset")).and_then(largest);
    let plain = ["data-src", "data-original", "src", "content"].iter().find_map(|name| element.attr(name));
    set.or(plain).filter(|url| !url.trim_start().starts_with("data:"))
}

fn is_ornament(element: ElementRef<'_>) -> bool {
    let small = |name| {
        element.attr(name).and_then(|text: &str| text.parse::<u32>().ok()).is_some_and(|side| side < SIDE_PIXELS)
    };
    small("width") || small("height")
}

fn caption(element: ElementRef<'_>) -> Option<String> {
    let above = element.ancestors().take(FIGURE_LEVELS).filter_map(ElementRef::wrap);
    let figure = above.into_iter().find(|element| element.value().name() == "figure")?;
    let caption = figure.select(CAPTION.as_ref()?).next()?;
    line(caption.text(), WORDS_CHARS)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_comes_with_what_is_said_of_it() {
        let html = Html::parse_document(
            "<meta property='og:image' content='/big.jpg'><figure><div><img src=small.jpg srcset='small.jpg 480w, /big.jpg 1200w' \
             alt=' A  cat '></div><figcaption>On the <b>mat</b>.</figcaption></figure><img src='data:image/png;base64,x'>\
             <img src=dot.gif width=1 height=1><img data-src='lazy.png?utm_source=x' src=placeholder.gif>",
        );
        let at = Url::parse("http://h/a/page").unwrap();
        let found = pictures(&html, &at, &at);
        let told: Vec<_> = found.iter().map(|p| (p.url.as_str(), p.alt.as_deref(), p.caption.as_deref())).collect();
        assert_eq!(
            told,
            [("http://h/big.jpg", Some("A cat"), Some("On the mat.")), ("http://h/a/lazy.png", None, None),]
        );
    }
}
