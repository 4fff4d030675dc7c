//! Which items belong together, so that no part of a dataset knows another one's items: those with the same value of a
//! key, copies made from one item, and near-duplicates. Belonging goes on from one to the next: what is near two others
//! joins them. Pictures are compared by difference hashes (N. Krawetz, 2013) in both directions, texts by min-hashes of
//! their shingles (A. Broder, 1997).

mod fingerprint;

pub use fingerprint::{Fingerprint, GREY_SIDE, HASHES};

use crate::{names::split_ending, record::ExportItem};
use std::collections::{BTreeMap, HashMap};

/// Metadata that names the item from which another one was made.
const PARENTS: [&str; 4] = ["parent", "parent_key", "augmented_from", "source_item"];

/// Gathers items, then tells for each one its group.
#[derive(Default)]
pub struct Gathering {
    group_by: Option<String>,
    keys: Vec<String>,
    /// Union-find: the parent of each node. The first nodes are the items.
    links: Links,
    /// Nodes of items by key, and of values that several items share.
    shared: HashMap<(Shared, String), u32>,
    prints: Vec<(u32, Fingerprint)>,
    /// Items that have a value to be grouped by.
    valued: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Shared {
    Value,
    Origin,
}

/// The groups of all items.
pub struct Groups {
    /// Of each item in its order the number of its group's first item by key.
    firsts: Vec<u32>,
    /// Near-duplicates, each with the keys of its items in their order.
    pub near: Vec<Vec<String>>,
}

impl Gathering {
    /// `group_by` is a key of the metadata, or `folder`.
    pub fn new(group_by: Option<&str>) -> Self {
        Self { group_by: group_by.map(str::to_owned), ..Self::default() }
    }

    /// The next item, with what it looks like if that counts.
    pub fn add(&mut self, item: &ExportItem, print: Option<Fingerprint>) {
        let own = self.links.node();
        self.keys.push(item.key.clone());
        if let Some(value) = group_of(item, self.group_by.as_deref()) {
            self.share(own, Shared::Value, value);
            self.valued += 1;
        }
        // An item and what was made from it have the same origin: the item itself.
        self.share(own, Shared::Origin, item.key.clone());
        let parents = PARENTS.iter().filter_map(|name| item.metadata.get(*name)?.as_str());
        let origins: Vec<String> = parents.map(str::to_owned).chain(augmented_from(&item.key)).collect();
        for origin in origins {
            self.share(own, Shared::Origin, origin);
        }
        self.prints.extend(print.map(|print| (own, print)));
    }

    /// How many items have a value to be grouped by.
    pub fn valued(&self) -> u64 {
        self.valued
    }

    fn share(&mut self, own: u32, kind: Shared, value: String) {
        match self.shared.entry((kind, value)) {
            std::collections::hash_map::Entry::Occupied(known) => self.links.join(own, *known.get()),
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(own);
            }
        }
    }

    /// The groups; items at least this similar (0 to 1) belong together.
    pub fn finish(mut self, threshold: f64) -> Groups {
        let near = self.near(threshold);
        let mut firsts: BTreeMap<u32, u32> = BTreeMap::new();
        let roots: Vec<u32> = (0..self.keys.len() as u32).map(|item| self.links.root(item)).collect();
        for (item, root) in roots.iter().enumerate() {
            let first = firsts.entry(*root).or_insert(item as u32);
            if self.keys[item] < self.keys[*first as usize] {
                *first = item as u32;
            }
        }
        let firsts = roots.iter().map(|root| firsts.get(root).copied().unwrap_or_default()).collect();
        Groups { firsts, near }
    }

    /// Joins near-duplicates, and names the groups that they make by themselves.
    fn near(&mut self, threshold: f64) -> Vec<Vec<String>> {
        let mut alone = Links { parents: (0..self.keys.len() as u32).collect() };
        let mut join = |one: u32, two: u32| {
            self.links.join(one, two);
            alone.join(one, two);
        };
        pictures(&self.prints, threshold, &mut join);
        texts(&self.prints, threshold, &mut join);
        let mut groups: BTreeMap<u32, Vec<String>> = BTreeMap::new();
        for (item, key) in self.keys.iter().enumerate() {
            groups.entry(alone.root(item as u32)).or_default().push(key.clone());
        }
        let mut near: Vec<Vec<String>> = groups.into_values().filter(|group| group.len() > 1).collect();
        near.sort();
        near
    }
}

impl Groups {
    /// The first item by key of the group of an item; both by their numbers in the order in which they were added.
    pub fn first(&self, item: usize) -> Option<usize> {
        self.firsts.get(item).map(|first| *first as usize)
    }
}

