//! Datumaro JSON 1.0: a file for each part of the dataset, its classes first, its items after them.

mod annotations;

use crate::{
    carries::{Carries, ClassList, Kind, Names},
    json_scan::Scanner,
    labels,
    media::MediaIndex,
    names::{Stems, last_part, split_ending},
    record::{Data, DirectoryView, Record, RecordError, Settings, Sink, Stop, give, give_part_of_schema},
    registry::{Format, Job},
    sink::{ArchiveSink, Scratch, append},
    text::{start_of, unreadable},
};
use labelwright_core::{Answer, GeometryKind, schema::Skeleton};
use serde::Deserialize;
use serde_json::{Map, json};
use std::{
    collections::BTreeMap,
    io::{self, Write},
};

pub const FORMAT: Format = Format {
    id: "datumaro",
    title: "Datumaro JSON",
    carries: Carries {
        words: "images with boxes, polygons, lines, points, keypoints, masks, cuboids, attributes, tags, captions",
        geometry: &[
            GeometryKind::Box,
            GeometryKind::Polygon,
            GeometryKind::Polyline,
            GeometryKind::Points,
            GeometryKind::Keypoints,
            GeometryKind::Mask,
            GeometryKind::Cuboid,
        ],
        attributes: Names::Any,
        fields: Names::Only(&[("tags", Kind::List), ("caption", Kind::Text)]),
        splits: true,
        classes: ClassList::All,
        skeletons: true,
        sizes: true,
        ..Carries::IMAGES
    },
    sniff: |view| {
        let json = view.list().into_iter().filter(|(name, _)| name.ends_with(".json")).take(10);
        let fits = |name: String| start_of(view, &name, 1 << 14).contains("\"dm_format_version\"");
        json.map(|(name, _)| if fits(name) { 0.97 } else { 0.0 }).fold(0.0, f64::max)
    },
    read: Some(read),
    write: Some(write),
    ..Format::NEW
};

#[derive(Deserialize, Default)]
struct Categories {
    #[serde(default)]
    label: LabelCategories,
    #[serde(default)]
    points: PointCategories,
}

#[derive(Deserialize, Default)]
struct LabelCategories {
    #[serde(default)]
    labels: Vec<Label>,
}

#[derive(Deserialize)]
struct Label {
    name: String,
}

#[derive(Deserialize, Default)]
struct PointCategories {
    #[serde(default)]
    items: Vec<PointItem>,
}

#[derive(Deserialize)]
struct PointItem {
    label_id: usize,
    #[serde(default)]
    labels: Vec<String>,
    #[serde(default)]
    joints: Vec<[i64; 2]>,
}

#[derive(Deserialize)]
struct Item {
    id: String,
    #[serde(default)]
    annotations: Vec<Map<String, serde_json::Value>>,
    #[serde(default)]
    attr: Map<String, serde_json::Value>,
    #[serde(default)]
    image: Option<Image>,
}

#[derive(Deserialize)]
struct Image {
    #[serde(default)]
    path: Option<String>,
    #[serde(default)]
    size: Option<[f64; 2]>,
}

fn read(view: &dyn DirectoryView, _: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let media = MediaIndex::images(view);
    let files: Vec<String> = view.list().into_iter().map(|(n, _)| n).filter(|name| name.ends_with(".json")).collect();
    let alone = files.len() == 1;
    for name in files {
        let split = split_ending(last_part(&name)).0;
        let split = (split != "default").then(|| split.to_owned());
        let file = view.open(&name).map_err(|error| Stop::Unreadable(unreadable(&name, &error)))?;
        let mut scanner = Scanner::new(&name, file);
        let stop = Stop::Unreadable;
        let (mut first, mut names) = (true, Vec::new());
        scanner.expect(b'{').map_err(stop)?;
        while let Some(key) = scanner.next_key(&mut first).map_err(stop)? {
            let malformed = |error: serde_json::Error| {
                Stop::Unreadable(RecordError::new(format!("{name}: {key}"), "malformed", error.to_string()))
            };
            match key.as_str() {
                "categories" => {
                    let (_, raw) = scanner.value().map_err(stop)?;
                    let categories: Categories = serde_json::from_slice(raw).map_err(malformed)?;
                    names = schema(categories, alone, sink)?;
                }
                "items" => {
                    scanner.expect(b'[').map_err(stop)?;
                    let (mut one, mut number) = (true, 0);
                    while scanner.next_element(&mut one).map_err(stop)? {
                        let place = format!("{name}: items[{number}]");
                        number += 1;
                        let (_, raw) = scanner.value().map_err(stop)?;
                        match serde_json::from_slice::<Item>(raw) {
                            Err(error) => give(sink, Err(RecordError::new(place, "malformed", error.to_string())))?,
                            Ok(read) => item(read, place, &names, split.as_deref(), &media, sink)?,
                        }
                    }
                }
                _ => scanner.skip().map_err(stop)?,
            }
        }
    }
    Ok(())
}

