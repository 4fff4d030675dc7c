//! Documents as files of words, one a page: which words a span covers, what lies on each page, and what of it has no
//! place there.

use super::Texts;
use crate::{
    loss::Losses,
    names::{Stems, split_ending},
    record::ExportItem,
    registry::Job,
    sink::ArchiveSink,
};
use labelwright_core::{
    Geometry, Region, Target, Value,
    document::{Page, TextLayer, Word},
};
use std::io;

/// One page on its way out.
pub(super) struct Sheet<'a> {
    /// The picture's file.
    pub picture: &'a str,
    pub texts: &'a Texts<'a>,
    pub page: &'a Page,
    /// From 0.
    pub number: usize,
    pub marks: Marks<'a>,
    pub key: &'a str,
    pub losses: &'a Losses,
}

/// What is said of a page.
#[derive(Default)]
pub(super) struct Marks<'a> {
    pub spans: Vec<&'a Region>,
    /// Boxes and polygons.
    pub shapes: Vec<&'a Region>,
    /// For each word of the page the numbers of its spans.
    pub of_words: Vec<Vec<usize>>,
}

impl Sheet<'_> {
    /// The words as they lie in blocks of lines, each with its number on the page.
    pub fn blocks(&self) -> Vec<Vec<Vec<(usize, Word)>>> {
        let mut blocks: Vec<Vec<Vec<(usize, Word)>>> = Vec::new();
        let mut before: Option<(u32, u32)> = None;
        for (number, word) in self.page.words.iter().enumerate() {
            if before.is_none_or(|(block, _)| block != word.block) {
                blocks.push(Vec::new());
                before = None;
            }
            let Some(block) = blocks.last_mut() else { continue };
            if before.is_none_or(|(_, line)| line != word.line) {
                block.push(Vec::new());
            }
            if let Some(line) = block.last_mut() {
                line.push((number, *word));
            }
            before = Some((word.block, word.line));
        }
        blocks
    }
}

/// What somebody wrote of a region.
pub(super) fn transcript(region: &Region) -> Option<&str> {
    match region.attributes.get("text") {
        Some(Value::Text(text)) => Some(text),
        _ => None,
    }
}

/// Writes a file a page with this ending, and the pictures beside them.
pub(super) fn write(
    job: Job<'_, '_>,
    out: &mut dyn ArchiveSink,
    ending: &str,
    written: fn(&Sheet<'_>) -> Vec<u8>,
) -> io::Result<()> {
    let (mut pictures, mut files) = (Stems::default(), Stems::default());
    for item in job.items {
        let (key, losses) = (item.key.as_str(), job.losses);
        // Double quotes end a name in hOCR.
        let plain = key.replace('"', "_");
        let picture = pictures.name("", &plain, losses);
        if plain != key {
            losses.add("renamed", "a name without double quotes stands for the key", key);
        }
        if item.media.is_none() && picture.contains('/') {
            losses.add("renamed", "without its picture an item is called by the last part of its key", key);
        }
        let blank = item.size.map(|[width, height]| TextLayer::blank(f64::from(width), f64::from(height)));
        let known = item.layer.as_deref().filter(|layer| !layer.pages.is_empty()).or(blank.as_ref());
        match known {
            None => losses.add("no_place", "a document whose pages are not known has no place", key),
            Some(layer) => {
                let (texts, marks) = (Texts::of(layer), marks(&item, layer, losses));
                characters(&item, layer, losses);
                if layer.pages.len() > 1 {
                    losses.add("pages", "a document of several pages becomes one of one page each", key);
                }
                let stem = split_ending(&picture).0;
                for (number, (page, marks)) in layer.pages.iter().zip(marks).enumerate() {
                    let one = if layer.pages.len() == 1 { String::new() } else { format!("-{}", number + 1) };
                    let file = files.name("", &format!("{stem}{one}{ending}"), &Losses::default());
                    out.begin(&file)?;
                    let sheet = Sheet { picture: &picture, texts: &texts, page, number, marks, key, losses };
                    out.write_all(&written(&sheet))?;
                }
            }
        }
        if let Some(source) = &item.media {
            out.media(&picture, source)?;
        }
    }
    Ok(())
}

/// Letters that XML 1.0 has no way to write.
fn characters(item: &ExportItem, layer: &TextLayer, losses: &Losses) {
    let bad = |c: &char| matches!(c, '\u{fffe}' | '\u{ffff}') || (*c < ' ' && !"\n\r\t".contains(*c));
    let said = item.regions().filter_map(transcript).flat_map(str::chars);
    let count = layer.text.chars().chain(said).filter(bad).count();
    losses.add_some("characters", "characters that XML cannot hold become U+FFFD", &item.key, count);
}

/// The labels of an item, page by page.
fn marks<'a>(item: &'a ExportItem, layer: &TextLayer, losses: &Losses) -> Vec<Marks<'a>> {
    let empty = |page: &Page| Marks { of_words: vec![Vec::new(); page.words.len()], ..Marks::default() };
    let mut marks: Vec<Marks<'a>> = layer.pages.iter().map(empty).collect();
    for region in item.regions() {
        let pages = match (&region.geometry, region.target) {
            (Geometry::Span(_), _) => span(region, layer, &mut marks, &item.key, losses),
            (_, Target::Page(page)) => shape(region, marks.get_mut(page as usize)),
            (_, Target::Item) if layer.pages.len() == 1 => shape(region, marks.first_mut()),
            _ => 0,
        };
        if pages == 0 {
            losses.add("no_place", "a span without words, or a shape on no page, has no place", &item.key);
        }
        if pages > 1 {
            losses.add("page_border", "a span that goes on over the next page becomes one on each", &item.key);
        }
    }
    marks
}

fn shape<'a>(region: &'a Region, marks: Option<&mut Marks<'a>>) -> usize {
    let Some(marks) = marks else { return 0 };
    marks.shapes.push(region);
    1
}

/// On how many pages the span has words.
fn span<'a>(region: &'a Region, layer: &TextLayer, marks: &mut [Marks<'a>], key: &str, losses: &Losses) -> usize {
    let Geometry::Span(span) = &region.geometry else { return 0 };
    let Some([start, end]) = span.ranges.first().copied() else { return 0 };
    let (mut pages, mut last_page, mut ends) = (0, None, None::<[u32; 2]>);
    for (number, word) in layer.words_of(start, end) {
        let page = number as usize;
        let at = layer.pages.get(page).map(|page| page.words.partition_point(|one| one.start < word.start));
        let (Some(marks), Some(at)) = (marks.get_mut(page), at) else { continue };
        if last_page != Some(page) {
            marks.spans.push(region);
            pages += 1;
            last_page = Some(page);
        }
        let number = marks.spans.len() - 1;
        marks.of_words.get_mut(at).into_iter().for_each(|spans| spans.push(number));
        ends = Some([ends.map_or(word.start, |[first, _]| first), word.end]);
    }
    if ends.is_some_and(|ends| ends != [start, end]) {
        losses.add("token_border", "a span that begins or ends within a word takes it whole", key);
    }
    pages
}
