//! What is the same or nearly the same: contributions are compared with those before them and with the items of the dataset.
//! An index a call is kept in memory and catches up by ids; what a picture looks like is stored by its hash, so that it is
//! decoded once. Whoever gives waits for a short catching-up only: a large dataset is taken in over several gifts.

use super::checks::Flag;
use crate::{Result, Workflow, media::grey_square};
use bytes::Bytes;
use labelwright_core::ItemId;
use labelwright_formats::{
    groups::{Fingerprint, GREY_SIDE, HASHES},
    near::NearDuplicates,
};
use labelwright_store::records::{calls::CallRow, contributions, datasets, prints};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// Texts and pictures that are this much alike are nearly the same.
const NEAR: f64 = 0.9;
/// What is kept of one call; later ones are compared with these.
const KEPT_MAXIMUM: usize = 200_000;
/// Indexes that are kept at once: the others are made again when somebody gives.
const INDEXES_MAXIMUM: usize = 64;
const PAGE: i64 = 200;
/// How long a gift waits for the index.
const PATIENCE: Duration = Duration::from_millis(400);

/// What something is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Like {
    Contribution(i64),
    Item(ItemId),
}

impl Like {
    fn told(self) -> String {
        match self {
            Self::Contribution(id) => format!("contribution {id}"),
            Self::Item(id) => format!("item {id}"),
        }
    }
}

struct Index {
    contribution: i64,
    item: ItemId,
    /// By the first half of the hash.
    exact: HashMap<u128, Like>,
    near: NearDuplicates,
    names: Vec<Like>,
}

impl Index {
    fn new() -> Self {
        let near = NearDuplicates::new(NEAR);
        Self { contribution: 0, item: ItemId(0), exact: HashMap::new(), near, names: Vec::new() }
    }

    fn add(&mut self, hash: &str, print: Option<Fingerprint>, like: Like) {
        if self.exact.len() >= KEPT_MAXIMUM {
            return;
        }
        if let Some(half) = half(hash) {
            self.exact.entry(half).or_insert(like);
        }
        if print.is_some_and(|print| self.near.add(print).is_none()) {
            self.names.push(like);
        }
    }
}

fn half(hash: &str) -> Option<u128> {
    u128::from_str_radix(hash.get(..32)?, 16).ok()
}

/// Pictures that are decoded at once: each may need a good part of a gigabyte.
const DECODED_AT_ONCE: usize = 2;

pub struct Likenesses {
    by_call: Mutex<HashMap<i64, Arc<tokio::sync::Mutex<Index>>>>,
    decoding: tokio::sync::Semaphore,
}

impl Default for Likenesses {
    fn default() -> Self {
        Self { by_call: Mutex::default(), decoding: tokio::sync::Semaphore::new(DECODED_AT_ONCE) }
    }
}

impl Likenesses {
    fn of(&self, call: i64) -> Arc<tokio::sync::Mutex<Index>> {
        let Ok(mut all) = self.by_call.lock() else { return Arc::new(tokio::sync::Mutex::new(Index::new())) };
        if all.len() >= INDEXES_MAXIMUM && !all.contains_key(&call) {
            all.clear();
        }
        Arc::clone(all.entry(call).or_insert_with(|| Arc::new(tokio::sync::Mutex::new(Index::new()))))
    }

    /// Something was taken away: nothing shall be said to be like it.
    pub fn forget(&self, call: i64) {
        if let Ok(mut all) = self.by_call.lock() {
            all.remove(&call);
        }
    }
}

impl Workflow {
    /// What a new contribution is the same as, or nearly.
    pub(super) async fn alike(&self, call: &CallRow, hash: &str, print: Option<&Fingerprint>) -> Result<Vec<Flag>> {
        let index = self.likenesses.of(call.id);
        let mut index = index.lock().await;
        self.catch_up(call, &mut index).await?;
        if let Some(same) = half(hash).and_then(|half| index.exact.get(&half)) {
            return Ok(vec![Flag::new("duplicate", same.told())]);
        }
        let near = print.and_then(|print| index.near.find(print)).and_then(|at| index.names.get(at as usize));
        Ok(near.map(|like| Flag::new("near_duplicate", like.told())).into_iter().collect())
    }

