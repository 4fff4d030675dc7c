//! COCO (T.-Y. Lin et al., 2014): boxes, polygons and masks on images. Class and image ids are numbered from 1 in the
//! order of the schema and of the keys, so that the same snapshot always gives the same file.

mod read;
mod write;

use crate::{record::DirectoryView, registry::Format};
use std::io::Read;

pub const FORMAT: Format = Format {
    id: "coco",
    title: "COCO",
    carries: "images with boxes, polygons, masks, keypoints",
    sniff: |view| {
        let json = view.list().into_iter().filter(|(name, _)| name.ends_with(".json"));
        json.map(|(name, _)| looks_like(view, &name)).fold(0.0, f64::max)
    },
    read: Some(read::read),
    write: Some(write::write),
    extension: "json",
};

/// COCO files begin with one of their five keys.
fn looks_like(view: &dyn DirectoryView, name: &str) -> f64 {
    let mut start = vec![0; 4096];
    let read = view.open(name).and_then(|mut file| file.read(&mut start)).unwrap_or(0);
    let start = String::from_utf8_lossy(&start[..read]);
    let keys = ["\"images\"", "\"annotations\"", "\"categories\"", "\"info\"", "\"licenses\""];
    if start.trim_start().starts_with('{') && keys.iter().any(|key| start.contains(key)) { 0.9 } else { 0.0 }
}
