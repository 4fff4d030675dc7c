//! Pictures of single frames, for editors whose browser does not decode a video. FFmpeg decodes a few frames at a time and
//! says when each is shown: only a picture with exactly the time that the table of frames has for a frame is given as that
//! frame. What was decoded is kept in memory for the next questions, within bounds.

use crate::{
    Error, Result, Workflow,
    decoding::{
        Decoder, NotTaken,
        ffmpeg::{self, Stretch},
    },
    media::{LEVELS, StoredShape},
    policy::Permit,
    streaming::Media,
};
use bytes::Bytes;
use labelwright_media::video::times::Times;
use labelwright_store::records::{datasets::ItemRow, derived};
use std::{
    fs::File,
    ops::Range,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::sync::{OnceCell, Semaphore};

/// Runs of the decoder at the same time.
const TURNS: usize = 2;
/// Pixels that are decoded at a time, and frames at most.
const STRETCH_PIXELS: u64 = 32 << 20;
const STRETCH_FRAMES: u64 = 32;
/// Bytes of pictures that are kept, and videos that are held open: a video that lies elsewhere is copied for it.
const KEPT_BYTES: usize = 128 << 20;
const KEPT_STRETCHES: usize = 512;
const OPEN_MAXIMUM: usize = 4;
/// A stretch that could not be decoded is not tried again before.
const REST: Duration = Duration::from_secs(60);

/// The decoder of frames, and what it has decoded.
#[derive(Default)]
pub(crate) struct Frames {
    /// None where there is none.
    program: Option<PathBuf>,
    kept: Mutex<Kept>,
    turns: Turns,
}

struct Turns(Semaphore);

impl Default for Turns {
    fn default() -> Self {
        Self(Semaphore::new(TURNS))
    }
}

/// The hash of a video and the first frame of a stretch.
type Key = (String, u32);

/// The least recently used first.
#[derive(Default)]
struct Kept {
    videos: Vec<(String, Arc<OnceCell<Opened>>)>,
    stretches: Vec<(Key, Arc<OnceCell<Pictures>>)>,
}

struct Opened {
    source: File,
    /// By how many ticks FFmpeg counts times from elsewhere: less than a frame.
    offset: i64,
}

enum Pictures {
    /// A picture for each frame of the stretch that has one.
    Good(Vec<Option<Bytes>>),
    Bad(String, Instant),
}

impl Pictures {
    fn bytes(&self) -> usize {
        match self {
            Self::Good(pictures) => pictures.iter().flatten().map(Bytes::len).sum(),
            Self::Bad(..) => 0,
        }
    }
}

/// Finds an entry or makes one, and puts it behind all others.
fn used<K: PartialEq, V: Default>(kept: &mut Vec<(K, V)>, key: K) -> &V {
    let entry = match kept.iter().position(|(known, _)| *known == key) {
        Some(at) => kept.remove(at),
        None => (key, V::default()),
    };
    kept.push(entry);
    &kept[kept.len() - 1].1
}

impl Frames {
    pub(crate) fn with(program: Option<PathBuf>) -> Self {
        Self { program, ..Self::default() }
    }

    fn video(&self, hash: &str) -> Arc<OnceCell<Opened>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let cell = used(&mut kept.videos, hash.to_owned()).clone();
        let over = kept.videos.len().saturating_sub(OPEN_MAXIMUM);
        kept.videos.drain(..over);
        cell
    }

    fn stretch(&self, key: Key) -> Arc<OnceCell<Pictures>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let rested = |cell: &Arc<OnceCell<Pictures>>| matches!(cell.get(), Some(Pictures::Bad(_, since)) if since.elapsed() > REST);
        kept.stretches.retain(|(_, cell)| !rested(cell));
        used(&mut kept.stretches, key).clone()
    }

    /// Forgets what was not asked for the longest time. The newest one is kept in any case.
    fn forget(&self) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut bytes, mut count) = (0, 0);
        for (_, cell) in kept.stretches.iter().rev() {
            bytes += cell.get().map_or(0, Pictures::bytes);
            if count > 0 && (bytes > KEPT_BYTES || count >= KEPT_STRETCHES) {
                break;
            }
            count += 1;
        }
        let over = kept.stretches.len() - count;
        kept.stretches.drain(..over);
    }
}

impl Workflow {
    /// Decodes frames for browsers that cannot, with the program that is named or found in PATH.
    pub fn decoding_frames_with(mut self, program: Option<PathBuf>) -> Self {
        self.frames = Arc::new(Frames::with(program.or_else(ffmpeg::found)));
        self
    }

    /// Decodes no frames.
    pub fn decoding_no_frames(mut self) -> Self {
        self.frames = Arc::default();
        self
    }

