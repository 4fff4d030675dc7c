//! The router over a real SQLite, with a clock that is moved by hand, people of every role and one project that has
//! been through everything. Texts that must not reach strangers hold [`MARKER`].

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode},
};
use labelwright_core::{Action, DatasetId, ProjectId, Role, SchemaVersionId, Timestamp, UserId, WorkspaceId};
use labelwright_server::{ServerOptions, router};
use labelwright_store::{Database, Store, StoreError, records::people};
use labelwright_testkit::world::{principal, workflow};
use labelwright_workflow::{
    ProjectSettings, ReviewPolicy, Workflow,
    clock::Clock,
    jobs::kinds::{ImportInput, OnError, Source},
    plan::ProjectDraft,
};
use serde_json::{Value, json};
use std::path::Path;
use tower::ServiceExt;

/// Written into everything of the workspace under attack.
pub const MARKER: &str = "xMARKERx";

pub struct TestApp {
    pub workflow: Workflow,
    pub folder: tempfile::TempDir,
    router: Router,
}

#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Reply {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Pointer and code of the first complaint.
    pub fn complaint(&self) -> (String, String) {
        let first = &self.json()["errors"][0];
        let word = |name: &str| first[name].as_str().unwrap_or_default().to_owned();
        (word("pointer"), word("code"))
    }
}

impl TestApp {
    pub async fn new() -> Self {
        Self::with_options(ServerOptions::default()).await
    }

    pub async fn with_options(options: ServerOptions) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let database = Database::Sqlite { path: folder.path().join("test.sqlite") };
        let store = Store::open(&database).await.unwrap();
        let clock = Clock::manual(Timestamp(1_800_000_000_000_000));
        let workflow = workflow(store, folder.path(), clock).unwrap();
        Self { router: router(workflow.clone(), options), workflow, folder }
    }

    pub async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Reply { status: parts.status, headers: parts.headers, bytes }
    }

    pub fn request(method: &str, path: &str, token: Option<&str>) -> axum::http::request::Builder {
        let mut builder = Request::builder().method(method).uri(path).header("host", "127.0.0.1:8080");
        if let Some(token) = token {
            builder = builder.header("authorization", format!("Bearer {token}"));
        }
        builder
    }

    pub async fn get(&self, path: &str, token: &str) -> Reply {
        self.send(Self::request("GET", path, Some(token)).body(Body::empty()).unwrap()).await
    }

    /// A call with a JSON body, as text: what is not JSON can be sent too.
    pub async fn call(&self, method: &str, path: &str, token: &str, body: impl ToString) -> Reply {
        let builder = Self::request(method, path, Some(token)).header("content-type", "application/json");
        self.send(builder.body(Body::from(body.to_string())).unwrap()).await
    }

    /// The same with an idempotency key.
    pub async fn submit(&self, task: i64, token: &str, key: &str, body: impl ToString) -> Reply {
        let builder = Self::request("POST", &format!("/api/v1/tasks/{task}/submit"), Some(token));
        let builder = builder.header("content-type", "application/json").header("idempotency-key", key);
        self.send(builder.body(Body::from(body.to_string())).unwrap()).await
    }

    pub async fn user(&self, name: &str, places: &[(Place, Role)]) -> Person {
        let (now, email) = (self.workflow.now(), format!("{name}@test.example"));
        let (label, places) = (name.to_owned(), places.to_vec());
        let user = self
            .workflow
            .store()
            .write::<_, StoreError, _>(move |tx| {
                Box::pin(async move {
                    let user = people::create_user(tx, &email, &label, None, now).await?;
                    for (place, role) in places {
                        match place {
                            Place::Workspace(id) => people::set_member(tx, id, user, role).await?,
                            Place::Project(id) => people::set_project_member(tx, id, user, role).await?,
                        }
                    }
                    Ok(user)
                })
            })
            .await
            .unwrap();
        let made = self.workflow.create_token(&principal(user), "test", &[], 30).await.unwrap();
        Person { user, token: made.secret, token_id: made.row.id }
    }

    pub async fn workspace(&self, name: &str) -> WorkspaceId {
        let (now, name) = (self.workflow.now(), name.to_owned());
        self.workflow
            .store()
            .write::<_, StoreError, _>(move |tx| {
                Box::pin(async move { people::create_workspace(tx, &name, now).await })
            })
            .await
            .unwrap()
    }

    /// Publishes a schema and gives the version.
    pub async fn schema(&self, owner: &Person, workspace: WorkspaceId, document: &str) -> SchemaVersionId {
        let permit =
            self.workflow.permit_workspace(&principal(owner.user), workspace, Action::ManageData).await.unwrap();
        self.workflow.create_schema(&permit, document).await.unwrap().id
    }

    /// Imports a folder and gives its dataset.
    pub async fn import(&self, owner: &Person, workspace: WorkspaceId, name: &str, folder: &Path) -> DatasetId {
        let input = ImportInput {
            dataset: None,
            source: Source::Path(folder.to_path_buf()),
            format: "auto".into(),
            mapping: Default::default(),
            options: Default::default(),
            on_error: OnError::RefuseAll,
            project: None,
        };
        let job = self.workflow.import_as_operator(workspace, name, input).await.unwrap();
        self.workflow.run_all_jobs().await.unwrap();
        let row = self.workflow.job_as_operator(job).await.unwrap();
        assert_eq!(row.state, "done", "{}", row.message);
        let permit =
            self.workflow.permit_workspace(&principal(owner.user), workspace, Action::ManageData).await.unwrap();
        let all = self.workflow.datasets(&permit).await.unwrap();
        all.into_iter().find(|(row, _)| row.name == name).unwrap().0.id
    }

    pub async fn project(
        &self,
        owner: &Person,
        workspace: WorkspaceId,
        name: &str,
        datasets: Vec<DatasetId>,
        schema_version: SchemaVersionId,
        overlap: u32,
    ) -> ProjectId {
        let draft = ProjectDraft {
            name: name.into(),
            description: format!("{MARKER} description"),
            datasets,
            schema_version,
            guidelines: format!("{MARKER} guidelines"),
            settings: ProjectSettings {
                overlap,
                review: ReviewPolicy::All,
                lease_seconds: 60,
                ..ProjectSettings::default()
            },
        };
        let permit =
            self.workflow.permit_workspace(&principal(owner.user), workspace, Action::ManageProject).await.unwrap();
        let project = self.workflow.create_project(&permit, draft).await.unwrap();
        self.workflow.run_all_jobs().await.unwrap();
        project
    }

    /// The next task of somebody: task, epoch, and all that they were shown.
    pub async fn next(&self, project: ProjectId, token: &str) -> (i64, i64, Value) {
        let reply = self.call("POST", &format!("/api/v1/projects/{project}/next"), token, json!({"count": 1})).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        let first = reply.json()["assignments"][0].clone();
        (first["task_id"].as_i64().unwrap(), first["epoch"].as_i64().unwrap(), first)
    }
}

