//! Labels of time series as a table: series, class, start, end, score, attributes. Times are written as the series
//! themselves write them (dates, or numbers of their column of times), so that the table can be joined to them; a moment
//! has no end. Attributes are a JSON object.

use crate::{
    carries::{Carries, ClassText, Names, Several},
    labels,
    media::{MediaIndex, SERIES_ENDINGS, has_ending},
    record::{Clock, Data, DirectoryView, ExportItem, Record, RecordError, Settings, Sink, Stop, give},
    registry::{Format, Job},
    sink::ArchiveSink,
    spans, text,
};
use labelwright_core::{Answer, Geometry, GeometryKind, Modality, Moment, Region, Value, geometry::Interval};
use serde_json::{Map, Value as Json};
use std::{collections::BTreeMap, io};

/// What a series may have: intervals with classes.
pub(crate) const CARRIES: Carries =
    Carries { modalities: &[Modality::TimeSeries], geometry: &[GeometryKind::Interval], ..Carries::NOTHING };

const HEADER: [&str; 6] = ["series", "class", "start", "end", "score", "attributes"];
const NANOSECONDS: i128 = 1_000_000_000;

pub const FORMAT: Format = Format {
    id: "series-labels",
    title: "Labels of time series (CSV)",
    carries: Carries {
        words: "intervals and moments of series, in the times of the series",
        attributes: Names::Any,
        scores: true,
        several: Several::Merged,
        class_text: ClassText::Any,
        ..CARRIES
    },
    sniff: |view| {
        let is_table = |name: &String| {
            text::start_of(view, name, 256).trim_start_matches('\u{feff}').starts_with(&HEADER.join(","))
        };
        if spans::files(view, &[".csv"]).iter().any(is_table) { 0.97 } else { 0.0 }
    },
    read: Some(read),
    write: Some(write),
    ..Format::NEW
};

/// One row, its times not yet on a clock.
struct Row {
    class: String,
    start: Moment,
    end: Option<Moment>,
    score: Option<f64>,
    attributes: BTreeMap<String, Value>,
}

fn read(view: &dyn DirectoryView, _: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let media = MediaIndex::new(view, |name| has_ending(name, &SERIES_ENDINGS));
    for name in spans::files(view, &[".csv"]) {
        if !text::start_of(view, &name, 256).trim_start_matches('\u{feff}').starts_with(&HEADER.join(",")) {
            continue;
        }
        let file = view
            .open(&name)
            .map_err(|error| Stop::Unreadable(RecordError::new(&name, "unreadable", error.to_string())))?;
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(file);
        // In the order in which they come first.
        let mut order: Vec<String> = Vec::new();
        let mut found: BTreeMap<String, (String, Vec<Row>)> = BTreeMap::new();
        let mut cells = csv::StringRecord::new();
        loop {
            let more = reader.read_record(&mut cells);
            let place = format!("{name}:{}", cells.position().map_or(0, csv::Position::line));
            match more {
                Ok(false) => break,
                Err(error) if error.is_io_error() => {
                    return Err(Stop::Unreadable(RecordError::new(place, "unreadable", error.to_string())));
                }
                Err(error) => {
                    give(sink, Err(RecordError::new(place, "bad_line", error.to_string())))?;
                    continue;
                }
                Ok(true) => {}
            }
            match row(&cells) {
                Err((column, code, message)) => {
                    give(sink, Err(RecordError::new(format!("{place}, column {column}"), code, message)))?;
                }
                Ok((series, row)) => {
                    let own = found.entry(series.clone()).or_insert_with(|| {
                        order.push(series);
                        (place, Vec::new())
                    });
                    own.1.push(row);
                }
            }
        }
        for series in order {
            if let Some((place, rows)) = found.remove(&series) {
                give(sink, record(&media, series, place, rows))?;
            }
        }
    }
    Ok(())
}

type Wrong = (&'static str, &'static str, String);

