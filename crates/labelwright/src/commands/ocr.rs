//! `labelwright ocr`: Tesseract reads pictures of pages, and what it reads lies beside them as hOCR, which `import` takes. It
//! runs by itself, a picture at a time, with limits on time and memory.

use crate::{
    environment::Failure,
    outside::{self, Ended, Limits},
};
use clap::Args;
use std::{
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
    process::Stdio,
};

/// What one picture may take: bytes of addresses, and of what is written.
const MEMORY_BYTES: u64 = 4 << 30;
const OUTPUT_BYTES: u64 = 256 << 20;
const ENDINGS: [&str; 6] = ["png", "jpg", "jpeg", "webp", "tif", "tiff"];
const INSTALLATION: &str = "apt install tesseract-ocr, and tesseract-ocr-deu for German";

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Example:\n  labelwright ocr receipts/ --language eng\n  labelwright import receipts/ --dataset Receipts --format hocr"
)]
pub struct Options {
    /// Pictures, and folders of them.
    #[arg(required = true)]
    inputs: Vec<PathBuf>,
    /// Languages as Tesseract names them, joined by `+`.
    #[arg(long, default_value = "eng", value_parser = language)]
    language: String,
    /// How Tesseract looks for lines: 3 by itself, 4 one column, 6 one block, 11 scattered words.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(0..=13))]
    layout: u8,
    /// Seconds that one picture may take.
    #[arg(long, default_value_t = 120)]
    seconds: u64,
    /// Read pictures again beside which there is a .hocr file already.
    #[arg(long)]
    again: bool,
    /// Where Tesseract lies; found in PATH when it is left out.
    #[arg(long)]
    program: Option<PathBuf>,
}

/// A name of a language never looks like an option or a path.
fn language(text: &str) -> Result<String, String> {
    let good = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '+';
    match !text.is_empty() && text.chars().all(good) {
        true => Ok(text.to_owned()),
        false => Err("languages are letters, like eng or deu+eng".into()),
    }
}

pub fn run(options: &Options) -> Result<(), Failure> {
    let program = outside::found("tesseract", INSTALLATION, options.program.clone())?;
    let mut pictures = Vec::new();
    for input in &options.inputs {
        find(input, true, &mut pictures).map_err(|error| format!("{}: {error}", input.display()))?;
    }
    pictures.sort();
    let (mut read, mut there, mut failed) = (0, 0, 0);
    for picture in &pictures {
        if !options.again && picture.with_extension("hocr").exists() {
            there += 1;
            continue;
        }
        match look(options, &program, picture) {
            Ok(()) => read += 1,
            Err(message) => {
                eprintln!("{}: {message}", picture.display());
                failed += 1;
            }
        }
    }
    println!("{read} pictures read, {there} had been read before, {failed} failed");
    if failed > 0 && read == 0 { Err("no picture could be read".into()) } else { Ok(()) }
}

/// Pictures of a folder and those below it; links are not followed.
fn find(path: &Path, named: bool, found: &mut Vec<PathBuf>) -> io::Result<()> {
    let kind = if named { fs::metadata(path)? } else { fs::symlink_metadata(path)? };
    if kind.is_dir() {
        for entry in fs::read_dir(path)? {
            find(&entry?.path(), false, found)?;
        }
    } else if kind.is_file() {
        let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_lowercase);
        if ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str())) {
            found.push(path.to_owned());
        }
    }
    Ok(())
}

fn look(options: &Options, program: &Path, picture: &Path) -> Result<(), String> {
    // Names that begin with a dash would be taken for options, and names with a point at the end for others.
    let picture = picture.canonicalize().map_err(|error| error.to_string())?;
    let stem = picture.with_extension("");
    let limits = Limits { seconds: options.seconds, memory_bytes: MEMORY_BYTES, output_bytes: OUTPUT_BYTES };
    let layout = options.layout.to_string();
    let words = [picture.as_os_str(), stem.as_os_str()].map(OsString::from).into_iter();
    let words = words.chain(["-l", &options.language, "--psm", &layout, "hocr"].map(OsString::from));
    let complaints = tempfile::tempfile().map_err(|error| error.to_string())?;
    outside::run(program, words, &limits, Stdio::null(), complaints).map_err(|ended| match ended {
        Ended::Unstartable(error) => error.to_string(),
        Ended::Stopped => format!("stopped after {} seconds; --seconds gives it more", options.seconds),
        Ended::Failed(how) => how,
    })?;
    match picture.with_extension("hocr").is_file() {
        true => Ok(()),
        false => Err("it ended well, and wrote nothing".into()),
    }
}
