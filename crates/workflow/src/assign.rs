//! Who labels what, now. Enters: a labeler who wants work. Leaves: leases with everything that an editor needs.
//!
//! Keeps: a labeler sees neither gold answers nor other people's answers: [`Assignment`] has no field for them. What
//! was sent back comes first, then what the labeler holds already, then new work.

use crate::{
    Error, Result, Workflow,
    automation::control,
    companions::{self, Companion},
    media::StoredShape,
    plan::settings_of,
    policy::{Permit, TaskInProject},
    prelabels::fitted,
};
use labelwright_core::{
    Answer, LabelSchema, MediaShape, Modality, SchemaVersionId, TaskId, Timestamp, UserId, Value,
    dialogue::Conversation,
    document::{LayerHead, TextLayer},
    table::Table,
};
use labelwright_store::{
    Tx,
    records::{
        annotations::{self, AnnotationRow},
        datasets::{self, ItemRow},
        model_runs, predictions,
        projects::{self, ProjectRow},
        suggestions, tasks,
    },
    seats::{self, Lease, SeatState},
    submit,
};

/// One task in the hands of one labeler.
#[derive(Debug, Clone)]
pub struct Assignment {
    pub task: TaskId,
    pub item: ItemRow,
    /// What is shown in panes beside the item.
    pub companions: Vec<Companion>,
    /// The text itself, for texts; for a conversation its [`Conversation::view`].
    pub text: Option<String>,
    pub epoch: i64,
    pub lease_until: Timestamp,
    pub schema_version: SchemaVersionId,
    /// The labeler's own earlier answer.
    pub annotation: Option<AnnotationRow>,
    pub returned_reason: Option<String>,
    pub draft: Option<String>,
    pub prelabels: Vec<Prelabel>,
}

/// What a model or an import says about a task.
#[derive(Debug, Clone)]
pub struct Prelabel {
    pub source: String,
    pub answer: Answer,
    /// The model's probability, 0 to 1.
    pub score: Option<f64>,
}

/// Why there is no task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoTask {
    /// The project has no tasks.
    Empty,
    /// Every seat is submitted.
    AllDone,
    /// What is open is not for this labeler: they labeled or skipped it, or others hold it.
    NoneForYou,
}

#[derive(Debug, Clone)]
pub struct Next {
    pub assignments: Vec<Assignment>,
    pub none: Option<NoTask>,
}

impl Workflow {
    /// Up to `count` assignments (1 to 10).
    pub async fn next(&self, project: &Permit<ProjectRow>, count: u32) -> Result<Next> {
        if !(1..=10).contains(&count) {
            return Err(Error::invalid("/count", "out_of_range", "count is 1 to 10"));
        }
        let (row, user, now) = (project.resource().clone(), project.user(), self.now());
        let schema = self.schema_of(row.schema_version).await?;
        let settings = settings_of(&row);
        let found = self
            .write(move |tx| {
                Box::pin(async move {
                    let mut leases = returned(tx, &row, user, count, settings.lease_seconds, now).await?;
                    if leases.len() < count as usize {
                        leases.extend(seats::leases_of(tx, row.id, user, now, count).await?);
                    }
                    leases.truncate(count as usize);
                    let missing = count - leases.len() as u32;
                    if missing > 0 {
                        leases.extend(seats::claim(tx, row.id, user, missing, settings.lease_seconds, now).await?);
                    }
                    let mut assignments = Vec::new();
                    for lease in &leases {
                        assignments.push(assignment(tx, &row, user, lease, &schema, settings.blind).await?);
                    }
                    let none = if assignments.is_empty() { Some(why_none(tx, &row).await?) } else { None };
                    Ok((assignments, none))
                })
            })
            .await?;
        let (mut assignments, none) = found;
        for one in &mut assignments {
            self.load_text(one, user).await?;
        }
        Ok(Next { assignments, none })
    }

    /// One certain task again: to go on with it, or to look at and change what one submitted.
    pub async fn assignment(&self, task: &Permit<TaskInProject>) -> Result<Assignment> {
        let (resource, user, now) = (task.resource().clone(), task.user(), self.now());
        let schema = self.schema_of(resource.project.schema_version).await?;
        let settings = settings_of(&resource.project);
        let mut found = self
            .write(move |tx| {
                Box::pin(async move {
                    let id = resource.task.id;
                    let lease = match seats::held(tx, id, user).await? {
                        Some(held) => Some(held.lease),
                        None => seats::claim_task(tx, id, user, settings.lease_seconds, now).await?,
                    };
                    let lease = lease
                        .ok_or_else(|| Error::conflict("no_seat", "this task has no open place for you any more"))?;
                    assignment(tx, &resource.project, user, &lease, &schema, settings.blind).await
                })
            })
            .await?;
        self.load_text(&mut found, user).await?;
        Ok(found)
    }

