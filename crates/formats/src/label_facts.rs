//! Label facts: the table for analysis. A row an item, and below it a row for everything that somebody said of it: a
//! field's value, a region, a relation, or an answer that says nothing. Bounds and areas stand beside each geometry, so
//! that a query needs no parser; the geometry itself is JSON, as in `native`, and the table can be read back.

use crate::{
    carries::{Carries, ClassList},
    media::has_ending,
    names::MediaNames,
    parquet::{self, Chunks, plain},
    parquet_table::{Cell, Shape, Table},
    record::{Clock, Data, DirectoryView, ExportItem, Record, RecordError, Settings, Sink, SourcedAnswer, Stop, give},
    registry::{Format, Job},
    sink::{ArchiveSink, MediaLater},
};
use ::parquet::file::reader::{FileReader, SerializedFileReader};
use labelwright_core::{Answer, Geometry, Modality, Region, Relation, Target, Timestamp};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value as Json};
use std::io;

pub const FORMAT: Format = Format {
    id: "label-facts",
    title: "Label facts (Parquet)",
    carries: Carries {
        words: "a row for every field, region and relation, with item and labeler: the table for analysis",
        classes: ClassList::Used,
        skeletons: false,
        hierarchy: false,
        layers: false,
        panes: false,
        ..Carries::EVERYTHING
    },
    sniff: |view| {
        let table = tables(view).into_iter().next();
        let ours =
            table.and_then(|(name, bytes)| parquet::open(view, &name, bytes).ok()).is_some_and(|one| noted(&one));
        if ours { 0.99 } else { 0.0 }
    },
    read: Some(read),
    write: Some(write),
    extension: "parquet",
    ..Format::NEW
};

/// The key of the footer by which the table is known, and its version.
const NOTE: &str = "labelwright.facts";
const VERSION: &str = "1";

/// Columns with what they hold. Of an item's row: what it is. Of the others: `name` is the field, class or relation,
/// `revision` and `submitted_at` are those of the answer that says it, where the source knows them.
const COLUMNS: [(&str, Shape); 27] = [
    ("item", Shape::Text),
    ("fact", Shape::Text),
    ("labeler", Shape::Text),
    ("revision", Shape::Integer),
    ("submitted_at", Shape::Time),
    ("name", Shape::Text),
    ("value", Shape::Text),
    ("number", Shape::Number),
    ("region", Shape::Text),
    ("geometry_type", Shape::Text),
    ("geometry", Shape::Text),
    ("target", Shape::Text),
    ("left", Shape::Number),
    ("top", Shape::Number),
    ("right", Shape::Number),
    ("bottom", Shape::Number),
    ("area", Shape::Number),
    ("score", Shape::Number),
    ("attributes", Shape::Text),
    ("from_region", Shape::Text),
    ("to_region", Shape::Text),
    ("modality", Shape::Text),
    ("width", Shape::Integer),
    ("height", Shape::Integer),
    ("text", Shape::Text),
    ("split", Shape::Text),
    ("metadata", Shape::Text),
];
/// The clock of sounds and videos.
const CLOCK: (&str, Shape) = ("clock", Shape::Text);

fn tables(view: &dyn DirectoryView) -> Vec<(String, u64)> {
    view.list().into_iter().filter(|(name, _)| has_ending(name, &[".parquet"])).collect()
}

fn noted(table: &SerializedFileReader<Chunks>) -> bool {
    let notes = table.metadata().file_metadata().key_value_metadata();
    notes.is_some_and(|notes| notes.iter().any(|note| note.key == NOTE))
}

/// A row of the table by the names of its columns.
#[derive(Default)]
struct Row(Map<String, Json>);

impl Row {
    fn text(&self, column: &str) -> Option<&str> {
        self.0.get(column)?.as_str()
    }

    fn json<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>, String> {
        let parse = |text: &str| serde_json::from_str(text).map_err(|error| format!("column {column}: {error}"));
        self.text(column).map(parse).transpose()
    }

    fn needed(&self, column: &str) -> Result<String, String> {
        self.text(column).map(str::to_owned).ok_or_else(|| format!("column {column} is empty"))
    }
}

