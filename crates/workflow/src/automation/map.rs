//! All items of a project in the plane: where each lies, which cluster it is in, what is near it. Enters: features.
//! Leaves: a map that the job `map` makes, colours for it, and what single points are.

pub mod clusters;
pub mod points;
pub mod similar;

use crate::{Error, Result, Workflow, automation::labels, jobs::kinds, policy::Permit};
use labelwright_core::{JobId, ProjectId, TaskId, Timestamp};
use labelwright_store::records::{
    maps::{self, MapRow},
    projects::ProjectRow,
    sampling::{self, LookRow},
};
use points::Points;
use std::collections::BTreeMap;

/// Items that are told of at once.
pub const LOOKS_MAXIMUM: usize = 200;
/// Characters of a text that are shown.
const SNIPPET_CHARACTERS: usize = 300;

/// What the points are coloured by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// The known value of a field that takes one option.
    Field(String),
    Labeler,
    /// 1 less the agreement of the answers.
    Disagreement,
    /// The probability that an answer is wrong; of the likeliest thousand answers.
    Error,
}

/// A colour for every point, in their order.
#[derive(Debug, Clone)]
pub enum Layer {
    /// Names, and for each point the number of one of them or -1.
    Names(Vec<(String, String)>, Vec<i32>),
    /// 0 to 1, or nothing.
    Numbers(Vec<Option<f64>>),
}

/// A map without its points.
#[derive(Debug, Clone)]
pub struct MapState {
    pub method: String,
    pub at: Timestamp,
    pub points: usize,
    pub clusters: usize,
}

/// What there is to see of an item.
#[derive(Debug, Clone)]
pub struct Look {
    pub task: i64,
    pub item: i64,
    pub key: String,
    pub modality: String,
    /// The beginning of its text.
    pub snippet: Option<String>,
}

/// Where several people answered an item.
const SEVERAL: &str = "several";

impl Workflow {
    /// Lays the map out anew: a job.
    pub async fn make_map_later(&self, project: &Permit<ProjectRow>) -> Result<JobId> {
        let row = project.resource();
        // Data without features are refused at once and not by the job.
        crate::automation::features::Kind::of(self.schema_of(row.schema_version).await?.modality)?;
        let input = serde_json::json!({ "project": row.id });
        self.enqueue(row.workspace, Some(row.id), kinds::MAP, &input, Some(project.user())).await
    }

    pub(crate) async fn map_row(&self, project: ProjectId) -> Result<Option<(MapRow, Points)>> {
        let row = self.read(move |tx| Box::pin(async move { Ok(maps::of_project(tx, project).await?) })).await?;
        let Some(row) = row else { return Ok(None) };
        let points = Points::read(&row.points).ok_or_else(|| Error::internal("the stored map cannot be read"))?;
        Ok(Some((row, points)))
    }

    /// The map's points, or that there are none yet.
    pub(crate) async fn points(&self, project: &Permit<ProjectRow>) -> Result<Points> {
        Ok(self.map_row(project.resource().id).await?.ok_or(Error::NotFound("the map"))?.1)
    }

    /// None before the first map was made.
    pub async fn map_state(&self, project: &Permit<ProjectRow>) -> Result<Option<MapState>> {
        let found = self.map_row(project.resource().id).await?;
        Ok(found.map(|(row, points)| MapState {
            method: row.method,
            at: row.at,
            points: points.tasks.len(),
            clusters: points.clusters(),
        }))
    }

    /// The points as bytes: see [`Points`].
    pub async fn map_points(&self, project: &Permit<ProjectRow>) -> Result<Vec<u8>> {
        let id = project.resource().id;
        let row = self.read(move |tx| Box::pin(async move { Ok(maps::of_project(tx, id).await?) })).await?;
        Ok(row.ok_or(Error::NotFound("the map"))?.points)
    }

