//! What the batch commands share: tables in (CSV, Parquet, NumPy), tables out. Everything streams; strings are kept
//! once; the order of rows, and of ids in memory, never reaches an output.

pub mod beats;
pub mod crowd;
pub mod csv;
pub mod features;
pub mod interner;
pub mod judgments;
mod numbered;
pub mod numpy;
pub mod order;
pub mod output;
pub mod parquet;
pub mod pictures;
pub mod probabilities;
pub mod progress;
pub mod table;
pub mod vector_file;
pub mod vectors;
pub mod wav;

pub use interner::Interner;
pub use judgments::{Judgments, Repeats};
pub use numbered::Numbered;
pub use order::compare;
pub use output::Output;
pub use table::Table;
pub use vectors::{Known, Vectors};
