//! Re-proves on stored data what the rest of the program promises, and names the row where a promise is broken. It reads
//! only; people may go on working. A check is one file here (or one statement in the store) and one word in [`CHECKS`].

mod answers;
mod blobs;
mod chains;
mod citations;

use crate::{Result, Workflow};
use futures::future::BoxFuture;
use labelwright_store::records::checks::{self, ROW_CHECKS};

/// Found rows that are told one by one; the rest is counted.
const FINDINGS_MAXIMUM: usize = 100;

/// A broken promise and where.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Finding {
    pub check: &'static str,
    pub promise: &'static str,
    /// The row, for example `annotation 7, revision 2`.
    pub place: String,
}

/// What a check found.
#[derive(Debug, Default)]
pub struct Found {
    pub places: Vec<String>,
    /// Broken rows beyond those that are named.
    pub more: u64,
    /// Rows that were looked at.
    pub looked_at: u64,
}

impl Found {
    pub(crate) fn add(&mut self, place: impl Into<String>) {
        if self.places.len() < FINDINGS_MAXIMUM {
            self.places.push(place.into());
        } else {
            self.more += 1;
        }
    }
}

/// A check that needs more than one statement.
pub struct Check {
    pub id: &'static str,
    pub promise: &'static str,
    run: for<'w> fn(&'w Workflow) -> BoxFuture<'w, Result<Found>>,
}

pub const CHECKS: &[Check] = &[
    chains::REVISIONS,
    chains::AUDIT,
    answers::SCHEMAS,
    answers::SETTINGS,
    answers::ANSWERS,
    answers::FACTS,
    answers::AGREEMENT,
    citations::CONSENSUS,
    citations::IDEMPOTENCY,
    blobs::BLOBS,
    blobs::INLINE,
];

/// The outcome of all checks.
#[derive(Debug, Default, serde::Serialize)]
pub struct Report {
    pub findings: Vec<Finding>,
    /// Each check with the rows that it looked at.
    pub checks: Vec<(&'static str, u64)>,
}

impl Report {
    fn add(&mut self, check: &'static str, promise: &'static str, found: Found) {
        self.checks.push((check, found.looked_at));
        let finding = |place| Finding { check, promise, place };
        self.findings.extend(found.places.into_iter().map(finding));
        if found.more > 0 {
            self.findings.push(finding(format!("and {} more rows", found.more)));
        }
    }
}

impl Workflow {
    /// Runs all checks, telling each as it begins.
    pub async fn doctor(&self, mut tell: impl FnMut(&'static str)) -> Result<Report> {
        let mut report = Report::default();
        for check in ROW_CHECKS {
            tell(check.id);
            let (places, all) =
                self.read(move |tx| Box::pin(async move { Ok(checks::broken(tx, check).await?) })).await?;
            let more = all.saturating_sub(places.len() as u64);
            report.add(check.id, check.promise, Found { places, more, looked_at: all });
        }
        for check in CHECKS {
            tell(check.id);
            report.add(check.id, check.promise, (check.run)(self).await?);
        }
        Ok(report)
    }
}
