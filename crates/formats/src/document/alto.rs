//! ALTO 2 to 4 (Library of Congress, <https://www.loc.gov/standards/alto/>): what was read on a page as XML: blocks, lines
//! and strings with boxes in pixels, tenths of a millimetre or 1/1200 inch. Read as the text layer of the picture; units of
//! length become pixels by the size of the picture. Tags are labels: a tag of strings is a span, a tag of a block or a line
//! a box there, or a polygon where it has a `Shape`. Version 4.2 is written, in pixels.

mod writing;

use super::{
    CARRIES, Reading,
    labeled::{Label, Labeled},
    sheets,
};
use crate::{
    carries::{Carries, ClassText, Kind, Names},
    media::MediaIndex,
    numbers,
    record::{DirectoryView, Record, RecordError, Sink, Stop, give},
    registry::Format,
    shapes,
    text::start_of,
    xml::{self, Element},
};
use labelwright_core::{Geometry, GeometryKind};

pub const FORMAT: Format = Format {
    id: "alto",
    title: "ALTO XML (words of pages)",
    carries: Carries {
        words: "pages with words, lines, blocks and their boxes; spans, boxes and polygons as tags",
        geometry: &[GeometryKind::Span, GeometryKind::Box, GeometryKind::Polygon],
        attributes: Names::Only(&[("text", Kind::Text)]),
        class_text: ClassText::Line,
        sizes: true,
        precision: 0.0,
        ..CARRIES
    },
    sniff: |view| {
        let files = view.list().into_iter().filter(|(name, _)| name.ends_with(".xml")).take(5);
        let fits = |name: &str| {
            let start = start_of(view, name, 1 << 12);
            start.contains("<alto") || start.contains(":alto ")
        };
        files.map(|(name, _)| if fits(&name) { 0.95 } else { 0.0 }).fold(0.0, f64::max)
    },
    read: Some(|view, _, sink| read(view, sink)),
    write: Some(|job, out| sheets::write(job, out, ".xml", writing::written)),
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
            let record = super::record(view, &media, said.as_deref(), &name);
            let mut problems = Vec::new();
            let record = whole(page, &root, Record { place, ..record }, &mut problems);
            for problem in problems {
                give(sink, Err(problem))?;
            }
            give(sink, record)?;
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

/// The record with its words and labels.
fn whole(
    page: &Element,
    root: &Element,
    record: Record,
    problems: &mut Vec<RecordError>,
) -> Result<Record, RecordError> {
    let own = page.number("WIDTH").zip(page.number("HEIGHT")).filter(|(width, height)| *width > 0.0 && *height > 0.0);
    let size = record.size.map(|[width, height]| (f64::from(width), f64::from(height)));
    let (width, height) = size.or(own).ok_or_else(|| {
        RecordError::new(&record.place, "no_size", "the page has no WIDTH and HEIGHT, and there is no picture")
    })?;
    let scale = own.map_or([1.0, 1.0], |(own_width, own_height)| [width / own_width, height / own_height]);
    let mut sheet = Sheet {
        scale,
        place: &record.place,
        reading: Reading::page(width, height),
        labeled: Labeled::default(),
        problems,
    };
    sheet.labeled.known = root.children.iter().filter(|one| local(one) == "Tags").flat_map(tags).collect();
    sheet.walk(page);
    let (layer, answer) = (sheet.reading.finish(), sheet.labeled.finish());
    Ok(super::with_layer(record, layer)?.answered(answer))
}

/// Tags by their ids. What a named entity is says its TYPE, what any other tag means its LABEL.
fn tags(tags: &Element) -> impl Iterator<Item = (String, Label)> {
    tags.children.iter().filter_map(|tag| {
        let id = tag.attribute("ID")?;
        let said = |name: &str| tag.attribute(name).filter(|text| !text.is_empty());
        let class = match local(tag) {
            "NamedEntityTag" => said("TYPE").or(said("LABEL")),
            _ => said("LABEL").or(said("TYPE")),
        };
        let data = tag.children.iter().find(|child| local(child) == "XmlData");
        let text = data.and_then(|data| data.children.iter().find(|child| local(child) == "text"));
        let label = Label { class: class.unwrap_or(id).to_owned(), text: text.map(|text| text.text.clone()) };
        Some((id.to_owned(), label))
    })
}

/// A page while it is read.
struct Sheet<'a> {
    /// Pixels of a unit of the file, across and down.
    scale: [f64; 2],
    place: &'a str,
    reading: Reading,
    labeled: Labeled,
    problems: &'a mut Vec<RecordError>,
}

