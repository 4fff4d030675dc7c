//! A project as it is now, as a file for programs of our own.

use crate::{
    Error, Workflow,
    freeze::{Answers, Media},
    jobs::{
        Pace, Stopped,
        kinds::{
            export::{Items, Order, packed},
            snapshot::{self, Imported},
        },
    },
};
use labelwright_core::ProjectId;
use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufReader, Seek, SeekFrom},
    path::Path,
    time::Duration,
};

/// How often a long packing tells that it lives.
const BEAT: Duration = Duration::from_millis(500);

/// The first items of a project as it is now in labelwright's own format, with their data: a zip file for programs of our
/// own.
pub async fn as_zip(
    workflow: &Workflow,
    project: ProjectId,
    most: usize,
    to: &Path,
    pace: &mut impl Pace,
) -> Result<(), Stopped> {
    let wanted = snapshot::Wanted { project, imported: Imported::WhereNobodyAnswered, most };
    let (mut frozen, _) = snapshot::freeze(workflow, wanted, pace).await?;
    let order = Order::new("native", Answers::Consensus, Media::Copy, BTreeMap::new(), most)?;
    let draft = workflow.blobs.draft().map_err(Error::from)?;
    let data = Items { workflow: workflow.clone(), project, runtime: tokio::runtime::Handle::current() };
    let to = to.to_owned();
    let mut packing = tokio::task::spawn_blocking(move || {
        frozen.seek(SeekFrom::Start(0)).map_err(|error| error.to_string())?;
        let (mut draft, _) = packed(BufReader::new(frozen), &order, draft, data)?;
        let copied = draft.reopen().and_then(|mut from| io::copy(&mut from, &mut File::create(&to)?));
        copied.map(drop).map_err(|error| error.to_string())
    });
    loop {
        match tokio::time::timeout(BEAT, &mut packing).await {
            Ok(packed) => {
                let packed = packed.unwrap_or_else(|_| Err("packing items broke off".into()));
                return packed.map_err(Stopped::Failed);
            }
            Err(_) => pace.step(0).await?,
        }
    }
}
