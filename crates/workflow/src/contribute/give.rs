//! Taking one contribution. Sent twice it is stored once: the second sending gets the first answer, receipt and all.

use super::{
    accept::{accept, planning},
    checks::{self, RECENT_SECONDS},
    codes,
    door::{self, Contributor, Door, left, taken_of},
    pace::Pace,
    probing::{Probe, shape_json},
    settings::{CallSettings, Kind, State},
};
use crate::{
    Error, Result, Workflow,
    media::{LEVELS, StoredShape},
    people::plus,
    secret,
};
use bytes::Bytes;
use labelwright_core::Timestamp;
use labelwright_formats::groups::Fingerprint;
use labelwright_store::{
    Tx,
    blobs::Blobs,
    records::{
        calls,
        contributions::{self, NewContribution},
        contributors,
        datasets::Content,
        derived,
    },
};

/// Largest contribution, in bytes.
pub const GIVE_BYTES_MAXIMUM: usize = 32 << 20;
/// Longest text or form, in bytes.
const WORDS_BYTES_MAXIMUM: usize = 1 << 20;
/// Pictures with more pixels are taken and not compared with others: that would need their pixels in memory.
const COMPARED_PIXELS: u64 = 40_000_000;

/// What somebody gives.
#[derive(Debug, Clone)]
pub struct Gift {
    /// Made by the sender; the same for each sending of the same thing.
    pub key: String,
    pub kind: Kind,
    /// Empty without one.
    pub category: String,
    /// When it was made: it may have waited for a network.
    pub made_at: Option<Timestamp>,
    pub body: Bytes,
}

/// What became of it.
#[derive(Debug, Clone)]
pub struct Given {
    pub key: String,
    pub state: String,
    /// Whoever shows it may withdraw the contribution.
    pub receipt: String,
}

impl Workflow {
    /// Takes a contribution.
    ///
    /// # Errors
    /// `closed`, `full`, `terms_changed` as conflicts; what is wrong with the gift with its place; [`Error::TooMany`].
    pub async fn give(&self, door: &Door, contributor: &Contributor, gift: Gift) -> Result<Given> {
        let now = self.now();
        check(&door.settings, &gift)?;
        let words = [gift.kind.as_str(), gift.category.as_str(), &Blobs::hash(&gift.body)].join("\n");
        let request = Blobs::hash(words.as_bytes());
        let (id, key) = (contributor.row.id, gift.key.clone());
        let before =
            self.read(move |tx| Box::pin(async move { Ok(contributions::by_key(tx, id, &key).await?) })).await?;
        if let Some((row, known)) = before {
            return given(door, contributor, &row, known == request);
        }
        self.paces.take(Pace::Give, &id.to_string(), now)?;
        if door.state(now) != State::Open {
            return Err(door::closed());
        }
        self.room(door, contributor, &gift.category).await?;

        let probe = self.probe(&door.settings, gift.kind, gift.body.clone()).await?;
        let made_at = gift.made_at.filter(|made| *made <= now).unwrap_or(now);
        let words_hash = probe.words_hash();
        let (hash, content, size) = self.kept(&probe).await?;
        let print = self.print(&probe).await?;
        let mut flags = self.alike(&door.call, &hash, print.as_ref()).await?;
        let (since, compared) = (plus(now, -RECENT_SECONDS), words_hash.clone());
        let past = self
            .read(move |tx| Box::pin(async move { Ok(contributions::before(tx, id, since, &compared).await?) }))
            .await?;
        flags.extend(checks::look(&door.settings, &probe, made_at, &past));
        self.keep_print(&hash, print.as_ref()).await?;

        let planning = planning(self, door.call.dataset).await?;
        let (row, contributor_row) = (door.call.clone(), contributor.row.clone());
        let at_once = door.settings.accept_at_once && flags.is_empty();
        let flags = serde_json::to_string(&flags).map_err(|error| Error::internal(error.to_string()))?;
        let receipt = codes::receipt(&row, id, &gift.key)?;
        let receipt_hash = secret::hash(&receipt);
        let levels = probe.taken.as_ref().map(|taken| taken.levels.clone());
        let answer = Given { key: gift.key.clone(), state: String::new(), receipt };
        let (media, shape) = (probe.probed.media_type, shape_json(&probe.probed.shape));
        let (modality, fields) = (probe.probed.modality, probe.fields);
        let stored = self
            .write(move |tx| {
                Box::pin(async move {
                    let call = calls::held(tx, row.id).await?.ok_or(Error::NotFound("the call for contributions"))?;
                    // The same may have come by another way meanwhile.
                    if let Some((known, hash)) = contributions::by_key(tx, id, &gift.key).await? {
                        return Ok((known, hash == request));
                    }
                    let settings = door::settings_of(&call)?;
                    let participant = contributor_row.participant.as_str();
                    let still = contributors::contributor(tx, call.id, id).await?;
                    let consent = contributors::consented(tx, id, call.terms_version).await?;
                    if consent.is_none() || still.is_none_or(|row| row.withdrawn_at.is_some()) {
                        return Err(door::changed());
                    }
                    has_room(tx, call.id, &settings, (id, participant), &gift.category).await?;
                    if let Some(levels) = &levels {
                        derived::keep(tx, &hash, LEVELS, levels).await?;
                    }
                    let new = NewContribution {
                        call: call.id,
                        contributor: id,
                        key: &gift.key,
                        request_hash: &request,
                        receipt_hash: &receipt_hash,
                        kind: gift.kind.as_str(),
                        category: &gift.category,
                        terms_version: call.terms_version,
                        modality: modality.as_str(),
                        media_type: media,
                        hash: &hash,
                        bytes: size,
                        content: &content,
                        shape: &shape,
                        fields: &fields,
                        words_hash: &words_hash,
                        made_at,
                        flags: &flags,
                        now,
                    };
                    let number = contributions::create(tx, &new).await?;
                    if at_once {
                        accept(tx, &call, &settings, &[number], None, &planning, now).await?;
                    }
                    let made = contributions::contribution(tx, call.id, number).await?;
                    Ok((made.ok_or(Error::NotFound("the contribution"))?, true))
                })
            })
            .await?;
        self.announce(door.call.workspace, "project", door.call.project.0);
        let (made, same) = stored;
        if !same {
            return Err(reused());
        }
        Ok(Given { state: made.state, ..answer })
    }

