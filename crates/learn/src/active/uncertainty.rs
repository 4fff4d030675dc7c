//! Rows that the model is least sure of (Lewis and Gale 1994; Scheffer, Decomain and Wrobel 2001), alone or spread by
//! clusters (Zhdanov 2019), and rows on which methods disagree (Seung, Opper and Sompolinsky 1992).

use crate::{
    LearnError,
    active::unlabeled,
    classify::{Labels, Space, auto, method, predict},
    clustering::kmeans::{self, kmeans},
    numeric,
};

/// Greater for less sure rows of probabilities.
pub type Measure = fn(&[f64]) -> f64;

pub fn measure(name: &str) -> Measure {
    match name {
        "margin" => |row| -numeric::margin(row),
        "entropy" => numeric::entropy,
        _ => |row| 1.0 - row.get(numeric::greatest(row)).copied().unwrap_or(0.0),
    }
}

/// The `count` unlabeled rows with the greatest worth; of equals the lower row.
fn top(worth: impl Fn(usize) -> f64, open: &[usize], count: usize) -> Vec<usize> {
    let mut sorted: Vec<(f64, usize)> = open.iter().map(|row| (worth(*row), *row)).collect();
    let order = |a: &(f64, usize), b: &(f64, usize)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
    if count < sorted.len() {
        sorted.select_nth_unstable_by(count, order);
        sorted.truncate(count);
    }
    sorted.sort_by(order);
    sorted.into_iter().map(|(_, row)| row).collect()
}

fn row_of(probabilities: &[f64], classes: usize, row: usize) -> &[f64] {
    probabilities.get(row * classes..(row + 1) * classes).unwrap_or_default()
}

pub fn first(probabilities: &[f64], labels: &Labels, measure: Measure, count: usize) -> Vec<usize> {
    let rows = probabilities.len() / labels.classes.max(1);
    let mut open = vec![true; rows];
    labels.rows.iter().filter_map(|row| Some(*row).filter(|row| *row < rows)).for_each(|row| {
        if let Some(open) = open.get_mut(row) {
            *open = false;
        }
    });
    let open: Vec<usize> = (0..rows).filter(|row| open.get(*row) == Some(&true)).collect();
    top(|row| measure(row_of(probabilities, labels.classes, row)), &open, count)
}

/// The five times `count` smallest margins in `count` clusters, weighted by how unsure they are: of each cluster the row
/// nearest to its centre.
pub fn diverse(
    space: &Space,
    labels: &Labels,
    probabilities: &[f64],
    count: usize,
    seed: u64,
) -> Result<Vec<usize>, LearnError> {
    let pool = first(probabilities, labels, measure("margin"), count * 5);
    if pool.len() <= count {
        return Ok(pool);
    }
    let matrix = space.matrix.select(pool.iter().copied());
    let mut options = kmeans::Options::new(count, seed);
    options.starts = 3;
    let found = kmeans(&matrix, &options)?;
    let mut best: Vec<Option<(f64, usize)>> = vec![None; count];
    for ((row, label), place) in matrix.iter().zip(&found.labels).zip(&pool) {
        let far = numeric::squared_distance(row, found.centers.row(*label as usize));
        if let Some(best) = best.get_mut(*label as usize)
            && best.is_none_or(|best| far < best.0)
        {
            *best = Some((far, *place));
        }
    }
    let mut chosen: Vec<usize> = best.into_iter().flatten().map(|(_, row)| row).collect();
    // Equal rows make fewer clusters: the least sure of the others fill up.
    chosen.extend(pool.into_iter().filter(|row| !chosen.contains(row)).take(count - chosen.len()).collect::<Vec<_>>());
    Ok(chosen)
}

/// Where the methods' probabilities differ most from their mean (Kullback and Leibler's divergence to the mean; McCallum
/// and Nigam 1998).
pub fn committee(space: &Space, labels: &Labels, count: usize) -> Result<Vec<usize>, LearnError> {
    let names: &[&str] = if space.rows() <= auto::GRAPH_ROWS {
        &["spreading", "logistic", "svm", "knn"]
    } else {
        &["logistic", "svm", "linear-svm"]
    };
    let mut members = Vec::new();
    for name in names {
        members.push(predict(space, labels, method(name)?)?.probabilities);
    }
    let classes = labels.classes;
    let worth = |row: usize| {
        let rows: Vec<&[f64]> = members.iter().map(|member| row_of(member, classes, row)).collect();
        let mean: Vec<f64> = (0..classes)
            .map(|class| rows.iter().map(|row| row.get(class).copied().unwrap_or(0.0)).sum::<f64>() / rows.len() as f64)
            .collect();
        numeric::entropy(&mean) - rows.iter().map(|row| numeric::entropy(row)).sum::<f64>() / rows.len() as f64
    };
    Ok(top(worth, &unlabeled(space, labels), count))
}
