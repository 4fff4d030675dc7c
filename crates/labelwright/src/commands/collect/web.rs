//! Pages, pictures and records of web sites.

use super::goal::{Goal, Haul};
use crate::environment::Failure;
use clap::{Args, ValueEnum};
use labelwright_workflow::{
    acquire::{self, Reach, Stage, WebSource},
    clock::Clock,
};
use std::path::PathBuf;

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "The folder holds labelwright.jsonl (an item a line: text, title, author, date, language, tables, what the \
    page states for machines, and under provenance where it comes from), pictures, and a journal by which a collection \
    that was stopped goes on: run the same command again.\nrobots.txt is kept to (RFC 9309), also Crawl-delay, noindex, \
    nofollow, noai and TDM reservations. Pages that are nearly the same are kept once.\n\nA recipe for repeated records is \
    TOML:\n  each = \"li.product\"\n  key = \"id\"\n  content = \"name\"\n  next = \"a[rel=next]\"\n  [fields]\n  id = \
    \"@data-id\"\n  name = \"h2\"\n  picture = \"img@src\"\n\nExamples:\n  \
    labelwright collect web https://example.org/ --output pages --pages 500\n  \
    labelwright collect web https://example.org/shop/ --output shop --recipe products.toml --reach folder\n  \
    labelwright collect web https://example.org/ --dataset Pages --project 3"
)]
pub struct Options {
    /// Where to begin.
    #[arg(required = true, value_name = "URL")]
    urls: Vec<String>,
    /// Links from the first addresses that are followed.
    #[arg(long, default_value_t = 5)]
    depth: u32,
    /// Pages that are fetched at most.
    #[arg(long, default_value_t = 1000)]
    pages: u64,
    /// Pictures that are fetched at most.
    #[arg(long, default_value_t = 0)]
    pictures: u64,
    /// Requests a second to one host; 0 waits for nothing but what the host asks for.
    #[arg(long, default_value_t = 1.0)]
    rate: f64,
    /// How far from the first addresses.
    #[arg(long, default_value = "host")]
    reach: ReachChoice,
    /// Only addresses that match this regular expression (may be given several times).
    #[arg(long, value_name = "REGEX")]
    include: Vec<String>,
    /// No addresses that match this regular expression.
    #[arg(long, value_name = "REGEX")]
    exclude: Vec<String>,
    /// Repeated records of each page instead of its text.
    #[arg(long, value_name = "FILE.toml")]
    recipe: Option<PathBuf>,
    /// Letters in one form (Unicode NFC), without soft hyphens and other marks that nobody sees.
    #[arg(long)]
    normalise: bool,
    /// Words and marks of each text as a list in its metadata: spans snap to them.
    #[arg(long)]
    tokens: bool,
    /// Keep all requests and answers as a WARC archive.
    #[arg(long, value_name = "FILE.warc.gz")]
    warc: Option<PathBuf>,
    /// The folder of an earlier collection: its pages that have not changed are left out.
    #[arg(long, value_name = "DIR")]
    since: Option<PathBuf>,
    #[command(flatten)]
    goal: Goal,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ReachChoice {
    /// The hosts of the first addresses.
    Host,
    /// Hosts below theirs too.
    Domain,
    /// Below the folders of the first addresses.
    Folder,
}

pub async fn run(options: Options) -> Result<(), Failure> {
    let folder = options.goal.folder(&options)?;
    let read = |path: &PathBuf| {
        std::fs::read_to_string(path).map_err(|error| -> Failure { format!("{}: {error}", path.display()).into() })
    };
    let source = WebSource {
        urls: options.urls,
        depth: options.depth,
        pages: options.pages,
        pictures: options.pictures,
        rate: options.rate,
        reach: match options.reach {
            ReachChoice::Host => Reach::Host,
            ReachChoice::Domain => Reach::Domain,
            ReachChoice::Folder => Reach::Folder,
        },
        include: options.include,
        exclude: options.exclude,
        recipe: options.recipe.as_ref().map(read).transpose()?,
        normalise: options.normalise,
        tokens: options.tokens,
    };
    let stage = Stage::default();
    let beside = (options.warc.as_deref(), options.since.as_deref());
    let fetcher = options.goal.fetcher()?;
    let work = acquire::web(&source, fetcher, &Clock::System, &folder, beside, &stage);
    let told = || {
        let report = stage.report();
        format!("{} pages, {} kept, {} pictures", report.pages, report.kept, report.pictures)
    };
    let report = options.goal.told.wait(work, told).await?;
    if options.goal.told.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        println!(
            "{} of {} pages kept, {} pictures, {} bytes",
            report.kept, report.pages, report.pictures, report.bytes
        );
        for (why, count) in &report.passed_over {
            println!("  {count} x {why}");
        }
        if report.budget_spent {
            println!("there is more: the budget was spent");
        }
    }
    let haul = Haul {
        kind: "web",
        from: source.urls.join(", "),
        // Each page says it itself.
        files: Vec::new(),
        format: "native",
        rows: None,
        count: None,
    };
    options.goal.reached(&folder, haul).await
}
