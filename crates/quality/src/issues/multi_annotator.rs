//! Single answers that are probably wrong, where several labelers answered: every answer is judged against CROWDLAB's
//! probabilities of its task (other answers and the model together). The score is the probability of the answer.

use super::{IssuesError, Why};
use crate::{crowdlab, votes::Votes};

#[derive(Debug, Clone, PartialEq)]
pub struct AnswerIssue {
    pub task: u32,
    pub worker: u32,
    pub given: u32,
    pub is_issue: bool,
    pub score: f64,
    pub why: Why,
    pub suggested: u32,
}

/// All answers in the order of tasks and workers. An answer is an issue if it is not the consensus and at most half as
/// probable.
pub fn answers(votes: &Votes, probabilities: &[f64]) -> Result<Vec<AnswerIssue>, IssuesError> {
    let consensus = crowdlab::consensus(votes, probabilities)?;
    let classes = votes.classes();
    let mut found = Vec::with_capacity(votes.len());
    for task in 0..votes.tasks() {
        let suggested = consensus.labels[task];
        for cell in votes.of_task(task) {
            let given = votes.label(*cell);
            let score = consensus.probabilities[task * classes + given];
            let is_issue = given as u32 != suggested && score <= 0.5 * consensus.quality[task];
            found.push(AnswerIssue {
                task: task as u32,
                worker: votes.worker(*cell) as u32,
                given: given as u32,
                is_issue,
                score,
                why: if is_issue { Why::Outvoted } else { Why::Fits },
                suggested,
            });
        }
    }
    Ok(found)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::aggregation::simulation;

    #[test]
    fn wrong_answers_are_the_issues() {
        let crowd = simulation::crowd(simulation::Crowd { skill: (0.7, 0.95), spammers: 0.1, ..Default::default() });
        let votes = crowd.votes();
        let probabilities: Vec<f64> =
            crowd.truth.iter().flat_map(|truth| (0..4).map(move |c| if c == *truth { 0.7 } else { 0.1 })).collect();
        let found = answers(&votes, &probabilities).unwrap();
        let wrong = |issue: &&AnswerIssue| issue.given != crowd.truth[issue.task as usize];
        let (flagged, all) = (found.iter().filter(|issue| issue.is_issue), found.iter().filter(wrong).count());
        let flagged: Vec<&AnswerIssue> = flagged.collect();
        let right = flagged.iter().filter(|issue| wrong(issue)).count();
        assert!(right as f64 / flagged.len() as f64 > 0.95 && right as f64 / all as f64 > 0.9, "{right} {all}");
    }
}
