//! `labelwright migrate`: brings the tables up to date and says which version they have.

use crate::environment::{DataOptions, Failure};
use clap::Args;
use labelwright_store::Store;

#[derive(Debug, Clone, Args)]
pub struct Options {
    #[command(flatten)]
    data: DataOptions,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub async fn run(options: Options) -> Result<(), Failure> {
    let version = Store::open_as_is(&options.data.database()?).await?.migrate().await?;
    if options.json {
        println!("{}", serde_json::json!({ "version": version }));
    } else {
        println!("the database has version {version}");
    }
    Ok(())
}
