//! `labelwright worker`: works on jobs of the same database, beside any number of servers and workers.

use crate::environment::{DataOptions, Failure};
use clap::Args;

#[derive(Debug, Clone, Args)]
#[command(after_help = "Example:\n  labelwright worker --database postgres://labelwright@db/labelwright --until-idle")]
pub struct Options {
    #[command(flatten)]
    data: DataOptions,
    /// Stop when no job waits.
    #[arg(long)]
    until_idle: bool,
}

pub async fn run(options: Options) -> Result<(), Failure> {
    let workflow = options.data.open().await?;
    if options.until_idle {
        workflow.run_all_jobs().await?;
        while workflow.tell_next().await? {}
    } else {
        tokio::join!(workflow.work(), workflow.tell());
    }
    Ok(())
}
