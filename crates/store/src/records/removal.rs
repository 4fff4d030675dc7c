//! Taking items away with all that was made of them, because whoever gave them took their consent back. Nothing else in the
//! house deletes items; snapshots keep what they have frozen, and are told of.

use super::{
    companions,
    datasets::{ItemRow, item_of},
};
use crate::{Dialect, Result, StoreError, Tx};
use labelwright_core::{ItemId, ProjectId, TaskId, Timestamp, WorkspaceId};
use std::collections::BTreeSet;

/// What went with an item.
#[derive(Debug, Clone, Default)]
pub struct Removed {
    pub tasks: i64,
    pub answers: i64,
    pub projects: BTreeSet<ProjectId>,
    /// Hashes of the data that came with it.
    pub companions: Vec<String>,
}

sql! { sqlite TASKS_OF_ITEM_SQLITE = "SELECT id, project_id, state FROM tasks WHERE item_id = $1 ORDER BY id" }
sql! { postgres TASKS_OF_ITEM_POSTGRES = "SELECT id, project_id, state FROM tasks WHERE item_id = $1 ORDER BY id FOR UPDATE" }
sql! { ANSWERS_OF_ITEM = "SELECT COUNT(*) FROM annotations a JOIN tasks t ON t.id = a.task_id WHERE t.item_id = $1" }

/// How many people have answered an item.
pub async fn answers_of(tx: &mut Tx, item: ItemId) -> Result<i64> {
    tx.one(ANSWERS_OF_ITEM, &args![item]).await?.int(0)
}

sql! { DROP_ITEM_ANSWERS = "DELETE FROM item_answers WHERE item_id = $1" }
sql! { DROP_LINK = "DELETE FROM links WHERE hash = (SELECT hash FROM items WHERE id = $1) AND NOT EXISTS (SELECT 1 FROM items o WHERE o.hash = links.hash AND o.id <> $1)" }
sql! { DROP_ITEM = "DELETE FROM items WHERE id = $1" }

/// Takes an item away: its tasks in every project with their seats, answers, reviews, predictions, features and notes.
pub async fn remove(tx: &mut Tx, item: ItemId) -> Result<Removed> {
    let find = match tx.dialect() {
        Dialect::Sqlite => TASKS_OF_ITEM_SQLITE,
        Dialect::Postgres => TASKS_OF_ITEM_POSTGRES,
    };
    let mut removed = Removed::default();
    for row in tx.rows(find, &args![item]).await? {
        let (task, project) = (TaskId(row.int(0)?), ProjectId(row.int(1)?));
        removed.answers += remove_task(tx, project, task, item).await?;
        tx.count(project, &format!("task:{}", row.text(2)?), -1);
        removed.tasks += 1;
        removed.projects.insert(project);
    }
    tx.execute(DROP_ITEM_ANSWERS, &args![item]).await?;
    for companion in companions::of_item(tx, item).await? {
        tx.execute(DROP_LINK, &args![companion.item.id]).await?;
        tx.execute(DROP_ITEM, &args![companion.item.id]).await?;
        removed.companions.push(companion.item.hash);
    }
    tx.execute(DROP_LINK, &args![item]).await?;
    tx.execute(DROP_ITEM, &args![item]).await?;
    Ok(removed)
}

