//! How many answers an item gets. After each round the posteriors of all items say how many labels are expected to be wrong;
//! one more answer is asked for only where that brings the expected errors down to what the target allows.
//!
//! Two things feed the posteriors: what the labelers said (a [`CrowdModel`], the port that aggregators implement) and what
//! a classifier that learns from the answers as they come thinks of the item ([`beliefs`]); an item on which both agree
//! needs no second opinion (after Branson, Van Horn and Perona, "Lean Crowdsourcing", 2017). The truth is never looked at.
//!
//! Trap: posteriors are too sure where items differ in difficulty or labelers err together. A target is a plan, not a
//! promise; [`crate::certify`] checks it.

pub mod beliefs;
pub mod crowd;

use crate::{LearnError, classify::Space, numeric};
use statrs::distribution::{ContinuousCDF, Normal};

pub use crowd::{Answers, CrowdModel, OneCoin, Reading};

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Options {
    /// Share of the items whose label shall be right, between 0 and 1.
    pub target: f64,
    /// The chance, as the posteriors see it, that fewer are.
    pub risk: f64,
    /// Answers that every item gets.
    pub least: usize,
    /// Answers that no item gets more of.
    pub most: usize,
    /// Answers that may still be asked for, over all items; None for no limit.
    pub budget: Option<usize>,
}

impl Default for Options {
    fn default() -> Self {
        Self { target: 0.95, risk: 0.05, least: 1, most: 9, budget: None }
    }
}

/// What becomes of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// One more answer.
    Ask,
    /// Sure enough.
    Done,
    /// Not sure enough, and it has the most answers that an item gets: a person should settle it.
    Settle,
    /// Another answer would help, and the budget is spent.
    Unpaid,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// One for each item.
    pub verdicts: Vec<Verdict>,
    /// Items to ask about, the one in greatest doubt first.
    pub ask: Vec<usize>,
    /// Expected share of right labels if nothing more is asked.
    pub expected: f64,
    /// The doubt (1 - confidence) above which one more answer is asked for.
    pub limit: f64,
}

/// Who needs one more answer. `posteriors` are items x classes; `counts` the answers that each item has.
///
/// The number of wrong labels is about normal with the sum of the doubts as mean and at most as variance. So their mean may be
/// E with E + z sqrt(E) = (1 - target) x items, z the quantile of the risk. The limit is the greatest doubt l for which
/// sum of min(doubt, l) <= E: doubts above it are brought down to it, doubts below it are left alone. Errors: options that contradict each other.
pub fn plan(posteriors: &[f64], classes: usize, counts: &[usize], options: &Options) -> Result<Plan, LearnError> {
    check(options)?;
    let items = counts.len();
    if classes == 0 || posteriors.len() != items * classes {
        return Err(LearnError::Shape { values: posteriors.len(), columns: classes });
    }
    let doubts: Vec<f64> = posteriors
        .chunks_exact(classes)
        .map(|row| (1.0 - row.get(numeric::greatest(row)).copied().unwrap_or(0.0)).clamp(0.0, 1.0))
        .collect();
    let expected = 1.0 - doubts.iter().sum::<f64>() / items.max(1) as f64;
    let limit = limit(&doubts, allowed(options, items));
    let mut verdicts: Vec<Verdict> = doubts
        .iter()
        .zip(counts)
        .map(|(doubt, count)| match *count {
            count if count < options.least => Verdict::Ask,
            _ if *doubt <= limit => Verdict::Done,
            count if count >= options.most => Verdict::Settle,
            _ => Verdict::Ask,
        })
        .collect();
    let doubt = |item: &usize| doubts.get(*item).copied().unwrap_or(0.0);
    let missing = |item: &usize| counts.get(*item).is_some_and(|count| *count < options.least);
    let mut ask: Vec<usize> = (0..items).filter(|item| verdicts.get(*item) == Some(&Verdict::Ask)).collect();
    // What every item must have comes before what doubt asks for.
    ask.sort_by(|a, b| missing(b).cmp(&missing(a)).then(doubt(b).total_cmp(&doubt(a))).then(a.cmp(b)));
    for item in ask.split_off(ask.len().min(options.budget.unwrap_or(usize::MAX))) {
        if let Some(verdict) = verdicts.get_mut(item) {
            *verdict = Verdict::Unpaid;
        }
    }
    Ok(Plan { verdicts, ask, expected, limit })
}

