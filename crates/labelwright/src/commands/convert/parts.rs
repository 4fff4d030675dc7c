//! Which part of the dataset each item goes into.

use crate::{batch::pictures::fingerprint, files::Input};
use labelwright_formats::{
    Format, Found, Next, Settings, Splits, Stop,
    groups::{Gathering, Groups},
    item_of,
};

/// The part of each item. What belongs together goes where its first item by key goes.
pub struct Parts<'a> {
    splits: &'a Splits,
    /// Of each item by itself.
    own: Vec<u16>,
    groups: Groups,
}

impl<'a> Parts<'a> {
    /// The data is gone through once for it.
    pub fn gathered(
        from: &Format,
        input: &Input,
        settings: &Settings,
        splits: &'a Splits,
        group_by: Option<&str>,
        near: Option<f64>,
    ) -> Result<Self, String> {
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
                own.push(splits.number(&item) as u16);
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
        Ok(Self { splits, own, groups: gathering.finish(near.unwrap_or(1.0)) })
    }

    /// By the number of the item in the order of the data.
    pub fn of(&self, item: usize) -> Option<&str> {
        let part = self.own.get(self.groups.first(item)?)?;
        Some(self.splits.name(usize::from(*part)))
    }

    /// Groups of near-duplicates by the keys of their items.
    pub fn near(&self) -> &[Vec<String>] {
        &self.groups.near
    }
}
