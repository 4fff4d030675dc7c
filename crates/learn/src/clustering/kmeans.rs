//! k-means (Lloyd 1982) from several greedy k-means++ starts, with swaps that leave poor optima (a centre that is worth
//! little moves to where the error is; Lattanzi and Sohler 2019).
//!
//! On many rows the starts are tried on a sample and the best one is finished on all rows. Sums are taken over fixed
//! chunks, so results are the same on every number of threads.

use super::kmeans_start::start;
use crate::{
    LearnError, Matrix,
    numeric::{self, Random, in_chunks},
};

#[derive(Debug, Clone, Copy)]
pub struct Options {
    pub k: usize,
    pub seed: u64,
    /// Starts that are tried.
    pub starts: usize,
    /// Most steps from each.
    pub iterations: usize,
    /// A step that moves the centres by less than this share of the variance is the last one.
    pub tolerance: f64,
}

impl Options {
    pub fn new(k: usize, seed: u64) -> Self {
        Self { k, seed, starts: 10, iterations: 300, tolerance: 1e-4 }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    pub labels: Vec<i32>,
    /// Centres row by row; fewer than `k` when there are fewer different rows.
    pub centers: Matrix,
    /// Sum of squared distances to the nearest centre.
    pub inertia: f64,
    pub iterations: usize,
}

const CHUNK: usize = 2048;
/// More rows than this are sampled for the starts.
const SAMPLE: usize = 20_000;

/// Errors: `k` is 0 or more than the rows.
pub fn kmeans(matrix: &Matrix, options: &Options) -> Result<Found, LearnError> {
    super::check_k(options.k, matrix.rows())?;
    let means = matrix.means();
    let data = Data::new(matrix.centered());
    let mut random = Random::new(options.seed);
    let mut best = if matrix.rows() <= SAMPLE {
        let best = data.best_of(options, &mut random);
        data.lloyd(best.centers, options.iterations, 0.0)
    } else {
        let mut rows = random.sample(matrix.rows(), SAMPLE.min(10_000).max(100 * options.k).min(matrix.rows()));
        rows.sort_unstable();
        let sample = Data::new(data.matrix.select(rows));
        data.lloyd(sample.best_of(options, &mut random).centers, options.iterations, options.tolerance)
    };
    canonical(&mut best);
    let mut centers = best.centers.into_values();
    for row in centers.chunks_exact_mut(means.len().max(1)) {
        row.iter_mut().zip(&means).for_each(|(value, mean)| *value += mean);
    }
    best.centers = Matrix::from_parts(centers, means.len());
    Ok(best)
}

/// Numbers clusters by first appearance, their centres with them; drops centres without rows.
pub(super) fn canonical(found: &mut Found) {
    let before = found.labels.clone();
    let count = numeric::by_first_appearance(&mut found.labels);
    let mut old = vec![0; count];
    for (new, was) in found.labels.iter().zip(&before) {
        if let Some(place) = old.get_mut(*new as usize) {
            *place = *was as usize;
        }
    }
    found.centers = found.centers.select(old);
}

pub(super) struct Data {
    pub matrix: Matrix,
    pub norms: Vec<f64>,
    variance: f64,
}

/// What one pass over the rows finds.
struct Pass {
    labels: Vec<i32>,
    sums: Vec<f64>,
    counts: Vec<f64>,
    inertia: f64,
    /// The row furthest from its centre in each chunk, with its squared distance.
    far: Vec<(f64, usize)>,
}

impl Data {
    /// `matrix` should be centred.
    pub fn new(matrix: Matrix) -> Self {
        let norms = matrix.iter().map(|row| numeric::dot(row, row)).collect();
        let variance = matrix.variances().iter().sum::<f64>() / matrix.columns() as f64;
        Self { matrix, norms, variance }
    }

