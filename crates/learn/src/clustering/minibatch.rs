//! k-means on small draws (Sculley 2010): each step assigns a draw of rows and moves each centre towards its rows by
//! 1 / (rows that it ever got). For data that is too large for many passes.

use super::{
    kmeans::{self, Data, Found},
    kmeans_start::start,
};
use crate::{
    LearnError, Matrix,
    numeric::{self, Random},
};

const DRAW: usize = 1024;

/// `steps` draws of 1,024 rows from the best of three starts, then one assignment of all rows.
pub fn minibatch(matrix: &Matrix, k: usize, steps: usize, seed: u64) -> Result<Found, LearnError> {
    super::check_k(k, matrix.rows())?;
    let (rows, columns) = (matrix.rows(), matrix.columns());
    let means = matrix.means();
    let data = Data::new(matrix.centered());
    let mut random = Random::new(seed);
    let sample = Data::new(data.matrix.select(random.sample(rows, rows.min(DRAW.max(20 * k)))));
    let mut best: Option<Found> = None;
    for _ in 0..3 {
        let chosen = start(&sample.matrix, &sample.norms, k, &mut random);
        let found = sample.lloyd(sample.matrix.select(chosen), 10, 1e-3);
        if best.as_ref().is_none_or(|best| found.inertia < best.inertia) {
            best = Some(found);
        }
    }
    let mut centers = best.map(|best| best.centers.into_values()).unwrap_or_default();
    let mut counts = vec![0.0_f64; centers.len() / columns];
    for _ in 0..steps {
        let drawn: Vec<usize> = (0..DRAW.min(rows)).map(|_| random.below(rows)).collect();
        let draw = data.matrix.select(drawn);
        let labels = kmeans::assign(&draw, &Matrix::from_parts(centers.clone(), columns));
        let mut moved = 0.0_f64;
        for (row, label) in draw.iter().zip(labels) {
            let label = label as usize;
            if let (Some(center), Some(count)) =
                (centers.get_mut(label * columns..(label + 1) * columns), counts.get_mut(label))
            {
                *count += 1.0;
                moved += numeric::squared_distance(center, row) / (*count * *count);
                center.iter_mut().zip(row).for_each(|(center, value)| *center += (value - *center) / *count);
            }
        }
        if moved == 0.0 {
            break;
        }
    }
    let mut found = data.lloyd(Matrix::from_parts(centers, columns), 1, 0.0);
    found.iterations = steps;
    kmeans::canonical(&mut found);
    let mut values = found.centers.into_values();
    for row in values.chunks_exact_mut(columns) {
        row.iter_mut().zip(&means).for_each(|(value, mean)| *value += mean);
    }
    found.centers = Matrix::from_parts(values, columns);
    Ok(found)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn close_to_k_means() {
        let (matrix, truth) = kmeans::tests::groups(5000, 6, 4, 2);
        let found = minibatch(&matrix, 4, 100, 1).unwrap();
        assert_eq!(found.labels, truth);
    }
}
