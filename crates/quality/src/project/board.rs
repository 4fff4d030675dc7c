//! Models by what people prefer: Bradley-Terry with ties and intervals, Elo beside it, wins, and where on the screen the
//! picks stood.

use crate::pairwise::{Comparison, Options, Outcome, rank};
use std::collections::{BTreeMap, BTreeSet};

/// One judgment of the responses to one item.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Judged {
    pub labeler: i64,
    /// The model of each response; None where the data name none.
    pub models: Vec<Option<String>>,
    pub verdict: Verdict,
    /// Which response stood at each place of the screen.
    pub order: Vec<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// One beats each of the others; of those nothing is known.
    Best(usize),
    /// Responses at their places, best first; those at one place are ties.
    Places(Vec<Vec<usize>>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    pub model: String,
    /// Log strength in Bradley and Terry's model; their mean is 0.
    pub strength: f64,
    /// Ends of its interval of confidence (95 %).
    pub interval: Option<(f64, f64)>,
    /// Elo rating around 1000.
    pub elo: f64,
    pub comparisons: usize,
    pub wins: usize,
    pub losses: usize,
    pub ties: usize,
}

impl Standing {
    /// Wins and half of the ties over all comparisons, 0 to 1.
    pub fn win_rate(&self) -> f64 {
        (self.wins as f64 + self.ties as f64 / 2.0) / self.comparisons.max(1) as f64
    }
}

/// A place on the screen: how often a response stood there, and was the only best one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Position {
    pub shown: usize,
    pub picked: usize,
}

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Board {
    /// Strongest first.
    pub standings: Vec<Standing>,
    /// From the left; judgments without a single best response are not counted.
    pub positions: Vec<Position>,
    /// Judgments with two models at least.
    pub judgments: usize,
    /// Judgments whose responses name fewer than two models.
    pub unnamed: usize,
    /// Groups of models that never met: only within one can they be compared.
    pub groups: usize,
    /// A weak prior held strengths that have no maximum of likelihood: a model won or lost always.
    pub by_prior: bool,
}

/// Points of Elo's scale for a log strength.
const ELO_POINTS: f64 = 400.0 / std::f64::consts::LN_10;
const ELO_MIDDLE: f64 = 1000.0;

pub fn board(judged: &[Judged]) -> Board {
    let mut board = Board::default();
    let names: BTreeSet<&String> = judged.iter().flat_map(|one| one.models.iter().flatten()).collect();
    let names: Vec<&String> = names.into_iter().collect();
    let number: BTreeMap<&String, u32> = names.iter().copied().zip(0..).collect();
    let labelers: BTreeSet<i64> = judged.iter().map(|one| one.labeler).collect();
    let workers: BTreeMap<i64, u32> = labelers.iter().copied().zip(0..).collect();
    let mut comparisons = Vec::new();
    for one in judged {
        positions(one, &mut board.positions);
        let model = |at: usize| one.models.get(at).and_then(Option::as_ref).and_then(|name| number.get(name).copied());
        let worker = workers.get(&one.labeler).copied().unwrap_or(0);
        let before = comparisons.len();
        let mut meet = |left: usize, right: usize, outcome: Outcome| {
            // Two answers of one model say nothing about models.
            if let (Some(left), Some(right)) = (model(left), model(right))
                && left != right
            {
                comparisons.push(Comparison { worker, left, right, outcome });
            }
        };
        match &one.verdict {
            Verdict::Best(best) => {
                (0..one.models.len()).filter(|at| at != best).for_each(|other| meet(*best, other, Outcome::Left));
            }
            Verdict::Places(places) => {
                for (at, place) in places.iter().enumerate() {
                    for (index, left) in place.iter().enumerate() {
                        place.iter().skip(index + 1).for_each(|right| meet(*left, *right, Outcome::Tie));
                        let below = places.iter().skip(at + 1).flatten();
                        below.for_each(|right| meet(*left, *right, Outcome::Left));
                    }
                }
            }
        }
        if comparisons.len() > before {
            board.judgments += 1;
        } else {
            board.unnamed += 1;
        }
    }
    if comparisons.is_empty() {
        return board;
    }
    standings(&mut board, &names, workers.len(), &comparisons);
    board
}

fn positions(one: &Judged, positions: &mut Vec<Position>) {
    let best = match &one.verdict {
        Verdict::Best(best) => *best,
        Verdict::Places(places) => match places.first().map(Vec::as_slice) {
            Some([best]) if places.len() > 1 => *best,
            _ => return,
        },
    };
    if positions.len() < one.order.len() {
        positions.resize(one.order.len(), Position::default());
    }
    for (position, response) in positions.iter_mut().zip(&one.order) {
        position.shown += 1;
        position.picked += usize::from(*response == best);
    }
}

