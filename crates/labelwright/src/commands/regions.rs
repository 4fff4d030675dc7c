//! `labelwright regions`: one region out of several labelers', and how much they agree.

mod aggregate;
mod agreement;
mod input;

use crate::environment::Failure;
use clap::{Args, Subcommand, ValueEnum};
use labelwright_quality::{agreement::regional::REGIONAL, regions::METHODS, regions::RegionKind};
use std::path::PathBuf;

const FORMATS: &str = "Input by kind (CSV or Parquet with these columns, masks as JSON lines):\n  \
    boxes      task,worker,label,left,top,width,height[,score]\n  \
    masks      {\"task\":..,\"worker\":..,\"label\":..,\"size\":[height,width],\"counts\":..}   COCO run lengths, plain or compressed\n  \
    spans      task,worker,label,start,end      offsets in Unicode characters, end exclusive\n  \
    intervals  task,worker,label,start,end      whole ticks, end exclusive\n  \
    texts      task,worker,text\n\
    A row of boxes, spans or intervals without a label and places says that the worker looked and found nothing.\n\
    The order of rows changes nothing.";

#[derive(Debug, Clone, Args)]
#[command(after_help = FORMATS)]
pub struct Options {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Clone, Subcommand)]
enum What {
    /// Make one region out of several labelers'
    #[command(after_help = FORMATS)]
    Aggregate(Aggregate),
    /// Say how much labelers agree, as JSON
    #[command(after_help = FORMATS)]
    Agreement(Agreement),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    Boxes,
    Masks,
    Spans,
    Intervals,
    Texts,
}

impl From<Kind> for RegionKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Boxes => Self::Boxes,
            Kind::Masks => Self::Masks,
            Kind::Spans => Self::Spans,
            Kind::Intervals => Self::Intervals,
            Kind::Texts => Self::Texts,
        }
    }
}

#[derive(Debug, Clone, Args)]
pub struct Aggregate {
    /// Print the methods with their papers and stop.
    #[arg(long)]
    list: bool,
    #[arg(long, required_unless_present = "list")]
    kind: Option<Kind>,
    /// A name from --list; the kind's first unless told.
    #[arg(long)]
    method: Option<String>,
    #[arg(long, required_unless_present = "list")]
    input: Option<PathBuf>,
    /// CSV (masks: JSON lines); - for standard output.
    #[arg(long, required_unless_present = "list")]
    output: Option<PathBuf>,
    /// The least overlap of two regions of the same thing.
    #[arg(long, default_value_t = 0.5)]
    threshold: f64,
    /// Keep what more than this share of the task's workers have.
    #[arg(long, default_value_t = 0.5)]
    quorum: f64,
    /// Where to write worker skills as JSON (masks with staple).
    #[arg(long)]
    skills: Option<PathBuf>,
    /// Print a summary as JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Args)]
pub struct Agreement {
    /// Print the measures with their papers and stop.
    #[arg(long)]
    list: bool,
    #[arg(long, required_unless_present = "list")]
    kind: Option<Kind>,
    /// A name from --list; the kind's first unless told.
    #[arg(long)]
    method: Option<String>,
    #[arg(long, required_unless_present = "list")]
    input: Option<PathBuf>,
    /// Where to write the JSON; standard output unless told.
    #[arg(long)]
    output: Option<PathBuf>,
    /// The overlap from which two boxes are the same.
    #[arg(long, default_value_t = 0.5)]
    threshold: f64,
    /// Ticks around boundaries that der and jer leave out, the whole width.
    #[arg(long, default_value_t = 0)]
    collar: i64,
    /// Seed of what is drawn at random.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Bootstrap replicates; 0 for no interval.
    #[arg(long, default_value_t = 1000)]
    replicates: usize,
    /// Print JSON in one line.
    #[arg(long)]
    json: bool,
}

pub async fn run(options: Options) -> Result<(), Failure> {
    match options.what {
        What::Aggregate(own) if own.list => {
            for method in METHODS {
                println!("{:<10} {:<16} {:<44} {}", method.kind.as_str(), method.id, method.title, method.paper);
            }
            Ok(())
        }
        What::Agreement(own) if own.list => {
            for method in REGIONAL {
                println!("{:<10} {:<16} {:<60} {}", method.kind.as_str(), method.id, method.title, method.paper);
            }
            Ok(())
        }
        What::Aggregate(own) => aggregate::run(&own),
        What::Agreement(own) => agreement::run(&own),
    }
}

/// Kind, input, and the method's name, checked against those that there are.
fn chosen<'a>(
    kind: Option<Kind>,
    input: Option<&'a PathBuf>,
    method: Option<&str>,
    names: impl Fn(RegionKind) -> Vec<&'static str>,
) -> Result<(RegionKind, &'a PathBuf, &'static str), Failure> {
    let (Some(kind), Some(input)) = (kind, input) else { return Err("--kind and --input are needed".into()) };
    let kind = RegionKind::from(kind);
    let there = names(kind);
    let found = match method {
        None => there.first(),
        Some(method) => there.iter().find(|name| **name == method),
    };
    let found = found.ok_or_else(|| {
        format!("no method for {} is named {:?}; there are {}", kind.as_str(), method.unwrap_or(""), there.join(", "))
    })?;
    Ok((kind, input, found))
}

fn share(name: &str, value: f64) -> Result<(), Failure> {
    if (0.0..=1.0).contains(&value) { Ok(()) } else { Err(format!("--{name} must lie between 0 and 1").into()) }
}
