//! Children of items by a recipe. A child carries its parents' keys, the operations with the numbers drawn, and how much
//! of each region is still to be seen.

mod combine;
mod draws;
mod labels;
mod pictures;
mod series;
mod several;
mod sounds;
mod texts;
mod times;

pub use labels::{Classes, Sourced};
pub use pictures::{Partner, PictureItem, augment_picture};
pub use series::{SeriesItem, augment_series};
pub use sounds::{SoundItem, Sounds, augment_sound};
pub use texts::{Rewrite, augment_text};

use crate::{
    Random,
    recipe::{Material, Recipe},
};
use serde_json::Value;
use std::collections::BTreeMap;

/// Where a child comes from, and what happened to its labels.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lineage {
    /// Keys of the items that it was made from, the first one first.
    pub parents: Vec<String>,
    pub operations: Vec<Value>,
    /// Regions that are not wholly to be seen any more: the share by `answer source/region id`.
    pub visibility: BTreeMap<String, f64>,
    /// What was left out or loosened, by its code.
    pub notes: BTreeMap<&'static str, u64>,
}

impl Lineage {
    fn note(&mut self, code: &'static str, count: u64) {
        if count > 0 {
            *self.notes.entry(code).or_default() += count;
        }
    }
}

/// Which operations of the recipe are done this time. Where chance chooses none, one is chosen in proportion to the
/// probabilities: a child is never a mere copy.
fn chosen(recipe: &Recipe, material: Material, random: &mut Random) -> Vec<usize> {
    let fitting: Vec<usize> =
        (0..recipe.operations.len()).filter(|at| recipe.operations[*at].kind.material() == material).collect();
    let drawn: Vec<usize> =
        fitting.iter().copied().filter(|at| random.chance(recipe.operations[*at].probability)).collect();
    if !drawn.is_empty() || fitting.is_empty() {
        return drawn;
    }
    let weights: Vec<f64> = fitting.iter().map(|at| recipe.operations[*at].probability).collect();
    if weights.iter().all(|weight| *weight == 0.0) {
        return Vec::new();
    }
    vec![fitting[random.weighted(&weights)]]
}
