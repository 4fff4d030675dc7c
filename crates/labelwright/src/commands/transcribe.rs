//! `labelwright transcribe`: a recogniser of speech listens to recordings, and what it hears lies beside them as WebVTT, which
//! `import` takes. The recogniser is a server that is asked, or a program of this machine.

mod asked;
mod cues;
mod program;
mod recordings;
mod samples;

use crate::environment::Failure;
use clap::Args;
use cues::Fitted;
use indicatif::ProgressBar;
use labelwright_connect::speech::Heard;
use labelwright_workflow::decoding::Decoder;
use recordings::Recording;
use serde::Serialize;
use std::{fs, path::PathBuf};
use url::Url;

/// So many recordings one after the other for which nobody is there, and no more are tried.
const IN_A_ROW: usize = 3;
/// Problems of one recording that are told.
const TOLD: usize = 5;

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Writes talk.wav.vtt beside talk.wav: a cue for each segment. `import --format webvtt` takes recordings and \
    transcripts together: each segment becomes a region (of --class) with its words as the attribute `text`, a pre-label in \
    projects whose schema has that class. Recordings beside which there is a talk.wav.vtt or talk.vtt already are passed over.\n\n\
    Examples:\n  labelwright transcribe calls/ --endpoint https://api.openai.com --model whisper-1 --language en\n  \
    labelwright transcribe calls/ --endpoint http://127.0.0.1:8080/inference --allow-networks 127.0.0.1\n  \
    labelwright transcribe calls/\n  \
    labelwright import calls/ --dataset Calls --format webvtt --project 3"
)]
pub struct Options {
    /// Recordings (wav, flac, mp3, ogg, m4a), and folders of them.
    #[arg(required = true)]
    inputs: Vec<PathBuf>,
    /// A server with `/v1/audio/transcriptions`: OpenAI, vLLM, faster-whisper-server, whisper.cpp's server.
    #[arg(long, value_name = "URL", conflicts_with = "program", value_parser = address)]
    endpoint: Option<Url>,
    /// The server's model.
    #[arg(long, requires = "endpoint")]
    model: Option<String>,
    /// Sent to the server as a bearer token.
    #[arg(long, env = "LABELWRIGHT_SPEECH_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Where pocketsphinx_continuous lies; found in PATH when it and --endpoint are left out.
    #[arg(long, value_name = "PATH")]
    program: Option<PathBuf>,
    /// What is spoken, as ISO 639-1; a server finds out by itself when it is left out.
    #[arg(long, value_parser = language)]
    language: Option<String>,
    /// The class of the regions.
    #[arg(long, default_value = "speech", value_parser = class)]
    class: String,
    /// A region for each word instead of each segment.
    #[arg(long)]
    words: bool,
    /// Transcribe recordings again that this command has transcribed before.
    #[arg(long)]
    again: bool,
    /// Seconds that one recording may take, all attempts at it included.
    #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..=604_800))]
    seconds: u64,
    /// Megabytes that one recording may have.
    #[arg(long, default_value_t = 200)]
    megabytes: u64,
    /// Networks that are not public but may be asked all the same, with commas between them: 127.0.0.1
    #[arg(long, env = "LABELWRIGHT_ALLOW_NETWORKS")]
    allow_networks: Option<String>,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
}

fn address(text: &str) -> Result<Url, String> {
    Url::parse(text).ok().filter(Url::has_host).ok_or_else(|| format!("{text:?} is no address"))
}

/// A name of a language never looks like an option or a path.
fn language(text: &str) -> Result<String, String> {
    let good = |c: char| c.is_ascii_alphanumeric() || c == '-';
    match text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(good) {
        true => Ok(text.to_owned()),
        false => Err("a language is letters, like en or pt-BR".into()),
    }
}

fn class(text: &str) -> Result<String, String> {
    match text.is_empty() || text.trim() != text || text.chars().any(char::is_control) {
        true => Err("a class has a name, without white space around it".into()),
        false => Ok(text.to_owned()),
    }
}

/// What listens.
enum Recogniser {
    Asked(asked::Asked),
    Program(program::PocketSphinx),
}

/// What was heard in a recording that is so many seconds long.
struct Listened {
    heard: Heard,
    seconds: f64,
}

/// Why nothing was.
struct Deaf {
    message: String,
    /// The next recording will fail in the same way.
    ends: bool,
    /// Perhaps nobody is there.
    is_passing: bool,
}

impl From<String> for Deaf {
    fn from(message: String) -> Self {
        Self { message, ends: false, is_passing: false }
    }
}

