//! A folder, a file or a zip archive as a sink. Everything is written beside the place where it belongs and moved there
//! at the end: what fails leaves nothing behind.

use super::Input;
use clap::ValueEnum;
use labelwright_formats::{ArchiveSink, DirectoryView, Scratch, ZipSink, open_data, spool};
use rustix::fs::{Mode, OFlags};
use std::{
    collections::HashSet,
    fs::{self, File},
    io::{self, BufWriter, Read, Write},
    os::fd::OwnedFd,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// What becomes of pictures and other data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MediaMode {
    /// Copied beside the labels.
    Copy,
    /// Hard links; copied where the disk has none.
    Link,
    /// Only labels are written.
    None,
}

enum Kind {
    Folder,
    OneFile,
    Zip,
}

/// A place that is written to.
pub struct Output {
    to: PathBuf,
    kind: Kind,
    /// On the same disk as the place.
    workshop: TempDir,
}

impl Output {
    /// `ending` is that of formats that write one file.
    pub fn new(to: &Path, ending: Option<&str>) -> Result<Self, String> {
        let has = |wanted: &str| to.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(wanted));
        let kind = if has("zip") {
            Kind::Zip
        } else if ending.is_some_and(has) {
            Kind::OneFile
        } else {
            Kind::Folder
        };
        let about = |error: io::Error| format!("{}: {error}", to.display());
        match fs::symlink_metadata(to) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(about(error)),
            Ok(found) if found.is_dir() && matches!(kind, Kind::Folder) => {
                if fs::read_dir(to).map_err(about)?.next().is_some() {
                    return Err(format!("{} is not empty; give a new folder", to.display()));
                }
            }
            Ok(_) => return Err(format!("{} is there already; give a new place", to.display())),
        }
        let parent = to.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        fs::create_dir_all(parent).map_err(about)?;
        let workshop = tempfile::Builder::new().prefix(".labelwright-").tempdir_in(parent).map_err(about)?;
        Ok(Self { to: to.to_owned(), kind, workshop })
    }

    pub fn is_one_file(&self) -> bool {
        matches!(self.kind, Kind::OneFile)
    }

    /// Calls `with` with the sink, and moves what it wrote to its place if it succeeds.
    pub fn write<T>(
        self,
        input: &Input,
        media: MediaMode,
        with: impl FnOnce(&mut dyn ArchiveSink) -> Result<T, String>,
    ) -> Result<T, String> {
        let about = |error: io::Error| format!("{}: {error}", self.to.display());
        let workshop = self.workshop.path();
        let made = workshop.join("made");
        let outcome = match self.kind {
            Kind::Zip => {
                let file = BufWriter::new(File::create(&made).map_err(about)?);
                let beside = workshop.to_owned();
                let zip = ZipSink::new(file, Box::new(move || tempfile::tempfile_in(&beside)));
                let mut sink = PackedSink { zip, media: Media::new(input, media)? };
                let outcome = with(&mut sink)?;
                let file = sink.zip.finish().map_err(about)?;
                file.into_inner().map_err(|error| about(error.into_error()))?;
                outcome
            }
            Kind::Folder | Kind::OneFile => {
                fs::create_dir(&made).map_err(about)?;
                let mut sink = FolderSink::new(&made, workshop, Media::new(input, media)?);
                let outcome = with(&mut sink)?;
                sink.end().map_err(about)?;
                outcome
            }
        };
        let from = if matches!(self.kind, Kind::OneFile) { only_file(&made)? } else { made };
        if self.to.is_dir() {
            fs::remove_dir(&self.to).map_err(about)?;
        }
        fs::rename(from, &self.to).map_err(about)?;
        Ok(outcome)
    }
}

/// The one file below a folder.
fn only_file(folder: &Path) -> Result<PathBuf, String> {
    let mut at = folder.to_owned();
    while at.is_dir() {
        let inner: Vec<PathBuf> = fs::read_dir(&at)
            .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect())
            .map_err(|error| error.to_string())?;
        let [only] = inner.as_slice() else {
            return Err("the data has several parts or media and does not fit into one file: give a folder, \
                        or --media none"
                .into());
        };
        at = only.clone();
    }
    Ok(at)
}

/// Where data is taken from.
struct Media {
    input: Input,
    mode: MediaMode,
    /// Opened for what is packed, or lies inside of a file.
    view: Option<Box<dyn DirectoryView>>,
}

impl Media {
    fn new(input: &Input, mode: MediaMode) -> Result<Self, String> {
        let packed = matches!(input, Input::Zip(_)) && mode != MediaMode::None;
        Ok(Self { input: input.clone(), mode, view: if packed { Some(input.open()?) } else { None } })
    }

    /// Calls `with` with the data of an item, which is a file or lies inside of one.
    fn read<T>(&mut self, source: &str, with: impl FnOnce(&mut dyn Read) -> io::Result<T>) -> io::Result<T> {
        if self.view.is_none()
            && let Some(file) = self.input.path_of(source).and_then(|path| File::open(path).ok())
        {
            return with(&mut { file });
        }
        let view = match &mut self.view {
            Some(view) => view,
            None => self.view.insert(self.input.open().map_err(io::Error::other)?),
        };
        with(&mut *open_data(&**view, source)?)
    }

