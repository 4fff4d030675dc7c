//! A page as ALTO 4.2. Words stand in their blocks and lines; each label has a tag of its own, to which the words of a
//! span refer, or a block without words that lies where the box or polygon is. What somebody wrote of a place stands in
//! the `XmlData` of its tag.

use crate::{
    document::sheets::{Sheet, transcript},
    numbers,
    xml::{push_attribute, push_element, push_number, push_text},
};
use labelwright_core::{Geometry, Region, document::Word, geometry::Bounds};

const HEAD: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
    "<alto xmlns=\"http://www.loc.gov/standards/alto/ns-v4#\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" ",
    "xsi:schemaLocation=\"http://www.loc.gov/standards/alto/ns-v4# ",
    "http://www.loc.gov/standards/alto/v4/alto-4-2.xsd\">\n",
    "<Description>\n<MeasurementUnit>pixel</MeasurementUnit>\n<sourceImageInformation>",
);
const SOFTWARE: &str = concat!(
    "</sourceImageInformation>\n<Processing ID=\"processing_0\"><processingSoftware>",
    "<softwareName>labelwright</softwareName></processingSoftware></Processing>\n</Description>\n",
);

pub(super) fn written(sheet: &Sheet<'_>) -> Vec<u8> {
    let mut out = HEAD.as_bytes().to_vec();
    push_element(&mut out, "fileName", sheet.picture);
    out.extend_from_slice(SOFTWARE.as_bytes());
    push_tags(&mut out, sheet);
    out.extend_from_slice(b"<Layout>\n<Page ID=\"page_0\"");
    push_number(&mut out, "PHYSICAL_IMG_NR", sheet.number as f64 + 1.0);
    push_number(&mut out, "WIDTH", sheet.page.width);
    push_number(&mut out, "HEIGHT", sheet.page.height);
    out.extend_from_slice(b">\n<PrintSpace HPOS=\"0\" VPOS=\"0\"");
    push_number(&mut out, "WIDTH", sheet.page.width);
    push_number(&mut out, "HEIGHT", sheet.page.height);
    out.extend_from_slice(b">\n");
    let mut lines = 0;
    for (number, block) in sheet.blocks().iter().enumerate() {
        out.extend_from_slice(format!("<TextBlock ID=\"block_{number}\"").as_bytes());
        push_around(&mut out, block.iter().flatten());
        out.extend_from_slice(b">\n");
        for line in block {
            out.extend_from_slice(format!("<TextLine ID=\"line_{lines}\"").as_bytes());
            push_around(&mut out, line);
            out.extend_from_slice(b">\n");
            for (at, (number, word)) in line.iter().enumerate() {
                if at > 0 {
                    out.extend_from_slice(b"<SP/>\n");
                }
                push_word(&mut out, sheet, *number, word);
            }
            out.extend_from_slice(b"</TextLine>\n");
            lines += 1;
        }
        out.extend_from_slice(b"</TextBlock>\n");
    }
    for (number, region) in sheet.marks.shapes.iter().enumerate() {
        push_shape(&mut out, number, region);
    }
    out.extend_from_slice(b"</PrintSpace>\n</Page>\n</Layout>\n</alto>\n");
    out
}

fn push_tags(out: &mut Vec<u8>, sheet: &Sheet<'_>) {
    let marks = &sheet.marks;
    if marks.spans.is_empty() && marks.shapes.is_empty() {
        return;
    }
    out.extend_from_slice(b"<Tags>\n");
    let mut covered: Vec<Vec<(u32, Word)>> = vec![Vec::new(); marks.spans.len()];
    for (word, spans) in sheet.page.words.iter().zip(&marks.of_words) {
        for span in spans {
            covered.get_mut(*span).into_iter().for_each(|words| words.push((0, *word)));
        }
    }
    for (number, (region, words)) in marks.spans.iter().zip(&covered).enumerate() {
        out.extend_from_slice(format!("<NamedEntityTag ID=\"span_{number}\"").as_bytes());
        push_attribute(out, "TYPE", &region.class);
        push_attribute(out, "LABEL", &sheet.texts.joined(words));
        push_said(out, "NamedEntityTag", region);
    }
    for (number, region) in marks.shapes.iter().enumerate() {
        out.extend_from_slice(format!("<OtherTag ID=\"shape_{number}\" TYPE=\"region\"").as_bytes());
        push_attribute(out, "LABEL", &region.class);
        push_said(out, "OtherTag", region);
    }
    out.extend_from_slice(b"</Tags>\n");
}

