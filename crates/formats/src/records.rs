//! Records on their way in: every row of a table, every line or object of JSON is an item whose columns are shown beside
//! each other. Pairs that may mean the same come in the forms that [`Table::read`] knows.

mod writing;

use crate::{
    carries::Carries,
    companion::Companion,
    media::has_ending,
    parquet,
    record::{Data, DirectoryView, Mapping, Record, RecordError, Settings, Sink, Stop, give},
    registry::Format,
    spans::key_of,
    tabular::{Beside, as_many, each_row},
    text,
};
use ::parquet::file::reader::FileReader;
use labelwright_core::{
    Answer, Modality, Value,
    table::{Object, Table, words},
};
use serde_json::{Value as Json, value::RawValue};
use std::collections::HashSet;

pub const FORMAT: Format = Format {
    id: "records",
    title: "Records: rows of tables, pairs to compare",
    carries: Carries {
        words: "rows of CSV, TSV, Parquet and JSON with all their columns, pairs by `left_` and `right_`",
        modalities: &[Modality::Table],
        metadata: true,
        empty_items: true,
        ..Carries::NOTHING
    },
    read: Some(read),
    ..Format::NEW
};

pub use writing::FORMAT as CSV;

const LINES: [&str; 2] = [".jsonl", ".ndjson"];
/// Bytes that tell a list from an object.
const START_BYTES: usize = 1 << 10;
/// Columns that usually hold the key.
const KEYS: [&str; 3] = ["key", "id", "uid"];

/// A table that some other format wrote, as it is stored.
pub(crate) fn normal(text: &str, place: &str) -> Result<String, RecordError> {
    let object = serde_json::from_str(text).map_err(|error| RecordError::new(place, "malformed", error.to_string()))?;
    Ok(table(object, place)?.0.canonical_json())
}

fn table(object: Object, place: &str) -> Result<(Table, Object), RecordError> {
    Table::read(object).map_err(|problem| {
        let code = CODES.iter().find(|code| **code == problem.code).copied().unwrap_or("malformed");
        let at = if problem.pointer.is_empty() { String::new() } else { format!("{}: ", problem.pointer) };
        RecordError::new(place, code, format!("{at}{}", problem.message))
    })
}

const CODES: [&str; 7] = ["empty", "too_many", "too_long", "duplicate", "wrong_type", "wrong_cell_count", "not_text"];

fn read(view: &dyn DirectoryView, settings: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let (mut number, mapping) = (0, &settings.mapping);
    let (tables, beside) = Beside::of(view);
    for (name, bytes) in tables {
        let has = |endings: &[&str]| has_ending(&name, endings);
        let mut one = |sink: &mut Sink<'_>, place: String, object: Result<Object, RecordError>| {
            number += 1;
            give(sink, object.and_then(|object| record(object, mapping, number, place, (&name, &beside))))
        };
        if has(&[".csv"]) || has(&[".tsv", ".tab"]) {
            let mut header: Option<Vec<String>> = None;
            each_row(view, &name, if has(&[".csv"]) { b',' } else { b'\t' }, |_, place, cells| {
                match (&header, cells) {
                    (_, Err(error)) => one(sink, place, Err(error)),
                    (None, Ok(names)) => {
                        header = Some(told_apart(names, &place).map_err(Stop::Unreadable)?);
                        Ok(())
                    }
                    (Some(names), Ok(cells)) => {
                        let cells = as_many(cells, names.len(), &place);
                        let object = |cells: Vec<String>| names.iter().cloned().zip(cells.into_iter().map(Json::from));
                        one(sink, place, cells.map(|cells| Object(object(cells).collect())))
                    }
                }
            })?;
        } else if has(&[".parquet"]) {
            rows(view, &name, bytes, &mut |place, object| one(sink, place, object))?;
        } else if has(&LINES) {
            text::each_line(view, &name, |line, said| {
                let place = format!("{name}:{line}");
                if said.as_ref().is_ok_and(|said| said.trim().is_empty()) {
                    return Ok(());
                }
                let broken = |error: serde_json::Error| RecordError::new(&place, "malformed", error.to_string());
                let object = said.and_then(|said| serde_json::from_str(said).map_err(broken));
                one(sink, place, object)
            })?;
        } else if has(&[".json"]) {
            let start = text::start_of(view, &name, START_BYTES);
            if start.trim_start_matches('\u{feff}').trim_start().starts_with('[') {
                match text::json_file::<Vec<Box<RawValue>>>(view, &name) {
                    Ok(list) => {
                        for (index, raw) in list.iter().enumerate() {
                            let place = format!("{name}: entry {}", index + 1);
                            let broken =
                                |error: serde_json::Error| RecordError::new(&place, "malformed", error.to_string());
                            let object = serde_json::from_str(raw.get()).map_err(broken);
                            one(sink, place, object)?;
                        }
                    }
                    Err(error) => give(sink, Err(error))?,
                }
            } else {
                one(sink, name.clone(), text::json_file(view, &name))?;
            }
        } else {
            let message = "this is no file of the kind .csv .tsv .parquet .jsonl .json";
            give(sink, Err(RecordError::new(&name, "other_kind", message)))?;
        }
    }
    beside.finish(sink)
}

