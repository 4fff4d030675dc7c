//! Features with nothing to download: of texts, pictures and sounds.

pub mod audio;
pub mod fitted;
pub mod image;
pub mod text;
