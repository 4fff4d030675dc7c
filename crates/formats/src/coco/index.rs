//! Where the pieces of a COCO file lie. Annotations come in any order, often after all images: the file is walked
//! through once (more often when there are very many), and then read at the places that belong to one image.

use super::{
    entries::{Category, Id, OnlyIds},
    images::Images,
    layout::Layout,
    quick,
};
use crate::{
    json_scan::Scanner,
    record::{DirectoryView, RecordError, Stop},
    text,
};
use memchr::memmem::Finder;
use serde_json::{Map, Value};
use std::io::Read;

/// A piece of the file.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    pub offset: u64,
    pub bytes: u32,
}

/// An annotation of an image.
#[derive(Clone, Copy)]
pub struct Entry {
    /// Number of its image in the file.
    image: u32,
    /// Its own number in the file.
    pub number: u32,
    pub place: Place,
}

/// Annotations whose places are held at once: 48 MiB.
const ENTRIES_MAXIMUM: usize = 2 << 20;
/// After so many annotations that lie together the others are trusted to do so too, and their places are not held. A
/// file that breaks the trust is walked through once more.
const TRUSTED_AFTER: u32 = if cfg!(test) { 8 } else { 1 << 16 };
/// Bytes of the annotations of one image that are read at once.
const BLOCK_BYTES_MAXIMUM: u64 = 4 << 20;

/// The annotations of an image that follow each other: where they lie, and the number of the first.
#[derive(Debug, Clone, Copy, Default)]
struct Block {
    start: u64,
    bytes: u32,
    first: u32,
}

/// The annotations of an image.
pub enum Entries<'a> {
    /// One piece of the file, and the number of its first annotation.
    Together(Place, u32),
    Apart(&'a [Entry]),
}

#[derive(Default)]
pub struct Index {
    pub images: Images,
    pub categories: Vec<Category>,
    /// Other keys of the document (`info`, `licenses`, ...).
    pub others: Map<String, Value>,
    /// How many annotations each image has.
    counts: Vec<u32>,
    /// Annotations of the images from the first to before the last of these.
    held: std::ops::Range<usize>,
    entries: Vec<Entry>,
    /// Of each image, while all of them have their annotations together.
    blocks: Vec<Block>,
    together: bool,
    pub problems: Vec<RecordError>,
}

impl Index {
    pub fn new(view: &dyn DirectoryView, name: &str) -> Result<Self, Stop> {
        let mut index = Self::default();
        index.walk(view, name, true).map_err(Stop::Unreadable)?;
        Ok(index)
    }

    /// The number of the image with this id.
    pub fn image_of(&self, id: &Id) -> Option<u32> {
        match id {
            Id::Number(id) => self.images.number(*id),
            Id::Text(id) => self.images.number_of_text(id),
        }
    }

    fn walk(&mut self, view: &dyn DirectoryView, name: &str, first_time: bool) -> Result<(), RecordError> {
        let file = view.open(name).map_err(|error| text::unreadable(name, &error))?;
        let mut scanner = Scanner::new(name, file);
        let (mut first, mut seen) = (true, Vec::new());
        let mut again = false;
        scanner.expect(b'{')?;
        while let Some(key) = scanner.next_key(&mut first)? {
            if seen.contains(&key) {
                return Err(RecordError::new(name, "duplicate_key", format!("the key {key:?} appears twice")));
            }
            match key.as_str() {
                "images" if first_time => self.read_images(name, &mut scanner)?,
                "categories" if first_time => {
                    let (_, raw) = scanner.value()?;
                    self.categories = serde_json::from_slice(raw).map_err(|error| {
                        RecordError::new(format!("{name}: categories"), "malformed", error.to_string())
                    })?;
                }
                "annotations" if first_time && !seen.iter().any(|key| key == "images") => {
                    again = true;
                    scanner.skip()?;
                }
                "annotations" => self.read_annotations(name, &mut scanner, first_time || self.counts.is_empty())?,
                _ if first_time => {
                    let (_, raw) = scanner.value()?;
                    let value = serde_json::from_slice(raw)
                        .map_err(|error| RecordError::new(format!("{name}: {key}"), "malformed", error.to_string()))?;
                    self.others.insert(key.clone(), value);
                }
                _ => scanner.skip()?,
            }
            seen.push(key);
        }
        if let Some(byte) = scanner.peek()? {
            return Err(scanner.error(&format!("the document has ended, {:?} follows", byte as char)));
        }
        if first_time && !seen.iter().any(|key| key == "images") {
            return Err(RecordError::new(name, "malformed", "missing field `images`"));
        }
        if again {
            self.walk(view, name, false)?;
        }
        Ok(())
    }

