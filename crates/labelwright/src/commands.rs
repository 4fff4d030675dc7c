//! The subcommands: one file each, one line here.

mod aggregate;
mod agreement;
mod augment;
mod autoencode;
mod autolabel;
mod backup;
mod call;
mod cluster;
mod collect;
mod columns;
mod consensus;
mod convert;
mod decode;
mod demo;
mod doctor;
mod drift;
mod duplicates;
mod embed;
mod evaluate;
mod export;
mod formats;
mod import;
mod inspect;
mod issues;
mod label_model;
mod limited;
mod migrate;
mod ocr;
mod openapi;
mod outliers;
mod pairwise;
mod profile;
mod propagate;
mod reduce;
mod redundancy;
mod regions;
mod restore;
mod select;
mod serve;
mod synthesize;
mod token;
mod transcribe;
mod user;
mod watch;
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
    /// Convert labels from one format into another
    Convert(convert::Options),
    /// More items from those that are there, changed together with their labels
    Augment(augment::Options),
    /// Data from web sites and other places, into a folder
    Collect(collect::Options),
    /// Calls for contributions: make them, give out their links, moderate what comes in
    Call(call::Options),
    /// Files of a folder and mails of a maildir become items as they come
    Watch(watch::Options),
    /// Items made from a recipe, with the labels that follow from it
    Synthesize(synthesize::Options),
    /// Tell what data is, how much there is and what is wrong with it
    Inspect(inspect::Options),
    /// Tell what data is like: quality, duplicates, leaks, personal data, licences, diversity
    Profile(profile::Options),
    /// Read the words on pictures of pages with Tesseract, for an import
    Ocr(ocr::Options),
    /// Write down what is said in recordings, by a server or PocketSphinx, for an import
    Transcribe(transcribe::Options),
    /// Show the table of formats
    Formats(formats::Options),
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
    /// Say how much labelers agree on single values
    Agreement(agreement::Options),
    /// Make one region out of several labelers', or say how much they agree
    Regions(regions::Options),
    /// Compare detections with a truth, by COCO's numbers
    Evaluate(evaluate::Options),
    /// Decode one recording, series or document in a process of its own: the server starts it
    #[command(hide = true)]
    Decode(decode::Options),
    /// Become another program with limits on what it may take: `synthesize speech`, `ocr` and `transcribe` start it
    #[command(hide = true)]
    Limited(limited::Options),
    /// Print the OpenAPI document
    Openapi(openapi::Options),
    /// One label a task out of many judgments
    Aggregate(aggregate::Options),
    /// Consensus of labelers and a model (CROWDLAB)
    Consensus(consensus::Options),
    /// Scores of items out of comparisons of two
    Pairwise(pairwise::Options),
    /// Labels that are probably wrong
    Issues(issues::Options),
    /// What changed between two windows of a table
    Drift(drift::Options),
    /// Feature vectors that are unlike all others
    Outliers(outliers::Options),
    /// Feature vectors that are nearly the same
    Duplicates(duplicates::Options),
    /// Groups of feature vectors that nobody labeled
    Cluster(cluster::Options),
    /// Fewer columns that keep what matters
    Reduce(reduce::Options),
    /// A few numbers that the rest comes back from, and what does not come back
    Autoencode(autoencode::Options),
    /// Feature vectors of texts, pictures and sounds
    Embed(embed::Options),
    /// Labels for every row from the labels of a few
    Propagate(propagate::Options),
    /// What to label next
    Select(select::Options),
    /// Labels by machine where a confidence bound meets the target
    Autolabel(autolabel::Options),
    /// Which items need one more answer, by labelers and a classifier that learns from them
    Redundancy(redundancy::Options),
    /// Probabilities of classes out of the votes of labeling functions
    LabelModel(label_model::Options),
}

/// `key=value` of a command line.
fn key_value(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or_else(|| format!("{text:?} is no key=value"))?;
    Ok((key.to_owned(), value.to_owned()))
}

pub async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Serve(options) => serve::run(options).await,
        Command::Demo(options) => demo::run(options).await,
        Command::Worker(options) => worker::run(options).await,
        Command::Import(options) => import::run(options).await,
        Command::Export(options) => export::run(options).await,
        Command::Convert(options) => convert::run(options).await,
        Command::Augment(options) => augment::run(options).await,
        Command::Call(options) => call::run(options).await,
        Command::Collect(options) => collect::run(options).await,
        Command::Watch(options) => watch::run(options).await,
        Command::Synthesize(options) => synthesize::run(options).await,
        Command::Inspect(options) => inspect::run(options).await,
        Command::Profile(options) => profile::run(options).await,
        Command::Ocr(options) => ocr::run(&options),
        Command::Transcribe(options) => transcribe::run(options).await,
        Command::Formats(options) => formats::run(options).await,
        Command::User(options) => user::run(options).await,
        Command::Token(options) => token::run(options).await,
        Command::Backup(options) => backup::run(options).await,
        Command::Restore(options) => restore::run(options).await,
        Command::Doctor(options) => doctor::run(options).await,
        Command::Migrate(options) => migrate::run(options).await,
        Command::Agreement(options) => agreement::run(options).await,
        Command::Regions(options) => regions::run(options).await,
        Command::Evaluate(options) => evaluate::run(options).await,
        Command::Decode(options) => decode::run(&options),
        Command::Limited(options) => limited::run(&options),
        Command::Openapi(options) => openapi::run(options).await,
        Command::Aggregate(options) => aggregate::run(&options),
        Command::Consensus(options) => consensus::run(&options),
        Command::Pairwise(options) => pairwise::run(&options),
        Command::Issues(options) => issues::run(&options),
        Command::Drift(options) => drift::run(&options),
        Command::Outliers(options) => outliers::run(&options),
        Command::Duplicates(options) => duplicates::run(&options),
        Command::Cluster(options) => cluster::run(&options),
        Command::Reduce(options) => reduce::run(&options),
        Command::Autoencode(options) => autoencode::run(&options),
        Command::Embed(options) => embed::run(&options),
        Command::Propagate(options) => propagate::run(&options),
        Command::Select(options) => select::run(&options),
        Command::Autolabel(options) => autolabel::run(&options),
        Command::Redundancy(options) => redundancy::run(&options),
        Command::LabelModel(options) => label_model::run(&options),
    }
}
