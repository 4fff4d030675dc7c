//! `labelwright convert`: labels from one format into another, without a server.

mod parts;
pub mod reading;

use super::{columns::Columns, inspect::known_format, key_value};
use crate::{
    batch,
    environment::Failure,
    files::{Input, MediaMode, Output},
};
use clap::Args;
use labelwright_formats::{
    Collector, ExportItem, Format, Found, FoundSchema, Head, Loss, LossReport, Next, Options as Set, RecordError,
    Settings, Splits, Stop, Way, format,
};
use parts::{Keeping, OfMade, Parts};
use reading::{Piece, Pieces, pieces};
use serde::Serialize;
use std::{collections::BTreeMap, path::PathBuf};

#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  labelwright convert --to yolo coco/ yolo/ --media link\n  \
    labelwright convert --from voc --to coco VOC2012/ instances.json --set corners=classic\n  \
    labelwright convert --to yolo coco/ yolo/ --split train=.8,val=.2 --group-by scene --seed 7\n  \
    labelwright convert --to yolo coco/ yolo/ --split train=.8,val=.2 --near-duplicates\n  \
    labelwright convert --from csv --to native pairs/ native/ --content image --pane caption=text")]
pub struct Options {
    /// A file, a folder or a zip archive.
    input: PathBuf,
    /// A new folder, a file (for formats of one file) or a .zip.
    output: PathBuf,
    /// The format of the input (see `labelwright formats`); recognised when it is left out.
    #[arg(long)]
    from: Option<String>,
    /// The format of the output.
    #[arg(long)]
    to: String,
    #[command(flatten)]
    columns: Columns,
    /// An option of a format; `from.KEY` and `to.KEY` where both have it.
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = key_value)]
    set: Vec<(String, String)>,
    /// Names and shares of the parts, for instance train=.8,val=.1,test=.1
    #[arg(long)]
    split: Option<String>,
    /// Keeps items together that have the same value of this metadata key, or the same `folder`.
    #[arg(long, requires = "split")]
    group_by: Option<String>,
    #[arg(long, default_value_t = 0, requires = "split")]
    seed: u64,
    /// Keeps items together that look nearly the same: pictures by perceptual hashes, texts by their shingles. The
    /// threshold is a similarity from 0 to 1.
    #[arg(long, value_name = "THRESHOLD", num_args = 0..=1, default_missing_value = "0.9", value_parser = threshold)]
    #[arg(requires = "split")]
    near_duplicates: Option<f64>,
    /// Parts that are for judging (val, valid, validation, dev, eval, test, holdout) may have what was made too. Without
    /// it, synthetic items move to a part that is not, and children of augmentation are left out where their parents judge.
    #[arg(long, requires = "split")]
    made_anywhere: bool,
    /// Where the report of what was lost goes, as JSON.
    #[arg(long, value_name = "FILE.json")]
    loss_report: Option<PathBuf>,
    /// Fail, and write nothing, if anything is lost.
    #[arg(long)]
    strict: bool,
    /// What becomes of pictures and other data: copied beside the labels, unless one file is written.
    #[arg(long)]
    media: Option<MediaMode>,
}

#[derive(Serialize)]
struct Report<'a> {
    from: &'a str,
    to: &'a str,
    items: u64,
    losses: &'a [Loss],
    /// Records that could not be read, by code.
    problems: Vec<Loss>,
    /// Groups of near-duplicates that were kept together, by the keys of their items.
    #[serde(skip_serializing_if = "Option::is_none")]
    near_duplicates: Option<&'a [Vec<String>]>,
    /// Items that were made and would have come into parts that judge.
    #[serde(skip_serializing_if = "Option::is_none")]
    made: Option<OfMade>,
}

fn threshold(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| {
        "a threshold is a number from 0 to 1; without one, write --near-duplicates behind the two places".to_owned()
    })
}

pub async fn run(options: Options) -> Result<(), Failure> {
    tokio::task::spawn_blocking(move || convert(&options)).await??;
    Ok(())
}

