//! Agreement of answers that are more than a value: a measure of two answers, pooled over all pairs of answers to the
//! same task, with a bootstrap over tasks.

use super::coefficient::{Coefficient, NO_PAIRS};
use crate::statistics::bootstrap::{self, Plan};

/// Sum of parts over sum of wholes; `measure` gives both for a pair of answers and must be symmetric. Each task lists
/// its labelers with their answers.
pub fn ratio<T>(
    tasks: &[Vec<(u32, T)>],
    measure: impl Fn(&T, &T) -> (f64, f64),
    plan: Plan,
    rule: &str,
) -> Coefficient {
    let mut sums: Vec<(f64, f64)> = Vec::new();
    let mut answers = 0;
    for task in tasks.iter().filter(|task| task.len() >= 2) {
        let (mut part, mut whole) = (0.0, 0.0);
        for (at, (_, one)) in task.iter().enumerate() {
            for (_, other) in &task[at + 1..] {
                let found = measure(one, other);
                part += found.0;
                whole += found.1;
            }
        }
        answers += task.len();
        sums.push((part, whole));
    }
    // Tasks in an order that does not depend on the rows.
    sums.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let over = |places: &mut dyn Iterator<Item = usize>| {
        let (part, whole) = places.filter_map(|at| sums.get(at)).fold((0.0, 0.0), |s, o| (s.0 + o.0, s.1 + o.1));
        (whole > 0.0).then(|| part / whole)
    };
    if sums.is_empty() {
        return Coefficient::undefined(NO_PAIRS, 0, rule);
    }
    let Some(value) = over(&mut (0..sums.len())) else {
        return Coefficient::undefined("there is nothing to compare in any of the answers", sums.len(), rule);
    };
    let bounds = bootstrap::over_units(sums.len(), plan, sums.len(), |drawn| over(&mut drawn.iter().copied()));
    Coefficient::of(value, sums.len(), answers, rule).with_interval(bounds, plan.level)
}

/// The same for each two labelers who share a task.
pub fn per_pair<T: Clone>(
    tasks: &[Vec<(u32, T)>],
    measure: impl Fn(&T, &T) -> (f64, f64),
) -> Vec<(u32, u32, f64, usize)> {
    let mut found: std::collections::BTreeMap<(u32, u32), (f64, f64, usize)> = std::collections::BTreeMap::new();
    for task in tasks {
        for (at, (first, one)) in task.iter().enumerate() {
            for (second, other) in &task[at + 1..] {
                let (part, whole) = measure(one, other);
                let sum = found.entry((*first.min(second), *first.max(second))).or_default();
                *sum = (sum.0 + part, sum.1 + whole, sum.2 + 1);
            }
        }
    }
    found
        .into_iter()
        .filter(|(_, sum)| sum.1 > 0.0)
        .map(|((one, other), (part, whole, tasks))| (one, other, part / whole, tasks))
        .collect()
}

/// The mean of the tasks' own coefficients, those left out that are undefined (their number is in the rule).
pub fn mean(values: &[Option<f64>], plan: Plan, rule: &str) -> Coefficient {
    let mut defined: Vec<f64> = values.iter().copied().flatten().collect();
    defined.sort_by(f64::total_cmp);
    let rule = match values.len() - defined.len() {
        0 => rule.to_owned(),
        some => format!("{rule}; undefined for {some} tasks, which are left out"),
    };
    if defined.is_empty() {
        let reason = if values.is_empty() { NO_PAIRS } else { "undefined for every task" };
        return Coefficient::undefined(reason, values.len(), rule);
    }
    let average = |values: &mut dyn Iterator<Item = f64>| {
        let (sum, count) = values.fold((0.0, 0.0), |s, value| (s.0 + value, s.1 + 1.0));
        sum / count
    };
    let value = average(&mut defined.iter().copied());
    let bounds = bootstrap::over_units(defined.len(), plan, defined.len(), |drawn| {
        Some(average(&mut drawn.iter().filter_map(|at| defined.get(*at).copied())))
    });
    Coefficient::of(value, defined.len(), defined.len(), rule).with_interval(bounds, plan.level)
}
