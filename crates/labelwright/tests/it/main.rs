//! The binary as its operator uses it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod augment;
mod bad_features;
mod calls;
mod collect;
mod convert;
mod decoding;
mod frames;
mod home;
mod lasting;
mod learn;
mod llm;
mod made;
mod memory;
mod ocr;
mod operating;
mod panes;
mod profile;
mod program;
mod quality;
mod speech;
mod splits;
mod synthesize;
mod transcribe;
mod watch;
