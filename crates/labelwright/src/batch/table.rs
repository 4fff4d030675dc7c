//! A table by its file ending: CSV or Parquet, row by row, with the wanted columns by name.

use super::{
    csv::{Csv, Record},
    parquet::{Column, Parquet},
    progress::Progress,
};
use crate::environment::Failure;
use std::path::{Path, PathBuf};

pub struct Table {
    path: PathBuf,
    source: Source,
    progress: Progress,
}

enum Source {
    Csv(Csv),
    Parquet(Parquet),
}

/// A value as the file holds it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// Empty and not quoted in CSV, null in Parquet.
    Missing,
    Text(&'a [u8]),
    Integer(i64),
    Number(f64),
    Boolean(bool),
}

/// One row: the wanted columns, in the order in which they were asked for.
pub struct Row<'a> {
    /// Line in a CSV file, row number (from 1) in a Parquet file.
    pub line: u64,
    path: &'a Path,
    names: &'a [String],
    kind: Kind<'a>,
}

enum Kind<'a> {
    Csv { record: &'a Record<'a>, places: &'a [usize] },
    Parquet { columns: &'a [Column], row: usize },
}

impl Table {
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
        let (source, length) = match ending.as_str() {
            "csv" | "tsv" | "txt" => Csv::open(path).map(|csv| (csv.length, csv)).map(|(l, c)| (Source::Csv(c), l))?,
            "parquet" | "pq" => Parquet::open(path).map(|p| (p.rows, p)).map(|(l, p)| (Source::Parquet(p), l))?,
            _ => return Err(format!("{}: not a .csv or .parquet file", path.display()).into()),
        };
        Ok(Self { path: path.to_owned(), source, progress: Progress::new(length, "reading") })
    }

    pub fn columns(&self) -> &[String] {
        match &self.source {
            Source::Csv(csv) => &csv.columns,
            Source::Parquet(parquet) => &parquet.columns,
        }
    }

    /// About how many rows there are: all of a Parquet file, of a CSV file by its first rows.
    pub fn expected_rows(&self) -> usize {
        match &self.source {
            Source::Csv(csv) => csv.expected_rows(),
            Source::Parquet(parquet) => parquet.rows as usize,
        }
    }

    /// The column's place; the error lists the columns that there are.
    pub fn column(&self, name: &str) -> Result<usize, Failure> {
        let mut found = self.columns().iter().enumerate().filter(|(_, column)| *column == name);
        match (found.next(), found.next()) {
            (Some((place, _)), None) => Ok(place),
            (Some(_), Some(_)) => Err(format!("{}: two columns are named {name:?}", self.path.display()).into()),
            (None, _) if self.columns().is_empty() => {
                Err(format!("{}: the file is empty; it needs a header with {name:?}", self.path.display()).into())
            }
            (None, _) => {
                let there = self.columns().iter().map(|column| format!("{column:?}")).collect::<Vec<_>>().join(", ");
                Err(format!("{}: no column {name:?}; the columns are {there}", self.path.display()).into())
            }
        }
    }

    /// Gives every row's wanted columns to `each`; returns the number of rows.
    pub fn read(
        mut self,
        wanted: &[&str],
        mut each: impl FnMut(&Row<'_>) -> Result<(), Failure>,
    ) -> Result<u64, Failure> {
        let places = wanted.iter().map(|name| self.column(name)).collect::<Result<Vec<_>, _>>()?;
        let names: Vec<String> = wanted.iter().map(|name| (*name).to_owned()).collect();
        let path = self.path.clone();
        let mut rows = 0;
        match &mut self.source {
            Source::Csv(csv) => loop {
                let given = csv.records(1 << 16, &mut |record: &Record<'_>| {
                    let kind = Kind::Csv { record, places: &places };
                    each(&Row { line: record.line, path: &path, names: &names, kind })
                })?;
                rows += given;
                self.progress.at(csv.consumed);
                if given == 0 {
                    break;
                }
            },
            Source::Parquet(parquet) => parquet.batches(&places, &mut |columns, count| {
                for row in 0..count {
                    rows += 1;
                    each(&Row { line: rows, path: &path, names: &names, kind: Kind::Parquet { columns, row } })?;
                }
                self.progress.at(rows);
                Ok(())
            })?,
        }
        self.progress.end();
        Ok(rows)
    }

    /// Gives the batches of a Parquet file; nothing for CSV. For columns that hold lists.
    pub fn parquet(&self) -> Option<&Parquet> {
        match &self.source {
            Source::Csv(_) => None,
            Source::Parquet(parquet) => Some(parquet),
        }
    }
}

