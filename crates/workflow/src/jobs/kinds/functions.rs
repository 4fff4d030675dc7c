//! The votes of all labeling functions of a field on all tasks, made into pre-labels with scores. Safe to repeat: the
//! guesses of this run take the place of those of the run before.

use super::{Running, Stopped, input};
use crate::{
    Error,
    automation::functions::{Compared, likeliest, source},
};
use labelwright_core::{Answer, ProjectId, TaskId, Value, filter::Look};
use labelwright_learn::weak::VoteMatrix;
use labelwright_store::records::{
    predictions::{self, NewPrediction},
    projects, sampling,
};
use serde::Deserialize;
use serde_json::json;
use std::sync::Arc;

#[derive(Deserialize)]
struct FunctionsInput {
    project: ProjectId,
    field: String,
}

const PAGE: i64 = 1000;

pub async fn run(running: &mut Running<'_>) -> Result<serde_json::Value, Stopped> {
    let FunctionsInput { project, field } = input(running)?;
    let workflow = running.workflow.clone();
    let row = workflow
        .read(move |tx| Box::pin(async move { Ok(projects::project(tx, project).await?) }))
        .await?
        .ok_or_else(|| Stopped::Failed("the project is gone".into()))?;
    let voters = Arc::new(workflow.voters(&row, &field).await?);
    if voters.ids.is_empty() {
        return Err(Stopped::Failed("the field has no labeling function that is enabled".into()));
    }
    let (mut tasks, mut votes, mut after) = (Vec::new(), Vec::<i16>::new(), TaskId(0));
    loop {
        let page = workflow
            .read(move |tx| Box::pin(async move { Ok(sampling::looks_after(tx, project, after, PAGE).await?) }))
            .await?;
        let Some(last) = page.last().map(|row| row.task) else { break };
        after = last;
        let mut looks = Vec::with_capacity(page.len());
        for row in page {
            let text = workflow.text_in(&row.modality, row.content.as_ref(), &row.hash).await?.unwrap_or_default();
            tasks.push(row.task);
            looks.push((row.key, text, serde_json::from_str(&row.metadata).unwrap_or_default()));
        }
        let asked = Arc::clone(&voters);
        let found = workflow.blocking(move || {
            let looks = looks.iter().map(|(key, text, metadata)| Look { key, text, metadata });
            looks.flat_map(|look| asked.votes(&look).collect::<Vec<_>>()).collect::<Vec<_>>()
        });
        votes.extend(found.await?);
        running.progress(tasks.len() as i64, 0, "asking the functions").await?;
    }
    if tasks.is_empty() {
        return Err(Stopped::Failed("the project has no tasks yet".into()));
    }
    let known = workflow.known_values(project, &field).await?;
    let labels: Vec<Option<usize>> = tasks
        .iter()
        .map(|task| known.get(task).and_then(|value| voters.values.iter().position(|one| one == value)))
        .collect();
    let matrix = VoteMatrix::new(votes, voters.ids.len(), voters.values.len())
        .map_err(|error| Stopped::Failed(error.to_string()))?;
    let total = tasks.len() as i64;
    let (matrix, compared) = running
        .compute((0, total), "weighing the votes", move || {
            let compared = Compared::of(&matrix, &labels);
            (matrix, compared)
        })
        .await?;
    let (method, found) = compared.better();
    let mut kept = Vec::new();
    for ((task, votes), row) in tasks.iter().zip(matrix.iter()).zip(found.probabilities.chunks_exact(matrix.classes()))
    {
        let best = likeliest(row).filter(|_| votes.iter().any(|vote| *vote >= 0));
        if let Some((value, score)) = best.and_then(|(class, score)| Some((voters.values.get(class)?, score))) {
            let fields = [(field.clone(), Value::Text(value.clone()))].into();
            let answer = Answer { fields, ..Answer::default() }.canonical_json();
            kept.push(NewPrediction { task: *task, answer, score });
        }
    }
    let (count, now, source) = (kept.len(), workflow.now(), source(&field));
    let mut written = 0;
    for page in kept.chunks(PAGE as usize) {
        let (page, source) = (page.to_vec(), source.clone());
        written += page.len() as i64;
        workflow
            .write(move |tx| {
                Box::pin(async move { Ok::<_, Error>(predictions::keep(tx, project, &source, now, &page).await?) })
            })
            .await?;
        running.progress(written, count as i64, "keeping pre-labels").await?;
    }
    let dropped = workflow
        .write(move |tx| {
            Box::pin(async move { Ok::<_, Error>(predictions::drop_other_runs(tx, project, &source, now).await?) })
        })
        .await?;
    workflow.announce(row.workspace, "project", project.0);
    Ok(json!({
        "tasks": total, "functions": voters.ids.len(), "prelabels": count, "prelabels_dropped": dropped, "method": method,
        "labeled": compared.labeled, "model_right": compared.model_right, "majority_right": compared.majority_right,
        "notes": found.notes
    }))
}
