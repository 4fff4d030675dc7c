//! `cargo xtask bench`: measures what labelwright promises to be fast at, on real processes and databases, prints each
//! figure with its ratio to the limit, and writes `docs/benchmarks.md`. Run in release mode.
//!
//! A ratio of at most 1.0 keeps the promise. Limits are not gates here: a busy machine must not fail a build.

mod data;
mod labeling;
mod machine;
mod program;
mod scale;
mod sound;
mod start;

use std::{path::Path, process::ExitCode};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// One measured figure.
pub struct Line {
    pub what: String,
    pub found: f64,
    pub unit: &'static str,
    pub limit: f64,
    /// Larger is better: the ratio is turned round.
    pub at_least: bool,
}

impl Line {
    pub fn at_most(what: impl Into<String>, found: f64, unit: &'static str, limit: f64) -> Self {
        Self { what: what.into(), found, unit, limit, at_least: false }
    }

    pub fn at_least(what: impl Into<String>, found: f64, unit: &'static str, limit: f64) -> Self {
        Self { what: what.into(), found, unit, limit, at_least: true }
    }

    fn ratio(&self) -> f64 {
        if self.at_least { self.limit / self.found } else { self.found / self.limit }
    }

    fn row(&self) -> String {
        let sign = if self.at_least { "≥" } else { "≤" };
        let (found, unit) = (self.found, self.unit);
        format!("| {} | {found:.3} {unit} | {sign} {} {unit} | {:.2} |", self.what, self.limit, self.ratio())
    }
}

/// Tasks in the large project of the scale experiment.
const SCALE: i64 = 10_000_000;
const PARTS: [&str; 5] = ["start", "labeling", "data", "sound", "scale"];

pub fn run(arguments: &[String]) -> ExitCode {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (parts, scale) = match words.as_slice() {
        [] => (PARTS.as_slice(), Some(SCALE)),
        ["--scale", number] => (PARTS.as_slice(), number.parse().ok()),
        ["--only", part] if PARTS.contains(part) => (&words[1..], Some(SCALE)),
        _ => (PARTS.as_slice(), None),
    };
    let Some(scale) = scale else {
        eprintln!("usage: cargo xtask bench [--scale TASKS | --only {}]", PARTS.join("|"));
        return ExitCode::from(2);
    };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("bench: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(measure(parts, scale)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn measure(parts: &[&str], scale: i64) -> Result<(), Failure> {
    if cfg!(debug_assertions) {
        return Err("these figures mean something in release mode only: make bench".into());
    }
    let mut lines = Vec::new();
    let mut tell = |found: Vec<Line>| {
        for line in found {
            println!("{}", line.row());
            lines.push(line);
        }
    };
    for part in parts {
        tell(match *part {
            "start" => start::measure()?,
            "labeling" => labeling::measure().await?,
            "data" => data::measure().await?,
            "sound" => sound::measure()?,
            _ => scale::measure(scale).await?,
        });
    }
    // The page is written only from figures of one run.
    if parts.len() == PARTS.len() { write(&lines) } else { Ok(()) }
}

fn write(lines: &[Line]) -> Result<(), Failure> {
    let rows: Vec<String> = lines.iter().map(Line::row).collect();
    let text = format!(
        "# Benchmarks\n\nMade by `make bench` in release mode; a ratio of at most 1.0 keeps the promise. CPU seconds are \
         user and system time of the measured process alone; of imports and exports the least of \
         three runs is told.\n\nMachine: {}.\n\n| what | found | limit | ratio |\n\
         | --- | --- | --- | --- |\n{}\n\nThe size of the web app's first page is checked by `npm run budget`; the \
         cost of drawing is not measured here.\n",
        machine::describe(),
        rows.join("\n")
    );
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    std::fs::create_dir_all(&folder)?;
    Ok(std::fs::write(folder.join("benchmarks.md"), text)?)
}
