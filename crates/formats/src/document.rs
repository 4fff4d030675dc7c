//! Formats of documents: pictures of pages with the words that somebody or something has read on them. A record is one
//! picture with its text layer; a document of many pages is written as a file a page.

pub mod alto;
pub mod funsd;
pub mod hocr;
mod labeled;
pub mod page_xml;
mod sheets;

use crate::{
    carries::Carries,
    media::{MediaIndex, image_size},
    names::{last_part, split_ending},
    record::{Data, DirectoryView, Record, RecordError},
};
use labelwright_core::{
    Geometry, GeometryKind, Modality, Region, Target,
    document::{LayerBuilder, TextLayer, Word},
    geometry::Bounds,
    offsets::ScalarText,
};

/// Labels on documents.
pub(crate) const CARRIES: Carries = Carries {
    modalities: &[Modality::Document],
    geometry: &[GeometryKind::Span, GeometryKind::Box],
    layers: true,
    empty_items: true,
    precision: 0.5,
    ..Carries::NOTHING
};

/// The record of a picture of a page: `said` is what the labels call it, `label` their file. The picture lies under that
/// name, or beside the labels under theirs.
fn record(view: &dyn DirectoryView, media: &MediaIndex, said: Option<&str>, label: &str) -> Record {
    let said = said.map(|name| name.replace('\\', "/")).filter(|name| !name.is_empty());
    let stem = split_ending(label).0;
    let found = said
        .as_deref()
        .and_then(|name| media.find(name).or_else(|| media.find(last_part(name))))
        .or_else(|| media.find_stem(stem))
        .or_else(|| media.find_stem(last_part(stem)));
    let name = found.map(str::to_owned).or_else(|| said.as_deref().map(|name| last_part(name).to_owned()));
    let name = name.unwrap_or_else(|| format!("{}.png", last_part(stem)));
    let data = if found.is_some() { Data::File(name.clone()) } else { Data::Absent(name.clone()) };
    let size = found.and_then(|path| image_size(view, path));
    // Labels that know the picture's folder tell it from others of its name.
    let key = if said.as_deref() == Some(name.as_str()) && found.is_some() { &name } else { last_part(&name) };
    Record { size, ..Record::new(key, data, label) }
}

/// The record with its layer. A page without a size is none.
fn with_layer(mut record: Record, layer: TextLayer) -> Result<Record, RecordError> {
    let good = layer.pages.iter().all(|page| page.width >= 1.0 && page.height >= 1.0);
    if !good {
        let message = "the page has no size, and there is no picture whose size could be read";
        return Err(RecordError::new(&record.place, "no_size", message));
    }
    if record.size.is_none() {
        record.size = layer.pages.first().map(|page| [page.width as u32, page.height as u32]);
    }
    record.layer = Some(Box::new(layer));
    Ok(record)
}

/// Words of one page as a format has them.
struct Reading {
    builder: LayerBuilder,
    line: u32,
    block: u32,
    empty_line: bool,
    empty_block: bool,
}

impl Reading {
    fn page(width: f64, height: f64) -> Self {
        let mut builder = LayerBuilder::default();
        builder.page(width, height);
        Self { builder, line: 0, block: 0, empty_line: true, empty_block: true }
    }

    fn end_line(&mut self) {
        self.line += u32::from(!self.empty_line);
        self.empty_line = true;
    }

    fn end_block(&mut self) {
        self.end_line();
        self.block += u32::from(!self.empty_block);
        self.empty_block = true;
    }

    fn word(&mut self, text: &str, bounds: [f64; 4], score: Option<f32>) -> Option<[u32; 2]> {
        let range = self.builder.word(text, bounds, self.line, self.block, score);
        if range.is_some() {
            (self.empty_line, self.empty_block) = (false, false);
        }
        range
    }

    /// Adds a word, or tells why it is none. What has no letters says nothing and is no error. `bounds` are left, top,
    /// right and bottom in units of the page; `place` says where the word is written.
    fn checked(
        &mut self,
        text: &str,
        bounds: Result<[f64; 4], String>,
        score: Option<f32>,
        place: impl FnOnce() -> String,
        problems: &mut Vec<RecordError>,
    ) -> Option<[u32; 2]> {
        if text.trim().is_empty() {
            return None;
        }
        let added = match bounds {
            Err(message) => Err(("bad_box", message)),
            Ok([left, top, right, bottom]) if left >= right || top >= bottom => {
                Err(("bad_box", format!("a box from {left},{top} to {right},{bottom} has no area")))
            }
            Ok(bounds) => self.word(text, bounds, score).ok_or(("outside", "the word lies outside of its page".into())),
        };
        match added {
            Ok(range) => Some(range),
            Err((code, message)) => {
                problems.push(RecordError::new(place(), code, message));
                None
            }
        }
    }

    fn finish(self) -> TextLayer {
        self.builder.finish()
    }
}

/// The words of a region, in their order: those of a span, or those within a shape on a page.
fn words_of(layer: &TextLayer, region: &Region) -> Vec<(u32, Word)> {
    match (&region.geometry, region.target) {
        (Geometry::Span(span), _) => span
            .ranges
            .iter()
            .flat_map(|[start, end]| layer.words_of(*start, *end).map(|(page, word)| (page, *word)))
            .collect(),
        (geometry, Target::Page(page)) => {
            let Some(bounds) = geometry.bounds() else { return Vec::new() };
            layer.words_within(page, bounds).map(|word| (page, *word)).collect()
        }
        _ => Vec::new(),
    }
}

/// A layer with the places of its words' letters, so that each is found at once.
struct Texts<'a> {
    layer: &'a TextLayer,
    offsets: ScalarText,
}

impl<'a> Texts<'a> {
    fn of(layer: &'a TextLayer) -> Self {
        Self { layer, offsets: ScalarText::new(&layer.text) }
    }

    fn word(&self, word: &Word) -> &'a str {
        let ends = self.offsets.to_bytes(word.start).zip(self.offsets.to_bytes(word.end));
        ends.and_then(|(start, end)| self.layer.text.get(start as usize..end as usize)).unwrap_or_default()
    }

    /// Words as they are read: a space between two, a line feed between lines.
    fn joined(&self, words: &[(u32, Word)]) -> String {
        let mut text = String::new();
        let mut last: Option<(u32, u32)> = None;
        for (page, word) in words {
            match last {
                None => {}
                Some(before) if before == (*page, word.line) => text.push(' '),
                Some(_) => text.push('\n'),
            }
            last = Some((*page, word.line));
            text.push_str(self.word(word));
        }
        text
    }
}

/// What lies around words.
fn around<'a>(words: impl IntoIterator<Item = &'a Word>) -> Option<Bounds> {
    words.into_iter().map(Word::bounds).reduce(Bounds::union)
}

/// The words of a page line by line.
fn lines<'a>(words: impl IntoIterator<Item = &'a Word>) -> Vec<Vec<Word>> {
    let mut lines: Vec<Vec<Word>> = Vec::new();
    for word in words {
        match lines.last_mut().filter(|line| line.first().is_some_and(|first| first.line == word.line)) {
            Some(line) => line.push(*word),
            None => lines.push(vec![*word]),
        }
    }
    lines
}