/// How many wrong labels may be expected.
fn allowed(options: &Options, items: usize) -> f64 {
    let most = (1.0 - options.target) * items as f64;
    let z = Normal::standard().inverse_cdf(1.0 - options.risk).max(0.0);
    (((z * z + 4.0 * most).sqrt() - z) / 2.0).powi(2)
}

fn check(options: &Options) -> Result<(), LearnError> {
    for (what, value) in [("target", options.target), ("risk", options.risk)] {
        if !(value > 0.0 && value < 1.0) {
            return Err(LearnError::option(what, value, "between 0 and 1, both excluded"));
        }
    }
    if options.most == 0 || options.least > options.most {
        return Err(LearnError::option(
            "max",
            options.most,
            format!("at least 1, and at least the {} answers that every item gets", options.least),
        ));
    }
    Ok(())
}

/// The greatest l with sum of min(doubt, l) <= allowed; infinite when all doubts together are allowed.
fn limit(doubts: &[f64], allowed: f64) -> f64 {
    let mut sorted = doubts.to_vec();
    sorted.sort_by(f64::total_cmp);
    let mut below = 0.0;
    for (at, doubt) in sorted.iter().enumerate() {
        let above = (sorted.len() - at) as f64;
        if below + doubt * above > allowed {
            return ((allowed - below) / above).max(0.0);
        }
        below += doubt;
    }
    f64::INFINITY
}

/// Posteriors of items x classes, what the classifier alone thought (empty without features), and labelers' skills.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    pub posteriors: Vec<f64>,
    pub beliefs: Vec<f64>,
    pub skills: Vec<Option<f64>>,
}

/// Turns of learning from the posteriors and reading the answers again.
const TURNS: usize = 3;

/// Reads the answers, with features together with a classifier that learns from them. Rows of the features are items.
pub fn judge(
    answers: &Answers,
    model: &dyn CrowdModel,
    learner: Option<&beliefs::Learner>,
) -> Result<Judged, LearnError> {
    let mut reading = model.read(answers, None)?;
    let mut held = Vec::new();
    if let Some(learner) = learner {
        for _ in 0..TURNS {
            held = learner.held_out(&reading.posteriors, answers.classes(), &answers.counts())?;
            reading = model.read(answers, Some(&held))?;
        }
    }
    Ok(Judged { posteriors: reading.posteriors, beliefs: held, skills: reading.skills })
}

/// A learner on these features, for [`judge`].
pub fn learner(space: &Space) -> beliefs::Learner<'_> {
    beliefs::Learner::new(space)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn limits_by_hand() {
        // Three items, 0.3 errors allowed: 0.05 stays, the others come down to 0.125 each.
        assert!((limit(&[0.5, 0.05, 0.4], 0.3) - 0.125).abs() < 1e-12);
        assert_eq!(limit(&[0.1, 0.1], 0.3), f64::INFINITY);
        // 100 errors in 2,000 items: with E = 84.9, E + 1.645 sqrt(E) = 100.
        let found = allowed(&Options::default(), 2000);
        assert!((found + 1.644_853_6 * found.sqrt() - 100.0).abs() < 1e-5 && (found - 84.85).abs() < 0.1, "{found}");
    }

    #[test]
    fn doubt_asks_within_least_most_and_budget() {
        let posteriors = [0.99, 0.01, 0.6, 0.4, 0.55, 0.45, 0.5, 0.5];
        let options = Options { target: 0.9, risk: 0.5, least: 1, most: 3, budget: None };
        let found = plan(&posteriors, 2, &[1, 1, 3, 0], &options).unwrap();
        assert_eq!(found.verdicts, [Verdict::Done, Verdict::Ask, Verdict::Settle, Verdict::Ask]);
        assert_eq!(found.ask, [3, 1]);
        assert!((found.expected - 0.66).abs() < 1e-12);
        let poor = plan(&posteriors, 2, &[1, 1, 3, 0], &Options { budget: Some(1), ..options }).unwrap();
        assert_eq!((poor.verdicts[1], poor.ask), (Verdict::Unpaid, vec![3]));
        // Everything is sure enough for a low target, but one item has no answer yet.
        let easy = plan(&posteriors, 2, &[1, 1, 3, 0], &Options { target: 0.5, ..options }).unwrap();
        assert_eq!(easy.ask, [3]);
        assert!(plan(&posteriors, 2, &[1; 4], &Options { target: 1.0, ..options }).is_err());
        assert!(plan(&posteriors, 2, &[1; 4], &Options { least: 4, ..options }).is_err());
        assert!(plan(&posteriors, 3, &[1; 4], &options).is_err());
    }
}
