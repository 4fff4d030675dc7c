//! A majority in which a worker weighs as much as they were right on gold tasks.
//!
//! Trap: a worker who saw no gold has no measured skill; such a worker weighs as the mean of the others, and a task
//! whose voters all weigh nothing is undecided among all classes.

use super::{Aggregation, AggregationError, Method, NONE, Options, Votes, gold_of, majority};

pub const METHOD: Method = Method {
    id: "gold-majority-vote",
    title: "Majority weighted by skill on gold tasks",
    paper: "Toloka Crowd-Kit, GoldMajorityVote, 2021",
    uses_gold: true,
    run,
};

fn run(votes: &Votes, options: &Options) -> Result<Aggregation, AggregationError> {
    let gold = gold_of(votes, options)?;
    let mut right = vec![(0_u32, 0_u32); votes.workers()];
    for (task, class) in gold.iter().enumerate().filter(|(_, class)| **class != NONE) {
        for cell in votes.of_task(task) {
            let (same, all) = &mut right[votes.worker(*cell)];
            *same += u32::from(votes.label(*cell) as u32 == *class);
            *all += 1;
        }
    }
    let measured: Vec<f64> =
        right.iter().filter(|(_, all)| *all > 0).map(|(s, a)| f64::from(*s) / f64::from(*a)).collect();
    if measured.is_empty() {
        return Err(AggregationError::NeedsGold { method: METHOD.id });
    }
    let mean = measured.iter().sum::<f64>() / measured.len() as f64;
    let skills: Vec<f64> =
        right.into_iter().map(|(same, all)| if all == 0 { mean } else { f64::from(same) / f64::from(all) }).collect();
    let mut found = majority::weighted(votes, options, &skills)?;
    found.skills = skills;
    found.skill = "share of gold tasks answered right; the mean for workers who saw none";
    Ok(found)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::aggregate;
    use super::*;

    #[test]
    fn gold_outweighs_numbers() {
        let rows = [(0, 0, 0), (0, 1, 1), (0, 2, 1), (1, 0, 0), (1, 1, 1), (1, 2, 1), (1, 3, 1)];
        let votes = Votes::new(2, 4, 2, &rows).unwrap();
        let options = Options { gold: vec![(0, 0)], ..Options::default() };
        let found = aggregate("gold-majority-vote", &votes, &options).unwrap();
        assert_eq!(found.labels, [0, 0]);
        assert_eq!(found.skills, [1.0, 0.0, 0.0, 1.0 / 3.0]);
        let none = aggregate("gold-majority-vote", &votes, &Options::default()).unwrap_err();
        assert_eq!(none, AggregationError::NeedsGold { method: "gold-majority-vote" });
        let bad = Options { gold: vec![(9, 0)], ..Options::default() };
        assert!(aggregate("gold-majority-vote", &votes, &bad).unwrap_err().to_string().contains("task 9"));
    }
}
