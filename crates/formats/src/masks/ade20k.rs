//! ADE20K (B. Zhou et al., 2017): `<picture>_seg.png` with the class in red and green (R / 10 * 256 + G) and the object
//! in blue, and `<picture>_atr.txt` with a line an object: its number, part level, occlusion, class, name, attributes.

use super::{Canvas, MASKS, masks_by_value, raster};
use crate::{
    carries::{Carries, ClassList, Kind, Names},
    labels,
    media::MediaIndex,
    names::{Stems, folder, region_id, split_ending},
    png_mask,
    record::{Data, DirectoryView, Record, RecordError, Sink, Stop, give},
    registry::{Format, Job},
    sink::ArchiveSink,
    text,
};
use labelwright_core::{Answer, Geometry, Value};
use std::{collections::BTreeMap, io};

pub const FORMAT: Format = Format {
    id: "ade20k",
    title: "ADE20K",
    carries: Carries {
        words: "images with masks that do not overlap",
        classes: ClassList::Used,
        attributes: Names::Only(&[("occluded", Kind::Flag), ("attributes", Kind::Text)]),
        ..MASKS
    },
    sniff: |view| {
        let has = |ending: &str| view.list().iter().any(|(name, _)| name.ends_with(ending));
        f64::from(u8::from(has("_seg.png") && has("_atr.txt"))) * 0.97
    },
    read: Some(|view, _, sink| read(view, sink)),
    write: Some(write),
    ..Format::NEW
};

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let is_mask = |name: &str| name.ends_with("_seg.png") || name.contains("_parts_");
    let media = MediaIndex::new(view, |name| crate::media::is_image(name) && !is_mask(name));
    for (name, _) in view.list().into_iter().filter(|(name, _)| name.ends_with("_seg.png")) {
        let stem = name.strip_suffix("_seg.png").unwrap_or(&name);
        let (split, below) = match stem.split_once('/') {
            Some((split, below)) => ((split != "default").then(|| split.to_owned()), below),
            None => (None, stem),
        };
        let found = media.find_stem(stem);
        let key = format!("{below}{}", found.map_or(".jpg", |path| split_ending(path).1));
        let data = found.map_or_else(|| Data::Absent(key.clone()), |path| Data::File(path.to_owned()));
        let objects = match objects(view, &format!("{stem}_atr.txt"), sink)? {
            Ok(objects) => objects,
            Err(error) => {
                give(sink, Err(error))?;
                continue;
            }
        };
        let mut picture = match raster(view, &name) {
            Ok(picture) => picture,
            Err(error) => {
                give(sink, Err(error))?;
                continue;
            }
        };
        picture.values.iter_mut().for_each(|value| *value &= 0xff);
        let mut answer = Answer::default();
        for (value, mask) in masks_by_value(&picture).into_iter().filter(|(value, _)| *value != 0) {
            match objects.get(&value) {
                Some((class, attributes)) => {
                    let id = region_id(answer.regions.len());
                    let mut region = labels::region(id, class, Geometry::Mask(mask));
                    region.attributes.clone_from(attributes);
                    answer.regions.push(region);
                }
                None => {
                    let message = format!("the object {value} is not in the list");
                    give(sink, Err(RecordError::new(&name, "unknown_class", message)))?;
                }
            }
        }
        let record = Record::new(key, data, &name).answered(answer);
        give(sink, Ok(Record { size: Some([picture.width, picture.height]), split, ..record }))?;
    }
    Ok(())
}

type Objects = BTreeMap<u32, (String, BTreeMap<String, Value>)>;

fn objects(view: &dyn DirectoryView, name: &str, sink: &mut Sink<'_>) -> Result<Result<Objects, RecordError>, Stop> {
    let lines = match text::list_of_lines(view, name) {
        Ok(lines) => lines,
        Err(error) => return Ok(Err(error)),
    };
    let mut found = Objects::new();
    for (number, line) in lines.iter().enumerate() {
        let cells: Vec<&str> = line.split(" # ").collect();
        let cell = |at: usize| cells.get(at).map_or("", |cell| cell.trim());
        let (Ok(object), false) = (cell(0).parse::<u32>(), cell(3).is_empty()) else {
            let place = format!("{name}:{}", number + 1);
            give(
                sink,
                Err(RecordError::new(place, "bad_line", "an object has a number, a level, occlusion and a class")),
            )?;
            continue;
        };
        // Parts of objects are painted in other pictures.
        if cell(1) != "0" {
            continue;
        }
        let mut attributes = BTreeMap::new();
        if cell(2) == "1" {
            attributes.insert("occluded".to_owned(), Value::Boolean(true));
        }
        let text = cells.get(5..).map(|rest| rest.join(" # ")).unwrap_or_default();
        let text = text.trim().trim_matches('"');
        if !text.is_empty() {
            attributes.insert("attributes".to_owned(), Value::Text(text.to_owned()));
        }
        found.insert(object, (cell(3).to_owned(), attributes));
    }
    Ok(Ok(found))
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let (classes, mut stems) = (job.head.class_indices(), Stems::default());
    for item in job.items {
        let split = folder(item.split.as_deref().unwrap_or("default"));
        let name = stems.name(&split, &item.key, job.losses);
        let stem = format!("{split}/{}", split_ending(&name).0);
        let Some(canvas) = Canvas::of(&item, job.losses) else { continue };
        if item.regions().count() > 255 {
            job.losses.add(
                "overlap",
                "a picture has room for 255 objects; the others share the last number",
                &item.key,
            );
        }
        let of_region: Vec<u32> = item
            .regions()
            .enumerate()
            .map(|(at, region)| {
                let class = classes.get(region.class.as_str()).map_or(0, |class| class + 1);
                let (high, low) = ((class / 256 * 10).min(250), class % 256);
                (high << 16 | low << 8 | (at + 1).min(255)) as u32
            })
            .collect();
        let values = canvas.map(0, |region| of_region.get(region).copied().unwrap_or(0));
        out.begin(&format!("{stem}_seg.png"))?;
        out.write_all(&png_mask::encode_rgb(canvas.width, canvas.height, &values))?;
        out.begin(&format!("{stem}_atr.txt"))?;
        for (number, region) in item.regions().enumerate() {
            let occluded = u8::from(region.attributes.get("occluded") == Some(&Value::Boolean(true)));
            let text = match region.attributes.get("attributes") {
                Some(Value::Text(text)) => text.as_str(),
                _ => "",
            };
            let nothing = text.is_empty() && region.attributes.contains_key("attributes");
            if nothing || text.contains(['\n', '\r', '"']) || region.class.contains(" # ") || text.trim() != text {
                job.losses.add(
                    "values",
                    "quotes, line ends, # and empty texts have no place in the list of objects",
                    &item.key,
                );
            }
            let class = region.class.replace(" # ", " ");
            let text = text.replace(['\n', '\r', '"'], " ");
            writeln!(out, "{:03} # 0 # {occluded} # {class} # {class} # \"{text}\"", number + 1)?;
        }
        if let Some(source) = &item.media {
            out.media(&format!("{split}/{name}"), source)?;
        }
    }
    Ok(())
}
