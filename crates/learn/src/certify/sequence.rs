//! An audit that may go on for ever: after each checked machine label there is a lower bound of the share that is right,
//! and all bounds together hold with one risk (a confidence sequence by betting: Waudby-Smith and Ramdas 2024, section 4;
//! Ville 1939). When labels are shown to miss the target, they are pulled back.

/// A gambler who bets, against each share below the truth, that more are right; his capital against share m is
/// prod (1 + bet (x_i - m)), and shares at which it ever reached 1 / risk are ruled out.
#[derive(Debug, Clone)]
pub struct Audit {
    risk: f64,
    /// Logarithm of the capital against each share of the grid, from 1 / GRID on.
    capital: Vec<f64>,
    checked: u64,
    right: u64,
    bound: f64,
}

const GRID: usize = 1000;

impl Audit {
    pub fn new(risk: f64) -> Self {
        Self { risk: risk.clamp(1e-12, 1.0), capital: vec![0.0; GRID - 1], checked: 0, right: 0, bound: 0.0 }
    }

    /// One more machine label was checked by a person.
    pub fn check(&mut self, right: bool) {
        // The bet uses what was seen before only. Half a right and half a wrong one are there beforehand.
        let mean = (self.right as f64 + 0.5) / (self.checked as f64 + 1.0);
        let x = f64::from(u8::from(right));
        for (index, capital) in self.capital.iter_mut().enumerate() {
            let share = (index + 1) as f64 / GRID as f64;
            // The bet that grows fastest if the truth is `mean` (Kelly 1956), never everything.
            let bet = ((mean - share) / (share * (1.0 - share))).clamp(0.0, 0.9 / share);
            *capital += (bet * (x - share)).ln_1p();
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
    limit: f64,
    capital: f64,
    checked: u64,
    right: u64,
}

impl Alarm {
    pub fn new(target: f64, risk: f64) -> Self {
        let limit = (1.0 / risk.clamp(1e-12, 1.0)).ln();
        Self { target: target.clamp(1e-6, 1.0 - 1e-6), limit, capital: 0.0, checked: 0, right: 0 }
    }

    /// Takes one more checked label; true once the labels are shown to miss the target. A false alarm has the risk's
    /// chance, however long the audit goes on.
    pub fn check(&mut self, right: bool) -> bool {
        let mean = (self.right as f64 + 0.5) / (self.checked as f64 + 1.0);
        let most = 0.9 / (1.0 - self.target);
        let bet = ((self.target - mean) / (self.target * (1.0 - self.target))).clamp(0.0, most);
        self.capital += (bet * (self.target - f64::from(u8::from(right)))).ln_1p();
        self.checked += 1;
        self.right += u64::from(right);
        self.capital >= self.limit
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
            let mut audit = Audit::new(0.05);
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
                let (mut random, mut alarm) = (Random::new(*seed), Alarm::new(0.95, 0.05));
                (0..600).any(|_| alarm.check(random.unit() < share))
            };
            (0..200).filter(ring).count()
        };
        assert!(rings(0.96) <= 10 + 9);
        assert!(rings(0.85) > 195);
    }
}
