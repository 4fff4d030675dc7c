//! The long experiments behind `docs/guarantees.md`: `cargo xtask prove p1|p2|p3 [--store sqlite|postgres] [--seed N]
//! [--short]`. Each has an auditor that compares what clients saw acknowledged with what is stored. A failure is
//! printed with its seed and ends with exit code 1.

mod audit;
mod crash;
mod ground;
mod labeler;
mod overlap;
mod process;
mod proxy;
mod retry;

pub use ground::{Ground, lay};
pub use process::{Server, binary};

use std::{
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};

pub type Failure = Box<dyn std::error::Error + Send + Sync>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreKind {
    Sqlite,
    Postgres,
}

#[derive(Debug, Clone, Copy)]
pub struct Options {
    pub store: StoreKind,
    pub seed: u64,
    pub short: bool,
}

const USAGE: &str = "usage: cargo xtask prove p1|p2|p3 [--store sqlite|postgres] [--seed N] [--short]";

fn parse(arguments: &[String]) -> Option<(&str, Options)> {
    let mut rest = arguments.iter();
    let experiment = rest.next()?;
    let mut options = Options { store: StoreKind::Sqlite, seed: fresh_seed(), short: false };
    while let Some(flag) = rest.next() {
        match flag.as_str() {
            "--short" => options.short = true,
            "--seed" => options.seed = rest.next()?.parse().ok()?,
            "--store" => {
                options.store = match rest.next()?.as_str() {
                    "sqlite" => StoreKind::Sqlite,
                    "postgres" => StoreKind::Postgres,
                    _ => return None,
                }
            }
            _ => return None,
        }
    }
    Some((experiment, options))
}

/// Another one each time; it is printed, so that a run can be had again.
fn fresh_seed() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::from(since.subsec_nanos())
}

pub fn run(arguments: &[String]) -> ExitCode {
    let Some((experiment, options)) = parse(arguments) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("prove: {error}");
            return ExitCode::FAILURE;
        }
    };
    println!(
        "{experiment} on {:?}, seed {}{}",
        options.store,
        options.seed,
        if options.short { ", short" } else { "" }
    );
    let outcome = match experiment {
        "p1" => runtime.block_on(crash::run(options)),
        "p2" => runtime.block_on(overlap::run(options)),
        "p3" => runtime.block_on(retry::run(options)),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(problems) if problems.is_empty() => {
            println!("PASS");
            ExitCode::SUCCESS
        }
        Ok(problems) => {
            for problem in problems.iter().take(20) {
                println!("  {problem}");
            }
            println!("FAIL: {} problems, seed {}", problems.len(), options.seed);
            ExitCode::FAILURE
        }
        Err(error) => {
            println!("FAIL: the experiment broke off: {error}, seed {}", options.seed);
            ExitCode::FAILURE
        }
    }
}
