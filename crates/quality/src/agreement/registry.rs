//! The coefficients for single values, by name: one line each, from which the command's choices and tables come.

use super::{
    bennett_s,
    coefficient::{AgreementError, Coefficient},
    cohen_kappa, conger_kappa,
    distance::Distance,
    fleiss_kappa, gwet_ac, icc, kendall, krippendorff_alpha, percent,
    ratings::Ratings,
    scott_pi,
    weights::Weights,
};
use crate::statistics::bootstrap::Plan;

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Options {
    /// For percent and the kappa family.
    pub weights: Weights,
    /// For Krippendorff's alpha.
    pub distance: Distance,
    /// The categories were listed in their order: words have ranks then.
    pub ordered: bool,
    pub plan: Plan,
}

pub struct Metric {
    pub id: &'static str,
    pub title: &'static str,
    pub paper: &'static str,
    /// Values are numbers or ranks (else names).
    pub numeric: bool,
    pub run: fn(&Ratings, &Options) -> Result<Coefficient, AgreementError>,
}

const fn categories(
    id: &'static str,
    title: &'static str,
    paper: &'static str,
    run: fn(&Ratings, &Options) -> Result<Coefficient, AgreementError>,
) -> Metric {
    Metric { id, title, paper, numeric: false, run }
}

const fn numbers(
    id: &'static str,
    title: &'static str,
    paper: &'static str,
    run: fn(&Ratings, &Options) -> Result<Coefficient, AgreementError>,
) -> Metric {
    Metric { id, title, paper, numeric: true, run }
}

pub const METRICS: &[Metric] = &[
    categories("percent", "Percent agreement", "-", percent::percent),
    categories(
        "bennett-s",
        "Bennett's S",
        "Bennett, Alpert, Goldstein 1954; Brennan, Prediger 1981",
        bennett_s::bennett_s,
    ),
    categories("scott-pi", "Scott's pi", "Scott 1955", scott_pi::scott_pi),
    categories("cohen-kappa", "Cohen's kappa", "Cohen 1960, 1968", cohen_kappa::cohen_kappa),
    categories("fleiss-kappa", "Fleiss' kappa", "Fleiss 1971", fleiss_kappa::fleiss_kappa),
    categories("conger-kappa", "Conger's kappa", "Conger 1980", conger_kappa::conger_kappa),
    categories("gwet-ac1", "Gwet's AC1", "Gwet 2008", gwet_ac::gwet_ac1),
    categories("gwet-ac2", "Gwet's AC2", "Gwet 2014", gwet_ac::gwet_ac2),
    categories(
        "krippendorff-alpha",
        "Krippendorff's alpha",
        "Krippendorff 2011",
        krippendorff_alpha::krippendorff_alpha,
    ),
    numbers("icc1", "ICC(1,1)", "Shrout, Fleiss 1979", icc::icc1),
    numbers("icc2", "ICC(2,1)", "Shrout, Fleiss 1979", icc::icc2),
    numbers("icc3", "ICC(3,1)", "Shrout, Fleiss 1979", icc::icc3),
    numbers("icc1k", "ICC(1,k)", "Shrout, Fleiss 1979", icc::icc1k),
    numbers("icc2k", "ICC(2,k)", "Shrout, Fleiss 1979", icc::icc2k),
    numbers("icc3k", "ICC(3,k)", "Shrout, Fleiss 1979", icc::icc3k),
    numbers("kendall-w", "Kendall's W", "Kendall, Babington Smith 1939", kendall::kendall_w),
    numbers("kendall-tau-b", "Kendall's tau-b", "Kendall 1945", kendall::kendall_tau_b),
];

/// The metric of this name.
pub fn metric(id: &str) -> Option<&'static Metric> {
    METRICS.iter().find(|metric| metric.id == id)
}

/// Two labelers and their coefficient.
pub type PairCoefficient = (String, String, Coefficient);

/// A coefficient for each two labelers who share an item, by their names. `maximum` pairs at most are computed; None
/// when there are more.
pub fn per_pair(
    ratings: &Ratings,
    metric: &Metric,
    options: &Options,
    maximum: usize,
) -> Option<Result<Vec<PairCoefficient>, AgreementError>> {
    let raters = ratings.raters().len();
    if raters * raters.saturating_sub(1) / 2 > maximum {
        return None;
    }
    let mut found = Vec::new();
    for one in 0..raters as u32 {
        for other in one + 1..raters as u32 {
            let part = ratings.of_pair(one, other);
            if part.pairable().0 == 0 {
                continue;
            }
            match (metric.run)(&part, options) {
                Ok(coefficient) => {
                    let name = |at: u32| ratings.raters()[at as usize].clone();
                    found.push((name(one), name(other), coefficient));
                }
                Err(error) => return Some(Err(error)),
            }
        }
    }
    Some(Ok(found))
}

/// The coefficient of each category against all others: which class labelers disagree about.
pub fn per_category(
    ratings: &Ratings,
    metric: &Metric,
    options: &Options,
) -> Result<Vec<(String, Coefficient)>, AgreementError> {
    let options = Options { weights: Weights::Identity, distance: Distance::Nominal, ..options.clone() };
    (0..ratings.categories().len() as u32)
        .map(|at| Ok((ratings.categories()[at as usize].clone(), (metric.run)(&ratings.of_category(at), &options)?)))
        .collect()
}
