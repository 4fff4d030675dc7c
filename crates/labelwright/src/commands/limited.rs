//! `labelwright limited`: becomes another program, which from its first moment may take no more than it is told.

use crate::environment::Failure;
use clap::Args;
use rustix::process::{Resource, Rlimit, setrlimit};
use std::{ffi::OsString, os::unix::process::CommandExt, process::Command};

#[derive(Debug, Clone, Args)]
pub struct Options {
    /// Seconds of computing.
    #[arg(long)]
    seconds: u64,
    /// Addresses that are in use or kept for use.
    #[arg(long)]
    memory_bytes: u64,
    /// Bytes of one file that it writes.
    #[arg(long)]
    output_bytes: u64,
    /// The program and its words.
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    program: Vec<OsString>,
}

pub fn run(options: &Options) -> Result<(), Failure> {
    let limits = [
        (Resource::As, options.memory_bytes),
        (Resource::Cpu, options.seconds),
        (Resource::Fsize, options.output_bytes),
        (Resource::Core, 0),
    ];
    for (resource, most) in limits {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    let (program, words) = options.program.split_first().ok_or("there is no program")?;
    // Comes back only where it fails.
    Err(Command::new(program).args(words).exec().into())
}
