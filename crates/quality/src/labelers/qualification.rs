//! May this labeler work? A verdict on gold answers that waits until the interval is on one side of the threshold.

use crate::statistics::intervals::{Interval, clopper_pearson, wilson};
use serde::Serialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Wilson,
    ClopperPearson,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "verdict")]
pub enum Verdict {
    /// The whole interval is at or above the threshold.
    Qualified,
    /// The whole interval is below it.
    Failed,
    /// The interval holds the threshold. So many more gold answers, all right, would qualify; None if more than a
    /// million.
    Undecided { all_right_needed: Option<u64> },
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Qualification {
    pub right: u64,
    pub all: u64,
    pub interval: Interval,
    #[serde(flatten)]
    pub verdict: Verdict,
}

/// `risk` is the chance of each kind of wrong verdict, 0 to 0.5: the interval is two-sided at 1 - 2 x risk.
pub fn qualify(right: u64, all: u64, threshold: f64, risk: f64, method: Method) -> Qualification {
    let confidence = 1.0 - 2.0 * risk.clamp(1e-9, 0.5);
    let interval = |right, all| match method {
        Method::Wilson => wilson(right, all, confidence),
        Method::ClopperPearson => clopper_pearson(right, all, confidence),
    };
    let now = interval(right, all);
    let verdict = if now.low >= threshold {
        Verdict::Qualified
    } else if now.high < threshold {
        Verdict::Failed
    } else {
        Verdict::Undecided { all_right_needed: needed(|more| interval(right + more, all + more).low >= threshold) }
    };
    Qualification { right, all, interval: now, verdict }
}

/// The least number for which the test, which stays true once it is, holds.
fn needed(enough: impl Fn(u64) -> bool) -> Option<u64> {
    const MOST: u64 = 1_000_000;
    if !enough(MOST) {
        return None;
    }
    let (mut low, mut high) = (0, MOST);
    while high - low > 1 {
        let middle = u64::midpoint(low, high);
        if enough(middle) { high = middle } else { low = middle }
    }
    Some(high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_wait_for_the_interval() {
        let verdict = |right, all| qualify(right, all, 0.8, 0.05, Method::ClopperPearson).verdict;
        assert_eq!(verdict(30, 30), Verdict::Qualified);
        assert_eq!(verdict(3, 12), Verdict::Failed);
        // All right: 0.05^(1/n) >= 0.8 from n = 14 on.
        assert_eq!(verdict(0, 0), Verdict::Undecided { all_right_needed: Some(14) });
        assert_eq!(verdict(4, 4), Verdict::Undecided { all_right_needed: Some(10) });
        let never = qualify(5, 5, 1.0, 0.05, Method::Wilson).verdict;
        assert_eq!(never, Verdict::Undecided { all_right_needed: None });
    }
}
