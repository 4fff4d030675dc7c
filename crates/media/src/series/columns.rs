//! The columns of a series while its rows come in: which of them are times and channels, and their numbers.

use super::clock;
use crate::{
    Refused,
    limits::{SERIES_CHANNELS_MAXIMUM, SERIES_ROWS_MAXIMUM, SERIES_VALUES_MAXIMUM},
};
use labelwright_core::{Moment, moment};

/// One value of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    Missing,
    Text(&'a str),
    Number(f64),
    /// Nanoseconds since 1970.
    Moment(i128),
}

/// Words for a value that is not there.
const MISSING: [&str; 8] = ["", "na", "n/a", "nan", "null", "none", "-", "?"];
/// What a column of times is called, before a unit in brackets or behind an underscore.
const TIMES: [&str; 9] = ["time", "timestamp", "date", "datetime", "t", "ts", "seconds", "sec", "tick"];

struct Channel {
    column: usize,
    name: String,
    /// Its first number: the others are kept as differences to it, so that small changes of large numbers stay exact.
    base: Option<f64>,
    missing: u64,
    values: Vec<f32>,
}

/// What is read of a series.
pub struct Columns {
    names: Vec<String>,
    time: Option<usize>,
    kind: TimeKind,
    channels: Vec<Channel>,
    /// Columns that hold words.
    left_out: Vec<String>,
    /// Nanoseconds after the first time.
    offsets: Vec<i64>,
    first: i128,
}

/// How the times of a series are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum TimeKind {
    Date,
    Number,
    /// There is no column of times: rows are counted from 0.
    Row,
}

/// A series on its clock.
pub struct Timed {
    /// The first time.
    pub first: Moment,
    pub ticks_per_second: u32,
    /// The tick of each row, from 0 on, never going back.
    pub ticks: Vec<i64>,
    pub channels: Vec<TimedChannel>,
    pub left_out: Vec<String>,
}

/// A channel: its numbers are `base` plus each of `values`; what is missing is no number.
pub struct TimedChannel {
    pub name: String,
    pub base: f64,
    pub missing: u64,
    pub values: Vec<f32>,
}

fn is_time(name: &str) -> bool {
    let name = name.trim().to_lowercase();
    let word = name.split(['(', '[', '_', ' ']).next().unwrap_or_default();
    TIMES.contains(&word)
}

