//! Where an experiment takes place: a temporary folder, a fresh database of the wanted kind, a world in it.

use super::{Failure, StoreKind};
use labelwright_store::{Database, Store};
use labelwright_testkit::{
    TestPostgres,
    world::{self, Size, World},
};
use labelwright_workflow::clock::Clock;

pub struct Ground {
    pub folder: tempfile::TempDir,
    pub database: Database,
    /// The database as `labelwright --database` takes it.
    pub address: String,
    pub postgres: Option<TestPostgres>,
    pub world: World,
}

pub async fn lay(store: StoreKind, size: Size) -> Result<Ground, Failure> {
    let folder = tempfile::Builder::new().prefix("labelwright-prove-").tempdir()?;
    let (address, postgres) = match store {
        StoreKind::Sqlite => (format!("sqlite:{}", folder.path().join("labelwright.sqlite").display()), None),
        StoreKind::Postgres => {
            let server = TestPostgres::start()?;
            (server.create("prove").await?, Some(server))
        }
    };
    let database = Database::parse(&address)?;
    let store = Store::open(&database).await?;
    let workflow = world::workflow(store, folder.path(), Clock::System)?;
    let world = world::build(&workflow, size).await?;
    Ok(Ground { folder, database, address, postgres, world })
}
