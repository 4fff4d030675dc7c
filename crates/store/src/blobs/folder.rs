//! Writing blobs into a folder. A blob is written under its final name at once: a row that names it is stored only after
//! the flush, so that what a crash leaves half-written is named by nobody, and who brings the same bytes again finds by
//! their hash whether the file is whole.

use super::Blobs;
use bytes::Bytes;
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::Path,
};

/// Writes what is not there and flushes once.
pub fn put_all(folder: &Path, blobs: &[Bytes]) -> io::Result<Vec<String>> {
    let mut hashes = Vec::with_capacity(blobs.len());
    let mut written = false;
    for bytes in blobs {
        let hash = Blobs::hash(bytes);
        written |= put(folder, &hash, bytes)?;
        hashes.push(hash);
    }
    if written {
        flush(folder)?;
    }
    Ok(hashes)
}

/// True when the file was written now.
fn put(folder: &Path, hash: &str, bytes: &[u8]) -> io::Result<bool> {
    let parent = folder.join(&hash[..2]);
    let path = parent.join(hash);
    let mut new = OpenOptions::new();
    new.write(true).create_new(true);
    let mut file = match new.open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::create_dir_all(&parent)?;
            new.open(&path)?
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            if fs::read(&path).is_ok_and(|there| Blobs::hash(&there) == hash) {
                return Ok(false);
            }
            // Half of it, from a crash: under another name first, because somebody may be reading it.
            let whole = parent.join(format!("{hash}.new"));
            fs::write(&whole, bytes)?;
            fs::rename(&whole, &path)?;
            return Ok(true);
        }
        Err(error) => return Err(error),
    };
    file.write_all(bytes)?;
    Ok(true)
}

/// One flush of the file system for all that was written to it.
#[cfg(target_os = "linux")]
fn flush(folder: &Path) -> io::Result<()> {
    Ok(rustix::fs::syncfs(File::open(folder)?)?)
}

/// Without such a call every file and folder is flushed on its own.
#[cfg(not(target_os = "linux"))]
fn flush(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let parent = entry?.path();
        if parent.is_dir() {
            for file in fs::read_dir(&parent)? {
                File::open(file?.path())?.sync_all()?;
            }
            File::open(&parent)?.sync_all()?;
        }
    }
    File::open(folder)?.sync_all()
}