sql! { sqlite SEATS_SQLITE = "SELECT state FROM seats WHERE task_id = $1" }
sql! { postgres SEATS_POSTGRES = "SELECT state FROM seats WHERE task_id = $1 FOR UPDATE" }
sql! { DROP_SEATS = "DELETE FROM seats WHERE task_id = $1" }
sql! { KEYS_OF_TASK = "SELECT r.author_id, r.idempotency_key FROM revisions r JOIN annotations a ON a.id = r.annotation_id WHERE a.task_id = $1 AND r.idempotency_key IS NOT NULL AND r.author_id IS NOT NULL" }
sql! { DROP_KEY = "DELETE FROM idempotency WHERE user_id = $1 AND key = $2" }
sql! { ANNOTATIONS_OF_TASK = "SELECT id FROM annotations WHERE task_id = $1 ORDER BY id" }
sql! { DROP_REVISIONS = "DELETE FROM revisions WHERE annotation_id = $1" }
sql! { DROP_FACTS = "DELETE FROM label_facts WHERE annotation_id = $1" }
sql! { DROP_REVIEWS = "DELETE FROM reviews WHERE annotation_id = $1" }
sql! { DROP_ANNOTATIONS = "DELETE FROM annotations WHERE task_id = $1" }
sql! { DROP_DRAFTS = "DELETE FROM drafts WHERE task_id = $1" }
sql! { DROP_COMMENTS = "DELETE FROM comments WHERE task_id = $1" }
sql! { DROP_FLAGS = "DELETE FROM flags WHERE task_id = $1" }
sql! { DROP_SKIPS = "DELETE FROM skips WHERE task_id = $1" }
sql! { DROP_CONSENSUS = "DELETE FROM consensus WHERE task_id = $1" }
sql! { DROP_GOLD = "DELETE FROM gold WHERE task_id = $1" }
sql! { DROP_SUGGESTIONS = "DELETE FROM suggestions WHERE task_id = $1" }
sql! { DROP_MACHINE_LABELS = "DELETE FROM machine_labels WHERE task_id = $1" }
sql! { DROP_PREDICTIONS = "DELETE FROM predictions WHERE task_id = $1" }
sql! { DROP_BULK_PRIORITIES = "DELETE FROM bulk_priorities WHERE task_id = $1" }
sql! { DROP_TASK = "DELETE FROM tasks WHERE id = $1" }
sql! { DROP_QUEUED = "DELETE FROM queued_tasks WHERE project_id = $1 AND task_id = $2" }
sql! { DROP_SLICED = "DELETE FROM slice_tasks WHERE task_id = $2 AND slice_id IN (SELECT id FROM slices WHERE project_id = $1)" }
sql! { COUNT_SLICES = "UPDATE slices SET tasks = (SELECT COUNT(*) FROM slice_tasks s WHERE s.slice_id = slices.id) WHERE project_id = $1" }
sql! { DROP_FEATURES = "DELETE FROM item_features WHERE item_id = $2 AND set_id IN (SELECT id FROM feature_sets WHERE project_id = $1)" }
sql! { DROP_MAP = "DELETE FROM maps WHERE project_id = $1" }

/// How many answers went with the task. A map shows words of items: it is made again without this one.
async fn remove_task(tx: &mut Tx, project: ProjectId, task: TaskId, item: ItemId) -> Result<i64> {
    let seats = match tx.dialect() {
        Dialect::Sqlite => SEATS_SQLITE,
        Dialect::Postgres => SEATS_POSTGRES,
    };
    for row in tx.rows(seats, &args![task]).await? {
        let name = match row.int(0)? {
            0 => "seat:open",
            1 => "seat:leased",
            _ => "seat:submitted",
        };
        tx.count(project, name, -1);
    }
    // The outcome that a retry gets back names a revision that is there: these go with their revisions.
    for row in tx.rows(KEYS_OF_TASK, &args![task]).await? {
        tx.execute(DROP_KEY, &args![row.int(0)?, row.text(1)?]).await?;
    }
    let annotations = tx.rows(ANNOTATIONS_OF_TASK, &args![task]).await?;
    for row in &annotations {
        for drop in [DROP_REVISIONS, DROP_FACTS, DROP_REVIEWS] {
            tx.execute(drop, &args![row.int(0)?]).await?;
        }
    }
    let of_task = [
        DROP_SEATS,
        DROP_ANNOTATIONS,
        DROP_DRAFTS,
        DROP_COMMENTS,
        DROP_FLAGS,
        DROP_SKIPS,
        DROP_CONSENSUS,
        DROP_GOLD,
        DROP_SUGGESTIONS,
        DROP_MACHINE_LABELS,
        DROP_PREDICTIONS,
        DROP_BULK_PRIORITIES,
        DROP_TASK,
    ];
    for drop in of_task {
        tx.execute(drop, &args![task]).await?;
    }
    tx.execute(DROP_QUEUED, &args![project, task]).await?;
    tx.execute(DROP_SLICED, &args![project, task]).await?;
    tx.execute(COUNT_SLICES, &args![project]).await?;
    tx.execute(DROP_FEATURES, &args![project, item]).await?;
    tx.execute(DROP_MAP, &args![project]).await?;
    Ok(annotations.len() as i64)
}

