//! Objects of a bucket below a prefix: Amazon S3 and what speaks like it, Google Cloud Storage, Azure Blob Storage, and a
//! folder of this machine (one that is mounted, say), whose files are objects like others. The
//! listing is gone through page by page, so that a million keys take no memory; objects come in parts, and those that are
//! there with their size are passed over. A bookmark says what an earlier time has taken.

mod bookmark;
mod names;
mod open;

pub use bookmark::Bookmark;
pub use open::{AzureKey, GOOGLE, open, signed};

use super::{Gauge, SourceError};
use crate::Fetcher;
use futures::StreamExt;
use object_store::{Error, ObjectMeta, ObjectStore, ObjectStoreExt, path::Path as Key};
use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    time::Duration,
};
use url::Url;

/// Bytes of one request.
const PART_BYTES: u64 = 8 << 20;
/// A listing that says nothing for so long is given up: one that repeats an empty page never ends by itself.
const LISTING_PATIENCE: Duration = Duration::from_secs(300);

/// Where a bucket lies, and who asks.
#[derive(Clone)]
pub enum Store {
    /// Also Google's, at [`GOOGLE`] with HMAC keys.
    S3 {
        region: String,
        /// Where it is not Amazon's.
        endpoint: Option<Url>,
        /// Key id and secret; without them only what is public can be had.
        keys: Option<(String, String)>,
    },
    Azure {
        account: String,
        /// Where it is not the account's own.
        endpoint: Option<Url>,
        key: Option<AzureKey>,
    },
    /// A folder of this machine.
    Folder(PathBuf),
}

/// Which objects of which bucket.
#[derive(Clone)]
pub struct Wanted {
    pub store: Store,
    /// Azure calls it a container. Of a folder: what it is called.
    pub bucket: String,
    pub prefix: String,
    /// Only keys that end with one of these, if there are any.
    pub endings: Vec<String>,
}

impl Wanted {
    /// As messages and provenance name it.
    pub fn told(&self) -> String {
        match &self.store {
            Store::S3 { endpoint, .. } => {
                let is_google = endpoint.as_ref().is_some_and(|url| url.as_str().starts_with(GOOGLE));
                format!("{}://{}", if is_google { "gs" } else { "s3" }, self.bucket)
            }
            Store::Azure { account, .. } => format!("azure://{account}/{}", self.bucket),
            Store::Folder(_) => format!("folder://{}", self.bucket),
        }
    }
}

/// An object that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its name below the folder.
    pub name: String,
    pub key: String,
    pub bytes: u64,
    /// What the store calls this state of it.
    pub e_tag: Option<String>,
}

/// What came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Brought {
    pub objects: u64,
    pub bytes: u64,
    /// There were more than were to be brought.
    pub is_cut: bool,
}

/// Brings at most so many objects and bytes. What the bookmark knows is passed over; afterwards it knows these too. Each
/// object is told as soon as it lies in the folder.
///
/// # Errors
/// When the bucket refuses or cannot be reached, its listing goes round in a circle, an object is not what was listed, or
/// the disk is full.
pub async fn bring(
    fetcher: &Fetcher,
    wanted: &Wanted,
    (most_objects, most_bytes): (u64, u64),
    folder: &Path,
    gauge: &Gauge,
    bookmark: &mut Bookmark,
    mut with: impl FnMut(Object),
) -> Result<Brought, SourceError> {
    let store = open(fetcher, wanted)?;
    let prefix = Key::from(wanted.prefix.trim_matches('/'));
    let prefix = Some(&prefix).filter(|prefix| !prefix.as_ref().is_empty());
    let mut listing = match bookmark.after() {
        Some(after) => store.list_with_offset(prefix, &Key::from(after)),
        None => store.list(prefix),
    };
    let (mut brought, mut circle) = (Brought::default(), Circle::default());
    loop {
        let next = tokio::time::timeout(LISTING_PATIENCE, listing.next()).await;
        let Some(object) = next.map_err(|_| unexpected(wanted, "the listing does not go on"))? else { break };
        let object = object.map_err(|error| refused(wanted, &error))?;
        let key = object.location.as_ref();
        if circle.closes(key) {
            return Err(unexpected(wanted, "the listing comes to the same key again"));
        }
        let is_wanted = wanted.endings.is_empty() || wanted.endings.iter().any(|ending| key.ends_with(ending.as_str()));
        if !is_wanted || object.size == 0 && key.ends_with('/') || bookmark.knows(&object) {
            continue;
        }
        if brought.objects >= most_objects || brought.bytes + object.size > most_bytes {
            brought.is_cut = true;
            break;
        }
        let to = names::place(folder, key);
        if !fs::metadata(&to).is_ok_and(|there| there.len() == object.size) {
            fill(&*store, wanted, &object, &to).await?;
        }
        let name = to.strip_prefix(folder).unwrap_or(&to).to_string_lossy().into_owned();
        with(Object { name, key: key.to_owned(), bytes: object.size, e_tag: object.e_tag.clone() });
        bookmark.takes(&object);
        gauge.add(object.size);
        brought.objects += 1;
        brought.bytes += object.size;
    }
    if !brought.is_cut {
        bookmark.ends();
    }
    Ok(brought)
}

/// Finds out that a sequence repeats itself, with one key in memory (Brent's algorithm): no key is listed twice.
#[derive(Default)]
struct Circle {
    mark: String,
    steps: u64,
    limit: u64,
}

impl Circle {
    fn closes(&mut self, key: &str) -> bool {
        if self.limit > 0 && key == self.mark {
            return true;
        }
        self.steps += 1;
        if self.steps >= self.limit {
            key.clone_into(&mut self.mark);
            (self.steps, self.limit) = (0, (self.limit * 2).max(1));
        }
        false
    }
}

const REFUSES: &str = "the bucket refuses: give keys that may list and read it";

fn unexpected(wanted: &Wanted, what: &str) -> SourceError {
    SourceError::Unexpected { place: wanted.told(), what: what.to_owned() }
}

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
        _ => "the bucket cannot be reached, or does not answer as such a store does",
    };
    SourceError::Refused(format!("{}: {why}", wanted.told()))
}

async fn fill(store: &dyn ObjectStore, wanted: &Wanted, object: &ObjectMeta, to: &Path) -> Result<(), SourceError> {
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
            return Err(unexpected(wanted, "an object is shorter than listed"));
        }
        file.write_all(&bytes).map_err(disk)?;
        at = range.end;
    }
    file.sync_data().and_then(|()| fs::rename(&part, to)).map_err(disk)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_is_found_and_a_line_is_none() {
        let mut circle = Circle::default();
        assert!(!(0..10_000).any(|number| circle.closes(&number.to_string())));
        let mut circle = Circle::default();
        let found = (0..100_000).position(|number| circle.closes(&(number % 1000).to_string()));
        assert!(found.is_some_and(|at| at < 4000), "{found:?}");
    }
}
