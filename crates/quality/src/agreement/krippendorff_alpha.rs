//! Krippendorff's alpha: K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011).
//!
//! alpha = 1 - D_o / D_e, the observed over the expected disagreement. D_o weighs each unit by 1 / (m - 1) for its m
//! values; D_e pairs all pairable values with each other and is computed from how often each value occurs, never pair
//! by pair: O(V), or O(V^2) for ratio, sets and custom distances.
//!
//! Traps kept out: units with one value leave both D_o and D_e; the ordinal distance counts the *pairable* values
//! between; a missing value is simply not there (libraries that read it as one more label get this wrong). One
//! disagreement among equal values can give alpha 0 and is right. Nothing varying at all is undefined, not 1.

use super::{
    coefficient::{AgreementError, Coefficient, NO_PAIRS, UNANIMOUS},
    distance::Layout,
    ratings::{Distinct, Profile, Ratings},
    registry::Options,
};
use crate::statistics::bootstrap;

pub fn krippendorff_alpha(ratings: &Ratings, options: &Options) -> Result<Coefficient, AgreementError> {
    let rule = options.distance.rule();
    let layout = options.distance.layout(ratings.categories(), options.ordered)?;
    let profiles = ratings.profiles(2);
    let counts = profiles.weights();
    let (units, pairable) = ratings.pairable();
    if units == 0 {
        return Ok(Coefficient::undefined(NO_PAIRS, 0, rule));
    }
    let q = ratings.categories().len();
    let fixed = within(&profiles, &layout);
    let parts = disagreement(&profiles, &fixed, &layout, q, &counts);
    let same = within(&profiles, &Layout::Same);
    let equal = disagreement(&profiles, &same, &Layout::Same, q, &counts);
    let mut found = match parts.alpha() {
        Some(alpha) => Coefficient::of(alpha, units, pairable, rule),
        None => Coefficient { pairable, ..Coefficient::undefined(UNANIMOUS, units, rule) },
    };
    let shown = if options.distance.is_share() { &parts } else { &equal };
    found.observed = Some(1.0 - shown.observed);
    found.expected = options.distance.is_share().then_some(1.0 - parts.expected);
    if found.value.is_none() {
        return Ok(found);
    }
    let runs: usize = profiles.contents.iter().map(|profile| profile.runs.len()).sum();
    let steps = if matches!(layout, Layout::Table(_)) { runs + q * q } else { runs + q };
    let bounds = bootstrap::over_counts(&profiles.counts, options.plan, steps, |counts| {
        disagreement(&profiles, &fixed, &layout, q, counts).alpha()
    });
    Ok(found.with_interval(bounds, options.plan.level))
}

struct Disagreement {
    observed: f64,
    expected: f64,
}

impl Disagreement {
    fn alpha(&self) -> Option<f64> {
        (self.expected > 0.0).then(|| 1.0 - self.observed / self.expected)
    }
}

/// Sum of distances over the ordered pairs of values of a unit, over m - 1; for ranks they change with the counts.
fn within(profiles: &Distinct<Profile>, layout: &Layout) -> Vec<f64> {
    match layout {
        Layout::Ranks(_) => Vec::new(),
        _ => profiles.contents.iter().map(|profile| pairs(profile, |one, other| layout.between(one, other))).collect(),
    }
}

fn pairs(profile: &Profile, distance: impl Fn(u32, u32) -> f64) -> f64 {
    let mut sum = 0.0;
    for (at, (one, times)) in profile.runs.iter().enumerate() {
        for (other, count) in &profile.runs[at + 1..] {
            sum += 2.0 * times * count * distance(*one, *other);
        }
    }
    sum / (profile.size - 1.0)
}

impl Layout {
    fn between(&self, one: u32, other: u32) -> f64 {
        let (one, other) = (one as usize, other as usize);
        match self {
            Self::Same | Self::Ranks(_) => f64::from(u8::from(one != other)),
            Self::Numbers(values) => (values[one] - values[other]).powi(2),
            Self::Angles(angles) => ((angles[one] - angles[other]) / 2.0).sin().powi(2),
            Self::Table(rows) => rows[one][other],
        }
    }
}

fn disagreement(
    profiles: &Distinct<Profile>,
    fixed: &[f64],
    layout: &Layout,
    q: usize,
    counts: &[f64],
) -> Disagreement {
    let mut totals = vec![0.0; q];
    for (profile, count) in profiles.contents.iter().zip(counts).filter(|(_, count)| **count > 0.0) {
        for (category, times) in &profile.runs {
            totals[*category as usize] += count * times;
        }
    }
    let all: f64 = totals.iter().sum();
    let (observed, expected) = match layout {
        Layout::Ranks(groups) => {
            let places = middle_ranks(groups, &totals);
            let sum: f64 = profiles
                .contents
                .iter()
                .zip(counts)
                .filter(|(_, count)| **count > 0.0)
                .map(|(profile, count)| {
                    count * pairs(profile, |one, other| (places[one as usize] - places[other as usize]).powi(2))
                })
                .sum();
            (sum, spread(&places, &totals, all))
        }
        _ => {
            let sum = fixed.iter().zip(counts).map(|(within, count)| within * count).sum();
            let expected = match layout {
                Layout::Same | Layout::Ranks(_) => all * all - totals.iter().map(|n| n * n).sum::<f64>(),
                Layout::Numbers(values) => spread(values, &totals, all),
                Layout::Angles(angles) => {
                    // sin^2(x / 2) = (1 - cos x) / 2, and the cosines of differences come from two sums.
                    let (mut sin, mut cos) = (0.0, 0.0);
                    for (angle, n) in angles.iter().zip(&totals) {
                        sin += n * angle.sin();
                        cos += n * angle.cos();
                    }
                    let varies = totals.iter().filter(|n| **n > 0.0).count() > 1;
                    if varies { (all * all - sin * sin - cos * cos) / 2.0 } else { 0.0 }
                }
                Layout::Table(rows) => {
                    let of = |row: &Vec<f64>| row.iter().zip(&totals).map(|(d, n)| d * n).sum::<f64>();
                    rows.iter().zip(&totals).filter(|(_, n)| **n > 0.0).map(|(row, n)| n * of(row)).sum()
                }
            };
            (sum, expected)
        }
    };
    Disagreement { observed: observed / all, expected: expected / (all * (all - 1.0)) }
}

/// Where each value lies among all pairable values: the number below plus half of its own. The squared difference of
/// two such places is the paper's ordinal distance.
fn middle_ranks(groups: &[usize], totals: &[f64]) -> Vec<f64> {
    let mut sizes = vec![0.0; groups.last().map_or(0, |last| last + 1)];
    for (group, n) in groups.iter().zip(totals) {
        sizes[*group] += n;
    }
    let mut below = 0.0;
    let places: Vec<f64> = sizes
        .iter()
        .map(|size| {
            below += size;
            below - size / 2.0
        })
        .collect();
    groups.iter().map(|group| places[*group]).collect()
}

/// Sum over ordered pairs of values of the squared difference, from the spread around their mean.
fn spread(places: &[f64], totals: &[f64], all: f64) -> f64 {
    let mut used = places.iter().zip(totals).filter(|(_, n)| **n > 0.0).map(|(place, _)| *place);
    let first = used.next();
    if used.all(|place| Some(place) == first) {
        // Where nothing varies a rounded mean must not make a spread.
        return 0.0;
    }
    let mean = places.iter().zip(totals).map(|(x, n)| x * n).sum::<f64>() / all;
    2.0 * all * places.iter().zip(totals).map(|(x, n)| n * (x - mean).powi(2)).sum::<f64>()
}
