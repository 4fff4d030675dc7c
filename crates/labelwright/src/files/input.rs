//! A folder, a file or a zip archive as a directory view.

use labelwright_formats::{ArchiveLimits, DirectoryView, ReadSeek, ZipView};
use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

/// Names of files and their sizes in bytes, sorted.
type Listing = Arc<Vec<(String, u64)>>;

#[derive(Debug, Clone)]
pub enum Input {
    /// With what lies in it, once it was looked through.
    Folder(PathBuf, Arc<OnceLock<Listing>>),
    File(PathBuf),
    Zip(PathBuf),
}

impl Input {
    pub fn new(path: &Path) -> Result<Self, String> {
        let about = |error: io::Error| format!("{}: {error}", path.display());
        let kind = std::fs::metadata(path).map_err(about)?;
        let path = path.canonicalize().map_err(about)?;
        Ok(if kind.is_dir() {
            Self::Folder(path, Arc::default())
        } else if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("zip")) {
            Self::Zip(path)
        } else {
            Self::File(path)
        })
    }

    pub fn open(&self) -> Result<Box<dyn DirectoryView>, String> {
        match self {
            Self::Folder(path, known) => {
                let files = match known.get() {
                    Some(files) => Arc::clone(files),
                    None => {
                        let files = Arc::new(walk(path).map_err(|error| format!("{}: {error}", path.display()))?);
                        Arc::clone(known.get_or_init(|| files))
                    }
                };
                Ok(Box::new(Files { root: path.clone(), files }))
            }
            Self::File(path) => {
                let about = |error: io::Error| format!("{}: {error}", path.display());
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let bytes = std::fs::metadata(path).map_err(about)?.len();
                let root = path.parent().unwrap_or(Path::new("/")).to_owned();
                Ok(Box::new(Files { root, files: Arc::new(vec![(name, bytes)]) }))
            }
            Self::Zip(path) => {
                let file = File::open(path).map_err(|error| format!("{}: {error}", path.display()))?;
                let view = ZipView::open(BufReader::new(file), ArchiveLimits::DEFAULT);
                Ok(Box::new(view.map_err(|error| format!("{}: {error}", path.display()))?))
            }
        }
    }

    /// Where a file of the view lies on disk; None for what is packed.
    pub fn path_of(&self, name: &str) -> Option<PathBuf> {
        match self {
            Self::Folder(root, _) => Some(root.join(name)),
            Self::File(path) => Some(path.parent()?.join(name)),
            Self::Zip(_) => None,
        }
    }
}

struct Files {
    root: PathBuf,
    files: Listing,
}

/// All files below a folder, sorted. Links are not followed: they could lead anywhere.
fn walk(root: &Path) -> io::Result<Vec<(String, u64)>> {
    let (mut found, mut folders) = (Vec::new(), vec![(root.to_owned(), String::new())]);
    while let Some((folder, prefix)) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            let Ok(part) = entry.file_name().into_string() else { continue };
            if part.starts_with('.') {
                continue;
            }
            let name = if prefix.is_empty() { part } else { format!("{prefix}/{part}") };
            if kind.is_dir() {
                folders.push((entry.path(), name));
            } else if kind.is_file() {
                found.push((name, entry.metadata()?.len()));
            }
        }
    }
    found.sort_unstable();
    Ok(found)
}

impl Files {
    fn file(&self, name: &str) -> io::Result<File> {
        let missing = || io::Error::new(io::ErrorKind::NotFound, "there is no such file");
        self.list_size(name).ok_or_else(missing)?;
        File::open(self.root.join(name))
    }
}

impl DirectoryView for Files {
    fn list(&self) -> Vec<(String, u64)> {
        self.files.to_vec()
    }

    fn list_size(&self, name: &str) -> Option<u64> {
        let at = self.files.binary_search_by(|(known, _)| known.as_str().cmp(name)).ok()?;
        self.files.get(at).map(|(_, bytes)| *bytes)
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(self.file(name)?))
    }

    fn open_random(&self, name: &str) -> io::Result<Box<dyn ReadSeek>> {
        Ok(Box::new(self.file(name)?))
    }
}
