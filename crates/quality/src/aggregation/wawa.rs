//! Worker agreement with aggregate: skill is the share of votes that agree with the plain majority; then a majority
//! weighted by skill.

use super::{Aggregation, AggregationError, Method, Options, Votes, majority};

pub const METHOD: Method = Method {
    id: "wawa",
    title: "Worker agreement with aggregate (Wawa)",
    paper: "Appen, Calculating worker agreement with aggregate (Wawa), 2021",
    uses_gold: false,
    run,
};

fn run(votes: &Votes, options: &Options) -> Result<Aggregation, AggregationError> {
    let plain = majority::weighted(votes, &Options { labels_only: true, ..options.clone() }, &[])?;
    let skills = majority::agreement(votes, &plain.labels);
    let mut found = majority::weighted(votes, options, &skills)?;
    found.skills = skills;
    found.skill = "share of the worker's votes that agree with the plain majority";
    Ok(found)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::aggregate;
    use super::*;

    #[test]
    fn skill_settles_what_numbers_do_not() {
        // Workers 0 and 1 agree with the majority twice, worker 2 never; on task 2 it is 0 against 2.
        let rows = [(0, 0, 0), (0, 1, 0), (0, 2, 1), (1, 0, 1), (1, 1, 1), (1, 2, 0), (2, 0, 1), (2, 2, 0)];
        let votes = Votes::new(3, 3, 2, &rows).unwrap();
        let found = aggregate("wawa", &votes, &Options::default()).unwrap();
        assert_eq!(found.skills, [2.0 / 3.0, 1.0, 1.0 / 3.0]);
        assert_eq!((found.labels, found.ties), (vec![0, 1, 1], 0));
    }
}