fn read(view: &dyn DirectoryView, _: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    for (name, bytes) in tables(view) {
        let table = parquet::open(view, &name, bytes).map_err(Stop::Unreadable)?;
        let bad = |place: &str, error: &::parquet::errors::ParquetError| {
            Stop::Unreadable(RecordError::new(place, "unreadable", plain(error)))
        };
        let mut current: Option<Record> = None;
        let rows = table.get_row_iter(None).map_err(|error| bad(&name, &error))?;
        for (number, row) in parquet::Guarded::new(rows).enumerate() {
            let place = format!("{name}, row {}", number + 1);
            let row = row.map_err(|error| bad(&place, &error))?;
            let row = Row(row.get_column_iter().map(|(name, field)| (name.clone(), parquet::json(field))).collect());
            let said = if row.text("fact") == Some("item") {
                if let Some(record) = current.take() {
                    give(sink, Ok(record))?;
                }
                item(&row, view, &place).map(|record| current = Some(record))
            } else {
                match &mut current {
                    Some(record) if row.text("item") == Some(&record.key) => fact(&row, record),
                    _ => Err("a fact stands below the row of its item".to_owned()),
                }
            };
            if let Err(message) = said {
                give(sink, Err(RecordError::new(&place, "bad_row", message)))?;
            }
        }
        if let Some(record) = current {
            give(sink, Ok(record))?;
        }
    }
    Ok(())
}

fn item(row: &Row, view: &dyn DirectoryView, place: &str) -> Result<Record, String> {
    let key = row.needed("item")?;
    let data = match row.text("text") {
        Some(text) if row.text("modality") == Some("dialogue") => {
            Data::Conversation(crate::dialogue::normal(text, place).map_err(|error| error.message)?)
        }
        Some(text) if row.text("modality") == Some("table") => {
            Data::Table(crate::records::normal(text, place).map_err(|error| error.message)?)
        }
        Some(text) => Data::Text(text.to_owned()),
        None if view.list_size(&key).is_some() => Data::File(key.clone()),
        None => Data::Absent(key.clone()),
    };
    let side = |column: &str| row.0.get(column)?.as_u64().and_then(|side| u32::try_from(side).ok());
    let mut record = Record::new(key, data, place);
    record.size = side("width").and_then(|width| Some([width, side("height")?]));
    record.split = row.text("split").map(str::to_owned);
    record.metadata = row.json("metadata")?.unwrap_or_default();
    record.clock = row.json::<Clock>(CLOCK.0)?;
    Ok(record)
}

fn fact(row: &Row, record: &mut Record) -> Result<(), String> {
    let (labeler, name) = (row.needed("labeler")?, row.needed("name")?);
    let revision = row.0.get("revision").and_then(Json::as_u64).and_then(|number| u32::try_from(number).ok());
    let submitted_at = row.text("submitted_at").and_then(Timestamp::parse);
    let sourced = SourcedAnswer { revision, submitted_at, ..SourcedAnswer::new(labeler, Answer::default()) };
    let same = |one: &SourcedAnswer| (&one.source, one.revision) == (&sourced.source, sourced.revision);
    let at = record.answers.iter().position(same).unwrap_or_else(|| {
        record.answers.push(sourced);
        record.answers.len() - 1
    });
    let answer = &mut record.answers[at].answer;
    match row.text("fact") {
        Some("answer") => {}
        Some("field") => {
            let value = row.json("value")?.ok_or("column value is empty")?;
            answer.fields.insert(name, value);
        }
        Some("region") => answer.regions.push(Region {
            id: row.needed("region")?,
            target: row.json("target")?.unwrap_or_default(),
            geometry: row.json("geometry")?.ok_or("column geometry is empty")?,
            class: name,
            attributes: row.json("attributes")?.unwrap_or_default(),
            score: row.0.get("score").and_then(Json::as_f64),
        }),
        Some("relation") => answer.relations.push(Relation {
            id: row.needed("region")?,
            relation: name,
            from: row.needed("from_region")?,
            to: row.needed("to_region")?,
            attributes: row.json("attributes")?.unwrap_or_default(),
        }),
        other => return Err(format!("a fact is an item, answer, field, region or relation, and not {other:?}")),
    }
    Ok(())
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let columns = COLUMNS.into_iter().chain([CLOCK]).map(|(name, shape)| (name.to_owned(), shape)).collect();
    let mut table = Table::new(columns, vec![(NOTE.to_owned(), VERSION.to_owned())])?;
    out.begin("facts.parquet")?;
    let (mut names, mut later) = (MediaNames::default(), MediaLater::default());
    for item in job.items {
        let mut own = Line::of(&item, "item");
        own.item(&item);
        table.row(&own.0, &mut *out)?;
        for sourced in &item.answers {
            let answer = &sourced.answer;
            // Somebody looked, and had nothing to say.
            if answer.is_empty() {
                table.row(&Line::said(&item, "answer", sourced, "").0, &mut *out)?;
            }
            for (name, value) in &answer.fields {
                let mut line = Line::said(&item, "field", sourced, name);
                line.put("value", json(value));
                if let labelwright_core::Value::Number(number) = value {
                    line.put("number", Cell::Number(*number));
                }
                table.row(&line.0, &mut *out)?;
            }
            for region in &answer.regions {
                let mut line = Line::said(&item, "region", sourced, &region.class);
                line.region(region);
                table.row(&line.0, &mut *out)?;
            }
            for one in &answer.relations {
                let mut line = Line::said(&item, "relation", sourced, &one.relation);
                line.put("region", Cell::text(&one.id));
                line.put("from_region", Cell::text(&one.from));
                line.put("to_region", Cell::text(&one.to));
                line.put_unless("attributes", one.attributes.is_empty(), || json(&one.attributes));
                table.row(&line.0, &mut *out)?;
            }
        }
        if let Some(source) = item.media.as_ref().filter(|_| item.text.is_none()) {
            let (name, new) = names.name(&item.key, Some(source), job.losses);
            if new {
                later.add(&name, source, out)?;
            }
        }
    }
    table.finish(&mut *out)?;
    later.write(out)
}

