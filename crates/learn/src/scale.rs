//! Columns of different units are brought to one scale; columns that share a unit (pixels, embeddings) are left alone,
//! because their spreads mean something. Constant columns become nothing.

use crate::{LearnError, Matrix};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scaling {
    /// Standardised if the columns' spreads differ by more than one unit would explain.
    Auto,
    None,
    /// Mean 0 and deviation 1.
    Standard,
}

pub const SCALINGS: &[(&str, Scaling)] =
    &[("auto", Scaling::Auto), ("none", Scaling::None), ("standard", Scaling::Standard)];

pub fn scaling(name: &str) -> Result<Scaling, LearnError> {
    SCALINGS.iter().find(|(id, _)| *id == name).map(|(_, scaling)| *scaling).ok_or_else(|| LearnError::Unknown {
        what: "scaling",
        name: name.into(),
        names: "auto, none, standard".into(),
    })
}

/// The widest column against the middle one, by range: beyond this they hardly share a unit. Of 64 pixels or 384
/// dimensions of an embedding the widest is two to four times the middle one; of measurements in different units the
/// ratio is in the tens to thousands.
const ONE_UNIT: f64 = 8.0;

/// Whether [`Scaling::Auto`] standardises.
pub fn differs(matrix: &Matrix) -> bool {
    let columns = matrix.columns();
    let (mut low, mut high) = (vec![f64::INFINITY; columns], vec![f64::NEG_INFINITY; columns]);
    for row in matrix.iter() {
        for ((low, high), value) in low.iter_mut().zip(&mut high).zip(row) {
            *low = low.min(*value);
            *high = high.max(*value);
        }
    }
    let mut ranges: Vec<f64> =
        high.iter().zip(&low).map(|(high, low)| high - low).filter(|range| *range > 0.0).collect();
    ranges.sort_by(f64::total_cmp);
    match (ranges.last(), ranges.get(ranges.len() / 2)) {
        (Some(widest), Some(middle)) => *widest > ONE_UNIT * middle,
        _ => false,
    }
}

/// The matrix at its scale, centred.
pub fn scaled(matrix: &Matrix, scaling: Scaling) -> Matrix {
    let standard = match scaling {
        Scaling::None => false,
        Scaling::Standard => true,
        Scaling::Auto => differs(matrix),
    };
    let means = matrix.means();
    let factors: Vec<f64> = if standard {
        let factor = |(variance, mean): (f64, &f64)| {
            let deviation = variance.sqrt();
            // What is only rounding of a constant is a constant.
            if deviation > 1e-12 * mean.abs() { 1.0 / deviation } else { 0.0 }
        };
        matrix.variances().into_iter().zip(&means).map(factor).collect()
    } else {
        // One factor for all: the mean variance is 1, whatever the unit.
        let mean = matrix.variances().iter().sum::<f64>() / matrix.columns() as f64;
        vec![if mean > 0.0 { 1.0 / mean.sqrt() } else { 0.0 }; matrix.columns()]
    };
    let mut values = Vec::with_capacity(matrix.values().len());
    for row in matrix.iter() {
        values.extend(row.iter().zip(&means).zip(&factors).map(|((value, mean), factor)| (value - mean) * factor));
    }
    Matrix::from_parts(values, matrix.columns())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn units_are_told_from_spreads() {
        let pixels = Matrix::new((0..40).map(|at| f64::from(at * 7 % 16)).collect(), 4).unwrap();
        assert!(!differs(&pixels));
        let mixed =
            Matrix::new((0..40).map(|at| f64::from(at * 7 % 16) * if at % 4 == 0 { 1e9 } else { 1.0 }).collect(), 4)
                .unwrap();
        assert!(differs(&mixed));
        let scaled = scaled(&mixed, Scaling::Auto);
        assert!(scaled.variances().iter().all(|variance| (variance - 1.0).abs() < 1e-9));
        let constant = Matrix::new(vec![0.1; 12], 3).unwrap();
        assert!(super::scaled(&constant, Scaling::Standard).values().iter().all(|value| *value == 0.0));
    }
}
