//! Decodes data from outside where it can do no harm: in a process of its own with limits on time and memory. A hostile
//! file costs its own record, never the server.

pub(crate) mod ffmpeg;
pub(crate) mod own_program;

use labelwright_core::document::LayerHead;
use labelwright_media::{Refused, audio, document, series, video, volume};
use serde::{Deserialize, Serialize};
use std::{
    fs::File,
    io::{self, BufWriter, Read, Seek, SeekFrom, Write},
    path::PathBuf,
    process::{Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

/// What a process may take that decodes one file, and one more for so many bytes, in seconds.
const SECONDS: u64 = 60;
const BYTES_A_SECOND: u64 = 500_000;
/// Between two looks at the process, at first and at most.
const LOOK: [Duration; 2] = [Duration::from_millis(1), Duration::from_millis(50)];
/// What is read of what the process says, in bytes.
const SAID_BYTES_MAXIMUM: u64 = 16 << 10;
/// Ended from outside: too much time, too much memory, or a bug.
const UNDECODABLE: &str = "undecodable";

/// What the process says of data that it does not take: one line of JSON.
#[derive(Serialize, Deserialize)]
pub struct Said {
    pub code: String,
    pub message: String,
}

#[derive(Clone)]
pub enum Decoder {
    /// In this process: for data of our own.
    Inside,
    /// `PROGRAM decode KIND --seconds N`, with the file as its input and what is made of it as its output.
    Child(PathBuf),
}

/// What a file is decoded as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Audio,
    Series,
    Document,
    Volume,
    /// A volume without what names the patient, instead of its slices.
    Scrub,
    Video,
    /// The samples of a recording instead of its levels.
    Samples,
}

impl Kind {
    /// Its word on a command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Audio => "audio",
            Self::Series => "series",
            Self::Document => "document",
            Self::Volume => "volume",
            Self::Scrub => "scrub",
            Self::Video => "video",
            Self::Samples => "samples",
        }
    }

    pub fn read(word: &str) -> Option<Self> {
        [Self::Audio, Self::Series, Self::Document, Self::Volume, Self::Scrub, Self::Video, Self::Samples]
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }
}

/// What is taken out of medical images before they are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scrub {
    /// Everything that does not belong to the picture.
    #[default]
    Basic,
    /// Nothing: files are stored as they came. Only the operator may want it.
    None,
}

impl Scrub {
    pub fn read(word: &str) -> Option<Self> {
        match word {
            "basic" => Some(Self::Basic),
            "none" => Some(Self::None),
            _ => None,
        }
    }
}

/// Why a file was not taken: a code for programs and a sentence for people.
pub struct NotTaken {
    pub code: &'static str,
    pub message: String,
}

fn codes(code: &str) -> &'static str {
    labelwright_media::CODES.iter().copied().find(|known| *known == code).unwrap_or(UNDECODABLE)
}

fn failed(error: &io::Error) -> NotTaken {
    NotTaken { code: UNDECODABLE, message: format!("the decoder cannot be run: {error}") }
}

impl Decoder {
    /// Writes the levels of a recording, and tells what it is.
    pub fn audio(&self, source: File, output: File) -> Result<audio::levels::Head, NotTaken> {
        let mut output = self.run(Kind::Audio, source, output)?;
        audio::levels::read_head(&mut output).map_err(|error| failed(&error))
    }

    /// Writes the levels of a series, and tells what it is.
    pub fn series(&self, source: File, output: File) -> Result<series::levels::Head, NotTaken> {
        let mut output = self.run(Kind::Series, source, output)?;
        series::levels::read_head(&mut output).map_err(|error| failed(&error))
    }

    /// Writes the table of frames of a video, and tells what it is.
    pub fn video(&self, source: File, output: File) -> Result<video::table::Head, NotTaken> {
        let mut output = self.run(Kind::Video, source, output)?;
        video::table::read_head(&mut output).map_err(|error| failed(&error))
    }

    /// Writes the text layer of a document, and tells what it is.
    pub fn document(&self, source: File, output: File) -> Result<LayerHead, NotTaken> {
        let mut output = self.run(Kind::Document, source, output)?;
        document::read_head(&mut output).map_err(|error| failed(&error))
    }

