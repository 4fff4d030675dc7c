//! Limits on recordings, series, videos, documents and volumes. A limit is the largest size that is accepted.

/// Channels of one recording.
pub const CHANNELS_MAXIMUM: usize = 32;
/// Samples a second and channel.
pub const RATE_MAXIMUM: u32 = 768_000;
/// Below this nothing that anybody calls a sound can be heard.
pub const RATE_MINIMUM: u32 = 1_000;
/// Length of a recording in seconds: two days.
pub const SECONDS_MAXIMUM: u64 = 48 * 3600;
/// Bytes of one recording.
pub const BYTES_MAXIMUM: u64 = 8 << 30;

/// Channels of one series.
pub const SERIES_CHANNELS_MAXIMUM: usize = 64;
/// Rows of one series.
pub const SERIES_ROWS_MAXIMUM: usize = 30_000_000;
/// Numbers of one series: rows x channels.
pub const SERIES_VALUES_MAXIMUM: usize = 120_000_000;

/// Bytes of one document: it is in memory while it is read.
pub const DOCUMENT_BYTES_MAXIMUM: u64 = 512 << 20;
/// Pages of one document.
pub const DOCUMENT_PAGES_MAXIMUM: usize = 10_000;
/// Words of one document.
pub const DOCUMENT_WORDS_MAXIMUM: usize = 2_000_000;
/// Characters of one document.
pub const DOCUMENT_CHARS_MAXIMUM: u32 = 20_000_000;
/// Characters that are drawn on one page, the invisible ones too.
pub const PAGE_GLYPHS_MAXIMUM: usize = 1_000_000;
/// Pixels on a side of a slice.
pub const VOLUME_SIDE_MAXIMUM: u32 = 16_384;
/// Slices of one volume.
pub const VOLUME_SLICES_MAXIMUM: usize = 10_000;
/// Voxels of one volume.
pub const VOLUME_VOXELS_MAXIMUM: u64 = 1 << 30;
/// Bytes of one DICOM file.
pub const DICOM_BYTES_MAXIMUM: u64 = 1 << 30;
/// Frames of one video: more than a day at 50 a second.
pub const FRAMES_MAXIMUM: usize = 5_000_000;
/// Pixels of one side of a video.
pub const VIDEO_SIDE_MAXIMUM: u32 = 16_384;
