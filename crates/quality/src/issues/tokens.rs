//! Labels of words: all tokens of all sentences are judged together; a sentence scores as its worst token (Wang,
//! Mueller, "Detecting label errors in token classification data", 2022).

use super::{Issues, IssuesError, Labeled, confident::Filter, confident::find, scores::Scoring};

#[derive(Debug, Clone, PartialEq)]
pub struct TokenIssues {
    /// Over all tokens, sentence after sentence.
    pub tokens: Issues,
    /// (sentence, token) of each issue, the worst first.
    pub issues: Vec<(usize, usize)>,
    /// One a sentence; 1 for a sentence without tokens.
    pub sentence_scores: Vec<f64>,
}

/// `lengths` are the numbers of tokens of the sentences.
pub fn tokens(
    data: &Labeled<'_>,
    lengths: &[usize],
    filter: &Filter,
    scoring: &Scoring,
) -> Result<TokenIssues, IssuesError> {
    let all: usize = lengths.iter().sum();
    if all != data.len() {
        return Err(IssuesError::Shape(format!("sentences have {all} tokens, and there are {} labels", data.len())));
    }
    let found = find(data, filter, scoring);
    let (mut issues, mut sentence_scores, mut start) = (Vec::new(), Vec::new(), 0);
    for (sentence, length) in lengths.iter().enumerate() {
        let own = start..start + length;
        sentence_scores.push(worst(&found.scores[own.clone()]));
        issues.extend(own.filter(|at| found.is_issue[*at]).map(|at| (found.scores[at], sentence, at - start)));
        start += length;
    }
    issues.sort_by(|a, b| a.0.total_cmp(&b.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let issues = issues.into_iter().map(|(_, sentence, token)| (sentence, token)).collect();
    Ok(TokenIssues { tokens: found, issues, sentence_scores })
}

/// The score of a sentence; 1 for one without tokens.
pub fn worst(scores: &[f64]) -> f64 {
    scores.iter().copied().fold(1.0, f64::min)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::{confident::FILTERS, scores::SCORINGS};
    use super::*;

    #[test]
    fn issues_have_their_place() {
        let labels = [0, 1, 0, 1, 0, 0, 1, 1];
        let rows: Vec<f64> =
            [0, 1, 0, 1, 1, 0, 1, 1].iter().flat_map(|t| if *t == 0 { [0.9, 0.1] } else { [0.1, 0.9] }).collect();
        let data = Labeled::new(&labels, &rows, 2).unwrap();
        let found = tokens(&data, &[3, 0, 5], &FILTERS[3], &SCORINGS[0]).unwrap();
        assert_eq!(found.issues, [(2, 1)]);
        assert_eq!(found.sentence_scores, [0.9, 1.0, 0.1]);
        assert!(tokens(&data, &[3], &FILTERS[3], &SCORINGS[0]).is_err());
    }
}
