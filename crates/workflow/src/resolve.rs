//! From several answers to one. Enters: the head answers of a task. Leaves: a consensus that cites them. A settled
//! disagreement (an adjudication) is never overwritten by a vote.

use crate::{Result, Workflow, jobs::kinds, monitor::parsed, plan::settings_of, policy::Permit};
use labelwright_core::{Answer, JobId};
use labelwright_quality::{Judgement, consensus};
use labelwright_store::records::{
    annotations::{AnnotationRow, ConsensusRow},
    projects::ProjectRow,
};

/// The method's name where votes decided.
pub const MAJORITY: &str = "majority";
/// ... and where a person did.
pub const ADJUDICATED: &str = "adjudicated";

impl Workflow {
    /// Makes or renews the consensus of every task whose seats are all submitted.
    pub async fn resolve_later(&self, project: &Permit<ProjectRow>) -> Result<JobId> {
        let row = project.resource();
        let input = serde_json::json!({ "project": row.id });
        self.enqueue(row.workspace, Some(row.id), kinds::RESOLVE, &input, Some(project.user())).await
    }
}

/// The answers that count: people's, without those that were sent back.
pub(crate) fn counted(heads: &[AnnotationRow]) -> Vec<(&AnnotationRow, Answer)> {
    let good = heads.iter().filter(|head| head.author_kind == "human" && head.state != "returned");
    good.filter_map(|head| parsed(head).map(|answer| (head, answer))).collect()
}

/// The consensus of a task: the adjudicated one if there is one, else the majority. None without answers.
pub(crate) fn consensus_of(
    heads: &[AnnotationRow],
    stored: Option<&ConsensusRow>,
    project: &ProjectRow,
) -> Option<(Answer, &'static str)> {
    if let Some(stored) = stored.filter(|stored| stored.method == ADJUDICATED)
        && let Ok(answer) = serde_json::from_str(&stored.answer)
    {
        return Some((answer, ADJUDICATED));
    }
    let counted = counted(heads);
    if let [(_, only)] = counted.as_slice() {
        return Some((only.clone(), MAJORITY));
    }
    let judgements: Vec<Judgement<'_>> = counted
        .iter()
        .filter_map(|(head, answer)| Some(Judgement { item: head.task.0, labeler: head.author?.0, answer }))
        .collect();
    consensus::majority(&judgements, settings_of(project).iou_threshold).map(|found| (found.answer, MAJORITY))
}

/// The revisions that a consensus rests on, as JSON.
pub(crate) fn cited(heads: &[AnnotationRow]) -> String {
    let inputs = counted(heads).into_iter().map(|(head, _)| serde_json::json!([head.id, head.revision, head.hash]));
    serde_json::Value::Array(inputs.collect()).to_string()
}
