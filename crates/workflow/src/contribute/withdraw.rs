//! Consent taken back. At once the contribution's own data is gone from its row; a job then takes away the item, what was
//! made from it (children by lineage, tasks, answers, features, predictions) and the bytes that nobody else needs. What a
//! snapshot has frozen stays as it is, and is told of and counted beside it.

use super::{
    door::{Contributor, Door},
    pace::Pace,
};
use crate::{Error, Result, Workflow, freeze::FrozenItem, jobs::kinds, policy::Permit, secret};
use labelwright_core::{JobId, ProjectId, Timestamp, UserId, WorkspaceId};
use labelwright_store::{
    StoreError, Tx, audit,
    jobs::{self, NewJob},
    records::{
        calls::{self, CallRow},
        contributions::{self, ContributionRow},
        contributors,
        datasets::{self, ItemRow},
        projects::ProjectRow,
        removal::{self, Removed},
        snapshots,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader},
};

/// Receipts and keys in one request.
const WANTED_MAXIMUM: usize = 500;
/// Children of children, and so on: a circle ends here.
const GENERATIONS: usize = 20;
/// Metadata that names the item from which another one was made, as `labelwright augment` writes it.
const PARENTS: [&str; 4] = ["parent", "parent_key", "augmented_from", "source_item"];
const ALL_MAXIMUM: i64 = 100_000;

/// What somebody wants back.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Shown after giving; whoever has one needs nothing else.
    pub receipts: Vec<String>,
    /// Keys of the contributor's own contributions.
    pub keys: Vec<String>,
    /// All of the contributor's contributions, and the consent itself.
    pub all: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WithdrawInput {
    pub project: ProjectId,
    pub call: i64,
    pub contributions: Vec<i64>,
}

impl Workflow {
    /// Withdraws on behalf of whoever gave; how many were found. Works as long as the project is there, also when the
    /// call is closed.
    pub async fn withdraw_given(
        &self,
        door: &Door,
        contributor: Option<&Contributor>,
        wanted: Wanted,
        from: &str,
    ) -> Result<u64> {
        let now = self.now();
        self.paces.take(Pace::Withdraw, from, now)?;
        if wanted.receipts.len() + wanted.keys.len() > WANTED_MAXIMUM {
            return Err(Error::invalid("", "too_many", format!("at most {WANTED_MAXIMUM} at once")));
        }
        if contributor.is_none() && (wanted.all || !wanted.keys.is_empty()) {
            return Err(Error::Unauthenticated("show a receipt, or use the browser in which it was given".into()));
        }
        let (call, own) = (door.call.clone(), contributor.map(|known| known.row.id));
        let hashes: Vec<String> = wanted.receipts.iter().map(|receipt| secret::hash(receipt.trim())).collect();
        let (count, job) = self
            .write(move |tx| {
                Box::pin(async move {
                    let mut rows = Vec::new();
                    for hash in &hashes {
                        rows.extend(contributions::by_receipt(tx, call.id, hash).await?);
                    }
                    if let Some(own) = own {
                        for key in &wanted.keys {
                            rows.extend(contributions::by_key(tx, own, key).await?.map(|(row, _)| row));
                        }
                        if wanted.all {
                            rows.extend(contributions::of_contributor(tx, own, ALL_MAXIMUM).await?);
                            contributors::withdraw(tx, own, now).await?;
                        }
                    }
                    take_back(tx, &call, rows, None, now).await
                })
            })
            .await?;
        self.withdrawn(&door.call, job);
        Ok(count)
    }

    /// Withdraws on behalf of somebody who asked the manager.
    pub async fn withdraw_contribution(&self, project: &Permit<ProjectRow>, call: i64, id: i64) -> Result<u64> {
        let (of, actor, now) = (project.resource().id, project.user(), self.now());
        let (row, count, job) = self
            .write(move |tx| {
                Box::pin(async move {
                    let row = calls::call(tx, of, call).await?.ok_or(Error::NotFound("the contribution"))?;
                    let found = contributions::contribution(tx, call, id).await?;
                    let found = found.ok_or(Error::NotFound("the contribution"))?;
                    let (count, job) = take_back(tx, &row, vec![found], Some(actor), now).await?;
                    Ok((row, count, job))
                })
            })
            .await?;
        self.withdrawn(&row, job);
        Ok(count)
    }

