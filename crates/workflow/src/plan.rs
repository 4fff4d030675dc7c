//! Projects: made, changed, and their items turned into tasks with seats.
//!
//! Enters: datasets, a schema version, settings. Leaves: open seats in the wanted order. Keeps: an item is a task of a
//! project at most once; raising the overlap adds seats, lowering it takes open ones away and never started work.

use crate::{
    Error, Order, ProjectSettings, Result, Workflow, jobs::kinds, people::check_name, policy::Permit,
    settings::shuffled,
};
use labelwright_core::{DatasetId, JobId, LabelSchema, Modality, ProjectId, SchemaVersionId, WorkspaceId};
use labelwright_store::{
    Tx, audit,
    records::{
        datasets,
        projects::{self, GuidelinesRow, NewProject, ProjectRow},
        schemas::{self, SchemaVersionRow},
        tasks::ItemToPlan,
    },
    seats::NewTask,
};

#[derive(Debug, Clone)]
pub struct ProjectDraft {
    pub name: String,
    pub description: String,
    pub datasets: Vec<DatasetId>,
    pub schema_version: SchemaVersionId,
    pub guidelines: String,
    pub settings: ProjectSettings,
}

/// What may be changed of a project; None leaves it.
#[derive(Debug, Clone, Default)]
pub struct ProjectChange {
    pub name: Option<String>,
    pub description: Option<String>,
    pub schema_version: Option<SchemaVersionId>,
    pub settings: Option<ProjectSettings>,
    pub datasets: Option<Vec<DatasetId>>,
    pub archived: Option<bool>,
}

/// The settings of a project. Where they cannot be read the defaults are used, which the doctor reports.
pub fn settings_of(project: &ProjectRow) -> ProjectSettings {
    serde_json::from_str(&project.settings).unwrap_or_default()
}

/// Where an item stands in the order of a project.
pub(crate) fn place(item: &ItemToPlan, settings: &ProjectSettings) -> NewTask {
    let ordinal = match settings.order {
        Order::Sequential | Order::Priority => item.id.0,
        Order::Random => (shuffled(settings.seed, item.id.0 as u64) >> 24) as i64,
    };
    let priority = match settings.order {
        Order::Priority => {
            let metadata: serde_json::Value = serde_json::from_str(&item.metadata).unwrap_or_default();
            let value = &metadata["priority"];
            value.as_f64().or_else(|| value.as_str().and_then(|text| text.parse().ok())).unwrap_or(0.0) as i64
        }
        Order::Sequential | Order::Random => 0,
    };
    NewTask { item: item.id, ordinal, priority }
}

fn schema_in(version: &SchemaVersionRow) -> Result<LabelSchema> {
    serde_json::from_str(&version.document)
        .map_err(|error| Error::internal(format!("schema version {} cannot be read: {error}", version.id)))
}

/// A dataset that holds nothing that the schema is for is a mistake; what else it holds is left aside by the plan job.
async fn fits(tx: &mut Tx, dataset: DatasetId, modality: Modality, pointer: &str) -> Result<()> {
    let counts = datasets::modality_counts(tx, dataset).await?;
    if counts.is_empty() || counts.iter().any(|(kind, _)| kind == modality.as_str()) {
        return Ok(());
    }
    let kinds: Vec<&str> = counts.iter().map(|(kind, _)| kind.as_str()).collect();
    let message = format!("the dataset holds {}, the schema is for {}", kinds.join(", "), modality.as_str());
    Err(Error::invalid(pointer, "wrong_modality", message))
}

/// A method that settles answers of another kind is a mistake in the settings.
fn methods_fit(schema: &LabelSchema, settings: &ProjectSettings) -> Result<()> {
    let problems = settings.check_for(schema);
    if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
}

/// What a change of settings asks of the tasks that are there.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Changed {
    /// Seats are brought to the overlap.
    pub overlap: bool,
    /// Agreement is measured again.
    pub remeasure: bool,
}

