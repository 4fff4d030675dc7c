//! The sources of a project: what was brought in from where, and new ones.

use super::{
    connections::Connections,
    keyed::{ApifySource, BucketKind, BucketSource, DatabaseSource},
    made::{AugmentationSource, SynthesisSource},
    web::WebSource,
};
use crate::{
    Error, Result, Workflow,
    jobs::kinds::{self, BringInput, CollectInput, ImportInput, Source},
    policy::Permit,
};
use labelwright_connect::{crawl::address::canonical, sources::hub};
use labelwright_core::{Action, JobId, ProjectId, Timestamp, WorkspaceId};
use labelwright_formats::format;
use labelwright_store::{
    jobs,
    records::{
        datasets::DatasetRow,
        projects::ProjectRow,
        repeats,
        sources::{self, SourceRow},
    },
};
use serde::{Deserialize, Serialize};
use url::Url;

const URLS_MAXIMUM: usize = 1000;
/// Sources that are told, the newest first.
const TOLD_MAXIMUM: i64 = 200;

/// Where data is collected from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CollectSource {
    /// Pages of web sites.
    Web(WebSource),
    /// Files behind addresses.
    Http(HttpSource),
    /// A dataset of the Hugging Face hub.
    Hub(HubSource),
    /// Objects of a bucket.
    Bucket(BucketSource),
    /// A dataset of Apify, or the run of an actor that makes one.
    Apify(ApifySource),
    /// Rows of a database.
    Database(DatabaseSource),
    /// Items made from a recipe, with the labels that follow from it.
    Synthesis(SynthesisSource),
    /// Changed copies of the items of the project that they are for, with their labels.
    Augmentation(AugmentationSource),
}

