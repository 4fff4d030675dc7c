//! When a level changed: PELT (Killick, Fearnhead, Eckley 2012) on the sum of squares within segments, exact, with the
//! penalty 3 s^2 ln n for each change (the part of Zhang and Siegmund's modified BIC, 2007, that does not depend on where
//! it is: with the plain BIC, 2 s^2 ln n, every fifth series of noise has a change); s from the median absolute difference of neighbours, so that the changes
//! themselves do not raise it.

/// Places where a new level starts, in order. Fewer than four values have none. Values must be finite: others are left
/// as they are, and give no changes.
pub fn change_points(values: &[f64]) -> Vec<usize> {
    let n = values.len();
    if n < 4 || values.iter().any(|value| !value.is_finite()) {
        return Vec::new();
    }
    let largest = values.iter().fold(0.0_f64, |most, value| most.max(value.abs()));
    if largest == 0.0 {
        return Vec::new();
    }
    let values: Vec<f64> = values.iter().map(|value| value / largest).collect();
    let mut differences: Vec<f64> = values.windows(2).map(|pair| (pair[1] - pair[0]).abs()).collect();
    differences.sort_by(f64::total_cmp);
    // The median of |x - y| of two normals is 0.6745 sqrt(2) s.
    let scale = differences[differences.len() / 2] / (0.674_489_750_196_082 * std::f64::consts::SQRT_2);
    let penalty = 3.0 * scale.max(1e-9).powi(2) * (n as f64).ln();
    let (mut sums, mut squares) = (vec![0.0], vec![0.0]);
    for value in &values {
        sums.push(sums[sums.len() - 1] + value);
        squares.push(squares[squares.len() - 1] + value * value);
    }
    let cost = |from: usize, to: usize| {
        let sum = sums[to] - sums[from];
        (squares[to] - squares[from] - sum * sum / (to - from) as f64).max(0.0)
    };
    let mut best = vec![-penalty];
    let mut before = vec![0_usize];
    let mut candidates = vec![0_usize];
    for to in 1..=n {
        let mut found = (f64::INFINITY, 0);
        for from in &candidates {
            let value = best[*from] + cost(*from, to) + penalty;
            if value < found.0 {
                found = (value, *from);
            }
        }
        best.push(found.0);
        before.push(found.1);
        candidates.retain(|from| best[*from] + cost(*from, to) <= found.0);
        candidates.push(to);
    }
    let mut changes = Vec::new();
    let mut at = before[n];
    while at > 0 {
        changes.push(at);
        at = before[at];
    }
    changes.reverse();
    changes
}
