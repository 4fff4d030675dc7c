//! Answers from people. Enters: an answer under a lease. Leaves: a revision, or the exact reason why not, and then the
//! answer is kept as a draft. Also drafts, comments, flags, and a labeler's look at their own work.

use crate::{
    Error, Result, Workflow,
    automation::rule,
    companions::in_panes,
    monitor::keep_agreement,
    plan::settings_of,
    policy::{Permit, TaskInProject},
    resolve::keep_consensus,
};
use labelwright_core::{AnnotationId, Answer, LabelSchema, Limits, TaskId, ValidAnswer};
use labelwright_store::{
    blobs::Blobs,
    records::{
        annotations::{self, MineRow},
        companions, datasets,
        projects::ProjectRow,
        tasks::{self, CommentRow},
    },
    submit::{self, Submission, SubmitError, Submitted},
};

pub use labelwright_store::records::annotations::MineRow as Mine;

/// An answer as it arrives.
#[derive(Debug, Clone)]
pub struct Incoming {
    pub epoch: i64,
    pub parent: Option<i64>,
    /// JSON text: parsed only here, so that a key given twice is seen.
    pub answer: String,
    pub took_ms: i64,
    pub idempotency_key: String,
}

impl Workflow {
    /// Stores an answer. A retry with the same key gets the first outcome back.
    pub async fn submit(&self, task: &Permit<TaskInProject>, incoming: Incoming) -> Result<Submitted> {
        if incoming.idempotency_key.is_empty() || incoming.idempotency_key.len() > 200 {
            let message = "send an Idempotency-Key header of 1 to 200 characters, a new one for each answer";
            return Err(Error::invalid("/headers/Idempotency-Key", "required", message));
        }
        let (resource, labeler, now) = (task.resource().clone(), task.user(), self.now());
        let schema = self.schema_of(resource.project.schema_version).await?;
        let valid = self.validated(&resource, &schema, &incoming.answer).await?;
        let settings = settings_of(&resource.project);
        let threshold = settings.iou_threshold;
        let complete_state = settings.complete_state(resource.task.id);
        let (id, project) = (resource.task.id, resource.project.id);
        let several = settings.overlap > 1;
        let request = format!("{id}\n{:?}\n{}", incoming.parent, valid.canonical_json());
        let request_hash = Blobs::hash(request.as_bytes());
        let answer_text = incoming.answer.clone();
        let outcome: Result<(Submitted, bool), SubmitError> = self
            .store
            .write(move |tx| {
                Box::pin(async move {
                    let new = Submission {
                        project,
                        task: id,
                        labeler,
                        schema_version: resource.project.schema_version,
                        epoch: incoming.epoch,
                        parent: incoming.parent,
                        answer: &valid,
                        took_ms: incoming.took_ms.clamp(0, 86_400_000),
                        idempotency_key: &incoming.idempotency_key,
                        request_hash: &request_hash,
                        complete_state,
                    };
                    let stored = submit::submit(tx, &new, now).await?;
                    let is_settled = matches!(stored.task_state.as_str(), "labeled" | "done");
                    let has_work = rule::answered(tx, &resource.project, id, is_settled, now).await?;
                    if stored.task_state != "open" {
                        keep_agreement(tx, id, threshold).await?;
                        if several {
                            keep_consensus(tx, &resource.project, schema, id, now).await?;
                        }
                    }
                    Ok((stored, has_work))
                })
            })
            .await;
        if matches!(outcome, Err(SubmitError::LeaseLost | SubmitError::StaleParent { .. })) {
            self.keep_draft(id, labeler, answer_text, incoming.parent).await?;
        }
        let (submitted, has_work) = outcome?;
        if has_work {
            self.wake.notify_one();
        }
        self.announce(task.resource().project.workspace, "project", project.0);
        Ok(submitted)
    }

