//! Machines that learn while people label, and rules that people write for them. Enters: people's answers and numbers that
//! stand for items. Leaves: suggestions with scores, an order of tasks, maps, and machine labels that a certificate covers.
//!
//! Keeps: what a machine says is never mixed up with what a person said; nothing is computed inside a transaction, and
//! no labeler waits for it.

pub(crate) mod auditing;
pub(crate) mod certifying;
pub(crate) mod control;
pub(crate) mod features;
pub mod functions;
pub(crate) mod labels;
pub mod map;
mod overview;
pub(crate) mod queue;
pub(crate) mod rule;
pub mod slices;
pub(crate) mod training;

pub use overview::{Curve, CurvePoint, FieldChoice, Overview};

use crate::{Error, Result, Workflow, jobs::kinds, policy::Permit};
use labelwright_core::JobId;
use labelwright_store::records::{machine_labels, projects::ProjectRow};
use serde_json::json;

impl Workflow {
    /// Learns from the labels of this moment.
    pub async fn train_later(&self, project: &Permit<ProjectRow>) -> Result<JobId> {
        let row = project.resource();
        let input = json!({ "project": row.id });
        self.enqueue(row.workspace, Some(row.id), kinds::TRAIN, &input, Some(project.user())).await
    }

    /// Labels by machine what a certificate covers: at least `target` of the labels are right, at `risk`.
    pub async fn autolabel_later(&self, project: &Permit<ProjectRow>, target: f64, risk: f64) -> Result<JobId> {
        for (pointer, value) in [("/target", target), ("/risk", risk)] {
            if !(value > 0.0 && value < 1.0) {
                let message = format!("{value} is given; it must be between 0 and 1, both excluded");
                return Err(Error::invalid(pointer, "out_of_range", message));
            }
        }
        let row = project.resource();
        let input = json!({ "project": row.id, "target": target, "risk": risk });
        self.enqueue(row.workspace, Some(row.id), kinds::AUTOLABEL, &input, Some(project.user())).await
    }

    /// Takes all labels of a certificate back.
    pub async fn withdraw_later(&self, project: &Permit<ProjectRow>, certificate: i64) -> Result<JobId> {
        let row = project.resource();
        let of = row.id;
        let found = self.read(move |tx| {
            Box::pin(async move {
                let found = machine_labels::certificate(tx, certificate).await?;
                Ok(found.filter(|found| found.project == of))
            })
        });
        let found = found.await?.ok_or(Error::NotFound("the certificate"))?;
        if found.state == "none" {
            let message = "this certificate covers no labels: there is nothing to take back";
            return Err(Error::conflict("nothing_certified", message));
        }
        let input = json!({ "project": row.id, "certificate": certificate, "withdraw": true });
        self.enqueue(row.workspace, Some(row.id), kinds::AUDIT, &input, Some(project.user())).await
    }
}
