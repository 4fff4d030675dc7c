//! AC1 and AC2: K. L. Gwet, "Computing Inter-Rater Reliability and Its Variance in the Presence of High Agreement"
//! (2008); weighted form in the "Handbook of Inter-Rater Reliability" (4th edition, 2014).
//!
//! AC = (p_o - p_e) / (1 - p_e), p_e = T / (q (q - 1)) sum of pi_k (1 - pi_k), T the sum of all weights (q for AC1).
//! Stable where one category is frequent, where kappa falls towards 0. Trap: AC2 with quadratic weights can be near 0
//! while p_o is .74: always show p_o beside it. q counts the unused categories of the list, too.

use super::{
    blind,
    coefficient::{AgreementError, Coefficient},
    ratings::Ratings,
    registry::Options,
    weights::Weights,
};

/// Without weights.
pub fn gwet_ac1(ratings: &Ratings, options: &Options) -> Result<Coefficient, AgreementError> {
    gwet(ratings, &Weights::Identity, options)
}

/// With the weights asked for; quadratic ones unless told.
pub fn gwet_ac2(ratings: &Ratings, options: &Options) -> Result<Coefficient, AgreementError> {
    match &options.weights {
        Weights::Identity => gwet(ratings, &Weights::Quadratic, options),
        given => gwet(ratings, given, options),
    }
}

fn gwet(ratings: &Ratings, weights: &Weights, options: &Options) -> Result<Coefficient, AgreementError> {
    let q = ratings.categories().len() as f64;
    if q < 2.0 {
        let rule = weights.rule();
        return Ok(Coefficient::undefined(super::coefficient::UNANIMOUS, ratings.pairable().0, rule));
    }
    blind::coefficient(ratings, weights, options.plan, |observed, table| {
        table.total() / (q * (q - 1.0)) * observed.shares.iter().map(|share| share * (1.0 - share)).sum::<f64>()
    })
}
