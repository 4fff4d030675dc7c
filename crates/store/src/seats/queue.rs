//! Changing which open seats are offered next.

use super::{RERANK, fresh_rank, recycled_ranks};
use crate::{Result, Sql, Tx};
use labelwright_core::{ProjectId, TaskId};

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
