//! Masks as polygons: the outline runs along the borders of the pixels, so that the polygon covers exactly the pixels
//! of the mask (even-odd). Rings are joined into parts with holes where the polygon's user needs them.

use labelwright_core::geometry::{Mask, Point, Polygon, PolygonPart, plane};
use std::collections::BTreeMap;

/// None for an empty mask.
pub(crate) fn polygon_of(mask: &Mask) -> Option<Polygon> {
    let rings = rings_of(mask);
    // Rings around foreground have a positive area, those around holes a negative one.
    let (outer, holes): (Vec<_>, Vec<_>) = rings.into_iter().partition(|ring| plane::signed_area(ring) > 0.0);
    let mut parts: Vec<PolygonPart> = outer.into_iter().map(|outer| PolygonPart { outer, holes: Vec::new() }).collect();
    for hole in holes {
        let [x, y] = hole[0];
        // A point in the hole beside its first corner; the smallest part around it owns the hole.
        let around = |part: &&mut PolygonPart| inside(&part.outer, [x, y], &hole);
        let owner = parts
            .iter_mut()
            .filter(around)
            .min_by(|a, b| plane::signed_area(&a.outer).total_cmp(&plane::signed_area(&b.outer)));
        if let Some(owner) = owner {
            owner.holes.push(hole);
        }
    }
    (!parts.is_empty()).then_some(Polygon { parts })
}

/// Is the hole within the ring? Both run along pixel borders, so the middle of one of the hole's pixels decides.
fn inside(ring: &[Point], [x, y]: Point, hole: &[Point]) -> bool {
    let centre = [[0.5, 0.5], [-0.5, 0.5], [0.5, -0.5], [-0.5, -0.5]].map(|[dx, dy]| [x + dx, y + dy]);
    let probe = centre.into_iter().find(|point| crosses(hole, *point));
    probe.is_some_and(|point| crosses(ring, point))
}

fn crosses(ring: &[Point], [x, y]: Point) -> bool {
    let mut within = false;
    for (from, to) in ring.iter().zip(ring.iter().cycle().skip(1)) {
        if (from[1] > y) != (to[1] > y) && x < from[0] + (to[0] - from[0]) * (y - from[1]) / (to[1] - from[1]) {
            within = !within;
        }
    }
    within
}

/// Follows the borders with foreground to their right (screen coordinates, y down). Where two pixels touch at a corner
/// only, the walk keeps to the pixel it came from: foreground is 4-connected.
fn rings_of(mask: &Mask) -> Vec<Vec<Point>> {
    let (width, height) = (i64::from(mask.width), i64::from(mask.height));
    let mut pixels = vec![false; (width * height) as usize];
    let mut at = 0_usize;
    for (index, count) in mask.counts.iter().enumerate() {
        let end = (at + *count as usize).min(pixels.len());
        if index % 2 == 1 {
            pixels[at..end].fill(true);
        }
        at = end;
    }
    let set = |x: i64, y: i64| (0..width).contains(&x) && (0..height).contains(&y) && pixels[(x * height + y) as usize];
    // Borders by their start: direction 0 right, 1 down, 2 left, 3 up.
    let mut borders: BTreeMap<(i64, i64), [bool; 4]> = BTreeMap::new();
    for x in 0..width {
        for y in (0..height).filter(|y| pixels[(x * height + y) as usize]) {
            let mut add = |from: (i64, i64), direction: usize| borders.entry(from).or_default()[direction] = true;
            if !set(x, y - 1) {
                add((x, y), 0);
            }
            if !set(x + 1, y) {
                add((x + 1, y), 1);
            }
            if !set(x, y + 1) {
                add((x + 1, y + 1), 2);
            }
            if !set(x - 1, y) {
                add((x, y + 1), 3);
            }
        }
    }
    let mut rings = Vec::new();
    while let Some((start, directions)) = borders.first_key_value().map(|(start, free)| (*start, *free)) {
        let Some(mut direction) = directions.iter().position(|free| *free) else {
            borders.remove(&start);
            continue;
        };
        let (mut ring, mut place) = (Vec::new(), start);
        let mut last = None;
        while let Some(free) = borders.get_mut(&place) {
            free[direction] = false;
            if !free.iter().any(|free| *free) {
                borders.remove(&place);
            }
            if last != Some(direction) {
                ring.push([place.0 as f64, place.1 as f64]);
            }
            last = Some(direction);
            let [dx, dy] = [[1, 0], [0, 1], [-1, 0], [0, -1]][direction];
            place = (place.0 + dx, place.1 + dy);
            let Some(free) = borders.get(&place) else { break };
            // Right first, then straight on, then left.
            let Some(turn) = [1, 0, 3].into_iter().find(|turn| free[(direction + turn) % 4]) else { break };
            direction = (direction + turn) % 4;
        }
        if ring.len() > 2 {
            rings.push(ring);
        }
    }
    rings
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_outline_covers_exactly_the_pixels(width in 1..9_u32, height in 1..7_u32, bits in any::<u64>()) {
            let mask = Mask::from_pixels(width, height, (0..width * height).map(|at| bits >> at & 1 == 1));
            match polygon_of(&mask) {
                None => prop_assert_eq!(mask.area(), 0),
                Some(polygon) => {
                    prop_assert_eq!(Mask::of_rings(&polygon.rings(), width, height), mask.clone());
                    let holes: usize = polygon.parts.iter().map(|part| part.holes.len()).sum();
                    prop_assert_eq!(polygon.parts.len() + holes, rings_of(&mask).len(), "every hole has an owner");
                }
            }
        }
    }

    #[test]
    fn a_ring_with_a_hole_is_one_part() {
        let full = (0..25).map(|at| !(at == 12 || at == 13));
        let polygon = polygon_of(&Mask::from_pixels(5, 5, full)).unwrap();
        assert_eq!((polygon.parts.len(), polygon.parts[0].holes.len()), (1, 1));
        assert_eq!(polygon.parts[0].outer, [[0.0, 0.0], [5.0, 0.0], [5.0, 5.0], [0.0, 5.0]]);
        assert_eq!(polygon.parts[0].holes[0].len(), 4);
    }
}
