//! The matrix of votes: rows x functions, classes from 0, -1 for an abstention.

use crate::LearnError;
use serde::Serialize;

#[derive(Debug, Clone, PartialEq)]
pub struct VoteMatrix {
    votes: Vec<i16>,
    functions: usize,
    classes: usize,
}

/// What each function does, and how functions meet (Snorkel's words; Ratner et al. 2017).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Share of rows with a vote of the function.
    pub coverage: f64,
    /// Share of rows on which another one votes too.
    pub overlap: f64,
    /// Share of rows on which another one votes otherwise.
    pub conflict: f64,
    /// Classes that it ever votes for.
    pub polarity: Vec<u32>,
}

impl VoteMatrix {
    /// `classes` at least 2; votes -1 to `classes - 1`.
    pub fn new(votes: Vec<i16>, functions: usize, classes: usize) -> Result<Self, LearnError> {
        if functions == 0 {
            return Err(LearnError::NoColumns);
        }
        if votes.is_empty() {
            return Err(LearnError::NoRows);
        }
        if !votes.len().is_multiple_of(functions) {
            return Err(LearnError::Shape { values: votes.len(), columns: functions });
        }
        if let Some(at) = votes.iter().position(|vote| *vote < -1 || *vote as i64 >= classes as i64) {
            let vote = votes.get(at).copied().unwrap_or(0);
            return Err(LearnError::Input(format!(
                "row {}, function {}: {vote} is no class of {classes}",
                at / functions,
                at % functions
            )));
        }
        Ok(Self { votes, functions, classes: classes.max(2) })
    }

    pub fn rows(&self) -> usize {
        self.votes.len() / self.functions
    }

    pub fn functions(&self) -> usize {
        self.functions
    }

    pub fn classes(&self) -> usize {
        self.classes
    }

    pub fn iter(&self) -> std::slice::ChunksExact<'_, i16> {
        self.votes.chunks_exact(self.functions)
    }

    pub fn values(&self) -> &[i16] {
        &self.votes
    }

    pub fn report(&self) -> Vec<Report> {
        let rows = self.rows() as f64;
        (0..self.functions)
            .map(|function| {
                let (mut coverage, mut overlap, mut conflict) = (0.0, 0.0, 0.0);
                let mut seen = vec![false; self.classes];
                for row in self.iter() {
                    let Some(own) = row.get(function).copied().filter(|vote| *vote >= 0) else { continue };
                    coverage += 1.0;
                    if let Some(seen) = seen.get_mut(own as usize) {
                        *seen = true;
                    }
                    let others = || row.iter().enumerate().filter(|(other, vote)| *other != function && **vote >= 0);
                    overlap += f64::from(u8::from(others().next().is_some()));
                    conflict += f64::from(u8::from(others().any(|(_, vote)| *vote != own)));
                }
                let polarity =
                    (0..self.classes as u32).filter(|class| seen.get(*class as usize) == Some(&true)).collect();
                Report { coverage: coverage / rows, overlap: overlap / rows, conflict: conflict / rows, polarity }
            })
            .collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_report_by_hand() {
        let votes = VoteMatrix::new(vec![0, 0, 1, -1, 0, 1, -1, -1], 2, 2).unwrap();
        let report = votes.report();
        assert_eq!(report[0], Report { coverage: 0.75, overlap: 0.5, conflict: 0.25, polarity: vec![0, 1] });
        assert!(VoteMatrix::new(vec![2], 1, 2).is_err() && VoteMatrix::new(vec![-2], 1, 2).is_err());
    }
}
