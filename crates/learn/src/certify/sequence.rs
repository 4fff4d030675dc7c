//! An audit that may go on for ever: after each checked machine label there is a lower bound of the share that is right,
//! and all bounds together hold with one risk (a confidence sequence by betting: Waudby-Smith and Ramdas 2024, section 4;
//! Ville 1939). When labels are shown to miss the target, they are pulled back.

/// What the next draw would be right with, if `share` of a pool were right: of a finite pool, less what was drawn already
/// (Waudby-Smith and Ramdas 2024, section 5). Below 0 or above 1 the share has become impossible.
fn expected(share: f64, pool: Option<u64>, checked: u64, right: u64) -> f64 {
    match pool {
        Some(pool) if pool > checked => (share * pool as f64 - right as f64) / (pool - checked) as f64,
        _ => share,
    }
}

/// A gambler who bets, against each share below the truth, that more are right; his capital against share m is
/// prod (1 + bet (x_i - m)), and shares at which it ever reached 1 / risk are ruled out.
#[derive(Debug, Clone)]
pub struct Audit {
    risk: f64,
    pool: Option<u64>,
    /// Logarithm of the capital against each share of the grid, from 1 / GRID on.
    capital: Vec<f64>,
    checked: u64,
    right: u64,
    bound: f64,
}

const GRID: usize = 1000;

impl Audit {
    /// `pool` machine labels are drawn from without putting back; None for a stream of them.
    pub fn new(risk: f64, pool: Option<u64>) -> Self {
        let risk = risk.clamp(1e-12, 1.0);
        Self { risk, pool, capital: vec![0.0; GRID - 1], checked: 0, right: 0, bound: 0.0 }
    }

    /// One more machine label was checked by a person.
    pub fn check(&mut self, right: bool) {
        // The bet uses what was seen before only. Half a right and half a wrong one are there beforehand.
        let mean = (self.right as f64 + 0.5) / (self.checked as f64 + 1.0);
        let x = f64::from(u8::from(right));
        for (index, capital) in self.capital.iter_mut().enumerate() {
            let share = expected((index + 1) as f64 / GRID as f64, self.pool, self.checked, self.right);
            if share <= 0.0 {
                // More were right already than this share allows.
                *capital = f64::INFINITY;
            } else if share < 1.0 {
                // The bet that grows fastest if the truth is `mean` (Kelly 1956), never everything.
                let bet = ((mean - share) / (share * (1.0 - share))).clamp(0.0, 0.9 / share);
                *capital += (bet * (x - share)).ln_1p();
            }
        }
        self.checked += 1;
        self.right += u64::from(right);
        let limit = (1.0 / self.risk).ln();
        let ruled_out = self.capital.iter().take_while(|capital| **capital >= limit).count();
        // What was ruled out once stays so.
        self.bound = self.bound.max(ruled_out as f64 / GRID as f64);
    }

    pub fn checked(&self) -> u64 {
        self.checked
    }

    pub fn right(&self) -> u64 {
        self.right
    }

    /// With the risk that was given, the share of right labels is at least this.
    pub fn lower_bound(&self) -> f64 {
        self.bound
    }
}

/// Whether machine labels must go back to people: a bet that fewer than the target are right has won.
#[derive(Debug, Clone)]
pub struct Alarm {
    target: f64,
    pool: Option<u64>,
    limit: f64,
    capital: f64,
    checked: u64,
    right: u64,
    rang: bool,
}

impl Alarm {
    /// `pool` as in [`Audit::new`].
    pub fn new(target: f64, risk: f64, pool: Option<u64>) -> Self {
        let limit = (1.0 / risk.clamp(1e-12, 1.0)).ln();
        let target = target.clamp(1e-6, 1.0 - 1e-6);
        Self { target, pool, limit, capital: 0.0, checked: 0, right: 0, rang: false }
    }

    /// Takes one more checked label; true once the labels are shown to miss the target. A false alarm has the risk's
    /// chance, however long the audit goes on.
    pub fn check(&mut self, right: bool) -> bool {
        let mean = (self.right as f64 + 0.5) / (self.checked as f64 + 1.0);
        let target = expected(self.target, self.pool, self.checked, self.right);
        if target > 1.0 {
            // Even if all others are right the target is missed.
            self.capital = f64::INFINITY;
        } else if target > 0.0 {
            let most = 0.9 / (1.0 - target).max(1e-6);
            let bet = ((target - mean) / (target * (1.0 - target)).max(1e-9)).clamp(0.0, most);
            self.capital += (bet * (target - f64::from(u8::from(right)))).ln_1p();
        }
        self.checked += 1;
        self.right += u64::from(right);
        self.rang |= self.capital >= self.limit;
        self.rang
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Random;

    #[test]
    fn bounds_hold_at_every_moment_and_come_close() {
        let (mut broken, runs) = (0, 200);
        let mut last = 0.0;
        for seed in 0..runs {
            let mut random = Random::new(seed);
            let mut audit = Audit::new(0.05, None);
            let mut held = true;
            for _ in 0..800 {
                audit.check(random.unit() < 0.97);
                held &= audit.lower_bound() <= 0.97;
            }
            broken += i32::from(!held);
            last += audit.lower_bound() / runs as f64;
        }
        assert!(broken <= 10 + 9, "{broken}");
        assert!(last > 0.93, "{last}");
    }

    #[test]
    fn bad_labels_are_called_back_and_good_ones_are_not() {
        let rings = |share: f64| {
            let ring = |seed: &u64| {
                let (mut random, mut alarm) = (Random::new(*seed), Alarm::new(0.95, 0.05, None));
                (0..600).any(|_| alarm.check(random.unit() < share))
            };
            (0..200).filter(ring).count()
        };
        assert!(rings(0.96) <= 10 + 9);
        assert!(rings(0.85) > 195);
    }

    #[test]
    fn of_a_finite_pool_everything_is_known_at_the_end() {
        let (mut broken, mut rang) = (0, 0);
        for seed in 0..200 {
            let mut random = Random::new(seed);
            // 300 labels, 12 of them wrong: 0.96.
            let mut pool: Vec<bool> = (0..300).map(|at| at >= 12).collect();
            random.shuffle(&mut pool);
            let (mut audit, mut stream) = (Audit::new(0.05, Some(300)), Audit::new(0.05, None));
            let mut alarm = Alarm::new(0.95, 0.05, Some(300));
            let (mut held, mut alarmed) = (true, false);
            for right in pool {
                audit.check(right);
                stream.check(right);
                alarmed |= alarm.check(right);
                held &= audit.lower_bound() <= 0.96 + 1e-9;
            }
            assert!(audit.lower_bound() >= 0.955 && audit.lower_bound() >= stream.lower_bound(), "{seed}");
            broken += i32::from(!held);
            rang += i32::from(alarmed);
        }
        assert!(broken <= 10 + 9 && rang <= 10 + 9, "{broken} {rang}");
        // 20 wrong ones of 100 miss .95 for sure before the end.
        let mut alarm = Alarm::new(0.95, 0.05, Some(100));
        assert!((0..100).any(|at| alarm.check(at % 5 != 0)));
    }
}
