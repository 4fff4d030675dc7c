//! Reads a COCO truth (`images`, `annotations`, `categories`) and a list of results into flat lists, grouped by class
//! and image. Unknown keys are ignored as everywhere in this format; what is evaluated is checked and located.

use super::Kind;
use labelwright_core::geometry::Mask;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// What cannot be evaluated, and where it stands.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CocoError {
    #[error("{file} is no such COCO JSON: {message}")]
    Json { file: &'static str, message: String },
    #[error("{list}[{at}]: {message}")]
    Entry { list: &'static str, at: usize, message: String },
    #[error("{0}")]
    Parameter(String),
}

#[derive(Deserialize)]
struct TruthFile {
    images: Vec<ImageEntry>,
    #[serde(default)]
    annotations: Vec<AnnotationEntry>,
    categories: Vec<CategoryEntry>,
}

#[derive(Deserialize)]
struct ImageEntry {
    id: i64,
    #[serde(default)]
    width: u32,
    #[serde(default)]
    height: u32,
}

#[derive(Deserialize)]
struct CategoryEntry {
    id: i64,
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct AnnotationEntry {
    id: i64,
    image_id: i64,
    category_id: i64,
    area: Option<f64>,
    bbox: Option<Vec<f64>>,
    segmentation: Option<Segmentation>,
    #[serde(default)]
    iscrowd: u8,
    keypoints: Option<Vec<f64>>,
    num_keypoints: Option<u32>,
}

#[derive(Deserialize)]
struct ResultEntry {
    image_id: i64,
    category_id: i64,
    score: f64,
    bbox: Option<Vec<f64>>,
    segmentation: Option<Segmentation>,
    keypoints: Option<Vec<f64>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Segmentation {
    Polygons(Vec<Vec<f64>>),
    Runs { size: [u32; 2], counts: RunLengths },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RunLengths {
    Plain(Vec<u32>),
    Compressed(String),
}

/// A truth or a detection.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Instance {
    /// Of an annotation its id, of a result its place in the list.
    pub id: i64,
    /// Places in the sorted lists of classes and images.
    pub class: u32,
    pub image: u32,
    /// Left, top, width, height.
    pub frame: [f64; 4],
    pub area: f64,
    pub crowd: bool,
    /// Takes a match without counting.
    pub ignored: bool,
    pub score: f64,
    pub mask: Option<Mask>,
    /// x, y, visibility of each.
    pub keypoints: Vec<f64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    pub images: usize,
    pub categories: usize,
    pub truths: usize,
    pub crowd_truths: usize,
    pub predictions: usize,
    /// Truths whose category is in no list: left out.
    pub truths_of_unknown_categories: usize,
    pub predictions_of_unknown_categories: usize,
    /// Truths without `area`, taken from their shape.
    pub areas_computed: usize,
}

/// Truths and predictions, each sorted by class and image in the order of the file.
#[derive(Debug, Clone, PartialEq)]
pub struct Data {
    pub(super) truths: Vec<Instance>,
    pub(super) predictions: Vec<Instance>,
    /// Id and name, by id.
    pub(super) classes: Vec<(i64, String)>,
    /// Ids, ascending.
    pub(super) images: Vec<i64>,
    pub counts: Counts,
}

impl Data {
    /// `truth` is a COCO file, `results` a list of results; `kind` says what of them is needed.
    pub fn read(truth: &[u8], results: &[u8], kind: Kind) -> Result<Self, CocoError> {
        let json = |file, error: serde_json::Error| CocoError::Json { file, message: error.to_string() };
        let truth: TruthFile = serde_json::from_slice(truth).map_err(|error| json("the truth", error))?;
        let results: Vec<ResultEntry> = serde_json::from_slice(results).map_err(|error| json("the results", error))?;
        let mut images = truth.images;
        images.sort_by_key(|image| image.id);
        images.dedup_by_key(|image| image.id);
        let places: HashMap<i64, usize> = images.iter().enumerate().map(|(at, image)| (image.id, at)).collect();
        let mut classes: Vec<(i64, String)> = truth.categories.into_iter().map(|c| (c.id, c.name)).collect();
        classes.sort_by_key(|class| class.0);
        classes.dedup_by_key(|class| class.0);
        let class_places: HashMap<i64, u32> = classes.iter().zip(0..).map(|(class, at)| (class.0, at)).collect();
        let mut counts = Counts { images: images.len(), categories: classes.len(), ..Counts::default() };

        let mut seen = HashSet::new();
        let mut truths = Vec::with_capacity(truth.annotations.len());
        for (at, entry) in truth.annotations.into_iter().enumerate() {
            let wrong = |message: String| CocoError::Entry { list: "annotations", at, message };
            if !seen.insert(entry.id) {
                return Err(wrong(format!("the id {} occurs twice", entry.id)));
            }
            let image = *places
                .get(&entry.image_id)
                .ok_or_else(|| wrong(format!("image_id {} is no image of the truth", entry.image_id)))?;
            let Some(class) = class_places.get(&entry.category_id).copied() else {
                counts.truths_of_unknown_categories += 1;
                continue;
            };
            let place = (class, image as u32, images[image].width, images[image].height);
            let instance = entry.instance(place, kind, &mut counts).map_err(wrong)?;
            counts.crowd_truths += usize::from(instance.crowd);
            truths.push(instance);
        }
        let branch = Branch::of(results.first());
        let mut predictions = Vec::with_capacity(results.len());
        for (at, entry) in results.into_iter().enumerate() {
            let wrong = |message: String| CocoError::Entry { list: "results", at, message };
            let image = *places
                .get(&entry.image_id)
                .ok_or_else(|| wrong(format!("image_id {} is no image of the truth", entry.image_id)))?;
            if !entry.score.is_finite() {
                return Err(wrong("the score is not a finite number".into()));
            }
            let Some(class) = class_places.get(&entry.category_id).copied() else {
                counts.predictions_of_unknown_categories += 1;
                continue;
            };
            let place = (class, image as u32, images[image].width, images[image].height);
            predictions.push(entry.instance(at as i64, place, kind, branch).map_err(wrong)?);
        }
        (counts.truths, counts.predictions) = (truths.len(), predictions.len());
        truths.sort_by_key(|instance: &Instance| (instance.class, instance.image));
        predictions.sort_by_key(|instance: &Instance| (instance.class, instance.image));
        let images = images.into_iter().map(|image| image.id).collect();
        Ok(Self { truths, predictions, classes, images, counts })
    }

    pub(super) fn check_keypoints(&self, sigmas: usize) -> Result<(), CocoError> {
        match self.truths.iter().chain(&self.predictions).find(|instance| instance.keypoints.len() != 3 * sigmas) {
            None => Ok(()),
            Some(other) => Err(CocoError::Parameter(format!(
                "there are {sigmas} sigmas and an entry with {} keypoints; give a sigma for each keypoint",
                other.keypoints.len() / 3
            ))),
        }
    }
}

/// Where the reference takes a result's area from: it looks at the first result only.
#[derive(Clone, Copy, PartialEq)]
enum Branch {
    Box,
    Mask,
    Keypoints,
}

impl Branch {
    fn of(first: Option<&ResultEntry>) -> Self {
        match first {
            Some(entry) if entry.bbox.as_ref().is_some_and(|frame| !frame.is_empty()) => Self::Box,
            Some(entry) if entry.segmentation.is_some() => Self::Mask,
            Some(entry) if entry.keypoints.is_some() => Self::Keypoints,
            _ => Self::Box,
        }
    }
}

/// Class, image, and the image's width and height.
type Place = (u32, u32, u32, u32);

impl AnnotationEntry {
    fn instance(self, place: Place, kind: Kind, counts: &mut Counts) -> Result<Instance, String> {
        let mask = match (kind, &self.segmentation) {
            (Kind::Masks, Some(segmentation)) => Some(segmentation.mask(place.2, place.3)?),
            (Kind::Masks, None) => return Err("has no segmentation".into()),
            _ => None,
        };
        let frame = match (&self.bbox, &mask) {
            (Some(frame), _) => four(frame)?,
            (None, Some(mask)) => frame_of(mask),
            (None, None) => return Err("has no bbox".into()),
        };
        let area = match self.area {
            Some(area) if area.is_finite() => area,
            Some(_) => return Err("the area is not a finite number".into()),
            None => {
                counts.areas_computed += 1;
                mask.as_ref().map_or(frame[2] * frame[3], |mask| mask.area() as f64)
            }
        };
        let keypoints = if kind == Kind::Keypoints { triples(self.keypoints.unwrap_or_default())? } else { Vec::new() };
        let seen = self
            .num_keypoints
            .unwrap_or_else(|| keypoints.chunks(3).filter(|p| p.get(2).is_some_and(|v| *v > 0.0)).count() as u32);
        let crowd = self.iscrowd != 0;
        let ignored = crowd || (kind == Kind::Keypoints && seen == 0);
        let (class, image, ..) = place;
        Ok(Instance { id: self.id, class, image, frame, area, crowd, ignored, score: 0.0, mask, keypoints })
    }
}

impl ResultEntry {
    fn instance(self, id: i64, place: Place, kind: Kind, branch: Branch) -> Result<Instance, String> {
        let mask = match (kind, &self.segmentation, &self.bbox) {
            (Kind::Masks, Some(segmentation), _) => Some(segmentation.mask(place.2, place.3)?),
            (Kind::Masks, None, Some(frame)) => {
                // The reference makes a polygon of a box when masks are asked for.
                let [x, y, w, h] = four(frame)?;
                Some(Mask::of_coco_ring(&[[x, y], [x, y + h], [x + w, y + h], [x + w, y]], place.2, place.3))
            }
            (Kind::Masks, None, None) => return Err("has neither segmentation nor bbox".into()),
            _ => None,
        };
        let keypoints =
            if kind == Kind::Keypoints { triples(self.keypoints.ok_or("has no keypoints")?)? } else { Vec::new() };
        let around = |axis: usize| {
            let values = keypoints.chunks(3).filter_map(|point| point.get(axis).copied());
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
        };
        let frame = match (branch, self.bbox.as_ref().filter(|frame| !frame.is_empty()), &mask) {
            (_, Some(frame), _) => four(frame)?,
            (Branch::Mask, None, Some(mask)) => frame_of(mask),
            _ if !keypoints.is_empty() => {
                let ((left, right), (top, bottom)) = (around(0), around(1));
                [left, top, right - left, bottom - top]
            }
            (_, None, Some(mask)) => frame_of(mask),
            _ => return Err("has no bbox".into()),
        };
        let area = match (branch, &mask) {
            (Branch::Mask, Some(mask)) => mask.area() as f64,
            _ => frame[2] * frame[3],
        };
        let (class, image, ..) = place;
        let score = self.score;
        Ok(Instance { id, class, image, frame, area, crowd: false, ignored: false, score, mask, keypoints })
    }
}

impl Segmentation {
    fn mask(&self, width: u32, height: u32) -> Result<Mask, String> {
        match self {
            Self::Polygons(rings) => {
                if width == 0 || height == 0 {
                    return Err("is a polygon and its image has no width and height".into());
                }
                let masks: Result<Vec<Mask>, String> = rings
                    .iter()
                    .map(|ring| {
                        if !ring.len().is_multiple_of(2) || ring.iter().any(|value| !value.is_finite()) {
                            return Err("a polygon is not a list of finite x and y".to_owned());
                        }
                        let points: Vec<[f64; 2]> = ring.chunks(2).map(|point| [point[0], point[1]]).collect();
                        Ok(Mask::of_coco_ring(&points, width, height))
                    })
                    .collect();
                Ok(Mask::union_of(&masks?).unwrap_or(Mask { width, height, counts: vec![width * height] }))
            }
            Self::Runs { size: [height, width], counts } => {
                let mask = match counts {
                    RunLengths::Plain(counts) => Mask { width: *width, height: *height, counts: counts.clone() },
                    RunLengths::Compressed(text) => {
                        Mask::from_compressed(*width, *height, text).map_err(|error| error.to_string())?
                    }
                };
                if mask.is_complete() {
                    Ok(mask)
                } else {
                    Err(format!("the run lengths do not fill {width} x {height} pixels"))
                }
            }
        }
    }
}

fn frame_of(mask: &Mask) -> [f64; 4] {
    let bounds = mask.coco_bounds();
    [bounds.left, bounds.top, bounds.width(), bounds.height()]
}

fn four(values: &[f64]) -> Result<[f64; 4], String> {
    <[f64; 4]>::try_from(values)
        .ok()
        .filter(|frame| frame.iter().all(|value| value.is_finite()))
        .ok_or_else(|| "a bbox is four finite numbers: left, top, width, height".to_owned())
}

fn triples(values: Vec<f64>) -> Result<Vec<f64>, String> {
    if !values.len().is_multiple_of(3) || values.iter().any(|value| !value.is_finite()) {
        return Err("keypoints are x, y, visibility of each, finite numbers".into());
    }
    Ok(values)
}
