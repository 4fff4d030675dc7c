//! Gamma for labeled stretches of a continuum: Y. Mathet, A. Widlöcher, J.-P. Métivier, "The Unified and Holistic
//! Method Gamma for Inter-Annotator Agreement Measure and Alignment" (2015).
//!
//! gamma = 1 - d_o / d_e. The disorder of an alignment is the sum over its unitary alignments (at most one unit of each
//! labeler) of the mean dissimilarity of their pairs, over the mean number of units of a labeler; d_o is that of the
//! best alignment, d_e the mean over continua that are cut and shifted at random. Dissimilarity of two units: 1 for a
//! unit and nothing (and for nothing and nothing: a unit alone costs 1), else ((|s - s'| + |e - e'|) / (l + l'))^2, plus 1 where categories differ.
//!
//! d_e is sampled, so that gamma carries noise (about 0.02 at 100 samples): the seed decides it, and `interval` shows
//! it. For two labelers the best alignment is an assignment and exact; for more it is searched exactly as far as
//! `NODES_MAXIMUM` reaches, and the rule says when it did not.

use super::{
    coefficient::{Coefficient, Interval},
    span_f1::Stretch,
};
use crate::{assignment, statistics::random::Random};
use std::collections::{BTreeMap, BTreeSet};

/// Steps of the exact search for more than two labelers, for each group of units.
const NODES_MAXIMUM: usize = 100_000;
/// Units of a group that the search goes down to.
const DEPTH_MAXIMUM: usize = 2000;
/// Unitary alignments that are listed.
const LISTED_MAXIMUM: usize = 1_000_000;
/// Dissimilarity of a unit and nothing.
const EMPTY: f64 = 1.0;

/// Gamma of the labelers' units. `samples` random continua make the expected disorder.
pub fn gamma(labelers: &[Vec<Stretch>], samples: usize, seed: u64) -> Coefficient {
    let units: usize = labelers.iter().map(Vec::len).sum();
    let rule = |exact: bool| {
        let how = if exact { "best alignment" } else { "best alignment found, the search was cut" };
        format!("gamma: positional and categorical dissimilarity with equal weight, {how}, {samples} sampled continua")
    };
    if labelers.len() < 2 {
        return Coefficient::undefined("one labeler only", units, rule(true));
    }
    if units == 0 {
        return Coefficient::undefined("nobody marked anything", 0, rule(true));
    }
    let mut sorted: Vec<Vec<Stretch>> = labelers.to_vec();
    sorted.iter_mut().for_each(|own| own.sort());
    sorted.sort();
    let (observed, mut exact) = disorder(&sorted);
    let mut random = Random::new(seed);
    let disorders: Vec<f64> = (0..samples.max(2))
        .map(|_| {
            let (found, own) = disorder(&shuffled(&sorted, &mut random));
            exact &= own;
            found
        })
        .collect();
    let count = disorders.len() as f64;
    let expected = disorders.iter().sum::<f64>() / count;
    if expected <= 0.0 {
        return Coefficient::undefined("no disorder can be expected by chance", units, rule(exact));
    }
    let deviation = (disorders.iter().map(|d| (d - expected).powi(2)).sum::<f64>() / (count - 1.0)).sqrt();
    let error = 1.96 * deviation / count.sqrt();
    let mut found = Coefficient::of(1.0 - observed / expected, units, units, rule(exact));
    if expected > error {
        found.interval = Some(Interval {
            low: 1.0 - observed / (expected - error),
            high: 1.0 - observed / (expected + error),
            level: 0.95,
            method: "noise of the sampled expected disorder only".into(),
        });
    }
    found
}

/// Each labeler of the new continuum is one of the old, cut at a random place and joined the other way round.
fn shuffled(labelers: &[Vec<Stretch>], random: &mut Random) -> Vec<Vec<Stretch>> {
    let start = labelers.iter().flatten().map(|unit| unit.start).min().unwrap_or(0);
    let end = labelers.iter().flatten().map(|unit| unit.end).max().unwrap_or(0);
    let length = end.saturating_sub(start).max(1);
    labelers
        .iter()
        .map(|_| {
            let source = &labelers[random.below(labelers.len())];
            let cut = random.below(length as usize) as i64;
            source
                .iter()
                .map(|unit| {
                    let at = start + (unit.start - start + cut) % length;
                    Stretch { start: at, end: at + (unit.end - unit.start), label: unit.label.clone() }
                })
                .collect()
        })
        .collect()
}

