//! Seats: the places at a task. A task with overlap 3 has three rows; a claim takes a row, so that no count can race.
//!
//! **Order.** `rank` is one number. A fresh seat's rank is made of priority and ordinal and lies above
//! [`FRESH`]; a seat that opens again (released, skipped, expired, overlap raised) gets the project's next small
//! number, so recycled seats come first, in the order in which they came back. Each labeler has two cursors in each
//! project, the last recycled and the last fresh rank that they were given, and never looks behind them: the cost
//! of a claim does not grow with what is done. When both lanes are empty for a labeler, one look from the start is
//! made, at most once a minute, for seats that slipped behind a cursor.
//!
//! **Overlap lowered in flight.** Started work stays; as many started seats as are too many are marked as surplus, and
//! for each mark the next seat of the task that is given up closes for good, whichever of them it is.
//!
//! **Invariants.** Leased and submitted rows of a task never outnumber its rows; a labeler has at most one row of a
//! task (unique key); every change of hands raises the epoch, and a submit names the epoch that it was given.

mod overlap;
mod queue;

pub use overlap::{OverlapChange, set_overlap};
pub use queue::{bring_back, offer, put_back, reserve, set_aside};

use crate::{Dialect, Result, Row, Sql, Tx, bulk::BulkInsert};
use labelwright_core::{ItemId, ProjectId, TaskId, Timestamp, UserId};

/// Ranks from here on are fresh seats; below are recycled ones.
pub const FRESH: i64 = 1 << 60;
/// Priorities are clamped to this on both sides of zero.
pub const PRIORITY_MAXIMUM: i64 = 1000;
/// The rank of a started seat above a lowered overlap: one seat of its task closes instead of opening again.
pub const SURPLUS: i64 = i64::MAX;
const WRAP_MICROSECONDS: i64 = 60_000_000;
/// Names of the counts of seats.
const OPEN: &str = "seat:open";
const LEASED: &str = "seat:leased";
const SUBMITTED: &str = "seat:submitted";
/// Expired leases taken back in one claim: bounds the claim's own time.
const EXPIRE_BATCH: i64 = 64;

/// The rank of a fresh seat: higher priority first, then lower ordinal.
pub fn fresh_rank(priority: i64, ordinal: i64) -> i64 {
    let priority = priority.clamp(-PRIORITY_MAXIMUM, PRIORITY_MAXIMUM);
    FRESH | ((PRIORITY_MAXIMUM - priority) << 40) | ordinal.clamp(0, (1 << 40) - 1)
}

/// A labeler's hold on a seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    pub task: TaskId,
    pub slot: i64,
    pub epoch: i64,
    pub until: Timestamp,
}

#[derive(Debug, Clone)]
pub struct NewTask {
    pub item: ItemId,
    pub ordinal: i64,
    pub priority: i64,
}

const INSERT_TASKS: BulkInsert = BulkInsert {
    table: "tasks",
    columns: &["project_id", "item_id", "ordinal", "priority", "state", "updated_at"],
    conflict: " ON CONFLICT (item_id, project_id) DO NOTHING",
};
const ITEM_ID: usize = 1;
const INSERT_SEATS: BulkInsert =
    BulkInsert { table: "seats", columns: &["project_id", "task_id", "slot", "state", "epoch", "rank"], conflict: "" };

/// Makes tasks with their open seats; items that are tasks already are left alone. Returns how many were new.
pub async fn plan(tx: &mut Tx, project: ProjectId, tasks: &[NewTask], overlap: u32, now: Timestamp) -> Result<u64> {
    let mut values = Vec::with_capacity(tasks.len() * INSERT_TASKS.columns.len());
    for task in tasks {
        values.extend(args![project, task.item, task.ordinal, task.priority, "open", now]);
    }
    let numbers = tx.insert_new(&INSERT_TASKS, ITEM_ID, values).await?;
    let (mut added, mut seats) = (0, Vec::with_capacity(tasks.len() * overlap as usize * INSERT_SEATS.columns.len()));
    for (task, number) in tasks.iter().zip(numbers) {
        let Some(number) = number else { continue };
        added += 1;
        let rank = fresh_rank(task.priority, task.ordinal);
        for slot in 0..overlap {
            seats.extend(args![project, number, slot, 0_i64, 0_i64, rank]);
        }
    }
    tx.count(project, "task:open", added);
    tx.count(project, OPEN, added * i64::from(overlap));
    tx.insert(&INSERT_SEATS, seats).await?;
    Ok(added as u64)
}

