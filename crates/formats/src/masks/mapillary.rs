//! Mapillary Vistas (G. Neuhold et al., 2017): `<part>/labels/*.png` has the class of each pixel, `<part>/instances/*.png`
//! the class times 256 plus the object in 16 bits, and `config.json` the classes with their colours in the order of
//! their numbers. Parts are called training, validation and testing.

use super::{Canvas, MASKS, masks_by_value, numbered, raster};
use crate::{
    carries::Carries,
    labels,
    media::MediaIndex,
    names::{Stems, folder, last_part, region_id, split_ending},
    png_mask,
    record::{Data, DirectoryView, Record, RecordError, Sink, Stop, give, give_schema},
    registry::{Format, Job},
    sink::ArchiveSink,
    text::{json_file, start_of},
};
use labelwright_core::{Answer, Geometry, GeometryKind};
use serde::Deserialize;
use serde_json::json;
use std::io;

pub const FORMAT: Format = Format {
    id: "mapillary-vistas",
    title: "Mapillary Vistas",
    carries: Carries { words: "images with masks that do not overlap", ..MASKS },
    sniff: |view| {
        let found = config(view).is_some_and(|name| start_of(view, &name, 1 << 16).contains("\"readable\""));
        if found { 0.97 } else { 0.0 }
    },
    read: Some(|view, _, sink| read(view, sink)),
    write: Some(write),
    ..Format::NEW
};

/// Objects of a class in a picture.
const BASE: u32 = 256;
const CLASSES_MAXIMUM: usize = 255;
/// What nobody has labeled, as the last class.
const VOID: &str = "void--unlabeled";

#[derive(Deserialize)]
struct Config {
    labels: Vec<Label>,
}

#[derive(Deserialize)]
struct Label {
    name: String,
}

/// `config.json`, or `config_v1.2.json`.
fn config(view: &dyn DirectoryView) -> Option<String> {
    let names = view.list().into_iter().map(|(name, _)| name);
    names.filter(|name| last_part(name).starts_with("config") && name.ends_with(".json")).min_by_key(String::len)
}

/// Our names of parts and theirs.
const PARTS: [(&str, &str); 3] = [("train", "training"), ("val", "validation"), ("test", "testing")];

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let Some(name) = config(view) else {
        let message = "there is no config.json, so that the classes are not known";
        return Err(Stop::Unreadable(RecordError::new("config.json", "missing_file", message)));
    };
    let config: Config = json_file(view, &name).map_err(Stop::Unreadable)?;
    let classes = config.labels.iter().map(|label| label.name.as_str()).filter(|name| *name != VOID);
    give_schema(sink, labels::class_list(classes, &[GeometryKind::Mask]), None)?;
    let files: Vec<String> =
        view.list().into_iter().map(|(name, _)| name).filter(|name| name.ends_with(".png")).collect();
    let inside = |name: &str, folder: &str| {
        let at = name.find(&format!("/{folder}/"))?;
        Some((last_part(&name[..at]).to_owned(), name[at + folder.len() + 2..].to_owned()))
    };
    let is_label = |name: &str| ["labels", "instances", "panoptic"].iter().any(|folder| inside(name, folder).is_some());
    let media = MediaIndex::new(view, |name| crate::media::is_image(name) && !is_label(name));
    for name in &files {
        let (part, below, base) = match (inside(name, "instances"), inside(name, "labels")) {
            (Some((part, below)), _) => (part, below, BASE),
            // The picture of objects says more.
            (None, Some((part, below))) if view.list_size(&name.replacen("/labels/", "/instances/", 1)).is_none() => {
                (part, below, 1)
            }
            _ => continue,
        };
        let stem = split_ending(&below).0;
        let found = media.find_stem(&format!("{part}/images/{stem}")).or_else(|| media.find_stem(stem));
        let key = format!("{stem}{}", found.map_or(".jpg", |path| split_ending(path).1));
        let data = found.map_or_else(|| Data::Absent(key.clone()), |path| Data::File(path.to_owned()));
        let raster = match raster(view, name) {
            Ok(raster) => raster,
            Err(error) => {
                give(sink, Err(error))?;
                continue;
            }
        };
        let mut answer = Answer::default();
        for (value, mask) in masks_by_value(&raster) {
            match config.labels.get((value / base) as usize) {
                Some(label) if label.name == VOID => {}
                Some(label) => {
                    let id = region_id(answer.regions.len());
                    answer.regions.push(labels::region(id, &label.name, Geometry::Mask(mask)));
                }
                None => {
                    let message = format!("config.json has no label with the number {}", value / base);
                    give(sink, Err(RecordError::new(name, "unknown_class", message)))?;
                }
            }
        }
        let split = PARTS.iter().find(|(_, theirs)| *theirs == part).map_or(part.as_str(), |(ours, _)| ours);
        let split = (split != "default").then(|| split.to_owned());
        let record = Record::new(key, data, name).answered(answer);
        give(sink, Ok(Record { size: Some([raster.width, raster.height]), split, ..record }))?;
    }
    Ok(())
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let (classes, mut stems) = (job.head.class_indices(), Stems::default());
    let count = classes.len().min(CLASSES_MAXIMUM);
    let schema = &job.head.schema.classes;
    let mut palette: Vec<[u8; 3]> = schema.iter().take(count).map(|class| labels::rgb(&class.color)).collect();
    palette.push([0, 0, 0]);
    for item in job.items {
        let split = item.split.as_deref().unwrap_or("default");
        let split = PARTS.iter().find(|(ours, _)| *ours == split).map_or(split, |(_, theirs)| theirs);
        let split = folder(split);
        let name = stems.name(&split, &item.key, job.losses);
        let stem = split_ending(&name).0;
        let Some(canvas) = Canvas::of(&item, job.losses) else { continue };
        if classes.len() > CLASSES_MAXIMUM {
            job.losses.add("overlap", "there is room for 255 classes; the others share the last number", &item.key);
        }
        let void = count as u32 * BASE;
        let objects = numbered::pixels(&item, &canvas, BASE, job.losses, |region| {
            (classes.get(region.class.as_str()).map_or(0, |at| (*at).min(CLASSES_MAXIMUM - 1) as u32), true)
        });
        // 0 is an object of the first class too: what no region covers is void.
        let objects: Vec<u32> = canvas
            .map(false, |_| true)
            .iter()
            .zip(objects)
            .map(|(covered, value)| if *covered { value } else { void })
            .collect();
        let values: Vec<u8> = objects.iter().map(|value| (value / BASE) as u8).collect();
        out.begin(&format!("{split}/labels/{stem}.png"))?;
        out.write_all(&png_mask::encode_palette(canvas.width, canvas.height, &values, &palette))?;
        out.begin(&format!("{split}/instances/{stem}.png"))?;
        out.write_all(&png_mask::encode_grey16(canvas.width, canvas.height, &objects))?;
        if let Some(source) = &item.media {
            out.media(&format!("{split}/images/{name}"), source)?;
        }
    }
    let label = |name: &str, color: [u8; 3], counted: bool| json!({ "name": name, "readable": name, "color": color, "instances": counted, "evaluate": counted });
    let mut list: Vec<_> =
        schema.iter().take(count).zip(&palette).map(|(class, color)| label(&class.id, *color, true)).collect();
    list.push(label(VOID, [0, 0, 0], false));
    let config = json!({ "version": "1.2", "mapping": "public", "folder_structure": "{split}/{content}/{image_id}", "labels": list });
    out.begin("config.json")?;
    serde_json::to_writer_pretty(&mut *out, &config)?;
    out.write_all(b"\n")
}