    pub async fn map_layer(&self, project: &Permit<ProjectRow>, by: By) -> Result<Layer> {
        let points = self.points(project).await?;
        let (row, id) = (project.resource(), project.resource().id);
        match by {
            By::Field(field) => {
                let schema = self.schema_of(row.schema_version).await?;
                let options = labels::options(&schema, &field, "/query/field")?;
                let names: Vec<(String, String)> =
                    options.iter().map(|one| (one.id.clone(), one.title.clone())).collect();
                let known = self.known_values(id, &field).await?;
                let number = |task: &i64| {
                    let value = known.get(&TaskId(*task))?;
                    names.iter().position(|(id, _)| id == value)
                };
                let values = points.tasks.iter().map(|task| number(task).map_or(-1, |at| at as i32)).collect();
                Ok(Layer::Names(names, values))
            }
            By::Labeler => {
                let authors =
                    self.read(move |tx| Box::pin(async move { Ok(sampling::authors(tx, id).await?) })).await?;
                let mut by_task = BTreeMap::<i64, String>::new();
                for (task, name) in authors {
                    by_task.entry(task.0).and_modify(|one| SEVERAL.clone_into(one)).or_insert(name);
                }
                let mut names: Vec<String> = by_task.values().cloned().collect();
                names.sort_unstable();
                names.dedup();
                let number = |task: &i64| names.binary_search(by_task.get(task)?).ok();
                let values = points.tasks.iter().map(|task| number(task).map_or(-1, |at| at as i32)).collect();
                Ok(Layer::Names(names.into_iter().map(|name| (name.clone(), name)).collect(), values))
            }
            By::Disagreement => {
                let found =
                    self.read(move |tx| Box::pin(async move { Ok(sampling::agreements(tx, id).await?) })).await?;
                let found: BTreeMap<i64, f64> = found.into_iter().map(|(task, share)| (task.0, 1.0 - share)).collect();
                Ok(Layer::Numbers(points.tasks.iter().map(|task| found.get(task).copied()).collect()))
            }
            By::Error => {
                let mut found = BTreeMap::<i64, f64>::new();
                for one in self.suspects(project, 0.0).await?.found {
                    let score = found.entry(one.item).or_default();
                    *score = score.max(one.score);
                }
                Ok(Layer::Numbers(points.tasks.iter().map(|task| found.get(task).copied()).collect()))
            }
        }
    }

    /// What single items are, in the order that was asked for; tasks of other projects are left out.
    pub async fn looks(&self, project: &Permit<ProjectRow>, tasks: Vec<i64>) -> Result<Vec<Look>> {
        if tasks.len() > LOOKS_MAXIMUM {
            let message = format!("at most {LOOKS_MAXIMUM} items are told of at once");
            return Err(Error::invalid("/tasks", "out_of_range", message));
        }
        let id = project.resource().id;
        let rows = self.read(move |tx| {
            Box::pin(async move {
                let mut rows = Vec::new();
                for task in tasks {
                    rows.extend(sampling::look(tx, id, TaskId(task)).await?);
                }
                Ok(rows)
            })
        });
        let mut looks = Vec::new();
        for row in rows.await? {
            looks.push(self.look_of(row).await?);
        }
        Ok(looks)
    }

    async fn look_of(&self, row: LookRow) -> Result<Look> {
        let text = self.text_in(&row.modality, row.content.as_ref(), &row.hash).await?;
        let snippet = text.map(|text| text.chars().take(SNIPPET_CHARACTERS).collect());
        Ok(Look { task: row.task.0, item: row.item.0, key: row.key, modality: row.modality, snippet })
    }
}

impl By {
    /// `field` is asked for with the field's id.
    pub fn named(name: &str, field: Option<String>) -> Result<Self> {
        match (name, field) {
            ("field", Some(field)) => Ok(Self::Field(field)),
            ("field", None) => Err(Error::invalid("/query/field", "required", "say which field")),
            ("labeler", _) => Ok(Self::Labeler),
            ("disagreement", _) => Ok(Self::Disagreement),
            ("error", _) => Ok(Self::Error),
            _ => Err(Error::invalid("/query/by", "unknown", "by is field, labeler, disagreement or error")),
        }
    }
}
