//! Blobs whose bytes were left where they are: rows name them by their hash like all others, and whoever knows where they
//! lie is asked when they are not here.

use super::{Blobs, failed};
use crate::{Result, StoreError};
use futures::future::BoxFuture;
use object_store::{GetOptions, GetRange, GetResult, ObjectStore, path::Path};
use std::{ops::Range, sync::Arc};

/// Where the bytes of a blob lie.
pub struct Linked {
    objects: Arc<dyn ObjectStore>,
    path: Path,
    pub(super) bytes: u64,
    /// The state of the object that had the blob's bytes.
    e_tag: Option<String>,
}

/// Knows where blobs lie that are not here.
pub trait Elsewhere: Send + Sync {
    /// None when it knows nothing of this one.
    fn find<'a>(&'a self, hash: &'a str) -> BoxFuture<'a, Result<Option<Linked>>>;
}

impl Linked {
    /// # Errors
    /// When no store can have an object of this key.
    pub fn new(objects: Arc<dyn ObjectStore>, key: &str, bytes: u64, e_tag: Option<String>) -> Result<Self> {
        let path = Path::parse(key).map_err(|error| StoreError::Elsewhere(error.to_string()))?;
        Ok(Self { objects, path, bytes, e_tag })
    }

    /// The object, or a part of it, in the state that was linked and in no other.
    pub(super) async fn get(self, range: Option<Range<u64>>) -> Result<GetResult> {
        self.ask(GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() }).await
    }

    /// Is the object still in the state that was linked?
    ///
    /// # Errors
    /// Why it is not, or cannot be asked.
    pub async fn check(self) -> Result<()> {
        self.ask(GetOptions { head: true, ..GetOptions::default() }).await.map(drop)
    }

    async fn ask(self, options: GetOptions) -> Result<GetResult> {
        let options = GetOptions { if_match: self.e_tag, ..options };
        self.objects.get_opts(&self.path, options).await.map_err(|error| {
            let why = match error {
                object_store::Error::NotFound { .. } => "it is not there any more",
                object_store::Error::Precondition { .. } => "it has changed since",
                object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. } => {
                    "the keys may not read it any more"
                }
                _ => "the store cannot be reached",
            };
            StoreError::Elsewhere(format!("{}: {why}", self.path))
        })
    }
}

impl Blobs {
    /// Bytes that are not here are looked for there.
    #[must_use]
    pub fn with_elsewhere(mut self, elsewhere: Arc<dyn Elsewhere>) -> Self {
        self.elsewhere = Some(elsewhere);
        self
    }

    pub(super) async fn linked(&self, hash: &str) -> Result<Option<Linked>> {
        match &self.elsewhere {
            Some(elsewhere) => elsewhere.find(hash).await,
            None => Ok(None),
        }
    }

    /// A blob or a part of it, here or elsewhere.
    pub(super) async fn found(&self, hash: &str, range: Option<Range<u64>>) -> Result<GetResult> {
        let options = GetOptions { range: range.clone().map(GetRange::Bounded), ..GetOptions::default() };
        match self.objects.get_opts(&super::path_of(hash)?, options).await {
            Err(object_store::Error::NotFound { .. }) => match self.linked(hash).await? {
                Some(linked) => linked.get(range).await,
                None => Err(StoreError::NotFound),
            },
            found => found.map_err(failed),
        }
    }
}
