//! What has to be decoded: the extent of recordings, series, videos and volumes, and what an editor draws of them; the words
//! of documents. Pure computation over bytes that nobody has checked: whoever runs it on data from outside does so in a
//! process that may be ended.
//! This crate knows no storage and no HTTP.

pub mod audio;
pub mod document;
pub mod limits;
pub mod series;
pub mod video;
pub mod volume;

/// The codes of what is refused.
pub const CODES: &[&str] = &[
    "bad_channels",
    "bad_rate",
    "bad_size",
    "bad_time",
    "bad_value",
    "damaged",
    "edited",
    "empty_file",
    "empty_recording",
    "encrypted",
    "lacing",
    "mixed_forms",
    "mixed_slices",
    "no_channels",
    "no_frames",
    "no_pixels",
    "no_video",
    "not_a_document",
    "not_a_series",
    "not_a_video",
    "not_a_volume",
    "not_audio",
    "too_large",
    "too_long",
    "too_many_pages",
    "truncated",
    "unknown_codec",
    "unordered",
];

/// Why data was not taken, in words for the one who brought it.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The data are at fault: a code for programs and a sentence for people.
    #[error("{message}")]
    Data { code: &'static str, message: String },
    /// What was made of them could not be written.
    #[error("cannot be written: {0}")]
    Output(#[from] std::io::Error),
}

impl Refused {
    pub(crate) fn data(code: &'static str, message: impl Into<String>) -> Self {
        Self::Data { code, message: message.into() }
    }
}
