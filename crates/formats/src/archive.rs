//! Views of archives: zip files with the guards that hostile ones call for, and a view of memory for tests.

use crate::record::{DirectoryView, ReadSeek};
use std::{
    cell::RefCell,
    collections::BTreeMap,
    io::{self, Read, Seek},
};
use zip::ZipArchive;

/// Limits on an archive; each is the largest that is accepted.
#[derive(Debug, Clone, Copy)]
pub struct ArchiveLimits {
    pub entries: usize,
    pub entry_bytes: u64,
    pub total_bytes: u64,
    /// Unpacked over packed size: beyond it an entry is a bomb.
    pub ratio: u64,
}

impl ArchiveLimits {
    pub const DEFAULT: Self = Self { entries: 2_000_000, entry_bytes: 4 << 30, total_bytes: 256 << 30, ratio: 200 };
}

/// Why an archive is refused.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    #[error("the archive cannot be read: {0}")]
    Unreadable(String),
    #[error("the archive has {found} entries, the limit is {limit}")]
    TooManyEntries { found: usize, limit: usize },
    #[error("{name}: {reason}")]
    Entry { name: String, reason: String },
}

/// A zip file as a directory.
pub struct ZipView<R> {
    archive: RefCell<ZipArchive<R>>,
    files: Vec<(String, u64, usize)>,
}

impl<R: Read + Seek> ZipView<R> {
    /// Reads the table of contents and refuses what is dangerous: names that leave the archive, links, bombs,
    /// duplicate names.
    pub fn open(source: R, limits: ArchiveLimits) -> Result<Self, ArchiveError> {
        let mut archive = ZipArchive::new(source).map_err(|error| ArchiveError::Unreadable(error.to_string()))?;
        if archive.len() > limits.entries {
            return Err(ArchiveError::TooManyEntries { found: archive.len(), limit: limits.entries });
        }
        let mut files: BTreeMap<String, (u64, usize)> = BTreeMap::new();
        let mut total = 0_u64;
        for index in 0..archive.len() {
            let entry = archive.by_index_raw(index).map_err(|error| ArchiveError::Unreadable(error.to_string()))?;
            let name = entry.name().map_err(|error| ArchiveError::Unreadable(error.to_string()))?.into_owned();
            let refuse = |reason: &str| ArchiveError::Entry { name: printable(&name), reason: reason.to_owned() };
            if entry.is_symlink() {
                return Err(refuse("a symbolic link is not accepted"));
            }
            if !safe_name(&name) {
                return Err(refuse("the name leads out of the archive"));
            }
            if entry.encrypted() {
                return Err(refuse("the entry is encrypted"));
            }
            if entry.is_dir() || is_clutter(&name) {
                continue;
            }
            total = total.saturating_add(entry.size());
            let packed = entry.compressed_size().max(1);
            if entry.size() > limits.entry_bytes || total > limits.total_bytes {
                return Err(refuse("the unpacked data is larger than the limit"));
            }
            if entry.size() / packed > limits.ratio && entry.size() > 1 << 20 {
                return Err(refuse("the entry unpacks to suspiciously much"));
            }
            if files.insert(name.clone(), (entry.size(), index)).is_some() {
                return Err(refuse("the name appears twice"));
            }
        }
        let files = files.into_iter().map(|(name, (bytes, index))| (name, bytes, index)).collect();
        Ok(Self { archive: RefCell::new(archive), files })
    }
}

impl<R> ZipView<R> {
    fn find(&self, name: &str) -> Option<&(String, u64, usize)> {
        let at = self.files.binary_search_by(|file| file.0.as_str().cmp(name)).ok()?;
        self.files.get(at)
    }
}

/// What operating systems add to archives without being asked.
fn is_clutter(name: &str) -> bool {
    name.starts_with("__MACOSX/") || name.split('/').any(|part| part == ".DS_Store" || part == "Thumbs.db")
}

/// Relative, without `..`, backslashes, drive letters or control characters.
pub fn safe_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 1024
        && !name.starts_with('/')
        && !name.contains(['\\', ':', '\0'])
        && !name.chars().any(char::is_control)
        && name.trim_end_matches('/').split('/').all(|part| !part.is_empty() && part != "." && part != "..")
}

fn printable(name: &str) -> String {
    name.chars().take(200).map(|c| if c.is_control() { '?' } else { c }).collect()
}

impl<R: Read + Seek> DirectoryView for ZipView<R> {
    fn list(&self) -> Vec<(String, u64)> {
        self.files.iter().map(|(name, bytes, _)| (name.clone(), *bytes)).collect()
    }

    fn list_size(&self, name: &str) -> Option<u64> {
        self.find(name).map(|(_, bytes, _)| *bytes)
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(io::Cursor::new(self.content(name)?)))
    }

    fn open_random(&self, name: &str) -> io::Result<Box<dyn ReadSeek>> {
        Ok(Box::new(io::Cursor::new(self.content(name)?)))
    }
}

impl<R: Read + Seek> ZipView<R> {
    fn content(&self, name: &str) -> io::Result<Vec<u8>> {
        let (_, bytes, index) = self.find(name).ok_or_else(|| missing(name))?;
        let mut archive = self.archive.borrow_mut();
        let entry = archive.by_index(*index).map_err(io::Error::other)?;
        // An entry that holds more than its header says is cut off and fails its checksum: it is read whole here,
        // because the archive can serve one entry at a time only.
        let mut content = Vec::new();
        entry.take(bytes + 1).read_to_end(&mut content)?;
        if content.len() as u64 != *bytes {
            return Err(io::Error::other("the entry is truncated or longer than it says"));
        }
        Ok(content)
    }
}

/// Files in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryView {
    pub files: BTreeMap<String, Vec<u8>>,
}

impl DirectoryView for MemoryView {
    fn list(&self) -> Vec<(String, u64)> {
        self.files.iter().map(|(name, bytes)| (name.clone(), bytes.len() as u64)).collect()
    }

    fn list_size(&self, name: &str) -> Option<u64> {
        self.files.get(name).map(|bytes| bytes.len() as u64)
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn Read + '_>> {
        let bytes = self.files.get(name).ok_or_else(|| missing(name))?;
        Ok(Box::new(bytes.as_slice()))
    }

    fn open_random(&self, name: &str) -> io::Result<Box<dyn ReadSeek>> {
        let bytes = self.files.get(name).ok_or_else(|| missing(name))?;
        Ok(Box::new(io::Cursor::new(bytes.clone())))
    }
}

pub(crate) fn missing(name: &str) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, format!("{} is not there", printable(name)))
}
