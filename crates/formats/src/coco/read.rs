//! Reading COCO detection and segmentation files, with the images beside them.

use crate::record::{Data, DirectoryView, Mapping, Record, RecordError, Sink, SourcedAnswer, Stop, give};
use labelwright_core::{
    Answer, Geometry, Region, Target, Value,
    geometry::{BoxShape, Keypoint, Keypoints, Mask, Polygon, PolygonPart, Visibility},
};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    io::Read,
};

#[derive(Deserialize)]
struct File {
    images: Vec<Image>,
    #[serde(default)]
    annotations: Vec<Annotation>,
    #[serde(default)]
    categories: Vec<Category>,
}

#[derive(Deserialize)]
struct Image {
    id: i64,
    file_name: String,
    #[serde(default)]
    width: u32,
    #[serde(default)]
    height: u32,
}

#[derive(Deserialize)]
struct Category {
    id: i64,
    name: String,
}

#[derive(Deserialize)]
struct Annotation {
    #[serde(default)]
    id: i64,
    image_id: i64,
    category_id: i64,
    #[serde(default)]
    bbox: Option<Vec<f64>>,
    #[serde(default)]
    segmentation: Option<Segmentation>,
    #[serde(default)]
    iscrowd: u8,
    #[serde(default)]
    keypoints: Option<Vec<f64>>,
    #[serde(default)]
    score: Option<f64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Segmentation {
    Polygons(Vec<Vec<f64>>),
    Runs { size: [u32; 2], counts: Counts },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Counts {
    Plain(Vec<u32>),
    Compressed(String),
}

pub fn read(view: &dyn DirectoryView, _: &Mapping, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let files = view.list();
    let media = Media::of(files.iter().map(|(name, _)| name.as_str()).filter(|name| !name.ends_with(".json")));
    for (name, _) in files.iter().filter(|(name, _)| name.ends_with(".json")) {
        let unreadable = |message: String| Stop::Unreadable(RecordError::new(name, "malformed", message));
        let mut text = Vec::new();
        view.open(name)
            .and_then(|mut file| file.read_to_end(&mut text))
            .map_err(|error| unreadable(error.to_string()))?;
        let file: File = serde_json::from_slice(&text).map_err(|error| unreadable(error.to_string()))?;
        one_file(name, file, &media, sink)?;
    }
    Ok(())
}

fn one_file(name: &str, file: File, media: &Media<'_>, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let classes: BTreeMap<i64, String> =
        file.categories.into_iter().map(|category| (category.id, slug(&category.name))).collect();
    let mut by_image: BTreeMap<i64, Vec<(usize, Annotation)>> = BTreeMap::new();
    for (index, annotation) in file.annotations.into_iter().enumerate() {
        by_image.entry(annotation.image_id).or_default().push((index, annotation));
    }
    let mut seen = BTreeSet::new();
    for (index, image) in file.images.iter().enumerate() {
        let place = format!("{name}: images[{index}]");
        let regions = by_image.remove(&image.id).unwrap_or_default();
        if !seen.insert(image.id) {
            give(sink, Err(RecordError::new(place, "duplicate_id", format!("image id {} appears twice", image.id))))?;
            continue;
        }
        let Some(path) = media.find(&image.file_name) else {
            let message = format!("{} is not among the files", image.file_name);
            give(sink, Err(RecordError::new(place, "missing_file", message)))?;
            continue;
        };
        let mut answer = Answer::default();
        for (at, annotation) in regions {
            let place = format!("{name}: annotations[{at}]");
            match region(&annotation, at, image, &classes, &place) {
                Ok(region) => answer.regions.push(region),
                Err(error) => give(sink, Err(error))?,
            }
        }
        let answers =
            if answer.is_empty() { Vec::new() } else { vec![SourcedAnswer { source: "import".into(), answer }] };
        let key = image.file_name.clone();
        give(sink, Ok(Record { key, data: Data::File(path), metadata: BTreeMap::new(), answers, place }))?;
    }
    for (image, annotations) in by_image {
        for (at, _) in annotations {
            let message = format!("there is no image with the id {image}");
            give(sink, Err(RecordError::new(format!("{name}: annotations[{at}]"), "unknown_image", message)))?;
        }
    }
    Ok(())
}

/// The files beside the document, by their names without folders.
struct Media<'a> {
    by_name: HashMap<&'a str, Vec<&'a str>>,
}

impl<'a> Media<'a> {
    fn of(paths: impl Iterator<Item = &'a str>) -> Self {
        let mut by_name: HashMap<&str, Vec<&str>> = HashMap::new();
        for path in paths {
            by_name.entry(last_part(path)).or_default().push(path);
        }
        Self { by_name }
    }

