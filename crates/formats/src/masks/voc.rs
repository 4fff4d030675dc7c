//! Pascal VOC segmentation: a picture of classes and one of objects with VOC's palette, and `labelmap.txt` with the
//! colours. 0 is background, 255 the border that belongs to nothing.

use super::{Canvas, MASKS, class_of, masks_by_value, raster, voc_color};
use crate::{
    carries::{Carries, SplitNames},
    labels,
    media::MediaIndex,
    names::{Stems, folder, last_part, region_id, split_ending},
    png_mask,
    record::{Data, DirectoryView, Record, RecordError, Sink, Stop, give, give_schema},
    registry::{Format, Job},
    sink::{ArchiveSink, Scratch, append},
    text,
};
use labelwright_core::{Answer, Geometry, GeometryKind};
use std::{
    collections::{BTreeMap, HashMap},
    io::{self, Write},
};

pub const FORMAT: Format = Format {
    id: "voc-segmentation",
    title: "Pascal VOC segmentation (indexed PNG)",
    carries: Carries {
        words: "images with masks that do not overlap",
        split_names: SplitNames::Folder { none: "default", others: &["trainval"] },
        ..MASKS
    },
    sniff: |view| {
        let found = view.list().iter().any(|(name, _)| name.contains("SegmentationClass/") && name.ends_with(".png"));
        f64::from(u8::from(found)) * 0.94
    },
    read: Some(|view, _, sink| read(view, sink)),
    write: Some(write),
    ..Format::NEW
};

/// Values from 1 to here; 255 is the border.
const VALUES_MAXIMUM: usize = 254;

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let files = view.list();
    let (mut names, mut colors) = (vec![String::from("background")], vec![[0, 0, 0]]);
    if let Some((name, _)) = files.iter().find(|(name, _)| last_part(name) == "labelmap.txt") {
        for line in text::list_of_lines(view, name).map_err(Stop::Unreadable)? {
            let mut parts = line.rsplitn(4, ':').skip(2);
            let (Some(color), Some(label)) = (parts.next(), parts.next()) else { continue };
            let color: Vec<u8> = color.split(',').filter_map(|byte| byte.trim().parse().ok()).collect();
            let Ok(color) = <[u8; 3]>::try_from(color) else { continue };
            if label == "background" {
                colors[0] = color;
            } else {
                names.push(label.to_owned());
                colors.push(color);
            }
        }
        let classes = names.iter().skip(1).map(String::as_str);
        give_schema(sink, labels::class_list(classes, &[GeometryKind::Mask]), None)?;
    } else {
        names.extend((1..=VALUES_MAXIMUM).map(|at| format!("class_{at}")));
        colors.extend((1..=VALUES_MAXIMUM).map(voc_color));
    }
    let splits = splits(view, &files);
    let media = MediaIndex::new(view, |name| crate::media::is_image(name) && !name.contains("Segmentation"));
    for (name, _) in files.iter().filter(|(name, _)| name.contains("SegmentationClass/") && name.ends_with(".png")) {
        let stem = split_ending(name.split_once("SegmentationClass/").map_or(name.as_str(), |(_, rest)| rest)).0;
        let found = media.find_stem(stem);
        let key = format!("{stem}{}", found.map_or(".jpg", |path| split_ending(path).1));
        let data = found.map_or_else(|| Data::Absent(key.clone()), |path| Data::File(path.to_owned()));
        let mut record = Record::new(key, data, name);
        record.split = splits.get(stem).cloned();
        let outcome = one(view, name, &names, &colors, sink)?;
        let record = outcome.map(|(answer, size)| Record { size: Some(size), ..record }.answered(answer));
        give(sink, record)?;
    }
    Ok(())
}

fn splits(view: &dyn DirectoryView, files: &[(String, u64)]) -> HashMap<String, String> {
    let mut found = HashMap::new();
    for (name, _) in files.iter().filter(|(name, _)| name.contains("ImageSets/Segmentation/")) {
        let split = split_ending(last_part(name)).0;
        if ["default", "trainval"].contains(&split) {
            continue;
        }
        for line in text::list_of_lines(view, name).unwrap_or_default() {
            found.insert(line, split.to_owned());
        }
    }
    found
}

