//! KITTI object detection (A. Geiger et al., 2012): a text file a picture, 15 columns an object and a 16th with the
//! score of a detection. What is not known is -1, -1000 or -10.

use crate::{
    carries::{Carries, ClassText, Kind, Names, SplitNames},
    labels,
    names::region_id,
    numbers,
    per_image::Layout,
    record::{DirectoryView, RecordError, Sink, Stop},
    registry::{Format, Job},
    shapes,
    sink::ArchiveSink,
    text,
};
use labelwright_core::{Answer, Geometry, GeometryKind, Region, Value};
use std::io;

/// Attributes by column, and the number that stands for an unknown one.
const COLUMNS: [(usize, &str, f64); 10] = [
    (1, "truncated", -1.0),
    (2, "occluded", -1.0),
    (3, "alpha", -10.0),
    (8, "height_meters", -1.0),
    (9, "width_meters", -1.0),
    (10, "length_meters", -1.0),
    (11, "x_meters", -1000.0),
    (12, "y_meters", -1000.0),
    (13, "z_meters", -1000.0),
    (14, "rotation_y", -10.0),
];

pub const FORMAT: Format = Format {
    id: "kitti",
    title: "KITTI detection",
    carries: Carries {
        words: "images with boxes and their place in space",
        geometry: &[GeometryKind::Box],
        attributes: Names::Only(&[
            ("truncated", Kind::Count),
            ("occluded", Kind::Count),
            ("alpha", Kind::Number),
            ("height_meters", Kind::Count),
            ("width_meters", Kind::Count),
            ("length_meters", Kind::Count),
            ("x_meters", Kind::Number),
            ("y_meters", Kind::Number),
            ("z_meters", Kind::Number),
            ("rotation_y", Kind::Number),
        ]),
        scores: true,
        splits: true,
        split_names: SplitNames::BESIDE,
        class_text: ClassText::Word,
        precision: 1e-9,
        ..Carries::IMAGES
    },
    sniff: |view| {
        let labels = view.list().into_iter().filter(|(name, _)| name.contains("label_2/") && name.ends_with(".txt"));
        f64::from(u8::from(labels.count() > 0)) * 0.96
    },
    read: Some(|view, _, sink| read(view, sink)),
    write: Some(write),
    ..Format::NEW
};

const LAYOUT: Layout = Layout { labels: "label_2", media: "image_2", ending: ".txt" };

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
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

/// Calls `with` for each line that is not empty; what is wrong with one is added to the problems.
pub(crate) fn each(
    view: &dyn DirectoryView,
    name: &str,
    problems: &mut Vec<RecordError>,
    mut with: impl FnMut(&str) -> Result<(), (&'static str, String)>,
) -> Result<(), RecordError> {
    let outcome = text::each_line(view, name, |number, line| {
        match line {
            Ok(line) if line.trim().is_empty() => {}
            Ok(line) => {
                if let Err((code, message)) = with(line) {
                    problems.push(RecordError::new(format!("{name}:{number}"), code, message));
                }
            }
            Err(error) => problems.push(error),
        }
        Ok(())
    });
    match outcome {
        Ok(()) | Err(Stop::Asked) => Ok(()),
        Err(Stop::Unreadable(error)) => Err(error),
    }
}

fn object(line: &str, number: usize) -> Result<Region, (&'static str, String)> {
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    if words.len() != 15 && words.len() != 16 {
        return Err(("bad_line", format!("an object has 15 or 16 columns; there are {}", words.len())));
    }
    let columns = numbers::parse_all(words[1..].iter().copied());
    let columns = columns.ok_or_else(|| ("bad_line", "all columns after the first are numbers".to_owned()))?;
    let [left, top, right, bottom] = [columns[3], columns[4], columns[5], columns[6]];
    if right <= left || bottom <= top {
        return Err(("bad_box", "a box has a positive size".into()));
    }
    let mut region =
        labels::region(region_id(number), words[0], shapes::upright(left, top, right - left, bottom - top));
    for (column, name, unknown) in COLUMNS {
        let value = columns[column - 1];
        if value != unknown {
            region.attributes.insert(name.to_owned(), Value::Number(value));
        }
    }
    region.score = columns.get(14).copied();
    Ok(region)
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    LAYOUT.write(job, out, |item, _, _, bytes| {
        for region in item.regions() {
            let Geometry::Box(shape) = &region.geometry else { continue };
            let bounds = shape.bounds();
            bytes.extend_from_slice(region.class.as_bytes());
            for column in 1..15 {
                bytes.push(b' ');
                let number = match column {
                    4 => bounds.left,
                    5 => bounds.top,
                    6 => bounds.right,
                    7 => bounds.bottom,
                    _ => {
                        let (_, name, unknown) = COLUMNS[if column < 4 { column - 1 } else { column - 5 }];
                        match region.attributes.get(name) {
                            Some(Value::Number(number)) => *number,
                            _ => unknown,
                        }
                    }
                };
                numbers::push(bytes, number);
            }
            if let Some(score) = region.score {
                bytes.push(b' ');
                numbers::push(bytes, score);
            }
            bytes.push(b'\n');
        }
        Ok(())
    })
}
