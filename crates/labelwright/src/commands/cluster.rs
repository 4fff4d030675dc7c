//! `labelwright cluster`: groups of feature vectors that nobody labeled.

use crate::{
    batch::{Output, Vectors, vectors::written},
    environment::Failure,
};
use clap::{Args, ValueEnum};
use labelwright_learn::{
    Matrix,
    clustering::{
        self, METHODS,
        agglomerative::{Linkage, agglomerative},
        choose, dbscan, dendrogram, gmm, hdbscan, kmeans, minibatch, silhouette,
    },
    scale,
};
use serde_json::{Value, json};
use std::path::PathBuf;

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "The input is a table with id and number columns, a Parquet table with id and a list column vector, or a \
    .npy array (ids are then row numbers).\nThe output has id, cluster in natural order of ids; -1 is noise. Distances \
    are euclidean, of the columns as they are unless --scale says otherwise.\n\nExamples:\n  \
    labelwright cluster --method kmeans --k 20 --input features.npy --output clusters.csv --seed 1\n  \
    labelwright cluster --method kmeans --k auto --input features.csv --output clusters.csv\n  \
    labelwright cluster --method dbscan --eps 0.5 --min-samples 5 --input features.parquet --output clusters.csv\n  \
    labelwright cluster --method hdbscan --min-cluster-size 10 --input features.csv --output - --json\n  \
    labelwright cluster --method agglomerative --linkage ward --k 8 --input features.csv --output clusters.csv\n  \
    labelwright cluster --list"
)]
pub struct Options {
    /// Print the methods with their papers and stop.
    #[arg(long)]
    list: bool,
    /// A name from --list.
    #[arg(long, required_unless_present = "list")]
    method: Option<String>,
    /// CSV, Parquet or .npy.
    #[arg(long, required_unless_present = "list")]
    input: Option<PathBuf>,
    /// Where to write id, cluster; - for standard output.
    #[arg(long, required_unless_present = "list")]
    output: Option<PathBuf>,
    /// How many clusters (kmeans, minibatch-kmeans, gmm, agglomerative), or auto.
    #[arg(long)]
    k: Option<String>,
    /// Most clusters that --k auto tries.
    #[arg(long, default_value_t = 20)]
    most: usize,
    /// What --k auto goes by.
    #[arg(long, default_value = "silhouette")]
    choose_by: ChooseBy,
    /// Greatest distance of neighbours (dbscan).
    #[arg(long)]
    eps: Option<f64>,
    /// Points that make a place dense: with the point itself in dbscan (5 unless told), without it in hdbscan (the
    /// cluster size unless told).
    #[arg(long)]
    min_samples: Option<usize>,
    /// Smaller groups are noise (hdbscan); 5 unless told.
    #[arg(long)]
    min_cluster_size: Option<usize>,
    /// Count the point itself among --min-samples, as the paper and scikit-learn do (hdbscan).
    #[arg(long)]
    counts_itself: bool,
    /// The leaves of the tree instead of the most stable clusters (hdbscan).
    #[arg(long)]
    leaves: bool,
    /// How clusters are merged (agglomerative).
    #[arg(long, default_value = "ward")]
    linkage: LinkageChoice,
    /// Stop merging at this height instead of at --k clusters (agglomerative).
    #[arg(long, conflicts_with = "k")]
    height: Option<f64>,
    /// Shape of the components (gmm).
    #[arg(long, default_value = "full")]
    covariance: CovarianceChoice,
    /// Starts that kmeans tries.
    #[arg(long, default_value_t = 10)]
    starts: usize,
    /// none, standard, or auto (standard if the columns are of different units).
    #[arg(long, default_value = "none")]
    scale: String,
    /// Seed of what is drawn at random.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Print a summary as JSON: sizes, silhouette, and what the method says.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ChooseBy {
    Silhouette,
    Gap,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LinkageChoice {
    Ward,
    Average,
    Complete,
    Single,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum CovarianceChoice {
    Full,
    Diag,
}

/// More rows than this have their silhouette taken of a part.
const SILHOUETTE_ROWS: usize = 3000;

pub fn run(options: &Options) -> Result<(), Failure> {
    if options.list {
        METHODS.iter().for_each(|method| println!("{:18} {}", method.id, method.title));
        return Ok(());
    }
    let (Some(name), Some(input), Some(output)) = (&options.method, &options.input, &options.output) else {
        return Err("--method, --input and --output are needed".into());
    };
    let method = clustering::method(name)?;
    let scaling = scale::scaling(&options.scale)?;
    let vectors = Vectors::read(input)?;
    let matrix = if scaling == scale::Scaling::None { vectors.matrix } else { scale::scaled(&vectors.matrix, scaling) };
    let mut details = json!({});
    let labels = labels(options, method.id, &matrix, &mut details)?;
    let mut file = Output::create(output)?;
    file.record(&[b"id", b"cluster"])?;
    for (row, label) in labels.iter().enumerate() {
        file.record(&[vectors.ids.get(row as u32), label.to_string().as_bytes()])?;
    }
    file.commit()?;
    let clusters = labels.iter().copied().max().map_or(0, |most| most + 1);
    let noise = labels.iter().filter(|label| **label < 0).count();
    if options.json {
        let mut sizes = vec![0_usize; clusters as usize];
        for label in &labels {
            if let Some(size) = usize::try_from(*label).ok().and_then(|label| sizes.get_mut(label)) {
                *size += 1;
            }
        }
        let step = labels.len().div_ceil(SILHOUETTE_ROWS).max(1);
        let part = matrix.select((0..labels.len()).step_by(step));
        let part_labels: Vec<i32> = labels.iter().copied().step_by(step).collect();
        let summary = json!({"method": method.id, "rows": labels.len(), "columns": matrix.columns(), "clusters": clusters,
            "noise": noise, "sizes": sizes, "silhouette": silhouette::silhouette(&part, &part_labels), "seed": options.seed,
            "details": details});
        println!("{}", serde_json::to_string(&summary)?);
    } else {
        eprintln!("{clusters} clusters of {} rows, {noise} rows are noise", labels.len());
    }
    Ok(())
}

/// The number of clusters that was asked for, or the best one.
fn count(options: &Options, matrix: &Matrix, details: &mut Value) -> Result<usize, Failure> {
    match options.k.as_deref() {
        None => Err("--k is needed: a number of clusters, or auto".into()),
        Some("auto") => {
            let by = if options.choose_by == ChooseBy::Gap { choose::By::Gap } else { choose::By::Silhouette };
            let found = choose::choose(matrix, options.most, by, options.seed)?;
            eprintln!("{} clusters were chosen", found.k);
            details["chosen_k"] = json!(found.k);
            details["scores"] = json!(found.scores);
            Ok(found.k)
        }
        Some(text) => text.parse().map_err(|_| format!("--k {text:?} is neither a number of clusters nor auto").into()),
    }
}

fn labels(options: &Options, method: &str, matrix: &Matrix, details: &mut Value) -> Result<Vec<i32>, Failure> {
    match method {
        "kmeans" => {
            let k = count(options, matrix, details)?;
            let mut own = kmeans::Options::new(k, options.seed);
            own.starts = options.starts;
            let found = kmeans::kmeans(matrix, &own)?;
            few(k, found.centers.rows());
            details["inertia"] = json!(found.inertia);
            details["iterations"] = json!(found.iterations);
            details["centers"] = json!(found.centers.iter().collect::<Vec<_>>());
            Ok(found.labels)
        }
        "minibatch-kmeans" => {
            let k = count(options, matrix, details)?;
            let found = minibatch::minibatch(matrix, k, 100, options.seed)?;
            few(k, found.centers.rows());
            details["inertia"] = json!(found.inertia);
            Ok(found.labels)
        }
        "dbscan" => {
            let eps = options.eps.ok_or("--eps is needed: the greatest distance of neighbours")?;
            let found = dbscan::dbscan(matrix, eps, options.min_samples.unwrap_or(5))?;
            details["core_rows"] = json!(found.is_core.iter().filter(|core| **core).count());
            Ok(found.labels)
        }
        "hdbscan" => {
            let own = hdbscan::Options {
                min_cluster_size: options.min_cluster_size.unwrap_or(5),
                min_samples: options.min_samples,
                counts_itself: options.counts_itself,
                leaves: options.leaves,
                allow_single_cluster: false,
            };
            let found = hdbscan::hdbscan(matrix, &own)?;
            let strengths = found.strengths.iter().sum::<f64>() / found.strengths.len().max(1) as f64;
            details["mean_strength"] = json!(written(strengths));
            Ok(found.labels)
        }
        "agglomerative" => {
            let linkage = match options.linkage {
                LinkageChoice::Ward => Linkage::Ward,
                LinkageChoice::Average => Linkage::Average,
                LinkageChoice::Complete => Linkage::Complete,
                LinkageChoice::Single => Linkage::Single,
            };
            let k = if options.height.is_none() { Some(count(options, matrix, details)?) } else { None };
            if let Some(k) = k.filter(|k| *k == 0 || *k > matrix.rows()) {
                return Err(format!("k is {k}; it must be 1 to {}, the number of rows", matrix.rows()).into());
            }
            let merges = agglomerative(matrix, linkage)?;
            let last: Vec<f64> = merges.iter().rev().take(20).map(|merge| merge.height).collect();
            details["last_heights"] = json!(last);
            Ok(match (k, options.height) {
                (Some(k), _) => dendrogram::cut(matrix.rows(), &merges, k),
                (None, height) => dendrogram::cut_at(matrix.rows(), &merges, height.unwrap_or(0.0)),
            })
        }
        _ => {
            let k = count(options, matrix, details)?;
            let covariance = if options.covariance == CovarianceChoice::Full {
                gmm::Covariance::Full
            } else {
                gmm::Covariance::Diagonal
            };
            let found = gmm::gmm(matrix, &gmm::Options { covariance, ..gmm::Options::new(k, options.seed) })?;
            few(k, found.components);
            details["log_likelihood"] = json!(found.log_likelihood);
            details["iterations"] = json!(found.iterations);
            details["converged"] = json!(found.converged);
            Ok(found.labels)
        }
    }
}

fn few(asked: usize, found: usize) {
    if found < asked {
        eprintln!("there are fewer different rows than {asked}: {found} clusters were made");
    }
}
