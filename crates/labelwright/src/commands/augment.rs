//! `labelwright augment`: more items from those that are there, with their labels.

mod children;
pub mod made;
mod preview;
mod report;
mod source;

use super::inspect::known_format;
use crate::{
    environment::Failure,
    files::{Input, MediaMode, Output},
};
use clap::Args;
use labelwright_formats::{Head, Options as Set, format};
use labelwright_generate::recipe::Recipe;
use made::{Made, WithMade};
use report::Report;
use source::Source;
use std::path::{Path, PathBuf};

#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  labelwright augment --recipe recipe.toml --factor 3 --seed 7 coco/ more/\n  \
    labelwright augment --recipe recipe.toml --factor 2 --from yolo --to coco yolo/ more/\n  \
    labelwright augment --recipe recipe.toml --preview 9 coco/ sheet.png\n\n\
    A recipe:\n  visibility = 0.2            # drop regions of which less is to be seen\n\n  \
    [[operation]]\n  op = \"flip_horizontal\"\n  probability = 0.5\n\n  \
    [[operation]]\n  op = \"rotate\"\n  degrees = [-10, 10]       # one number, or two to draw between")]
pub struct Options {
    /// A file, a folder or a zip archive.
    input: PathBuf,
    /// A new folder, a file (for formats of one file) or a .zip; with --preview a .png
    output: PathBuf,
    /// TOML or JSON: which operations, how often, how strong.
    #[arg(long, value_name = "FILE")]
    recipe: PathBuf,
    /// Children of each item; the originals are kept.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1000))]
    factor: u32,
    /// The same input, recipe and seed give the same bytes.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// The format of the input (see `labelwright formats`); recognised when it is left out.
    #[arg(long)]
    from: Option<String>,
    /// The format of the output; that of the input when it is left out.
    #[arg(long)]
    to: Option<String>,
    /// Only show what would come of so many items: a PNG with pairs, before and after. Texts are printed.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=400))]
    preview: Option<u32>,
    /// Where the report of what was lost goes, as JSON.
    #[arg(long, value_name = "FILE.json")]
    loss_report: Option<PathBuf>,
    /// What becomes of the originals' pictures and other data; new pictures are written unless it is none.
    #[arg(long, default_value = "copy")]
    media: MediaMode,
}

pub async fn run(options: Options) -> Result<(), Failure> {
    tokio::task::spawn_blocking(move || augment(&options)).await??;
    Ok(())
}

/// A recipe's text.
pub fn recipe_text(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn augment(options: &Options) -> Result<(), String> {
    let about = |error: &dyn std::fmt::Display| format!("{}: {error}", options.recipe.display());
    let recipe = Recipe::parse(&recipe_text(&options.recipe)?).map_err(|error| about(&error))?;
    let input = Input::new(&options.input)?;
    let from = known_format(&*input.open()?, options.from.as_deref())?;
    let to = options.to.as_deref().unwrap_or(from.id);
    let to = format(to).filter(|format| format.write.is_some());
    let to =
        to.ok_or_else(|| "the format cannot be written; name another one with --to, for instance native".to_owned())?;
    let mut report = Report::new(from.id, to.id);
    let mut source = Source::read(from, &input, from.id == to.id, &mut report)?;
    if source.items.is_empty() {
        return Err(format!("{}: there are no items of the format {}", options.input.display(), from.id));
    }
    if let Some(count) = options.preview {
        return preview::show(&source, &recipe, &input, options.seed, count as usize, &options.output);
    }
    let ending = Some(to.extension).filter(|_| to.is_one_file());
    let output = Output::new(&options.output, ending)?;
    let made = Made::beside(&options.output)?;
    let items =
        children::with_children(&mut source, &recipe, &input, (options.factor, options.seed), &made, &mut report)?;
    report.items = items.len() as u64;
    let settings = Set::default();
    let schema = &source.schema;
    let head = Head { extras: schema.extras.as_deref(), ..Head::new("labels", &schema.schema, &settings) };
    output.write(&input, options.media, |sink| {
        let mut sink = WithMade::new(sink, &made, options.media);
        let data: Vec<(String, String)> =
            items.iter().filter_map(|item| Some((item.key.clone(), item.media.clone()?))).collect();
        let losses = to.write_to(&head, &mut items.into_iter(), &mut sink).map_err(|error| error.to_string())?;
        sink.rest(&data).map_err(|error| error.to_string())?;
        report.losses = losses.losses;
        report.tell(options.loss_report.as_deref())
    })?;
    println!(
        "{} items from {} to {}: {} originals, {} children; {} losses, {} problems",
        report.items,
        from.id,
        to.id,
        report.items - report.children,
        report.children,
        report.lost(),
        report.problem_count()
    );
    Ok(())
}