sql! { NAMING = "SELECT i.id, i.dataset_id, i.key, i.modality, i.hash, i.media_type, i.bytes, i.content, i.shape, i.metadata, i.source FROM items i JOIN datasets d ON d.id = i.dataset_id WHERE d.workspace_id = $1 AND i.metadata LIKE $2 ESCAPE '!' ORDER BY i.id" }

/// Items of a workspace whose metadata holds this text somewhere. Looks at every item.
pub async fn naming(tx: &mut Tx, workspace: WorkspaceId, text: &str) -> Result<Vec<ItemRow>> {
    let escaped = text.replace('!', "!!").replace('%', "!%").replace('_', "!_");
    tx.rows(NAMING, &args![workspace, format!("%{escaped}%")]).await?.iter().map(item_of).collect()
}

sql! { IN_USE = "SELECT 1 WHERE EXISTS (SELECT 1 FROM items WHERE hash = $1) OR EXISTS (SELECT 1 FROM contributions WHERE hash = $1 AND state <> 'withdrawn') OR EXISTS (SELECT 1 FROM snapshots WHERE hash = $1) OR EXISTS (SELECT 1 FROM exports WHERE hash = $1)" }
sql! { DERIVED_OF = "SELECT blob FROM derived WHERE hash = $1 ORDER BY kind" }
sql! { DROP_DERIVED = "DELETE FROM derived WHERE hash = $1" }
sql! { DERIVED_USED = "SELECT 1 FROM derived WHERE blob = $1 LIMIT 1" }

/// Lets go of data that no row names any more, with what was derived from them and what they look like in short: the
/// blobs that may be deleted. None while somebody needs them.
pub async fn let_go(tx: &mut Tx, hash: &str) -> Result<Option<Vec<String>>> {
    if hash.is_empty() || tx.optional(IN_USE, &args![hash]).await?.is_some() {
        return Ok(None);
    }
    let mut derived = Vec::new();
    for row in tx.rows(DERIVED_OF, &args![hash]).await? {
        derived.push(row.text(0)?.to_owned());
    }
    tx.execute(DROP_DERIVED, &args![hash]).await?;
    super::prints::remove(tx, hash).await?;
    let mut unused = vec![hash.to_owned()];
    for blob in derived {
        // Two recordings may have the same levels.
        if tx.optional(DERIVED_USED, &args![blob.as_str()]).await?.is_none() {
            unused.push(blob);
        }
    }
    Ok(Some(unused))
}

const INSERT_TOLD: crate::bulk::BulkInsert = crate::bulk::BulkInsert {
    table: "withdrawn_items",
    columns: &["snapshot_id", "hash", "at"],
    conflict: " ON CONFLICT (snapshot_id, hash) DO NOTHING",
};

/// Notes that snapshots hold what was withdrawn since: (snapshot, hash of the data).
pub async fn tell_snapshots(tx: &mut Tx, found: &[(i64, String)], now: Timestamp) -> Result<(), StoreError> {
    let values = found.iter().flat_map(|(snapshot, hash)| args![*snapshot, hash.as_str(), now]).collect();
    tx.insert(&INSERT_TOLD, values).await
}

sql! { WITHDRAWN_IN = "SELECT w.snapshot_id, COUNT(*) FROM withdrawn_items w JOIN snapshots s ON s.id = w.snapshot_id WHERE s.project_id = $1 GROUP BY w.snapshot_id ORDER BY w.snapshot_id" }

/// How many items of each snapshot of a project were withdrawn since it was frozen.
pub async fn withdrawn_in(tx: &mut Tx, project: ProjectId) -> Result<Vec<(i64, i64)>> {
    let rows = tx.rows(WITHDRAWN_IN, &args![project]).await?;
    rows.iter().map(|row| Ok((row.int(0)?, row.int(1)?))).collect()
}
