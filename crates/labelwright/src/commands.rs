//! The subcommands: one file each, one line here.

mod demo;
mod export;
mod import;
mod migrate;
mod openapi;
mod serve;
mod user;
mod worker;

use crate::environment::Failure;
use clap::Subcommand;

#[derive(Subcommand)]
pub enum Command {
    /// Start the server
    Serve(serve::Options),
    /// Make a demo workspace and start the server on it
    Demo(demo::Options),
    /// Work on jobs (imports, exports) without serving
    Worker(worker::Options),
    /// Import a folder, archive or table from this machine's disk
    Import(import::Options),
    /// Freeze a project and write it in a format
    Export(export::Options),
    /// List people, make accounts and sign-in links
    User(user::Options),
    /// Bring the database's tables up to date
    Migrate(migrate::Options),
    /// Print the OpenAPI document
    Openapi(openapi::Options),
}

pub async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Serve(options) => serve::run(options).await,
        Command::Demo(options) => demo::run(options).await,
        Command::Worker(options) => worker::run(options).await,
        Command::Import(options) => import::run(options).await,
        Command::Export(options) => export::run(options).await,
        Command::User(options) => user::run(options).await,
        Command::Migrate(options) => migrate::run(options).await,
        Command::Openapi(options) => openapi::run(options).await,
    }
}
