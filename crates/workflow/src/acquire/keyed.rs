//! Sources behind keys: buckets, Apify, databases. What they are asked for is checked before a job is queued and once more
//! when it runs, since the operator may have taken a connection away meanwhile.

use super::{
    connections::{Access, Connections},
    sources::{Wrong, address, auto, readable},
};
use labelwright_connect::sources::{
    apify,
    bucket::{self, AzureKey, GOOGLE, Store},
    database::{self, Database},
};
use labelwright_core::WorkspaceId;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, time::Duration};
use url::Url;

pub const OBJECTS_MAXIMUM: u64 = 100_000;
pub const ROWS_MAXIMUM: u64 = 1_000_000;
/// Bytes of the rows of one collection.
pub const ROWS_BYTES_MAXIMUM: u64 = 8 << 30;
const ENDINGS_MAXIMUM: usize = 50;
/// A query of a job may take so long.
const QUERY_SECONDS: u64 = 600;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BucketKind {
    /// Amazon S3, or what speaks like it.
    S3,
    /// Google Cloud Storage.
    Gcs,
    /// Azure Blob Storage; its buckets are called containers.
    Azure,
    /// A folder of the server, by a connection.
    Folder,
}

/// What becomes of an object's bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    #[default]
    Copy,
    /// They stay where they are, and are read there whenever somebody looks.
    Link,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BucketSource {
    pub store: BucketKind,
    /// Name of one of the operator's connections; without one only what is public can be had.
    #[serde(default)]
    pub connection: Option<String>,
    /// Empty for a folder.
    #[serde(default)]
    pub bucket: String,
    /// Only keys that begin with it, up to a whole part between slashes.
    #[serde(default)]
    pub prefix: String,
    /// Only keys that end with one of these.
    #[serde(default)]
    pub endings: Vec<String>,
    /// Objects at most, 1 to 100000.
    #[serde(default = "objects")]
    pub objects: u64,
    /// A public store other than Amazon's, Google's or the account's own.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// Region of a public bucket of S3; us-east-1 unless told.
    #[serde(default)]
    pub region: Option<String>,
    /// Azure's account of a public container.
    #[serde(default)]
    pub account: Option<String>,
    /// A format's id, or `auto`.
    #[serde(default = "auto")]
    pub format: String,
    /// Column of a table with the text or address.
    #[serde(default)]
    pub content: Option<String>,
    /// Only for objects that are items themselves; what a table or an archive holds is copied.
    #[serde(default)]
    pub keep: Keep,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ApifySource {
    /// Name of one of the operator's connections; without one only public datasets can be had.
    #[serde(default)]
    pub connection: Option<String>,
    /// A dataset's id, or `user~name`.
    #[serde(default)]
    pub dataset: Option<String>,
    /// An actor that is run first, `user/name`; needs a connection.
    #[serde(default)]
    pub actor: Option<String>,
    /// The actor's input.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub input: Option<serde_json::Map<String, serde_json::Value>>,
    /// What the run may cost in US dollars.
    #[serde(default)]
    pub most_usd: Option<f64>,
    /// Items at most, 1 to 1000000.
    #[serde(default = "rows")]
    pub items: u64,
    /// The field by which an item is known; all of them unless told.
    #[serde(default)]
    pub key: Option<String>,
    /// The field with the text or address.
    pub content: String,
    /// An interface other than Apify's own, for public datasets.
    #[serde(default)]
    pub base_url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DatabaseSource {
    /// Name of one of the operator's connections.
    pub connection: String,
    /// One SELECT.
    pub query: String,
    /// The column by which a row is known; all values unless told.
    #[serde(default)]
    pub key: Option<String>,
    /// A column that grows with new and changed rows: repeated pulls take only what came since.
    #[serde(default)]
    pub cursor: Option<String>,
    /// The column with the text or address.
    pub content: String,
    /// Columns kept as metadata; all others unless told.
    #[serde(default)]
    pub metadata: Option<Vec<String>>,
    /// Field of the project's schema to the column that holds its value already.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Rows at most, 1 to 1000000.
    #[serde(default = "rows")]
    pub rows: u64,
}

fn objects() -> u64 {
    OBJECTS_MAXIMUM
}

fn rows() -> u64 {
    ROWS_MAXIMUM
}

fn wrong<T>(place: &str, message: impl Into<String>) -> Result<T, Wrong> {
    Err((place.to_owned(), message.into()))
}

fn filled(text: &Option<String>) -> Option<&str> {
    text.as_deref().map(str::trim).filter(|text| !text.is_empty())
}

fn within(place: &str, count: u64, most: u64) -> Result<(), Wrong> {
    if (1..=most).contains(&count) { Ok(()) } else { wrong(place, format!("1 to {most}")) }
}

impl BucketSource {
    /// # Errors
    /// A JSON pointer to what is wrong, and what that is.
    pub fn wanted(&self, connections: &Connections, workspace: WorkspaceId) -> Result<bucket::Wanted, Wrong> {
        readable(&self.format)?;
        within("/objects", self.objects, OBJECTS_MAXIMUM)?;
        if self.endings.len() > ENDINGS_MAXIMUM {
            return wrong("/endings", format!("at most {ENDINGS_MAXIMUM}"));
        }
        if self.store == BucketKind::Folder {
            return self.folder(connections, workspace);
        }
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
        let bucket = self.bucket.trim();
        if !(1..=255).contains(&bucket.len()) || !bucket.chars().all(is_plain) || bucket.starts_with('.') {
            return wrong("/bucket", "a bucket's name has letters, digits, - . _");
        }
        let store = match filled(&self.connection) {
            Some(name) => {
                let access = connections.get(workspace, name).map_err(|message| ("/connection".to_owned(), message))?;
                if let Some(place) = self.own_place() {
                    return wrong(place, "the connection says where the bucket lies; leave this empty");
                }
                if access.bucket().is_some_and(|only| only != bucket) {
                    return wrong("/bucket", "the connection does not lead to this bucket");
                }
                behind(self.store, access)?
            }
            None => self.public()?,
        };
        let prefix = self.prefix.trim().to_owned();
        Ok(bucket::Wanted { store, bucket: bucket.to_owned(), prefix, endings: self.endings.clone() })
    }

    fn folder(&self, connections: &Connections, workspace: WorkspaceId) -> Result<bucket::Wanted, Wrong> {
        let Some(name) = filled(&self.connection) else {
            return wrong("/connection", "a folder of the server needs a connection: the operator says which");
        };
        if let Some(place) = self.own_place() {
            return wrong(place, "the connection says where the folder lies; leave this empty");
        }
        if !self.bucket.trim().is_empty() {
            return wrong("/bucket", "a folder has no buckets: give a prefix");
        }
        let access = connections.get(workspace, name).map_err(|message| ("/connection".to_owned(), message))?;
        let Access::Folder { path } = access else {
            return wrong("/connection", format!("this connection leads to {}", access.kind()));
        };
        Ok(bucket::Wanted {
            store: Store::Folder(path.clone()),
            bucket: name.to_owned(),
            prefix: self.prefix.trim().to_owned(),
            endings: self.endings.clone(),
        })
    }

    /// What has to be known to read an object again: which ones were wanted is not.
    pub(crate) fn place(&self) -> Self {
        Self { prefix: String::new(), endings: Vec::new(), content: None, ..self.clone() }
    }

    /// The place of an address, region or account that was given.
    fn own_place(&self) -> Option<&'static str> {
        let given = [("/endpoint", &self.endpoint), ("/region", &self.region), ("/account", &self.account)];
        given.into_iter().find(|(_, text)| filled(text).is_some()).map(|(place, _)| place)
    }

    /// The only bucket that a connection leads to, whole.
    pub(crate) fn behind_own_bucket(access: &Access) -> Option<bucket::Wanted> {
        let store = match access {
            Access::S3 { .. } => BucketKind::S3,
            Access::Gcs { .. } => BucketKind::Gcs,
            Access::Azure { .. } => BucketKind::Azure,
            Access::Folder { .. } | Access::Apify { .. } | Access::Postgres { .. } | Access::Sqlite { .. } => {
                return None;
            }
        };
        let bucket = access.bucket()?.to_owned();
        let store = behind(store, access).ok()?;
        Some(bucket::Wanted { store, bucket, prefix: String::new(), endings: Vec::new() })
    }

    fn public(&self) -> Result<Store, Wrong> {
        let endpoint = filled(&self.endpoint).map(|text| address("/endpoint", text)).transpose()?;
        Ok(match self.store {
            BucketKind::S3 => {
                let region = filled(&self.region).unwrap_or(REGION).to_owned();
                Store::S3 { region, endpoint, keys: None }
            }
            BucketKind::Gcs => Store::S3 { region: "auto".into(), endpoint: endpoint.or(google()), keys: None },
            BucketKind::Folder => return wrong("/connection", "a folder of the server needs a connection"),
            BucketKind::Azure => {
                let account = filled(&self.account).filter(|name| name.chars().all(|c| c.is_ascii_alphanumeric()));
                let Some(account) = account else {
                    return wrong("/account", "give the storage account, or a connection");
                };
                Store::Azure { account: account.to_owned(), endpoint, key: None }
            }
        })
    }
}

fn behind(kind: BucketKind, access: &Access) -> Result<Store, Wrong> {
    match (kind, access.clone()) {
        (BucketKind::S3, Access::S3 { key_id, secret_key, region, endpoint, .. }) => Ok(Store::S3 {
            region: region.unwrap_or_else(|| REGION.to_owned()),
            endpoint,
            keys: Some((key_id, secret_key)),
        }),
        (BucketKind::Gcs, Access::Gcs { key_id, secret_key, endpoint, .. }) => {
            Ok(Store::S3 { region: "auto".into(), endpoint: endpoint.or(google()), keys: Some((key_id, secret_key)) })
        }
        (BucketKind::Azure, Access::Azure { account, key, sas, endpoint, .. }) => {
            let key = key.map(AzureKey::Shared).or(sas.map(AzureKey::Signature));
            Ok(Store::Azure { account, endpoint, key })
        }
        (_, access) => wrong("/connection", format!("this connection leads to {}", access.kind())),
    }
}

const REGION: &str = "us-east-1";

fn google() -> Option<Url> {
    Url::parse(GOOGLE).ok()
}

/// What Apify is asked for, and as whom.
pub struct ApifyWanted {
    pub wanted: apify::Wanted,
    pub token: Option<String>,
    pub base: Option<Url>,
}

impl ApifySource {
    /// # Errors
    /// A JSON pointer to what is wrong, and what that is.
    pub fn wanted(&self, connections: &Connections, workspace: WorkspaceId) -> Result<ApifyWanted, Wrong> {
        within("/items", self.items, ROWS_MAXIMUM)?;
        if self.content.trim().is_empty() {
            return wrong("/content", "name the field with the text or address");
        }
        let (token, base) = match filled(&self.connection) {
            Some(name) => match connections.get(workspace, name) {
                Err(message) => return wrong("/connection", message),
                Ok(_) if filled(&self.base_url).is_some() => {
                    return wrong("/base_url", "the connection says where; leave this empty");
                }
                Ok(Access::Apify { token, base_url }) => (Some(token.clone()), base_url.clone()),
                Ok(other) => return wrong("/connection", format!("this connection leads to {}", other.kind())),
            },
            None => (None, filled(&self.base_url).map(|text| address("/base_url", text)).transpose()?),
        };
        let is_name = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "._-~/".contains(c));
        let wanted = match (filled(&self.dataset), filled(&self.actor)) {
            (Some(dataset), None) if is_name(dataset) && !dataset.contains('/') => {
                apify::Wanted::Dataset(dataset.to_owned())
            }
            (Some(_), None) => return wrong("/dataset", "a dataset of Apify has an id, or is called user~name"),
            (None, Some(_)) if token.is_none() => return wrong("/connection", "running an actor needs a connection"),
            (None, Some(actor)) if is_name(actor) => {
                if self.most_usd.is_some_and(|most| !(most > 0.0 && most <= 10_000.0)) {
                    return wrong("/most_usd", "above 0, at most 10000");
                }
                let input = self.input.clone().unwrap_or_default().into();
                apify::Wanted::Actor { actor: actor.to_owned(), input, most_usd: self.most_usd }
            }
            (None, Some(_)) => return wrong("/actor", "an actor of Apify is called user/name"),
            _ => return wrong("/dataset", "give a dataset or an actor"),
        };
        Ok(ApifyWanted { wanted, token, base })
    }
}