fn dissimilarity(one: &Stretch, other: &Stretch) -> f64 {
    let length = ((one.end - one.start) + (other.end - other.start)) as f64;
    let apart = ((one.start - other.start).abs() + (one.end - other.end).abs()) as f64;
    let position = if length > 0.0 { (apart / length).powi(2) } else { 0.0 };
    (position + f64::from(u8::from(one.label != other.label))) * EMPTY
}

/// Disorder of the best alignment (0 up), and whether it is proven best. Two labelers or more.
pub fn disorder(labelers: &[Vec<Stretch>]) -> (f64, bool) {
    let mean = labelers.iter().map(Vec::len).sum::<usize>() as f64 / labelers.len() as f64;
    let (sum, exact) = if let [one, other] = labelers { (of_two(one, other), true) } else { of_many(labelers) };
    (sum / mean, exact)
}

/// What a pair saves against both being alone is to be greatest.
fn of_two(one: &[Stretch], other: &[Stretch]) -> f64 {
    let (rows, columns) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let saved = |row: usize, column: usize| (2.0 * EMPTY - dissimilarity(&rows[row], &columns[column])).max(0.0);
    let pairs = assignment::best(rows.len(), columns.len(), saved);
    let sum: f64 = pairs.into_iter().enumerate().map(|(row, column)| saved(row, column)).sum();
    (rows.len() + columns.len()) as f64 * EMPTY - sum
}

/// A unitary alignment: labeler and place of its units, and what it saves against its units alone.
struct Unitary {
    members: Vec<(usize, usize)>,
    saved: f64,
}

/// Pair dissimilarities of a unitary alignment.
fn pair_sum(members: &[(usize, usize)], labelers: &[Vec<Stretch>]) -> f64 {
    let mut sum = 0.0;
    for (at, (one, place)) in members.iter().enumerate() {
        for (other, second) in &members[at + 1..] {
            sum += dissimilarity(&labelers[*one][*place], &labelers[*other][*second]);
        }
    }
    sum
}

fn couples(count: usize) -> f64 {
    (count * count.saturating_sub(1)) as f64 / 2.0
}

/// Every unitary alignment that costs less than its units alone: no other can be in a best one. False when there were
/// too many to list.
fn unitary_alignments(labelers: &[Vec<Stretch>], all: &[(usize, usize)]) -> (Vec<Unitary>, bool) {
    let n = labelers.len();
    let mut found: Vec<Unitary> = Vec::new();
    for first in all {
        let mut stack = vec![vec![*first]];
        while let Some(members) = stack.pop() {
            let last = members.last().map_or(0, |member| member.0);
            for other in all.iter().filter(|other| other.0 > last) {
                let mut grown = members.clone();
                grown.push(*other);
                let pairs = pair_sum(&grown, labelers);
                // Past this no further member can bring it below the cost of its units alone.
                if pairs >= n as f64 * couples(n) * EMPTY {
                    continue;
                }
                let empty = (couples(n) - couples(grown.len())) * EMPTY;
                let saved = grown.len() as f64 * EMPTY - (pairs + empty) / couples(n);
                if saved > 0.0 {
                    found.push(Unitary { members: grown.clone(), saved });
                }
                stack.push(grown);
            }
            if found.len() + stack.len() > LISTED_MAXIMUM {
                return (found, false);
            }
        }
    }
    (found, true)
}

/// Exact cover of all units by unitary alignments with the least cost. Units that share no alignment are independent
/// of each other, so that each group is searched by itself.
fn of_many(labelers: &[Vec<Stretch>]) -> (f64, bool) {
    let all: Vec<(usize, usize)> =
        labelers.iter().enumerate().flat_map(|(who, own)| (0..own.len()).map(move |at| (who, at))).collect();
    let (unitary, mut exact) = unitary_alignments(labelers, &all);
    let place = |unit: &(usize, usize)| all.binary_search(unit).unwrap_or(0);
    let mut group: Vec<usize> = (0..all.len()).collect();
    for own in &unitary {
        let first = root(&mut group, place(&own.members[0]));
        for member in &own.members[1..] {
            let other = root(&mut group, place(member));
            group[other] = first;
        }
    }
    let mut groups: BTreeMap<usize, Vec<Unitary>> = BTreeMap::new();
    for own in unitary {
        groups.entry(root(&mut group, place(&own.members[0]))).or_default().push(own);
    }
    let mut saved = 0.0;
    for (_, mut members) in groups {
        members.sort_by(|a, b| b.saved.total_cmp(&a.saved).then_with(|| a.members.cmp(&b.members)));
        let mut search = Search::new(&members);
        search.run();
        exact &= search.nodes <= NODES_MAXIMUM;
        saved += search.best;
    }
    (all.len() as f64 * EMPTY - saved, exact)
}