#[derive(Debug, Default, Serialize)]
struct Report {
    transcribed: usize,
    /// Had a transcript before.
    there: usize,
    failed: Vec<Told>,
    /// What of an answer was mended or left out.
    mended: Vec<Told>,
    cues: usize,
    /// Of recordings.
    seconds: f64,
}

#[derive(Debug, Serialize)]
struct Told {
    recording: String,
    message: String,
}

impl Report {
    fn told(&self, json: bool) -> Result<(), Failure> {
        if json {
            println!("{}", serde_json::to_string(self)?);
            return Ok(());
        }
        let Self { transcribed, there, failed, cues, seconds, .. } = self;
        let failed = failed.len();
        println!(
            "{transcribed} recordings ({seconds:.1} s) transcribed into {cues} cues, {there} had a transcript, {failed} failed"
        );
        Ok(())
    }
}

pub async fn run(options: Options) -> Result<(), Failure> {
    let decoder = Decoder::Child(std::env::current_exe()?);
    let recogniser = match &options.endpoint {
        Some(endpoint) => Recogniser::Asked(asked::Asked::open(&options, endpoint, decoder)?),
        None => Recogniser::Program(program::PocketSphinx::open(&options, decoder)?),
    };
    let found = recordings::found(&options.inputs)?;
    let bar = if options.json { ProgressBar::hidden() } else { ProgressBar::new(found.len() as u64) };
    let mut report = Report::default();
    // A transcript is written between two places where this may end, so it is there or it is not.
    let ended = tokio::select! {
        ended = all(&options, &recogniser, &found, &bar, &mut report) => ended,
        () = interrupted() => Err("stopped; the same command goes on from here".into()),
    };
    bar.finish_and_clear();
    report.told(options.json)?;
    ended?;
    if !report.failed.is_empty() && report.transcribed == 0 {
        return Err("no recording could be transcribed".into());
    }
    Ok(())
}

async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    // Without a handler the signal ends the program as it always does.
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        Ok(()) = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

async fn all(
    options: &Options,
    recogniser: &Recogniser,
    found: &[Recording],
    bar: &ProgressBar,
    report: &mut Report,
) -> Result<(), Failure> {
    let mut nobody = 0;
    for recording in found {
        bar.inc(1);
        if recording.has_transcript(options.again) {
            report.there += 1;
            continue;
        }
        let name = recording.path.display().to_string();
        let tell = |message: &str| bar.suspend(|| eprintln!("{name}: {message}"));
        let done = one(options, recogniser, recording).await;
        match done {
            Ok((seconds, fitted)) => {
                nobody = 0;
                report.transcribed += 1;
                report.cues += fitted.cues.len();
                report.seconds += seconds;
                fitted.problems.iter().take(TOLD).for_each(|problem| tell(problem));
                if let Some(more) = fitted.problems.len().checked_sub(TOLD).filter(|more| *more > 0) {
                    tell(&format!("and {more} more like these"));
                }
                let mended = fitted.problems.into_iter();
                report.mended.extend(mended.map(|message| Told { recording: name.clone(), message }));
            }
            Err(deaf) => {
                tell(&deaf.message);
                report.failed.push(Told { recording: name, message: deaf.message });
                if deaf.ends {
                    return Err("no other recording is tried: it would fail in the same way".into());
                }
                nobody = if deaf.is_passing { nobody + 1 } else { 0 };
                if nobody >= IN_A_ROW {
                    let said = format!("no other recording is tried: nobody was there for {nobody} in a row");
                    return Err(said.into());
                }
            }
        }
    }
    Ok(())
}

/// Its length and its transcript, which is written.
async fn one(options: &Options, recogniser: &Recogniser, recording: &Recording) -> Result<(f64, Fitted), Deaf> {
    let bytes = fs::metadata(&recording.path).map_err(|error| error.to_string())?.len();
    if bytes > options.megabytes.saturating_mul(1_000_000) {
        let most = options.megabytes;
        return Err(format!("it has {bytes} bytes, more than {most} megabytes; --megabytes takes more").into());
    }
    let (Listened { heard, seconds }, by) = match recogniser {
        Recogniser::Asked(asked) => (asked.hear(recording).await?, asked.name()),
        Recogniser::Program(program) => (program.hear(recording).await?, program.name()),
    };
    let fitted = cues::fitted(heard, seconds, options.words);
    recording.write(&cues::written(&fitted.cues, &options.class, &by)).map_err(|error| error.to_string())?;
    Ok((seconds, fitted))
}
