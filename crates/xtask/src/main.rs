//! Chores of the repository that are too long for a Makefile line: `cargo xtask <command>`.

mod bench;
mod prove;
mod tidy;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("bench") => bench::run(&arguments[1..]),
        Some("prove") => prove::run(&arguments[1..]),
        Some("tidy") => tidy::run(),
        _ => {
            eprintln!("usage: cargo xtask bench|prove|tidy");
            ExitCode::from(2)
        }
    }
}
