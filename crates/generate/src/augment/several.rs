//! Children of several pictures: mosaics and mixups.

use super::{
    Lineage,
    combine::join,
    labels,
    pictures::{Partner, PictureItem, Work},
};
use crate::{
    Random,
    picture::{Picture, mixup, paste},
    plane::{Map, Step},
};
use labelwright_core::geometry::Bounds;
use serde_json::{Value, json};

/// Most sources of one child: a mosaic's four.
const PARENTS_MAXIMUM: usize = 4;

impl Work<'_> {
    /// Other sources, unless the child has as many as it may; the reason is noted.
    fn partners(&mut self, count: usize, random: &mut Random, partner: &mut Partner<'_>) -> Option<Vec<PictureItem>> {
        if self.lineage.parents.len() + count > PARENTS_MAXIMUM {
            self.lineage.note("too_many_sources", 1);
            return None;
        }
        let found: Option<Vec<PictureItem>> = (0..count).map(|_| partner(random)).collect();
        if found.is_none() {
            self.lineage.note("no_partner", 1);
        }
        found
    }

    /// Four pictures around a point, given as shares of the sides. The size stays.
    pub(super) fn mosaic(&mut self, centre: [f64; 2], random: &mut Random, partner: &mut Partner<'_>) -> Option<Value> {
        let size = self.item.picture.size();
        if size[0] < 2 || size[1] < 2 {
            return None;
        }
        let others = self.partners(3, random, partner)?;
        let side = |share: f64, pixels: u32| (share * f64::from(pixels)).round().clamp(1.0, f64::from(pixels) - 1.0);
        let ([x, y], [w, h]) = ([side(centre[0], size[0]), side(centre[1], size[1])], size.map(f64::from));
        let first = Bounds::new(0.0, 0.0, x, y);
        let rest = [Bounds::new(x, 0.0, w, y), Bounds::new(0.0, y, x, h), Bounds::new(x, y, w, h)];
        let mut sheet = Picture::plain(size[0], size[1], self.item.picture.channels, [0; 3]);
        let step = covering(size, first, size);
        paste(&mut sheet, &self.item.picture, &step);
        labels::moved(&mut self.item.answers, &step, self.classes, false, self.least, &mut self.lineage);
        let mut with = Vec::new();
        for (mut other, frame) in others.into_iter().zip(rest) {
            let step = covering(other.picture.size(), frame, size);
            paste(&mut sheet, &other.picture, &step);
            let mut own = Lineage::default();
            labels::moved(&mut other.answers, &step, self.classes, false, self.least, &mut own);
            with.push(other.key.clone());
            self.joined(other, own);
        }
        self.item.picture = sheet.into();
        Some(json!({ "centre": [x, y], "with": with }))
    }

    pub(super) fn mixup(&mut self, share: f64, random: &mut Random, partner: &mut Partner<'_>) -> Option<Value> {
        let mut other = self.partners(1, random, partner)?.pop()?;
        let with = other.key.clone();
        mixup(self.pixels(), &other.picture, share);
        let step = Step::resize(other.picture.size(), self.item.picture.size());
        let mut own = Lineage::default();
        labels::moved(&mut other.answers, &step, self.classes, false, self.least, &mut own);
        self.joined(other, own);
        Some(json!({ "share": share, "with": with }))
    }

    fn joined(&mut self, other: PictureItem, lineage: Lineage) {
        let (fields, answers) =
            join(&mut self.item.answers, other.answers, &mut self.lineage.visibility, &lineage.visibility);
        self.lineage.note("field_not_shared", fields);
        self.lineage.note("answer_not_shared", answers);
        for (code, count) in lineage.notes {
            self.lineage.note(code, count);
        }
        self.lineage.parents.push(other.key);
    }
}

/// Scaled to cover a frame, centred in it.
fn covering(from: [u32; 2], frame: Bounds, to: [u32; 2]) -> Step {
    let [width, height] = from.map(f64::from);
    let scale = (frame.width() / width).max(frame.height() / height);
    let (left, top) = (frame.width() - width * scale, frame.height() - height * scale);
    let map = Map::scale(scale, scale).then(Map::translation(frame.left + left / 2.0, frame.top + top / 2.0));
    Step { frame, ..Step::new(map, from, to) }
}
