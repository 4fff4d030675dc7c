//! This program once more, as a process of its own: what it computes from others' data has limits on time and memory, and
//! ends with the job.

use super::Decoder;
use crate::{
    Workflow,
    jobs::{Pace, Stopped},
};
use std::{
    path::Path,
    process::Stdio,
    sync::atomic::{AtomicI64, Ordering},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    process::Command,
};

/// What it may take: seconds of computing, bytes of addresses, and bytes of one file that it writes.
const SECONDS: u64 = 6 * 60 * 60;
const MEMORY_BYTES: u64 = 16 << 30;
const OUTPUT_BYTES: u64 = 64 << 30;
/// How often the progress is told.
const BEAT: Duration = Duration::from_millis(250);
/// What is read of what it says and of what it complains about, in bytes.
const SAID_MAXIMUM: u64 = 1 << 20;
const COMPLAINTS_MAXIMUM: u64 = 64 << 10;

/// What a process has said, without the numbers that tell how far it is.
pub async fn run(workflow: &Workflow, folder: &Path, words: &[&str], pace: &mut impl Pace) -> Result<String, Stopped> {
    let Decoder::Child(program) = workflow.decoder.clone() else {
        return Err(Stopped::Failed("this program cannot start itself".into()));
    };
    let own = program.to_string_lossy().into_owned();
    let limits = [SECONDS, MEMORY_BYTES, OUTPUT_BYTES].map(|limit| limit.to_string());
    let [seconds, memory, output] = &limits;
    let mut child = Command::new(&program)
        .args(["limited", "--seconds", seconds, "--memory-bytes", memory, "--output-bytes", output, "--", &own])
        .args(words)
        .current_dir(folder)
        // Keys of the operator's are no business of a recipe's; programs that speak are found all the same.
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("LABELWRIGHT_LOG", "off")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| Stopped::Failed(format!("this program cannot start itself: {error}")))?;
    let (Some(said), Some(complaints)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(Stopped::Failed("this program cannot hear itself".into()));
    };
    let done = AtomicI64::new(0);
    let listened = async {
        let (mut lines, mut text) = (BufReader::new(said.take(SAID_MAXIMUM)).lines(), String::new());
        while let Ok(Some(line)) = lines.next_line().await {
            match line.parse() {
                Ok(number) => done.store(number, Ordering::Relaxed),
                Err(_) => {
                    text.push_str(&line);
                    text.push('\n');
                }
            }
        }
        text
    };
    let complained = async {
        let mut text = Vec::new();
        let mut complaints = complaints;
        // What is no text says nothing; the rest is read so that nobody waits for it.
        drop((&mut complaints).take(COMPLAINTS_MAXIMUM).read_to_end(&mut text).await);
        drop(tokio::io::copy(&mut complaints, &mut tokio::io::sink()).await);
        String::from_utf8_lossy(&text).into_owned()
    };
    let work = async { tokio::join!(listened, complained, child.wait()) };
    tokio::pin!(work);
    let (said, complaints, status) = loop {
        tokio::select! {
            ended = &mut work => break ended,
            () = tokio::time::sleep(BEAT) => pace.step(done.load(Ordering::Relaxed)).await?,
        }
    };
    match status {
        Ok(status) if status.success() => Ok(said),
        Ok(_) => {
            let last = complaints.lines().rev().map(str::trim).find(|line| !line.is_empty());
            let why = last.map(|line| line.strip_prefix("labelwright: ").unwrap_or(line));
            let why = why.unwrap_or("it was stopped: it asks for more time or memory than there is for it");
            Err(Stopped::Failed(why.to_owned()))
        }
        Err(error) => Err(Stopped::TryAgain(error.to_string())),
    }
}
