//! Puts a file of concepts in the place of a list. Safe to repeat: what was loaded by a run that was cut off is dropped
//! first, and the list is the old one until the new one is complete.

use super::{Running, Stopped, input};
use crate::{
    Error, Workflow,
    concepts::reading::{Form, Found, read, terms_of},
};
use labelwright_store::{
    jobs::JobProblem,
    records::{concepts, uploads},
};
use serde::Deserialize;
use serde_json::json;

#[derive(Deserialize)]
struct ConceptsInput {
    list: String,
    upload: i64,
    /// Name of the uploaded file: its ending tells its form.
    file: String,
}

/// Concepts a transaction.
const BATCH: usize = 2000;
/// Batches that wait for the database.
const WAITING: usize = 4;

/// Rows that one transaction drops.
const DROP_PAGE: i64 = 5000;

/// Removes all generations of a list but one, a page at a time: who labels does not wait for it.
async fn drop_others(workflow: &Workflow, list: i64, keep: i64) -> Result<(), Error> {
    loop {
        let dropped = workflow
            .write(move |tx| {
                Box::pin(async move { Ok::<_, Error>(concepts::drop_others(tx, list, keep, DROP_PAGE).await?) })
            })
            .await?;
        if dropped == 0 {
            return Ok(());
        }
    }
}

pub async fn run(running: &mut Running<'_>) -> Result<serde_json::Value, Stopped> {
    let ConceptsInput { list, upload, file } = input(running)?;
    let (workflow, workspace) = (running.workflow.clone(), running.job.workspace);
    let name = list.clone();
    let row = workflow
        .read(move |tx| Box::pin(async move { Ok(concepts::list(tx, workspace, &name).await?) }))
        .await?
        .ok_or_else(|| Stopped::Failed("the list of concepts is gone".into()))?;
    let form =
        Form::of(&file).ok_or_else(|| Stopped::Failed(format!("{file}: concepts come as .csv, .tsv or .jsonl")))?;
    let (id, seen) = (row.id, row.generation);
    drop_others(&workflow, id, seen).await?;
    let path = workflow.upload_path(upload);
    let (sender, mut batches) = tokio::sync::mpsc::channel::<Vec<Found>>(WAITING);
    let reading = tokio::task::spawn_blocking(move || {
        let bytes = std::fs::File::open(path)?;
        let mut batch = Vec::with_capacity(BATCH);
        read(bytes, form, &mut |found| {
            batch.push(found);
            batch.len() < BATCH || sender.blocking_send(std::mem::take(&mut batch)).is_ok()
        })?;
        // A receiver that is gone wants no more.
        drop(sender.blocking_send(batch));
        std::io::Result::Ok(())
    });
    let generation = seen + 1;
    let mut read_count = 0;
    while let Some(batch) = batches.recv().await {
        let (mut good, mut bad): (Vec<concepts::ConceptRow>, Vec<JobProblem>) = (Vec::new(), Vec::new());
        for found in batch {
            match found {
                Ok(row) => good.push(row),
                Err(problem) => bad.push(problem),
            }
        }
        read_count += good.len() as i64;
        if !bad.is_empty() {
            running.problems(bad).await?;
        }
        let terms: Vec<_> = good.iter().flat_map(terms_of).collect();
        workflow
            .write(move |tx| {
                Box::pin(async move { Ok::<_, Error>(concepts::add(tx, (id, generation), &good, &terms).await?) })
            })
            .await?;
        running.progress(read_count, 0, "loading concepts").await?;
    }
    match reading.await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => return Err(Stopped::Failed(format!("{file} cannot be read: {error}"))),
        Err(_) => return Err(Stopped::Failed(format!("{file}: reading broke off"))),
    }
    let count =
        workflow.read(move |tx| Box::pin(async move { Ok(concepts::count(tx, id, generation).await?) })).await?;
    if count == 0 {
        drop_others(&workflow, id, seen).await?;
        return Err(Stopped::Failed(format!("{file} has no concept: the list stays as it is")));
    }
    if count < read_count {
        let message = format!("{} ids come more than once: the first of each counts", read_count - count);
        running.problems(vec![JobProblem { place: file.clone(), code: "duplicate_id".into(), message }]).await?;
    }
    let now = workflow.now();
    workflow
        .write(move |tx| Box::pin(async move { Ok::<_, Error>(concepts::show(tx, id, generation, count, now).await?) }))
        .await?;
    drop_others(&workflow, id, generation).await?;
    workflow.write(move |tx| Box::pin(async move { Ok::<_, Error>(uploads::close(tx, upload).await?) })).await?;
    drop(tokio::fs::remove_file(workflow.upload_path(upload)).await);
    Ok(json!({ "list": list, "concepts": count, "refused": running.problem_count() }))
}
