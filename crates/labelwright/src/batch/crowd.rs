//! The quality engine's aggregators behind the learning engine's port for models of labelers. The two crates do not know
//! each other; here they meet. An aggregator takes votes only, so a classifier's beliefs come in as one more worker who
//! answers every item with the class that is believed most.

use labelwright_learn::{
    LearnError,
    redundancy::{Answers, CrowdModel, Reading},
};
use labelwright_quality::aggregation::{self, Votes};

/// An aggregator by its name in `labelwright aggregate --list`.
#[derive(Debug, Clone)]
pub struct Aggregator(pub String);

impl CrowdModel for Aggregator {
    fn read(&self, answers: &Answers, beliefs: Option<&[f64]>) -> Result<Reading, LearnError> {
        let (items, classes, labelers) = (answers.items(), answers.classes(), answers.labelers());
        let mut rows = answers.rows().to_vec();
        for (item, row) in beliefs.unwrap_or_default().chunks_exact(classes).enumerate() {
            let best = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            if let Some(class) = row.iter().position(|value| *value == best) {
                rows.push((item as u32, labelers as u32, class as u32));
            }
        }
        let input = |error: String| LearnError::Input(error);
        let votes = Votes::new(items, labelers + 1, classes, &rows).map_err(|error| input(error.to_string()))?;
        let options = aggregation::Options { smoothing: 0.5, ..aggregation::Options::default() };
        let found = aggregation::aggregate(&self.0, &votes, &options).map_err(|error| input(error.to_string()))?;
        let mut given = vec![false; labelers];
        for (_, labeler, _) in answers.rows() {
            if let Some(given) = given.get_mut(*labeler as usize) {
                *given = true;
            }
        }
        let skills = given.iter().zip(&found.skills).map(|(given, skill)| given.then_some(*skill)).collect();
        Ok(Reading { posteriors: found.probabilities, skills })
    }
}
