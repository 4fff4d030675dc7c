//! What a crawl is told, what it notes on its way, and what it tells at the end.

use super::{PictureLink, Reach, Recipe};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, time::Duration};
use url::Url;

/// What is asked for, and how much of it.
#[derive(Debug, Clone)]
pub struct Plan {
    pub seeds: Vec<Url>,
    pub reach: Reach,
    /// Regular expressions for whole addresses.
    pub include: Vec<String>,
    pub exclude: Vec<String>,
    /// Links from the first addresses that are followed.
    pub depth: u32,
    /// Pages that are fetched at most, pictures, and bytes of all.
    pub pages: u64,
    pub pictures: u64,
    pub bytes: u64,
    /// Between two requests to one host; a host may ask for more.
    pub delay: Duration,
    /// Requests at once to all hosts.
    pub at_once: usize,
    /// Are the sitemaps of the first addresses' sites read?
    pub sitemaps: bool,
    pub recipe: Option<Recipe>,
    /// Bytes of one page and of one picture.
    pub page_bytes: u64,
    pub picture_bytes: u64,
    /// For one answer, to its last byte.
    pub patience: Duration,
}

impl Plan {
    pub fn new(seeds: Vec<Url>) -> Self {
        Self {
            seeds,
            reach: Reach::Host,
            include: Vec::new(),
            exclude: Vec::new(),
            depth: 5,
            pages: 1000,
            pictures: 0,
            bytes: 4 << 30,
            delay: Duration::from_secs(1),
            at_once: 16,
            sitemaps: true,
            recipe: None,
            page_bytes: 8 << 20,
            picture_bytes: 64 << 20,
            patience: Duration::from_secs(30),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeenKind {
    Page,
    Picture,
}

/// One address that is done with: what a later crawl goes on from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub url: String,
    pub kind: SeenKind,
    pub depth: u32,
    /// `kept`, `near_duplicate`, `unchanged`, or why there is nothing of it.
    pub outcome: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
    /// Links that were taken up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pictures: Vec<PictureLink>,
}

/// What came of a crawl.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Pages that were fetched, and how many of them were kept.
    pub pages: u64,
    pub kept: u64,
    pub pictures: u64,
    pub bytes: u64,
    /// By outcome the addresses of which nothing was kept.
    pub passed_over: BTreeMap<String, u64>,
    /// Addresses that were not taken because too many waited.
    pub dropped: u64,
    /// A budget ended the crawl before the pages did.
    pub budget_spent: bool,
}
