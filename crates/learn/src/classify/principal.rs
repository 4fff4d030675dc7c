//! Features along their principal components, each scaled by a root of its deviation: a linear model on them believes, before
//! it has seen labels, that classes differ in directions in which the rows themselves differ most (a prior on its weights
//! with a covariance that grows with that of the rows; the spectral transfer functions of Chapelle, Weston and Schoelkopf
//! 2003). The unlabeled rows teach that; with a dozen labels in thirty correlated columns it is worth more than any choice
//! of penalty.

use crate::{Matrix, Random, reduce::pca};

/// Deviations to this power multiply the scores; 0 would be the plain columns.
const POWER: f64 = 0.5;
/// Components beyond these add little, and rows beyond these change them little.
const COMPONENTS: usize = 64;
const ROWS: usize = 2000;

/// Rows x components, mean variance 1.
pub fn principal(matrix: &Matrix) -> Matrix {
    let found = if matrix.rows() > ROWS {
        let mut drawn = Random::new(0).sample(matrix.rows(), ROWS);
        drawn.sort_unstable();
        pca::fit(&matrix.select(drawn), COMPONENTS, 0)
    } else {
        pca::fit(matrix, COMPONENTS, 0)
    };
    let factors: Vec<f64> = found.variances.iter().map(|variance| variance.sqrt().powf(POWER)).collect();
    let sum: f64 = found.variances.iter().zip(&factors).map(|(variance, factor)| variance * factor * factor).sum();
    let scale = if sum > 0.0 { (factors.len() as f64 / sum).sqrt() } else { 0.0 };
    let mut values = found.transform(matrix).into_values();
    for row in values.chunks_exact_mut(factors.len().max(1)) {
        row.iter_mut().zip(&factors).for_each(|(value, factor)| *value *= factor * scale);
    }
    Matrix::from_parts(values, factors.len())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn wide_directions_grow_and_the_mean_variance_is_one() {
        let mut random = Random::new(3);
        // Two columns that are nearly one, and a third by itself.
        let values = (0..500)
            .flat_map(|_| {
                let (shared, own) = (random.normal(), random.normal());
                [shared, shared + 0.1 * random.normal(), own]
            })
            .collect();
        let matrix = Matrix::new(values, 3).unwrap();
        let found = principal(&matrix);
        let variances = found.variances();
        assert!((variances.iter().sum::<f64>() / 3.0 - 1.0).abs() < 0.01);
        // Deviations grow by their root: variances of about 2 : 1 become 2^1.5 : 1.
        let plain = pca::fit(&matrix, 3, 0).variances;
        let expected = (plain[0] / plain[1]).powf(1.5);
        assert!((variances[0] / variances[1] - expected).abs() < 1e-6 * expected, "{variances:?} {plain:?}");
        assert!(variances[2] < 0.01);
        let same = principal(&Matrix::new(vec![4.0; 12], 3).unwrap());
        assert!(same.values().iter().all(|value| *value == 0.0));
    }
}
