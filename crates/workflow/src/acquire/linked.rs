//! Data that were left where they are: where their bytes lie, and the addresses at which browsers get them from there.

use super::{BucketSource, Connections};
use crate::{Error, Result, Workflow, streaming::Media};
use futures::{FutureExt, future::BoxFuture};
use labelwright_connect::{
    Fetcher,
    sources::bucket::{self, Object, Wanted},
};
use labelwright_core::WorkspaceId;
use labelwright_store::{
    Store, StoreError,
    blobs::{Elsewhere, Linked},
    records::links::{self, LinkRow},
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// Whoever holds a signed address can read its object for so long.
const SIGNED_FOR: Duration = Duration::from_secs(15 * 60);
/// The name of no object: an address that is signed for it shows where a bucket lies.
const NO_OBJECT: &str = "labelwright";

/// Objects of a source that are linked and not copied, by the names of the files that an import reads them from.
#[derive(Debug, Clone, Default)]
pub struct Links {
    /// JSON.
    source: String,
    objects: BTreeMap<String, Object>,
}

impl Links {
    pub fn new(source: &BucketSource) -> Result<Self, serde_json::Error> {
        Ok(Self { source: serde_json::to_string(&source.place())?, objects: BTreeMap::new() })
    }

    /// Whose state has no name could be shown in another one unseen: it is copied instead.
    pub fn add(&mut self, object: Object) {
        if object.e_tag.is_some() {
            self.objects.insert(object.name.clone(), object);
        }
    }

    /// Is this file an object that stays where it is?
    pub fn has(&self, file: &str) -> bool {
        self.objects.contains_key(file)
    }

    /// What is kept of it instead of its bytes, which have this hash.
    pub fn row(&self, file: &str, hash: &str, workspace: WorkspaceId) -> Option<LinkRow> {
        let object = self.objects.get(file)?;
        Some(LinkRow {
            hash: hash.to_owned(),
            workspace,
            source: self.source.clone(),
            object: object.key.clone(),
            bytes: object.bytes as i64,
            e_tag: object.e_tag.clone(),
        })
    }
}

/// Looks links up, and opens the stores that they lead into.
pub struct Linking {
    pub store: Store,
    pub fetcher: Fetcher,
    pub connections: Connections,
}

impl Linking {
    async fn rows(&self, hash: &str) -> Result<Vec<LinkRow>, StoreError> {
        let hash = hash.to_owned();
        self.store.read(move |tx| Box::pin(async move { links::of_hash(tx, &hash).await })).await
    }

    fn wanted(&self, row: &LinkRow) -> Result<Wanted, StoreError> {
        let source: BucketSource = serde_json::from_str(&row.source)
            .map_err(|_| StoreError::Corrupt { what: "source of a link", value: row.source.clone() })?;
        source.wanted(&self.connections, row.workspace).map_err(|(_, message)| StoreError::Elsewhere(message))
    }

    fn open(&self, row: &LinkRow) -> Result<Linked, StoreError> {
        let told = |error: &dyn std::fmt::Display| StoreError::Elsewhere(error.to_string());
        let objects = bucket::open(&self.fetcher, &self.wanted(row)?).map_err(|error| told(&error))?;
        Linked::new(objects, &row.object, row.bytes.max(0) as u64, row.e_tag.clone())
    }
}

impl Elsewhere for Linking {
    /// The first one whose store can be opened: several workspaces may link to the same bytes.
    fn find<'a>(&'a self, hash: &'a str) -> BoxFuture<'a, Result<Option<Linked>, StoreError>> {
        async move {
            let mut failed = None;
            for row in self.rows(hash).await? {
                match self.open(&row) {
                    Ok(linked) => return Ok(Some(linked)),
                    Err(error) => failed = Some(error),
                }
            }
            failed.map_or(Ok(None), Err)
        }
        .boxed()
    }
}

impl Workflow {
    fn linking(&self) -> Linking {
        Linking { store: self.store.clone(), fetcher: self.fetcher.clone(), connections: self.connections.clone() }
    }

    /// With links that lead where the connections and the guard of now let them.
    pub(crate) fn following_links(mut self) -> Self {
        self.blobs = self.blobs.clone().with_elsewhere(Arc::new(self.linking()));
        self
    }

    /// The address at which a browser gets these bytes from the store that they were left in; None where they come from
    /// here.
    ///
    /// # Errors
    /// When the object is not in the state that was linked any more.
    pub async fn signed(&self, media: &Media) -> Result<Option<String>> {
        // Most servers have no such connection: nothing is looked up then.
        if self.connections.signing().next().is_none() || self.blobs.size_here(&media.hash).await?.is_some() {
            return Ok(None);
        }
        let linking = self.linking();
        for row in linking.rows(&media.hash).await? {
            let Ok(source) = serde_json::from_str::<BucketSource>(&row.source) else { continue };
            let connection = source.connection.as_deref().unwrap_or_default();
            let signs = self.connections.get(row.workspace, connection).is_ok_and(super::Access::signs);
            if signs && let Ok(wanted) = linking.wanted(&row) {
                // The store would hand out whatever it has now.
                linking.open(&row)?.check().await?;
                let signed = bucket::signed(&self.fetcher, &wanted, &row.object, SIGNED_FOR).await;
                return Ok(signed.map_err(|error| Error::internal(error.to_string()))?.map(String::from));
            }
        }
        Ok(None)
    }

    /// Where browsers get linked objects from besides here: `https://photos.s3.eu-central-1.amazonaws.com`.
    pub async fn signing_origins(&self) -> Vec<String> {
        let mut origins = Vec::new();
        for access in self.connections.signing() {
            let Some(wanted) = BucketSource::behind_own_bucket(access) else { continue };
            if let Ok(Some(url)) = bucket::signed(&self.fetcher, &wanted, NO_OBJECT, SIGNED_FOR).await {
                origins.push(url.origin().ascii_serialization());
            }
        }
        origins.sort();
        origins.dedup();
        origins
    }
}
