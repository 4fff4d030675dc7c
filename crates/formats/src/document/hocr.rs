//! hOCR 1.2 (T. Breuel and others, <https://kba.github.io/hocr-spec/1.2/>): what was read on pages as HTML, with boxes in
//! pixels in the titles of elements. Tesseract and others write it. Read as text layers of the pictures that it names.

use super::{CARRIES, Reading};
use crate::{
    carries::{Carries, Names},
    media::{MediaIndex, has_ending},
    numbers,
    record::{DirectoryView, Record, RecordError, Sink, Stop, give},
    registry::Format,
    text::start_of,
    xml::{self, Element},
};

pub const FORMAT: Format = Format {
    id: "hocr",
    title: "hOCR (words of pages)",
    carries: Carries { words: "pages with words and their boxes", geometry: &[], attributes: Names::None, ..CARRIES },
    sniff: |view| {
        let files = view.list().into_iter().filter(|(name, _)| has_ending(name, &ENDINGS)).take(5);
        let fits = |name: &str| start_of(view, name, 1 << 13).contains("ocr_page");
        files.map(|(name, _)| if fits(&name) { 0.95 } else { 0.0 }).fold(0.0, f64::max)
    },
    read: Some(|view, _, sink| read(view, sink)),
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
            give(sink, record(view, &media, page, &name).map(|record| Record { place, ..record }))?;
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

/// The value of a property in the title: properties are parted by `;`, names from values by a space.
fn property<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    let title = element.attribute("title")?;
    title.split(';').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix(' ').map(str::trim))
}

fn bounds(element: &Element) -> Option<[f64; 4]> {
    numbers::parse_all(property(element, "bbox")?.split_whitespace())?.try_into().ok()
}

fn record(view: &dyn DirectoryView, media: &MediaIndex, page: &Element, name: &str) -> Result<Record, RecordError> {
    let said = property(page, "image").map(|image| image.trim_matches('"'));
    let record = super::record(view, media, said, name);
    let size = record.size.map(|size| size.map(f64::from));
    let [left, top, right, bottom] =
        bounds(page).or(size.map(|[width, height]| [0.0, 0.0, width, height])).ok_or_else(|| {
            RecordError::new(name, "no_size", "the page has no bbox, and there is no picture whose size could be read")
        })?;
    let mut reading = Reading::page(right - left, bottom - top);
    walk(page, [left, top], &mut reading);
    super::with_layer(record, reading.finish())
}

fn walk(element: &Element, from: [f64; 2], reading: &mut Reading) {
    for child in &element.children {
        if is(child, &["ocrx_word"]) {
            let Some([left, top, right, bottom]) = bounds(child) else { continue };
            let box_on_page = [left - from[0], top - from[1], right - from[0], bottom - from[1]];
            let sure = property(child, "x_wconf").and_then(numbers::parse).map(|percent| (percent / 100.0) as f32);
            reading.word(&all_text(child), box_on_page, sure);
            continue;
        }
        walk(child, from, reading);
        if is(child, &LINES) {
            reading.end_line();
        } else if is(child, &BLOCKS) {
            reading.end_block();
        }
    }
}

fn all_text(element: &Element) -> String {
    let mut text = element.text.trim().to_owned();
    element.children.iter().for_each(|child| text.push_str(&all_text(child)));
    text
}
