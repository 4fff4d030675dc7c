//! Everything that is kept: one [`Store`] over SQLite or PostgreSQL, written once.
//!
//! A caller hands a closure to [`Store::write`] or [`Store::read`] and gets a [`Tx`] in it; every statement is one
//! SQL text for both databases. On SQLite one thread owns the only writing connection and commits groups of
//! closures together, so that full durability costs one disk flush a group instead of one a call. This crate never
//! knows HTTP, formats or permissions.

#[macro_use]
mod sql;
mod arg;
mod error;
mod migrate;
mod postgres;
mod row;
mod sqlite;
mod tx;

pub mod audit;
pub mod backup;
pub mod blobs;
mod bulk;
pub mod counters;
pub mod describe;
pub mod jobs;
pub mod records;
pub mod seats;
pub mod submit;

pub use arg::Arg;
pub use error::StoreError;
pub use migrate::MIGRATIONS;
pub use row::Row;
pub use sql::{DynamicSql, Sql};
pub use tx::{Dialect, Tx};

use futures::future::BoxFuture;
use std::{path::PathBuf, sync::Arc};

pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// Where the database is. Blobs have a configuration of their own.
#[derive(Debug, Clone)]
pub enum Database {
    /// A file; its folder must exist. WAL and shared-memory files lie beside it.
    Sqlite { path: PathBuf },
    /// A connection string as libpq takes it (`postgres://...` or `host=... user=...`).
    Postgres { url: String, connections: usize },
}

impl Database {
    /// Reads `sqlite:PATH`, `postgres://...` or `postgresql://...`.
    pub fn parse(text: &str) -> Result<Self> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            return Ok(Self::Sqlite { path: PathBuf::from(path) });
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres { url: text.to_owned(), connections: 16 });
        }
        Err(StoreError::Configuration("a database is given as sqlite:PATH or postgres://USER@HOST/NAME".into()))
    }
}

/// The open database. Cheap to clone; the last clone closes it.
#[derive(Clone)]
pub struct Store {
    backend: Backend,
}

#[derive(Clone)]
enum Backend {
    Sqlite(Arc<sqlite::SqliteStore>),
    Postgres(postgres::PostgresStore),
}

impl Store {
    /// Opens the database and brings its tables up to date.
    pub async fn open(database: &Database) -> Result<Self> {
        let store = Self::open_as_is(database).await?;
        store.migrate().await?;
        Ok(store)
    }

    /// Opens the database without touching its tables.
    pub async fn open_as_is(database: &Database) -> Result<Self> {
        let backend = match database {
            Database::Sqlite { path } => Backend::Sqlite(Arc::new(sqlite::SqliteStore::open(path)?)),
            Database::Postgres { url, connections } => {
                Backend::Postgres(postgres::PostgresStore::open(url, *connections)?)
            }
        };
        Ok(Self { backend })
    }

    /// Applies missing migrations; refuses a database that a newer version has written. Returns its version.
    pub async fn migrate(&self) -> Result<i64> {
        self.write(|tx| Box::pin(migrate::run(tx))).await
    }

    /// Closes the database and waits until it is closed, unless other clones are still in use.
    pub async fn close(self) {
        if let Backend::Sqlite(store) = self.backend
            && let Some(store) = Arc::into_inner(store)
        {
            store.close().await;
        }
    }

    pub fn dialect(&self) -> Dialect {
        match &self.backend {
            Backend::Sqlite(_) => Dialect::Sqlite,
            Backend::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Runs the closure in one transaction: all of it is durable when this returns `Ok`, none of it otherwise.
    /// The closure runs to its end even when the caller stops waiting.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        match &self.backend {
            Backend::Sqlite(store) => store.write(work).await,
            Backend::Postgres(store) => store.write(work).await,
        }
    }

    /// Runs the closure on a connection that cannot write. On SQLite it sees one snapshot; on PostgreSQL each
    /// statement sees what is committed.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> FnOnce(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        match &self.backend {
            Backend::Sqlite(store) => store.read(work).await,
            Backend::Postgres(store) => store.read(work).await,
        }
    }
}
