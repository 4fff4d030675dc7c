//! Files of this machine for commands that need no server: what is read as a directory view, what is written as a sink.

mod input;
mod output;

pub use input::Input;
pub use output::{MediaMode, Output};
