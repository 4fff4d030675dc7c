//! A folder into which people or programs lay files. Nothing in it is changed.

use super::{
    Looked, Watch,
    journal::Seen,
    staging::{FILE_BYTES_MAXIMUM, Staging, format_of},
};
use crate::environment::Failure;
use labelwright_core::Timestamp;
use std::{fs, path::Path};

/// Takes every file that is there, is new, and has not changed for a while.
pub async fn look(watch: &mut Watch) -> Result<Looked, Failure> {
    let mut looked = Looked::default();
    let root = watch.options.path.clone();
    let mut found = Vec::new();
    walk(&root, &root, &mut found)?;
    found.sort_by(|one, other| one.file.cmp(&other.file));
    let mut fresh = found.into_iter().filter(|seen| !watch.journal.knows(seen)).collect::<Vec<_>>().into_iter();
    loop {
        let (mut staging, mut taken) = (Staging::new("watched_folder"), Vec::new());
        for seen in fresh.by_ref() {
            if !seen.is_still(watch.options.still) {
                looked.moving += 1;
                continue;
            }
            let Some(format) = format_of(&seen.file).filter(|_| seen.bytes <= FILE_BYTES_MAXIMUM) else {
                eprintln!("{}: left alone, this is no picture, recording or text of at most 512 MiB", seen.file);
                looked.other += 1;
                watch.journal.add(seen)?;
                continue;
            };
            let path = root.join(&seen.file);
            let bytes = match fs::read(&path) {
                Ok(bytes) => bytes,
                // Gone again, or not ours to read: another look will tell.
                Err(error) => {
                    eprintln!("{}: {error}", seen.file);
                    looked.moving += 1;
                    continue;
                }
            };
            // Somebody went on writing while it was read.
            if fs::metadata(&path).and_then(|now| Seen::of(seen.file.clone(), &now)).ok().as_ref() != Some(&seen) {
                looked.moving += 1;
                continue;
            }
            let mut origin = watch.origin("watched_folder");
            origin.insert("file".into(), seen.file.as_str().into());
            origin.insert("modified_at".into(), Timestamp(seen.modified as i64 * 1000).to_string().into());
            staging.add(&watch.stage, format, &seen.file, &bytes, origin)?;
            taken.push(seen);
            if staging.is_full() {
                break;
            }
        }
        let done = taken.is_empty();
        staging.bring(watch, &mut looked).await?;
        // Only now: a crash before costs a second reading and nothing else.
        for seen in taken {
            watch.journal.add(seen)?;
        }
        if done {
            return Ok(looked);
        }
    }
}

/// Files by their names below the folder. Links are not followed, and hidden files are how programs write what is not yet
/// there.
fn walk(root: &Path, folder: &Path, found: &mut Vec<Seen>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let kind = entry.file_type()?;
        if name.starts_with('.') || kind.is_symlink() {
            continue;
        }
        let path = entry.path();
        if kind.is_dir() {
            walk(root, &path, found)?;
        } else if kind.is_file() {
            let below = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
            match entry.metadata().and_then(|metadata| Seen::of(below, &metadata)) {
                Ok(seen) => found.push(seen),
                // Gone meanwhile.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(())
}
