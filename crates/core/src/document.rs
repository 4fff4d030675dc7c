//! The text layer of a document: its pages, and the words on them in reading order. The words are joined into one text,
//! so that a span of the document is at once exact offsets in that text and boxes on its pages.

mod stored;

pub use stored::{LayerHead, PageHead};

use crate::{MediaShape, TextShape, geometry::Bounds};
use serde::{Deserialize, Serialize};

/// The pages of a document with the words that were read on them.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextLayer {
    pub pages: Vec<Page>,
    /// The words of all pages: a space between two of a line, a line feed between lines, two between blocks and pages.
    pub text: String,
}

/// One page as it is read, its rotation applied.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// Points (1/72 inch) where the document is a PDF, pixels where it is a picture.
    pub width: f64,
    pub height: f64,
    /// In reading order.
    pub words: Vec<Word>,
}

/// One word of a page.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Word {
    /// Where it stands in the text, as Unicode scalar values.
    pub start: u32,
    pub end: u32,
    /// Left, top, right and bottom in the units of the page, from its upper left corner.
    pub bounds: [f32; 4],
    /// Numbers of its line and its block on the page, from 0.
    pub line: u32,
    pub block: u32,
    /// How sure the reader was, 0 to 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<f32>,
}

impl Word {
    pub fn bounds(&self) -> Bounds {
        let [left, top, right, bottom] = self.bounds.map(f64::from);
        Bounds::new(left, top, right, bottom)
    }
}

impl TextLayer {
    /// A document of one page on which nothing has been read.
    pub fn blank(width: f64, height: f64) -> Self {
        Self { pages: vec![Page { width, height, words: Vec::new() }], text: String::new() }
    }

    /// What an answer has to fit into.
    pub fn shape(&self) -> MediaShape {
        MediaShape::Document {
            pages: self.pages.iter().map(|page| [page.width, page.height]).collect(),
            text: TextShape::of(&self.text),
        }
    }

    /// The words that share a character with a range of the text, each with the number of its page.
    pub fn words_of(&self, start: u32, end: u32) -> impl Iterator<Item = (u32, &Word)> {
        self.pages.iter().zip(0..).flat_map(move |(page, number)| {
            let from = page.words.partition_point(|word| word.end <= start);
            let words = page.words.get(from..).unwrap_or_default();
            words.iter().take_while(move |word| word.start < end).map(move |word| (number, word))
        })
    }

    /// The words of a page whose middle lies within a frame.
    pub fn words_within(&self, page: u32, frame: Bounds) -> impl Iterator<Item = &Word> {
        let words = self.pages.get(page as usize).map(|page| page.words.as_slice()).unwrap_or_default();
        words.iter().filter(move |word| {
            let Bounds { left, top, right, bottom } = word.bounds();
            let (x, y) = (left.midpoint(right), top.midpoint(bottom));
            x >= frame.left && x <= frame.right && y >= frame.top && y <= frame.bottom
        })
    }

    /// Is it one: words in order, within their pages and the text? What comes from outside is asked.
    pub fn is_sound(&self) -> bool {
        let chars = self.text.chars().count() as u32;
        let mut last = 0;
        self.pages.iter().all(|page| {
            let size = [page.width, page.height];
            size.iter().all(|side| side.is_finite() && *side > 0.0)
                && page.words.iter().all(|word| {
                    let [left, top, right, bottom] = word.bounds;
                    let inside = word.bounds.iter().all(|edge| edge.is_finite()) && left < right && top < bottom;
                    let follows = word.start >= last && word.end > word.start && word.end <= chars;
                    last = word.end;
                    inside && follows
                })
        })
    }
}

/// Puts a text layer together, word by word in reading order.
#[derive(Debug, Default)]
pub struct LayerBuilder {
    layer: TextLayer,
    /// Scalar values of the text so far.
    chars: u32,
    /// Line and block of the word before; None at the beginning of a page.
    last: Option<(u32, u32)>,
}

impl LayerBuilder {
    /// Begins a page.
    pub fn page(&mut self, width: f64, height: f64) {
        self.layer.pages.push(Page { width, height, words: Vec::new() });
        self.last = None;
    }

    /// Adds a word to the page that was begun last; `bounds` are cut at the edges of the page. The range of the word in
    /// the text, or None where it has no characters, or nothing of it lies on the page.
    pub fn word(
        &mut self,
        text: &str,
        bounds: [f64; 4],
        line: u32,
        block: u32,
        score: Option<f32>,
    ) -> Option<[u32; 2]> {
        let page = self.layer.pages.last_mut()?;
        let text = text.trim();
        let [left, top, right, bottom] = bounds;
        let bounds = [left.max(0.0), top.max(0.0), right.min(page.width), bottom.min(page.height)].map(|at| at as f32);
        let [left, top, right, bottom] = bounds;
        let is_there = bounds.iter().all(|edge| edge.is_finite()) && left < right && top < bottom;
        if text.is_empty() || !is_there {
            return None;
        }
        let between = match self.last {
            None if self.layer.text.is_empty() => "",
            None => "\n\n",
            Some((_, before)) if before != block => "\n\n",
            Some((before, _)) if before != line => "\n",
            Some(_) => " ",
        };
        self.last = Some((line, block));
        self.layer.text.push_str(between);
        let start = self.chars + between.len() as u32;
        // What would break the joined text apart is a blank inside a word.
        self.layer.text.extend(text.chars().map(|c| if c.is_control() { ' ' } else { c }));
        let end = start + text.chars().count() as u32;
        self.chars = end;
        page.words.push(Word { start, end, bounds, line, block, score: score.map(|score| score.clamp(0.0, 1.0)) });
        Some([start, end])
    }

    /// Words so far.
    pub fn words(&self) -> usize {
        self.layer.pages.iter().map(|page| page.words.len()).sum()
    }

    /// Scalar values of the text so far.
    pub fn chars(&self) -> u32 {
        self.chars
    }

    pub fn finish(self) -> TextLayer {
        self.layer
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
