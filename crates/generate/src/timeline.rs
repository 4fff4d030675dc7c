//! Where moments go when a recording or a series is moved, stretched, warped or cut: a map of whole ticks that never turns
//! back, in exact arithmetic. A tick t covers [t, t + 1), as a pixel does.

/// Straight lines between knots, `[before, after]` in ticks, rising in both. Beyond the first and the last knot the
/// outermost lines go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    knots: Vec<[i64; 2]>,
    /// Ticks before and after.
    lengths: [i64; 2],
}

impl Timeline {
    /// Everything by so many ticks; the new length is given.
    pub fn shift(by: i64, before: i64, after: i64) -> Self {
        Self { knots: vec![[0, by], [1, by.saturating_add(1)]], lengths: [before, after] }
    }

    /// From a length to another one, evenly.
    pub fn stretch(before: i64, after: i64) -> Self {
        Self { knots: vec![[0, 0], [before.max(1), after.max(1)]], lengths: [before, after] }
    }

    /// Through knots from the first to the last tick. None when they do not rise, or are fewer than two.
    pub fn through(knots: Vec<[i64; 2]>) -> Option<Self> {
        let rises = knots.windows(2).all(|pair| pair[0][0] < pair[1][0] && pair[0][1] < pair[1][1]);
        let (first, last) = (*knots.first()?, *knots.last()?);
        let lengths = [last[0] - first[0], last[1] - first[1]];
        (rises && knots.len() > 1 && first == [0, 0]).then_some(Self { knots, lengths })
    }

    /// Ticks of what it makes.
    pub fn length(&self) -> i64 {
        self.lengths[1]
    }

    /// Does it lead anything of what there was out of what there will be?
    pub fn cuts(&self) -> bool {
        self.at(0) < 0 || self.at(self.lengths[0]) > self.lengths[1]
    }

    /// Where a border between ticks goes, rounded to the nearest one.
    pub fn at(&self, tick: i64) -> i64 {
        let ([x0, y0], [x1, y1]) = self.line(|knot| knot[0] <= tick);
        let (run, rise) = (i128::from(x1 - x0), i128::from(y1 - y0));
        let ahead = (i128::from(tick) - i128::from(x0)) * rise;
        // Half a tick up, also of negative numbers.
        let moved = i128::from(y0) + (2 * ahead + run).div_euclid(2 * run.max(1));
        moved.clamp(i128::from(i64::MIN / 4), i128::from(i64::MAX / 4)) as i64
    }

    /// Where a moment between ticks goes.
    pub fn at_moment(&self, moment: f64) -> f64 {
        let ([x0, y0], [x1, y1]) = self.line(|knot| knot[0] as f64 <= moment);
        y0 as f64 + (moment - x0 as f64) * (y1 - y0) as f64 / (x1 - x0) as f64
    }

    /// Where a moment comes from.
    pub fn before(&self, moment: f64) -> f64 {
        let ([x0, y0], [x1, y1]) = self.line(|knot| knot[1] as f64 <= moment);
        x0 as f64 + (moment - y0 as f64) * (x1 - x0) as f64 / (y1 - y0) as f64
    }

    fn line(&self, passed: impl Fn(&[i64; 2]) -> bool) -> ([i64; 2], [i64; 2]) {
        let behind = self.knots.partition_point(passed).clamp(1, self.knots.len() - 1);
        (self.knots[behind - 1], self.knots[behind])
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shifts_and_stretches_by_hand() {
        let shift = Timeline::shift(-3, 10, 10);
        assert_eq!(([0, 3, 10].map(|tick| shift.at(tick)), shift.cuts()), ([-3, 0, 7], true));
        let longer = Timeline::stretch(10, 15);
        assert_eq!([0, 1, 3, 10].map(|tick| longer.at(tick)), [0, 2, 5, 15]);
        assert!(!longer.cuts() && longer.at_moment(1.0) == 1.5 && longer.before(1.5) == 1.0);
        assert_eq!(Timeline::through(vec![[0, 0], [4, 4], [4, 5]]), None);
        assert_eq!(Timeline::through(vec![[0, 0]]), None);
    }

    proptest! {
        #[test]
        fn time_never_turns_back(steps in proptest::collection::vec((1..500_i64, 1..500_i64), 1..8), ticks in proptest::collection::vec(-2000..6000_i64, 2)) {
            let mut at = [0, 0];
            let mut knots = vec![at];
            for (before, after) in &steps {
                at = [at[0] + before, at[1] + after];
                knots.push(at);
            }
            let line = Timeline::through(knots.clone()).unwrap();
            prop_assert!(knots.iter().all(|[before, after]| line.at(*before) == *after), "knots are exact");
            let (early, late) = (ticks[0].min(ticks[1]), ticks[0].max(ticks[1]));
            prop_assert!(line.at(early) <= line.at(late));
            prop_assert!((line.at(early) as f64 - line.at_moment(early as f64)).abs() <= 0.5 + 1e-6);
            let there = line.at_moment(early as f64);
            prop_assert!((line.before(there) - early as f64).abs() < 1e-6, "there and back");
        }
    }
}
