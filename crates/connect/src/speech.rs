//! Recognisers of speech behind interfaces like OpenAI's transcriptions: a recording goes there as a form, and what was
//! heard comes back as segments with times. What is busy is asked again, later each time, until the recording's time is up.
//!
//! Wire shapes: `POST {base}/audio/transcriptions` with `file`, `model`, `language`, `response_format` and
//! `timestamp_granularities[]` (OpenAI's reference, cross-checked with whisper.cpp's server, faster-whisper-server and vLLM).

mod form;
mod heard;

pub use heard::{Heard, Said};

use crate::{Answer, Ask, FetchError, Fetcher};
use labelwright_core::numeric::SplitMix64;
use reqwest::{
    Method,
    header::{AUTHORIZATION, CONTENT_TYPE, DATE, RETRY_AFTER},
};
use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant, SystemTime},
};
use url::Url;

/// Attempts at one recording, and the pause before the second.
const ATTEMPTS: u32 = 5;
const PAUSE_FIRST_MILLISECONDS: u64 = 500;
/// Bytes of one answer.
const BYTES_MAXIMUM: u64 = 16 << 20;
/// Characters that are told of what an interface says when it refuses.
const SAID_CHARS: usize = 200;

/// Where and how it is asked.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// See [`Endpoint::address`].
    pub url: Url,
    pub model: Option<String>,
    /// Sent as a bearer token.
    pub key: Option<String>,
    /// ISO 639-1; the model finds out by itself when it is left out.
    pub language: Option<String>,
    /// Are times of single words asked for too?
    pub words: bool,
    /// For one recording with all attempts at it.
    pub time: Duration,
}

impl Endpoint {
    /// Where recordings go, of a server or of its `/v1`. An address that names the place itself stays as it is.
    pub fn address(told: &Url) -> Url {
        let mut url = told.clone();
        let last = url.path().trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let more: &[&str] = match last {
            "" => &["v1", "audio", "transcriptions"],
            "transcriptions" | "translations" | "inference" => return url,
            _ => &["audio", "transcriptions"],
        };
        // An address that has no path is refused when it is asked.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(more);
        }
        url
    }
}

/// A recording as it goes out. Its name stays here: names of files tell about people.
#[derive(Debug, Clone, Copy)]
pub struct Recording<'a> {
    pub bytes: &'a [u8],
    /// Of its name, in small letters, like `wav`: interfaces go by it.
    pub ending: &'a str,
}

/// Why nothing was heard.
#[derive(Debug, thiserror::Error)]
pub enum SpeechError {
    #[error("{place}: {reason}")]
    Fetch { place: String, reason: FetchError },
    #[error("{0}: the token is missing or not good for this")]
    Key(String),
    #[error("{place}: it answered {status}: no recogniser is there; is the address right?")]
    Missing { place: String, status: u16 },
    #[error("{place}: it answered {status}: {said}")]
    Refused { place: String, status: u16, said: String },
    #[error("{place}: it is busy or broken, and answered {status} to the last of {attempts} attempts")]
    Busy { place: String, status: u16, attempts: u32 },
    #[error(
        "{place}: it answered {status} and wants to be left alone for {wanted} seconds, which is longer than there is"
    )]
    LeftAlone { place: String, status: u16, wanted: u64 },
    #[error("{place}: there was no answer within {seconds} seconds")]
    Late { place: String, seconds: u64 },
    #[error("{place}: what it answered is no transcript: {reason}")]
    Strange { place: String, reason: String },
}

impl SpeechError {
    /// Will the next recording fail in the same way?
    pub fn is_of_the_interface(&self) -> bool {
        match self {
            Self::Key(_) | Self::Missing { .. } => true,
            Self::Fetch { reason, .. } => matches!(reason, FetchError::Forbidden | FetchError::NotAnAddress),
            _ => false,
        }
    }

    /// Is it likely that nobody is there?
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Busy { .. } | Self::LeftAlone { .. } => true,
            Self::Fetch { reason, .. } => reason.is_passing(),
            _ => false,
        }
    }
}