    /// The file itself, or the only one with this name in any folder.
    fn find(&self, file_name: &str) -> Option<String> {
        let same_name = self.by_name.get(last_part(file_name))?;
        if same_name.contains(&file_name) {
            return Some(file_name.to_owned());
        }
        let ending = format!("/{file_name}");
        let mut fitting = same_name.iter().filter(|path| path.ends_with(&ending));
        match (fitting.next(), fitting.next()) {
            (Some(only), None) => Some((*only).to_owned()),
            _ => None,
        }
    }
}

fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// A category's name as an id of ours.
pub(super) fn slug(name: &str) -> String {
    let mut id: String =
        name.trim().to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    id.truncate(64);
    if id.starts_with('_') || id.is_empty() { format!("c{id}") } else { id }
}

fn region(
    annotation: &Annotation,
    at: usize,
    image: &Image,
    classes: &BTreeMap<i64, String>,
    place: &str,
) -> Result<Region, RecordError> {
    let class = classes.get(&annotation.category_id).ok_or_else(|| {
        let message = format!("there is no category with the id {}", annotation.category_id);
        RecordError::new(place, "unknown_category", message)
    })?;
    let geometry = geometry(annotation, image, place)?;
    let mut attributes = BTreeMap::new();
    if annotation.iscrowd != 0 {
        attributes.insert("iscrowd".to_owned(), Value::Boolean(true));
    }
    let id = if annotation.id > 0 { format!("a{}", annotation.id) } else { format!("n{at}") };
    Ok(Region { id, target: Target::Item, geometry, class: class.clone(), attributes, score: annotation.score })
}

fn geometry(annotation: &Annotation, image: &Image, place: &str) -> Result<Geometry, RecordError> {
    if let Some(flat) = &annotation.keypoints {
        if flat.len() % 3 != 0 {
            return Err(RecordError::new(place, "bad_keypoints", "keypoints are triples of x, y, visibility"));
        }
        let visibility = |v: f64| match v as i64 {
            0 => Visibility::Absent,
            1 => Visibility::Occluded,
            _ => Visibility::Visible,
        };
        let points = flat.chunks(3).map(|p| Keypoint { x: p[0], y: p[1], visibility: visibility(p[2]) }).collect();
        return Ok(Geometry::Keypoints(Keypoints { points }));
    }
    match &annotation.segmentation {
        Some(Segmentation::Polygons(rings)) if !rings.is_empty() => {
            if rings.iter().any(|ring| ring.len() < 6 || ring.len() % 2 != 0) {
                return Err(RecordError::new(place, "bad_polygon", "a polygon is a list of at least 3 x, y pairs"));
            }
            let part = |ring: &Vec<f64>| PolygonPart {
                outer: ring.chunks(2).map(|p| [p[0], p[1]]).collect(),
                holes: Vec::new(),
            };
            Ok(Geometry::Polygon(Polygon { parts: rings.iter().map(part).collect() }))
        }
        Some(Segmentation::Runs { size: [height, width], counts }) => {
            let mask = match counts {
                Counts::Plain(counts) => Mask { width: *width, height: *height, counts: counts.clone() },
                Counts::Compressed(text) => Mask::from_compressed(*width, *height, text)
                    .map_err(|error| RecordError::new(place, "bad_mask", error.to_string()))?,
            };
            let fits = image.width == 0 || (image.width, image.height) == (*width, *height);
            if !mask.is_complete() || !fits {
                return Err(RecordError::new(place, "bad_mask", "the runs do not fill the image"));
            }
            Ok(Geometry::Mask(mask))
        }
        _ => match annotation.bbox.as_deref() {
            Some([x, y, width, height]) if *width > 0.0 && *height > 0.0 => {
                Ok(Geometry::Box(BoxShape { x: *x, y: *y, width: *width, height: *height }))
            }
            Some(_) => Err(RecordError::new(place, "bad_box", "a box is x, y, width, height with a positive size")),
            None => Err(RecordError::new(place, "no_geometry", "there is neither a box nor a segmentation")),
        },
    }
}