fn row(cells: &csv::StringRecord) -> Result<(String, Row), Wrong> {
    let cell = |at: usize| cells.get(at).unwrap_or_default();
    let time = |at: usize| {
        let text = cell(at);
        let wrong = || (HEADER[at], "bad_time", format!("{text:?} is no date with a time and no number"));
        Moment::parse(text).ok_or_else(wrong)
    };
    if cell(0).is_empty() {
        return Err(("series", "no_data", "a row says to which series it belongs".into()));
    }
    if cell(1).is_empty() {
        return Err(("class", "no_class", "a row has a class".into()));
    }
    let start = time(2)?;
    let end = if cell(3).is_empty() { None } else { Some(time(3)?) };
    if end.is_some_and(|end| end.is_date() != start.is_date() || end.nanoseconds() <= start.nanoseconds()) {
        return Err(("end", "bad_interval", format!("{:?} is not after {:?}", cell(3), cell(2))));
    }
    let score = match cell(4) {
        "" => None,
        text => match text.parse::<f64>().ok().filter(|score| score.is_finite()) {
            Some(score) => Some(score),
            None => return Err(("score", "bad_number", format!("{text:?} is no number"))),
        },
    };
    let attributes = match cell(5) {
        "" => Map::new(),
        text => serde_json::from_str::<Map<String, Json>>(text)
            .map_err(|error| ("attributes", "bad_json", format!("attributes are a JSON object: {error}")))?,
    };
    let attributes =
        attributes.iter().filter_map(|(name, value)| Some((name.clone(), labels::value(value)?))).collect();
    Ok((cell(0).to_owned(), Row { class: cell(1).to_owned(), start, end, score, attributes }))
}

fn record(media: &MediaIndex, series: String, place: String, rows: Vec<Row>) -> Result<Record, RecordError> {
    let is_date = rows.first().is_some_and(|row| row.start.is_date());
    if rows.iter().any(|row| row.start.is_date() != is_date) {
        let message = format!("some times of {series} are dates and some are numbers");
        return Err(RecordError::new(place, "bad_time", message));
    }
    // The coarsest clock of a thousand ticks or more that has a tick for every time.
    let times = || rows.iter().flat_map(|row| [Some(row.start), row.end]).flatten();
    let ticks_per_second = [1_000, 1_000_000]
        .into_iter()
        .find(|per_second| times().all(|time| time.nanoseconds() % (NANOSECONDS / i128::from(*per_second)) == 0))
        .unwrap_or(1_000_000_000_u32);
    let unit = NANOSECONDS / i128::from(ticks_per_second);
    let tick = |time: Moment| i64::try_from(time.nanoseconds().div_euclid(unit));
    let mut answer = Answer::default();
    for (at, row) in rows.into_iter().enumerate() {
        let far = |_| RecordError::new(&place, "bad_time", format!("a time of {series} is too far from 0"));
        let start = tick(row.start).map_err(far)?;
        let end = row.end.map_or(Ok(start + 1), tick).map_err(far)?;
        let geometry = Geometry::Interval(Interval { start, end });
        let region = labels::region(format!("i{}", at + 1), &row.class, geometry);
        answer.regions.push(Region { score: row.score, attributes: row.attributes, ..region });
    }
    let data = media.data(&series);
    let key = match &data {
        Data::File(name) => name.clone(),
        _ => series,
    };
    let mut record = Record::new(key, data, place).answered(answer);
    record.clock = Some(Clock { first: Moment::new(0, is_date), ..Clock::new(ticks_per_second) });
    Ok(record)
}

/// A date as text, a number as one: how Label Studio writes the times of a series.
pub(crate) fn json(moment: Moment) -> Json {
    match moment {
        Moment::Date { .. } => moment.to_string().into(),
        Moment::Number { .. } => serde_json::from_str(&moment.to_string()).unwrap_or(Json::Null),
    }
}

/// The time of a tick, as the series writes it.
pub(crate) fn moment(item: &ExportItem, tick: i64) -> Option<Moment> {
    let clock = item.clock.unwrap_or(Clock::new(1));
    let zero = clock.first.or_else(|| Moment::new(0, false))?;
    zero.after(i128::from(tick) * NANOSECONDS / i128::from(clock.ticks_per_second.max(1)))
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    out.begin("labels.csv")?;
    let mut table = csv::Writer::from_writer(out);
    table.write_record(HEADER)?;
    for item in job.items {
        let mut own: Vec<(i64, i64, &Region)> = item
            .regions()
            .filter_map(|region| match &region.geometry {
                Geometry::Interval(Interval { start, end }) => Some((*start, *end, region)),
                _ => None,
            })
            .collect();
        own.sort_by_key(|(start, end, _)| (*start, *end));
        for (start, end, region) in own {
            let time = |tick| moment(&item, tick).map(|time| time.to_string()).unwrap_or_default();
            let attributes: Map<String, Json> =
                region.attributes.iter().map(|(name, value)| (name.clone(), labels::json(value))).collect();
            table.write_record([
                item.key.as_str(),
                region.class.as_str(),
                &time(start),
                &if end - start == 1 { String::new() } else { time(end) },
                &region.score.map(|score| score.to_string()).unwrap_or_default(),
                &if attributes.is_empty() { String::new() } else { Json::Object(attributes).to_string() },
            ])?;
        }
    }
    table.flush()
}
