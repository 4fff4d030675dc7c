//! Lists of recordings with what is said in them: NeMo's manifest (a JSON object a line) and Common Voice's table.

use super::CARRIES;
use crate::{
    carries::{Carries, Kind, Names},
    labels,
    names::Stems,
    record::{Clock, Data, DirectoryView, Record, RecordError, Settings, Sink, Stop, give},
    registry::{Format, Job},
    sink::ArchiveSink,
    spans, text,
};
use labelwright_core::{Answer, Value};
use serde_json::{Map, Value as Json, json};
use std::io;

pub const NEMO: Format = Format {
    id: "nemo",
    title: "NeMo manifest",
    carries: Carries {
        words: "recordings with transcript, label, speaker, language",
        geometry: &[],
        fields: Names::Any,
        metadata: true,
        ..CARRIES
    },
    sniff: |view| {
        let first = spans::first_object(view, &[".json", ".jsonl"]);
        if first.is_some_and(|first| first.contains_key("audio_filepath")) { 0.96 } else { 0.0 }
    },
    read: Some(read_nemo),
    write: Some(write_nemo),
    extension: "jsonl",
    ..Format::NEW
};

pub const COMMON_VOICE: Format = Format {
    id: "common-voice",
    title: "Common Voice table",
    carries: Carries {
        words: "recordings with a sentence",
        geometry: &[],
        fields: Names::Only(&[("text", Kind::Text)]),
        ..CARRIES
    },
    sniff: |view| {
        let names = spans::files(view, &[".tsv"]);
        let start = names.first().map(|name| text::start_of(view, name, 4096)).unwrap_or_default();
        let header: Vec<&str> = start.lines().next().unwrap_or_default().split('\t').collect();
        if ["path", "sentence"].iter().all(|column| header.contains(column)) { 0.96 } else { 0.0 }
    },
    read: Some(read_table),
    write: Some(write_table),
    extension: "tsv",
    ..Format::NEW
};

fn read_nemo(view: &dyn DirectoryView, _: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let media = super::media(view);
    for name in spans::files(view, &[".json", ".jsonl"]) {
        spans::each_object(view, &name, |place, object| {
            let record = object.and_then(|mut object| {
                let path = match object.remove("audio_filepath").or_else(|| object.remove("audio_file")) {
                    Some(Json::String(path)) if !path.is_empty() => path,
                    _ => return Err(RecordError::new(place, "no_data", "a line has `audio_filepath`")),
                };
                let mut answer = Answer::default();
                for key in ["text", "label", "speaker", "lang"] {
                    if let Some(Json::String(said)) = object.remove(key)
                        && !(key == "label" && said == "infer" || key == "text" && said == "-")
                    {
                        answer.fields.insert(key.into(), Value::Text(said));
                    }
                }
                if let Some(Json::Object(fields)) = object.remove("fields") {
                    answer
                        .fields
                        .extend(fields.iter().filter_map(|(name, value)| Some((name.clone(), labels::value(value)?))));
                }
                let length = object.remove("duration").and_then(|value| value.as_f64());
                let mut record = super::record(&media, &path, place, answer);
                let ticks = length.and_then(super::ticks).filter(|ticks| *ticks > 0);
                record.clock = Some(Clock { ticks, ..Clock::new(super::MILLISECONDS) });
                if let Some(offset) = object.get("offset").and_then(Json::as_f64).filter(|offset| *offset > 0.0) {
                    record.key = format!("{}@{offset}", record.key);
                }
                record.metadata = object.into_iter().collect();
                Ok(record)
            });
            give(sink, record)
        })?;
    }
    Ok(())
}

