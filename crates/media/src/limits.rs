//! Limits on recordings, series and videos. A limit is the largest size that is accepted.

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

/// Frames of one video: more than a day at 50 a second.
pub const FRAMES_MAXIMUM: usize = 5_000_000;
/// Pixels of one side of a video.
pub const VIDEO_SIDE_MAXIMUM: u32 = 16_384;
