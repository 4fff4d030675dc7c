//! Picture encoders: red, green and blue, each brought to the mean and deviation that the model was trained with, become one
//! vector.

use crate::{
    ModelError,
    model::{Draft, Model, Numbers, listed},
};
use serde_json::Value;
use tract_onnx::prelude::*;

/// Of the pictures of ImageNet: what most encoders were trained with.
const MEAN: [f32; 3] = [0.485, 0.456, 0.406];
const DEVIATION: [f32; 3] = [0.229, 0.224, 0.225];
const SIDE: usize = 224;
/// Larger pictures are for no encoder.
const SIDE_MAXIMUM: usize = 4096;
const OUTPUTS: [&str; 3] = ["image_embeds", "pooler_output", "last_hidden_state"];

pub struct ImageEncoder {
    model: Model,
    kind: DatumType,
    channels_last: bool,
    pub width: usize,
    pub height: usize,
    mean: [f32; 3],
    deviation: [f32; 3],
    pub notes: Vec<String>,
}

/// How pictures are prepared, as a `preprocessor_config.json` has it.
#[derive(Debug, Clone, Default)]
struct Preparation {
    side: Option<(usize, usize)>,
    mean: Option<[f32; 3]>,
    deviation: Option<[f32; 3]>,
}

fn preparation(text: Option<&[u8]>) -> Result<Preparation, ModelError> {
    let Some(text) = text else { return Ok(Preparation::default()) };
    let document: Value = serde_json::from_slice(text)
        .map_err(|error| ModelError::refused("preprocessor_config.json", error.to_string()))?;
    let three = |name: &str| -> Option<[f32; 3]> {
        let values: Vec<f32> = document[name].as_array()?.iter().filter_map(Value::as_f64).map(|v| v as f32).collect();
        values.try_into().ok()
    };
    let whole = |value: &Value| value.as_u64().map(|value| value as usize);
    let side = ["crop_size", "size"].iter().find_map(|name| {
        let size = &document[*name];
        let both = whole(&size["height"]).zip(whole(&size["width"]));
        let one = whole(size).or_else(|| whole(&size["shortest_edge"]));
        both.or_else(|| one.map(|side| (side, side)))
    });
    let deviation = three("image_std");
    if deviation.is_some_and(|deviation| deviation.iter().any(|value| *value <= 0.0)) {
        return Err(ModelError::refused("preprocessor_config.json", "image_std must be above 0"));
    }
    Ok(Preparation { side, mean: three("image_mean"), deviation })
}

impl ImageEncoder {
    /// `config` is the model's `preprocessor_config.json`, where there is one.
    ///
    /// # Errors
    /// A model that cannot be run, is no picture encoder, or does not do what it says.
    pub fn open(model: &[u8], config: Option<&[u8]>) -> Result<Self, ModelError> {
        let draft = Draft::read(model)?;
        let wrong = || ModelError::Inputs {
            found: listed(&draft.inputs),
            wanted: "an encoder of pictures takes one input of rows x 3 x height x width, or rows x height x width x 3"
                .into(),
        };
        let [input] = draft.inputs.as_slice() else { return Err(wrong()) };
        let channels_last = match input.sizes.as_slice() {
            [_, Some(3), _, _] => false,
            [_, _, _, Some(3)] => true,
            [_, None, _, _] => false,
            _ => return Err(wrong()),
        };
        if !input.kind.is_float() {
            return Err(wrong());
        }
        let kind = input.kind;
        let size = |at: usize| input.sizes.get(at).copied().flatten();
        let (rows, columns) = if channels_last { (1, 2) } else { (2, 3) };
        let prepared = preparation(config)?;
        let (tall, wide) = prepared.side.unwrap_or((SIDE, SIDE));
        let (height, width) = (size(rows).unwrap_or(tall), size(columns).unwrap_or(wide));
        if height > SIDE_MAXIMUM || width > SIDE_MAXIMUM || height * width == 0 {
            let problem = format!("pictures of {width} x {height} are beyond {SIDE_MAXIMUM} on a side");
            return Err(ModelError::refused(format!("input {:?}", input.name), problem));
        }
        let sizes =
            if channels_last { [Some(height), Some(width), Some(3)] } else { [Some(3), Some(height), Some(width)] };
        let output = draft.output(&OUTPUTS);
        let model = draft.planned(output, &sizes)?;
        let mut notes = Vec::new();
        if prepared.mean.is_none() {
            notes.push("no image_mean was found beside the model: that of ImageNet is taken".into());
        }
        let (mean, deviation) = (prepared.mean.unwrap_or(MEAN), prepared.deviation.unwrap_or(DEVIATION));
        let encoder = Self { model, kind, channels_last, width, height, mean, deviation, notes };
        encoder.probe()?;
        Ok(encoder)
    }

