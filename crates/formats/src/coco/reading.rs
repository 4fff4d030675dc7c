//! Reading COCO: an image and its annotations at a time, wherever they lie in the file.

use super::{
    entries::{Annotation, Category, Id, Image},
    images::Cursor,
    index::{Entries, Index},
    layout::Layout,
    looks_like,
    pieces::Pieces,
    quick, segmentation, split_of,
};
use crate::{
    extras::{Extras, Part},
    json_scan::objects,
    labels,
    media::MediaIndex,
    record::{DirectoryView, Record, RecordError, Settings, Sink, Stop, give, give_part_of_schema},
};
use labelwright_core::{
    Answer, Geometry, GeometryKind, LabelSchema, Modality, Region, Value,
    geometry::BoxShape,
    schema::{Class, Skeleton},
};
use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

pub fn read(view: &dyn DirectoryView, settings: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let names: Vec<String> = view.list().into_iter().map(|(name, _)| name).filter(|n| n.ends_with(".json")).collect();
    let media = MediaIndex::new(view, |name| !name.ends_with(".json"));
    let some = names.iter().any(|name| looks_like(view, name) > 0.0);
    for name in &names {
        if some && looks_like(view, name) == 0.0 {
            give(sink, Err(RecordError::new(name, "other_kind", "this JSON file is not of the COCO kind")))?;
            continue;
        }
        read_file(view, name, &media, names.len() == 1, settings, sink)?;
    }
    Ok(())
}

