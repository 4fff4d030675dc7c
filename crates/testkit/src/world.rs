//! A small world to label in: a workspace, people with API tokens, one project of short texts.

use labelwright_core::{
    Answer, LabelSchema, Limits, MediaShape, ProjectId, Role, SchemaVersionId, TaskId, Timestamp, UserId, ValidAnswer,
    WorkspaceId,
};
use labelwright_store::{
    Store, StoreError, Tx,
    blobs::{BlobConfiguration, Blobs},
    records::{datasets, people, projects, schemas},
    seats::{self, NewTask},
};
use labelwright_workflow::{
    Error, ProjectSettings, Workflow,
    clock::Clock,
    policy::{Principal, Via},
};
use std::path::Path;

pub const SCHEMA: &str = r#"{"name":"Mood","modality":"text","fields":[{"id":"mood","title":"Mood","kind":{"type":"choice","options":[{"id":"good","title":"Good"},{"id":"bad","title":"Bad"}]}},{"id":"note","title":"Note","kind":{"type":"text","max_chars":200}}]}"#;

/// An answer that this schema takes, as JSON.
pub fn answer_json(mood: &str, note: &str) -> String {
    serde_json::json!({ "fields": { "mood": mood, "note": note }, "regions": [], "relations": [] }).to_string()
}

/// The same, validated. None when it is not valid.
pub fn answer(mood: &str, note: &str) -> Option<ValidAnswer> {
    let schema = LabelSchema::parse(SCHEMA).ok()?;
    let answer: Answer = serde_json::from_str(&answer_json(mood, note)).ok()?;
    answer.validate(&schema, &MediaShape::Other, &Limits::DEFAULT).ok()
}

#[derive(Debug, Clone)]
pub struct Person {
    pub user: UserId,
    /// An API token without scopes: it may do what the person may.
    pub token: String,
}

#[derive(Debug, Clone)]
pub struct World {
    pub workspace: WorkspaceId,
    pub project: ProjectId,
    pub schema_version: SchemaVersionId,
    pub owner: Person,
    pub labelers: Vec<Person>,
}

#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub labelers: usize,
    pub tasks: i64,
    pub overlap: u32,
    pub lease_seconds: u32,
}

/// The use cases over a store, with blobs and uploads in a folder.
pub fn workflow(store: Store, folder: &Path, clock: Clock) -> Result<Workflow, StoreError> {
    let blobs = Blobs::open(&BlobConfiguration::Folder(folder.join("blobs")))?;
    Ok(Workflow::new(store, blobs, clock, folder.join("uploads")))
}

/// Somebody as if signed in with a browser.
pub fn principal(user: UserId) -> Principal {
    Principal { user, name: "Test".into(), email: String::new(), credential: 0, via: Via::Session }
}

/// Lays the world into an empty database.
pub async fn build(workflow: &Workflow, size: Size) -> Result<World, Error> {
    let now = workflow.now();
    let (workspace, project, schema_version, owner, labelers) =
        workflow.store().write::<_, StoreError, _>(move |tx| Box::pin(lay(tx, size, now))).await?;
    let owner = person(workflow, owner).await?;
    let mut people = Vec::new();
    for user in labelers {
        people.push(person(workflow, user).await?);
    }
    Ok(World { workspace, project, schema_version, owner, labelers: people })
}

async fn person(workflow: &Workflow, user: UserId) -> Result<Person, Error> {
    let made = workflow.create_token(&principal(user), "experiment", &[], 30).await?;
    Ok(Person { user, token: made.secret })
}

type Laid = (WorkspaceId, ProjectId, SchemaVersionId, UserId, Vec<UserId>);

async fn lay(tx: &mut Tx, size: Size, now: Timestamp) -> Result<Laid, StoreError> {
    let workspace = people::create_workspace(tx, "Proving ground", now).await?;
    let owner = people::create_user(tx, "owner@prove.test", "Owner", None, now).await?;
    people::set_member(tx, workspace, owner, Role::Owner).await?;
    let mut labelers = Vec::new();
    for number in 0..size.labelers {
        let user = people::create_user(tx, &format!("labeler{number}@prove.test"), "Labeler", None, now).await?;
        people::set_member(tx, workspace, user, Role::Labeler).await?;
        labelers.push(user);
    }
    let schema = schemas::create_schema(tx, workspace, "Mood").await?;
    let (version, _) = schemas::publish(tx, schema, SCHEMA, "hash", now).await?;
    let settings = ProjectSettings {
        overlap: size.overlap,
        lease_seconds: size.lease_seconds.max(30),
        ..ProjectSettings::default()
    };
    let settings = serde_json::to_string(&settings).unwrap_or_default();
    let new = projects::NewProject {
        workspace,
        name: "Moods",
        description: "",
        schema_version: version,
        settings: &settings,
        now,
    };
    let project = projects::create(tx, new).await?;
    let dataset = datasets::create_dataset(tx, workspace, "Texts", now).await?;
    projects::attach_dataset(tx, project, dataset).await?;
    let import = datasets::start_import(tx, dataset, None, now).await?;
    let items: Vec<datasets::NewItem> = (0..size.tasks).map(item).collect();
    datasets::add_items(tx, dataset, import, &items, now).await?;
    datasets::seal_import(tx, import).await?;
    let page = datasets::items_after(tx, dataset, labelwright_core::ItemId(0), size.tasks).await?;
    let planned: Vec<NewTask> =
        page.iter().map(|item| NewTask { item: item.id, ordinal: item.id.0, priority: 0 }).collect();
    seats::plan(tx, project, &planned, size.overlap, now).await?;
    Ok((workspace, project, version, owner, labelers))
}

fn item(number: i64) -> datasets::NewItem {
    datasets::NewItem {
        companions: Vec::new(),
        key: format!("text-{number:06}"),
        modality: "text",
        hash: Blobs::hash(b"hi"),
        media_type: "text/plain; charset=utf-8".into(),
        bytes: 2,
        content: datasets::Content::Text("hi".into()),
        shape: r#"{"type":"text","chars":2}"#.into(),
        metadata: "{}".into(),
        source: "{}".into(),
        answers: Vec::new(),
    }
}

/// Brings every task of the world to an overlap, a page a transaction, as the plan job does.
pub async fn set_overlap(store: &Store, project: ProjectId, overlap: u32) -> Result<(), StoreError> {
    let mut after = TaskId(0);
    loop {
        let change = store
            .write::<_, StoreError, _>(move |tx| {
                Box::pin(async move {
                    let change = seats::set_overlap(tx, project, overlap, after, 200).await?;
                    for task in &change.complete {
                        labelwright_store::records::tasks::set_state(tx, *task, "labeled", Timestamp(1)).await?;
                    }
                    for task in &change.reopened {
                        labelwright_store::records::tasks::set_state(tx, *task, "open", Timestamp(1)).await?;
                    }
                    Ok(change)
                })
            })
            .await?;
        match change.last {
            Some(last) => after = last,
            None => return Ok(()),
        }
    }
}
