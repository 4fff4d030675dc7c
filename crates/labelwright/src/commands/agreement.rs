//! `labelwright agreement`: how much labelers agree on single values, with an interval, as JSON.

use crate::{
    batch::{Interner, Table, table::Row},
    environment::Failure,
};
use clap::{Args, ValueEnum};
use labelwright_quality::{
    agreement::{
        self, AgreementError, Coefficient, Distance, METRICS, Metric, Rating, Ratings, Weights, per_category, per_pair,
        per_unit,
    },
    statistics::bootstrap::Plan,
};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "The input has the columns task, worker and one for the value; a missing rating has no row or an \
    empty value.\nThe order of rows changes nothing.\n\nExamples:\n  \
    labelwright agreement --metric krippendorff-alpha --level ordinal --input ratings.csv\n  \
    labelwright agreement --metric gwet-ac2 --weights linear --categories bad,fair,good --input ratings.parquet\n  \
    labelwright agreement --metric cohen-kappa --per pair --input ratings.csv\n  \
    labelwright agreement --list"
)]
pub struct Options {
    /// Print the metrics with their papers and stop.
    #[arg(long)]
    list: bool,
    /// A name from --list.
    #[arg(long, required_unless_present = "list")]
    metric: Option<String>,
    /// CSV or Parquet with the columns task, worker and the value's.
    #[arg(long, required_unless_present = "list")]
    input: Option<PathBuf>,
    /// Column of the value: label unless told, or the only column beside task and worker.
    #[arg(long)]
    value: Option<String>,
    /// What values are, for krippendorff-alpha: nominal, ordinal, interval, ratio, circular (with --period), masi and
    /// jaccard for sets.
    #[arg(long, default_value = "nominal")]
    level: String,
    /// Circumference of circular values, for example 360 or 24.
    #[arg(long)]
    period: Option<f64>,
    /// What stands between the words of a set (masi, jaccard).
    #[arg(long, default_value = "|")]
    separator: String,
    /// How much unequal categories agree: identity, linear, quadratic, ordinal, radical; or a JSON file with a table of
    /// categories x categories.
    #[arg(long, default_value = "identity")]
    weights: String,
    /// All categories from lowest to highest, with commas between them, also those that nobody used.
    #[arg(long, value_delimiter = ',')]
    categories: Option<Vec<String>>,
    /// Give the coefficient for each two workers, each class, or the agreement of each task, too.
    #[arg(long)]
    per: Option<Per>,
    /// Seed of the bootstrap.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Bootstrap replicates; 0 for no interval. From 20,000 units on the jackknife stands in for them.
    #[arg(long, default_value_t = 1000)]
    replicates: usize,
    /// Confidence of the interval.
    #[arg(long, default_value_t = 0.95)]
    confidence: f64,
    /// Print JSON in one line.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Per {
    Pair,
    Class,
    Task,
}

/// More pairs of workers than this are no table to read.
const PAIRS_MAXIMUM: usize = 20_000;

pub async fn run(options: Options) -> Result<(), Failure> {
    if options.list {
        list(options.json);
        return Ok(());
    }
    let (Some(name), Some(input)) = (&options.metric, &options.input) else {
        return Err("--metric and --input are needed".into());
    };
    let metric = agreement::metric(name).ok_or_else(|| {
        let names = METRICS.iter().map(|metric| metric.id).collect::<Vec<_>>().join(", ");
        format!("no metric is named {name:?}; there are {names}")
    })?;
    if !(options.confidence > 0.0 && options.confidence < 1.0) {
        return Err("--confidence must lie between 0 and 1".into());
    }
    let settings = agreement::Options {
        weights: weights(&options.weights)?,
        distance: Distance::parse(&options.level, options.period)?,
        ordered: options.categories.is_some(),
        plan: Plan { seed: options.seed, replicates: options.replicates, level: options.confidence },
    };
    let sets = matches!(settings.distance, Distance::Masi | Distance::Jaccard).then_some(options.separator.as_str());
    let read = Read::file(input, options.value.as_deref(), sets)?;
    let ratings = read.ratings(input, options.categories.as_deref())?;
    let found = (metric.run)(&ratings, &settings)?;
    let mut answer = Map::new();
    answer.insert("metric".into(), json!(metric.id));
    answer.insert("title".into(), json!(metric.title));
    answer.insert("paper".into(), json!(metric.paper));
    if metric.id == "krippendorff-alpha" {
        answer.insert("level".into(), json!(options.level));
    }
    describe(&found, &mut answer);
    answer.insert("tasks".into(), json!(read.tasks.len()));
    answer.insert("workers".into(), json!(read.workers.len()));
    answer.insert("ratings".into(), json!(read.rows.len()));
    answer.insert("missing".into(), json!(read.missing));
    answer.insert("categories".into(), json!(ratings.categories().len()));
    answer.insert("seed".into(), json!(options.seed));
    if let Some(per) = options.per {
        let (key, list) = parts(per, &read, &ratings, metric, &settings)?;
        answer.insert(key.into(), list);
    }
    print(&Value::Object(answer), options.json)
}

