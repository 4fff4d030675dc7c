//! What cites revisions cites ones that are there: consensus versions, and the outcomes that retries get back.

use super::{Check, Found};
use crate::{Result, Workflow};
use labelwright_core::{AnnotationId, TaskId, UserId};
use labelwright_store::{records::checks, submit::Submitted};

const PAGE: i64 = 500;

pub const CONSENSUS: Check = Check {
    id: "consensus_inputs",
    promise: "a consensus cites revisions that are there, with the hash that they have",
    run: |workflow| Box::pin(consensus(workflow)),
};

pub const IDEMPOTENCY: Check = Check {
    id: "remembered_outcomes",
    promise: "the outcome that a retry gets back names a revision that is there",
    run: |workflow| Box::pin(outcomes(workflow)),
};

async fn consensus(workflow: &Workflow) -> Result<Found> {
    let mut found = Found::default();
    let (mut task, mut number) = (TaskId(0), 0);
    loop {
        let page = workflow
            .read(move |tx| {
                Box::pin(async move {
                    let mut page = Vec::new();
                    for (task, number, inputs) in checks::consensus_after(tx, task, number, PAGE).await? {
                        let cited: Option<Vec<(i64, i64, String)>> = serde_json::from_str(&inputs).ok();
                        let mut good = cited.is_some();
                        for (annotation, revision, hash) in cited.unwrap_or_default() {
                            let stored = checks::revision_hash(tx, AnnotationId(annotation), revision).await?;
                            good &= stored == Some(hash);
                        }
                        page.push((task, number, good));
                    }
                    Ok(page)
                })
            })
            .await?;
        let Some(last) = page.last() else { return Ok(found) };
        (task, number) = (last.0, last.1);
        found.looked_at += page.len() as u64;
        for (task, number, _) in page.into_iter().filter(|(_, _, good)| !good) {
            found.add(format!("task {task}, consensus {number}"));
        }
    }
}

async fn outcomes(workflow: &Workflow) -> Result<Found> {
    let mut found = Found::default();
    let (mut user, mut key) = (UserId(0), String::new());
    loop {
        let from = key.clone();
        let page = workflow
            .read(move |tx| {
                Box::pin(async move {
                    let mut page = Vec::new();
                    for (user, key, response) in checks::responses_after(tx, user, &from, PAGE).await? {
                        let outcome: Option<Submitted> = serde_json::from_str(&response).ok();
                        let good = match outcome {
                            Some(outcome) => {
                                let stored = checks::revision_hash(tx, outcome.annotation_id, outcome.revision).await?;
                                stored == Some(outcome.hash)
                            }
                            None => false,
                        };
                        page.push((user, key, good));
                    }
                    Ok(page)
                })
            })
            .await?;
        let Some(last) = page.last() else { return Ok(found) };
        (user, key) = (last.0, last.1.clone());
        found.looked_at += page.len() as u64;
        for (user, key, _) in page.into_iter().filter(|(_, _, good)| !good) {
            found.add(format!("user {user}, key {key:?}"));
        }
    }
}
