//! The line formats of NIST's scoring tools: RTTM (who speaks when), CTM (words with times), STM (what was said).

use super::{CARRIES, MILLISECONDS, TRANSCRIPT};
use crate::{
    carries::{Carries, ClassText},
    media::{MediaIndex, has_ending},
    names::Stems,
    record::{DirectoryView, ExportItem, RecordError, Settings, Sink, Stop, give},
    registry::{Format, Job},
    sink::ArchiveSink,
    spans, text,
};
use labelwright_core::{Answer, Region, Value};
use std::{collections::BTreeMap, io};

pub const RTTM: Format = Format {
    id: "rttm",
    title: "RTTM",
    carries: Carries {
        words: "intervals of time with the names of speakers",
        class_text: ClassText::Word,
        scores: true,
        empty_items: false,
        ..CARRIES
    },
    sniff: |view| ending(view, ".rttm"),
    read: Some(|view, _: &Settings, sink| read(view, sink, ".rttm", rttm)),
    write: Some(|job, out| {
        write(job, out, "labels.rttm", |item, file, (start, end, region)| {
            let score = region.score.map_or("<NA>".to_owned(), crate::numbers::shortest);
            let _ = item;
            format!("SPEAKER {file} 1 {start:.3} {:.3} <NA> <NA> {} {score} <NA>", end - start, region.class)
        })
    }),
    extension: "rttm",
    ..Format::NEW
};

pub const CTM: Format = Format {
    id: "ctm",
    title: "CTM",
    carries: Carries {
        words: "words with times",
        scores: true,
        class_text: ClassText::Word,
        empty_items: false,
        ..CARRIES
    },
    sniff: |view| ending(view, ".ctm"),
    read: Some(|view, _: &Settings, sink| read(view, sink, ".ctm", ctm)),
    write: Some(|job, out| {
        write(job, out, "labels.ctm", |_, file, (start, end, region)| {
            let score = region.score.map_or(String::new(), |score| format!(" {}", crate::numbers::shortest(score)));
            format!("{file} 1 {start:.3} {:.3} {}{score}", end - start, region.class)
        })
    }),
    extension: "ctm",
    ..Format::NEW
};

pub const STM: Format = Format {
    id: "stm",
    title: "STM",
    carries: Carries {
        words: "intervals of time with speaker and transcript",
        attributes: TRANSCRIPT,
        class_text: ClassText::Word,
        empty_items: false,
        ..CARRIES
    },
    sniff: |view| ending(view, ".stm"),
    read: Some(|view, _: &Settings, sink| read(view, sink, ".stm", stm)),
    write: Some(|job, out| {
        write(job, out, "labels.stm", |_, file, (start, end, region)| {
            let said = spans::one_line(super::said(region, "text").unwrap_or_default());
            format!("{file} 1 {} {start:.3} {end:.3} {}", region.class, said.trim()).trim_end().to_owned()
        })
    }),
    extension: "stm",
    ..Format::NEW
};

fn ending(view: &dyn DirectoryView, ending: &str) -> f64 {
    if spans::files(view, &[ending]).is_empty() { 0.0 } else { 0.96 }
}

