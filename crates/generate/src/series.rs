//! Time series as tables: a row is a tick. Columns of numbers are channels; a column that says when a row was, or that has
//! words, goes along with its rows.

use crate::{GenerateError, Random, timeline::Timeline};
use std::fmt::Write;

/// Rows and cells of one series.
pub const CELLS_MAXIMUM: usize = 50_000_000;

/// Names of columns that say when, in small letters.
const TIMES: [&str; 14] = [
    "",
    "tick",
    "t",
    "time",
    "timestamp",
    "date",
    "datetime",
    "ds",
    "second",
    "seconds",
    "ms",
    "index",
    "row",
    "sample",
];

#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Counts rows from this number on: a part of the series counts anew.
    Counter(i64),
    /// When a row was: it stays where the row is.
    Time(Vec<String>),
    /// A channel; None where there is no value.
    Numbers(Vec<Option<f64>>),
    Words(Vec<String>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    pub names: Vec<String>,
    pub columns: Vec<Column>,
    pub rows: usize,
}

impl Series {
    /// From cells, column by column; an empty cell is a missing value.
    ///
    /// # Errors
    /// When there is no channel or no row, or columns are not of one length.
    pub fn of(names: Vec<String>, cells: Vec<Vec<String>>) -> Result<Self, GenerateError> {
        let wrong = |message: &str| Err(GenerateError::Input(message.into()));
        let rows = cells.first().map_or(0, Vec::len);
        if rows == 0 {
            return wrong("the series has no rows");
        }
        if cells.len() != names.len() || cells.iter().any(|column| column.len() != rows) {
            return wrong("the columns of the series are not of one length");
        }
        let columns: Vec<Column> = names.iter().zip(cells).map(|(name, cells)| column(name, cells)).collect();
        if !columns.iter().any(|column| matches!(column, Column::Numbers(_))) {
            return wrong("the series has no column of numbers");
        }
        Ok(Self { names, columns, rows })
    }

    /// Adds normal noise to channels, as a share of each one's deviation.
    pub fn jitter(&mut self, share: f64, channels: &[String], random: &mut Random) {
        for (_, values) in self.channels(channels) {
            let deviation = deviation(values) * share;
            for value in values.iter_mut().flatten() {
                *value += deviation * random.normal();
            }
        }
    }

    /// Multiplies each channel by the next number; the numbers by their channels.
    pub fn scale(&mut self, channels: &[String], mut factor: impl FnMut() -> f64) -> Vec<(String, f64)> {
        let mut told = Vec::new();
        for (name, values) in self.channels(channels) {
            let factor = factor();
            values.iter_mut().flatten().for_each(|value| *value *= factor);
            told.push((name.clone(), factor));
        }
        told
    }

    /// Each new row takes what lies where its middle comes from: channels on the line between two rows, words from the
    /// nearer one. When rows were stays.
    pub fn warp(&mut self, line: &Timeline) {
        let rows = self.rows;
        let places: Vec<f64> =
            (0..rows).map(|row| (line.before(row as f64 + 0.5) - 0.5).clamp(0.0, rows as f64 - 1.0)).collect();
        for column in &mut self.columns {
            match column {
                Column::Counter(_) | Column::Time(_) => {}
                Column::Numbers(values) => *values = places.iter().map(|place| between(values, *place)).collect(),
                Column::Words(words) => {
                    let near = |place: &f64| words.get(place.round() as usize).cloned().unwrap_or_default();
                    *words = places.iter().map(near).collect();
                }
            }
        }
    }

    /// Keeps rows `start..start + rows`.
    pub fn window(&mut self, start: usize, rows: usize) {
        fn kept<T>(values: &mut Vec<T>, start: usize, rows: usize) {
            values.truncate(start + rows);
            values.drain(..start.min(values.len()));
        }
        for column in &mut self.columns {
            match column {
                Column::Counter(_) => {}
                Column::Time(words) | Column::Words(words) => kept(words, start, rows),
                Column::Numbers(values) => kept(values, start, rows),
            }
        }
        self.rows = rows.min(self.rows.saturating_sub(start));
    }

