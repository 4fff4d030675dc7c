//! Samples out of a file: WAV, FLAC, MP3, Ogg Vorbis, AAC and ALAC in MP4. What the file is, its bytes say.

use crate::{
    Refused,
    limits::{CHANNELS_MAXIMUM, RATE_MAXIMUM, RATE_MINIMUM, SECONDS_MAXIMUM},
};
use std::{fs::File, io};
use symphonia::core::{
    codecs::audio::{AudioDecoder, AudioDecoderOptions, well_known::CODEC_ID_OPUS},
    errors::Error,
    formats::{FormatOptions, FormatReader, TrackType, probe::Hint},
    io::{MediaSourceStream, MediaSourceStreamOptions},
    meta::MetadataOptions,
};

/// Packets that cannot be decoded: one in so many is a scratch, more are another kind of file.
const DAMAGED_SHARE: u64 = 20;
/// A recording may end this much earlier than its header says, in seconds: headers round, and codecs pad.
const SHORT_SECONDS: f64 = 0.25;
/// A writer that does not know the length gives about the largest that the header has room for, in bytes.
const UNKNOWN_BYTES: [u64; 2] = [1 << 31, 1 << 32];
const UNKNOWN_SLACK: u64 = 1 << 16;

pub struct Decoder {
    reader: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track: u32,
    pub media_type: &'static str,
    pub sample_rate: u32,
    pub channels: usize,
    /// Samples of one channel, by the header; it may lie.
    pub expected: Option<u64>,
    packets: u64,
    damaged: u64,
    samples: Vec<f32>,
    /// The first packet was decoded to learn the form and has not been handed over.
    is_pending: bool,
}

fn not_audio(error: &Error) -> Refused {
    let channels = format!("the header does not name 1 to {CHANNELS_MAXIMUM} channels");
    let what = match error {
        Error::DecodeError(what) if what.contains("channel count") => return Refused::data("bad_channels", channels),
        Error::IoError(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            return Refused::data("truncated", "the file ends within its header");
        }
        Error::Unsupported("core (probe): no suitable format reader found") => {
            "this is no WAV, FLAC, MP3, Ogg or MP4 sound".to_owned()
        }
        other => format!("the sound cannot be read: {other}"),
    };
    Refused::data("not_audio", what)
}

impl Decoder {
    pub fn open(source: File) -> Result<Self, Refused> {
        let bytes = source.metadata().map(|data| data.len()).unwrap_or(0);
        if bytes == 0 {
            return Err(Refused::data("empty_file", "the file is empty"));
        }
        let stream = MediaSourceStream::new(Box::new(source), MediaSourceStreamOptions::default());
        let (options, tags) = (FormatOptions::default(), MetadataOptions::default());
        let reader = symphonia::default::get_probe()
            .probe(&Hint::new(), stream, options, tags)
            .map_err(|error| not_audio(&error))?;
        let media_type = match reader.format_info().short_name {
            "wave" => "audio/wav",
            "flac" => "audio/flac",
            "mp3" => "audio/mpeg",
            "ogg" => "audio/ogg",
            "isomp4" => "audio/mp4",
            "aac" => "audio/aac",
            other => return Err(Refused::data("not_audio", format!("sound of the kind {other} is not read"))),
        };
        if reader.default_track(TrackType::Video).is_some() {
            return Err(Refused::data("not_audio", "the file holds a video, not only sound"));
        }
        let track = reader.default_track(TrackType::Audio);
        let track = track.ok_or_else(|| Refused::data("not_audio", "the file holds no sound"))?;
        let parameters = track.codec_params.as_ref().and_then(|parameters| parameters.audio());
        let parameters =
            parameters.ok_or_else(|| Refused::data("not_audio", "the header does not say how the sound is coded"))?;
        if parameters.codec == CODEC_ID_OPUS {
            return Err(Refused::data("unknown_codec", "Opus sound is not decoded; convert it to FLAC or WAV"));
        }
        let decoder = symphonia::default::get_codecs()
            .make_audio_decoder(parameters, &AudioDecoderOptions::default())
            .map_err(|error| Refused::data("unknown_codec", format!("the sound cannot be decoded: {error}")))?;
        let (id, frames, declared) =
            (track.id, track.num_frames, (parameters.sample_rate, parameters.channels.clone()));
        let width = parameters.bits_per_sample.unwrap_or(16).div_ceil(8).max(1);
        let mut opened = Self {
            reader,
            decoder,
            track: id,
            media_type,
            sample_rate: declared.0.unwrap_or(0),
            channels: declared.1.map_or(0, |channels| channels.count()),
            expected: None,
            packets: 0,
            damaged: 0,
            samples: Vec::new(),
            is_pending: false,
        };
        if opened.sample_rate == 0 || opened.channels == 0 {
            // Some containers leave it to the first packet.
            opened.is_pending = opened.decode_next()?;
        }
        opened.check_form()?;
        opened.expected = frames.filter(|frames| {
            let bytes = frames.saturating_mul(opened.channels as u64 * u64::from(width));
            let is_unknown = UNKNOWN_BYTES.iter().any(|top| bytes <= *top && bytes + UNKNOWN_SLACK >= *top);
            *frames > 0 && !(is_unknown && media_type == "audio/wav")
        });
        let rate = u64::from(opened.sample_rate);
        if opened.expected.is_some_and(|frames| frames > SECONDS_MAXIMUM * rate) {
            let (hours, most) = (opened.expected.unwrap_or(0) / rate / 3600, SECONDS_MAXIMUM / 3600);
            let message = format!("the header says that it lasts {hours} hours, the limit is {most}");
            return Err(Refused::data("too_long", message));
        }
        Ok(opened)
    }