    /// Does each colour of the picture matter?
    fn probe(&self) -> Result<(), ModelError> {
        let pixels = self.width * self.height;
        let plain: Vec<u8> = (0..pixels * 3).map(|at| ((at / 3 * 37 + at % 3 * 101) % 251) as u8).collect();
        let picture = |out: Option<usize>| -> Vec<u8> {
            let value = |(at, value): (usize, &u8)| if out == Some(at % 3) { 0 } else { *value };
            plain.iter().enumerate().map(value).collect()
        };
        let base = self.embed(&[picture(None)])?;
        for (channel, name) in ["red", "green", "blue"].iter().enumerate() {
            if self.embed(&[picture(Some(channel))])? == base {
                return Err(ModelError::Output(format!("is the same without {name}: the export is wrong")));
            }
        }
        Ok(())
    }

    /// A vector for each picture: width x height x 3 bytes, red, green, blue.
    pub fn embed(&self, pictures: &[Vec<u8>]) -> Result<Vec<Vec<f32>>, ModelError> {
        let pixels = self.width * self.height;
        if let Some(picture) = pictures.iter().find(|picture| picture.len() != pixels * 3) {
            let problem = format!("{} bytes for {} x {} x 3", picture.len(), self.width, self.height);
            return Err(ModelError::refused("a picture", problem));
        }
        let mut vectors = Vec::with_capacity(pictures.len());
        for batch in pictures.chunks(self.model.batch(1)?) {
            let rows = self.model.fixed_batch().unwrap_or(batch.len());
            let mut values = Vec::with_capacity(rows * pixels * 3);
            for picture in batch {
                self.prepare(picture, &mut values);
            }
            values.resize(rows * pixels * 3, 0.0);
            let (height, width) = (self.height, self.width);
            let shape = if self.channels_last { [rows, height, width, 3] } else { [rows, 3, height, width] };
            let tensor = Tensor::from_shape(&shape, &values)
                .and_then(|tensor| Ok(tensor.cast_to_dt(self.kind)?.into_owned()))
                .map_err(|error| ModelError::Runtime(format!("{error:#}")))?;
            let found = self.model.run(vec![tensor], rows, 1)?;
            vectors.extend(pooled(&found)?.into_iter().take(batch.len()));
        }
        Ok(vectors)
    }

    fn prepare(&self, picture: &[u8], to: &mut Vec<f32>) {
        let value = |channel: usize, byte: u8| {
            let mean = self.mean.get(channel).copied().unwrap_or(0.0);
            let deviation = self.deviation.get(channel).copied().unwrap_or(1.0);
            (f32::from(byte) / 255.0 - mean) / deviation
        };
        if self.channels_last {
            to.extend(picture.iter().enumerate().map(|(at, byte)| value(at % 3, *byte)));
        } else {
            (0..3).for_each(|channel| {
                to.extend(picture.iter().skip(channel).step_by(3).map(|byte| value(channel, *byte)));
            });
        }
    }
}

/// One vector a row: as it is, the first of the tokens (which stands for all), or the mean over the plane.
fn pooled(found: &Numbers) -> Result<Vec<Vec<f32>>, ModelError> {
    let rows = |each: usize| found.values.chunks_exact(each.max(1));
    match found.sizes.as_slice() {
        [_, width] if *width > 0 => Ok(rows(*width).map(<[f32]>::to_vec).collect()),
        [_, tokens, width] if tokens * width > 0 => {
            Ok(rows(tokens * width).map(|row| row.iter().take(*width).copied().collect()).collect())
        }
        [_, channels, height, width] if channels * height * width > 0 => {
            let plane = height * width;
            let mean = |values: &[f32]| values.iter().sum::<f32>() / plane as f32;
            Ok(rows(channels * plane).map(|row| row.chunks_exact(plane).map(mean).collect()).collect())
        }
        other => Err(ModelError::Output(format!(
            "is {other:?}; an encoder of pictures gives rows x numbers, rows x tokens x numbers, or rows x channels x \
             height x width"
        ))),
    }
}