sql! { ENSURE_CURSOR = "INSERT INTO cursors (project_id, user_id, recycled, fresh, wrapped_at) VALUES ($1, $2, 0, 0, 0) ON CONFLICT (project_id, user_id) DO NOTHING" }
sql! { sqlite CURSOR_SQLITE = "SELECT recycled, fresh, wrapped_at FROM cursors WHERE project_id = $1 AND user_id = $2" }
sql! { postgres CURSOR_POSTGRES = "SELECT recycled, fresh, wrapped_at FROM cursors WHERE project_id = $1 AND user_id = $2 FOR UPDATE" }
sql! { SET_CURSOR = "UPDATE cursors SET recycled = $3, fresh = $4, wrapped_at = $5 WHERE project_id = $1 AND user_id = $2" }
sql! { sqlite NEXT_SEAT_SQLITE = "SELECT s.task_id, s.slot, s.rank FROM seats s WHERE s.project_id = $1 AND s.state = 0 AND s.rank > $3 AND s.rank < $4 AND NOT EXISTS (SELECT 1 FROM seats o WHERE o.task_id = s.task_id AND o.labeler_id = $2) AND NOT EXISTS (SELECT 1 FROM skips k WHERE k.task_id = s.task_id AND k.user_id = $2) ORDER BY s.rank LIMIT 1" }
sql! { postgres NEXT_SEAT_POSTGRES = "SELECT s.task_id, s.slot, s.rank FROM seats s WHERE s.project_id = $1 AND s.state = 0 AND s.rank > $3 AND s.rank < $4 AND NOT EXISTS (SELECT 1 FROM seats o WHERE o.task_id = s.task_id AND o.labeler_id = $2) AND NOT EXISTS (SELECT 1 FROM skips k WHERE k.task_id = s.task_id AND k.user_id = $2) ORDER BY s.rank LIMIT 1 FOR UPDATE OF s SKIP LOCKED" }
sql! { TAKE_SEAT = "UPDATE seats SET state = 1, labeler_id = $3, epoch = epoch + 1, lease_until = $4 WHERE task_id = $1 AND slot = $2 AND state = 0 RETURNING epoch, project_id" }

fn by_dialect(tx: &Tx, sqlite: Sql, postgres: Sql) -> Sql {
    match tx.dialect() {
        Dialect::Sqlite => sqlite,
        Dialect::Postgres => postgres,
    }
}

/// Gives a labeler up to `count` seats, each for `lease_seconds`. Fewer, or none, when there are no more for them.
pub async fn claim(
    tx: &mut Tx,
    project: ProjectId,
    labeler: UserId,
    count: u32,
    lease_seconds: u32,
    now: Timestamp,
) -> Result<Vec<Lease>> {
    expire(tx, project, now).await?;
    tx.execute(ENSURE_CURSOR, &args![project, labeler]).await?;
    // The row lock makes two claims of one labeler (two tabs) follow each other.
    let cursor = tx.one(by_dialect(tx, CURSOR_SQLITE, CURSOR_POSTGRES), &args![project, labeler]).await?;
    let (mut recycled, mut fresh, mut wrapped_at) = (cursor.int(0)?, cursor.int(1)?, cursor.int(2)?);
    let before = (recycled, fresh, wrapped_at);
    let next = by_dialect(tx, NEXT_SEAT_SQLITE, NEXT_SEAT_POSTGRES);
    let until = Timestamp(now.0 + i64::from(lease_seconds) * 1_000_000);
    let mut leases = Vec::new();
    while leases.len() < count as usize {
        let mut seat = tx.optional(next, &args![project, labeler, recycled, FRESH]).await?;
        if seat.is_none() {
            seat = tx.optional(next, &args![project, labeler, fresh.max(FRESH - 1), i64::MAX]).await?;
        }
        let Some(seat) = seat else {
            if leases.is_empty() && now.0 - wrapped_at >= WRAP_MICROSECONDS && (recycled, fresh) != (0, 0) {
                (recycled, fresh, wrapped_at) = (0, 0, now.0);
                continue;
            }
            break;
        };
        let (task, slot, rank) = (TaskId(seat.int(0)?), seat.int(1)?, seat.int(2)?);
        if rank < FRESH {
            recycled = rank;
        } else {
            fresh = rank;
        }
        let Some(taken) = tx.optional(TAKE_SEAT, &args![task, slot, labeler, until]).await? else { continue };
        leases.push(Lease { task, slot, epoch: taken.int(0)?, until });
        moved(tx, project, OPEN, LEASED);
    }
    if before != (recycled, fresh, wrapped_at) {
        tx.execute(SET_CURSOR, &args![project, labeler, recycled, fresh, wrapped_at]).await?;
    }
    Ok(leases)
}

