//! Objects of an S3-compatible store below a prefix. The listing is gone through page by page, so that a million keys take
//! no memory; objects come in parts, and those that are there with their size are passed over.

use super::{Gauge, SourceError};
use crate::Fetcher;
use futures::StreamExt;
use object_store::{
    ClientOptions, Error, ObjectMeta, ObjectStore, ObjectStoreExt, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder},
    client::{HttpClient, HttpConnector},
    path::Path as Key,
};
use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    time::Duration,
};
use url::Url;

/// Bytes of one request.
const PART_BYTES: u64 = 8 << 20;
const RETRIES: usize = 4;
const RETRY_SECONDS: u64 = 60;
/// Longer names do not fit into every file system.
const NAME_BYTES_MAXIMUM: usize = 200;

/// Which objects of which bucket.
#[derive(Clone, Default)]
pub struct Wanted {
    pub bucket: String,
    pub prefix: String,
    pub region: String,
    /// Where it is not Amazon's.
    pub endpoint: Option<Url>,
    /// Key id and secret; without them only what is public can be had.
    pub keys: Option<(String, String)>,
    /// Only keys that end with one of these, if there are any.
    pub endings: Vec<String>,
}

/// What came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Brought {
    pub objects: u64,
    pub bytes: u64,
    /// There were more than were to be brought.
    pub is_cut: bool,
}

/// Brings at most so many objects and bytes.
///
/// # Errors
/// When the bucket refuses or cannot be reached, or the disk is full.
pub async fn bring(
    fetcher: &Fetcher,
    wanted: &Wanted,
    (most_objects, most_bytes): (u64, u64),
    folder: &Path,
    gauge: &Gauge,
) -> Result<Brought, SourceError> {
    let store = open(fetcher, wanted)?;
    let prefix = Key::from(wanted.prefix.trim_matches('/'));
    let mut listing = store.list(Some(&prefix).filter(|prefix| !prefix.as_ref().is_empty()));
    let mut brought = Brought::default();
    while let Some(object) = listing.next().await {
        let object = object.map_err(|error| refused(wanted, &error))?;
        let key = object.location.as_ref();
        let is_wanted = wanted.endings.is_empty() || wanted.endings.iter().any(|ending| key.ends_with(ending.as_str()));
        if !is_wanted || object.size == 0 && key.ends_with('/') {
            continue;
        }
        if brought.objects >= most_objects || brought.bytes + object.size > most_bytes {
            brought.is_cut = true;
            break;
        }
        let to = place(folder, key);
        if !fs::metadata(&to).is_ok_and(|there| there.len() == object.size) {
            fill(&store, wanted, &object, &to).await?;
        }
        gauge.add(object.size);
        brought.objects += 1;
        brought.bytes += object.size;
    }
    Ok(brought)
}

fn open(fetcher: &Fetcher, wanted: &Wanted) -> Result<AmazonS3, SourceError> {
    let fetch = |reason| SourceError::Fetch { place: wanted.bucket.clone(), reason };
    let client = fetcher.client().map_err(fetch)?.clone();
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&wanted.bucket)
        .with_region(&wanted.region)
        .with_retry(RetryConfig {
            max_retries: RETRIES,
            retry_timeout: Duration::from_secs(RETRY_SECONDS),
            ..RetryConfig::default()
        })
        .with_http_connector(Guarded(client));
    if let Some(endpoint) = &wanted.endpoint {
        fetcher.check(endpoint).map_err(fetch)?;
        builder =
            builder.with_endpoint(endpoint.as_str().trim_end_matches('/')).with_allow_http(endpoint.scheme() == "http");
    }
    builder = match &wanted.keys {
        Some((id, secret)) => builder.with_access_key_id(id).with_secret_access_key(secret),
        // Nobody else's keys are looked for: not those of this machine either.
        None => builder.with_skip_signature(true),
    };
    builder.build().map_err(|error| refused(wanted, &error))
}

/// The guarded client for all requests.
#[derive(Debug)]
struct Guarded(reqwest::Client);

impl HttpConnector for Guarded {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.0.clone()))
    }
}

const REFUSES: &str = "the bucket refuses: give keys that may list and read it";

/// The sentences hold nothing of what the other side said.
fn refused(wanted: &Wanted, error: &Error) -> SourceError {
    // The status of a listing is told in words only.
    let mut said = String::new();
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(inner) = source {
        said.push_str(&inner.to_string());
        source = inner.source();
    }
    let is = |status: &str| said.contains(&format!("status code: {status}"));
    let why = match error {
        Error::NotFound { .. } => "there is no such bucket or object",
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => REFUSES,
        Error::Precondition { .. } => "the object changed while it was read",
        _ if is("401") || is("403") => REFUSES,
        _ => "the bucket cannot be reached, or does not answer as S3 does",
    };
    SourceError::Refused(format!("s3://{}: {why}", wanted.bucket))
}

async fn fill(store: &AmazonS3, wanted: &Wanted, object: &ObjectMeta, to: &Path) -> Result<(), SourceError> {
    let disk = |error: io::Error| SourceError::Disk(to.display().to_string(), error);
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(disk)?;
    }
    let name = to.file_name().unwrap_or_default().to_string_lossy();
    let part = to.with_file_name(format!(".{name}.part"));
    let mut file = OpenOptions::new().create(true).truncate(true).write(true).open(&part).map_err(disk)?;
    let mut at = 0;
    while at < object.size {
        let range = at..object.size.min(at + PART_BYTES);
        let bytes = store.get_range(&object.location, range.clone()).await.map_err(|error| refused(wanted, &error))?;
        if bytes.len() as u64 != range.end - range.start {
            return Err(SourceError::Unexpected {
                place: wanted.bucket.clone(),
                what: "an object is shorter than listed".into(),
            });
        }
        file.write_all(&bytes).map_err(disk)?;
        at = range.end;
    }
    file.sync_data().and_then(|()| fs::rename(&part, to)).map_err(disk)
}

/// A place below the folder for a key, another one for every other key.
fn place(folder: &Path, key: &str) -> PathBuf {
    let mut place = folder.to_owned();
    for segment in key.split('/').filter(|segment| !segment.is_empty()) {
        let mut name = String::new();
        for byte in segment.bytes() {
            let is_plain = byte.is_ascii_alphanumeric() || b"_-".contains(&byte) || (byte == b'.' && !name.is_empty());
            if is_plain {
                name.push(char::from(byte));
            } else {
                name.push_str(&format!("%{byte:02X}"));
            }
        }
        if name.len() > NAME_BYTES_MAXIMUM {
            let hash = crate::crawl::warc::hex(name.as_bytes());
            let ending = name.rsplit_once('.').map(|(_, ending)| ending).filter(|ending| ending.len() < 10);
            name = format!("{}{}{}", hash, if ending.is_some() { "." } else { "" }, ending.unwrap_or_default());
        }
        place.push(name);
    }
    place
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_lead_nowhere_else_and_not_to_each_other() {
        let at = |key: &str| place(Path::new("/f"), key).to_string_lossy().into_owned();
        assert_eq!(at("a/b.png"), "/f/a/b.png");
        assert_eq!(at("../../etc/passwd"), "/f/%2E./%2E./etc/passwd");
        assert_eq!(at("/.hidden//x y"), "/f/%2Ehidden/x%20y");
        assert_ne!(at("a%20b"), at("a b"));
        assert!(at(&format!("{}.png", "x".repeat(1000))).ends_with(".png"));
    }
}
