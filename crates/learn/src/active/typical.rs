//! TypiClust (Hacohen, Dekel and Weinshall 2022): as many clusters as there will be labels; of the largest clusters without
//! a label, the row in the densest place.

use crate::{
    active::unlabeled,
    classify::{Labels, Space},
    clustering::kmeans::{self, kmeans},
    clustering::minibatch::minibatch,
    numeric,
};

/// Neighbours that tell how dense a place is.
const NEAREST: usize = 20;

pub fn typical(space: &Space, labels: &Labels, count: usize, seed: u64) -> Vec<usize> {
    let open = unlabeled(space, labels);
    let k = (labels.len() + count).min(space.rows());
    let mut options = kmeans::Options::new(k, seed);
    options.starts = 3;
    let found =
        if space.rows() > 5000 { minibatch(&space.matrix, k, 50, seed) } else { kmeans(&space.matrix, &options) };
    let cluster: Vec<i32> = found.map(|found| found.labels).unwrap_or_default();
    let of = |row: usize| cluster.get(row).copied().unwrap_or(0) as usize;
    let (mut members, mut labeled) = (vec![Vec::new(); k], vec![0_usize; k]);
    open.iter().for_each(|row| {
        if let Some(members) = members.get_mut(of(*row)) {
            members.push(*row);
        }
    });
    labels.rows.iter().for_each(|row| {
        if let Some(labeled) = labeled.get_mut(of(*row)) {
            *labeled += 1;
        }
    });
    let mut order: Vec<usize> =
        (0..k).filter(|cluster| members.get(*cluster).is_some_and(|rows| !rows.is_empty())).collect();
    let size = |cluster: &usize| members.get(*cluster).map_or(0, Vec::len);
    order.sort_by_key(|cluster| (labeled.get(*cluster).copied(), usize::MAX - size(cluster), *cluster));
    let ranked: Vec<Vec<usize>> = order
        .iter()
        .map(|cluster| {
            let rows = members.get(*cluster).cloned().unwrap_or_default();
            let near = NEAREST.min(rows.len().saturating_sub(1));
            // Of a large cluster, every so many rows tell the density.
            let step = rows.len().div_ceil(500);
            let mut dense: Vec<(f64, usize)> = rows
                .iter()
                .map(|row| {
                    let own = space.matrix.row(*row);
                    let mut far: Vec<f64> = rows
                        .iter()
                        .step_by(step)
                        .map(|other| numeric::squared_distance(own, space.matrix.row(*other)))
                        .collect();
                    far.sort_by(f64::total_cmp);
                    (far.iter().take(near + 1).map(|far| far.sqrt()).sum::<f64>(), *row)
                })
                .collect();
            dense.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            dense.into_iter().map(|(_, row)| row).collect()
        })
        .collect();
    let mut chosen = Vec::with_capacity(count);
    // One a cluster, then a second one, ...
    for turn in 0.. {
        let before = chosen.len();
        for rows in &ranked {
            if chosen.len() == count {
                return chosen;
            }
            chosen.extend(rows.get(turn));
        }
        if chosen.len() == before {
            break;
        }
    }
    chosen
}
