//! The files beside the labels: found by name, by stem, and measured by their headers.

use crate::{
    names::{last_part, split_ending},
    probe,
    record::{Data, DirectoryView},
};
use labelwright_core::Modality;
use std::collections::HashMap;

pub(crate) const IMAGE_ENDINGS: [&str; 9] = [".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".ppm"];
pub(crate) const VIDEO_ENDINGS: [&str; 6] = [".mp4", ".avi", ".mov", ".mkv", ".webm", ".m4v"];
pub(crate) const SERIES_ENDINGS: [&str; 3] = [".csv", ".tsv", ".parquet"];
pub(crate) const DOCUMENT_ENDINGS: [&str; 1] = [".pdf"];
pub(crate) const AUDIO_ENDINGS: [&str; 7] = [".wav", ".mp3", ".flac", ".ogg", ".opus", ".m4a", ".aac"];

/// Files of volumes; the slices of a series are several files or one archive.
pub(crate) const VOLUME_ENDINGS: [&str; 6] = [".dcm", ".dicom", ".ima", ".nii", ".nii.gz", ".dcm.zip"];

pub(crate) fn has_ending(name: &str, endings: &[&str]) -> bool {
    endings.iter().any(|ending| {
        name.len() >= ending.len()
            && name.as_bytes()[name.len() - ending.len()..].eq_ignore_ascii_case(ending.as_bytes())
    })
}

pub(crate) fn is_image(name: &str) -> bool {
    has_ending(name, &IMAGE_ENDINGS)
}

/// What a file is by its name; images where the name says nothing.
pub fn modality_of(name: &str) -> Modality {
    // What most are comes first.
    if is_image(name) {
        Modality::Image
    } else if has_ending(name, &VIDEO_ENDINGS) {
        Modality::Video
    } else if has_ending(name, &AUDIO_ENDINGS) {
        Modality::Audio
    } else if has_ending(name, &SERIES_ENDINGS) {
        Modality::TimeSeries
    } else if has_ending(name, &DOCUMENT_ENDINGS) {
        Modality::Document
    } else if has_ending(name, &VOLUME_ENDINGS) {
        Modality::Volume
    } else if has_ending(name, &[".txt", ".md"]) {
        Modality::Text
    } else {
        Modality::Image
    }
}

/// The size of the upright picture by its header.
pub fn image_size(view: &dyn DirectoryView, name: &str) -> Option<[u32; 2]> {
    let mut file = crate::packed::open_data(view, name).ok()?;
    probe::size(&mut file)
}

/// Files by their names without folders.
pub(crate) struct MediaIndex {
    paths: Vec<String>,
    by_name: HashMap<u64, Vec<u32>>,
}

fn key(name: &str) -> u64 {
    use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
    BuildHasherDefault::<DefaultHasher>::default().hash_one(name)
}

impl MediaIndex {
    pub fn new(view: &dyn DirectoryView, wanted: impl Fn(&str) -> bool) -> Self {
        let paths: Vec<String> = view.list().into_iter().map(|(name, _)| name).filter(|name| wanted(name)).collect();
        let mut by_name: HashMap<u64, Vec<u32>> = HashMap::with_capacity(paths.len());
        for (at, path) in paths.iter().enumerate() {
            by_name.entry(key(split_ending(last_part(path)).0)).or_default().push(at as u32);
        }
        Self { paths, by_name }
    }

    pub fn images(view: &dyn DirectoryView) -> Self {
        Self::new(view, is_image)
    }

    pub fn videos(view: &dyn DirectoryView) -> Self {
        Self::new(view, |name| has_ending(name, &VIDEO_ENDINGS))
    }

    pub fn paths(&self) -> &[String] {
        &self.paths
    }

    /// Files of any folder whose names have this stem, and perhaps others.
    pub fn with_stem<'a>(&'a self, stem: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.by_name
            .get(&key(stem))
            .into_iter()
            .flatten()
            .filter_map(|at| self.paths.get(*at as usize))
            .map(String::as_str)
    }

    /// The file itself, the same under one of the folders, or the only one with this name in any folder.
    pub fn find(&self, name: &str) -> Option<&str> {
        if self.paths.is_empty() {
            return None;
        }
        let name = name.trim_start_matches("./");
        let same = || self.with_stem(split_ending(last_part(name)).0);
        if let Some(exact) = same().find(|path| *path == name) {
            return Some(exact);
        }
        let under = |path: &&str| {
            path.len() > name.len() && path.ends_with(name) && path.as_bytes()[path.len() - name.len() - 1] == b'/'
        };
        nearest(same().filter(under), name.len())
            .or_else(|| if name.contains('/') { None } else { only(same().filter(|path| last_part(path) == name)) })
    }

    /// The only file with this stem (with its folders, if it has some).
    pub fn find_stem(&self, stem: &str) -> Option<&str> {
        let same = || self.with_stem(last_part(stem));
        if let Some(exact) = only(same().filter(|path| has_stem(path, stem))) {
            return Some(exact);
        }
        let ending = format!("/{stem}");
        let under = same().filter(|path| split_ending(path).0.ends_with(&ending));
        // Paths of one stem that differ in their endings alone are several files.
        let ends: Vec<&str> = under.map(|path| split_ending(path).0).collect();
        nearest(ends.iter().copied(), stem.len())
            .and_then(|wanted| only(same().filter(|path| has_stem(path, wanted))))
            .or_else(|| only(same().filter(|path| split_ending(last_part(path)).0 == last_part(stem))))
    }

    /// The file, or its name as one that is not there.
    pub fn data(&self, name: &str) -> Data {
        match self.find(name) {
            Some(path) => Data::File(path.to_owned()),
            None => Data::Absent(name.to_owned()),
        }
    }
}

fn has_stem(path: &str, stem: &str) -> bool {
    split_ending(path).0 == stem
}

/// The only path, or the one in the folder under which all others lie: `images/a.png` and not `images/sub/a.png` is
/// called `a.png` there. `length` is that of the name at the end of each path.
fn nearest<'a>(found: impl Iterator<Item = &'a str>, length: usize) -> Option<&'a str> {
    let found: Vec<&str> = found.collect();
    let shortest = *found.iter().min_by_key(|path| path.len())?;
    let folder = shortest.get(..shortest.len() - length)?;
    let alone = found.iter().filter(|path| **path == shortest).count() == 1;
    let below = |path: &&str| *path == shortest || path.len() > shortest.len() && path.starts_with(folder);
    (alone && found.iter().all(below)).then_some(shortest)
}

fn only<'a>(mut found: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    match (found.next(), found.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}
