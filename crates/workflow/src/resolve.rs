//! From several answers to one. Enters: the head answers of a task. Leaves: a consensus that cites them. A settled
//! disagreement (an adjudication) is never overwritten by a vote.

use crate::{Result, Workflow, jobs::kinds, monitor::parsed, policy::Permit, settle::Settler};
use labelwright_core::{Answer, JobId, LabelSchema, TaskId, Timestamp};
use labelwright_store::{
    StoreError, Tx,
    records::{
        annotations::{self, AnnotationRow},
        projects::ProjectRow,
    },
};
use std::sync::Arc;

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

/// Does an answer count? People's do, without those that were sent back.
pub(crate) fn counts(head: &AnnotationRow) -> bool {
    head.author_kind == "human" && head.state != "returned"
}

/// The answers that count.
pub(crate) fn counted(heads: &[AnnotationRow]) -> Vec<(&AnnotationRow, Answer)> {
    heads.iter().filter(|head| counts(head)).filter_map(|head| parsed(head).map(|answer| (head, answer))).collect()
}

/// The revisions that a consensus rests on, as JSON.
pub(crate) fn cited(heads: &[AnnotationRow]) -> String {
    let inputs = counted(heads).into_iter().map(|(head, _)| serde_json::json!([head.id, head.revision, head.hash]));
    serde_json::Value::Array(inputs.collect()).to_string()
}

/// Renews a task's consensus in the transaction that changed its answers, when there are several.
pub(crate) async fn keep_consensus(
    tx: &mut Tx,
    project: &ProjectRow,
    schema: Arc<LabelSchema>,
    task: TaskId,
    now: Timestamp,
) -> std::result::Result<(), StoreError> {
    let heads = annotations::of_task(tx, task).await?;
    if heads.iter().filter(|head| counts(head)).count() < 2 {
        return Ok(());
    }
    let settler = Settler::kept(tx, project, schema).await?;
    renew(tx, &settler, &heads, task, now).await.map(|_| ())
}

/// Stores a task's consensus unless the stored one rests on the same answers or was settled by a person.
pub(crate) async fn renew(
    tx: &mut Tx,
    settler: &Settler,
    heads: &[AnnotationRow],
    task: TaskId,
    now: Timestamp,
) -> std::result::Result<bool, StoreError> {
    let stored = annotations::consensus(tx, task).await?;
    if stored.as_ref().is_some_and(|stored| stored.method == ADJUDICATED) {
        return Ok(false);
    }
    let Some((answer, method)) = settler.consensus(heads, stored.as_ref()) else { return Ok(false) };
    let (text, inputs) = (answer.canonical_json(), cited(heads));
    // A method may find another answer in the same inputs, because it learns from other tasks too.
    let same = |stored: &annotations::ConsensusRow| {
        stored.inputs == inputs && stored.method == method && stored.answer == text
    };
    if stored.as_ref().is_some_and(same) {
        return Ok(false);
    }
    annotations::add_consensus(tx, task, &text, &method, None, &inputs, now).await?;
    Ok(true)
}
