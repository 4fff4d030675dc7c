//! hOCR 1.2 (T. Breuel and others, <https://kba.github.io/hocr-spec/1.2/>): what was read on pages as HTML, with boxes in
//! pixels in the titles of elements. Tesseract and others write it. Read as text layers of the pictures that it names.
//! Labels are properties that begin with `x_`, which the specification leaves to those who write it ([`writing`]).

mod title;
mod writing;

use super::{
    CARRIES, Reading,
    labeled::{Label, Labeled},
    sheets,
};
use crate::{
    carries::{Carries, Kind, Names},
    media::{MediaIndex, has_ending},
    numbers,
    record::{DirectoryView, Record, RecordError, Sink, Stop, give},
    registry::Format,
    shapes,
    text::start_of,
    xml::{self, Element},
};
use labelwright_core::{Geometry, GeometryKind};
use title::quoted;

pub const FORMAT: Format = Format {
    id: "hocr",
    title: "hOCR (words of pages)",
    carries: Carries {
        words: "pages with words, lines, blocks and their boxes in whole pixels; spans, boxes and polygons as properties",
        geometry: &[GeometryKind::Span, GeometryKind::Box, GeometryKind::Polygon],
        attributes: Names::Only(&[("text", Kind::Text)]),
        sizes: true,
        ..CARRIES
    },
    sniff: |view| {
        let files = view.list().into_iter().filter(|(name, _)| has_ending(name, &ENDINGS)).take(5);
        let fits = |name: &str| start_of(view, name, 1 << 13).contains("ocr_page");
        files.map(|(name, _)| if fits(&name) { 0.95 } else { 0.0 }).fold(0.0, f64::max)
    },
    read: Some(|view, _, sink| read(view, sink)),
    write: Some(|job, out| sheets::write(job, out, ".hocr", writing::written)),
    ..Format::NEW
};

const ENDINGS: [&str; 4] = [".hocr", ".html", ".xhtml", ".htm"];
const BLOCKS: [&str; 2] = ["ocr_carea", "ocr_par"];
const LINES: [&str; 4] = ["ocr_line", "ocr_header", "ocr_caption", "ocr_textfloat"];

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let media = MediaIndex::images(view);
    for (name, _) in view.list().into_iter().filter(|(name, _)| has_ending(name, &ENDINGS)) {
        let root = match xml::document(view, &name) {
            Ok(root) => root,
            Err(error) => {
                give(sink, Err(error))?;
                continue;
            }
        };
        let mut pages = Vec::new();
        find(&root, "ocr_page", &mut pages);
        if pages.is_empty() {
            give(sink, Err(RecordError::new(&name, "no_pages", "there is no element of the class ocr_page")))?;
        }
        for (at, page) in pages.iter().enumerate() {
            let place = if pages.len() == 1 { name.clone() } else { format!("{name}: page {}", at + 1) };
            let said = property(page, "image").map(|image| image.trim_matches('"'));
            let record = super::record(view, &media, said, &name);
            let mut problems = Vec::new();
            let record = whole(page, Record { place, ..record }, &mut problems);
            for problem in problems {
                give(sink, Err(problem))?;
            }
            give(sink, record)?;
        }
    }
    Ok(())
}

fn is(element: &Element, classes: &[&str]) -> bool {
    let class = element.attribute("class").unwrap_or_default();
    class.split_whitespace().any(|one| classes.contains(&one))
}

fn find<'a>(element: &'a Element, class: &str, out: &mut Vec<&'a Element>) {
    if is(element, &[class]) {
        out.push(element);
    } else {
        element.children.iter().for_each(|child| find(child, class, out));
    }
}

fn property<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    title::property(element.attribute("title")?, name)
}

/// Left, top, right and bottom.
fn bounds(element: &Element) -> Result<[f64; 4], String> {
    let text = property(element, "bbox").ok_or("there is no bbox")?;
    let edges = numbers::parse_all(text.split_whitespace()).and_then(|edges| edges.try_into().ok());
    edges.ok_or_else(|| format!("bbox has four numbers, and not {text:?}"))
}

