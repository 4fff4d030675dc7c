//! Medical images on their way in. What names the patient is taken out first, in the process in which they are decoded:
//! what came is never stored, unless the operator wants it so.

use super::{
    reading::Piece,
    recording::{Decode, Into, Taken, Wrong, not_stored, take},
};
use crate::{Workflow, decoding::Scrub, media::probed_volume};
use labelwright_formats::{DirectoryView, Record, RecordError, ZipSink, check_name, open_data};
use labelwright_media::limits::BYTES_MAXIMUM;
use labelwright_store::blobs::Draft;
use std::io::{self, Read, Write};
use tokio::runtime::Handle;

pub const VOLUME: Decode = |decoder, source, levels| decoder.volume(source, levels).map(|head| probed_volume(&head));

/// One file, or those of a series. Runs on the reader's thread.
pub fn of_files(
    workflow: &Workflow,
    runtime: &Handle,
    view: &dyn DirectoryView,
    record: Record,
    names: &[String],
) -> Piece {
    let taken = copied(workflow, view, names).and_then(|draft| take_volume(workflow, runtime, draft));
    match taken {
        Ok(taken) => taken.piece(record),
        Err((code, message)) => Piece::Bad(RecordError::new(&record.place, code, with_names(message, names))),
    }
}

/// The file, or an archive of all.
fn copied(workflow: &Workflow, view: &dyn DirectoryView, names: &[String]) -> Result<Draft, Wrong> {
    let mut draft = workflow.blobs.draft().map_err(not_stored)?;
    let mut left = BYTES_MAXIMUM;
    let missing = |name: &str, error: io::Error| ("missing_file", format!("{name}: {error}"));
    let too_large = || ("too_large", format!("a volume has at most {BYTES_MAXIMUM} bytes"));
    if let [name] = names {
        let file = open_data(view, name).map_err(|error| missing(name, error))?;
        let count = io::copy(&mut file.take(left + 1), &mut draft).map_err(|error| missing(name, error))?;
        return if count > left { Err(too_large()) } else { Ok(draft) };
    }
    let mut archive = ZipSink::new(draft, Box::new(tempfile::tempfile));
    for (index, name) in names.iter().enumerate() {
        let own = if check_name(name).is_ok() { name.clone() } else { format!("{index:05}") };
        let mut file = open_data(view, name).map_err(|error| missing(name, error))?.take(left + 1);
        archive.add(&own, &mut file).map_err(|error| missing(name, error))?;
        left = file.limit().checked_sub(1).ok_or_else(too_large)?;
    }
    archive.finish().map_err(not_stored)
}

/// Stores a volume that lies in a draft, without what names the patient.
pub fn take_volume(workflow: &Workflow, runtime: &Handle, mut draft: Draft) -> Result<Taken, Wrong> {
    // What is stored is not what came, so that it cannot be left where it is.
    let into = Into { workflow, runtime, is_kept: true };
    if workflow.scrub == Scrub::None {
        return take(into, draft, VOLUME);
    }
    let mut scrubbed = workflow.blobs.draft().map_err(not_stored)?;
    let (source, output) = (draft.reopen().map_err(not_stored)?, scrubbed.reopen().map_err(not_stored)?);
    workflow.decoder.scrub(source, output).map_err(|refused| (refused.code, refused.message))?;
    take(into, scrubbed, VOLUME)
}

/// Files that have been scrubbed are numbered: whoever brought them knows them by their names.
fn with_names(message: String, names: &[String]) -> String {
    let found = message.split_once(".dcm: ").and_then(|(number, rest)| {
        let name = names.get(number.parse::<usize>().ok()?.checked_sub(1)?)?;
        Some(format!("{name}: {rest}"))
    });
    found.unwrap_or(message)
}

/// A series in memory, as one archive. Not for the event loop.
pub fn take_files(workflow: &Workflow, runtime: &Handle, files: &[Vec<u8>]) -> Result<Taken, Wrong> {
    let draft = workflow.blobs.draft().map_err(not_stored)?;
    let mut archive = ZipSink::new(draft, Box::new(tempfile::tempfile));
    for (index, bytes) in files.iter().enumerate() {
        archive.add(&format!("{:05}.dcm", index + 1), &mut bytes.as_slice()).map_err(not_stored)?;
    }
    let mut draft = archive.finish().map_err(not_stored)?;
    draft.flush().map_err(not_stored)?;
    take_volume(workflow, runtime, draft)
}

#[cfg(test)]
mod tests {
    use super::with_names;

    #[test]
    fn numbers_of_files_become_their_names() {
        let names = ["ct/a".to_owned(), "ct/b".to_owned()];
        assert_eq!(with_names("00002.dcm: too short".into(), &names), "ct/b: too short");
        assert_eq!(with_names("00003.dcm: too short".into(), &names), "00003.dcm: too short");
        assert_eq!(with_names("too short".into(), &names), "too short");
    }
}
