//! Open Images V4 to V7 (A. Kuznetsova et al., 2020): boxes of all pictures in CSV files, in the order XMin, XMax, YMin,
//! YMax, as shares of the sides; classes have a machine id and a name. The size of a picture is read from its header.

use crate::{
    carries::{Carries, ClassList, ClassText, Kind, Names},
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
use labelwright_core::{Answer, Geometry, GeometryKind, Value};
use std::{
    collections::{BTreeMap, HashMap},
    io::{self, Write},
};

const FLAGS: [&str; 5] = ["IsOccluded", "IsTruncated", "IsGroupOf", "IsDepiction", "IsInside"];

pub const FORMAT: Format = Format {
    id: "open-images",
    title: "Open Images CSV",
    carries: Carries {
        words: "images with boxes",
        geometry: &[GeometryKind::Box],
        attributes: Names::Only(&[
            ("IsOccluded", Kind::Flag),
            ("IsTruncated", Kind::Flag),
            ("IsGroupOf", Kind::Flag),
            ("IsDepiction", Kind::Flag),
            ("IsInside", Kind::Flag),
        ]),
        splits: true,
        classes: ClassList::All,
        class_text: ClassText::Line,
        scores: true,
        precision: 1e-6,
        ..Carries::IMAGES
    },
    sniff: |view| {
        let fits =
            |name: &str| name.ends_with("-annotations-bbox.csv") || last_part(name).starts_with("class-descriptions");
        f64::from(u8::from(view.list().iter().any(|(name, _)| fits(name)))) * 0.97
    },
    read: Some(|view, _, sink| read(view, sink)),
    write: Some(write),
    ..Format::NEW
};

fn table<'a>(
    view: &'a dyn DirectoryView,
    name: &str,
    header: bool,
) -> Result<csv::Reader<Box<dyn io::Read + 'a>>, Stop> {
    let file = view.open(name).map_err(|error| Stop::Unreadable(unreadable(name, &error)))?;
    Ok(csv::ReaderBuilder::new().has_headers(header).flexible(true).from_reader(file))
}

fn broken(name: &str, error: &csv::Error) -> RecordError {
    let line = error.position().map_or(0, csv::Position::line);
    RecordError::new(format!("{name}:{line}"), "malformed", error.to_string())
}

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let media = MediaIndex::images(view);
    let files: Vec<String> =
        view.list().into_iter().map(|(name, _)| name).filter(|name| name.ends_with(".csv")).collect();
    let mut names: HashMap<String, String> = HashMap::new();
    if let Some(name) = files.iter().find(|name| last_part(name).starts_with("class-descriptions")) {
        let mut order = Vec::new();
        for row in table(view, name, false)?.records() {
            match row {
                Err(error) => give(sink, Err(broken(name, &error)))?,
                Ok(row) => {
                    let (Some(id), Some(title)) = (row.get(0), row.get(1)) else { continue };
                    if id == "LabelName" {
                        continue;
                    }
                    order.push(title.to_owned());
                    names.insert(id.to_owned(), title.to_owned());
                }
            }
        }
        give_schema(sink, labels::class_list(order.iter().map(String::as_str), &[GeometryKind::Box]), None)?;
    }
    let mut parts: BTreeMap<Option<String>, Part> = BTreeMap::new();
    for name in &files {
        let file = last_part(name);
        if let Some(split) = file.strip_suffix("-annotations-bbox.csv") {
            boxes(view, name, parts.entry(named(split)).or_default(), &names, sink)?;
        } else if let Some(split) = file.strip_suffix("-images-with-rotation.csv") {
            let part = parts.entry(named(split)).or_default();
            let mut reader = table(view, name, true)?;
            for row in reader.records() {
                match row {
                    Err(error) => give(sink, Err(broken(name, &error)))?,
                    Ok(row) => {
                        let (Some(id), Some(original)) = (row.get(0), row.get(2)) else { continue };
                        part.images.push((id.to_owned(), original.to_owned()));
                    }
                }
            }
        }
    }
    for (split, mut part) in parts {
        let known: std::collections::HashSet<String> = part.images.iter().map(|(id, _)| id.clone()).collect();
        let more: Vec<String> = part.boxes.keys().filter(|id| !known.contains(*id)).cloned().collect();
        part.images.extend(more.into_iter().map(|id| (id, String::new())));
        for (id, original) in std::mem::take(&mut part.images) {
            let rows = part.boxes.remove(&id).unwrap_or_default();
            one(view, &id, &original, rows, split.as_deref(), &media, sink)?;
        }
    }
    Ok(())
}

fn named(split: &str) -> Option<String> {
    (split != "default").then(|| split.to_owned())
}

#[derive(Default)]
struct Part {
    /// Id and name of the file.
    images: Vec<(String, String)>,
    boxes: BTreeMap<String, Vec<Row>>,
}

struct Row {
    place: String,
    class: String,
    score: f64,
    /// XMin, XMax, YMin, YMax
    sides: [f64; 4],
    flags: [bool; 5],
}

