//! Puts a file of concepts in the place of a list. Safe to repeat, and beside another load of the same list: what is loaded
//! has the job's own number and is the list only when it is complete, unless a later job was faster.

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

/// Removes a generation of a list, a page at a time: who labels does not wait for it.
async fn drop_all(workflow: &Workflow, list: i64, generation: i64) -> Result<(), Error> {
    loop {
        let dropped = workflow
            .write(move |tx| {
                Box::pin(async move { Ok::<_, Error>(concepts::drop_some(tx, list, generation, DROP_PAGE).await?) })
            })
            .await?;
        if dropped == 0 {
            return Ok(());
        }
    }
}

/// Removes what is no longer the list.
async fn drop_older(workflow: &Workflow, list: i64, generation: i64) -> Result<(), Error> {
    while let Some(old) =
        workflow.read(move |tx| Box::pin(async move { Ok(concepts::older(tx, list, generation).await?) })).await?
    {
        drop_all(workflow, list, old).await?;
    }
    Ok(())
}

pub async fn run(running: &mut Running<'_>) -> Result<serde_json::Value, Stopped> {
    let ConceptsInput { list, upload, file } = input(running)?;
    let (workflow, workspace, generation) = (running.workflow.clone(), running.job.workspace, running.job.id.0);
    let name = list.clone();
    let row = workflow
        .read(move |tx| Box::pin(async move { Ok(concepts::list(tx, workspace, &name).await?) }))
        .await?
        .ok_or_else(|| Stopped::Failed("the list of concepts is gone".into()))?;
    // An earlier run of this job may have been cut off at any point, also behind the last.
    let count = if row.generation == generation {
        row.concepts
    } else {
        drop_all(&workflow, row.id, generation).await?;
        match load(running, row.id, upload, &file).await {
            Ok(count) => count,
            Err(stopped) => {
                drop_all(&workflow, row.id, generation).await?;
                return Err(stopped);
            }
        }
    };
    drop_older(&workflow, row.id, generation).await?;
    workflow.write(move |tx| Box::pin(async move { Ok::<_, Error>(uploads::close(tx, upload).await?) })).await?;
    drop(tokio::fs::remove_file(workflow.upload_path(upload)).await);
    Ok(json!({ "list": list, "concepts": count, "refused": running.problem_count() }))
}

/// Reads the file into a generation of its own and makes that the list; how many concepts it has.
async fn load(running: &mut Running<'_>, id: i64, upload: i64, file: &str) -> Result<i64, Stopped> {
    let (workflow, generation) = (running.workflow.clone(), running.job.id.0);
    let form =
        Form::of(file).ok_or_else(|| Stopped::Failed(format!("{file}: concepts come as .csv, .tsv or .jsonl")))?;
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
        return Err(Stopped::Failed(format!("{file} has no concept: the list stays as it is")));
    }
    if count < read_count {
        let message = format!("{} ids come more than once: the first of each counts", read_count - count);
        running.problems(vec![JobProblem { place: file.to_owned(), code: "duplicate_id".into(), message }]).await?;
    }
    let now = workflow.now();
    let shown = workflow
        .write(move |tx| Box::pin(async move { Ok::<_, Error>(concepts::show(tx, id, generation, count, now).await?) }))
        .await?;
    if !shown {
        return Err(Stopped::Failed("another file was loaded into this list later and is there already".into()));
    }
    Ok(count)
}