impl Workflow {
    pub async fn create_project(&self, workspace: &Permit<WorkspaceId>, draft: ProjectDraft) -> Result<ProjectId> {
        let name = check_name("/name", &draft.name)?;
        let problems = draft.settings.check();
        if !problems.is_empty() {
            return Err(Error::Invalid(problems));
        }
        let (id, actor, now) = (*workspace.resource(), workspace.user(), self.now());
        let settings = serde_json::to_string(&draft.settings).map_err(|error| Error::internal(error.to_string()))?;
        let project = self
            .write(move |tx| {
                Box::pin(async move {
                    let version = schemas::version(tx, draft.schema_version).await?;
                    let version = version.filter(|version| version.workspace == id).ok_or_else(|| {
                        Error::invalid("/schema_version_id", "unknown", "there is no such schema version")
                    })?;
                    let schema = schema_in(&version)?;
                    methods_fit(&schema, &draft.settings)?;
                    let new = NewProject {
                        workspace: id,
                        name: &name,
                        description: &draft.description,
                        schema_version: draft.schema_version,
                        settings: &settings,
                        now,
                    };
                    let project = projects::create(tx, new).await?;
                    for (index, dataset) in draft.datasets.iter().enumerate() {
                        let row = datasets::dataset(tx, *dataset).await?.filter(|row| row.workspace == id);
                        let pointer = format!("/dataset_ids/{index}");
                        if row.is_none() {
                            return Err(Error::invalid(&pointer, "unknown", "there is no such dataset"));
                        }
                        fits(tx, *dataset, schema.modality, &pointer).await?;
                        projects::attach_dataset(tx, project, *dataset).await?;
                    }
                    if !draft.guidelines.trim().is_empty() {
                        projects::publish_guidelines(tx, project, &draft.guidelines, actor, now).await?;
                    }
                    let detail = serde_json::json!({ "name": name });
                    let target = format!("project:{project}");
                    audit::record(tx, id, Some(actor), "project.create", &target, &detail, now).await?;
                    Ok(project)
                })
            })
            .await?;
        self.plan_later(id, project, actor, Changed::default()).await?;
        self.announce(id, "project", project.0);
        Ok(project)
    }

    pub(crate) async fn plan_later(
        &self,
        workspace: WorkspaceId,
        project: ProjectId,
        by: labelwright_core::UserId,
        changed: Changed,
    ) -> Result<JobId> {
        let Changed { overlap, remeasure } = changed;
        let input = serde_json::json!({ "project": project, "overlap": overlap, "remeasure": remeasure });
        self.enqueue(workspace, Some(project), kinds::PLAN, &input, Some(by)).await
    }

