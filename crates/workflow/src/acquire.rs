//! Data on its way from elsewhere: web sites, dataset hubs, files behind addresses. What is collected becomes a folder that
//! an import reads, with where each item comes from written beside it (`provenance` in its metadata).
//! Keeps: every address goes through the guard; a collection that was cut off goes on where it was.

mod folder;
mod sources;
mod web;

pub use folder::Folder;
pub use labelwright_connect::{Fetcher, Guard, crawl::Report};
pub use sources::{CollectSource, HttpSource, HubSource, SourceTold};
pub use web::{Reach, Stage, WebSource, web};
