//! What was taken from a bucket before. Objects that were there long before the newest one are passed over by their time
//! alone; of those of the last day each is known, since a slow upload has the time of its beginning and is seen late.

use object_store::ObjectMeta;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// Objects this much older than the newest one are known by their time, in seconds.
const RECENT_SECONDS: i64 = 24 * 3600;
/// Objects that are known one by one at most, 8 bytes each.
const RECENT_MAXIMUM: usize = 50_000;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bookmark {
    /// Everything that changed before, in Unix seconds, was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<i64>,
    /// What changed later and was taken, by hash of key, time and size.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    taken: BTreeSet<(i64, u64)>,
    /// The last key, when there was more than was to be taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<String>,
}

impl Bookmark {
    /// The key behind which the listing is gone on with.
    pub fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }

    pub(super) fn knows(&self, object: &ObjectMeta) -> bool {
        let at = object.last_modified.timestamp();
        self.before.is_some_and(|before| at < before) || self.taken.contains(&(at, hash(object)))
    }

    pub(super) fn takes(&mut self, object: &ObjectMeta) {
        self.taken.insert((object.last_modified.timestamp(), hash(object)));
        self.after = Some(object.location.as_ref().to_owned());
        // Of very many that are taken in one go the oldest are let go: they may be taken again, and are known then.
        if self.taken.len() > RECENT_MAXIMUM {
            self.taken.pop_first();
        }
    }

    /// The listing was gone through to its end.
    pub(super) fn ends(&mut self) {
        self.after = None;
        if let Some((newest, _)) = self.taken.last().copied() {
            let before = self.before.unwrap_or(i64::MIN).max(newest - RECENT_SECONDS);
            self.taken = self.taken.split_off(&(before, 0));
            self.before = Some(before);
        }
    }
}

fn hash(object: &ObjectMeta) -> u64 {
    let told = format!("{}\n{}\n{:?}", object.location, object.size, object.e_tag);
    let digest = Sha256::digest(told.as_bytes());
    digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}
