//! Recipes of augmentation: a TOML or JSON file that lists operations. What a recipe says is checked before anything is
//! made; a complaint names the operation by its number from 1, the field, and what may stand there.

mod endpoint;
mod pictures;
mod range;
mod series;
mod sounds;
mod texts;

pub use endpoint::Endpoint;
pub use pictures::*;
pub use range::Range;
pub(crate) use range::{Check, within};
pub use series::*;
pub use sounds::*;
pub use texts::*;

use crate::GenerateError;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use std::collections::BTreeSet;

#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    /// Regions of which less than this share is still to be seen are left out.
    pub visibility: f64,
    /// Quality of JPEG files that are written, 1 to 100.
    pub quality: u8,
    pub operations: Vec<Operation>,
}

/// What is done, and how often.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    pub probability: f64,
    pub kind: Kind,
}

/// What an operation works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Material {
    Picture,
    Text,
    Sound,
    Series,
}

/// A new operation is a struct with its parameters, a word here, and an arm where it is done.
macro_rules! operations {
    ($($name:literal: $kind:ident, $material:ident;)*) => {
        #[derive(Debug, Clone, PartialEq)]
        pub enum Kind {
            $($kind($kind),)*
        }

        /// Names of all operations.
        pub const OPERATIONS: &[&str] = &[$($name),*];

        impl Kind {
            pub fn name(&self) -> &'static str {
                match self {
                    $(Self::$kind(_) => $name,)*
                }
            }

            pub fn material(&self) -> Material {
                match self {
                    $(Self::$kind(_) => Material::$material,)*
                }
            }

            fn read(place: &str, name: &str, value: Value) -> Result<Self, GenerateError> {
                match name {
                    $($name => Ok(Self::$kind(parameters(place, value)?)),)*
                    other => Err(unknown(&format!("{place}, op"), "operation", other, OPERATIONS)),
                }
            }
        }
    };
}

operations! {
    "flip_horizontal": FlipHorizontal, Picture;
    "flip_vertical": FlipVertical, Picture;
    "quarter_turn": QuarterTurn, Picture;
    "rotate": Rotate, Picture;
    "crop": Crop, Picture;
    "resize": Resize, Picture;
    "affine": Affine, Picture;
    "perspective": Perspective, Picture;
    "brightness": Brightness, Picture;
    "contrast": Contrast, Picture;
    "saturation": Saturation, Picture;
    "hue": Hue, Picture;
    "gamma": Gamma, Picture;
    "grayscale": Grayscale, Picture;
    "channel_shuffle": ChannelShuffle, Picture;
    "blur": Blur, Picture;
    "noise": Noise, Picture;
    "salt_and_pepper": SaltAndPepper, Picture;
    "jpeg": Jpeg, Picture;
    "cutout": Cutout, Picture;
    "mosaic": Mosaic, Picture;
    "mixup": Mixup, Picture;
    "typo": Typo, Text;
    "ocr": Ocr, Text;
    "case": ChangeCase, Text;
    "synonym": Synonym, Text;
    "swap_words": SwapWords, Text;
    "delete_words": DeleteWords, Text;
    "mention": Mention, Text;
    "paraphrase": Paraphrase, Text;
    "gain": Gain, Sound;
    "sound_noise": SoundNoise, Sound;
    "time_shift": TimeShift, Sound;
    "stretch": Stretch, Sound;
    "pitch_shift": PitchShift, Sound;
    "impulse_response": ImpulseResponse, Sound;
    "time_mask": TimeMask, Sound;
    "frequency_mask": FrequencyMask, Sound;
    "jitter": Jitter, Series;
    "scale": Scale, Series;
    "time_warp": TimeWarp, Series;
    "window": Window, Series;
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default = "visibility")]
    visibility: f64,
    #[serde(default = "quality")]
    quality: u8,
    #[serde(alias = "operations")]
    operation: Vec<Value>,
}

fn visibility() -> f64 {
    0.1
}

fn quality() -> u8 {
    95
}

