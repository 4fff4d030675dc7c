//! Audacity's label tracks: start, end and name with tabs between, in seconds; a line that begins with a backslash says
//! between which frequencies the label above it lies.

use super::CARRIES;
use crate::{
    carries::{Carries, ClassText, Kind, Names},
    names::Stems,
    record::{DirectoryView, RecordError, Settings, Sink, Stop, give},
    registry::{Format, Job},
    sink::ArchiveSink,
    spans, text,
};
use labelwright_core::{Answer, Value};
use std::io;

pub const FORMAT: Format = Format {
    id: "audacity",
    title: "Audacity labels",
    carries: Carries {
        words: "intervals of time with names and bands of frequency",
        attributes: Names::Only(&[("low_hz", Kind::Number), ("high_hz", Kind::Number)]),
        class_text: ClassText::Line,
        ..CARRIES
    },
    sniff: |view| {
        let names = spans::files(view, &[".txt"]);
        let fits = |line: &str| {
            let columns: Vec<&str> = line.split('\t').collect();
            columns.len() >= 2
                && columns.iter().take(2).all(|column| column.contains('.') && crate::numbers::parse(column).is_some())
        };
        let start = names.first().map(|name| text::start_of(view, name, 4096)).unwrap_or_default();
        if start.lines().next().is_some_and(fits) { 0.93 } else { 0.0 }
    },
    read: Some(read),
    write: Some(write),
    ..Format::NEW
};

fn read(view: &dyn DirectoryView, _: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let media = super::media(view);
    for name in spans::files(view, &[".txt"]) {
        let mut answer = Answer::default();
        text::each_line(view, &name, |number, line| {
            let problem = |code, message: String| Err(RecordError::new(format!("{name}:{number}"), code, message));
            let line = match line {
                Ok(line) if line.trim().is_empty() => return Ok(()),
                Ok(line) => line,
                Err(error) => return give(sink, Err(error)),
            };
            let columns: Vec<&str> = line.split('\t').collect();
            if columns[0] == "\\" {
                let number = |at: usize| columns.get(at).and_then(|text| crate::numbers::parse(text));
                let (Some(low), Some(high), Some(last)) = (number(1), number(2), answer.regions.last_mut()) else {
                    return give(
                        sink,
                        problem("bad_line", "a band is a backslash and two frequencies, after its label".into()),
                    );
                };
                // Audacity writes -1 for a band that is open at one side.
                for (name, value) in [("low_hz", low), ("high_hz", high)].into_iter().filter(|(_, value)| *value >= 0.0)
                {
                    last.attributes.insert(name.into(), Value::Number(value));
                }
                return Ok(());
            }
            let number = |at: usize| columns.get(at).and_then(|text| crate::numbers::parse(text));
            let (Some(start), Some(end)) = (number(0), number(1)) else {
                return give(
                    sink,
                    problem("bad_line", format!("a label is start, end and name with tabs between: {line:?}")),
                );
            };
            // A point has no length; the shortest that we can hold stands for it.
            let point = start == end;
            let end = if point { end + 0.001 } else { end };
            let class = columns.get(2..).unwrap_or_default().join("\t");
            let class = if class.is_empty() { "label" } else { &class };
            match super::read_interval(answer.regions.len(), class, start, end) {
                Ok(region) => answer.regions.push(region),
                Err((code, message)) => give(sink, problem(code, message))?,
            }
            Ok(())
        })?;
        let stem = name.strip_suffix(".txt").unwrap_or(&name);
        give(sink, Ok(super::record(&media, stem, &name, answer)))?;
    }
    Ok(())
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let mut names = Stems::default();
    for item in job.items {
        let name = names.name("", &item.key, job.losses);
        if let Some(source) = &item.media {
            out.media(&name, source)?;
        }
        out.begin(&format!("{name}.txt"))?;
        for (start, end, region) in super::intervals(&item) {
            writeln!(out, "{start:.6}\t{end:.6}\t{}", region.class)?;
            let number = |name: &str| match region.attributes.get(name) {
                Some(Value::Number(value)) => Some(*value),
                _ => None,
            };
            let band = (number("low_hz"), number("high_hz"));
            if band != (None, None) {
                if [band.0, band.1].into_iter().flatten().any(|value| value < 0.0 || (value * 1e6).fract().abs() > 1e-3)
                {
                    job.losses.add(
                        "rounded",
                        "frequencies below 0 and beyond 6 digits have no place in the format",
                        &item.key,
                    );
                }
                writeln!(out, "\\\t{:.6}\t{:.6}", band.0.unwrap_or(-1.0), band.1.unwrap_or(-1.0))?;
            }
        }
    }
    Ok(())
}
