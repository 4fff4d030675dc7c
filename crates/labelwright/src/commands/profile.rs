//! `labelwright profile`: what data is like before it is labeled: how much of what, how good, how often the same, what of it
//! is personal, and how diverse it is.

mod diversity;
mod facts;
mod html;
mod report;
mod tally;

use super::inspect::known_format;
use crate::{environment::Failure, files::Input};
use clap::Args;
use facts::{Facts, Piece};
use labelwright_formats::{DirectoryView, Found, Next, Settings, Stop, item_of, open_data};
use report::Report;
use std::{io::Read, path::PathBuf};
use tally::Tally;

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Everything streams: memory grows with fingerprints (about 1 KiB an item), not with the data.\nPictures are \
    compared by difference hashes, texts by min-hashes; diversity is measured on a sample by the features of `embed`.\n\n\
    Examples:\n  labelwright profile pictures/ --html profile.html\n  labelwright profile train.jsonl test.jsonl --json"
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
    /// Items of each kind on which diversity is measured; 0 leaves it out.
    #[arg(long, default_value_t = 2000)]
    sample: usize,
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Write a page to look at.
    #[arg(long, value_name = "REPORT.html")]
    html: Option<PathBuf>,
}

pub async fn run(options: Options) -> Result<(), Failure> {
    if !(0.8..=1.0).contains(&options.near) {
        return Err("--near is 0.8 to 1".into());
    }
    let (json, html) = (options.json, options.html.clone());
    let report = tokio::task::spawn_blocking(move || profile(&options)).await??;
    if let Some(path) = html {
        std::fs::write(&path, html::page(&report)).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    if json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        report::show(&report);
    }
    Ok(())
}

/// Items that are looked at together, and bytes that they hold at most.
const GROUP_ITEMS: usize = 256;
const GROUP_BYTES: usize = 64 << 20;
/// Bytes of one file that are looked at.
const FILE_BYTES: u64 = 256 << 20;
const THREADS: usize = 2;

fn profile(options: &Options) -> Result<Report, String> {
    let mut tally = Tally::new(options);
    for (number, path) in options.inputs.iter().enumerate() {
        let view = Input::new(path)?.open()?;
        let format = known_format(&*view, options.from.as_deref())?;
        tally.input(path, format.id);
        let read = format.read.ok_or("the format cannot be read")?;
        let (mut group, mut bytes) = (Vec::with_capacity(GROUP_ITEMS), 0);
        let outcome = read(&*view, &Settings::default(), &mut |found| {
            match found {
                Found::Schema(_) => {}
                Found::Problem(_) => tally.problem(),
                Found::Record(record) => match item_of(*record, &*view) {
                    Some(item) => {
                        let piece = piece(&*view, item, number);
                        bytes += piece.weight();
                        group.push(piece);
                    }
                    None => tally.address(),
                },
            }
            if group.len() >= GROUP_ITEMS || bytes >= GROUP_BYTES {
                bytes = 0;
                look(&mut tally, std::mem::take(&mut group));
            }
            Next::GoOn
        });
        look(&mut tally, group);
        if let Err(Stop::Unreadable(error)) = outcome {
            return Err(format!("{}: {}: {}", path.display(), error.place, error.message));
        }
    }
    tally.finish()
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

/// Looks at a group on two threads, and takes it in in its order.
fn look(tally: &mut Tally, group: Vec<Piece>) {
    let (settings, share) = (tally.settings(), group.len().div_ceil(THREADS).max(1));
    let found: Vec<Vec<Facts>> = std::thread::scope(|scope| {
        let parts = group.chunks(share);
        let work: Vec<_> = parts
            .map(|part| scope.spawn(|| part.iter().map(|piece| facts::facts(piece, &settings)).collect::<Vec<_>>()))
            .collect();
        // A thread breaks down only where a decoder does; its items count as unreadable.
        work.into_iter().map(|work| work.join().unwrap_or_default()).collect()
    });
    let mut facts = found.into_iter().flatten();
    for piece in group {
        tally.add(piece, facts.next());
    }
}
