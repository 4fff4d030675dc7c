//! A workflow over each database, with a clock that is moved by hand, and the steps that the stories share.

use labelwright_core::{Action, DatasetId, JobId, ProjectId, Role, TaskId, Timestamp, UserId, WorkspaceId};
use labelwright_store::{Database, Store, StoreError, records::people};
use labelwright_testkit::{
    TestPostgres,
    world::{principal, workflow},
};
use labelwright_workflow::{
    Error, ProjectSettings, Workflow,
    annotate::Incoming,
    clock::Clock,
    formats::Mapping,
    jobs::kinds::{ImportInput, OnError, Source},
    plan::ProjectDraft,
    stored::{ItemRow, JobRow, Submitted},
};
use std::path::{Path, PathBuf};

pub struct World {
    pub name: &'static str,
    pub workflow: Workflow,
    pub folder: tempfile::TempDir,
    pub workspace: WorkspaceId,
    pub owner: UserId,
}

pub async fn worlds() -> Vec<World> {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = Database::Sqlite { path: folder.path().join("test.sqlite") };
    let mut worlds = vec![world("sqlite", sqlite, folder).await];
    if let Some(url) = TestPostgres::database().await {
        let postgres = Database::Postgres { url, connections: 8 };
        worlds.push(world("postgres", postgres, tempfile::tempdir().unwrap()).await);
    }
    worlds
}

async fn world(name: &'static str, database: Database, folder: tempfile::TempDir) -> World {
    let store = Store::open(&database).await.unwrap();
    let clock = Clock::manual(Timestamp(1_800_000_000_000_000));
    let workflow = workflow(store, folder.path(), clock).unwrap();
    let now = workflow.now();
    let (workspace, owner) = workflow
        .store()
        .write::<_, StoreError, _>(move |tx| {
            Box::pin(async move {
                let workspace = people::create_workspace(tx, "stories", now).await?;
                let owner = people::create_user(tx, "owner@story.test", "Owner", None, now).await?;
                people::set_member(tx, workspace, owner, Role::Owner).await?;
                Ok((workspace, owner))
            })
        })
        .await
        .unwrap();
    World { name, workflow, folder, workspace, owner }
}

impl World {
    pub async fn person(&self, name: &str, role: Role) -> UserId {
        self.workflow.add_user(&format!("{name}@story.test"), name, role).await.unwrap()
    }

    /// Writes a file into the world's folder.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join("source").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    pub async fn queue(&self, dataset: &str, path: &Path, on_error: OnError, project: Option<ProjectId>) -> JobId {
        let column = |name: &str| Some(name.to_owned());
        let table = path.extension().is_some_and(|ending| ending == "csv" || ending == "jsonl");
        let mapping = match table {
            true => Mapping { key: column("id"), content: column("text"), ..Mapping::default() },
            false => Mapping::default(),
        };
        let source = Source::Path(path.to_path_buf());
        let options = Default::default();
        let input = ImportInput { dataset: None, source, format: "auto".into(), mapping, options, on_error, project };
        self.workflow.import_as_operator(self.workspace, dataset, input).await.unwrap()
    }

    /// Imports a folder in a format that is named, keeps what is good, and waits; the job as it ended.
    pub async fn import_as(&self, dataset: &str, folder: &Path, format: &str) -> JobRow {
        let input = ImportInput {
            dataset: None,
            source: Source::Path(folder.to_path_buf()),
            format: format.into(),
            mapping: Mapping::default(),
            options: Default::default(),
            on_error: OnError::KeepGood,
            project: None,
        };
        let job = self.workflow.import_as_operator(self.workspace, dataset, input).await.unwrap();
        self.workflow.run_all_jobs().await.unwrap();
        self.workflow.job_as_operator(job).await.unwrap()
    }

    /// A project of one dataset, with its tasks.
    pub async fn project(&self, name: &str, schema: &str, dataset: &str) -> ProjectId {
        let owner = principal(self.owner);
        let permit = self.workflow.permit_workspace(&owner, self.workspace, Action::ManageProject).await.unwrap();
        let schema = self.workflow.create_schema(&permit, schema).await.unwrap();
        let draft = ProjectDraft {
            name: name.into(),
            description: String::new(),
            datasets: vec![self.dataset(dataset).await],
            schema_version: schema.id,
            guidelines: String::new(),
            settings: ProjectSettings::default(),
        };
        let project = self.workflow.create_project(&permit, draft).await.unwrap();
        self.workflow.run_all_jobs().await.unwrap();
        project
    }

    /// The owner answers a task.
    pub async fn submit(&self, task: TaskId, epoch: i64, answer: &str) -> Result<Submitted, Error> {
        let task = self.workflow.permit_task(&principal(self.owner), task, Action::Label).await?;
        let incoming = Incoming {
            epoch,
            parent: None,
            answer: answer.to_owned(),
            took_ms: 1000,
            idempotency_key: format!("key-{}", answer.len()),
        };
        self.workflow.submit(&task, incoming).await
    }

    /// Imports and waits; the job as it ended.
    pub async fn import(&self, dataset: &str, path: &Path, on_error: OnError) -> JobRow {
        let job = self.queue(dataset, path, on_error, None).await;
        self.workflow.run_all_jobs().await.unwrap();
        self.workflow.job_as_operator(job).await.unwrap()
    }

    pub async fn problems(&self, job: &JobRow) -> Vec<(String, String)> {
        let problems = self.workflow.problems_as_operator(job.id).await.unwrap();
        problems.into_iter().map(|problem| (problem.place, problem.code)).collect()
    }

    pub async fn dataset(&self, name: &str) -> DatasetId {
        let owner = principal(self.owner);
        let permit = self.workflow.permit_workspace(&owner, self.workspace, Action::ManageData).await.unwrap();
        let all = self.workflow.datasets(&permit).await.unwrap();
        all.into_iter().find(|(row, _)| row.name == name).unwrap().0.id
    }

    /// The visible items of a dataset.
    pub async fn items(&self, name: &str) -> Vec<ItemRow> {
        let id = self.dataset(name).await;
        let permit = self.workflow.permit_dataset(&principal(self.owner), id, Action::ManageData).await.unwrap();
        self.workflow.items(&permit, labelwright_core::ItemId(0), 100_000).await.unwrap()
    }
}

/// `added`, `known`, `refused` of a finished import.
pub fn counts(job: &JobRow) -> (i64, i64, i64) {
    assert_eq!(job.state, "done", "{}", job.message);
    let result: serde_json::Value = serde_json::from_str(job.result.as_deref().unwrap()).unwrap();
    let count = |name: &str| result[name].as_i64().unwrap();
    (count("added"), count("known"), count("refused"))
}
