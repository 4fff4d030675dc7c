//! Roboflow's "TensorFlow Object Detection CSV": in the folder of each part of the dataset, beside its pictures, a table
//! `_annotations.csv` with a row a box: filename, width, height, class, xmin, ymin, xmax, ymax. Corners are pixels from
//! 0 with the end outside. Pictures without a row are there without boxes.

use super::{part_of, prefix_of};
use crate::{
    carries::{Carries, SplitNames},
    labels,
    media::{self, MediaIndex},
    names::{Stems, last_part, region_id},
    numbers,
    record::{Data, DirectoryView, Record, RecordError, Sink, Stop, give},
    registry::{Format, Job},
    shapes,
    sink::{ArchiveSink, Scratch, append},
    text::unreadable,
};
use labelwright_core::{Answer, Geometry, GeometryKind};
use std::{collections::BTreeMap, io};

const TABLE: &str = "_annotations.csv";
const COLUMNS: [&str; 8] = ["filename", "width", "height", "class", "xmin", "ymin", "xmax", "ymax"];

pub const FORMAT: Format = Format {
    id: "roboflow-csv",
    title: "Roboflow CSV",
    carries: Carries {
        words: "images with boxes",
        geometry: &[GeometryKind::Box],
        splits: true,
        split_names: SplitNames::Folder { none: "", others: &["valid"] },
        // A corner is the sum of two numbers.
        precision: 1e-9,
        ..Carries::IMAGES
    },
    sniff: |view| f64::from(u8::from(view.list().iter().any(|(name, _)| last_part(name) == TABLE))) * 0.97,
    read: Some(|view, _, sink| read(view, sink)),
    write: Some(write),
    ..Format::NEW
};

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let media = MediaIndex::images(view);
    let tables: Vec<String> =
        view.list().into_iter().map(|(name, _)| name).filter(|name| last_part(name) == TABLE).collect();
    let folders: Vec<&str> = tables.iter().map(|name| name.strip_suffix(TABLE).unwrap_or_default()).collect();
    for (name, folder) in tables.iter().zip(&folders) {
        let split = folder.strip_suffix('/').map(|folder| part_of(last_part(folder)));
        let mut pictures = rows(view, name, sink)?;
        // Pictures in folders with a table of their own belong to that one.
        let nearest = |path: &str| folders.iter().filter(|one| path.starts_with(**one)).max_by_key(|one| one.len());
        for path in media.paths().iter().filter(|path| nearest(path) == Some(folder)) {
            pictures.entry(path[folder.len()..].to_owned()).or_default();
        }
        for (key, (size, answer)) in pictures {
            let path = format!("{folder}{key}");
            let data = if view.list_size(&path).is_some() { Data::File(path) } else { media.data(&key) };
            let header = || match &data {
                Data::File(path) => media::image_size(view, path),
                _ => None,
            };
            let size = size.or_else(header);
            let record = Record { size, split: split.clone(), ..Record::new(key, data, name) };
            give(sink, Ok(record.answered(answer)))?;
        }
    }
    Ok(())
}

type Pictures = BTreeMap<String, (Option<[u32; 2]>, Answer)>;

fn rows(view: &dyn DirectoryView, name: &str, sink: &mut Sink<'_>) -> Result<Pictures, Stop> {
    let file = view.open(name).map_err(|error| Stop::Unreadable(unreadable(name, &error)))?;
    let mut reader = ::csv::ReaderBuilder::new().flexible(true).from_reader(io::BufReader::new(file));
    let stop = |error: ::csv::Error| Stop::Unreadable(RecordError::new(name, "malformed", error.to_string()));
    let header = reader.headers().map_err(stop)?.clone();
    let column = |wanted: &str| header.iter().position(|title| title.trim_start_matches('\u{feff}').trim() == wanted);
    let mut at = [0; 8];
    for (at, wanted) in at.iter_mut().zip(COLUMNS) {
        *at = column(wanted).ok_or_else(|| {
            Stop::Unreadable(RecordError::new(
                format!("{name}:1"),
                "no_column",
                format!("there is no column {wanted:?}"),
            ))
        })?;
    }
    let mut pictures = Pictures::new();
    for row in reader.records() {
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                let line = error.position().map_or(0, ::csv::Position::line);
                give(sink, Err(RecordError::new(format!("{name}:{line}"), "malformed", error.to_string())))?;
                continue;
            }
        };
        let place = || format!("{name}:{}", row.position().map_or(0, ::csv::Position::line));
        let cell = |index: usize| row.get(at[index]).unwrap_or_default();
        if cell(0).is_empty() {
            give(sink, Err(RecordError::new(place(), "bad_line", "the row names no picture")))?;
            continue;
        }
        let side = |index: usize| cell(index).trim().parse::<u32>().ok().filter(|side| *side > 0);
        let (size, answer) = pictures.entry(cell(0).to_owned()).or_default();
        *size = size.or(side(1).and_then(|width| Some([width, side(2)?])));
        let corners = numbers::parse_all((4..8).map(cell));
        match corners.as_deref() {
            Some([left, top, right, bottom]) if right > left && bottom > top && !cell(3).is_empty() => {
                let geometry = shapes::upright(*left, *top, right - left, bottom - top);
                answer.regions.push(labels::region(region_id(answer.regions.len()), cell(3), geometry));
            }
            _ => {
                let message = "a row has a class and a box of a positive size: xmin, ymin, xmax, ymax";
                give(sink, Err(RecordError::new(place(), "bad_box", message)))?;
            }
        }
    }
    Ok(pictures)
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    // By their folders.
    let mut tables: BTreeMap<String, Box<dyn Scratch>> = BTreeMap::new();
    let (mut stems, mut bytes) = (Stems::default(), Vec::new());
    for item in job.items {
        let folder = prefix_of(item.split.as_deref());
        let name = stems.name(&folder, &item.key, job.losses);
        bytes.clear();
        let mut writer = ::csv::WriterBuilder::new().has_headers(false).from_writer(&mut bytes);
        match item.size {
            None => {
                let message = "the size of the picture is not known, so that its boxes cannot be written";
                job.losses.add_some("no_size", message, &item.key, item.regions().count());
            }
            Some([width, height]) => {
                for region in item.regions() {
                    let Geometry::Box(shape) = &region.geometry else { continue };
                    let b = shape.bounds();
                    let corners = [b.left, b.top, b.right, b.bottom].map(numbers::shortest);
                    let (width, height) = (width.to_string(), height.to_string());
                    let row = [name.as_str(), &width, &height, &region.class];
                    writer.write_record(row.into_iter().chain(corners.iter().map(String::as_str)))?;
                }
            }
        }
        writer.flush()?;
        drop(writer);
        if let Some(source) = &item.media {
            out.media(&format!("{folder}{name}"), source)?;
        } else if item.regions().next().is_none() {
            job.losses.add("no_data", "a picture without boxes and without its data leaves no trace", &item.key);
        }
        let table = match tables.entry(folder) {
            std::collections::btree_map::Entry::Occupied(table) => table.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => place.insert(out.scratch()?),
        };
        table.write_all(&bytes)?;
    }
    if tables.is_empty() {
        tables.insert(String::new(), out.scratch()?);
    }
    for (folder, table) in tables {
        out.begin(&format!("{folder}{TABLE}"))?;
        out.write_all(COLUMNS.join(",").as_bytes())?;
        out.write_all(b"\n")?;
        append(out, table)?;
    }
    Ok(())
}