    /// Looks before anything is decoded; what counts is looked at again when it is stored.
    async fn room(&self, door: &Door, contributor: &Contributor, category: &str) -> Result<()> {
        let (call, settings) = (door.call.id, door.settings.clone());
        let (id, participant) = (contributor.row.id, contributor.row.participant.clone());
        let category = category.to_owned();
        self.read(move |tx| Box::pin(async move { has_room(tx, call, &settings, (id, &participant), &category).await }))
            .await
    }

    /// Puts the data where it is kept: hash, what the row holds, bytes.
    async fn kept(&self, probe: &Probe) -> Result<(String, Content, i64)> {
        if let Some(taken) = &probe.taken {
            return Ok((taken.hash.clone(), Content::Blob, taken.bytes as i64));
        }
        let data = probe.data.clone().unwrap_or_default();
        let size = data.len() as i64;
        let mut kept = self.keep(vec![(data, probe.probed.is_text())]).await?;
        let (hash, content) = kept.pop().ok_or_else(|| Error::internal("the contribution was not stored"))?;
        Ok((hash, content, size))
    }

    /// What it looks like in short, where it can be compared.
    async fn print(&self, probe: &Probe) -> Result<Option<Fingerprint>> {
        match &probe.probed.shape {
            StoredShape::Text { .. } => {
                let data = probe.data.clone().unwrap_or_default();
                Ok(std::str::from_utf8(&data).ok().and_then(Fingerprint::of_text))
            }
            StoredShape::Image { width, height } if u64::from(*width) * u64::from(*height) <= COMPARED_PIXELS => {
                let Some(data) = probe.data.clone() else { return Ok(None) };
                self.print_of_picture(data).await
            }
            _ => Ok(None),
        }
    }
}

fn reused() -> Error {
    Error::invalid("", "idempotency_key_reused", "this idempotency key was used for another contribution")
}

/// The answer to something that was given before.
fn given(door: &Door, contributor: &Contributor, row: &contributions::ContributionRow, same: bool) -> Result<Given> {
    if !same {
        return Err(reused());
    }
    let receipt = codes::receipt(&door.call, contributor.row.id, &row.key)?;
    Ok(Given { key: row.key.clone(), state: row.state.clone(), receipt })
}

/// What can be said without looking at what is stored.
fn check(settings: &CallSettings, gift: &Gift) -> Result<()> {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if !(8..=64).contains(&gift.key.len()) || !gift.key.chars().all(fits) {
        let message = "an idempotency key has 8 to 64 letters, digits and hyphens";
        return Err(Error::invalid("/headers/Idempotency-Key", "bad_key", message));
    }
    if !settings.kinds.contains(&gift.kind) {
        return Err(Error::invalid("/query/kind", "not_asked_for", "the call does not ask for this"));
    }
    let known = settings.categories.iter().any(|one| one.id == gift.category);
    if known == settings.categories.is_empty() || (settings.categories.is_empty() && !gift.category.is_empty()) {
        return Err(Error::invalid("/query/category", "unknown_category", "choose one of the categories of the call"));
    }
    let most = match gift.kind {
        Kind::Text | Kind::Form => WORDS_BYTES_MAXIMUM,
        Kind::Photo | Kind::Audio | Kind::File => GIVE_BYTES_MAXIMUM,
    };
    match gift.body.len() {
        0 => Err(Error::invalid("/body", "empty_content", "there is nothing in it")),
        size if size > most => {
            Err(Error::invalid("/body", "too_large", format!("this has {size} bytes, the limit is {most}")))
        }
        _ => Ok(()),
    }
}

/// Is there a place for one more? Asked in the transaction that stores it, under the lock of the call.
async fn has_room(
    tx: &mut Tx,
    call: i64,
    settings: &CallSettings,
    contributor: (i64, &str),
    category: &str,
) -> Result<()> {
    let taken = contributions::taken(tx, call, Some(contributor)).await?;
    let full = |code: &'static str, message: &str| Err(Error::conflict(code, message));
    if left(settings.most, taken.all) == Some(0) {
        return full("full", "all that was asked for is there");
    }
    if left(settings.most_each, taken.own) == Some(0) {
        return full("enough", "you have given as much as one person may give");
    }
    let most = settings.categories.iter().find(|one| one.id == category).and_then(|one| one.most);
    if left(most, taken_of(&taken, category)) == Some(0) {
        return full("category_full", "there is enough of this category; choose another one");
    }
    Ok(())
}
