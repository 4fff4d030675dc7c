//! The kinds of jobs: one file each, one arm here.

mod audit;
mod autolabel;
mod bring;
mod bulk_label;
mod collect;
mod concepts;
mod draw;
pub(crate) mod export;
mod functions;
pub(crate) mod import;
mod map;
mod plan;
mod profile;
mod resolve;
pub(crate) mod snapshot;
mod train;
mod withdraw;

pub use bring::BringInput;
pub use collect::CollectInput;
pub(crate) use collect::{BOOKMARK, PARENTS, RECIPE, laid, nothing};
pub use draw::DrawInput;
pub use export::ExportInput;
pub use import::{ImportInput, OnError, Source};
pub use profile::ProfileInput;
pub use snapshot::SnapshotInput;

use super::{Pace, Running, Stopped, Told};
use serde_json::Value;

pub const AUDIT: &str = "audit";
pub const AUTOLABEL: &str = "autolabel";
pub const BRING: &str = "bring";
pub const BULK_LABEL: &str = "bulk_label";
pub const COLLECT: &str = "collect";
pub const CONCEPTS: &str = "concepts";
pub const DRAW: &str = "draw";
pub const EXPORT: &str = "export";
pub const FUNCTIONS: &str = "functions";
pub const IMPORT: &str = "import";
pub const MAP: &str = "map";
pub const PLAN: &str = "plan";
pub const PROFILE: &str = "profile";
pub const RESOLVE: &str = "resolve";
pub const SNAPSHOT: &str = "snapshot";
pub const TRAIN: &str = "train";
pub const WITHDRAW: &str = "withdraw";

pub(super) async fn run(running: &mut Running<'_>) -> Result<Value, Stopped> {
    match running.job.kind.as_str() {
        AUDIT => audit::run(running).await,
        AUTOLABEL => autolabel::run(running).await,
        BRING => bring::run(running).await,
        BULK_LABEL => bulk_label::run(running).await,
        COLLECT => collect::run(running).await,
        CONCEPTS => concepts::run(running).await,
        DRAW => draw::run(running).await,
        EXPORT => export::run(running).await,
        FUNCTIONS => functions::run(running).await,
        IMPORT => import::run(running).await,
        MAP => map::run(running).await,
        PLAN => plan::run(running).await,
        PROFILE => profile::run(running).await,
        RESOLVE => resolve::run(running).await,
        SNAPSHOT => snapshot::run(running).await,
        TRAIN => train::run(running).await,
        WITHDRAW => withdraw::run(running).await,
        other => Err(Stopped::Failed(format!("this program does not know the job kind {other:?}"))),
    }
}

/// Reads a job's input; one that cannot be read will never be.
fn input<T: serde::de::DeserializeOwned>(running: &Running<'_>) -> Result<T, Stopped> {
    serde_json::from_str(&running.job.input)
        .map_err(|error| Stopped::Failed(format!("the job's input cannot be read: {error}")))
}