/// The value by which items are kept together.
pub(crate) fn group_of(item: &ExportItem, group_by: Option<&str>) -> Option<String> {
    match group_by {
        Some("folder") => item.key.rfind('/').map(|end| item.key[..end].to_owned()),
        // Keys that only the format of the source knows (`scene` of a COCO image) say as much.
        Some(key) => {
            let kept = item.extras.as_deref().map(|extras| &extras.whole.kept);
            item.metadata.get(key).or_else(|| kept?.get(key)).map(ToString::to_string)
        }
        None => None,
    }
}

/// Roboflow names copies `street_jpg.rf.0123456789abcdef0123456789abcdef.jpg`.
fn augmented_from(key: &str) -> Option<String> {
    let stem = split_ending(key).0;
    let (origin, hash) = stem.rsplit_once(".rf.")?;
    let named = hash.len() >= 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    named.then(|| format!("{origin}.rf"))
}

/// Pairs of pictures that differ in no more bits than allowed. With one band more than bits, one band is equal (the
/// pigeonhole principle): only those are compared.
fn pictures(prints: &[(u32, Fingerprint)], threshold: f64, join: &mut impl FnMut(u32, u32)) {
    let most = ((1.0 - threshold) * 128.0 + 1e-9).floor().clamp(0.0, 128.0) as u32;
    let mut first_of: BTreeMap<u128, u32> = BTreeMap::new();
    for (item, print) in prints {
        if let Fingerprint::Picture(bits) = print {
            match first_of.get(bits) {
                Some(first) => join(*first, *item),
                None => drop(first_of.insert(*bits, *item)),
            }
        }
    }
    let all: Vec<(u128, u32)> = first_of.into_iter().collect();
    let bands = (most + 1).min(128);
    for band in 0..bands {
        let (start, end) = (128 * band / bands, 128 * (band + 1) / bands);
        let mask = if end - start == 128 { u128::MAX } else { ((1_u128 << (end - start)) - 1) << start };
        let mut buckets: HashMap<u128, Vec<usize>> = HashMap::new();
        for (at, (bits, _)) in all.iter().enumerate() {
            buckets.entry(bits & mask).or_default().push(at);
        }
        for bucket in buckets.values() {
            for (at, one) in bucket.iter().enumerate() {
                for two in &bucket[at + 1..] {
                    if (all[*one].0 ^ all[*two].0).count_ones() <= most {
                        join(all[*one].1, all[*two].1);
                    }
                }
            }
        }
    }
}

/// Pairs of texts with enough equal hashes. Equal ones are one. With one band more than hashes may differ one band is equal
/// (the pigeonhole principle); below a similarity of 0.5 bands meet with a chance of more than 99.9 % (J. Leskovec et al.,
/// Mining of Massive Datasets, 3.4).
fn texts(prints: &[(u32, Fingerprint)], threshold: f64, join: &mut impl FnMut(u32, u32)) {
    let (mut first_of, mut all) = (HashMap::<&[u32], u32>::new(), Vec::<&(u32, Fingerprint)>::new());
    for print in prints {
        if let Fingerprint::Text(hashes) = &print.1 {
            match first_of.entry(&hashes[..]) {
                std::collections::hash_map::Entry::Occupied(first) => join(*first.get(), print.0),
                std::collections::hash_map::Entry::Vacant(free) => {
                    free.insert(print.0);
                    all.push(print);
                }
            }
        }
    }
    drop(first_of);
    let missed = |rows: usize| (1.0 - threshold.powi(rows as i32)).powi((HASHES / rows) as i32);
    let different = ((1.0 - threshold) * HASHES as f64 + 1e-9).floor() as usize;
    let bands = if different < HASHES / 2 {
        different + 1
    } else {
        HASHES / [16, 8, 4, 2].into_iter().find(|rows| missed(*rows) < 1e-3).unwrap_or(1)
    };
    for band in 0..bands {
        let part = HASHES * band / bands..HASHES * (band + 1) / bands;
        let mut buckets: HashMap<&[u32], Vec<u32>> = HashMap::new();
        for (at, (_, print)) in all.iter().enumerate() {
            if let Fingerprint::Text(hashes) = print {
                buckets.entry(&hashes[part.clone()]).or_default().push(at as u32);
            }
        }
        for bucket in buckets.values() {
            for (at, one) in bucket.iter().enumerate() {
                let one = all[*one as usize];
                for two in &bucket[at + 1..] {
                    let two = all[*two as usize];
                    if one.1.is_like(&two.1, threshold) {
                        join(one.0, two.0);
                    }
                }
            }
        }
    }
}

