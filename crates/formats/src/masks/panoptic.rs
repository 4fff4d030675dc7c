//! COCO panoptic (A. Kirillov et al., 2019): a PNG a picture whose colours are the numbers of segments (R + 256 G + 65536
//! B, 0 is nothing), and a JSON file with the class of each segment.

use super::{Canvas, MASKS, masks_by_value, raster};
use crate::{
    carries::{Carries, ClassText, Kind, Names},
    labels,
    media::MediaIndex,
    names::{Stems, folder, last_part, region_id, split_ending},
    png_mask,
    record::{DirectoryView, Record, RecordError, Sink, Stop, give, give_part_of_schema},
    registry::{Format, Job},
    sink::{ArchiveSink, Scratch, append},
    text::{json_file, start_of},
};
use labelwright_core::{Answer, Geometry, GeometryKind, Value};
use serde::Deserialize;
use serde_json::json;
use std::{
    collections::{BTreeMap, HashMap},
    io::{self, Write},
};

pub const FORMAT: Format = Format {
    id: "coco-panoptic",
    title: "COCO panoptic",
    carries: Carries {
        words: "images with masks that do not overlap",
        attributes: Names::Only(&[("iscrowd", Kind::Flag)]),
        class_text: ClassText::Any,
        ..MASKS
    },
    sniff: |view| {
        let json = view.list().into_iter().filter(|(name, _)| name.ends_with(".json")).take(5);
        let fits = |name: &str| {
            last_part(name).starts_with("panoptic_") || start_of(view, name, 1 << 16).contains("\"segments_info\"")
        };
        json.map(|(name, _)| if fits(&name) { 0.96 } else { 0.0 }).fold(0.0, f64::max)
    },
    read: Some(|view, _, sink| read(view, sink)),
    write: Some(write),
    ..Format::NEW
};

#[derive(Deserialize)]
struct File {
    images: Vec<Image>,
    annotations: Vec<Annotation>,
    categories: Vec<Category>,
}

#[derive(Deserialize)]
struct Image {
    id: i64,
    file_name: String,
}

#[derive(Deserialize)]
struct Annotation {
    image_id: i64,
    file_name: String,
    segments_info: Vec<Segment>,
}

#[derive(Deserialize)]
struct Segment {
    id: u32,
    category_id: i64,
    #[serde(default)]
    iscrowd: u8,
}

