//! Runs the real binary and measures what it costs.

use super::Failure;
use crate::prove::binary;
use std::{
    ffi::OsStr,
    path::Path,
    process::{Command, Stdio},
};

/// CPU seconds (user and system) of one command that runs to its end. The shell's own clock is read, because it knows
/// the time of a process that is gone.
pub fn cpu_seconds(data: &Path, words: &[&OsStr]) -> Result<f64, Failure> {
    let output = Command::new("bash")
        .args(["-c", "TIMEFORMAT='cpu %U %S'; time \"$0\" \"$@\""])
        .arg(binary()?)
        .args(words)
        .env("LABELWRIGHT_DATA", data)
        .env("LABELWRIGHT_LOG", "error")
        .stdin(Stdio::null())
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() {
        return Err(format!("{words:?}: {said}").into());
    }
    let times = said.lines().rev().find_map(|line| line.strip_prefix("cpu ")).ok_or("the shell tells no time")?;
    Ok(times.split(' ').filter_map(|part| part.parse::<f64>().ok()).sum())
}

/// CPU seconds that a running process has used so far.
pub fn cpu_so_far(process: u32) -> Result<f64, Failure> {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name in parentheses may hold spaces: fields are counted behind it (proc(5): utime is the 14th).
    let fields: Vec<&str> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    const TICKS_PER_SECOND: f64 = 100.0;
    Ok((ticks(11) + ticks(12)) / TICKS_PER_SECOND)
}

/// Resident memory in MiB.
pub fn resident_mib(process: u32) -> Result<f64, Failure> {
    let text = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = text.lines().find(|line| line.starts_with("VmRSS:")).ok_or("no memory is told")?;
    let kib: f64 = line.split_whitespace().nth(1).and_then(|text| text.parse().ok()).ok_or("no memory is told")?;
    Ok(kib / 1024.0)
}

/// The value below which 95 of 100 lie.
pub fn p95(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = (values.len() * 95).div_ceil(100).saturating_sub(1);
    values.get(at).copied().unwrap_or(f64::NAN)
}
