//! Data that was made, on its way into an output: it waits in files of its own, and writers get it as they get the input's.

use crate::files::MediaMode;
use labelwright_formats::{ArchiveSink, Scratch, check_name};
use std::{
    collections::HashSet,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// Names of made data begin with it; no file's name does.
const MARK: &str = "\0made/";

/// A folder beside the output that is gone at the end.
pub struct Made {
    folder: TempDir,
}

impl Made {
    pub fn beside(output: &Path) -> Result<Self, String> {
        let parent = output.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let made = fs::create_dir_all(parent)
            .and_then(|()| tempfile::Builder::new().prefix(".labelwright-").tempdir_in(parent));
        Ok(Self { folder: made.map_err(|error| format!("{}: {error}", parent.display()))? })
    }

    /// Keeps data under a name of letters and digits; gives what writers call it.
    pub fn put(&self, name: &str, bytes: &[u8]) -> Result<String, String> {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(format!("{MARK}{name}"))
    }

    fn path(&self, source: &str) -> Option<PathBuf> {
        source.strip_prefix(MARK).map(|name| self.folder.path().join(name))
    }
}

/// A sink that knows made data too.
pub struct WithMade<'a> {
    sink: &'a mut dyn ArchiveSink,
    made: &'a Made,
    mode: MediaMode,
    /// Did the writer ask for data at all?
    asked: bool,
}

impl<'a> WithMade<'a> {
    pub fn new(sink: &'a mut dyn ArchiveSink, made: &'a Made, mode: MediaMode) -> Self {
        Self { sink, made, mode, asked: false }
    }

    /// Puts the data of items beside labels whose writer does not care for data, each under its key: that is where those
    /// formats say it is. Keys that are no names of files are told.
    pub fn rest(&mut self, data: &[(String, String)]) -> io::Result<()> {
        if self.asked || self.mode == MediaMode::None {
            return Ok(());
        }
        let mut taken = HashSet::new();
        for (key, source) in data {
            if check_name(key).is_err() || !taken.insert(key) {
                eprintln!("not written: the data of {key:?}, which is no name of a file, or comes twice");
                continue;
            }
            self.media(key, source)?;
        }
        Ok(())
    }
}

impl Write for WithMade<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.sink.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}

impl ArchiveSink for WithMade<'_> {
    fn begin(&mut self, name: &str) -> io::Result<()> {
        self.sink.begin(name)
    }

    fn media(&mut self, name: &str, source: &str) -> io::Result<()> {
        self.asked = true;
        let Some(path) = self.made.path(source) else { return self.sink.media(name, source) };
        if self.mode == MediaMode::None {
            return Ok(());
        }
        self.sink.begin(name)?;
        let bytes = fs::read(path)?;
        self.sink.write_all(&bytes)
    }

    fn data(&mut self, source: &str) -> io::Result<Option<Vec<u8>>> {
        self.asked = true;
        match self.made.path(source) {
            Some(_) if self.mode == MediaMode::None => Ok(None),
            Some(path) => fs::read(path).map(Some),
            None => self.sink.data(source),
        }
    }

    fn scratch(&mut self) -> io::Result<Box<dyn Scratch>> {
        self.sink.scratch()
    }
}
