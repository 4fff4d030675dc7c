//! Which part of the dataset each item goes into.

use crate::{batch::pictures::fingerprint, files::Input};
use labelwright_formats::{
    Format, Found, Next, Settings, Splits, Stop,
    groups::{Gathering, Groups},
    is_evaluation, is_made, item_of,
};
use serde::Serialize;

/// How items are kept together and apart.
#[derive(Debug, Clone, Copy, Default)]
pub struct Keeping<'a> {
    pub group_by: Option<&'a str>,
    /// Items that are at least so similar stay together.
    pub near: Option<f64>,
    /// May parts that judge have what was made?
    pub made_anywhere: bool,
}

/// Where an item goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Part(u16),
    /// It was made from what lies in a part that judges: there it would judge itself, and elsewhere it would tell.
    LeftOut,
}

/// What became of items that were made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct OfMade {
    /// Out of parts that judge, into one that does not.
    pub moved: u64,
    pub left_out: u64,
}

/// The part of each item. What belongs together goes where its first item by key goes, that was not made if there is one.
pub struct Parts<'a> {
    splits: &'a Splits,
    places: Vec<Place>,
    near: Vec<Vec<String>>,
    pub made: OfMade,
}

impl<'a> Parts<'a> {
    /// The data is gone through once for it.
    pub fn gathered(
        from: &Format,
        input: &Input,
        settings: &Settings,
        splits: &'a Splits,
        keeping: Keeping<'_>,
    ) -> Result<Self, String> {
        let Keeping { group_by, near, made_anywhere } = keeping;
        let view = input.open()?;
        let (mut gathering, mut own) = (Gathering::new(group_by), Vec::new());
        let mut unknown = 0_u64;
        let read = from.read.ok_or("the format cannot be read")?;
        let outcome = read(&*view, settings, &mut |found| {
            if let Found::Record(record) = found
                && let Some(item) = item_of(*record, &*view)
            {
                let print = near.and_then(|_| fingerprint(&*view, &item));
                unknown += u64::from(near.is_some() && print.is_none());
                gathering.add(&item, print);
                own.push((splits.number(&item) as u16, is_made(&item)));
            }
            Next::GoOn
        });
        if let Err(Stop::Unreadable(error)) = outcome {
            return Err(format!("{}: {}", error.place, error.message));
        }
        // A misspelt key would keep nothing together, and nobody would know.
        if let Some(key) = group_by.filter(|key| *key != "folder" && gathering.valued() == 0 && !own.is_empty()) {
            return Err(format!("no item has metadata called {key:?}: nothing would be kept together"));
        }
        if unknown > 0 {
            eprintln!("{unknown} items have no text or picture that can be compared");
        }
        let groups = gathering.finish(near.unwrap_or(1.0));
        let (places, made) = places(splits, &own, &groups, made_anywhere)?;
        Ok(Self { splits, places, near: groups.near, made })
    }

    /// By the number of the item in the order of the data: the name of its part, or nothing if it is left out.
    pub fn of(&self, item: usize) -> Option<&str> {
        match self.places.get(item)? {
            Place::Part(number) => Some(self.splits.name(usize::from(*number))),
            Place::LeftOut => None,
        }
    }

    /// Groups of near-duplicates by the keys of their items.
    pub fn near(&self) -> &[Vec<String>] {
        &self.near
    }
}

/// The place of each item, of which its own part and whether it was made are known.
fn places(
    splits: &Splits,
    own: &[(u16, bool)],
    groups: &Groups,
    made_anywhere: bool,
) -> Result<(Vec<Place>, OfMade), String> {
    let first = |item: usize| groups.first(item).unwrap_or(item);
    // Groups that have an item which was found, by their first one.
    let mut has_found = vec![false; own.len()];
    for (item, (_, is_made)) in own.iter().enumerate() {
        if let Some(has_found) = has_found.get_mut(first(item)).filter(|_| !is_made) {
            *has_found = true;
        }
    }
    let judges = |part: u16| is_evaluation(splits.name(usize::from(part)));
    let (mut places, mut told) = (Vec::with_capacity(own.len()), OfMade::default());
    for (item, (_, is_made)) in own.iter().enumerate() {
        let first = first(item);
        let part = own.get(first).map_or(0, |(part, _)| *part);
        let place = if !is_made || made_anywhere || !judges(part) {
            Place::Part(part)
        } else if has_found.get(first).copied().unwrap_or(false) {
            told.left_out += 1;
            Place::LeftOut
        } else {
            let other = splits.for_made().ok_or(
                "some items were made, and all parts are for judging: name a part like train, or say --made-anywhere",
            )?;
            told.moved += 1;
            Place::Part(other as u16)
        };
        places.push(place);
    }
    Ok((places, told))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use labelwright_core::Modality;
    use labelwright_formats::ExportItem;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]
        /// Whatever is in the data: no part that judges has what was made, no child lies apart from its parent, and every
        /// item that is gone is counted.
        #[test]
        fn nothing_that_was_made_judges(
            items in proptest::collection::vec((0..3_u8, 0..20_usize), 1..60),
            seed in any::<u64>(),
        ) {
            let splits = Splits::parse("train=.4,val=.3,test=.3", None, seed).unwrap();
            let (mut gathering, mut own, mut parents) = (Gathering::new(None), Vec::new(), Vec::new());
            for (at, (kind, parent)) in items.iter().enumerate() {
                let mut item = ExportItem::new(format!("{at:02}"), Modality::Text);
                // 0: found; 1: synthesized; 2: a child.
                if *kind == 1 {
                    item.metadata.insert("synthetic".into(), true.into());
                }
                let parent = (*kind == 2).then(|| parent % items.len());
                if let Some(parent) = parent {
                    item.metadata.insert("augmentation".into(), serde_json::json!({}));
                    item.metadata.insert("parent".into(), format!("{parent:02}").into());
                }
                parents.push(parent);
                gathering.add(&item, None);
                own.push((splits.number(&item) as u16, is_made(&item)));
            }
            let groups = gathering.finish(1.0);
            let (all, told) = places(&splits, &own, &groups, false).unwrap();
            let (anywhere, none) = places(&splits, &own, &groups, true).unwrap();
            prop_assert_eq!(none, OfMade::default());
            for (at, place) in all.iter().enumerate() {
                match place {
                    Place::Part(part) if own[at].1 => prop_assert!(!is_evaluation(splits.name(usize::from(*part)))),
                    // What was found stays where it would have been.
                    Place::Part(_) => prop_assert_eq!(*place, anywhere[at]),
                    Place::LeftOut => prop_assert!(own[at].1),
                }
                if let (Some(parent), Place::Part(part)) = (parents[at], place) {
                    prop_assert_eq!(all[parent], Place::Part(*part));
                }
            }
            prop_assert_eq!(told.left_out as usize, all.iter().filter(|place| **place == Place::LeftOut).count());
            let differs = all.iter().zip(&anywhere).filter(|(one, other)| one != other).count();
            prop_assert_eq!((told.moved + told.left_out) as usize, differs);
        }
    }
}
