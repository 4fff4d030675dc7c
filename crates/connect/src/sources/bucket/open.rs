//! Stores of objects that are spoken to: S3 and what speaks like it (Google's XML interface with HMAC keys does), and Azure
//! (List Blobs and Get Blob of its REST interface). All requests go through the guard. Addresses that they sign open one
//! object for a while to whoever holds them.

use super::{REFUSES, Store, Wanted};
use crate::{Fetcher, sources::SourceError};
use object_store::{
    ClientOptions, ObjectStore, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder},
    azure::{MicrosoftAzure, MicrosoftAzureBuilder},
    client::{HttpClient, HttpConnector},
    local::LocalFileSystem,
    path::Path as Key,
    signer::Signer,
};
use reqwest::Method;
use std::{sync::Arc, time::Duration};
use url::{Url, form_urlencoded};

const RETRIES: usize = 4;
const RETRY_SECONDS: u64 = 60;
pub const GOOGLE: &str = "https://storage.googleapis.com";

/// Which of Azure's ways to say who asks.
#[derive(Clone)]
pub enum AzureKey {
    /// The account's key, base64.
    Shared(String),
    /// A shared access signature: `sv=...&sig=...`, with or without `?`.
    Signature(String),
}

/// # Errors
/// When the guard refuses the endpoint, keys cannot be what they are said to be, or there is no such folder.
pub fn open(fetcher: &Fetcher, wanted: &Wanted) -> Result<Arc<dyn ObjectStore>, SourceError> {
    Ok(match spoken_to(fetcher, wanted)? {
        Spoken::S3(store) => Arc::new(store),
        Spoken::Azure(store) => Arc::new(store),
        Spoken::Folder(store) => Arc::new(store),
    })
}

/// An address at which one object can be read for so long without keys. None where the store cannot give one: a folder, a
/// container behind a shared access signature, what is public anyway.
///
/// # Errors
/// As [`open`] has them.
pub async fn signed(
    fetcher: &Fetcher,
    wanted: &Wanted,
    key: &str,
    lifetime: Duration,
) -> Result<Option<Url>, SourceError> {
    let wrong = |_| SourceError::Refused(format!("{}: {REFUSES}", wanted.told()));
    let Ok(path) = Key::parse(key) else { return Ok(None) };
    let has_key = match &wanted.store {
        Store::S3 { keys, .. } => keys.is_some(),
        Store::Azure { key, .. } => matches!(key, Some(AzureKey::Shared(_))),
        Store::Folder(_) => false,
    };
    if !has_key {
        return Ok(None);
    }
    match spoken_to(fetcher, wanted)? {
        Spoken::S3(store) => store.signed_url(Method::GET, &path, lifetime).await.map(Some).map_err(wrong),
        Spoken::Azure(store) => store.signed_url(Method::GET, &path, lifetime).await.map(Some).map_err(wrong),
        Spoken::Folder(_) => Ok(None),
    }
}

/// A store of one kind.
enum Spoken {
    S3(AmazonS3),
    Azure(MicrosoftAzure),
    Folder(LocalFileSystem),
}

fn spoken_to(fetcher: &Fetcher, wanted: &Wanted) -> Result<Spoken, SourceError> {
    let fetch = |reason| SourceError::Fetch { place: wanted.told(), reason };
    let client = || Ok::<_, SourceError>(Guarded(fetcher.client().map_err(fetch)?.clone()));
    let retry = || RetryConfig {
        max_retries: RETRIES,
        retry_timeout: Duration::from_secs(RETRY_SECONDS),
        ..RetryConfig::default()
    };
    let bare = |url: &Url| url.as_str().trim_end_matches('/').to_owned();
    let checked = |endpoint: &Option<Url>| match endpoint {
        Some(url) => fetcher.check(url).map_err(fetch),
        None => Ok(()),
    };
    let wrong = |_| SourceError::Refused(format!("{}: {REFUSES}", wanted.told()));
    match &wanted.store {
        Store::S3 { region, endpoint, keys } => {
            checked(endpoint)?;
            let mut builder = AmazonS3Builder::new()
                .with_bucket_name(&wanted.bucket)
                .with_region(region)
                .with_retry(retry())
                .with_http_connector(client()?);
            if let Some(endpoint) = endpoint {
                builder = builder.with_endpoint(bare(endpoint)).with_allow_http(endpoint.scheme() == "http");
            }
            builder = match keys {
                Some((id, secret)) => builder.with_access_key_id(id).with_secret_access_key(secret),
                // Nobody else's keys are looked for: not those of this machine either.
                None => builder.with_skip_signature(true),
            };
            builder.build().map(Spoken::S3).map_err(wrong)
        }
        Store::Azure { account, endpoint, key } => {
            checked(endpoint)?;
            let mut builder = MicrosoftAzureBuilder::new()
                .with_account(account)
                .with_container_name(&wanted.bucket)
                .with_retry(retry())
                .with_http_connector(client()?);
            if let Some(endpoint) = endpoint {
                builder = builder.with_endpoint(bare(endpoint)).with_allow_http(endpoint.scheme() == "http");
            }
            builder = match key {
                Some(AzureKey::Shared(key)) => builder.with_access_key(key),
                Some(AzureKey::Signature(text)) => {
                    let pairs = form_urlencoded::parse(text.trim_start_matches('?').as_bytes());
                    builder.with_sas_authorization(pairs.into_owned().collect::<Vec<_>>())
                }
                None => builder.with_skip_signature(true),
            };
            builder.build().map(Spoken::Azure).map_err(wrong)
        }
        Store::Folder(root) => {
            let missing = |_| SourceError::Refused(format!("{}: there is no such folder", wanted.told()));
            LocalFileSystem::new_with_prefix(root).map(Spoken::Folder).map_err(missing)
        }
    }
}

/// The guarded client for all requests.
#[derive(Debug)]
struct Guarded(reqwest::Client);

impl HttpConnector for Guarded {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.0.clone()))
    }
}