    fn bytes(&mut self, source: &str) -> io::Result<Option<Vec<u8>>> {
        if self.mode == MediaMode::None {
            return Ok(None);
        }
        self.read(source, |data| {
            let mut bytes = Vec::new();
            data.read_to_end(&mut bytes)?;
            Ok(Some(bytes))
        })
    }
}

/// Bytes of small files are put together before they go to the disk.
const BUFFER_BYTES: usize = 1 << 18;

struct FolderSink {
    root: PathBuf,
    workshop: PathBuf,
    media: Media,
    /// Folders that are made, and the one of the last file: opened, so that the way there is gone once and not for every
    /// file.
    folders: HashSet<String>,
    folder: String,
    directory: Option<OwnedFd>,
    /// The file's name in that folder.
    current: Option<(String, Option<File>)>,
    buffer: Vec<u8>,
}

impl FolderSink {
    fn new(root: &Path, workshop: &Path, media: Media) -> Self {
        let (root, workshop) = (root.to_owned(), workshop.to_owned());
        Self {
            root,
            workshop,
            media,
            folders: HashSet::new(),
            folder: String::new(),
            directory: None,
            current: None,
            buffer: Vec::new(),
        }
    }

    /// Ends the file before and makes the folder of this one, in which its name without the folder is given back. Names
    /// were checked: there is no way out of the root, and the root was empty, so that no link lies on the way.
    fn enter<'a>(&mut self, name: &'a str) -> io::Result<&'a str> {
        labelwright_formats::check_name(name)?;
        self.end()?;
        let (folder, own) = name.rsplit_once('/').unwrap_or(("", name));
        if folder != self.folder || self.directory.is_none() {
            let path = self.root.join(folder);
            if !self.folders.contains(folder) {
                fs::create_dir_all(&path)?;
                self.folders.insert(folder.to_owned());
            }
            self.directory = Some(rustix::fs::open(path, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?);
            folder.clone_into(&mut self.folder);
        }
        Ok(own)
    }

    fn flush_buffer(&mut self) -> io::Result<()> {
        if let (Some((name, file)), Some(directory)) = (&mut self.current, &self.directory) {
            let file = match file {
                Some(file) => file,
                None => file.insert(create_new(directory, name)?),
            };
            file.write_all(&self.buffer)?;
        }
        self.buffer.clear();
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        self.flush_buffer()?;
        self.current = None;
        Ok(())
    }
}

fn create_new(directory: &OwnedFd, name: &str) -> io::Result<File> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
    Ok(rustix::fs::openat(directory, name, flags, Mode::from_raw_mode(0o666))?.into())
}

impl Write for FolderSink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() > BUFFER_BYTES {
            self.flush_buffer()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.flush_buffer()
    }
}

impl ArchiveSink for FolderSink {
    fn begin(&mut self, name: &str) -> io::Result<()> {
        let own = self.enter(name)?;
        self.current = Some((own.to_owned(), None));
        Ok(())
    }

    fn media(&mut self, name: &str, source: &str) -> io::Result<()> {
        if self.media.mode == MediaMode::None {
            return Ok(());
        }
        let own = self.enter(name)?;
        let to = self.root.join(name);
        if self.media.mode == MediaMode::Link
            && let Some(path) = self.media.input.path_of(source)
            && fs::hard_link(path, &to).is_ok()
        {
            return Ok(());
        }
        let Some(directory) = &self.directory else { return Err(io::ErrorKind::NotFound.into()) };
        // Made only once there is something to write.
        self.media.read(source, |data| io::copy(data, &mut create_new(directory, own)?)).map(drop)
    }

    fn data(&mut self, source: &str) -> io::Result<Option<Vec<u8>>> {
        self.media.bytes(source)
    }

    fn scratch(&mut self) -> io::Result<Box<dyn Scratch>> {
        tempfile::tempfile_in(&self.workshop).map(spool)
    }
}

struct PackedSink {
    zip: ZipSink<BufWriter<File>>,
    media: Media,
}

impl Write for PackedSink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.zip.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.zip.flush()
    }
}

impl ArchiveSink for PackedSink {
    fn begin(&mut self, name: &str) -> io::Result<()> {
        self.zip.begin(name)
    }

    fn media(&mut self, name: &str, source: &str) -> io::Result<()> {
        if self.media.mode == MediaMode::None {
            return Ok(());
        }
        let zip = &mut self.zip;
        self.media.read(source, |data| zip.add(name, data))
    }

    fn data(&mut self, source: &str) -> io::Result<Option<Vec<u8>>> {
        self.media.bytes(source)
    }

    fn scratch(&mut self) -> io::Result<Box<dyn Scratch>> {
        self.zip.scratch()
    }
}
