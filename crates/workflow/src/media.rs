//! What a file is, by its content: kind, type and extent. A name or a claimed type is never believed.

use base64::{Engine, engine::general_purpose::STANDARD};
use image::{ImageDecoder, ImageFormat, ImageReader, Limits};
use labelwright_core::{
    MediaShape, Modality, Moment, TextShape,
    dialogue::Conversation,
    document::{LayerHead, TextLayer},
    table::Table,
};
use labelwright_formats::{Clock, Frames};
use labelwright_media::{audio, series, video, volume};
use serde::{Deserialize, Serialize};
use std::io::Cursor;

/// Largest picture accepted, in pixels on a side: beyond lies a pixel bomb or the tiled viewer.
const SIDE_PIXELS_MAXIMUM: u32 = 30_000;

/// The extent as it is stored with the item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum StoredShape {
    Image {
        width: u32,
        height: u32,
    },
    Text {
        chars: u32,
    },
    Audio {
        ticks: i64,
        ticks_per_second: u32,
        sample_rate: u32,
        channels: u16,
    },
    Series {
        ticks: i64,
        ticks_per_second: u32,
        first: Moment,
        rows: u64,
        channels: u16,
    },
    Dialogue {
        turns: u32,
        responses: u32,
    },
    Table {
        rows: u32,
        columns: u32,
    },
    /// `layer` is the hash of the blob with the text layer: the same picture of a page may have been read by several programs.
    Document {
        pages: u32,
        chars: u32,
        layer: String,
    },
    Volume {
        width: u32,
        height: u32,
        slices: u32,
    },
    /// Pixels of the upright picture; `ticks` from the first frame to the end of the last.
    Video {
        width: u32,
        height: u32,
        frames: u32,
        ticks: i64,
        ticks_per_second: u32,
        constant: bool,
        codec: String,
    },
}

#[derive(Clone)]
pub struct Probed {
    pub modality: Modality,
    pub media_type: &'static str,
    pub shape: StoredShape,
}

impl Probed {
    /// Are the bytes characters, so that few of them can lie in their row as words?
    pub fn is_text(&self) -> bool {
        matches!(self.modality, Modality::Text | Modality::Dialogue | Modality::Table)
    }
}

/// Reads a picture's header (not its pixels); the size is that of the upright picture.
pub fn probe_image(bytes: &[u8]) -> Result<Probed, String> {
    if bytes.is_empty() {
        return Err("the file is empty".into());
    }
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|error| error.to_string())?;
    let media_type = match reader.format() {
        Some(ImageFormat::Png) => "image/png",
        Some(ImageFormat::Jpeg) => "image/jpeg",
        Some(ImageFormat::Gif) => "image/gif",
        Some(ImageFormat::WebP) => "image/webp",
        _ => return Err("this is no PNG, JPEG, GIF or WebP picture".into()),
    };
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_PIXELS_MAXIMUM);
    limits.max_image_height = Some(SIDE_PIXELS_MAXIMUM);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| format!("the picture cannot be read: {error}"))?;
    let (mut width, mut height) = decoder.dimensions();
    if width == 0 || height == 0 || width > SIDE_PIXELS_MAXIMUM || height > SIDE_PIXELS_MAXIMUM {
        return Err(format!("{width} x {height} pixels; a side has 1 to {SIDE_PIXELS_MAXIMUM}"));
    }
    let orientation = decoder.orientation().map_err(|error| error.to_string())?;
    use image::metadata::Orientation;
    if matches!(
        orientation,
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
    ) {
        std::mem::swap(&mut width, &mut height);
    }
    Ok(Probed { modality: Modality::Image, media_type, shape: StoredShape::Image { width, height } })
}

/// Longest side of a small picture, in pixels.
const THUMBNAIL_PIXELS: u32 = 320;
/// Memory for the pixels of a picture that is made small, in bytes.
const PIXEL_BYTES_MAXIMUM: u64 = 512 << 20;

/// The pixels of a picture within limits, as they are stored, and how to turn them upright.
fn pixels(bytes: &[u8]) -> Result<(image::DynamicImage, image::metadata::Orientation), String> {
    let told = |error: image::ImageError| error.to_string();
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|error| error.to_string())?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_PIXELS_MAXIMUM);
    limits.max_image_height = Some(SIDE_PIXELS_MAXIMUM);
    limits.max_alloc = Some(PIXEL_BYTES_MAXIMUM);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(told)?;
    let orientation = decoder.orientation().map_err(told)?;
    Ok((image::DynamicImage::from_decoder(decoder).map_err(told)?, orientation))
}

