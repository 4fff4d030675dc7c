//! Two windows of one column side by side: all measures that fit it.

use super::{
    correction::{benjamini_hochberg, holm},
    measures::{JensenShannon, PSI_FLOOR, histogram, jensen_shannon, psi, quantile_edges, shares, wasserstein},
    tests::{Test, chi_square_contingency, chi_square_goodness_of_fit, kolmogorov_smirnov},
};
use serde::Serialize;

/// A column's values in one window.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sample {
    /// Finite numbers in any order; not used for categories.
    pub numbers: Vec<f64>,
    /// How often each category occurs, both windows in the same order of categories.
    pub counts: Vec<f64>,
    /// Empty values, and numbers that are not finite.
    pub missing: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Numbers,
    Categories,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ColumnDrift {
    pub column: String,
    pub kind: Kind,
    pub reference_values: usize,
    pub current_values: usize,
    pub reference_missing: usize,
    pub current_missing: usize,
    /// Why there are no measures, if there are none.
    pub undefined_because: Option<String>,
    pub psi: Option<f64>,
    pub psi_bins: usize,
    pub psi_floor: f64,
    pub jensen_shannon: Option<JensenShannon>,
    /// In the column's own unit.
    pub wasserstein: Option<f64>,
    /// The first is the main one, which the adjusted p-values are about.
    pub tests: Vec<Test>,
    pub p_holm: Option<f64>,
    pub p_benjamini_hochberg: Option<f64>,
    /// A test of whether values are missing as often as before.
    pub missing_test: Option<Test>,
}

/// Measures of one column. `bins` is for numbers; categories are their own bins.
pub fn column(name: &str, kind: Kind, reference: Sample, current: Sample, bins: usize) -> ColumnDrift {
    let size = |sample: &Sample| match kind {
        Kind::Numbers => sample.numbers.len(),
        Kind::Categories => sample.counts.iter().sum::<f64>() as usize,
    };
    let mut found = ColumnDrift {
        column: name.to_owned(),
        kind,
        reference_values: size(&reference),
        current_values: size(&current),
        reference_missing: reference.missing,
        current_missing: current.missing,
        undefined_because: None,
        psi: None,
        psi_bins: 0,
        psi_floor: PSI_FLOOR,
        jensen_shannon: None,
        wasserstein: None,
        tests: Vec::new(),
        p_holm: None,
        p_benjamini_hochberg: None,
        missing_test: None,
    };
    let missing = |sample: &Sample| [sample.missing as f64, size(sample) as f64];
    found.missing_test = chi_square_contingency(&missing(&reference), &missing(&current));
    for (window, values) in [("reference", found.reference_values), ("current", found.current_values)] {
        if values == 0 {
            found.undefined_because = Some(format!("the {window} window has no value"));
            return found;
        }
    }
    let (one, other) = match kind {
        Kind::Categories => (reference.counts, current.counts),
        Kind::Numbers => {
            let (mut a, mut b) = (reference.numbers, current.numbers);
            a.sort_by(f64::total_cmp);
            b.sort_by(f64::total_cmp);
            found.wasserstein = wasserstein(&a, &b).filter(|distance| distance.is_finite());
            found.tests.extend(kolmogorov_smirnov(&a, &b));
            let edges = quantile_edges(&a, bins);
            (histogram(&a, &edges), histogram(&b, &edges))
        }
    };
    found.psi_bins = one.iter().zip(&other).filter(|(a, b)| **a + **b > 0.0).count();
    if let (Some(p), Some(q)) = (shares(&one), shares(&other)) {
        found.psi = Some(psi(&p, &q));
        found.jensen_shannon = Some(jensen_shannon(&p, &q));
    }
    if kind == Kind::Categories {
        found.tests.extend(chi_square_contingency(&one, &other));
        found.tests.extend(chi_square_goodness_of_fit(&one, &other));
        if found.tests.is_empty() {
            found.undefined_because = Some("all values are of one category: nothing can be tested".to_owned());
        }
    }
    found
}

/// Fills in the p-values adjusted for the number of columns.
pub fn adjust(columns: &mut [ColumnDrift]) {
    let with: Vec<usize> = (0..columns.len()).filter(|index| !columns[*index].tests.is_empty()).collect();
    let p: Vec<f64> = with.iter().map(|index| columns[*index].tests[0].p_value).collect();
    for ((index, holm), hochberg) in with.into_iter().zip(holm(&p)).zip(benjamini_hochberg(&p)) {
        columns[index].p_holm = Some(holm);
        columns[index].p_benjamini_hochberg = Some(hochberg);
    }
}
