//! The mean silhouette (Rousseeuw 1987): for each row (b - a) / max(a, b) with the mean distance a to its own cluster and
//! b to the nearest other one; 0 for a row that is alone in its cluster. Noise (-1) is left out.

use crate::{Matrix, numeric};

/// None with fewer than two clusters. The cost grows with the square of the rows.
pub fn silhouette(matrix: &Matrix, labels: &[i32]) -> Option<f64> {
    let rows: Vec<usize> = (0..matrix.rows()).filter(|row| labels.get(*row).is_some_and(|label| *label >= 0)).collect();
    let label = |row: usize| labels.get(row).copied().unwrap_or(-1) as usize;
    let clusters = rows.iter().map(|row| label(*row)).max().map_or(0, |most| most + 1);
    let mut sizes = vec![0.0_f64; clusters];
    for row in &rows {
        if let Some(size) = sizes.get_mut(label(*row)) {
            *size += 1.0;
        }
    }
    if sizes.iter().filter(|size| **size > 0.0).count() < 2 {
        return None;
    }
    let scores = numeric::in_chunks(rows.len(), |at| {
        let row = rows.get(at).copied().unwrap_or(0);
        let mut sums = vec![0.0; clusters];
        for other in &rows {
            if let Some(sum) = sums.get_mut(label(*other)) {
                *sum += numeric::squared_distance(matrix.row(row), matrix.row(*other)).sqrt();
            }
        }
        let own = label(row);
        let size = sizes.get(own).copied().unwrap_or(1.0);
        if size <= 1.0 {
            return 0.0;
        }
        let inside = sums.get(own).copied().unwrap_or(0.0) / (size - 1.0);
        let outside =
            sums.iter().zip(&sizes).enumerate().filter(|(cluster, (_, size))| *cluster != own && **size > 0.0);
        let outside = outside.map(|(_, (sum, size))| sum / size).fold(f64::INFINITY, f64::min);
        let most = inside.max(outside);
        if most > 0.0 { (outside - inside) / most } else { 0.0 }
    });
    Some(scores.iter().sum::<f64>() / rows.len() as f64)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn three_rows_by_hand() {
        let matrix = Matrix::new(vec![0.0, 1.0, 4.0], 1).unwrap();
        // Row 0: a 1, b 4; row 1: a 1, b 3; row 2 is alone.
        let expected = (0.75 + 2.0 / 3.0 + 0.0) / 3.0;
        assert!((silhouette(&matrix, &[0, 0, 1]).unwrap() - expected).abs() < 1e-15);
        assert_eq!(silhouette(&matrix, &[0, 0, 0]), None);
        assert_eq!(silhouette(&matrix, &[0, -1, -1]), None);
    }
}
