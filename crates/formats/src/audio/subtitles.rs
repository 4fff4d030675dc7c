//! Subtitles: SubRip (SRT) and WebVTT (W3C, "WebVTT: The Web Video Text Tracks Format"). A cue is an interval with its
//! text; in WebVTT `<v Name>` says who speaks, and the name is the class.

use super::{CARRIES, TRANSCRIPT};
use crate::{
    carries::Carries,
    names::Stems,
    record::{DirectoryView, RecordError, Settings, Sink, Stop, give},
    registry::{Format, Job},
    sink::ArchiveSink,
    spans, text,
};
use labelwright_core::{Answer, Value};
use std::io;

pub const SRT: Format = Format {
    id: "srt",
    title: "SubRip subtitles",
    carries: Carries {
        words: "intervals of time with text",
        attributes: TRANSCRIPT,
        classes: crate::carries::ClassList::None,
        ..CARRIES
    },
    sniff: |view| if spans::files(view, &[".srt"]).is_empty() { 0.0 } else { 0.96 },
    read: Some(|view, _: &Settings, sink| read(view, sink, false)),
    write: Some(|job, out| write(job, out, false)),
    ..Format::NEW
};

pub const VTT: Format = Format {
    id: "webvtt",
    title: "WebVTT",
    carries: Carries { words: "intervals of time with speaker and text", attributes: TRANSCRIPT, ..CARRIES },
    sniff: |view| if spans::files(view, &[".vtt"]).is_empty() { 0.0 } else { 0.96 },
    read: Some(|view, _: &Settings, sink| read(view, sink, true)),
    write: Some(|job, out| write(job, out, true)),
    ..Format::NEW
};

/// `[HH:]MM:SS.mmm`, with a comma in SRT.
fn time(text: &str) -> Option<f64> {
    let text = text.trim().replace(',', ".");
    let mut seconds = 0.0;
    let parts: Vec<&str> = text.split(':').collect();
    if !(2..=3).contains(&parts.len()) {
        return None;
    }
    for part in parts {
        if !part.starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        seconds = seconds * 60.0 + crate::numbers::parse(part)?;
    }
    Some(seconds)
}

fn clock(ticks: i64, comma: bool) -> String {
    let (ms, s) = (ticks.rem_euclid(1000), ticks.max(0) / 1000);
    let dot = if comma { ',' } else { '.' };
    format!("{:02}:{:02}:{:02}{dot}{ms:03}", s / 3600, s / 60 % 60, s % 60)
}

/// Text of a cue without its marks: tags are left out, entities are their signs.
fn plain(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['<', '&']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if rest.starts_with('<') {
            rest = rest.find('>').map_or("", |end| &rest[end + 1..]);
            continue;
        }
        let known = [
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&amp;", "&"),
            ("&nbsp;", "\u{a0}"),
            ("&lrm;", "\u{200e}"),
            ("&rlm;", "\u{200f}"),
        ];
        match known.iter().find(|(name, _)| rest.starts_with(name)) {
            Some((name, sign)) => {
                out.push_str(sign);
                rest = &rest[name.len()..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Who speaks, and what: `<v.loud Name>text</v>`.
fn voice(text: &str) -> (Option<String>, String) {
    let named = text.strip_prefix("<v").and_then(|rest| {
        let (tag, said) = rest.split_once('>')?;
        let name = tag.trim_start_matches(|c: char| !c.is_whitespace()).trim();
        (!name.is_empty()).then(|| (plain(name), plain(said)))
    });
    named.map_or_else(|| (None, plain(text)), |(name, said)| (Some(name), said))
}

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>, vtt: bool) -> Result<(), Stop> {
    let media = super::media(view);
    let ending = if vtt { ".vtt" } else { ".srt" };
    for name in spans::files(view, &[ending]) {
        let mut answer = Answer::default();
        let mut open: Option<(usize, f64, f64, Vec<String>)> = None;
        let mut skip = false;
        let mut problems = Vec::new();
        let mut close = |open: &mut Option<(usize, f64, f64, Vec<String>)>, answer: &mut Answer| {
            let Some((line, start, end, lines)) = open.take() else { return };
            let (speaker, said) = if vtt { voice(&lines.join("\n")) } else { (None, lines.join("\n")) };
            match super::read_interval(answer.regions.len(), speaker.as_deref().unwrap_or("speech"), start, end) {
                Ok(mut region) => {
                    if !said.is_empty() {
                        region.attributes.insert("text".into(), Value::Text(said));
                    }
                    answer.regions.push(region);
                }
                Err((code, message)) => problems.push((line, code, message)),
            }
        };
        text::each_line(view, &name, |number, line| {
            let line = match line {
                Ok(line) => line,
                Err(error) => return give(sink, Err(error)),
            };
            if line.trim().is_empty() {
                close(&mut open, &mut answer);
                skip = false;
            } else if vtt && open.is_none() && ["NOTE", "STYLE", "REGION"].iter().any(|word| line.starts_with(word)) {
                skip = true;
            } else if let Some((start, rest)) = line.split_once("-->").filter(|_| !skip) {
                close(&mut open, &mut answer);
                let end = rest.split_whitespace().next().unwrap_or_default();
                match (time(start), time(end)) {
                    (Some(start), Some(end)) => open = Some((number, start, end, Vec::new())),
                    _ => {
                        let error = RecordError::new(
                            format!("{name}:{number}"),
                            "bad_time",
                            format!("this is no pair of times: {line:?}"),
                        );
                        give(sink, Err(error))?;
                    }
                }
            } else if let Some((_, _, _, lines)) = &mut open {
                lines.push(line.to_owned());
            }
            Ok(())
        })?;
        close(&mut open, &mut answer);
        for (line, code, message) in problems {
            give(sink, Err(RecordError::new(format!("{name}:{line}"), code, message)))?;
        }
        give(sink, Ok(super::record(&media, &name[..name.len() - ending.len()], &name, answer)))?;
    }
    Ok(())
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink, vtt: bool) -> io::Result<()> {
    let mut names = Stems::default();
    for item in job.items {
        let name = names.name("", &item.key, job.losses);
        if let Some(source) = &item.media {
            out.media(&name, source)?;
        }
        out.begin(&format!("{name}.{}", if vtt { "vtt" } else { "srt" }))?;
        if vtt {
            writeln!(out, "WEBVTT\n")?;
        }
        for (at, (start, end, region)) in super::intervals(&item).into_iter().enumerate() {
            let (Some(start), Some(end)) = (super::ticks(start), super::ticks(end)) else { continue };
            let said = super::said(region, "text").unwrap_or_default().replace("\r\n", "\n");
            let lines: Vec<&str> = said.split('\n').filter(|line| !line.trim().is_empty()).collect();
            let mut said = lines.join("\n");
            if super::said(region, "text")
                .is_some_and(|before| before != said || said.is_empty() || said.contains(['\r']))
                || said.contains("-->")
            {
                job.losses.add("values", "empty lines and arrows within a text have no place in the format", &item.key);
                said = said.replace("-->", "->").replace('\r', " ");
            }
            if vtt {
                let name = spans::one_line(&region.class);
                if name.trim() != region.class || name != region.class {
                    job.losses.add("values", "white space around a speaker's name is left out", &item.key);
                }
                writeln!(
                    out,
                    "{} --> {}\n<v {}>{}\n",
                    clock(start, false),
                    clock(end, false),
                    escaped(name.trim()),
                    escaped(&said)
                )?;
            } else {
                writeln!(out, "{}\n{} --> {}\n{said}\n", at + 1, clock(start, true), clock(end, true))?;
            }
        }
    }
    Ok(())
}
