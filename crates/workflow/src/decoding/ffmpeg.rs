//! FFmpeg, a program of this machine that decodes videos which browsers do not: it gets a file and a stretch of time, and
//! gives a JPEG picture of every frame in it with the time at which that frame is shown. It is started by way of
//! `labelwright limited`.

use super::UNDECODABLE;
use crate::decoding::NotTaken;
use bytes::Bytes;
use std::{
    fs::File,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tokio::{io::AsyncReadExt, process::Command};

/// What one run may take: seconds of waiting and of computing, bytes of addresses, and bytes of its pictures.
const SECONDS: u64 = 40;
const THREADS: &str = "2";
const MEMORY_BYTES: u64 = 4 << 30;
const OUTPUT_BYTES: u64 = 96 << 20;
/// What is read of what it says.
const SAID_BYTES: u64 = 1 << 20;
/// What begins each picture of its output.
const BOUNDARY: &[u8] = b"--ffmpeg\r\n";

/// What it is to decode.
pub(crate) struct Stretch {
    /// The kind of container, as FFmpeg names it: it is never guessed, because some kinds name other files.
    pub container: &'static str,
    /// Where decoding begins, in seconds; at the beginning of the file where it is left out.
    pub seek: Option<f64>,
    /// The seconds in which the frames lie; all of them where it is left out.
    pub between: Option<[f64; 2]>,
    /// Pictures at most.
    pub count: u32,
}

/// A frame.
pub(crate) struct Decoded {
    /// When it is shown, in ticks of the clock that was asked for.
    pub at: i64,
    /// A JPEG file, upright.
    pub picture: Bytes,
}

/// The program in a folder of PATH; None where there is none.
pub(crate) fn found() -> Option<PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).map(|folder| folder.join("ffmpeg")).find(|path| path.is_file())
}

impl Stretch {
    fn words(&self) -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        let mut say = |text: &str| words.extend(text.split(' ').map(str::to_owned));
        say("-v info -hide_banner -nostats -nostdin");
        say(&format!("-threads {THREADS} -protocol_whitelist file -f {}", self.container));
        // Times stay those of the container.
        say("-copyts");
        if let Some(seconds) = self.seek {
            say(&format!("-seek_timestamp 1 -noaccurate_seek -ss {seconds:.9}"));
        }
        say("-i /dev/stdin -map 0:V:0 -filter_threads 1 -vf");
        let select = self.between.map(|[start, end]| format!("select='between(t,{start:.9},{end:.9})',"));
        // JPEG has this matrix and the full range, whatever the video has.
        let picture = "showinfo=checksum=0,scale=out_color_matrix=bt601:out_range=full,format=yuvj420p";
        say(&format!("{}{picture}", select.unwrap_or_default()));
        say(&format!("-fps_mode passthrough -frames:v {} -c:v mjpeg -q:v 2 -f mpjpeg pipe:1", self.count));
        words
    }

    /// The frames in their order. A frame that cannot be decoded is missing.
    ///
    /// # Errors
    /// When it takes too much, or decodes nothing.
    pub async fn decode(
        &self,
        [own, ffmpeg]: [&Path; 2],
        source: File,
        ticks_per_second: u32,
    ) -> Result<Vec<Decoded>, NotTaken> {
        let refused = |message: String| NotTaken { code: UNDECODABLE, message };
        let cpu = (SECONDS * 2).to_string();
        let mut child = Command::new(own)
            .args(["limited", "--seconds", &cpu, "--memory-bytes", &MEMORY_BYTES.to_string()])
            .args(["--output-bytes", "0", "--"])
            .arg(ffmpeg)
            .args(self.words())
            .env_clear()
            .env("LABELWRIGHT_LOG", "off")
            .stdin(source)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| super::failed(&error))?;
        let (Some(pictures), Some(said)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(refused("ffmpeg cannot be heard".into()));
        };
        let work = async { tokio::join!(whole(pictures, OUTPUT_BYTES), whole(said, SAID_BYTES), child.wait()) };
        let Ok((pictures, said, status)) = tokio::time::timeout(Duration::from_secs(SECONDS), work).await else {
            return Err(refused(format!("ffmpeg was stopped: it took more than {SECONDS} seconds for these frames")));
        };
        let (said, status) =
            (String::from_utf8_lossy(&said).into_owned(), status.map_err(|error| super::failed(&error))?);
        if pictures.len() as u64 >= OUTPUT_BYTES {
            return Err(refused(format!("ffmpeg was stopped: these pictures have more than {OUTPUT_BYTES} bytes")));
        }
        let (pictures, times) = (parted(&pictures.into()), times(&said, ticks_per_second));
        if !status.success() || pictures.is_empty() || times.len() < pictures.len() {
            return Err(refused(format!("ffmpeg cannot decode it: {}", complaint(&said))));
        }
        Ok(times.into_iter().zip(pictures).map(|(at, picture)| Decoded { at, picture }).collect())
    }
}

