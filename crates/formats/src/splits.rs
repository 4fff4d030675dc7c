//! Parts of a dataset (train, val, test) that leak nothing: what belongs to one group goes into one part. The part of a
//! group follows from its name and the seed alone, so that it does not depend on the order of the items, and stays the
//! same when others are added. Where items are joined by more than that ([`crate::groups`]), all of them go where the
//! first one by key goes.

use crate::{groups::group_of, record::ExportItem};
use sha2::{Digest, Sha256};

/// Names of parts that a model is judged by, in small letters.
const EVALUATION: [&str; 11] =
    ["val", "valid", "validation", "dev", "devel", "development", "eval", "evaluation", "test", "testing", "holdout"];

/// Is a model judged by the part of this name? What was made should not be in it.
pub fn is_evaluation(part: &str) -> bool {
    // `val2017`, `test-dev`, `test_1`: what counts is the word that it begins with.
    let word: String = part.trim().chars().take_while(|c| c.is_alphabetic()).collect();
    EVALUATION.contains(&word.to_lowercase().as_str())
}

/// Was the item made, or changed, by a program: synthesized, or a child of augmentation?
pub fn is_made(item: &ExportItem) -> bool {
    item.metadata.get("synthetic") == Some(&serde_json::Value::Bool(true))
        || item.metadata.get("augmentation").is_some_and(serde_json::Value::is_object)
}

#[derive(Debug, Clone, PartialEq)]
pub struct Splits {
    /// Name and where its part of 0 to 1 ends.
    ends: Vec<(String, f64)>,
    group_by: Option<String>,
    seed: u64,
}

impl Splits {
    /// From `train=.8,val=.1,test=.1`. `group_by` is a key of the metadata, or `folder`.
    ///
    /// # Errors
    /// When the shares are no positive numbers or do not sum to 1.
    pub fn parse(text: &str, group_by: Option<&str>, seed: u64) -> Result<Self, String> {
        let mut ends: Vec<(String, f64)> = Vec::new();
        let mut sum = 0.0;
        for part in text.split(',') {
            let (name, share) = part.split_once('=').ok_or_else(|| format!("{part:?} is no name=share"))?;
            let share = crate::numbers::parse(share).filter(|share| *share > 0.0);
            sum += share.ok_or_else(|| format!("{part:?}: a share is a number above 0"))?;
            let name = name.trim();
            if name.is_empty() || ends.iter().any(|(known, _)| known == name) {
                return Err(format!("{part:?}: a part has a name of its own"));
            }
            ends.push((name.to_owned(), sum));
        }
        if (sum - 1.0).abs() > 1e-6 {
            return Err(format!("the shares sum to {sum} and not to 1"));
        }
        Ok(Self { ends, group_by: group_by.map(str::to_owned), seed })
    }

    /// The part that an item belongs to by itself. An item without a group is one of its own.
    pub fn of(&self, item: &ExportItem) -> &str {
        self.name(self.number(item))
    }

    /// The number of the part that what was made goes into: the first that no model is judged by. None when all are for
    /// judging.
    pub fn for_made(&self) -> Option<usize> {
        self.ends.iter().position(|(name, _)| !is_evaluation(name))
    }

    /// Name of a part by its number.
    pub fn name(&self, number: usize) -> &str {
        self.ends.get(number).map_or("", |(name, _)| name)
    }

