//! VGGFace2 (Q. Cao et al., 2018): for each part of the dataset a table of boxes (`loose_bb_<part>.csv`: NAME_ID, X, Y,
//! W, H) and one of five landmarks (`loose_landmark_<part>.csv`: NAME_ID, P1X, P1Y, ... P5Y). A NAME_ID is the folder of
//! the identity and the picture without its ending: `n000002/0001_01`. The identity is the class.

use crate::{
    carries::{Carries, ClassText},
    labels,
    media::{self, MediaIndex},
    names::{Stems, folder, last_part, region_id, split_ending},
    numbers,
    record::{Data, DirectoryView, Record, RecordError, Sink, Stop, give, give_schema},
    registry::{Format, Job},
    shapes,
    sink::{ArchiveSink, Scratch, append},
    text::unreadable,
};
use labelwright_core::{
    Answer, Geometry, GeometryKind,
    geometry::{Keypoint, Keypoints, Visibility},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

const BOXES: &str = "loose_bb_";
const LANDMARKS: &str = "loose_landmark_";

pub const FORMAT: Format = Format {
    id: "vggface2",
    title: "VGGFace2",
    carries: Carries {
        words: "images of one face each, with its box and five landmarks",
        geometry: &[GeometryKind::Box, GeometryKind::Keypoints],
        splits: true,
        class_text: ClassText::Folder,
        empty_items: false,
        ..Carries::IMAGES
    },
    sniff: |view| {
        let is_table = |name: &str| table_of(name, BOXES).is_some() || table_of(name, LANDMARKS).is_some();
        f64::from(u8::from(view.list().iter().any(|(name, _)| is_table(name)))) * 0.98
    },
    read: Some(|view, _, sink| read(view, sink)),
    write: Some(write),
    ..Format::NEW
};

/// The part of the dataset that a table is of.
fn table_of<'a>(name: &'a str, kind: &str) -> Option<&'a str> {
    last_part(name).strip_prefix(kind)?.strip_suffix(".csv")
}

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let media = MediaIndex::images(view);
    let mut faces: BTreeMap<(String, String), Vec<Geometry>> = BTreeMap::new();
    for (name, _) in view.list() {
        for (kind, count) in [(BOXES, 4), (LANDMARKS, 10)] {
            if let Some(split) = table_of(&name, kind) {
                table(view, &name, split, count, &mut faces, sink)?;
            }
        }
    }
    let identity = |id: &str| id.rsplit_once('/').map_or("face", |(folder, _)| last_part(folder)).to_owned();
    let classes: BTreeSet<String> = faces.keys().map(|(_, id)| identity(id)).collect();
    let kinds = [GeometryKind::Box, GeometryKind::Keypoints];
    give_schema(sink, labels::class_list(classes.iter().map(String::as_str), &kinds), None)?;
    for ((split, id), geometries) in faces {
        let stem = format!("{split}/{id}");
        let found = media.find_stem(&stem).or_else(|| media.find_stem(&id));
        let ending = found.map_or(".jpg", |path| split_ending(path).1);
        let key = format!("{id}{ending}");
        let (data, size) = match found {
            Some(path) => (Data::File(path.to_owned()), media::image_size(view, path)),
            None => (Data::Absent(key.clone()), None),
        };
        let mut answer = Answer::default();
        for geometry in geometries {
            answer.regions.push(labels::region(region_id(answer.regions.len()), identity(&id), geometry));
        }
        let split = (split != "default").then_some(split);
        let record = Record { size, split, ..Record::new(key, data, &stem) };
        give(sink, Ok(record.answered(answer)))?;
    }
    Ok(())
}

fn table(
    view: &dyn DirectoryView,
    name: &str,
    split: &str,
    count: usize,
    faces: &mut BTreeMap<(String, String), Vec<Geometry>>,
    sink: &mut Sink<'_>,
) -> Result<(), Stop> {
    let file = view.open(name).map_err(|error| Stop::Unreadable(unreadable(name, &error)))?;
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(io::BufReader::new(file));
    for row in reader.records() {
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                give(sink, Err(RecordError::new(format!("{name}:{line}"), "malformed", error.to_string())))?;
                continue;
            }
        };
        let place = || format!("{name}:{}", row.position().map_or(0, csv::Position::line));
        let cells = numbers::parse_all(row.iter().skip(1)).filter(|cells| cells.len() == count);
        let id = row.get(0).unwrap_or_default().trim();
        let geometry = match cells.as_deref() {
            Some([x, y, width, height]) if *width > 0.0 && *height > 0.0 => {
                Some(shapes::upright(*x, *y, *width, *height))
            }
            Some(flat) if count == 10 => {
                let joint = |pair: &[f64]| Keypoint { x: pair[0], y: pair[1], visibility: Visibility::Visible };
                Some(Geometry::Keypoints(Keypoints { points: flat.chunks_exact(2).map(joint).collect() }))
            }
            _ => None,
        };
        match geometry.filter(|_| !id.is_empty()) {
            Some(geometry) => faces.entry((split.to_owned(), id.to_owned())).or_default().push(geometry),
            None => {
                let message = format!("a row has a NAME_ID and {count} numbers; the size of a box is positive");
                give(sink, Err(RecordError::new(place(), "bad_line", message)))?;
            }
        }
    }
    Ok(())
}