    /// Reads an answer and checks it against schema, item and limits.
    pub(crate) async fn validated(
        &self,
        resource: &TaskInProject,
        schema: &LabelSchema,
        answer: &str,
    ) -> Result<ValidAnswer> {
        let item = resource.task.item;
        let has_panes = !schema.panes.is_empty();
        let (row, companions) = self
            .read(move |tx| {
                Box::pin(async move {
                    let row = datasets::item(tx, item).await?.ok_or(Error::NotFound("the item"))?;
                    Ok((row, if has_panes { companions::of_item(tx, item).await? } else { Vec::new() }))
                })
            })
            .await?;
        let text = self.text_of(&row).await?;
        let own = self.media_shape(&row.shape, text.as_deref()).await?;
        let shape = self.whole_shape(own, &in_panes(schema, companions)).await?;
        let valid = Answer::parse_valid(answer, schema, &shape, &Limits::DEFAULT).map_err(|problems| {
            let at = |pointer: &str| format!("/answer{pointer}");
            Error::Invalid(
                problems.into_iter().map(|p| labelwright_core::Problem { pointer: at(&p.pointer), ..p }).collect(),
            )
        })?;
        self.check_concepts(resource.project.workspace, schema, valid.answer()).await?;
        Ok(valid)
    }

    async fn keep_draft(
        &self,
        task: TaskId,
        user: labelwright_core::UserId,
        answer: String,
        base: Option<i64>,
    ) -> Result<()> {
        let now = self.now();
        self.write(move |tx| Box::pin(async move { Ok(submit::save_draft(tx, task, user, &answer, base, now).await?) }))
            .await
    }

    /// Keeps an unfinished answer as it is. It need not be valid, only JSON of a bearable size.
    pub async fn save_draft(&self, task: &Permit<TaskInProject>, answer: String) -> Result<()> {
        if answer.len() > Limits::DEFAULT.json_bytes {
            return Err(Error::invalid("/answer", "too_large", "the draft is too large"));
        }
        self.keep_draft(task.resource().task.id, task.user(), answer, None).await
    }

    /// One's own answers, newest first; `before` is the last task already seen.
    pub async fn mine(&self, project: &Permit<ProjectRow>, before: Option<TaskId>, limit: i64) -> Result<Vec<MineRow>> {
        let (id, user) = (project.resource().id, project.user());
        self.read(move |tx| {
            Box::pin(async move {
                let last = match before {
                    Some(task) => annotations::id_of_labeler(tx, task, user).await?,
                    None => None,
                };
                Ok(annotations::mine(tx, id, user, last.unwrap_or(AnnotationId(i64::MAX)), limit).await?)
            })
        })
        .await
    }

    pub async fn comment(&self, task: &Permit<TaskInProject>, region: Option<String>, body: &str) -> Result<i64> {
        let body = body.trim().to_owned();
        if body.is_empty() || body.chars().count() > 5000 {
            return Err(Error::invalid("/body", "out_of_range", "a comment has 1 to 5000 characters"));
        }
        let (id, user, now) = (task.resource().task.id, task.user(), self.now());
        self.write(move |tx| {
            Box::pin(async move { Ok(tasks::add_comment(tx, id, region.as_deref(), user, &body, now).await?) })
        })
        .await
    }

    /// Reviewers see all comments, labelers their own: those of others could tell their answers.
    pub async fn comments(&self, task: &Permit<TaskInProject>) -> Result<Vec<CommentRow>> {
        let (id, user, all) = (task.resource().task.id, task.user(), task.also(labelwright_core::Action::Review));
        self.read(move |tx| {
            Box::pin(async move {
                Ok(if all { tasks::comments(tx, id).await? } else { tasks::comments_of(tx, id, user).await? })
            })
        })
        .await
    }

    pub async fn flag(&self, task: &Permit<TaskInProject>, reason: &str) -> Result<()> {
        let reason = reason.trim().to_owned();
        if reason.chars().count() > 1000 {
            return Err(Error::invalid("/reason", "too_long", "a reason has at most 1000 characters"));
        }
        let (id, user, now) = (task.resource().task.id, task.user(), self.now());
        self.write(move |tx| Box::pin(async move { Ok(tasks::flag(tx, id, user, &reason, now).await?) })).await
    }
}
