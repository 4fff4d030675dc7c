//! Elo ratings, for comparison with what others show: after a comparison the winner takes K (1 - expected) points,
//! expected = 1 / (1 + 10^((b - a) / 400)) (A. Elo, "The rating of chessplayers", 1978).
//!
//! Trap: the usual result depends on the order of games, and there is none to keep to here. So every pass gives each
//! item the mean of its changes at once, with steps that fall as 1 / sqrt(pass): 100 passes of 320 points. Log strengths
//! are ratings x ln 10 / 400.

use super::{Comparison, Method, Options, Outcome, PairwiseError, Ranking, graph::shape};

pub const METHOD: Method = Method {
    id: "elo",
    title: "Elo, without an order of games",
    paper: "Elo, The rating of chessplayers, past and present, 1978",
    ties: true,
    run,
};

const STEP: f64 = 320.0;
const SCALE: f64 = 400.0;
const PASSES: usize = 100;

fn run(items: usize, _: usize, comparisons: &[Comparison], options: &Options) -> Result<Ranking, PairwiseError> {
    let mut ratings = vec![0.0; items];
    let mut games = vec![0_u32; items];
    for one in comparisons {
        games[one.left as usize] += 1;
        games[one.right as usize] += 1;
    }
    let passes = options.iterations.min(PASSES);
    let mut change = 0.0_f64;
    for pass in 1..=passes {
        let mut changes = vec![0.0; items];
        for one in comparisons {
            let (left, right) = (one.left as usize, one.right as usize);
            let expected = 1.0 / (1.0 + 10.0_f64.powf((ratings[right] - ratings[left]) / SCALE));
            let result = match one.outcome {
                Outcome::Left => 1.0,
                Outcome::Right => 0.0,
                Outcome::Tie => 0.5,
            };
            changes[left] += result - expected;
            changes[right] -= result - expected;
        }
        change = 0.0;
        for ((rating, sum), games) in ratings.iter_mut().zip(&changes).zip(&games) {
            let step = STEP * sum / f64::from((*games).max(1)) / (pass as f64).sqrt();
            change = change.max(step.abs());
            *rating += step;
        }
    }
    let mut found =
        Ranking { iterations: passes, converged: change < 0.1, shape: shape(items, comparisons), ..Ranking::default() };
    found.set_strengths(ratings.iter().map(|rating| rating * std::f64::consts::LN_10 / SCALE).collect());
    Ok(found)
}
