//! Lays all items of a project out in the plane, groups them and finds what is near each. Safe to repeat: a map takes the
//! place of the one before it.

use super::{Running, Stopped, input};
use crate::{
    Error,
    automation::{
        features::features,
        map::{
            clusters::Card,
            points::{Near, Points},
        },
    },
};
use labelwright_core::{ProjectId, TaskId};
use labelwright_learn::{
    LearnError, Matrix,
    clustering::{
        cards::cards,
        choose::{self, By},
        keywords::Keywords,
        kmeans,
    },
    points::{Neighbors, nearest},
    reduce::{pca, umap},
};
use labelwright_store::records::{
    maps::{self, MapRow},
    projects::{self, ProjectRow},
    sampling,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};

#[derive(Deserialize)]
struct MapInput {
    project: ProjectId,
}

const SEED: u64 = 1;
/// Nearest items that are kept of each.
const NEAR: usize = 10;
/// Of these the mean distance says how much an item is like the others.
const USUAL: usize = 5;
/// Beyond so many items neighbourhoods are not laid out one by one: that would take minutes.
const UMAP_ITEMS_MAXIMUM: usize = 20_000;
/// ... and of fewer there are no neighbourhoods.
const UMAP_ITEMS_MINIMUM: usize = 30;
const CLUSTERS_MAXIMUM: usize = 15;
const MEDOIDS: usize = 6;
const WORDS: usize = 8;
/// Texts that are read at once, and characters of each that are looked at.
const PAGE: i64 = 500;
const CHARS_MAXIMUM: usize = 20_000;

pub async fn run(running: &mut Running<'_>) -> Result<Value, Stopped> {
    let MapInput { project } = input(running)?;
    let workflow = running.workflow.clone();
    let row = workflow
        .read(move |tx| Box::pin(async move { Ok(projects::project(tx, project).await?) }))
        .await?
        .ok_or_else(|| Stopped::Failed("the project is gone".into()))?;
    let found = features(running, &row).await?;
    let (tasks, matrix) = (found.tasks, Arc::new(found.matrix));
    let all = tasks.len() as i64;
    let look = Arc::clone(&matrix);
    let near = running.compute((0, all), "finding what is near", move || nearest(&look, NEAR)).await?;
    let look = Arc::clone(&matrix);
    let labels = running.compute((0, all), "grouping", move || grouped(&look)).await?.map_err(told)?;
    let look = Arc::clone(&matrix);
    let (method, plane) = running.compute((0, all), "laying out", move || laid_out(&look)).await?.map_err(told)?;
    let points = placed(&tasks, &plane, &labels, &near);
    let (look, none) = (Arc::clone(&matrix), vec![None; tasks.len()]);
    let found = running.compute((0, all), "looking for middles", move || cards(&look, &labels, &none, MEDOIDS)).await?;
    let mut words = words(running, &row, &points).await?;
    let cards: Vec<Card> = found
        .into_iter()
        .map(|card| Card {
            cluster: card.cluster as i16,
            medoids: card.medoids.into_iter().filter_map(|row| Some(tasks.get(row)?.0)).collect(),
            words: words.get_mut(card.cluster as usize).map(std::mem::take).unwrap_or_default(),
        })
        .collect();
    let near = Near {
        each: near.count,
        rows: near.rows,
        distances: near.distances.into_iter().map(|far| far as f32).collect(),
    };
    let clusters = cards.len();
    let cards = serde_json::to_string(&cards).map_err(|error| Error::internal(error.to_string()))?;
    let map = MapRow { method: method.into(), points: points.to_bytes(), cards, at: workflow.now() };
    workflow
        .write(move |tx| Box::pin(async move { Ok::<_, Error>(maps::keep(tx, project, map, near.to_bytes()).await?) }))
        .await?;
    workflow.announce(row.workspace, "project", project.0);
    Ok(json!({ "items": all, "clusters": clusters, "method": method }))
}

fn told(error: LearnError) -> Stopped {
    Stopped::Failed(format!("the map cannot be made: {error}"))
}

