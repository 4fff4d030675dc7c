//! Turns the items of a project's datasets into tasks, and brings seats to the project's overlap. Safe to repeat: what
//! is there already is left alone.

use super::{Running, Stopped, input};
use crate::{
    Error, Workflow,
    monitor::keep_agreement,
    plan::{place, settings_of},
};
use labelwright_core::{ItemId, ProjectId, TaskId};
use labelwright_store::{
    records::{
        annotations, projects,
        tasks::{self, ItemToPlan},
    },
    seats::{self, OverlapChange},
};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct PlanInput {
    project: ProjectId,
    /// May tasks have another number of seats than the settings ask for?
    #[serde(default)]
    overlap: bool,
    /// Is the agreement of complete tasks to be measured again?
    #[serde(default)]
    remeasure: bool,
}

/// Items a transaction: short enough that labelers get in between.
const PAGE: i64 = 2000;

pub async fn run(running: &mut Running<'_>) -> Result<Value, Stopped> {
    let PlanInput { project, overlap, remeasure } = input(running)?;
    let workflow = running.workflow.clone();
    let (row, attached) = workflow
        .read(move |tx| {
            Box::pin(async move {
                let row = projects::project(tx, project).await?.ok_or(Error::NotFound("the project"))?;
                Ok((row, projects::datasets_of(tx, project).await?))
            })
        })
        .await?;
    let modality = workflow.schema_of(row.schema_version).await?.modality.as_str();
    let (mut added, mut looked_at, mut of_other_kind) = (0_u64, 0_i64, 0_i64);
    for (dataset, _) in attached {
        let mut after = ItemId(0);
        loop {
            let page = workflow
                .read(move |tx| Box::pin(async move { Ok(tasks::to_plan(tx, project, dataset, after, PAGE).await?) }))
                .await?;
            let Some(last) = page.last().map(|item| item.id) else { break };
            after = last;
            looked_at += page.len() as i64;
            of_other_kind += page.iter().filter(|item| item.modality != modality).count() as i64;
            let new: Vec<_> = page.into_iter().filter(|item| !item.is_task && item.modality == modality).collect();
            if !new.is_empty() {
                added += plan(&workflow, project, new).await?;
            }
            running.progress(looked_at, 0, "making tasks").await?;
        }
    }
    let seats = if overlap { set_overlap(running, project, looked_at).await? } else { OverlapChange::default() };
    if remeasure {
        measure_again(running, project, settings_of(&row).iou_threshold).await?;
    }
    workflow.announce(row.workspace, "project", project.0);
    Ok(json!({
        "tasks_added": added, "items": looked_at, "items_of_other_kind": of_other_kind, "seats_added": seats.added,
        "seats_removed": seats.removed, "seats_above_overlap_kept": seats.kept
    }))
}

/// Makes tasks by the settings of this moment: whoever changes them waits until these are there, and then finds them.
async fn plan(workflow: &Workflow, project: ProjectId, items: Vec<ItemToPlan>) -> Result<u64, Stopped> {
    let now = workflow.now();
    let added = workflow
        .write(move |tx| {
            Box::pin(async move {
                let row = projects::held(tx, project).await?.ok_or(Error::NotFound("the project"))?;
                let settings = settings_of(&row);
                let planned: Vec<_> = items.iter().map(|item| place(item, &settings)).collect();
                Ok(seats::plan(tx, project, &planned, settings.overlap, now).await?)
            })
        })
        .await?;
    Ok(added)
}

async fn set_overlap(running: &mut Running<'_>, project: ProjectId, done: i64) -> Result<OverlapChange, Stopped> {
    let workflow = running.workflow.clone();
    let mut sum = OverlapChange::default();
    let mut after = TaskId(0);
    loop {
        let now = workflow.now();
        let change = workflow
            .write(move |tx| {
                Box::pin(async move {
                    let row = projects::held(tx, project).await?.ok_or(Error::NotFound("the project"))?;
                    let settings = settings_of(&row);
                    let change = seats::set_overlap(tx, project, settings.overlap, after, PAGE).await?;
                    for task in &change.complete {
                        // One that was sent back is open until it is mended.
                        let answers = annotations::of_task(tx, *task).await?;
                        if answers.iter().all(|answer| answer.state != "returned") {
                            tasks::set_state(tx, *task, settings.complete_state(*task), now).await?;
                        }
                    }
                    for task in &change.reopened {
                        tasks::set_state(tx, *task, "open", now).await?;
                    }
                    Ok(change)
                })
            })
            .await?;
        sum.added += change.added;
        sum.removed += change.removed;
        sum.kept += change.kept;
        running.progress(done, 0, "setting the overlap").await?;
        match change.last {
            Some(last) => after = last,
            None => return Ok(sum),
        }
    }
}

async fn measure_again(running: &mut Running<'_>, project: ProjectId, threshold: f64) -> Result<(), Stopped> {
    let workflow = running.workflow.clone();
    let (mut after, mut measured) = (TaskId(0), 0_i64);
    loop {
        let page = workflow
            .write(move |tx| {
                Box::pin(async move {
                    let page = tasks::tasks_after(tx, project, after, PAGE).await?;
                    for task in page.iter().filter(|task| task.state != "open") {
                        keep_agreement(tx, task.id, threshold).await?;
                    }
                    Ok(page)
                })
            })
            .await?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.id;
        measured += page.len() as i64;
        running.progress(measured, 0, "measuring agreement").await?;
    }
}