/// What comes out of a pipe up to a limit; then the pipe is closed, which ends the program.
async fn whole(pipe: impl tokio::io::AsyncRead + Unpin, most: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    // What was read before something went wrong is looked at all the same.
    drop(pipe.take(most).read_to_end(&mut bytes).await);
    bytes
}

/// The pictures of the output: each has a head that tells its bytes.
fn parted(output: &Bytes) -> Vec<Bytes> {
    let (mut pictures, mut at) = (Vec::new(), 0);
    while let Some(start) = output.get(at..).and_then(|rest| position(rest, BOUNDARY)) {
        let head = at + start + BOUNDARY.len();
        let Some(length) = output.get(head..).and_then(|rest| position(rest, b"\r\n\r\n")) else { break };
        let lines = String::from_utf8_lossy(&output[head..head + length]).into_owned();
        let bytes = lines.lines().find_map(|line| line.strip_prefix("Content-length: ")?.trim().parse::<usize>().ok());
        let begin = head + length + 4;
        let Some(end) = bytes.and_then(|bytes| begin.checked_add(bytes)).filter(|end| *end <= output.len()) else {
            break;
        };
        pictures.push(output.slice(begin..end));
        at = end;
    }
    pictures
}

fn position(bytes: &[u8], word: &[u8]) -> Option<usize> {
    bytes.windows(word.len()).position(|part| part == word)
}

/// When each frame is shown, as the filter `showinfo` says it: the clock once, then a line for each frame.
fn times(said: &str, ticks_per_second: u32) -> Vec<i64> {
    let lines = said.lines().filter(|line| line.starts_with("[Parsed_showinfo"));
    let (mut clock, mut times) = (None, Vec::new());
    for line in lines {
        if let Some(base) = line.split("config in time_base: ").nth(1) {
            clock = base.split(',').next().and_then(|base| {
                let (part, whole) = base.split_once('/')?;
                Some((part.parse::<i128>().ok()?, whole.parse::<i128>().ok().filter(|whole| *whole > 0)?))
            });
        } else if line.contains("] n:") {
            let ticks = line.split(" pts:").nth(1).and_then(|rest| rest.split_whitespace().next());
            let (Some((part, whole)), Some(ticks)) = (clock, ticks.and_then(|ticks| ticks.parse::<i64>().ok())) else {
                break;
            };
            let scaled = i128::from(ticks).saturating_mul(part).saturating_mul(ticks_per_second.into());
            times.push(
                (scaled.saturating_add(whole / 2).div_euclid(whole)).clamp(i64::MIN.into(), i64::MAX.into()) as i64
            );
        }
    }
    times
}

/// The last thing that it said.
fn complaint(said: &str) -> String {
    let last = said.lines().rev().map(str::trim).find(|line| !line.is_empty());
    last.unwrap_or("it says nothing").chars().filter(|c| !c.is_control()).take(300).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_told_apart_by_their_lengths() {
        let one = |bytes: &[u8]| {
            let head = format!("--ffmpeg\r\nContent-type: image/jpeg\r\nContent-length: {}\r\n\r\n", bytes.len());
            [head.as_bytes(), bytes, b"\r\n"].concat()
        };
        // What looks like a head within a picture is none.
        let output = [one(b"first"), one(b"--ffmpeg\r\nContent-length: 1\r\n\r\n"), one(b"third")].concat();
        let pictures = parted(&output.clone().into());
        assert_eq!(pictures.len(), 3);
        assert_eq!((&pictures[0][..], &pictures[2][..]), (b"first".as_slice(), b"third".as_slice()));
        assert_eq!(parted(&output[..output.len() - 4].to_vec().into()).len(), 2);
        assert!(parted(&b"--ffmpeg\r\nContent-length: 99999999999999999999\r\n\r\nx".to_vec().into()).is_empty());
    }

    #[test]
    fn times_are_told_in_ticks_of_the_clock_that_is_asked_for() {
        let said = "Input #0\n[Parsed_showinfo_1 @ 0x5] config in time_base: 1/1000, frame_rate: 25/1\n\
            [Parsed_showinfo_1 @ 0x5] n:   0 pts:  -2000 pts_time:-2   pos: 5 fmt:yuv420p\n\
            [Parsed_showinfo_1 @ 0x5] color_range:unknown\n\
            [Parsed_showinfo_1 @ 0x5] n:   1 pts:     33 pts_time:0.033 pos: 9 fmt:yuv420p\n";
        assert_eq!(times(said, 30_000), [-60_000, 990]);
        assert_eq!(times("[Parsed_showinfo_1 @ 0x5] n:   0 pts:      1 pts_time:0", 10), [0; 0]);
    }
}
