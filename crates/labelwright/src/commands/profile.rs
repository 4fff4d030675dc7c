//! `labelwright profile`: what data is like before it is labeled: how much of what, how good, how often the same, what of it
//! is personal, and how diverse it is.

mod diversity;
mod facts;
mod html;
mod report;
mod tally;

use super::inspect::known_format;
use crate::{batch::beats::Beats, environment::Failure, files::Input};
use clap::Args;
use facts::{Facts, Piece};
use labelwright_formats::{DirectoryView, Found, Next, Settings, Stop, item_of, open_data};
use labelwright_inference::detect::Detector;
use report::Report;
use std::{
    io::Read,
    path::PathBuf,
    thread::{Scope, ScopedJoinHandle},
};
use tally::Tally;

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Everything streams: memory grows with fingerprints (about 1 KiB an item), not with the data.\nPictures are \
    compared by difference hashes, texts by min-hashes; diversity is measured on a sample by the features of `embed`.\n\n\
    Examples:\n  labelwright profile pictures/ --html profile.html\n  labelwright profile train.jsonl test.jsonl --json\n  \
    labelwright profile collected/ --by provenance.source\n  \
    labelwright profile new/ --reference production/"
)]
pub struct Options {
    /// Files, folders or zip archives; several are compared with each other.
    #[arg(required = true)]
    inputs: Vec<PathBuf>,
    /// The format; recognised when it is left out.
    #[arg(long)]
    from: Option<String>,
    /// Items at least this similar are near-duplicates, 0.8 to 1.
    #[arg(long, default_value_t = 0.9)]
    near: f64,
    /// Texts with fewer characters are short.
    #[arg(long, default_value_t = 20)]
    short: usize,
    /// An ONNX model that finds faces, with the outputs of YOLO networks: pictures with faces of 24 pixels or more count as
    /// personal. Without a model nobody looks for faces.
    #[arg(long, value_name = "MODEL.onnx")]
    faces: Option<PathBuf>,
    /// Data that these are compared with: how far they are from it, and what of it they do not cover.
    #[arg(long, value_name = "INPUT")]
    reference: Option<PathBuf>,
    /// Items of each kind on which diversity is measured; 0 leaves it out.
    #[arg(long, default_value_t = 2000)]
    sample: usize,
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Compare items by what their metadata say under this name, such as `provenance.source`, instead of by input.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Write the report as JSON into a file.
    #[arg(long, value_name = "REPORT.json")]
    output: Option<PathBuf>,
    /// Print how many items are done, a number a line.
    #[arg(long, hide = true)]
    beats: bool,
    /// Write a page to look at.
    #[arg(long, value_name = "REPORT.html")]
    html: Option<PathBuf>,
}