impl Sheet<'_> {
    fn walk(&mut self, element: &Element) {
        for child in &element.children {
            match local(child) {
                "String" => self.word(child),
                "TextLine" => {
                    self.tagged(child);
                    self.walk(child);
                    self.reading.end_line();
                }
                "TextBlock" => {
                    self.tagged(child);
                    self.walk(child);
                    self.reading.end_block();
                }
                _ => {
                    self.tagged(child);
                    self.walk(child);
                }
            }
        }
    }

    /// HPOS, VPOS, WIDTH and HEIGHT in pixels.
    fn sides(&self, element: &Element) -> Result<[f64; 4], String> {
        let mut sides = [0.0; 4];
        let units = self.scale.iter().chain(&self.scale);
        for ((side, unit), name) in sides.iter_mut().zip(units).zip(["HPOS", "VPOS", "WIDTH", "HEIGHT"]) {
            *side = match element.attribute(name).map(|text| (text, numbers::parse(text))) {
                Some((_, Some(number))) => number * unit,
                Some((text, None)) => return Err(format!("{name} is a number, and not {text:?}")),
                None => return Err(format!("there is no {name}")),
            };
        }
        Ok(sides)
    }

    fn word(&mut self, element: &Element) {
        let bounds = self.sides(element).map(|[left, top, width, height]| [left, top, left + width, top + height]);
        let sure = element.number("WC").map(|sure| sure as f32);
        let text = element.attribute("CONTENT").unwrap_or_default();
        let place = || place(self.place, element);
        let Some(range) = self.reading.checked(text, bounds, sure, place, self.problems) else { return };
        let unknown = self.labeled.word(range, references(element));
        self.problems.extend(unknown.into_iter().map(|tag| unknown_tag(place(), tag)));
    }

    /// Labels of what is no word.
    fn tagged(&mut self, element: &Element) {
        for tag in references(element) {
            let Some(label) = self.labeled.known.get(tag).cloned() else {
                self.problems.push(unknown_tag(place(self.place, element), tag));
                continue;
            };
            match self.outline(element) {
                Ok(geometry) => self.labeled.shape(&label, geometry),
                Err(message) => self.problems.push(RecordError::new(place(self.place, element), "bad_box", message)),
            }
        }
    }

    /// A polygon where the element has one, else its box.
    fn outline(&self, element: &Element) -> Result<Geometry, String> {
        let shape = element.children.iter().find(|child| local(child) == "Shape");
        let polygon = shape.and_then(|shape| shape.children.iter().find(|child| local(child) == "Polygon"));
        if let Some(points) = polygon.and_then(|polygon| polygon.attribute("POINTS")) {
            // Both `x,y x,y` and `x y x y` are about.
            let numbers = points.split([',', ' ', '\t', '\n', '\r']).filter(|text| !text.is_empty());
            let numbers = numbers::parse_all(numbers).filter(|all| all.len() >= 6 && all.len().is_multiple_of(2));
            let numbers = numbers.ok_or("POINTS is no list of at least three points x,y")?;
            let [x, y] = self.scale;
            return Ok(shapes::polygon(numbers.chunks_exact(2).map(|pair| [pair[0] * x, pair[1] * y]).collect()));
        }
        match self.sides(element)? {
            [left, top, width, height] if width > 0.0 && height > 0.0 => Ok(shapes::upright(left, top, width, height)),
            [_, _, width, height] => Err(format!("a box of {width} x {height} has no area")),
        }
    }
}

fn references(element: &Element) -> impl Iterator<Item = &str> {
    element.attribute("TAGREFS").unwrap_or_default().split_whitespace()
}

fn unknown_tag(place: String, tag: &str) -> RecordError {
    RecordError::new(place, "unknown_tag", format!("there is no tag {tag:?}"))
}

fn place(file: &str, element: &Element) -> String {
    match element.attribute("ID") {
        Some(id) => format!("{file}: {} {id:?}", local(element)),
        None => {
            format!("{file}: {} at {:?}, {:?}", local(element), element.attribute("HPOS"), element.attribute("VPOS"))
        }
    }
}
