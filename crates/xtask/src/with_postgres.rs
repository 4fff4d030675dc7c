//! `cargo xtask with-postgres COMMAND...`: runs a command with a fresh PostgreSQL, its address in LABELWRIGHT_DATABASE.

use labelwright_testkit::TestPostgres;
use std::process::{Command, ExitCode};

pub fn run(arguments: &[String]) -> ExitCode {
    let Some((program, words)) = arguments.split_first() else {
        eprintln!("usage: cargo xtask with-postgres COMMAND...");
        return ExitCode::from(2);
    };
    match with_database(program, words) {
        Ok(code) => code,
        Err(reason) => {
            eprintln!("with-postgres: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn with_database(program: &str, words: &[String]) -> Result<ExitCode, String> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    let server = TestPostgres::start()?;
    let address = runtime.block_on(server.create("guest"))?;
    let status = Command::new(program).args(words).env("LABELWRIGHT_DATABASE", address).status();
    let status = status.map_err(|error| format!("{program}: {error}"))?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
