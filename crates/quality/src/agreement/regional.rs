//! Agreement over what was drawn or written, by kind and name: from here the command's choices come.

use super::{
    coefficient::Coefficient,
    pooled, shapes,
    span_f1::{self, SpanMatching, Stretch},
    transcripts,
};
use crate::{matching::match_regions, regions::RegionKind, statistics::bootstrap::Plan};
use labelwright_core::{Region, geometry::Mask};
use std::collections::{BTreeMap, BTreeSet};

pub struct Regional {
    pub kind: RegionKind,
    pub id: &'static str,
    pub title: &'static str,
    /// Source, and what is to be known.
    pub paper: &'static str,
}

const fn regional(kind: RegionKind, id: &'static str, title: &'static str, paper: &'static str) -> Regional {
    Regional { kind, id, title, paper }
}

/// The first of a kind is what is taken unless told.
pub const REGIONAL: &[Regional] = &[
    regional(RegionKind::Boxes, "f1", "F1 of boxes matched with the same label", "Hripcsak, Rothschild 2005"),
    regional(RegionKind::Boxes, "iou", "Overlap of matched boxes, unmatched 0", "Jaccard 1912"),
    regional(RegionKind::Boxes, "alpha", "The same overlap corrected for chance", "Braylan, Alonso, Lease 2022"),
    regional(RegionKind::Masks, "dice", "Dice", "Dice 1945"),
    regional(RegionKind::Masks, "iou", "Intersection over union", "Jaccard 1912"),
    regional(
        RegionKind::Masks,
        "hausdorff",
        "Hausdorff distance of outlines in pixels, lower is better",
        "Hausdorff 1914",
    ),
    regional(RegionKind::Masks, "alpha", "Dice corrected for chance", "Braylan, Alonso, Lease 2022"),
    regional(
        RegionKind::Spans,
        "span-f1-exact",
        "F1 of spans with the same ends and label",
        "Hripcsak, Rothschild 2005",
    ),
    regional(RegionKind::Spans, "span-f1-partial", "F1 with half credit for overlap", "SemEval-2013 task 9"),
    regional(RegionKind::Spans, "span-f1-token", "F1 of covered characters", "-"),
    regional(RegionKind::Spans, "alpha-u", "Alpha for unitizing, mean of the tasks", "Krippendorff 1995"),
    regional(
        RegionKind::Spans,
        "cu-alpha",
        "Alpha of categories of common stretches, mean of the tasks",
        "Krippendorff et al. 2016",
    ),
    regional(RegionKind::Spans, "gamma", "Gamma, mean of the tasks", "Mathet, Widlöcher, Métivier 2015"),
    regional(RegionKind::Intervals, "span-f1-token", "F1 of covered time", "-"),
    regional(
        RegionKind::Intervals,
        "span-f1-exact",
        "F1 of intervals with the same ends and label",
        "Hripcsak, Rothschild 2005",
    ),
    regional(RegionKind::Intervals, "span-f1-partial", "F1 with half credit for overlap", "SemEval-2013 task 9"),
    regional(RegionKind::Intervals, "alpha-u", "Alpha for unitizing, mean of the tasks", "Krippendorff 1995"),
    regional(
        RegionKind::Intervals,
        "cu-alpha",
        "Alpha of categories of common stretches, mean of the tasks",
        "Krippendorff et al. 2016",
    ),
    regional(RegionKind::Intervals, "gamma", "Gamma, mean of the tasks", "Mathet, Widlöcher, Métivier 2015"),
    regional(RegionKind::Intervals, "der", "Diarization error rate, lower is better", "NIST 2009"),
    regional(RegionKind::Intervals, "jer", "Jaccard error rate, lower is better", "Ryant et al. 2019"),
    regional(RegionKind::Texts, "wer", "Word error rate, lower is better", "Levenshtein 1966"),
    regional(RegionKind::Texts, "cer", "Character error rate, lower is better", "Levenshtein 1966"),
];

