//! Models that others trained, by ONNX file: sentence encoders, picture encoders and detectors. Enters: the bytes of a
//! model. Leaves: vectors, or places in a picture. Knows no paths, sockets or clocks.
//!
//! A model file is a stranger's program. It is looked through before the runtime sees it ([`check`]), measured before it
//! runs (no tensor beyond a limit), and probed when it is opened: does each input matter, is what comes out what the file
//! says. Trap: two runtimes that agree prove nothing about a wrong export; an encoder whose attention mask was exported as
//! its token ids agrees with itself everywhere, and says the same about every text.
#![forbid(unsafe_code)]

pub mod check;
pub mod detect;
mod error;
pub mod image;
mod model;
pub mod text;

pub use error::ModelError;
