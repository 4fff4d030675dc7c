//! Data made from data, and data made from nothing: augmentation that carries labels along, and synthesis that knows
//! them. Pure: bytes and answers in, bytes and answers out; never files, sockets, storage or clocks. Randomness is a
//! seed, and no result depends on the number of threads.
#![forbid(unsafe_code)]

pub mod augment;
pub mod demo;
mod error;
mod normal;
pub mod picture;
pub mod plane;
mod random;
pub mod recipe;
pub mod series;
pub mod sheet;
pub mod sound;
pub mod synthesis;
pub mod text;
pub mod timeline;

pub use error::GenerateError;
pub use normal::{normal_quantile, normal_share};
pub use random::Random;