    /// Texts that were too long to lie in the row come from their blob.
    async fn load_text(&self, assignment: &mut Assignment, user: UserId) -> Result<()> {
        let seen_by = Some((assignment.task, user));
        assignment.text = self.shown_text(&assignment.item, seen_by).await?;
        self.load_texts(&mut assignment.companions, seen_by).await
    }

    /// What people who judge an item read of it: a text as it is, a conversation without the names of its models and in
    /// the order that is this person's for this task.
    pub(crate) async fn shown_text(&self, item: &ItemRow, seen_by: Option<(TaskId, UserId)>) -> Result<Option<String>> {
        let text = self.text_of(item).await?;
        if item.modality != Modality::Dialogue.as_str() {
            return Ok(text);
        }
        let broken = || Error::internal(format!("the conversation of item {} cannot be read", item.id));
        let conversation = text.as_deref().and_then(Conversation::stored).ok_or_else(broken)?;
        Ok(Some(conversation.view(seen_by.map(|(task, user)| (task.0, user.0)))))
    }

    /// The text of a text, and a conversation or a table as it is stored.
    pub(crate) async fn text_of(&self, item: &ItemRow) -> Result<Option<String>> {
        self.words_in(&item.modality, item.content.as_ref(), &item.hash).await
    }

    /// What an answer to an item has to fit into; `words` are those of a text or a conversation.
    pub(crate) async fn media_shape(&self, shape: &str, words: Option<&str>) -> Result<MediaShape> {
        let Some(StoredShape::Document { layer, .. }) = StoredShape::read(shape) else {
            return Ok(StoredShape::media_shape(shape, words));
        };
        let bytes = self.blobs.get(&layer).await?;
        LayerHead::shape(&bytes).ok_or_else(|| Error::internal(format!("the text layer {layer} cannot be read")))
    }

    /// The text layer of a document, by the hash of its blob.
    pub(crate) async fn layer(&self, hash: &str) -> Result<TextLayer> {
        let bytes = self.blobs.get(hash).await?;
        TextLayer::from_bytes(&bytes).ok_or_else(|| Error::internal(format!("the text layer {hash} cannot be read")))
    }

    /// The text of a text, and the cells of a table as text; other items have none, conversations too.
    pub(crate) async fn text_in(&self, modality: &str, content: Option<&String>, hash: &str) -> Result<Option<String>> {
        let is_table = modality == Modality::Table.as_str();
        if modality != Modality::Text.as_str() && !is_table {
            return Ok(None);
        }
        let words = self.words_in(modality, content, hash).await?;
        let cells = |words: String| Table::stored(&words).map(|table| table.text());
        Ok(if is_table { words.and_then(cells) } else { words })
    }

    /// Short texts lie in their row, longer ones in their blob.
    pub(crate) async fn words_in(
        &self,
        modality: &str,
        content: Option<&String>,
        hash: &str,
    ) -> Result<Option<String>> {
        if ![Modality::Text, Modality::Dialogue, Modality::Table].iter().any(|one| one.as_str() == modality) {
            return Ok(None);
        }
        if let Some(text) = content {
            return Ok(Some(text.clone()));
        }
        let bytes = self.blobs.get(hash).await?;
        let text = String::from_utf8(bytes.to_vec()).map_err(|_| Error::internal("a stored text is not UTF-8"))?;
        Ok(Some(text))
    }

    /// Lengthens a lease. Whoever mends a submitted answer holds the seat for good: there is nothing to lose.
    pub async fn renew(&self, task: &Permit<TaskInProject>, epoch: i64) -> Result<Timestamp> {
        let (resource, user) = (task.resource().clone(), task.user());
        let seconds = i64::from(settings_of(&resource.project).lease_seconds);
        let until = Timestamp(self.now().0 + seconds * 1_000_000);
        let id = resource.task.id;
        let good = self
            .write(move |tx| {
                Box::pin(async move {
                    let mine = |held: seats::HeldSeat| held.state == SeatState::Submitted && held.lease.epoch == epoch;
                    Ok(seats::renew(tx, id, user, epoch, until).await?
                        || seats::held(tx, id, user).await?.is_some_and(mine))
                })
            })
            .await?;
        if good { Ok(until) } else { Err(lost()) }
    }