fn write_nemo(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    out.begin("manifest.jsonl")?;
    for item in job.items {
        let mut line = Map::new();
        let offset = item.metadata.get("offset").and_then(Json::as_f64).map(|offset| format!("@{offset}"));
        let path = offset.and_then(|offset| item.key.strip_suffix(&offset)).unwrap_or(&item.key);
        line.insert("audio_filepath".into(), path.into());
        let seconds = item.clock.and_then(|clock| clock.ticks).map(|ticks| ticks as f64 / super::per_second(&item));
        line.insert("duration".into(), json!(seconds));
        let (mut others, none) = (Map::new(), Answer::default());
        for (name, value) in &item.answers.first().map_or(&none, |answer| &answer.answer).fields {
            match (name.as_str(), value) {
                ("text" | "label" | "speaker" | "lang", Value::Text(text))
                    if !matches!(text.as_str(), "infer" | "-") =>
                {
                    line.insert(name.clone(), text.clone().into());
                }
                _ => drop(others.insert(name.clone(), labels::json(value))),
            }
        }
        if !others.is_empty() {
            line.insert("fields".into(), others.into());
        }
        for (name, value) in &item.metadata {
            if line.contains_key(name)
                || ["text", "label", "speaker", "lang", "fields", "audio_file"].contains(&name.as_str())
            {
                job.losses.add("values", "metadata with the name of one of the format's keys is left out", &item.key);
            } else {
                line.insert(name.clone(), value.clone());
            }
        }
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

fn read_table(view: &dyn DirectoryView, _: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let media = super::media(view);
    for name in spans::files(view, &[".tsv"]) {
        let mut header: Vec<String> = Vec::new();
        text::each_line(view, &name, |number, line| {
            let place = format!("{name}:{number}");
            let line = match line {
                Ok(line) => line,
                Err(error) => return give(sink, Err(error)),
            };
            if number == 1 {
                header = line.split('\t').map(str::to_owned).collect();
                if !["path", "sentence"].iter().all(|column| header.iter().any(|known| known == column)) {
                    return Err(Stop::Unreadable(RecordError::new(
                        place,
                        "no_column",
                        "the table has the columns path and sentence",
                    )));
                }
                return Ok(());
            }
            if line.is_empty() {
                return Ok(());
            }
            let cells: Vec<&str> = line.split('\t').collect();
            if cells.len() != header.len() {
                let message = format!("the row has {} cells, the header {}", cells.len(), header.len());
                return give(sink, Err(RecordError::new(place, "wrong_cell_count", message)));
            }
            let (mut path, mut answer, mut metadata) = ("", Answer::default(), std::collections::BTreeMap::new());
            for (column, cell) in header.iter().zip(cells) {
                match column.as_str() {
                    "path" => path = cell,
                    "sentence" if !cell.is_empty() => {
                        drop(answer.fields.insert("text".into(), Value::Text(cell.to_owned())))
                    }
                    "sentence" => {}
                    _ if cell.is_empty() => {}
                    _ => drop(metadata.insert(column.clone(), Json::String(cell.to_owned()))),
                }
            }
            if path.is_empty() {
                return give(
                    sink,
                    Err(RecordError::new(format!("{place}, column path"), "no_data", "the path is empty")),
                );
            }
            let record: Record = super::record(&media, path, place, answer);
            debug_assert!(!matches!(record.data, Data::Text(_)));
            give(sink, Ok(Record { metadata, ..record }))
        })?;
    }
    Ok(())
}

fn write_table(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let mut names = Stems::default();
    out.begin("validated.tsv")?;
    writeln!(out, "client_id\tpath\tsentence\tup_votes\tdown_votes\tage\tgender\taccents\tlocale\tsegment")?;
    for item in job.items {
        let name = names.name("", &item.key, job.losses);
        let said = match item.field("text") {
            Some(Value::Text(text)) => text.as_str(),
            _ => "",
        };
        let line = spans::one_line(said);
        if line != said || (said.is_empty() && item.field("text").is_some()) {
            job.losses.add(
                "values",
                "line ends and tabs within a sentence become spaces, an empty one is none",
                &item.key,
            );
        }
        writeln!(out, "\t{name}\t{line}\t\t\t\t\t\t\t")?;
    }
    Ok(())
}
