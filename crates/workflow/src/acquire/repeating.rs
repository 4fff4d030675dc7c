//! Sources that are asked again every so often: when, with what result, and what somebody changes about it.

use super::{connections::Access, sources::CollectSource};
use crate::{
    Error, Result, Workflow,
    jobs::kinds::{self, CollectInput},
    policy::Permit,
};
use labelwright_core::{JobId, Timestamp, WorkspaceId};
use labelwright_store::{
    Tx, jobs,
    records::{
        datasets::DatasetRow,
        projects::ProjectRow,
        repeats::{self, RepeatRow, RepeatTold},
    },
};
use serde::Serialize;
use serde_json::Value;

const EVERY_SECONDS_MINIMUM: i64 = 3600;
const EVERY_SECONDS_MAXIMUM: i64 = 366 * 86_400;
const SHOWN_MAXIMUM: i64 = 200;
/// Sources that one look at the clock begins.
const AT_ONCE: usize = 20;

/// # Errors
/// When the pause is too short or too long.
pub(super) fn check_pause(every_seconds: i64) -> Result<()> {
    if (EVERY_SECONDS_MINIMUM..=EVERY_SECONDS_MAXIMUM).contains(&every_seconds) {
        return Ok(());
    }
    let message = format!("{EVERY_SECONDS_MINIMUM} to {EVERY_SECONDS_MAXIMUM} seconds: an hour to a year");
    Err(Error::invalid("/every_seconds", "out_of_range", message))
}

pub(super) fn json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| Error::internal(error.to_string()))
}

/// A repeated source as its project shows it.
#[derive(Debug, Clone)]
pub struct RepeatShown {
    pub id: i64,
    pub dataset: i64,
    pub kind: &'static str,
    pub origins: Vec<String>,
    pub every_seconds: i64,
    pub next_at: Timestamp,
    pub paused: bool,
    /// In a row.
    pub failures: i64,
    pub last_job: Option<JobId>,
    /// State of the last job, and why it stopped.
    pub last_state: Option<String>,
    pub last_message: Option<String>,
    /// Items that the last job added, when it is done.
    pub last_added: Option<i64>,
}

/// What is changed about a repeated source; what is None stays.
#[derive(Debug, Clone, Copy, Default)]
pub struct RepeatChange {
    pub every_seconds: Option<i64>,
    pub paused: Option<bool>,
    /// Ask as soon as a worker is free.
    pub now: bool,
}

impl Workflow {
    /// The sources that fill a project again and again, the newest first.
    pub async fn repeats(&self, project: &Permit<ProjectRow>) -> Result<Vec<RepeatShown>> {
        let (id, workspace) = (project.resource().id, project.resource().workspace);
        let rows = self
            .read(move |tx| Box::pin(async move { Ok(repeats::repeats_of(tx, workspace, id, SHOWN_MAXIMUM).await?) }))
            .await?;
        Ok(rows.into_iter().map(shown).collect())
    }

    pub async fn change_repeat(&self, dataset: &Permit<DatasetRow>, id: i64, change: RepeatChange) -> Result<()> {
        if let Some(every) = change.every_seconds {
            check_pause(every)?;
        }
        let (own, now) = (dataset.resource().id, self.now());
        self.write(move |tx| {
            Box::pin(async move {
                let mut row = found(tx, id, own).await?;
                if let Some(every) = change.every_seconds.filter(|every| *every != row.every_seconds) {
                    row.every_seconds = every;
                    row.next_at = Timestamp(now.0 + every * 1_000_000);
                }
                if let Some(paused) = change.paused {
                    row.paused = paused;
                }
                if change.now {
                    (row.next_at, row.failures) = (now, 0);
                }
                repeats::change(tx, &row).await?;
                Ok(())
            })
        })
        .await?;
        self.wake.notify_one();
        Ok(())
    }

    /// Asks the source no more; what came of it stays.
    pub async fn delete_repeat(&self, dataset: &Permit<DatasetRow>, id: i64) -> Result<()> {
        let own = dataset.resource().id;
        self.write(move |tx| {
            Box::pin(async move {
                found(tx, id, own).await?;
                repeats::delete(tx, id).await?;
                Ok(())
            })
        })
        .await
    }

    /// Queues a job for each source whose time has come.
    pub(crate) async fn begin_due(&self) -> Result<()> {
        for _ in 0..AT_ONCE {
            let now = self.now();
            let begun = self.write(move |tx| Box::pin(async move { begin(tx, now).await })).await?;
            let Some((workspace, job)) = begun else { break };
            self.queued(workspace, job);
        }
        Ok(())
    }

    /// Names and kinds of the connections that a workspace may use, with the only bucket of each; never more.
    pub fn connections(&self, workspace: &Permit<WorkspaceId>) -> Vec<(String, &'static str, Option<String>)> {
        let told =
            |(name, access): (&str, &Access)| (name.to_owned(), access.kind(), access.bucket().map(str::to_owned));
        self.connections.of(*workspace.resource()).map(told).collect()
    }
}

async fn found(tx: &mut Tx, id: i64, dataset: labelwright_core::DatasetId) -> Result<RepeatRow> {
    let row = repeats::repeat(tx, id).await?.filter(|row| row.dataset == dataset);
    row.ok_or(Error::NotFound("the repeated source"))
}

async fn begin(tx: &mut Tx, now: Timestamp) -> Result<Option<(WorkspaceId, JobId)>> {
    let Some(row) = repeats::take_due(tx, now).await? else { return Ok(None) };
    let source = match serde_json::from_str::<CollectSource>(&row.source) {
        Ok(source) => source,
        // It never will be, and others wait behind it.
        Err(error) => {
            tracing::warn!(repeat = row.id, %error, "a repeated source cannot be read; it is paused");
            repeats::change(tx, &RepeatRow { paused: true, ..row }).await?;
            return Ok(None);
        }
    };
    let input = CollectInput {
        dataset: row.dataset,
        source,
        project: row.project,
        repeat: Some(row.id),
        bookmark: row.bookmark.clone(),
    };
    let input = json(&input)?;
    let new = jobs::NewJob {
        workspace: row.workspace,
        project: row.project,
        kind: kinds::COLLECT,
        input: &input,
        created_by: row.created_by,
        now,
    };
    let job = jobs::enqueue(tx, new).await?;
    repeats::begun(tx, row.id, job).await?;
    Ok(Some((row.workspace, job)))
}

fn shown(told: RepeatTold) -> RepeatShown {
    let RepeatTold { row, last } = told;
    let source = serde_json::from_str::<CollectSource>(&row.source).ok();
    let (kind, origins) = source.map_or(("web", Vec::new()), |source| source.told());
    let (state, message, result) = match last {
        Some((state, message, result)) => (Some(state), Some(message), result),
        None => (None, None, None),
    };
    let result = result.and_then(|text| serde_json::from_str::<Value>(&text).ok());
    RepeatShown {
        id: row.id,
        dataset: row.dataset.0,
        kind,
        origins,
        every_seconds: row.every_seconds,
        next_at: row.next_at,
        paused: row.paused,
        failures: row.failures,
        last_job: row.last_job,
        last_state: state,
        last_message: message.filter(|message| !message.is_empty()),
        last_added: result.and_then(|result| result["added"].as_i64()),
    }
}
