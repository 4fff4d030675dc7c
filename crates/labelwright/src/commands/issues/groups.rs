//! Sentences and images as wholes: a sentence is as good as its worst word, an image as the soft minimum of its pixels.

use crate::{
    batch::{Output, probabilities::Probabilities},
    environment::Failure,
};
use clap::ValueEnum;
use labelwright_quality::issues::{segmentation, tokens};
use std::path::Path;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GroupScore {
    /// The lowest score.
    Worst,
    /// A mean that leans to the lowest.
    SoftMinimum,
}

/// `is_issue` and `row_scores` are of the table's rows.
pub fn write(
    path: &Path,
    table: &Probabilities,
    is_issue: &[bool],
    row_scores: &[f64],
    score: GroupScore,
) -> Result<(), Failure> {
    let mut scores = vec![Vec::new(); table.group_names.len()];
    let mut issues = vec![0_usize; table.group_names.len()];
    for ((group, score), is_issue) in table.groups.iter().zip(row_scores).zip(is_issue) {
        if let (Some(own), Some(count)) = (scores.get_mut(*group as usize), issues.get_mut(*group as usize)) {
            own.push(*score);
            *count += usize::from(*is_issue);
        }
    }
    let mut file = Output::create(path)?;
    file.record(&[b"group", b"is_issue", b"score", b"issues", b"rows"])?;
    for (group, (own, issues)) in scores.iter().zip(&issues).enumerate() {
        let score = match score {
            GroupScore::Worst => tokens::worst(own),
            GroupScore::SoftMinimum => segmentation::soft_min(own, segmentation::TEMPERATURE),
        };
        let (is_issue, score) = ((*issues > 0).to_string(), score.to_string());
        let (issues, rows) = (issues.to_string(), own.len().to_string());
        let name = table.group_names.get(group as u32);
        file.record(&[name, is_issue.as_bytes(), score.as_bytes(), issues.as_bytes(), rows.as_bytes()])?;
    }
    file.commit()
}
