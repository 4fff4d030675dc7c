//! `labelwright drift`: what changed between two windows of a table.

use crate::{
    batch::{Interner, Output, Table, table::Cell},
    environment::Failure,
};
use clap::Args;
use labelwright_quality::drift::{
    alerts::{DEFAULT_RULES, alerts},
    windows::{ColumnDrift, Kind, Sample, adjust, column},
};
use serde_json::json;
use std::path::PathBuf;

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Every other column is compared: columns of numbers by PSI over quantile bins of the reference, \
    Kolmogorov-Smirnov and Wasserstein, all others (and those of --categories) by PSI, chi-square and Jensen-Shannon. \
    p-values are adjusted for the number of columns (Holm, Benjamini-Hochberg).\nPrints JSON.\n\nExample:\n  \
    labelwright drift --input answers.csv --window month --reference 2026-01 --current 2026-02 --categories label"
)]
pub struct Options {
    /// CSV or Parquet.
    #[arg(long)]
    input: PathBuf,
    /// The column that says which window a row is in.
    #[arg(long)]
    window: String,
    /// The value of that column in the reference window.
    #[arg(long)]
    reference: String,
    /// The value in the current window.
    #[arg(long)]
    current: String,
    /// Columns to take as categories though they hold numbers.
    #[arg(long, value_delimiter = ',')]
    categories: Vec<String>,
    /// Bins of numbers.
    #[arg(long, default_value_t = 10)]
    bins: usize,
    /// Where to write the JSON; standard output unless told.
    #[arg(long, default_value = "-")]
    output: PathBuf,
}

/// More categories than this are ids or free text.
const MOST_CATEGORIES: usize = 10_000;

/// One column while it is read: numbers until a value is none, categories until there are too many.
struct Column {
    name: String,
    numbers: Option<[Vec<f64>; 2]>,
    names: Interner,
    counts: [Vec<f64>; 2],
    missing: [usize; 2],
    not_finite: [usize; 2],
    values: [usize; 2],
}

pub fn run(options: &Options) -> Result<(), Failure> {
    let table = Table::open(&options.input)?;
    table.column(&options.window)?;
    for name in &options.categories {
        table.column(name)?;
    }
    if options.bins < 2 {
        return Err("--bins must be at least 2".into());
    }
    let (columns, rows, others) = read(options, table)?;
    for (window, count) in [(&options.reference, rows[0]), (&options.current, rows[1])] {
        if count == 0 {
            return Err(
                format!("{}: no row has {window:?} in column {:?}", options.input.display(), options.window).into()
            );
        }
    }
    let mut found: Vec<ColumnDrift> = columns.into_iter().map(|own| measure(own, options.bins)).collect();
    adjust(&mut found);
    let report = json!({
        "window": options.window,
        "reference": {"name": options.reference, "rows": rows[0]},
        "current": {"name": options.current, "rows": rows[1]},
        "rows_in_other_windows": others,
        "columns": found,
        "alerts": alerts(&found, &DEFAULT_RULES),
        "rules": DEFAULT_RULES,
    });
    let mut file = Output::create(&options.output)?;
    file.bytes(serde_json::to_string_pretty(&report)?.as_bytes())?;
    file.bytes(b"\n")?;
    file.commit()
}

fn read(options: &Options, table: Table) -> Result<(Vec<Column>, [usize; 2], usize), Failure> {
    let names: Vec<String> = table.columns().iter().filter(|name| **name != options.window).cloned().collect();
    let mut wanted = vec![options.window.as_str()];
    wanted.extend(names.iter().map(String::as_str));
    let new = |name: &String| Column {
        name: name.clone(),
        numbers: (!options.categories.contains(name)).then(Default::default),
        names: Interner::new(),
        counts: Default::default(),
        missing: [0; 2],
        not_finite: [0; 2],
        values: [0; 2],
    };
    let mut columns: Vec<Column> = names.iter().map(new).collect();
    let (mut rows, mut others, mut room) = ([0; 2], 0, Vec::new());
    table.read(&wanted, |row| {
        let window = match row.text(0, &mut room) {
            Some(name) if name == options.reference.as_bytes() => 0,
            Some(name) if name == options.current.as_bytes() => 1,
            _ => {
                others += 1;
                return Ok(());
            }
        };
        if let Some(count) = rows.get_mut(window) {
            *count += 1;
        }
        for (index, own) in columns.iter_mut().enumerate() {
            own.take(window, row.cell(index + 1), row.text(index + 1, &mut room));
        }
        Ok(())
    })?;
    Ok((columns, rows, others))
}

impl Column {
    fn take(&mut self, window: usize, cell: Cell<'_>, text: Option<&[u8]>) {
        let add = |counts: &mut [usize; 2]| {
            if let Some(count) = counts.get_mut(window) {
                *count += 1;
            }
        };
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            add(&mut self.missing);
            return;
        };
        add(&mut self.values);
        if let Some(numbers) = &mut self.numbers {
            let value = match cell {
                Cell::Integer(value) => Some(value as f64),
                Cell::Number(value) => Some(value),
                Cell::Boolean(_) | Cell::Missing => None,
                Cell::Text(text) => std::str::from_utf8(text).ok().and_then(|text| text.trim().parse().ok()),
            };
            match (value, numbers.get_mut(window)) {
                (Some(value), Some(own)) if f64::is_finite(value) => own.push(value),
                (Some(_), _) => add(&mut self.not_finite),
                (None, _) => self.numbers = None,
            }
        }
        if self.names.len() > MOST_CATEGORIES {
            return;
        }
        if let Some(id) = self.names.intern(text) {
            for counts in &mut self.counts {
                counts.resize(self.names.len(), 0.0);
            }
            if let Some(count) = self.counts.get_mut(window).and_then(|counts| counts.get_mut(id as usize)) {
                *count += 1.0;
            }
        }
    }
}

fn measure(mut own: Column, bins: usize) -> ColumnDrift {
    if let Some([reference, current]) = own.numbers.filter(|numbers| numbers.iter().any(|own| !own.is_empty())) {
        let sample = |numbers: Vec<f64>, window: usize| Sample {
            numbers,
            missing: own.missing.get(window).copied().unwrap_or(0) + own.not_finite.get(window).copied().unwrap_or(0),
            ..Sample::default()
        };
        return column(&own.name, Kind::Numbers, sample(reference, 0), sample(current, 1), bins);
    }
    // Categories in natural order: no sum depends on who came first.
    let too_many = own.names.len() > MOST_CATEGORIES;
    let new_of = own.names.sort();
    let [reference, current] = own.counts.map(|counts| {
        let mut sorted = vec![0.0; counts.len()];
        for (count, new) in counts.iter().zip(&new_of) {
            if let Some(place) = sorted.get_mut(*new as usize) {
                *place = *count;
            }
        }
        sorted
    });
    let [missing_reference, missing_current] = own.missing;
    let sample = |counts: Vec<f64>, missing: usize| Sample { counts, missing, ..Sample::default() };
    if too_many {
        let mut none = column(&own.name, Kind::Categories, Sample::default(), Sample::default(), bins);
        [none.reference_values, none.current_values] = own.values;
        (none.reference_missing, none.current_missing) = (missing_reference, missing_current);
        none.undefined_because = Some(format!("more than {MOST_CATEGORIES} different texts: ids or free text"));
        return none;
    }
    column(&own.name, Kind::Categories, sample(reference, missing_reference), sample(current, missing_current), bins)
}
