//! Fewer columns that keep what matters.

pub mod linear;
pub mod pca;
pub mod quadtree;
pub mod tsne;
pub mod umap;
