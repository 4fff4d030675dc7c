//! ICDAR robust reading, text localisation (D. Karatzas et al., 2013 and 2015): a text file a picture; a line has four
//! numbers (a box) or eight (four corners), and the text; `###` is text that nobody can read.

use crate::{
    carries::{Carries, ClassList, Kind, Names, SplitNames},
    kitti::each,
    labels,
    names::{last_part, region_id},
    numbers,
    per_image::Layout,
    record::{DirectoryView, Sink, Stop, give_schema},
    registry::{Format, Job},
    shapes,
    sink::ArchiveSink,
    text::start_of,
};
use labelwright_core::{Answer, Geometry, GeometryKind, Region, Value};
use std::io;

pub const FORMAT: Format = Format {
    id: "icdar",
    title: "ICDAR text localisation",
    carries: Carries {
        words: "images with boxes and corners of text, and the text",
        geometry: &[GeometryKind::Box, GeometryKind::RotatedBox],
        attributes: Names::Only(&[("text", Kind::Text)]),
        splits: true,
        split_names: SplitNames::BESIDE,
        classes: ClassList::None,
        precision: 1e-6,
        ..Carries::IMAGES
    },
    sniff: |view| {
        let labels = view.list().into_iter().filter(|(name, _)| name.ends_with(".txt")).take(10);
        let fits = |name: &str| {
            let start = start_of(view, name, 4096);
            // The text is quoted in 2013, and not in 2015: there the folder or the name tells.
            let here = name.contains("gt/") || last_part(name).starts_with("gt_");
            let here = here && last_part(name) != "gt.txt";
            let says = |line: &str| line.contains('"') || here && line.contains(',');
            start.lines().next().is_some_and(|line| says(line) && object(line, 0).is_ok())
        };
        labels.map(|(name, _)| if fits(&name) { 0.9 } else { 0.0 }).fold(0.0, f64::max)
    },
    read: Some(|view, _, sink| read(view, sink)),
    write: Some(write),
    ..Format::NEW
};

const LAYOUT: Layout = Layout { labels: "gt", media: "images", ending: ".txt" };

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let kinds = &[GeometryKind::Box, GeometryKind::RotatedBox, GeometryKind::Polygon];
    give_schema(sink, labels::class_list(["text"], kinds), None)?;
    LAYOUT.read(view, sink, |name, record, problems| {
        let mut answer = Answer::default();
        each(view, name, problems, |line| {
            let region = object(line, answer.regions.len())?;
            answer.regions.push(region);
            Ok(())
        })?;
        Ok(record.answered(answer))
    })
}

fn object(line: &str, number: usize) -> Result<Region, (&'static str, String)> {
    // Commas in 2015, spaces in 2013; the text may hold both.
    let separator = if line.contains(',') { ',' } else { ' ' };
    let mut rest = line.trim_start();
    let mut coordinates = Vec::new();
    while coordinates.len() < 8 {
        let (word, tail) = rest.split_once(separator).unwrap_or((rest, ""));
        let Some(coordinate) = numbers::parse(word) else { break };
        coordinates.push(coordinate);
        rest = tail.trim_start();
    }
    let geometry = match coordinates.len() {
        8 => {
            let points = shapes::pairs(&coordinates);
            let ring: Option<[[f64; 2]; 4]> = points.clone().try_into().ok();
            let rectangle = ring.and_then(|ring| shapes::rectangle(ring, 1.5));
            rectangle.map_or_else(|| shapes::polygon(points), Geometry::RotatedBox)
        }
        4..=7 => {
            // What follows the first four belongs to the text, also when it looks like a number.
            let mut tail = line.trim_start();
            for _ in 0..4 {
                tail = tail.split_once(separator).map_or("", |(_, tail)| tail).trim_start();
            }
            rest = tail;
            let [left, top, right, bottom] = [coordinates[0], coordinates[1], coordinates[2], coordinates[3]];
            if right <= left || bottom <= top {
                return Err(("bad_box", "a box has a positive size".into()));
            }
            shapes::upright(left, top, right - left, bottom - top)
        }
        _ => return Err(("bad_line", "a line has 4 or 8 numbers and a text".into())),
    };
    let mut region = labels::region(region_id(number), "text", geometry);
    let rest = rest.trim();
    if !rest.is_empty() {
        let inner = rest.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let text = inner.map_or_else(|| rest.to_owned(), |inner| inner.replace("\"\"", "\""));
        region.attributes.insert("text".to_owned(), Value::Text(text));
    }
    Ok(region)
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    LAYOUT.write(job, out, |item, _, losses, bytes| {
        for region in item.regions() {
            let coordinates = match &region.geometry {
                Geometry::Box(shape) => {
                    let b = shape.bounds();
                    vec![b.left, b.top, b.right, b.bottom]
                }
                Geometry::RotatedBox(shape) => shapes::flat(&shape.corners()),
                _ => continue,
            };
            for (index, coordinate) in coordinates.into_iter().enumerate() {
                if index > 0 {
                    bytes.push(b',');
                }
                numbers::push(bytes, coordinate);
            }
            if let Some(Value::Text(text)) = region.attributes.get("text") {
                if text.contains(['\n', '\r']) {
                    losses.add("values", "a text of several lines is written in one", &item.key);
                }
                let text = text.replace(['\n', '\r'], " ").replace('"', "\"\"");
                bytes.extend_from_slice(format!(",\"{text}\"").as_bytes());
            }
            bytes.push(b'\n');
        }
        Ok(())
    })
}