sql! { TAKE_OF_TASK = "SELECT slot FROM seats WHERE task_id = $1 AND state = 0 ORDER BY slot LIMIT 1" }
sql! { postgres TAKE_OF_TASK_LOCKED = "SELECT slot FROM seats WHERE task_id = $1 AND state = 0 ORDER BY slot LIMIT 1 FOR UPDATE SKIP LOCKED" }

/// Gives a labeler a seat of one certain task (coming back to it by its address), if one is open.
pub async fn claim_task(
    tx: &mut Tx,
    task: TaskId,
    labeler: UserId,
    lease_seconds: u32,
    now: Timestamp,
) -> Result<Option<Lease>> {
    if let Some(held) = held(tx, task, labeler).await? {
        return Ok((held.state == SeatState::Leased).then_some(held.lease));
    }
    let find = by_dialect(tx, TAKE_OF_TASK, TAKE_OF_TASK_LOCKED);
    let Some(seat) = tx.optional(find, &args![task]).await? else { return Ok(None) };
    let until = Timestamp(now.0 + i64::from(lease_seconds) * 1_000_000);
    let slot = seat.int(0)?;
    let Some(taken) = tx.optional(TAKE_SEAT, &args![task, slot, labeler, until]).await? else { return Ok(None) };
    moved(tx, ProjectId(taken.int(1)?), OPEN, LEASED);
    Ok(Some(Lease { task, slot, epoch: taken.int(0)?, until }))
}

