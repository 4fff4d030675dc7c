//! Data that was made, on its way into an output: it waits in files of its own, and writers get it as they get the input's.

use crate::files::MediaMode;
use labelwright_formats::{ArchiveSink, ExportItem, Scratch, check_name};
use std::{
    collections::HashSet,
    fs::{self, File},
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, BufRead, BufReader, BufWriter, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::Mutex,
};
use tempfile::TempDir;

/// Names of made data begin with it; no file's name does.
const MARK: &str = "\0made/";

/// A folder beside the output that is gone at the end.
pub struct Made {
    folder: TempDir,
    /// Keys and data of all items in their order, a pair of lines each: they may be many.
    told: Mutex<BufWriter<File>>,
}

impl Made {
    pub fn beside(output: &Path) -> Result<Self, String> {
        let parent = output.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let about = |error: io::Error| format!("{}: {error}", parent.display());
        fs::create_dir_all(parent).map_err(about)?;
        let folder = tempfile::Builder::new().prefix(".labelwright-").tempdir_in(parent).map_err(about)?;
        let told = tempfile::tempfile_in(folder.path()).map_err(about)?;
        Ok(Self { folder, told: Mutex::new(BufWriter::new(told)) })
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A file without a name.
    pub fn scratch(&self) -> Result<File, String> {
        tempfile::tempfile_in(self.folder()).map_err(|error| format!("{}: {error}", self.folder().display()))
    }

    /// Where the data of an item is, for formats whose writers do not ask for it.
    pub fn tell(&self, item: &ExportItem) -> io::Result<()> {
        let Some(source) = &item.media else { return Ok(()) };
        let mut told = self.told.lock().map_err(|_| io::Error::other("a thread broke down"))?;
        serde_json::to_writer(&mut *told, &(&item.key, source))?;
        told.write_all(b"\n")
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
    pub fn rest(&mut self) -> io::Result<()> {
        if self.asked || self.mode == MediaMode::None {
            return Ok(());
        }
        let told = {
            let mut told = self.made.told.lock().map_err(|_| io::Error::other("a thread broke down"))?;
            told.flush()?;
            let mut file = told.get_ref().try_clone()?;
            file.seek(SeekFrom::Start(0))?;
            file
        };
        let mut taken: HashSet<u64> = HashSet::new();
        for line in BufReader::new(told).lines() {
            let (key, source): (String, String) = serde_json::from_str(&line?)?;
            let mut hasher = DefaultHasher::new();
            key.hash(&mut hasher);
            if check_name(&key).is_err() || !taken.insert(hasher.finish()) {
                eprintln!("not written: the data of {key:?}, which is no name of a file, or comes twice");
                continue;
            }
            self.media(&key, &source)?;
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
