//! What pictures share whose pixels say a class and which of its objects: a class's number times a base, plus the number
//! of the object.

use super::Canvas;
use crate::{loss::Losses, record::ExportItem};
use labelwright_core::Region;
use std::collections::HashMap;

/// The numbers of an item's pixels. `class` gives the number of a class, and whether its objects are counted; what is
/// not counted becomes one region a class.
pub(super) fn pixels(
    item: &ExportItem,
    canvas: &Canvas,
    base: u32,
    losses: &Losses,
    class: impl Fn(&Region) -> (u32, bool),
) -> Vec<u32> {
    let mut counts: HashMap<u32, u32> = HashMap::new();
    let of_region: Vec<u32> = item
        .regions()
        .map(|region| {
            let (number, counted) = class(region);
            let count = counts.entry(number).or_default();
            *count += 1;
            if !counted {
                if *count == 2 {
                    losses.add("overlap", "regions of one class in a picture become one", &item.key);
                }
                return number;
            }
            if *count > base {
                losses.add("overlap", "a class has more objects in a picture than there are numbers", &item.key);
            }
            number * base + (*count - 1).min(base - 1)
        })
        .collect();
    canvas.map(0, |region| of_region.get(region).copied().unwrap_or(0))
}