/// Counts a seat that goes from one state to another.
fn moved(tx: &mut Tx, project: ProjectId, from: &str, to: &str) {
    tx.count(project, from, -1);
    tx.count(project, to, 1);
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeatState {
    Leased,
    Submitted,
}

#[derive(Debug, Clone)]
pub struct HeldSeat {
    pub lease: Lease,
    pub state: SeatState,
}

fn held_of(row: &Row) -> Result<HeldSeat> {
    Ok(HeldSeat {
        lease: Lease {
            task: TaskId(row.int(0)?),
            slot: row.int(1)?,
            epoch: row.int(2)?,
            until: Timestamp(row.int_or_null(3)?.unwrap_or(0)),
        },
        state: if row.int(4)? == 2 { SeatState::Submitted } else { SeatState::Leased },
    })
}

sql! { HELD = "SELECT task_id, slot, epoch, lease_until, state FROM seats WHERE task_id = $1 AND labeler_id = $2" }

sql! { postgres HELD_LOCKED = "SELECT task_id, slot, epoch, lease_until, state FROM seats WHERE task_id = $1 AND labeler_id = $2 FOR UPDATE" }

/// As [`held`], and nobody takes the seat back before this transaction ends.
pub(crate) async fn hold(tx: &mut Tx, task: TaskId, labeler: UserId) -> Result<Option<HeldSeat>> {
    let find = by_dialect(tx, HELD, HELD_LOCKED);
    tx.optional(find, &args![task, labeler]).await?.as_ref().map(held_of).transpose()
}

sql! { SUBMIT = "UPDATE seats SET state = 2, lease_until = NULL WHERE task_id = $1 AND labeler_id = $2" }

/// A labeler's seat has its answer. `before` is what [`hold`] told of it.
pub(crate) async fn submitted(tx: &mut Tx, project: ProjectId, labeler: UserId, before: &HeldSeat) -> Result<()> {
    tx.execute(SUBMIT, &args![before.lease.task, labeler]).await?;
    if before.state == SeatState::Leased {
        moved(tx, project, LEASED, SUBMITTED);
    }
    Ok(())
}

/// The seat that a labeler has at a task, leased or submitted.
pub async fn held(tx: &mut Tx, task: TaskId, labeler: UserId) -> Result<Option<HeldSeat>> {
    tx.optional(HELD, &args![task, labeler]).await?.as_ref().map(held_of).transpose()
}

sql! { LEASES = "SELECT task_id, slot, epoch, lease_until, state FROM seats WHERE project_id = $1 AND labeler_id = $2 AND state = 1 AND lease_until > $3 ORDER BY rank, task_id LIMIT $4" }

/// Live leases that a labeler holds in a project: what a second tab or a reload gets back, and what somebody assigned.
pub async fn leases_of(
    tx: &mut Tx,
    project: ProjectId,
    labeler: UserId,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<Lease>> {
    let rows = tx.rows(LEASES, &args![project, labeler, now, limit]).await?;
    rows.iter().map(|row| held_of(row).map(|held| held.lease)).collect()
}

sql! { RENEW = "UPDATE seats SET lease_until = CASE WHEN lease_until > $4 THEN lease_until ELSE $4 END WHERE task_id = $1 AND labeler_id = $2 AND epoch = $3 AND state = 1 RETURNING slot" }

/// Lengthens a lease, never shortens it; false when it is no longer the labeler's (then nothing is changed: a lease that has gone to
/// somebody else never comes back by renewal).
pub async fn renew(tx: &mut Tx, task: TaskId, labeler: UserId, epoch: i64, until: Timestamp) -> Result<bool> {
    Ok(tx.optional(RENEW, &args![task, labeler, epoch, until]).await?.is_some())
}

sql! { SEQUENCE = "INSERT INTO seat_sequence (project_id, last) VALUES ($1, $2) ON CONFLICT (project_id) DO UPDATE SET last = seat_sequence.last + $2 RETURNING last" }

/// The first of `count` fresh recycled ranks. The sequence's row is also the lock that whoever gives seats up takes
/// first (sequence, then task, then seats), so that two of them never wait for each other's seats.
async fn recycled_ranks(tx: &mut Tx, project: ProjectId, count: i64) -> Result<i64> {
    Ok(tx.one(SEQUENCE, &args![project, count]).await?.int(0)? - count + 1)
}

sql! { RELEASED = "SELECT slot FROM seats WHERE task_id = $1 AND labeler_id = $2 AND epoch = $3 AND state = 1" }
sql! { postgres RELEASED_LOCKED = "SELECT slot FROM seats WHERE task_id = $1 AND labeler_id = $2 AND epoch = $3 AND state = 1 FOR UPDATE" }

/// Gives a leased seat back; false when the lease is not the labeler's any more.
pub async fn release(tx: &mut Tx, project: ProjectId, task: TaskId, labeler: UserId, epoch: i64) -> Result<bool> {
    let rank = recycled_ranks(tx, project, 1).await?;
    let find = by_dialect(tx, RELEASED, RELEASED_LOCKED);
    let Some(seat) = tx.optional(find, &args![task, labeler, epoch]).await? else { return Ok(false) };
    give_up(tx, project, task, seat.int(0)?, rank).await
}

sql! { SURPLUS_SEAT = "SELECT slot FROM seats WHERE task_id = $1 AND rank = 9223372036854775807 ORDER BY CASE WHEN slot = $2 THEN 0 ELSE 1 END, slot LIMIT 1" }
sql! { postgres SURPLUS_SEAT_LOCKED = "SELECT slot FROM seats WHERE task_id = $1 AND rank = 9223372036854775807 ORDER BY CASE WHEN slot = $2 THEN 0 ELSE 1 END, slot LIMIT 1 FOR UPDATE" }
sql! { UNMARK = "UPDATE seats SET rank = 0 WHERE task_id = $1 AND slot = $2" }
sql! { CLOSE_SEAT = "DELETE FROM seats WHERE task_id = $1 AND slot = $2 AND state = 1" }
sql! { REOPEN = "UPDATE seats SET state = 0, labeler_id = NULL, epoch = epoch + 1, lease_until = NULL, rank = $3 WHERE task_id = $1 AND slot = $2 AND state = 1" }

/// A leased seat becomes open again, or closes when its task has one too many. Its own mark goes with it; an unmarked
/// seat that closes takes the mark of another.
async fn give_up(tx: &mut Tx, project: ProjectId, task: TaskId, slot: i64, rank: i64) -> Result<bool> {
    let find = by_dialect(tx, SURPLUS_SEAT, SURPLUS_SEAT_LOCKED);
    let Some(marked) = tx.optional(find, &args![task, slot]).await? else {
        let reopened = tx.execute(REOPEN, &args![task, slot, rank]).await? > 0;
        if reopened {
            moved(tx, project, LEASED, OPEN);
        }
        return Ok(reopened);
    };
    tx.execute(UNMARK, &args![task, marked.int(0)?]).await?;
    let closed = tx.execute(CLOSE_SEAT, &args![task, slot]).await?;
    tx.count(project, LEASED, -(closed as i64));
    Ok(closed > 0)
}

sql! { INSERT_SKIP = "INSERT INTO skips (task_id, user_id, reason, at) VALUES ($1, $2, $3, $4) ON CONFLICT (task_id, user_id) DO UPDATE SET reason = excluded.reason, at = excluded.at" }

/// Gives a leased seat back and never offers the task to this labeler again.
pub async fn skip(
    tx: &mut Tx,
    project: ProjectId,
    task: TaskId,
    labeler: UserId,
    epoch: i64,
    reason: &str,
    now: Timestamp,
) -> Result<bool> {
    let released = release(tx, project, task, labeler, epoch).await?;
    if released {
        tx.execute(INSERT_SKIP, &args![task, labeler, reason, now]).await?;
    }
    Ok(released)
}

sql! { EXPIRED = "SELECT task_id, slot FROM seats WHERE project_id = $1 AND state = 1 AND lease_until <= $2 ORDER BY lease_until, task_id, slot LIMIT $3" }
sql! { postgres EXPIRED_LOCKED = "SELECT task_id, slot FROM seats WHERE project_id = $1 AND state = 1 AND lease_until <= $2 ORDER BY lease_until, task_id, slot LIMIT $3 FOR UPDATE SKIP LOCKED" }
sql! { postgres ENSURE_SEQUENCE = "INSERT INTO seat_sequence (project_id, last) VALUES ($1, 0) ON CONFLICT (project_id) DO NOTHING" }
sql! { postgres TRY_SEQUENCE = "SELECT last FROM seat_sequence WHERE project_id = $1 FOR UPDATE SKIP LOCKED" }

/// Takes back leases that have run out; each goes to the end of the recycled lane. Returns how many.
pub async fn expire(tx: &mut Tx, project: ProjectId, now: Timestamp) -> Result<u64> {
    let mut rows = tx.rows(EXPIRED, &args![project, now, EXPIRE_BATCH]).await?;
    if tx.dialect() == Dialect::Postgres && !rows.is_empty() {
        // Whoever has the sequence is taking leases back, or changes the overlap: a claim does not wait for that.
        tx.execute(ENSURE_SEQUENCE, &args![project]).await?;
        if tx.optional(TRY_SEQUENCE, &args![project]).await?.is_none() {
            return Ok(0);
        }
        rows = tx.rows(EXPIRED_LOCKED, &args![project, now, EXPIRE_BATCH]).await?;
    }
    if rows.is_empty() {
        return Ok(0);
    }
    let first = recycled_ranks(tx, project, rows.len() as i64).await?;
    let mut expired = 0;
    for (offset, row) in rows.iter().enumerate() {
        expired += u64::from(give_up(tx, project, TaskId(row.int(0)?), row.int(1)?, first + offset as i64).await?);
    }
    Ok(expired)
}

sql! { UNFINISHED = "SELECT CAST(SUM(CASE WHEN rank = 9223372036854775807 THEN 0 ELSE 1 END) - SUM(CASE WHEN state = 2 THEN 1 ELSE 0 END) AS BIGINT) FROM seats WHERE task_id = $1" }

/// How many answers a task still waits for: the seats that it is to have (those above a lowered overlap are not), less
/// the submitted ones. Below zero when more was submitted than is wanted now.
pub(crate) async fn unfinished(tx: &mut Tx, task: TaskId) -> Result<i64> {
    Ok(tx.one(UNFINISHED, &args![task]).await?.int_or_null(0)?.unwrap_or(0))
}

sql! { SET_PRIORITY = "UPDATE tasks SET priority = $2 WHERE id = $1" }
sql! { RERANK = "UPDATE seats SET rank = $2 WHERE task_id = $1 AND state = 0" }

/// Changes a task's priority. Its open seats move to the recycled lane: they are offered next, also to labelers
/// whose cursor has passed them.
pub async fn set_priority(tx: &mut Tx, project: ProjectId, task: TaskId, priority: i64) -> Result<()> {
    let priority = priority.clamp(-PRIORITY_MAXIMUM, PRIORITY_MAXIMUM);
    tx.execute(SET_PRIORITY, &args![task, priority]).await?;
    let rank = recycled_ranks(tx, project, 1).await?;
    tx.execute(RERANK, &args![task, rank]).await?;
    Ok(())
}
