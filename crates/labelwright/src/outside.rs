//! Programs of this machine that do a part of the work: found in PATH, and run under limits by way of `labelwright limited`.

use std::{
    ffi::OsString,
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

/// Between two looks at a program, at first and at most.
const LOOK: [Duration; 2] = [Duration::from_millis(1), Duration::from_millis(50)];
/// What is read of what it complains about.
const SAID_BYTES: u64 = 2000;

/// What a program may take.
pub struct Limits {
    pub seconds: u64,
    /// Addresses that are in use or kept for use.
    pub memory_bytes: u64,
    /// Of one file that it writes.
    pub output_bytes: u64,
}

/// Why it came to no good end.
pub enum Ended {
    Unstartable(io::Error),
    /// It took longer than it may.
    Stopped,
    /// How it ended, and what it said.
    Failed(String),
}

/// Runs a program to its end. It gets `stdin`, and what it complains about goes into `complaints`, an empty file.
pub fn run(
    program: &Path,
    words: impl IntoIterator<Item = OsString>,
    limits: &Limits,
    stdin: Stdio,
    mut complaints: File,
) -> Result<(), Ended> {
    let mut child = Command::new(std::env::current_exe().map_err(Ended::Unstartable)?)
        .args(["limited", "--seconds", &limits.seconds.to_string()])
        .args(["--memory-bytes", &limits.memory_bytes.to_string()])
        .args(["--output-bytes", &limits.output_bytes.to_string(), "--"])
        .arg(program)
        .args(words)
        .env("LABELWRIGHT_LOG", "off")
        .stdin(stdin)
        .stdout(Stdio::null())
        .stderr(complaints.try_clone().map_err(Ended::Unstartable)?)
        .spawn()
        .map_err(Ended::Unstartable)?;
    let (end, mut pause) = (Instant::now() + Duration::from_secs(limits.seconds), LOOK[0]);
    let status = loop {
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) if Instant::now() < end => {
                std::thread::sleep(pause);
                pause = (pause * 2).min(LOOK[1]);
            }
            // One that has ended meanwhile cannot be ended again, and that is as well.
            Ok(None) | Err(_) => {
                drop(child.kill());
                drop(child.wait());
                return Err(Ended::Stopped);
            }
        }
    };
    if status.success() {
        return Ok(());
    }
    let mut said = String::new();
    // What is no text says nothing.
    drop(complaints.seek(SeekFrom::Start(0)).and_then(|_| complaints.take(SAID_BYTES).read_to_string(&mut said)));
    let said: String = said.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    Err(Ended::Failed(format!("it ended with {status}: {said}")))
}

/// The program: as it is told, or in a folder of PATH. `how` says how it is installed.
pub fn found(name: &str, how: &str, told: Option<PathBuf>) -> Result<PathBuf, String> {
    if let Some(path) = told {
        return path.canonicalize().map_err(|error| format!("--program: {}: {error}", path.display()));
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let file = std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| path.is_file());
    file.ok_or_else(|| {
        format!("{name} is in no folder of PATH; install it ({how}), or say where it lies with --program")
    })
}