    pub async fn release(&self, task: &Permit<TaskInProject>, epoch: i64) -> Result<()> {
        let (resource, user) = (task.resource().clone(), task.user());
        let (project, id) = (resource.project.id, resource.task.id);
        let released = self
            .write(move |tx| Box::pin(async move { Ok(seats::release(tx, project, id, user, epoch).await?) }))
            .await?;
        if released { Ok(()) } else { Err(lost()) }
    }

    pub async fn skip(&self, task: &Permit<TaskInProject>, epoch: i64, reason: &str) -> Result<()> {
        let reason = reason.trim().to_owned();
        if reason.chars().count() > 1000 {
            return Err(Error::invalid("/reason", "too_long", "a reason has at most 1000 characters"));
        }
        let (resource, user, now) = (task.resource().clone(), task.user(), self.now());
        let (project, id) = (resource.project.id, resource.task.id);
        let skipped = self
            .write(move |tx| {
                Box::pin(async move { Ok(seats::skip(tx, project, id, user, epoch, &reason, now).await?) })
            })
            .await?;
        if skipped { Ok(()) } else { Err(lost()) }
    }
}

fn lost() -> Error {
    Error::conflict("lease_expired", "the lease on this task has run out or was given up")
}

/// What a reviewer sent back to this labeler; their seat is theirs still.
async fn returned(
    tx: &mut Tx,
    project: &ProjectRow,
    user: UserId,
    count: u32,
    lease_seconds: u32,
    now: Timestamp,
) -> Result<Vec<Lease>> {
    let mut leases = Vec::new();
    for task in annotations::returned_to(tx, project.id, user, i64::from(count)).await? {
        if let Some(held) = seats::held(tx, task, user).await?
            && held.state == SeatState::Submitted
        {
            let until = Timestamp(now.0 + i64::from(lease_seconds) * 1_000_000);
            leases.push(Lease { until, ..held.lease });
        }
    }
    Ok(leases)
}

async fn assignment(
    tx: &mut Tx,
    project: &ProjectRow,
    user: UserId,
    lease: &Lease,
    schema: &LabelSchema,
    blind: bool,
) -> Result<Assignment> {
    let task = tasks::task(tx, lease.task).await?.ok_or(Error::NotFound("the task"))?;
    let item = datasets::item(tx, task.item).await?.ok_or(Error::NotFound("the item"))?;
    let own = annotations::of_labeler(tx, lease.task, user).await?;
    let returned_reason = match &own {
        Some(own) if own.state == "returned" => annotations::last_rejection(tx, own.id).await?,
        _ => None,
    };
    let companions = companions::shown(tx, schema, item.id).await?;
    let mut prelabels = Vec::new();
    if !blind && own.is_none() {
        let own = StoredShape::media_shape(&item.shape, item.content.as_deref());
        let shape = companions::roughly(own, &companions);
        if let Some(found) = suggestions::shown(tx, task.id).await? {
            let fields = [(found.field, Value::Text(found.value))].into();
            if let Some(answer) = fitted(&Answer { fields, ..Answer::default() }, schema, &shape) {
                prelabels.push(Prelabel { source: format!("model {}", found.run), answer, score: Some(found.score) });
            }
        }
        let came = datasets::item_answers(tx, item.id).await?.into_iter().map(|(source, text)| (source, text, None));
        let is_control =
            model_runs::control(tx, project.id).await?.is_some_and(|bound| control::place(task.id) < bound);
        let guessed = if is_control { Vec::new() } else { predictions::of_task(tx, task.id).await? }.into_iter();
        for (source, text, score) in came.chain(guessed.map(|(source, text, score)| (source, text, Some(score)))) {
            let answer: Option<Answer> = serde_json::from_str(&text).ok();
            if let Some(answer) = answer.and_then(|answer| fitted(&answer, schema, &shape)) {
                prelabels.push(Prelabel { source, answer, score });
            }
        }
    }
    Ok(Assignment {
        task: lease.task,
        text: None,
        epoch: lease.epoch,
        lease_until: lease.until,
        schema_version: project.schema_version,
        annotation: own,
        returned_reason,
        draft: submit::draft(tx, lease.task, user).await?,
        prelabels,
        item,
        companions,
    })
}

async fn why_none(tx: &mut Tx, project: &ProjectRow) -> Result<NoTask> {
    Ok(match tasks::seats_there(tx, project.id).await? {
        (false, false) => NoTask::Empty,
        (false, true) => NoTask::AllDone,
        (true, _) => NoTask::NoneForYou,
    })
}

impl Workflow {
    pub async fn guidelines_read(&self, project: &Permit<ProjectRow>) -> Result<i64> {
        let (id, user) = (project.resource().id, project.user());
        self.read(move |tx| Box::pin(async move { Ok(projects::guidelines_read(tx, id, user).await?) })).await
    }
}
