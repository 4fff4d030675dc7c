//! The queue of those who moderate: what waits, and verdicts on it, each with a way back.

use super::{
    Contribution,
    accept::{accept, planning},
    door::settings_of,
};
use crate::{Error, Result, Workflow, policy::Permit, streaming::Media};
use bytes::Bytes;
use labelwright_store::{
    audit,
    records::{calls, contributions, projects::ProjectRow, removal},
};

/// Contributions that are judged at once.
const JUDGED_MAXIMUM: usize = 500;
const REASON_CHARS: usize = 500;
const STATES: [&str; 4] = ["waiting", "accepted", "rejected", "withdrawn"];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Accept,
    Reject,
    /// Takes a verdict back: the contribution waits again.
    Wait,
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::Accept => "contribution.accept",
            Self::Reject => "contribution.reject",
            Self::Wait => "contribution.wait",
        }
    }
}

/// What came of a verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Judged {
    pub changed: u64,
    /// Accepted ones whose items people have answered already: they stay. Withdrawing takes them away.
    pub answered: u64,
}

impl Workflow {
    /// A page of the contributions in one state; `flagged` leaves those that checks found something about, or the others.
    pub async fn contributions(
        &self,
        project: &Permit<ProjectRow>,
        call: i64,
        state: &str,
        flagged: Option<bool>,
        after: i64,
        limit: i64,
    ) -> Result<Vec<Contribution>> {
        let state = STATES.into_iter().find(|known| *known == state).ok_or_else(|| {
            Error::invalid("/query/state", "unknown_state", format!("a state is one of {}", STATES.join(", ")))
        })?;
        let project = project.resource().id;
        self.read(move |tx| {
            Box::pin(async move {
                calls::call(tx, project, call).await?.ok_or(Error::NotFound("the call"))?;
                Ok(contributions::page(tx, call, state, flagged, after, limit).await?)
            })
        })
        .await
    }

    /// The bytes of a contribution.
    pub async fn contribution_media(&self, project: &Permit<ProjectRow>, call: i64, id: i64) -> Result<Media> {
        let project = project.resource().id;
        let (row, data) = self
            .read(move |tx| {
                Box::pin(async move {
                    calls::call(tx, project, call).await?.ok_or(Error::NotFound("the contribution"))?;
                    let row = contributions::contribution(tx, call, id).await?;
                    let row = row.filter(|row| row.state != "withdrawn");
                    let row = row.ok_or(Error::NotFound("the contribution"))?;
                    let data = contributions::data(tx, id).await?;
                    Ok((row, data))
                })
            })
            .await?;
        Ok(Media::of_contribution(&row, data.map(Bytes::from)))
    }

    /// Judges contributions of a call. Those that were withdrawn are left alone.
    pub async fn judge_contributions(
        &self,
        project: &Permit<ProjectRow>,
        call: i64,
        ids: Vec<i64>,
        verdict: Verdict,
        reason: &str,
    ) -> Result<Judged> {
        if ids.is_empty() || ids.len() > JUDGED_MAXIMUM {
            return Err(Error::invalid(
                "/contributions",
                "out_of_range",
                format!("judge 1 to {JUDGED_MAXIMUM} at once"),
            ));
        }
        let reason = reason.trim().to_owned();
        if reason.chars().count() > REASON_CHARS || reason.chars().any(char::is_control) {
            let message = format!("a reason has at most {REASON_CHARS} characters on one line");
            return Err(Error::invalid("/reason", "too_long", message));
        }
        if verdict == Verdict::Reject && reason.is_empty() {
            return Err(Error::invalid("/reason", "required", "say why: the contributor is told"));
        }
        self.judged(project, call, ids, verdict, reason).await
    }

    /// Accepts all that wait and that no check found anything about, up to a limit at once; how many there were.
    pub async fn accept_without_flags(&self, project: &Permit<ProjectRow>, call: i64) -> Result<Judged> {
        let limit = JUDGED_MAXIMUM as i64;
        let mut all = Judged::default();
        let mut after = 0;
        loop {
            let page = self.contributions(project, call, "waiting", Some(false), after, limit).await?;
            let Some(last) = page.last() else { return Ok(all) };
            after = last.id;
            let ids = page.iter().map(|row| row.id).collect();
            all.changed += self.judged(project, call, ids, Verdict::Accept, String::new()).await?.changed;
        }
    }

    async fn judged(
        &self,
        project: &Permit<ProjectRow>,
        call: i64,
        ids: Vec<i64>,
        verdict: Verdict,
        reason: String,
    ) -> Result<Judged> {
        let (row, actor, now) = (project.resource().clone(), project.user(), self.now());
        let of = row.id;
        let known = self.read(move |tx| Box::pin(async move { Ok(calls::call(tx, of, call).await?) })).await?;
        let known = known.ok_or(Error::NotFound("the call"))?;
        let planning = planning(self, known.dataset).await?;
        let judged = self
            .write(move |tx| {
                Box::pin(async move {
                    let call = calls::held(tx, call).await?.ok_or(Error::NotFound("the call"))?;
                    let settings = settings_of(&call)?;
                    let mut judged = Judged::default();
                    if verdict == Verdict::Accept {
                        judged.changed = accept(tx, &call, &settings, &ids, Some(actor), &planning, now).await?;
                    } else {
                        let state = if verdict == Verdict::Reject { "rejected" } else { "waiting" };
                        for id in &ids {
                            let found = contributions::contribution(tx, call.id, *id).await?;
                            let Some(found) = found.filter(|row| row.state != state) else { continue };
                            if let Some(item) = found.item {
                                if removal::answers_of(tx, item).await? > 0 {
                                    judged.answered += 1;
                                    continue;
                                }
                                removal::remove(tx, item).await?;
                            }
                            let done = contributions::judge(tx, *id, state, &reason, None, Some(actor), now).await?;
                            judged.changed += u64::from(done);
                        }
                    }
                    if judged.changed > 0 {
                        let detail = serde_json::json!({ "contributions": ids, "reason": reason });
                        let target = format!("call:{}", call.id);
                        audit::record(tx, row.workspace, Some(actor), verdict.word(), &target, &detail, now).await?;
                    }
                    Ok(judged)
                })
            })
            .await?;
        self.announce(known.workspace, "project", known.project.0);
        Ok(judged)
    }
}
