//! COCO results: lists of predictions with scores, one file a model, beside the file with their images and categories
//! (the format that COCO's evaluation reads).

use super::{
    entries::{Annotation, Image, OnlyIds},
    images::Cursor,
    index::{Index, Place},
    looks_like,
    pieces::Pieces,
    reading,
    segmentation::{push_list, push_mask, visibility},
    split_of, writing,
};
use crate::{
    carries::{Carries, ClassList, Several},
    extras::Extras,
    json_scan::{Scanner, objects},
    media::MediaIndex,
    names::{MediaNames, Stems, last_part, split_ending},
    numbers,
    record::{DirectoryView, Record, RecordError, Settings, Sink, SourcedAnswer, Stop, give, give_part_of_schema},
    registry::{Format, Job},
    sink::{ArchiveSink, Scratch, append},
    text::start_of,
};
use labelwright_core::{Answer, Geometry, GeometryKind, Region};
use std::{
    collections::{BTreeMap, HashMap},
    io::{self, Write},
};

pub const RESULTS: Format = Format {
    id: "coco-results",
    title: "COCO results (predictions)",
    carries: Carries {
        words: "images with predicted boxes, masks, keypoints and their scores; several models",
        geometry: &[GeometryKind::Box, GeometryKind::Mask, GeometryKind::Keypoints],
        scores: true,
        several: Several::All,
        classes: ClassList::All,
        skeletons: true,
        sizes: true,
        ..Carries::IMAGES
    },
    sniff: |view| {
        let names: Vec<String> = json_files(view);
        let results = names.iter().take(20).any(|name| is_results(view, name));
        let images = names.iter().take(20).any(|name| looks_like(view, name) > 0.0);
        if results && images { 0.96 } else { 0.0 }
    },
    read: Some(read),
    write: Some(write),
    ..Format::NEW
};

fn json_files(view: &dyn DirectoryView) -> Vec<String> {
    view.list().into_iter().map(|(name, _)| name).filter(|name| name.ends_with(".json")).collect()
}

fn is_results(view: &dyn DirectoryView, name: &str) -> bool {
    let start = start_of(view, name, 1 << 14);
    start.trim_start().starts_with('[')
        && (start.contains("\"image_id\"") && start.contains("\"category_id\"") || start.trim() == "[]")
}

/// A prediction: the number of its image, its own, and its place in the file.
type Entry = (u32, u32, Place);

fn read(view: &dyn DirectoryView, _: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let names = json_files(view);
    let Some(images) = names.iter().find(|name| looks_like(view, name) > 0.0) else {
        let message = "results speak of images by numbers: the COCO file with the images and categories is missing";
        return Err(Stop::Unreadable(RecordError::new("instances.json", "missing_file", message)));
    };
    let mut index = Index::new(view, images)?;
    let (schema, extras, classes) =
        reading::classes(images, std::mem::take(&mut index.categories), &mut index.problems);
    let classes = reading::Classes::new(classes);
    give_part_of_schema(sink, schema, extras.boxed(), true)?;
    let mut models: Vec<(String, Vec<Entry>, Pieces)> = Vec::new();
    for name in names.iter().filter(|name| is_results(view, name)) {
        let entries = entries(view, name, &mut index)?;
        models.push((name.clone(), entries, Pieces::new(view, name).map_err(Stop::Unreadable)?));
    }
    let media = MediaIndex::new(view, |name| !name.ends_with(".json"));
    let mut pieces = Pieces::new(view, images).map_err(Stop::Unreadable)?;
    let mut cursor = Cursor::default();
    while let Some((number, place)) = cursor.next(&index.images) {
        let piece = pieces.get(place);
        let piece = piece.map_err(|error| Stop::Unreadable(crate::text::unreadable(images, &error)))?;
        let raw = objects(piece).next().unwrap_or(piece);
        let place = format!("{images}: images[{number}]");
        let image = serde_json::from_slice::<Image<'_>>(raw).map_err(|error| error.to_string());
        let (image, file_name) = match image.map(|mut image| (image.file_name.take(), image)) {
            Ok((Some(file_name), image)) => (image, file_name.into_owned()),
            Ok((None, _)) => {
                give(sink, Err(RecordError::new(place, "malformed", "missing field `file_name`")))?;
                continue;
            }
            Err(message) => {
                give(sink, Err(RecordError::new(place, "malformed", message)))?;
                continue;
            }
        };
        let size = reading::size(image.width, image.height);
        let mut extras = Extras::of("coco-results");
        let id = image.id.and_then(|raw| serde_json::from_str(raw.get()).ok());
        extras.whole.form.extend(id.map(|id| ("id".to_owned(), id)));
        let mut record = Record::new(&file_name, media.data(&file_name), &place);
        (record.size, record.split) = (size, split_of(images));
        for (name, entries, pieces) in &mut models {
            let start = entries.partition_point(|entry| (entry.0 as usize) < number);
            let mine = entries[start..].iter().take_while(|entry| entry.0 as usize == number);
            let mut answer = Answer::default();
            for (_, at, place) in mine {
                let unreadable = |error: io::Error| Stop::Unreadable(crate::text::unreadable(name, &error));
                let raw = pieces.get(*place).map_err(unreadable)?;
                let region = serde_json::from_slice::<Annotation<'_>>(raw)
                    .map_err(|error| ("malformed", error.to_string()))
                    .and_then(|one| reading::region(one, *at, size, &classes, &mut reading::Ids::default(), false));
                match region {
                    Ok((region, _)) => {
                        let id = crate::names::region_id(answer.regions.len());
                        answer.regions.push(Region { id, ..region });
                    }
                    Err((code, message)) => {
                        give(sink, Err(RecordError::new(format!("{name}: [{at}]"), code, message)))?;
                    }
                }
            }
            if !answer.is_empty() {
                record.answers.push(SourcedAnswer::new(model(name), answer));
            }
        }
        give(sink, Ok(Record { extras: extras.boxed(), ..record }))?;
    }
    index.problems.into_iter().try_for_each(|problem| give(sink, Err(problem)))
}

