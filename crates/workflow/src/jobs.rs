//! Long work: the worker that takes jobs, tells their progress, and ends them. What a kind of job does is one file in
//! `kinds/`.

pub mod kinds;

use crate::{
    Error, Result, Workflow,
    policy::{Permit, Principal},
};
use labelwright_core::{JobId, ProjectId, Timestamp, UserId, WorkspaceId};
use labelwright_store::{
    Tx,
    jobs::{self, JobProblem, JobRow, Order, Outcome, Progress},
    records::repeats,
};
use std::time::Duration;

/// Problems of one run that are kept; the rest is counted.
const PROBLEMS_MAXIMUM: i64 = 10_000;

/// How often a long computation tells that it lives.
const BEAT: Duration = Duration::from_secs(1);

/// Why a run of a job ended before its end.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    #[error("cancelled")]
    Cancelled,
    #[error("taken over by another worker")]
    Lost,
    /// Trying again would not help.
    #[error("{0}")]
    Failed(String),
    #[error("{0}")]
    TryAgain(String),
}

impl From<Error> for Stopped {
    fn from(error: Error) -> Self {
        match error {
            Error::Unavailable | Error::StorageFull | Error::Internal(_) => Self::TryAgain(error.to_string()),
            other => Self::Failed(other.to_string()),
        }
    }
}

/// A job while it runs: how its body reports.
pub struct Running<'a> {
    pub workflow: &'a Workflow,
    pub job: JobRow,
    problems: i64,
    told: Option<std::time::Instant>,
}

impl Running<'_> {
    /// Tells the progress; the answer is an order to stop, if there is one. Cheap to call often.
    pub async fn progress(&mut self, done: i64, total: i64, message: &str) -> Result<(), Stopped> {
        if self.told.is_some_and(|told| told.elapsed() < Duration::from_millis(200)) {
            return Ok(());
        }
        self.told = Some(std::time::Instant::now());
        let progress = Progress { done, total, message: message.to_owned() };
        let (id, epoch, now) = (self.job.id, self.job.epoch, self.workflow.now());
        let order: Result<Order> = self
            .workflow
            .write(move |tx| Box::pin(async move { Ok(jobs::heartbeat(tx, id, epoch, &progress, now).await?) }))
            .await;
        self.workflow.announce(self.job.workspace, "job", id.0);
        match order? {
            Order::GoOn => Ok(()),
            Order::Cancel => Err(Stopped::Cancelled),
            Order::Lost => Err(Stopped::Lost),
        }
    }

    /// Works on the processor, outside the event loop, and keeps the lease meanwhile. Whoever cancels does not wait for
    /// the work: it runs to its end and what it found is let go.
    pub async fn compute<T: Send + 'static>(
        &mut self,
        (done, total): (i64, i64),
        message: &str,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Stopped> {
        self.progress(done, total, message).await?;
        let mut work = tokio::task::spawn_blocking(work);
        loop {
            match tokio::time::timeout(BEAT, &mut work).await {
                Ok(Ok(found)) => return Ok(found),
                Ok(Err(_)) => return Err(Stopped::Failed(format!("{message}: the computation broke off"))),
                Err(_) => self.progress(done, total, message).await?,
            }
        }
    }

    /// Adds to the report.
    pub async fn problems(&mut self, found: Vec<JobProblem>) -> Result<(), Stopped> {
        let room = (PROBLEMS_MAXIMUM - self.problems).max(0) as usize;
        let (id, first) = (self.job.id, self.problems);
        self.problems += found.len() as i64;
        let kept: Vec<JobProblem> = found.into_iter().take(room).collect();
        if !kept.is_empty() {
            let stored: Result<()> = self
                .workflow
                .write(move |tx| Box::pin(async move { Ok(jobs::add_problems(tx, id, first, &kept).await?) }))
                .await;
            stored?;
        }
        Ok(())
    }

    pub fn problem_count(&self) -> i64 {
        self.problems
    }
}

/// How far some work is; an error ends it.
pub(crate) trait Pace {
    async fn step(&mut self, done: i64) -> std::result::Result<(), Stopped>;
}

/// Nobody waits to hear.
pub(crate) struct Silent;

impl Pace for Silent {
    async fn step(&mut self, _: i64) -> std::result::Result<(), Stopped> {
        Ok(())
    }
}

/// The job tells it.
pub(crate) struct Told<'a, 'b> {
    pub running: &'a mut Running<'b>,
    /// 0 where nobody knows.
    pub total: i64,
    pub message: &'static str,
}

impl Pace for Told<'_, '_> {
    async fn step(&mut self, done: i64) -> std::result::Result<(), Stopped> {
        self.running.progress(done, self.total, self.message).await
    }
}

/// What a collection notes for the next time that its source is asked.
#[derive(Default)]
struct Noted {
    bookmark: Option<String>,
    more: bool,
}

impl Noted {
    /// Takes the bookmark out of a result: it may be long, and is nobody's business.
    fn of(result: &mut serde_json::Value) -> Self {
        let bookmark = result.as_object_mut().and_then(|result| result.remove(kinds::BOOKMARK));
        let bookmark = bookmark.and_then(|value| value.as_str().map(str::to_owned));
        Self { bookmark, more: result["more"] == serde_json::Value::Bool(true) }
    }

    async fn keep(&self, tx: &mut Tx, job: &JobRow, outcome: &Outcome, now: Timestamp) -> Result<()> {
        match outcome {
            Outcome::Done(_) => repeats::done(tx, job.id, self.bookmark.as_deref(), self.more, now).await?,
            Outcome::Failed(_) => repeats::failed(tx, job.id, now).await?,
            Outcome::TryAgain(_) if job.attempts >= jobs::ATTEMPTS_MAXIMUM => repeats::failed(tx, job.id, now).await?,
            Outcome::TryAgain(_) | Outcome::Cancelled => {}
        }
        Ok(())
    }
}

