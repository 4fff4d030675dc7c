//! The readable part of a page. Where the page says which it is (`article`, `main`) that is it; else paragraphs give
//! points to what they lie in, links take them away (the method of Arc90's Readability, 2010). One pass over the page,
//! however deep it is.

use super::{ElementRef, Html, Selector, all, selector};
use scraper::{Node, node::Element};
use std::sync::LazyLock;

/// Never a part of what is read.
const SKIPPED: &[&str] = &[
    "script", "style", "noscript", "template", "head", "svg", "canvas", "iframe", "object", "button", "select",
    "option", "textarea", "input", "form", "nav", "aside", "footer", "dialog", "menu",
];
/// A new line begins with them and after them.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "blockquote",
    "br",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tr",
    "ul",
    "body",
];
/// What gives points.
const PARAGRAPHS: &[&str] = &["p", "pre", "td", "blockquote", "dd", "li"];
/// Shorter paragraphs are captions and buttons.
const PARAGRAPH_CHARS: usize = 25;
/// A part that the page itself names has at least so many characters.
const NAMED_CHARS: usize = 140;
/// Longer texts are cut: an item is something that somebody reads.
const TEXT_BYTES_MAXIMUM: usize = 2 << 20;

selector!(NAMED, "main, [role='main'], article, [itemprop='articleBody']");

/// The text of the readable part, a line a block.
pub fn readable(html: &Html) -> String {
    // The first of several articles is one of many: the page is a list of them.
    let mut named = all(html, &NAMED).take(64);
    let first = named.next().map(|element| (text(element), element));
    if let Some((text, element)) = first.filter(|(text, _)| text.chars().count() >= NAMED_CHARS) {
        let is_one_of_many =
            element.value().name() == "article" && named.any(|other| other.value().name() == "article");
        if !is_one_of_many {
            return text;
        }
    }
    let best = best(html).map(text).unwrap_or_default();
    if best.chars().count() >= NAMED_CHARS { best } else { text(html.root_element()) }
}

fn is_skipped(element: &Element) -> bool {
    SKIPPED.contains(&element.name())
        || element.attr("hidden").is_some()
        || element.attr("aria-hidden") == Some("true")
        || element.attr("style").is_some_and(|style| style.replace(' ', "").contains("display:none"))
}

/// What an element holds, summed up when it ends.
#[derive(Default)]
struct Sum {
    chars: usize,
    commas: usize,
    link_chars: usize,
    points: f64,
}

/// The element with most points.
fn best(html: &Html) -> Option<ElementRef<'_>> {
    let mut open: Vec<Sum> = Vec::new();
    let (mut best, mut best_points) = (None, 0.0);
    walk(html.root_element(), &mut |step| match step {
        Step::Open(_) => open.push(Sum::default()),
        Step::Text(text) => {
            if let Some(sum) = open.last_mut() {
                sum.chars += text.chars().filter(|c| !c.is_whitespace()).count();
                sum.commas += text.chars().filter(|c| matches!(c, ',' | '，' | '、' | '،')).count();
            }
        }
        Step::Close(element) => {
            let Some(sum) = open.pop() else { return };
            let name = element.value().name();
            let points = sum.points * (1.0 - sum.link_chars as f64 / sum.chars.max(1) as f64);
            if points > best_points && name != "html" {
                (best, best_points) = (Some(element), points);
            }
            let given = if PARAGRAPHS.contains(&name) && sum.chars >= PARAGRAPH_CHARS {
                1.0 + sum.commas as f64 + (sum.chars as f64 / 100.0).min(3.0)
            } else {
                0.0
            };
            let above = open.len();
            if let Some(parent) = open.last_mut() {
                parent.chars += sum.chars;
                parent.commas += sum.commas;
                parent.link_chars += if name == "a" { sum.chars } else { sum.link_chars };
                parent.points += given;
            }
            if let Some(grandparent) = above.checked_sub(2).and_then(|at| open.get_mut(at)) {
                grandparent.points += given / 2.0;
            }
        }
    });
    best
}

