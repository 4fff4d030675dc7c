//! Blobs of any size: written to a file before their hash is known, read without being held in memory.

use super::{Blobs, failed, path_of};
use crate::{Result, StoreError, submit::hex};
use bytes::Bytes;
use futures::{Stream, TryStreamExt};
use object_store::buffered::BufWriter;
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom, Write},
    ops::Range,
    path::{Path, PathBuf},
    time::Duration,
};
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt;

/// Bytes that have no name yet. Dropped, they are gone.
pub struct Draft {
    file: NamedTempFile,
    buffer: Vec<u8>,
}

const BUFFER_BYTES: usize = 128 << 10;

/// What is smaller is copied at once.
const IN_MEMORY: u64 = 8 << 20;

/// No hash, so that no blob lies there.
const DRAFTS: &str = "drafts";

/// Longer than any writing takes: what is older in the folder of drafts was left by a crash.
const LEFT_BEHIND: Duration = Duration::from_secs(24 * 3600);

impl Draft {
    /// Another handle on the same file, at its beginning, with all that was written.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn reopen(&mut self) -> io::Result<File> {
        self.flush_buffer()?;
        self.file.reopen()
    }

    /// The hash by which the blob would be named, and its size in bytes, without keeping it.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn hash(&mut self) -> io::Result<(String, u64)> {
        self.seek(SeekFrom::Start(0))?;
        let mut hasher = Sha256::new();
        let size = io::copy(&mut io::BufReader::with_capacity(BUFFER_BYTES, &mut self.file), &mut hasher)?;
        Ok((hex(&hasher.finalize()), size))
    }

    fn flush_buffer(&mut self) -> io::Result<()> {
        self.file.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= BUFFER_BYTES {
            self.flush_buffer()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.flush_buffer()
    }
}

impl Read for Draft {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.flush_buffer()?;
        self.file.read(out)
    }
}

impl Seek for Draft {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.flush_buffer()?;
        self.file.seek(to)
    }
}

/// A blob from its start to its end. The end is an error when the bytes are not those that the name says: who reads must
/// read to the end before anything that was read counts.
pub struct BlobReader {
    file: File,
    hasher: Sha256,
    hash: String,
}

impl Read for BlobReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(out)?;
        self.hasher.update(&out[..count]);
        if count == 0 && !out.is_empty() && hex(&self.hasher.clone().finalize()) != self.hash {
            let message = format!("the blob {} holds other bytes than were stored", self.hash);
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        Ok(count)
    }
}

impl Blobs {
    /// Begins a blob.
    pub fn draft(&self) -> Result<Draft> {
        let file = match &self.folder {
            // On the same disk, so that it can be moved to its name.
            Some(folder) => drafts_of(folder).and_then(NamedTempFile::new_in),
            None => NamedTempFile::new(),
        };
        Ok(Draft { file: file.map_err(full)?, buffer: Vec::with_capacity(BUFFER_BYTES) })
    }

    /// A file without a name where drafts are written: what a draft's writer has to put aside.
    pub fn scratch(&self) -> io::Result<File> {
        match &self.folder {
            Some(folder) => tempfile::tempfile_in(drafts_of(folder)?),
            None => tempfile::tempfile(),
        }
    }

    /// Ends a blob: its hash, and its size in bytes. It is on disk when this returns.
    pub async fn keep(&self, draft: Draft) -> Result<(String, u64)> {
        let folder = self.folder.clone();
        let ended = tokio::task::spawn_blocking(move || {
            let mut draft = draft;
            let (hash, size) = draft.hash()?;
            let draft = match folder {
                Some(folder) => name(&folder, draft, &hash).map(|()| None)?,
                None => Some(draft),
            };
            io::Result::Ok((hash, size, draft))
        });
        let (hash, size, draft) = ended.await.map_err(|_| StoreError::Panicked)?.map_err(full)?;
        if let Some(draft) = draft {
            self.send(draft, &hash, size).await?;
        }
        Ok((hash, size))
    }

    /// Copies a blob into another store, checked on its way; its size in bytes.
    pub async fn copy_to(&self, other: &Self, hash: &str) -> Result<u64> {
        if self.size(hash).await?.ok_or(StoreError::NotFound)? <= IN_MEMORY {
            let bytes = self.get(hash).await?;
            let size = bytes.len() as u64;
            other.put(bytes).await?;
            return Ok(size);
        }
        let (mut reader, mut draft) = (self.reader(hash).await?, other.draft()?);
        let copied = tokio::task::spawn_blocking(move || io::copy(&mut reader, &mut draft).map(|_| draft));
        let draft = copied.await.map_err(|_| StoreError::Panicked)?.map_err(|error| reading(error, hash))?;
        Ok(other.keep(draft).await?.1)
    }

