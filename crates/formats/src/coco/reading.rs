//! Reading COCO: an image and its annotations at a time, wherever they lie in the file.

use super::{
    entries::{Annotation, Category, Id, Image},
    index::{Index, Pieces},
    looks_like, segmentation, split_of,
};
use crate::{
    extras::{Extras, Part},
    labels,
    media::MediaIndex,
    record::{DirectoryView, Record, RecordError, Settings, Sink, Stop, give, give_part_of_schema},
};
use labelwright_core::{
    Answer, GeometryKind, LabelSchema, Modality, Region, Value,
    schema::{Class, Skeleton},
};
use std::collections::HashMap;

pub fn read(view: &dyn DirectoryView, settings: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let names: Vec<String> = view.list().into_iter().map(|(name, _)| name).filter(|n| n.ends_with(".json")).collect();
    let media = MediaIndex::new(view, |name| !name.ends_with(".json"));
    let some = names.iter().any(|name| looks_like(view, name) > 0.0);
    for name in &names {
        if some && looks_like(view, name) == 0.0 {
            give(sink, Err(RecordError::new(name, "other_kind", "this JSON file is not of the COCO kind")))?;
            continue;
        }
        one_file(view, name, &media, names.len() == 1, settings, sink)?;
    }
    Ok(())
}

fn one_file(
    view: &dyn DirectoryView,
    name: &str,
    media: &MediaIndex,
    alone: bool,
    settings: &Settings,
    sink: &mut Sink<'_>,
) -> Result<(), Stop> {
    let mut index = Index::new(view, name)?;
    let (schema, extras, classes) = classes(name, std::mem::take(&mut index.categories), &mut index.problems);
    let mut head = extras;
    head.whole.kept.append(&mut index.others);
    give_part_of_schema(sink, schema, head.boxed(), alone)?;
    let (mut images, mut pieces) =
        (Pieces::new(view, name).map_err(Stop::Unreadable)?, Pieces::new(view, name).map_err(Stop::Unreadable)?);
    let split = split_of(name);
    for number in 0..index.images.len() {
        let place = index.images[number];
        if place.bytes == 0 {
            continue;
        }
        let at = format!("{name}: images[{number}]");
        let unreadable = |error: std::io::Error| Stop::Unreadable(crate::text::unreadable(name, &error));
        let image = match images.get(place).map_err(unreadable).map(serde_json::from_slice::<Image<'_>>)? {
            Ok(image) => image,
            Err(error) => {
                give(sink, Err(RecordError::new(at, "malformed", error.to_string())))?;
                continue;
            }
        };
        let Some(file_name) = image.file_name else {
            give(sink, Err(RecordError::new(at, "malformed", "missing field `file_name`")))?;
            continue;
        };
        let size = size(image.width, image.height);
        let mut extras = Extras::of("coco");
        if let Some(id) = image.id.and_then(|raw| serde_json::from_str(raw.get()).ok()) {
            extras.whole.form.insert("id".into(), id);
        }
        extras.whole.kept = image.others;
        let mut answer = Answer::default();
        let entries = index.annotations(view, name, number).map_err(Stop::Unreadable)?;
        for entry in entries {
            let at = || format!("{name}: annotations[{}]", entry.number);
            let raw = pieces.get(entry.place).map_err(unreadable)?;
            let region = serde_json::from_slice::<Annotation<'_>>(raw)
                .map_err(|error| RecordError::new(at(), "malformed", error.to_string()))
                .and_then(|annotation| {
                    let region = region(annotation, entry.number, size, &classes, settings.form);
                    region.map_err(|(code, message)| RecordError::new(at(), code, message))
                });
            match region {
                Ok((region, part)) => {
                    if !part.is_empty() {
                        extras.parts.insert(region.id.clone(), part);
                    }
                    answer.regions.push(region);
                }
                Err(error) => give(sink, Err(error))?,
            }
        }
        let record = Record::new(file_name.as_ref(), media.data(&file_name), at).answered(answer);
        give(sink, Ok(Record { size, split: split.clone(), extras: extras.boxed(), ..record }))?;
    }
    for problem in index.problems {
        give(sink, Err(problem))?;
    }
    Ok(())
}

pub(super) fn size(width: Option<f64>, height: Option<f64>) -> Option<[u32; 2]> {
    match (width, height) {
        (Some(width), Some(height)) if width >= 1.0 && height >= 1.0 => Some([width as u32, height as u32]),
        _ => None,
    }
}

