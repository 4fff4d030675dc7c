//! One label or priority for all tasks of a slice, or its taking back. Safe to repeat: answers carry keys by which they are
//! known, pre-labels take each other's place, and what a priority was is noted once.

use super::{Running, Stopped, input};
use crate::{
    Error, Result, Workflow,
    annotate::Incoming,
    automation::slices::{Form, asker, key, source},
    monitor::keep_agreement,
    plan::settings_of,
    resolve::keep_consensus,
};
use labelwright_core::{Action, Answer, TaskId, Value};
use labelwright_store::{
    jobs::JobProblem,
    records::{
        annotations,
        bulk_labels::{self, BulkRow},
        predictions::{self, NewPrediction},
        projects::{self, ProjectRow},
        slices, tasks,
    },
    seats,
};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct BulkInput {
    bulk: i64,
    undo: bool,
}

const PAGE: i64 = 500;

pub async fn run(running: &mut Running<'_>) -> Result<serde_json::Value, Stopped> {
    let BulkInput { bulk, undo } = input(running)?;
    let workflow = running.workflow.clone();
    let found = workflow.read(move |tx| {
        Box::pin(async move {
            let bulk = bulk_labels::bulk(tx, bulk).await?.ok_or(Error::NotFound("the bulk label"))?;
            let project = projects::project(tx, bulk.project).await?.ok_or(Error::NotFound("the project"))?;
            let slice = slices::slice(tx, bulk.slice).await?.ok_or(Error::NotFound("the slice"))?;
            Ok((bulk, project, slice.tasks))
        })
    });
    let (bulk, project, total) = found.await?;
    let form = Form::read(&bulk.form);
    let (mut after, mut seen, mut done) = (TaskId(0), 0, 0_i64);
    loop {
        let slice = bulk.slice;
        let page = workflow
            .read(move |tx| Box::pin(async move { Ok(slices::tasks_after(tx, slice, after, PAGE).await?) }))
            .await?;
        let Some(last) = page.last() else { break };
        after = *last;
        match (form, undo) {
            (Form::Prelabel, true) => {}
            (Form::Prelabel, false) => {
                done += page.len() as i64;
                suggest(&workflow, &bulk, page.clone()).await?;
            }
            (Form::Priority, _) => done += prioritise(&workflow, &bulk, page.clone(), undo).await?,
            (Form::Answer, _) => {
                for task in &page {
                    let outcome = if undo {
                        take_back(&workflow, &project, &bulk, *task).await
                    } else {
                        answer(&workflow, &bulk, *task).await.map(|()| true)
                    };
                    match outcome {
                        Ok(true) => done += 1,
                        Ok(false) => {}
                        Err(error @ (Error::Unavailable | Error::StorageFull | Error::Internal(_))) => {
                            return Err(error.into());
                        }
                        Err(error) => running.problems(vec![problem(*task, &error)]).await?,
                    }
                    seen += 1;
                    running.progress(seen, total, if undo { "taking answers back" } else { "answering" }).await?;
                }
                continue;
            }
        }
        seen += page.len() as i64;
        running.progress(seen, total, "labeling").await?;
    }
    let (id, source, project_id) = (bulk.id, source(bulk.id), project.id);
    let ended = workflow.write(move |tx| {
        Box::pin(async move {
            let mut done = done;
            if undo && form == Form::Prelabel {
                done = predictions::drop_source(tx, project_id, &source).await? as i64;
            }
            bulk_labels::set_state(tx, id, if undo { "undone" } else { "done" }, done).await?;
            Ok::<_, Error>(done)
        })
    });
    let done = ended.await?;
    workflow.announce(project.workspace, "project", project.id.0);
    Ok(json!({ "bulk": bulk.id, "tasks": total, "labeled": done, "undone": undo, "form": form.as_str() }))
}

fn problem(task: TaskId, error: &Error) -> JobProblem {
    JobProblem { place: format!("task {task}"), code: error.code().to_owned(), message: error.to_string() }
}

