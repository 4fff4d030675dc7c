//! Records with their labels as one table: a row an answer, with the columns of the record beside the fields, as data
//! frames take it. Pairs have their columns twice, by the names of their sides.

use crate::{
    carries::Carries,
    loss::Losses,
    record::{ExportItem, SourcedAnswer},
    registry::{Format, Job},
    sink::ArchiveSink,
    tabular::{TABLE, harmless},
};
use labelwright_core::{
    Answer, GeometryKind, Modality, Value,
    table::{Table, words},
};
use std::{
    collections::{HashMap, HashSet},
    io::{self, BufRead, BufReader, Seek, Write},
};

pub const FORMAT: Format = Format {
    id: "records-csv",
    title: "Records with labels (CSV)",
    carries: Carries {
        words: "columns of records and pairs, field values; regions as JSON",
        modalities: &[Modality::Table],
        geometry: &[GeometryKind::Cells, GeometryKind::Span],
        splits: true,
        empty_items: true,
        ..TABLE
    },
    write: Some(write),
    extension: "csv",
    ..Format::NEW
};

/// Columns of ours; those of records that are called the same get a line under their names.
const OWN: [&str; 3] = ["key", "labeler", "split"];
/// Columns of all records together.
const COLUMNS_MAXIMUM: usize = 10_000;

/// The columns of all records, each where it came first.
struct Columns {
    names: Vec<String>,
    places: HashMap<String, usize>,
    /// Names that are taken by us or by fields.
    taken: HashSet<String>,
}

impl Columns {
    /// The place of a column; None when there are too many.
    fn place(&mut self, column: &str, losses: &Losses, key: &str) -> Option<usize> {
        if let Some(place) = self.places.get(column) {
            return Some(*place);
        }
        if self.names.len() >= COLUMNS_MAXIMUM {
            losses.add("too_many_columns", "records have more columns together than a table can have", key);
            return None;
        }
        let mut name = column.to_owned();
        while self.taken.contains(&name) {
            name.push('_');
        }
        if name != column {
            losses.add("renamed_columns", "a column that is called like a label has another name", key);
        }
        self.taken.insert(name.clone());
        self.names.push(name);
        self.places.insert(column.to_owned(), self.names.len() - 1);
        Some(self.names.len() - 1)
    }
}

/// The cells of all rows by the names of their columns: those of one record as they are, those of several with the title
/// or the number of their row before them.
fn cells(table: &Table) -> impl Iterator<Item = (String, String)> {
    let side = |row: usize| match (table.rows.len(), table.titles.get(row)) {
        (1, _) => String::new(),
        (_, Some(title)) => format!("{title}_"),
        (2, None) => format!("{}_", if row == 0 { "left" } else { "right" }),
        (_, None) => format!("{}_", row + 1),
    };
    table.rows.iter().enumerate().flat_map(move |(at, row)| {
        let said = table.columns.iter().zip(row);
        said.map(move |(name, value)| (format!("{}{name}", side(at)), words(value).unwrap_or_default()))
    })
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let schema = job.head.schema;
    let fields: Vec<&str> = schema.fields.iter().map(|field| field.id.as_str()).collect();
    let has_regions = !schema.classes.is_empty();
    let mut labels: Vec<String> = OWN.iter().map(|name| (*name).to_owned()).collect();
    labels.extend(
        fields.iter().map(|name| if OWN.contains(name) { format!("label_{name}") } else { (*name).to_owned() }),
    );
    if has_regions {
        labels.extend(["regions".to_owned(), "relations".to_owned()]);
    }
    let taken = labels.iter().cloned().collect();
    let mut columns = Columns { names: Vec::new(), places: HashMap::new(), taken };
    // What columns there are is known only when all records have been seen.
    let mut rows = out.scratch()?;
    for item in job.items {
        let placed = placed(&item, &mut columns, job.losses);
        // A record that nobody has labeled is a row without labels.
        let nobody = [SourcedAnswer::new("", Answer::default())];
        for sourced in if item.answers.is_empty() { &nobody } else { item.answers.as_slice() } {
            let split = item.split.as_deref().unwrap_or_default();
            let mut row = vec![harmless(&item.key), harmless(&sourced.source), harmless(split)];
            row.extend(fields.iter().map(|field| match sourced.answer.fields.get(*field) {
                None => String::new(),
                Some(Value::Number(number)) => number.to_string(),
                Some(value) => harmless(&value.words().join("|")),
            }));
            if has_regions {
                row.push(serde_json::to_string(&sourced.answer.regions)?);
                row.push(serde_json::to_string(&sourced.answer.relations)?);
            }
            serde_json::to_writer(&mut rows, &(row, &placed))?;
            rows.write_all(b"\n")?;
        }
    }
    rows.rewind()?;
    out.begin("records.csv")?;
    let mut table = csv::Writer::from_writer(out);
    table.write_record(labels.iter().chain(&columns.names).map(|name| harmless(name)))?;
    for line in BufReader::new(rows).lines() {
        let (mut row, placed): (Vec<String>, Vec<(usize, String)>) = serde_json::from_str(&line?)?;
        let start = row.len();
        row.resize(start + columns.names.len(), String::new());
        for (place, value) in placed {
            if let Some(cell) = row.get_mut(start + place) {
                *cell = harmless(&value);
            }
        }
        table.write_record(&row)?;
    }
    table.flush()
}

fn placed(item: &ExportItem, columns: &mut Columns, losses: &Losses) -> Vec<(usize, String)> {
    let Some(table) = item.text.as_deref().and_then(Table::stored) else {
        losses.add("no_data", "the cells of a record are not known", &item.key);
        return Vec::new();
    };
    let cells = cells(&table).filter(|(_, value)| !value.is_empty());
    cells.filter_map(|(name, value)| Some((columns.place(&name, losses, &item.key)?, value))).collect()
}