/// The end of a tag, with what somebody wrote of its place.
fn push_said(out: &mut Vec<u8>, tag: &str, region: &Region) {
    let Some(text) = transcript(region) else {
        out.extend_from_slice(b"/>\n");
        return;
    };
    // In no namespace: the schema takes any, or none.
    out.extend_from_slice(b"><XmlData><text xmlns=\"\">");
    push_text(out, text);
    out.extend_from_slice(format!("</text></XmlData></{tag}>\n").as_bytes());
}

fn push_word(out: &mut Vec<u8>, sheet: &Sheet<'_>, number: usize, word: &Word) {
    out.extend_from_slice(format!("<String ID=\"string_{number}\"").as_bytes());
    let spans = sheet.marks.of_words.get(number).filter(|spans| !spans.is_empty());
    if let Some(spans) = spans {
        let names: Vec<String> = spans.iter().map(|span| format!("span_{span}")).collect();
        push_attribute(out, "TAGREFS", &names.join(" "));
    }
    push_edges(out, edges(word));
    if let Some(score) = word.score {
        push_number(out, "WC", decimal(score));
    }
    push_attribute(out, "CONTENT", sheet.texts.word(word));
    out.extend_from_slice(b"/>\n");
}

fn push_shape(out: &mut Vec<u8>, number: usize, region: &Region) {
    let Some(Bounds { left, top, right, bottom }) = region.geometry.bounds() else { return };
    out.extend_from_slice(format!("<TextBlock ID=\"region_{number}\" TAGREFS=\"shape_{number}\"").as_bytes());
    let sides = match &region.geometry {
        Geometry::Box(shape) => [shape.x, shape.y, shape.width, shape.height],
        _ => [left, top, right - left, bottom - top],
    };
    push_sides(out, sides);
    let ring = region.geometry.rings().and_then(|rings| rings.into_iter().next());
    match ring.filter(|_| !matches!(region.geometry, Geometry::Box(_))) {
        None => out.extend_from_slice(b"/>\n"),
        Some(ring) => {
            let point = |[x, y]: &[f64; 2]| format!("{},{}", numbers::shortest(*x), numbers::shortest(*y));
            let points: Vec<String> = ring.iter().map(point).collect();
            out.extend_from_slice(b"><Shape><Polygon");
            push_attribute(out, "POINTS", &points.join(" "));
            out.extend_from_slice(b"/></Shape></TextBlock>\n");
        }
    }
}

/// The shortest number that is the same single.
fn decimal(value: f32) -> f64 {
    value.to_string().parse().unwrap_or(f64::from(value))
}

fn edges(word: &Word) -> [f64; 4] {
    word.bounds.map(decimal)
}

fn push_around<'a>(out: &mut Vec<u8>, words: impl IntoIterator<Item = &'a (usize, Word)>) {
    let bounds = words.into_iter().map(|(_, word)| {
        let [left, top, right, bottom] = edges(word);
        Bounds::new(left, top, right, bottom)
    });
    if let Some(Bounds { left, top, right, bottom }) = bounds.reduce(Bounds::union) {
        push_edges(out, [left, top, right, bottom]);
    }
}

fn push_edges(out: &mut Vec<u8>, [left, top, right, bottom]: [f64; 4]) {
    push_sides(out, [left, top, length(left, right), length(top, bottom)]);
}

/// What is between two edges to a ten-thousandth of a pixel, where the far edge is then the same single.
fn length(from: f64, to: f64) -> f64 {
    let exact = to - from;
    let short = (exact * 1e4).round() / 1e4;
    if (from + short) as f32 == to as f32 { short } else { exact }
}

fn push_sides(out: &mut Vec<u8>, sides: [f64; 4]) {
    for (name, side) in ["HPOS", "VPOS", "WIDTH", "HEIGHT"].into_iter().zip(sides) {
        push_number(out, name, side);
    }
}
