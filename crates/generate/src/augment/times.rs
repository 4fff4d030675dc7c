//! Answers on something that lasts, under a change of its time or of its pitch. Intervals and points are ticks; a point is
//! an interval of one tick of the clock that its labels came with, or lies in `Points` with ticks across.

use super::{
    Classes, Lineage, Sourced,
    labels::{name, without_ends},
};
use crate::timeline::Timeline;
use labelwright_core::{Geometry, Region, Target, Value, geometry::Interval};
use std::ops::Range;

/// Attributes that hold the band of frequencies of a region, in hertz.
const BAND: [&str; 2] = ["low_hz", "high_hz"];

/// What of a region is left.
enum Left {
    /// With the share of it.
    Part(Geometry, f64),
    Nothing,
}

/// Moves all regions. Those of which less than `least` is left are dropped with their relations. What somebody wrote about
/// a recording, or a region, that is cut is not what is heard any more: it is left out. `unit` is the length of a point.
pub fn moved(
    answers: &mut [Sourced],
    line: &Timeline,
    unit: i64,
    classes: &Classes,
    least: f64,
    lineage: &mut Lineage,
) {
    for Sourced { source, answer } in answers {
        let (mut dropped, mut unsaid) = (0, 0);
        answer.regions.retain_mut(|region| {
            if !is_timed(region) {
                return true;
            }
            let name = name(source, &region.id);
            let (geometry, share) = match carried(&region.geometry, line, unit) {
                Left::Part(geometry, share) => (geometry, share),
                Left::Nothing => (region.geometry.clone(), 0.0),
            };
            let visible = share * lineage.visibility.get(&name).copied().unwrap_or(1.0);
            if share <= 0.0 || visible < least {
                lineage.visibility.remove(&name);
                dropped += 1;
                return false;
            }
            if visible < 1.0 - 1e-9 {
                lineage.visibility.insert(name, visible);
            }
            if share < 1.0 - 1e-9 {
                let (class, before) = (region.class.clone(), region.attributes.len());
                region.attributes.retain(|attribute, _| !classes.is_text_of(&class, attribute));
                unsaid += (before - region.attributes.len()) as u64;
            }
            region.geometry = geometry;
            true
        });
        if line.cuts() {
            let before = answer.fields.len();
            answer.fields.retain(|field, _| !classes.is_text(field));
            unsaid += (before - answer.fields.len()) as u64;
        }
        lineage.note("region_out_of_sight", dropped);
        lineage.note("text_of_what_is_cut", unsaid);
        lineage.note("relation_without_region", without_ends(answer));
    }
}

/// Does time place the region?
fn is_timed(region: &Region) -> bool {
    matches!(region.target, Target::Item | Target::Channel(_))
        && matches!(region.geometry, Geometry::Interval(_) | Geometry::Points(_))
}

fn carried(geometry: &Geometry, line: &Timeline, unit: i64) -> Left {
    let length = line.length();
    match geometry {
        Geometry::Interval(Interval { start, end }) if end - start <= unit => {
            let at = line.at(*start);
            if !(0..length).contains(&at) {
                return Left::Nothing;
            }
            let end = (at + (end - start)).min(length);
            Left::Part(Geometry::Interval(Interval { start: at, end }), 1.0)
        }
        Geometry::Interval(Interval { start, end }) => {
            let (start, end) = (line.at(*start), line.at(*end));
            // What became shorter than a tick is one tick.
            let end = end.max(start + 1);
            let (from, to) = (start.max(0), end.min(length));
            if from >= to {
                return Left::Nothing;
            }
            let share = (to - from) as f64 / (end - start) as f64;
            Left::Part(Geometry::Interval(Interval { start: from, end: to }), share)
        }
        Geometry::Points(points) => {
            let all = points.points.len();
            let mut kept = points.clone();
            kept.points.iter_mut().for_each(|point| point[0] = line.at_moment(point[0]));
            kept.points.retain(|point| point[0] >= 0.0 && point[0] <= length as f64);
            if kept.points.is_empty() {
                return Left::Nothing;
            }
            let share = kept.points.len() as f64 / all as f64;
            Left::Part(Geometry::Points(kept), share)
        }
        other => Left::Part(other.clone(), 1.0),
    }
}

