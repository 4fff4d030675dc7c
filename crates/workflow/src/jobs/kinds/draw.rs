//! Draws a sample of datasets into a dataset of its own, by copies of items. Run again after a crash it draws the same
//! items; cancelled or refused it leaves an empty dataset.

use super::{Running, Stopped, Told, input};
use crate::{
    automation::features,
    drawing::{self, Draw, DrawBy},
    settings::shuffled,
};
use labelwright_core::{DatasetId, ItemId, Modality, ProjectId};
use labelwright_learn::{
    active::{no_labels, select, strategy},
    scale::Scaling,
};
use labelwright_store::records::{datasets, datasets::ImportState, drawing as stored, projects};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DrawInput {
    pub dataset: DatasetId,
    pub project: ProjectId,
    pub draw: Draw,
}

/// Copies a transaction: short enough that labelers get in between.
const BATCH: usize = 500;
/// Of more items than these a random part is looked at for a diverse sample.
const POOL_MAXIMUM: usize = 20_000;

pub async fn run(running: &mut Running<'_>) -> Result<Value, Stopped> {
    let DrawInput { dataset, project, draw } = input(running)?;
    let workflow = running.workflow.clone();
    let (_, modality) = drawing::project_of(&workflow, project).await?;
    let (job, now) = (running.job.id, workflow.now());
    let (import, state) = workflow
        .write(move |tx| {
            Box::pin(async move {
                match datasets::import_of_job(tx, job).await? {
                    Some(found) => Ok(found),
                    None => Ok((datasets::start_import(tx, dataset, Some(job), now).await?, ImportState::Running)),
                }
            })
        })
        .await?;
    if state == ImportState::Running {
        let copied = copy(running, &draw, modality, (dataset, import)).await;
        match copied {
            Ok(()) => {
                workflow.write(move |tx| Box::pin(async move { Ok(datasets::seal_import(tx, import).await?) })).await?;
            }
            Err(stopped @ (Stopped::Lost | Stopped::TryAgain(_))) => return Err(stopped),
            Err(stopped) => {
                workflow.write(move |tx| Box::pin(async move { Ok(datasets::drop_import(tx, import).await?) })).await?;
                return Err(stopped);
            }
        }
    }
    let added = workflow
        .write(move |tx| {
            Box::pin(async move {
                projects::attach_dataset(tx, project, dataset).await?;
                Ok(datasets::items_of_import(tx, import).await?)
            })
        })
        .await?;
    let plan = json!({ "project": project });
    workflow.enqueue(running.job.workspace, Some(project), super::PLAN, &plan, running.job.created_by).await?;
    Ok(json!({ "added": added }))
}

async fn copy(
    running: &mut Running<'_>,
    draw: &Draw,
    modality: Modality,
    into: (DatasetId, labelwright_core::ImportId),
) -> Result<(), Stopped> {
    let workflow = running.workflow.clone();
    let pool = workflow.pool(draw, modality, &mut Told { running, total: 0, message: "looking at items" }).await?;
    let items = match draw.by {
        DrawBy::Diverse => diverse(running, draw, modality, &pool).await?,
        DrawBy::Random | DrawBy::Field { .. } => drawing::drawn(&pool, draw.seed),
    };
    if items.is_empty() {
        return Err(Stopped::Failed(
            "there is nothing to draw from: the datasets hold no items of the schema's kind".into(),
        ));
    }
    let total = items.len() as i64;
    for (index, batch) in items.chunks(BATCH).enumerate() {
        let (batch, now) = (batch.to_vec(), workflow.now());
        workflow.write(move |tx| Box::pin(async move { Ok(stored::copy(tx, into, &batch, now).await?) })).await?;
        running.progress(((index + 1) * BATCH) as i64, total, "copying items").await?;
    }
    Ok(())
}

/// Of each dataset as many as its share, each the furthest from those before it; of very many items a random part is
/// looked at, which is told.
async fn diverse(
    running: &mut Running<'_>,
    draw: &Draw,
    modality: Modality,
    pool: &drawing::Pool,
) -> Result<Vec<ItemId>, Stopped> {
    let mut chosen = Vec::new();
    for (place, cell) in pool.cells.iter().enumerate() {
        let own = pool.items.iter().filter(|(at, _)| *at as usize == place).map(|(_, item)| *item);
        let mut items: Vec<ItemId> = own.collect();
        items.sort_by_key(|item| shuffled(draw.seed, item.0 as u64));
        items.truncate(POOL_MAXIMUM);
        items.sort_unstable();
        let (items, matrix) = features::of_items(running, modality, &items).await?;
        let (count, seed) = (cell.taken as usize, draw.seed);
        let size = items.len() as i64;
        let picked = running.compute((size, size), "choosing items that differ", move || {
            select(&matrix, &no_labels(), Scaling::None, count, strategy("coreset")?, seed)
        });
        let picked = picked.await?.map_err(|error| Stopped::Failed(format!("no items can be chosen: {error}")))?;
        chosen.extend(picked.picks.iter().filter_map(|pick| items.get(pick.row).copied()));
    }
    chosen.sort_unstable();
    Ok(chosen)
}