enum Step<'a> {
    Open(ElementRef<'a>),
    Text(&'a str),
    Close(ElementRef<'a>),
}

/// All that is not skipped, in order.
fn walk<'a>(root: ElementRef<'a>, with: &mut impl FnMut(Step<'a>)) {
    let mut skipping = None;
    for edge in root.traverse() {
        match edge {
            ego_tree::iter::Edge::Open(node) => {
                if skipping.is_some() {
                    continue;
                }
                match node.value() {
                    Node::Text(text) => with(Step::Text(text)),
                    Node::Element(element) if is_skipped(element) && node.id() != root.id() => {
                        skipping = Some(node.id())
                    }
                    Node::Element(_) => {
                        if let Some(element) = ElementRef::wrap(node) {
                            with(Step::Open(element));
                        }
                    }
                    _ => {}
                }
            }
            ego_tree::iter::Edge::Close(node) => {
                if skipping == Some(node.id()) {
                    skipping = None;
                } else if let Some(element) = ElementRef::wrap(node).filter(|_| skipping.is_none()) {
                    with(Step::Close(element));
                }
            }
        }
    }
}

/// The text of an element: a line a block, single spaces, `pre` as it is.
fn text(root: ElementRef<'_>) -> String {
    let (mut out, mut line, mut kept) = (String::new(), String::new(), 0_usize);
    let end = |line: &mut String, out: &mut String, kept: usize| {
        let text = if kept > 0 { line.trim_matches('\n') } else { line.trim() };
        if !text.trim().is_empty() && out.len() + text.len() < TEXT_BYTES_MAXIMUM {
            if !out.is_empty() {
                out.push('\n');
            }
            out.push_str(text);
        }
        line.clear();
    };
    walk(root, &mut |step| match step {
        Step::Text(text) => {
            for c in text.chars().filter(|c| *c != '\0') {
                if kept > 0 || !c.is_whitespace() {
                    line.push(c);
                } else if !line.ends_with(' ') {
                    line.push(' ');
                }
            }
        }
        Step::Open(element) => {
            let name = element.value().name();
            if BLOCKS.contains(&name) {
                end(&mut line, &mut out, kept);
            }
            kept += usize::from(name == "pre");
        }
        Step::Close(element) => {
            let name = element.value().name();
            if BLOCKS.contains(&name) {
                end(&mut line, &mut out, kept);
            } else if matches!(name, "td" | "th") {
                line.push(' ');
            }
            kept -= usize::from(name == "pre" && kept > 0);
        }
    });
    end(&mut line, &mut out, kept);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn menus_and_scripts_are_left_out() {
        let page = "<html><body><nav><ul><li><a href=/>Home, sweet home, and much more of that here</a></ul></nav>\
            <div id=c><div><h1>Title</h1><p>The first paragraph, which is long enough,  to\n count.</p>\
            <p>The second one, also long, says <b>some</b>thing more, so that nobody can say that there is nothing to be read.<br>And ends.</p><pre>  a\n    b</pre></div></div>\
            <div class=side><p><a href=/x>Read this, and this, and this too, as everybody else does</a></p></div>\
            <script>var x = 'no';</script><p hidden>hidden words that nobody sees here</p><footer>All rights</footer>";
        assert_eq!(
            readable(&Html::parse_document(page)),
            "Title\nThe first paragraph, which is long enough, to count.\n\
             The second one, also long, says something more, so that nobody can say that there is nothing to be read.\nAnd ends.\n  a\n    b"
        );
    }

    #[test]
    fn a_page_says_what_its_article_is_and_a_list_of_articles_is_read_whole() {
        let long = "Words that are read, many of them. ".repeat(8);
        let one = format!("<p>Advertisement that is not a part of it at all</p><article><p>{long}</p></article>");
        assert_eq!(readable(&Html::parse_document(&one)), long.trim());
        let two = format!("<article><p>{long}</p></article><article><p>Another. {long}</p></article>");
        assert!(readable(&Html::parse_document(&two)).contains("Another."));
    }
}