    /// Reads a blob to its end and looks whether the bytes are those that its name says.
    pub async fn check(&self, hash: &str) -> Result<()> {
        let mut reader = self.reader(hash).await?;
        let read = tokio::task::spawn_blocking(move || io::copy(&mut reader, &mut io::sink()));
        read.await.map_err(|_| StoreError::Panicked)?.map_err(|error| reading(error, hash)).map(drop)
    }

    /// A blob in parts, for who sends it on. Not checked: who gets it may compare its hash.
    pub async fn stream(&self, hash: &str) -> Result<impl Stream<Item = Result<Bytes>> + Send + 'static> {
        Ok(self.found(hash, None).await?.into_stream().map_err(failed))
    }

    /// A part of a blob, itself in parts.
    pub async fn stream_range(
        &self,
        hash: &str,
        range: Range<u64>,
    ) -> Result<impl Stream<Item = Result<Bytes>> + Send + 'static> {
        Ok(self.found(hash, Some(range)).await?.into_stream().map_err(failed))
    }

    async fn send(&self, draft: Draft, hash: &str, size: u64) -> Result<()> {
        let path = path_of(hash)?;
        if self.size_here(hash).await? == Some(size) {
            return Ok(());
        }
        let mut file = tokio::fs::File::from_std(draft.file.reopen().map_err(full)?);
        let mut object = BufWriter::new(self.objects.clone(), path);
        let sent = async {
            tokio::io::copy(&mut file, &mut object).await?;
            object.shutdown().await
        };
        sent.await.map_err(|error| StoreError::Blob(error.to_string()))
    }

    /// Opens a blob; one that lies elsewhere is fetched to a file first.
    pub async fn reader(&self, hash: &str) -> Result<BlobReader> {
        Ok(BlobReader { file: self.file(hash).await?, hasher: Sha256::new(), hash: hash.to_owned() })
    }

    /// The file of a blob for programs that read it here and there, so that nothing is checked; of one that lies elsewhere a
    /// copy, which ends with its last handle.
    pub async fn file(&self, hash: &str) -> Result<File> {
        let path = path_of(hash)?;
        let here = match &self.folder {
            Some(folder) => match File::open(folder.join(path.as_ref())) {
                Ok(file) => Some(file),
                Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                Err(error) => return Err(StoreError::Blob(error.to_string())),
            },
            None => None,
        };
        Ok(match here {
            Some(file) => file,
            None => {
                let mut parts = self.found(hash, None).await?.into_stream();
                let mut file = tokio::fs::File::from_std(self.scratch().map_err(full)?);
                while let Some(bytes) = parts.try_next().await.map_err(failed)? {
                    file.write_all(&bytes).await.map_err(full)?;
                }
                file.flush().await.map_err(full)?;
                let mut file = file.into_std().await;
                file.seek(SeekFrom::Start(0)).map_err(full)?;
                file
            }
        })
    }
}

/// Moves a draft to its name. One that is there already has the same bytes, or half of them from a crash.
fn name(folder: &Path, draft: Draft, hash: &str) -> io::Result<()> {
    draft.file.as_file().sync_all()?;
    let parent = folder.join(&hash[..2]);
    fs::create_dir_all(&parent)?;
    draft.file.persist(parent.join(hash)).map_err(|error| error.error)?;
    File::open(&parent)?.sync_all()?;
    File::open(folder)?.sync_all()
}

fn drafts_of(folder: &Path) -> io::Result<PathBuf> {
    let drafts = folder.join(DRAFTS);
    fs::create_dir_all(&drafts)?;
    Ok(drafts)
}

/// Removes what crashes left. Ages are told by a file made just now, so that the clock of the disk's machine counts.
pub(super) fn sweep(folder: &Path) -> io::Result<()> {
    let drafts = folder.join(DRAFTS);
    if !drafts.try_exists()? {
        return Ok(());
    }
    let now = NamedTempFile::new_in(&drafts)?.as_file().metadata()?.modified()?;
    for entry in fs::read_dir(&drafts)? {
        let entry = entry?;
        let age = now.duration_since(entry.metadata()?.modified()?);
        if age.is_ok_and(|age| age > LEFT_BEHIND) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

fn reading(error: io::Error, hash: &str) -> StoreError {
    match error.kind() {
        io::ErrorKind::InvalidData => StoreError::Corrupt { what: "blob", value: hash.to_owned() },
        _ => full(error),
    }
}

fn full(error: io::Error) -> StoreError {
    StoreError::StorageFull(error.to_string())
}
