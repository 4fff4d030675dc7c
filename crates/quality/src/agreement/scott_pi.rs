//! Pi of two labelers: W. A. Scott, "Reliability of Content Analysis: The Case of Nominal Scale Coding" (1955).
//!
//! pi = (p_o - p_e) / (1 - p_e), p_e = sum of w(k, l) m_k m_l, m the mean of both labelers' marginals: chance is one
//! shared habit. Never above Cohen's kappa. For more labelers it is Fleiss' kappa.

use super::{
    coefficient::{AgreementError, Coefficient},
    ratings::Ratings,
    registry::Options,
    two_raters,
};

pub fn scott_pi(ratings: &Ratings, options: &Options) -> Result<Coefficient, AgreementError> {
    two_raters::coefficient(ratings, options, "scott-pi", "fleiss-kappa", |marginals, table| {
        let pooled: Vec<f64> =
            marginals.first.iter().zip(&marginals.second).map(|(a, b)| f64::midpoint(*a, *b)).collect();
        table.agreement(&pooled, &pooled)
    })
}
