//! Datasets of the Hugging Face hub as the Parquet shards that its viewer makes of them, in a layout that keeps
//! configurations and splits; names of classes and kinds of columns stand in each shard's footer.

use super::{Brought, Gauge, SourceError, harmless, talk::Talk};
use crate::Fetcher;
use serde_json::Value;
use std::{collections::BTreeMap, path::Path};
use url::Url;

pub const VIEWER: &str = "https://datasets-server.huggingface.co";

/// Which part of which dataset.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// `owner/name`, or an old name without an owner.
    pub dataset: String,
    /// All configurations and splits unless named.
    pub configuration: Option<String>,
    pub splits: Vec<String>,
    /// The viewer's address where it is not the hub's own.
    pub base: Option<Url>,
}

/// # Errors
/// When the dataset cannot be had, or has no such part.
pub async fn bring(
    fetcher: &Fetcher,
    wanted: &Wanted,
    token: Option<&str>,
    most: u64,
    folder: &Path,
    gauge: &Gauge,
) -> Result<Vec<Brought>, SourceError> {
    let talk = Talk { fetcher, token };
    let unexpected = |what: &str| SourceError::Unexpected { place: wanted.dataset.clone(), what: what.to_owned() };
    let base = match &wanted.base {
        Some(base) => base.clone(),
        None => Url::parse(VIEWER).map_err(|_| unexpected("the viewer has no address"))?,
    };
    let mut listing = base.join("/parquet").map_err(|_| unexpected("the viewer has no such address"))?;
    listing.query_pairs_mut().append_pair("dataset", &wanted.dataset);
    let listed = talk.json(&listing).await?;
    if listed["partial"] == Value::Bool(true) {
        // Half of a dataset under the name of the whole would be a lie.
        let message = "the viewer has made only a part of this dataset into Parquet; name a smaller configuration";
        return Err(SourceError::Refused(format!("{}: {message}", wanted.dataset)));
    }
    let files = listed["parquet_files"].as_array().ok_or_else(|| unexpected("there is no list parquet_files"))?;
    let mut shards: BTreeMap<(String, String), Vec<Url>> = BTreeMap::new();
    for file in files {
        let text = |key: &str| file[key].as_str().ok_or_else(|| unexpected(&format!("a shard has no {key}")));
        let (configuration, split) = (text("config")?, text("split")?);
        let is_wanted = wanted.configuration.as_deref().is_none_or(|own| own == configuration)
            && (wanted.splits.is_empty() || wanted.splits.iter().any(|own| own == split));
        if is_wanted {
            let url = Url::parse(text("url")?).map_err(|_| unexpected("a shard has no address"))?;
            shards.entry((configuration.to_owned(), split.to_owned())).or_default().push(url);
        }
    }
    if shards.is_empty() {
        let message = "there is no such configuration or split, or the viewer has not made it into Parquet yet";
        return Err(SourceError::Refused(format!("{}: {message}", wanted.dataset)));
    }
    let several =
        shards.keys().map(|(configuration, _)| configuration).collect::<std::collections::BTreeSet<_>>().len() > 1;
    let (mut brought, mut left): (Vec<Brought>, u64) = (Vec::new(), most);
    for ((configuration, split), urls) in &shards {
        let place = if several { folder.join(harmless(configuration)) } else { folder.join("data") };
        for (index, url) in urls.iter().enumerate() {
            let name = format!("{}-{index:05}-of-{:05}.parquet", harmless(split), urls.len());
            let shard = talk.download(url, &place.join(name), left, gauge).await?;
            left = left.saturating_sub(shard.bytes);
            brought.push(shard);
        }
    }
    Ok(brought)
}
