//! Judging answers. Enters: tasks whose seats are all submitted. Leaves: accepted or returned annotations, fixes as new
//! revisions, and settled disagreements as a consensus that cites its inputs.

use crate::{
    Error, Result, Workflow,
    automation::rule,
    monitor::{TaskDetail, keep_agreement},
    plan::settings_of,
    policy::{AnnotationInProject, Permit, TaskInProject},
    resolve::keep_consensus,
};
use labelwright_core::{AnnotationId, TaskId, ValidAnswer};
use labelwright_store::{
    Tx, audit,
    records::{annotations, projects::ProjectRow, tasks, webhooks},
    submit::{self, NewRevision},
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Accept,
    /// Back to the labeler, with the reason.
    Reject,
    /// The reviewer's own revision takes the place.
    Fix {
        answer: String,
    },
}

impl Workflow {
    /// The next task that waits for review and that the reviewer did not label themselves.
    pub async fn next_review(&self, project: &Permit<ProjectRow>, after: Option<TaskId>) -> Result<Option<TaskDetail>> {
        let (row, user) = (project.resource().clone(), project.user());
        let start = after.unwrap_or(TaskId(0));
        let found = self
            .read(move |tx| {
                Box::pin(async move {
                    // Past the last one the queue begins again.
                    match tasks::next_review(tx, row.id, start, user).await? {
                        None if start.0 > 0 => Ok(tasks::next_review(tx, row.id, TaskId(0), user).await?),
                        found => Ok(found),
                    }
                })
            })
            .await?;
        let Some(task) = found else { return Ok(None) };
        let permit = self.permit_task(project.principal(), task, labelwright_core::Action::Review).await?;
        self.task_detail(&permit).await.map(Some)
    }

    /// Judges one revision of an annotation; `revision` is the one that the reviewer saw.
    pub async fn review(
        &self,
        annotation: &Permit<AnnotationInProject>,
        revision: i64,
        verdict: Verdict,
        reason: &str,
    ) -> Result<()> {
        let (resource, reviewer, now) = (annotation.resource().clone(), annotation.user(), self.now());
        let reason = reason.trim().to_owned();
        if verdict == Verdict::Reject && reason.is_empty() {
            let message = "say why it is sent back, so that the labeler can mend it";
            return Err(Error::invalid("/reason", "required", message));
        }
        if reason.chars().count() > 5000 {
            return Err(Error::invalid("/reason", "too_long", "a reason has at most 5000 characters"));
        }
        let Some(owner) = resource.annotation.author else {
            return Err(Error::conflict("not_a_person", "only people's answers are reviewed"));
        };
        if owner == reviewer {
            return Err(Error::Forbidden("nobody reviews their own answer".into()));
        }
        let schema = self.schema_of(resource.project.schema_version).await?;
        let place = TaskInProject { task: resource.task.clone(), project: resource.project.clone() };
        let fixed: Option<ValidAnswer> = match &verdict {
            Verdict::Fix { answer } => Some(self.validated(&place, &schema, answer).await?),
            Verdict::Accept | Verdict::Reject => None,
        };
        let (workspace, project) = (resource.project.workspace, resource.project.id);
        self.write(move |tx| {
            Box::pin(async move {
                let id = resource.annotation.id;
                let head = annotations::annotation(tx, id).await?.ok_or(Error::NotFound("the annotation"))?;
                if head.revision != revision {
                    return Err(Error::Conflict {
                        code: "stale_parent",
                        message: format!("the answer was changed meanwhile: revision {}", head.revision),
                        head: Some(crate::Head { revision: head.revision, answer: head.answer }),
                    });
                }
                let word = match &verdict {
                    Verdict::Accept => "accept",
                    Verdict::Reject => "reject",
                    Verdict::Fix { .. } => "fix",
                };
                annotations::add_review(tx, id, revision, reviewer, word, &reason, now).await?;
                match &fixed {
                    Some(answer) => {
                        let new = NewRevision {
                            project: resource.project.id,
                            task: resource.task.id,
                            owner,
                            author: reviewer,
                            schema_version: resource.project.schema_version,
                            answer,
                            took_ms: 0,
                            idempotency_key: None,
                            state: "accepted",
                        };
                        submit::append(tx, &new, now).await?;
                    }
                    None => {
                        let state = if verdict == Verdict::Reject { "returned" } else { "accepted" };
                        annotations::set_state(tx, id, state).await?;
                    }
                }
                let state = state_after_review(tx, resource.task.id).await?;
                keep_agreement(tx, resource.task.id, settings_of(&resource.project).iou_threshold).await?;
                keep_consensus(tx, &resource.project, schema, resource.task.id, now).await?;
                tasks::set_state(tx, resource.task.id, state, now).await?;
                if state == "done" {
                    rule::settled(tx, &resource.project, resource.task.id, now).await?;
                }
                let told = serde_json::json!({
                    "task": resource.task.id, "annotation": id, "revision": revision, "verdict": word, "reviewer": reviewer
                });
                webhooks::note_of_task(tx, resource.task.id, "answer.reviewed", &told, now).await?;
                let detail = serde_json::json!({ "revision": revision, "verdict": word });
                let target = format!("annotation:{id}");
                audit::record(tx, workspace, Some(reviewer), "annotation.review", &target, &detail, now).await?;
                Ok(())
            })
        })
        .await?;
        self.announce(workspace, "project", project.0);
        Ok(())
    }