    /// The number of the part that an item belongs to by itself.
    pub fn number(&self, item: &ExportItem) -> usize {
        let group = group_of(item, self.group_by.as_deref());
        let mut hash = Sha256::new();
        hash.update(self.seed.to_le_bytes());
        hash.update(if group.is_some() { [1] } else { [0] });
        hash.update(group.as_deref().unwrap_or(&item.key).as_bytes());
        let digest: [u8; 32] = hash.finalize().into();
        let bits = digest.iter().take(8).fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        let share = (bits >> 11) as f64 / (1_u64 << 53) as f64;
        self.ends.iter().position(|(_, end)| share < *end).unwrap_or(self.ends.len().saturating_sub(1))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::groups::{Fingerprint, Gathering};
    use labelwright_core::Modality;
    use proptest::prelude::*;

    fn item(key: &str, scene: Option<&str>) -> ExportItem {
        let mut item = ExportItem::new(key, Modality::Image);
        item.metadata.extend(scene.map(|scene| ("scene".to_owned(), scene.into())));
        item
    }

    #[test]
    fn groups_stay_together_and_shares_are_kept() {
        let splits = Splits::parse("train=.8,val=.1,test=.1", Some("scene"), 7).unwrap();
        for scene in 0..50 {
            let parts: std::collections::BTreeSet<String> = (0..20)
                .map(|at| splits.of(&item(&format!("{scene}/{at}"), Some(&format!("s{scene}")))).to_owned())
                .collect();
            assert_eq!(parts.len(), 1);
        }
        let train = (0..10_000).filter(|at| splits.of(&item(&at.to_string(), None)) == "train").count();
        assert!((7_850..8_150).contains(&train), "{train}");
        let other = Splits::parse("train=.8,val=.1,test=.1", Some("scene"), 8).unwrap();
        assert!((0..100).any(|at| splits.of(&item(&at.to_string(), None)) != other.of(&item(&at.to_string(), None))));
    }

    #[test]
    fn keys_of_the_source_group_as_metadata_does() {
        let splits = Splits::parse("train=.5,val=.5", Some("scene"), 1).unwrap();
        for scene in 0..20 {
            let part = |at: u32| {
                let mut item = item(&format!("{scene}/{at}"), None);
                let mut extras = crate::Extras::of("coco");
                extras.whole.kept.insert("scene".into(), scene.into());
                item.extras = extras.boxed();
                splits.number(&item)
            };
            assert!((1..20).all(|at| part(at) == part(0)), "scene {scene}");
        }
    }

    #[test]
    fn shares_that_make_no_whole_are_refused() {
        for text in ["train=.8", "train=.5,train=.5", "train=0,val=1", "train", "a=nan,b=1", "=1"] {
            assert!(Splits::parse(text, None, 0).is_err(), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]
        /// Groups by a key, copies of one origin and near-duplicates: none of them lies in two parts, and the same items
        /// in the same order give the same parts.
        #[test]
        fn no_group_is_split(
            items in proptest::collection::vec((0..6_u8, 0..12_u8, 0..10_u8), 1..60),
            seed in any::<u64>(),
        ) {
            let splits = Splits::parse("train=.6,val=.2,test=.2", Some("scene"), seed).unwrap();
            let mut gathering = Gathering::new(Some("scene"));
            let all: Vec<ExportItem> = items.iter().enumerate().map(|(at, (scene, parent, _))| {
                let mut item = item(&format!("{at:02}.png"), (*scene < 4).then(|| format!("s{scene}")).as_deref());
                if usize::from(*parent) < at && *parent < 4 {
                    item.metadata.insert("parent".into(), format!("{parent:02}.png").into());
                }
                item
            }).collect();
            // Looks that differ in 30 bits, or in one.
            let looks = |look: u8| Fingerprint::Picture((u128::from(look / 2) * 0x3fff_ffff_u128) << (look / 2) | u128::from(look % 2));
            for (item, (_, _, look)) in all.iter().zip(&items) {
                gathering.add(item, (*look < 6).then(|| looks(*look)));
            }
            let groups = gathering.finish(0.95);
            let parts: Vec<&str> = (0..all.len()).map(|at| splits.of(&all[groups.first(at).unwrap()])).collect();
            for (one, a) in all.iter().enumerate() {
                for (two, b) in all.iter().enumerate() {
                    let scene = a.metadata.contains_key("scene") && a.metadata.get("scene") == b.metadata.get("scene");
                    let child = b.metadata.get("parent").and_then(|key| key.as_str()) == Some(&a.key);
                    let (x, y) = (items[one].2, items[two].2);
                    let near = x < 6 && y < 6 && looks(x).similarity(&looks(y)).unwrap() >= 0.95;
                    if scene || child || near {
                        prop_assert_eq!(parts[one], parts[two], "{} and {}", a.key, b.key);
                    }
                }
            }
        }
    }
}
