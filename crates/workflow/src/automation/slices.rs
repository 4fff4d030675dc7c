//! Slices: one label or one priority for all tasks of one, or one member who is to label them. Enters: tasks that somebody
//! chose or that a filter finds. Leaves: pre-labels, or answers of that person that went the way of every answer (seat,
//! check, revision), or another order, and a way back from each; or seats that wait for the member for a while.

use crate::{
    Error, Result, Workflow,
    automation::labels,
    jobs::kinds,
    people::check_name,
    policy::{Permit, Principal, Via},
};
use labelwright_core::{Action, JobId, Problem, TaskId, Timestamp, UserId, filter};
use labelwright_store::{
    Tx, audit,
    jobs::{self, NewJob},
    records::{
        bulk_labels::{self, BulkRow, NewBulk},
        projects::ProjectRow,
        slices::{self, Members, SliceRow, SliceState},
    },
    seats::{self, PRIORITY_MAXIMUM},
};

pub use labelwright_store::records::{
    bulk_labels::BulkRow as BulkLabel,
    slices::{SliceRow as Slice, SliceState as SliceStanding},
};

/// Tasks of one slice.
pub const SLICE_TASKS_MAXIMUM: usize = 200_000;
/// Tasks that are assigned at once, and how long they may wait for the member.
pub const ASSIGNED_MAXIMUM: i64 = 5000;
pub const ASSIGNED_HOURS_MAXIMUM: u32 = 30 * 24;
/// Tasks that are assigned in one transaction: short enough that labelers get in between.
const PAGE: i64 = 500;
/// Bulk labels that are told, the newest.
const TOLD: i64 = 50;
/// Slices that are told, the newest.
const SLICES_TOLD: i64 = 200;

/// Which tasks make a slice.
#[derive(Debug, Clone)]
pub enum Chosen {
    Tasks(Vec<TaskId>),
    /// All that a filter finds.
    Found(String),
}

/// What a bulk label becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A suggestion that labelers see.
    Prelabel,
    /// Submitted answers of whoever asks for it.
    Answer,
    /// No label: a place in the order in which tasks are given out.
    Priority,
}

impl Form {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prelabel => "prelabel",
            Self::Answer => "answer",
            Self::Priority => "priority",
        }
    }

    pub(crate) fn read(word: &str) -> Self {
        match word {
            "answer" => Self::Answer,
            "priority" => Self::Priority,
            _ => Self::Prelabel,
        }
    }
}

/// The pre-labels of a bulk label are known by this.
pub(crate) fn source(bulk: i64) -> String {
    format!("bulk:{bulk}")
}

/// The idempotency key of one of its answers: a job that runs again answers nothing twice.
pub(crate) fn key(bulk: i64, task: TaskId) -> String {
    format!("bulk:{bulk}:{task}")
}

/// The person who asked for a job, for what is done in their name: their role is looked up again for each thing.
pub(crate) fn asker(user: UserId) -> Principal {
    Principal { user, name: String::new(), email: String::new(), credential: 0, via: Via::Session }
}

impl Workflow {
    /// Puts tasks of the project together.
    pub async fn create_slice(&self, project: &Permit<ProjectRow>, name: &str, chosen: Chosen) -> Result<SliceRow> {
        let name = check_name("/name", name)?;
        let (members, place) = match chosen {
            Chosen::Tasks(tasks) if (1..=SLICE_TASKS_MAXIMUM).contains(&tasks.len()) => {
                (Members::Tasks(tasks), "/tasks")
            }
            Chosen::Tasks(_) => {
                let message = format!("a slice has 1 to {SLICE_TASKS_MAXIMUM} tasks");
                return Err(Error::invalid("/tasks", "out_of_range", message));
            }
            Chosen::Found(text) => {
                let placed = |problem: Problem| Error::Invalid(vec![Problem { pointer: "/filter".into(), ..problem }]);
                let filter = filter::parse(&text).map_err(placed)?;
                // One more than fits, so that what does not fit is seen.
                (Members::Found(filter, SLICE_TASKS_MAXIMUM as i64 + 1), "/filter")
            }
        };
        let (id, user, now) = (project.resource().id, project.user(), self.now());
        self.write(move |tx| {
            Box::pin(async move {
                let slice = slices::create(tx, id, &name, &members, user, now).await?;
                let slice = slices::slice(tx, slice).await?.ok_or(Error::NotFound("the slice"))?;
                if slice.tasks == 0 {
                    return Err(Error::invalid(place, "unknown", "none of these is a task of the project"));
                }
                if slice.tasks > SLICE_TASKS_MAXIMUM as i64 {
                    let message = format!("more than {SLICE_TASKS_MAXIMUM} tasks fit the filter: make it narrower");
                    return Err(Error::invalid(place, "out_of_range", message));
                }
                Ok(slice)
            })
        })
        .await
    }

