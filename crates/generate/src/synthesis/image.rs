//! Pictures of things that are known to the pixel: drawn shapes, and cut-outs with transparency, put over each other. A
//! thing's mask is what of it is to be seen: what lies over it is taken away. Its box is the box of that mask.

mod figure;
mod recipe;

pub use recipe::{CutoutSource, SceneRecipe};

use super::schema::schema;
use crate::{
    Random,
    picture::{Fill, Picture, gaussian, warp},
    plane::Step,
};
use figure::{Layer, cutout, drawn};
use labelwright_core::{
    Answer, Geometry, GeometryKind, LabelSchema, Modality, Region, Target,
    geometry::{BoxShape, Mask},
};
use recipe::Thing;
use std::collections::BTreeMap;

/// Pictures that a recipe names. Of cut-outs one list for each entry of the recipe, each with its class.
#[derive(Debug, Clone, Default)]
pub struct Assets {
    pub backgrounds: Vec<Picture>,
    pub cutouts: Vec<Vec<(String, Picture)>>,
}

/// A picture with its labels.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    pub picture: Picture,
    pub answer: Answer,
    /// Regions that something lies over: the share that is to be seen.
    pub visibility: BTreeMap<String, f64>,
}

/// Nothing is there.
const NOBODY: u32 = u32::MAX;

impl SceneRecipe {
    pub fn schema(&self, assets: &Assets) -> LabelSchema {
        let shapes = self.shape.iter().map(|shape| shape.class.as_str());
        let cutouts = assets.cutouts.iter().flatten().map(|(class, _)| class.as_str());
        schema(Modality::Image, shapes.chain(cutouts), &self.geometry, Vec::new())
    }

    pub fn make(&self, assets: &Assets, random: &mut Random) -> Scene {
        let [width, height] = [self.width, self.height];
        let mut picture = self.background(assets, random);
        // Who is on top at each pixel, column by column as masks are.
        let mut owners = vec![NOBODY; width as usize * height as usize];
        let mut things: Vec<(String, u64)> = Vec::new();
        for _ in 0..self.count.draw_count(random) {
            let Some((class, layer)) = self.thing(assets, random) else { continue };
            let number = things.len() as u32;
            let mut pixels = 0;
            for spot in &layer.spots {
                let pixel = (spot.y as usize * width as usize + spot.x as usize) * 3;
                for (old, new) in picture.pixels[pixel..pixel + 3].iter_mut().zip(spot.colour) {
                    *old = (f64::from(*old) + (f64::from(new) - f64::from(*old)) * spot.alpha).round() as u8;
                }
                if spot.alpha >= 0.5 {
                    owners[spot.x as usize * height as usize + spot.y as usize] = number;
                    pixels += 1;
                }
            }
            things.push((class, pixels));
        }
        if let Some(grain) = self.grain {
            gaussian(&mut picture, grain.draw(random), random);
        }
        let (answer, visibility) = self.labels(&owners, things);
        Scene { picture, answer, visibility }
    }

    fn labels(&self, owners: &[u32], things: Vec<(String, u64)>) -> (Answer, BTreeMap<String, f64>) {
        let (mut answer, mut visibility) = (Answer::default(), BTreeMap::new());
        let mut lit = vec![0_u8; owners.len()];
        for (number, (class, pixels)) in things.into_iter().enumerate() {
            lit.iter_mut().zip(owners).for_each(|(bit, owner)| *bit = u8::from(*owner == number as u32));
            let mask = Mask::from_bytes(self.width, self.height, &lit);
            let Some(bounds) = mask.bounds() else { continue };
            let share = mask.area() as f64 / pixels as f64;
            for kind in &self.geometry {
                let (geometry, name) = match kind {
                    GeometryKind::Box => (Geometry::Box(BoxShape::from_bounds(bounds)), "box"),
                    _ => (Geometry::Mask(mask.clone()), "mask"),
                };
                let id = match self.geometry.len() {
                    1 => format!("t{}", number + 1),
                    _ => format!("t{}-{name}", number + 1),
                };
                if share < 1.0 {
                    visibility.insert(id.clone(), share);
                }
                let (class, attributes) = (class.clone(), BTreeMap::new());
                answer.regions.push(Region { id, target: Target::Item, geometry, class, attributes, score: None });
            }
        }
        (answer, visibility)
    }

    /// One of the pictures, scaled to cover, or one of the colours.
    fn background(&self, assets: &Assets, random: &mut Random) -> Picture {
        let size = [self.width, self.height];
        if let Some(own) = random.pick(&assets.backgrounds) {
            let [w, h] = own.size().map(f64::from);
            let scale = (f64::from(size[0]) / w).max(f64::from(size[1]) / h);
            let wide = [w, h].map(|side| (side * scale).ceil().max(1.0) as u32);
            let wide = [wide[0].max(size[0]), wide[1].max(size[1])];
            let [left, top] = [0, 1].map(|axis| random.below((wide[axis] - size[axis]) as usize + 1) as u32);
            let covering = warp(own, &Step::resize(own.size(), wide), Fill::Edge);
            let cut = covering.and_then(|covering| warp(&covering, &Step::crop(wide, left, top, size), Fill::Edge));
            if let Some(cut) = cut {
                return cut.with_channels(3);
            }
        }
        let colour = random.pick(&self.background).copied().unwrap_or([128; 3]);
        Picture::plain(size[0], size[1], 3, colour)
    }

    fn thing(&self, assets: &Assets, random: &mut Random) -> Option<(String, Layer)> {
        let weights: Vec<f64> =
            self.shape.iter().map(|shape| shape.weight).chain(self.cutout.iter().map(|own| own.weight)).collect();
        let size = [self.width, self.height];
        match self.things().nth(random.weighted(&weights))? {
            Thing::Shape(shape) => Some((shape.class.clone(), drawn(shape, size, random))),
            Thing::Cutout(at, own) => {
                let (class, picture) = random.pick(assets.cutouts.get(at)?)?;
                Some((class.clone(), cutout(own, picture, size, random)))
            }
        }
    }
}
