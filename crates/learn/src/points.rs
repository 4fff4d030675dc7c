//! Which points are near which: exact answers, with bounds that skip most of the work.

pub mod blocks;
pub mod neighbors;
pub mod spanning_tree;

pub use blocks::Blocks;
pub use neighbors::{Neighbors, nearest};
