//! Rows as lines of JSON in a file that grows: each once, by its key. A row without a column for its key is known by the
//! hash of all its values.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::{
    collections::HashSet,
    fs::{self, File, OpenOptions},
    io::{self, BufRead, BufReader, BufWriter, Seek, SeekFrom, Write},
    path::Path,
};

/// The column that holds the hash where no other one is the key.
pub const OWN_KEY: &str = "_key";

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    New,
    /// One with its key is there.
    Known,
    /// Its key is missing, or is neither text nor a number.
    NoKey,
    /// It does not fit within the limits any more.
    Full,
}

/// What came of all rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    pub rows: u64,
    pub bytes: u64,
    pub known: u64,
    pub without_key: u64,
}

/// A file of rows, as it grows.
pub struct Rows {
    file: BufWriter<File>,
    key: Option<String>,
    /// Of the keys that are there, 16 bytes each.
    known: HashSet<u128>,
    counts: Counts,
    /// Rows and bytes that are added at most.
    most: (u64, u64),
}

impl Rows {
    /// A new file, or one that is gone on with: a last line that was cut off is taken away.
    ///
    /// # Errors
    /// When the file cannot be read or written.
    pub fn open(path: &Path, key: Option<&str>, most: (u64, u64)) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let key = key.map(str::to_owned);
        let mut file = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path)?;
        let (mut known, mut whole, mut line) = (HashSet::new(), 0, Vec::new());
        let mut reader = BufReader::new(&mut file);
        while reader.read_until(b'\n', &mut line)? > 0 && line.ends_with(b"\n") {
            if let Ok(row) = serde_json::from_slice::<Map<String, Value>>(&line) {
                known.extend(key_of(&row, key.as_deref().unwrap_or(OWN_KEY)).as_deref().map(number));
            }
            whole += line.len() as u64;
            line.clear();
        }
        file.set_len(whole)?;
        file.seek(SeekFrom::Start(whole))?;
        Ok(Self { file: BufWriter::new(file), key, known, counts: Counts::default(), most })
    }

    /// # Errors
    /// When the disk is full.
    pub fn add(&mut self, mut row: Map<String, Value>) -> io::Result<Added> {
        let key = match &self.key {
            Some(column) => match key_of(&row, column) {
                Some(key) => key,
                None => {
                    self.counts.without_key += 1;
                    return Ok(Added::NoKey);
                }
            },
            None => {
                let key = format!("{:032x}", number(&Value::Object(row.clone()).to_string()));
                row.insert(OWN_KEY.to_owned(), key.clone().into());
                key
            }
        };
        let number = number(&key);
        if self.known.contains(&number) {
            self.counts.known += 1;
            return Ok(Added::Known);
        }
        let line = serde_json::to_string(&row)? + "\n";
        if self.counts.rows >= self.most.0 || self.counts.bytes + line.len() as u64 > self.most.1 {
            return Ok(Added::Full);
        }
        self.file.write_all(line.as_bytes())?;
        self.known.insert(number);
        self.counts.rows += 1;
        self.counts.bytes += line.len() as u64;
        Ok(Added::New)
    }

    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// # Errors
    /// When the disk is full.
    pub fn finish(mut self) -> io::Result<Counts> {
        self.file.flush()?;
        self.file.get_ref().sync_data()?;
        Ok(self.counts)
    }
}

fn key_of(row: &Map<String, Value>, column: &str) -> Option<String> {
    match row.get(column)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn number(text: &str) -> u128 {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(16).fold(0, |number, byte| number << 8 | u128::from(*byte))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    fn row(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn each_row_is_there_once_also_when_it_is_gone_on() {
        let folder = std::env::temp_dir().join(format!("labelwright-rows-{}", std::process::id()));
        let path = folder.join("rows.jsonl");
        let mut rows = Rows::open(&path, Some("id"), (3, 1000)).unwrap();
        let added: Vec<Added> = [json!({"id": 1}), json!({"id": 1}), json!({"id": null}), json!({"id": "b"})]
            .into_iter()
            .map(|value| rows.add(row(value)).unwrap())
            .collect();
        assert_eq!(added, [Added::New, Added::Known, Added::NoKey, Added::New]);
        rows.finish().unwrap();
        fs::write(&path, fs::read_to_string(&path).unwrap() + "{\"id\": 7").unwrap();
        let mut rows = Rows::open(&path, Some("id"), (1, 1000)).unwrap();
        assert_eq!(rows.add(row(json!({"id": "b"}))).unwrap(), Added::Known);
        assert_eq!(rows.add(row(json!({"id": 7}))).unwrap(), Added::New);
        assert_eq!(rows.add(row(json!({"id": 8}))).unwrap(), Added::Full);
        rows.finish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "{\"id\":1}\n{\"id\":\"b\"}\n{\"id\":7}\n");
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn rows_without_a_key_are_known_by_what_they_hold() {
        let folder = std::env::temp_dir().join(format!("labelwright-rows-own-{}", std::process::id()));
        let mut rows = Rows::open(&folder.join("rows.jsonl"), None, (10, 1000)).unwrap();
        assert_eq!(rows.add(row(json!({"a": 1}))).unwrap(), Added::New);
        assert_eq!(rows.add(row(json!({"a": 1}))).unwrap(), Added::Known);
        assert_eq!(rows.add(row(json!({"a": 2}))).unwrap(), Added::New);
        fs::remove_dir_all(&folder).unwrap();
    }
}
