//! What machines can tell about data that people label: clusters, guesses for what is unlabeled, what to label next, and
//! how sure all that is. Pure: it sees numbers, never files, storage or clocks; randomness is a seed. No result depends
//! on the number of threads.
#![forbid(unsafe_code)]

pub mod active;
pub mod autoencoder;
pub mod certify;
pub mod classify;
pub mod clustering;
pub mod embed;
mod error;
mod matrix;
pub mod multi_label;
mod numeric;
pub mod points;
pub mod reduce;
pub mod redundancy;
pub mod regress;
pub mod scale;
pub mod tensors;
pub mod weak;

pub use error::LearnError;
pub use matrix::Matrix;
pub use numeric::Random;