    /// As a file with commas (RFC 4180).
    pub fn csv(&self) -> String {
        let mut text = String::new();
        for (at, name) in self.names.iter().enumerate() {
            separated(&mut text, at, name);
        }
        text.push('\n');
        for row in 0..self.rows {
            let start = text.len();
            for (at, column) in self.columns.iter().enumerate() {
                match column {
                    Column::Counter(first) => number(&mut text, at, format_args!("{}", first + row as i64)),
                    Column::Time(words) | Column::Words(words) => {
                        separated(&mut text, at, words.get(row).map_or("", String::as_str));
                    }
                    Column::Numbers(values) => match values.get(row).copied().flatten() {
                        Some(value) => number(&mut text, at, format_args!("{value}")),
                        None => separated(&mut text, at, ""),
                    },
                }
            }
            // An empty line is no row.
            if text.len() == start {
                text.push_str("\"\"");
            }
            text.push('\n');
        }
        text
    }

    /// Names of channels that are asked for and not there.
    pub fn absent<'a>(&self, channels: &'a [String]) -> Option<&'a str> {
        let is_there = |wanted: &String| {
            let mut columns = self.names.iter().zip(&self.columns);
            columns.any(|(name, column)| name == wanted && matches!(column, Column::Numbers(_)))
        };
        channels.iter().find(|wanted| !is_there(wanted)).map(String::as_str)
    }

    fn channels(&mut self, wanted: &[String]) -> impl Iterator<Item = (&String, &mut Vec<Option<f64>>)> {
        self.names.iter().zip(&mut self.columns).filter_map(move |(name, column)| match column {
            Column::Numbers(values) if wanted.is_empty() || wanted.contains(name) => Some((name, values)),
            _ => None,
        })
    }
}

fn column(name: &str, cells: Vec<String>) -> Column {
    let is_time = TIMES.contains(&name.trim().to_lowercase().as_str());
    if is_time {
        let first =
            cells.first().and_then(|cell| cell.trim().parse::<i64>().ok()).filter(|first| (0..=1).contains(first));
        let counts = |first: i64| {
            cells.iter().enumerate().all(|(row, cell)| cell.trim().parse::<i64>().ok() == Some(first + row as i64))
        };
        return match first.filter(|first| counts(*first)) {
            Some(first) => Column::Counter(first),
            None => Column::Time(cells),
        };
    }
    let value = |cell: &String| match cell.trim() {
        "" => Some(None),
        text => text.parse::<f64>().ok().map(|value| Some(value).filter(|value| value.is_finite())),
    };
    match cells.iter().map(value).collect::<Option<Vec<Option<f64>>>>() {
        Some(values) if values.iter().any(Option::is_some) => Column::Numbers(values),
        _ => Column::Words(cells),
    }
}

fn deviation(values: &[Option<f64>]) -> f64 {
    let count = values.iter().flatten().count().max(1) as f64;
    let mean = values.iter().flatten().sum::<f64>() / count;
    (values.iter().flatten().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt()
}

/// The value at a place between rows; that of the nearer row where the other one has none.
fn between(values: &[Option<f64>], place: f64) -> Option<f64> {
    let (low, part) = (place.floor() as usize, place.fract());
    let (one, other) = (values.get(low).copied().flatten(), values.get(low + 1).copied().flatten());
    match (one, other) {
        _ if part == 0.0 => one,
        (Some(one), Some(other)) => Some(one + (other - one) * part),
        _ if part < 0.5 => one,
        _ => other,
    }
}

fn number(text: &mut String, at: usize, value: std::fmt::Arguments<'_>) {
    if at > 0 {
        text.push(',');
    }
    // Writing into a string does not fail.
    let _ = text.write_fmt(value);
}

fn separated(text: &mut String, at: usize, field: &str) {
    if at > 0 {
        text.push(',');
    }
    if field.contains([',', '"', '\n', '\r']) {
        text.push('"');
        text.push_str(&field.replace('"', "\"\""));
        text.push('"');
    } else {
        text.push_str(field);
    }
}
