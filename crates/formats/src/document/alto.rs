//! ALTO 2 to 4 (Library of Congress, <https://www.loc.gov/standards/alto/>): what was read on a page as XML: blocks, lines
//! and strings with boxes in pixels, tenths of a millimetre or 1/1200 inch. Read as the text layer of the picture; units of
//! length become pixels by the size of the picture.

use super::{CARRIES, Reading};
use crate::{
    carries::{Carries, Names},
    media::MediaIndex,
    record::{DirectoryView, Record, RecordError, Sink, Stop, give},
    registry::Format,
    text::start_of,
    xml::{self, Element},
};

pub const FORMAT: Format = Format {
    id: "alto",
    title: "ALTO XML (words of pages)",
    carries: Carries { words: "pages with words and their boxes", geometry: &[], attributes: Names::None, ..CARRIES },
    sniff: |view| {
        let files = view.list().into_iter().filter(|(name, _)| name.ends_with(".xml")).take(5);
        let fits = |name: &str| {
            let start = start_of(view, name, 1 << 12);
            start.contains("<alto") || start.contains(":alto ")
        };
        files.map(|(name, _)| if fits(&name) { 0.95 } else { 0.0 }).fold(0.0, f64::max)
    },
    read: Some(|view, _, sink| read(view, sink)),
    ..Format::NEW
};

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let media = MediaIndex::images(view);
    for (name, _) in view.list().into_iter().filter(|(name, _)| name.ends_with(".xml")) {
        let root = match xml::document(view, &name) {
            Ok(root) => root,
            Err(error) => {
                give(sink, Err(error))?;
                continue;
            }
        };
        let said = found(&root, "fileName").map(|element| element.text.trim().to_owned());
        let pages: Vec<&Element> = found(&root, "Layout")
            .map(|layout| layout.children.iter().filter(|child| local(child) == "Page").collect())
            .unwrap_or_default();
        if pages.is_empty() {
            give(sink, Err(RecordError::new(&name, "no_pages", "there is no Page within a Layout")))?;
        }
        for (at, page) in pages.iter().enumerate() {
            let place = if pages.len() == 1 { name.clone() } else { format!("{name}: page {}", at + 1) };
            let record = record(view, &media, page, said.as_deref(), &name);
            give(sink, record.map(|record| Record { place, ..record }))?;
        }
    }
    Ok(())
}

/// The name without a prefix.
fn local(element: &Element) -> &str {
    element.name.rsplit(':').next().unwrap_or_default()
}

fn found<'a>(element: &'a Element, name: &str) -> Option<&'a Element> {
    if local(element) == name {
        return Some(element);
    }
    element.children.iter().find_map(|child| found(child, name))
}

fn record(
    view: &dyn DirectoryView,
    media: &MediaIndex,
    page: &Element,
    said: Option<&str>,
    name: &str,
) -> Result<Record, RecordError> {
    let record = super::record(view, media, said, name);
    let own = page.number("WIDTH").zip(page.number("HEIGHT")).filter(|(width, height)| *width > 0.0 && *height > 0.0);
    let size = record.size.map(|[width, height]| (f64::from(width), f64::from(height)));
    let (width, height) = size.or(own).ok_or_else(|| {
        RecordError::new(name, "no_size", "the page has no WIDTH and HEIGHT, and there is no picture")
    })?;
    let scale = own.map_or([1.0, 1.0], |(own_width, own_height)| [width / own_width, height / own_height]);
    let mut reading = Reading::page(width, height);
    walk(page, scale, &mut reading);
    super::with_layer(record, reading.finish())
}

fn walk(element: &Element, scale: [f64; 2], reading: &mut Reading) {
    for child in &element.children {
        match local(child) {
            "String" => {
                let number = |name| child.number(name);
                let sides = number("HPOS").zip(number("VPOS")).zip(number("WIDTH").zip(number("HEIGHT")));
                let Some(((left, top), (width, height))) = sides else { continue };
                let [x, y] = scale;
                let bounds = [left * x, top * y, (left + width) * x, (top + height) * y];
                let sure = number("WC").map(|sure| sure as f32);
                reading.word(child.attribute("CONTENT").unwrap_or_default(), bounds, sure);
            }
            "TextLine" => {
                walk(child, scale, reading);
                reading.end_line();
            }
            "TextBlock" => {
                walk(child, scale, reading);
                reading.end_block();
            }
            _ => walk(child, scale, reading),
        }
    }
}
