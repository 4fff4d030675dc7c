//! Changing which open seats are offered next, and to whom.

use super::{LEASED, OPEN, RERANK, SeatState, TAKE_SEAT, by_dialect, fresh_rank, held, moved, recycled_ranks};
use crate::{Result, Sql, Tx};
use labelwright_core::{ProjectId, TaskId, Timestamp, UserId};

/// The rank of an open seat that is offered to nobody; whoever knows the task's address may take it all the same.
const ASIDE: i64 = -1;

sql! { OFFER = "UPDATE seats SET rank = $2 WHERE task_id = $1 AND state = 0 AND rank > 0" }

/// The open seats of these tasks are offered next, in this order, also to labelers whose cursor has passed them; those
/// that were set aside stay so.
pub async fn offer(tx: &mut Tx, project: ProjectId, tasks: &[TaskId]) -> Result<()> {
    let first = recycled_ranks(tx, project, tasks.len() as i64).await?;
    for (offset, task) in tasks.iter().enumerate() {
        tx.execute(OFFER, &args![*task, first + offset as i64]).await?;
    }
    Ok(())
}

sql! { PLACE = "SELECT priority, ordinal FROM tasks WHERE id = $1" }

/// The offered seats of these tasks go back to where they were planned; those that were set aside stay so.
pub async fn put_back(tx: &mut Tx, project: ProjectId, tasks: &[TaskId]) -> Result<()> {
    replan(tx, project, tasks, OFFER).await
}

/// All open seats of these tasks are where they were planned, also those that were set aside.
pub async fn bring_back(tx: &mut Tx, project: ProjectId, tasks: &[TaskId]) -> Result<()> {
    replan(tx, project, tasks, RERANK).await
}

async fn replan(tx: &mut Tx, project: ProjectId, tasks: &[TaskId], change: Sql) -> Result<()> {
    // Nothing is numbered: this takes the lock that goes before every other.
    recycled_ranks(tx, project, 0).await?;
    for task in tasks {
        let place = tx.one(PLACE, &args![*task]).await?;
        tx.execute(change, &args![*task, fresh_rank(place.int(0)?, place.int(1)?)]).await?;
    }
    Ok(())
}

/// The open seats of these tasks are offered to nobody for the time being.
pub async fn set_aside(tx: &mut Tx, project: ProjectId, tasks: &[TaskId]) -> Result<()> {
    recycled_ranks(tx, project, 0).await?;
    for task in tasks {
        tx.execute(RERANK, &args![*task, ASIDE]).await?;
    }
    Ok(())
}

sql! { OFFERED_SEAT = "SELECT s.slot FROM seats s WHERE s.task_id = $1 AND s.state = 0 AND s.rank > 0 AND NOT EXISTS (SELECT 1 FROM skips k WHERE k.task_id = s.task_id AND k.user_id = $2) ORDER BY s.slot LIMIT 1" }
sql! { postgres OFFERED_SEAT_LOCKED = "SELECT s.slot FROM seats s WHERE s.task_id = $1 AND s.state = 0 AND s.rank > 0 AND NOT EXISTS (SELECT 1 FROM skips k WHERE k.task_id = s.task_id AND k.user_id = $2) ORDER BY s.slot LIMIT 1 FOR UPDATE OF s SKIP LOCKED" }
sql! { LENGTHEN = "UPDATE seats SET lease_until = $3 WHERE task_id = $1 AND labeler_id = $2 AND state = 1 AND lease_until < $3" }

/// Gives a labeler an offered seat of each of these tasks until a moment; then it is open again. Tasks that they have a
/// seat of already, skipped, or that have none to give are left as they are. How many tasks are theirs now and wait.
pub async fn reserve(
    tx: &mut Tx,
    project: ProjectId,
    tasks: &[TaskId],
    labeler: UserId,
    until: Timestamp,
) -> Result<u64> {
    let find = by_dialect(tx, OFFERED_SEAT, OFFERED_SEAT_LOCKED);
    let mut theirs = 0;
    for task in tasks {
        if let Some(held) = held(tx, *task, labeler).await? {
            tx.execute(LENGTHEN, &args![*task, labeler, until]).await?;
            theirs += u64::from(held.state == SeatState::Leased);
            continue;
        }
        let Some(seat) = tx.optional(find, &args![*task, labeler]).await? else { continue };
        if tx.optional(TAKE_SEAT, &args![*task, seat.int(0)?, labeler, until]).await?.is_some() {
            moved(tx, project, OPEN, LEASED);
            theirs += 1;
        }
    }
    Ok(theirs)
}
