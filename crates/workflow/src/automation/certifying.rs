//! Machine labels with a promise. Enters: a target and a risk. Leaves: a certificate, and labels only where it covers
//! them. The sample is the longest beginning of a random order of all tasks that people have labeled: no choice of
//! anybody's, and none of the model's, is in it.
//!
//! Whoever tests until one test holds has a greater risk than that of each test. The tests of a field therefore share the
//! risk: each has less than the one before it, and all that there will ever be have no more than was asked for.

use super::{
    auditing, control,
    training::{Trained, failed, guess, material, too_little, train},
};
use crate::{
    Error, Result, Workflow,
    automation::queue::CONTROL,
    jobs::{Running, Stopped},
};
use labelwright_core::{JobId, LabelSchema, ProjectId, TaskId};
use labelwright_learn::certify::{Certificate, Guess, bounds, certify};
use labelwright_store::{
    audit,
    records::{
        machine_labels::{self, CertificateRow, MachineLabel, NewCertificate},
        model_runs,
        projects::ProjectRow,
        settled, suggestions,
    },
    seats,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Labels that are stored at once: short enough that labelers get in between.
const PAGE: usize = 500;

/// What was asked for: at least `target` of the machine's labels are right, at `risk`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    pub target: f64,
    pub risk: f64,
}

/// Why a machine's answer would be no whole answer.
fn incomplete(schema: &LabelSchema, field: &str) -> Option<String> {
    let other = schema.fields.iter().find(|other| other.id != field && other.required)?;
    Some(format!(
        "the schema also requires {:?}, which no machine answers: a label by machine would be half an answer",
        other.title
    ))
}

pub(crate) async fn autolabel(running: &mut Running<'_>, project: ProjectId, wanted: Wanted) -> Result<Value, Stopped> {
    let workflow = running.workflow.clone();
    free(running, project).await?;
    let material = material(running, project).await?;
    if let Some(reason) = too_little(&material) {
        return Err(Stopped::Failed(reason));
    }
    let row = material.project.clone();
    let schema = workflow.schema_of(row.schema_version).await?;
    if let Some(reason) = incomplete(&schema, &material.known.field) {
        return Err(Stopped::Failed(reason));
    }
    let trained = train(running, material).await?;
    let offered = workflow.read(move |tx| Box::pin(async move { Ok(settled::offered(tx, project).await?) })).await?;
    let pool = Pool::of(&trained, &offered.into_iter().collect());
    let (guesses, sampled) = (pool.guesses.clone(), pool.sampled);
    let (job, field) = (running.job.id, trained.known.field.clone());
    let before = tests_before(&workflow, project, &field, job).await?;
    let risk = bounds::share_of_risk(wanted.risk, before + 1);
    let certificate = running
        .compute((0, guesses.len() as i64), "testing where the machine may label", move || {
            certify(&guesses, wanted.target, risk)
        })
        .await?
        .map_err(failed)?;
    let document = document(&trained, &certificate, sampled, wanted, before);
    match certificate.cut {
        Some(cut) => {
            let labels = pool.labels(&trained, cut);
            let id = store(running, &row, &trained, wanted, &document, labels).await?;
            Ok(json!({ "certificate": id, "automatic": certificate.automatic, "reason": certificate.reason }))
        }
        None => {
            let id = create(running, &row, &trained, wanted, &document, "none", 0).await?;
            let next = before + u64::from(certificate.tested) + 1;
            let needed = bounds::needed(wanted.target, bounds::share_of_risk(wanted.risk, next));
            let asked = ask(&workflow, project, &trained, needed as usize, sampled).await?;
            Ok(json!({ "certificate": id, "automatic": 0, "reason": certificate.reason, "asked": asked }))
        }
    }
}

/// How many tests of the field were made before this job.
async fn tests_before(workflow: &Workflow, project: ProjectId, field: &str, job: JobId) -> Result<u64> {
    let rows = workflow.read(move |tx| Box::pin(async move { Ok(machine_labels::certificates(tx, project).await?) }));
    // The newest one knows how many came before it.
    let Some(row) = rows.await?.into_iter().find(|row| row.field == field && row.job != job) else { return Ok(0) };
    let document: Value = serde_json::from_str(&row.document).unwrap_or_default();
    let tested = document["tested"].as_bool().unwrap_or(true);
    Ok(document["tests_before"].as_u64().unwrap_or(0) + u64::from(tested))
}

