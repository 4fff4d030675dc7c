//! DOTA (G.-S. Xia et al., 2018): a text file a picture, four corners in pixels, class and difficulty an object, after
//! two lines about the source.

use crate::{
    carries::{Carries, ClassText, Kind, Names, SplitNames},
    kitti::each,
    labels,
    names::region_id,
    numbers,
    per_image::Layout,
    record::{DirectoryView, Sink, Stop},
    registry::{Format, Job},
    shapes,
    sink::ArchiveSink,
    text::start_of,
};
use labelwright_core::{Answer, Geometry, GeometryKind, Region, Value, geometry::Point};
use std::io;

pub const FORMAT: Format = Format {
    id: "dota",
    title: "DOTA",
    carries: Carries {
        words: "images with rotated boxes",
        geometry: &[GeometryKind::RotatedBox],
        attributes: Names::Only(&[("difficult", Kind::Flag)]),
        splits: true,
        split_names: SplitNames::BESIDE,
        class_text: ClassText::Word,
        precision: 1e-6,
        ..Carries::IMAGES
    },
    sniff: |view| {
        let labels = view.list().into_iter().filter(|(name, _)| name.ends_with(".txt")).take(5);
        let fits = |name: &str| {
            let start = start_of(view, name, 4096);
            let line = start.lines().find(|line| !line.contains(':'));
            let Some(line) = line.filter(|line| object(line, 0).is_ok()) else { return 0.0 };
            match line.split_whitespace().collect::<Vec<_>>().as_slice() {
                // Nine numbers are a rotated box of YOLO's, with its class in front.
                [_, _, _, _, _, _, _, _, class] if numbers::parse(class).is_some() => 0.4,
                words if (9..=10).contains(&words.len()) => 0.9,
                _ => 0.0,
            }
        };
        labels.map(|(name, _)| fits(&name)).fold(0.0, f64::max)
    },
    read: Some(|view, _, sink| read(view, sink)),
    write: Some(write),
    ..Format::NEW
};

const LAYOUT: Layout = Layout { labels: "labelTxt", media: "images", ending: ".txt" };

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
    LAYOUT.read(view, sink, |name, record, problems| {
        let mut answer = Answer::default();
        each(view, name, problems, |line| {
            if line.starts_with("imagesource:") || line.starts_with("gsd:") {
                return Ok(());
            }
            let region = object(line, answer.regions.len())?;
            answer.regions.push(region);
            Ok(())
        })?;
        Ok(record.answered(answer))
    })
}

fn object(line: &str, number: usize) -> Result<Region, (&'static str, String)> {
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    let corners = words.get(..8).and_then(|words| numbers::parse_all(words.iter().copied()));
    let (Some(corners), Some(class)) = (corners, words.get(8)) else {
        return Err(("bad_line", "an object has 8 numbers, a class and its difficulty".into()));
    };
    let points = shapes::pairs(&corners);
    let ring: Option<[Point; 4]> = points.clone().try_into().ok();
    let rectangle = ring.and_then(|ring| shapes::rectangle(ring, 1.5));
    let geometry = rectangle.map_or_else(|| shapes::polygon(points), Geometry::RotatedBox);
    let mut region = labels::region(region_id(number), *class, geometry);
    if words.get(9).is_some_and(|word| *word != "0") {
        region.attributes.insert("difficult".to_owned(), Value::Boolean(true));
    }
    Ok(region)
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    LAYOUT.write(job, out, |item, _, _, bytes| {
        bytes.extend_from_slice(b"imagesource:unknown\ngsd:null\n");
        for region in item.regions() {
            let Geometry::RotatedBox(shape) = &region.geometry else { continue };
            for coordinate in shape.corners().into_iter().flatten() {
                numbers::push(bytes, coordinate);
                bytes.push(b' ');
            }
            let difficult = region.attributes.get("difficult") == Some(&Value::Boolean(true));
            bytes.extend_from_slice(format!("{} {}\n", region.class, u8::from(difficult)).as_bytes());
        }
        Ok(())
    })
}
