//! Counts that screens ask for all the time, kept beside the rows that they count: reading them costs the same however
//! many rows there are.
//!
//! A transaction notes what it changes as it goes along and writes the sums as its last statement, in the order of
//! their names: whoever holds one of these rows waits for no other lock, so that counting never makes a deadlock. On
//! PostgreSQL each count is spread over some rows, so that two transactions seldom wait for each other. The doctor
//! counts the rows themselves and compares.

use crate::{Result, Tx, bulk::BulkInsert};
use labelwright_core::ProjectId;
use std::collections::BTreeMap;

/// Rows over which a count is spread on PostgreSQL; SQLite has one writer and needs one.
pub(crate) const SHARDS: i64 = 16;

const ADD: BulkInsert = BulkInsert {
    table: "counters",
    columns: &["project_id", "name", "shard", "n"],
    conflict: " ON CONFLICT (project_id, name, shard) DO UPDATE SET n = counters.n + excluded.n",
};

/// What a transaction has changed so far.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    by_name: BTreeMap<(i64, String), i64>,
}

impl Changes {
    pub fn add(&mut self, project: ProjectId, name: &str, change: i64) {
        if change != 0 {
            *self.by_name.entry((project.0, name.to_owned())).or_default() += change;
        }
    }

    pub fn merge(&mut self, other: Self) {
        for (key, change) in other.by_name {
            *self.by_name.entry(key).or_default() += change;
        }
    }

    /// Writes the sums; the last statement of a transaction.
    pub async fn write(self, tx: &mut Tx, shard: i64) -> Result<()> {
        let mut values = Vec::new();
        for ((project, name), change) in self.by_name {
            if change != 0 {
                values.extend(args![project, name, shard, change]);
            }
        }
        tx.insert(&ADD, values).await
    }
}

sql! { COUNTS = "SELECT name, CAST(SUM(n) AS BIGINT) FROM counters WHERE project_id = $1 GROUP BY name ORDER BY name" }

/// All counts of a project: `task:` and a state, `seat:` and `open`, `leased` or `submitted`.
pub async fn counts(tx: &mut Tx, project: ProjectId) -> Result<BTreeMap<String, i64>> {
    let rows = tx.rows(COUNTS, &args![project]).await?;
    rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.int(1)?))).collect()
}

impl Tx {
    /// Notes that so many more (or fewer) rows are what the name says.
    pub(crate) fn count(&mut self, project: ProjectId, name: &str, change: i64) {
        self.changes.add(project, name, change);
    }
}
