//! A folder that grows while something is collected: one line of labelwright's own JSON Lines an item, files beside it, and
//! a journal of what is done with, which imports do not see. Cut off at any point it can be gone on with.

use crate::media::probe_image;
use labelwright_connect::crawl::{Seen, warc::hex};
use labelwright_core::{LabelSchema, Modality};
use labelwright_formats::{ExportItem, groups::Fingerprint, native, near::NearDuplicates};
use serde_json::Value;
use std::{
    collections::{BTreeMap, HashSet},
    fs::{self, File, OpenOptions},
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, BufRead, BufReader, BufWriter, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

const ITEMS: &str = "labelwright.jsonl";
const JOURNAL: &str = ".collect/seen.jsonl";
/// Texts and pictures that are this much alike are one.
const SAME: f64 = 0.9;

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    New,
    /// One that is nearly the same is there.
    Known,
    /// It cannot be read.
    Unreadable,
}

pub struct Folder {
    root: PathBuf,
    items: BufWriter<File>,
    journal: BufWriter<File>,
    known: Known,
}

/// What the folder holds already.
struct Known {
    keys: HashSet<u64>,
    near: NearDuplicates,
}

impl Known {
    /// Takes in an item of an earlier run.
    fn add(&mut self, line: &str) {
        let Ok(item) = serde_json::from_str::<ExportItem>(line) else { return };
        self.keys.insert(number(&item.key));
        if let Some(print) = item.text.as_deref().and_then(Fingerprint::of_text) {
            self.near.add(print);
        }
    }
}

impl Folder {
    /// A new folder, or one that is gone on with: a last line that was cut off is taken away.
    ///
    /// # Errors
    /// When the folder holds other things or cannot be written.
    pub fn open(root: &Path) -> Result<(Self, Vec<Seen>), String> {
        let about = |error: io::Error| format!("{}: {error}", root.display());
        fs::create_dir_all(root).map_err(about)?;
        let is_ours = root.join(JOURNAL).exists();
        if !is_ours && fs::read_dir(root).map_err(about)?.next().is_some() {
            return Err(format!("{} is not empty and holds no collection; give a new folder", root.display()));
        }
        fs::create_dir_all(root.join(".collect")).map_err(about)?;
        fs::create_dir_all(root.join("pictures")).map_err(about)?;
        let mut seen = Vec::new();
        let journal = grown(&root.join(JOURNAL), |line| {
            seen.extend(serde_json::from_str::<Seen>(line));
        });
        let journal = journal.map_err(about)?;
        let mut known = Known { keys: HashSet::new(), near: NearDuplicates::new(SAME) };
        let mut is_first = true;
        let items = grown(&root.join(ITEMS), |line| {
            if !std::mem::take(&mut is_first) {
                known.add(line);
            }
        });
        let mut items = BufWriter::new(items.map_err(about)?);
        if is_first {
            let schema = LabelSchema {
                name: "Collection".into(),
                description: String::new(),
                modality: Modality::Text,
                panes: Vec::new(),
                fields: Vec::new(),
                classes: Vec::new(),
                relations: Vec::new(),
            };
            let header = native::header_line("collection", &schema).map_err(about)?;
            items.write_all(header.as_bytes()).map_err(about)?;
        }
        Ok((Self { root: root.to_owned(), items, journal: BufWriter::new(journal), known }, seen))
    }