fn is_missing(text: &str) -> bool {
    let text = text.trim();
    text.len() <= 4 && MISSING.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// The number of a cell: Some(None) where there is none, None for what is no number.
fn value(cell: Cell<'_>) -> Option<Option<f64>> {
    match cell {
        Cell::Missing => Some(None),
        Cell::Number(number) => Some(number.is_finite().then_some(number)),
        Cell::Moment(_) => None,
        Cell::Text(text) if is_missing(text) => Some(None),
        Cell::Text(text) => text.trim().parse::<f64>().ok().map(|number| number.is_finite().then_some(number)),
    }
}

impl Columns {
    /// `first` is the first row: it shows what the columns hold.
    ///
    /// # Errors
    /// When no column holds numbers beside the times, or too many do.
    pub fn new(names: Vec<String>, first: &[Cell<'_>]) -> Result<Self, Refused> {
        let is_date = |at: &usize| match first.get(*at) {
            Some(Cell::Moment(_)) => true,
            Some(Cell::Text(text)) => moment::date(text).is_some(),
            _ => false,
        };
        let named = names.iter().position(|name| is_time(name));
        let time = named.or_else(|| (0..names.len()).find(is_date));
        let kind = match time {
            Some(at) if is_date(&at) => TimeKind::Date,
            Some(_) => TimeKind::Number,
            None => TimeKind::Row,
        };
        let (mut channels, mut left_out) = (Vec::new(), Vec::new());
        for (column, name) in names.iter().enumerate().filter(|(column, _)| Some(*column) != time) {
            if value(first.get(column).copied().unwrap_or(Cell::Missing)).is_none() {
                left_out.push(name.clone());
                continue;
            }
            channels.push(Channel { column, name: name.clone(), base: None, missing: 0, values: Vec::new() });
        }
        if channels.is_empty() {
            let columns = names.join(", ");
            let message = format!("no column holds numbers beside the times; the columns are {columns}");
            return Err(Refused::data("no_channels", message));
        }
        if channels.len() > SERIES_CHANNELS_MAXIMUM {
            let message = format!("{} channels; a series has up to {SERIES_CHANNELS_MAXIMUM}", channels.len());
            return Err(Refused::data("bad_channels", message));
        }
        Ok(Self { names, time, kind, channels, left_out, offsets: Vec::new(), first: 0 })
    }

    pub fn rows(&self) -> usize {
        self.offsets.len()
    }

    /// Takes a row; `place` names it in errors.
    ///
    /// # Errors
    /// What is no time or no number, times that go back, and too much of all.
    pub fn row(&mut self, cells: &[Cell<'_>], place: impl Fn() -> String) -> Result<(), Refused> {
        if self.rows() >= SERIES_ROWS_MAXIMUM || (self.rows() + 1) * self.channels.len() > SERIES_VALUES_MAXIMUM {
            let message = format!(
                "more than {SERIES_ROWS_MAXIMUM} rows or {SERIES_VALUES_MAXIMUM} numbers; cut the series into parts"
            );
            return Err(Refused::data("too_long", message));
        }
        let cell = |column: usize| cells.get(column).copied().unwrap_or(Cell::Missing);
        let time = match self.time {
            None => self.rows() as i128 * 1_000_000_000,
            Some(column) => self.time_of(cell(column), column, &place)?,
        };
        if self.rows() == 0 {
            self.first = time;
        }
        let Ok(offset) = i64::try_from(time - self.first) else {
            return Err(Refused::data("too_long", format!("{}: more than 292 years after the first row", place())));
        };
        if offset < self.offsets.last().copied().unwrap_or(0) {
            let message = format!("{}: the time is before that of the row above; sort the rows by time", place());
            return Err(Refused::data("unordered", message));
        }
        for channel in &mut self.channels {
            let Some(found) = value(cell(channel.column)) else {
                let message =
                    format!("{}, column {}: {} is no number", place(), channel.name, shown(cell(channel.column)));
                return Err(Refused::data("bad_value", message));
            };
            match found {
                None => {
                    channel.missing += 1;
                    channel.values.push(f32::NAN);
                }
                Some(number) => {
                    let base = *channel.base.get_or_insert(number);
                    channel.values.push(((number - base) as f32).clamp(f32::MIN, f32::MAX));
                }
            }
        }
        self.offsets.push(offset);
        Ok(())
    }

    fn time_of(&self, cell: Cell<'_>, column: usize, place: &impl Fn() -> String) -> Result<i128, Refused> {
        let found = match (self.kind, cell) {
            (TimeKind::Date, Cell::Moment(moment)) => Some(moment),
            (TimeKind::Date, Cell::Text(text)) => moment::date(text),
            (TimeKind::Number, Cell::Text(text)) => moment::number(text),
            (TimeKind::Number, Cell::Number(number)) => moment::float(number),
            _ => None,
        };
        found.ok_or_else(|| {
            let name = self.names.get(column).map_or("", String::as_str);
            let wanted = if self.kind == TimeKind::Date { "a date with a time" } else { "a number" };
            let message = format!("{}, column {name}: {} is no time; those above are {wanted}", place(), shown(cell));
            Refused::data("bad_time", message)
        })
    }

    /// The whole on its clock.
    ///
    /// # Errors
    /// When no channel has a number.
    pub fn timed(self) -> Result<Timed, Refused> {
        if self.channels.iter().all(|channel| channel.base.is_none()) {
            return Err(Refused::data("no_channels", "no row has a number"));
        }
        let Some(first) = Moment::new(self.first, self.kind == TimeKind::Date) else {
            return Err(Refused::data("bad_time", "the first time is further away than can be counted"));
        };
        let (ticks_per_second, ticks) = clock::ticks(self.offsets);
        let channels = self.channels.into_iter().map(|channel| TimedChannel {
            name: channel.name,
            base: channel.base.unwrap_or(0.0),
            missing: channel.missing,
            values: channel.values,
        });
        Ok(Timed { first, ticks_per_second, ticks, channels: channels.collect(), left_out: self.left_out })
    }
}

/// A cell in a message: short, and as it stands there.
fn shown(cell: Cell<'_>) -> String {
    match cell {
        Cell::Missing => "nothing".into(),
        Cell::Text(text) => format!("{:?}", text.chars().take(40).collect::<String>()),
        Cell::Number(number) => number.to_string(),
        Cell::Moment(_) => "a date".into(),
    }
}