    fn read_images<R: Read>(&mut self, name: &str, scanner: &mut Scanner<R>) -> Result<(), RecordError> {
        scanner.expect(b'[')?;
        let mut first = true;
        while scanner.next_element(&mut first)? {
            let number = self.images.len() as u32;
            let (offset, raw) = scanner.value()?;
            let place = || format!("{name}: images[{number}]");
            if !self.images.add(Place { offset, bytes: raw.len() as u32 }) {
                return Err(RecordError::new(place(), "too_large", "it lies too far behind the image before"));
            }
            let quick = quick::image(raw).map(|(image, _)| Id::Number(image.id));
            let id = quick.or_else(|| serde_json::from_slice::<OnlyIds>(raw).ok().and_then(|ids| Id::of(ids.id?)));
            match id {
                None => self.images.skip_name(),
                Some(id) if self.images.name(id.clone()) => {}
                Some(_) => {
                    self.problems.push(RecordError::new(place(), "duplicate_id", "an earlier image has the same id"));
                }
            }
        }
        Ok(())
    }

    /// Counts the annotations of each image, and holds the places of those of the images that are held.
    fn read_annotations<R: Read>(
        &mut self,
        name: &str,
        scanner: &mut Scanner<R>,
        counting: bool,
    ) -> Result<(), RecordError> {
        if counting {
            self.counts = vec![0; self.images.len()];
            self.held = 0..self.images.len();
            self.blocks = vec![Block::default(); self.images.len()];
            self.together = true;
        }
        scanner.expect(b'[')?;
        let (mut first, mut number) = (true, 0_u32);
        let (key, mut layout) = (Finder::new(IMAGE_ID), Layout::default());
        // Annotations of one image mostly follow each other.
        let mut before: Option<(i64, u32)> = None;
        let mut last = None;
        while scanner.next_element(&mut first)? {
            let (offset, bytes, id) = match layout.skim(scanner.ahead()) {
                Some((image, bytes)) => (scanner.pass(bytes), bytes as u32, Ok(Some(Id::Number(image)))),
                None => {
                    let (offset, raw) = scanner.value()?;
                    layout.look(raw);
                    let id = match image_number(raw, &key) {
                        Some(id) => Ok(Some(Id::Number(id))),
                        None => serde_json::from_slice::<OnlyIds>(raw).map(|ids| ids.image_id.and_then(Id::of)),
                    };
                    (offset, raw.len() as u32, id)
                }
            };
            let place = || format!("{name}: annotations[{number}]");
            let image = match &id {
                Ok(Some(Id::Number(id))) => match before {
                    Some((known, image)) if known == *id => Some(image),
                    _ => self.images.number(*id).inspect(|image| before = Some((*id, *image))),
                },
                Ok(Some(Id::Text(id))) => self.images.number_of_text(id),
                _ => None,
            };
            if counting && self.together {
                self.together =
                    image.is_some_and(|image| self.lies_there(image, last, number, Place { offset, bytes }));
                let trusted = number >= TRUSTED_AFTER;
                if trusted && (!self.together || number == TRUSTED_AFTER) {
                    self.entries = Vec::new();
                    self.held = if self.together { self.held.clone() } else { 0..0 };
                }
            }
            last = image;
            match (image, id) {
                (Some(image), _) => {
                    if counting && let Some(count) = self.counts.get_mut(image as usize) {
                        *count += 1;
                    }
                    let trusted = self.together && number >= TRUSTED_AFTER;
                    if !trusted && self.held.contains(&(image as usize)) {
                        self.entries.push(Entry { image, number, place: Place { offset, bytes } });
                    }
                    if counting && self.entries.len() > ENTRIES_MAXIMUM {
                        // Too many to hold: later walks hold some images each.
                        self.entries = Vec::new();
                        self.held = 0..0;
                    }
                }
                (None, Ok(Some(id))) if counting => {
                    let message = format!("there is no image with the id {id}");
                    self.problems.push(RecordError::new(place(), "unknown_image", message));
                }
                (None, Ok(None)) if counting => {
                    self.problems.push(RecordError::new(place(), "malformed", "missing field `image_id`"));
                }
                (None, Err(error)) if counting => {
                    self.problems.push(RecordError::new(place(), "malformed", error.to_string()));
                }
                _ => {}
            }
            number += 1;
        }
        if self.together {
            self.entries = Vec::new();
        } else {
            self.blocks = Vec::new();
            self.entries.sort_by_key(|entry| (entry.image, entry.number));
        }
        Ok(())
    }

    /// Puts an annotation to those of its image. False when they do not follow each other, or are too much for one piece.
    fn lies_there(&mut self, image: u32, last: Option<u32>, number: u32, place: Place) -> bool {
        let Some(block) = self.blocks.get_mut(image as usize) else { return false };
        if block.bytes == 0 {
            *block = Block { start: place.offset, bytes: place.bytes, first: number };
            return u64::from(place.bytes) <= BLOCK_BYTES_MAXIMUM;
        }
        let bytes = place.offset + u64::from(place.bytes) - block.start;
        block.bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        last == Some(image) && bytes <= BLOCK_BYTES_MAXIMUM
    }

    /// How many annotations an image has.
    pub fn count(&self, image: usize) -> usize {
        self.counts.get(image).map_or(0, |count| *count as usize)
    }

