//! The subcommands: one file each, one line here.

mod backup;
mod demo;
mod doctor;
mod export;
mod import;
mod migrate;
mod openapi;
mod restore;
mod serve;
mod token;
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
    /// Make, list and end API tokens
    Token(token::Options),
    /// Copy everything as it is at this moment into a folder
    Backup(backup::Options),
    /// Fill an empty place from a backup and prove that it is the same
    Restore(restore::Options),
    /// Re-prove on stored data what labelwright promises
    Doctor(doctor::Options),
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
        Command::Token(options) => token::run(options).await,
        Command::Backup(options) => backup::run(options).await,
        Command::Restore(options) => restore::run(options).await,
        Command::Doctor(options) => doctor::run(options).await,
        Command::Migrate(options) => migrate::run(options).await,
        Command::Openapi(options) => openapi::run(options).await,
    }
}
