//! Features with nothing to download: of texts, pictures, sounds and rows of tables.

pub mod audio;
pub mod fitted;
pub mod image;
pub mod table;
pub mod text;
