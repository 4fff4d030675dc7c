//! PocketSphinx, a recogniser that runs on this machine without a network: it gets samples as it wants them, with limits on
//! time and memory, and says words with their times.

use super::{Deaf, Listened, Options, Recording, samples};
use crate::outside;
use labelwright_connect::speech::{Heard, Said};
use labelwright_workflow::decoding::Decoder;
use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tokio::process::Command;

const PROGRAM: &str = "pocketsphinx_continuous";
const INSTALLATION: &str = "apt install pocketsphinx pocketsphinx-en-us";
/// What one recording may take: bytes of addresses, and of one file that is written.
const MEMORY_BYTES: u64 = 4 << 30;
const OUTPUT_BYTES: u64 = 256 << 20;

pub struct PocketSphinx {
    program: PathBuf,
    decoder: Decoder,
    seconds: u64,
}

impl PocketSphinx {
    pub fn open(options: &Options, decoder: Decoder) -> Result<Self, String> {
        let told = options.program.is_some();
        let program = outside::found(PROGRAM, INSTALLATION, options.program.clone());
        let program = program.map_err(|error| match told {
            true => error,
            false => format!("no speech recogniser: {error}, or give --endpoint, the address of a server"),
        })?;
        let is_english = options.language.as_deref().is_none_or(|word| word == "en" || word.starts_with("en-"));
        if !is_english {
            return Err(
                "pocketsphinx as it is installed knows English alone; give --endpoint for other languages".into()
            );
        }
        Ok(Self { program, decoder, seconds: options.seconds })
    }

    pub fn name(&self) -> String {
        "pocketsphinx".into()
    }

    pub async fn hear(&self, recording: &Recording) -> Result<Listened, Deaf> {
        let (decoder, path) = (self.decoder.clone(), recording.path.clone());
        let prepared = tokio::task::spawn_blocking(move || prepared(&decoder, &path)).await;
        let (file, seconds) = prepared.map_err(|error| error.to_string())??;
        let said = self.run(file.path()).await?;
        Ok(Listened { heard: heard(&said), seconds })
    }

    /// What it says about a file. It ends with this, however this ends.
    async fn run(&self, file: &Path) -> Result<String, String> {
        let text = |error: std::io::Error| error.to_string();
        let (said, complaints) = (tempfile::tempfile().map_err(text)?, tempfile::tempfile().map_err(text)?);
        let mut child = Command::new(std::env::current_exe().map_err(text)?)
            .args(["limited", "--seconds", &self.seconds.to_string()])
            .args(["--memory-bytes", &MEMORY_BYTES.to_string()])
            .args(["--output-bytes", &OUTPUT_BYTES.to_string(), "--"])
            .arg(&self.program)
            .arg("-infile")
            .arg(file)
            .args(["-time", "yes"])
            .env("LABELWRIGHT_LOG", "off")
            .stdin(Stdio::null())
            .stdout(said.try_clone().map_err(text)?)
            .stderr(complaints.try_clone().map_err(text)?)
            .kill_on_drop(true)
            .spawn()
            .map_err(text)?;
        let time = Duration::from_secs(self.seconds);
        let Ok(status) = tokio::time::timeout(time, child.wait()).await else {
            // One that has ended meanwhile cannot be ended again, and that is as well.
            drop(child.kill().await);
            return Err(format!("stopped after {} seconds; --seconds gives it more", self.seconds));
        };
        let status = status.map_err(text)?;
        match status.success() {
            true => read(said).map_err(text),
            false => Err(format!("it ended with {status}: {}", complaint(&read(complaints).map_err(text)?))),
        }
    }
}

fn read(mut file: File) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The last error among very many lines about other things.
fn complaint(log: &str) -> String {
    let bad = |line: &&str| line.starts_with("ERROR") || line.starts_with("FATAL");
    let line = log.lines().rev().find(bad).or_else(|| log.lines().rev().find(|line| !line.trim().is_empty()));
    line.unwrap_or_default().chars().filter(|c| !c.is_control()).take(500).collect()
}

/// The recording as it wants it, and its length.
fn prepared(decoder: &Decoder, path: &Path) -> Result<(tempfile::NamedTempFile, f64), String> {
    let text = |error: std::io::Error| error.to_string();
    let source = File::open(path).map_err(text)?;
    let mut decoded = tempfile::tempfile().map_err(text)?;
    decoder.samples(source, decoded.try_clone().map_err(text)?).map_err(|refused| refused.message)?;
    decoded.seek(SeekFrom::Start(0)).map_err(text)?;
    // It goes by the name whether there is a header.
    let mut file = tempfile::Builder::new().suffix(".wav").tempfile().map_err(text)?;
    let seconds = samples::speech(decoded, file.as_file_mut()).map_err(text)?;
    Ok((file, seconds))
}

/// A line for each utterance, and after it a line for each of its words: `three 0.030 0.550 0.999900`.
fn heard(said: &str) -> Heard {
    let (mut segments, mut words) = (Vec::<Said>::new(), Vec::<Said>::new());
    let mut is_new = true;
    for (at, line) in said.lines().enumerate() {
        let Some((word, start, end)) = timed(line) else {
            is_new = true;
            continue;
        };
        // Silence, noise and the ends of utterances.
        if word.starts_with(['<', '[', '+']) {
            continue;
        }
        // Ways to say a word have numbers: `the(2)`.
        let word = word.split('(').next().unwrap_or_default().to_owned();
        let word = Said { start, end, text: word, place: format!("line {}", at + 1) };
        match segments.last_mut().filter(|_| !is_new) {
            Some(last) => {
                last.text.push(' ');
                last.text.push_str(&word.text);
                last.end = word.end;
            }
            None => segments.push(word.clone()),
        }
        is_new = false;
        words.push(word);
    }
    Heard { segments, words, ..Heard::default() }
}

fn timed(line: &str) -> Option<(&str, f64, f64)> {
    let columns: Vec<&str> = line.split_whitespace().collect();
    let [word, start, end, sure] = columns[..] else { return None };
    let number = |text: &str| text.parse::<f64>().ok().filter(|number| number.is_finite());
    number(sure)?;
    Some((word, number(start)?, number(end)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utterances_become_segments_with_the_times_of_their_words() {
        let said = "well the three\n<s> 2.880 2.980 1.000100\nwell 2.990 3.230 0.735036\n<sil> 3.340 3.380 0.990346\n\
            the(2) 3.390 3.620 0.008695\nthree 3.630 3.950 0.633147\n</s> 4.460 4.940 1.000000\n\n\
            where\n<s> 8.850 9.110 1.000000\nwhere 9.120 9.300 0.242279\n[NOISE] 9.310 9.530 0.985800\n</s> 9.540 9.760 1.0\n";
        let heard = heard(said);
        let segments: Vec<(f64, f64, &str)> =
            heard.segments.iter().map(|said| (said.start, said.end, said.text.as_str())).collect();
        assert_eq!(segments, [(2.99, 3.95, "well the three"), (9.12, 9.3, "where")]);
        assert_eq!((heard.words.len(), heard.words[1].text.as_str()), (4, "the"));
        assert_eq!(super::heard(""), Heard::default());
    }

    #[test]
    fn what_went_wrong_is_found_among_its_log() {
        let log = "INFO: a\nERROR: \"continuous.c\", line 136: bad rate\nINFO: b\n";
        assert_eq!(complaint(log), "ERROR: \"continuous.c\", line 136: bad rate");
        assert_eq!(complaint("labelwright: no such file\n\n"), "labelwright: no such file");
    }
}
