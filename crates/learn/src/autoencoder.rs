//! Autoencoders (Hinton and Salakhutdinov 2006): what is squeezed through a few numbers and comes back is described by them;
//! what comes back badly is unlike the rest.

pub mod layers;
pub mod train;

pub use train::{Options, Shape, Trained, train};