/// The record with its words and labels.
fn whole(page: &Element, record: Record, problems: &mut Vec<RecordError>) -> Result<Record, RecordError> {
    let size = record.size.map(|size| size.map(f64::from));
    let [left, top, right, bottom] = match (bounds(page), size) {
        (Ok(bounds), _) => bounds,
        (Err(message), _) if property(page, "bbox").is_some() => {
            return Err(RecordError::new(format!("{}: ocr_page", record.place), "bad_box", message));
        }
        (Err(_), Some([width, height])) => [0.0, 0.0, width, height],
        (Err(_), None) => {
            let message = "the page has no bbox, and there is no picture whose size could be read";
            return Err(RecordError::new(&record.place, "no_size", message));
        }
    };
    let mut sheet = Sheet {
        from: [left, top],
        place: &record.place,
        reading: Reading::page(right - left, bottom - top),
        labeled: Labeled::default(),
        problems,
    };
    sheet.walk(page);
    let (layer, answer) = (sheet.reading.finish(), sheet.labeled.finish());
    Ok(super::with_layer(record, layer)?.answered(answer))
}

/// A page while it is read.
struct Sheet<'a> {
    /// The upper left corner of the page in the file's coordinates.
    from: [f64; 2],
    place: &'a str,
    reading: Reading,
    labeled: Labeled,
    problems: &'a mut Vec<RecordError>,
}

impl Sheet<'_> {
    fn walk(&mut self, element: &Element) {
        for child in &element.children {
            if is(child, &["ocrx_word"]) {
                self.word(child);
                continue;
            }
            if let Some(value) = property(child, "x_label") {
                self.shape(child, value);
            }
            self.walk(child);
            if is(child, &LINES) {
                self.reading.end_line();
            } else if is(child, &BLOCKS) {
                self.reading.end_block();
            }
        }
    }

    fn on_page(&self, element: &Element) -> Result<[f64; 4], String> {
        let [x, y] = self.from;
        bounds(element).map(|[left, top, right, bottom]| [left - x, top - y, right - x, bottom - y])
    }

    fn word(&mut self, element: &Element) {
        let sure = property(element, "x_wconf").and_then(numbers::parse).map(|percent| (percent / 100.0) as f32);
        let (text, bounds) = (all_text(element), self.on_page(element));
        let place = || place(self.place, element);
        let Some(range) = self.reading.checked(&text, bounds, sure, place, self.problems) else { return };
        let mut names = Vec::new();
        for entry in quoted(property(element, "x_spans").unwrap_or_default()) {
            let (name, said) = entry.split_once(':').map_or((entry, None), |(name, said)| (name, Some(said)));
            if let Some(said) = said {
                self.labeled.known.insert(name.to_owned(), title::label(said));
            }
            names.push(name);
        }
        for name in self.labeled.word(range, names.into_iter()) {
            let message = format!("the span {name:?} has no class");
            self.problems.push(RecordError::new(place(), "unknown_span", message));
        }
    }

    fn shape(&mut self, element: &Element, value: &str) {
        let label: Label = title::label(quoted(value).next().unwrap_or(value));
        match self.outline(element) {
            Ok(geometry) => self.labeled.shape(&label, geometry),
            Err(message) => self.problems.push(RecordError::new(place(self.place, element), "bad_box", message)),
        }
    }

    /// A polygon where the element has one, else its box.
    fn outline(&self, element: &Element) -> Result<Geometry, String> {
        if let Some(text) = property(element, "poly") {
            let numbers = numbers::parse_all(text.split_whitespace());
            let numbers = numbers.filter(|all| all.len() >= 6 && all.len().is_multiple_of(2));
            let numbers = numbers.ok_or_else(|| format!("poly has at least three points x y, and not {text:?}"))?;
            let [x, y] = self.from;
            return Ok(shapes::polygon(numbers.chunks_exact(2).map(|pair| [pair[0] - x, pair[1] - y]).collect()));
        }
        let [left, top, right, bottom] = self.on_page(element)?;
        if left >= right || top >= bottom {
            return Err(format!("a box from {left},{top} to {right},{bottom} has no area"));
        }
        Ok(shapes::upright(left, top, right - left, bottom - top))
    }
}

fn place(file: &str, element: &Element) -> String {
    let class = element.attribute("class").unwrap_or_default();
    match element.attribute("id") {
        Some(id) => format!("{file}: {class} {id:?}"),
        None => format!("{file}: {class} with the title {:?}", element.attribute("title").unwrap_or_default()),
    }
}

fn all_text(element: &Element) -> String {
    let mut text = element.text.trim().to_owned();
    element.children.iter().for_each(|child| text.push_str(&all_text(child)));
    text
}
