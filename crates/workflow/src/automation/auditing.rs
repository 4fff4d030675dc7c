//! The audit of machine labels. Enters: a person's answer to a task that a machine has labeled. Leaves: a bound that
//! holds at every moment of the audit, the next labels to check, or, when the target is shown to be missed, all labels
//! back with people.
//!
//! People see an ordinary task without a suggestion. Labels are drawn in a random order that was fixed before the first
//! check.

use super::{certifying::with_audit, labels};
use crate::{
    Result, Workflow,
    jobs::{Running, Stopped},
};
use labelwright_core::{ProjectId, TaskId, Timestamp};
use labelwright_learn::certify::sequence::{Alarm, Audit};
use labelwright_store::{
    Tx, audit,
    records::{
        machine_labels::{self, CertificateRow, Check},
        projects::{self, ProjectRow},
    },
    seats,
};
use serde_json::{Value, json};

/// Labels that wait for a check at a time.
const WAITING: i64 = 10;
/// Labels that are taken back at once: short enough that labelers get in between.
const PAGE: i64 = 500;

/// What the checks say.
struct Verdict {
    right: i64,
    bound: f64,
    missed: bool,
}

/// Until somebody settles it, a check on which people are divided counts against the bound, and is no reason to take labels
/// back: both promises hold whatever it turns out to be. To leave it out would make the audit one of easy tasks.
fn verdict(checks: &[Check], row: &CertificateRow) -> Verdict {
    let pool = Some(row.automatic.max(0) as u64);
    let (mut audit, mut alarm) = (Audit::new(row.risk, pool), Alarm::new(row.target, row.risk, pool));
    let mut missed = false;
    for check in checks {
        audit.check(*check == Check::Right);
        missed |= alarm.check(*check != Check::Wrong);
    }
    Verdict { right: audit.right() as i64, bound: audit.lower_bound(), missed }
}

/// Compares what people have answered since, tells the bound, and draws on or takes all labels back.
pub(crate) async fn audit(
    running: &mut Running<'_>,
    project: ProjectId,
    certificate: i64,
    withdraw: bool,
) -> Result<Value, Stopped> {
    let workflow = running.workflow.clone();
    let found = workflow
        .read(move |tx| {
            Box::pin(async move {
                let row = projects::project(tx, project).await?;
                Ok(row.zip(machine_labels::certificate(tx, certificate).await?))
            })
        })
        .await?;
    let (place, row) = found
        .filter(|(place, row)| row.project == place.id)
        .ok_or_else(|| Stopped::Failed(format!("the project has no certificate {certificate}")))?;
    match row.state.as_str() {
        // An earlier run may have ended half way.
        "pulled_back" | "withdrawn" => return taken_back(running, &place, &row).await,
        "none" => return Err(Stopped::Failed("this certificate covers no labels".into())),
        _ if withdraw => {
            end(&workflow, &place, &row, "withdrawn", running.job.created_by).await?;
            return taken_back(running, &place, &row).await;
        }
        _ => {}
    }
    let field = row.field.clone();
    let checks = workflow
        .write(move |tx| {
            Box::pin(async move {
                compare(tx, certificate, &field).await?;
                Ok(machine_labels::checks(tx, certificate).await?)
            })
        })
        .await?;
    let (copy, checked) = (row.clone(), checks.len() as i64);
    let found = workflow.blocking(move || verdict(&checks, &copy)).await?;
    let (right, bound, missed) = (found.right, found.bound, found.missed);
    workflow
        .write(move |tx| {
            Box::pin(async move {
                machine_labels::set_audit(tx, certificate, checked, right, bound).await?;
                if missed { Ok(()) } else { draw(tx, project, certificate).await }
            })
        })
        .await?;
    if missed {
        end(&workflow, &place, &row, "pulled_back", None).await?;
        return taken_back(running, &place, &row).await;
    }
    workflow.announce(place.workspace, "project", project.0);
    Ok(json!({ "checked": checked, "right": right, "lower_bound": bound, "pulled_back": false }))
}

/// Draws labels to check until enough wait, and offers their tasks.
pub(crate) async fn draw(tx: &mut Tx, project: ProjectId, certificate: i64) -> Result<()> {
    let drawn = machine_labels::draw(tx, certificate, WAITING).await?;
    seats::bring_back(tx, project, &drawn).await?;
    Ok(seats::offer(tx, project, &drawn).await?)
}

/// People's answers to tasks with machine labels, held against those.
async fn compare(tx: &mut Tx, certificate: i64, field: &str) -> Result<()> {
    for one in machine_labels::answered(tx, certificate).await? {
        let outcome = match (one.state.as_str(), labels::of_task(tx, one.task, field).await?) {
            // Nobody drew it: it stands in place of the machine's label, and is no check.
            ("auto", _) => "labeled",
            (_, Some(value)) if value == one.value => "right",
            (_, Some(_)) => "wrong",
            (_, None) => "undecided",
        };
        machine_labels::compared(tx, certificate, &one, outcome).await?;
    }
    Ok(())
}

/// From this moment on no label of the certificate stands.
pub(crate) async fn end(
    workflow: &Workflow,
    project: &ProjectRow,
    row: &CertificateRow,
    state: &'static str,
    by: Option<labelwright_core::UserId>,
) -> Result<()> {
    let (workspace, place, id, now) = (project.workspace, project.id, row.id, workflow.now());
    workflow
        .write(move |tx| {
            Box::pin(async move {
                if !machine_labels::set_state(tx, id, state, Some::<Timestamp>(now)).await? {
                    return Ok(());
                }
                let row = machine_labels::certificate(tx, id).await?;
                let action =
                    if state == "withdrawn" { "project.autolabel.withdraw" } else { "project.autolabel.pull_back" };
                let mut detail = row.as_ref().map(with_audit).unwrap_or_default();
                // The log says what happened; the whole certificate is kept with it.
                if let Some(fields) = detail.as_object_mut() {
                    fields.retain(|name, _| {
                        matches!(name.as_str(), "certificate" | "audit" | "target" | "risk" | "automatic")
                    });
                }
                let target = format!("project:{place}");
                Ok(audit::record(tx, workspace, by, action, &target, &detail, now).await?)
            })
        })
        .await
}

async fn taken_back(running: &mut Running<'_>, project: &ProjectRow, row: &CertificateRow) -> Result<Value, Stopped> {
    take_back(running, row).await?;
    running.workflow.announce(project.workspace, "project", project.id.0);
    Ok(json!({ "pulled_back": true, "labels": row.automatic }))
}

/// Opens the tasks of a certificate's labels for people again. Nobody cancels this: what was half taken back would be
/// with nobody.
pub(crate) async fn take_back(running: &mut Running<'_>, row: &CertificateRow) -> Result<(), Stopped> {
    let (id, project, mut done) = (row.id, row.project, 0);
    loop {
        let tasks: Result<Vec<TaskId>> = running
            .workflow
            .write(move |tx| {
                Box::pin(async move {
                    let tasks = machine_labels::pull_back(tx, id, PAGE).await?;
                    seats::bring_back(tx, project, &tasks).await?;
                    Ok(tasks)
                })
            })
            .await;
        let tasks = tasks?;
        if tasks.is_empty() {
            return Ok(());
        }
        done += tasks.len() as i64;
        match running.progress(done, row.automatic, "giving machine labels back to people").await {
            Err(Stopped::Cancelled) => {}
            other => other?,
        }
    }
}