    /// Changes a project that still has the version that the caller saw.
    pub async fn change_project(
        &self,
        project: &Permit<ProjectRow>,
        seen_version: Option<i64>,
        change: ProjectChange,
    ) -> Result<ProjectRow> {
        let (row, actor, now) = (project.resource().clone(), project.user(), self.now());
        if seen_version.is_some_and(|seen| seen != row.version) {
            return Err(Error::conflict("changed_meanwhile", "somebody changed the project meanwhile; load it again"));
        }
        let problems = change.settings.as_ref().map(ProjectSettings::check).unwrap_or_default();
        if !problems.is_empty() {
            return Err(Error::Invalid(problems));
        }
        let replans = change.settings.is_some() || change.datasets.is_some();
        // What the same region is decides how much people agree.
        let threshold = settings_of(&row).iou_threshold;
        let remeasure = change.settings.as_ref().is_some_and(|new| new.iou_threshold != threshold);
        let effects = Changed { overlap: change.settings.is_some(), remeasure };
        let name = change.name.as_ref().map(|name| check_name("/name", name)).transpose()?;
        let changed = self
            .write(move |tx| {
                Box::pin(async move {
                    let mut new = row.clone();
                    new.name = name.unwrap_or(new.name);
                    new.description = change.description.unwrap_or(new.description);
                    new.archived = change.archived.unwrap_or(new.archived);
                    if let Some(settings) = &change.settings {
                        new.settings =
                            serde_json::to_string(settings).map_err(|error| Error::internal(error.to_string()))?;
                    }
                    if let Some(version) = change.schema_version {
                        let known = schemas::version(tx, version).await?.filter(|v| v.workspace == row.workspace);
                        known.ok_or_else(|| {
                            Error::invalid("/schema_version_id", "unknown", "there is no such schema version")
                        })?;
                        new.schema_version = version;
                    }
                    if let Some(settings) = &change.settings {
                        let version = schemas::version(tx, new.schema_version).await?;
                        methods_fit(&schema_in(&version.ok_or(Error::NotFound("the schema version"))?)?, settings)?;
                    }
                    for (index, dataset) in change.datasets.iter().flatten().enumerate() {
                        let known = datasets::dataset(tx, *dataset).await?.filter(|d| d.workspace == row.workspace);
                        known.ok_or_else(|| {
                            Error::invalid(&format!("/dataset_ids/{index}"), "unknown", "there is no such dataset")
                        })?;
                        projects::attach_dataset(tx, row.id, *dataset).await?;
                    }
                    if !projects::update(tx, &new).await? {
                        return Err(Error::conflict(
                            "changed_meanwhile",
                            "somebody changed the project meanwhile; load it again",
                        ));
                    }
                    let detail = serde_json::json!({ "from": row.version, "settings": new.settings });
                    let target = format!("project:{}", row.id);
                    audit::record(tx, row.workspace, Some(actor), "project.change", &target, &detail, now).await?;
                    projects::project(tx, row.id).await?.ok_or(Error::NotFound("the project"))
                })
            })
            .await?;
        if replans {
            self.plan_later(changed.workspace, changed.id, actor, effects).await?;
        }
        self.announce(changed.workspace, "project", changed.id.0);
        Ok(changed)
    }

    pub async fn datasets_of(&self, project: &Permit<ProjectRow>) -> Result<Vec<(DatasetId, String)>> {
        let id = project.resource().id;
        self.read(move |tx| Box::pin(async move { Ok(projects::datasets_of(tx, id).await?) })).await
    }

    pub async fn guidelines(&self, project: &Permit<ProjectRow>) -> Result<Option<GuidelinesRow>> {
        let id = project.resource().id;
        self.read(move |tx| Box::pin(async move { Ok(projects::guidelines(tx, id).await?) })).await
    }

    pub async fn publish_guidelines(&self, project: &Permit<ProjectRow>, markdown: &str) -> Result<i64> {
        if markdown.chars().count() > 200_000 {
            return Err(Error::invalid("/markdown", "too_long", "guidelines have at most 200000 characters"));
        }
        let (id, actor, now, markdown) = (project.resource().id, project.user(), self.now(), markdown.to_owned());
        let version = self
            .write(move |tx| {
                Box::pin(async move { Ok(projects::publish_guidelines(tx, id, &markdown, actor, now).await?) })
            })
            .await?;
        self.announce(project.resource().workspace, "project", id.0);
        Ok(version)
    }

    pub async fn read_guidelines(&self, project: &Permit<ProjectRow>, version: i64) -> Result<()> {
        let (id, user) = (project.resource().id, project.user());
        self.write(move |tx| Box::pin(async move { Ok(projects::mark_guidelines_read(tx, id, user, version).await?) }))
            .await
    }

    /// The projects of a workspace that the caller may see.
    pub async fn projects(&self, workspace: &Permit<WorkspaceId>) -> Result<Vec<Permit<ProjectRow>>> {
        let id = *workspace.resource();
        let rows = self.read(move |tx| Box::pin(async move { Ok(projects::projects(tx, id).await?) })).await?;
        let mut seen = Vec::new();
        for row in rows {
            match self.permit_project(workspace.principal(), row.id, labelwright_core::Action::View).await {
                Ok(permit) => seen.push(permit),
                Err(Error::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(seen)
    }
}