/// An upright small picture as a `data:` address of a JPEG file.
pub fn thumbnail(bytes: &[u8]) -> Result<String, String> {
    let (picture, orientation) = pixels(bytes)?;
    let mut small = picture.thumbnail(THUMBNAIL_PIXELS, THUMBNAIL_PIXELS);
    small.apply_orientation(orientation);
    let mut jpeg = Vec::new();
    small
        .to_rgb8()
        .write_to(&mut Cursor::new(&mut jpeg), ImageFormat::Jpeg)
        .map_err(|error: image::ImageError| error.to_string())?;
    Ok(format!("data:image/jpeg;base64,{}", STANDARD.encode(jpeg)))
}

/// The upright picture at `side` x `side`, whatever its shape was: red, green and blue of each pixel.
pub fn square(bytes: &[u8], side: usize) -> Result<Vec<u8>, String> {
    let (picture, orientation) = pixels(bytes)?;
    let mut small = picture.resize_exact(side as u32, side as u32, image::imageops::FilterType::Triangle);
    small.apply_orientation(orientation);
    Ok(small.to_rgb8().into_raw())
}

/// The upright picture at `side` x `side` in shades of grey, a byte a pixel.
pub fn grey_square(bytes: &[u8], side: usize) -> Result<Vec<u8>, String> {
    let (picture, orientation) = pixels(bytes)?;
    let side = side as u32;
    let mut small = picture.thumbnail_exact(side * 4, side * 4);
    small.apply_orientation(orientation);
    Ok(small.resize_exact(side, side, image::imageops::FilterType::Triangle).to_luma8().into_raw())
}

pub fn probe_text(text: &str) -> Probed {
    let chars = text.chars().count() as u32;
    Probed { modality: Modality::Text, media_type: "text/plain; charset=utf-8", shape: StoredShape::Text { chars } }
}

/// What a conversation is, as [`Conversation::canonical_json`] writes it; None for anything else.
pub fn probe_dialogue(text: &str) -> Option<Probed> {
    let conversation = Conversation::stored(text)?;
    let turns = conversation.turns().count() as u32;
    let shape = StoredShape::Dialogue { turns, responses: conversation.responses.len() as u32 };
    Some(Probed { modality: Modality::Dialogue, media_type: "application/json", shape })
}

/// What a table is, as [`Table::canonical_json`] writes it; None for anything else.
pub fn probe_table(text: &str) -> Option<Probed> {
    let table = Table::stored(text)?;
    let shape = StoredShape::Table { rows: table.rows.len() as u32, columns: table.columns.len() as u32 };
    Some(Probed { modality: Modality::Table, media_type: "application/json", shape })
}

/// The levels of a recording or a series, the table of frames of a video or the slices of a volume, among what is derived from
/// data.
pub const LEVELS: &str = "levels/1";

/// What the head of a recording's levels says.
pub fn probed_audio(head: &audio::levels::Head) -> Probed {
    let media_types = ["audio/wav", "audio/flac", "audio/mpeg", "audio/ogg", "audio/mp4", "audio/aac"];
    let media_type = media_types.into_iter().find(|known| *known == head.media_type);
    Probed {
        modality: Modality::Audio,
        media_type: media_type.unwrap_or("application/octet-stream"),
        shape: StoredShape::Audio {
            ticks: head.ticks,
            ticks_per_second: head.ticks_per_second,
            sample_rate: head.sample_rate,
            channels: head.channels,
        },
    }
}

/// What the head of a series' levels says.
pub fn probed_series(head: &series::levels::Head) -> Probed {
    let media_types = ["text/csv", "text/tab-separated-values", "application/vnd.apache.parquet"];
    let media_type = media_types.into_iter().find(|known| *known == head.media_type);
    Probed {
        modality: Modality::TimeSeries,
        media_type: media_type.unwrap_or("application/octet-stream"),
        shape: StoredShape::Series {
            ticks: head.ticks,
            ticks_per_second: head.ticks_per_second,
            first: head.first,
            rows: head.rows,
            channels: head.channels.len() as u16,
        },
    }
}

/// A document whose text layer has this head and lies in the blob of this hash.
pub fn probed_document(head: &LayerHead, layer: &str) -> Probed {
    let media_types = ["application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp"];
    let media_type = media_types.into_iter().find(|known| *known == head.media_type);
    Probed {
        modality: Modality::Document,
        media_type: media_type.unwrap_or("application/octet-stream"),
        shape: StoredShape::Document { pages: head.pages.len() as u32, chars: head.chars, layer: layer.to_owned() },
    }
}