#[derive(Debug, Clone, Copy)]
pub enum Place {
    Workspace(WorkspaceId),
    Project(ProjectId),
}

#[derive(Debug, Clone)]
pub struct Person {
    pub user: UserId,
    pub token: String,
    pub token_id: i64,
}

/// A schema with a choice, spans and a text, for texts.
pub const TEXT_SCHEMA: &str = r##"{"name":"xMARKERx text","modality":"text","fields":[{"id":"mood","title":"Mood","kind":{"type":"choice","options":[{"id":"good","title":"Good"},{"id":"bad","title":"Bad"}]}},{"id":"note","title":"Note","kind":{"type":"text","max_chars":200}}],"classes":[{"id":"name","title":"Name","color":"#0072B2","geometry":["span"]}]}"##;

/// A schema with boxes, for pictures.
pub const IMAGE_SCHEMA: &str = r##"{"name":"pictures","modality":"image","classes":[{"id":"car","title":"Car","color":"#0072B2","geometry":["box","polygon"]}]}"##;

/// A text project of a workspace with an owner: what most attacks need.
pub struct Texts {
    pub workspace: WorkspaceId,
    pub owner: Person,
    pub project: ProjectId,
}

impl TestApp {
    pub async fn texts(&self, texts: &[&str], overlap: u32) -> Texts {
        let workspace = self.workspace("texts").await;
        let owner = self.user("owner", &[(Place::Workspace(workspace), Role::Owner)]).await;
        let folder = self.folder.path().join("texts");
        std::fs::create_dir_all(&folder).unwrap();
        for (number, text) in texts.iter().enumerate() {
            std::fs::write(folder.join(format!("{number:03}.txt")), text).unwrap();
        }
        let dataset = self.import(&owner, workspace, "texts", &folder).await;
        let version = self.schema(&owner, workspace, TEXT_SCHEMA).await;
        let project = self.project(&owner, workspace, "texts", vec![dataset], version, overlap).await;
        Texts { workspace, owner, project }
    }
}
