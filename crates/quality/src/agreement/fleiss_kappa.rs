//! Kappa for many labelers: J. L. Fleiss, "Measuring Nominal Scale Agreement Among Many Raters" (1971).
//!
//! kappa = (p_o - p_e) / (1 - p_e), p_e = sum of w(k, l) pi_k pi_l, pi_k the share of category k over all units.
//!
//! Traps: it is a generalised Scott's pi (pooled marginals), not Cohen's kappa; what nltk calls `multi_kappa` is Davies
//! and Fleiss (1982), another number. With missing ratings p_o rests on units with two values or more, the shares on
//! units with one or more, each unit with weight 1 (Gwet 2014).

use super::{
    blind,
    coefficient::{AgreementError, Coefficient},
    ratings::Ratings,
    registry::Options,
};

pub fn fleiss_kappa(ratings: &Ratings, options: &Options) -> Result<Coefficient, AgreementError> {
    blind::coefficient(ratings, &options.weights, options.plan, |observed, table| {
        table.agreement(&observed.shares, &observed.shares)
    })
}