/// The text layer of a picture of a page as it lies over the upright picture: what came with the picture, or nothing.
///
/// # Errors
/// When the layer is that of another picture.
pub fn layer_of_picture(width: u32, height: u32, came: Option<TextLayer>) -> Result<TextLayer, String> {
    let size = [f64::from(width), f64::from(height)];
    let Some(mut layer) = came else { return Ok(TextLayer::blank(size[0], size[1])) };
    let [page] = layer.pages.as_mut_slice() else {
        return Err(format!("its text is that of {} pages, and a picture is one", layer.pages.len()));
    };
    if [page.width, page.height] != size {
        return Err(format!("it has {width} x {height} pixels, its text lies on {} x {}", page.width, page.height));
    }
    match layer.is_sound() {
        true => Ok(layer),
        false => Err("its text layer is damaged: words lie outside of the text or have no size".into()),
    }
}

/// What the head of a volume's slices says.
pub fn probed_volume(head: &volume::levels::Head) -> Probed {
    let media_types = ["application/dicom", "application/zip", "application/x-nifti", "application/gzip"];
    let media_type = media_types.into_iter().find(|known| *known == head.media_type);
    let [width, height, slices] = head.grid.size;
    Probed {
        modality: Modality::Volume,
        media_type: media_type.unwrap_or("application/octet-stream"),
        shape: StoredShape::Volume { width, height, slices },
    }
}

/// The frames of an image sequence, one after the other in a tar archive.
pub const SEQUENCE: &str = "application/x-tar";

/// What the head of a video's table of frames says.
pub fn probed_video(head: &video::table::Head) -> Probed {
    let media_types = ["video/mp4", "video/webm", "video/x-matroska", SEQUENCE];
    let media_type = media_types.into_iter().find(|known| *known == head.media_type);
    Probed {
        modality: Modality::Video,
        media_type: media_type.unwrap_or("application/octet-stream"),
        shape: StoredShape::Video {
            width: head.width,
            height: head.height,
            frames: head.frames,
            ticks: head.ticks,
            ticks_per_second: head.ticks_per_second,
            constant: head.constant,
            codec: head.codec.clone(),
        },
    }
}

impl StoredShape {
    /// What this is derived as, beside the data: levels, or the text layer that the shape names.
    pub fn derived_as(&self) -> String {
        match self {
            Self::Document { layer, .. } => format!("layer/{layer}"),
            _ => LEVELS.to_owned(),
        }
    }

    /// Pixels of a picture, a video or a slice.
    pub fn size(&self) -> Option<[u32; 2]> {
        match self {
            Self::Image { width, height } | Self::Video { width, height, .. } | Self::Volume { width, height, .. } => {
                Some([*width, *height])
            }
            _ => None,
        }
    }

    /// How many frames a video has, and how many a second in the mean.
    pub fn frames(&self) -> Option<Frames> {
        match self {
            Self::Video { frames, ticks, ticks_per_second, .. } => {
                let per_second = f64::from(*frames) * f64::from(*ticks_per_second) / (*ticks).max(1) as f64;
                Some(Frames { count: *frames, per_second })
            }
            _ => None,
        }
    }

    /// How a recording or a series counts time.
    pub fn clock(&self) -> Option<Clock> {
        match self {
            Self::Audio { ticks, ticks_per_second, .. } => {
                Some(Clock { ticks: Some(*ticks), ..Clock::new(*ticks_per_second) })
            }
            Self::Series { ticks, ticks_per_second, first, .. } => {
                Some(Clock { ticks: Some(*ticks), first: Some(*first), ..Clock::new(*ticks_per_second) })
            }
            // The ticks of a video are its frames, and those have no even length.
            Self::Image { .. }
            | Self::Text { .. }
            | Self::Dialogue { .. }
            | Self::Table { .. }
            | Self::Video { .. }
            | Self::Document { .. }
            | Self::Volume { .. } => None,
        }
    }

    pub fn read(json: &str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }

    /// What validation needs; for a text or a conversation that is the text itself, and for a document its text layer, of
    /// which this knows nothing ([`crate::Workflow::media_shape`] does).
    pub fn media_shape(json: &str, text: Option<&str>) -> MediaShape {
        match (Self::read(json), text) {
            (Some(Self::Image { width, height }), _) => MediaShape::Image { width, height },
            (Some(Self::Text { .. }), Some(text)) => MediaShape::Text(TextShape::of(text)),
            (Some(Self::Audio { ticks, ticks_per_second, channels, .. }), _) => {
                MediaShape::Audio { ticks, ticks_per_second, channels }
            }
            (Some(Self::Series { ticks, .. }), _) => MediaShape::Series { ticks },
            (Some(Self::Volume { width, height, slices }), _) => MediaShape::Volume { width, height, slices },
            (Some(Self::Video { width, height, frames, .. }), _) => MediaShape::Video { width, height, frames },
            (Some(Self::Table { rows, columns }), _) => MediaShape::Table { rows, columns },
            (Some(Self::Dialogue { .. }), Some(text)) => {
                Conversation::stored(text).map_or(MediaShape::Other, |conversation| conversation.shape())
            }
            _ => MediaShape::Other,
        }
    }
}