fn one(
    view: &dyn DirectoryView,
    name: &str,
    names: &[String],
    colors: &[[u8; 3]],
    sink: &mut Sink<'_>,
) -> Result<Result<(Answer, [u32; 2]), RecordError>, Stop> {
    let classes = match raster(view, name) {
        Ok(classes) => classes,
        Err(error) => return Ok(Err(error)),
    };
    let size = [classes.width, classes.height];
    let mut answer = Answer::default();
    let objects = name.replace("SegmentationClass/", "SegmentationObject/");
    let objects = match view.list_size(&objects).map(|_| raster(view, &objects)) {
        None => None,
        Some(Ok(objects)) if [objects.width, objects.height] == size => Some(objects),
        Some(Ok(_)) => {
            give(
                sink,
                Err(RecordError::new(objects, "bad_mask", "the pictures of classes and objects differ in size")),
            )?;
            None
        }
        Some(Err(error)) => {
            give(sink, Err(error))?;
            None
        }
    };
    let void = |value: u32| value == 255 && !classes.colors;
    match objects {
        None => {
            for (value, mask) in masks_by_value(&classes) {
                match class_of(&classes, value, colors) {
                    Some(0) => {}
                    Some(class) => {
                        let id = region_id(answer.regions.len());
                        answer.regions.push(labels::region(id, &names[class], Geometry::Mask(mask)));
                    }
                    None if void(value) => {}
                    None => give(
                        sink,
                        Err(RecordError::new(name, "unknown_class", format!("no class has the value {value}"))),
                    )?,
                }
            }
        }
        Some(objects) => {
            for (value, mask) in masks_by_value(&objects) {
                let is_void = !objects.colors && value == 255 || objects.colors && value == 0xe0_e0c0;
                if value == 0 || is_void {
                    continue;
                }
                // The class of an object is that of its pixels.
                let mut first = None;
                super::each_pixel(&mask, |x, y| {
                    first.get_or_insert(classes.values[y as usize * size[0] as usize + x as usize]);
                });
                match first.and_then(|value| class_of(&classes, value, colors)) {
                    Some(class) if class > 0 => {
                        let id = region_id(answer.regions.len());
                        answer.regions.push(labels::region(id, &names[class], Geometry::Mask(mask)));
                    }
                    _ => give(
                        sink,
                        Err(RecordError::new(name, "unknown_class", format!("object {value} has no class"))),
                    )?,
                }
            }
        }
    }
    Ok(Ok((answer, size)))
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let (classes, mut stems) = (job.head.class_indices(), Stems::default());
    let palette: Vec<[u8; 3]> = (0..256).map(voc_color).collect();
    let mut lists: BTreeMap<String, Box<dyn Scratch>> = BTreeMap::new();
    for item in job.items {
        let name = stems.name("", &item.key, job.losses);
        let stem = split_ending(&name).0;
        let Some(canvas) = Canvas::of(&item, job.losses) else { continue };
        let of_region: Vec<u8> = item
            .regions()
            .map(|region| classes.get(region.class.as_str()).map_or(0, |at| (at + 1).min(VALUES_MAXIMUM) as u8))
            .collect();
        if of_region.len() > VALUES_MAXIMUM || classes.len() > VALUES_MAXIMUM {
            let message = "the pictures have room for 254 objects and 254 classes; the others share the last number";
            job.losses.add("overlap", message, &item.key);
        }
        let values = canvas.map(0, |region| of_region.get(region).copied().unwrap_or(0));
        out.begin(&format!("SegmentationClass/{stem}.png"))?;
        out.write_all(&png_mask::encode_palette(canvas.width, canvas.height, &values, &palette))?;
        let values = canvas.map(0, |region| (region + 1).min(VALUES_MAXIMUM) as u8);
        out.begin(&format!("SegmentationObject/{stem}.png"))?;
        out.write_all(&png_mask::encode_palette(canvas.width, canvas.height, &values, &palette))?;
        if let Some(source) = &item.media {
            out.media(&format!("JPEGImages/{name}"), source)?;
        }
        let split = folder(item.split.as_deref().unwrap_or("default"));
        let list = match lists.entry(split) {
            std::collections::btree_map::Entry::Occupied(list) => list.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => place.insert(out.scratch()?),
        };
        writeln!(list, "{stem}")?;
    }
    for (split, list) in lists {
        out.begin(&format!("ImageSets/Segmentation/{split}.txt"))?;
        append(out, list)?;
    }
    out.begin("labelmap.txt")?;
    writeln!(out, "# label:color_rgb:parts:actions\nbackground:0,0,0::")?;
    for (index, class) in job.head.schema.classes.iter().enumerate() {
        let [r, g, b] = voc_color(index + 1);
        writeln!(out, "{}:{r},{g},{b}::", class.id)?;
    }
    Ok(())
}
