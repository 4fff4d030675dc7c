//! Brings data in: reads records on a thread of its own, stores items in batches, and seals them all at once. Run again
//! after a crash it goes on with what it had stored; cancelled or refused it leaves nothing.

pub(crate) mod opening;
pub(crate) mod reading;
pub(crate) mod recording;
mod sequence;
mod storing;
pub(crate) mod volume;

use super::{Running, Stopped, input};
use crate::{Result, Workflow, acquire::Links};
use futures::{FutureExt, StreamExt};
use labelwright_core::{DatasetId, ImportId, ProjectId};
use labelwright_formats::{Mapping, RecordError};
use labelwright_store::{
    jobs::JobProblem,
    records::{
        datasets::{self, ImportState},
        projects, uploads,
    },
};
use reading::{Loaded, Piece, pieces};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, ops::Bound, path::PathBuf, sync::Arc, time::Duration};
use storing::store;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ImportInput {
    /// Set when the import is queued.
    #[serde(default)]
    pub dataset: Option<DatasetId>,
    pub source: Source,
    /// A format's id, or `auto`.
    pub format: String,
    #[serde(default)]
    pub mapping: Mapping,
    /// Options of the format.
    #[serde(default)]
    pub options: BTreeMap<String, String>,
    pub on_error: OnError,
    /// The items become tasks of this project.
    #[serde(default)]
    pub project: Option<ProjectId>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Uploads(Vec<i64>),
    /// A file or folder on the server's own disk: only for its operator, never through the API.
    Path(PathBuf),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnError {
    KeepGood,
    RefuseAll,
}

impl ImportInput {
    pub fn upload_ids(&self) -> &[i64] {
        match &self.source {
            Source::Uploads(ids) => ids,
            Source::Path(_) => &[],
        }
    }

    pub(crate) fn into_dataset(self, dataset: DatasetId) -> Self {
        Self { dataset: Some(dataset), ..self }
    }
}

/// Where an item comes from, in its metadata.
const PROVENANCE: &str = "provenance";
/// Items a transaction.
const BATCH: usize = 1000;
/// Bytes a transaction: what was fetched from addresses is held in memory until then.
const BATCH_BYTES: usize = 32 << 20;
/// A batch that waits for its next record this long is stored as it is, so that what it holds in memory is let go.
const PAUSE: Duration = Duration::from_millis(100);

pub async fn run(running: &mut Running<'_>) -> Result<Value, Stopped> {
    let wanted: ImportInput = input(running)?;
    bring(running, wanted, &Origins::default()).await
}

/// Where the files of an import come from: what holds for all, and what is each one's own, by its name.
#[derive(Debug, Clone, Default)]
pub struct Origins {
    pub all: Map<String, Value>,
    pub each: BTreeMap<String, Map<String, Value>>,
    /// Those that stay where they are.
    pub links: Arc<Links>,
}

impl Origins {
    /// That of a record by its place, which begins with its file's name. What lies in a file that is alone, an archive,
    /// comes from where that comes from.
    fn of(&self, place: &str) -> Option<Map<String, Value>> {
        let own = self.named(place);
        let own = own.or_else(|| self.each.values().next().filter(|_| self.each.len() == 1));
        if own.is_none() && (self.all.is_empty() || !self.each.is_empty()) {
            return None;
        }
        let mut origin = self.all.clone();
        origin.extend(own.cloned().unwrap_or_default());
        Some(origin)
    }

    /// The longest name that a place begins with: it is not behind the place in order, and what lies between the two
    /// shares with the place at least as much as the name is long.
    fn named(&self, place: &str) -> Option<&Map<String, Value>> {
        let mut start = place;
        loop {
            let (name, origin) = self.each.range::<str, _>((Bound::Unbounded, Bound::Included(start))).next_back()?;
            if place.starts_with(name.as_str()) {
                return Some(origin);
            }
            let shared = place.char_indices().zip(name.chars()).take_while(|((_, one), other)| one == other);
            start = &place[..shared.last().map_or(0, |((at, c), _)| at + c.len_utf8())];
        }
    }
}

/// Was everything of this job stored already, so that only its end is missing?
pub async fn is_sealed(running: &Running<'_>) -> Result<bool, Stopped> {
    let job = running.job.id;
    let found =
        running.workflow.read(move |tx| Box::pin(async move { Ok(datasets::import_of_job(tx, job).await?) })).await?;
    Ok(found.is_some_and(|(_, state)| state == ImportState::Sealed))
}

/// Brings in what is wanted, as the work of this job or as its last part.
pub async fn bring(running: &mut Running<'_>, wanted: ImportInput, origins: &Origins) -> Result<Value, Stopped> {
    let workflow = running.workflow.clone();
    let dataset = wanted.dataset.ok_or_else(|| Stopped::Failed("the import names no dataset".into()))?;
    let (job, now) = (running.job.id, workflow.now());
    let (import, state) = workflow
        .write(move |tx| {
            Box::pin(async move {
                match datasets::import_of_job(tx, job).await? {
                    Some(found) => Ok(found),
                    None => {
                        datasets::drop_dead_imports(tx, dataset).await?;
                        Ok((datasets::start_import(tx, dataset, Some(job), now).await?, ImportState::Running))
                    }
                }
            })
        })
        .await?;
    // Everything was there when an earlier run of this job was cut off: only its end is missing.
    if state == ImportState::Sealed {
        let added =
            workflow.read(move |tx| Box::pin(async move { Ok(datasets::items_of_import(tx, import).await?) })).await?;
        finish(running, &workflow, &wanted, dataset).await?;
        return Ok(json!({ "added": added, "known": 0, "refused": running.problem_count() }));
    }
    let outcome = bring_in(running, &wanted, (dataset, import), origins).await;
    match outcome {
        Ok(counts) => {
            workflow.write(move |tx| Box::pin(async move { Ok(datasets::seal_import(tx, import).await?) })).await?;
            finish(running, &workflow, &wanted, dataset).await?;
            Ok(counts)
        }
        // Another worker goes on, or this one will: what is stored stays for it.
        Err(stopped @ (Stopped::Lost | Stopped::TryAgain(_))) => Err(stopped),
        Err(stopped) => {
            workflow.write(move |tx| Box::pin(async move { Ok(datasets::drop_import(tx, import).await?) })).await?;
            Err(stopped)
        }
    }
}

/// Projects get tasks for the new items, and the uploads are done with.
async fn finish(
    running: &Running<'_>,
    workflow: &Workflow,
    wanted: &ImportInput,
    dataset: DatasetId,
) -> Result<(), Stopped> {
    if let Some(project) = wanted.project {
        workflow
            .write(move |tx| Box::pin(async move { Ok(projects::attach_dataset(tx, project, dataset).await?) }))
            .await?;
    }
    let attached =
        workflow.read(move |tx| Box::pin(async move { Ok(projects::projects_of_dataset(tx, dataset).await?) })).await?;
    for project in attached {
        let input = json!({ "project": project });
        workflow.enqueue(running.job.workspace, Some(project), super::PLAN, &input, running.job.created_by).await?;
    }
    for id in wanted.upload_ids().to_vec() {
        workflow.write(move |tx| Box::pin(async move { Ok(uploads::close(tx, id).await?) })).await?;
        drop(tokio::fs::remove_file(workflow.upload_path(id)).await);
    }
    Ok(())
}

async fn bring_in(
    running: &mut Running<'_>,
    wanted: &ImportInput,
    into: (DatasetId, ImportId),
    origins: &Origins,
) -> Result<Value, Stopped> {
    let (_, import) = into;
    let workflow = running.workflow.clone();
    let mut pieces = pieces(&workflow, wanted, &origins.links).await?;
    let mut counts = Counts::default();
    let (mut good, mut bad): (Vec<Loaded>, Vec<JobProblem>) = (Vec::new(), Vec::new());
    let mut bytes = 0;
    loop {
        // Most are there already: only a wait needs a clock.
        let next = match pieces.next().now_or_never() {
            Some(next) => Ok(next),
            None => tokio::time::timeout(PAUSE, pieces.next()).await,
        };
        let ended = matches!(next, Ok(None));
        let waiting = ended || next.is_err();
        match next {
            Ok(Some(Piece::Good(mut loaded))) => {
                bytes += loaded.all().map(|one| one.payload.held()).sum::<usize>();
                if !loaded.record.metadata.contains_key(PROVENANCE)
                    && let Some(origin) = origins.of(&loaded.record.place)
                {
                    loaded.record.metadata.insert(PROVENANCE.into(), origin.into());
                }
                good.push(*loaded);
            }
            Ok(Some(Piece::Bad(error))) => bad.push(problem(&error)),
            Ok(Some(Piece::End(error))) => {
                running.problems(vec![problem(&error)]).await?;
                return Err(Stopped::Failed(format!("{}: {}", error.place, error.message)));
            }
            Ok(None) | Err(_) => {}
        }
        let is_full = good.len() >= BATCH || bytes >= BATCH_BYTES || bad.len() >= BATCH;
        if is_full || (waiting && !(good.is_empty() && bad.is_empty())) {
            bytes = 0;
            counts.seen += (good.len() + bad.len()) as i64;
            counts.refused += bad.len() as i64;
            running.problems(std::mem::take(&mut bad)).await?;
            let batch = std::mem::take(&mut good);
            store(running, &workflow, into, batch, (&origins.links, &mut counts)).await?;
        }
        running.progress(counts.seen, 0, "reading").await?;
        if ended {
            break;
        }
    }
    let Counts { refused, seen, clashes } = counts;
    // Counted and not summed up: a run that goes on after another finds the other's items there already.
    let added =
        workflow.read(move |tx| Box::pin(async move { Ok(datasets::items_of_import(tx, import).await?) })).await?;
    let known = seen - refused - added;
    if wanted.on_error == OnError::RefuseAll && refused > 0 {
        return Err(Stopped::Failed(format!("{refused} of {seen} records are not good; nothing was imported")));
    }
    // What changed under a key that is there says nothing against the data.
    if added + known == 0 && refused > clashes {
        return Err(Stopped::Failed("none of the records is good; see the problems".into()));
    }
    Ok(json!({ "added": added, "known": known, "refused": refused }))
}

#[derive(Default)]
struct Counts {
    refused: i64,
    seen: i64,
    /// Of those refused, with a key that is in the dataset with other data.
    clashes: i64,
}

fn problem(error: &RecordError) -> JobProblem {
    JobProblem { place: error.place.clone(), code: error.code.to_owned(), message: error.message.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_has_the_longest_name_that_it_begins_with() {
        let names = ["a", "a.csv", "a.csv-b", "a.cs", "b/c.png", "é.txt"];
        let each = names.map(|name| (name.to_owned(), Map::from_iter([("url".to_owned(), name.into())])));
        let origins = Origins { each: each.into_iter().collect(), ..Origins::default() };
        let of = |place: &str| origins.of(place).and_then(|origin| origin["url"].as_str().map(str::to_owned));
        for (place, name) in
            [("a.csv:3", "a.csv"), ("a.csv-b:1", "a.csv-b"), ("a.c", "a"), ("b/c.png", "b/c.png"), ("é.txt:2", "é.txt")]
        {
            assert_eq!(of(place).as_deref(), Some(name), "{place}");
        }
        assert_eq!((of("c"), of("")), (None, None));
    }
}