/// The measure of this name for the kind.
pub fn find(kind: RegionKind, id: &str) -> Option<&'static Regional> {
    REGIONAL.iter().find(|own| own.kind == kind && own.id == id)
}

/// Each task: its labelers with what they drew.
pub type Tasks<T> = [Vec<(u32, T)>];

/// Boxes as regions; `threshold` is the overlap from which two are the same. None for a name that is not of boxes.
pub fn boxes(tasks: &Tasks<Vec<Region>>, id: &str, threshold: f64, plan: Plan) -> Option<Coefficient> {
    let sizes = |one: &[Region], other: &[Region]| (one.len() + other.len()) as f64;
    let matched = |one: &[Region], other: &[Region], threshold: f64| {
        let (first, second): (Vec<&Region>, Vec<&Region>) = (one.iter().collect(), other.iter().collect());
        match_regions(&first, &second, threshold)
    };
    let overlap = |one: &Vec<Region>, other: &Vec<Region>| -> (f64, f64) {
        let pairs = matched(one, other, threshold).pairs;
        let sum: f64 = pairs.iter().filter(|pair| pair.same_class).map(|pair| pair.overlap).sum();
        (2.0 * sum, sizes(one, other))
    };
    let rule = |what: &str| {
        format!("{what}; boxes matched one to one from an overlap of {threshold}, same label first, unmatched 0")
    };
    Some(match id {
        "f1" => {
            let credit = |one: &Vec<Region>, other: &Vec<Region>| {
                let same = matched(one, other, threshold).pairs.iter().filter(|pair| pair.same_class).count();
                (2.0 * same as f64, sizes(one, other))
            };
            pooled::ratio(tasks, credit, plan, &rule("F1 pooled over pairs of labelers"))
        }
        "iou" => pooled::ratio(tasks, overlap, plan, &rule("mean overlap of boxes of the same label")),
        "alpha" => {
            let share = |one: &Vec<Region>, other: &Vec<Region>| {
                let (part, whole) = overlap(one, other);
                if whole > 0.0 { part / whole } else { 1.0 }
            };
            shapes::corrected(tasks, share, plan, &rule("alpha over 1 - mean overlap, chance from other items"))
        }
        _ => return None,
    })
}

/// A labeler's masks of one image: label and mask, one of each label.
pub type LabeledMasks = BTreeMap<u32, Mask>;

/// None for a name that is not of masks. Labels that neither has are not compared; one that only one has is 0.
pub fn masks(tasks: &Tasks<LabeledMasks>, id: &str, plan: Plan) -> Option<Coefficient> {
    let measure = |between: fn(&Mask, &Mask) -> Option<f64>| {
        move |one: &LabeledMasks, other: &LabeledMasks| -> (f64, f64) {
            let labels: BTreeSet<&u32> = one.keys().chain(other.keys()).collect();
            let sum = labels
                .iter()
                .filter_map(|label| between(one.get(label)?, other.get(label)?))
                .fold(0.0, |sum, value| sum + value);
            (sum, labels.len() as f64)
        }
    };
    let dice = measure(shapes::dice);
    Some(match id {
        "dice" => pooled::ratio(tasks, dice, plan, "Dice, mean over the labels that either has"),
        "iou" => {
            let iou = measure(shapes::intersection_over_union);
            pooled::ratio(tasks, iou, plan, "intersection over union, mean over the labels that either has")
        }
        "hausdorff" => {
            let far = |one: &LabeledMasks, other: &LabeledMasks| {
                let found: Vec<f64> = one
                    .iter()
                    .filter_map(|(label, mask)| {
                        shapes::hausdorff(&shapes::outline(mask), &shapes::outline(other.get(label)?), 1.0)
                    })
                    .collect();
                (found.iter().sum(), found.len() as f64)
            };
            pooled::ratio(tasks, far, plan, "Hausdorff distance in pixels, mean over the labels that both have")
        }
        "alpha" => {
            let share = move |one: &LabeledMasks, other: &LabeledMasks| {
                let (part, whole) = dice(one, other);
                if whole > 0.0 { part / whole } else { 1.0 }
            };
            shapes::corrected(tasks, share, plan, "alpha over 1 - Dice, chance from other items")
        }
        _ => return None,
    })
}