fn list(json: bool) {
    if json {
        let all: Vec<Value> = METRICS.iter().map(|m| json!({"id": m.id, "title": m.title, "paper": m.paper})).collect();
        println!("{}", Value::Array(all));
        return;
    }
    for metric in METRICS {
        println!("{:<20} {:<24} {}", metric.id, metric.title, metric.paper);
    }
}

/// Value, interval and what they rest on, as every command of agreement says them.
pub fn describe(found: &Coefficient, answer: &mut Map<String, Value>) {
    answer.insert("value".into(), json!(found.value));
    if let Some(reason) = &found.undefined_because {
        answer.insert("undefined".into(), json!(reason));
    }
    let interval = found.interval.as_ref();
    answer.insert("interval".into(), interval.map_or(Value::Null, |own| json!([own.low, own.high])));
    if let Some(own) = interval {
        answer.insert("interval_level".into(), json!(own.level));
        answer.insert("interval_method".into(), json!(own.method));
    }
    answer.insert("units".into(), json!(found.units));
    answer.insert("pairable".into(), json!(found.pairable));
    answer.insert("observed_agreement".into(), json!(found.observed));
    answer.insert("expected_agreement".into(), json!(found.expected));
    answer.insert("rule".into(), json!(found.rule));
}

pub fn print(answer: &Value, one_line: bool) -> Result<(), Failure> {
    println!("{}", if one_line { serde_json::to_string(answer)? } else { serde_json::to_string_pretty(answer)? });
    Ok(())
}

fn weights(text: &str) -> Result<Weights, Failure> {
    if let Some(weights) = Weights::parse(text) {
        return Ok(weights);
    }
    let path = Path::new(text);
    if !path.exists() {
        let names = Weights::NAMES.join(", ");
        return Err(format!("no weights are named {text:?} and there is no such file; there are {names}").into());
    }
    let wrong = |error: String| format!("{text}: {error}");
    let bytes = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
    Ok(Weights::Custom(serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?))
}

/// The table as it was read.
struct Read {
    tasks: Interner,
    workers: Interner,
    values: Interner,
    rows: Vec<Rating>,
    missing: u64,
}

impl Read {
    /// `sets` separates the words of a set; their order and repetition mean nothing.
    fn file(path: &Path, value: Option<&str>, sets: Option<&str>) -> Result<Self, Failure> {
        let table = Table::open(path)?;
        let value = match value {
            Some(value) => value.to_owned(),
            None => value_column(&table, path)?,
        };
        let mut found = Self {
            tasks: Interner::new(),
            workers: Interner::new(),
            values: Interner::new(),
            rows: Vec::new(),
            missing: 0,
        };
        let mut room = Vec::new();
        table.read(&["task", "worker", &value], |row| {
            let too_many = || format!("{}: more than 4,294,967,295 different strings", path.display());
            let unit = found.tasks.intern(row.required(0, &mut room)?).ok_or_else(too_many)?;
            let rater = found.workers.intern(row.required(1, &mut room)?).ok_or_else(too_many)?;
            let Some(text) = row.text(2, &mut room).filter(|text| !text.is_empty()) else {
                found.missing += 1;
                return Ok(());
            };
            let category = match sets {
                None => found.values.intern(text),
                Some(separator) => found.values.intern(&set(text, separator)),
            };
            found.rows.push(Rating { unit, rater, category: category.ok_or_else(too_many)? });
            Ok(())
        })?;
        Ok(found)
    }