fn boxes(
    view: &dyn DirectoryView,
    name: &str,
    part: &mut Part,
    names: &HashMap<String, String>,
    sink: &mut Sink<'_>,
) -> Result<(), Stop> {
    let mut reader = table(view, name, true)?;
    let header = reader.headers().map_err(|error| Stop::Unreadable(broken(name, &error)))?.clone();
    let column = |wanted: &str| header.iter().position(|known| known.trim_start_matches('\u{feff}') == wanted);
    let needed = ["ImageID", "LabelName", "XMin", "XMax", "YMin", "YMax"];
    if let Some(missing) = needed.iter().find(|wanted| column(wanted).is_none()) {
        let error = RecordError::new(name, "no_such_column", format!("there is no column {missing}"));
        return Err(Stop::Unreadable(error));
    }
    for row in reader.records() {
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                give(sink, Err(broken(name, &error)))?;
                continue;
            }
        };
        let place = format!("{name}:{}", row.position().map_or(0, csv::Position::line));
        let cell = |wanted: &str| column(wanted).and_then(|at| row.get(at)).unwrap_or_default();
        let sides = ["XMin", "XMax", "YMin", "YMax"].map(|side| numbers::parse(cell(side)));
        let [Some(x0), Some(x1), Some(y0), Some(y1)] = sides else {
            give(sink, Err(RecordError::new(place, "bad_box", "XMin, XMax, YMin and YMax are numbers")))?;
            continue;
        };
        let class = names.get(cell("LabelName")).map_or(cell("LabelName"), String::as_str).to_owned();
        let score = numbers::parse(cell("Confidence")).unwrap_or(1.0);
        let row = Row { class, score, sides: [x0, x1, y0, y1], flags: FLAGS.map(|flag| cell(flag) == "1"), place };
        part.boxes.entry(cell("ImageID").to_owned()).or_default().push(row);
    }
    Ok(())
}

fn one(
    view: &dyn DirectoryView,
    id: &str,
    original: &str,
    rows: Vec<Row>,
    split: Option<&str>,
    media: &MediaIndex,
    sink: &mut Sink<'_>,
) -> Result<(), Stop> {
    let found = media.find(original).filter(|_| !original.is_empty()).or_else(|| media.find_stem(id));
    let key = match (original.is_empty(), found) {
        (false, _) => original.to_owned(),
        (true, Some(path)) => format!("{id}{}", split_ending(path).1),
        (true, None) => format!("{id}.jpg"),
    };
    let size = found.and_then(|path| media::image_size(view, path));
    let data = found.map_or_else(|| Data::Absent(key.clone()), |path| Data::File(path.to_owned()));
    let mut answer = Answer::default();
    let place = rows.first().map_or_else(|| id.to_owned(), |row| row.place.clone());
    for row in rows {
        let Some([width, height]) = size.map(|size| size.map(f64::from)) else {
            let message = "the size of the picture is not known: it is not there, or its header cannot be read";
            give(sink, Err(RecordError::new(row.place, "no_size", message)))?;
            continue;
        };
        let [x0, x1, y0, y1] = row.sides;
        if x1 <= x0 || y1 <= y0 {
            give(sink, Err(RecordError::new(row.place, "bad_box", "a box has a positive size")))?;
            continue;
        }
        let geometry = shapes::upright(x0 * width, y0 * height, (x1 - x0) * width, (y1 - y0) * height);
        let mut region = labels::region(region_id(answer.regions.len()), row.class, geometry);
        region.score = (row.score != 1.0).then_some(row.score);
        let flags = FLAGS.into_iter().zip(row.flags).filter(|(_, on)| *on);
        region.attributes = flags.map(|(flag, _)| (flag.to_owned(), Value::Boolean(true))).collect();
        answer.regions.push(region);
    }
    let record = Record::new(key, data, place).answered(answer);
    give(sink, Ok(Record { size, split: split.map(str::to_owned), ..record }))
}

/// A cell, quoted where it must be (RFC 4180).
fn cell(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let mut parts: BTreeMap<String, [Box<dyn Scratch>; 2]> = BTreeMap::new();
    let mut stems = Stems::default();
    for item in job.items {
        let split = folder(item.split.as_deref().unwrap_or("default"));
        let name = stems.name(&split, &item.key, job.losses);
        let id = cell(split_ending(&name).0);
        if let Some(source) = &item.media {
            out.media(&format!("images/{split}/{name}"), source)?;
        }
        let [boxes, images] = match parts.entry(split.clone()) {
            std::collections::btree_map::Entry::Occupied(part) => part.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => place.insert([out.scratch()?, out.scratch()?]),
        };
        writeln!(images, "{id},{split},{},0", cell(&name))?;
        let Some([width, height]) = item.size.map(|size| size.map(f64::from)) else {
            let message = "the size of the picture is not known, so that its regions cannot be written";
            job.losses.add_some("no_size", message, &item.key, item.regions().count());
            continue;
        };
        for region in item.regions() {
            let Geometry::Box(shape) = &region.geometry else { continue };
            let b = shape.bounds();
            let mut bytes = format!("{id},xclick,{},", cell(&region.class)).into_bytes();
            numbers::push(&mut bytes, region.score.unwrap_or(1.0));
            for share in [b.left / width, b.right / width, b.top / height, b.bottom / height] {
                bytes.push(b',');
                numbers::push(&mut bytes, share);
            }
            for flag in FLAGS {
                let on = region.attributes.get(flag) == Some(&Value::Boolean(true));
                bytes.extend_from_slice(if on { b",1" } else { b",0" });
            }
            bytes.push(b'\n');
            boxes.write_all(&bytes)?;
        }
    }
    for (split, [boxes, images]) in parts {
        out.begin(&format!("annotations/{split}-annotations-bbox.csv"))?;
        writeln!(out, "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,{}", FLAGS.join(","))?;
        append(out, boxes)?;
        out.begin(&format!("annotations/{split}-images-with-rotation.csv"))?;
        writeln!(out, "ImageID,Subset,OriginalURL,Rotation")?;
        append(out, images)?;
    }
    out.begin("annotations/class-descriptions-boxable.csv")?;
    for class in &job.head.schema.classes {
        writeln!(out, "{0},{0}", cell(&class.id))?;
    }
    Ok(())
}
