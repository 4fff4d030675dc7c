//! PAGE XML 2019-07-15 (C. Clausner, S. Pletschacher, A. Antonacopoulos; <https://github.com/PRImA-Research-Lab/PAGE-XML>):
//! regions of a page with their outlines in pixels and their text, with lines and words in them. The class of a region
//! stands in `custom="structure {type:...;}"`, as Transkribus writes it, else in its `type`, else it is the kind of region.

use super::{CARRIES, Reading, Texts, around, lines, words_of};
use crate::{
    carries::{Carries, ClassText, Kind, Names},
    labels,
    media::MediaIndex,
    names::{Stems, split_ending},
    numbers,
    record::{DirectoryView, ExportItem, Record, RecordError, Sink, Stop, give},
    registry::{Format, Job},
    shapes,
    sink::ArchiveSink,
    text::start_of,
    xml::{self, Element, push_attribute, push_element, push_number},
};
use labelwright_core::{
    Answer, Geometry, GeometryKind, Region, Target, Value,
    document::Word,
    geometry::{Bounds, Point},
};
use std::{collections::BTreeSet, io};

pub const FORMAT: Format = Format {
    id: "page-xml",
    title: "PAGE XML (regions, lines and words of pages)",
    carries: Carries {
        words: "pages with boxes and polygons, their text, and words",
        geometry: &[GeometryKind::Box, GeometryKind::Polygon],
        attributes: Names::Only(&[("text", Kind::Text)]),
        class_text: ClassText::Word,
        ..CARRIES
    },
    sniff: |view| {
        let files = view.list().into_iter().filter(|(name, _)| name.ends_with(".xml")).take(5);
        let fits = |name: &str| start_of(view, name, 1 << 12).contains("PcGts");
        files.map(|(name, _)| if fits(&name) { 0.95 } else { 0.0 }).fold(0.0, f64::max)
    },
    read: Some(|view, _, sink| read(view, sink)),
    write: Some(write),
    ..Format::NEW
};

const NAMESPACE: &str = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15";
/// The region of words that lie in none.
const UNLABELED: &str = "unlabeled";

fn local(element: &Element) -> &str {
    element.name.rsplit(':').next().unwrap_or_default()
}

fn children<'a>(element: &'a Element, name: &'a str) -> impl Iterator<Item = &'a Element> {
    element.children.iter().filter(move |child| local(child) == name)
}

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let media = MediaIndex::images(view);
    for (name, _) in view.list().into_iter().filter(|(name, _)| name.ends_with(".xml")) {
        let record = xml::document(view, &name).and_then(|root| record(view, &media, &root, &name));
        give(sink, record)?;
    }
    Ok(())
}

fn record(view: &dyn DirectoryView, media: &MediaIndex, root: &Element, name: &str) -> Result<Record, RecordError> {
    let page = children(root, "Page").next();
    let page = page.ok_or_else(|| RecordError::new(name, "no_pages", "there is no Page"))?;
    let record = super::record(view, media, page.attribute("imageFilename"), name);
    let said = page.number("imageWidth").zip(page.number("imageHeight"));
    let (width, height) = said
        .ok_or_else(|| RecordError::new(format!("{name}: Page"), "no_size", "imageWidth and imageHeight are needed"))?;
    let (mut reading, mut answer) = (Reading::page(width, height), Answer::default());
    for region in &page.children {
        regions(region, name, &mut reading, &mut answer)?;
    }
    Ok(super::with_layer(record, reading.finish())?.answered(answer))
}

fn regions(element: &Element, name: &str, reading: &mut Reading, answer: &mut Answer) -> Result<(), RecordError> {
    let Some(kind) = local(element).strip_suffix("Region") else { return Ok(()) };
    let id = element.attribute("id").unwrap_or_default();
    if id != UNLABELED {
        let ring = points(element);
        let ring = ring.filter(|ring| ring.len() >= 3).ok_or_else(|| {
            let place = format!("{name}: {} {id:?}", local(element));
            RecordError::new(place, "bad_outline", "its Coords are no list of at least three points x,y")
        })?;
        let class = structure(element).or_else(|| element.attribute("type").map(str::to_owned));
        let class = class.unwrap_or_else(|| kind.to_lowercase());
        let mut region = labels::region(format!("r{}", answer.regions.len()), class, shape(ring));
        region.target = Target::Page(0);
        if let Some((text, _)) = equivalent(element).filter(|(text, _)| !text.is_empty()) {
            region.attributes.insert("text".into(), Value::Text(text));
        }
        answer.regions.push(region);
    }
    for line in children(element, "TextLine") {
        let mut words = children(line, "Word").peekable();
        // A line that nobody has cut into words is one.
        if words.peek().is_none() {
            read_word(line, reading);
        }
        words.for_each(|word| read_word(word, reading));
        reading.end_line();
    }
    for inner in &element.children {
        regions(inner, name, reading, answer)?;
    }
    reading.end_block();
    Ok(())
}

