//! `labelwright demo`: a workspace worth looking at, then the server.

use super::serve::{ListenOptions, start};
use crate::environment::{DataOptions, Failure};
use clap::Args;
use labelwright_workflow::demo::{self, Size};

#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  labelwright demo\n  labelwright demo --data /srv/try --listen 127.0.0.1:9000")]
pub struct Options {
    #[command(flatten)]
    pub data: DataOptions,
    #[command(flatten)]
    pub listen: ListenOptions,
    /// Items in each project.
    #[arg(long, default_value_t = 240)]
    pub items: u64,
}

pub async fn run(options: Options) -> Result<(), Failure> {
    let workflow = options.data.open().await?;
    let link = match demo::build(&workflow, Size { items: options.items }).await? {
        demo::Built::New(owner) | demo::Built::There(owner) => workflow.sign_in_link(owner).await?,
    };
    start(workflow, &options.listen, options.data.config()?, Some(link)).await
}
