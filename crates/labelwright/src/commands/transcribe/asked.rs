//! A server that is asked what a recording says.

use super::{Deaf, Listened, Options, Recording};
use labelwright_connect::{
    Fetcher, Guard,
    speech::{self, Endpoint, Recogniser},
};
use labelwright_workflow::decoding::Decoder;
use std::{
    fs::{self, File},
    path::PathBuf,
    time::Duration,
};
use url::Url;

pub struct Asked {
    recogniser: Recogniser,
    model: Option<String>,
    decoder: Decoder,
}

impl Asked {
    pub fn open(options: &Options, endpoint: &Url, decoder: Decoder) -> Result<Self, String> {
        let networks = options.allow_networks.iter().flat_map(|text| text.split(','));
        let guard = Guard::allowing(networks).map_err(|error| format!("--allow-networks: {error}"))?;
        let endpoint = Endpoint {
            url: Endpoint::address(endpoint),
            model: options.model.clone(),
            key: options.token.clone().filter(|token| !token.is_empty()),
            language: options.language.clone(),
            words: options.words,
            time: Duration::from_secs(options.seconds),
        };
        let recogniser = Recogniser::new(Fetcher::new(guard), endpoint);
        Ok(Self { recogniser, model: options.model.clone(), decoder })
    }

    /// As it is noted in transcripts: the server's address is nobody's business.
    pub fn name(&self) -> String {
        self.model.as_ref().map_or_else(|| "a server".to_owned(), |model| format!("the model {model}"))
    }

    pub async fn hear(&self, recording: &Recording) -> Result<Listened, Deaf> {
        let (decoder, path) = (self.decoder.clone(), recording.path.clone());
        // What is broken, or longer than what is imported, is sent to nobody.
        let read = tokio::task::spawn_blocking(move || read(&decoder, &path)).await;
        let (seconds, bytes) = read.map_err(|error| error.to_string())??;
        let recording = speech::Recording { bytes: &bytes, ending: recording.ending };
        let heard = self.recogniser.hear(recording).await.map_err(|error| Deaf {
            message: error.to_string(),
            ends: error.is_of_the_interface(),
            is_passing: error.is_passing(),
        })?;
        Ok(Listened { heard, seconds })
    }
}

/// Its length, measured by decoding it, and its bytes.
fn read(decoder: &Decoder, path: &PathBuf) -> Result<(f64, Vec<u8>), String> {
    let source = File::open(path).map_err(|error| error.to_string())?;
    let levels = tempfile::tempfile().map_err(|error| error.to_string())?;
    let head = decoder.audio(source, levels).map_err(|refused| refused.message)?;
    let seconds = head.ticks as f64 / f64::from(head.ticks_per_second.max(1));
    Ok((seconds, fs::read(path).map_err(|error| error.to_string())?))
}
