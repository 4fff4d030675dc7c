//! Percent agreement: the mean over units of the share of value pairs that agree. Not corrected for chance: with one
//! frequent class it is high for labelers who guess, so that it stands beside a coefficient and not for one.
//!
//! Two libraries may differ here: this is the mean over units (each counts once), not over pairs.

use super::{
    blind,
    coefficient::{AgreementError, Coefficient},
    ratings::Ratings,
    registry::Options,
};

/// 0 to 1; with weights the mean weight of a pair.
pub fn percent(ratings: &Ratings, options: &Options) -> Result<Coefficient, AgreementError> {
    blind::uncorrected(ratings, &options.weights, options.plan)
}
