//! A sample of datasets as a dataset of its own: so many items, by weights of their datasets, by a field of their metadata,
//! or as different from each other as can be. What would be drawn is told before anything is.
//!
//! Enters: datasets, a number, a seed. Leaves: copies of items with their metadata, their source and the answers that came
//! with them. Keeps: the same seed draws the same items; the same bytes are drawn once; nothing of an item is changed.

pub(crate) mod shares;

use crate::{
    Error, Result, Workflow,
    jobs::{Pace, Silent, Stopped, kinds},
    people::check_name,
    policy::Permit,
    settings::shuffled,
};
use labelwright_core::{Action, DatasetId, ItemId, JobId, Modality, ProjectId, WorkspaceId};
use labelwright_store::records::{datasets, drawing, projects::ProjectRow};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, HashSet};

/// Items that are looked at for one sample.
const LOOKED_MAXIMUM: usize = 2_000_000;
const PAGE: i64 = 5000;
const DATASETS_MAXIMUM: usize = 50;
const COUNT_MAXIMUM: u64 = 1_000_000;
/// Different values of a field.
const STRATA_MAXIMUM: usize = 1000;
/// Items of a sample that is to be diverse.
pub(crate) const DIVERSE_MAXIMUM: u64 = 2000;

/// What is to be drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Draw {
    pub datasets: Vec<Share>,
    /// Items, 1 to 1000000; 2000 at most for a diverse sample.
    pub count: u64,
    pub by: DrawBy,
    /// The same one draws the same items.
    pub seed: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Share {
    pub dataset_id: i64,
    /// Against those of the others, above 0; what one cannot give the others do.
    pub weight: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum DrawBy {
    /// At random.
    Random,
    /// Of each value of a metadata field (`source`, or `provenance.source`) as many as its share, or as many as of every
    /// other one.
    Field { field: String, even: bool },
    /// As different from each other as can be (greedy k-centre).
    Diverse,
}

/// Of one dataset and one value how many there are, and how many are drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawn {
    pub dataset: DatasetId,
    /// None without a field, or for items that do not have it.
    pub value: Option<String>,
    pub available: u64,
    pub taken: u64,
}

/// What a draw looks at.
pub(crate) struct Pool {
    pub cells: Vec<Drawn>,
    /// Cell and item, in the order of datasets and ids.
    pub items: Vec<(u32, ItemId)>,
    /// Items whose bytes are there already, and items of another kind than the schema's.
    pub twice: u64,
    pub other_kind: u64,
}

/// What would be drawn.
#[derive(Debug, Clone)]
pub struct DrawTold {
    pub cells: Vec<Drawn>,
    pub twice: u64,
    pub other_kind: u64,
}

impl Draw {
    fn check(&self) -> Result<()> {
        let wrong = |place: &str, message: String| Err(Error::invalid(place, "bad_draw", message));
        if self.datasets.is_empty() || self.datasets.len() > DATASETS_MAXIMUM {
            return wrong("/datasets", format!("name 1 to {DATASETS_MAXIMUM} datasets"));
        }
        let mut seen = HashSet::new();
        for (index, share) in self.datasets.iter().enumerate() {
            if !(share.weight > 0.0 && share.weight <= 1e9) {
                return wrong(&format!("/datasets/{index}/weight"), "above 0, at most 1000000000".into());
            }
            if !seen.insert(share.dataset_id) {
                return wrong(&format!("/datasets/{index}/dataset_id"), "this dataset is named twice".into());
            }
        }
        let most = if self.by == DrawBy::Diverse { DIVERSE_MAXIMUM } else { COUNT_MAXIMUM };
        if !(1..=most).contains(&self.count) {
            return wrong("/count", format!("1 to {most}"));
        }
        match &self.by {
            DrawBy::Field { field, .. } if field.trim().is_empty() || field.len() > 200 => {
                wrong("/by/field", "name a field of the metadata".into())
            }
            DrawBy::Random | DrawBy::Field { .. } | DrawBy::Diverse => Ok(()),
        }
    }

    pub(crate) fn field(&self) -> Option<&str> {
        match &self.by {
            DrawBy::Field { field, .. } => Some(field.trim()),
            DrawBy::Random | DrawBy::Diverse => None,
        }
    }
}

impl Workflow {
    async fn may_draw(&self, project: &Permit<ProjectRow>, draw: &Draw) -> Result<Modality> {
        draw.check()?;
        let row = project.resource();
        for (index, share) in draw.datasets.iter().enumerate() {
            let id = DatasetId(share.dataset_id);
            let found = self.permit_dataset(project.principal(), id, Action::ManageData).await;
            if found.is_ok_and(|found| found.resource().workspace == row.workspace) {
                continue;
            }
            let pointer = format!("/datasets/{index}/dataset_id");
            return Err(Error::invalid(&pointer, "unknown", "there is no such dataset"));
        }
        Ok(self.schema_of(row.schema_version).await?.modality)
    }

    /// What a draw would take, by dataset and value.
    pub async fn draw_told(&self, project: &Permit<ProjectRow>, draw: &Draw) -> Result<DrawTold> {
        let modality = self.may_draw(project, draw).await?;
        match self.pool(draw, modality, &mut Silent).await {
            Ok(Pool { cells, twice, other_kind, .. }) => Ok(DrawTold { cells, twice, other_kind }),
            Err(Stopped::Failed(message)) => Err(Error::invalid("/by/field", "bad_draw", message)),
            Err(other) => Err(Error::internal(other.to_string())),
        }
    }

