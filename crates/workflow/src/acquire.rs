//! Data on its way from elsewhere: web sites, dataset hubs, files behind addresses, buckets, Apify, databases. What is
//! collected becomes a folder that an import reads, with where each item comes from written beside it (`provenance` in its
//! metadata).
//! Keeps: every address goes through the guard; a collection that was cut off goes on where it was; secrets stand in the
//! operator's file of connections and nowhere else.

mod cleaning;
mod connections;
mod folder;
mod keyed;
mod linked;
mod made;
mod origin;
mod previewing;
mod profiling;
mod repeating;
mod sources;
mod trying;
mod web;

pub use connections::{Access, Connections};
pub use folder::Folder;
pub(crate) use keyed::ROWS_BYTES_MAXIMUM;
pub use keyed::{ApifySource, BucketKind, BucketSource, DatabaseSource, Keep};
pub use labelwright_connect::{Fetcher, Guard, crawl::Report};
pub(crate) use linked::Links;
pub use made::{AugmentationSource, SynthesisSource, Synthesized};
pub use origin::{origin, origins_of_files};
pub use previewing::Previewed;
pub use profiling::Profiled;
pub use repeating::{RepeatChange, RepeatShown};
pub use sources::{CollectSource, HttpSource, HubSource, SourceTold, Wrong};
pub use trying::{Tried, TriedPages};
pub use web::{Reach, Stage, WebSource, web};

/// Bytes of all files of one collection.
pub(crate) const BYTES_MAXIMUM: u64 = 64 << 30;
