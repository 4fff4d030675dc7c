//! Collects data from elsewhere into a folder, then brings it in like an import. Run again after a crash it goes on with
//! what it had collected; cancelled or refused it leaves nothing. A source that is asked again takes only what is new, by
//! the bookmark that its last time left.

mod bringing;
mod making;

use super::{ImportInput, OnError, Running, Source, Stopped, import, input};
use crate::acquire::CollectSource;
use bringing::Collected;
use labelwright_core::{DatasetId, ProjectId};
use labelwright_formats::Mapping;
use labelwright_store::jobs::JobProblem;
pub(crate) use making::{PARENTS, RECIPE, laid};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// Where a result holds the bookmark until it is kept.
pub(crate) const BOOKMARK: &str = "bookmark";

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CollectInput {
    pub dataset: DatasetId,
    pub source: CollectSource,
    /// The items become tasks of this project.
    #[serde(default)]
    pub project: Option<ProjectId>,
    /// The repeated source whose time it was.
    #[serde(default)]
    pub repeat: Option<i64>,
    /// What the last time has noted.
    #[serde(default)]
    pub bookmark: Option<String>,
}

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
    let is_there = import::is_sealed(running).await?;
    let collected = if is_there { Collected::default() } else { bringing::bring(running, wanted, folder).await? };
    let mut result = if collected.is_nothing {
        if wanted.repeat.is_none() {
            return Err(Stopped::Failed(collected.why.unwrap_or_else(|| "nothing was collected".into())));
        }
        json!({ "added": 0, "known": 0, "refused": 0 })
    } else {
        import::bring(running, import_of(wanted, folder), &collected.origins).await?
    };
    let mut left_out = Vec::new();
    if collected.without_key > 0 {
        left_out.push(("no_key", format!("{} rows are left out: they have no key", collected.without_key)));
    }
    if collected.is_cut && !(collected.more && wanted.repeat.is_some()) {
        left_out.push(("more", "there is more than the limit allows; the rest is left out".to_owned()));
    }
    let problem = |(code, message): (&str, String)| JobProblem { place: "source".into(), code: code.into(), message };
    running.problems(left_out.into_iter().map(problem).collect()).await?;
    result["collected"] = collected.told;
    if collected.more {
        result["more"] = true.into();
    }
    if let Some(bookmark) = collected.bookmark {
        result[BOOKMARK] = bookmark.into();
    }
    Ok(result)
}

/// How what lies in the folder is read.
fn import_of(wanted: &CollectInput, folder: &Path) -> ImportInput {
    let own_key = || labelwright_connect::sources::rows::OWN_KEY.to_owned();
    let (format, mapping) = match &wanted.source {
        CollectSource::Web(_) | CollectSource::Synthesis(_) | CollectSource::Augmentation(_) => {
            ("native".to_owned(), Mapping::default())
        }
        CollectSource::Http(source) => {
            (source.format.clone(), Mapping { content: source.content.clone(), ..Mapping::default() })
        }
        CollectSource::Hub(_) => ("hugging-face".to_owned(), Mapping::default()),
        CollectSource::Bucket(source) => {
            (source.format.clone(), Mapping { content: source.content.clone(), ..Mapping::default() })
        }
        CollectSource::Apify(source) => {
            let key = Some(source.key.clone().unwrap_or_else(own_key));
            ("jsonl".to_owned(), Mapping { key, content: Some(source.content.clone()), ..Mapping::default() })
        }
        CollectSource::Database(source) => {
            let mapping = Mapping {
                key: Some(source.key.clone().unwrap_or_else(own_key)),
                content: Some(source.content.clone()),
                metadata: source.metadata.clone(),
                labels: source.labels.clone(),
                ..Mapping::default()
            };
            ("jsonl".to_owned(), mapping)
        }
    };
    ImportInput {
        dataset: Some(wanted.dataset),
        source: Source::Path(path_of(wanted, folder)),
        format,
        mapping,
        options: BTreeMap::new(),
        on_error: OnError::KeepGood,
        project: wanted.project,
    }
}

/// Rows lie in one file, beside which there may be others.
fn path_of(wanted: &CollectInput, folder: &Path) -> PathBuf {
    match wanted.source {
        CollectSource::Apify(_) | CollectSource::Database(_) => folder.join(bringing::ROWS),
        CollectSource::Web(_) | CollectSource::Http(_) | CollectSource::Hub(_) | CollectSource::Bucket(_) => {
            folder.to_owned()
        }
        CollectSource::Synthesis(_) | CollectSource::Augmentation(_) => folder.join(making::MADE),
    }
}

/// Why a collection has nothing, by what stood in its way most often.
pub(crate) fn nothing(passed_over: &BTreeMap<String, u64>) -> String {
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
