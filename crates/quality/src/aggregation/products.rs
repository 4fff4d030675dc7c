//! Class probabilities as products of rows: as they are while they cannot underflow, in logarithms beyond.
//!
//! No factor is below [`FLOOR`], so a product of [`MOST`] of them stays a normal double; most tasks have far fewer votes,
//! and need neither exponentials nor logarithms.

use crate::numeric::soft_max;

/// Smaller probabilities count as this.
pub const FLOOR: f64 = 1e-10;
/// 1e-10 to the power of 29 is 1e-290; the class prior is one factor more than the votes.
const MOST: usize = 28;

/// Rows of `classes` factors, the class prior last.
pub struct Factors {
    rows: Vec<f64>,
    /// The same in logarithms where a task has more than [`MOST`] votes.
    logs: Vec<f64>,
    classes: usize,
}

impl Factors {
    /// `most`: the largest number of rows in a product.
    pub fn new(parameters: &[f64], classes: usize, most: usize) -> Self {
        let rows: Vec<f64> = parameters.iter().map(|p| p.max(FLOOR)).collect();
        let logs = if most > MOST { rows.iter().map(|p| p.ln()).collect() } else { Vec::new() };
        Self { rows, logs, classes }
    }

    /// Looks at the row, so that it comes near.
    #[inline(always)]
    pub fn look(&self, row: u32) -> u64 {
        ends(&self.rows, row, self.classes)
    }

    /// ln of the prior of `class` times its factor in each row of `own`.
    pub fn log_of(&self, own: &[u32], class: usize) -> f64 {
        let at = self.rows.len() - self.classes + class;
        own.iter().map(|row| self.rows[*row as usize * self.classes + class].ln()).sum::<f64>() + self.rows[at].ln()
    }

    /// The class probabilities of a task whose votes are the rows `own`; its likelihood goes into `likelihood`.
    #[inline(always)]
    pub fn posterior(&self, own: &[u32], scores: &mut [f64], likelihood: &mut LogProduct) {
        let classes = scores.len();
        if own.len() > MOST {
            scores.copy_from_slice(&self.logs[self.logs.len() - classes..]);
            for row in own {
                let row = &self.logs[*row as usize * classes..][..classes];
                scores.iter_mut().zip(row).for_each(|(score, log)| *score += log);
            }
            likelihood.add(soft_max(scores));
            return;
        }
        scores.copy_from_slice(&self.rows[self.rows.len() - classes..]);
        for row in own {
            let row = &self.rows[*row as usize * classes..][..classes];
            scores.iter_mut().zip(row).for_each(|(score, factor)| *score *= factor);
        }
        let total: f64 = scores.iter().sum();
        let scale = 1.0 / total;
        scores.iter_mut().for_each(|score| *score *= scale);
        likelihood.multiply(total);
    }
}

/// The bits of the ends of a row of a table, whatever they say.
#[inline(always)]
pub fn ends(table: &[f64], row: u32, columns: usize) -> u64 {
    let row = &table[row as usize * columns..][..columns];
    row.first().map_or(0, |first| first.to_bits()) ^ row.last().map_or(0, |last| last.to_bits())
}

/// The logarithm of a long product, with a logarithm taken only now and then.
#[derive(Debug, Clone, Copy)]
pub struct LogProduct {
    sum: f64,
    product: f64,
}

impl Default for LogProduct {
    fn default() -> Self {
        Self { sum: 0.0, product: 1.0 }
    }
}

impl LogProduct {
    /// `factor`: from 1e-290 to 1e10.
    #[inline(always)]
    pub fn multiply(&mut self, factor: f64) {
        self.product *= factor;
        if !(1e-10..1e10).contains(&self.product) {
            self.sum += self.product.ln();
            self.product = 1.0;
        }
    }

    #[inline(always)]
    pub fn add(&mut self, log: f64) {
        self.sum += log;
    }

    pub fn ln(&self) -> f64 {
        self.sum + self.product.ln()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_and_logarithms_agree_on_both_sides_of_the_border() {
        let rows = [0.7, 0.2, 0.1, 1e-300, 0.4, 0.6, 0.5, 0.3, 0.2];
        let factors = Factors::new(&rows, 3, 1000);
        for votes in [0, 1, 27, 28, 29, 30, 1000] {
            let own: Vec<u32> = (0..votes).map(|vote| vote % 2).collect();
            let (mut scores, mut likelihood) = ([0.0; 3], LogProduct::default());
            factors.posterior(&own, &mut scores, &mut likelihood);
            let mut logs: Vec<f64> = (0..3).map(|class| factors.log_of(&own, class)).collect();
            let wanted = soft_max(&mut logs);
            assert!((likelihood.ln() - wanted).abs() < 1e-9 * wanted.abs().max(1.0), "{votes}: {wanted}");
            assert!(scores.iter().zip(&logs).all(|(a, b)| (a - b).abs() < 1e-12), "{votes}: {scores:?} {logs:?}");
        }
    }

    #[test]
    fn a_long_product_neither_vanishes_nor_explodes() {
        let mut product = LogProduct::default();
        (0..1000).for_each(|_| product.multiply(1e-290));
        (0..1000).for_each(|_| product.multiply(3.0));
        product.add(2.0);
        let wanted = 1000.0 * (1e-290_f64.ln() + 3.0_f64.ln()) + 2.0;
        assert!((product.ln() / wanted - 1.0).abs() < 1e-12);
    }
}
