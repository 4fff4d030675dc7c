//! Items that programs send as lines of JSON. They go the way of every import: a job, invisible until it is complete, that
//! tells each bad line with its place. The same content again adds nothing, and the same request under the same key is
//! not even read again.

use crate::{
    Error, Result, Workflow,
    ingest::check_format,
    jobs::kinds::{self, BringInput, ImportInput, OnError, Source},
    policy::Permit,
};
use labelwright_connect::crawl::address::canonical;
use labelwright_core::{Action, JobId, LabelSchema, Limits, Modality, ProjectId, WorkspaceId};
use labelwright_formats::{ExportItem, Mapping, native};
use labelwright_store::{
    blobs::Blobs,
    jobs::{self, NewJob},
    records::{
        datasets::DatasetRow,
        pushes::{self, PushRow},
        uploads,
    },
};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use url::Url;

pub const LINES_MAXIMUM: usize = 10_000;
/// Hexadecimal digits of a hash that make a key.
const KEY_DIGITS: usize = 32;

/// One item: a text, an address, or fields, which become a text with a line for each.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PushedItem {
    /// The item's key in the dataset; made of its content without one.
    #[serde(default)]
    pub key: Option<String>,
    #[serde(default)]
    pub text: Option<String>,
    /// Of a picture, a recording or a text; fetched by the server.
    #[serde(default)]
    pub url: Option<String>,
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub fields: Option<Map<String, Value>>,
    /// Kept with the item; `licence` and `terms` in it are kept as such.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub metadata: Map<String, Value>,
}

/// What was queued for a push.
#[derive(Debug, Clone)]
pub struct Pushed {
    pub job: JobId,
    pub lines: i64,
}

/// A line that was found good: its key, its text or address.
struct Line {
    key: String,
    content: String,
    metadata: Map<String, Value>,
}

enum Content {
    Texts,
    Addresses,
}

impl Workflow {
    /// Queues items for a dataset. `key` makes a second sending of the same request harmless.
    pub async fn push_items(
        &self,
        dataset: &Permit<DatasetRow>,
        items: Vec<PushedItem>,
        project: Option<ProjectId>,
        key: Option<String>,
        request_hash: String,
    ) -> Result<Pushed> {
        if let Some(project) = project {
            self.permit_project(dataset.principal(), project, Action::ManageProject).await?;
        }
        if key.as_ref().is_some_and(|key| !(1..=200).contains(&key.len()) || key.chars().any(char::is_control)) {
            let message = "an idempotency key has 1 to 200 bytes and no control characters";
            return Err(Error::invalid("/headers/Idempotency-Key", "bad_key", message));
        }
        let user = dataset.user();
        if let Some(before) = self.pushed_before(user, key.clone(), &request_hash).await? {
            return Ok(before);
        }
        if items.is_empty() || items.len() > LINES_MAXIMUM {
            return Err(Error::invalid("", "out_of_range", format!("push 1 to {LINES_MAXIMUM} items at once")));
        }
        let (content, lines) = checked(items)?;
        let count = lines.len() as i64;
        let now = self.now();
        let origin = json!({ "source": "push", "pushed_at": now, "by": user });
        let bytes = match content {
            Content::Texts => texts(lines, &origin)?,
            Content::Addresses => addresses(lines)?,
        };
        let (row, size) = (dataset.resource().clone(), bytes.len() as i64);
        let workspace = row.workspace;
        let name = "pushed.jsonl";
        let upload = self
            .write(move |tx| Box::pin(async move { Ok(uploads::create(tx, workspace, user, name, size, now).await?) }))
            .await?;
        let path = self.upload_path(upload);
        let written = self.blocking(move || {
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            let mut file = std::fs::File::create(&path)?;
            std::io::Write::write_all(&mut file, &bytes)?;
            file.sync_data()
        });
        written.await?.map_err(|error| Error::internal(format!("the pushed lines cannot be written: {error}")))?;
        let import = ImportInput {
            dataset: Some(row.id),
            source: Source::Uploads(vec![upload]),
            format: match content {
                Content::Texts => "native".into(),
                Content::Addresses => "jsonl".into(),
            },
            mapping: match content {
                Content::Texts => Mapping::default(),
                Content::Addresses => {
                    Mapping { key: Some("key".into()), content: Some("url".into()), ..Mapping::default() }
                }
            },
            options: BTreeMap::new(),
            on_error: OnError::KeepGood,
            project,
        };
        let origins = vec![(name.to_owned(), origin.as_object().cloned().unwrap_or_default())];
        let input =
            BringInput { import, origins, more_origins: None, kind: "push".into(), from: format!("{count} items") };
        let input = serde_json::to_string(&input).map_err(|error| Error::internal(error.to_string()))?;
        let (remembered, hash) = (key.clone(), request_hash.clone());
        let queued = self
            .write(move |tx| {
                Box::pin(async move {
                    uploads::advance(tx, upload, 0, size).await?;
                    let kind = kinds::BRING;
                    let new = NewJob { workspace, project, kind, input: &input, created_by: Some(user), now };
                    let job = jobs::enqueue(tx, new).await?;
                    if let Some(key) = remembered {
                        let push = PushRow { request_hash: hash, job, lines: count };
                        pushes::remember(tx, user, &key, &push, now).await?;
                    }
                    Ok(job)
                })
            })
            .await;
        match queued {
            Ok(job) => {
                self.queued(workspace, job);
                Ok(Pushed { job, lines: count })
            }
            // The same request came twice at once: the other one was first.
            Err(Error::Conflict { code: "already_there", .. }) => {
                drop(tokio::fs::remove_file(self.upload_path(upload)).await);
                let before = self.pushed_before(user, key, &request_hash).await?;
                before.ok_or_else(|| Error::conflict("already_there", "push again"))
            }
            Err(error) => Err(error),
        }
    }

