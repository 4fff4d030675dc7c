//! The images of a COCO file, in few bytes each: where they lie, and which number an id has. Files of millions of images
//! mostly number them one after the other and read them in their order; only others need a table.

use super::{entries::Id, index::Place};
use std::collections::{BTreeSet, HashMap};

/// White space between two images, in bytes: nobody writes more.
const GAP_BYTES_MAXIMUM: u32 = 1 << 20;

#[derive(Default)]
pub struct Images {
    /// Where the first one begins.
    start: u64,
    /// Bytes from the beginning of each image to that of the next one; of the last one its own.
    steps: Vec<u32>,
    /// Where the last one begins.
    last: u64,
    /// Those that are left out.
    out: BTreeSet<u32>,
    /// The first id, while each id is one more than that of the image before.
    row: Option<i64>,
    numbers: HashMap<i64, u32>,
    texts: HashMap<String, u32>,
}

/// Goes from image to image.
#[derive(Default)]
pub struct Cursor {
    number: usize,
    offset: u64,
}

impl Images {
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// The next image in the order of the file; false where it is too far behind the one before: an image is read with
    /// the space behind it.
    pub fn add(&mut self, place: Place) -> bool {
        match self.steps.last_mut() {
            None => self.start = place.offset,
            Some(step) => match u32::try_from(place.offset - self.last) {
                Ok(far) if far.saturating_sub(*step) <= GAP_BYTES_MAXIMUM => *step = far,
                _ => return false,
            },
        }
        self.last = place.offset;
        self.steps.push(place.bytes);
        true
    }

    /// Gives the image that was added last its id; false when an earlier one has it: nothing can say whose its annotations
    /// are, and it is left out.
    pub fn name(&mut self, id: Id) -> bool {
        let number = self.steps.len().saturating_sub(1) as u32;
        let new = match id {
            Id::Text(id) => self.texts.insert_new(id, number),
            Id::Number(id) => match self.row {
                None if number == 0 => {
                    self.row = Some(id);
                    true
                }
                Some(first) if first.checked_add(i64::from(number)) == Some(id) => true,
                Some(first) => {
                    // No row: all earlier ones come into the table.
                    self.numbers = (0..number).filter_map(|at| Some((first.checked_add(i64::from(at))?, at))).collect();
                    self.row = None;
                    self.numbers.insert_new(id, number)
                }
                None => self.numbers.insert_new(id, number),
            },
        };
        if !new {
            self.out.insert(number);
        }
        new
    }

    /// An image without an id that could be read ends the row.
    pub fn skip_name(&mut self) {
        if let Some(first) = self.row.take() {
            let before = self.steps.len().saturating_sub(1) as u32;
            self.numbers = (0..before).filter_map(|at| Some((first.checked_add(i64::from(at))?, at))).collect();
        }
    }

    /// The number of the image with this id.
    pub fn number(&self, id: i64) -> Option<u32> {
        match self.row {
            Some(first) => {
                let at = u32::try_from(id.checked_sub(first)?).ok()?;
                ((at as usize) < self.steps.len()).then_some(at)
            }
            None => self.numbers.get(&id).copied(),
        }
    }

    pub fn number_of_text(&self, id: &str) -> Option<u32> {
        self.texts.get(id).copied()
    }
}

impl Cursor {
    /// The number of the next image and a piece of the file that begins with it, white space and a comma behind it.
    pub fn next(&mut self, images: &Images) -> Option<(usize, Place)> {
        loop {
            let bytes = *images.steps.get(self.number)?;
            let (number, offset) = (self.number, images.start + self.offset);
            self.number += 1;
            self.offset += u64::from(bytes);
            if !images.out.contains(&(number as u32)) {
                return Some((number, Place { offset, bytes }));
            }
        }
    }
}

trait InsertNew<K> {
    /// False when the key is there already: the first one stays.
    fn insert_new(&mut self, key: K, number: u32) -> bool;
}

impl<K: std::hash::Hash + Eq> InsertNew<K> for HashMap<K, u32> {
    fn insert_new(&mut self, key: K, number: u32) -> bool {
        match self.entry(key) {
            std::collections::hash_map::Entry::Occupied(_) => false,
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(number);
                true
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn images(ids: &[Option<Id>]) -> (Images, Vec<bool>) {
        let mut images = Images::default();
        let mut named = Vec::new();
        for (at, id) in ids.iter().enumerate() {
            assert!(images.add(Place { offset: 10 + 7 * at as u64, bytes: 5 }));
            match id {
                Some(id) => named.push(images.name(id.clone())),
                None => images.skip_name(),
            }
        }
        (images, named)
    }

    #[test]
    fn ids_are_found_in_a_row_and_out_of_it() {
        let number = |id: i64| Some(Id::Number(id));
        for ids in [
            &[number(5), number(6), number(7), number(8)][..],
            &[number(5), number(6), number(9), number(1)][..],
            &[number(i64::MAX), number(0), number(-4), number(3)][..],
            &[number(5), None, number(7), number(8)][..],
            &[None, number(6), number(7), number(8)][..],
            &[number(5), Some(Id::Text("6".into())), number(7), number(2)][..],
        ] {
            let (images, named) = images(ids);
            assert!(named.iter().all(|new| *new));
            for (at, id) in ids.iter().enumerate() {
                let found = match id {
                    Some(Id::Number(id)) => images.number(*id),
                    Some(Id::Text(id)) => images.number_of_text(id),
                    None => Some(at as u32),
                };
                assert_eq!(found, Some(at as u32), "{ids:?}");
            }
            assert_eq!(
                (images.number(4), images.number(10), images.number_of_text("5")),
                (None, None, None),
                "{ids:?}"
            );
        }
    }

    #[test]
    fn an_image_far_behind_the_one_before_is_refused() {
        let mut images = Images::default();
        assert!(images.add(Place { offset: 10, bytes: 5 }));
        assert!(images.add(Place { offset: 15 + u64::from(GAP_BYTES_MAXIMUM), bytes: 5 }));
        assert!(!images.add(Place { offset: 21 + 2 * u64::from(GAP_BYTES_MAXIMUM), bytes: 5 }));
    }

    #[test]
    fn an_id_that_comes_twice_leaves_its_second_image_out() {
        let ids = [5, 6, 5, 7, 7, 8].map(|id| Some(Id::Number(id)));
        let (images, named) = images(&ids);
        assert_eq!(named, [true, true, false, true, false, true]);
        let mut cursor = Cursor::default();
        let found: Vec<_> = std::iter::from_fn(|| cursor.next(&images)).map(|(at, place)| (at, place.offset)).collect();
        assert_eq!(found, [(0, 10), (1, 17), (3, 31), (5, 45)]);
        assert_eq!((images.number(5), images.number(7), images.number(8)), (Some(0), Some(3), Some(5)));
    }
}
