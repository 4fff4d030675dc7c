//! How two drawn shapes agree: Dice (L. R. Dice, 1945), intersection over union (P. Jaccard, 1912), and the Hausdorff
//! distance (F. Hausdorff, 1914) of their outlines; and agreement corrected for chance.
//!
//! Chance: alpha = 1 - D_o / D_e over 1 - similarity, D_e from answers to *different* items. Trap: over 1 - IoU all
//! shapes that miss each other are equally wrong, so that it ranks labelers badly (A. Braylan, O. Alonso, M. Lease,
//! "Measuring Annotator Agreement Generally across Complex Structured, Multi-object, and Free-text Annotation Tasks",
//! 2022); say the measure with the number.

use super::{
    coefficient::{Coefficient, NO_PAIRS, UNANIMOUS},
    pooled,
};
use crate::statistics::{bootstrap::Plan, random::Random};
use labelwright_core::geometry::{Mask, Point};

/// 2 |A and B| / (|A| + |B|); 1 for two empty masks. None for different sizes.
pub fn dice(one: &Mask, other: &Mask) -> Option<f64> {
    let common = one.common(other)?;
    let both = one.area() + other.area();
    Some(if both == 0 { 1.0 } else { 2.0 * common as f64 / both as f64 })
}

/// |A and B| / |A or B|; 1 for two empty masks. None for different sizes.
pub fn intersection_over_union(one: &Mask, other: &Mask) -> Option<f64> {
    let common = one.common(other)?;
    let union = one.area() + other.area() - common;
    Some(if union == 0 { 1.0 } else { common as f64 / union as f64 })
}

/// The largest distance from a point of either set to the nearest of the other, in the points' unit. `share` below 1
/// takes that quantile of the nearest distances instead of the largest (0.95 is usual: a single stray pixel decides on
/// the plain one). None for an empty set.
pub fn hausdorff(one: &[Point], other: &[Point], share: f64) -> Option<f64> {
    let far = |from: &[Point], to: &[Point]| {
        let mut nearest: Vec<f64> = from
            .iter()
            .map(|a| to.iter().map(|b| (a[0] - b[0]).hypot(a[1] - b[1])).fold(f64::INFINITY, f64::min))
            .collect();
        nearest.sort_by(f64::total_cmp);
        crate::statistics::bootstrap::quantile(&nearest, share).filter(|distance| distance.is_finite())
    };
    Some(far(one, other)?.max(far(other, one)?))
}

/// Centres of the foreground pixels that have a background pixel (or the border) beside them.
pub fn outline(mask: &Mask) -> Vec<Point> {
    let (width, height) = (mask.width as usize, mask.height as usize);
    let mut pixels = vec![false; width * height];
    let mut at = 0_usize;
    for (index, run) in mask.counts.iter().enumerate() {
        let end = (at + *run as usize).min(pixels.len());
        if index % 2 == 1 {
            pixels[at.min(end)..end].fill(true);
        }
        at = end;
    }
    let on = |x: usize, y: usize| pixels[x * height + y];
    let mut found = Vec::new();
    for x in 0..width {
        for y in 0..height {
            let inner = x > 0
                && y > 0
                && x + 1 < width
                && y + 1 < height
                && on(x - 1, y)
                && on(x + 1, y)
                && on(x, y - 1)
                && on(x, y + 1);
            if on(x, y) && !inner {
                found.push([x as f64 + 0.5, y as f64 + 0.5]);
            }
        }
    }
    found
}

/// Pairs of answers to different items that expected disagreement is read from.
const CHANCE_PAIRS: usize = 10_000;

/// Mean similarity of answers to one item, with the alpha that corrects it for chance: `value` is alpha, `observed`
/// the mean similarity, `expected` that of answers to different items (seeded sample of 10,000 pairs, all where there
/// are fewer). `similarity` is symmetric, 0 to 1.
pub fn corrected<T>(
    tasks: &[Vec<(u32, T)>],
    similarity: impl Fn(&T, &T) -> f64,
    plan: Plan,
    rule: &str,
) -> Coefficient {
    let observed = pooled::ratio(tasks, |one, other| (similarity(one, other), 1.0), plan, rule);
    let Some(mean) = observed.value else { return observed };
    let answers: Vec<(usize, &T)> =
        tasks.iter().enumerate().flat_map(|(task, own)| own.iter().map(move |(_, answer)| (task, answer))).collect();
    let (mut sum, mut pairs) = (0.0, 0.0);
    let mut add = |one: (usize, &T), other: (usize, &T)| {
        if one.0 != other.0 {
            sum += similarity(one.1, other.1);
            pairs += 1.0;
        }
    };
    if answers.len() * answers.len().saturating_sub(1) / 2 <= CHANCE_PAIRS {
        for (at, one) in answers.iter().enumerate() {
            for other in &answers[at + 1..] {
                add(*one, *other);
            }
        }
    } else {
        let mut random = Random::new(plan.seed);
        for _ in 0..CHANCE_PAIRS {
            add(answers[random.below(answers.len())], answers[random.below(answers.len())]);
        }
    }
    if pairs == 0.0 {
        return Coefficient {
            observed: Some(mean),
            ..Coefficient::undefined("chance needs answers to two items", observed.units, rule)
        };
    }
    let expected = sum / pairs;
    let alpha = |similarity: f64| (1.0 - expected > 1e-12).then(|| 1.0 - (1.0 - similarity) / (1.0 - expected));
    let mut found = observed.clone();
    found.value = alpha(mean);
    (found.observed, found.expected) = (Some(mean), Some(expected));
    if found.value.is_none() {
        found.undefined_because = Some(UNANIMOUS.to_owned());
        found.interval = None;
    }
    if let Some(interval) = &mut found.interval
        && let (Some(low), Some(high)) = (alpha(interval.low), alpha(interval.high))
    {
        // The expected similarity rests on far more pairs and is held.
        (interval.low, interval.high) = (low, high);
    }
    if found.units == 0 { Coefficient::undefined(NO_PAIRS, 0, rule) } else { found }
}
