//! One arm a kind of source: what is fetched into the folder, and what is told of it.

use super::{CollectInput, making, nothing};
use crate::{
    acquire::{BYTES_MAXIMUM, CollectSource, Keep, Links, ROWS_BYTES_MAXIMUM, Stage, origin, origins_of_files, web},
    jobs::{Running, Stopped, kinds::import::Origins},
};
use labelwright_connect::sources::{
    Brought, Gauge, SourceError, apify,
    bucket::{self, Bookmark},
    database, http, hub,
    rows::{Added, Counts, Rows},
};
use labelwright_core::Timestamp;
use serde_json::{Map, Value, json};
use std::{
    io::{self, BufRead, BufReader},
    path::Path,
    sync::Arc,
    time::Duration,
};

pub const ROWS: &str = "rows.jsonl";
const ITEMS: &str = "items.jsonl";
/// How often the progress is told.
const BEAT: Duration = Duration::from_millis(250);

/// What lies in the folder.
#[derive(Default)]
pub struct Collected {
    /// For whoever looks at the job.
    pub told: Value,
    pub origins: Origins,
    /// What the next time goes on from.
    pub bookmark: Option<String>,
    /// A limit ended it before the data did.
    pub is_cut: bool,
    /// The next time goes on behind it.
    pub more: bool,
    /// Rows that are left out.
    pub without_key: u64,
    /// There is nothing new, and why there is nothing at all.
    pub is_nothing: bool,
    pub why: Option<String>,
}

