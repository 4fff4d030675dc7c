//! Groups of points that nobody labeled. Labels count from 0; -1 is noise. Except for DBSCAN, whose order of clusters is
//! scikit-learn's, clusters are numbered in the order in which they first appear in the rows.

pub mod agglomerative;
pub mod cards;
pub mod choose;
pub mod dbscan;
pub mod dendrogram;
pub mod gmm;
pub mod hdbscan;
pub mod keywords;
pub mod kmeans;
pub mod kmeans_start;
pub mod minibatch;
mod prim;
pub mod silhouette;
pub mod ward;

use crate::LearnError;

/// A method by its name on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Method {
    pub id: &'static str,
    pub title: &'static str,
}

pub const METHODS: &[Method] = &[
    Method { id: "kmeans", title: "k-means, greedy k-means++ starts (Lloyd 1982; Arthur and Vassilvitskii 2007)" },
    Method { id: "minibatch-kmeans", title: "k-means on small draws (Sculley 2010)" },
    Method { id: "dbscan", title: "density (Ester, Kriegel, Sander and Xu 1996)" },
    Method { id: "hdbscan", title: "hierarchical density (Campello, Moulavi and Sander 2013)" },
    Method { id: "agglomerative", title: "merging by ward, average, complete or single linkage (Ward 1963)" },
    Method { id: "gmm", title: "Gaussian mixture by expectation maximisation (Dempster, Laird and Rubin 1977)" },
];

/// The method, or an error that lists them.
pub fn method(name: &str) -> Result<Method, LearnError> {
    METHODS.iter().copied().find(|method| method.id == name).ok_or_else(|| LearnError::Unknown {
        what: "clustering method",
        name: name.into(),
        names: METHODS.iter().map(|method| method.id).collect::<Vec<_>>().join(", "),
    })
}

/// `k` between 1 and the number of rows.
pub(crate) fn check_k(k: usize, rows: usize) -> Result<(), LearnError> {
    if k == 0 || k > rows {
        return Err(LearnError::option("k", k, format!("1 to {rows}, the number of rows")));
    }
    Ok(())
}