/// A model is called as its file.
fn model(name: &str) -> String {
    format!("model:{}", split_ending(last_part(name)).0)
}

/// Predictions sorted by image.
fn entries(view: &dyn DirectoryView, name: &str, index: &mut Index) -> Result<Vec<Entry>, Stop> {
    let file = view.open(name).map_err(|error| Stop::Unreadable(crate::text::unreadable(name, &error)))?;
    let mut scanner = Scanner::new(name, file);
    let mut found = Vec::new();
    scanner.expect(b'[').map_err(Stop::Unreadable)?;
    let (mut first, mut number) = (true, 0_u32);
    while scanner.next_element(&mut first).map_err(Stop::Unreadable)? {
        let (offset, raw) = scanner.value().map_err(Stop::Unreadable)?;
        let place = Place { offset, bytes: raw.len() as u32 };
        let bad = |code: &'static str, message: String| RecordError::new(format!("{name}: [{number}]"), code, message);
        match serde_json::from_slice::<OnlyIds<'_>>(raw) {
            Ok(ids) => match ids.image_id.and_then(super::entries::Id::of) {
                Some(id) => match index.image_of(&id) {
                    Some(image) => found.push((image, number, place)),
                    None => index.problems.push(bad("unknown_image", format!("there is no image with the id {id}"))),
                },
                None => index.problems.push(bad("malformed", "missing field `image_id`".to_owned())),
            },
            Err(error) => index.problems.push(bad("malformed", error.to_string())),
        }
        number += 1;
    }
    found.sort_by_key(|(image, number, _)| (*image, *number));
    Ok(found)
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let ids: HashMap<&str, serde_json::Value> = writing::category_ids(job.head, None, false);
    let mut models: BTreeMap<String, (Box<dyn Scratch>, u64)> = BTreeMap::new();
    let (mut images, mut count, mut bytes) = (out.scratch()?, 0_i64, Vec::new());
    let mut media_names = MediaNames::default();
    for item in job.items {
        if item.size.is_none() {
            job.losses.add("no_size", "the size of the picture is not known", &item.key);
            continue;
        }
        bytes.clear();
        let (name, new) = media_names.name(&item.key, item.media.as_deref(), job.losses);
        let image = writing::image(&item, &name, &mut count, &mut bytes)?;
        images.write_all(&bytes)?;
        for sourced in &item.answers {
            let (file, written) = match models.entry(sourced.source.clone()) {
                std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
                std::collections::btree_map::Entry::Vacant(new) => new.insert((out.scratch()?, 0)),
            };
            for region in &sourced.answer.regions {
                let Some(category) = ids.get(region.class.as_str()) else { continue };
                if region.score.is_none() {
                    let message = "every prediction has a score: those without one got 1";
                    job.losses.add("values", message, &item.key);
                }
                bytes.clear();
                bytes.extend_from_slice(if *written > 0 { b",\n" } else { b"\n" });
                write!(bytes, "{{\"image_id\":{image},\"category_id\":{category}")?;
                prediction(region, &mut bytes);
                *written += 1;
                file.write_all(&bytes)?;
            }
        }
        if let Some(source) = item.media.as_deref().filter(|_| new) {
            out.media(&format!("images/{name}"), source)?;
        }
    }
    out.begin("annotations/image_info.json")?;
    out.write_all(&writing::start_of_document(job.head, None, &ids, None)?)?;
    append(out, images)?;
    out.write_all(b"],\"annotations\":[]}\n")?;
    let mut names = Stems::default();
    for (source, (file, _)) in models {
        let plain = source.strip_prefix("model:").unwrap_or(&source).replace(['/', ':'], "_");
        out.begin(&format!("results/{}", names.name("", &format!("{plain}.json"), &Default::default())))?;
        out.write_all(b"[")?;
        append(out, file)?;
        out.write_all(b"\n]\n")?;
    }
    Ok(())
}

fn prediction(region: &Region, out: &mut Vec<u8>) {
    match &region.geometry {
        Geometry::Mask(mask) => {
            out.extend_from_slice(b",\"segmentation\":");
            push_mask(out, mask, false);
        }
        Geometry::Keypoints(shape) => {
            out.extend_from_slice(b",\"keypoints\":");
            push_list(out, shape.points.iter().flat_map(|p| [p.x, p.y, f64::from(visibility(p.visibility))]));
        }
        Geometry::Box(b) => {
            out.extend_from_slice(b",\"bbox\":");
            push_list(out, [b.x, b.y, b.width, b.height]);
        }
        _ => {}
    }
    out.extend_from_slice(b",\"score\":");
    numbers::push(out, region.score.unwrap_or(1.0));
    out.push(b'}');
}
