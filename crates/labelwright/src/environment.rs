//! Where the data lies and how it is opened: flags, then environment, then a configuration file, then defaults.

use clap::Args;
use labelwright_store::{
    Database, Store,
    blobs::{BlobConfiguration, Blobs},
};
use labelwright_workflow::{Workflow, acquire::Connections, clock::Clock, decoding::Scrub};
use serde::Deserialize;
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

/// What the first start makes unless it is told otherwise.
pub const FIRST_WORKSPACE: &str = "My workspace";
pub const FIRST_OWNER: &str = "owner@localhost.local";

pub type Failure = Box<dyn std::error::Error + Send + Sync>;

#[derive(Debug, Clone, Args)]
pub struct DataOptions {
    /// Folder for the embedded database, blobs and uploads.
    #[arg(long, global = true, env = "LABELWRIGHT_DATA", default_value = "./data")]
    pub data: PathBuf,
    /// sqlite:PATH or postgres://USER@HOST/NAME; the embedded SQLite in the data folder unless told.
    #[arg(long, global = true, env = "LABELWRIGHT_DATABASE")]
    pub database: Option<String>,
    /// Keep blobs in this S3 bucket instead of the data folder.
    #[arg(long, global = true, env = "LABELWRIGHT_S3_BUCKET")]
    pub s3_bucket: Option<String>,
    /// Region of the bucket; us-east-1 unless told.
    #[arg(long, global = true, env = "LABELWRIGHT_S3_REGION")]
    pub s3_region: Option<String>,
    /// Address of an S3-compatible store other than Amazon's.
    #[arg(long, global = true, env = "LABELWRIGHT_S3_ENDPOINT")]
    pub s3_endpoint: Option<String>,
    /// Networks that are not public but may be fetched from all the same, with commas between them: 10.1.0.0/16
    #[arg(long, global = true, env = "LABELWRIGHT_ALLOW_NETWORKS")]
    pub allow_networks: Option<String>,
    /// A TOML file of connections: keys, tokens and databases that sources may use by their names.
    #[arg(long, global = true, env = "LABELWRIGHT_CONNECTIONS", value_name = "FILE.toml")]
    pub connections: Option<PathBuf>,
    /// What is kept of the patient in medical images: basic keeps nothing but the picture, none keeps files as they are.
    #[arg(long, global = true, env = "LABELWRIGHT_SCRUB", value_name = "basic|none")]
    pub scrub: Option<String>,
    /// The ffmpeg that decodes videos for browsers that cannot; found in PATH unless told, none uses none.
    #[arg(long, global = true, env = "LABELWRIGHT_FFMPEG", value_name = "PROGRAM|none")]
    pub ffmpeg: Option<String>,
    /// A TOML file with the same names (`database = "..."`); flags and environment go before it.
    #[arg(long, global = true, env = "LABELWRIGHT_CONFIG")]
    pub config: Option<PathBuf>,
}

/// The configuration file: unknown keys are errors, so that a typing mistake is seen.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigFile {
    database: Option<String>,
    s3_bucket: Option<String>,
    s3_region: Option<String>,
    s3_endpoint: Option<String>,
    allow_networks: Option<String>,
    connections: Option<PathBuf>,
    scrub: Option<String>,
    ffmpeg: Option<String>,
    pub listen: Option<SocketAddr>,
    pub public_url: Option<String>,
    pub workers: Option<usize>,
    pub owner: Option<String>,
}

fn read_config(path: Option<&Path>) -> Result<ConfigFile, Failure> {
    let Some(path) = path else { return Ok(ConfigFile::default()) };
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()).into())
}

impl DataOptions {
    /// What the configuration file says; nothing without one.
    pub fn config(&self) -> Result<ConfigFile, Failure> {
        read_config(self.config.as_deref())
    }

    pub fn database(&self) -> Result<Database, Failure> {
        let config = self.config()?;
        match self.database.clone().or(config.database) {
            Some(text) => Ok(Database::parse(&text)?),
            None => {
                std::fs::create_dir_all(&self.data).map_err(|error| format!("{}: {error}", self.data.display()))?;
                Ok(Database::Sqlite { path: self.data.join("labelwright.sqlite") })
            }
        }
    }

    pub fn blobs(&self) -> Result<Blobs, Failure> {
        let config = self.config()?;
        let configuration = match self.s3_bucket.clone().or(config.s3_bucket) {
            Some(bucket) => BlobConfiguration::S3 {
                bucket,
                region: self.s3_region.clone().or(config.s3_region).unwrap_or_else(|| "us-east-1".into()),
                endpoint: self.s3_endpoint.clone().or(config.s3_endpoint),
                keys: None,
            },
            None => BlobConfiguration::Folder(self.data.join("blobs")),
        };
        Ok(Blobs::open(&configuration)?)
    }

    fn connections(&self) -> Result<Connections, Failure> {
        let Some(path) = self.connections.clone().or(self.config()?.connections) else {
            return Ok(Connections::default());
        };
        let about = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        let text = std::fs::read_to_string(&path).map_err(|error| about(&error))?;
        Ok(Connections::parse(&text).map_err(|error| about(&error))?)
    }

    fn scrub(&self) -> Result<Scrub, Failure> {
        match self.scrub.clone().or(self.config()?.scrub) {
            Some(word) => Scrub::read(&word).ok_or_else(|| format!("scrub: {word:?} is neither basic nor none").into()),
            None => Ok(Scrub::Basic),
        }
    }

    fn with_frames(&self, workflow: Workflow) -> Result<Workflow, Failure> {
        match self.ffmpeg.clone().or(self.config()?.ffmpeg) {
            Some(word) if word == "none" => Ok(workflow.decoding_no_frames()),
            Some(path) => {
                let program = Path::new(&path).canonicalize().map_err(|error| format!("ffmpeg: {path}: {error}"))?;
                Ok(workflow.decoding_frames_with(Some(program)))
            }
            None => Ok(workflow.decoding_frames_with(None)),
        }
    }

    /// Opens everything, with tables brought up to date.
    pub async fn open(&self) -> Result<Workflow, Failure> {
        let store = Store::open(&self.database()?).await?;
        let workflow = Workflow::new(store, self.blobs()?, Clock::System, self.data.join("uploads"))
            .decoding_with(std::env::current_exe()?);
        let workflow = workflow.connecting_with(self.connections()?);
        let workflow = self.with_frames(workflow.scrubbing(self.scrub()?))?;
        Ok(workflow.allowing_networks(self.networks()?.split(','))?)
    }

    /// Networks that are not public but may be fetched from, with commas between them.
    pub fn networks(&self) -> Result<String, Failure> {
        Ok(self.allow_networks.clone().or(self.config()?.allow_networks).unwrap_or_default())
    }
}