/// The names of columns, if each is there once.
fn told_apart(names: Vec<String>, place: &str) -> Result<Vec<String>, RecordError> {
    let mut known = HashSet::new();
    match names.iter().find(|name| !known.insert(name.as_str())) {
        Some(twice) => Err(RecordError::new(place, "duplicate", format!("the column {twice:?} is there twice"))),
        None => Ok(names),
    }
}

/// Rows of a Parquet file as they come.
fn rows(
    view: &dyn DirectoryView,
    name: &str,
    bytes: u64,
    with: &mut dyn FnMut(String, Result<Object, RecordError>) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let stop = |place: &str, message: String| Stop::Unreadable(RecordError::new(place, "unreadable", message));
    let reader = parquet::open(view, name, bytes).map_err(Stop::Unreadable)?;
    let rows = reader.get_row_iter(None).map_err(|error| stop(name, parquet::plain(&error)))?;
    for (index, row) in parquet::Guarded::new(rows).enumerate() {
        let place = format!("{name}, row {}", index + 1);
        let row = row.map_err(|error| stop(&place, parquet::plain(&error)))?;
        let object = row.get_column_iter().map(|(name, field)| (name.clone(), parquet::json(field)));
        with(place, Ok(Object(object.collect())))?;
    }
    Ok(())
}

fn taken(object: &mut Object, name: &str) -> Option<Json> {
    let at = object.0.iter().position(|(known, _)| known == name)?;
    Some(object.0.remove(at).1)
}

/// `table` is the file that the object stands in, with what lies beside it.
fn record(
    mut object: Object,
    mapping: &Mapping,
    number: usize,
    place: String,
    table: (&str, &Beside<'_>),
) -> Result<Record, RecordError> {
    let column = |object: &mut Object, name: &str| {
        taken(object, name).ok_or_else(|| {
            let known: Vec<&str> = object.0.iter().map(|(name, _)| name.as_str()).collect();
            let message = format!("there is no column {name:?}; there are {}", known.join(", "));
            RecordError::new(&place, "no_such_column", message)
        })
    };
    let key = match &mapping.key {
        Some(name) => match column(&mut object, name)? {
            Json::String(key) if key.is_empty() => None,
            key @ (Json::String(_) | Json::Number(_)) => Some(key),
            _ => None,
        }
        .ok_or_else(|| RecordError::new(format!("{place}, column {name}"), "empty_key", "there is no key"))
        .map(Some)?,
        None => KEYS.iter().find_map(|name| {
            let held = object.0.iter().find(|(known, _)| known.to_lowercase() == *name)?;
            let fits = match &held.1 {
                Json::String(key) => !key.is_empty(),
                other => other.is_number(),
            };
            let name = held.0.clone();
            if fits && object.0.len() > 1 { taken(&mut object, &name) } else { None }
        }),
    };
    let mut answer = Answer::default();
    for (field, name) in &mapping.labels {
        let value = match column(&mut object, name)? {
            Json::Number(number) => number.as_f64().map(Value::Number),
            Json::Bool(value) => Some(Value::Boolean(value)),
            other => words(&other).map(Value::Text),
        };
        answer.fields.extend(value.map(|value| (field.clone(), value)));
    }
    let mut companions = Vec::new();
    for (pane, name) in &mapping.panes {
        let cell = words(&column(&mut object, name)?).filter(|cell| !cell.is_empty());
        let data = cell.map(|cell| table.1.data(table.0, &cell)).transpose()?;
        companions.extend(data.map(|data| Companion::new(pane.clone(), data)));
    }
    let mut metadata = Object::default();
    for name in mapping.metadata.iter().flatten() {
        metadata.0.push((name.clone(), column(&mut object, name)?));
    }
    let (table, rest) = self::table(object, &place)?;
    let mut record = Record::new(key_of(key.as_ref(), number), Data::Table(table.canonical_json()), place);
    record.metadata = metadata.0.into_iter().chain(rest.0).collect();
    record.companions = companions;
    Ok(record.answered(answer))
}