/// File and region of a line; None for a line that says nothing of a sound.
type Line = Result<Option<(String, Region)>, (&'static str, String)>;

fn number(text: Option<&&str>, what: &str) -> Result<f64, (&'static str, String)> {
    let bad = || ("bad_line", format!("{what} is a number, and not {:?}", text.copied().unwrap_or_default()));
    text.and_then(|text| crate::numbers::parse(text)).ok_or_else(bad)
}

fn scored(mut region: Region, score: Option<&&str>) -> Region {
    region.score = score.and_then(|text| crate::numbers::parse(text)).filter(|score| (0.0..=1.0).contains(score));
    region
}

fn rttm(at: usize, columns: &[&str], _: &str) -> Line {
    match columns {
        ["SPEAKER" | "LEXEME", file, _, start, length, _, _, name, rest @ ..] => {
            let (start, length) = (number(Some(start), "the onset")?, number(Some(length), "the duration")?);
            let region = super::read_interval(at, name, start, start + length)?;
            Ok(Some(((*file).to_owned(), scored(region, rest.first()))))
        }
        ["SPEAKER", ..] => Err(("bad_line", format!("a line has 10 columns; there are {}", columns.len()))),
        _ => Ok(None),
    }
}

fn ctm(at: usize, columns: &[&str], _: &str) -> Line {
    match columns {
        [file, _, start, length, word, rest @ ..] if !word.starts_with("<ALT") => {
            let (start, length) = (number(Some(start), "the begin")?, number(Some(length), "the duration")?);
            let region = super::read_interval(at, word, start, start + length)?;
            Ok(Some(((*file).to_owned(), scored(region, rest.first()))))
        }
        [_, _, _, _, ..] => Ok(None),
        _ => Err(("bad_line", format!("a line has file, channel, begin, duration and word: {}", columns.join(" ")))),
    }
}

fn stm(at: usize, columns: &[&str], line: &str) -> Line {
    let [file, _, speaker, start, end, rest @ ..] = columns else {
        return Err(("bad_line", "a line has file, channel, speaker, begin, end and transcript".into()));
    };
    let mut region =
        super::read_interval(at, speaker, number(Some(start), "the begin")?, number(Some(end), "the end")?)?;
    let labels = rest.first().is_some_and(|first| first.starts_with('<') && first.ends_with('>'));
    // The transcript as it stands, white space within it too.
    let mut said = line;
    for _ in 0..5 + usize::from(labels) {
        said = said.trim_start();
        said = said.find(char::is_whitespace).map_or("", |end| &said[end..]);
    }
    let said = said.trim();
    if said == "IGNORE_TIME_SEGMENT_IN_SCORING" {
        return Ok(None);
    }
    if !said.is_empty() {
        region.attributes.insert("text".into(), Value::Text(said.to_owned()));
    }
    Ok(Some(((*file).to_owned(), region)))
}

fn read(
    view: &dyn DirectoryView,
    sink: &mut Sink<'_>,
    ending: &str,
    parse: fn(usize, &[&str], &str) -> Line,
) -> Result<(), Stop> {
    let media: MediaIndex = super::media(view);
    for name in spans::files(view, &[ending]) {
        // Lines of one sound need not stand together: all of a file is kept, and that is what one file is for.
        let mut found: BTreeMap<String, (Answer, usize)> = BTreeMap::new();
        text::each_line(view, &name, |line_number, line| {
            let line = match line {
                Ok(line) if line.trim().is_empty() || line.trim_start().starts_with(";;") => return Ok(()),
                Ok(line) => line,
                Err(error) => return give(sink, Err(error)),
            };
            let columns: Vec<&str> = line.split_whitespace().collect();
            let at = found.values().map(|(answer, _)| answer.regions.len()).max().unwrap_or(0);
            match parse(at, &columns, line) {
                Ok(Some((file, mut region))) => {
                    let (answer, _) = found.entry(file).or_insert_with(|| (Answer::default(), line_number));
                    region.id = format!("i{}", answer.regions.len() + 1);
                    answer.regions.push(region);
                    Ok(())
                }
                Ok(None) => Ok(()),
                Err((code, message)) => {
                    give(sink, Err(RecordError::new(format!("{name}:{line_number}"), code, message)))
                }
            }
        })?;
        for (file, (answer, line)) in found {
            let said = unescaped(&file);
            give(sink, Ok(super::record(&media, &said, format!("{name}:{line}"), answer)))?;
        }
    }
    Ok(())
}

/// Names of files have no white space in these formats: `%20` and the like stand for it.
fn escaped(name: &str) -> String {
    let mut out = String::new();
    for sign in name.chars() {
        if sign.is_whitespace() || sign.is_control() || sign == '%' {
            let mut bytes = [0; 4];
            sign.encode_utf8(&mut bytes).bytes().for_each(|byte| out.push_str(&format!("%{byte:02X}")));
        } else {
            out.push(sign);
        }
    }
    out
}

fn unescaped(name: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = name.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        let code = more.get(..2).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match (first, code) {
            (b'%', Some(code)) => {
                bytes.push(code);
                rest = &more[2..];
            }
            _ => {
                bytes.push(*first);
                rest = more;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| name.to_owned())
}

fn write(
    job: Job<'_, '_>,
    out: &mut dyn ArchiveSink,
    file: &str,
    line: impl Fn(&ExportItem, &str, (f64, f64, &Region)) -> String,
) -> io::Result<()> {
    let mut names = Stems::default();
    out.begin(file)?;
    for item in job.items {
        let name = names.name("", &item.key, job.losses);
        let stem = if has_ending(&name, &[".wav"]) { &name[..name.len() - 4] } else { &name };
        if super::per_second(&item) > f64::from(MILLISECONDS) {
            job.losses.add("rounded", "times are rounded to milliseconds", &item.key);
        }
        for (start, end, region) in super::intervals(&item) {
            let said = super::said(region, "text");
            if said.is_some_and(|said| {
                said.is_empty() || said.trim() != said || spans::one_line(said) != *said || said.starts_with('<')
            }) {
                job.losses.add(
                    "values",
                    "white space around a transcript and line ends within it are left out",
                    &item.key,
                );
            }
            writeln!(out, "{}", line(&item, &escaped(stem), (start, end, region)))?;
        }
    }
    Ok(())
}
