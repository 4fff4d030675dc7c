//! Bytes by their hash: a folder or an S3-compatible store behind one interface. A blob is written whole or not at
//! all, never changed, and never written twice.

mod draft;
mod folder;
mod linked;

pub use draft::{BlobReader, Draft};
pub use linked::{Elsewhere, Linked};

use crate::{Result, StoreError, submit::hex};
use bytes::Bytes;
use futures::TryStreamExt;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, aws::AmazonS3Builder, local::LocalFileSystem, path::Path};
use sha2::{Digest, Sha256};
use std::{ops::Range, path::PathBuf, sync::Arc};

#[derive(Debug, Clone)]
pub enum BlobConfiguration {
    Folder(PathBuf),
    S3 {
        bucket: String,
        region: String,
        endpoint: Option<String>,
        /// Access key id and secret; without them the usual AWS environment variables are asked.
        keys: Option<(String, String)>,
    },
}

#[derive(Clone)]
pub struct Blobs {
    objects: Arc<dyn ObjectStore>,
    /// Where the folder lies: writing there is ours, because `object_store` leaves flushing to disk to its users.
    folder: Option<PathBuf>,
    elsewhere: Option<Arc<dyn Elsewhere>>,
}

impl Blobs {
    pub fn open(configuration: &BlobConfiguration) -> Result<Self> {
        let objects: Arc<dyn ObjectStore> = match configuration {
            BlobConfiguration::Folder(folder) => {
                std::fs::create_dir_all(folder)
                    .and_then(|()| draft::sweep(folder))
                    .map_err(|error| StoreError::Blob(error.to_string()))?;
                Arc::new(LocalFileSystem::new_with_prefix(folder).map_err(failed)?)
            }
            BlobConfiguration::S3 { bucket, region, endpoint, keys } => {
                let mut builder = AmazonS3Builder::from_env().with_bucket_name(bucket).with_region(region);
                if let Some((id, secret)) = keys {
                    builder = builder.with_access_key_id(id).with_secret_access_key(secret);
                }
                if let Some(endpoint) = endpoint {
                    builder = builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://"));
                }
                Arc::new(builder.build().map_err(failed)?)
            }
        };
        let folder = match configuration {
            BlobConfiguration::Folder(folder) => Some(folder.clone()),
            BlobConfiguration::S3 { .. } => None,
        };
        Ok(Self { objects, folder, elsewhere: None })
    }

    /// The hash by which bytes are named.
    pub fn hash(bytes: &[u8]) -> String {
        hex(&Sha256::digest(bytes))
    }

    /// Keeps bytes and tells their hash. Bytes that are there already are not written again.
    pub async fn put(&self, bytes: Bytes) -> Result<String> {
        self.put_all(vec![bytes]).await?.pop().ok_or(StoreError::NotFound)
    }

    /// Keeps many blobs and tells their hashes, in their order. All are on disk when this returns; on a disk that costs
    /// one flush for all of them.
    pub async fn put_all(&self, blobs: Vec<Bytes>) -> Result<Vec<String>> {
        if let Some(folder) = self.folder.clone() {
            return tokio::task::spawn_blocking(move || folder::put_all(&folder, &blobs))
                .await
                .map_err(|_| StoreError::Panicked)?
                .map_err(|error| StoreError::StorageFull(error.to_string()));
        }
        let mut hashes = Vec::with_capacity(blobs.len());
        for bytes in blobs {
            let hash = Self::hash(&bytes);
            let path = path_of(&hash)?;
            match self.objects.head(&path).await {
                Ok(found) if found.size == bytes.len() as u64 => {}
                Ok(_) | Err(object_store::Error::NotFound { .. }) => {
                    self.objects.put(&path, PutPayload::from_bytes(bytes)).await.map_err(failed)?;
                }
                Err(error) => return Err(failed(error)),
            }
            hashes.push(hash);
        }
        Ok(hashes)
    }

    /// All bytes of a blob; their hash is checked.
    pub async fn get(&self, hash: &str) -> Result<Bytes> {
        let bytes = self.found(hash, None).await?.bytes().await.map_err(failed)?;
        if Self::hash(&bytes) != hash {
            return Err(StoreError::Corrupt { what: "blob", value: hash.to_owned() });
        }
        Ok(bytes)
    }

    /// Some bytes of a blob.
    pub async fn get_range(&self, hash: &str, range: Range<u64>) -> Result<Bytes> {
        self.found(hash, Some(range)).await?.bytes().await.map_err(failed)
    }

    /// The size of a blob in bytes; None when there is none.
    pub async fn size(&self, hash: &str) -> Result<Option<u64>> {
        match self.size_here(hash).await? {
            Some(size) => Ok(Some(size)),
            None => Ok(self.linked(hash).await?.map(|linked| linked.bytes)),
        }
    }

    /// The size of a blob that is here, in bytes; None when it lies elsewhere or there is none.
    pub async fn size_here(&self, hash: &str) -> Result<Option<u64>> {
        match self.objects.head(&path_of(hash)?).await {
            Ok(found) => Ok(Some(found.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    /// The hashes of all blobs.
    pub async fn list(&self) -> Result<Vec<String>> {
        let found: Vec<_> = self.objects.list(None).try_collect().await.map_err(failed)?;
        let name = |object: object_store::ObjectMeta| object.location.filename().map(str::to_owned);
        let mut hashes: Vec<String> = found.into_iter().filter_map(name).filter(|name| is_hash(name)).collect();
        hashes.sort();
        Ok(hashes)
    }

    pub async fn delete(&self, hash: &str) -> Result<()> {
        self.objects.delete(&path_of(hash)?).await.map_err(failed)
    }
}

/// The hash of a file of any size, by which a blob with its bytes would be named.
pub fn hash_file(path: &std::path::Path) -> std::io::Result<String> {
    let mut hasher = Sha256::new();
    std::io::copy(&mut std::fs::File::open(path)?, &mut hasher)?;
    Ok(hex(&hasher.finalize()))
}

/// `ab/abcd...`: few enough entries in a folder for any file system. Only a hash can name a blob, so that no path from
/// outside can.
fn path_of(hash: &str) -> Result<Path> {
    if !is_hash(hash) {
        return Err(StoreError::Blob("this is not the hash of a blob".into()));
    }
    Ok(Path::from(format!("{}/{hash}", &hash[..2])))
}

fn is_hash(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

fn failed(error: object_store::Error) -> StoreError {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(inner) = source {
        text = format!("{text}: {inner}");
        source = inner.source();
    }
    match error {
        object_store::Error::NotFound { .. } => StoreError::NotFound,
        _ if text.contains("No space left") || text.contains("Read-only file system") => StoreError::StorageFull(text),
        _ => StoreError::Blob(text),
    }
}