    /// The picture of a frame of a video, counted from 0 in the order in which frames are shown, as an upright JPEG file.
    ///
    /// # Errors
    /// When the item is no video or has no such frame, nothing here decodes videos, or the frame cannot be decoded.
    pub async fn frame(&self, item: &Permit<ItemRow>, frame: u32) -> Result<Media> {
        let row = item.resource();
        let shape = StoredShape::read(&row.shape);
        let container = match row.media_type.as_str() {
            "video/mp4" => "mov",
            "video/webm" | "video/x-matroska" => "matroska",
            _ => return Err(Error::conflict("no_frames", "the item is no video whose frames can be decoded")),
        };
        let Some(StoredShape::Video { width, height, frames, .. }) = shape else {
            return Err(Error::conflict("no_frames", "the item is no video"));
        };
        if frame >= frames {
            return Err(Error::NotFound("a frame of this number"));
        }
        let (Some(program), Decoder::Child(own)) = (&self.frames.program, &self.decoder) else {
            let message = "the server has no ffmpeg, which decodes videos for browsers that cannot: install it beside the server \
                (apt install ffmpeg) and start the server again, or convert the video to H.264 in MP4 or VP9 in WebM";
            return Err(Error::conflict("no_ffmpeg", message));
        };
        let pixels = u64::from(width) * u64::from(height);
        let long = (STRETCH_PIXELS / pixels.max(1)).clamp(1, STRETCH_FRAMES) as u32;
        let first = frame - frame % long;
        let wanted = first..frames.min(first.saturating_add(long));
        let cell = self.frames.stretch((row.hash.clone(), first));
        let programs = [own.as_path(), program.as_path()];
        let made = cell.get_or_try_init(|| async {
            match self.decoded(&row.hash, container, programs, wanted).await {
                Ok(pictures) => Ok(Pictures::Good(pictures)),
                Err(Failed::Data(NotTaken { message, .. })) => Ok(Pictures::Bad(message, Instant::now())),
                Err(Failed::Here(error)) => Err(error),
            }
        });
        let pictures = made.await?;
        self.frames.forget();
        match pictures {
            Pictures::Bad(message, _) => Err(Error::conflict("undecodable", message.clone())),
            Pictures::Good(pictures) => match pictures.get((frame - first) as usize).and_then(Option::as_ref) {
                Some(picture) => Ok(Media::of_picture(format!("{}-{frame}", row.hash), picture.clone())),
                None => {
                    let message =
                        format!("ffmpeg decodes no picture for frame {}: the video is damaged there", frame + 1);
                    Err(Error::conflict("undecodable", message))
                }
            },
        }
    }

    async fn decoded(
        &self,
        hash: &str,
        container: &'static str,
        programs: [&Path; 2],
        wanted: Range<u32>,
    ) -> Result<Vec<Option<Bytes>>, Failed> {
        // Whoever goes away meanwhile leaves the queue.
        let _turn = self.frames.turns.0.acquire().await.map_err(|_| Error::Unavailable)?;
        let times = self.times(hash).await?;
        let ticks_per_second = times.head.ticks_per_second;
        let video = self.frames.video(hash);
        let opened = video.get_or_try_init(|| async {
            let source = self.blobs.file(hash).await.map_err(Error::from)?;
            let first = Stretch { container, seek: None, between: None, count: 1 };
            let first = first.decode(programs, handle(&source)?, ticks_per_second).await?;
            let at = first.first().map_or(i64::MAX, |first| first.at);
            let offset = at.saturating_sub(times.head.first);
            // An edit may begin within a frame, from which players and FFmpeg count differently; a whole frame is another one.
            if offset.saturating_abs() >= times.at(1) - times.head.first {
                let message = "ffmpeg begins the video with another frame than the index of the file: no frame is sure";
                return Err(Failed::Data(NotTaken { code: "undecodable", message: message.into() }));
            }
            Ok(Opened { source, offset })
        });
        let opened = opened.await?;
        let seconds = |frame: u32| (times.at(frame) + opened.offset) as f64 / f64::from(ticks_per_second.max(1));
        let seek = times.sync(wanted.start).filter(|sync| *sync > 0).map(seconds);
        let mut stretch = Stretch {
            container,
            seek,
            between: Some(times.seconds(&wanted, opened.offset)),
            count: wanted.end - wanted.start,
        };
        let mut pictures = Vec::new();
        loop {
            let decoded = stretch.decode(programs, handle(&opened.source)?, ticks_per_second).await;
            // Where seeking ends behind the frame that was asked for, the whole way is gone.
            let is_last = stretch.seek.take().is_none();
            match decoded {
                Ok(decoded) => pictures = sorted(decoded, &times, &wanted, opened.offset),
                Err(error) if is_last => return Err(error.into()),
                Err(_) => {}
            }
            if is_last || matches!(pictures.first(), Some(Some(_))) {
                return Ok(pictures);
            }
        }
    }

    async fn times(&self, hash: &str) -> Result<Times> {
        let own = hash.to_owned();
        let blob = self.read(move |tx| Box::pin(async move { Ok(derived::blob(tx, &own, LEVELS).await?) })).await?;
        let blob = blob.ok_or(Error::NotFound("the table of frames of the item"))?;
        let table = self.blobs.get(&blob).await?;
        Times::read(&mut &table[..]).map_err(|_| Error::NotFound("the table of frames of the item"))
    }
}

enum Failed {
    /// The video is at fault.
    Data(NotTaken),
    Here(Error),
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self::Here(error)
    }
}

impl From<NotTaken> for Failed {
    fn from(error: NotTaken) -> Self {
        Self::Data(error)
    }
}

fn handle(source: &File) -> Result<File, Error> {
    source.try_clone().map_err(|_| Error::Unavailable)
}

/// A picture for each frame whose time it has, to the tick: rounding between clocks may cost one.
fn sorted(decoded: Vec<ffmpeg::Decoded>, times: &Times, wanted: &Range<u32>, offset: i64) -> Vec<Option<Bytes>> {
    let mut decoded = decoded.into_iter().peekable();
    wanted
        .clone()
        .map(|frame| {
            let at = times.at(frame) + offset;
            while decoded.next_if(|one| one.at < at - 1).is_some() {}
            decoded.next_if(|one| one.at <= at + 1).map(|one| one.picture)
        })
        .collect()
}
