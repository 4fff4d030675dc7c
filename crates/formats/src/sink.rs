//! Where writers write: named files one after the other, never a path. A folder, a zip file, or memory.

use crate::archive::safe_name;
use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufRead, Read, Seek, SeekFrom, Write},
};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// Takes files. Bytes go into the file that was begun last.
pub trait ArchiveSink: Write {
    /// Ends the file before and begins the next one.
    ///
    /// # Errors
    /// When the name leads out of the archive ([`safe_name`]) or is taken.
    fn begin(&mut self, name: &str) -> io::Result<()>;

    /// Ends the file before, and puts the data of an item under this name. A sink without data does nothing.
    ///
    /// # Errors
    /// When the data cannot be read or written.
    fn media(&mut self, name: &str, source: &str) -> io::Result<()> {
        let _ = (name, source);
        Ok(())
    }

    /// The bytes of an item's data, for formats that hold it in their own files. None from a sink without data.
    ///
    /// # Errors
    /// When the data cannot be read.
    fn data(&mut self, source: &str) -> io::Result<Option<Vec<u8>>> {
        let _ = source;
        Ok(None)
    }

    /// Room for what has to wait for its place in a file.
    ///
    /// # Errors
    /// When there is no room.
    fn scratch(&mut self) -> io::Result<Box<dyn Scratch>> {
        Ok(Box::new(io::Cursor::new(Vec::new())))
    }
}

/// Written, then read from its start.
pub trait Scratch: Read + Write + Seek {}

impl<T: Read + Write + Seek> Scratch for T {}

/// Makes files without a name.
pub type Files = Box<dyn FnMut() -> io::Result<File>>;

/// A file without a name that is written in large steps.
struct Spool {
    file: File,
    buffer: Vec<u8>,
}

const BUFFER_BYTES: usize = 128 << 10;

/// A file as scratch.
pub fn spool(file: File) -> Box<dyn Scratch> {
    Box::new(Spool { file, buffer: Vec::new() })
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= BUFFER_BYTES {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }
}

impl Read for Spool {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.flush()?;
        self.file.read(out)
    }
}

impl Seek for Spool {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.flush()?;
        self.file.seek(to)
    }
}

/// Appends all of it to the file that was begun last.
pub(crate) fn append(out: &mut dyn ArchiveSink, mut scratch: Box<dyn Scratch>) -> io::Result<()> {
    scratch.seek(SeekFrom::Start(0))?;
    io::copy(&mut scratch, out)?;
    Ok(())
}

/// Data that has its turn when the file that is being written is whole: between two parts of one file there is no place
/// for another.
#[derive(Default)]
pub(crate) struct MediaLater {
    /// Names and sources, a line each.
    list: Option<Box<dyn Scratch>>,
}

impl MediaLater {
    pub fn add(&mut self, name: &str, source: &str, out: &mut dyn ArchiveSink) -> io::Result<()> {
        let list = match &mut self.list {
            Some(list) => list,
            None => self.list.insert(out.scratch()?),
        };
        serde_json::to_writer(&mut *list, &[name, source])?;
        list.write_all(b"\n")
    }

    pub fn write(self, out: &mut dyn ArchiveSink) -> io::Result<()> {
        let Some(mut list) = self.list else { return Ok(()) };
        list.seek(SeekFrom::Start(0))?;
        for line in io::BufReader::new(list).lines() {
            let [name, source]: [String; 2] = serde_json::from_str(&line?)?;
            out.media(&name, &source)?;
        }
        Ok(())
    }
}

/// # Errors
/// When the name leads out of the archive.
pub fn check_name(name: &str) -> io::Result<()> {
    if safe_name(name) && !name.ends_with('/') {
        return Ok(());
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, format!("{name:?} is no name of a file in an archive")))
}

fn taken(name: &str) -> io::Error {
    io::Error::new(io::ErrorKind::AlreadyExists, format!("{name} would be written twice"))
}

/// Files in memory.
#[derive(Debug, Default)]
pub struct MemorySink {
    files: BTreeMap<String, Vec<u8>>,
    current: Option<(String, Vec<u8>)>,
    /// Names of the items' data, and where it comes from.
    pub media: BTreeMap<String, String>,
}