fn convert(options: &Options) -> Result<(), String> {
    let input = Input::new(&options.input)?;
    let from = known_format(&*input.open()?, options.from.as_deref())?;
    let to = format(&options.to).filter(|format| format.write.is_some());
    let to = to.ok_or_else(|| format!("{:?} cannot be written; see `labelwright formats`", options.to))?;
    let (read_options, write_options) = settings(from, to, &options.set)?;
    let mapping = options.columns.mapping(Some(from))?;
    let settings = Settings { mapping, options: read_options, form: from.id == to.id };
    let splits = options.split.as_deref();
    let splits = splits.map(|text| Splits::parse(text, options.group_by.as_deref(), options.seed)).transpose()?;
    let parts = match &splits {
        Some(splits) => {
            let (near, made_anywhere) = (options.near_duplicates, options.made_anywhere);
            let keeping = Keeping { group_by: options.group_by.as_deref(), near, made_anywhere };
            Some(Parts::gathered(from, &input, &settings, splits, keeping)?)
        }
        None => None,
    };
    let ending = Some(to.extension).filter(|_| to.is_one_file());
    let output = Output::new(&options.output, ending)?;
    let alone = options.media.is_none() && output.is_one_file();
    let media = options.media.unwrap_or(if alone { MediaMode::None } else { MediaMode::Copy });
    let mut counts = Counts::default();
    let report = output.write(&input, media, |sink| {
        let mut write = |schema: &FoundSchema, pieces: &mut Pieces<'_>| {
            let head = Head { extras: schema.extras.as_deref(), ..Head::new("labels", &schema.schema, &write_options) };
            let mut items = Items { pieces, parts: parts.as_ref(), counts: &mut counts };
            to.write_to(&head, &mut items, sink).map_err(|error| error.to_string())
        };
        let declared = pieces(from, &input, &settings, |pieces| match pieces.next() {
            Some(Piece::Schema(schema)) if schema.complete => Some(write(&schema, pieces)),
            _ => None,
        })?;
        let report = match declared {
            Some(report) => report?,
            // The data has to be gone through once to know what is in it, and once more to convert it.
            None => {
                let schema = survey(from, &input, &settings)?;
                pieces(from, &input, &settings, |pieces| write(&schema, pieces))??
            }
        };
        if let Some(error) = &counts.end {
            return Err(format!("{}: {}", error.place, error.message));
        }
        tell(options, from, to, &report, &counts, parts.as_ref())?;
        let left_out = parts.as_ref().map_or(0, |parts| parts.made.left_out);
        if options.strict && !(report.losses.is_empty() && counts.problems.is_empty() && left_out == 0) {
            return Err("something would be lost; nothing was written".into());
        }
        Ok(report)
    })?;
    if alone && counts.with_data > 0 {
        eprintln!(
            "note: one file holds labels only; the data of {} items stays where it is (a folder as output takes it along, \
             --media none says that it is meant so)",
            counts.with_data
        );
    }
    let lost: u64 = report.losses.iter().map(|loss| loss.count).sum();
    println!(
        "{} items from {} to {}; {lost} losses, {} problems",
        counts.items,
        from.id,
        to.id,
        counts.problem_count()
    );
    Ok(())
}

/// Options for the reader and the writer; each must be known to one of them.
fn settings(from: &Format, to: &Format, set: &[(String, String)]) -> Result<(Set, Set), String> {
    let (mut reading, mut writing) = (Vec::new(), Vec::new());
    for (key, value) in set {
        let (key, value) = (key.as_str(), value.as_str());
        let reads = from.options.iter().any(|option| option.key == key && option.way.reads());
        let writes = to.options.iter().any(|option| option.key == key && option.way.writes());
        match (key.strip_prefix("from."), key.strip_prefix("to.")) {
            (Some(key), _) => reading.push((key, value)),
            (_, Some(key)) => writing.push((key, value)),
            _ => {
                if reads {
                    reading.push((key, value));
                }
                if writes || !reads {
                    writing.push((key, value));
                }
            }
        }
    }
    Ok((Set::parse(from.options, Way::Read, reading)?, Set::parse(to.options, Way::Write, writing)?))
}

/// Groups and their keys that are told on the standard error stream; the report has them all.
const GROUPS_TOLD: usize = 20;
const KEYS_TOLD: usize = 5;

/// The schema from all of the data.
fn survey(from: &Format, input: &Input, settings: &Settings) -> Result<FoundSchema, String> {
    let view = input.open()?;
    let mut collector = Collector::default();
    let read = from.read.ok_or("the format cannot be read")?;
    let outcome = read(&*view, settings, &mut |found| {
        match found {
            Found::Schema(schema) => collector.schema(*schema),
            Found::Record(record) => collector.record(&record),
            Found::Problem(_) => {}
        }
        Next::GoOn
    });
    match outcome {
        Err(Stop::Unreadable(error)) => Err(format!("{}: {}", error.place, error.message)),
        _ => Ok(collector.finish()),
    }
}