fn read_word(element: &Element, reading: &mut Reading) {
    let bounds = points(element).and_then(|ring| Bounds::around(&ring));
    let Some((bounds, (text, sure))) = bounds.zip(equivalent(element)) else { return };
    reading.word(&text, [bounds.left, bounds.top, bounds.right, bounds.bottom], sure);
}

/// The text that counts: that with the lowest index, or the first.
fn equivalent(element: &Element) -> Option<(String, Option<f32>)> {
    let order = |one: &&Element| one.number("index").unwrap_or(0.0) as i64;
    let chosen = children(element, "TextEquiv").min_by_key(order)?;
    let text = children(chosen, "Unicode").next().map(|text| text.text.trim().to_owned())?;
    Some((text, chosen.number("conf").map(|sure| sure as f32)))
}

fn points(element: &Element) -> Option<Vec<Point>> {
    let coordinates = children(element, "Coords").next()?;
    // Before 2013 each point was an element.
    let Some(list) = coordinates.attribute("points") else {
        return children(coordinates, "Point").map(|point| Some([point.number("x")?, point.number("y")?])).collect();
    };
    list.split_whitespace()
        .map(|pair| {
            let (x, y) = pair.split_once(',')?;
            Some([numbers::parse(x)?, numbers::parse(y)?])
        })
        .collect()
}

/// Characters that end a value of `custom`, as they are written within one.
const ESCAPES: [(char, &str); 4] = [('%', "%25"), (';', "%3B"), ('{', "%7B"), ('}', "%7D")];

fn structure(element: &Element) -> Option<String> {
    let rest = element.attribute("custom")?.split_once("structure")?.1.split_once("type:")?.1;
    let name = rest.split([';', '}']).next().map(str::trim).filter(|name| !name.is_empty())?;
    Some(ESCAPES.iter().rev().fold(name.to_owned(), |name, (one, escaped)| name.replace(escaped, &one.to_string())))
}

fn escaped(name: &str) -> String {
    ESCAPES.iter().fold(name.to_owned(), |name, (one, escaped)| name.replace(*one, escaped))
}

/// An upright rectangle is a box.
fn shape(ring: Vec<Point>) -> Geometry {
    let bounds = Bounds::around(&ring);
    let corner = |b: &Bounds, [x, y]: &Point| (*x == b.left || *x == b.right) && (*y == b.top || *y == b.bottom);
    match bounds.filter(|bounds| ring.len() == 4 && ring.iter().all(|point| corner(bounds, point))) {
        Some(b) => shapes::upright(b.left, b.top, b.right - b.left, b.bottom - b.top),
        None => shapes::polygon(ring),
    }
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let mut stems = Stems::default();
    for item in job.items {
        let name = stems.name("", &item.key, job.losses);
        let stem = split_ending(&name).0.to_owned();
        let texts = item.layer.as_deref().map(Texts::of);
        let pages = texts.as_ref().map_or(0, |texts| texts.layer.pages.len());
        for page in 0..pages {
            let file = if pages == 1 { format!("page/{stem}.xml") } else { format!("page/{stem}-{}.xml", page + 1) };
            out.begin(&file)?;
            if let Some(texts) = &texts {
                out.write_all(&written(&item, texts, page, &name))?;
            }
        }
        if pages == 0 {
            job.losses.add("values", "a document whose pages are not known has no place", &item.key);
        }
        if let Some(source) = &item.media {
            out.media(&name, source)?;
        }
    }
    Ok(())
}