    /// Queues a draw into a new dataset, whose items become tasks of the project.
    pub async fn draw_later(&self, project: &Permit<ProjectRow>, draw: Draw, name: &str) -> Result<JobId> {
        self.may_draw(project, &draw).await?;
        let name = check_name("/name", name)?;
        let (row, now) = (project.resource(), self.now());
        let workspace: WorkspaceId = row.workspace;
        self.permit_workspace(project.principal(), workspace, Action::ManageData).await?;
        let dataset = self
            .write(move |tx| Box::pin(async move { Ok(datasets::create_dataset(tx, workspace, &name, now).await?) }))
            .await?;
        let input = kinds::DrawInput { dataset, project: row.id, draw };
        let value = serde_json::to_value(&input).map_err(|error| Error::internal(error.to_string()))?;
        self.enqueue(workspace, Some(row.id), kinds::DRAW, &value, Some(project.user())).await
    }

    /// All items that may be drawn, with how many of each cell are.
    pub(crate) async fn pool(
        &self,
        draw: &Draw,
        modality: Modality,
        pace: &mut impl Pace,
    ) -> std::result::Result<Pool, Stopped> {
        let mut pool = Pool { cells: Vec::new(), items: Vec::new(), twice: 0, other_kind: 0 };
        let (mut hashes, mut places) = (HashSet::<u128>::new(), BTreeMap::<(usize, Option<String>), u32>::new());
        for (source, share) in draw.datasets.iter().enumerate() {
            let (dataset, mut after) = (DatasetId(share.dataset_id), ItemId(0));
            loop {
                let page = self
                    .read(move |tx| Box::pin(async move { Ok(drawing::rows_after(tx, dataset, after, PAGE).await?) }))
                    .await?;
                let Some(last) = page.last() else { break };
                after = last.id;
                for row in page {
                    if row.modality != modality.as_str() {
                        pool.other_kind += 1;
                        continue;
                    }
                    if !hashes.insert(number(&row.hash)) {
                        pool.twice += 1;
                        continue;
                    }
                    let value = draw.field().and_then(|field| value_of(&row.metadata, field));
                    let cells = &mut pool.cells;
                    let place = *places.entry((source, value)).or_insert_with_key(|(_, value)| {
                        cells.push(Drawn { dataset, value: value.clone(), available: 0, taken: 0 });
                        cells.len() as u32 - 1
                    });
                    if let Some(cell) = pool.cells.get_mut(place as usize) {
                        cell.available += 1;
                    }
                    pool.items.push((place, row.id));
                }
                if pool.cells.len() > STRATA_MAXIMUM {
                    return Err(Stopped::Failed(format!(
                        "the field has more than {STRATA_MAXIMUM} values: it tells items apart, not groups"
                    )));
                }
                if pool.items.len() > LOOKED_MAXIMUM {
                    return Err(Stopped::Failed(format!(
                        "the datasets have more than {LOOKED_MAXIMUM} items; name fewer"
                    )));
                }
                pace.step(pool.items.len() as i64).await?;
            }
        }
        shares::share(draw, &mut pool.cells);
        Ok(pool)
    }
}

/// The drawn items of each cell: those whose numbers come first under the seed.
pub(crate) fn drawn(pool: &Pool, seed: u64) -> Vec<ItemId> {
    let mut cells: Vec<Vec<(u64, ItemId)>> = vec![Vec::new(); pool.cells.len()];
    for (cell, item) in &pool.items {
        if let Some(cell) = cells.get_mut(*cell as usize) {
            cell.push((shuffled(seed, item.0 as u64), *item));
        }
    }
    let mut all = Vec::new();
    for (mut items, cell) in cells.into_iter().zip(&pool.cells) {
        items.sort_unstable();
        all.extend(items.into_iter().take(cell.taken as usize).map(|(_, item)| item));
    }
    all.sort_unstable();
    all
}

/// The value of a field as its group is called: `a.b` is the field `b` of the field `a`, unless there is one called `a.b`.
fn value_of(metadata: &str, field: &str) -> Option<String> {
    let metadata: Value = serde_json::from_str(metadata).ok()?;
    let whole = metadata.get(field);
    let found = whole.or_else(|| field.split('.').try_fold(&metadata, |value, part| value.get(part)))?;
    match found {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(found.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Half of a SHA-256 tells bytes apart as well as all of it.
fn number(hash: &str) -> u128 {
    hash.get(..32).and_then(|digits| u128::from_str_radix(digits, 16).ok()).unwrap_or_default()
}

/// Which project a draw is for.
pub(crate) async fn project_of(
    workflow: &Workflow,
    project: ProjectId,
) -> std::result::Result<(ProjectRow, Modality), Stopped> {
    let row = workflow
        .read(move |tx| Box::pin(async move { Ok(labelwright_store::records::projects::project(tx, project).await?) }))
        .await?;
    let row = row.ok_or_else(|| Stopped::Failed("the project is gone".into()))?;
    let modality = workflow.schema_of(row.schema_version).await?.modality;
    Ok((row, modality))
}
