//! Kaldi's data folder: `wav.scp` (recordings), `segments` (utterances in them), `text` (what is said), `utt2spk` (who
//! says it); lines sorted as bytes (LC_ALL=C), utterances named so that their speaker comes first.

use super::{CARRIES, TRANSCRIPT};
use crate::{
    carries::{Carries, ClassText},
    names::{Stems, last_part},
    record::{DirectoryView, RecordError, Settings, Sink, Stop, give},
    registry::{Format, Job},
    sink::ArchiveSink,
    spans, text,
};
use labelwright_core::{Answer, Value};
use std::{collections::BTreeMap, io};

pub const FORMAT: Format = Format {
    id: "kaldi",
    title: "Kaldi data folder",
    carries: Carries {
        words: "intervals of time with speaker and transcript",
        attributes: TRANSCRIPT,
        class_text: ClassText::Word,
        ..CARRIES
    },
    sniff: |view| if folder(view).is_some() { 0.96 } else { 0.0 },
    read: Some(read),
    write: Some(write),
    ..Format::NEW
};

fn folder(view: &dyn DirectoryView) -> Option<String> {
    let names = view.list().into_iter().map(|(name, _)| name);
    names.filter(|name| last_part(name) == "wav.scp").map(|name| name[..name.len() - "wav.scp".len()].to_owned()).next()
}

/// First word and rest of each line.
fn table(view: &dyn DirectoryView, name: &str, sink: &mut Sink<'_>) -> Result<BTreeMap<String, (usize, String)>, Stop> {
    let mut found = BTreeMap::new();
    if view.list_size(name).is_none() {
        return Ok(found);
    }
    text::each_line(view, name, |number, line| {
        let line = match line {
            Ok(line) if line.trim().is_empty() => return Ok(()),
            Ok(line) => line.trim(),
            Err(error) => return give(sink, Err(error)),
        };
        let (first, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        if found.insert(first.to_owned(), (number, rest.trim().to_owned())).is_some() {
            let error = RecordError::new(format!("{name}:{number}"), "duplicate", format!("{first} comes twice"));
            give(sink, Err(error))?;
        }
        Ok(())
    })?;
    Ok(found)
}

fn read(view: &dyn DirectoryView, _: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let Some(folder) = folder(view) else {
        return Err(Stop::Unreadable(RecordError::new("wav.scp", "missing_file", "the folder has a file wav.scp")));
    };
    let media = super::media(view);
    let mut of = |name: &str| table(view, &format!("{folder}{name}"), sink);
    let (recordings, segments, texts, speakers) = (of("wav.scp")?, of("segments")?, of("text")?, of("utt2spk")?);
    let mut answers: BTreeMap<&str, Answer> = BTreeMap::new();
    let mut whole: BTreeMap<&str, &str> = BTreeMap::new();
    for (utterance, (number, rest)) in &segments {
        let place = || format!("{folder}segments:{number}");
        let columns: Vec<&str> = rest.split_whitespace().collect();
        let (Some(recording), Some(start), Some(end)) = (
            columns.first().filter(|name| recordings.contains_key(**name)),
            columns.get(1).and_then(|text| crate::numbers::parse(text)),
            columns.get(2).and_then(|text| crate::numbers::parse(text)),
        ) else {
            let message = "a segment is utterance, recording (that wav.scp names), start and end in seconds";
            give(sink, Err(RecordError::new(place(), "bad_line", message)))?;
            continue;
        };
        let answer = answers.entry(recording).or_default();
        let speaker = speakers.get(utterance).map_or("speech", |(_, name)| name.as_str());
        match super::read_interval(answer.regions.len(), speaker, start, end) {
            Ok(mut region) => {
                if let Some((_, said)) = texts.get(utterance).filter(|(_, said)| !said.is_empty()) {
                    region.attributes.insert("text".into(), Value::Text(said.clone()));
                }
                answer.regions.push(region);
            }
            Err((code, message)) => give(sink, Err(RecordError::new(place(), code, message)))?,
        }
    }
    if segments.is_empty() {
        // Every recording is one utterance.
        whole.extend(texts.iter().map(|(name, (_, said))| (name.as_str(), said.as_str())));
    }
    for (name, (number, path)) in &recordings {
        let mut answer = answers.remove(name.as_str()).unwrap_or_default();
        if let Some(said) = whole.get(name.as_str()).filter(|said| !said.is_empty()) {
            answer.fields.insert("text".into(), Value::Text((*said).to_owned()));
        }
        // A path may be a command that ends in `|`: then only the name of the recording says what it is.
        let said = if path.is_empty() || path.ends_with('|') { name } else { path };
        give(sink, Ok(super::record(&media, said, format!("{folder}wav.scp:{number}"), answer)))?;
    }
    Ok(())
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let mut names = Stems::default();
    let (mut wav, mut segments, mut texts, mut speakers) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for item in job.items {
        let name = names.name("", &item.key, job.losses);
        if let Some(source) = &item.media {
            out.media(&name, source)?;
        }
        let recording: String = super::word(&name);
        wav.push(format!("{recording} {name}"));
        for (at, (start, end, region)) in super::intervals(&item).into_iter().enumerate() {
            let utterance = format!("{}-{recording}-{:06}", region.class, at + 1);
            segments.push(format!("{utterance} {recording} {start:.3} {end:.3}"));
            speakers.push(format!("{utterance} {}", region.class));
            if let Some(said) = super::said(region, "text") {
                let line = spans::one_line(said);
                if line.trim() != said || said.is_empty() {
                    job.losses.add(
                        "values",
                        "white space around a transcript and line ends within it are left out",
                        &item.key,
                    );
                }
                texts.push(format!("{utterance} {}", line.trim()));
            }
        }
    }
    for (name, mut lines) in [("wav.scp", wav), ("segments", segments), ("text", texts), ("utt2spk", speakers)] {
        lines.sort_unstable();
        out.begin(name)?;
        for line in lines {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}