fn schema(categories: Categories, alone: bool, sink: &mut Sink<'_>) -> Result<Vec<String>, Stop> {
    let names: Vec<String> = categories.label.labels.into_iter().map(|label| label.name).collect();
    let mut schema = labels::class_list(names.iter().map(String::as_str), FORMAT.carries.geometry);
    for item in categories.points.items {
        let Some(class) = schema.classes.get_mut(item.label_id) else { continue };
        let within = |joint: &[i64; 2]| joint.iter().all(|end| (0..item.labels.len() as i64).contains(end));
        let edges = item.joints.iter().filter(|joint| within(joint)).map(|[a, b]| [*a as u32, *b as u32]).collect();
        class.skeleton = Some(Skeleton { points: item.labels, edges });
    }
    give_part_of_schema(sink, schema, None, alone)?;
    Ok(names)
}

fn item(
    item: Item,
    place: String,
    names: &[String],
    split: Option<&str>,
    media: &MediaIndex,
    sink: &mut Sink<'_>,
) -> Result<(), Stop> {
    let path = item.image.as_ref().and_then(|image| image.path.clone()).filter(|path| !path.is_empty());
    let ending = path.as_deref().map_or(".jpg", |path| split_ending(path).1);
    // The id is the name without its ending.
    let key = match &path {
        Some(path) if split_ending(path).0 == item.id => path.clone(),
        _ => format!("{}{ending}", item.id),
    };
    let found = media.find(&key).or_else(|| path.as_deref().and_then(|path| media.find(path)));
    let data = found.map_or_else(|| Data::Absent(key.clone()), |path| Data::File(path.to_owned()));
    let size = item.image.and_then(|image| image.size).filter(|[h, w]| *h >= 1.0 && *w >= 1.0);
    let mut record = Record::new(key, data, &place);
    record.size = size.map(|[height, width]| [width as u32, height as u32]);
    record.split = split.map(str::to_owned);
    record.metadata = item.attr.into_iter().collect();
    let mut answer = Answer::default();
    for (number, annotation) in item.annotations.into_iter().enumerate() {
        if let Err((code, message)) = annotations::read(annotation, number, names, &mut answer) {
            give(sink, Err(RecordError::new(format!("{place}.annotations[{number}]"), code, message)))?;
        }
    }
    give(sink, Ok(record.answered(answer)))
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let (classes, mut stems) = (job.head.class_indices(), Stems::default());
    let mut files: BTreeMap<String, (Box<dyn Scratch>, bool)> = BTreeMap::new();
    for item in job.items {
        let split = crate::names::folder(item.split.as_deref().unwrap_or("default"));
        let (file, some) = match files.entry(split.clone()) {
            std::collections::btree_map::Entry::Occupied(file) => file.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => place.insert((out.scratch()?, false)),
        };
        let name = stems.name(&split, &item.key, job.losses);
        let mut written = Vec::new();
        for region in item.regions() {
            let Some(class) = classes.get(region.class.as_str()) else { continue };
            written.extend(annotations::write(region, *class, written.len()));
        }
        annotations::write_fields(&item, &classes, job.losses, &mut written);
        let mut image = json!({ "path": name });
        if let Some([width, height]) = item.size {
            image["size"] = json!([height, width]);
        }
        let line = json!({ "id": split_ending(&name).0, "annotations": written, "image": image });
        file.write_all(if *some { b",\n" } else { b"\n" })?;
        *some = true;
        serde_json::to_writer(&mut *file, &line)?;
        if let Some(source) = &item.media {
            out.media(&format!("images/{split}/{name}"), source)?;
        }
    }
    if files.is_empty() {
        files.insert("default".to_owned(), (out.scratch()?, false));
    }
    let labels: Vec<_> = job
        .head
        .schema
        .classes
        .iter()
        .map(|class| json!({ "name": class.id, "parent": "", "attributes": [] }))
        .collect();
    let skeletons = job.head.schema.classes.iter().enumerate().filter_map(|(index, class)| {
        let skeleton = class.skeleton.as_ref()?;
        Some(json!({ "label_id": index, "labels": skeleton.points, "joints": skeleton.edges, "positions": [] }))
    });
    let mut categories = json!({ "label": { "labels": labels, "label_groups": [], "attributes": [] } });
    let skeletons: Vec<_> = skeletons.collect();
    if !skeletons.is_empty() {
        categories["points"] = json!({ "items": skeletons });
    }
    for (split, (file, _)) in files {
        out.begin(&format!("annotations/{split}.json"))?;
        write!(
            out,
            "{{\"dm_format_version\":\"1.0\",\"media_type\":2,\"infos\":{{}},\"categories\":{categories},\"items\":["
        )?;
        append(out, file)?;
        out.write_all(b"]}\n")?;
    }
    Ok(())
}
