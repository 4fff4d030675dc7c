//! XML in and out. Documents are read one child of the root at a time, within bounds; entities other than XML's own
//! five and character references are an error and are never expanded, so that there is nothing to blow up.

use crate::{
    record::{DirectoryView, RecordError, Stop},
    text,
};
use quick_xml::{Reader, escape::resolve_xml_entity, events::BytesStart, events::Event};
use std::{
    cell::Cell,
    io::{self, BufRead, BufReader, Read},
    rc::Rc,
};

/// Bytes of one child of the root, and of anything between two. The reader's buffer doubles from one of 64 KiB: with 256 MiB
/// it would do so once more, for the last few bytes.
const ELEMENT_BYTES_MAXIMUM: u64 = 240 << 20;
const DEPTH_MAXIMUM: usize = 64;

#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Element>,
    /// All text directly in it.
    pub text: String,
}

impl Element {
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    pub fn children<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// Text of a child, without white space around it.
    pub fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.trim())
    }

    pub fn number_of(&self, name: &str) -> Option<f64> {
        self.text_of(name).and_then(crate::numbers::parse)
    }

    pub fn number(&self, attribute: &str) -> Option<f64> {
        self.attribute(attribute).and_then(crate::numbers::parse)
    }
}

/// Stops a document that goes on and on within one element.
struct Guard<R> {
    inner: R,
    since: Rc<Cell<u64>>,
}

impl<R: BufRead> Read for Guard<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(out)?;
        self.consume(count);
        Ok(count)
    }
}

impl<R: BufRead> BufRead for Guard<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.since.get() > ELEMENT_BYTES_MAXIMUM {
            return Err(io::Error::other(format!("an element is longer than {ELEMENT_BYTES_MAXIMUM} bytes")));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, count: usize) {
        self.since.set(self.since.get() + count as u64);
        self.inner.consume(count);
    }
}

/// Calls `with` for each child of the root, with its number, and gives the root without its children.
pub(crate) fn each_child(
    view: &dyn DirectoryView,
    name: &str,
    mut with: impl FnMut(&Element, usize, Element) -> Result<(), Stop>,
) -> Result<Element, Stop> {
    let unreadable = |error: io::Error| Stop::Unreadable(text::unreadable(name, &error));
    let file = view.open(name).map_err(unreadable)?;
    let since = Rc::new(Cell::new(0));
    let guard = Guard { inner: BufReader::with_capacity(1 << 16, file), since: Rc::clone(&since) };
    let mut reader = Reader::from_reader(guard);
    let (mut buffer, mut stack, mut number) = (Vec::new(), Vec::<Element>::new(), 0);
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer);
        let at = reader.buffer_position();
        let bad =
            |message: String| Stop::Unreadable(RecordError::new(format!("{name}: byte {at}"), "malformed", message));
        let mut ended = None;
        match event.map_err(|error| bad(error.to_string()))? {
            Event::Start(start) => {
                if stack.len() >= DEPTH_MAXIMUM {
                    return Err(bad(format!("elements are nested deeper than {DEPTH_MAXIMUM}")));
                }
                stack.push(element(&start).map_err(bad)?);
            }
            Event::Empty(start) => ended = Some(element(&start).map_err(bad)?),
            Event::End(_) => ended = stack.pop(),
            Event::Text(text) => {
                let text = text.xml10_content().map_err(|error| bad(error.to_string()))?;
                match stack.last_mut() {
                    Some(open) => open.text.push_str(&text),
                    None if text.trim_matches(['\u{feff}', ' ', '\n', '\t', '\r']).is_empty() => {}
                    None => return Err(bad("there is text outside of the root element".into())),
                }
            }
            Event::CData(text) => {
                let text = text.xml10_content().map_err(|error| bad(error.to_string()))?;
                if let Some(open) = stack.last_mut() {
                    open.text.push_str(&text);
                }
            }
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().map_err(|error| bad(error.to_string()))?;
                let name = reference.decode().map_err(|error| bad(error.to_string()))?;
                let text = match (character, resolve_xml_entity(&name)) {
                    (Some(character), _) => character.to_string(),
                    (None, Some(text)) => text.to_owned(),
                    (None, None) => return Err(bad(format!("the entity &{name}; is not known"))),
                };
                if let Some(open) = stack.last_mut() {
                    open.text.push_str(&text);
                }
            }
            Event::Eof => return Err(bad("the document ends within an element, or has none".into())),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
        if let Some(element) = ended {
            match stack.len() {
                0 => return Ok(element),
                1 => {
                    since.set(0);
                    if let Some(root) = stack.first() {
                        with(root, number, element)?;
                    }
                    number += 1;
                }
                _ => {
                    if let Some(parent) = stack.last_mut() {
                        parent.children.push(element);
                    }
                }
            }
        }
    }
}