    fn ratings(&self, path: &Path, order: Option<&[String]>) -> Result<Ratings, Failure> {
        let names = |interner: &Interner| (0..interner.len() as u32).map(|id| interner.text(id)).collect::<Vec<_>>();
        Ratings::new(self.tasks.len(), &names(&self.workers), &names(&self.values), &self.rows, order).map_err(
            |error| match error {
                AgreementError::Duplicate { rater, unit } => {
                    self.second_answer(path, &rater, unit as u32).unwrap_or_else(|error| error)
                }
                other => other.into(),
            },
        )
    }

    /// The error that names the line of a labeler's second answer to a task.
    fn second_answer(&self, path: &Path, worker: &str, task: u32) -> Result<Failure, Failure> {
        let task = self.tasks.get(task);
        let (mut seen, mut found) = (0, None);
        let mut room = Vec::new();
        Table::open(path)?.read(&["task", "worker"], |row: &Row<'_>| {
            if row.required(0, &mut room)? == task && row.required(1, &mut room)? == worker.as_bytes() {
                seen += 1;
                if seen == 2 && found.is_none() {
                    let task = String::from_utf8_lossy(task);
                    found = Some(row.wrong(1, &format!("{worker:?} answered task {task:?} before; keep one answer")));
                }
            }
            Ok(())
        })?;
        Ok(found.unwrap_or_else(|| format!("{worker:?} answered a task twice").into()))
    }
}

fn set(text: &[u8], separator: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(text).replace('\n', " ");
    let words: std::collections::BTreeSet<&str> =
        text.split(separator).map(str::trim).filter(|word| !word.is_empty()).collect();
    words.into_iter().collect::<Vec<_>>().join("\n").into_bytes()
}

fn value_column(table: &Table, path: &Path) -> Result<String, Failure> {
    let others: Vec<&String> = table.columns().iter().filter(|name| *name != "task" && *name != "worker").collect();
    match others.as_slice() {
        _ if others.iter().any(|name| *name == "label") => Ok("label".into()),
        [only] => Ok((*only).clone()),
        _ => Err(format!(
            "{}: name the column of the value with --value; beside task and worker there are {:?}",
            path.display(),
            others
        )
        .into()),
    }
}

fn parts(
    per: Per,
    read: &Read,
    ratings: &Ratings,
    metric: &Metric,
    settings: &agreement::Options,
) -> Result<(&'static str, Value), Failure> {
    let part = |names: &[(&str, &str)], found: &Coefficient| {
        let mut own = Map::new();
        for (key, name) in names {
            own.insert((*key).into(), json!(name));
        }
        describe(found, &mut own);
        own.remove("rule");
        Value::Object(own)
    };
    Ok(match per {
        Per::Pair => {
            let found = per_pair(ratings, metric, settings, PAIRS_MAXIMUM)
                .ok_or_else(|| format!("{} workers make more than {PAIRS_MAXIMUM} pairs", ratings.raters().len()))??;
            ("pairs", found.iter().map(|(a, b, own)| part(&[("worker", a), ("other", b)], own)).collect())
        }
        Per::Class => {
            let found = per_category(ratings, metric, settings)?;
            ("classes", found.iter().map(|(class, own)| part(&[("class", class)], own)).collect())
        }
        Per::Task => {
            let found = per_unit(ratings, &settings.weights)?;
            let mut list: Vec<(String, f64)> =
                (0..).zip(found).filter_map(|(task, value)| Some((read.tasks.text(task), value?))).collect();
            list.sort_by(|a, b| a.1.total_cmp(&b.1).then_with(|| a.0.cmp(&b.0)));
            ("items", list.into_iter().map(|(task, value)| json!({"task": task, "agreement": value})).collect())
        }
    })
}
