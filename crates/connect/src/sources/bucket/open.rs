//! Stores of objects that are spoken to: S3 and what speaks like it (Google's XML interface with HMAC keys does), and Azure
//! (List Blobs and Get Blob of its REST interface). All requests go through the guard.

use super::{REFUSES, Store, Wanted};
use crate::{Fetcher, sources::SourceError};
use object_store::{
    ClientOptions, ObjectStore, RetryConfig,
    aws::AmazonS3Builder,
    azure::MicrosoftAzureBuilder,
    client::{HttpClient, HttpConnector},
};
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
/// When the guard refuses the endpoint, or keys cannot be what they are said to be.
pub fn open(fetcher: &Fetcher, wanted: &Wanted) -> Result<Arc<dyn ObjectStore>, SourceError> {
    let fetch = |reason| SourceError::Fetch { place: wanted.told(), reason };
    let client = Guarded(fetcher.client().map_err(fetch)?.clone());
    let retry = RetryConfig {
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
                .with_retry(retry)
                .with_http_connector(client);
            if let Some(endpoint) = endpoint {
                builder = builder.with_endpoint(bare(endpoint)).with_allow_http(endpoint.scheme() == "http");
            }
            builder = match keys {
                Some((id, secret)) => builder.with_access_key_id(id).with_secret_access_key(secret),
                // Nobody else's keys are looked for: not those of this machine either.
                None => builder.with_skip_signature(true),
            };
            Ok(Arc::new(builder.build().map_err(wrong)?))
        }
        Store::Azure { account, endpoint, key } => {
            checked(endpoint)?;
            let mut builder = MicrosoftAzureBuilder::new()
                .with_account(account)
                .with_container_name(&wanted.bucket)
                .with_retry(retry)
                .with_http_connector(client);
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
            Ok(Arc::new(builder.build().map_err(wrong)?))
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
