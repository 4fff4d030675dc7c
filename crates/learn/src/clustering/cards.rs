//! What a cluster is like: its size, its middle rows (medoids, by distance to its mean), and how pure it is against the
//! labels that there are.

use crate::{Matrix, numeric};

#[derive(Debug, Clone, PartialEq)]
pub struct Card {
    pub cluster: i32,
    pub rows: usize,
    /// Rows nearest to the mean, nearest first.
    pub medoids: Vec<usize>,
    /// The most frequent known label and its share among the labeled rows of the cluster.
    pub purity: Option<(u32, f64)>,
}

/// One card a cluster, without noise. `known` has a label for the rows that have one.
pub fn cards(matrix: &Matrix, labels: &[i32], known: &[Option<u32>], medoids: usize) -> Vec<Card> {
    let clusters = labels.iter().copied().max().map_or(0, |most| most + 1);
    let card = |cluster: i32| {
        let rows: Vec<usize> = (0..labels.len()).filter(|row| labels.get(*row) == Some(&cluster)).collect();
        let mean = matrix.select(rows.iter().copied()).means();
        let mut near: Vec<(f64, usize)> =
            rows.iter().map(|row| (numeric::squared_distance(matrix.row(*row), &mean), *row)).collect();
        near.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut counts = std::collections::BTreeMap::<u32, usize>::new();
        rows.iter()
            .filter_map(|row| known.get(*row).copied().flatten())
            .for_each(|label| *counts.entry(label).or_default() += 1);
        let all: usize = counts.values().sum();
        let most = counts.iter().fold(None, |best: Option<(u32, usize)>, (label, count)| match best {
            Some(best) if best.1 >= *count => Some(best),
            _ => Some((*label, *count)),
        });
        Card {
            cluster,
            rows: rows.len(),
            medoids: near.into_iter().take(medoids).map(|(_, row)| row).collect(),
            purity: most.map(|(label, count)| (label, count as f64 / all as f64)),
        }
    };
    (0..clusters).map(card).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn two_cards_by_hand() {
        let matrix = Matrix::new(vec![0.0, 1.0, 2.0, 9.0], 1).unwrap();
        let found = cards(&matrix, &[0, 0, 0, 1], &[Some(7), Some(8), Some(7), None], 2);
        assert_eq!(found[0], Card { cluster: 0, rows: 3, medoids: vec![1, 0], purity: Some((7, 2.0 / 3.0)) });
        assert_eq!((found[1].rows, found[1].purity), (1, None));
    }
}
