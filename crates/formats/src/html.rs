//! Web pages as texts: what a person would read, block by block, and nothing that could run. Read as browsers read HTML
//! (<https://html.spec.whatwg.org/multipage/parsing.html>); labels are spans of the text that comes out.

use crate::{
    carries::Carries,
    files::{each_file, read_text, share},
    record::{Data, RecordError},
    registry::Format,
};
use ego_tree::iter::Edge;
use scraper::{Html, Node};

pub const FORMAT: Format = Format {
    id: "html",
    title: "Folder of HTML pages, as texts",
    carries: Carries { words: "texts of web pages", ..Carries::TEXTS },
    sniff: |view| share(view, &ENDINGS) * 0.7,
    read: Some(|view, _, sink| {
        each_file(view, sink, &ENDINGS, |name, view| {
            let page = read_text(view, name)?;
            if depth(&page) > DEPTH_MAXIMUM {
                let message = format!("elements are nested deeper than {DEPTH_MAXIMUM}");
                return Err(RecordError::new(name, "malformed", message));
            }
            let text = text_of(&page);
            match text.is_empty() {
                true => Err(RecordError::new(name, "empty_content", "the page has no text")),
                false => Ok(Data::Text(text)),
            }
        })
    }),
    ..Format::NEW
};

const ENDINGS: [&str; 3] = [".html", ".htm", ".xhtml"];

/// Parsing takes time with the square of it.
const DEPTH_MAXIMUM: usize = 5_000;
/// Elements that end without being told, or have no end.
const UNENDED: [&str; 19] = [
    "area", "base", "br", "col", "dd", "dt", "hr", "img", "input", "li", "link", "meta", "option", "p", "source", "td",
    "th", "tr", "wbr",
];

/// How deeply elements are nested at most, if every other one that begins also ends.
fn depth(page: &str) -> usize {
    let (mut open, mut most) = (0_usize, 0);
    for part in page.split('<').skip(1) {
        if part.starts_with('/') {
            open = open.saturating_sub(1);
        } else if part.starts_with(|c: char| c.is_ascii_alphabetic()) {
            let end = part.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(part.len());
            let name = part.get(..end).unwrap_or_default().to_ascii_lowercase();
            if !UNENDED.contains(&name.as_str()) {
                open += 1;
                most = most.max(open);
            }
        }
    }
    most
}

/// Elements whose content nobody reads.
const UNSEEN: [&str; 14] = [
    "head", "script", "style", "template", "noscript", "iframe", "object", "embed", "svg", "math", "canvas", "audio",
    "video", "select",
];
/// Elements that stand by themselves.
const BLOCKS: [&str; 29] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "main",
    "nav",
    "p",
    "pre",
    "section",
    "table",
    "ul",
];
/// Elements that begin a line.
const LINES: [&str; 5] = ["li", "tr", "ol", "br", "hr"];

/// Puts the text together: blanks are one space, breaks are counted and written before the next word.
#[derive(Default)]
struct Out {
    text: String,
    breaks: usize,
    blank: bool,
}

impl Out {
    fn new_lines(&mut self, count: usize) {
        self.breaks = self.breaks.max(count);
    }

    fn put(&mut self, c: char) {
        if self.breaks > 0 && !self.text.is_empty() {
            (0..self.breaks).for_each(|_| self.text.push('\n'));
        } else if self.blank && self.breaks == 0 && !self.text.is_empty() {
            self.text.push(' ');
        }
        (self.breaks, self.blank) = (0, false);
        self.text.push(c);
    }
}

/// What a person would read of a page: a line feed between lines, two between blocks, a tab between cells.
pub(crate) fn text_of(page: &str) -> String {
    let page = Html::parse_document(page);
    let mut out = Out::default();
    let (mut unseen, mut written) = (0_usize, 0_usize);
    for edge in page.tree.root().traverse() {
        let (node, opens) = match edge {
            Edge::Open(node) => (node, true),
            Edge::Close(node) => (node, false),
        };
        match node.value() {
            Node::Element(element) => {
                let name = element.name();
                let step = |depth: &mut usize| *depth = if opens { *depth + 1 } else { depth.saturating_sub(1) };
                if UNSEEN.contains(&name) || element.attr("hidden").is_some() {
                    step(&mut unseen);
                } else if name == "pre" || name == "textarea" {
                    step(&mut written);
                }
                if BLOCKS.contains(&name) {
                    out.new_lines(2);
                } else if LINES.contains(&name) && (opens || name != "br") {
                    out.new_lines(1);
                } else if (name == "td" || name == "th") && opens && out.breaks == 0 && !out.text.is_empty() {
                    out.text.push('\t');
                    out.blank = false;
                }
            }
            Node::Text(text) if opens && unseen == 0 => {
                for c in text.chars() {
                    match c {
                        '\n' if written > 0 => out.new_lines(out.breaks + 1),
                        ' ' | '\t' if written > 0 && out.breaks == 0 => out.text.push(c),
                        '\0' => {}
                        _ if c.is_whitespace() => out.blank = true,
                        _ => out.put(c),
                    }
                }
            }
            _ => {}
        }
    }
    out.text
}

#[cfg(test)]
mod tests {
    use super::{depth, text_of};

    #[test]
    fn what_is_read_stays_and_what_runs_goes() {
        let page = "<!doctype html><title>T</title><style>p{}</style><script>alert('x')</script>\
            <h1>Title &amp; more</h1><p>One  two<br>three <b>bold</b>,\n and <img src=x onerror=alert(1)>on.</p>\
            <ul><li>first<li>second</ul><table><tr><td>a<td>b<tr><td>c</table><p hidden>never</p>";
        assert_eq!(text_of(page), "Title & more\n\nOne two\nthree bold, and on.\n\nfirst\nsecond\n\na\tb\nc");
        assert_eq!(text_of("<pre>a\n  b</pre>x"), "a\nb\n\nx");
        assert_eq!(text_of("<svg><script>x</script></svg>"), "");
        let deep = format!("{}x", "<div>".repeat(2_000));
        assert_eq!((text_of(&deep).as_str(), depth(&deep)), ("x", 2_000));
        assert_eq!(depth("<p>a<p>b<br><b>c</b><i>d</i>"), 1);
    }
}