    /// The slices of a project, the newest first.
    pub async fn slices(&self, project: &Permit<ProjectRow>) -> Result<Vec<SliceRow>> {
        let id = project.resource().id;
        self.read(move |tx| Box::pin(async move { Ok(slices::of_project(tx, id, SLICES_TOLD).await?) })).await
    }

    /// Takes a slice apart; its tasks stay as they are.
    pub async fn delete_slice(&self, project: &Permit<ProjectRow>, slice: i64) -> Result<()> {
        let (row, slice) = (project.resource().clone(), self.slice_of(project, slice).await?);
        let (by, now) = (project.user(), self.now());
        self.write(move |tx| {
            Box::pin(async move {
                if !slices::remove(tx, slice.id).await? {
                    let message = "something was done to all tasks of this slice at once, which could not be taken back \
                                   without it";
                    return Err(Error::conflict("in_use", message));
                }
                let detail = serde_json::json!({ "name": slice.name, "tasks": slice.tasks });
                let target = format!("slice:{}", slice.id);
                Ok(audit::record(tx, row.workspace, Some(by), "slice.delete", &target, &detail, now).await?)
            })
        })
        .await
    }

    /// Gives all tasks of a slice one priority: a job, which can be taken back like a label.
    pub async fn prioritise_slice_later(
        &self,
        project: &Permit<ProjectRow>,
        slice: i64,
        priority: i64,
    ) -> Result<(i64, JobId)> {
        if priority.abs() > PRIORITY_MAXIMUM {
            let message = format!("a priority is from -{PRIORITY_MAXIMUM} to {PRIORITY_MAXIMUM}");
            return Err(Error::invalid("/priority", "out_of_range", message));
        }
        let slice = self.slice_of(project, slice).await?;
        self.bulk_later(project, &slice, "", &priority.to_string(), Form::Priority).await
    }

    async fn slice_of(&self, project: &Permit<ProjectRow>, slice: i64) -> Result<SliceRow> {
        let found = self.read(move |tx| Box::pin(async move { Ok(slices::slice(tx, slice).await?) })).await?;
        found.filter(|found| found.project == project.resource().id).ok_or(Error::NotFound("the slice"))
    }

    /// A slice, and what of it the caller could answer.
    pub async fn slice(&self, project: &Permit<ProjectRow>, slice: i64) -> Result<(SliceRow, SliceState)> {
        let (row, user) = (self.slice_of(project, slice).await?, project.user());
        let state = self.read(move |tx| Box::pin(async move { Ok(slices::state_for(tx, slice, user).await?) })).await?;
        Ok((row, state))
    }

    /// Gives all tasks of a slice one option of a field: a job.
    pub async fn label_slice_later(
        &self,
        project: &Permit<ProjectRow>,
        slice: i64,
        field: &str,
        value: &str,
        form: Form,
    ) -> Result<(i64, JobId)> {
        let row = project.resource().clone();
        let schema = self.schema_of(row.schema_version).await?;
        let options = labels::options(&schema, field, "/field")?;
        if !options.iter().any(|option| option.id == value) {
            let known: Vec<&str> = options.iter().map(|option| option.id.as_str()).collect();
            let message = format!("{field} has no option {value:?}; it has {}", known.join(", "));
            return Err(Error::invalid("/value", "unknown", message));
        }
        if form == Form::Answer && !project.also(Action::Label) {
            return Err(Error::Forbidden("the scopes of this API token do not cover labeling".into()));
        }
        let slice = self.slice_of(project, slice).await?;
        self.bulk_later(project, &slice, field, value, form).await
    }

    /// Notes what is to be done to all tasks of a slice, and queues it.
    async fn bulk_later(
        &self,
        project: &Permit<ProjectRow>,
        slice: &SliceRow,
        field: &str,
        value: &str,
        form: Form,
    ) -> Result<(i64, JobId)> {
        let (row, slice) = (project.resource().clone(), slice.clone());
        let (author, now, field, value) = (project.user(), self.now(), field.to_owned(), value.to_owned());
        let workspace = row.workspace;
        let made = self
            .write(move |tx| {
                Box::pin(async move {
                    let (field, value) = (field.as_str(), value.as_str());
                    let new =
                        NewBulk { project: row.id, slice: slice.id, field, value, form: form.as_str(), author, now };
                    let bulk = bulk_labels::create(tx, &new).await?;
                    let detail = serde_json::json!({
                        "field": field, "value": value, "form": form.as_str(), "slice": slice.id, "tasks": slice.tasks
                    });
                    let target = format!("bulk_label:{bulk}");
                    audit::record(tx, row.workspace, Some(author), "bulk_label.create", &target, &detail, now).await?;
                    Ok((bulk, queue(tx, &row, bulk, false, author, now).await?))
                })
            })
            .await?;
        self.queued(workspace, made.1);
        Ok(made)
    }