    fn pass(&self, centers: &Matrix) -> Pass {
        let (k, columns, rows) = (centers.rows(), centers.columns(), self.matrix.rows());
        let halves: Vec<f64> = centers.iter().map(|center| numeric::dot(center, center) / 2.0).collect();
        let found = in_chunks(rows.div_ceil(CHUNK), |chunk| {
            let range = chunk * CHUNK..((chunk + 1) * CHUNK).min(rows);
            let own = self.matrix.values().get(range.start * columns..range.end * columns).unwrap_or_default();
            let mut products = vec![0.0; range.len() * k];
            numeric::product_transposed(own, centers.values(), columns, &mut products);
            let mut pass = Pass {
                labels: Vec::with_capacity(range.len()),
                sums: vec![0.0; k * columns],
                counts: vec![0.0; k],
                inertia: 0.0,
                far: Vec::new(),
            };
            let mut far = (-1.0, 0);
            for ((row, values), products) in range.zip(own.chunks_exact(columns)).zip(products.chunks_exact(k)) {
                let mut best = (f64::INFINITY, 0);
                for (center, (product, half)) in products.iter().zip(&halves).enumerate() {
                    let score = half - product;
                    if score < best.0 {
                        best = (score, center);
                    }
                }
                let squared = (self.norms.get(row).copied().unwrap_or(0.0) + 2.0 * best.0).max(0.0);
                pass.inertia += squared;
                if squared > far.0 {
                    far = (squared, row);
                }
                pass.labels.push(best.1 as i32);
                if let (Some(sum), Some(count)) =
                    (pass.sums.get_mut(best.1 * columns..(best.1 + 1) * columns), pass.counts.get_mut(best.1))
                {
                    sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
                    *count += 1.0;
                }
            }
            pass.far.push(far);
            pass
        });
        let mut all = Pass {
            labels: Vec::with_capacity(rows),
            sums: vec![0.0; k * columns],
            counts: vec![0.0; k],
            inertia: 0.0,
            far: Vec::new(),
        };
        for pass in found {
            all.labels.extend(pass.labels);
            all.sums.iter_mut().zip(&pass.sums).for_each(|(all, sum)| *all += sum);
            all.counts.iter_mut().zip(&pass.counts).for_each(|(all, count)| *all += count);
            all.inertia += pass.inertia;
            all.far.extend(pass.far);
        }
        all
    }

    /// Means of the rows of each centre; a centre without rows goes to a row that is far from its own.
    fn moved(&self, centers: &Matrix, mut pass: Pass) -> Matrix {
        let columns = centers.columns();
        pass.far.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut far = pass.far.into_iter().filter(|(squared, _)| *squared > 0.0);
        let mut values = centers.values().to_vec();
        for ((to, sum), count) in
            values.chunks_exact_mut(columns).zip(pass.sums.chunks_exact(columns)).zip(&pass.counts)
        {
            if *count > 0.0 {
                to.iter_mut().zip(sum).for_each(|(to, sum)| *to = sum / count);
            } else if let Some((_, row)) = far.next() {
                to.copy_from_slice(self.matrix.row(row));
            }
        }
        Matrix::from_parts(values, columns)
    }

    pub fn lloyd(&self, mut centers: Matrix, iterations: usize, tolerance: f64) -> Found {
        let mut before: Vec<i32> = Vec::new();
        for iteration in 0..iterations.max(1) {
            let pass = self.pass(&centers);
            let (labels, inertia) = (pass.labels.clone(), pass.inertia);
            if labels == before {
                return Found { labels, centers, inertia, iterations: iteration };
            }
            let moved = self.moved(&centers, pass);
            let shift: f64 = moved.iter().zip(centers.iter()).map(|(a, b)| numeric::squared_distance(a, b)).sum();
            centers = moved;
            before = labels;
            if shift <= tolerance * self.variance {
                break;
            }
        }
        let pass = self.pass(&centers);
        Found { labels: pass.labels, centers, inertia: pass.inertia, iterations }
    }

    fn best_of(&self, options: &Options, random: &mut Random) -> Found {
        let mut best: Option<Found> = None;
        for _ in 0..options.starts.max(1) {
            let rows = start(&self.matrix, &self.norms, options.k, random);
            let found = self.lloyd(self.matrix.select(rows), options.iterations.min(50), options.tolerance);
            if best.as_ref().is_none_or(|best| found.inertia < best.inertia) {
                best = Some(found);
            }
        }
        let Some(mut best) = best else { return self.lloyd(self.matrix.select([0]), 1, 0.0) };
        // Swaps: until several in a row bring nothing.
        let mut failures = 0;
        while failures < 4 && best.centers.rows() > 1 && best.inertia > 0.0 {
            let Some(centers) = self.swapped(&best, random) else { break };
            let found = self.lloyd(centers, 20, options.tolerance);
            if found.inertia < best.inertia * (1.0 - 1e-6) {
                (best, failures) = (found, 0);
            } else {
                failures += 1;
            }
        }
        best
    }

