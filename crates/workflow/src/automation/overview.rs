//! What the automation page shows.

use super::{
    control,
    features::Kind,
    labels::{field_of, learnable},
    training::LABELS_MINIMUM,
};
use crate::{Error, Result, Workflow, jobs::kinds, plan::settings_of, policy::Permit, settings::Automation};
use labelwright_quality::statistics::intervals::{Interval, wilson};
use labelwright_store::{
    counters,
    jobs::{self, JobRow},
    records::{
        machine_labels::{self, CertificateRow},
        model_runs::{self, ModelRun},
        projects::ProjectRow,
        suggestions::{self, Queued, Taken},
    },
};

/// Runs that the curve shows.
const RUNS_MAXIMUM: i64 = 200;
/// Tasks of the queue that are shown.
const QUEUE_SHOWN: i64 = 20;
/// Of intervals.
const CONFIDENCE: f64 = 0.95;

/// A field that can be learned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChoice {
    pub id: String,
    pub title: String,
}

/// A share with its interval; None without any trials.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Curve {
    pub right: i64,
    pub all: i64,
    pub share: f64,
    pub interval: Interval,
}

impl Curve {
    fn of(right: i64, all: i64) -> Option<Self> {
        let interval = wilson(right.max(0) as u64, all.max(0) as u64, CONFIDENCE);
        (all > 0).then(|| Self { right, all, share: right as f64 / all as f64, interval })
    }
}

/// A run with what it was worth on labels that it had not seen.
#[derive(Debug, Clone)]
pub struct CurvePoint {
    pub run: ModelRun,
    pub notes: Vec<String>,
    /// On all labels.
    pub accuracy: Option<Curve>,
    /// On the random control slice.
    pub control: Option<Curve>,
    pub taken: Taken,
}

#[derive(Debug, Clone)]
pub struct Overview {
    pub settings: Automation,
    /// The field that is learned, or why there is none.
    pub field: std::result::Result<FieldChoice, String>,
    pub choices: Vec<FieldChoice>,
    /// The features in use, or why there are none.
    pub features: std::result::Result<Kind, String>,
    pub blind: bool,
    pub tasks: i64,
    /// Tasks that people have finished.
    pub finished: i64,
    pub labels_minimum: usize,
    /// The share of all tasks that is the control slice, 0 to 1.
    pub control_share: f64,
    /// Oldest first.
    pub runs: Vec<CurvePoint>,
    pub queue: Vec<Queued>,
    /// The newest job that trains or labels.
    pub job: Option<JobRow>,
    /// Newest first.
    pub certificates: Vec<CertificateRow>,
}

impl Workflow {
    pub async fn automation(&self, project: &Permit<ProjectRow>) -> Result<Overview> {
        let row = project.resource();
        let (schema, settings) = (self.schema_of(row.schema_version).await?, settings_of(row));
        let choice =
            |field: &labelwright_core::schema::Field| FieldChoice { id: field.id.clone(), title: field.title.clone() };
        let told = |error: Error| error.to_string();
        let id = row.id;
        let workspace = row.workspace;
        let (counts, runs, taken, bound, queue, job, certificates) = self
            .read(move |tx| {
                Box::pin(async move {
                    Ok((
                        counters::counts(tx, id).await?,
                        model_runs::newest(tx, id, RUNS_MAXIMUM).await?,
                        suggestions::taken(tx, id).await?,
                        model_runs::control(tx, id).await?.unwrap_or(control::DEFAULT),
                        suggestions::queue(tx, id, QUEUE_SHOWN).await?,
                        jobs::last_of_project(tx, workspace, id, [kinds::TRAIN, kinds::AUTOLABEL]).await?,
                        machine_labels::certificates(tx, id).await?,
                    ))
                })
            })
            .await?;
        let tasks: i64 = counts.iter().filter(|(name, _)| name.starts_with("task:")).map(|(_, count)| count).sum();
        let open = counts.get("task:open").copied().unwrap_or(0);
        let point = |run: ModelRun| CurvePoint {
            notes: serde_json::from_str(&run.notes).unwrap_or_default(),
            accuracy: Curve::of(run.labels_right, run.labels),
            control: Curve::of(run.control_right, run.control),
            taken: taken.iter().find(|taken| taken.run == run.number).cloned().unwrap_or_default(),
            run,
        };
        Ok(Overview {
            field: field_of(&schema, settings.automation.field.as_deref()).map(choice).map_err(told),
            choices: learnable(&schema).map(choice).collect(),
            features: Kind::of(schema.modality).map_err(told),
            settings: settings.automation,
            blind: settings.blind,
            tasks,
            finished: tasks - open,
            labels_minimum: LABELS_MINIMUM,
            control_share: bound as f64 / control::WHOLE as f64,
            runs: runs.into_iter().rev().map(point).collect(),
            queue,
            job,
            certificates,
        })
    }
}