fn grouped(matrix: &Matrix) -> Result<Vec<i32>, LearnError> {
    let most = CLUSTERS_MAXIMUM.min(matrix.rows());
    let k = choose::choose(matrix, most, By::Silhouette, SEED)?.k;
    let options = kmeans::Options { starts: 5, ..kmeans::Options::new(k, SEED) };
    Ok(kmeans::kmeans(matrix, &options)?.labels)
}

fn laid_out(matrix: &Matrix) -> Result<(&'static str, Matrix), LearnError> {
    if (UMAP_ITEMS_MINIMUM..=UMAP_ITEMS_MAXIMUM).contains(&matrix.rows()) {
        return Ok(("umap", umap::umap(matrix, 2, SEED)?));
    }
    Ok(("pca", pca::fit(matrix, 2, SEED).transform(matrix)))
}

/// Both axes with one scale, so that all points lie between -1 and 1.
fn placed(tasks: &[TaskId], plane: &Matrix, labels: &[i32], near: &Neighbors) -> Points {
    let column = |at: usize| -> Vec<f64> { plane.iter().map(|row| row.get(at).copied().unwrap_or(0.0)).collect() };
    let (x, y) = (column(0), column(1));
    let ends = |values: &[f64]| {
        values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |ends, value| (ends.0.min(*value), ends.1.max(*value)))
    };
    let (wide, high) = (ends(&x), ends(&y));
    let half = ((wide.1 - wide.0).max(high.1 - high.0) / 2.0).max(f64::MIN_POSITIVE);
    let scaled = |values: &[f64], ends: (f64, f64)| {
        values.iter().map(|value| ((value - f64::midpoint(ends.0, ends.1)) / half) as f32).collect()
    };
    let usual = |row: usize| {
        let far: Vec<f64> = near.of(row).take(USUAL).map(|(_, far)| far).collect();
        (far.iter().sum::<f64>() / far.len().max(1) as f64) as f32
    };
    Points {
        tasks: tasks.iter().map(|task| task.0).collect(),
        x: scaled(&x, wide),
        y: scaled(&y, high),
        distance: (0..tasks.len()).map(usual).collect(),
        cluster: labels.iter().map(|label| *label as i16).collect(),
    }
}

/// The words of each cluster; none where the items are no texts.
async fn words(running: &mut Running<'_>, row: &ProjectRow, points: &Points) -> Result<Vec<Vec<String>>, Stopped> {
    let workflow = running.workflow.clone();
    let clusters = points.clusters();
    let modality = workflow.schema_of(row.schema_version).await?.modality;
    if !matches!(modality, labelwright_core::Modality::Text | labelwright_core::Modality::Table) {
        return Ok(vec![Vec::new(); clusters]);
    }
    let of: BTreeMap<i64, i16> = points.tasks.iter().copied().zip(points.cluster.iter().copied()).collect();
    let (of, mut keywords) = (Arc::new(of), Keywords::new(clusters));
    let (project, mut after, mut seen) = (row.id, TaskId(0), 0);
    loop {
        let page = workflow
            .read(move |tx| Box::pin(async move { Ok(sampling::looks_after(tx, project, after, PAGE).await?) }))
            .await?;
        let Some(last) = page.last().map(|row| row.task) else { break };
        after = last;
        seen += page.len() as i64;
        let mut texts = Vec::with_capacity(page.len());
        for row in page {
            let text = workflow.text_in(&row.modality, row.content.as_ref(), &row.hash).await?.unwrap_or_default();
            texts.push((row.task, text));
        }
        let of = Arc::clone(&of);
        let counting = workflow.blocking(move || {
            for (task, text) in texts {
                if let Some(cluster) = of.get(&task.0).and_then(|cluster| usize::try_from(*cluster).ok()) {
                    keywords.add(cluster, &text.chars().take(CHARS_MAXIMUM).collect::<String>());
                }
            }
            keywords
        });
        keywords = counting.await?;
        running.progress(seen, points.tasks.len() as i64, "looking for words").await?;
    }
    Ok(workflow.blocking(move || keywords.found(WORDS)).await?)
}
