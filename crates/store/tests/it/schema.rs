//! Both databases have the same tables, and migrating is safe to repeat.

use crate::support::worlds;
use labelwright_store::{MIGRATIONS, Sql, Store, StoreError, describe};

#[tokio::test]
async fn both_databases_have_the_same_tables_and_columns() {
    let mut described = Vec::new();
    for world in worlds().await {
        let mut columns = world.store.read::<_, StoreError, _>(|tx| Box::pin(describe::columns(tx))).await.unwrap();
        assert!(columns.len() > 150);
        columns.sort();
        described.push(columns);
    }
    if let [one, other] = described.as_slice() {
        assert_eq!(one, other);
    }
}

#[tokio::test]
async fn migrating_again_changes_nothing_and_a_newer_database_is_refused() {
    const NEWER: Sql = Sql::fixed("UPDATE store_meta SET value = '999' WHERE key = 'version'");
    for world in worlds().await {
        assert_eq!(world.store.migrate().await.unwrap(), MIGRATIONS.len() as i64);
        let (one, two) = tokio::join!(Store::open(&world.database), Store::open(&world.database));
        assert!(one.is_ok() && two.is_ok());
        world.store.write::<_, StoreError, _>(|tx| Box::pin(async { tx.execute(NEWER, &[]).await })).await.unwrap();
        assert!(matches!(Store::open(&world.database).await, Err(StoreError::Newer { found: 999, .. })));
    }
}
