//! Datasets of Apify, and runs of its actors that make them (API version 2). Items are taken in the order in which they
//! were put in, so that the number of those that are there says where to go on.

use super::{Gauge, SourceError, talk::Talk};
use crate::Fetcher;
use reqwest::header::HeaderName;
use serde_json::Value;
use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufRead, BufReader, Write},
    path::Path,
};
use url::Url;

pub const API: &str = "https://api.apify.com";
const PAGE_ITEMS: u64 = 1000;
/// Seconds that one question may wait for a run to end.
const WAIT_SECONDS: u32 = 60;

/// Where items come from.
#[derive(Debug, Clone, PartialEq)]
pub enum Wanted {
    Dataset(String),
    /// An actor (`owner~name`) that is run first, with its input and the most that it may cost in US dollars.
    Actor {
        actor: String,
        input: Value,
        most_usd: Option<f64>,
    },
}

/// Brings all items as JSON Lines, without the first `from` of them; `most` items at most. The number of those in the
/// file.
///
/// # Errors
/// When the run fails or items cannot be had.
pub async fn bring(
    fetcher: &Fetcher,
    base: Option<&Url>,
    wanted: &Wanted,
    token: Option<&str>,
    (from, most): (u64, u64),
    to: &Path,
    gauge: &Gauge,
) -> Result<u64, SourceError> {
    let talk = Talk { fetcher, token };
    let base = match base {
        Some(base) => base.clone(),
        None => Url::parse(API).map_err(|_| unexpected("Apify", "it has no address"))?,
    };
    let dataset = match wanted {
        Wanted::Dataset(id) => id.clone(),
        Wanted::Actor { actor, input, most_usd } => run(&talk, &base, actor, input, *most_usd, to).await?,
    };
    let disk = |error: io::Error| SourceError::Disk(to.display().to_string(), error);
    let mut there = whole_lines(to).map_err(disk)?;
    gauge.add(there);
    let mut file = OpenOptions::new().create(true).append(true).open(to).map_err(disk)?;
    while there < most {
        let mut url = at(&base, &["v2", "datasets", &dataset, "items"])?;
        let limit = PAGE_ITEMS.min(most - there);
        url.query_pairs_mut()
            .append_pair("format", "jsonl")
            .append_pair("clean", "1")
            .append_pair("offset", &from.saturating_add(there).to_string())
            .append_pair("limit", &limit.to_string());
        let answer = talk.get(&url).await?;
        let header = |name| answer.header(&HeaderName::from_static(name)).and_then(|text| text.parse::<u64>().ok());
        let total = header("x-apify-pagination-total");
        let mut count = 0;
        let mut lines = Vec::with_capacity(answer.bytes.len() + 1);
        for line in answer.bytes.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
            if serde_json::from_slice::<serde_json::Map<String, Value>>(line).is_err() {
                return Err(unexpected("Apify", "an item is no JSON object"));
            }
            lines.extend_from_slice(line.trim_ascii());
            lines.push(b'\n');
            count += 1;
        }
        file.write_all(&lines).and_then(|()| file.sync_data()).map_err(disk)?;
        there += count;
        gauge.add(count);
        // `clean` leaves empty items out, so that a page may be short before the end.
        if count == 0
            || total.is_some_and(|total| from.saturating_add(there) >= total)
            || (total.is_none() && count < limit)
        {
            break;
        }
    }
    Ok(there)
}

/// Runs an actor to its end; its dataset. A run that was begun before is waited for instead of beginning another one.
async fn run(
    talk: &Talk<'_>,
    base: &Url,
    actor: &str,
    input: &Value,
    most_usd: Option<f64>,
    to: &Path,
) -> Result<String, SourceError> {
    let disk = |error: io::Error| SourceError::Disk(to.display().to_string(), error);
    let name = to.file_name().unwrap_or_default().to_string_lossy();
    let noted = to.with_file_name(format!(".{name}.run"));
    let mut run = match fs::read_to_string(&noted) {
        Ok(id) => talk.json(&at(base, &["v2", "actor-runs", id.trim()])?).await?,
        Err(_) => {
            let mut url = at(base, &["v2", "acts", &actor.replace('/', "~"), "runs"])?;
            if let Some(most) = most_usd {
                url.query_pairs_mut().append_pair("maxTotalChargeUsd", &most.to_string());
            }
            let begun = talk.post(&url, input).await?;
            let id = begun["data"]["id"].as_str().ok_or_else(|| unexpected(actor, "the run has no id"))?;
            if let Some(folder) = to.parent() {
                fs::create_dir_all(folder).map_err(disk)?;
            }
            fs::write(&noted, id).map_err(disk)?;
            begun
        }
    };
    loop {
        let data = &run["data"];
        let text = |key: &str| data[key].as_str().ok_or_else(|| unexpected(actor, &format!("the run has no {key}")));
        match text("status")? {
            "SUCCEEDED" => return Ok(text("defaultDatasetId")?.to_owned()),
            "READY" | "RUNNING" | "TIMING-OUT" | "ABORTING" => {
                let mut url = at(base, &["v2", "actor-runs", text("id")?])?;
                url.query_pairs_mut().append_pair("waitForFinish", &WAIT_SECONDS.to_string());
                tokio::time::sleep(std::time::Duration::from_millis(200)).await;
                run = talk.json(&url).await?;
            }
            "FAILED" | "TIMED-OUT" | "ABORTED" => {
                drop(fs::remove_file(&noted));
                return Err(SourceError::Refused(format!(
                    "{actor}: the run did not succeed; see it in Apify's console"
                )));
            }
            _ => return Err(unexpected(actor, "the run has an unknown status")),
        }
    }
}

fn at(base: &Url, segments: &[&str]) -> Result<Url, SourceError> {
    let mut url = base.clone();
    url.path_segments_mut().map_err(|()| unexpected("Apify", "the address can have no path"))?.clear().extend(segments);
    Ok(url)
}

fn unexpected(place: &str, what: &str) -> SourceError {
    SourceError::Unexpected { place: place.to_owned(), what: what.to_owned() }
}

/// How many lines a file has; a last one that was cut off is taken away.
fn whole_lines(path: &Path) -> io::Result<u64> {
    let Ok(file) = File::open(path) else {
        return path.parent().map_or(Ok(()), fs::create_dir_all).map(|()| 0);
    };
    let (mut reader, mut line, mut count, mut whole) = (BufReader::new(file), Vec::new(), 0, 0);
    while reader.read_until(b'\n', &mut line)? > 0 && line.ends_with(b"\n") {
        count += 1;
        whole += line.len() as u64;
        line.clear();
    }
    OpenOptions::new().write(true).open(path)?.set_len(whole)?;
    Ok(count)
}
