//! `labelwright decode`: the process in which a recording, a series, a video, a document or a volume from outside is decoded. It
//! opens no file: the data are its input, its levels, samples or text layer are its output, and what is wrong with the data
//! it says as a line of JSON among its errors. Before it looks at a byte it limits what it may take.

use crate::environment::Failure;
use clap::Args;
use labelwright_workflow::decoding::{Kind, decode};
use rustix::process::{Resource, Rlimit, setrlimit};
use std::{
    fs::File,
    io,
    os::fd::{AsFd, OwnedFd},
    process::exit,
};

/// Memory in bytes, as addresses that are in use or kept for use.
const MEMORY_BYTES: u64 = 2 << 30;
/// Bytes of what is made of the data.
const OUTPUT_BYTES: u64 = 1 << 30;
const KINDS: &str = "the kinds are audio, series, video, document, volume, scrub and samples";
/// The data are not taken.
const REFUSED: i32 = 3;

#[derive(Debug, Clone, Args)]
pub struct Options {
    /// audio, series, video, document, volume, scrub or samples.
    #[arg(value_parser = |word: &str| Kind::read(word).ok_or(KINDS))]
    kind: Kind,
    /// Seconds of computing.
    #[arg(long)]
    seconds: u64,
}

fn file(stream: impl AsFd) -> io::Result<File> {
    stream.as_fd().try_clone_to_owned().map(|stream: OwnedFd| File::from(stream))
}

pub fn run(options: &Options) -> Result<(), Failure> {
    let limits = [
        (Resource::As, MEMORY_BYTES),
        (Resource::Cpu, options.seconds),
        (Resource::Fsize, OUTPUT_BYTES),
        (Resource::Core, 0),
    ];
    for (resource, most) in limits {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    let (source, output) = (file(io::stdin())?, file(io::stdout())?);
    if !decode(options.kind, source, output, &mut io::stderr().lock()) {
        exit(REFUSED);
    }
    Ok(())
}
