//! Percentile bootstrap over units (B. Efron, "Bootstrap Methods: Another Look at the Jackknife", 1979), and for very many
//! units the jackknife, whose normal interval is then the same and costs far less.
//!
//! Units with the same content are interchangeable, so a replicate need not draw unit by unit: it draws how often each
//! *distinct* content occurs, one multinomial draw. A million units of three answers in five classes have at most 55
//! distinct contents; a replicate then costs 55 binomial draws and not a million. The distribution is the same.

use super::{intervals, random::Random};

/// How the interval is to be made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plan {
    pub seed: u64,
    /// Replicates wanted; 0 for no interval.
    pub replicates: usize,
    /// 0.95 for a 95 % interval.
    pub level: f64,
}

impl Default for Plan {
    fn default() -> Self {
        Self { seed: 1, replicates: 1000, level: 0.95 }
    }
}

/// Elementary steps that an interval may cost: about two seconds.
const BUDGET_STEPS: usize = 400_000_000;
const REPLICATES_MINIMUM: usize = 100;

impl Plan {
    /// Fewer replicates where each costs `steps` elementary steps, never under 100.
    pub fn affordable(self, steps: usize) -> usize {
        self.replicates.min((BUDGET_STEPS / steps.max(1)).max(REPLICATES_MINIMUM))
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    pub low: f64,
    pub high: f64,
    pub by: By,
}

/// How an interval was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// `undefined` of the replicates had no value.
    Bootstrap {
        replicates: usize,
        undefined: usize,
    },
    Jackknife,
}

/// From so many units on a smooth measure is normal for all purposes: its percentiles are those of the jackknife.
const MANY_UNITS: u64 = 20_000;

/// Replicates over `counts`, how often each distinct content occurs. `steps` is what one `measure` costs; it gets the
/// drawn counts. None without two units, or where fewer than half of the replicates are defined.
pub fn over_counts(
    counts: &[u64],
    plan: Plan,
    steps: usize,
    measure: impl Fn(&[f64]) -> Option<f64>,
) -> Option<Bounds> {
    let total: u64 = counts.iter().sum();
    if total < 2 || plan.replicates == 0 {
        return None;
    }
    let many = total >= MANY_UNITS && counts.len() <= 10 * plan.replicates;
    if let Some(bounds) = many.then(|| jackknife(counts, total as f64, plan.level, &measure)).flatten() {
        return Some(bounds);
    }
    let replicates = plan.affordable(steps + 10 * counts.len());
    let mut random = Random::new(plan.seed);
    let mut drawn = vec![0.0; counts.len()];
    let mut values = Vec::with_capacity(replicates);
    // Mostly counts of 1: unit by unit is quicker than a logarithm for each content.
    let single = total < 2 * counts.len() as u64;
    let owners: Vec<usize> = if single {
        counts.iter().enumerate().flat_map(|(at, count)| std::iter::repeat_n(at, *count as usize)).collect()
    } else {
        Vec::new()
    };
    for _ in 0..replicates {
        if single {
            by_units(&mut random, &owners, &mut drawn);
        } else {
            multinomial(&mut random, counts, total, &mut drawn);
        }
        values.extend(measure(&drawn).filter(|value| value.is_finite()));
    }
    percentiles(values, replicates, plan.level)
}

/// The normal interval by what the measure becomes without each unit (J. Tukey, "Bias and confidence in not quite large
/// samples", 1958); units with the same content change it alike. None if it is undefined without one of them.
fn jackknife(counts: &[u64], total: f64, level: f64, measure: impl Fn(&[f64]) -> Option<f64>) -> Option<Bounds> {
    let mut left: Vec<f64> = counts.iter().map(|count| *count as f64).collect();
    let value = measure(&left)?;
    // Differences to the whole keep their digits.
    let (mut sum, mut squares) = (0.0, 0.0);
    for (at, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let count = *count as f64;
        left[at] = count - 1.0;
        let difference = measure(&left).filter(|value| value.is_finite())? - value;
        left[at] = count;
        sum += count * difference;
        squares += count * difference * difference;
    }
    let variance = (total - 1.0) / total * (squares - sum * sum / total).max(0.0);
    let half = intervals::quantile(f64::midpoint(1.0, level)) * variance.sqrt();
    Some(Bounds { low: value - half, high: value + half, by: By::Jackknife })
}

/// Replicates over single units: `measure` gets the numbers of the drawn units.
pub fn over_units(units: usize, plan: Plan, steps: usize, measure: impl Fn(&[usize]) -> Option<f64>) -> Option<Bounds> {
    if units < 2 || plan.replicates == 0 {
        return None;
    }
    let replicates = plan.affordable(steps + 10 * units);
    let mut random = Random::new(plan.seed);
    let mut drawn = vec![0; units];
    let mut values = Vec::with_capacity(replicates);
    for _ in 0..replicates {
        drawn.fill_with(|| random.below(units));
        values.extend(measure(&drawn).filter(|value| value.is_finite()));
    }
    percentiles(values, replicates, plan.level)
}

