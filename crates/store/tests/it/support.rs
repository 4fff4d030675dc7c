//! Opens each database, fresh, and lays a small world into it.

use labelwright_core::{
    Answer, LabelSchema, Limits, MediaShape, ProjectId, SchemaVersionId, Timestamp, UserId, ValidAnswer,
};
use labelwright_store::{
    Database, Store, StoreError,
    records::{datasets, people, projects, schemas},
    seats::{self, NewTask},
};
use labelwright_testkit::TestPostgres;

pub struct World {
    pub store: Store,
    pub name: &'static str,
    pub database: Database,
    _folder: Option<tempfile::TempDir>,
}

/// Both databases, empty. PostgreSQL is missing only when the environment says so.
pub async fn worlds() -> Vec<World> {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::Sqlite { path: folder.path().join("test.sqlite") };
    let store = Store::open(&database).await.unwrap();
    let mut worlds = vec![World { store, name: "sqlite", database, _folder: Some(folder) }];
    if let Some(url) = TestPostgres::database().await {
        let database = Database::Postgres { url, connections: 24 };
        let store = Store::open(&database).await.unwrap();
        worlds.push(World { store, name: "postgres", database, _folder: None });
    }
    worlds
}

pub fn at(seconds: i64) -> Timestamp {
    Timestamp(1_800_000_000_000_000 + seconds * 1_000_000)
}

pub const SCHEMA: &str = r#"{"name":"t","modality":"text","fields":[{"id":"mood","title":"Mood","kind":{"type":"choice","options":[{"id":"good","title":"Good"},{"id":"bad","title":"Bad"}]}}]}"#;

pub fn answer(mood: &str) -> ValidAnswer {
    let schema = LabelSchema::parse(SCHEMA).unwrap();
    let answer: Answer = serde_json::from_str(&format!(r#"{{"fields":{{"mood":"{mood}"}}}}"#)).unwrap();
    answer.validate(&schema, &MediaShape::Other, &Limits::DEFAULT).unwrap()
}

pub struct Project {
    pub id: ProjectId,
    pub schema_version: SchemaVersionId,
    pub labelers: Vec<UserId>,
}

impl World {
    /// A project with `tasks` tasks of the given overlap, and some people.
    pub async fn project(&self, tasks: i64, overlap: u32, labelers: usize) -> Project {
        self.store
            .write::<_, StoreError, _>(move |tx| {
                Box::pin(async move {
                    let now = at(0);
                    let workspace = people::create_workspace(tx, "w", now).await?;
                    let mut users = Vec::new();
                    for number in 0..labelers {
                        let email = format!("u{number}@{workspace}.test");
                        users.push(people::create_user(tx, &email, "U", None, now).await?);
                    }
                    let schema = schemas::create_schema(tx, workspace, "s").await?;
                    let (version, _) = schemas::publish(tx, schema, SCHEMA, "hash", now).await?;
                    let new = projects::NewProject {
                        workspace,
                        name: "p",
                        description: "",
                        schema_version: version,
                        settings: "{}",
                        now,
                    };
                    let project = projects::create(tx, new).await?;
                    let dataset = datasets::create_dataset(tx, workspace, "d", now).await?;
                    let import = datasets::start_import(tx, dataset, None, now).await?;
                    let items: Vec<datasets::NewItem> = (0..tasks)
                        .map(|number| datasets::NewItem {
                            companions: Vec::new(),
                            key: format!("item-{number:06}"),
                            modality: "text",
                            hash: format!("{number:064x}"),
                            media_type: "text/plain".into(),
                            bytes: 2,
                            content: datasets::Content::Text("hi".into()),
                            shape: "{}".into(),
                            metadata: "{}".into(),
                            source: "{}".into(),
                            answers: Vec::new(),
                        })
                        .collect();
                    datasets::add_items(tx, dataset, import, &items, now).await?;
                    datasets::seal_import(tx, import).await?;
                    let page = datasets::items_after(tx, dataset, labelwright_core::ItemId(0), tasks).await?;
                    let planned: Vec<NewTask> = page
                        .iter()
                        .enumerate()
                        .map(|(ordinal, item)| NewTask { item: item.id, ordinal: ordinal as i64, priority: 0 })
                        .collect();
                    seats::plan(tx, project, &planned, overlap, now).await?;
                    Ok(Project { id: project, schema_version: version, labelers: users })
                })
            })
            .await
            .unwrap()
    }
}