    /// The annotations of an image, in the order of the file.
    pub fn annotations(
        &mut self,
        view: &dyn DirectoryView,
        name: &str,
        image: usize,
    ) -> Result<Entries<'_>, RecordError> {
        if self.together {
            let block = self.blocks.get(image).copied().unwrap_or_default();
            if block.bytes == 0 {
                return Ok(Entries::Apart(&[]));
            }
            return Ok(Entries::Together(Place { offset: block.start, bytes: block.bytes }, block.first));
        }
        if !self.counts.is_empty() && !self.held.contains(&image) {
            let (mut end, mut sum) = (image, 0);
            while end < self.counts.len() && (sum == 0 || sum + self.counts[end] as usize <= ENTRIES_MAXIMUM) {
                sum += self.counts[end] as usize;
                end += 1;
            }
            self.held = image..end;
            self.entries.clear();
            self.walk(view, name, false)?;
        }
        let start = self.entries.partition_point(|entry| (entry.image as usize) < image);
        let count = self.entries[start..].iter().take_while(|entry| entry.image as usize == image).count();
        Ok(Entries::Apart(&self.entries[start..start + count]))
    }
}

const IMAGE_ID: &[u8] = b"\"image_id\"";

/// The image's number where it is plain to see: the key is there once, not within another object, and a whole number
/// follows. The bytes of a key cannot be a part of a string, where its quotes would be escaped.
fn image_number(raw: &[u8], key: &Finder<'_>) -> Option<i64> {
    let at = key.find(raw)?;
    let (before, after) = (raw.get(1..at)?, raw.get(at + IMAGE_ID.len()..)?);
    if memchr::memchr(b'{', before).is_some() || key.find(after).is_some() {
        return None;
    }
    let mut rest = after.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
    let (mut id, mut digits) = (0_i64, 0);
    while let Some((digit @ b'0'..=b'9', tail)) = rest.split_first() {
        id = id.checked_mul(10)?.checked_add(i64::from(digit - b'0'))?;
        (rest, digits) = (tail, digits + 1);
    }
    let ends = matches!(rest.trim_ascii_start().first(), Some(b',' | b'}'));
    (digits > 0 && ends).then_some(id)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::{MemoryView, coco::pieces::Pieces, json_scan::objects};

    /// Numbers and words of the annotations of each image, as the index finds them.
    fn found(images: &[u32]) -> (bool, Vec<Vec<(u32, String)>>) {
        let one = |(at, image): (usize, &u32)| {
            // Braces in words and in objects, and escapes.
            format!("{{\"id\": {at}, \"image_id\":{image},\"x\":{{\"y\":\"}}\\\"{{\"}},\"w\":\"{at}}}{{\"}}")
        };
        let annotations: Vec<String> = images.iter().enumerate().map(one).collect();
        let text = format!(
            "{{\"images\":[{{\"id\":0}},{{\"id\":1}},{{\"id\":2}},{{\"id\":3}}],\"annotations\":[{}]}}",
            annotations.join(" ,\n")
        );
        let view = MemoryView { files: [("a.json".to_owned(), text.into_bytes())].into() };
        let mut index = Index::new(&view, "a.json").unwrap();
        let mut pieces = Pieces::new(&view, "a.json").unwrap();
        let mut all = Vec::new();
        for image in 0..4 {
            let word = |number: u32, raw: &[u8]| {
                let json: Value = serde_json::from_slice(raw).unwrap();
                (number, json["w"].as_str().unwrap().to_owned())
            };
            all.push(match index.annotations(&view, "a.json", image).unwrap() {
                Entries::Together(place, first) => {
                    let block = pieces.get(place).unwrap();
                    (first..).zip(objects(block)).map(|(number, raw)| word(number, raw)).collect::<Vec<_>>()
                }
                Entries::Apart(entries) => {
                    let one = |entry: &Entry| word(entry.number, pieces.get(entry.place).unwrap());
                    entries.iter().map(one).collect()
                }
            });
            assert!(all.last().is_some_and(|found: &Vec<_>| index.count(image) == found.len()));
        }
        (index.together, all)
    }

    #[test]
    fn annotations_are_found_in_whatever_order_they_lie() {
        let together: Vec<u32> = [2, 0, 3].into_iter().flat_map(|image| [image; 6]).collect();
        let mut early = together.clone();
        early.insert(3, 1);
        let mut late = together.clone();
        late.extend([2, 0]);
        let mut foreign = together.clone();
        foreign.insert(14, 9);
        for (images, wanted) in [(together, true), (early, false), (late, false), (foreign, false), (Vec::new(), true)]
        {
            let (is_together, all) = found(&images);
            assert_eq!(is_together, wanted, "{images:?}");
            for (image, found) in all.into_iter().enumerate() {
                let own = images.iter().enumerate().filter(|(_, of)| **of as usize == image);
                let own: Vec<(u32, String)> = own.map(|(at, _)| (at as u32, format!("{at}}}{{"))).collect();
                assert_eq!(found, own, "image {image} of {images:?}");
            }
        }
    }
}