impl MemorySink {
    pub fn into_files(mut self) -> BTreeMap<String, Vec<u8>> {
        self.files.extend(self.current.take());
        self.files
    }
}

impl Write for MemorySink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let (_, file) = self.current.as_mut().ok_or_else(|| io::Error::other("no file was begun"))?;
        file.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl ArchiveSink for MemorySink {
    fn begin(&mut self, name: &str) -> io::Result<()> {
        check_name(name)?;
        self.files.extend(self.current.take());
        if self.files.contains_key(name) {
            return Err(taken(name));
        }
        self.current = Some((name.to_owned(), Vec::new()));
        Ok(())
    }

    fn media(&mut self, name: &str, source: &str) -> io::Result<()> {
        check_name(name)?;
        // In a zip file the data ends the file before it.
        self.files.extend(self.current.take());
        match self.media.insert(name.to_owned(), source.to_owned()) {
            None => Ok(()),
            Some(_) => Err(taken(name)),
        }
    }
}

/// One file, for formats that write no more.
pub struct FileSink<W> {
    out: W,
    files: Files,
    begun: bool,
}

impl<W: Write> FileSink<W> {
    /// `files` are for what has to wait.
    pub fn new(out: W, files: Files) -> Self {
        Self { out, files, begun: false }
    }

    /// # Errors
    /// When nothing was begun.
    pub fn finish(self) -> io::Result<W> {
        if self.begun { Ok(self.out) } else { Err(io::Error::other("the format wrote no file")) }
    }
}

impl<W: Write> Write for FileSink<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl<W: Write> ArchiveSink for FileSink<W> {
    fn begin(&mut self, name: &str) -> io::Result<()> {
        check_name(name)?;
        if std::mem::replace(&mut self.begun, true) {
            return Err(io::Error::other("the format wrote more files than one"));
        }
        Ok(())
    }

    fn scratch(&mut self) -> io::Result<Box<dyn Scratch>> {
        (self.files)().map(spool)
    }
}

/// A zip file. The same files give the same bytes: entries come in the order in which they were begun and have no time.
pub struct ZipSink<W: Write + Seek> {
    zip: ZipWriter<W>,
    files: Files,
    names: std::collections::HashSet<String>,
    /// Was a file begun, with no data after it?
    open: bool,
}

impl<W: Write + Seek> ZipSink<W> {
    /// `files` are for what has to wait.
    pub fn new(out: W, files: Files) -> Self {
        Self { zip: ZipWriter::new(out), files, names: std::collections::HashSet::new(), open: false }
    }

    fn start(&mut self, name: &str, method: CompressionMethod) -> io::Result<()> {
        check_name(name)?;
        if !self.names.insert(name.to_owned()) {
            return Err(taken(name));
        }
        let options = SimpleFileOptions::default()
            .compression_method(method)
            .last_modified_time(zip::DateTime::default())
            .large_file(true);
        self.zip.start_file(name, options).map_err(io::Error::other)
    }

    /// Adds a file of data as it is: pictures are packed already.
    ///
    /// # Errors
    /// When the name is none, or the data cannot be read or written.
    pub fn add(&mut self, name: &str, data: &mut dyn Read) -> io::Result<()> {
        self.start(name, CompressionMethod::Stored)?;
        self.open = false;
        io::copy(data, &mut self.zip)?;
        Ok(())
    }

    /// # Errors
    /// When the end cannot be written.
    pub fn finish(self) -> io::Result<W> {
        self.zip.finish().map_err(io::Error::other)
    }
}

impl<W: Write + Seek> Write for ZipSink<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.open {
            return Err(io::Error::other("no file was begun"));
        }
        self.zip.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.zip.flush()
    }
}

impl<W: Write + Seek> ArchiveSink for ZipSink<W> {
    fn begin(&mut self, name: &str) -> io::Result<()> {
        self.start(name, CompressionMethod::Deflated)?;
        self.open = true;
        Ok(())
    }

    fn scratch(&mut self) -> io::Result<Box<dyn Scratch>> {
        (self.files)().map(spool)
    }
}