    /// Settles a task: this answer, citing the revisions that it was made from.
    pub async fn adjudicate(
        &self,
        task: &Permit<TaskInProject>,
        answer: &str,
        inputs: &[(AnnotationId, i64)],
    ) -> Result<i64> {
        let (resource, reviewer, now) = (task.resource().clone(), task.user(), self.now());
        let schema = self.schema_of(resource.project.schema_version).await?;
        let valid = self.validated(&resource, &schema, answer).await?;
        let inputs = inputs.to_vec();
        let (workspace, project) = (resource.project.workspace, resource.project.id);
        let number = self
            .write(move |tx| {
                Box::pin(async move {
                    let id = resource.task.id;
                    let heads = annotations::of_task(tx, id).await?;
                    let mut cited = Vec::new();
                    for (index, (annotation, revision)) in inputs.iter().enumerate() {
                        let head = heads.iter().find(|head| head.id == *annotation);
                        let head = head.ok_or_else(|| {
                            let message = "this annotation does not belong to the task";
                            Error::invalid(&format!("/inputs/{index}"), "unknown", message)
                        })?;
                        if head.revision != *revision {
                            return Err(Error::conflict("stale_parent", "an answer was changed meanwhile; load again"));
                        }
                        cited.push(serde_json::json!([head.id, head.revision, head.hash]));
                    }
                    let cited = serde_json::Value::Array(cited).to_string();
                    let text = valid.canonical_json();
                    let number =
                        annotations::add_consensus(tx, id, &text, "adjudicated", Some(reviewer), &cited, now).await?;
                    tasks::set_state(tx, id, "done", now).await?;
                    rule::settled(tx, &resource.project, id, now).await?;
                    let detail = serde_json::json!({ "number": number });
                    let target = format!("task:{id}");
                    audit::record(tx, workspace, Some(reviewer), "task.adjudicate", &target, &detail, now).await?;
                    Ok(number)
                })
            })
            .await?;
        self.announce(workspace, "project", project.0);
        Ok(number)
    }
}

/// A task is done when all its answers are accepted, open again when one went back, else still in review.
async fn state_after_review(tx: &mut Tx, task: TaskId) -> Result<&'static str> {
    let states: Vec<String> = annotations::of_task(tx, task).await?.into_iter().map(|row| row.state).collect();
    Ok(if states.iter().any(|state| state == "returned") {
        "open"
    } else if states.iter().all(|state| state == "accepted") {
        "done"
    } else {
        "in_review"
    })
}
