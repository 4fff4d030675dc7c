//! Reads a list of concepts: a table with a head line (`id`, `name`, `synonyms` with `|` between, `description`), or JSON
//! lines with the same names. Goes on after a bad line and says where it was.

use labelwright_core::concepts::CODE_CHARS;
use labelwright_formats::{RowBytes, RowLimit};
use labelwright_store::{
    jobs::JobProblem,
    records::concepts::{ConceptRow, TermKind},
};
use serde::Deserialize;
use std::io::{self, BufRead, BufReader, Read};

/// Characters of a name or a synonym, and of a description.
const NAME_CHARS: usize = 500;
const DESCRIPTION_CHARS: usize = 2000;
const SYNONYMS: usize = 200;
/// Bytes of one line.
const LINE_BYTES: usize = 1 << 20;
/// Words from which on a name can be found: the first of them and those behind.
const WORDS: usize = 8;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Table(u8),
    JsonLines,
}

impl Form {
    /// By the ending of the file's name.
    pub fn of(name: &str) -> Option<Self> {
        let ending = name.rsplit_once('.')?.1.to_ascii_lowercase();
        match ending.as_str() {
            "csv" => Some(Self::Table(b',')),
            "tsv" | "txt" => Some(Self::Table(b'\t')),
            "jsonl" | "ndjson" => Some(Self::JsonLines),
            _ => None,
        }
    }
}

#[derive(Deserialize)]
struct Line {
    id: String,
    name: Option<String>,
    #[serde(default)]
    synonyms: Vec<String>,
    #[serde(default)]
    description: String,
}

pub type Found = Result<ConceptRow, JobProblem>;

fn problem(line: u64, code: &str, message: impl Into<String>) -> JobProblem {
    JobProblem { place: format!("line {line}"), code: code.to_owned(), message: message.into() }
}

fn checked(line: u64, mut row: ConceptRow) -> Found {
    row.synonyms.retain(|one| !one.is_empty() && *one != row.name);
    let long = |text: &str, most: usize| text.chars().count() > most;
    if row.code.is_empty() || long(&row.code, CODE_CHARS) {
        return Err(problem(line, "out_of_range", format!("an id has 1 to {CODE_CHARS} characters")));
    }
    if row.name.is_empty() || row.synonyms.iter().chain([&row.name]).any(|one| long(one, NAME_CHARS)) {
        let message = format!("a name and each synonym have 1 to {NAME_CHARS} characters");
        return Err(problem(line, "out_of_range", message));
    }
    if row.synonyms.len() > SYNONYMS {
        return Err(problem(line, "too_many", format!("a concept has at most {SYNONYMS} synonyms")));
    }
    if long(&row.description, DESCRIPTION_CHARS) {
        let message = format!("a description has at most {DESCRIPTION_CHARS} characters");
        return Err(problem(line, "too_long", message));
    }
    if row.synonyms.iter().any(|one| one.contains('\n')) {
        return Err(problem(line, "bad_name", "a synonym has no line ends"));
    }
    Ok(row)
}

/// Gives every concept, or what is wrong with its line, to `sink`; it says whether to go on.
pub fn read(bytes: impl Read, form: Form, sink: &mut dyn FnMut(Found) -> bool) -> io::Result<()> {
    match form {
        Form::Table(delimiter) => table(bytes, delimiter, sink),
        Form::JsonLines => json_lines(bytes, sink),
    }
}

fn table(bytes: impl Read, delimiter: u8, sink: &mut dyn FnMut(Found) -> bool) -> io::Result<()> {
    let row = RowBytes::default();
    row.begin();
    let bytes = RowLimit::new(bytes, &row);
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(bytes);
    let head = match reader.headers() {
        Ok(head) => head.clone(),
        Err(error) if error.is_io_error() => return Err(io::Error::other(error)),
        Err(error) => {
            sink(Err(problem(1, "malformed", error.to_string())));
            return Ok(());
        }
    };
    let column =
        |name: &str| head.iter().position(|one| one.trim_start_matches('\u{feff}').trim().eq_ignore_ascii_case(name));
    let (Some(id), name) = (column("id"), column("name")) else {
        let found = head.iter().collect::<Vec<_>>().join(", ");
        sink(Err(problem(1, "no_such_column", format!("the head line needs a column id; it has {found}"))));
        return Ok(());
    };
    let (synonyms, description) = (column("synonyms"), column("description"));
    let mut record = csv::StringRecord::new();
    loop {
        row.begin();
        let found = match reader.read_record(&mut record) {
            Ok(false) => return Ok(()),
            Ok(true) => {
                let line = record.position().map_or(0, csv::Position::line);
                let cell = |at: Option<usize>| at.and_then(|at| record.get(at)).unwrap_or_default().trim();
                let code = cell(Some(id)).to_owned();
                let title = cell(name);
                checked(
                    line,
                    ConceptRow {
                        name: if title.is_empty() { code.clone() } else { title.to_owned() },
                        code,
                        synonyms: cell(synonyms).split('|').map(|one| one.trim().to_owned()).collect(),
                        description: cell(description).to_owned(),
                    },
                )
            }
            Err(error) if error.is_io_error() => return Err(io::Error::other(error)),
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                Err(problem(line, "malformed", error.to_string()))
            }
        };
        if !sink(found) {
            return Ok(());
        }
    }
}