fn root(group: &mut [usize], mut at: usize) -> usize {
    while group[at] != at {
        group[at] = group[group[at]];
        at = group[at];
    }
    at
}

/// Branch and bound over the units of a group, from a greedy start. Each unit has a price, so that no alignment saves
/// more than its units' prices together (a solution of the dual linear program): what open units can still save is
/// at most the sum of their prices.
struct Search<'a> {
    unitary: &'a [Unitary],
    /// Each unit with the alignments that it is in.
    units: Vec<((usize, usize), Vec<usize>)>,
    /// By place in `units`.
    prices: Vec<f64>,
    /// Places of each alignment's units.
    places: Vec<Vec<usize>>,
    taken: Vec<bool>,
    best: f64,
    nodes: usize,
}

/// Rounds of lowering each price as far as the others allow.
const PRICE_ROUNDS: usize = 60;

impl<'a> Search<'a> {
    fn new(unitary: &'a [Unitary]) -> Self {
        let mut by_unit: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
        let mut taken: BTreeSet<(usize, usize)> = BTreeSet::new();
        let mut greedy = 0.0;
        for (at, own) in unitary.iter().enumerate() {
            for member in &own.members {
                by_unit.entry(*member).or_default().push(at);
            }
            if own.members.iter().all(|member| !taken.contains(member)) {
                taken.extend(&own.members);
                greedy += own.saved;
            }
        }
        let units: Vec<((usize, usize), Vec<usize>)> = by_unit.into_iter().collect();
        let place = |unit: &(usize, usize)| units.binary_search_by_key(unit, |own| own.0).unwrap_or(0);
        let places: Vec<Vec<usize>> = unitary.iter().map(|own| own.members.iter().map(place).collect()).collect();
        let nodes = if units.len() > DEPTH_MAXIMUM { NODES_MAXIMUM + 1 } else { 0 };
        let taken = vec![false; units.len()];
        let mut search = Self { unitary, prices: Vec::new(), places, taken, best: greedy, nodes, units };
        search.set_prices();
        search
    }

    fn set_prices(&mut self) {
        let share = |at: &usize| self.unitary[*at].saved / self.unitary[*at].members.len() as f64;
        self.prices = self.units.iter().map(|(_, own)| own.iter().map(share).fold(0.0, f64::max)).collect();
        let mut sums: Vec<f64> =
            self.places.iter().map(|own| own.iter().map(|place| self.prices[*place]).sum()).collect();
        for round in 0..PRICE_ROUNDS {
            let mut lowered = 0.0;
            for step in 0..self.units.len() {
                let place = if round % 2 == 0 { step } else { self.units.len() - 1 - step };
                let slack = self.units[place].1.iter().map(|at| sums[*at] - self.unitary[*at].saved);
                // Half of what could go now leaves the others room to go, too.
                let most = slack.fold(self.prices[place], f64::min).max(0.0);
                let down = if round + 8 < PRICE_ROUNDS { most / 2.0 } else { most };
                self.prices[place] -= down;
                lowered += down;
                for at in &self.units[place].1 {
                    sums[*at] -= down;
                }
            }
            if lowered < 1e-12 {
                break;
            }
        }
    }

    fn run(&mut self) {
        let open = self.prices.iter().sum();
        self.go(0, 0.0, open);
    }

    /// Decides on the unit at a place: which alignment it is in, or none. `open` is what is left to be saved at most.
    fn go(&mut self, at: usize, saved: f64, open: f64) {
        self.best = self.best.max(saved);
        if self.nodes > NODES_MAXIMUM || at >= self.units.len() || saved + open <= self.best + 1e-9 {
            return;
        }
        self.nodes += 1;
        if self.taken[at] {
            return self.go(at + 1, saved, open);
        }
        for next in 0..self.units[at].1.len() {
            let choice = self.units[at].1[next];
            if self.places[choice].iter().any(|place| self.taken[*place]) {
                continue;
            }
            let paid: f64 = self.places[choice].iter().map(|place| self.prices[*place]).sum();
            let gain = self.unitary[choice].saved;
            if saved + gain + open - paid <= self.best + 1e-9 {
                continue;
            }
            let members = self.places[choice].clone();
            members.iter().for_each(|place| self.taken[*place] = true);
            self.go(at + 1, saved + gain, open - paid);
            members.iter().for_each(|place| self.taken[*place] = false);
        }
        self.go(at + 1, saved, open - self.prices[at]);
    }
}
