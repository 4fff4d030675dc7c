//! One shape out of several of the same thing.

use super::methods::Form;
use crate::{
    matching::Similarity,
    regions::{
        keypoints,
        masks::{self, DifferentSizes, MaskResult, MaskVotes},
        median, polygons,
    },
};
use labelwright_core::{
    Geometry, Region,
    geometry::{Bounds, BoxShape, Interval, Keypoints, Span},
};

/// By the method of that name where it is for this form; else, and for shapes of different kinds, by the default one
/// or the medoid. None for no members.
pub fn merge(method: Option<&str>, members: &[&Region]) -> Option<Geometry> {
    let first = members.first()?;
    let form = Form::of_geometry(first.geometry.kind());
    let method = method.filter(|id| form.has_method(id)).unwrap_or(form.default_method().0);
    let shapes: Vec<&Geometry> = members.iter().map(|member| &member.geometry).collect();
    let merged = match method {
        "cluster-median" if form == Form::Box => edges(members, |values, _| median(values.iter().copied())),
        "weighted-fusion" => edges(members, |values, weights| {
            Some(values.iter().zip(weights).map(|(value, weight)| value * weight).sum())
        }),
        "cluster-median" if form == Form::Interval => interval(&shapes),
        "cluster-median" => span(&shapes, lower_median),
        "cluster-mode" => span(&shapes, mode),
        "joint-median" => joints(&shapes),
        "majority" => mask(&shapes, masks::majority),
        "rasa" => mask(&shapes, masks::rasa),
        "em" => mask(&shapes, masks::em),
        _ => None,
    };
    merged.or_else(|| {
        let (at, _) = polygons::medoid(&shapes, &Similarity::default())?;
        shapes.get(at).map(|shape| (*shape).clone())
    })
}

/// Each edge of boxes by itself; weights are the scores, of sum 1 (people count 1).
fn edges(members: &[&Region], settle: impl Fn(&[f64], &[f64]) -> Option<f64>) -> Option<Geometry> {
    let corners = |member: &&Region| match &member.geometry {
        Geometry::Box(shape) => {
            let bounds = shape.bounds();
            Some(([bounds.left, bounds.top, bounds.right, bounds.bottom], member.score.unwrap_or(1.0).max(1e-9)))
        }
        _ => None,
    };
    let mut all: Vec<([f64; 4], f64)> = members.iter().map(corners).collect::<Option<_>>()?;
    // By content, so that sums do not depend on who comes first.
    all.sort_by(|a, b| {
        let mut orders = a.0.iter().zip(&b.0).map(|(x, y)| x.total_cmp(y));
        orders.find(|order| order.is_ne()).unwrap_or(a.1.total_cmp(&b.1))
    });
    let total: f64 = all.iter().map(|(_, weight)| weight).sum();
    let weights: Vec<f64> = all.iter().map(|(_, weight)| weight / total).collect();
    let edge = |place: usize| settle(&all.iter().map(|(own, _)| own[place]).collect::<Vec<f64>>(), &weights);
    Some(Geometry::Box(BoxShape::from_bounds(Bounds::new(edge(0)?, edge(1)?, edge(2)?, edge(3)?))))
}

fn lower_median(sorted: &[i64]) -> Option<i64> {
    sorted.get(sorted.len().checked_sub(1)? / 2).copied()
}

/// The lower median where several are as frequent.
fn mode(sorted: &[i64]) -> Option<i64> {
    let most = sorted.chunk_by(|a, b| a == b).map(<[i64]>::len).max()?;
    let mut frequent = sorted.chunk_by(|a, b| a == b).filter(|run| run.len() == most);
    let first = frequent.next()?.first().copied();
    if frequent.next().is_some() { lower_median(sorted) } else { first }
}

fn ends(all: impl Iterator<Item = i64>, settle: impl Fn(&[i64]) -> Option<i64>) -> Option<i64> {
    let mut values: Vec<i64> = all.collect();
    values.sort_unstable();
    settle(&values)
}

/// None for spans in pieces.
fn span(shapes: &[&Geometry], settle: impl Fn(&[i64]) -> Option<i64>) -> Option<Geometry> {
    let range = |shape: &&Geometry| match shape {
        Geometry::Span(Span { ranges }) if ranges.len() == 1 => ranges.first().copied(),
        _ => None,
    };
    let ranges: Vec<[u32; 2]> = shapes.iter().map(range).collect::<Option<_>>()?;
    let end = |side: usize| ends(ranges.iter().map(|range| i64::from(range[side])), &settle);
    let (start, stop) = (u32::try_from(end(0)?).ok()?, u32::try_from(end(1)?).ok()?);
    (start < stop).then(|| Geometry::Span(Span::new(start, stop)))
}