/// A small document whole.
pub(crate) fn document(view: &dyn DirectoryView, name: &str) -> Result<Element, RecordError> {
    let mut children = Vec::new();
    let root = each_child(view, name, |_, _, child| {
        children.push(child);
        Ok(())
    });
    match root {
        Ok(root) => Ok(Element { children, ..root }),
        Err(Stop::Unreadable(error)) => Err(error),
        Err(Stop::Asked) => Err(RecordError::new(name, "unreadable", "reading was stopped")),
    }
}

fn element(start: &BytesStart<'_>) -> Result<Element, String> {
    let utf8 =
        |bytes: &[u8]| std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| "a name is not UTF-8".to_owned());
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = attribute.unescape_value().map_err(|error| error.to_string())?;
        attributes.push((utf8(attribute.key.as_ref())?, value.into_owned()));
    }
    Ok(Element { name: utf8(start.name().as_ref())?, attributes, ..Element::default() })
}

/// Appends text with everything escaped that a reader would take for something else, or normalise away.
pub(crate) fn push_text(out: &mut Vec<u8>, text: &str) {
    for character in text.chars() {
        match character {
            '<' => out.extend_from_slice(b"&lt;"),
            '>' => out.extend_from_slice(b"&gt;"),
            '&' => out.extend_from_slice(b"&amp;"),
            '"' => out.extend_from_slice(b"&quot;"),
            '\n' => out.extend_from_slice(b"&#10;"),
            '\r' => out.extend_from_slice(b"&#13;"),
            '\t' => out.extend_from_slice(b"&#9;"),
            // XML 1.0 has no way to write these.
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.extend_from_slice("\u{fffd}".as_bytes()),
            _ => out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

/// `<name>text</name>`
pub(crate) fn push_element(out: &mut Vec<u8>, name: &str, text: &str) {
    out.push(b'<');
    out.extend_from_slice(name.as_bytes());
    out.push(b'>');
    push_text(out, text);
    out.extend_from_slice(b"</");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b">");
}

/// ` name="value"`
pub(crate) fn push_attribute(out: &mut Vec<u8>, name: &str, value: &str) {
    out.push(b' ');
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"=\"");
    push_text(out, value);
    out.push(b'"');
}

/// ` name="number"`
pub(crate) fn push_number(out: &mut Vec<u8>, name: &str, value: f64) {
    out.push(b' ');
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"=\"");
    crate::numbers::push(out, value);
    out.push(b'"');
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::MemoryView;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Element, RecordError> {
        document(&MemoryView { files: [("f.xml".to_owned(), text.as_bytes().to_vec())].into() }, "f.xml")
    }

    #[test]
    fn entities_of_the_document_are_never_expanded() {
        let bomb = r#"<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;">]><a><b>&lol2;</b></a>"#;
        let error = read(bomb).unwrap_err();
        assert_eq!((error.code, error.message.as_str()), ("malformed", "the entity &lol2; is not known"));
        let file = r#"<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a><b c="&x;"/></a>"#;
        assert_eq!(read(file).unwrap_err().code, "malformed");
        let deep = format!("{}{}", "<a>".repeat(100), "</a>".repeat(100));
        assert!(read(&deep).unwrap_err().message.contains("deeper"));
    }

    proptest! {
        #[test]
        fn text_comes_back(text in "[^\u{0}-\u{8}\u{b}\u{c}\u{e}-\u{1f}\u{fffe}\u{ffff}]{0,30}") {
            let mut out = b"<a>".to_vec();
            push_element(&mut out, "b", &text);
            out.extend_from_slice(b"<c");
            push_attribute(&mut out, "d", &text);
            out.extend_from_slice(b"/></a>");
            let root = read(std::str::from_utf8(&out).unwrap()).unwrap();
            prop_assert_eq!(&root.children[0].text, &text);
            prop_assert_eq!(root.children[1].attribute("d").unwrap(), text);
        }
    }
}
