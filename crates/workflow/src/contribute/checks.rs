//! What is noticed about a contribution. A flag is a hint for whoever moderates; it refuses nothing.

use super::{probing::Probe, settings::CallSettings};
use crate::media::StoredShape;
use labelwright_core::Timestamp;
use labelwright_store::records::contributions::Before;
use serde::{Deserialize, Serialize};

/// Made faster than this after the one before is flagged, in microseconds.
const FAST: i64 = 2_000_000;
/// More than this from one contributor within [`RECENT_SECONDS`] are flagged.
const MANY: i64 = 30;
pub const RECENT_SECONDS: i64 = 3600;
/// Shorter recordings are flagged, in seconds.
const SHORT_SECONDS: f64 = 0.5;

/// Something that a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ContributionFlag))]
pub struct Flag {
    /// `duplicate`, `near_duplicate`, `too_fast`, `same_text`, `links`, `too_short` or `many`.
    pub code: String,
    /// What it is like: `contribution 12` or `item 7`; empty where there is nothing to say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub of: String,
}

impl Flag {
    pub fn new(code: &str, of: impl Into<String>) -> Self {
        Self { code: code.into(), of: of.into() }
    }
}

/// The checks that need nothing but the contribution and what its contributor did before.
pub fn look(settings: &CallSettings, probe: &Probe, made_at: Timestamp, before: &Before) -> Vec<Flag> {
    let mut flags = Vec::new();
    let mut flag = |code: &str| flags.push(Flag::new(code, ""));
    if before.last_made_at.is_some_and(|last| (made_at.0 - last.0).abs() < FAST) {
        flag("too_fast");
    }
    if before.same_words > 0 {
        flag("same_text");
    }
    if before.recent >= MANY {
        flag("many");
    }
    if let Some(words) = &probe.words {
        if has_link(words) {
            flag("links");
        }
        if (words.trim().chars().count() as u64) < u64::from(settings.least_chars) {
            flag("too_short");
        }
    }
    if let StoredShape::Audio { ticks, ticks_per_second, .. } = probe.probed.shape
        && ticks as f64 / f64::from(ticks_per_second.max(1)) < SHORT_SECONDS
    {
        flag("too_short");
    }
    flags
}

fn has_link(text: &str) -> bool {
    let small = text.to_lowercase();
    ["http://", "https://", "www.", "<a href"].iter().any(|sign| small.contains(sign))
}

/// The words of a text as they are compared: in small letters, with one space between them.
pub fn plain(text: &str) -> String {
    text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ")
}
