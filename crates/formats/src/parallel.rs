//! Sentences and their translations: a table with a pair a line (source, tab, target), or two files with the same
//! number of lines (Moses, OPUS: `corpus.en` and `corpus.fr`).

use crate::{
    carries::{Carries, Kind, Names},
    names::split_ending,
    options::{FormatOption, Way},
    record::{Data, DirectoryView, Record, RecordError, Settings, Sink, Stop, give},
    registry::{Format, Job},
    sink::ArchiveSink,
    spans, text,
};
use labelwright_core::{Answer, Value};
use std::io::{self, BufRead, BufReader, Read};

pub const FORMAT: Format = Format {
    id: "parallel",
    title: "Parallel text",
    carries: Carries {
        words: "texts of one line with a translation of one line",
        fields: Names::Only(&[("translation", Kind::Text)]),
        ..Carries::TEXTS
    },
    options: &[FormatOption {
        key: "layout",
        help: "one table of pairs, or two files with the same lines",
        values: &["table", "files"],
        way: Way::Both,
    }],
    sniff: |view| {
        let names: Vec<String> = view.list().into_iter().map(|(name, _)| name).collect();
        match names.as_slice() {
            [one] if one.ends_with(".pairs.tsv") => 0.97,
            [a, b] if is_pair(a, b) => 0.75,
            _ => 0.0,
        }
    },
    read: Some(read),
    write: Some(write),
    ..Format::NEW
};

/// `corpus.en` and `corpus.fr`
fn is_pair(a: &str, b: &str) -> bool {
    let ((a, x), (b, y)) = (split_ending(a), split_ending(b));
    let language =
        |ending: &str| (3..=4).contains(&ending.len()) && ending[1..].chars().all(|c| c.is_ascii_lowercase());
    a == b
        && x != y
        && language(x)
        && language(y)
        && ![x, y].iter().any(|e| [".txt", ".csv", ".tsv", ".ann", ".png", ".jpg", ".xml"].contains(e))
}

fn record(number: usize, place: String, source: String, target: Option<String>) -> Record {
    let mut answer = Answer::default();
    answer
        .fields
        .extend(target.filter(|text| !text.is_empty()).map(|text| ("translation".to_owned(), Value::Text(text))));
    Record::new(format!("pair-{number:07}"), Data::Text(source), place).answered(answer)
}

fn read(view: &dyn DirectoryView, settings: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let names: Vec<String> = view.list().into_iter().map(|(name, _)| name).collect();
    if let [a, b] = names.as_slice()
        && (is_pair(a, b) || settings.options.is("layout", "files"))
    {
        return read_files(view, a, b, sink);
    }
    let mut count = 0;
    for name in names {
        text::each_line(view, &name, |number, line| {
            let place = format!("{name}:{number}");
            let line = match line {
                Ok("") => return Ok(()),
                Ok(line) => line,
                Err(error) => return give(sink, Err(error)),
            };
            let columns: Vec<&str> = line.split('\t').collect();
            if columns.len() > 2 {
                let message =
                    format!("a line has a text, a tab and its translation; there are {} columns", columns.len());
                return give(sink, Err(RecordError::new(place, "wrong_cell_count", message)));
            }
            count += 1;
            let target = columns.get(1).map(|text| (*text).to_owned());
            give(sink, Ok(record(count, place, columns[0].to_owned(), target)))
        })?;
    }
    Ok(())
}

fn next_line(name: &str, number: usize, reader: &mut dyn BufRead) -> Result<Option<String>, Stop> {
    let mut line = Vec::new();
    let limit = text::LINE_BYTES_MAXIMUM as u64;
    let read = reader.take(limit).read_until(b'\n', &mut line);
    let place = || format!("{name}:{number}");
    let bad = |code, message: &str| Stop::Unreadable(RecordError::new(place(), code, message));
    if read.map_err(|error| Stop::Unreadable(text::unreadable(name, &error)))? == 0 {
        return Ok(None);
    }
    if line.len() as u64 == limit {
        return Err(bad("line_too_long", "the line is too long"));
    }
    let mut bytes = line.as_slice();
    bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
    if number == 1 {
        bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    }
    // A line that is left out would shift all others: what cannot be read ends it.
    std::str::from_utf8(bytes).map(|text| Some(text.to_owned())).map_err(|_| bad("not_utf8", "the line is not UTF-8"))
}

fn read_files(view: &dyn DirectoryView, a: &str, b: &str, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let open = |name: &str| view.open(name).map_err(|error| Stop::Unreadable(text::unreadable(name, &error)));
    let (mut left, mut right) = (BufReader::new(open(a)?), BufReader::new(open(b)?));
    for number in 1.. {
        match (next_line(a, number, &mut left)?, next_line(b, number, &mut right)?) {
            (Some(source), target @ Some(_)) => {
                give(sink, Ok(record(number, format!("{a}:{number}"), source, target)))?
            }
            (None, None) => break,
            (source, _) => {
                let (short, long) = if source.is_some() { (b, a) } else { (a, b) };
                let message = format!("the file ends, but {long} goes on");
                return Err(Stop::Unreadable(RecordError::new(format!("{short}:{number}"), "other_length", message)));
            }
        }
    }
    Ok(())
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let two = job.head.options.is("layout", "files");
    let mut targets = if two { Some(out.scratch()?) } else { None };
    out.begin(if two { "corpus.src" } else { "corpus.pairs.tsv" })?;
    for item in job.items {
        let Some(text) = &item.text else { continue };
        let target = match item.field("translation") {
            Some(Value::Text(text)) => text.as_str(),
            _ => "",
        };
        let (source, line) = (spans::one_line(text), spans::one_line(target));
        if source != *text || line != target {
            job.losses.add("line_ends", "line ends and tabs within a text become spaces", &item.key);
        }
        if target.is_empty() && item.field("translation").is_some() {
            job.losses.add("values", "an empty translation is the same as none", &item.key);
        }
        match &mut targets {
            Some(file) => {
                writeln!(out, "{source}")?;
                writeln!(file, "{line}")?;
            }
            None => writeln!(out, "{source}\t{line}")?,
        }
    }
    if let Some(mut file) = targets {
        file.flush()?;
        file.rewind()?;
        out.begin("corpus.tgt")?;
        io::copy(&mut file.take(u64::MAX), out)?;
    }
    Ok(())
}