    /// Withdraws all that one contributor gave, and their consent.
    pub async fn withdraw_contributor(&self, project: &Permit<ProjectRow>, call: i64, id: i64) -> Result<u64> {
        let (of, actor, now) = (project.resource().id, project.user(), self.now());
        let (row, count, job) = self
            .write(move |tx| {
                Box::pin(async move {
                    let row = calls::call(tx, of, call).await?.ok_or(Error::NotFound("the contributor"))?;
                    contributors::contributor(tx, call, id).await?.ok_or(Error::NotFound("the contributor"))?;
                    let rows = contributions::of_contributor(tx, id, ALL_MAXIMUM).await?;
                    contributors::withdraw(tx, id, now).await?;
                    let (count, job) = take_back(tx, &row, rows, Some(actor), now).await?;
                    Ok((row, count, job))
                })
            })
            .await?;
        self.withdrawn(&row, job);
        Ok(count)
    }

    fn withdrawn(&self, call: &CallRow, job: Option<JobId>) {
        self.likenesses.forget(call.id);
        if let Some(job) = job {
            self.queued(call.workspace, job);
        }
        self.announce(call.workspace, "project", call.project.0);
    }
}

/// Empties the rows and queues the job for the rest, in the transaction of who asked: how many, and the job.
async fn take_back(
    tx: &mut Tx,
    call: &CallRow,
    rows: Vec<ContributionRow>,
    by: Option<UserId>,
    now: Timestamp,
) -> Result<(u64, Option<JobId>)> {
    let mut taken = Vec::new();
    for row in rows {
        if contributions::withdraw(tx, row.id, now).await? {
            taken.push(row.id);
        }
    }
    if taken.is_empty() {
        return Ok((0, None));
    }
    let detail = json!({ "contributions": taken, "by": if by.is_some() { "manager" } else { "contributor" } });
    let target = format!("call:{}", call.id);
    audit::record(tx, call.workspace, by, "contribution.withdraw", &target, &detail, now).await?;
    let count = taken.len() as u64;
    let input = WithdrawInput { project: call.project, call: call.id, contributions: taken };
    let input = serde_json::to_string(&input).map_err(|error| Error::internal(error.to_string()))?;
    let new = NewJob {
        workspace: call.workspace,
        project: Some(call.project),
        kind: kinds::WITHDRAW,
        input: &input,
        created_by: by,
        now,
    };
    Ok((count, Some(jobs::enqueue(tx, new).await?)))
}

/// What went with contributions.
#[derive(Debug, Default, Serialize)]
pub struct Gone {
    pub contributions: u64,
    pub items: u64,
    pub children: u64,
    pub tasks: i64,
    pub answers: i64,
    /// Files that nobody else needed.
    pub files: u64,
    /// Snapshots that hold something of it.
    pub snapshots: u64,
}

