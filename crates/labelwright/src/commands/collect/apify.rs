//! A dataset of Apify, or the run of an actor that makes one.

use super::{
    address,
    goal::{Goal, Haul, origin},
};
use crate::environment::Failure;
use clap::Args;
use labelwright_connect::sources::{
    Gauge,
    apify::{self, Wanted},
};
use std::path::PathBuf;
use url::Url;

const ITEMS: &str = "items.jsonl";

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Items become items.jsonl in the folder. Run again, the command takes only items that are new; an actor's \
    run that it began before is waited for.\n\nExamples:\n  \
    labelwright collect apify abc123 --output posts\n  \
    labelwright collect apify --actor apify/website-content-crawler --input input.json --most-usd 2 --output pages"
)]
pub struct Options {
    /// A dataset's id, or `user~name`.
    #[arg(value_name = "DATASET", required_unless_present = "actor", conflicts_with = "actor")]
    id: Option<String>,
    /// An actor, `user/name`.
    #[arg(long)]
    actor: Option<String>,
    /// The actor's input.
    #[arg(long, requires = "actor", value_name = "FILE.json")]
    input: Option<PathBuf>,
    /// What the run may cost in US dollars.
    #[arg(long, requires = "actor")]
    most_usd: Option<f64>,
    /// The field by which an item is known; all its values unless told.
    #[arg(long)]
    key: Option<String>,
    #[arg(long, env = "APIFY_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Items at most.
    #[arg(long, default_value_t = u64::MAX)]
    most_items: u64,
    /// An interface other than Apify's own.
    #[arg(long, value_parser = address)]
    base_url: Option<Url>,
    #[command(flatten)]
    goal: Goal,
}

pub async fn run(options: Options) -> Result<(), Failure> {
    let wanted = match (&options.id, &options.actor) {
        (_, Some(actor)) => {
            let input = match &options.input {
                Some(path) => {
                    let about = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
                    let text = std::fs::read_to_string(path).map_err(|error| about(&error))?;
                    serde_json::from_str(&text).map_err(|error| about(&error))?
                }
                None => serde_json::json!({}),
            };
            Wanted::Actor { actor: actor.clone(), input, most_usd: options.most_usd }
        }
        (dataset, None) => Wanted::Dataset(dataset.clone().unwrap_or_default()),
    };
    let folder = options.goal.folder(&options)?;
    let (fetcher, gauge, to) = (options.goal.fetcher()?, Gauge::default(), folder.join(ITEMS));
    let (base, token) = (options.base_url.as_ref(), options.token.as_deref());
    let work = apify::bring(&fetcher, base, &wanted, token, (0, options.most_items), &to, &gauge);
    let count = options.goal.told.wait(work, || format!("{} items", gauge.read())).await?;
    let haul = Haul {
        kind: "apify",
        from: options.id.or(options.actor).unwrap_or_default(),
        files: vec![(ITEMS.to_owned(), origin("apify"))],
        format: "jsonl",
        rows: Some((ITEMS, options.key)),
        count: Some((count, "items")),
    };
    options.goal.reached(&folder, haul).await
}
