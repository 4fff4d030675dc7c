//! S: E. M. Bennett, R. Alpert, A. C. Goldstein, "Communications Through Limited-Response Questioning" (1954); also
//! R. L. Brennan and D. J. Prediger's kappa (1981) and, for many labelers, J. J. Randolph's free-marginal kappa (2005).
//!
//! S = (p_o - p_e) / (1 - p_e), p_e = sum of weights / q^2 (1 / q without weights): chance spreads evenly over the q
//! categories. Trap: q is the number of categories that *could* be chosen; pass the full list where some are unused.

use super::{
    blind,
    coefficient::{AgreementError, Coefficient},
    ratings::Ratings,
    registry::Options,
};

pub fn bennett_s(ratings: &Ratings, options: &Options) -> Result<Coefficient, AgreementError> {
    let q = ratings.categories().len().max(1) as f64;
    blind::coefficient(ratings, &options.weights, options.plan, |_, table| table.total() / (q * q))
}