    /// Keeps a place at each task of a slice for a member for some hours: they are given these tasks next, and what they
    /// have not begun then is open to all again. Tasks that they answered or skipped, or that have no open place, stay as
    /// they are. How many wait for them now.
    pub async fn assign_slice(
        &self,
        project: &Permit<ProjectRow>,
        slice: i64,
        member: UserId,
        hours: u32,
    ) -> Result<u64> {
        if !(1..=ASSIGNED_HOURS_MAXIMUM).contains(&hours) {
            let message = format!("tasks are assigned for 1 to {ASSIGNED_HOURS_MAXIMUM} hours");
            return Err(Error::invalid("/hours", "out_of_range", message));
        }
        let (row, slice) = (project.resource().clone(), self.slice_of(project, slice).await?);
        if slice.tasks > ASSIGNED_MAXIMUM {
            let message = format!(
                "the slice has {} tasks, and at most {ASSIGNED_MAXIMUM} are assigned at once: make smaller slices",
                slice.tasks
            );
            return Err(Error::invalid("", "out_of_range", message));
        }
        self.permit_project(&asker(member), row.id, Action::Label).await.map_err(|error| match error {
            Error::NotFound(_) | Error::Forbidden(_) => {
                Error::invalid("/member", "unknown", "the project has no member of this id who may label")
            }
            other => other,
        })?;
        let (by, now) = (project.user(), self.now());
        let until = Timestamp(now.0 + i64::from(hours) * 3_600_000_000);
        let (mut after, mut assigned) = (TaskId(0), 0);
        loop {
            let (place, id) = (row.id, slice.id);
            let page = self.write(move |tx| {
                Box::pin(async move {
                    seats::expire(tx, place, now).await?;
                    let page = slices::tasks_after(tx, id, after, PAGE).await?;
                    Ok((seats::reserve(tx, place, &page, member, until).await?, page.last().copied()))
                })
            });
            let (new, last) = page.await?;
            let Some(last) = last else { break };
            (after, assigned) = (last, assigned + new);
        }
        let (workspace, place, id) = (row.workspace, row.id, slice.id);
        self.write(move |tx| {
            Box::pin(async move {
                let detail = serde_json::json!({ "slice": id, "member": member, "hours": hours, "tasks": assigned });
                let target = format!("project:{place}");
                Ok(audit::record(tx, workspace, Some(by), "slice.assign", &target, &detail, now).await?)
            })
        })
        .await?;
        self.announce(workspace, "project", place.0);
        Ok(assigned)
    }

    /// What was labeled at once in a project, the newest first.
    pub async fn bulk_labels(&self, project: &Permit<ProjectRow>) -> Result<Vec<BulkRow>> {
        let id = project.resource().id;
        self.read(move |tx| Box::pin(async move { Ok(bulk_labels::of_project(tx, id, TOLD).await?) })).await
    }

    /// Takes a bulk label back: its pre-labels go; priorities are what they were, unless they were changed since; its answers go back to who gave them and no longer count, unless they
    /// were changed or judged since. A job.
    pub async fn undo_bulk_label_later(&self, project: &Permit<ProjectRow>, bulk: i64) -> Result<JobId> {
        let (row, user, now) = (project.resource().clone(), project.user(), self.now());
        let workspace = row.workspace;
        let job = self.write(move |tx| {
            Box::pin(async move {
                let found = bulk_labels::bulk(tx, bulk).await?.filter(|found| found.project == row.id);
                let found = found.ok_or(Error::NotFound("the bulk label"))?;
                if found.state != "done" {
                    return Err(Error::conflict("not_done", format!("this bulk label is {}", found.state)));
                }
                bulk_labels::set_state(tx, bulk, "undoing", found.labeled).await?;
                let target = format!("bulk_label:{bulk}");
                let detail = serde_json::json!({ "labeled": found.labeled });
                audit::record(tx, row.workspace, Some(user), "bulk_label.undo", &target, &detail, now).await?;
                queue(tx, &row, bulk, true, user, now).await
            })
        });
        let job = job.await?;
        self.queued(workspace, job);
        Ok(job)
    }
}

/// Queues the job with what asked for it: both happen or neither.
async fn queue(tx: &mut Tx, project: &ProjectRow, bulk: i64, undo: bool, by: UserId, now: Timestamp) -> Result<JobId> {
    let input = serde_json::json!({ "bulk": bulk, "undo": undo }).to_string();
    let (workspace, project) = (project.workspace, Some(project.id));
    let new = NewJob { workspace, project, kind: kinds::BULK_LABEL, input: &input, created_by: Some(by), now };
    Ok(jobs::enqueue(tx, new).await?)
}
