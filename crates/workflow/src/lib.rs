//! What people and programs do with labelwright, one room a step of the way of a label:
//! acquire (and contribute, where people give data) -> ingest -> plan -> assign -> annotate -> review -> resolve -> monitor -> freeze. Across them: policy, people,
//! jobs, and automation, which learns from answers.
//! This crate knows no HTTP, no cookies and no HTML.

pub mod acquire;
pub mod annotate;
pub mod assign;
mod attempts;
pub mod automation;
pub mod board;
pub mod clock;
pub mod companions;
pub mod concepts;
pub mod contribute;
pub mod decoding;
pub mod demo;
pub mod doctor;
pub mod drawing;
mod error;
pub mod explore;
mod frames;
pub mod freeze;
pub mod ingest;
pub mod jobs;
mod media;
pub mod members;
pub mod monitor;
mod operator;
mod packing;
pub mod people;
pub mod plan;
pub mod policy;
pub mod prelabels;
pub mod preview;
pub mod push;
pub mod quality;
pub mod resolve;
pub mod review;
pub mod schemas;
pub mod secret;
pub mod settings;
mod settle;
mod split;
pub mod streaming;
pub mod tokens;
pub mod webhooks;

pub use error::{Error, Head, Result};
pub use settings::{Automation, Order, ProjectSettings, ReviewPolicy, Strategy};

use clock::Clock;
use decoding::Decoder;
use futures::future::BoxFuture;
use labelwright_connect::{Fetcher, Guard};
use labelwright_core::{LabelSchema, SchemaVersionId, Timestamp, WorkspaceId};
use labelwright_store::{Store, Tx, blobs::Blobs, records};
use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex},
};
use tokio::sync::{Notify, broadcast};

/// Something happened that a page may want to show at once.
#[derive(Debug, Clone)]
pub struct Event {
    pub workspace: WorkspaceId,
    /// `job` or `project`.
    pub kind: &'static str,
    pub id: i64,
}

/// All use cases over one store. Cheap to clone.
#[derive(Clone)]
pub struct Workflow {
    store: Store,
    blobs: Blobs,
    clock: Clock,
    fetcher: Fetcher,
    connections: acquire::Connections,
    tried: Arc<acquire::TriedPages>,
    decoder: Decoder,
    frames: Arc<frames::Frames>,
    scrub: decoding::Scrub,
    uploads: Arc<PathBuf>,
    attempts: Arc<attempts::Attempts>,
    events: broadcast::Sender<Event>,
    wake: Arc<Notify>,
    /// Published schema versions never change, so that they may be kept for good.
    schemas: Arc<Mutex<HashMap<SchemaVersionId, Arc<LabelSchema>>>>,
    samples: Arc<automation::functions::Samples>,
    paces: Arc<contribute::Paces>,
    likenesses: Arc<contribute::Likenesses>,
}

impl Workflow {
    /// `uploads` is a folder for files that are still arriving.
    pub fn new(store: Store, blobs: Blobs, clock: Clock, uploads: PathBuf) -> Self {
        Self {
            store,
            blobs,
            clock,
            fetcher: Fetcher::new(Guard::default()),
            connections: acquire::Connections::default(),
            tried: Arc::default(),
            decoder: Decoder::Inside,
            frames: Arc::default(),
            scrub: decoding::Scrub::default(),
            uploads: Arc::new(uploads),
            attempts: Arc::default(),
            events: broadcast::channel(256).0,
            wake: Arc::default(),
            schemas: Arc::default(),
            samples: Arc::default(),
            paces: Arc::default(),
            likenesses: Arc::default(),
        }
        .following_links()
    }

    /// Networks that are not public but may be fetched from all the same: `10.1.0.0/16`.
    ///
    /// # Errors
    /// The first entry that is no network.
    pub fn allowing_networks<'a>(mut self, networks: impl IntoIterator<Item = &'a str>) -> Result<Self, String> {
        self.fetcher = Fetcher::new(Guard::allowing(networks)?);
        Ok(self.following_links())
    }

    /// What sources may use under a name: keys, tokens, databases.
    pub fn connecting_with(mut self, connections: acquire::Connections) -> Self {
        self.connections = connections;
        self.following_links()
    }

    /// Decodes in a process of its own: this program, which has a command for it.
    pub fn decoding_with(mut self, program: PathBuf) -> Self {
        self.decoder = Decoder::Child(program);
        self
    }

    /// What is taken out of medical images that come in from now on.
    pub fn scrubbing(mut self, scrub: decoding::Scrub) -> Self {
        self.scrub = scrub;
        self
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The same use cases at another time.
    pub(crate) fn at(&self, clock: Clock) -> Self {
        Self { clock, ..self.clone() }
    }

    pub fn store(&self) -> &Store {
        &self.store
    }

    pub fn blobs(&self) -> &Blobs {
        &self.blobs
    }

    /// What happens from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    fn announce(&self, workspace: WorkspaceId, kind: &'static str, id: i64) {
        // Nobody listening is no error.
        drop(self.events.send(Event { workspace, kind, id }));
    }

    /// Can the database be reached?
    pub async fn ready(&self) -> Result<()> {
        self.read(|tx| Box::pin(async move { Ok(records::people::count_users(tx).await.map(|_| ())?) })).await
    }

    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        self.store.read(work).await
    }

    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        self.store.write(work).await
    }

    /// Runs something that takes long on the processor outside the event loop.
    pub(crate) async fn blocking<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        tokio::task::spawn_blocking(work).await.map_err(|_| Error::internal("a background computation failed"))
    }

    pub(crate) async fn schema_of(&self, id: SchemaVersionId) -> Result<Arc<LabelSchema>> {
        if let Some(known) = self.schemas.lock().ok().and_then(|schemas| schemas.get(&id).cloned()) {
            return Ok(known);
        }
        let row = self.read(move |tx| Box::pin(async move { Ok(records::schemas::version(tx, id).await?) })).await?;
        let row = row.ok_or(Error::NotFound("the schema version"))?;
        let schema: LabelSchema = serde_json::from_str(&row.document)
            .map_err(|error| Error::internal(format!("schema version {id} cannot be read: {error}")))?;
        let schema = Arc::new(schema);
        if let Ok(mut schemas) = self.schemas.lock() {
            schemas.insert(id, Arc::clone(&schema));
        }
        Ok(schema)
    }
}

/// The rows that use cases answer with, so that the server need not know the store.
pub mod stored {
    pub use labelwright_store::{
        audit::AuditRow,
        jobs::JobRow,
        records::{
            annotations::AnnotationRow, datasets::ItemRow, machine_labels::CertificateRow, people::MemberRow,
            projects::ProjectRow, tasks::CommentRow, tasks::TaskRow,
        },
        submit::Submitted,
    };
}

/// The formats, for pickers and their options.
pub mod formats {
    pub use labelwright_formats::{FORMATS, Format, FormatOption, Loss, Mapping, RecordError};
}

/// What the quality engine tells, so that the server need not know it.
pub mod measured {
    pub use labelwright_quality::{
        agreement::METRICS,
        drift::{
            alerts::Severity,
            windows::{ColumnDrift, Kind},
        },
        labelers::qualification::{Qualification, Verdict},
        project::{
            board,
            labelers::{Card, FieldSkill},
            methods::Form,
            suspects::Suspect,
        },
        report::{ClassAgreement, DEFAULT_METRIC, FieldAgreement},
    };
}
