//! `labelwright synthesize`: items made from a recipe, with the labels that follow from how they were made. They are
//! written as they are made: memory does not grow with their number.

mod asked;
mod assets;
mod scenes;
mod stream;
mod tables;
mod voices;
mod writings;

use super::augment::{
    made::{Made, WithMade},
    recipe_text,
};
use crate::{
    batch::beats::Beats,
    environment::Failure,
    files::{Input, MediaMode, Output},
    llm::Asking,
};
use clap::{Args, ValueEnum};
use labelwright_core::Modality;
use labelwright_formats::{ExportItem, Head, Options as Set, format};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use stream::{Maker, Stream};

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Examples:\n  labelwright synthesize text    --recipe grammar.toml --count 1000 --output texts/\n  \
    labelwright synthesize tabular --recipe smote.toml --count 500 --output rows/ --table rows.csv\n  \
    labelwright synthesize image   --recipe scenes.toml --count 200 --seed 7 --to coco --output scenes/\n  \
    labelwright synthesize series  --recipe load.toml --count 50 --output series/\n  \
    labelwright synthesize speech  --recipe voices.toml --count 100 --output speech/\n  \
    labelwright synthesize llm     --recipe reviews.toml --count 500 --output reviews/ --estimate\n\n\
    A recipe of texts:\n  [[document]]\n  class = \"travel\"\n  templates = [\"{who} flies to {city}.\"]\n  [slots]\n  \
    who = [\"Anna\", \"Bo\"]\n  city = [\"Rome\", \"New York\"]\n  [spans]\n  who = \"person\"\n  city = \"city\""
)]
pub struct Options {
    /// What is made.
    kind: Kind,
    /// TOML or JSON; files that it names lie beside it.
    #[arg(long, value_name = "FILE")]
    recipe: PathBuf,
    /// How many.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    count: u64,
    /// The same recipe and seed give the same bytes.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// A new folder, a file (for formats of one file) or a .zip.
    #[arg(long)]
    output: PathBuf,
    /// The format of the output.
    #[arg(long, default_value = "native")]
    to: String,
    /// The part of the dataset that items go to: what is made should not judge what was found.
    #[arg(long, default_value = "train")]
    split: String,
    /// `none` writes labels without their data.
    #[arg(long, default_value = "copy")]
    media: MediaMode,
    /// Rows as a table too, with the columns of the example (tabular only).
    #[arg(long, value_name = "FILE.csv")]
    table: Option<PathBuf>,
    /// The program that speaks, where it lies in no folder of PATH (speech only).
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    #[command(flatten)]
    asking: Asking,
    /// Print how many items are done, a number a line.
    #[arg(long, hide = true)]
    beats: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Texts from a grammar, with spans and a class.
    Text,
    /// Rows like those of an example, by SMOTE or a Gaussian copula.
    Tabular,
    /// Drawn shapes and cut-outs on backgrounds, with boxes and masks.
    Image,
    /// Time series with labelled anomalies.
    Series,
    /// Recordings of texts from a grammar, spoken by eSpeak NG or Piper, with their transcripts.
    Speech,
    /// Texts by a language model behind an OpenAI-compatible interface, with the class that was asked for.
    Llm,
}

pub async fn run(options: Options) -> Result<(), Failure> {
    tokio::task::spawn_blocking(move || synthesize(&options)).await??;
    Ok(())
}

/// What the makers of all kinds are told.
struct Order<'a> {
    options: &'a Options,
    /// The recipe's text, and the folder in which what it names lies.
    recipe: String,
    folder: PathBuf,
    made: &'a Made,
}

impl Order<'_> {
    fn count(&self) -> usize {
        usize::try_from(self.options.count).unwrap_or(usize::MAX)
    }

    /// With the recipe's name in front.
    fn about(&self, error: impl std::fmt::Display) -> String {
        format!("{}: {error}", self.options.recipe.display())
    }

    /// An item that says what it is. Numbers begin at 1.
    fn item(
        &self,
        name: &str,
        number: usize,
        ending: &str,
        modality: Modality,
        more: Option<(&str, Value)>,
    ) -> ExportItem {
        let digits = self.options.count.to_string().len().max(4);
        let mut told = json!({ "kind": name, "seed": self.options.seed, "number": number });
        if let Some((key, value)) = more {
            told[key] = value;
        }
        let mut item = ExportItem::new(format!("{name}-{number:0digits$}{ending}"), modality);
        item.metadata.insert("synthetic".into(), true.into());
        item.metadata.insert("synthesis".into(), told);
        item.split = Some(self.options.split.clone());
        item
    }
}

fn synthesize(options: &Options) -> Result<(), String> {
    let to = format(&options.to).filter(|format| format.write.is_some());
    let to = to.ok_or_else(|| format!("{:?} cannot be written; see `labelwright formats`", options.to))?;
    if options.table.is_some() && options.kind != Kind::Tabular {
        return Err("--table is for tabular data".into());
    }
    if options.program.is_some() && options.kind != Kind::Speech {
        return Err("--program is for speech".into());
    }
    let recipe = recipe_text(&options.recipe)?;
    let folder = options.recipe.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let ending = Some(to.extension).filter(|_| to.is_one_file());
    let output = Output::new(&options.output, ending)?;
    let made = Made::beside(&options.output)?;
    let order = Order { options, recipe, folder: folder.to_owned(), made: &made };
    match options.kind {
        Kind::Text => {
            let recipe = writings::grammar(&order)?;
            write(&order, to, output, writings::texts(&order, &recipe))
        }
        Kind::Tabular => {
            let table = tables::learned(&order)?;
            let (maker, file) = tables::rows(&order, &table)?;
            write(&order, to, output, maker)?;
            file.commit()
        }
        Kind::Image => {
            let (recipe, assets) = scenes::recipe(&order)?;
            write(&order, to, output, scenes::pictures(&order, &recipe, &assets))
        }
        Kind::Series => {
            let recipe = writings::series_recipe(&order)?;
            write(&order, to, output, writings::series(&order, &recipe))
        }
        Kind::Speech => {
            let studio = voices::Studio::open(&order)?;
            write(&order, to, output, voices::recordings(&order, &studio))?;
            studio.tell();
            Ok(())
        }
        Kind::Llm => {
            let Some(writer) = asked::Writer::of(&order)? else { return Ok(()) };
            write(&order, to, output, asked::texts(&order, &writer))?;
            writer.tell();
            Ok(())
        }
    }
}

fn write(order: &Order<'_>, to: &labelwright_formats::Format, output: Output, maker: Maker<'_>) -> Result<(), String> {
    let (options, schema) = (order.options, maker.schema.clone());
    let settings = Set::default();
    let head = Head::new("synthetic", &schema, &settings);
    let mut stream = Stream::new(maker, order.count(), order.made, Beats::new(options.beats));
    let report = output.write(&Input::new(&options.recipe)?, options.media, |sink| {
        let mut sink = WithMade::new(sink, order.made, options.media);
        let report = to.write_to(&head, &mut stream, &mut sink).map_err(|error| error.to_string())?;
        stream.end()?;
        sink.rest().map_err(|error| error.to_string())?;
        Ok(report)
    })?;
    for loss in &report.losses {
        let first = loss.places.first().map_or("", String::as_str);
        eprintln!("lost: {} x {} ({}), first at {first}", loss.count, loss.code, loss.message);
    }
    let lost: u64 = report.losses.iter().map(|loss| loss.count).sum();
    println!("{} items with {} regions in {}; {lost} losses", stream.items, stream.regions, to.id);
    Ok(())
}