/// One file with the pictures of the index.
pub(crate) fn read_file(
    view: &dyn DirectoryView,
    name: &str,
    media: &MediaIndex,
    alone: bool,
    settings: &Settings,
    sink: &mut Sink<'_>,
) -> Result<(), Stop> {
    let mut index = Index::new(view, name)?;
    let (schema, extras, classes) = classes(name, std::mem::take(&mut index.categories), &mut index.problems);
    let (classes, mut head) = (Classes::new(classes), extras);
    head.whole.kept.append(&mut index.others);
    give_part_of_schema(sink, schema, head.boxed(), alone)?;
    let (mut images, mut pieces) =
        (Pieces::new(view, name).map_err(Stop::Unreadable)?, Pieces::new(view, name).map_err(Stop::Unreadable)?);
    let (split, mut ids) = (split_of(name), Ids::default());
    let (mut cursor, mut layout) = (Cursor::default(), Layout::default());
    while let Some((number, place)) = cursor.next(&index.images) {
        let at = || format!("{name}: images[{number}]");
        let unreadable = |error: std::io::Error| Stop::Unreadable(crate::text::unreadable(name, &error));
        let raw = images.get(place).map_err(unreadable)?;
        let image = match picture(raw, settings.form) {
            Ok(image) => image,
            Err(message) => {
                give(sink, Err(RecordError::new(at(), "malformed", message)))?;
                continue;
            }
        };
        let Picture { file_name, size, mut extras } = image;
        let mut answer = Answer::default();
        ids.clear();
        answer.regions.reserve_exact(index.count(number));
        // Takes the annotation at the beginning, and says how many bytes it has.
        let mut one = |number: u32, bytes: &[u8]| {
            let at = || format!("{name}: annotations[{number}]");
            if let Some((quick, length)) = layout.annotation(bytes)
                && let Some(class) = classes.number(quick.category)
                && ids.is_new(quick.id)
            {
                answer.regions.push(quick_region(&quick, class, settings.form.then_some(&mut extras)));
                return Ok(length);
            }
            let raw = objects(bytes).next().unwrap_or(bytes);
            let region = serde_json::from_slice::<Annotation<'_>>(raw)
                .map_err(|error| RecordError::new(at(), "malformed", error.to_string()))
                .and_then(|annotation| {
                    let region = region(annotation, number, size, &classes, &mut ids, settings.form);
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
            Ok(raw.len())
        };
        match index.annotations(view, name, number).map_err(Stop::Unreadable)? {
            Entries::Together(place, first) => {
                let (mut rest, mut number) = (pieces.get(place).map_err(unreadable)?, first);
                while let Some(annotation) = memchr::memchr(b'{', rest).and_then(|start| rest.get(start..)) {
                    rest = annotation.get(one(number, annotation)?..).unwrap_or_default();
                    number += 1;
                }
            }
            Entries::Apart(entries) => {
                for entry in entries {
                    one(entry.number, pieces.get(entry.place).map_err(unreadable)?)?;
                }
            }
        }
        let record = Record::new(&*file_name, media.data(&file_name), at()).answered(answer);
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

/// A whole number that no floating-point number holds to the last digit.
fn is_long(json: &serde_json::Value) -> bool {
    json.is_u64() && json.as_u64() > Some(1 << 53) || json.is_i64() && json.as_i64() < Some(-(1 << 53))
}

/// Numbers of the annotations of one image. Most files have them in their order: then a look at the last one is enough.
#[derive(Default)]
pub(super) struct Ids {
    ordered: Vec<i64>,
    others: HashSet<i64>,
}

impl Ids {
    fn clear(&mut self) {
        self.ordered.clear();
        self.others.clear();
    }

    fn is_new(&mut self, id: i64) -> bool {
        if self.others.is_empty() {
            if self.ordered.last().is_none_or(|last| *last < id) {
                self.ordered.push(id);
                return true;
            }
            self.others.extend(self.ordered.drain(..));
        }
        self.others.insert(id)
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

/// What is said of an image.
struct Picture<'a> {
    file_name: Cow<'a, str>,
    size: Option<[u32; 2]>,
    extras: Extras,
}

fn picture(raw: &[u8], form: bool) -> Result<Picture<'_>, String> {
    let mut extras = Extras::of("coco");
    if let Some((image, _)) = quick::image(raw) {
        if form {
            extras.whole.form.insert("id".into(), image.id.into());
        }
        return Ok(Picture { file_name: image.file_name.into(), size: Some(image.size), extras });
    }
    let raw = objects(raw).next().unwrap_or(raw);
    let image: Image<'_> = serde_json::from_slice(raw).map_err(|error| error.to_string())?;
    let file_name = image.file_name.ok_or("missing field `file_name`")?;
    let size = size(image.width, image.height);
    if let Some(id) = image.id.filter(|_| form).and_then(|raw| serde_json::from_str(raw.get()).ok()) {
        extras.whole.form.insert("id".into(), id);
    }
    extras.whole.kept = image.others;
    Ok(Picture { file_name, size, extras })
}

/// `extras` are those of the image, where the form is wanted.
fn quick_region(quick: &quick::QuickBox, class: &str, extras: Option<&mut Extras>) -> Region {
    let [x, y, width, height] = quick.bbox;
    let mut region =
        labels::region(itoa::Buffer::new().format(quick.id), class, Geometry::Box(BoxShape { x, y, width, height }));
    if quick.crowd {
        region.attributes.insert("iscrowd".to_owned(), Value::Boolean(true));
    }
    if let (Some(extras), Some(area)) = (extras, quick.area.filter(|area| *area != region.geometry.area())) {
        let part = Part { form: [("area".to_owned(), area.into())].into_iter().collect(), ..Part::default() };
        extras.parts.insert(region.id.clone(), part);
    }
    region
}

/// The classes by the ids of their categories.
pub(super) struct Classes {
    by_id: HashMap<Id, String>,
    /// Those with numbers, sorted.
    numbers: Vec<(i64, String)>,
}

impl Classes {
    pub(super) fn new(by_id: HashMap<Id, String>) -> Self {
        let number = |(id, name): (&Id, &String)| match id {
            Id::Number(id) => Some((*id, name.clone())),
            Id::Text(_) => None,
        };
        let mut numbers: Vec<_> = by_id.iter().filter_map(number).collect();
        numbers.sort_unstable();
        Self { by_id, numbers }
    }

    fn number(&self, id: i64) -> Option<&str> {
        let at = self.numbers.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        self.numbers.get(at).map(|(_, name)| name.as_str())
    }
}

pub(super) fn region(
    annotation: Annotation<'_>,
    number: u32,
    image: Option<[u32; 2]>,
    classes: &Classes,
    ids: &mut Ids,
    form: bool,
) -> Result<(Region, Part), segmentation::Problem> {
    let category = annotation.category_id.and_then(Id::of);
    let category = category.ok_or_else(|| ("malformed", "missing field `category_id`".to_owned()))?;
    let class = classes
        .by_id
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
    let id = match annotation.id.map(|raw| (raw, Id::of(raw))) {
        Some((_, Some(Id::Number(id)))) if id >= 0 && ids.is_new(id) => id.to_string(),
        // Ids that are no names of ours, or that an earlier annotation of the image has.
        Some((raw, _)) => {
            part.form.extend(serde_json::from_str(raw.get()).ok().map(|id| ("id".to_owned(), id)));
            format!("n{number}")
        }
        None => format!("n{number}"),
    };
    let mut region = labels::region(id, class, geometry);
    region.score = annotation.score;
    for (name, json) in annotation.attributes.into_iter().flatten() {
        // A flag of this name is not the annotation's own, and numbers of ours are no longer than 53 bits.
        match labels::value(&json).filter(|_| name != "iscrowd" && !is_long(&json)) {
            Some(value) => drop(region.attributes.insert(name, value)),
            None => drop(part.kept.insert(format!("attributes.{name}"), json)),
        }
    }
    if annotation.iscrowd.is_some_and(|crowd| crowd != 0.0) {
        region.attributes.insert("iscrowd".to_owned(), Value::Boolean(true));
    }
    Ok((region, part))
}
