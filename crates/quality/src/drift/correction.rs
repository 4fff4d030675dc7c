//! Many tests at once: p-values adjusted so that one threshold holds for all.

/// Holm's step-down (1979): controls the chance of any false alarm.
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let order = sorted(p_values);
    let mut adjusted = vec![0.0; p_values.len()];
    let mut highest = 0.0_f64;
    for (rank, index) in order.iter().enumerate() {
        highest = highest.max(p_values[*index] * (p_values.len() - rank) as f64).min(1.0);
        adjusted[*index] = highest;
    }
    adjusted
}

/// Benjamini and Hochberg's step-up (1995): controls the expected share of false alarms among the alarms.
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let order = sorted(p_values);
    let mut adjusted = vec![0.0; p_values.len()];
    let mut lowest = 1.0_f64;
    for (rank, index) in order.iter().enumerate().rev() {
        lowest = lowest.min(p_values[*index] * p_values.len() as f64 / (rank + 1) as f64);
        adjusted[*index] = lowest;
    }
    adjusted
}

fn sorted(p_values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|a, b| p_values[*a].total_cmp(&p_values[*b]));
    order
}
