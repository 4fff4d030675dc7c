//! Makes the consensus of every finished task of a project.

use super::{Running, Stopped, input};
use crate::{Error, Result, resolve::renew, settle::Settler};
use labelwright_core::{ProjectId, TaskId};
use labelwright_store::records::{annotations, projects, tasks};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

#[derive(Deserialize)]
struct ResolveInput {
    project: ProjectId,
}

const PAGE: i64 = 200;

pub async fn run(running: &mut Running<'_>) -> Result<Value, Stopped> {
    let ResolveInput { project } = input(running)?;
    let workflow = running.workflow.clone();
    let row = workflow
        .read(move |tx| Box::pin(async move { Ok(projects::project(tx, project).await?) }))
        .await?
        .ok_or_else(|| Stopped::Failed("the project is gone".into()))?;
    running.progress(0, 0, "weighing labelers").await?;
    let settler = Arc::new(Settler::fitted(&workflow, &row).await?);
    settler.keep(&workflow, project).await?;
    let (mut after, mut made, mut seen) = (TaskId(0), 0_u64, 0_i64);
    loop {
        let (now, settler) = (workflow.now(), Arc::clone(&settler));
        let page: Result<(u64, Option<TaskId>, usize)> = workflow
            .write(move |tx| {
                Box::pin(async move {
                    let page = tasks::tasks_after(tx, project, after, PAGE).await?;
                    let mut made = 0;
                    for task in page.iter().filter(|task| task.state == "labeled" || task.state == "done") {
                        let heads = annotations::of_task(tx, task.id).await?;
                        made += u64::from(renew(tx, &settler, &heads, task.id, now).await?);
                        tasks::set_state(tx, task.id, "done", now).await?;
                    }
                    Ok::<_, Error>((made, page.last().map(|task| task.id), page.len()))
                })
            })
            .await;
        let (new, last, count) = page?;
        made += new;
        seen += count as i64;
        running.progress(seen, 0, "finding the consensus").await?;
        match last {
            Some(last) if count as i64 == PAGE => after = last,
            _ => break,
        }
    }
    workflow.announce(row.workspace, "project", project.0);
    Ok(json!({ "consensus_made": made, "tasks": seen }))
}