/// A recogniser that is asked.
pub struct Recogniser {
    fetcher: Fetcher,
    endpoint: Endpoint,
    /// It is known not to give segments.
    plain: AtomicBool,
}

impl Recogniser {
    pub fn new(fetcher: Fetcher, endpoint: Endpoint) -> Self {
        Self { fetcher, endpoint, plain: AtomicBool::new(false) }
    }

    /// What is said in a recording.
    ///
    /// # Errors
    /// [`SpeechError::is_of_the_interface`] tells which of them leave no hope for other recordings.
    pub async fn hear(&self, recording: Recording<'_>) -> Result<Heard, SpeechError> {
        let end = Instant::now() + self.endpoint.time;
        let mut chance = SplitMix64::new(recording.bytes.len() as u64);
        let mut ask = self.question(recording);
        for attempt in 1.. {
            ask.time = end.saturating_duration_since(Instant::now());
            let (last, wanted) = match self.fetcher.ask(&ask).await {
                Ok(answer) => match self.judged(&answer)? {
                    Verdict::Heard(heard) => return Ok(heard),
                    Verdict::Plainer => {
                        ask = self.question(recording);
                        continue;
                    }
                    Verdict::Busy(wanted) => {
                        let status = answer.status;
                        (SpeechError::Busy { place: self.place(), status, attempts: attempt }, wanted)
                    }
                },
                Err(_) if Instant::now() >= end => return Err(self.late()),
                Err(reason) => {
                    let is_passing = reason.is_passing();
                    let failed = SpeechError::Fetch { place: self.place(), reason };
                    if !is_passing {
                        return Err(failed);
                    }
                    (failed, None)
                }
            };
            let pause = wanted.unwrap_or_else(|| pause(attempt, &mut chance));
            let is_over = pause >= end.saturating_duration_since(Instant::now());
            match (last, wanted) {
                (SpeechError::Busy { place, status, .. }, Some(wanted)) if is_over => {
                    return Err(SpeechError::LeftAlone { place, status, wanted: wanted.as_secs() });
                }
                (last, _) if is_over || attempt >= ATTEMPTS => return Err(last),
                _ => tokio::time::sleep(pause).await,
            }
        }
        Err(self.late())
    }

    fn question(&self, recording: Recording<'_>) -> Ask {
        let Endpoint { url, model, key, language, words, time } = &self.endpoint;
        let plain = self.plain.load(Ordering::Relaxed);
        let mut fields = vec![("response_format", if plain { "json" } else { "verbose_json" })];
        fields.extend(model.as_deref().map(|model| ("model", model)));
        fields.extend(language.as_deref().map(|language| ("language", language)));
        if *words && !plain {
            fields.extend(["segment", "word"].map(|word| ("timestamp_granularities[]", word)));
        }
        let (kind, body) = form::form(&fields, recording);
        let mut ask = Ask::get(url.clone(), BYTES_MAXIMUM, *time).with(CONTENT_TYPE, kind);
        if let Some(key) = key {
            ask = ask.with(AUTHORIZATION, format!("Bearer {key}"));
        }
        (ask.method, ask.body) = (Method::POST, Some(body.into()));
        ask
    }

    fn judged(&self, answer: &Answer) -> Result<Verdict, SpeechError> {
        let place = || self.place();
        match answer.status {
            200..=299 => match Heard::of(&answer.bytes) {
                Ok(heard) => Ok(Verdict::Heard(heard)),
                Err(reason) => Err(SpeechError::Strange { place: place(), reason }),
            },
            401 | 403 => Err(SpeechError::Key(place())),
            status @ (300..=399 | 404 | 405) => Err(SpeechError::Missing { place: place(), status }),
            408 | 429 | 500..=599 => Ok(Verdict::Busy(wanted(answer))),
            status => {
                let said = String::from_utf8_lossy(&answer.bytes);
                // Some models give nothing but the text, and say so.
                let is_about_form = ["response_format", "verbose_json", "timestamp_granularities"];
                let is_about_form = is_about_form.iter().any(|word| said.contains(word));
                if is_about_form && !self.plain.swap(true, Ordering::Relaxed) {
                    return Ok(Verdict::Plainer);
                }
                let said = said.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).take(SAID_CHARS).collect();
                Err(SpeechError::Refused { place: place(), status, said })
            }
        }
    }

    /// Without what may be a secret.
    fn place(&self) -> String {
        let mut url = self.endpoint.url.clone();
        url.set_query(None);
        // An address that cannot have them has none.
        let _ = url.set_password(None).and_then(|()| url.set_username(""));
        url.into()
    }

    fn late(&self) -> SpeechError {
        SpeechError::Late { place: self.place(), seconds: self.endpoint.time.as_secs() }
    }
}

