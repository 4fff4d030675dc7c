//! Changing how many people label each task while they are at it.

use super::{OPEN, recycled_ranks, unfinished};
use crate::{Dialect, Result, Tx};
use labelwright_core::{ProjectId, TaskId};

sql! { TASKS_AFTER = "SELECT t.id, t.state, COUNT(s.slot), CAST(COALESCE(SUM(CASE WHEN s.rank = 9223372036854775807 THEN 1 ELSE 0 END), 0) AS BIGINT), CAST(COALESCE(SUM(CASE WHEN s.state = 2 THEN 1 ELSE 0 END), 0) AS BIGINT) FROM (SELECT id, state FROM tasks WHERE project_id = $1 AND id > $2 ORDER BY id LIMIT $3) t LEFT JOIN seats s ON s.task_id = t.id GROUP BY t.id, t.state ORDER BY t.id" }
sql! { postgres LOCK_TASK = "SELECT state FROM tasks WHERE id = $1 FOR UPDATE" }
sql! { postgres LOCK_SEATS = "SELECT slot FROM seats WHERE task_id = $1 ORDER BY slot FOR UPDATE" }
sql! { OPEN_SEATS = "SELECT slot FROM seats WHERE task_id = $1 AND state = 0 ORDER BY slot DESC" }
sql! { STARTED_SEATS = "SELECT slot FROM seats WHERE task_id = $1 AND state <> 0 ORDER BY slot DESC" }
sql! { COUNT_TASK_SEATS = "SELECT COUNT(*), COALESCE(MAX(slot), -1) FROM seats WHERE task_id = $1" }
sql! { UNMARK_ALL = "UPDATE seats SET rank = 0 WHERE task_id = $1 AND rank = 9223372036854775807" }
sql! { MARK = "UPDATE seats SET rank = 9223372036854775807 WHERE task_id = $1 AND slot = $2" }
sql! { DELETE_OPEN_SEAT = "DELETE FROM seats WHERE task_id = $1 AND slot = $2 AND state = 0" }
sql! { INSERT_RECYCLED = "INSERT INTO seats (project_id, task_id, slot, state, labeler_id, epoch, lease_until, rank) VALUES ($1, $2, $3, 0, NULL, 0, NULL, $4)" }

/// What changing the overlap of a page of tasks did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OverlapChange {
    pub added: u64,
    pub removed: u64,
    /// Seats above the new overlap that were leased or submitted already and stay.
    pub kept: u64,
    /// Tasks that count as open although all seats that they are now to have are submitted.
    pub complete: Vec<TaskId>,
    /// Tasks that count as complete although they wait for answers now.
    pub reopened: Vec<TaskId>,
    /// The last task of the page; None when there are no more.
    pub last: Option<TaskId>,
}

/// Brings a page of tasks (after `after`, at most `limit`) to a new overlap. Only open seats are taken away: what
/// somebody has started is never thrown out.
pub async fn set_overlap(
    tx: &mut Tx,
    project: ProjectId,
    overlap: u32,
    after: TaskId,
    limit: i64,
) -> Result<OverlapChange> {
    let mut change = OverlapChange::default();
    // Nothing is numbered: this takes the lock that goes before every other.
    recycled_ranks(tx, project, 0).await?;
    for row in tx.rows(TASKS_AFTER, &args![project, after, limit]).await? {
        let task = TaskId(row.int(0)?);
        change.last = Some(task);
        let (mut state, marked, wanted) = (row.text(1)?.to_owned(), row.int(3)?, i64::from(overlap));
        // Seats that are wanted change nowhere else, so that this needs no lock to be seen.
        if row.int(2)? - marked == wanted && (row.int(4)? >= wanted) == (state != "open") {
            change.kept += marked as u64;
            continue;
        }
        if tx.dialect() == Dialect::Postgres {
            // In the order of a submit, which counts seats and changes the state behind the same lock.
            state = tx.one(LOCK_TASK, &args![task]).await?.text(0)?.to_owned();
            tx.rows(LOCK_SEATS, &args![task]).await?;
        }
        tx.execute(UNMARK_ALL, &args![task]).await?;
        let count = tx.one(COUNT_TASK_SEATS, &args![task]).await?;
        let (seats, highest) = (count.int(0)?, count.int(1)?);
        if seats < wanted {
            let first = recycled_ranks(tx, project, 1).await?;
            for slot in 0..wanted - seats {
                tx.execute(INSERT_RECYCLED, &args![project, task, highest + 1 + slot, first]).await?;
                change.added += 1;
            }
            tx.count(project, OPEN, wanted - seats);
        }
        if seats > wanted {
            let open = tx.rows(OPEN_SEATS, &args![task]).await?;
            let surplus = (seats - wanted) as usize;
            for seat in open.iter().take(surplus) {
                let removed = tx.execute(DELETE_OPEN_SEAT, &args![task, seat.int(0)?]).await?;
                tx.count(project, OPEN, -(removed as i64));
                change.removed += removed;
            }
            let kept = surplus.saturating_sub(open.len());
            for seat in tx.rows(STARTED_SEATS, &args![task]).await?.iter().take(kept) {
                tx.execute(MARK, &args![task, seat.int(0)?]).await?;
            }
            change.kept += kept as u64;
        }
        match (unfinished(tx, task).await? <= 0, state == "open") {
            (true, true) => change.complete.push(task),
            (false, false) => change.reopened.push(task),
            _ => {}
        }
    }
    Ok(change)
}