/// The rest of one withdrawal: the item with all that was made of it. Safe to repeat.
pub async fn withdraw(workflow: &Workflow, input: &WithdrawInput, id: i64, gone: &mut Gone) -> Result<()> {
    let (project, call) = (input.project, input.call);
    let found = workflow
        .read(move |tx| {
            Box::pin(async move {
                let Some(call) = calls::call(tx, project, call).await? else { return Ok(None) };
                let row = contributions::contribution(tx, call.id, id).await?;
                let row = row.filter(|row| row.state == "withdrawn" && !row.hash.is_empty());
                let Some(row) = row else { return Ok(None) };
                let item = match row.item {
                    Some(item) => datasets::item(tx, item).await?,
                    None => None,
                };
                Ok(Some((call, row, item)))
            })
        })
        .await?;
    let Some((call, row, item)) = found else { return Ok(()) };
    let mut items = Vec::new();
    if let Some(item) = item {
        items = descendants(workflow, call.workspace, item).await?;
    }
    let told = frozen(workflow, &items).await?;
    gone.snapshots += told.iter().map(|(snapshot, _)| snapshot).collect::<BTreeSet<_>>().len() as u64;
    let ids: Vec<_> = items.iter().map(|item| item.id).collect();
    let now = workflow.now();
    let removed = workflow
        .write(move |tx| {
            Box::pin(async move {
                removal::tell_snapshots(tx, &told, now).await?;
                let mut all = Removed::default();
                for item in ids {
                    let one = removal::remove(tx, item).await?;
                    all.tasks += one.tasks;
                    all.answers += one.answers;
                    all.projects.extend(one.projects);
                    all.companions.extend(one.companions);
                }
                Ok(all)
            })
        })
        .await?;
    // Rows first, then bytes: a row must never name what is gone.
    let mut hashes: BTreeSet<String> = items.iter().map(|item| item.hash.clone()).collect();
    hashes.insert(row.hash.clone());
    hashes.extend(removed.companions.iter().cloned());
    for hash in hashes {
        let unused = workflow
            .write(move |tx| Box::pin(async move { Ok(removal::let_go(tx, &hash).await?) }))
            .await?
            .unwrap_or_default();
        for blob in unused {
            match workflow.blobs.delete(&blob).await {
                Ok(()) => gone.files += 1,
                // Small data lies in its row and has no file.
                Err(StoreError::NotFound) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
    workflow.write(move |tx| Box::pin(async move { Ok(contributions::forget(tx, id).await?) })).await?;
    gone.contributions += 1;
    gone.items += u64::from(!items.is_empty());
    gone.children += items.len().saturating_sub(1) as u64;
    gone.tasks += removed.tasks;
    gone.answers += removed.answers;
    for project in removed.projects {
        workflow.announce(call.workspace, "project", project.0);
    }
    Ok(())
}

/// The item and all that was made from it, and from that.
async fn descendants(workflow: &Workflow, workspace: WorkspaceId, first: ItemRow) -> Result<Vec<ItemRow>> {
    let mut found: BTreeMap<_, ItemRow> = BTreeMap::new();
    let mut generation = vec![first.clone()];
    for _ in 0..GENERATIONS {
        let mut next = Vec::new();
        for parent in std::mem::take(&mut generation) {
            if parent.id != first.id && found.insert(parent.id, parent.clone()).is_some() {
                continue;
            }
            // As the key stands in the JSON of the metadata.
            let needle = Value::from(parent.key.as_str()).to_string();
            let naming = workflow
                .read(move |tx| Box::pin(async move { Ok(removal::naming(tx, workspace, &needle).await?) }))
                .await?;
            next.extend(naming.into_iter().filter(|item| item.id != first.id && is_child(item, &parent.key)));
        }
        if next.is_empty() {
            break;
        }
        generation = next;
    }
    Ok(std::iter::once(first).chain(found.into_values()).collect())
}

fn is_child(item: &ItemRow, parent: &str) -> bool {
    let Ok(metadata) = serde_json::from_str::<Value>(&item.metadata) else { return false };
    let several = metadata["augmentation"]["parents"].as_array();
    PARENTS.iter().any(|name| metadata[*name] == parent) || several.is_some_and(|all| all.contains(&parent.into()))
}

/// Which snapshots of the projects of these items hold them: (snapshot, hash).
async fn frozen(workflow: &Workflow, items: &[ItemRow]) -> Result<Vec<(i64, String)>> {
    let ids: Vec<_> = items.iter().map(|item| item.id).collect();
    let rows = workflow
        .read(move |tx| {
            Box::pin(async move {
                let mut rows = BTreeMap::new();
                for item in ids {
                    for project in datasets::projects_of_item(tx, item).await? {
                        for snapshot in snapshots::snapshots(tx, project).await? {
                            rows.insert(snapshot.id.0, snapshot.hash);
                        }
                    }
                }
                Ok(rows)
            })
        })
        .await?;
    let wanted: BTreeSet<(String, String)> = items.iter().map(|item| (item.key.clone(), item.hash.clone())).collect();
    let mut found = Vec::new();
    for (snapshot, blob) in rows {
        let (reader, wanted) = (workflow.blobs.reader(&blob).await?, wanted.clone());
        let hashes = workflow.blocking(move || held(reader, &wanted)).await??;
        found.extend(hashes.into_iter().map(|hash| (snapshot, hash)));
    }
    Ok(found)
}

/// The hashes of those of the items that a snapshot holds.
fn held(reader: impl std::io::Read, wanted: &BTreeSet<(String, String)>) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    // The first line is the head.
    for line in BufReader::new(reader).lines().skip(1) {
        let line = line.map_err(|error| Error::internal(format!("a snapshot cannot be read: {error}")))?;
        let Some((_, hash)) = wanted.iter().find(|(_, hash)| line.contains(hash.as_str())) else { continue };
        let is_item = serde_json::from_str::<FrozenItem>(&line)
            .is_ok_and(|item| wanted.iter().any(|(key, hash)| item.key == *key && item.hash == *hash));
        if is_item {
            found.insert(hash.clone());
        }
    }
    Ok(found)
}