enum Verdict {
    Heard(Heard),
    /// The same with less asked for.
    Plainer,
    /// With how long it wants to be left alone.
    Busy(Option<Duration>),
}

/// How long it wants to be left alone. A date is one of its own clock, which need not agree with that of this machine.
fn wanted(answer: &Answer) -> Option<Duration> {
    let now = answer.header(&DATE).and_then(|text| httpdate::parse_http_date(text).ok());
    let is_number = answer.header(&RETRY_AFTER)?.trim().parse::<u32>().is_ok();
    answer.retry_after(now.or(is_number.then_some(SystemTime::UNIX_EPOCH))?)
}

/// Twice as long as before and a bit more by chance, so that many do not come back together.
fn pause(attempt: u32, chance: &mut SplitMix64) -> Duration {
    let own = PAUSE_FIRST_MILLISECONDS << (attempt - 1).min(10);
    Duration::from_millis(own + chance.bits() % (own / 4))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_servers_become_those_of_the_recogniser() {
        for (told, wanted) in [
            ("http://a:8000", "http://a:8000/v1/audio/transcriptions"),
            ("https://a/v1", "https://a/v1/audio/transcriptions"),
            ("https://a/v1/", "https://a/v1/audio/transcriptions"),
            ("https://a/openai/v1?api-version=1", "https://a/openai/v1/audio/transcriptions?api-version=1"),
            ("https://a/v1/audio/transcriptions", "https://a/v1/audio/transcriptions"),
            ("http://a:8080/inference", "http://a:8080/inference"),
        ] {
            assert_eq!(Endpoint::address(&Url::parse(told).unwrap()).as_str(), wanted);
        }
    }

    #[test]
    fn how_long_it_wants_to_be_left_alone_goes_by_its_own_clock() {
        for (date, after, seconds) in [
            (None, Some("7"), Some(7)),
            (Some("Mon, 30 Nov 2026 06:00:00 GMT"), Some("Mon, 30 Nov 2026 06:00:07 GMT"), Some(7)),
            (Some("Mon, 30 Nov 2026 06:00:00 GMT"), Some("Mon, 30 Nov 2026 05:00:00 GMT"), Some(0)),
            (None, Some("Mon, 30 Nov 2026 06:00:07 GMT"), None),
            (None, Some("soon"), None),
            (None, None, None),
        ] {
            let headers = [(DATE, date), (RETRY_AFTER, after)].into_iter();
            let headers = headers.filter_map(|(name, value)| Some((name, value?.parse().unwrap()))).collect();
            let answer = Answer { status: 429, headers, raw: Default::default(), bytes: Default::default() };
            assert_eq!(wanted(&answer).map(|time| time.as_secs()), seconds, "{date:?} {after:?}");
        }
    }

    #[test]
    fn secrets_of_an_address_are_not_told() {
        let url = Url::parse("https://me:secret@a/v1/audio/transcriptions?key=secret").unwrap();
        let time = Duration::from_secs(1);
        let endpoint = Endpoint { url, model: None, key: None, language: None, words: false, time };
        let recogniser = Recogniser::new(Fetcher::new(crate::Guard::default()), endpoint);
        assert_eq!(recogniser.place(), "https://a/v1/audio/transcriptions");
    }
}
