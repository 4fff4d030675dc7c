//! The cost of a claim and of a submit must not grow with the number of tasks: the same work on a project of 10,000 tasks
//! and on a very large one, on both databases.

use super::{Failure, Line};
use crate::prove::{StoreKind, lay};
use labelwright_store::{
    Sql, Store, StoreError, args, seats,
    submit::{self, Submission, SubmitError},
};
use labelwright_testkit::world::{Size, World, answer};
use labelwright_workflow::clock::Clock;
use std::time::Instant;

const SMALL: i64 = 10_000;
/// Claims with their submits that are timed.
const ROUNDS: usize = 2000;

/// Made in the database itself, from `$1` to `$2`: sending ten million rows would measure the sending.
const FILL: [Sql; 3] = [
    Sql::fixed(
        "WITH RECURSIVE n(i) AS (SELECT CAST($1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < $2) INSERT INTO items (id, dataset_id, key, modality, hash, media_type, bytes, content, shape, metadata, source, import_id, created_at) SELECT i, 1, 'bulk-' || i, 'text', 'none', 'text/plain', 2, 'hi', '{\"type\":\"text\",\"chars\":2}', '{}', '{}', 1, 0 FROM n",
    ),
    Sql::fixed(
        "WITH RECURSIVE n(i) AS (SELECT CAST($1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < $2) INSERT INTO tasks (id, project_id, item_id, ordinal, priority, state, updated_at) SELECT i, 1, i, i, 0, 'open', 0 FROM n",
    ),
    Sql::fixed(
        "WITH RECURSIVE n(i) AS (SELECT CAST($1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < $2) INSERT INTO seats (project_id, task_id, slot, state, labeler_id, epoch, lease_until, rank) SELECT 1, i, 0, 0, NULL, 0, NULL, 1153945605676761088 + i FROM n",
    ),
];
/// Rows of one transaction.
const STEP: i64 = 250_000;

pub async fn measure(large: i64) -> Result<Vec<Line>, Failure> {
    let mut lines = Vec::new();
    for (kind, name) in [(StoreKind::Sqlite, "SQLite"), (StoreKind::Postgres, "PostgreSQL")] {
        let size = Size { labelers: 1, tasks: 0, overlap: 1, lease_seconds: 3600 };
        let ground = lay(kind, size).await?;
        let store = Store::open(&ground.database).await?;
        fill(&store, 1, SMALL).await?;
        let small = rounds(&store, &ground.world).await?;
        fill(&store, SMALL + 1, large).await?;
        // The first rounds after such a load pay for caches and for the load's own flushing.
        rounds(&store, &ground.world).await?;
        let found = rounds(&store, &ground.world).await?;
        for (what, small, found) in [("claim", small.0, found.0), ("submit", small.1, found.1)] {
            println!("{name}: a {what} takes {:.3} ms at {SMALL} tasks, {:.3} ms at {large}", small * 1e3, found * 1e3);
            let what = format!("{what} at {large} tasks against {SMALL}, {name}");
            lines.push(Line::at_most(what, found / small, "times", 1.5));
        }
        store.close().await;
    }
    Ok(lines)
}

async fn fill(store: &Store, from: i64, to: i64) -> Result<(), Failure> {
    let mut start = from;
    while start <= to {
        let end = (start + STEP - 1).min(to);
        for sql in FILL {
            store
                .write::<_, StoreError, _>(move |tx| Box::pin(async move { tx.execute(sql, &args![start, end]).await }))
                .await?;
        }
        start = end + 1;
    }
    Ok(())
}

/// Median seconds of a claim and of a submit, each in a transaction of its own, one after the other.
async fn rounds(store: &Store, world: &World) -> Result<(f64, f64), Failure> {
    let (project, version, labeler) = (world.project, world.schema_version, world.labelers[0].user);
    let (mut claims, mut submits) = (Vec::new(), Vec::new());
    let now = Clock::System.now();
    for _ in 0..ROUNDS {
        let started = Instant::now();
        let leases = store
            .write::<_, StoreError, _>(move |tx| Box::pin(seats::claim(tx, project, labeler, 1, 3600, now)))
            .await?;
        claims.push(started.elapsed().as_secs_f64());
        let lease = leases.into_iter().next().ok_or("there are too few tasks")?;
        let valid = answer("good", "as expected").ok_or("the answer is not valid")?;
        let started = Instant::now();
        store
            .write::<_, SubmitError, _>(move |tx| {
                Box::pin(async move {
                    let key = lease.task.to_string();
                    let new = Submission {
                        project,
                        task: lease.task,
                        labeler,
                        schema_version: version,
                        epoch: lease.epoch,
                        parent: None,
                        answer: &valid,
                        took_ms: 1,
                        idempotency_key: &key,
                        request_hash: "bench",
                        complete_state: "labeled",
                    };
                    submit::submit(tx, &new, now).await
                })
            })
            .await?;
        submits.push(started.elapsed().as_secs_f64());
    }
    Ok((median(claims), median(submits)))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