fn standings(board: &mut Board, names: &[&String], workers: usize, comparisons: &[Comparison]) {
    let fit = |method| rank(method, names.len(), workers, comparisons, &Options::default());
    // Neither model refuses comparisons that are made here.
    let (Ok(strengths), Ok(elo)) = (fit("bradley-terry"), fit("elo")) else { return };
    board.groups = strengths.shape.groups;
    board.by_prior = strengths.prior > 0.0;
    let intervals = strengths.intervals();
    for (at, name) in names.iter().enumerate() {
        let mut standing = Standing {
            model: (*name).clone(),
            strength: strengths.log_strengths.get(at).copied().unwrap_or_default(),
            interval: intervals.get(at).copied(),
            elo: ELO_MIDDLE + elo.log_strengths.get(at).copied().unwrap_or_default() * ELO_POINTS,
            comparisons: 0,
            wins: 0,
            losses: 0,
            ties: 0,
        };
        for one in comparisons {
            let (left, right) = (one.left as usize == at, one.right as usize == at);
            if !left && !right {
                continue;
            }
            standing.comparisons += 1;
            match one.outcome {
                Outcome::Tie => standing.ties += 1,
                Outcome::Left => *(if left { &mut standing.wins } else { &mut standing.losses }) += 1,
                Outcome::Right => *(if right { &mut standing.wins } else { &mut standing.losses }) += 1,
            }
        }
        board.standings.push(standing);
    }
    // Names that are in no comparison have no standing.
    board.standings.retain(|one| one.comparisons > 0);
    board.standings.sort_by(|a, b| b.strength.total_cmp(&a.strength).then_with(|| a.model.cmp(&b.model)));
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn judged(models: &[&str], verdict: Verdict, order: &[usize]) -> Judged {
        let name = |name: &&str| (!name.is_empty()).then(|| (*name).to_owned());
        Judged { labeler: 1, models: models.iter().map(name).collect(), verdict, order: order.to_vec() }
    }

    /// Three wins to one: the log odds are ln 3, as in the test of the model itself.
    #[test]
    fn two_models_by_hand() {
        let mut all = vec![judged(&["a", "b"], Verdict::Best(0), &[0, 1]); 3];
        all.push(judged(&["b", "a"], Verdict::Best(0), &[0, 1]));
        let found = board(&all);
        let [first, second] = found.standings.as_slice() else { panic!("{found:?}") };
        assert_eq!((first.model.as_str(), first.wins, first.losses, first.comparisons), ("a", 3, 1, 4));
        assert!((first.strength - second.strength - 3.0_f64.ln()).abs() < 1e-9);
        assert!((first.win_rate() - 0.75).abs() < 1e-12);
        let (low, high) = first.interval.unwrap();
        assert!(low < first.strength && first.strength < high);
        assert!(first.elo > 1000.0 && (first.elo + second.elo - 2000.0).abs() < 1e-6);
        assert_eq!((found.judgments, found.unnamed, found.groups, found.by_prior), (4, 0, 1, false));
    }

    #[test]
    fn ties_count_for_both_and_the_best_of_several_beats_each() {
        let all = [
            judged(&["a", "b", "c"], Verdict::Places(vec![vec![0, 1], vec![2]]), &[2, 1, 0]),
            judged(&["a", "b", "c"], Verdict::Best(2), &[2, 1, 0]),
        ];
        let found = board(&all);
        let of = |name: &str| found.standings.iter().find(|one| one.model == name).unwrap();
        assert_eq!((of("a").wins, of("a").losses, of("a").ties), (1, 1, 1));
        assert_eq!((of("c").wins, of("c").losses, of("c").ties), (2, 2, 0));
        assert_eq!(of("a").comparisons, 3);
        // Only the second judgment has one best response: it stood on the left.
        assert_eq!(found.positions.iter().map(|p| (p.shown, p.picked)).collect::<Vec<_>>(), [(1, 1), (1, 0), (1, 0)]);
    }

    #[test]
    fn without_names_there_are_positions_but_no_standings() {
        let all = [judged(&["", ""], Verdict::Best(1), &[0, 1]), judged(&["a", "a"], Verdict::Best(0), &[1, 0])];
        let found = board(&all);
        assert!(found.standings.is_empty());
        assert_eq!((found.judgments, found.unnamed), (0, 2));
        assert_eq!(found.positions, [Position { shown: 2, picked: 0 }, Position { shown: 2, picked: 2 }]);
        assert_eq!(board(&[]), Board::default());
    }

    #[test]
    fn a_model_that_always_wins_is_held_by_a_prior_and_that_is_told() {
        let found = board(&[judged(&["a", "b"], Verdict::Best(0), &[0, 1])]);
        assert!(found.by_prior && found.standings.iter().all(|one| one.strength.is_finite()));
    }
}