fn json_lines(bytes: impl Read, sink: &mut dyn FnMut(Found) -> bool) -> io::Result<()> {
    let mut reader = BufReader::new(bytes);
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        // One byte more than may be there tells a line that is too long.
        let read = reader.by_ref().take(LINE_BYTES as u64 + 1).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(());
        }
        if line.len() > LINE_BYTES {
            sink(Err(problem(number, "too_large", format!("a line has at most {LINE_BYTES} bytes"))));
            return Ok(());
        }
        let text = line.trim_ascii();
        if text.is_empty() {
            continue;
        }
        let found = match serde_json::from_slice::<Line>(text) {
            Ok(Line { id, name, synonyms, description }) => {
                let name = name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| id.clone());
                let synonyms = synonyms.iter().map(|one| one.trim().to_owned()).collect();
                let row =
                    ConceptRow { code: id.trim().to_owned(), name: name.trim().to_owned(), synonyms, description };
                checked(number, row)
            }
            Err(error) => Err(problem(number, "malformed", error.to_string())),
        };
        if !sink(found) {
            return Ok(());
        }
    }
    Ok(())
}

/// By what a concept is found, in small letters.
pub fn terms_of(row: &ConceptRow) -> Vec<(TermKind, String, String)> {
    use labelwright_core::concepts::folded;
    let mut found = vec![(TermKind::Name, folded(&row.code), row.code.clone())];
    let names = [(TermKind::Name, &row.name)].into_iter();
    for (kind, name) in names.chain(row.synonyms.iter().map(|one| (TermKind::Synonym, one))) {
        let whole = folded(name);
        let later = whole.match_indices([' ', '-', '(', '/', ',']).map(|(at, sign)| at + sign.len());
        for at in later.take(WORDS) {
            let rest = whole[at..].trim_start();
            if !rest.is_empty() {
                found.push((TermKind::Within, rest.to_owned(), row.code.clone()));
            }
        }
        found.push((kind, whole, row.code.clone()));
    }
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn all(text: &str, form: Form) -> Vec<Found> {
        let mut found = Vec::new();
        read(text.as_bytes(), form, &mut |one| {
            found.push(one);
            true
        })
        .unwrap();
        found
    }

    fn concept(code: &str, name: &str, synonyms: &[&str], description: &str) -> ConceptRow {
        ConceptRow {
            code: code.into(),
            name: name.into(),
            synonyms: synonyms.iter().map(|one| (*one).to_owned()).collect(),
            description: description.into(),
        }
    }

    #[test]
    fn tables_and_json_lines_say_the_same() {
        let wanted = [concept("Q64", "Berlin", &["Spree-Athen"], "capital"), concept("Q1", "Q1", &[], "")];
        let table = "\u{feff}id,name,synonyms,description\nQ64,Berlin,Spree-Athen|Berlin,capital\nQ1,,,\n";
        let lines = "{\"id\":\"Q64\",\"name\":\"Berlin\",\"synonyms\":[\"Spree-Athen\"],\"description\":\"capital\"}\n\n\
                     {\"id\":\"Q1\"}";
        for found in [all(table, Form::Table(b',')), all(lines, Form::JsonLines)] {
            assert_eq!(found.into_iter().map(Result::unwrap).collect::<Vec<_>>(), wanted);
        }
    }

    #[test]
    fn a_bad_line_is_told_and_the_next_is_read() {
        let found = all("id,name\n,x\nQ2,two\n", Form::Table(b','));
        assert_eq!(found[0].as_ref().unwrap_err().place, "line 2");
        assert_eq!(found[1].as_ref().unwrap().code, "Q2");
        let found = all("{\"id\":1}\n{\"id\":\"Q2\"}", Form::JsonLines);
        assert_eq!(found[0].as_ref().unwrap_err().code, "malformed");
        assert!(found[1].is_ok());
        assert_eq!(all("name\nx\n", Form::Table(b','))[0].as_ref().unwrap_err().code, "no_such_column");
    }

    #[test]
    fn what_is_too_long_is_refused() {
        for (id, name, good) in [
            ("x".repeat(CODE_CHARS), "n".repeat(NAME_CHARS), true),
            ("x".repeat(CODE_CHARS + 1), "n".into(), false),
            ("x".into(), "n".repeat(NAME_CHARS + 1), false),
        ] {
            assert_eq!(all(&format!("id,name\n{id},{name}\n"), Form::Table(b','))[0].is_ok(), good);
        }
    }

    #[test]
    fn a_quotation_mark_that_is_never_closed_ends_the_reading() {
        let endless = b"id,name\nQ1,\"".chain(io::repeat(b'x'));
        let error = read(endless, Form::Table(b','), &mut |_| true).unwrap_err();
        assert!(error.to_string().contains("quotation mark"), "{error}");
        let mut found = Vec::new();
        let endless = b"{\"id\": \"".chain(io::repeat(b'x'));
        read(endless, Form::JsonLines, &mut |one| {
            found.push(one);
            true
        })
        .unwrap();
        assert_eq!(found[0].as_ref().unwrap_err().code, "too_large");
    }

    #[test]
    fn a_concept_is_found_from_every_word_on() {
        let terms = terms_of(&concept("Q60", "New York", &["Big Apple"], ""));
        let of = |kind| terms.iter().filter(|one| one.0 == kind).map(|one| one.1.as_str()).collect::<Vec<_>>();
        assert_eq!(of(TermKind::Name), ["q60", "new york"]);
        assert_eq!(of(TermKind::Synonym), ["big apple"]);
        assert_eq!(of(TermKind::Within), ["york", "apple"]);
    }
}
