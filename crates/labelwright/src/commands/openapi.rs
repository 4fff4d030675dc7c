//! `labelwright openapi`: the description of the API, from which clients are generated.

use crate::environment::Failure;
use clap::Args;

#[derive(Debug, Clone, Args)]
pub struct Options {}

pub async fn run(_: Options) -> Result<(), Failure> {
    println!("{}", labelwright_server::openapi_json());
    Ok(())
}
