//! Mapillary Vistas (G. Neuhold et al., 2017): `<part>/labels/*.png` has the class of each pixel, `<part>/instances/*.png`
//! the class times 256 plus the object in 16 bits, and `config.json` the classes with their colours in the order of
//! their numbers. Parts are called training, validation and testing.

use super::{
    MASKS, numbered,
    pictures::{Painted, Picture, Pixels, each_painted},
};
use crate::{
    carries::{Carries, SplitNames},
    labels,
    media::MediaIndex,
    names::{last_part, split_ending},
    png_mask,
    record::{DirectoryView, RecordError, Sink, Stop, give_schema},
    registry::{Format, Job},
    sink::ArchiveSink,
    text::{json_file, start_of},
};
use labelwright_core::GeometryKind;
use serde::Deserialize;
use serde_json::json;
use std::io;

pub const FORMAT: Format = Format {
    id: "mapillary-vistas",
    title: "Mapillary Vistas",
    carries: Carries {
        words: "images with masks that do not overlap",
        split_names: SplitNames::Folder { none: "default", others: &["training", "validation", "testing"] },
        ..MASKS
    },
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
        let beside = format!("{part}/images/{stem}");
        let ours = PARTS.iter().find(|(_, theirs)| *theirs == part).map_or(part.as_str(), |(ours, _)| ours);
        let labels = Picture { name, part: Some(ours), stem, beside, ending: ".jpg" };
        labels.read(view, &media, sink, |_, value| match config.labels.get((value / base) as usize) {
            Some(label) if label.name == VOID => Pixels::Nothing,
            Some(label) => Pixels::Of(&label.name),
            None => Pixels::Unknown(format!("config.json has no label with the number {}", value / base)),
        })?;
    }
    Ok(())
}

fn theirs(part: &str) -> &str {
    PARTS.iter().find(|(ours, _)| *ours == part).map_or(part, |(_, theirs)| *theirs)
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let classes = job.head.class_indices();
    let count = classes.len().min(CLASSES_MAXIMUM);
    let schema = &job.head.schema.classes;
    let mut palette: Vec<[u8; 3]> = schema.iter().take(count).map(|class| labels::rgb(&class.color)).collect();
    palette.push([0, 0, 0]);
    each_painted(job.items, job.losses, theirs, |Painted { item, canvas, part, name }| {
        if classes.len() > CLASSES_MAXIMUM {
            job.losses.add("overlap", "there is room for 255 classes; the others share the last number", &item.key);
        }
        let void = count as u32 * BASE;
        let objects = numbered::pixels(item, &canvas, BASE, job.losses, |region| {
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
        let stem = split_ending(name).0;
        out.begin(&format!("{part}/labels/{stem}.png"))?;
        out.write_all(&png_mask::encode_palette(canvas.width, canvas.height, &values, &palette))?;
        out.begin(&format!("{part}/instances/{stem}.png"))?;
        out.write_all(&png_mask::encode_grey16(canvas.width, canvas.height, &objects))?;
        match &item.media {
            Some(source) => out.media(&format!("{part}/images/{name}"), source),
            None => Ok(()),
        }
    })?;
    let label = |name: &str, color: [u8; 3], counted: bool| json!({ "name": name, "readable": name, "color": color, "instances": counted, "evaluate": counted });
    let mut list: Vec<_> =
        schema.iter().take(count).zip(&palette).map(|(class, color)| label(&class.id, *color, true)).collect();
    list.push(label(VOID, [0, 0, 0], false));
    let config = json!({ "version": "1.2", "mapping": "public", "folder_structure": "{split}/{content}/{image_id}", "labels": list });
    out.begin("config.json")?;
    serde_json::to_writer_pretty(&mut *out, &config)?;
    out.write_all(b"\n")
}