impl DatabaseSource {
    /// # Errors
    /// A JSON pointer to what is wrong, and what that is.
    pub fn wanted(
        &self,
        connections: &Connections,
        workspace: WorkspaceId,
        since: Option<String>,
    ) -> Result<(Database, database::Wanted), Wrong> {
        within("/rows", self.rows, ROWS_MAXIMUM)?;
        if self.content.trim().is_empty() {
            return wrong("/content", "name the column with the text or address");
        }
        let database = match connections.get(workspace, self.connection.trim()) {
            Ok(Access::Postgres { url }) => Database::Postgres(url.clone()),
            Ok(Access::Sqlite { file }) => Database::Sqlite(file.clone()),
            Ok(other) => return wrong("/connection", format!("this connection leads to {}", other.kind())),
            Err(message) => return wrong("/connection", message),
        };
        let cursor = filled(&self.cursor).map(str::to_owned);
        let wanted = database::Wanted {
            query: self.query.clone(),
            key: filled(&self.key).map(str::to_owned),
            since: since.filter(|_| cursor.is_some()),
            cursor,
            most_rows: self.rows,
            most_bytes: ROWS_BYTES_MAXIMUM,
            time: Duration::from_secs(QUERY_SECONDS),
        };
        wanted.check().map_err(|(part, message)| (format!("/{part}"), message))?;
        Ok((database, wanted))
    }
}