    async fn pushed_before(
        &self,
        user: labelwright_core::UserId,
        key: Option<String>,
        request_hash: &str,
    ) -> Result<Option<Pushed>> {
        let Some(key) = key else { return Ok(None) };
        let row = self.read(move |tx| Box::pin(async move { Ok(pushes::push(tx, user, &key).await?) })).await?;
        match row {
            Some(row) if row.request_hash != request_hash => {
                Err(Error::invalid("", "idempotency_key_reused", "this idempotency key was used for other items"))
            }
            Some(row) => Ok(Some(Pushed { job: row.job, lines: row.lines })),
            None => Ok(None),
        }
    }

    /// Queues files that lie on this machine's disk, each with where it comes from: for the operator's watches and
    /// collections. The dataset is made if there is none of this name.
    pub async fn bring_as_operator(&self, workspace: WorkspaceId, dataset: &str, input: BringInput) -> Result<JobId> {
        check_format(&input.import)?;
        let dataset = self.dataset_as_operator(workspace, dataset).await?;
        let project = input.import.project;
        let input = BringInput { import: input.import.into_dataset(dataset), ..input };
        let value = serde_json::to_value(&input).map_err(|error| Error::internal(error.to_string()))?;
        self.enqueue(workspace, project, kinds::BRING, &value, None).await
    }
}

/// Each item looked at; all are texts, or all are addresses.
fn checked(items: Vec<PushedItem>) -> Result<(Content, Vec<Line>)> {
    let addresses = items.iter().any(|item| item.url.is_some());
    let mut lines = Vec::with_capacity(items.len());
    for (at, item) in items.into_iter().enumerate() {
        let bad =
            |place: &str, code: &'static str, message: String| Error::invalid(&format!("/{at}{place}"), code, message);
        let given = [item.text.is_some(), item.url.is_some(), item.fields.is_some()];
        if given.iter().filter(|given| **given).count() != 1 {
            return Err(bad("", "one_of", "an item has one of text, url and fields".into()));
        }
        if addresses != item.url.is_some() {
            let message = "send texts and addresses in requests of their own";
            return Err(bad("", "mixed", message.into()));
        }
        let content = match (item.text, item.url, item.fields) {
            (Some(text), ..) => text,
            (_, Some(url), _) => {
                let known = Url::parse(url.trim()).ok().filter(|url| canonical(url).is_some());
                known.ok_or_else(|| bad("/url", "not_an_address", format!("{url:?} is no http or https address")))?;
                url.trim().to_owned()
            }
            (_, _, Some(fields)) => said(&fields),
            _ => String::new(),
        };
        if content.trim().is_empty() || content.contains('\0') {
            return Err(bad("", "empty_content", "the item is empty or holds a NUL character".into()));
        }
        if content.len() > Limits::DEFAULT.json_bytes {
            return Err(bad("", "too_large", format!("an item has at most {} bytes", Limits::DEFAULT.json_bytes)));
        }
        if addresses && ["key", "url"].iter().any(|name| item.metadata.contains_key(*name)) {
            return Err(bad("/metadata", "reserved", "key and url stand beside the metadata".into()));
        }
        let made = || format!("push-{}", &Blobs::hash(content.as_bytes())[..KEY_DIGITS]);
        let key = item.key.unwrap_or_else(made);
        if key.is_empty() || key.len() > 1024 || key.chars().any(char::is_control) {
            return Err(bad("/key", "bad_key", "a key has 1 to 1024 bytes and no control characters".into()));
        }
        lines.push(Line { key, content, metadata: item.metadata });
    }
    Ok((if addresses { Content::Addresses } else { Content::Texts }, lines))
}

/// Fields as a text with a line for each.
fn said(fields: &Map<String, Value>) -> String {
    let line = |(name, value): (&String, &Value)| match value {
        Value::String(text) => format!("{name}: {text}"),
        other => format!("{name}: {other}"),
    };
    fields.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn internal(error: impl ToString) -> Error {
    Error::internal(error.to_string())
}

/// Texts as labelwright's own JSON Lines: metadata keep their types, and a text that begins like an address stays one.
fn texts(lines: Vec<Line>, origin: &Value) -> Result<Vec<u8>> {
    let schema = LabelSchema {
        name: "Pushed".into(),
        description: String::new(),
        modality: Modality::Text,
        panes: Vec::new(),
        fields: Vec::new(),
        classes: Vec::new(),
        relations: Vec::new(),
    };
    let mut bytes = native::header_line("pushed", &schema).map_err(internal)?.into_bytes();
    for Line { key, content, metadata } in lines {
        let hash = Blobs::hash(content.as_bytes());
        let mut metadata: BTreeMap<String, Value> = metadata.into_iter().collect();
        let mut own = origin.clone();
        own["sha256"] = hash.as_str().into();
        for name in ["licence", "terms"] {
            if let Some(said) = metadata.get(name) {
                own[name] = said.clone();
            }
        }
        metadata.insert("provenance".into(), own);
        let item = ExportItem { hash, text: Some(content), metadata, ..ExportItem::new(key, Modality::Text) };
        bytes.extend(native::item_line(item, None).map_err(internal)?.into_bytes());
    }
    Ok(bytes)
}

fn addresses(lines: Vec<Line>) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for Line { key, content, metadata } in lines {
        let mut row = metadata;
        row.insert("key".into(), key.into());
        row.insert("url".into(), content.into());
        serde_json::to_writer(&mut bytes, &row).map_err(internal)?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}
