//! Cityscapes (M. Cordts et al., 2016): the polygons of a picture in a JSON file, painted in their order; pictures and
//! labels in folders of cities. The pictures of labels that are painted from the polygons are not read or written.

use crate::{
    carries::Carries,
    labels,
    media::MediaIndex,
    names::{Stems, folder, region_id, split_ending},
    record::{Data, DirectoryView, Record, RecordError, Sink, Stop, give},
    registry::{Format, Job},
    shapes,
    sink::ArchiveSink,
    text::json_file,
};
use labelwright_core::{Answer, GeometryKind};
use serde::Deserialize;
use serde_json::json;
use std::io;

pub const FORMAT: Format = Format {
    id: "cityscapes",
    title: "Cityscapes polygons",
    carries: Carries {
        words: "images with polygons",
        geometry: &[GeometryKind::Polygon],
        splits: true,
        sizes: true,
        ..Carries::IMAGES
    },
    sniff: |view| {
        let found = view.list().iter().any(|(name, _)| name.ends_with(POLYGONS));
        f64::from(u8::from(found)) * 0.98
    },
    read: Some(|view, _, sink| read(view, sink)),
    write: Some(write),
    ..Format::NEW
};

const POLYGONS: &str = "_gtFine_polygons.json";
const PICTURE: &str = "_leftImg8bit";

#[derive(Deserialize)]
struct File {
    #[serde(rename = "imgHeight")]
    height: u32,
    #[serde(rename = "imgWidth")]
    width: u32,
    objects: Vec<Object>,
}

#[derive(Deserialize)]
struct Object {
    label: String,
    polygon: Vec<[f64; 2]>,
    #[serde(default)]
    deleted: serde_json::Value,
}

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let media = MediaIndex::images(view);
    for (name, _) in view.list().into_iter().filter(|(name, _)| name.ends_with(POLYGONS)) {
        let stem = name.strip_suffix(POLYGONS).unwrap_or(&name);
        let below = stem.split_once("gtFine/").map_or(stem, |(_, below)| below);
        let (split, below) = below.split_once('/').map_or((None, below), |(split, below)| (Some(split), below));
        let picture = format!("{}/{below}{PICTURE}", split.unwrap_or("default"));
        let found = media.find_stem(&picture).or_else(|| media.find_stem(below));
        let ending = found.map_or(".png", |path| split_ending(path).1);
        let key = format!("{below}{ending}");
        let data = found.map_or_else(|| Data::Absent(key.clone()), |path| Data::File(path.to_owned()));
        let file: File = match json_file(view, &name) {
            Ok(file) => file,
            Err(error) => {
                give(sink, Err(error))?;
                continue;
            }
        };
        let mut answer = Answer::default();
        for (number, object) in file.objects.into_iter().enumerate() {
            let gone = object.deleted.as_bool() == Some(true) || object.deleted.as_i64().is_some_and(|flag| flag != 0);
            if gone {
                continue;
            }
            if object.polygon.len() < 3 {
                let place = format!("{name}: objects[{number}]");
                give(sink, Err(RecordError::new(place, "bad_polygon", "a polygon has at least 3 points")))?;
                continue;
            }
            let id = region_id(answer.regions.len());
            answer.regions.push(labels::region(id, object.label, shapes::polygon(object.polygon)));
        }
        let record = Record::new(key, data, &name).answered(answer);
        let split = split.filter(|split| *split != "default").map(str::to_owned);
        give(sink, Ok(Record { size: Some([file.width, file.height]), split, ..record }))?;
    }
    Ok(())
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let mut stems = Stems::default();
    for item in job.items {
        let split = folder(item.split.as_deref().unwrap_or("default"));
        let name = stems.name(&split, &item.key, job.losses);
        let (stem, ending) = split_ending(&name);
        let Some([width, height]) = item.size else {
            job.losses.add("no_size", "the size of the picture is not known", &item.key);
            continue;
        };
        let objects: Vec<_> = item
            .regions()
            .filter_map(|region| Some(json!({ "label": region.class, "polygon": shapes::ring(&region.geometry)? })))
            .collect();
        out.begin(&format!("gtFine/{split}/{stem}{POLYGONS}"))?;
        serde_json::to_writer(&mut *out, &json!({ "imgHeight": height, "imgWidth": width, "objects": objects }))?;
        out.write_all(b"\n")?;
        if let Some(source) = &item.media {
            out.media(&format!("leftImg8bit/{split}/{stem}{PICTURE}{ending}"), source)?;
        }
    }
    Ok(())
}
