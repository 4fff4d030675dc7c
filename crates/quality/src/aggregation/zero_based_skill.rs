//! Skills from scratch: all start at chance, and 100 Robbins-Monro steps move each towards the agreement with the
//! majority that the skills make: s += r (agreement - s), where r is 1 at first and halves every 20 steps.

use super::{Aggregation, AggregationError, Method, Options, Votes, majority};

pub const METHOD: Method = Method {
    id: "zero-based-skill",
    title: "Zero-based skill",
    paper: "Toloka Crowd-Kit, ZeroBasedSkill, 2021; Robbins, Monro, A stochastic approximation method, 1951",
    uses_gold: false,
    run,
};

fn run(votes: &Votes, options: &Options) -> Result<Aggregation, AggregationError> {
    let steps = options.iterations.unwrap_or(100);
    let labels_only = Options { labels_only: true, ..options.clone() };
    let mut skills = vec![1.0 / votes.classes().max(1) as f64 + 1e-5; votes.workers()];
    let mut rate = 1.0;
    let mut change = 0.0_f64;
    for step in 1..=steps {
        if step % 20 == 0 {
            rate *= 0.5;
        }
        let current = majority::weighted(votes, &labels_only, &skills)?;
        change = 0.0;
        for (skill, agreement) in skills.iter_mut().zip(majority::agreement(votes, &current.labels)) {
            let step = rate * (agreement - *skill);
            change = change.max(step.abs());
            *skill += step;
        }
    }
    let mut found = majority::weighted(votes, options, &skills)?;
    found.skills = skills;
    found.skill = "agreement with the result that these skills make";
    found.iterations = steps;
    found.converged = change <= options.tolerance.max(1e-6);
    Ok(found)
}
