//! Cityscapes as pictures of numbers (M. Cordts et al., 2016; cityscapesScripts, `labels.py`): `*_gtFine_labelIds.png` has
//! the class of each pixel, `*_gtFine_instanceIds.png` the class times 1000 plus the object, or the class alone where
//! objects are not counted. `label_colors.txt` lists classes that are others than Cityscapes' own.

use super::{
    MASKS, numbered,
    pictures::{Painted, Picture, Pixels, each_painted},
    voc_color,
};
use crate::{
    carries::{Carries, ClassList},
    labels,
    media::MediaIndex,
    names::{last_part, split_ending},
    png_mask,
    record::{DirectoryView, Sink, Stop, give_schema},
    registry::{Format, Job},
    sink::ArchiveSink,
    text,
};
use labelwright_core::GeometryKind;
use std::io;

pub const FORMAT: Format = Format {
    id: "cityscapes-png",
    title: "Cityscapes (labelIds and instanceIds PNG)",
    carries: Carries { words: "images with masks that do not overlap", classes: ClassList::All, ..MASKS },
    sniff: |view| {
        let found = view.list().iter().any(|(name, _)| name.ends_with(CLASSES) || name.ends_with(OBJECTS));
        f64::from(u8::from(found)) * 0.97
    },
    read: Some(|view, _, sink| read(view, sink)),
    write: Some(write),
    ..Format::NEW
};

const CLASSES: &str = "_gtFine_labelIds.png";
const OBJECTS: &str = "_gtFine_instanceIds.png";
const PICTURE: &str = "_leftImg8bit";
const LIST: &str = "label_colors.txt";
/// Objects of a class in a picture.
const BASE: u32 = 1000;

/// Names of the classes 1 to 33.
const OWN: [&str; 33] = [
    "ego vehicle",
    "rectification border",
    "out of roi",
    "static",
    "dynamic",
    "ground",
    "road",
    "sidewalk",
    "parking",
    "rail track",
    "building",
    "wall",
    "fence",
    "guard rail",
    "bridge",
    "tunnel",
    "pole",
    "polegroup",
    "traffic light",
    "traffic sign",
    "vegetation",
    "terrain",
    "sky",
    "person",
    "rider",
    "car",
    "truck",
    "bus",
    "caravan",
    "trailer",
    "train",
    "motorcycle",
    "bicycle",
];
/// From this class on, objects are counted.
const FIRST_COUNTED: usize = 24;

/// Numbers of the classes in their order.
fn numbers<'a>(names: impl Iterator<Item = &'a str> + Clone) -> Vec<u32> {
    let own = |name: &str| OWN.iter().position(|own| *own == name).map(|at| at as u32 + 1);
    let all: Option<Vec<u32>> = names.clone().map(own).collect();
    all.unwrap_or_else(|| (1..).zip(names).map(|(number, _)| number).collect())
}

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let files: Vec<String> = view.list().into_iter().map(|(name, _)| name).collect();
    let names: Vec<String> = match files.iter().find(|name| last_part(name) == LIST) {
        Some(list) => {
            let lines = text::list_of_lines(view, list).map_err(Stop::Unreadable)?;
            let name = |line: &String| line.trim_start().splitn(4, ' ').nth(3).map(str::to_owned);
            lines.iter().filter_map(name).filter(|name| name != "unlabeled").collect()
        }
        None => OWN.map(str::to_owned).into(),
    };
    give_schema(sink, labels::class_list(names.iter().map(String::as_str), &[GeometryKind::Mask]), None)?;
    let numbers = numbers(names.iter().map(String::as_str));
    let media = MediaIndex::new(view, |name| crate::media::is_image(name) && !name.contains("_gtFine_"));
    for name in &files {
        let stem = match (name.strip_suffix(OBJECTS), name.strip_suffix(CLASSES)) {
            (Some(stem), _) => stem,
            // The picture of objects says more.
            (None, Some(stem)) if view.list_size(&format!("{stem}{OBJECTS}")).is_none() => stem,
            _ => continue,
        };
        let below = stem.split_once("gtFine/").map_or(stem, |(_, below)| below);
        let (part, stem) = below.split_once('/').map_or((None, below), |(part, below)| (Some(part), below));
        let beside = format!("{}/{stem}{PICTURE}", part.unwrap_or("default"));
        let labels = Picture { name, part, stem, beside, ending: ".png" };
        labels.read(view, &media, sink, |_, value| {
            let number = if value < BASE { value } else { value / BASE };
            match numbers.iter().position(|known| *known == number) {
                Some(at) => Pixels::Of(&names[at]),
                // 0 is unlabeled; -1, a license plate, is 255 or 65535 where there are no numbers below 0.
                None if [0, 255, 65_535].contains(&number) || value == 65_535 => Pixels::Nothing,
                None => Pixels::Unknown(format!("there is no class with the number {number}")),
            }
        })?;
    }
    Ok(())
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let classes = job.head.class_indices();
    let names: Vec<&str> = job.head.schema.classes.iter().map(|class| class.id.as_str()).collect();
    let numbers = numbers(names.iter().copied());
    let own = names.iter().all(|name| OWN.contains(name));
    let number = |name: &str| classes.get(name).and_then(|at| numbers.get(*at)).copied().unwrap_or(0);
    each_painted(
        job.items,
        job.losses,
        |part| part,
        |Painted { item, canvas, part, name }| {
            let (stem, ending) = split_ending(name);
            if numbers.iter().any(|number| *number > 64) {
                job.losses.add(
                    "overlap",
                    "the numbers of a picture end at 65535: there is room for 64 classes",
                    &item.key,
                );
            }
            let counted = |number: u32| !own || number as usize >= FIRST_COUNTED;
            let objects = numbered::pixels(item, &canvas, BASE, job.losses, |region| {
                let number = number(&region.class).min(64);
                (number, counted(number))
            });
            let values: Vec<u8> =
                objects.iter().map(|value| if *value < BASE { *value } else { value / BASE } as u8).collect();
            out.begin(&format!("gtFine/{part}/{stem}{CLASSES}"))?;
            out.write_all(&png_mask::encode_grey(canvas.width, canvas.height, &values))?;
            out.begin(&format!("gtFine/{part}/{stem}{OBJECTS}"))?;
            out.write_all(&png_mask::encode_grey16(canvas.width, canvas.height, &objects))?;
            match &item.media {
                Some(source) => out.media(&format!("leftImg8bit/{part}/{stem}{PICTURE}{ending}"), source),
                None => Ok(()),
            }
        },
    )?;
    out.begin(LIST)?;
    writeln!(out, "0 0 0 unlabeled")?;
    for (name, number) in names.iter().zip(&numbers) {
        let [r, g, b] = voc_color(*number as usize);
        writeln!(out, "{r} {g} {b} {name}")?;
    }
    Ok(())
}
