//! Turns the items of a project's datasets into tasks, and brings seats to the project's overlap. Safe to repeat: what
//! is there already is left alone.

use super::{Running, Stopped, input};
use crate::{
    Error,
    monitor::keep_agreement,
    plan::{place, settings_of},
};
use labelwright_core::{ItemId, ProjectId, TaskId};
use labelwright_store::{
    records::{annotations, datasets, projects, tasks},
    seats,
};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct PlanInput {
    project: ProjectId,
    /// Is the agreement of complete tasks to be measured again?
    #[serde(default)]
    remeasure: bool,
}

/// Items a transaction: short enough that labelers get in between.
const PAGE: i64 = 1000;

pub async fn run(running: &mut Running<'_>) -> Result<Value, Stopped> {
    let PlanInput { project, remeasure } = input(running)?;
    let workflow = running.workflow.clone();
    let (row, attached) = workflow
        .read(move |tx| {
            Box::pin(async move {
                let row = projects::project(tx, project).await?.ok_or(Error::NotFound("the project"))?;
                Ok((row, projects::datasets_of(tx, project).await?))
            })
        })
        .await?;
    let settings = settings_of(&row);
    let modality = workflow.schema_of(row.schema_version).await?.modality.as_str();
    let (mut added, mut looked_at, mut of_other_kind) = (0_u64, 0_i64, 0_usize);
    for (dataset, _) in attached {
        let mut after = ItemId(0);
        loop {
            let (settings, now) = (settings.clone(), workflow.now());
            let page = workflow
                .write(move |tx| {
                    Box::pin(async move {
                        let items = datasets::items_after(tx, dataset, after, PAGE).await?;
                        let fitting: Vec<_> = items.iter().filter(|item| item.modality == modality).collect();
                        let planned: Vec<_> = fitting.iter().map(|item| place(item, &settings)).collect();
                        let new = seats::plan(tx, project, &planned, settings.overlap, now).await?;
                        Ok((new, items.last().map(|item| item.id), items.len(), fitting.len()))
                    })
                })
                .await?;
            added += page.0;
            of_other_kind += page.2 - page.3;
            looked_at += page.2 as i64;
            running.progress(looked_at, 0, "making tasks").await?;
            match page.1 {
                Some(last) if page.2 as i64 == PAGE => after = last,
                _ => break,
            }
        }
    }
    let (mut seats_added, mut seats_removed, mut kept) = (0, 0, 0);
    let mut after = TaskId(0);
    loop {
        let (settings, now) = (settings.clone(), workflow.now());
        let change = workflow
            .write(move |tx| {
                Box::pin(async move {
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
        seats_added += change.added;
        seats_removed += change.removed;
        kept += change.kept;
        running.progress(looked_at, 0, "setting the overlap").await?;
        match change.last {
            Some(last) => after = last,
            None => break,
        }
    }
    if remeasure {
        measure_again(running, project, settings.iou_threshold).await?;
    }
    workflow.announce(row.workspace, "project", project.0);
    Ok(
        json!({ "tasks_added": added, "items": looked_at, "items_of_other_kind": of_other_kind, "seats_added": seats_added, "seats_removed": seats_removed,
        "seats_above_overlap_kept": kept }),
    )
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
