//! Features with nothing to download: of texts, pictures and sounds.

pub mod audio;
pub mod image;
pub mod text;