/// The schema, what is kept beside it, and the class of each category.
pub(super) fn classes(
    name: &str,
    categories: Vec<Category>,
    problems: &mut Vec<RecordError>,
) -> (LabelSchema, Extras, HashMap<Id, String>) {
    let (mut classes, mut extras, mut by_id) = (Vec::<Class>::new(), Extras::of("coco"), HashMap::new());
    for (index, category) in categories.into_iter().enumerate() {
        let place = format!("{name}: categories[{index}]");
        let title = match category.name {
            serde_json::Value::String(name) => name,
            other => other.to_string(),
        };
        let id = match &category.id {
            serde_json::Value::String(text) => Id::Text(text.clone()),
            other => Id::Number(other.as_i64().unwrap_or(i64::MIN)),
        };
        if classes.iter().any(|class| class.id == title) {
            problems.push(RecordError::new(place, "duplicate_class", format!("{title:?} is a category already")));
        } else {
            let kinds: &[GeometryKind] = match &category.keypoints {
                Some(_) => &[GeometryKind::Keypoints, GeometryKind::Box, GeometryKind::Polygon, GeometryKind::Mask],
                None => &[GeometryKind::Box, GeometryKind::Polygon, GeometryKind::Mask],
            };
            let mut class = labels::class(&title, index, kinds);
            class.skeleton = category.keypoints.map(|points| {
                let last = points.len() as i64;
                let edges = category.skeleton.unwrap_or_default().into_iter();
                let within = |edge: &[i64; 2]| edge.iter().all(|end| (1..=last).contains(end));
                Skeleton { edges: edges.filter(within).map(|[a, b]| [a as u32 - 1, b as u32 - 1]).collect(), points }
            });
            classes.push(class);
            let mut part = Part { kept: category.others, ..Part::default() };
            part.form.insert("id".into(), category.id);
            extras.parts.insert(title.clone(), part);
        }
        by_id.insert(id, title);
    }
    (labels::schema(Modality::Image, classes, Vec::new()), extras, by_id)
}

pub(super) fn region(
    annotation: Annotation<'_>,
    number: u32,
    image: Option<[u32; 2]>,
    classes: &HashMap<Id, String>,
    form: bool,
) -> Result<(Region, Part), segmentation::Problem> {
    let category = annotation.category_id.and_then(Id::of);
    let category = category.ok_or_else(|| ("malformed", "missing field `category_id`".to_owned()))?;
    let class = classes
        .get(&category)
        .ok_or_else(|| ("unknown_category", format!("there is no category with the id {category}")))?;
    let mut part = Part { kept: annotation.others, ..Part::default() };
    let bbox = annotation.bbox.as_deref().filter(|numbers| !numbers.is_empty());
    let outline = match annotation.segmentation {
        Some(raw) => segmentation::read(raw.get(), image)?,
        None => None,
    };
    let geometry = if let Some(flat) = annotation.keypoints.as_deref().filter(|flat| !flat.is_empty()) {
        // A box or an outline beside keypoints says more than they do.
        if let Some(bbox) = bbox {
            part.kept.insert("bbox".into(), bbox.into());
        }
        if let Some(raw) = annotation.segmentation.filter(|_| outline.is_some()) {
            part.kept.insert("segmentation".into(), serde_json::from_str(raw.get()).unwrap_or_default());
        }
        segmentation::keypoints(flat)?
    } else if let Some((geometry, plain)) = outline {
        if plain && form {
            part.form.insert("plain".into(), true.into());
        }
        if let Some(bbox) = bbox.filter(|_| form) {
            part.form.insert("bbox".into(), bbox.into());
        }
        geometry
    } else if let Some(bbox) = bbox {
        segmentation::bbox(bbox)?
    } else {
        return Err(("no_geometry", "there is neither a box nor a segmentation".into()));
    };
    if let Some(area) = annotation.area.filter(|_| form) {
        let derived = geometry.area();
        if derived != area {
            part.form.insert("area".into(), area.into());
        }
    }
    if let Some(count) = annotation.num_keypoints.filter(|_| form) {
        part.form.insert("num_keypoints".into(), serde_json::from_str(count.get()).unwrap_or_default());
    }
    let id = match annotation.id.and_then(Id::of) {
        Some(Id::Number(id)) if id >= 0 => id.to_string(),
        Some(Id::Text(text)) => {
            part.form.insert("id".into(), text.into());
            format!("n{number}")
        }
        _ => format!("n{number}"),
    };
    let mut region = labels::region(id, class, geometry);
    region.score = annotation.score;
    for (name, json) in annotation.attributes.into_iter().flatten() {
        match labels::value(&json) {
            Some(value) => drop(region.attributes.insert(name, value)),
            None => drop(part.kept.insert(format!("attributes.{name}"), json)),
        }
    }
    if annotation.iscrowd.is_some_and(|crowd| crowd != 0.0) {
        region.attributes.insert("iscrowd".to_owned(), Value::Boolean(true));
    }
    Ok((region, part))
}