impl Row<'_> {
    #[inline]
    pub fn cell(&self, index: usize) -> Cell<'_> {
        match &self.kind {
            Kind::Csv { record, places } => {
                places.get(index).and_then(|place| record.field(*place)).map_or(Cell::Missing, Cell::Text)
            }
            Kind::Parquet { columns, row } => columns.get(index).map_or(Cell::Missing, |column| column.cell(*row)),
        }
    }

    /// The value as text, with `with` as room for numbers; None for a missing one.
    #[inline]
    pub fn text<'a>(&'a self, index: usize, with: &'a mut Vec<u8>) -> Option<&'a [u8]> {
        let written = match self.cell(index) {
            Cell::Text(text) => return Some(text),
            Cell::Missing => return None,
            Cell::Integer(value) => value.to_string(),
            // A whole number is one label however it is stored.
            Cell::Number(value) if value.fract() == 0.0 && value.abs() < 1e15 => (value as i64).to_string(),
            Cell::Number(value) => value.to_string(),
            Cell::Boolean(value) => value.to_string(),
        };
        with.clear();
        with.extend_from_slice(written.as_bytes());
        Some(with)
    }

    /// The value as text; a missing one is an error.
    #[inline]
    pub fn required<'a>(&'a self, index: usize, with: &'a mut Vec<u8>) -> Result<&'a [u8], Failure> {
        match self.text(index, with) {
            Some(text) => Ok(text),
            None => Err(self.wrong(index, "is empty")),
        }
    }

    /// The value as a finite number; None for a missing one.
    #[inline]
    pub fn number(&self, index: usize) -> Result<Option<f64>, Failure> {
        let value = match self.cell(index) {
            Cell::Missing => return Ok(None),
            Cell::Integer(value) => value as f64,
            Cell::Number(value) => value,
            Cell::Boolean(value) => f64::from(u8::from(value)),
            Cell::Text(text) => {
                // The usual case first: 10,000,000 numbers pass here.
                if let Ok(value) = fast_float2::parse::<f64, _>(text)
                    && value.is_finite()
                {
                    return Ok(Some(value));
                }
                let text = String::from_utf8_lossy(text);
                text.trim().parse().map_err(|_| self.wrong(index, &format!("{text:?} is not a number")))?
            }
        };
        if value.is_finite() {
            return Ok(Some(value));
        }
        Err(self.wrong(index, &format!("{value} is not a finite number")))
    }

    #[inline]
    pub fn required_number(&self, index: usize) -> Result<f64, Failure> {
        match self.number(index)? {
            Some(value) => Ok(value),
            None => Err(self.wrong(index, "is empty")),
        }
    }

    /// An error with the file, the line and the column.
    pub fn wrong(&self, index: usize, message: &str) -> Failure {
        let unit = if matches!(self.kind, Kind::Csv { .. }) { "line" } else { "row" };
        let column = self.names.get(index).map(String::as_str).unwrap_or_default();
        format!("{}, {unit} {}, column {column:?}: {message}", self.path.display(), self.line).into()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    fn file(name: &str, bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        (folder, path)
    }

    type Texts = Vec<Option<String>>;

    /// All rows as texts, with their lines.
    fn rows(bytes: &[u8], wanted: &[&str]) -> Result<Vec<(u64, Texts)>, String> {
        let (_folder, path) = file("table.csv", bytes);
        let mut found = Vec::new();
        let mut read = || -> Result<u64, Failure> {
            Table::open(&path)?.read(wanted, |row| {
                let text =
                    |index| row.text(index, &mut Vec::new()).map(|text| String::from_utf8_lossy(text).into_owned());
                found.push((row.line, (0..wanted.len()).map(text).collect()));
                Ok(())
            })
        };
        read().map_err(|error| error.to_string().replace(path.to_str().unwrap(), "F"))?;
        Ok(found)
    }

    fn texts(row: &[&str]) -> Texts {
        row.iter().map(|text| Some((*text).to_owned())).collect()
    }

    #[test]
    fn quotes_line_ends_and_marks() {
        let found =
            rows(b"\xef\xbb\xbfa,b\r\n1,\"x\ny\"\r\n\r\n2,\"say \"\"so\"\"\"\n3,\n4,\"\"", &["b", "a"]).unwrap();
        assert_eq!(found[0], (2, texts(&["x\ny", "1"])));
        assert_eq!(found[1], (5, texts(&["say \"so\"", "2"])));
        assert_eq!(found[2], (6, vec![None, Some("3".into())]));
        assert_eq!(found[3], (7, texts(&["", "4"])));
        assert_eq!(rows(b"a;b\n1,5;2\n", &["a"]).unwrap(), [(2, texts(&["1,5"]))]);
        assert_eq!(rows(b"a\tb\n1\t2", &["b"]).unwrap(), [(2, texts(&["2"]))]);
    }

    #[test]
    fn errors_name_the_place() {
        let wrong = |bytes: &[u8], wanted: &[&str]| rows(bytes, wanted).unwrap_err();
        assert_eq!(wrong(b"a,b\n1,2\n3\n", &["a"]), "F, line 3: 1 field where the header has 2");
        assert_eq!(wrong(b"a,b\n\"1\n\",2\n3,4,5\n", &["a"]), "F, line 4: 3 fields where the header has 2");
        assert_eq!(wrong(b"a,b\n\"1\"\"\n\"\"\n\",2\n3,4,5\n", &["a"]), "F, line 5: 3 fields where the header has 2");
        assert_eq!(wrong(b"a,b\n1,\"2\n", &["a"]), "F, line 2: a quote is not closed");
        assert_eq!(wrong(b"a,b\n", &["c"]), "F: no column \"c\"; the columns are \"a\", \"b\"");
        assert_eq!(wrong(b"a,a\n", &["a"]), "F: two columns are named \"a\"");
        assert_eq!(wrong(b"", &["a"]), "F: the file is empty; it needs a header with \"a\"");
    }

    #[test]
    fn numbers_are_finite() {
        let number = |text: &str| {
            let (_folder, path) = file("table.csv", format!("x\n1e308\n{text}\n").as_bytes());
            let mut sum = 0.0;
            let read = Table::open(&path).unwrap().read(&["x"], |row| {
                sum += row.required_number(0)?;
                Ok(())
            });
            read.map(|_| sum).map_err(|error| error.to_string().replace(path.to_str().unwrap(), "F"))
        };
        assert_eq!(number(" -1e308 "), Ok(0.0));
        assert_eq!(number("NaN").unwrap_err(), "F, line 3, column \"x\": NaN is not a finite number");
        assert_eq!(number("1e999").unwrap_err(), "F, line 3, column \"x\": inf is not a finite number");
        assert_eq!(number("\"\"").unwrap_err(), "F, line 3, column \"x\": \"\" is not a number");
    }

    /// Blocks are 2 MiB: rows that lie across their borders, with and without quotes among them, are read whole.
    #[test]
    fn long_files_have_every_row() {
        let mut text = "id,name\n".to_owned();
        for number in 0..400_000 {
            if number % 70_001 == 5 {
                text.push_str(&format!("{number},\"name, of\n{number}\"\n"));
            } else {
                text.push_str(&format!("{number},name of {number}\n"));
            }
        }
        let found = rows(text.as_bytes(), &["id", "name"]).unwrap();
        assert_eq!(found.len(), 400_000);
        for (number, (_, row)) in found.iter().enumerate() {
            assert_eq!(row[0], Some(number.to_string()));
            assert!(row[1].as_ref().unwrap().ends_with(&number.to_string()));
        }
        assert_eq!(found[399_999].0, 400_001 + 6);
    }
}