/// A JSON pointer to what is wrong, and what that is.
pub type Wrong = (String, String);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct HttpSource {
    pub urls: Vec<String>,
    /// A format's id, or `auto`.
    #[serde(default = "auto")]
    pub format: String,
    /// Column of a table with the text or address.
    #[serde(default)]
    pub content: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct HubSource {
    /// `owner/name`.
    pub dataset: String,
    /// All unless named.
    #[serde(default)]
    pub configuration: Option<String>,
    #[serde(default)]
    pub splits: Vec<String>,
    /// A viewer other than the hub's own.
    #[serde(default)]
    pub base_url: Option<String>,
}

pub(super) fn auto() -> String {
    "auto".to_owned()
}

pub(super) fn readable(id: &str) -> std::result::Result<(), Wrong> {
    if id != "auto" && format(id).is_none_or(|format| format.read.is_none()) {
        return Err(("/format".into(), format!("{id:?} cannot be read")));
    }
    Ok(())
}

pub(super) fn address(place: &str, text: &str) -> std::result::Result<Url, Wrong> {
    let url = Url::parse(text.trim()).ok().filter(|url| canonical(url).is_some());
    url.ok_or_else(|| (place.to_owned(), format!("{text:?} is no http or https address")))
}

impl HttpSource {
    /// # Errors
    /// A JSON pointer to what is wrong, and what that is.
    pub fn addresses(&self) -> std::result::Result<Vec<Url>, Wrong> {
        if self.urls.is_empty() || self.urls.len() > URLS_MAXIMUM {
            return Err(("/urls".into(), format!("give 1 to {URLS_MAXIMUM} addresses")));
        }
        readable(&self.format)?;
        self.urls.iter().enumerate().map(|(index, text)| address(&format!("/urls/{index}"), text)).collect()
    }
}

impl HubSource {
    /// # Errors
    /// A JSON pointer to what is wrong, and what that is.
    pub fn part(&self) -> std::result::Result<hub::Wanted, Wrong> {
        let is_name = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
        let name = self.dataset.trim();
        if name.is_empty() || name.len() > 200 || !name.chars().all(is_name) || name.matches('/').count() > 1 {
            return Err(("/dataset".into(), "a dataset of the hub is called owner/name".into()));
        }
        let base = self.base_url.as_deref().filter(|text| !text.trim().is_empty());
        Ok(hub::Wanted {
            dataset: name.to_owned(),
            configuration: self.configuration.clone().filter(|text| !text.trim().is_empty()),
            splits: self.splits.clone(),
            base: base.map(|text| address("/base_url", text)).transpose()?,
        })
    }
}

impl CollectSource {
    pub(super) fn check(&self, connections: &Connections, workspace: WorkspaceId) -> Result<()> {
        let wrong = match self {
            Self::Web(source) => source.plan().err(),
            Self::Http(source) => source.addresses().err(),
            Self::Hub(source) => source.part().err(),
            Self::Bucket(source) => source.wanted(connections, workspace).err(),
            Self::Apify(source) => source.wanted(connections, workspace).err(),
            Self::Database(source) => source.wanted(connections, workspace, None).err(),
            Self::Synthesis(source) => source.check().err(),
            Self::Augmentation(source) => source.check().err(),
        };
        match wrong {
            Some((place, message)) => Err(Error::invalid(&format!("/source{place}"), "bad_source", message)),
            None => Ok(()),
        }
    }

    /// Its kind, and what was asked for in few words.
    pub fn told(&self) -> (&'static str, Vec<String>) {
        match self {
            Self::Web(source) => ("web", source.urls.clone()),
            Self::Http(source) => ("http", source.urls.clone()),
            Self::Hub(source) => ("hub", vec![source.dataset.clone()]),
            Self::Bucket(source) => {
                let (kind, scheme) = match source.store {
                    BucketKind::S3 => ("s3", "s3"),
                    BucketKind::Gcs => ("gcs", "gs"),
                    BucketKind::Azure => ("azure", "azure"),
                    BucketKind::Folder => ("folder", "folder"),
                };
                let connection = source.connection.as_ref().filter(|_| source.store == BucketKind::Folder);
                let place = connection.unwrap_or(&source.bucket);
                (kind, vec![format!("{scheme}://{place}/{}", source.prefix)])
            }
            Self::Apify(source) => {
                let name = source.dataset.as_ref().or(source.actor.as_ref());
                ("apify", name.cloned().into_iter().collect())
            }
            Self::Database(source) => ("database", vec![source.connection.clone()]),
            Self::Synthesis(source) => ("synthesis", vec![format!("{} by a recipe", source.what.as_str())]),
            Self::Augmentation(_) => ("augmentation", vec!["items of this project".to_owned()]),
        }
    }
}

/// One source as its project shows it.
#[derive(Debug, Clone)]
pub struct SourceTold {
    pub job: JobId,
    pub dataset: Option<i64>,
    /// `web`, `http`, `hub`, `s3`, `gcs`, `azure`, `apify`, `database`, `upload`, `folder`, `push`, `watched_folder` or
    /// `maildir`.
    pub kind: &'static str,
    /// Addresses, names of datasets: what was asked for.
    pub origins: Vec<String>,
    pub state: String,
    pub items: i64,
    pub created_at: Timestamp,
}

impl Workflow {
    /// Queues a collection into a dataset, once or every so many seconds. Everything that can be checked beforehand is.
    pub async fn collect_later(
        &self,
        dataset: &Permit<DatasetRow>,
        source: CollectSource,
        project: Option<ProjectId>,
        every_seconds: Option<i64>,
    ) -> Result<JobId> {
        let row = dataset.resource();
        source.check(&self.connections, row.workspace)?;
        if let Some(every) = every_seconds {
            super::repeating::check_pause(every)?;
            if matches!(source, CollectSource::Synthesis(_) | CollectSource::Augmentation(_)) {
                let message = "what is made would be the same each time: make more, or give another seed";
                return Err(Error::invalid("/every_seconds", "not_repeated", message));
            }
        }
        if project.is_none() && matches!(source, CollectSource::Augmentation(_)) {
            let message = "name the project whose items are changed";
            return Err(Error::invalid("/project_id", "no_project", message));
        }
        if let Some(project) = project {
            self.permit_project(dataset.principal(), project, Action::ManageProject).await?;
        }
        let (id, workspace, by, now) = (row.id, row.workspace, dataset.user(), self.now());
        let job = self
            .write(move |tx| {
                Box::pin(async move {
                    let mut input = CollectInput { dataset: id, source, project, repeat: None, bookmark: None };
                    if let Some(every_seconds) = every_seconds {
                        let source = super::repeating::json(&input.source)?;
                        let new = repeats::NewRepeat {
                            workspace,
                            project,
                            dataset: id,
                            source: &source,
                            every_seconds,
                            created_by: Some(by),
                            now,
                        };
                        input.repeat = Some(repeats::create(tx, &new).await?);
                    }
                    let text = super::repeating::json(&input)?;
                    let new = jobs::NewJob {
                        workspace,
                        project,
                        kind: kinds::COLLECT,
                        input: &text,
                        created_by: Some(by),
                        now,
                    };
                    let job = jobs::enqueue(tx, new).await?;
                    if let Some(repeat) = input.repeat {
                        repeats::begun(tx, repeat, job).await?;
                    }
                    Ok(job)
                })
            })
            .await?;
        self.queued(workspace, job);
        Ok(job)
    }

    /// What was brought into a project's datasets or is on its way there, the newest first.
    pub async fn sources(&self, project: &Permit<ProjectRow>) -> Result<Vec<SourceTold>> {
        let (id, workspace) = (project.resource().id, project.resource().workspace);
        let rows = self
            .read(move |tx| Box::pin(async move { Ok(sources::sources(tx, workspace, id, TOLD_MAXIMUM).await?) }))
            .await?;
        Ok(rows.into_iter().map(told).collect())
    }
}

/// Kinds of sources that programs and commands bring in.
const BROUGHT: [&str; 11] =
    ["push", "watched_folder", "maildir", "web", "http", "hub", "s3", "gcs", "azure", "apify", "database"];

fn told(row: SourceRow) -> SourceTold {
    let (kind, origins, dataset) = if row.kind == kinds::COLLECT {
        match serde_json::from_str::<CollectInput>(&row.input) {
            Ok(CollectInput { source, dataset, .. }) => {
                let (kind, origins) = source.told();
                (kind, origins, Some(dataset))
            }
            Err(_) => ("web", Vec::new(), None),
        }
    } else if row.kind == kinds::BRING {
        match serde_json::from_str::<BringInput>(&row.input) {
            Ok(BringInput { import, kind, from, .. }) => {
                let known = BROUGHT.into_iter().find(|known| *known == kind);
                (known.unwrap_or("push"), vec![from], import.dataset)
            }
            Err(_) => ("push", Vec::new(), None),
        }
    } else {
        match serde_json::from_str::<ImportInput>(&row.input) {
            Ok(ImportInput { source: Source::Uploads(files), dataset, .. }) => {
                ("upload", vec![format!("{} files", files.len())], dataset)
            }
            // The operator's disk is nobody else's business: only the name of the folder is told.
            Ok(ImportInput { source: Source::Path(path), dataset, .. }) => {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                ("folder", vec![name], dataset)
            }
            Err(_) => ("upload", Vec::new(), None),
        }
    };
    SourceTold {
        job: row.job,
        dataset: dataset.map(|id| id.0),
        kind,
        origins,
        state: row.state,
        items: row.items,
        created_at: row.created_at,
    }
}
