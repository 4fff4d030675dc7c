//! The crawler: from a few addresses to the pages and pictures that belong to them, as slowly as each site asks for and
//! within a budget. What becomes of what is found is the business of whoever asked ([`Harvest`]).

pub mod address;
pub mod extract;
mod frontier;
mod plan;
pub mod robots;
mod run;
mod scope;
mod sitemap;
mod sniff;
mod taking;
mod text;
pub mod warc;
mod wire;

pub use extract::{Page, PictureLink, Recipe, Row, records};
pub use plan::{Plan, Report, Seen, SeenKind};
pub use run::{CrawlError, Crawler, FoundPage, FoundPicture, Harvest, Novelty};
pub use scope::Reach;
pub use text::decoded;