pub async fn run(options: Options) -> Result<(), Failure> {
    if !(0.8..=1.0).contains(&options.near) {
        return Err("--near is 0.8 to 1".into());
    }
    let (json, html, output, beats) = (options.json, options.html.clone(), options.output.clone(), options.beats);
    let report = tokio::task::spawn_blocking(move || profile(&options)).await??;
    if let Some(path) = html {
        std::fs::write(&path, html::page(&report)).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    if let Some(path) = output {
        std::fs::write(&path, serde_json::to_vec(&report)?).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    if json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else if !beats {
        report::show(&report);
    }
    Ok(())
}

/// Items that are looked at together, and bytes that they hold at most.
const GROUP_ITEMS: usize = 256;
const GROUP_BYTES: usize = 64 << 20;
/// Bytes of one file that are looked at.
const FILE_BYTES: u64 = 256 << 20;
const THREADS_MAXIMUM: usize = 16;

fn profile(options: &Options) -> Result<Report, String> {
    let reference = options.reference.iter().cloned().collect::<Vec<_>>();
    let about = |path: &PathBuf, error: &dyn std::fmt::Display| format!("--faces: {}: {error}", path.display());
    let detector = options.faces.as_ref().map(|path| {
        let model = std::fs::read(path).map_err(|error| about(path, &error))?;
        Detector::open(&model).map_err(|error| about(path, &error))
    });
    let detector = detector.transpose()?;
    let samples = match reference.is_empty() {
        true => Default::default(),
        false => tallied(options, &reference, None)?.samples(),
    };
    tallied(options, &options.inputs, detector.as_ref())?.finish(samples)
}

fn tallied(options: &Options, inputs: &[PathBuf], faces: Option<&Detector>) -> Result<Tally, String> {
    let beats = Beats::new(options.beats);
    std::thread::scope(|scope| {
        let mut looking =
            Looked { tally: Tally::new(options), scope, threads: threads(), away: Vec::new(), beats, faces };
        for (number, path) in inputs.iter().enumerate() {
            let view = Input::new(path)?.open()?;
            let format = known_format(&*view, options.from.as_deref())?;
            if options.by.is_none() {
                looking.tally.input(path.display().to_string(), format.id);
            }
            let read = format.read.ok_or("the format cannot be read")?;
            let (mut group, mut bytes) = (Vec::with_capacity(GROUP_ITEMS), 0);
            let outcome = read(&*view, &Settings::default(), &mut |found| {
                match found {
                    Found::Schema(_) => {}
                    Found::Problem(_) => looking.tally.problem(),
                    Found::Record(record) => match item_of(*record, &*view) {
                        Some(item) => {
                            let input = match &options.by {
                                Some(by) => looking.tally.of_value(by, &item, format.id),
                                None => number,
                            };
                            let piece = piece(&*view, item, input);
                            bytes += piece.weight();
                            group.push(piece);
                        }
                        None => looking.tally.address(),
                    },
                }
                if group.len() >= GROUP_ITEMS || bytes >= GROUP_BYTES {
                    bytes = 0;
                    looking.beats.tell(looking.tally.items());
                    looking.give(std::mem::take(&mut group));
                }
                Next::GoOn
            });
            looking.give(group);
            looking.take();
            if let Err(Stop::Unreadable(error)) = outcome {
                return Err(format!("{}: {}: {}", path.display(), error.place, error.message));
            }
        }
        Ok(looking.tally)
    })
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from).min(THREADS_MAXIMUM)
}

/// A group is looked at on all cores while the next one is read.
struct Looked<'scope, 'env> {
    tally: Tally,
    scope: &'scope Scope<'scope, 'env>,
    threads: usize,
    /// Parts of the group that is away, in their order.
    away: Vec<ScopedJoinHandle<'scope, Vec<(Piece, Facts)>>>,
    beats: Beats,
    faces: Option<&'env Detector>,
}

impl Looked<'_, '_> {
    /// Gives a group away, once the one before is back.
    fn give(&mut self, mut group: Vec<Piece>) {
        self.take();
        let (settings, share) = (self.tally.settings(self.faces), group.len().div_ceil(self.threads).max(1));
        while !group.is_empty() {
            let rest = group.split_off(share.min(group.len()));
            let part = std::mem::replace(&mut group, rest);
            self.away.push(self.scope.spawn(move || {
                let told = |piece| {
                    let facts = facts::facts(&piece, &settings);
                    // What was read is not needed any more.
                    (Piece { data: Vec::new(), ..piece }, facts)
                };
                part.into_iter().map(told).collect()
            }));
        }
    }

    /// Takes in the group that is away, in its order.
    fn take(&mut self) {
        for part in self.away.drain(..) {
            for (piece, facts) in part.join().unwrap_or_default() {
                self.tally.add(piece, Some(facts));
            }
        }
    }
}

/// The item with the bytes of its file.
fn piece(view: &dyn DirectoryView, item: labelwright_formats::ExportItem, input: usize) -> Piece {
    let mut data = Vec::new();
    let mut is_there = item.text.is_some();
    if let Some(name) = &item.media
        && let Ok(file) = open_data(view, name)
    {
        is_there = file.take(FILE_BYTES).read_to_end(&mut data).is_ok();
    }
    Piece { item, data, is_there, input }
}