/// None for a name that is not of stretches. `collar` is in ticks, for `der`.
pub fn stretches(tasks: &Tasks<Vec<Stretch>>, id: &str, collar: i64, plan: Plan) -> Option<Coefficient> {
    if let Some((_, matching)) = SpanMatching::NAMES.iter().find(|(name, _)| *name == id) {
        let credit = |one: &Vec<Stretch>, other: &Vec<Stretch>| span_f1::credit(one, other, *matching);
        let rule = format!("{id}, pooled over pairs of labelers");
        return Some(pooled::ratio(tasks, credit, plan, &rule));
    }
    let each = |rule: &str, measure: &dyn Fn(&[Vec<Stretch>]) -> Option<f64>| {
        let lists: Vec<Vec<Vec<Stretch>>> =
            tasks.iter().filter(|task| task.len() >= 2).map(|task| in_order(task)).collect();
        pooled::mean(&lists.iter().map(|own| measure(own)).collect::<Vec<_>>(), plan, rule)
    };
    let length = |own: &[Vec<Stretch>]| own.iter().flatten().map(|unit| unit.end).max().unwrap_or(0);
    Some(match id {
        "alpha-u" => each("alpha for unitizing, mean of the tasks; a task ends with its last unit", &|own| {
            super::unitizing::alpha_u(own, length(own)).ok()?.value
        }),
        "cu-alpha" => each("cu-alpha, mean of the tasks", &|own| super::unitizing::cu_alpha(own).value),
        "gamma" => each("gamma with 30 sampled continua a task, mean of the tasks", &|own| {
            super::gamma::gamma(own, 30, plan.seed).value
        }),
        "der" | "jer" => {
            let der = id == "der";
            let rule = format!("{id} between labelers, each the reference in turn, collar {collar}");
            let mut found = pooled::ratio(tasks, |one, other| error_of(one, other, der, collar), plan, &rule);
            found.observed = found.value.map(|rate| (1.0 - rate).max(0.0));
            found
        }
        _ => return None,
    })
}

/// Labelers sorted by what they drew: sums must not depend on the order of rows.
fn in_order(task: &[(u32, Vec<Stretch>)]) -> Vec<Vec<Stretch>> {
    let mut lists: Vec<Vec<Stretch>> = task
        .iter()
        .map(|(_, own)| {
            let mut own = own.clone();
            own.sort();
            own
        })
        .collect();
    lists.sort();
    lists
}

fn error_of(one: &[Stretch], other: &[Stretch], der: bool, collar: i64) -> (f64, f64) {
    use super::diarization::{Turn, diarization};
    let turns = |list: &[Stretch]| -> Vec<Turn> {
        list.iter().map(|own| Turn { start: own.start, end: own.end, speaker: own.label.clone() }).collect()
    };
    let (first, second) = (turns(one), turns(other));
    [diarization(&first, &second, collar), diarization(&second, &first, collar)].iter().fold(
        (0.0, 0.0),
        |sum, found| match (der, found.jer) {
            (true, _) => (sum.0 + found.false_alarm + found.missed + found.confused, sum.1 + found.speech),
            (false, Some(jer)) => (sum.0 + jer, sum.1 + 1.0),
            (false, None) => sum,
        },
    )
}

/// None for a name that is not of texts.
pub fn texts(tasks: &Tasks<String>, id: &str, plan: Plan) -> Option<Coefficient> {
    match id {
        "wer" => Some(transcripts::error_rate(tasks, false, plan)),
        "cer" => Some(transcripts::error_rate(tasks, true, plan)),
        _ => None,
    }
}
