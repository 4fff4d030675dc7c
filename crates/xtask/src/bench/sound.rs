//! Ten hours of sound: what its levels cost once, in the process that makes them.

use super::{Failure, Line};
use crate::prove::binary;
use labelwright_testkit::sound::{bursts, wav};
use std::{
    fs::File,
    io::{BufWriter, Write},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

const RATE: u32 = 16_000;
const HOURS: u32 = 10;
const MIB: f64 = 1024.0 * 1024.0;

pub fn measure() -> Result<Vec<Line>, Failure> {
    let program = binary()?;
    let folder = tempfile::tempdir()?;
    let (sound, levels) = (folder.path().join("sound.wav"), folder.path().join("levels"));
    ten_hours(&sound)?;
    let started = Instant::now();
    let mut child = Command::new(program)
        .args(["decode", "audio", "--seconds", "3600"])
        .stdin(File::open(&sound)?)
        .stdout(File::create(&levels)?)
        .stderr(Stdio::inherit())
        .spawn()?;
    let mut memory: f64 = 0.0;
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        // The highest that it ever was; gone when the process is.
        memory = memory.max(highest_mib(child.id()).unwrap_or(0.0));
        std::thread::sleep(Duration::from_millis(5));
    };
    let seconds = started.elapsed().as_secs_f64();
    if !status.success() {
        return Err("the recording was not decoded".into());
    }
    let size = std::fs::metadata(&levels)?.len() as f64 / MIB;
    Ok(vec![
        Line::at_most("levels of 10 hours of sound, once", seconds, "s", 120.0),
        Line::at_most("memory of the process that makes them", memory, "MiB", 256.0),
        Line::at_most("size of the levels", size, "MiB", 256.0),
    ])
}

/// A minute with bursts, over and over.
fn ten_hours(path: &std::path::Path) -> Result<(), Failure> {
    let turns: Vec<(f64, f64)> = (0..20).map(|turn| (f64::from(turn) * 3.0, f64::from(turn) * 3.0 + 2.0)).collect();
    let minute = bursts(RATE, 60.0, &turns);
    let bytes: Vec<u8> = minute.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    let length = bytes.len() as u32 * HOURS * 60;
    let mut head = wav(RATE, 1, &[]);
    head[4..8].copy_from_slice(&(36 + length).to_le_bytes());
    head[40..44].copy_from_slice(&length.to_le_bytes());
    let mut file = BufWriter::new(File::create(path)?);
    file.write_all(&head)?;
    for _ in 0..HOURS * 60 {
        file.write_all(&bytes)?;
    }
    Ok(file.flush()?)
}

/// The most resident memory that a process has had, in MiB.
fn highest_mib(process: u32) -> Option<f64> {
    let text = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1024.0)
}
