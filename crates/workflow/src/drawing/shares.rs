//! How many items of each dataset and each value: whole numbers by weights, none more than there are. What one cannot give
//! the others give by their weights, and what is left of fractions goes to the largest of them (the method of Hamilton).

use super::{Draw, DrawBy, Drawn};

/// Sets how many are taken of each cell.
pub fn share(draw: &Draw, cells: &mut [Drawn]) {
    let of = |source: usize| draw.datasets.get(source).map_or(0, |share| share.dataset_id);
    let sums: Vec<u64> = (0..draw.datasets.len())
        .map(|source| cells.iter().filter(|cell| cell.dataset.0 == of(source)).map(|cell| cell.available).sum())
        .collect();
    let weights: Vec<f64> = draw.datasets.iter().map(|share| share.weight).collect();
    let even = matches!(draw.by, DrawBy::Field { even: true, .. });
    for (source, count) in apportioned(&sums, &weights, draw.count).into_iter().enumerate() {
        let own: Vec<usize> = (0..cells.len()).filter(|place| cells[*place].dataset.0 == of(source)).collect();
        let available: Vec<u64> = own.iter().map(|place| cells[*place].available).collect();
        let weights: Vec<f64> = available.iter().map(|count| if even { 1.0 } else { *count as f64 }).collect();
        for (place, taken) in own.into_iter().zip(apportioned(&available, &weights, count)) {
            cells[place].taken = taken;
        }
    }
}

/// `count` in shares by weights, none above what is available; fewer when there are not so many.
pub fn apportioned(available: &[u64], weights: &[f64], count: u64) -> Vec<u64> {
    let mut taken = vec![0_u64; available.len()];
    let mut open: Vec<usize> = (0..available.len()).filter(|at| available[*at] > 0 && weights[*at] > 0.0).collect();
    let mut left = count;
    while left > 0 && !open.is_empty() {
        let sum: f64 = open.iter().map(|at| weights[*at]).sum();
        let ideal = |at: usize| left as f64 * (weights[at] / sum);
        let full: Vec<usize> = open.iter().copied().filter(|at| ideal(*at) >= available[*at] as f64).collect();
        if full.is_empty() {
            let mut rest: Vec<(f64, usize)> = Vec::new();
            let mut given = 0;
            for at in &open {
                let whole = (ideal(*at).floor() as u64).min(available[*at]);
                taken[*at] = whole;
                given += whole;
                rest.push((whole as f64 - ideal(*at), *at));
            }
            rest.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
            let fitting = rest.into_iter().filter(|(_, at)| taken[*at] < available[*at]).map(|(_, at)| at);
            for at in fitting.collect::<Vec<_>>().into_iter().take(left.saturating_sub(given) as usize) {
                taken[at] += 1;
            }
            return taken;
        }
        for at in full {
            taken[at] = available[at];
            left = left.saturating_sub(available[at]);
            open.retain(|known| *known != at);
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_whole_and_never_more_than_there_is() {
        for (available, weights, count, expected) in [
            (&[100, 100][..], &[1.0, 1.0][..], 10, &[5, 5][..]),
            (&[100, 100], &[3.0, 1.0], 10, &[8, 2]),
            (&[100, 100, 100], &[1.0, 1.0, 1.0], 10, &[4, 3, 3]),
            (&[2, 100, 100], &[8.0, 1.0, 1.0], 10, &[2, 4, 4]),
            (&[2, 3], &[1.0, 1.0], 10, &[2, 3]),
            (&[0, 5], &[9.0, 1.0], 3, &[0, 3]),
            (&[5, 5], &[1.0, 1.0], 0, &[0, 0]),
            (&[], &[], 5, &[]),
            (&[1_000_000, 1], &[1e-9, 1e9], 100, &[99, 1]),
        ] {
            assert_eq!(apportioned(available, weights, count), expected, "{available:?} {weights:?} {count}");
        }
    }

    #[test]
    fn the_sum_is_what_was_asked_for_or_all() {
        for seed in 0..200_u64 {
            let number = |at: u64| crate::settings::shuffled(seed, at);
            let count = number(0) % 300;
            let available: Vec<u64> = (1..8).map(|at| number(at) % 60).collect();
            let weights: Vec<f64> = (10..17).map(|at| (number(at) % 1000 + 1) as f64 / 7.0).collect();
            let taken = apportioned(&available, &weights, count);
            assert!(taken.iter().zip(&available).all(|(taken, available)| taken <= available));
            assert_eq!(
                taken.iter().sum::<u64>(),
                count.min(available.iter().sum()),
                "{seed}: {available:?} {weights:?}"
            );
        }
    }
}