    fn check_form(&self) -> Result<(), Refused> {
        if self.channels == 0 || self.channels > CHANNELS_MAXIMUM {
            let message = format!("the recording has {} channels, 1 to {CHANNELS_MAXIMUM} are taken", self.channels);
            return Err(Refused::data("bad_channels", message));
        }
        if !(RATE_MINIMUM..=RATE_MAXIMUM).contains(&self.sample_rate) {
            let message =
                format!("{} samples a second; a recording has {RATE_MINIMUM} to {RATE_MAXIMUM}", self.sample_rate);
            return Err(Refused::data("bad_rate", message));
        }
        Ok(())
    }

    /// The next samples, interleaved; None at the end.
    pub fn read(&mut self) -> Result<Option<&[f32]>, Refused> {
        if std::mem::take(&mut self.is_pending) {
            return Ok(Some(&self.samples));
        }
        Ok(self.decode_next()?.then_some(self.samples.as_slice()))
    }

    fn decode_next(&mut self) -> Result<bool, Refused> {
        loop {
            let packet = match self.reader.next_packet() {
                Ok(Some(packet)) => packet,
                Ok(None) => return Ok(false),
                // Cut off: how much is missing is asked at the end.
                Err(Error::IoError(error)) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(false),
                Err(Error::ResetRequired) => {
                    return Err(Refused::data(
                        "mixed_forms",
                        "several recordings lie one behind the other; split them",
                    ));
                }
                Err(error) => return Err(Refused::data("damaged", format!("the sound is damaged: {error}"))),
            };
            if packet.track_id != self.track {
                continue;
            }
            self.packets += 1;
            match self.decoder.decode(&packet) {
                Ok(decoded) => {
                    let (rate, channels) = (decoded.spec().rate(), decoded.spec().channels().count());
                    if self.sample_rate == 0 || self.channels == 0 {
                        (self.sample_rate, self.channels) = (rate, channels);
                    }
                    if (rate, channels) != (self.sample_rate, self.channels) {
                        let message = "the sample rate or the channels change within the recording; split it";
                        return Err(Refused::data("mixed_forms", message));
                    }
                    decoded.copy_to_vec_interleaved(&mut self.samples);
                    if self.samples.is_empty() {
                        continue;
                    }
                    return Ok(true);
                }
                // Silence in its place, so that what follows stays where it was.
                Err(Error::DecodeError(_)) => {
                    self.damaged += 1;
                    let frames = packet.dur.get().min(1 << 16) as usize;
                    self.samples.clear();
                    self.samples.resize(frames * self.channels, 0.0);
                    if frames > 0 && self.channels > 0 {
                        return Ok(true);
                    }
                }
                Err(error) => return Err(Refused::data("damaged", format!("the sound is damaged: {error}"))),
            }
        }
    }

    /// Is all there that the header promised?
    pub fn finish(&self, frames: u64) -> Result<(), Refused> {
        let seconds = |frames: u64| frames as f64 / f64::from(self.sample_rate.max(1));
        if self.damaged > 0 && self.damaged * DAMAGED_SHARE >= self.packets {
            let message = format!("{} of {} pieces of the sound cannot be decoded", self.damaged, self.packets);
            return Err(Refused::data("damaged", message));
        }
        if frames == 0 {
            return Err(Refused::data("empty_recording", "the recording has no samples"));
        }
        match self.expected {
            Some(expected) if seconds(expected) - seconds(frames) > SHORT_SECONDS => {
                let (there, said) = (seconds(frames), seconds(expected));
                let message = format!("the recording is cut off: {there:.2} of {said:.2} seconds are there");
                Err(Refused::data("truncated", message))
            }
            _ => Ok(()),
        }
    }
}
