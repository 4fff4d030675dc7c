//! How a text layer lies in a file of which a browser reads the parts that it needs: 8 bytes `LWDOCUM1`, 4 bytes with the
//! length of the head, the head as JSON, the text in UTF-8, then the words of all pages in their order, 36 bytes each:
//! start and end, left, top, right and bottom, line, block, score. All numbers are little-endian, of 32 bits, whole ones
//! without a sign, the others floating; a score that is not known is not a number.

use super::{Page, TextLayer, Word};
use crate::{MediaShape, TextShape};
use serde::{Deserialize, Serialize};

const WORD: &[u8; 8] = b"LWDOCUM1";
const PREFIX_BYTES: usize = 12;
const WORD_BYTES: usize = 36;

/// What stands before everything else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LayerHead {
    /// Of the document itself.
    pub media_type: String,
    /// Length of the text in Unicode scalar values.
    pub chars: u32,
    /// Length of the text in bytes.
    pub text_bytes: u32,
    pub pages: Vec<PageHead>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PageHead {
    pub width: f64,
    pub height: f64,
    /// How many.
    pub words: u32,
    /// Where the text of its first word begins; where it has none, where that of the next page begins.
    pub start: u32,
}

impl TextLayer {
    /// The file of the layer; `media_type` is that of the document.
    pub fn to_bytes(&self, media_type: &str) -> Vec<u8> {
        let mut heads = Vec::with_capacity(self.pages.len());
        let chars = self.text.chars().count() as u32;
        let mut next = chars;
        for page in self.pages.iter().rev() {
            next = page.words.first().map_or(next, |word| word.start);
            heads.push(PageHead {
                width: page.width,
                height: page.height,
                words: page.words.len() as u32,
                start: next,
            });
        }
        heads.reverse();
        let text_bytes = self.text.len() as u32;
        let head = LayerHead { media_type: media_type.to_owned(), chars, text_bytes, pages: heads };
        // Only a map with keys that are no strings could fail here, and there is none.
        let head = serde_json::to_vec(&head).unwrap_or_default();
        let words: usize = self.pages.iter().map(|page| page.words.len()).sum();
        let mut bytes = Vec::with_capacity(PREFIX_BYTES + head.len() + self.text.len() + words * WORD_BYTES);
        bytes.extend_from_slice(WORD);
        bytes.extend_from_slice(&(head.len() as u32).to_le_bytes());
        bytes.extend_from_slice(&head);
        bytes.extend_from_slice(self.text.as_bytes());
        for word in self.pages.iter().flat_map(|page| &page.words) {
            bytes.extend_from_slice(&word.start.to_le_bytes());
            bytes.extend_from_slice(&word.end.to_le_bytes());
            word.bounds.iter().for_each(|edge| bytes.extend_from_slice(&edge.to_le_bytes()));
            bytes.extend_from_slice(&word.line.to_le_bytes());
            bytes.extend_from_slice(&word.block.to_le_bytes());
            bytes.extend_from_slice(&word.score.unwrap_or(f32::NAN).to_le_bytes());
        }
        bytes
    }

    /// Reads a file that [`TextLayer::to_bytes`] wrote; None for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (head, rest) = head(bytes)?;
        let (text, words) = rest.split_at_checked(head.text_bytes as usize)?;
        let text = String::from_utf8(text.to_vec()).ok()?;
        let mut words = words.chunks_exact(WORD_BYTES).map(word);
        let mut pages = Vec::with_capacity(head.pages.len());
        for page in head.pages {
            let own: Option<Vec<Word>> = words.by_ref().take(page.words as usize).collect();
            let own = own.filter(|own| own.len() == page.words as usize)?;
            pages.push(Page { width: page.width, height: page.height, words: own });
        }
        Some(Self { pages, text })
    }
}

impl LayerHead {
    /// The head of a file that [`TextLayer::to_bytes`] wrote; None for anything else.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        Some(head(bytes)?.0)
    }

    /// What an answer has to fit into, from the same file.
    pub fn shape(bytes: &[u8]) -> Option<MediaShape> {
        let (head, rest) = head(bytes)?;
        let text = std::str::from_utf8(rest.get(..head.text_bytes as usize)?).ok()?;
        let pages = head.pages.iter().map(|page| [page.width, page.height]).collect();
        Some(MediaShape::Document { pages, text: TextShape::of(text) })
    }
}

fn head(bytes: &[u8]) -> Option<(LayerHead, &[u8])> {
    let length = bytes.strip_prefix(WORD)?.first_chunk::<4>().map(|length| u32::from_le_bytes(*length))?;
    let (head, rest) = bytes.get(PREFIX_BYTES..)?.split_at_checked(length as usize)?;
    Some((serde_json::from_slice(head).ok()?, rest))
}

fn word(bytes: &[u8]) -> Option<Word> {
    let four = |at: usize| bytes.get(at * 4..)?.first_chunk::<4>().copied();
    let whole = |at: usize| four(at).map(u32::from_le_bytes);
    let float = |at: usize| four(at).map(f32::from_le_bytes);
    let bounds = [float(2)?, float(3)?, float(4)?, float(5)?];
    let score = Some(float(8)?).filter(|score| !score.is_nan());
    Some(Word { start: whole(0)?, end: whole(1)?, bounds, line: whole(6)?, block: whole(7)?, score })
}