fn interval(shapes: &[&Geometry]) -> Option<Geometry> {
    let own = |shape: &&Geometry| match shape {
        Geometry::Interval(interval) => Some((interval.start, interval.end)),
        _ => None,
    };
    let all: Vec<(i64, i64)> = shapes.iter().map(own).collect::<Option<_>>()?;
    let start = ends(all.iter().map(|own| own.0), lower_median)?;
    let end = ends(all.iter().map(|own| own.1), lower_median)?;
    (start < end).then_some(Geometry::Interval(Interval { start, end }))
}

fn joints(shapes: &[&Geometry]) -> Option<Geometry> {
    let own = |shape: &&'_ Geometry| match shape {
        Geometry::Keypoints(keypoints) => Some(keypoints.clone()),
        _ => None,
    };
    let all: Vec<Keypoints> = shapes.iter().map(own).collect::<Option<_>>()?;
    keypoints::fuse(&all.iter().collect::<Vec<_>>()).map(|found| Geometry::Keypoints(found.keypoints))
}

/// None where nothing would be left.
fn mask(shapes: &[&Geometry], settle: impl Fn(&MaskVotes) -> Result<MaskResult, DifferentSizes>) -> Option<Geometry> {
    let own = |shape: &&Geometry| match shape {
        Geometry::Mask(mask) => Some(mask.clone()),
        _ => None,
    };
    let masks: Vec<_> = shapes.iter().map(own).collect::<Option<_>>()?;
    let votes = MaskVotes { sources: (0..masks.len() as u32).collect(), masks };
    let found = settle(&votes).ok()?;
    (found.mask.area() > 0).then_some(Geometry::Mask(found.mask))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn merged(method: Option<&str>, shapes: &[&str]) -> String {
        let region = |shape: &&str| -> Region {
            serde_json::from_str(&format!(r#"{{"id":"r","class":"c","geometry":{shape}}}"#)).unwrap()
        };
        let regions: Vec<Region> = shapes.iter().map(region).collect();
        let mut members: Vec<&Region> = regions.iter().collect();
        let found = merge(method, &members).unwrap();
        members.reverse();
        assert_eq!(Some(&found), merge(method, &members).as_ref(), "order must not matter");
        serde_json::to_string(&found).unwrap()
    }

    #[test]
    fn boxes_by_median_and_by_mean() {
        // Quarters are exact in binary.
        let boxes = [0, 2, 10, 20].map(|x| format!(r#"{{"type":"box","x":{x},"y":0,"width":10,"height":4}}"#));
        let boxes = boxes.each_ref().map(String::as_str);
        assert!(merged(None, &boxes).contains(r#""x":6.0"#));
        assert!(merged(Some("weighted-fusion"), &boxes).contains(r#""x":8.0"#));
        // A method for spans says nothing about boxes.
        assert_eq!(merged(Some("cluster-mode"), &boxes), merged(None, &boxes));
    }

    #[test]
    fn ends_of_spans_are_those_that_somebody_chose() {
        let spans = [[0, 5], [0, 7], [2, 7], [1, 7]].map(|[s, e]| format!(r#"{{"type":"span","ranges":[[{s},{e}]]}}"#));
        let spans = spans.each_ref().map(String::as_str);
        assert!(merged(None, &spans).contains("[[0,7]]"));
        assert!(merged(Some("cluster-median"), &spans).contains("[[0,7]]"));
        assert!(merged(None, &spans[1..]).contains("[[1,7]]"));
    }

    #[test]
    fn masks_pixel_by_pixel() {
        let masks = [[1, 4, 1], [2, 4, 0], [0, 4, 2]].map(|[before, on, after]| {
            format!(r#"{{"type":"mask","width":6,"height":1,"counts":[{before},{on},{after}]}}"#)
        });
        let masks = masks.each_ref().map(String::as_str);
        for method in ["majority", "rasa", "em"] {
            assert!(merged(Some(method), &masks).contains("[1,4,1]"), "{method}: {}", merged(Some(method), &masks));
        }
    }
}
