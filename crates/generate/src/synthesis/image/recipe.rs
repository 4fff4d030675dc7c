//! Recipes of scenes.

use crate::{
    GenerateError,
    picture::{Coding, fits},
    recipe::{Check, Range, document, parameters, within},
};
use labelwright_core::GeometryKind;
use serde::Deserialize;

type Checked = Result<(), (&'static str, String)>;

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SceneRecipe {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Things in a picture.
    #[serde(default = "count")]
    pub(super) count: Range,
    /// `mask`, `box`, or both.
    #[serde(default = "masks")]
    pub(super) geometry: Vec<GeometryKind>,
    /// Colours of which one is drawn.
    #[serde(default = "greys")]
    pub(super) background: Vec<[u8; 3]>,
    /// A folder of pictures, named from the recipe's folder; they go before colours.
    #[serde(default)]
    pub backgrounds: Option<String>,
    /// Deviation of noise over all.
    #[serde(default)]
    pub(super) grain: Option<Range>,
    /// Files of pictures are written as `png` (as they are) or `jpeg`.
    #[serde(default)]
    file: FileKind,
    #[serde(default)]
    pub(super) shape: Vec<Shape>,
    #[serde(default)]
    pub cutout: Vec<CutoutSource>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum FileKind {
    #[default]
    Png,
    Jpeg,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outline {
    Rectangle,
    Ellipse,
    /// Corners on an uneven circle.
    Polygon,
    Star,
}

/// A shape that is drawn.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    pub(super) class: String,
    pub outline: Outline,
    /// Its longest reach as a share of the picture's shorter side.
    #[serde(default = "size")]
    pub size: Range,
    /// Any colour when it is left out.
    #[serde(default)]
    pub colours: Vec<[u8; 3]>,
    #[serde(default = "one")]
    pub(super) weight: f64,
}

/// Pictures with transparency that are put into scenes.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CutoutSource {
    /// Named from the recipe's folder.
    pub folder: String,
    /// When it is left out, the folder in which the picture lies.
    #[serde(default)]
    pub class: Option<String>,
    /// The longer side as a share of the picture's shorter side.
    #[serde(default = "size")]
    pub size: Range,
    /// Turned by so much.
    #[serde(default = "upright")]
    pub degrees: Range,
    /// Mirrored half of the time.
    #[serde(default)]
    pub flip: bool,
    #[serde(default = "one")]
    pub weight: f64,
}

pub(super) enum Thing<'a> {
    Shape(&'a Shape),
    Cutout(usize, &'a CutoutSource),
}

fn count() -> Range {
    Range::new(1.0, 6.0)
}

fn masks() -> Vec<GeometryKind> {
    vec![GeometryKind::Mask]
}

fn greys() -> Vec<[u8; 3]> {
    vec![[40; 3], [128; 3], [220; 3]]
}

fn size() -> Range {
    Range::new(0.1, 0.4)
}

fn upright() -> Range {
    Range::new(0.0, 0.0)
}

fn one() -> f64 {
    1.0
}

impl Check for SceneRecipe {
    fn check(&self) -> Checked {
        if !fits(u64::from(self.width), u64::from(self.height)) {
            let message = format!("{} x {} pixels are no picture; a side has 1 to 32768", self.width, self.height);
            return Err(("width", message));
        }
        within("count", self.count, 0.0, 10_000.0)?;
        let known = |kind: &GeometryKind| matches!(kind, GeometryKind::Box | GeometryKind::Mask);
        if self.geometry.is_empty() || self.geometry.len() > 2 || !self.geometry.iter().all(known) {
            return Err(("geometry", "a list of box, mask, or both".into()));
        }
        if self.background.is_empty() {
            return Err(("background", "at least one colour is needed".into()));
        }
        for shape in &self.shape {
            within("shape, size", shape.size, 0.001, 4.0)?;
        }
        for own in &self.cutout {
            within("cutout, size", own.size, 0.001, 4.0)?;
            within("cutout, degrees", own.degrees, -360.0, 360.0)?;
        }
        let weights = || self.shape.iter().map(|own| own.weight).chain(self.cutout.iter().map(|own| own.weight));
        let good = weights().all(|weight| weight.is_finite() && weight >= 0.0);
        if !good || weights().sum::<f64>() <= 0.0 {
            let message =
                "at least one [[shape]] or [[cutout]] is needed; weights are numbers from 0 up, one of them above 0";
            return Err(("shape", message.into()));
        }
        Ok(())
    }
}

impl SceneRecipe {
    /// # Errors
    /// With the place and the way out.
    pub fn parse(recipe: &str) -> Result<Self, GenerateError> {
        parameters("the recipe", document(recipe)?)
    }

    pub fn coding(&self) -> Coding {
        match self.file {
            FileKind::Png => Coding::Png,
            FileKind::Jpeg => Coding::Jpeg,
        }
    }

    /// In the order of their weights.
    pub(super) fn things(&self) -> impl Iterator<Item = Thing<'_>> {
        let cutouts = self.cutout.iter().enumerate().map(|(at, own)| Thing::Cutout(at, own));
        self.shape.iter().map(Thing::Shape).chain(cutouts)
    }
}
