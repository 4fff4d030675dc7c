//! Functions that copy each other. Of independent functions the agreement of two, counted from chance 0 to always 1, is the
//! product of what each knows, so three of them give what one knows: v(a)^2 = C(a, c) C(a, d) / C(c, d) (the triplets of Fu
//! et al. 2020). A pair that agrees far beyond v(a) v(b), as seen by all others, is not independent.

use super::VoteMatrix;

/// Agreement beyond the product that is not taken for chance or for a model that is a little wrong.
const EXCESS: f64 = 0.15;
/// Rows on which both must vote.
const LEAST: f64 = 30.0;
/// Others that are asked.
const MOST_OTHERS: usize = 24;

/// Pairs of functions that are not independent; none of fewer than four functions.
pub fn copies(votes: &VoteMatrix) -> Vec<(usize, usize)> {
    let (functions, chance) = (votes.functions(), 1.0 / votes.classes() as f64);
    if functions < 4 {
        return Vec::new();
    }
    let (mut both, mut agreed) = (vec![0.0_f64; functions * functions], vec![0.0; functions * functions]);
    for row in votes.iter() {
        for (one, vote) in row.iter().enumerate().filter(|(_, vote)| **vote >= 0) {
            for (other, second) in row.iter().enumerate().skip(one + 1).filter(|(_, second)| **second >= 0) {
                let place = one * functions + other;
                if let (Some(both), Some(agreed)) = (both.get_mut(place), agreed.get_mut(place)) {
                    *both += 1.0;
                    *agreed += f64::from(u8::from(vote == second));
                }
            }
        }
    }
    let count =
        |one: usize, other: usize| both.get(one.min(other) * functions + one.max(other)).copied().unwrap_or(0.0);
    let agreement = |one: usize, other: usize| {
        let place = one.min(other) * functions + one.max(other);
        let (both, agreed) = (count(one, other), agreed.get(place).copied().unwrap_or(0.0));
        if both < LEAST { None } else { Some((agreed / both - chance) / (1.0 - chance)) }
    };
    // What `of` knows, as seen by all but `without`.
    let knows = |of: usize, without: usize| {
        let others: Vec<usize> =
            (0..functions).filter(|other| *other != of && *other != without).take(MOST_OTHERS).collect();
        let mut squares = Vec::new();
        for (at, c) in others.iter().enumerate() {
            for d in others.iter().skip(at + 1) {
                if let (Some(first), Some(second), Some(third)) =
                    (agreement(of, *c), agreement(of, *d), agreement(*c, *d))
                    && third > 0.05
                {
                    squares.push((first * second / third).clamp(0.0, 1.0));
                }
            }
        }
        squares.sort_by(f64::total_cmp);
        squares.get(squares.len() / 2).map(|square| square.sqrt())
    };
    let mut pairs = Vec::new();
    for one in 0..functions {
        for other in one + 1..functions {
            if let (Some(seen), Some(first), Some(second)) =
                (agreement(one, other), knows(one, other), knows(other, one))
                && seen > first * second + EXCESS + 4.0 / count(one, other).sqrt()
            {
                pairs.push((one, other));
            }
        }
    }
    pairs
}
