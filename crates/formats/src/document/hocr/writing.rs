//! A page as hOCR. Words stand in their blocks and lines. Coordinates are whole pixels, as the specification wants them.
//! Two properties of our own carry labels: `x_spans` of a word names the spans that it belongs to, the first word of each
//! with `id:class` or `id:class:text`; `x_label` of an `ocr_float` says what a box is, or with `poly` a polygon.

use super::title::encoded;
use crate::{
    document::sheets::{Sheet, transcript},
    numbers,
    xml::{push_attribute, push_text},
};
use labelwright_core::{
    Geometry, Region,
    document::Word,
    geometry::{Bounds, Point},
};

const HEAD: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
    "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" ",
    "\"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">\n",
    "<html xmlns=\"http://www.w3.org/1999/xhtml\">\n<head>\n<title></title>\n",
    "<meta http-equiv=\"Content-Type\" content=\"text/html;charset=utf-8\"/>\n",
    "<meta name=\"ocr-system\" content=\"labelwright\"/>\n",
    "<meta name=\"ocr-capabilities\" ",
    "content=\"ocr_page ocr_carea ocr_par ocr_line ocrx_word ocr_float ocrp_wconf ocrp_poly\"/>\n",
    "</head>\n<body>\n<div class=\"ocr_page\" id=\"page_1\"",
);

const ROUNDED: &str = "what is smaller than a pixel becomes one, pages become as large as their last pixel";

pub(super) fn written(sheet: &Sheet<'_>) -> Vec<u8> {
    let mut out = HEAD.as_bytes().to_vec();
    let sides = [sheet.page.width, sheet.page.height];
    let moved = sheet.page.words.iter().filter(|word| is_moved(word.bounds())).count()
        + usize::from(sides.iter().any(|side| side.ceil() - side > 0.5));
    sheet.losses.add_some("rounded", ROUNDED, sheet.key, moved);
    let [width, height] = sides.map(|side| numbers::shortest(side.ceil()));
    let image = format!("image \"{}\"; bbox 0 0 {width} {height}; ppageno {}", sheet.picture, sheet.number);
    push_attribute(&mut out, "title", &image);
    out.extend_from_slice(b">\n");
    let (mut lines, mut said) = (0, vec![false; sheet.marks.spans.len()]);
    for (number, block) in sheet.blocks().iter().enumerate() {
        push_open(&mut out, "div", "ocr_carea", &format!("block_1_{}", number + 1), &around(block.iter().flatten()));
        out.push(b'\n');
        push_open(&mut out, "p", "ocr_par", &format!("par_1_{}", number + 1), &around(block.iter().flatten()));
        out.push(b'\n');
        for line in block {
            lines += 1;
            push_open(&mut out, "span", "ocr_line", &format!("line_1_{lines}"), &around(line));
            for (at, (number, word)) in line.iter().enumerate() {
                out.push(if at > 0 { b' ' } else { b'\n' });
                push_word(&mut out, sheet, *number, word, &mut said);
            }
            out.extend_from_slice(b"\n</span>\n");
        }
        out.extend_from_slice(b"</p>\n</div>\n");
    }
    for (number, region) in sheet.marks.shapes.iter().enumerate() {
        push_shape(&mut out, sheet, number, region);
    }
    out.extend_from_slice(b"</div>\n</body>\n</html>\n");
    out
}

fn push_open(out: &mut Vec<u8>, element: &str, class: &str, id: &str, title: &str) {
    out.extend_from_slice(format!("<{element} class=\"{class}\" id=\"{id}\"").as_bytes());
    push_attribute(out, "title", title);
    out.push(b'>');
}

fn push_word(out: &mut Vec<u8>, sheet: &Sheet<'_>, number: usize, word: &Word, said: &mut [bool]) {
    let mut title = bbox(whole(word.bounds()));
    if let Some(score) = word.score {
        title.push_str(&format!("; x_wconf {}", numbers::shortest(percent(score))));
    }
    let spans = sheet.marks.of_words.get(number).map(Vec::as_slice).unwrap_or_default();
    for (at, span) in spans.iter().enumerate() {
        title.push_str(if at == 0 { "; x_spans" } else { "" });
        title.push_str(&format!(" \"s{span}"));
        let first = said.get_mut(*span).filter(|said| !**said);
        if let (Some(first), Some(region)) = (first, sheet.marks.spans.get(*span)) {
            *first = true;
            title.push_str(&format!(":{}", encoded(&region.class, transcript(region))));
        }
        title.push('"');
    }
    push_open(out, "span", "ocrx_word", &format!("word_1_{}", number + 1), &title);
    push_text(out, sheet.texts.word(word));
    out.extend_from_slice(b"</span>");
}

/// Percent that are the same single again.
fn percent(score: f32) -> f64 {
    let exact = f64::from(score) * 100.0;
    let short = (exact * 1e4).round() / 1e4;
    if (short / 100.0) as f32 == score { short } else { exact }
}

fn push_shape(out: &mut Vec<u8>, sheet: &Sheet<'_>, number: usize, region: &Region) {
    let Some(bounds) = region.geometry.bounds() else { return };
    if bounds.right <= 0.0 || bounds.bottom <= 0.0 {
        sheet.losses.add("outside", "shapes that lie left of or above the page are left out", sheet.key);
        return;
    }
    if bounds.left < 0.0 || bounds.top < 0.0 {
        sheet.losses.add("clipped", "shapes are cut at the left and the upper edge of the page", sheet.key);
    }
    let inside = |[x, y]: &Point| [x.max(0.0), y.max(0.0)];
    let [left, top] = inside(&[bounds.left, bounds.top]);
    let clipped = Bounds::new(left, top, bounds.right, bounds.bottom);
    if is_moved(clipped) {
        sheet.losses.add("rounded", ROUNDED, sheet.key);
    }
    let mut title = bbox(whole(clipped));
    let ring = region.geometry.rings().and_then(|rings| rings.into_iter().next());
    if let Some(ring) = ring.filter(|_| !matches!(region.geometry, Geometry::Box(_))) {
        title.push_str("; poly");
        for [x, y] in ring.iter().map(inside) {
            title.push_str(&format!(" {} {}", numbers::shortest(x.round()), numbers::shortest(y.round())));
        }
    }
    title.push_str(&format!("; x_label \"{}\"", encoded(&region.class, transcript(region))));
    push_open(out, "div", "ocr_float", &format!("label_1_{}", number + 1), &title);
    out.extend_from_slice(b"</div>\n");
}

fn around<'a>(words: impl IntoIterator<Item = &'a (usize, Word)>) -> String {
    let bounds = words.into_iter().map(|(_, word)| word.bounds()).reduce(Bounds::union);
    bounds.map(|bounds| bbox(whole(bounds))).unwrap_or_default()
}

/// Would its edges be the same if each became the nearest whole pixel?
fn is_moved(bounds: Bounds) -> bool {
    bounds.left.round() >= bounds.right.round() || bounds.top.round() >= bounds.bottom.round()
}

/// The nearest whole pixels, at least one of them.
fn whole(bounds: Bounds) -> [f64; 4] {
    let side = |from: f64, to: f64| match (from.round(), to.round()) {
        (from, to) if from < to => [from, to],
        _ => [from.floor(), to.ceil()],
    };
    let ([left, right], [top, bottom]) = (side(bounds.left, bounds.right), side(bounds.top, bounds.bottom));
    [left, top, right, bottom]
}

fn bbox(edges: [f64; 4]) -> String {
    format!("bbox {}", edges.map(numbers::shortest).join(" "))
}
