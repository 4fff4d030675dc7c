//! A file of any size from an address onto the disk: it goes on where it was cut off as long as it is still the same file,
//! and has its name only when it is whole.

use super::{
    Gauge, SourceError,
    talk::{ATTEMPTS, Talk, lead, pause, told},
};
use crate::FetchError;
use reqwest::{
    Response,
    header::{ACCEPT_ENCODING, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderName, IF_RANGE, RANGE, RETRY_AFTER},
};
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    time::Duration,
};
use url::Url;

const REDIRECTS_MAXIMUM: usize = 5;
/// A file may take long, its next bytes may not.
const FILE_PATIENCE: Duration = Duration::from_secs(24 * 3600);
const CHUNK_PATIENCE: Duration = Duration::from_secs(60);

/// A file that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brought {
    pub path: PathBuf,
    /// The address that was asked, and the one that answered.
    pub url: String,
    pub final_url: String,
    pub sha256: String,
    pub bytes: u64,
    pub content_type: Option<String>,
}

impl Talk<'_> {
    /// Brings a file of at most so many bytes.
    pub async fn download(&self, url: &Url, to: &Path, most: u64, gauge: &Gauge) -> Result<Brought, SourceError> {
        let disk = |error: io::Error| SourceError::Disk(to.display().to_string(), error);
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).map_err(disk)?;
        }
        let (part, tag_file) = (beside(to, "part"), beside(to, "tag"));
        let (mut final_url, mut content_type) = (url.clone(), None);
        if !to.exists() {
            let mut attempt = 0;
            loop {
                let there = fs::metadata(&part).map(|part| part.len()).unwrap_or(0);
                let tag = fs::read_to_string(&tag_file).ok().filter(|_| there > 0);
                let outcome =
                    self.part(url, &part, &tag_file, tag.as_deref().map(|tag| (there, tag)), most, gauge).await;
                match outcome {
                    Ok((answered, kind)) => {
                        (final_url, content_type) = (answered, kind);
                        break;
                    }
                    Err(Cut::Passing(reason, asked)) => {
                        if attempt + 1 >= ATTEMPTS {
                            return Err(SourceError::Fetch { place: told(url), reason });
                        }
                        tokio::time::sleep(pause(asked, attempt)).await;
                        attempt += 1;
                    }
                    Err(Cut::Final(reason)) => return Err(SourceError::Fetch { place: told(url), reason }),
                    Err(Cut::Disk(error)) => return Err(disk(error)),
                }
            }
            fs::rename(&part, to).map_err(disk)?;
            drop(fs::remove_file(&tag_file));
        }
        let (sha256, bytes) = hash(to).map_err(disk)?;
        Ok(Brought { path: to.to_owned(), url: told(url), final_url: told(&final_url), sha256, bytes, content_type })
    }

    async fn part(
        &self,
        url: &Url,
        part: &Path,
        tag_file: &Path,
        there: Option<(u64, &str)>,
        most: u64,
        gauge: &Gauge,
    ) -> Result<(Url, Option<String>), Cut> {
        let mut ask = self.ask(url);
        ask.time = FILE_PATIENCE;
        ask.headers.retain(|(name, _)| *name != ACCEPT_ENCODING);
        if let Some((from, tag)) = there {
            ask = ask.with(RANGE, format!("bytes={from}-")).with(IF_RANGE, tag);
        }
        for _ in 0..=REDIRECTS_MAXIMUM {
            let response = self.fetcher.send(&ask).await.map_err(Cut::of)?;
            let place = header(&response, &reqwest::header::LOCATION).and_then(|place| ask.url.join(&place).ok());
            if let Some(next) = place.filter(|_| response.status().is_redirection()) {
                lead(&mut ask, next);
                continue;
            }
            let kind = header(&response, &CONTENT_TYPE);
            match response.status().as_u16() {
                200 | 206 => {}
                // All of it is there already.
                416 if there.is_some() => return Ok((ask.url, kind)),
                status @ (429 | 500..=599) => {
                    let seconds = header(&response, &RETRY_AFTER).and_then(|text| text.trim().parse().ok());
                    return Err(Cut::Passing(FetchError::Refused(status), seconds.map(Duration::from_secs)));
                }
                status => return Err(Cut::Final(FetchError::Refused(status))),
            }
            // Only what begins where the part ends may be put behind it.
            let begins = header(&response, &CONTENT_RANGE)
                .and_then(|text| text.strip_prefix("bytes ")?.split('-').next()?.parse::<u64>().ok());
            let from = there.map(|(from, _)| from).filter(|from| response.status() == 206 && begins == Some(*from));
            let from = from.unwrap_or(0);
            if response.status() == 206 && from == 0 {
                drop(fs::remove_file(part));
                return Err(Cut::Passing(FetchError::Damaged, None));
            }
            match header(&response, &ETAG).filter(|tag| !tag.starts_with("W/")) {
                Some(tag) => fs::write(tag_file, tag).map_err(Cut::Disk)?,
                None => drop(fs::remove_file(tag_file)),
            }
            fill(response, part, from, most, gauge).await?;
            return Ok((ask.url, kind));
        }
        Err(Cut::Final(FetchError::TooManyRedirects))
    }
}

/// Why a part of a file is not whole.
enum Cut {
    Passing(FetchError, Option<Duration>),
    Final(FetchError),
    Disk(io::Error),
}

impl Cut {
    fn of(error: FetchError) -> Self {
        if error.is_passing() { Self::Passing(error, None) } else { Self::Final(error) }
    }
}

async fn fill(mut response: Response, part: &Path, from: u64, most: u64, gauge: &Gauge) -> Result<(), Cut> {
    let mut file = OpenOptions::new().create(true).truncate(false).append(true).open(part).map_err(Cut::Disk)?;
    file.set_len(from).map_err(Cut::Disk)?;
    let mut length = from;
    loop {
        let chunk = tokio::time::timeout(CHUNK_PATIENCE, response.chunk()).await;
        let Ok(Ok(chunk)) = chunk else { return Err(Cut::Passing(FetchError::Unreachable, None)) };
        let Some(chunk) = chunk else { break };
        length += chunk.len() as u64;
        if length > most {
            return Err(Cut::Final(FetchError::TooLarge(most)));
        }
        file.write_all(&chunk).map_err(Cut::Disk)?;
        gauge.add(chunk.len() as u64);
    }
    file.sync_data().map_err(Cut::Disk)
}

fn header(response: &Response, name: &HeaderName) -> Option<String> {
    response.headers().get(name)?.to_str().ok().map(str::to_owned)
}

/// A hidden file beside the one that is brought.
fn beside(to: &Path, ending: &str) -> PathBuf {
    let name = to.file_name().unwrap_or_default().to_string_lossy();
    to.with_file_name(format!(".{name}.{ending}"))
}

fn hash(path: &Path) -> io::Result<(String, u64)> {
    let (mut file, mut hasher, mut bytes, mut room) = (File::open(path)?, Sha256::new(), 0, vec![0; 1 << 16]);
    loop {
        let count = file.read(&mut room)?;
        if count == 0 {
            break;
        }
        bytes += count as u64;
        hasher.update(&room[..count]);
    }
    Ok((hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect(), bytes))
}
