//! Collects data from elsewhere into a folder, then brings it in like an import. Run again after a crash it goes on with
//! what it had collected; cancelled or refused it leaves nothing.

use super::{
    ImportInput, OnError, Running, Source, Stopped,
    import::{self, Origins},
    input,
};
use crate::acquire::{CollectSource, Stage, web};
use labelwright_connect::sources::{Brought, Gauge, SourceError, http, hub};
use labelwright_core::{DatasetId, ProjectId, Timestamp};
use labelwright_formats::Mapping;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{collections::BTreeMap, path::Path, time::Duration};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CollectInput {
    pub dataset: DatasetId,
    pub source: CollectSource,
    /// The items become tasks of this project.
    #[serde(default)]
    pub project: Option<ProjectId>,
}

/// Bytes of all files of one collection.
const BYTES_MAXIMUM: u64 = 64 << 30;
/// How often the progress is told.
const BEAT: Duration = Duration::from_millis(250);

pub async fn run(running: &mut Running<'_>) -> Result<Value, Stopped> {
    let wanted: CollectInput = input(running)?;
    let folder = running.workflow.uploads.join(format!("collect-{}", running.job.id));
    let outcome = collect(running, &wanted, &folder).await;
    // Whoever goes on with it needs what is there.
    if !matches!(outcome, Err(Stopped::Lost | Stopped::TryAgain(_))) {
        drop(tokio::fs::remove_dir_all(&folder).await);
    }
    outcome
}

async fn collect(running: &mut Running<'_>, wanted: &CollectInput, folder: &Path) -> Result<Value, Stopped> {
    let (mut told, mut origins) = (Value::Null, Origins::default());
    let mut import = ImportInput {
        dataset: Some(wanted.dataset),
        source: Source::Path(folder.to_owned()),
        format: "auto".into(),
        mapping: Mapping::default(),
        options: BTreeMap::new(),
        on_error: OnError::KeepGood,
        project: wanted.project,
    };
    let is_there = import::is_sealed(running).await?;
    let (fetcher, clock) = (running.workflow.fetcher.clone(), running.workflow.clock.clone());
    match &wanted.source {
        CollectSource::Web(source) => {
            import.format = "native".into();
            if !is_there {
                let stage = Stage::default();
                let work = web(source, fetcher, &clock, folder, (None, None), &stage);
                let most = (source.pages + source.pictures) as i64;
                let report = watched(running, work, || {
                    let report = stage.report();
                    ((report.pages + report.pictures) as i64, most, "collecting pages")
                });
                let report = report.await?.map_err(Stopped::Failed)?;
                if report.kept + report.pictures == 0 {
                    return Err(Stopped::Failed(nothing(&report.passed_over)));
                }
                told = serde_json::to_value(&report).unwrap_or_default();
            }
        }
        CollectSource::Http(source) => {
            import.format.clone_from(&source.format);
            import.mapping = Mapping { content: source.content.clone(), ..Mapping::default() };
            if !is_there {
                let urls = source.addresses().map_err(|(_, message)| Stopped::Failed(message))?;
                let gauge = Gauge::default();
                let work = http::bring(&fetcher, &urls, None, BYTES_MAXIMUM, folder, &gauge);
                let brought = watched(running, work, || (gauge.read() as i64, 0, "fetching bytes")).await?;
                origins = origins_of("http", folder, &brought.map_err(stopped)?, clock.now());
            }
        }
        CollectSource::Hub(source) => {
            import.format = "hugging-face".into();
            if !is_there {
                let part = source.part().map_err(|(_, message)| Stopped::Failed(message))?;
                let gauge = Gauge::default();
                let work = hub::bring(&fetcher, &part, None, BYTES_MAXIMUM, folder, &gauge);
                let brought = watched(running, work, || (gauge.read() as i64, 0, "fetching bytes")).await?;
                let name = format!("hub:{}", part.dataset);
                origins = origins_of(&name, folder, &brought.map_err(stopped)?, clock.now());
            }
        }
    }
    let mut result = import::bring(running, import, &origins).await?;
    result["collected"] = told;
    Ok(result)
}

/// Where each file comes from, by its name in the folder.
fn origins_of(source: &str, folder: &Path, brought: &[Brought], at: Timestamp) -> Origins {
    let told = brought.iter().map(|file| {
        let name = file.path.strip_prefix(folder).unwrap_or(&file.path).to_string_lossy().into_owned();
        let origin = [
            ("source", Value::from(source)),
            ("url", file.url.as_str().into()),
            ("final_url", file.final_url.as_str().into()),
            ("fetched_at", at.to_string().into()),
            ("file_sha256", file.sha256.as_str().into()),
        ];
        (name, origin.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    });
    Origins(told.collect())
}

/// Waits for the work and tells how far it is; whoever cancels ends it.
async fn watched<T>(
    running: &mut Running<'_>,
    work: impl Future<Output = T>,
    stage: impl Fn() -> (i64, i64, &'static str),
) -> Result<T, Stopped> {
    tokio::pin!(work);
    loop {
        tokio::select! {
            outcome = &mut work => return Ok(outcome),
            () = tokio::time::sleep(BEAT) => {
                let (done, total, message) = stage();
                running.progress(done, total, message).await?;
            }
        }
    }
}

fn stopped(error: SourceError) -> Stopped {
    let may_pass = match &error {
        SourceError::Fetch { reason, .. } => reason.is_passing(),
        SourceError::Disk(..) => true,
        SourceError::Refused(_) | SourceError::Unexpected { .. } => false,
    };
    let message = error.to_string();
    if may_pass { Stopped::TryAgain(message) } else { Stopped::Failed(message) }
}

/// Why a collection has nothing, by what stood in its way most often.
fn nothing(passed_over: &BTreeMap<String, u64>) -> String {
    let most = passed_over.iter().max_by_key(|(_, count)| **count).map(|(why, _)| why.as_str());
    let why = match most {
        Some("disallowed") => "robots.txt of the site disallows it",
        Some("robots_unreachable") => "the site cannot be reached, or does not say what it allows",
        Some("forbidden") => "the address leads into a private network; the operator may allow it",
        Some("unreachable") => "the site cannot be reached or is too slow",
        Some("no_index") => "the pages ask not to be kept",
        Some("no_text") => "the pages have too little text",
        _ => "no page could be read",
    };
    format!("nothing was collected: {why}")
}