/// Union-find with path halving (R. Tarjan and J. van Leeuwen, 1984). The smaller root stays, so that the order in which
/// pairs come says nothing.
#[derive(Default)]
struct Links {
    parents: Vec<u32>,
}

impl Links {
    fn node(&mut self) -> u32 {
        let node = self.parents.len() as u32;
        self.parents.push(node);
        node
    }

    fn root(&mut self, mut node: u32) -> u32 {
        while let Some(parent) = self.parents.get(node as usize).copied().filter(|parent| *parent != node) {
            let above = self.parents.get(parent as usize).copied().unwrap_or(parent);
            if let Some(own) = self.parents.get_mut(node as usize) {
                *own = above;
            }
            node = above;
        }
        node
    }

    fn join(&mut self, one: u32, two: u32) {
        let (one, two) = (self.root(one), self.root(two));
        if let Some(parent) = self.parents.get_mut(one.max(two) as usize) {
            *parent = one.min(two);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use labelwright_core::Modality;
    use proptest::prelude::*;

    fn picture(key: &str) -> ExportItem {
        ExportItem::new(key, Modality::Image)
    }

    #[test]
    fn texts_that_say_nearly_the_same_are_similar() {
        let print = |text: &str| Fingerprint::of_text(text).unwrap();
        let long = "The committee met on Tuesday to discuss the budget for the coming year, and nobody was pleased.";
        let near = print(&long.replace("Tuesday", "Monday"));
        assert_eq!(print(long).similarity(&print(&long.to_uppercase().replace(' ', "  "))), Some(1.0));
        assert!(print(long).similarity(&near).unwrap() > 0.6);
        assert!(print(long).similarity(&print("Something else entirely was said in another place.")).unwrap() < 0.1);
        assert_eq!(Fingerprint::of_text(" ?! \u{200d}"), None);
        assert_eq!(print("ab").similarity(&print("ab")), Some(1.0));
    }

    #[test]
    fn children_stay_with_their_origin_and_chains_hold() {
        let mut gathering = Gathering::new(Some("scene"));
        let mut child = picture("z/flipped.png");
        child.metadata.insert("parent".into(), "a.png".into());
        let mut in_scene = picture("m.png");
        in_scene.metadata.insert("scene".into(), 7.into());
        let mut near = picture("n.png");
        near.metadata.insert("scene".into(), 7.into());
        // The child comes before its origin, and the origin looks like a picture of a scene.
        for (item, print) in [
            (child, None),
            (picture("a.png"), Some(Fingerprint::Picture(0b1011))),
            (in_scene, None),
            (near, Some(Fingerprint::Picture(0b1111))),
            (picture("x_jpg.rf.0123456789abcdef.jpg"), None),
            (picture("x_jpg.rf.fedcba9876543210.jpg"), None),
            (picture("alone.png"), Some(Fingerprint::Picture(u128::MAX))),
        ] {
            gathering.add(&item, print);
        }
        let groups = gathering.finish(0.9);
        let firsts: Vec<usize> = (0..7).map(|item| groups.first(item).unwrap()).collect();
        assert_eq!(firsts, [1, 1, 1, 1, 4, 4, 6]);
        assert_eq!(groups.near, [["a.png", "n.png"]]);
        assert_eq!(groups.first(99), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn bands_find_what_comparing_all_finds(
            prints in proptest::collection::vec((any::<u128>(), proptest::collection::vec(0..128_u32, 0..20)), 1..40),
            threshold in prop_oneof![Just(1.0), Just(0.9), Just(0.8), Just(0.5)],
        ) {
            let mut prints: Vec<u128> = prints.iter().flat_map(|(bits, flips)| {
                [*bits, flips.iter().fold(*bits, |bits, at| bits ^ (1 << at))]
            }).collect();
            prints.truncate(60);
            let numbered: Vec<(u32, Fingerprint)> =
                prints.iter().enumerate().map(|(at, bits)| (at as u32, Fingerprint::Picture(*bits))).collect();
            let (mut fast, mut slow) = (Links::default(), Links::default());
            for _ in &prints {
                fast.node();
                slow.node();
            }
            pictures(&numbered, threshold, &mut |one, two| fast.join(one, two));
            for (one, a) in &numbered {
                for (two, b) in &numbered {
                    if a.similarity(b).unwrap() >= threshold {
                        slow.join(*one, *two);
                    }
                }
            }
            for item in 0..prints.len() as u32 {
                prop_assert_eq!(fast.root(item), slow.root(item));
            }
        }
    }
}