impl Workflow {
    pub(crate) async fn enqueue(
        &self,
        workspace: WorkspaceId,
        project: Option<ProjectId>,
        kind: &'static str,
        input: &serde_json::Value,
        by: Option<UserId>,
    ) -> Result<JobId> {
        let (input, now) = (input.to_string(), self.now());
        let id = self
            .write(move |tx| {
                Box::pin(async move {
                    let new = jobs::NewJob { workspace, project, kind, input: &input, created_by: by, now };
                    Ok(jobs::enqueue(tx, new).await?)
                })
            })
            .await?;
        self.queued(workspace, id);
        Ok(id)
    }

    /// Tells workers and pages of a job that was queued in a transaction of its own.
    pub(crate) fn queued(&self, workspace: WorkspaceId, job: JobId) {
        self.wake.notify_one();
        self.announce(workspace, "job", job.0);
    }

    pub async fn job(&self, job: &Permit<JobRow>) -> Result<(JobRow, i64)> {
        let id = job.resource().id;
        self.read(move |tx| {
            Box::pin(async move {
                let row = jobs::job(tx, id).await?.ok_or(Error::NotFound("the job"))?;
                Ok((row, jobs::problem_count(tx, id).await?))
            })
        })
        .await
    }

    pub async fn job_problems(&self, job: &Permit<JobRow>, after: i64, limit: i64) -> Result<Vec<(i64, JobProblem)>> {
        let id = job.resource().id;
        self.read(move |tx| Box::pin(async move { Ok(jobs::problems_after(tx, id, after, limit).await?) })).await
    }

    pub async fn jobs(&self, workspace: &Permit<WorkspaceId>, before: JobId, limit: i64) -> Result<Vec<(JobRow, i64)>> {
        let id = *workspace.resource();
        self.read(move |tx| Box::pin(async move { Ok(jobs::jobs_before(tx, id, before, limit).await?) })).await
    }

    /// The jobs of the caller's own workspaces by state.
    pub async fn job_counts(&self, caller: &Principal) -> Result<Vec<(String, i64)>> {
        let user = caller.user;
        self.read(move |tx| Box::pin(async move { Ok(jobs::counts_of_member(tx, user).await?) })).await
    }

    pub async fn cancel_job(&self, job: &Permit<JobRow>) -> Result<()> {
        let (row, now) = (job.resource().clone(), self.now());
        let done = self.write(move |tx| Box::pin(async move { Ok(jobs::cancel(tx, row.id, now).await?) })).await?;
        self.announce(job.resource().workspace, "job", job.resource().id.0);
        if done { Ok(()) } else { Err(Error::conflict("finished", "the job has ended already")) }
    }

    pub async fn retry_job(&self, job: &Permit<JobRow>) -> Result<()> {
        let (row, now) = (job.resource().clone(), self.now());
        let done = self.write(move |tx| Box::pin(async move { Ok(jobs::retry(tx, row.id, now).await?) })).await?;
        self.wake.notify_one();
        self.announce(job.resource().workspace, "job", job.resource().id.0);
        if done {
            Ok(())
        } else {
            Err(Error::conflict("not_stopped", "only a job that has stopped can be tried again"))
        }
    }

    /// Runs the next waiting job to its end; false when none waits. Sources whose time has come are queued first.
    pub async fn run_next_job(&self) -> Result<bool> {
        self.begin_due().await?;
        let now = self.now();
        let claimed = self.write(move |tx| Box::pin(async move { Ok(jobs::claim(tx, now).await?) })).await?;
        let Some(job) = claimed else { return Ok(false) };
        self.announce(job.workspace, "job", job.id.0);
        let id = job.id;
        self.write(move |tx| Box::pin(async move { Ok(jobs::clear_problems(tx, id).await?) })).await?;
        let mut running = Running { workflow: self, job: job.clone(), problems: 0, told: None };
        let ended = kinds::run(&mut running).await;
        let mut noted = Noted::default();
        let outcome = match ended {
            Ok(mut result) => {
                noted = Noted::of(&mut result);
                Outcome::Done(result.to_string())
            }
            Err(Stopped::Lost) => return Ok(true),
            Err(Stopped::Cancelled) => Outcome::Cancelled,
            Err(Stopped::Failed(reason)) => Outcome::Failed(reason),
            Err(Stopped::TryAgain(reason)) => Outcome::TryAgain(reason),
        };
        tracing::info!(job = %job.id, kind = job.kind, ?outcome, "job ended");
        let (ended, now) = (job.clone(), self.now());
        self.write(move |tx| {
            Box::pin(async move {
                let is_ours = jobs::finish(tx, &ended, &outcome, now).await?;
                if is_ours && ended.kind == kinds::COLLECT {
                    noted.keep(tx, &ended, &outcome, now).await?;
                }
                Ok(())
            })
        })
        .await?;
        self.announce(job.workspace, "job", job.id.0);
        Ok(true)
    }

    /// Works on jobs until the process ends. Several workers, in one process or many, share the table.
    pub async fn work(&self) {
        loop {
            match self.run_next_job().await {
                Ok(true) => {}
                Ok(false) => {
                    drop(tokio::time::timeout(Duration::from_secs(2), self.wake.notified()).await);
                }
                Err(error) => {
                    tracing::warn!(%error, "the worker cannot reach its jobs");
                    tokio::time::sleep(Duration::from_secs(2)).await;
                }
            }
        }
    }

    /// Runs all waiting jobs: for commands and tests that have no worker.
    pub async fn run_all_jobs(&self) -> Result<()> {
        while self.run_next_job().await? {}
        Ok(())
    }
}
