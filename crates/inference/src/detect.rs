//! Detectors: a picture goes in, places with scores come out, as YOLO networks give them (G. Jocher et al., Ultralytics):
//! for each candidate its middle, its width and height in pixels of the model's input, and its score, along either of the
//! last two axes. What a model says beyond these five numbers (classes, landmarks) is not looked at.

use crate::{
    ModelError,
    model::{Draft, Model, Numbers, listed},
};
use image::{RgbImage, imageops};
use tract_onnx::prelude::*;

/// Where the file leaves the size open.
const SIDE: usize = 640;
const SIDE_MAXIMUM: usize = 4096;
/// What lies beside a picture that is not as wide as high.
const GREY: u8 = 114;
/// Numbers that are read of a candidate.
const NUMBERS: usize = 5;
/// Of two places that lie over each other by this much the better one stays.
const SAME: f32 = 0.45;

/// In pixels of the picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Detection {
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
    /// 0 to 1.
    pub score: f32,
}

impl Detection {
    fn overlap(&self, other: &Self) -> f32 {
        let side = |a: f32, long: f32, b: f32, wide: f32| ((a + long).min(b + wide) - a.max(b)).max(0.0);
        let both = side(self.x, self.width, other.x, other.width) * side(self.y, self.height, other.y, other.height);
        let all = self.width * self.height + other.width * other.height - both;
        if all > 0.0 { both / all } else { 0.0 }
    }
}

pub struct Detector {
    model: Model,
    kind: DatumType,
    width: usize,
    height: usize,
}

impl Detector {
    /// # Errors
    /// A model that cannot be run, or does not give what detectors give.
    pub fn open(model: &[u8]) -> Result<Self, ModelError> {
        let draft = Draft::read(model)?;
        let wrong = || ModelError::Inputs {
            found: listed(&draft.inputs),
            wanted: "a detector takes one input of 1 x 3 x height x width".into(),
        };
        let [input] = draft.inputs.as_slice() else { return Err(wrong()) };
        let [_, Some(3) | None, height, width] = input.sizes.as_slice() else { return Err(wrong()) };
        if !input.kind.is_float() {
            return Err(wrong());
        }
        let (kind, height, width) = (input.kind, height.unwrap_or(SIDE), width.unwrap_or(SIDE));
        if height > SIDE_MAXIMUM || width > SIDE_MAXIMUM || height * width == 0 {
            let problem = format!("pictures of {width} x {height} are beyond {SIDE_MAXIMUM} on a side");
            return Err(ModelError::refused(format!("input {:?}", input.name), problem));
        }
        let model = draft.planned(0, &[Some(3), Some(height), Some(width)])?;
        let detector = Self { model, kind, width, height };
        detector.detect(&RgbImage::from_pixel(16, 16, image::Rgb([GREY; 3])), 0.5)?;
        Ok(detector)
    }

    /// Places with at least this score, the best first; of those that are nearly the same only the best.
    pub fn detect(&self, picture: &RgbImage, least: f32) -> Result<Vec<Detection>, ModelError> {
        let (wide, high) = (picture.width().max(1) as f32, picture.height().max(1) as f32);
        let scale = (self.width as f32 / wide).min(self.height as f32 / high);
        let size = [wide * scale, high * scale].map(|side| (side.round() as u32).max(1));
        let small = imageops::resize(picture, size[0], size[1], imageops::FilterType::Triangle);
        let (left, top) = ((self.width as u32 - size[0]) / 2, (self.height as u32 - size[1]) / 2);
        let mut framed = RgbImage::from_pixel(self.width as u32, self.height as u32, image::Rgb([GREY; 3]));
        imageops::replace(&mut framed, &small, i64::from(left), i64::from(top));
        let pixels = self.width * self.height;
        let mut values = Vec::with_capacity(pixels * 3);
        for channel in 0..3 {
            values.extend(framed.as_raw().iter().skip(channel).step_by(3).map(|byte| f32::from(*byte) / 255.0));
        }
        let rows = self.model.fixed_batch().unwrap_or(1);
        values.resize(rows * pixels * 3, 0.0);
        let tensor = Tensor::from_shape(&[rows, 3, self.height, self.width], &values)
            .and_then(|tensor| Ok(tensor.cast_to_dt(self.kind)?.into_owned()))
            .map_err(|error| ModelError::Runtime(format!("{error:#}")))?;
        let found = candidates(&self.model.run(vec![tensor], rows, 1)?)?;
        let placed = found.into_iter().filter(|[.., score]| *score >= least).map(|[x, y, width, height, score]| {
            let (x, y) = (x - width / 2.0 - left as f32, y - height / 2.0 - top as f32);
            Detection { x: x / scale, y: y / scale, width: width / scale, height: height / scale, score }
        });
        Ok(best(placed.collect()))
    }
}

/// The five numbers of each candidate. There are more candidates than numbers of one.
fn candidates(found: &Numbers) -> Result<Vec<[f32; NUMBERS]>, ModelError> {
    let at = |value: usize| found.values.get(value).copied().unwrap_or_default();
    match *found.sizes.as_slice() {
        [_, numbers, count] if numbers >= NUMBERS && numbers <= count => {
            Ok((0..count).map(|one| std::array::from_fn(|number| at(number * count + one))).collect())
        }
        [_, count, numbers] if numbers >= NUMBERS => {
            Ok((0..count).map(|one| std::array::from_fn(|number| at(one * numbers + number))).collect())
        }
        ref other => Err(ModelError::Output(format!(
            "is {other:?}; a detector gives 1 x numbers x candidates or 1 x candidates x numbers, with five numbers or more"
        ))),
    }
}

/// Greedy: the best first, without those that lie over a better one.
fn best(mut found: Vec<Detection>) -> Vec<Detection> {
    found.sort_by(|one, other| other.score.total_cmp(&one.score));
    let mut kept: Vec<Detection> = Vec::new();
    for one in found {
        if kept.iter().all(|better| better.overlap(&one) < SAME) {
            kept.push(one);
        }
    }
    kept
}
