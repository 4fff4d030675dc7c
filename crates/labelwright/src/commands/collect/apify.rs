//! A dataset of Apify, or the run of an actor that makes one.

use super::{Network, address};
use crate::environment::Failure;
use clap::Args;
use labelwright_connect::sources::{
    Gauge,
    apify::{self, Wanted},
};
use std::path::PathBuf;
use url::Url;

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Items become items.jsonl in the folder. Run again, the command takes only items that are new; an actor's \
    run that it began before is waited for.\n\nExample:\n  \
    labelwright collect apify --dataset abc123 --output posts\n  \
    labelwright collect apify --actor apify/website-content-crawler --input input.json --most-usd 2 --output pages"
)]
pub struct Options {
    /// A dataset's id, or `user~name`.
    #[arg(long, required_unless_present = "actor", conflicts_with = "actor")]
    dataset: Option<String>,
    /// An actor, `user/name`.
    #[arg(long)]
    actor: Option<String>,
    /// The actor's input.
    #[arg(long, requires = "actor", value_name = "FILE.json")]
    input: Option<PathBuf>,
    /// What the run may cost in US dollars.
    #[arg(long, requires = "actor")]
    most_usd: Option<f64>,
    #[arg(long, value_name = "DIR")]
    output: PathBuf,
    #[arg(long, env = "APIFY_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Items at most.
    #[arg(long, default_value_t = u64::MAX)]
    most_items: u64,
    /// An interface other than Apify's own.
    #[arg(long, value_parser = address)]
    base_url: Option<Url>,
    #[command(flatten)]
    network: Network,
}

pub async fn run(options: Options) -> Result<(), Failure> {
    let wanted = match (options.dataset, options.actor) {
        (_, Some(actor)) => {
            let input = match &options.input {
                Some(path) => {
                    let about = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
                    let text = std::fs::read_to_string(path).map_err(|error| about(&error))?;
                    serde_json::from_str(&text).map_err(|error| about(&error))?
                }
                None => serde_json::json!({}),
            };
            Wanted::Actor { actor, input, most_usd: options.most_usd }
        }
        (dataset, None) => Wanted::Dataset(dataset.unwrap_or_default()),
    };
    let (fetcher, gauge, to) = (options.network.fetcher()?, Gauge::default(), options.output.join("items.jsonl"));
    let (base, token) = (options.base_url.as_ref(), options.token.as_deref());
    let work = apify::bring(&fetcher, base, &wanted, token, (0, options.most_items), &to, &gauge);
    let count = options.network.wait(work, || format!("{} items", gauge.read())).await?;
    options.network.told(count, "items")
}
