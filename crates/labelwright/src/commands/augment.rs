//! `labelwright augment`: more items from those that are there, with their labels.

mod children;
pub mod lasting;
pub mod made;
mod names;
mod paraphrases;
mod partners;
mod preview;
mod report;
mod source;

use super::{convert::reading::pieces, inspect::known_format};
use crate::{
    batch::beats::Beats,
    environment::Failure,
    files::{Input, MediaMode, Output},
    llm::Asking,
};
use children::{Children, Run};
use clap::Args;
use labelwright_formats::{Head, Options as Set, Settings, format};
use labelwright_generate::recipe::Recipe;
use made::{Made, WithMade};
use paraphrases::Paraphrases;
use report::Report;
use source::Survey;
use std::path::{Path, PathBuf};

#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  labelwright augment --recipe recipe.toml --factor 3 --seed 7 coco/ more/\n  \
    labelwright augment --recipe recipe.toml --factor 2 --from yolo --to coco yolo/ more/\n  \
    labelwright augment --recipe recipe.toml --preview 9 coco/ sheet.png\n\n\
    A recipe:\n  visibility = 0.2            # drop regions of which less is to be seen\n\n  \
    [[operation]]\n  op = \"flip_horizontal\"\n  probability = 0.5\n\n  \
    [[operation]]\n  op = \"rotate\"\n  degrees = [-10, 10]       # one number, or two to draw between\n\n\
    Pictures, texts, recordings (time_shift, stretch, sound_noise, ...) and series (jitter, time_warp, ...) have \
    operations of their own; an item takes those of its kind.")]
pub struct Options {
    /// A file, a folder or a zip archive.
    input: PathBuf,
    /// A new folder, a file (for formats of one file) or a .zip; with --preview a .png
    output: PathBuf,
    /// TOML or JSON: which operations, how often, how strong. Files that it names lie beside it.
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
    /// Children without the originals.
    #[arg(long)]
    children_only: bool,
    /// No children of items in parts that are for judging: val, valid, validation, dev, eval, test, holdout.
    #[arg(long)]
    train_only: bool,
    /// Only show what would come of so many items: a PNG with pairs, before and after. What is no picture is printed.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=400))]
    preview: Option<u32>,
    /// Where the report of what was lost goes, as JSON.
    #[arg(long, value_name = "FILE.json")]
    loss_report: Option<PathBuf>,
    /// What becomes of the originals' pictures and other data; new data are written unless it is none.
    #[arg(long, default_value = "copy")]
    media: MediaMode,
    #[command(flatten)]
    asking: Asking,
    /// Print how many items are done, a number a line.
    #[arg(long, hide = true)]
    beats: bool,
}

pub async fn run(options: Options) -> Result<(), Failure> {
    tokio::task::spawn_blocking(move || augment(&options)).await??;
    Ok(())
}

/// A file or a folder that a recipe names: it lies beside the recipe or below, wherever the recipe comes from.
pub fn beside(folder: &Path, name: &str) -> Result<PathBuf, String> {
    let name = name.strip_prefix("./").unwrap_or(name).trim_end_matches('/');
    if labelwright_formats::check_name(name).is_err() {
        return Err(format!("{name:?}: files that a recipe names lie beside it or below"));
    }
    Ok(folder.join(name))
}

/// A recipe's text.
pub fn recipe_text(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn augment(options: &Options) -> Result<(), String> {
    let about = |error: &dyn std::fmt::Display| format!("{}: {error}", options.recipe.display());
    let recipe = Recipe::parse(&recipe_text(&options.recipe)?).map_err(|error| about(&error))?;
    let folder = options.recipe.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let sounds = lasting::assets(&recipe, folder)?;
    let input = Input::new(&options.input)?;
    let from = known_format(&*input.open()?, options.from.as_deref())?;
    let to = options.to.as_deref().unwrap_or(from.id);
    let to = format(to).filter(|format| format.write.is_some());
    let to =
        to.ok_or_else(|| "the format cannot be written; name another one with --to, for instance native".to_owned())?;
    let ending = Some(to.extension).filter(|_| to.is_one_file());
    let output = match options.preview {
        Some(_) => None,
        None => Some(Output::new(&options.output, ending)?),
    };
    let made = Made::beside(&options.output)?;
    let mut survey = Survey::of(from, &input, &recipe, from.id == to.id, &made)?;
    if survey.items == 0 {
        return Err(format!("{}: there are no items of the format {}", options.input.display(), from.id));
    }
    let names = std::mem::take(&mut survey.names);
    let each = options.preview.map_or(u64::from(options.factor), |_| 1);
    let Some(paraphrases) = Paraphrases::of(&recipe, &options.asking, &options.recipe, &survey, each)? else {
        return Ok(());
    };
    let run = Run {
        survey: &survey,
        recipe: &recipe,
        sounds: &sounds,
        paraphrases: Some(&paraphrases).filter(|paraphrases| paraphrases.is_asked()),
        input: &input,
        factor: options.factor,
        seed: options.seed,
        train_only: options.train_only,
        children_only: options.children_only,
        made: &made,
    };
    let settings = Settings { form: from.id == to.id, ..Settings::default() };
    let Some(output) = output else {
        let count = options.preview.unwrap_or(1) as usize;
        return pieces(from, &input, &settings, |pieces| preview::show(&run, pieces, count, &options.output))?;
    };
    let mut report = Report::new(from.id, to.id);
    let written = Set::default();
    let schema = &survey.schema;
    let head = Head { extras: schema.extras.as_deref(), ..Head::new("labels", &schema.schema, &written) };
    output.write(&input, options.media, |sink| {
        let mut sink = WithMade::new(sink, &made, options.media);
        let losses = pieces(from, &input, &settings, |pieces| {
            let beats = Beats::new(options.beats);
            let mut children = Children::new(run, names, pieces, &mut report, beats);
            let losses = to.write_to(&head, &mut children, &mut sink).map_err(|error| error.to_string())?;
            children.end().map(|()| losses)
        })??;
        sink.rest().map_err(|error| error.to_string())?;
        report.losses = losses.losses;
        report.tell(options.loss_report.as_deref())
    })?;
    paraphrases.tell();
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