    async fn catch_up(&self, call: &CallRow, index: &mut Index) -> Result<()> {
        let begun = Instant::now();
        let (id, dataset) = (call.id, call.dataset);
        while begun.elapsed() < PATIENCE {
            let after = index.contribution;
            let page = self
                .read(move |tx| {
                    Box::pin(async move {
                        let mut page = Vec::new();
                        for (id, hash) in contributions::hashes_after(tx, id, after, PAGE).await? {
                            let print = prints::print(tx, &hash).await?;
                            page.push((id, hash, print));
                        }
                        Ok(page)
                    })
                })
                .await?;
            let Some((last, ..)) = page.last() else { break };
            index.contribution = *last;
            for (id, hash, print) in page {
                index.add(&hash, print.as_deref().and_then(unpacked), Like::Contribution(id));
            }
        }
        while begun.elapsed() < PATIENCE {
            let after = index.item;
            let page = self
                .read(move |tx| {
                    Box::pin(async move {
                        let mut page = Vec::new();
                        for row in datasets::items_after(tx, dataset, after, PAGE).await? {
                            let print = prints::print(tx, &row.hash).await?;
                            page.push((row, print));
                        }
                        Ok(page)
                    })
                })
                .await?;
            if page.is_empty() {
                break;
            }
            for (row, print) in page {
                let print = match (print, row.modality.as_str()) {
                    (Some(print), _) => unpacked(&print),
                    (None, "text") => row.content.as_deref().and_then(Fingerprint::of_text),
                    (None, "image") if begun.elapsed() < PATIENCE => {
                        // Bytes that are missing are the doctor's business, and no reason to refuse a gift.
                        let print = match self.bytes_of(&row).await {
                            Ok(bytes) => self.print_of_picture(bytes).await?,
                            Err(_) => None,
                        };
                        self.keep_print(&row.hash, print.as_ref()).await?;
                        print
                    }
                    // The rest is looked at when somebody gives again.
                    (None, "image") => return Ok(()),
                    _ => None,
                };
                index.item = row.id;
                index.add(&row.hash, print, Like::Item(row.id));
            }
        }
        Ok(())
    }

    /// What a picture looks like; None for one that cannot be decoded.
    pub(super) async fn print_of_picture(&self, bytes: Bytes) -> Result<Option<Fingerprint>> {
        // Never closed: waiting for a turn always ends.
        let _turn = self.likenesses.decoding.acquire().await;
        self.blocking(move || of_picture(&bytes)).await
    }

    pub(super) async fn keep_print(&self, hash: &str, print: Option<&Fingerprint>) -> Result<()> {
        let Some(packed) = print.map(packed) else { return Ok(()) };
        let hash = hash.to_owned();
        self.write(move |tx| Box::pin(async move { Ok(prints::keep(tx, &hash, packed).await?) })).await
    }
}

fn of_picture(bytes: &[u8]) -> Option<Fingerprint> {
    let grey = grey_square(bytes, GREY_SIDE).ok()?;
    Some(Fingerprint::of_picture(&grey.try_into().ok()?))
}

/// One byte for the kind, then the numbers, the least significant byte first.
fn packed(print: &Fingerprint) -> Vec<u8> {
    match print {
        Fingerprint::Picture(bits) => [&[1], bits.to_le_bytes().as_slice()].concat(),
        Fingerprint::Text(least) => {
            let mut bytes = vec![2];
            least.iter().for_each(|hash| bytes.extend(hash.to_le_bytes()));
            bytes
        }
    }
}

fn unpacked(bytes: &[u8]) -> Option<Fingerprint> {
    match bytes.split_first()? {
        (1, bits) => Some(Fingerprint::Picture(u128::from_le_bytes(bits.try_into().ok()?))),
        (2, words) if words.len() == HASHES * 4 => {
            let mut least = Box::new([0; HASHES]);
            for (number, word) in least.iter_mut().zip(words.chunks_exact(4)) {
                *number = u32::from_le_bytes(word.try_into().ok()?);
            }
            Some(Fingerprint::Text(least))
        }
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_is_the_same_again() {
        for print in [Fingerprint::Picture(u128::MAX / 3), Fingerprint::of_text("Zürich am See, im Winter").unwrap()] {
            assert_eq!(unpacked(&packed(&print)), Some(print));
        }
        assert_eq!(unpacked(&[2, 0]), None);
        assert_eq!(unpacked(&[]), None);
    }
}
