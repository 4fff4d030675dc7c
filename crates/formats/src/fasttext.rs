//! fastText (A. Joulin et al., 2016): a text a line, its classes before it as words that begin with `__label__`.

use crate::{
    carries::{Carries, Kind, Names},
    options::{FormatOption, Way},
    record::{Data, DirectoryView, Record, Settings, Sink, Stop, give},
    registry::{Format, Job},
    sink::ArchiveSink,
    spans, text,
};
use labelwright_core::{Answer, Value};
use std::io;

pub const FORMAT: Format = Format {
    id: "fasttext",
    title: "fastText",
    carries: Carries {
        words: "texts of one line with classes",
        fields: Names::Only(&[("label", Kind::List)]),
        ..Carries::TEXTS
    },
    options: &[FormatOption {
        key: "prefix",
        help: "what classes begin with (default: __label__)",
        values: &[],
        way: Way::Both,
    }],
    sniff: |view| {
        let names = spans::files(view, &[".txt", ".ft", ".train", ".valid", ".test"]);
        let fits = names.first().is_some_and(|name| text::start_of(view, name, 4096).starts_with("__label__"));
        if fits { 0.95 } else { 0.0 }
    },
    read: Some(read),
    write: Some(write),
    extension: "txt",
};

const PREFIX: &str = "__label__";

fn read(view: &dyn DirectoryView, settings: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let prefix = settings.options.get("prefix").unwrap_or(PREFIX);
    for (name, _) in view.list() {
        text::each_line(view, &name, |number, line| {
            let line = match line {
                Ok(line) if line.trim().is_empty() => return Ok(()),
                Ok(line) => line,
                Err(error) => return give(sink, Err(error)),
            };
            let (mut rest, mut classes) = (line, Vec::new());
            while let Some(word) = rest.trim_start().strip_prefix(prefix) {
                let end = word.find(char::is_whitespace).unwrap_or(word.len());
                classes.push(word[..end].to_owned());
                rest = &word[end..];
            }
            let mut answer = Answer::default();
            if !classes.is_empty() {
                answer.fields.insert("label".into(), Value::List(classes));
            }
            let text = rest.strip_prefix(' ').unwrap_or(rest).to_owned();
            let record = Record::new(format!("{name}:{number}"), Data::Text(text), format!("{name}:{number}"));
            give(sink, Ok(record.answered(answer)))
        })?;
    }
    Ok(())
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let prefix = job.head.options.get("prefix").unwrap_or(PREFIX);
    out.begin("fasttext.txt")?;
    for item in job.items {
        let Some(text) = &item.text else { continue };
        if let Some(Value::List(classes)) = item.field("label") {
            for class in classes {
                let word: String =
                    class.chars().map(|c| if c.is_whitespace() || c.is_control() { '_' } else { c }).collect();
                if word != *class {
                    job.losses.add("values", "a class with white space got `_` in its place", &item.key);
                }
                write!(out, "{prefix}{word} ")?;
            }
        }
        let line = spans::one_line(text);
        if line != *text {
            job.losses.add("line_ends", "line ends within a text become spaces", &item.key);
        }
        writeln!(out, "{line}")?;
    }
    Ok(())
}