#[derive(Default)]
struct Counts {
    /// Records that were items, and those of them that were written.
    seen: u64,
    items: u64,
    /// Items that have data beside their labels.
    with_data: u64,
    problems: BTreeMap<&'static str, Loss>,
    end: Option<RecordError>,
}

impl Counts {
    fn problem(&mut self, error: RecordError) {
        let entry = self.problems.entry(error.code).or_insert_with(|| Loss {
            code: error.code.to_owned(),
            message: error.message.clone(),
            count: 0,
            places: Vec::new(),
        });
        entry.count += 1;
        if entry.places.len() < 20 {
            entry.places.push(error.place);
        }
    }

    fn problem_count(&self) -> u64 {
        self.problems.values().map(|problem| problem.count).sum()
    }
}

struct Items<'a, 'r> {
    pieces: &'a mut Pieces<'r>,
    parts: Option<&'a Parts<'a>>,
    counts: &'a mut Counts,
}

impl Iterator for Items<'_, '_> {
    type Item = ExportItem;

    fn next(&mut self) -> Option<ExportItem> {
        loop {
            match self.pieces.next()? {
                Piece::Item(mut item) => {
                    let number = self.counts.seen as usize;
                    self.counts.seen += 1;
                    if let Some(parts) = self.parts {
                        let Some(part) = parts.of(number) else { continue };
                        item.split = Some(part.to_owned());
                    }
                    self.counts.items += 1;
                    let of_companions = item.companions.iter().any(|companion| companion.item.media.is_some());
                    self.counts.with_data += u64::from(item.media.is_some() || of_companions);
                    return Some(*item);
                }
                Piece::Schema(_) => {}
                Piece::Problem(error) => self.counts.problem(error),
                Piece::End(error) => self.counts.end = Some(error),
            }
        }
    }
}

/// What was lost: on the standard error stream, and as a file if one is wanted.
fn tell(
    options: &Options,
    from: &Format,
    to: &Format,
    report: &LossReport,
    counts: &Counts,
    parts: Option<&Parts<'_>>,
) -> Result<(), String> {
    let near = parts.filter(|_| options.near_duplicates.is_some()).map(Parts::near);
    for group in near.unwrap_or_default().iter().take(GROUPS_TOLD) {
        let more = if group.len() > KEYS_TOLD { ", ..." } else { "" };
        let keys: Vec<&str> = group.iter().take(KEYS_TOLD).map(String::as_str).collect();
        eprintln!("near-duplicates: {} items: {}{more}", group.len(), keys.join(", "));
    }
    if let Some(near) = near {
        let items: usize = near.iter().map(Vec::len).sum();
        eprintln!("{} groups of near-duplicates with {items} items are kept together", near.len());
    }
    let made = parts.map(|parts| parts.made);
    if let Some(OfMade { moved, .. }) = made.filter(|made| made.moved > 0) {
        eprintln!("{moved} synthetic items were moved out of parts that judge (--made-anywhere leaves them there)");
    }
    if let Some(OfMade { left_out, .. }) = made.filter(|made| made.left_out > 0) {
        eprintln!("{left_out} items are left out: they were made from items that judge (--made-anywhere keeps them)");
    }
    for (what, loss) in report
        .losses
        .iter()
        .map(|loss| ("lost", loss))
        .chain(counts.problems.values().map(|problem| ("not read", problem)))
    {
        let first = loss.places.first().map_or("", String::as_str);
        eprintln!("{what}: {} x {} ({}), first at {first}", loss.count, loss.code, loss.message);
    }
    let Some(path) = &options.loss_report else { return Ok(()) };
    let problems = counts.problems.values().cloned().collect();
    let report = Report {
        from: from.id,
        to: to.id,
        items: counts.items,
        losses: &report.losses,
        problems,
        near_duplicates: near,
        made: made.filter(|made| *made != OfMade::default()),
    };
    let json = serde_json::to_string_pretty(&report).map_err(|error| error.to_string())?;
    let written = || {
        let mut file = batch::Output::create(path)?;
        file.bytes((json + "\n").as_bytes())?;
        file.commit()
    };
    written().map_err(|error| error.to_string())
}
