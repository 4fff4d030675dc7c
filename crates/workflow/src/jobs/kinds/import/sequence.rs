//! Image sequences on their way in: the pictures are put one after the other into one archive, which is the item, with a
//! table that says where each lies. Whoever labels them gets one picture at a time.

use super::{
    reading::{Piece, file},
    recording::{Taken, Wrong, not_stored},
};
use crate::{
    Workflow,
    media::{SEQUENCE, StoredShape, probed_video},
};
use labelwright_formats::{DirectoryView, Record, RecordError, tar_append, tar_finish};
use labelwright_media::{Refused, limits::FRAMES_MAXIMUM, video::table};
use labelwright_store::StoreError;
use std::io::{self, Write};
use tokio::runtime::Handle;

/// What one entry takes before its bytes.
const HEADER_BYTES: u64 = 512;

/// A writer that knows where it is.
struct Counted<W> {
    inner: W,
    at: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.inner.write(bytes)?;
        self.at += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Pictures of the view, in their order. Runs on the reader's thread.
pub fn of_files(
    workflow: &Workflow,
    runtime: &Handle,
    view: &dyn DirectoryView,
    record: Record,
    files: &[String],
    per_second: f64,
) -> Piece {
    match taken(workflow, runtime, view, &record.place, files, per_second) {
        Ok(taken) => taken.piece(record),
        Err((code, message)) => Piece::Bad(RecordError::new(&record.place, code, message)),
    }
}

fn taken(
    workflow: &Workflow,
    runtime: &Handle,
    view: &dyn DirectoryView,
    place: &str,
    files: &[String],
    per_second: f64,
) -> Result<Taken, Wrong> {
    if files.len() > FRAMES_MAXIMUM {
        return Err(("too_long", format!("{} pictures; a sequence has up to {FRAMES_MAXIMUM}", files.len())));
    }
    let mut archive = Counted { inner: workflow.blobs.draft().map_err(not_stored)?, at: 0 };
    let (mut size, mut places) = (None, Vec::with_capacity(files.len()));
    for (number, name) in files.iter().enumerate() {
        let (bytes, probed) = file(view, place, name).map_err(|error| (error.code, error.message))?;
        let StoredShape::Image { width, height } = probed.shape else { continue };
        let [first_width, first_height] = *size.get_or_insert([width, height]);
        if [first_width, first_height] != [width, height] {
            let message =
                format!("{name} has {width} x {height} pixels, the frames before it {first_width} x {first_height}");
            return Err(("mixed_forms", message));
        }
        let ending = probed.media_type.rsplit('/').next().unwrap_or("jpeg");
        places.push((archive.at + HEADER_BYTES, bytes.len() as u32));
        tar_append(&mut archive, &format!("{number:07}.{ending}"), &bytes).map_err(not_stored)?;
    }
    tar_finish(&mut archive).map_err(not_stored)?;
    let mut levels = workflow.blobs.draft().map_err(not_stored)?;
    let head = table::of_pictures(SEQUENCE, size.unwrap_or([0, 0]), per_second, &places, &mut levels);
    let head = head.map_err(|refused| match refused {
        Refused::Data { code, message } => (code, message),
        Refused::Output(error) => not_stored(error),
    })?;
    let keep = async {
        let (hash, bytes) = workflow.blobs.keep(archive.inner).await?;
        let (levels, _) = workflow.blobs.keep(levels).await?;
        Ok::<_, StoreError>(Taken { probed: probed_video(&head), hash, bytes, levels })
    };
    runtime.block_on(keep).map_err(not_stored)
}
