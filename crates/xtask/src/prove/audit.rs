//! The auditor: what clients saw acknowledged against what is stored.

use super::{
    Failure,
    labeler::{Acknowledged, Ledger},
};
use labelwright_core::ProjectId;
use labelwright_store::{Sql, Store, StoreError};
use labelwright_testkit::{facts::Facts, invariants, stored, world::World};
use serde_json::Value;
use std::collections::BTreeMap;

/// Every invariant, every acknowledged answer, every acknowledged draft. Gives the facts too, for counting.
pub async fn audit(
    store: &Store,
    world: &World,
    overlap: u32,
    ledger: &Ledger,
) -> Result<(Facts, Vec<String>), Failure> {
    let facts = stored::facts(store, world.project, Some(i64::from(overlap))).await?;
    let mut problems: Vec<String> = invariants::check(&facts).iter().map(ToString::to_string).collect();
    let acknowledged = ledger.acknowledged.lock().map_err(|_| "the ledger is broken")?.clone();
    problems.extend(lost_answers(&facts, &acknowledged));
    let drafts = ledger.drafts.lock().map_err(|_| "the ledger is broken")?.clone();
    problems.extend(lost_drafts(store, world.project, &drafts).await?);
    problems.extend(ledger.problems.lock().map_err(|_| "the ledger is broken")?.iter().cloned());
    Ok((facts, problems))
}

/// Acknowledged answers that are not stored, or not as they were acknowledged.
fn lost_answers(facts: &Facts, acknowledged: &[Acknowledged]) -> Vec<String> {
    let mut stored = BTreeMap::new();
    for task in &facts.tasks {
        for annotation in &task.annotations {
            for revision in &annotation.revisions {
                stored.insert((annotation.id, revision.number), (task.id, annotation.labeler, revision));
            }
        }
    }
    let mut problems = Vec::new();
    for one in acknowledged {
        let there = stored.get(&(one.annotation, one.revision)).is_some_and(|(task, labeler, revision)| {
            *task == one.task
                && *labeler == one.user
                && revision.hash == one.hash
                && revision.key.as_deref() == Some(&one.key)
                && same_json(&revision.answer, &one.answer)
        });
        if !there {
            problems.push(format!("acknowledged and not stored: {one:?}"));
        }
    }
    problems
}

fn same_json(one: &str, other: &str) -> bool {
    let read = |text: &str| serde_json::from_str::<Value>(text).ok();
    read(one).is_some() && read(one) == read(other)
}

const DRAFTS: Sql = Sql::fixed(
    "SELECT d.user_id, d.task_id, d.answer FROM drafts d JOIN tasks t ON t.id = d.task_id WHERE t.project_id = $1",
);

async fn lost_drafts(
    store: &Store,
    project: ProjectId,
    drafts: &BTreeMap<(i64, i64), String>,
) -> Result<Vec<String>, Failure> {
    let rows = store
        .read::<_, StoreError, _>(move |tx| Box::pin(async move { tx.rows(DRAFTS, &[project.into()]).await }))
        .await?;
    let mut stored = BTreeMap::new();
    for row in rows {
        stored.insert((row.int(0)?, row.int(1)?), row.text(2)?.to_owned());
    }
    let lost = drafts.iter().filter(|(place, answer)| stored.get(*place) != Some(*answer));
    Ok(lost.map(|((user, task), _)| format!("draft of user {user} at task {task} is lost")).collect())
}