    /// Writes the slices of a volume, and tells what it is.
    pub fn volume(&self, source: File, output: File) -> Result<volume::levels::Head, NotTaken> {
        let mut output = self.run(Kind::Volume, source, output)?;
        volume::levels::read_head(&mut output).map_err(|error| failed(&error))
    }

    /// Writes a volume with nothing but what belongs to the picture.
    pub fn scrub(&self, source: File, output: File) -> Result<(), NotTaken> {
        self.run(Kind::Scrub, source, output).map(drop)
    }

    /// Writes the samples of a recording as a WAVE file of floats whose header does not know its length.
    pub fn samples(&self, source: File, output: File) -> Result<(), NotTaken> {
        self.run(Kind::Samples, source, output).map(drop)
    }

    /// The output, at its beginning.
    fn run(&self, kind: Kind, source: File, mut output: File) -> Result<File, NotTaken> {
        let into = output.try_clone().map_err(|error| failed(&error))?;
        match self {
            Self::Inside => inside(kind, source, into)?,
            Self::Child(program) => child(program, kind, source, into)?,
        }
        output.seek(SeekFrom::Start(0)).map_err(|error| failed(&error))?;
        Ok(output)
    }
}

fn inside(kind: Kind, source: File, output: File) -> Result<(), NotTaken> {
    let mut output = BufWriter::new(output);
    let done = match kind {
        Kind::Audio => audio::prepare(source, &mut output).map(drop),
        Kind::Series => series::prepare(source, &mut output).map(drop),
        Kind::Document => document::prepare(source, &mut output),
        Kind::Volume => volume::prepare(source, &mut output).map(drop),
        Kind::Scrub => volume::scrub(source, &mut output),
        Kind::Video => video::prepare(source, &mut output).map(drop),
        Kind::Samples => audio::samples(source, &mut output),
    };
    done.map_err(|refused| match refused {
        Refused::Data { code, message } => NotTaken { code, message },
        Refused::Output(error) => failed(&error),
    })
}

fn child(program: &PathBuf, kind: Kind, source: File, output: File) -> Result<(), NotTaken> {
    let bytes = source.metadata().map_err(|error| failed(&error))?.len();
    let seconds = SECONDS + bytes / BYTES_A_SECOND;
    let mut child = Command::new(program)
        .args(["decode", kind.as_str(), "--seconds", &seconds.to_string()])
        .env_clear()
        .env("LABELWRIGHT_LOG", "off")
        .stdin(source)
        .stdout(output)
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| failed(&error))?;
    let (end, mut pause) = (Instant::now() + Duration::from_secs(seconds), LOOK[0]);
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break Some(status),
            Ok(None) if Instant::now() < end => {
                std::thread::sleep(pause);
                pause = (pause * 2).min(LOOK[1]);
            }
            // One that has ended meanwhile cannot be ended again, and that is as well.
            Ok(None) | Err(_) => {
                drop(child.kill());
                drop(child.wait());
                break None;
            }
        }
    };
    let mut said = String::new();
    if let Some(pipe) = child.stderr.take() {
        // What is no text says nothing.
        drop(pipe.take(SAID_BYTES_MAXIMUM).read_to_string(&mut said));
    }
    if status.as_ref().is_some_and(ExitStatus::success) {
        return Ok(());
    }
    Err(match said.lines().find_map(|line| serde_json::from_str::<Said>(line).ok()) {
        Some(Said { code, message }) => NotTaken { code: codes(&code), message },
        None => {
            let message = "decoding it was stopped: it asks for more time or memory than one file may have";
            NotTaken { code: UNDECODABLE, message: message.into() }
        }
    })
}

/// The other side: runs in the process of its own, says on `answer` what is wrong, and whether all is well.
pub fn decode(kind: Kind, source: File, output: File, answer: &mut dyn Write) -> bool {
    match inside(kind, source, output) {
        Ok(()) => true,
        Err(NotTaken { code, message }) => {
            let said = Said { code: code.to_owned(), message };
            // Nobody can be told that nobody can be told.
            drop(serde_json::to_writer(&mut *answer, &said));
            drop(answer.write_all(b"\n"));
            false
        }
    }
}
