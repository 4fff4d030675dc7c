//! Data made from nothing but a recipe (and an example, cut-outs or backgrounds), with the labels that follow from how it
//! was made. Each item has random numbers of its own by the run's seed and its number.

pub mod image;
pub mod prompted;
mod schema;
pub mod series;
pub mod speech;
pub mod table;
pub mod text;
