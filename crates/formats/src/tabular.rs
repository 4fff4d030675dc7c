//! Comma- and tab-separated tables (RFC 4180). Reading maps columns to key, content, labels and metadata; writing puts
//! one answer in a row, with values that a spreadsheet would run as formulas made harmless.

mod beside;

use crate::{
    carries::{Carries, ClassList},
    companion::Companion,
    record::{DirectoryView, Mapping, Record, RecordError, Settings, Sink, Stop, give},
    registry::{Format, Job},
    row_limit::{RowBytes, RowLimit},
    sink::ArchiveSink,
};
pub(crate) use beside::Beside;
use labelwright_core::{Answer, Value};
use std::{
    collections::BTreeMap,
    io::{self, BufRead},
};

pub(crate) const TABLE: Carries = Carries {
    words: "texts, addresses, field values; regions and relations as JSON",
    metadata: false,
    splits: false,
    empty_items: false,
    sizes: false,
    skeletons: false,
    hierarchy: false,
    classes: ClassList::Used,
    layers: false,
    panes: false,
    ..Carries::EVERYTHING
};

pub const CSV: Format = Format {
    id: "csv",
    title: "CSV table",
    carries: TABLE,
    sniff: |view| only(view, ".csv"),
    read: Some(|view, settings, sink| read(view, settings, sink, b',')),
    write: Some(|job, out| write(job, out, b',')),
    extension: "csv",
    ..Format::NEW
};

pub const TSV: Format = Format {
    id: "tsv",
    title: "TSV table",
    carries: TABLE,
    sniff: |view| only(view, ".tsv"),
    read: Some(|view, settings, sink| read(view, settings, sink, b'\t')),
    write: Some(|job, out| write(job, out, b'\t')),
    extension: "tsv",
    ..Format::NEW
};

fn only(view: &dyn DirectoryView, ending: &str) -> f64 {
    let files = view.list();
    f64::from(u8::from(!files.is_empty() && files.iter().all(|(name, _)| name.to_lowercase().ends_with(ending)))) * 0.95
}

/// Column names that usually hold the content, best first.
const CONTENT_NAMES: [&str; 9] =
    ["text", "content", "document", "sentence", "review", "body", "image", "url", "image_url"];
const KEY_NAMES: [&str; 4] = ["key", "id", "uid", "name"];

/// The columns of a table, found by the mapping or by their usual names.
pub(crate) struct Columns {
    names: Vec<String>,
    key: Option<usize>,
    content: usize,
    labels: Vec<(String, usize)>,
    panes: Vec<(String, usize)>,
    metadata: Vec<usize>,
}

impl Columns {
    pub fn resolve(names: Vec<String>, mapping: &Mapping, place: &str) -> Result<Self, RecordError> {
        let find = |name: &String| {
            names.iter().position(|known| known == name).ok_or_else(|| {
                let known = names.join(", ");
                RecordError::new(place, "no_such_column", format!("there is no column {name:?}; there are {known}"))
            })
        };
        let found = |columns: &BTreeMap<String, String>| {
            let found = columns.iter().map(|(id, column)| find(column).map(|at| (id.clone(), at)));
            found.collect::<Result<Vec<_>, _>>()
        };
        let panes = found(&mapping.panes)?;
        let in_pane = |at: usize| panes.iter().any(|(_, used)| *used == at);
        let usual = |wanted: &[&str]| {
            let is = |at: usize, known: &String, name: &str| known.to_lowercase() == name && !in_pane(at);
            wanted.iter().find_map(|name| names.iter().enumerate().position(|(at, known)| is(at, known, name)))
        };
        let content = match &mapping.content {
            Some(name) => find(name)?,
            None if names.len() == 1 => 0,
            None => usual(&CONTENT_NAMES).ok_or_else(|| {
                let known = names.join(", ");
                RecordError::new(place, "which_column", format!("say which column holds the content: {known}"))
            })?,
        };
        let key = match &mapping.key {
            Some(name) => Some(find(name)?),
            None => usual(&KEY_NAMES).filter(|at| *at != content),
        };
        let labels = found(&mapping.labels)?;
        let metadata = match &mapping.metadata {
            Some(wanted) => wanted.iter().map(find).collect::<Result<Vec<_>, _>>()?,
            None => {
                let in_label = |at: usize| labels.iter().any(|(_, used)| *used == at);
                let used = |at: &usize| *at == content || Some(*at) == key || in_label(*at) || in_pane(*at);
                (0..names.len()).filter(|at| !used(at)).collect()
            }
        };
        Ok(Self { names, key, content, labels, panes, metadata })
    }

    /// The record of a row of `table`.
    pub fn record(
        &self,
        row: &[String],
        number: usize,
        place: String,
        table: &str,
        beside: &Beside<'_>,
    ) -> Result<Record, RecordError> {
        let cell = |at: usize| row.get(at).map_or("", String::as_str);
        let content = cell(self.content);
        if content.is_empty() {
            let name = &self.names[self.content];
            return Err(RecordError::new(format!("{place}, column {name}"), "empty_content", "there is no content"));
        }
        let key = match self.key {
            Some(at) if cell(at).is_empty() => {
                return Err(RecordError::new(
                    format!("{place}, column {}", self.names[at]),
                    "empty_key",
                    "there is no key",
                ));
            }
            Some(at) => cell(at).to_owned(),
            None => format!("row-{number:07}"),
        };
        let data = beside.data(table, content)?;
        let companions = self.panes.iter().filter(|(_, at)| !cell(*at).is_empty());
        let companions = companions
            .map(|(pane, at)| Ok(Companion::new(pane.clone(), beside.data(table, cell(*at))?)))
            .collect::<Result<_, RecordError>>()?;
        let metadata = self.metadata.iter().map(|at| (self.names[*at].clone(), cell(*at).to_owned().into())).collect();
        let mut answer = Answer::default();
        for (field, at) in self.labels.iter().filter(|(_, at)| !cell(*at).is_empty()) {
            answer.fields.insert(field.clone(), Value::Text(cell(*at).to_owned()));
        }
        Ok(Record { metadata, companions, ..Record::new(key, data, place) }.answered(answer))
    }
}