fn json(value: &impl Serialize) -> Cell {
    serde_json::to_string(value).map_or(Cell::Null, Cell::Text)
}

/// Cells of a row.
struct Line(Vec<Cell>);

impl Line {
    fn of(item: &ExportItem, fact: &str) -> Self {
        let mut line = Self(vec![Cell::Null; COLUMNS.len() + 1]);
        line.put("item", Cell::text(&item.key));
        line.put("fact", Cell::text(fact));
        line
    }

    fn said(item: &ExportItem, fact: &str, by: &SourcedAnswer, name: &str) -> Self {
        let mut line = Self::of(item, fact);
        line.put("labeler", Cell::text(&by.source));
        line.put("revision", Cell::or_null(by.revision, |number| Cell::Integer(i64::from(number))));
        line.put("submitted_at", Cell::or_null(by.submitted_at, |at| Cell::Integer(at.0)));
        line.put("name", Cell::text(name));
        line
    }

    fn put(&mut self, column: &str, cell: Cell) {
        let at = COLUMNS.iter().position(|(name, _)| *name == column).unwrap_or(COLUMNS.len());
        if let Some(place) = self.0.get_mut(at) {
            *place = cell;
        }
    }

    fn put_unless(&mut self, column: &str, empty: bool, cell: impl FnOnce() -> Cell) {
        if !empty {
            self.put(column, cell());
        }
    }

    fn item(&mut self, item: &ExportItem) {
        let modality = match item.modality {
            Modality::Image => "image",
            Modality::Video => "video",
            Modality::Audio => "audio",
            Modality::Text => "text",
            Modality::Document => "document",
            Modality::TimeSeries => "time_series",
            Modality::Dialogue => "dialogue",
            Modality::Table => "table",
            Modality::Volume => "volume",
        };
        self.put("modality", Cell::text(modality));
        if let Some([width, height]) = item.size {
            self.put("width", Cell::Integer(i64::from(width)));
            self.put("height", Cell::Integer(i64::from(height)));
        }
        self.put("text", Cell::or_null(item.text.as_ref(), Cell::text));
        self.put("split", Cell::or_null(item.split.as_ref(), Cell::text));
        self.put_unless("metadata", item.metadata.is_empty(), || json(&item.metadata));
        self.put(CLOCK.0, item.clock.as_ref().map_or(Cell::Null, json));
    }

    fn region(&mut self, region: &Region) {
        self.put("region", Cell::text(&region.id));
        self.put("geometry_type", Cell::text(region.geometry.kind().as_str()));
        self.put("geometry", json(&region.geometry));
        self.put_unless("target", region.target == Target::Item, || json(&region.target));
        let interval = match &region.geometry {
            Geometry::Interval(one) => Some([one.start as f64, one.end as f64]),
            Geometry::Span(span) => {
                span.ranges.first().zip(span.ranges.last()).map(|(a, b)| [a[0], b[1]].map(f64::from))
            }
            _ => None,
        };
        if let Some(b) = region.bounds() {
            for (column, side) in [("left", b.left), ("top", b.top), ("right", b.right), ("bottom", b.bottom)] {
                self.put(column, Cell::Number(side));
            }
        } else if let Some([start, end]) = interval {
            // Offsets of a text, ticks of a sound.
            self.put("left", Cell::Number(start));
            self.put("right", Cell::Number(end));
        }
        self.put("area", Cell::Number(region.geometry.area()));
        self.put("score", Cell::or_null(region.score, Cell::Number));
        self.put_unless("attributes", region.attributes.is_empty(), || json(&region.attributes));
    }
}
