//! Invoices and one scanned receipt for the document project: the truth is where their words really lie.

use super::worlds::{Data, region};
use labelwright_core::{
    Answer, Geometry, Target, Value,
    document::TextLayer,
    geometry::{BoxShape, Span},
};
use labelwright_generate::demo::invoices;

/// The item that a scanner has made; all others are PDF files.
pub const SCANNED: u64 = 2;

/// A receipt as a scanner gives it, and what Tesseract has read on it, word by word.
const RECEIPT: &[u8] = include_bytes!("receipt.png");
const RECEIPT_WORDS: &str = include_str!("receipt.tsv");

pub fn item(index: u64) -> (Data, Answer) {
    if index == SCANNED {
        return receipt();
    }
    let invoice = invoices::write(index);
    // Files of our own can be read; without words there would be nothing to find.
    let layer = labelwright_media::document::read(invoice.pdf.clone()).unwrap_or_default();
    let mut answer = Answer::default();
    answer.fields.insert("currency".into(), Value::Text(invoice.currency.into()));
    for mark in &invoice.marks {
        let Some([start, end]) = place(&layer, mark) else { continue };
        let mut found = region(answer.regions.len(), mark.class, Geometry::Span(Span::new(start, end)));
        found.attributes.insert("value".into(), Value::Text(mark.text.clone()));
        answer.regions.push(found);
    }
    for (page, [left, top, right, bottom]) in invoice.rows {
        let shape = BoxShape { x: left, y: top, width: right - left, height: bottom - top };
        let mut found = region(answer.regions.len(), "line_item", Geometry::Box(shape));
        found.target = Target::Page(page);
        answer.regions.push(found);
    }
    (Data::Pdf(invoice.pdf), answer)
}

/// The words of a mark: as many as it has, from where it begins.
fn place(layer: &TextLayer, mark: &invoices::Mark) -> Option<[u32; 2]> {
    let [x, y] = mark.at;
    let words = &layer.pages.get(mark.page as usize)?.words;
    let first = words.iter().position(|word| {
        let [left, top, _, bottom] = word.bounds.map(f64::from);
        (left - x).abs() < 3.0 && top < y && y < bottom
    })?;
    let last = first + mark.text.split_whitespace().count() - 1;
    Some([words.get(first)?.start, words.get(last)?.end])
}

fn receipt() -> (Data, Answer) {
    let mut layer = labelwright_core::document::LayerBuilder::default();
    let (mut answer, mut numbers) = (Answer::default(), Vec::new());
    for line in RECEIPT_WORDS.lines() {
        let (place, text) = line.split_once('\t').unwrap_or((line, ""));
        let found: Vec<f64> = place.split(' ').filter_map(|number| number.parse().ok()).collect();
        match found.as_slice() {
            [width, height] => layer.page(*width, *height),
            [left, top, right, bottom, line, sure] => {
                let bounds = [*left, *top, *right, *bottom];
                let range = layer.word(text, bounds, *line as u32, 0, Some((*sure / 100.0) as f32));
                numbers.extend(range.map(|range| (text, range)));
            }
            _ => {}
        }
    }
    answer.fields.insert("currency".into(), Value::Text("other".into()));
    let mut mark = |class: &str, first: &str, count: usize| {
        let at = numbers.iter().position(|(text, _)| *text == first);
        let words = at.and_then(|at| numbers.get(at..at + count));
        let Some((start, end)) = words.and_then(|words| Some((words.first()?.1[0], words.last()?.1[1]))) else {
            return;
        };
        let value = words.unwrap_or_default().iter().map(|(text, _)| *text).collect::<Vec<_>>().join(" ");
        let mut found = region(answer.regions.len(), class, Geometry::Span(Span::new(start, end)));
        found.attributes.insert("value".into(), Value::Text(value));
        answer.regions.push(found);
    };
    mark("seller", "Corner", 2);
    mark("date", "2026-03-02", 1);
    mark("total", "11.45", 1);
    (Data::Page(RECEIPT, layer.finish()), answer)
}