fn said(bulk: &BulkRow) -> String {
    let fields = [(bulk.field.clone(), Value::Text(bulk.value.clone()))].into();
    Answer { fields, ..Answer::default() }.canonical_json()
}

async fn suggest(workflow: &Workflow, bulk: &BulkRow, page: Vec<TaskId>) -> Result<()> {
    let (answer, project, source, now) = (said(bulk), bulk.project, source(bulk.id), bulk.at);
    let new = page.into_iter().map(|task| NewPrediction { task, answer: answer.clone(), score: 1.0 });
    let new: Vec<_> = new.collect();
    workflow
        .write(move |tx| Box::pin(async move { Ok(predictions::keep(tx, project, &source, now, &new).await?) }))
        .await
}

/// How many tasks have another priority now.
async fn prioritise(workflow: &Workflow, bulk: &BulkRow, page: Vec<TaskId>, undo: bool) -> Result<i64> {
    let (id, project) = (bulk.id, bulk.project);
    let given: i64 = bulk.value.parse().map_err(|_| Error::internal("a priority is no number"))?;
    workflow
        .write(move |tx| {
            Box::pin(async move {
                let mut done = 0;
                for task in page {
                    let priority = if undo {
                        bulk_labels::noted_priority(tx, id, task, given).await?
                    } else {
                        bulk_labels::note_priority(tx, id, task).await?;
                        Some(given)
                    };
                    if let Some(priority) = priority {
                        seats::set_priority(tx, project, task, priority).await?;
                        done += 1;
                    }
                }
                Ok::<i64, Error>(done)
            })
        })
        .await
}

/// The way of every answer: a seat, a check, a revision. Where there is no seat for this person, or the answer alone is
/// not valid, nothing is stored and the reason is told.
async fn answer(workflow: &Workflow, bulk: &BulkRow, task: TaskId) -> Result<()> {
    let permit = workflow.permit_task(&asker(bulk.author), task, Action::Label).await?;
    let (author, key) = (bulk.author, key(bulk.id, task));
    let asked = key.clone();
    let there = workflow
        .read(move |tx| {
            Box::pin(async move {
                let mine = annotations::of_labeler(tx, task, author).await?.is_some();
                Ok((mine, bulk_labels::untouched(tx, task, author, &asked).await?.is_some()))
            })
        })
        .await?;
    match there {
        (_, true) => return Ok(()),
        (true, false) => return Err(Error::conflict("answered", "you have answered this task already")),
        (false, false) => {}
    }
    let assignment = workflow.assignment(&permit).await?;
    let incoming =
        Incoming { epoch: assignment.epoch, parent: None, answer: said(bulk), took_ms: 0, idempotency_key: key };
    let outcome = workflow.submit(&permit, incoming).await;
    if outcome.is_err() {
        // Somebody else may answer it better; a lease that is gone already needs no giving back.
        drop(workflow.release(&permit, assignment.epoch).await);
    }
    outcome.map(|_| ())
}

/// Sends an answer back to who gave it, unless something was done with it since: then false.
async fn take_back(workflow: &Workflow, project: &ProjectRow, bulk: &BulkRow, task: TaskId) -> Result<bool> {
    let schema = workflow.schema_of(project.schema_version).await?;
    let (project, author, key, now) = (project.clone(), bulk.author, key(bulk.id, task), workflow.now());
    workflow
        .write(move |tx| {
            Box::pin(async move {
                let Some((annotation, revision)) = bulk_labels::untouched(tx, task, author, &key).await? else {
                    return Ok(false);
                };
                let why = "the label that many tasks got at once was taken back";
                annotations::add_review(tx, annotation, revision, author, "reject", why, now).await?;
                annotations::set_state(tx, annotation, "returned").await?;
                keep_agreement(tx, task, settings_of(&project).iou_threshold).await?;
                keep_consensus(tx, &project, schema, task, now).await?;
                tasks::set_state(tx, task, "open", now).await?;
                Ok(true)
            })
        })
        .await
}