struct Tables {
    boxes: Box<dyn Scratch>,
    landmarks: Box<dyn Scratch>,
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let mut tables: BTreeMap<String, Tables> = BTreeMap::new();
    let mut stems = Stems::default();
    for item in job.items {
        let split = folder(item.split.as_deref().unwrap_or("default"));
        let shape = item.regions().find(|region| matches!(region.geometry, Geometry::Box(_)));
        let joints = item.regions().find(|region| match &region.geometry {
            Geometry::Keypoints(shape) => shape.points.len() == 5,
            _ => false,
        });
        let left = item.regions().count() - usize::from(shape.is_some()) - usize::from(joints.is_some());
        job.losses.add_some("more_faces", "a picture has one box and one set of five landmarks", &item.key, left);
        let Some(class) = shape.or(joints).map(|region| region.class.as_str()) else { continue };
        if joints.is_some_and(|region| region.class != class) {
            job.losses.add("values", "box and landmarks of a picture are of one identity", &item.key);
        }
        let own = item.key.strip_prefix(class).is_some_and(|rest| rest.starts_with('/'));
        let key = if own { item.key.clone() } else { format!("{class}/{}", item.key) };
        if !own {
            job.losses.add("renamed", "the picture lies in the folder of its identity", &item.key);
        }
        let name = stems.name(&split, &key, job.losses);
        let id = split_ending(&name).0;
        let table = match tables.entry(split.clone()) {
            std::collections::btree_map::Entry::Occupied(table) => table.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(Tables { boxes: out.scratch()?, landmarks: out.scratch()? })
            }
        };
        if let Some(Geometry::Box(shape)) = shape.map(|region| &region.geometry) {
            row(&mut table.boxes, id, &[shape.x, shape.y, shape.width, shape.height])?;
        }
        if let Some(Geometry::Keypoints(shape)) = joints.map(|region| &region.geometry) {
            let flat: Vec<f64> = shape.points.iter().flat_map(|joint| [joint.x, joint.y]).collect();
            row(&mut table.landmarks, id, &flat)?;
            let unseen = shape.points.iter().filter(|joint| joint.visibility != Visibility::Visible).count();
            job.losses.add_some("values", "landmarks have no visibility", &item.key, unseen);
        }
        if let Some(source) = &item.media {
            out.media(&format!("{split}/{name}"), source)?;
        }
    }
    if tables.is_empty() {
        tables.insert("default".to_owned(), Tables { boxes: out.scratch()?, landmarks: out.scratch()? });
    }
    for (split, Tables { boxes, landmarks }) in tables {
        out.begin(&format!("bb_landmark/{BOXES}{split}.csv"))?;
        out.write_all(b"NAME_ID,X,Y,W,H\n")?;
        append(out, boxes)?;
        out.begin(&format!("bb_landmark/{LANDMARKS}{split}.csv"))?;
        out.write_all(b"NAME_ID,P1X,P1Y,P2X,P2Y,P3X,P3Y,P4X,P4Y,P5X,P5Y\n")?;
        append(out, landmarks)?;
    }
    Ok(())
}

fn row(table: &mut Box<dyn Scratch>, id: &str, cells: &[f64]) -> io::Result<()> {
    let mut bytes = Vec::new();
    let mut line =
        csv::WriterBuilder::new().has_headers(false).quote_style(csv::QuoteStyle::NonNumeric).from_writer(&mut bytes);
    let cells: Vec<String> = cells.iter().map(|number| numbers::shortest(*number)).collect();
    line.write_record(std::iter::once(id).chain(cells.iter().map(String::as_str)))?;
    line.flush()?;
    drop(line);
    table.write_all(&bytes)
}
