//! A full disk refuses what is written, harms nothing that is there, and lets work go on when there is room again.

use crate::support::{World, at, worlds};
use labelwright_core::UserId;
use labelwright_store::{Sql, StoreError, args, records::people};

async fn add(world: &World, number: usize) -> Result<UserId, StoreError> {
    world
        .store
        .write(move |tx| {
            Box::pin(async move {
                let name = "N".repeat(2000);
                people::create_user(tx, &format!("n{number}@x.test"), &name, None, at(0)).await
            })
        })
        .await
}

/// SQLite's own limit of pages makes it answer as on a disk without room.
async fn limit(world: &World, sql: &'static str) {
    world
        .store
        .write::<_, StoreError, _>(move |tx| Box::pin(async move { tx.rows(Sql::fixed(sql), &args![]).await }))
        .await
        .unwrap();
}

#[tokio::test]
async fn writes_are_refused_reads_go_on_and_nothing_is_half_there() {
    for world in worlds().await.into_iter().filter(|world| world.name == "sqlite") {
        add(&world, 0).await.unwrap();
        limit(&world, "PRAGMA max_page_count = 1").await;
        let mut together = tokio::task::JoinSet::new();
        let world = std::sync::Arc::new(world);
        for number in 1..200 {
            let world = std::sync::Arc::clone(&world);
            together.spawn(async move { add(&world, number).await });
        }
        let outcomes = together.join_all().await;
        let stored = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        assert!(stored < 199, "the disk was never full");
        for outcome in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
            assert!(matches!(outcome, StoreError::StorageFull(_) | StoreError::Unavailable(_)), "{outcome:?}");
        }
        let users = || world.store.read::<_, StoreError, _>(|tx| Box::pin(people::count_users(tx)));
        assert_eq!(users().await.unwrap(), 1 + stored as i64, "what was acknowledged is there, and nothing else");
        limit(&world, "PRAGMA max_page_count = 1000000").await;
        add(&world, 500).await.unwrap();
        assert_eq!(users().await.unwrap(), 2 + stored as i64);
    }
}
