//! Documents: the pages of a PDF and the words on them. The browser draws the pages; what people label are the words, which
//! are read once, here.

mod glyphs;
mod words;

use crate::{
    Refused,
    limits::{
        DOCUMENT_BYTES_MAXIMUM, DOCUMENT_CHARS_MAXIMUM, DOCUMENT_PAGES_MAXIMUM, DOCUMENT_WORDS_MAXIMUM,
        PAGE_GLYPHS_MAXIMUM,
    },
};
use glyphs::Glyphs;
use hayro_interpret::{
    Context, InterpreterCache, InterpreterSettings, RenderContent, TransformExt,
    hayro_syntax::{LoadPdfError, Pdf, page::Page},
    interpret_page,
    kurbo::Rect,
};
use labelwright_core::document::{LayerBuilder, LayerHead, TextLayer};
use std::{
    fs::File,
    io::{self, Read, Write},
};

/// The type of a PDF.
pub const PDF: &str = "application/pdf";

/// Where `%PDF-` stands at the latest, in bytes from the beginning (ISO 32000-2, annex I.3.4 of implementation notes).
const SIGNATURE_WITHIN: usize = 1024;

/// Reads a whole document and writes its text layer.
///
/// # Errors
/// What is wrong with the document, or that the layer cannot be written.
pub fn prepare(source: File, output: &mut dyn Write) -> Result<(), Refused> {
    let mut bytes = Vec::new();
    source
        .take(DOCUMENT_BYTES_MAXIMUM + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Refused::data("damaged", format!("the file cannot be read: {error}")))?;
    if bytes.len() as u64 > DOCUMENT_BYTES_MAXIMUM {
        let message = format!("the document is larger than {DOCUMENT_BYTES_MAXIMUM} bytes");
        return Err(Refused::data("too_large", message));
    }
    let layer = read(bytes)?;
    output.write_all(&layer.to_bytes(PDF))?;
    output.flush()?;
    Ok(())
}

/// The text layer of a PDF: the words in the order in which the pages draw them.
///
/// # Errors
/// What is wrong with the document.
pub fn read(bytes: Vec<u8>) -> Result<TextLayer, Refused> {
    if bytes.is_empty() {
        return Err(Refused::data("empty_file", "the file is empty"));
    }
    let start = bytes.get(..SIGNATURE_WITHIN.min(bytes.len())).unwrap_or_default();
    if !start.windows(5).any(|five| five == b"%PDF-") {
        return Err(Refused::data("not_a_document", "this is no PDF: it does not begin with %PDF-"));
    }
    let pdf = Pdf::new(bytes).map_err(|error| match error {
        LoadPdfError::Decryption(_) => {
            Refused::data("encrypted", "the document is protected by a password; take the protection away first")
        }
        LoadPdfError::Invalid => {
            Refused::data("damaged", "the document is damaged or cut off: its table of objects cannot be found")
        }
    })?;
    let pages = pdf.pages();
    let count = pages.len();
    if count == 0 {
        return Err(Refused::data("damaged", "the document has no pages"));
    }
    if count > DOCUMENT_PAGES_MAXIMUM {
        let message = format!("the document has {count} pages, the limit is {DOCUMENT_PAGES_MAXIMUM}");
        return Err(Refused::data("too_many_pages", message));
    }
    // What stands in forms and comments is no part of the text.
    let settings = InterpreterSettings { render_content: RenderContent::PAGE, ..InterpreterSettings::default() };
    let cache = InterpreterCache::new();
    let mut layer = LayerBuilder::default();
    for (page, number) in pages.iter().zip(1..) {
        let (width, height) = page.render_dimensions();
        // Hundredths, as editors count: a box at the edge shall not lie over it.
        let [width, height] = [width, height].map(|side| (f64::from(side) * 100.0).round() / 100.0);
        layer.page(width, height);
        let frame = Rect::new(0.0, 0.0, width, height);
        let start = page.initial_transform(true).to_kurbo();
        let mut context = Context::new(start, frame, &cache, pdf.xref(), settings.clone());
        words::add(&mut layer, drawn(page, number, &mut context)?);
        if layer.words() > DOCUMENT_WORDS_MAXIMUM || layer.chars() > DOCUMENT_CHARS_MAXIMUM {
            let message = format!(
                "the document has more than {DOCUMENT_WORDS_MAXIMUM} words or {DOCUMENT_CHARS_MAXIMUM} characters"
            );
            return Err(Refused::data("too_long", message));
        }
    }
    Ok(layer.finish())
}

fn drawn<'a>(page: &Page<'a>, number: usize, context: &mut Context<'a>) -> Result<Vec<glyphs::Glyph>, Refused> {
    let mut glyphs = Glyphs::default();
    interpret_page(page, context, &mut glyphs);
    glyphs.finish().ok_or_else(|| {
        let message = format!("page {number} draws more than {PAGE_GLYPHS_MAXIMUM} characters");
        Refused::data("too_long", message)
    })
}

/// The head of a text layer, from its beginning.
///
/// # Errors
/// When it is none.
pub fn read_head(source: &mut dyn Read) -> io::Result<LayerHead> {
    let mut bytes = vec![0; 12];
    source.read_exact(&mut bytes)?;
    let length = bytes.get(8..).and_then(|rest| rest.first_chunk::<4>()).map_or(0, |four| u32::from_le_bytes(*four));
    source.take(u64::from(length)).read_to_end(&mut bytes)?;
    LayerHead::read(&bytes).ok_or_else(|| io::Error::other("this is no text layer"))
}
