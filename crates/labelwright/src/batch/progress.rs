//! A bar on stderr for long work, where somebody watches it.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;

pub struct Progress(Option<ProgressBar>);

/// Shorter inputs (bytes or rows) are read before a bar could be seen.
const SHORT: u64 = 1 << 24;

impl Progress {
    pub fn new(length: u64, doing: &'static str) -> Self {
        if length < SHORT || !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let bar = ProgressBar::new(length).with_message(doing);
        if let Ok(style) = ProgressStyle::with_template("{msg} {bar:40} {percent}% {eta}") {
            bar.set_style(style);
        }
        Self(Some(bar))
    }

    pub fn at(&self, position: u64) {
        if let Some(bar) = &self.0 {
            bar.set_position(position);
        }
    }

    pub fn end(&self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