pub async fn bring(running: &mut Running<'_>, wanted: &CollectInput, folder: &Path) -> Result<Collected, Stopped> {
    let (fetcher, clock) = (running.workflow.fetcher.clone(), running.workflow.clock.clone());
    let (connections, workspace) = (running.workflow.connections.clone(), running.job.workspace);
    let wrong = |(_, message): (String, String)| Stopped::Failed(message);
    let gauge = Gauge::default();
    let mut collected = Collected::default();
    match &wanted.source {
        CollectSource::Web(source) => {
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
            collected.told = serde_json::to_value(&report).unwrap_or_default();
        }
        CollectSource::Http(source) => {
            let urls = source.addresses().map_err(wrong)?;
            let work = http::bring(&fetcher, &urls, None, BYTES_MAXIMUM, folder, &gauge);
            let brought = watched(running, work, || (gauge.read() as i64, 0, "fetching bytes")).await?;
            collected.origins = origins_of("http", folder, &brought.map_err(stopped)?, clock.now());
        }
        CollectSource::Hub(source) => {
            let part = source.part().map_err(wrong)?;
            let work = hub::bring(&fetcher, &part, None, BYTES_MAXIMUM, folder, &gauge);
            let brought = watched(running, work, || (gauge.read() as i64, 0, "fetching bytes")).await?;
            let name = format!("hub:{}", part.dataset);
            collected.origins = origins_of(&name, folder, &brought.map_err(stopped)?, clock.now());
        }
        CollectSource::Bucket(source) => {
            let part = source.wanted(&connections, workspace).map_err(wrong)?;
            let mut bookmark: Bookmark = noted(wanted)?.unwrap_or_default();
            let place = part.told();
            let mut links = Links::new(source).map_err(|error| Stopped::Failed(error.to_string()))?;
            let Origins { each, all, .. } = &mut collected.origins;
            *all = origin(place.split(':').next().unwrap_or_default(), clock.now());
            let with = |object: bucket::Object| {
                let url = format!("{place}/{}", object.key);
                each.insert(object.name.clone(), Map::from_iter([("url".to_owned(), url.into())]));
                if source.keep == Keep::Link {
                    links.add(object);
                }
            };
            let most = (source.objects, BYTES_MAXIMUM);
            let work = bucket::bring(&fetcher, &part, most, folder, &gauge, &mut bookmark, with);
            let brought = watched(running, work, || (gauge.read() as i64, 0, "fetching bytes")).await?;
            let brought = brought.map_err(stopped)?;
            collected.origins.links = Arc::new(links);
            collected.is_nothing = brought.objects == 0;
            collected.why = Some("nothing was collected: the bucket has no such objects".to_owned());
            (collected.is_cut, collected.more) = (brought.is_cut, brought.is_cut);
            collected.told = json!({ "objects": brought.objects, "bytes": brought.bytes });
            collected.bookmark = serde_json::to_string(&bookmark).ok();
        }
        CollectSource::Apify(source) => {
            let asked = source.wanted(&connections, workspace).map_err(wrong)?;
            // Each run of an actor makes a dataset of its own.
            let is_dataset = matches!(asked.wanted, apify::Wanted::Dataset(_));
            let from: u64 = noted(wanted)?.filter(|_| is_dataset).unwrap_or(0);
            let (to, base) = (folder.join(ITEMS), asked.base.as_ref());
            let most = (from, source.items);
            let work = apify::bring(&fetcher, base, &asked.wanted, asked.token.as_deref(), most, &to, &gauge);
            let count = watched(running, work, || (gauge.read() as i64, 0, "fetching items")).await?;
            let count = count.map_err(stopped)?;
            let (rows, key) = (folder.join(ROWS), source.key.clone());
            let keyed = running.compute((count as i64, 0), "fetching items", move || keyed(&to, &rows, key.as_deref()));
            let counts = keyed.await?.map_err(|error| Stopped::TryAgain(format!("the disk says: {error}")))?;
            collected.without_key = counts.without_key;
            collected.told = json!({ "items": count });
            collected.is_nothing = count == 0;
            collected.why = Some("nothing was collected: the dataset is empty".to_owned());
            collected.is_cut = count >= source.items;
            collected.more = is_dataset && collected.is_cut;
            collected.bookmark = is_dataset.then(|| (from + count).to_string());
            collected.origins.all = origin("apify", clock.now());
        }
        CollectSource::Database(source) => {
            let since: Option<String> = noted(wanted)?;
            let (database, query) = source.wanted(&connections, workspace, since).map_err(wrong)?;
            let to = folder.join(ROWS);
            let work = database::bring(&fetcher, &database, &query, &to, &gauge);
            let pulled = watched(running, work, || (gauge.read() as i64, 0, "fetching rows")).await?;
            let pulled = pulled.map_err(stopped)?;
            let counts = &pulled.counts;
            collected.is_nothing = counts.rows == 0 && counts.known == 0;
            collected.why = Some("nothing was collected: the query has no rows".to_owned());
            collected.is_cut = pulled.is_cut;
            collected.more = pulled.is_cut && query.cursor.is_some();
            collected.without_key = counts.without_key;
            collected.told = json!({ "rows": counts.rows });
            collected.bookmark = pulled.cursor.and_then(|cursor| serde_json::to_string(&cursor).ok());
            collected.origins.all = origin("database", clock.now());
            collected.origins.all.insert("connection".into(), source.connection.clone().into());
        }
        CollectSource::Synthesis(source) => {
            let said = making::synthesized(running, source, folder).await?;
            collected.told = json!({ "made": said.trim() });
            collected.origins.all = origin("synthesis", clock.now());
        }
        CollectSource::Augmentation(source) => {
            let project = wanted.project.ok_or_else(|| Stopped::Failed("there is no project".into()))?;
            let said = making::augmented(running, source, project, folder).await?;
            collected.told = json!({ "made": said.trim() });
            collected.origins.all = origin("augmentation", clock.now());
        }
    }
    Ok(collected)
}

/// The bookmark of the last time, in the words of this kind of source.
fn noted<T: serde::de::DeserializeOwned>(wanted: &CollectInput) -> Result<Option<T>, Stopped> {
    let read = wanted.bookmark.as_deref().map(serde_json::from_str).transpose();
    read.map_err(|error| Stopped::Failed(format!("the bookmark of this source cannot be read: {error}")))
}

/// Items with a key each, in a file that an import reads.
fn keyed(items: &Path, rows: &Path, key: Option<&str>) -> io::Result<Counts> {
    drop(std::fs::remove_file(rows));
    let mut out = Rows::open(rows, key, (u64::MAX, ROWS_BYTES_MAXIMUM))?;
    for line in BufReader::new(std::fs::File::open(items)?).lines() {
        // The lines were looked at when they came.
        let row = serde_json::from_str::<Map<String, Value>>(&line?)?;
        if out.add(row)? == Added::Full {
            return Err(io::Error::other(format!("the items have more than {ROWS_BYTES_MAXIMUM} bytes")));
        }
    }
    out.finish()
}

/// Of files that were fetched one by one.
fn origins_of(source: &str, folder: &Path, brought: &[Brought], at: Timestamp) -> Origins {
    let each = origins_of_files(folder, brought).collect();
    Origins { all: origin(source, at), each, ..Origins::default() }
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