fn percentiles(mut values: Vec<f64>, replicates: usize, level: f64) -> Option<Bounds> {
    if values.len() * 2 < replicates.max(1) {
        return None;
    }
    values.sort_by(f64::total_cmp);
    let undefined = replicates - values.len();
    let (low, high) = (quantile(&values, (1.0 - level) / 2.0)?, quantile(&values, f64::midpoint(1.0, level))?);
    Some(Bounds { low, high, by: By::Bootstrap { replicates, undefined } })
}

/// The quantile of sorted values, linear between neighbours (type 7 of Hyndman and Fan, 1996). None for no values.
pub fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    let place = share.clamp(0.0, 1.0) * last as f64;
    let below = place.floor() as usize;
    let (one, two) = (*sorted.get(below)?, *sorted.get((below + 1).min(last))?);
    Some(one + (two - one) * (place - below as f64))
}

fn by_units(random: &mut Random, owners: &[usize], drawn: &mut [f64]) {
    drawn.fill(0.0);
    for _ in 0..owners.len() {
        if let Some(cell) = owners.get(random.below(owners.len())).and_then(|owner| drawn.get_mut(*owner)) {
            *cell += 1.0;
        }
    }
}

/// Conditional binomials: what is left of the draws goes to what is left of the counts.
fn multinomial(random: &mut Random, counts: &[u64], total: u64, drawn: &mut [f64]) {
    let (mut left, mut mass) = (total, total);
    for (cell, count) in drawn.iter_mut().zip(counts) {
        let share = if mass == 0 { 0.0 } else { *count as f64 / mass as f64 };
        let got = random.binomial(left, share);
        *cell = got as f64;
        left -= got;
        mass -= count;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_of_a_share_is_the_normal_one() {
        // 300 of 1000: the standard error of the share is 0.01449.
        let measure = |drawn: &[f64]| Some(drawn[0] / (drawn[0] + drawn[1]));
        let found = over_counts(&[300, 700], Plan { replicates: 4000, ..Plan::default() }, 2, measure).unwrap();
        assert!((found.low - (0.3 - 1.96 * 0.01449)).abs() < 0.003, "{found:?}");
        assert!((found.high - (0.3 + 1.96 * 0.01449)).abs() < 0.003, "{found:?}");
        assert_eq!(found.by, By::Bootstrap { replicates: 4000, undefined: 0 });
    }

    /// A product of shares, whose bootstrap is drawn by hand for comparison.
    #[test]
    fn very_many_units_have_the_interval_of_the_bootstrap() {
        let measure = |drawn: &[f64]| {
            let all: f64 = drawn.iter().sum();
            Some(drawn[0] / all * (drawn[0] + drawn[1]) / all)
        };
        let counts = [9_000, 14_000, 17_000];
        let found = over_counts(&counts, Plan::default(), 3, measure).unwrap();
        assert_eq!(found.by, By::Jackknife);
        let (mut random, mut drawn) = (Random::new(5), vec![0.0; 3]);
        let mut draw = || {
            multinomial(&mut random, &counts, 40_000, &mut drawn);
            measure(&drawn).unwrap()
        };
        let values = (0..20_000).map(|_| draw()).collect();
        let drawn = percentiles(values, 20_000, 0.95).unwrap();
        let width = drawn.high - drawn.low;
        assert!((found.low - drawn.low).abs() < 0.03 * width, "{found:?} {drawn:?}");
        assert!((found.high - drawn.high).abs() < 0.03 * width, "{found:?} {drawn:?}");
        let undefined = |drawn: &[f64]| (drawn[0] >= 9_000.0).then_some(1.0);
        assert_eq!(jackknife(&counts, 40_000.0, 0.95, undefined), None);
    }

    #[test]
    fn drawing_contents_equals_drawing_units() {
        let contents = over_counts(&[40, 60], Plan { replicates: 4000, ..Plan::default() }, 2, |d| Some(d[0] / 100.0));
        let units = over_units(100, Plan { replicates: 4000, ..Plan::default() }, 2, |drawn| {
            Some(drawn.iter().filter(|unit| **unit < 40).count() as f64 / 100.0)
        });
        let (contents, units) = (contents.unwrap(), units.unwrap());
        assert!((contents.low - units.low).abs() < 0.011 && (contents.high - units.high).abs() < 0.011);
    }

    #[test]
    fn no_interval_where_there_is_nothing_to_draw() {
        assert_eq!(over_counts(&[1], Plan::default(), 1, |_| Some(1.0)), None);
        assert_eq!(over_counts(&[5, 5], Plan::default(), 1, |_| None), None);
        assert_eq!(quantile(&[1.0, 2.0, 4.0], 0.75), Some(3.0));
    }
}