    /// What an earlier collection has seen.
    ///
    /// # Errors
    /// When there is none.
    pub fn seen(root: &Path) -> Result<Vec<Seen>, String> {
        let path = root.join(JOURNAL);
        let file = File::open(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let lines = BufReader::new(file).lines().map_while(Result::ok);
        Ok(lines.filter_map(|line| serde_json::from_str(&line).ok()).collect())
    }

    /// Adds a text unless one like it is there.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn text(&mut self, key: &str, text: String, metadata: BTreeMap<String, Value>) -> Result<Added, String> {
        let Some(print) = Fingerprint::of_text(&text) else { return Ok(Added::Unreadable) };
        // An earlier run was cut off between the item and its note: what the page leads to is still to come.
        if self.known.keys.contains(&number(key)) {
            return Ok(Added::New);
        }
        if self.known.near.add(print).is_some() {
            return Ok(Added::Known);
        }
        self.known.keys.insert(number(key));
        let hash = hex(text.as_bytes());
        let item = ExportItem { hash, text: Some(text), metadata, ..ExportItem::new(fitting(key), Modality::Text) };
        self.line(item, None)
    }

    /// Adds a record, which may well be like another one.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn record(&mut self, key: &str, text: String, metadata: BTreeMap<String, Value>) -> Result<Added, String> {
        if !self.known.keys.insert(number(key)) {
            return Ok(Added::Known);
        }
        let hash = hex(text.as_bytes());
        let item = ExportItem { hash, text: Some(text), metadata, ..ExportItem::new(fitting(key), Modality::Text) };
        self.line(item, None)
    }

    /// Adds a picture unless its bytes are there.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn picture(&mut self, bytes: &[u8], ending: &str, metadata: BTreeMap<String, Value>) -> Result<Added, String> {
        if probe_image(bytes).is_err() {
            return Ok(Added::Unreadable);
        }
        let hash = hex(bytes);
        let name = format!("pictures/{hash}.{ending}");
        if !self.known.keys.insert(number(&name)) {
            return Ok(Added::Known);
        }
        // Whole or not at all: what was cut off is written over.
        let (made, path) = (self.root.join(".collect/part"), self.root.join(&name));
        let written = fs::write(&made, bytes).and_then(|()| fs::rename(&made, &path));
        written.map_err(|error| format!("{}: {error}", path.display()))?;
        let item = ExportItem { hash, metadata, ..ExportItem::new(name.clone(), Modality::Image) };
        self.line(item, Some(name))
    }

    fn line(&mut self, item: ExportItem, file: Option<String>) -> Result<Added, String> {
        let line = native::item_line(item, file);
        let written = line.and_then(|line| self.items.write_all(line.as_bytes()));
        written.map_err(|error| format!("{}: {error}", self.root.join(ITEMS).display()))?;
        Ok(Added::New)
    }

    /// Notes that an address is done with, after all that came of it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn done(&mut self, seen: &Seen) -> Result<(), String> {
        let line = serde_json::to_string(seen).map_err(io::Error::from);
        let written = self.items.flush().and(line).and_then(|line| writeln!(self.journal, "{line}"));
        written.map_err(|error| format!("{}: {error}", self.root.join(JOURNAL).display()))
    }

    /// # Errors
    /// When it cannot be written.
    pub fn flush(&mut self) -> Result<(), String> {
        let flushed = self.items.flush().and_then(|()| self.journal.flush());
        flushed.map_err(|error| format!("{}: {error}", self.root.display()))
    }
}

/// A file of lines to which more are added, after its whole lines were read.
fn grown(path: &Path, mut with: impl FnMut(&str)) -> io::Result<File> {
    let mut file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path)?;
    let (mut whole, mut line) = (0_u64, String::new());
    let mut reader = BufReader::new(&mut file);
    while reader.read_line(&mut line).unwrap_or(0) > 0 && line.ends_with('\n') {
        with(line.trim_end());
        whole += line.len() as u64;
        line.clear();
    }
    file.set_len(whole)?;
    file.seek(SeekFrom::Start(whole))?;
    Ok(file)
}

/// Keys that no import would take are replaced by their hash.
fn fitting(key: &str) -> String {
    const BYTES_MAXIMUM: usize = 1024;
    let is_good = (1..=BYTES_MAXIMUM).contains(&key.len()) && !key.chars().any(char::is_control);
    if is_good { key.to_owned() } else { hex(key.as_bytes()) }
}

fn number(key: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}
