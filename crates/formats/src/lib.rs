//! Dataset formats: one file a format, one word in the registry. Readers see a directory view and never a path;
//! writers see an archive sink and never a file. Every reader goes on after a bad record and says where it was; every
//! writer ends with a report of what the format could not carry.

mod adapt;
pub mod archive;
mod bdd100k;
mod carries;
mod cityscapes;
mod coco;
mod collect;
mod conll;
mod cvat;
mod darwin;
mod datumaro;
mod dota;
mod extras;
mod files;
mod geojson;
mod icdar;
mod image_classes;
mod json_scan;
mod jsonl;
mod kitti;
mod labelme;
mod labelme_xml;
mod labels;
mod loss;
mod masks;
mod media;
mod mot;
mod names;
mod native;
mod numbers;
mod open_images;
mod options;
mod outline;
mod parquet;
mod per_image;
mod png_mask;
mod probe;
mod record;
mod registry;
mod segment_anything;
mod shapes;
mod sink;
mod splits;
mod supervisely;
mod tabular;
mod text;
mod tokens;
mod via;
mod voc;
mod wider;
mod xml;
mod yolo;

pub use adapt::written_names;
pub use archive::{ArchiveLimits, MemoryView, ZipView};
pub use carries::{Carries, ClassList, ClassText, Kind, Names, Several};
pub use collect::{Collector, item_of};
pub use extras::{Extras, Part};
pub use labels::with_ids;
pub use loss::{Loss, LossReport};
pub use media::{image_size, modality_of};
pub use options::{FormatOption, Options};
pub use record::{
    Clock, Data, DirectoryView, ExportItem, Found, FoundSchema, Head, Mapping, Next, ReadSeek, Record, RecordError,
    Settings, Sink, SourcedAnswer, Stop,
};
pub use registry::{FORMATS, Format, Job, detect, format};
pub use sink::{ArchiveSink, FileSink, Files, MemorySink, Scratch, ZipSink, check_name, spool};
pub use splits::Splits;
pub use tabular::harmless;
