//! PostgreSQL: a pool of connections, one transaction a closure.

use crate::{Result, StoreError, Tx, counters::SHARDS};
use deadpool_postgres::{Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use futures::{FutureExt, future::BoxFuture};
use std::{
    panic::AssertUnwindSafe,
    str::FromStr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

/// How long a caller waits for a free connection before the answer is "not available".
const WAIT_SECONDS: u64 = 10;

#[derive(Clone)]
pub struct PostgresStore {
    pool: Pool,
    /// Transactions take turns at the shards of the counters.
    turn: Arc<AtomicI64>,
}

impl PostgresStore {
    pub fn open(url: &str, connections: usize) -> Result<Self> {
        let mut config = tokio_postgres::Config::from_str(url)
            .map_err(|error| StoreError::Configuration(format!("the PostgreSQL address is not valid: {error}")))?;
        config.application_name("labelwright").connect_timeout(Duration::from_secs(WAIT_SECONDS));
        let manager = Manager::from_config(
            config,
            tokio_postgres::NoTls,
            ManagerConfig { recycling_method: RecyclingMethod::Fast },
        );
        let wait = Some(Duration::from_secs(WAIT_SECONDS));
        let pool = Pool::builder(manager)
            .max_size(connections)
            .runtime(Runtime::Tokio1)
            .wait_timeout(wait)
            .create_timeout(wait)
            .build()
            .map_err(|error| StoreError::Configuration(error.to_string()))?;
        Ok(Self { pool, turn: Arc::default() })
    }

    async fn connection(&self) -> Result<Tx> {
        let client = self.pool.get().await.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(Tx::postgres(client))
    }

    /// Runs the closure on one unchanging state of the database.
    pub async fn snapshot<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T>> + Send + 'static,
    {
        let mut tx = self.connection().await?;
        let task = tokio::spawn(async move {
            tx.batch("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
            let outcome = work(&mut tx).await;
            tx.batch("ROLLBACK").await?;
            outcome
        });
        task.await.map_err(|_| StoreError::Panicked)?
    }

    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        let mut tx = self.connection().await?;
        // A task of its own: when the caller stops waiting, the transaction still ends, and the connection goes
        // back to the pool without an open transaction in it.
        let shard = self.turn.fetch_add(1, Ordering::Relaxed).rem_euclid(SHARDS);
        let task = tokio::spawn(async move {
            tx.batch("BEGIN").await?;
            let outcome = AssertUnwindSafe(work(&mut tx)).catch_unwind().await;
            match outcome {
                Ok(Ok(value)) => {
                    if let Err(error) = std::mem::take(&mut tx.changes).write(&mut tx, shard).await {
                        drop(tx.batch("ROLLBACK").await);
                        return Err(error.into());
                    }
                    tx.batch("COMMIT").await?;
                    Ok(value)
                }
                Ok(Err(error)) => {
                    drop(tx.batch("ROLLBACK").await);
                    Err(error)
                }
                Err(_) => {
                    drop(tx.batch("ROLLBACK").await);
                    Err(StoreError::Panicked.into())
                }
            }
        });
        task.await.map_err(|_| StoreError::Panicked)?
    }

    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        let mut tx = self.connection().await?;
        let task = tokio::spawn(async move { work(&mut tx).await });
        task.await.map_err(|_| StoreError::Panicked)?
    }
}