/// Rows of a table, as cells, the header among them with the number 0: their number, their place and what they are. A row
/// that is not UTF-8 is given as an error, and reading goes on.
pub(crate) fn each_row(
    view: &dyn DirectoryView,
    name: &str,
    delimiter: u8,
    mut with: impl FnMut(usize, String, Result<Vec<String>, RecordError>) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let unreadable = |error: io::Error| Stop::Unreadable(RecordError::new(name, "unreadable", error.to_string()));
    let mut file = io::BufReader::with_capacity(1 << 16, view.open(name).map_err(unreadable)?);
    // The csv crate ends a record at CR and counts the LF with the next one.
    let start = file.fill_buf().map_err(unreadable)?;
    let late = start.iter().position(|b| *b == b'\n').is_some_and(|at| at > 0 && start[at - 1] == b'\r');
    let left = RowBytes::default();
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .has_headers(false)
        .from_reader(RowLimit::new(file, &left));
    let mut row = csv::ByteRecord::new();
    let mut number = 0;
    loop {
        let line = reader.position().line() + u64::from(late && number > 0);
        let place = format!("{name}:{line}");
        left.begin();
        match reader.read_byte_record(&mut row) {
            Ok(false) => return Ok(()),
            Ok(true) => {}
            Err(error) => return Err(Stop::Unreadable(RecordError::new(place, "unreadable", error.to_string()))),
        }
        let cells: Result<Vec<String>, _> = row.iter().map(|cell| String::from_utf8(cell.to_vec())).collect();
        let Ok(mut cells) = cells else {
            let error = RecordError::new(&place, "not_utf8", "the row is not UTF-8");
            with(number, place, Err(error))?;
            continue;
        };
        if number == 0
            && let Some(first) = cells.first_mut()
            && let Some(rest) = first.strip_prefix('\u{feff}')
        {
            *first = rest.to_owned();
        }
        with(number, place, Ok(cells))?;
        number += 1;
    }
}

/// The cells of a row, as many as the header has.
pub(crate) fn as_many(cells: Vec<String>, header: usize, place: &str) -> Result<Vec<String>, RecordError> {
    if cells.len() == header {
        return Ok(cells);
    }
    let message = format!("{} cells, the header has {header}", cells.len());
    Err(RecordError::new(place, "wrong_cell_count", message))
}

fn read(view: &dyn DirectoryView, settings: &Settings, sink: &mut Sink<'_>, delimiter: u8) -> Result<(), Stop> {
    let (tables, beside) = Beside::of(view);
    for (name, _) in tables {
        let mut columns: Option<Columns> = None;
        each_row(view, &name, delimiter, |number, place, cells| {
            let cells = match cells {
                Ok(cells) => cells,
                Err(error) => return give(sink, Err(error)),
            };
            let Some(columns) = &columns else {
                columns = Some(Columns::resolve(cells, &settings.mapping, &place).map_err(Stop::Unreadable)?);
                return Ok(());
            };
            let cells = as_many(cells, columns.names.len(), &place);
            give(sink, cells.and_then(|cells| columns.record(&cells, number, place, &name, &beside)))
        })?;
    }
    beside.finish(sink)
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink, delimiter: u8) -> io::Result<()> {
    let head = job.head;
    out.begin(if delimiter == b',' { "labels.csv" } else { "labels.tsv" })?;
    let mut table = csv::WriterBuilder::new().delimiter(delimiter).from_writer(out);
    let mut header = vec!["key".to_owned(), "labeler".to_owned(), "text".to_owned()];
    header.extend(head.schema.fields.iter().map(|field| field.id.clone()));
    if !head.schema.classes.is_empty() {
        header.push("regions".to_owned());
        header.push("relations".to_owned());
    }
    table.write_record(&header)?;
    for item in job.items {
        for answer in &item.answers {
            let mut row =
                vec![harmless(&item.key), harmless(&answer.source), harmless(item.text.as_deref().unwrap_or_default())];
            for field in &head.schema.fields {
                let value = answer.answer.fields.get(&field.id);
                row.push(match value {
                    None => String::new(),
                    Some(Value::Number(number)) => number.to_string(),
                    Some(value) => harmless(&value.words().join("|")),
                });
            }
            if !head.schema.classes.is_empty() {
                row.push(serde_json::to_string(&answer.answer.regions)?);
                row.push(serde_json::to_string(&answer.answer.relations)?);
            }
            table.write_record(&row)?;
        }
    }
    table.flush()?;
    Ok(())
}

/// A cell that begins like a formula gets an apostrophe before it (OWASP, "CSV Injection").
pub fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}
