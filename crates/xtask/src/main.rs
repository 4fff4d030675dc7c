//! Chores of the repository that are too long for a Makefile line: `cargo xtask <command>`.

mod bench;
mod prove;
mod tidy;
mod with_postgres;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("bench") => bench::run(&arguments[1..]),
        Some("prove") => prove::run(&arguments[1..]),
        Some("tidy") => tidy::run(),
        Some("with-postgres") => with_postgres::run(&arguments[1..]),
        _ => {
            eprintln!("usage: cargo xtask bench|prove|tidy|with-postgres");
            ExitCode::from(2)
        }
    }
}
