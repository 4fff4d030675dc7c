//! Calls for contributions: people without an account give texts, pictures, recordings and filled forms to a project.
//!
//! Enters: what a manager asks for, and what contributors send. Leaves: items with where they come from, once somebody has
//! accepted them. Keeps: nothing is taken without consent to the terms of that moment; quotas hold whoever gives at the
//! same time; a contribution is stored once however often it is sent; what is withdrawn goes, with all that was made
//! of it. Through the public side of a call nothing can be learned but what the call itself says.

mod accept;
mod checks;
mod codes;
mod door;
mod give;
mod likeness;
mod manage;
mod moderate;
mod pace;
mod probing;
mod settings;
mod withdraw;

pub use checks::Flag;
pub use door::{CallSeen, CategorySeen, Contributor, Door, OwnContribution, Panel, Standing};
pub use give::{GIVE_BYTES_MAXIMUM, Gift, Given};
pub use labelwright_store::records::{
    calls::TermsRow as Terms, contributions::ContributionRow as Contribution, contributors::ContributorTold,
};
pub use manage::{Call, CallDraft, ContributorSeen, Goal};
pub use moderate::{Judged, Verdict};
pub use settings::{CallSettings, Category, Completion, FieldKind, FormField, Kind, State};
pub use withdraw::Wanted;

pub(crate) use likeness::Likenesses;
pub(crate) use pace::Paces;
pub(crate) use withdraw::{WithdrawInput, withdraw};
