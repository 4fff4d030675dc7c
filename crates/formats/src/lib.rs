//! Dataset formats: one file a format, one word in the registry. Readers see a directory view and never a path;
//! writers see an archive sink and never a file. Every reader goes on after a bad record and says where it was; every
//! writer ends with a report of what the format could not carry.

pub mod archive;
mod coco;
mod conll;
mod files;
mod jsonl;
mod loss;
mod native;
mod parquet;
mod record;
mod registry;
mod tabular;
mod tokens;

pub use archive::{ArchiveLimits, MemoryView, ZipView};
pub use loss::{Loss, LossReport};
pub use record::{
    Data, DirectoryView, ExportItem, Head, Mapping, Next, ReadSeek, Record, RecordError, Sink, SourcedAnswer, Stop,
};
pub use registry::{FORMATS, Format, detect, format};