fn written(item: &ExportItem, texts: &Texts<'_>, page: usize, name: &str) -> Vec<u8> {
    let mut out = b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<PcGts".to_vec();
    push_attribute(&mut out, "xmlns", NAMESPACE);
    out.extend_from_slice(b">\n<Metadata><Creator>labelwright</Creator><Created>1970-01-01T00:00:00</Created>");
    out.extend_from_slice(b"<LastChange>1970-01-01T00:00:00</LastChange></Metadata>\n<Page");
    push_attribute(&mut out, "imageFilename", name);
    let Some(size) = texts.layer.pages.get(page) else { return out };
    // A PDF has points and parts of them; the format knows whole pixels only.
    push_number(&mut out, "imageWidth", size.width.ceil());
    push_number(&mut out, "imageHeight", size.height.ceil());
    out.extend_from_slice(b">\n");
    let mut taken = BTreeSet::new();
    for (number, region) in item.regions().filter(|one| one.target == Target::Page(page as u32)).enumerate() {
        let Some(ring) = region.geometry.rings().and_then(|rings| rings.into_iter().next()) else { continue };
        let words = words_of(texts.layer, region);
        let own: Vec<Word> = words.iter().map(|(_, word)| *word).filter(|word| taken.insert(word.start)).collect();
        out.extend_from_slice(b"<TextRegion");
        push_attribute(&mut out, "id", &format!("r{number}"));
        push_attribute(&mut out, "custom", &format!("structure {{type:{};}}", escaped(&region.class)));
        out.extend_from_slice(b">");
        push_points(&mut out, &ring);
        push_lines(&mut out, texts, &own, &format!("r{number}"));
        push_text_of(&mut out, &said(texts, region, &words));
        out.extend_from_slice(b"</TextRegion>\n");
    }
    let rest: Vec<Word> = size.words.iter().filter(|word| !taken.contains(&word.start)).copied().collect();
    if let Some(bounds) = around(&rest) {
        out.extend_from_slice(b"<TextRegion");
        push_attribute(&mut out, "id", UNLABELED);
        out.extend_from_slice(b">");
        push_points(&mut out, &corners(bounds));
        push_lines(&mut out, texts, &rest, UNLABELED);
        out.extend_from_slice(b"</TextRegion>\n");
    }
    out.extend_from_slice(b"</Page>\n</PcGts>\n");
    out
}

/// What somebody wrote of the region, or the words in it.
fn said(texts: &Texts<'_>, region: &Region, words: &[(u32, Word)]) -> String {
    match region.attributes.get("text") {
        Some(Value::Text(text)) => text.clone(),
        _ => texts.joined(words),
    }
}

fn corners(b: Bounds) -> [Point; 4] {
    [[b.left, b.top], [b.right, b.top], [b.right, b.bottom], [b.left, b.bottom]]
}

fn push_points(out: &mut Vec<u8>, ring: &[Point]) {
    let points: Vec<String> = ring.iter().map(|[x, y]| format!("{},{}", x.round(), y.round())).collect();
    out.extend_from_slice(b"<Coords");
    push_attribute(out, "points", &points.join(" "));
    out.extend_from_slice(b"/>");
}

fn push_text_of(out: &mut Vec<u8>, text: &str) {
    if !text.is_empty() {
        out.extend_from_slice(b"<TextEquiv>");
        push_element(out, "Unicode", text);
        out.extend_from_slice(b"</TextEquiv>");
    }
}

fn push_lines(out: &mut Vec<u8>, texts: &Texts<'_>, words: &[Word], id: &str) {
    for (number, line) in lines(words).iter().enumerate() {
        let Some(bounds) = around(line) else { continue };
        out.extend_from_slice(b"<TextLine");
        push_attribute(out, "id", &format!("{id}-l{number}"));
        out.extend_from_slice(b">");
        push_points(out, &corners(bounds));
        for word in line {
            out.extend_from_slice(b"<Word");
            push_attribute(out, "id", &format!("{id}-w{}", word.start));
            out.extend_from_slice(b">");
            push_points(out, &corners(word.bounds()));
            push_text_of(out, texts.word(word));
            out.extend_from_slice(b"</Word>");
        }
        let words: Vec<(u32, Word)> = line.iter().map(|word| (0, *word)).collect();
        push_text_of(out, &texts.joined(&words));
        out.extend_from_slice(b"</TextLine>");
    }
}
