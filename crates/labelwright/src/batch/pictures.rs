//! Files of a folder by their names, and pictures among them as small squares.

use crate::environment::Failure;
use image::{DynamicImage, ImageReader, Limits, imageops::FilterType};
use labelwright_formats::{
    DirectoryView, ExportItem,
    groups::{Fingerprint, GREY_SIDE},
    open_data,
};
use std::{
    io::{Cursor, Read},
    path::{Path, PathBuf},
};

/// Pictures with more pixels on a side, or that need more memory, are not opened.
const MOST_PIXELS: u32 = 32_768;
const MOST_BYTES: u64 = 1 << 30;

/// Files below the folder that have one of the endings, by their path relative to it, in natural order.
pub fn files(folder: &Path, endings: &[&str]) -> Result<Vec<(String, PathBuf)>, Failure> {
    let (mut found, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(at) = folders.pop() {
        let entries = std::fs::read_dir(&at).map_err(|error| format!("{}: {error}", at.display()))?;
        for entry in entries {
            let entry = entry.map_err(|error| format!("{}: {error}", at.display()))?;
            let kind = entry.file_type().map_err(|error| format!("{}: {error}", at.display()))?;
            let path = entry.path();
            if kind.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|own| endings.iter().any(|ending| own.eq_ignore_ascii_case(ending)))
            {
                let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                found.push((name, path));
            }
        }
    }
    if found.is_empty() {
        return Err(format!("{}: no file with an ending of {}", folder.display(), endings.join(", ")).into());
    }
    found.sort_by(|a, b| super::order::compare(a.0.as_bytes(), b.0.as_bytes()));
    Ok(found)
}

pub const PICTURES: &[&str] = &["png", "jpg", "jpeg", "gif", "webp"];

/// The picture at `side` x `side`, whatever its shape was.
pub fn square(path: &Path, side: usize) -> Result<DynamicImage, Failure> {
    Ok(open(path)?.resize_exact(side as u32, side as u32, FilterType::Triangle))
}

pub fn open(path: &Path) -> Result<DynamicImage, Failure> {
    let wrong = |error: &dyn std::fmt::Display| -> Failure { format!("{}: {error}", path.display()).into() };
    let mut reader =
        ImageReader::open(path).map_err(|error| wrong(&error))?.with_guessed_format().map_err(|error| wrong(&error))?;
    reader.limits(limits());
    reader.decode().map_err(|error| wrong(&error))
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_PIXELS);
    limits.max_image_height = Some(MOST_PIXELS);
    limits.max_alloc = Some(MOST_BYTES);
    limits
}

/// Bytes of a picture's file that is compared with others.
const MOST_FILE_BYTES: u64 = 256 << 20;

/// What an item looks like; None for what is neither a text nor a picture that can be read.
pub fn fingerprint(view: &dyn DirectoryView, item: &ExportItem) -> Option<Fingerprint> {
    if let Some(text) = &item.text {
        return Fingerprint::of_text(text);
    }
    let mut bytes = Vec::new();
    open_data(view, item.media.as_deref()?).ok()?.take(MOST_FILE_BYTES).read_to_end(&mut bytes).ok()?;
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    reader.limits(limits());
    let side = GREY_SIDE as u32;
    let small = reader.decode().ok()?.resize_exact(side, side, FilterType::Triangle).into_luma8();
    Some(Fingerprint::of_picture(small.as_raw().as_slice().try_into().ok()?))
}
