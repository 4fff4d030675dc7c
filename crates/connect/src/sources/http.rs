//! Files behind addresses: tables, archives, shards.

use super::{Brought, Gauge, SourceError, harmless, talk::Talk};
use crate::Fetcher;
use std::path::Path;
use url::Url;

/// Brings each file under its own name; two of one name get numbers.
///
/// # Errors
/// The first file that cannot be had.
pub async fn bring(
    fetcher: &Fetcher,
    urls: &[Url],
    token: Option<&str>,
    most: u64,
    folder: &Path,
    gauge: &Gauge,
) -> Result<Vec<Brought>, SourceError> {
    let (talk, mut brought, mut names) = (Talk { fetcher, token }, Vec::new(), Vec::new());
    for url in urls {
        let last = url.path_segments().and_then(Iterator::last).map(harmless).filter(|name| !name.is_empty());
        let mut name = last.unwrap_or_else(|| "data".to_owned());
        if names.contains(&name) {
            name = format!("{}-{name}", brought.len() + 1);
        }
        brought.push(talk.download(url, &folder.join(&name), most, gauge).await?);
        names.push(name);
    }
    Ok(brought)
}