/// Labels in a finer clock: every tick becomes `factor` of them.
pub fn refine(answers: &mut [Sourced], factor: i64) {
    for region in regions(answers) {
        match &mut region.geometry {
            Geometry::Interval(interval) => {
                interval.start = interval.start.saturating_mul(factor);
                interval.end = interval.end.saturating_mul(factor);
            }
            Geometry::Points(points) => points.points.iter_mut().for_each(|point| point[0] *= factor as f64),
            _ => {}
        }
    }
}

/// Bands of frequency under a change of pitch: times `factor`, and cut at half of the sample rate. A region whose band
/// leaves what can be heard is dropped.
pub fn pitched(answers: &mut [Sourced], factor: f64, rate: u32, lineage: &mut Lineage) {
    let most = f64::from(rate) / 2.0;
    for Sourced { source, answer } in answers {
        let (mut dropped, mut cut) = (0, 0);
        answer.regions.retain_mut(|region| {
            if !is_timed(region) {
                return true;
            }
            for name in BAND {
                if let Some(Value::Number(hertz)) = region.attributes.get_mut(name) {
                    *hertz *= factor;
                    if *hertz > most && name == BAND[1] {
                        *hertz = most;
                        cut += 1;
                    }
                }
            }
            let is_out = matches!(region.attributes.get(BAND[0]), Some(Value::Number(low)) if *low >= most);
            if is_out {
                lineage.visibility.remove(&name(source, &region.id));
                dropped += 1;
            }
            !is_out
        });
        lineage.note("region_out_of_sight", dropped);
        lineage.note("band_cut", cut);
        lineage.note("relation_without_region", without_ends(answer));
    }
}

/// Tells how much of each region is hidden by stretches of time, in ticks.
pub fn hidden_times(answers: &[Sourced], ranges: &[Range<i64>], lineage: &mut Lineage) {
    hide(answers, lineage, |region| match &region.geometry {
        Geometry::Interval(Interval { start, end }) => {
            Some((*start as f64..*end as f64, apart(ranges.iter().map(|range| range.start as f64..range.end as f64))))
        }
        _ => None,
    });
}

/// Tells how much of each region's own band is hidden by bands, in hertz.
pub fn hidden_bands(answers: &[Sourced], bands: &[Range<f64>], rate: u32, lineage: &mut Lineage) {
    hide(answers, lineage, |region| {
        let number = |name: &str| match region.attributes.get(name) {
            Some(Value::Number(hertz)) => Some(*hertz),
            _ => None,
        };
        let (low, high) = (number(BAND[0]), number(BAND[1]));
        if low.is_none() && high.is_none() {
            return None;
        }
        let own = low.unwrap_or(0.0)..high.unwrap_or(f64::from(rate) / 2.0);
        Some((own, apart(bands.iter().cloned())))
    });
}

/// What several ranges cover together, as ranges that do not overlap.
fn apart(ranges: impl Iterator<Item = Range<f64>>) -> Vec<Range<f64>> {
    let mut sorted: Vec<Range<f64>> = ranges.collect();
    sorted.sort_by(|a, b| a.start.total_cmp(&b.start));
    let mut found: Vec<Range<f64>> = Vec::new();
    for range in sorted {
        match found.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => found.push(range),
        }
    }
    found
}

type Covered = (Range<f64>, Vec<Range<f64>>);

fn hide(answers: &[Sourced], lineage: &mut Lineage, covered: impl Fn(&Region) -> Option<Covered>) {
    for Sourced { source, answer } in answers {
        for region in answer.regions.iter().filter(|region| is_timed(region)) {
            let Some((own, hidden)) = covered(region) else { continue };
            let whole = own.end - own.start;
            let gone: f64 =
                hidden.iter().map(|range| (range.end.min(own.end) - range.start.max(own.start)).max(0.0)).sum();
            if whole > 0.0 && gone > 0.0 {
                let visible = lineage.visibility.entry(name(source, &region.id)).or_insert(1.0);
                *visible *= 1.0 - gone / whole;
            }
        }
    }
}

fn regions(answers: &mut [Sourced]) -> impl Iterator<Item = &mut Region> {
    answers.iter_mut().flat_map(|own| &mut own.answer.regions).filter(|region| is_timed(region))
}
