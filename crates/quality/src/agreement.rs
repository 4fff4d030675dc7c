//! Agreement between labelers: one coefficient a file, each with its paper, its traps, and the rule that it was
//! computed by. What is undefined says why; what is defined has an interval.

pub mod bennett_s;
pub(crate) mod blind;
pub mod coefficient;
pub mod cohen_kappa;
pub(crate) mod complete;
pub mod conger_kappa;
pub mod diarization;
pub mod distance;
pub mod fleiss_kappa;
pub mod gamma;
pub mod gwet_ac;
pub mod icc;
pub mod kendall;
pub mod krippendorff_alpha;
pub mod percent;
pub mod pooled;
pub mod ratings;
pub mod regional;
pub mod registry;
pub mod scott_pi;
pub mod shapes;
pub mod span_f1;
pub mod transcripts;
pub(crate) mod two_raters;
pub mod unitizing;
pub mod weights;

pub use blind::per_unit;
pub use coefficient::{AgreementError, Coefficient, Interval};
pub use distance::Distance;
pub use ratings::{Rating, Ratings};
pub use registry::{METRICS, Metric, Options, metric, per_category, per_pair};
pub use weights::Weights;
