//! CamVid (G. Brostow et al., 2009): a picture of classes for each picture, and `label_colors.txt` with their colours.
//! There are classes and no objects: regions of one class in a picture become one.

use super::{
    MASKS, class_of,
    pictures::{Painted, Picture, Pixels, each_painted},
    voc_color,
};
use crate::{
    carries::{Carries, SplitNames},
    labels,
    media::MediaIndex,
    names::{last_part, split_ending},
    png_mask,
    record::{DirectoryView, RecordError, Sink, Stop, give, give_schema},
    registry::{Format, Job},
    sink::{ArchiveSink, Scratch, append},
    text,
};
use labelwright_core::GeometryKind;
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Write},
};

pub const FORMAT: Format = Format {
    id: "camvid",
    title: "CamVid (coloured PNG)",
    carries: Carries {
        words: "images with one mask a class",
        split_names: SplitNames::Folder { none: "default", others: &["label_colors"] },
        ..MASKS
    },
    sniff: |view| {
        let found = view.list().iter().any(|(name, _)| last_part(name) == "label_colors.txt");
        f64::from(u8::from(found)) * 0.95
    },
    read: Some(|view, _, sink| read(view, sink)),
    write: Some(write),
    ..Format::NEW
};

/// The folder of the labels of a part is its name with this.
const ANNOT: &str = "annot";

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let files = view.list();
    let Some((list, _)) = files.iter().find(|(name, _)| last_part(name) == "label_colors.txt") else {
        let message = "there is no label_colors.txt, so that the classes are not known";
        return Err(Stop::Unreadable(RecordError::new("label_colors.txt", "missing_file", message)));
    };
    let (mut names, mut colors) = (Vec::new(), Vec::new());
    for line in text::list_of_lines(view, list).map_err(Stop::Unreadable)? {
        let mut words = line.trim_start().splitn(4, [' ', '\t']);
        let color: Vec<u8> = words.by_ref().take(3).filter_map(|word| word.parse().ok()).collect();
        let (Ok(color), Some(name)) = (<[u8; 3]>::try_from(color), words.next()) else {
            give(sink, Err(RecordError::new(list, "bad_line", format!("{line:?} is no r g b name"))))?;
            continue;
        };
        colors.push(color);
        names.push(name.trim_start().to_owned());
    }
    let is_background = |name: &String| ["background", "void"].contains(&name.to_lowercase().as_str());
    let classes = names.iter().filter(|name| !is_background(name)).map(String::as_str);
    give_schema(sink, labels::class_list(classes, &[GeometryKind::Mask]), None)?;
    let folder = |name: &str| name.split('/').next().unwrap_or_default().to_owned();
    let annotated: BTreeSet<String> =
        files.iter().map(|(name, _)| folder(name)).filter(|folder| folder.ends_with(ANNOT)).collect();
    let media = MediaIndex::new(view, |name| crate::media::is_image(name) && !annotated.contains(&folder(name)));
    for (name, _) in files.iter().filter(|(name, _)| annotated.contains(&folder(name)) && name.ends_with(".png")) {
        let part = folder(name);
        let part = part.strip_suffix(ANNOT).unwrap_or_default();
        let stem = split_ending(&name[part.len() + ANNOT.len() + 1..]).0;
        let labels = Picture { name, part: Some(part), stem, beside: format!("{part}/{stem}"), ending: ".png" };
        labels.read(view, &media, sink, |raster, value| {
            match class_of(raster, value, &colors).and_then(|class| names.get(class)) {
                Some(class) if is_background(class) => Pixels::Nothing,
                Some(class) => Pixels::Of(class),
                None => Pixels::Unknown(format!("no class has the colour {value:#08x}")),
            }
        })?;
    }
    Ok(())
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let classes = job.head.class_indices();
    let palette: Vec<[u8; 3]> = (0..256).map(voc_color).collect();
    let mut lists: BTreeMap<String, Box<dyn Scratch>> = BTreeMap::new();
    each_painted(
        job.items,
        job.losses,
        |part| part,
        |Painted { item, canvas, part, name }| {
            let of_region: Vec<u8> = item
                .regions()
                .map(|region| classes.get(region.class.as_str()).map_or(0, |at| (at + 1).min(255) as u8))
                .collect();
            if classes.len() > 255 {
                job.losses.add(
                    "overlap",
                    "the pictures have room for 255 classes; the others share the last number",
                    &item.key,
                );
            }
            let different: BTreeSet<u8> = of_region.iter().copied().collect();
            if different.len() < of_region.len() {
                job.losses.add("overlap", "regions of one class in a picture become one", &item.key);
            }
            let values = canvas.map(0, |region| of_region.get(region).copied().unwrap_or(0));
            let label = format!("{part}{ANNOT}/{}.png", split_ending(name).0);
            out.begin(&label)?;
            out.write_all(&png_mask::encode_palette(canvas.width, canvas.height, &values, &palette))?;
            if let Some(source) = &item.media {
                out.media(&format!("{part}/{name}"), source)?;
            }
            let list = match lists.entry(part.to_owned()) {
                std::collections::btree_map::Entry::Occupied(list) => list.into_mut(),
                std::collections::btree_map::Entry::Vacant(place) => place.insert(out.scratch()?),
            };
            let quoted = |path: String| if path.contains(' ') { format!("\"{path}\"") } else { path };
            writeln!(list, "{} {}", quoted(format!("/{part}/{name}")), quoted(format!("/{label}")))
        },
    )?;
    for (split, list) in lists {
        out.begin(&format!("{split}.txt"))?;
        append(out, list)?;
    }
    out.begin("label_colors.txt")?;
    writeln!(out, "0 0 0 background")?;
    for (index, class) in job.head.schema.classes.iter().enumerate() {
        let [r, g, b] = voc_color(index + 1);
        writeln!(out, "{r} {g} {b} {}", class.id)?;
    }
    Ok(())
}