impl Recipe {
    /// Reads JSON if the text begins with `{`, otherwise TOML.
    ///
    /// # Errors
    /// With the place, what is wrong there, and what may stand there.
    pub fn parse(text: &str) -> Result<Self, GenerateError> {
        let document: Document = parameters("the recipe", document(text)?)?;
        if !(0.0..=1.0).contains(&document.visibility) {
            return Err(GenerateError::recipe("visibility", "it is a share from 0 to 1"));
        }
        if !(1..=100).contains(&document.quality) {
            return Err(GenerateError::recipe("quality", "it is a number from 1 to 100"));
        }
        let operations = document.operation.into_iter().enumerate().map(|(at, value)| operation(at + 1, value));
        let operations = operations.collect::<Result<Vec<Operation>, _>>()?;
        if operations.iter().all(|operation| operation.probability == 0.0) {
            return Err(GenerateError::recipe("operation", "at least one operation needs a probability above 0"));
        }
        Ok(Self { visibility: document.visibility, quality: document.quality, operations })
    }

    /// Files beside the recipe that its operations name, each once.
    pub fn files(&self) -> BTreeSet<&str> {
        fn of(operation: &Operation) -> &[String] {
            match &operation.kind {
                Kind::SoundNoise(own) => &own.files,
                Kind::ImpulseResponse(own) => &own.files,
                _ => &[],
            }
        }
        self.operations.iter().flat_map(of).map(String::as_str).collect()
    }

    /// What is asked of a language model.
    pub fn paraphrases(&self) -> impl Iterator<Item = &Paraphrase> {
        self.operations.iter().filter(|operation| operation.probability > 0.0).filter_map(|operation| match &operation
            .kind
        {
            Kind::Paraphrase(own) => Some(own),
            _ => None,
        })
    }

    /// Do children of this kind need other items of the dataset?
    pub fn joins_items(&self) -> bool {
        let joins = |operation: &Operation| matches!(operation.kind, Kind::Mosaic(_) | Kind::Mixup(_));
        self.operations.iter().any(|operation| operation.probability > 0.0 && joins(operation))
    }

    /// Is there an operation for this?
    pub fn works_on(&self, material: Material) -> bool {
        self.operations.iter().any(|operation| operation.probability > 0.0 && operation.kind.material() == material)
    }
}

fn operation(number: usize, value: Value) -> Result<Operation, GenerateError> {
    let place = format!("operation {number}");
    let Value::Object(mut map) = value else {
        return Err(GenerateError::recipe(place, "it is a table with `op` and parameters"));
    };
    let Some(Value::String(name)) = map.remove("op") else {
        let message = format!("it needs `op`, the name of an operation; there are: {}", OPERATIONS.join(", "));
        return Err(GenerateError::recipe(place, message));
    };
    let probability = map.remove("probability").unwrap_or(Value::from(1.0));
    let place = format!("{place} ({name})");
    let probability = probability.as_f64().filter(|share| (0.0..=1.0).contains(share)).ok_or_else(|| {
        GenerateError::recipe(format!("{place}, probability"), format!("{probability} is no number from 0 to 1"))
    })?;
    let kind = Kind::read(&place, &name, Value::Object(map))?;
    Ok(Operation { probability, kind })
}

/// The text as a tree, whichever of the two it is.
pub(crate) fn document(text: &str) -> Result<Value, GenerateError> {
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(text).map_err(|error| GenerateError::Malformed(error.to_string()));
    }
    toml::from_str(text).map_err(|error| GenerateError::Malformed(error.to_string().trim().to_owned()))
}

/// Reads parameters and checks them; serde's complaint about an unknown key lists the known ones.
pub(crate) fn parameters<T: DeserializeOwned + Check>(place: &str, value: Value) -> Result<T, GenerateError> {
    let read: T = serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let place = if path == "." { place.to_owned() } else { format!("{place}, {path}") };
        GenerateError::recipe(place, error.inner().to_string())
    })?;
    read.check().map_err(|(field, message)| GenerateError::recipe(format!("{place}, {field}"), message))?;
    Ok(read)
}

impl Check for Document {}

/// A name that nobody knows, with the known ones.
pub(crate) fn unknown(place: &str, what: &str, name: &str, known: &[&str]) -> GenerateError {
    GenerateError::recipe(place, format!("no {what} is named {name:?}; there are: {}", known.join(", ")))
}
