//! Learns from the labels that there are. Enters: features and labels. Leaves: a run with what it is worth on labels that
//! it had not seen, and a suggestion with a score for every task that nobody labeled.

use super::{
    control,
    features::{Features, features},
    labels::{Known, field_of},
};
use crate::{
    Error, Result,
    jobs::{Running, Stopped},
    plan::settings_of,
};
use labelwright_learn::{
    LearnError,
    classify::{self, Labels, Prediction, Space},
    scale::Scaling,
};
use labelwright_store::records::{
    model_runs::{self, ModelRun},
    projects::{self, ProjectRow},
    suggestions::{self, NewSuggestion},
};
use std::{sync::Arc, time::Instant};

/// Fewer labels teach nothing.
pub(crate) const LABELS_MINIMUM: usize = 10;
/// Suggestions that are stored at once: short enough that labelers get in between.
const PAGE: usize = 1000;

/// A trained model's guesses, and what they were made of.
pub(crate) struct Trained {
    pub features: Arc<Features>,
    pub known: Known,
    /// The labeled rows.
    pub labels: Labels,
    pub prediction: Prediction,
    /// Tasks of the slice have places below this.
    pub control_bound: i64,
    pub run: i64,
    pub number: i64,
}

/// What there is to learn from.
pub(crate) struct Material {
    pub project: ProjectRow,
    pub features: Arc<Features>,
    pub known: Known,
    pub labels: Labels,
}

/// A guess: the place of the class, and its probability.
pub(crate) fn guess(probabilities: &[f64]) -> (usize, f64) {
    let mut best = (0, 0.0);
    for (class, probability) in probabilities.iter().enumerate() {
        if *probability > best.1 {
            best = (class, *probability);
        }
    }
    best
}

pub(crate) async fn material(
    running: &mut Running<'_>,
    project: labelwright_core::ProjectId,
) -> Result<Material, Stopped> {
    let workflow = running.workflow.clone();
    let row = workflow
        .read(move |tx| Box::pin(async move { Ok(projects::project(tx, project).await?) }))
        .await?
        .ok_or_else(|| Stopped::Failed("the project is gone".into()))?;
    let schema = workflow.schema_of(row.schema_version).await?;
    let field = field_of(&schema, settings_of(&row).automation.field.as_deref())?;
    let features = Arc::new(features(running, &row).await?);
    let known = workflow.known_labels(&row, field).await?;
    // Both are in the order of the tasks.
    let (rows, labels): (Vec<usize>, Vec<u32>) =
        known.of.iter().filter_map(|(task, label)| Some((features.tasks.binary_search(task).ok()?, *label))).unzip();
    let labels = Labels::new(rows, labels, known.classes.len(), features.tasks.len()).map_err(failed)?;
    Ok(Material { project: row, features, known, labels })
}

pub(crate) fn failed(error: LearnError) -> Stopped {
    Stopped::Failed(error.to_string())
}

/// Why nothing can be learned yet, if it cannot.
pub(crate) fn too_little(material: &Material) -> Option<String> {
    let (labels, field) = (material.labels.len(), &material.known.field);
    if labels < LABELS_MINIMUM {
        let missing = LABELS_MINIMUM - labels;
        return Some(format!(
            "{labels} tasks have a label for {field:?}: label {missing} more, {LABELS_MINIMUM} are the least to learn from"
        ));
    }
    match material.known.classes.as_slice() {
        [only] => Some(format!(
            "all labels say {only:?}: label tasks of another kind too, so that there is something to tell apart"
        )),
        _ => None,
    }
}

/// Trains, and keeps the run and its suggestions.
pub(crate) async fn train(running: &mut Running<'_>, material: Material) -> Result<Trained, Stopped> {
    let Material { project, features, known, labels } = material;
    let workflow = running.workflow.clone();
    let control_bound = workflow.control_bound(project.id).await?;
    let (started, tasks) = (Instant::now(), features.tasks.len() as i64);
    let (rows, given) = (Arc::clone(&features), labels.clone());
    let prediction = running
        .compute((0, tasks), "learning from the labels", move || {
            let space = Space::new(&rows.matrix, Scaling::None);
            classify::predict(&space, &given, classify::method("auto")?)
        })
        .await?
        .map_err(failed)?;
    let run = run_of(&features, &known, &labels, &prediction, control_bound, started.elapsed().as_secs_f64())?;
    let (job, id, now) = (running.job.id, project.id, workflow.now());
    let run = ModelRun { at: now, ..run };
    let (run, number) = workflow
        .write(move |tx| {
            Box::pin(async move {
                model_runs::seen(tx, id, control::DEFAULT).await?;
                Ok(model_runs::keep(tx, id, job, &run).await?)
            })
        })
        .await?;
    let trained = Trained { features, known, labels, prediction, control_bound, run, number };
    suggest(running, &project, &trained).await?;
    workflow.announce(project.workspace, "project", project.id.0);
    Ok(trained)
}

fn run_of(
    features: &Features,
    known: &Known,
    labels: &Labels,
    prediction: &Prediction,
    control_bound: i64,
    seconds: f64,
) -> Result<ModelRun> {
    let mut run = ModelRun {
        id: 0,
        number: 0,
        field: known.field.clone(),
        features: features.kind.id.to_owned(),
        notes: serde_json::to_string(&prediction.notes).map_err(|error| Error::internal(error.to_string()))?,
        tasks: features.tasks.len() as i64,
        labels: labels.len() as i64,
        labels_right: 0,
        control: 0,
        control_right: 0,
        seconds,
        at: labelwright_core::Timestamp(0),
    };
    for ((row, label), held) in labels.iter().zip(prediction.held_out.chunks_exact(labels.classes.max(1))) {
        let right = i64::from(guess(held).0 == label);
        run.labels_right += right;
        if features.tasks.get(row).is_some_and(|task| control::place(*task) < control_bound) {
            run.control += 1;
            run.control_right += right;
        }
    }
    Ok(run)
}

async fn suggest(running: &mut Running<'_>, project: &ProjectRow, trained: &Trained) -> Result<(), Stopped> {
    let workflow = running.workflow.clone();
    let blind = settings_of(project).blind;
    let classes = trained.labels.classes.max(1);
    let rows = trained.features.tasks.iter().zip(trained.prediction.probabilities.chunks_exact(classes));
    let new: Vec<NewSuggestion> = rows
        .filter(|(task, _)| !trained.known.of.contains_key(task))
        .filter_map(|(task, probabilities)| {
            let (class, score) = guess(probabilities);
            let value = trained.known.classes.get(class)?.clone();
            let hidden = blind || control::place(*task) < trained.control_bound;
            Some(NewSuggestion { task: *task, value, score, hidden })
        })
        .collect();
    let total = new.len() as i64;
    for (page, chunk) in new.chunks(PAGE).enumerate() {
        let (chunk, id, run, now) = (chunk.to_vec(), project.id, trained.run, workflow.now());
        workflow
            .write(move |tx| Box::pin(async move { Ok(suggestions::keep(tx, id, run, &chunk, now).await?) }))
            .await?;
        running.progress((page * PAGE) as i64, total, "storing suggestions").await?;
    }
    Ok(())
}
