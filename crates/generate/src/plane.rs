//! Moving labels with the picture that they lie on. The pixel rule: pixel (i, j) covers [i, i+1) x [j, j+1), so that its
//! centre is (i + 0.5, j + 0.5); maps take continuous coordinates to continuous coordinates, and a pixel of a new picture
//! takes what the old one has at the place that its centre comes from. Flips, quarter turns and crops are exact.

mod carry;
mod cut;
mod map;
mod raster;
mod round;
mod sides;
mod step;

pub use carry::{Carried, carry};
pub use cut::{disjoint, hidden};
pub use map::Map;
pub use raster::carry_mask;
pub(crate) use raster::steps_within;
pub use sides::Sides;
pub use step::Step;