#[derive(Deserialize)]
struct Category {
    id: i64,
    name: String,
}

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let files: Vec<String> = view.list().into_iter().map(|(name, _)| name).filter(|n| n.ends_with(".json")).collect();
    for name in &files {
        let file: File = json_file(view, name).map_err(Stop::Unreadable)?;
        let split = split_ending(last_part(name)).0.strip_prefix("panoptic_").filter(|split| *split != "default");
        let folder = format!("{}/", split_ending(name).0);
        let pictures = MediaIndex::new(view, |path| path.ends_with(".png") && path.contains("panoptic_"));
        let media = MediaIndex::new(view, |path| crate::media::is_image(path) && !path.contains("panoptic_"));
        let schema =
            labels::class_list(file.categories.iter().map(|category| category.name.as_str()), &[GeometryKind::Mask]);
        give_part_of_schema(sink, schema, None, files.len() == 1)?;
        let classes: HashMap<i64, &str> = file.categories.iter().map(|one| (one.id, one.name.as_str())).collect();
        let mut by_image: HashMap<i64, &Annotation> = file.annotations.iter().map(|one| (one.image_id, one)).collect();
        for (number, image) in file.images.iter().enumerate() {
            let place = format!("{name}: images[{number}]");
            let mut record = Record::new(&image.file_name, media.data(&image.file_name), &place);
            record.split = split.map(str::to_owned);
            let Some(annotation) = by_image.remove(&image.id) else {
                give(sink, Ok(record))?;
                continue;
            };
            let png = pictures
                .find(&format!("{folder}{}", annotation.file_name))
                .or_else(|| pictures.find(&annotation.file_name));
            let picture = match png {
                Some(png) => raster(view, png),
                None => Err(RecordError::new(&place, "missing_file", format!("{} is not there", annotation.file_name))),
            };
            let mut picture = match picture {
                Ok(picture) => picture,
                Err(error) => {
                    give(sink, Err(error))?;
                    continue;
                }
            };
            // The file has red first, the number has it last.
            picture.values.iter_mut().for_each(|v| *v = *v >> 16 & 0xff | *v & 0xff00 | (*v & 0xff) << 16);
            let mut masks = masks_by_value(&picture);
            let mut answer = Answer::default();
            for segment in &annotation.segments_info {
                let class = classes.get(&segment.category_id);
                let (Some(class), Some(mask)) = (class, masks.remove(&segment.id)) else {
                    let message = format!("the segment {} has no category or no pixels", segment.id);
                    give(sink, Err(RecordError::new(&place, "bad_segment", message)))?;
                    continue;
                };
                let mut region = labels::region(region_id(answer.regions.len()), *class, Geometry::Mask(mask));
                if segment.iscrowd != 0 {
                    region.attributes.insert("iscrowd".to_owned(), Value::Boolean(true));
                }
                answer.regions.push(region);
            }
            record.size = Some([picture.width, picture.height]);
            give(sink, Ok(record.answered(answer)))?;
        }
    }
    Ok(())
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let (classes, mut stems) = (job.head.class_indices(), Stems::default());
    let mut files: BTreeMap<String, ([Box<dyn Scratch>; 2], u64)> = BTreeMap::new();
    for item in job.items {
        let split = folder(item.split.as_deref().unwrap_or("default"));
        // All pictures lie in one folder.
        let name = stems.name("", &item.key, job.losses);
        let Some(canvas) = Canvas::of(&item, job.losses) else { continue };
        let png = format!("{}.png", split_ending(&name).0);
        let swapped = |region: usize| {
            let id = region as u32 + 1;
            (id & 0xff) << 16 | id & 0xff00 | id >> 16 & 0xff
        };
        out.begin(&format!("annotations/panoptic_{split}/{png}"))?;
        out.write_all(&png_mask::encode_rgb(canvas.width, canvas.height, &canvas.map(0, swapped)))?;
        if let Some(source) = &item.media {
            out.media(&format!("images/{name}"), source)?;
        }
        let mut areas = vec![0_u64; item.regions().count()];
        for region in canvas.regions.iter().filter(|region| **region > 0) {
            if let Some(area) = areas.get_mut(*region as usize - 1) {
                *area += 1;
            }
        }
        let segment = |(at, region): (usize, &labelwright_core::Region)| {
            let b = region.bounds()?;
            // A segment without pixels would be an error to every reader.
            let area = *areas.get(at).filter(|area| **area > 0)?;
            Some(json!({
                "id": at + 1,
                "category_id": classes.get(region.class.as_str())? + 1,
                "iscrowd": u8::from(region.attributes.contains_key("iscrowd")),
                "bbox": [b.left, b.top, b.width(), b.height()],
                "area": area,
            }))
        };
        let segments: Vec<_> = item.regions().enumerate().filter_map(segment).collect();
        let ([images, annotations], count) = match files.entry(split) {
            std::collections::btree_map::Entry::Occupied(file) => file.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => place.insert(([out.scratch()?, out.scratch()?], 0)),
        };
        let comma = if *count > 0 { ",\n" } else { "\n" };
        *count += 1;
        let image = json!({ "id": count, "file_name": name, "width": canvas.width, "height": canvas.height });
        write!(images, "{comma}{image}")?;
        let annotation = json!({ "image_id": count, "file_name": png, "segments_info": segments });
        write!(annotations, "{comma}{annotation}")?;
    }
    if files.is_empty() {
        files.insert("default".to_owned(), ([out.scratch()?, out.scratch()?], 0));
    }
    let category = |(at, class): (usize, &labelwright_core::schema::Class)| json!({ "id": at + 1, "name": class.id, "supercategory": "", "isthing": 1, "color": labels::rgb(&class.color) });
    let categories: Vec<_> = job.head.schema.classes.iter().enumerate().map(category).collect();
    for (split, ([images, annotations], _)) in files {
        out.begin(&format!("annotations/panoptic_{split}.json"))?;
        write!(out, "{{\"info\":{{}},\"licenses\":[],\"categories\":{},\"images\":[", json!(categories))?;
        append(out, images)?;
        write!(out, "],\"annotations\":[")?;
        append(out, annotations)?;
        out.write_all(b"]}\n")?;
    }
    Ok(())
}
