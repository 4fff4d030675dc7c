//! Seeded pseudo-random numbers: xoshiro256++ (D. Blackman and S. Vigna, "Scrambled Linear Pseudorandom Number
//! Generators", 2021), seeded by SplitMix64. Written out here so that a seed gives the same numbers in every release;
//! general crates promise that only within a version. Not for secrets.

/// A stream of numbers that depends on its seed and on nothing else.
#[derive(Debug, Clone)]
pub struct Random {
    state: [u64; 4],
}

impl Random {
    pub fn new(seed: u64) -> Self {
        let mut at = seed;
        let state = std::array::from_fn(|_| {
            at = at.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut word = at;
            word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            word ^ (word >> 31)
        });
        Self { state }
    }

    pub fn bits(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let result = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let (c, d) = (c ^ a, d ^ b);
        self.state = [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)];
        result
    }

    /// 0 (included) to 1 (excluded), 53 random bits.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// 0 to `bound` - 1; 0 for a bound of 0 (D. Lemire's multiplication, the bias is below 2^-32 for bounds that fit
    /// into memory).
    pub fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.bits()) * bound as u128) >> 64) as usize
    }

    /// Normal with mean 0 and variance 1 (G. Box and M. Muller, 1958).
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.unit()).cos()
    }

    /// How many of `trials` succeed when each does so with probability `share`: inversion for small means, else the
    /// transformed rejection BTRS (W. Hoermann, "The Generation of Binomial Random Variates", 1993).
    pub fn binomial(&mut self, trials: u64, share: f64) -> u64 {
        if trials == 0 || share.is_nan() || share <= 0.0 {
            return 0;
        }
        if share >= 1.0 {
            return trials;
        }
        if share > 0.5 {
            return trials - self.binomial(trials, 1.0 - share);
        }
        let n = trials as f64;
        if n * share < 10.0 {
            return self.binomial_by_inversion(n, share);
        }
        let spread = (n * share * (1.0 - share)).sqrt();
        let b = 1.15 + 2.53 * spread;
        let a = -0.0873 + 0.0248 * b + 0.01 * share;
        let (centre, accept) = (n * share + 0.5, 0.92 - 4.2 / b);
        let alpha = (2.83 + 5.1 / b) * spread;
        loop {
            let u = self.unit() - 0.5;
            let mut v = 1.0 - self.unit();
            let us = 0.5 - u.abs();
            let k = ((2.0 * a / us + b) * u + centre).floor();
            if k < 0.0 || k > n {
                continue;
            }
            if us >= 0.07 && v <= accept {
                return k as u64;
            }
            // Few draws come here: what only they need is worked out for them.
            let odds = (share / (1.0 - share)).ln();
            let mode = ((n + 1.0) * share).floor();
            let height = stirling(mode) + stirling(n - mode);
            v = (v * alpha / (a / (us * us) + b)).ln();
            if v <= height - stirling(k) - stirling(n - k) + (k - mode) * odds {
                return k as u64;
            }
        }
    }

    /// Walks up the distribution from no success on (V. Kachitvichyanukul, B. Schmeiser, "Binomial Random Variate
    /// Generation", 1988, algorithm BINV).
    fn binomial_by_inversion(&mut self, n: f64, share: f64) -> u64 {
        let odds = share / (1.0 - share);
        let none = (n * (-share).ln_1p()).exp();
        loop {
            let (mut left, mut mass, mut found) = (self.unit(), none, 0.0);
            while left > mass {
                left -= mass;
                found += 1.0;
                mass *= (n + 1.0 - found) / found * odds;
                // Rounding may leave something beyond the end: drawn anew.
                if mass <= 0.0 || found > n {
                    break;
                }
            }
            if left <= mass {
                return found as u64;
            }
        }
    }

    /// Puts a list into random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for at in (1..list.len()).rev() {
            let other = self.below(at + 1);
            list.swap(at, other);
        }
    }
}

/// ln(k!), by Stirling's series; exact to 1e-10 from 10 on and by multiplication below.
fn stirling(k: f64) -> f64 {
    if k < 10.0 {
        let mut product = 1.0;
        let mut factor = 2.0;
        while factor <= k {
            product *= factor;
            factor += 1.0;
        }
        return product.ln();
    }
    let x = k + 1.0;
    (x - 0.5) * x.ln() - x + 0.918_938_533_204_672_7 + 1.0 / (12.0 * x) - 1.0 / (360.0 * x.powi(3))
        + 1.0 / (1260.0 * x.powi(5))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binomial_draws_have_their_mean_and_variance() {
        let mut random = Random::new(7);
        for (trials, share) in [(20_u64, 0.1), (1000, 0.3), (1000, 0.9), (1_000_000, 0.25), (50, 0.5)] {
            let draws: Vec<f64> = (0..20_000).map(|_| random.binomial(trials, share) as f64).collect();
            let mean = draws.iter().sum::<f64>() / draws.len() as f64;
            let variance = draws.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / draws.len() as f64;
            let (true_mean, true_variance) = (trials as f64 * share, trials as f64 * share * (1.0 - share));
            assert!((mean - true_mean).abs() < 5.0 * (true_variance / 20_000.0).sqrt(), "{trials} {share}: {mean}");
            assert!((variance / true_variance - 1.0).abs() < 0.06, "{trials} {share}: {variance} {true_variance}");
        }
    }

    #[test]
    fn a_seed_always_gives_the_same_stream() {
        let first: Vec<u64> = std::iter::repeat_with({
            let mut random = Random::new(1);
            move || random.bits()
        })
        .take(3)
        .collect();
        let mut again = Random::new(1);
        assert_eq!(first, [again.bits(), again.bits(), again.bits()]);
        assert_ne!(first[0], Random::new(2).bits());
        assert!((0..1000).all(|_| again.below(7) < 7));
    }

    #[test]
    fn random_numbers_have_their_moments() {
        let mut random = Random::new(7);
        let (mut sum, mut squares) = (0.0, 0.0);
        for _ in 0..100_000 {
            let value = random.normal();
            sum += value;
            squares += value * value;
        }
        assert!((sum / 1e5).abs() < 0.02 && (squares / 1e5 - 1.0).abs() < 0.02);
        let even = (0..100_000).map(|_| random.unit()).sum::<f64>() / 1e5;
        assert!((even - 0.5).abs() < 0.01);
    }
}