/// Only one certificate of a project holds at a time. What an earlier run of this job left half done is taken back.
async fn free(running: &mut Running<'_>, project: ProjectId) -> Result<(), Stopped> {
    let workflow = running.workflow.clone();
    let (job, all) = (
        running.job.id,
        workflow.read(move |tx| Box::pin(async move { Ok(machine_labels::certificates(tx, project).await?) })).await?,
    );
    for row in all {
        match row.state.as_str() {
            "labeling" if row.job == job => auditing::take_back(running, &row).await?,
            "labeling" | "holds" => {
                let message = format!("certificate {} has labels already: withdraw it first", row.id);
                return Err(Stopped::Failed(message));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Rows that the test is about: the sample, and what may be labeled.
struct Pool {
    guesses: Vec<Guess>,
    /// Task, class and score of the rows that may be labeled.
    open: Vec<(TaskId, usize, f64)>,
    sampled: usize,
}

impl Pool {
    fn of(trained: &Trained, offered: &BTreeSet<TaskId>) -> Self {
        let classes = trained.labels.classes.max(1);
        let order = control::in_order(trained.features.tasks.iter().copied());
        let sample: BTreeSet<TaskId> =
            order.into_iter().take_while(|task| trained.known.of.contains_key(task)).collect();
        let mut guesses = Vec::new();
        for ((row, label), held) in trained.labels.iter().zip(trained.prediction.held_out.chunks_exact(classes)) {
            if trained.features.tasks.get(row).is_some_and(|task| sample.contains(task)) {
                let (class, confidence) = guess(held);
                guesses.push(Guess { confidence, right: Some(class == label) });
            }
        }
        let rows = trained.features.tasks.iter().zip(trained.prediction.probabilities.chunks_exact(classes));
        let open: Vec<(TaskId, usize, f64)> = rows
            .filter(|(task, _)| offered.contains(task) && !trained.known.of.contains_key(task))
            .map(|(task, probabilities)| {
                let (class, score) = guess(probabilities);
                (*task, class, score)
            })
            .collect();
        guesses.extend(open.iter().map(|(_, _, confidence)| Guess { confidence: *confidence, right: None }));
        Self { guesses, open, sampled: sample.len() }
    }

    /// Labels at or above the cut; people check them in a random order of their own.
    fn labels(&self, trained: &Trained, cut: f64) -> Vec<MachineLabel> {
        let above = self.open.iter().filter(|(_, _, score)| *score >= cut);
        above
            .filter_map(|(task, class, score)| {
                let draw = (crate::settings::shuffled(trained.run as u64, task.0 as u64) >> 16) as i64;
                Some(MachineLabel {
                    task: *task,
                    value: trained.known.classes.get(*class)?.clone(),
                    score: *score,
                    draw,
                })
            })
            .collect()
    }
}

/// `before`: tests of the field that were made earlier.
fn document(trained: &Trained, certificate: &Certificate, sampled: usize, wanted: Wanted, before: u64) -> Value {
    let tests = if before == 1 { "1 test came".to_owned() } else { format!("{before} tests came") };
    let mut document = serde_json::to_value(certificate).unwrap_or_default();
    document["assumptions"] = json!([
        format!(
            "the sample is the first {sampled} tasks of a random order of all tasks; other labels only taught the model"
        ),
        "what the queue picked for people has left the pool, and what remains is no harder for the model than the sample",
        "labels given by people are right",
        "confidences of the sample come from models that did not see its labels",
        format!(
            "{tests} before this one: all tests of this field, also those to come, share the risk of {}, and this one has \
             {:.6} of it",
            wanted.risk, certificate.risk
        ),
    ]);
    document["risk"] = json!(wanted.risk);
    document["risk_of_test"] = json!(certificate.risk);
    document["tests_before"] = json!(before);
    document["field"] = json!(trained.known.field);
    document["model_run"] = json!(trained.number);
    document["features"] = json!(trained.features.kind.id);
    document["labels"] = json!(trained.labels.len());
    document["tasks"] = json!(trained.features.tasks.len());
    document
}

async fn create(
    running: &mut Running<'_>,
    project: &ProjectRow,
    trained: &Trained,
    wanted: Wanted,
    document: &Value,
    state: &'static str,
    automatic: i64,
) -> Result<i64, Stopped> {
    let (job, by, now) = (running.job.id, running.job.created_by, running.workflow.now());
    let (project, run, field, text) = (project.id, trained.run, trained.known.field.clone(), document.to_string());
    let id = running
        .workflow
        .write(move |tx| {
            Box::pin(async move {
                let new = NewCertificate {
                    project,
                    job,
                    run,
                    field: &field,
                    target: wanted.target,
                    risk: wanted.risk,
                    document: &text,
                    state,
                    automatic,
                    created_by: by,
                    now,
                };
                Ok(machine_labels::create(tx, &new).await?)
            })
        })
        .await?;
    Ok(id)
}

/// Stores the labels, takes their tasks out of people's way, and starts the audit. Until all are stored none stands.
async fn store(
    running: &mut Running<'_>,
    project: &ProjectRow,
    trained: &Trained,
    wanted: Wanted,
    document: &Value,
    labels: Vec<MachineLabel>,
) -> Result<i64, Stopped> {
    let total = labels.len() as i64;
    let id = create(running, project, trained, wanted, document, "labeling", total).await?;
    let (workflow, place) = (running.workflow.clone(), project.id);
    for (page, chunk) in labels.chunks(PAGE).enumerate() {
        let chunk = chunk.to_vec();
        workflow
            .write(move |tx| {
                Box::pin(async move {
                    machine_labels::keep(tx, place, id, &chunk).await?;
                    let tasks: Vec<TaskId> = chunk.iter().map(|label| label.task).collect();
                    Ok(seats::set_aside(tx, place, &tasks).await?)
                })
            })
            .await?;
        if let Err(stopped) = running.progress((page * PAGE) as i64, total, "storing machine labels").await {
            if matches!(stopped, Stopped::Cancelled) {
                let row = workflow.read(move |tx| {
                    Box::pin(async move {
                        machine_labels::certificate(tx, id).await?.ok_or(Error::NotFound("the certificate"))
                    })
                });
                let row = row.await?;
                auditing::end(&workflow, project, &row, "withdrawn", running.job.created_by).await?;
                auditing::take_back(running, &row).await?;
            }
            return Err(stopped);
        }
    }
    let (workspace, by, now) = (project.workspace, running.job.created_by, workflow.now());
    let detail = json!({ "certificate": id, "labels": total, "target": wanted.target, "risk": wanted.risk });
    workflow
        .write(move |tx| {
            Box::pin(async move {
                machine_labels::set_state(tx, id, "holds", None).await?;
                let target = format!("project:{place}");
                audit::record(tx, workspace, by, "project.autolabel", &target, &detail, now).await?;
                auditing::draw(tx, place, id).await
            })
        })
        .await?;
    workflow.announce(workspace, "project", place.0);
    Ok(id)
}

/// Puts the tasks that the sample lacks first in the queue, and hides what the model thinks of them. `needed` tasks are the
/// least that the next test takes. How many were put there.
async fn ask(
    workflow: &Workflow,
    project: ProjectId,
    trained: &Trained,
    needed: usize,
    sampled: usize,
) -> Result<usize> {
    let order = control::in_order(trained.features.tasks.iter().copied());
    // Enough for the target if all are right; then twice as many each time, as each test leaves less of the risk.
    let wanted = needed.max(if sampled < needed { 0 } else { sampled * 2 });
    let first: Vec<TaskId> = order.into_iter().take(wanted).collect();
    let bound = first.last().map_or(0, |task| control::place(*task) + 1);
    let missing: Vec<TaskId> = first.into_iter().filter(|task| !trained.known.of.contains_key(task)).collect();
    let asked = missing.len();
    workflow
        .write(move |tx| {
            Box::pin(async move {
                model_runs::widen_control(tx, project, bound).await?;
                for task in &missing {
                    suggestions::hide(tx, *task).await?;
                }
                let asked: BTreeSet<TaskId> = missing.iter().copied().collect();
                let before = suggestions::queued_tasks(tx, project).await?;
                let later = before.into_iter().filter(|task| !asked.contains(task)).map(|task| (task, "later"));
                let queue: Vec<(TaskId, &str)> = missing.iter().map(|task| (*task, CONTROL)).chain(later).collect();
                let tasks: Vec<TaskId> = queue.iter().map(|(task, _)| *task).collect();
                seats::offer(tx, project, &tasks).await?;
                Ok::<_, Error>(suggestions::set_queue(tx, project, &queue).await?)
            })
        })
        .await?;
    Ok(asked)
}

/// A certificate as it is frozen and shown: the document with what the audit found since.
pub(crate) fn with_audit(row: &CertificateRow) -> Value {
    let mut document: Value = serde_json::from_str(&row.document).unwrap_or_default();
    document["certificate"] = json!(row.id);
    document["state"] = json!(row.state);
    document["audit"] = json!({ "checked": row.checked, "right": row.checked_right, "undecided": row.undecided, "lower_bound": row.bound });
    document
}