    /// Without the centre that the rows miss least, with one at a row drawn by its squared distance.
    fn swapped(&self, found: &Found, random: &mut Random) -> Option<Matrix> {
        let (k, columns) = (found.centers.rows(), found.centers.columns());
        let mut products = vec![0.0; self.matrix.rows() * k];
        numeric::product_transposed(self.matrix.values(), found.centers.values(), columns, &mut products);
        let norms: Vec<f64> = found.centers.iter().map(|center| numeric::dot(center, center)).collect();
        let (mut loss, mut weights) = (vec![0.0; k], Vec::with_capacity(self.matrix.rows()));
        for (products, norm) in products.chunks_exact(k).zip(&self.norms) {
            let mut first = (f64::INFINITY, 0);
            let mut second = f64::INFINITY;
            for (center, (product, other)) in products.iter().zip(&norms).enumerate() {
                let squared = (norm + other - 2.0 * product).max(0.0);
                if squared < first.0 {
                    (second, first) = (first.0, (squared, center));
                } else if squared < second {
                    second = squared;
                }
            }
            if let Some(loss) = loss.get_mut(first.1) {
                *loss += second - first.0;
            }
            weights.push(first.0);
        }
        let worst = numeric::greatest(&loss.iter().map(|loss| -loss).collect::<Vec<_>>());
        let row = random.weighted(&weights)?;
        let mut values = found.centers.values().to_vec();
        values.get_mut(worst * columns..(worst + 1) * columns)?.copy_from_slice(self.matrix.row(row));
        Some(Matrix::from_parts(values, columns))
    }
}

/// The nearest centre of each row.
pub fn assign(matrix: &Matrix, centers: &Matrix) -> Vec<i32> {
    Data::new(matrix.clone()).pass(centers).labels
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(super) mod tests {
    use super::*;

    /// `k` groups of normal points around centres far apart.
    pub fn groups(rows: usize, columns: usize, k: usize, seed: u64) -> (Matrix, Vec<i32>) {
        let mut random = Random::new(seed);
        let centers: Vec<f64> = (0..k * columns).map(|_| random.unit() * 40.0).collect();
        let mut values = Vec::new();
        let truth: Vec<i32> = (0..rows).map(|row| (row % k) as i32).collect();
        for group in &truth {
            for column in 0..columns {
                values.push(centers[*group as usize * columns + column] + random.normal());
            }
        }
        (Matrix::new(values, columns).unwrap(), truth)
    }

    #[test]
    fn finds_every_group_for_every_seed() {
        for seed in 0..5 {
            let (matrix, truth) = groups(1000, 8, 20, seed);
            let found = kmeans(&matrix, &Options::new(20, seed)).unwrap();
            assert_eq!(found.labels, truth, "seed {seed}");
        }
    }

    #[test]
    fn many_rows_are_finished_on_all_of_them() {
        let (matrix, truth) = groups(30_000, 4, 5, 3);
        let found = kmeans(&matrix, &Options::new(5, 1)).unwrap();
        assert_eq!(found.labels, truth);
        let center: f64 = matrix.iter().step_by(5).map(|row| row[0]).sum::<f64>() / 6000.0;
        assert!((found.centers.row(0)[0] - center).abs() < 1e-9);
    }

    #[test]
    fn fewer_different_rows_than_clusters() {
        let matrix = Matrix::new(vec![1.0, 1.0, 2.0, 2.0], 1).unwrap();
        let found = kmeans(&matrix, &Options::new(4, 0)).unwrap();
        assert_eq!((found.labels, found.inertia), (vec![0, 0, 1, 1], 0.0));
        assert!(kmeans(&matrix, &Options::new(5, 0)).is_err() && kmeans(&matrix, &Options::new(0, 0)).is_err());
    }
}
