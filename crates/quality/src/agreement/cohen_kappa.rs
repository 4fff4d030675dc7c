//! Kappa of two labelers: J. Cohen, "A Coefficient of Agreement for Nominal Scales" (1960); with weights "Weighted
//! Kappa" (1968).
//!
//! kappa = (p_o - p_e) / (1 - p_e), p_e = sum of w(k, l) p_k. p_.l: each labeler has their own marginals. Rests on the
//! units that both answered. Undefined when both used one and the same category only (0 / 0).

use super::{
    coefficient::{AgreementError, Coefficient},
    ratings::Ratings,
    registry::Options,
    two_raters,
};

pub fn cohen_kappa(ratings: &Ratings, options: &Options) -> Result<Coefficient, AgreementError> {
    two_raters::coefficient(ratings, options, "cohen-kappa", "conger-kappa", |marginals, table| {
        table.agreement(&marginals.first, &marginals.second)
    })
}
