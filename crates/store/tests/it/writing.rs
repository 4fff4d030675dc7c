//! Transactions: all or nothing, each for itself, on both databases.

use crate::support::{at, worlds};
use labelwright_core::UserId;
use labelwright_store::{StoreError, records::people};

#[tokio::test]
async fn a_failing_write_leaves_nothing_and_does_not_harm_its_neighbours() {
    for world in worlds().await {
        let mut together = tokio::task::JoinSet::new();
        for number in 0..40 {
            let store = world.store.clone();
            together.spawn(async move {
                let outcome: Result<UserId, StoreError> = store
                    .write(move |tx| {
                        Box::pin(async move {
                            let user = people::create_user(tx, &format!("n{number}@x.test"), "N", None, at(0)).await?;
                            match number % 4 {
                                0 => Err(StoreError::NotFound),
                                1 => panic!("planted"),
                                _ => Ok(user),
                            }
                        })
                    })
                    .await;
                (number, outcome)
            });
        }
        while let Some(done) = together.join_next().await {
            let (number, outcome) = done.unwrap();
            match number % 4 {
                0 => assert!(matches!(outcome, Err(StoreError::NotFound))),
                1 => assert!(matches!(outcome, Err(StoreError::Panicked))),
                _ => assert!(outcome.is_ok(), "{}: {outcome:?}", world.name),
            }
        }
        let users = world.store.read::<_, StoreError, _>(|tx| Box::pin(people::count_users(tx))).await.unwrap();
        assert_eq!(users, 20, "{}", world.name);
    }
}

#[tokio::test]
async fn a_reader_cannot_write_on_sqlite() {
    for world in worlds().await.into_iter().filter(|world| world.name == "sqlite") {
        let outcome = world
            .store
            .read::<_, StoreError, _>(|tx| Box::pin(people::create_user(tx, "a@b.test", "N", None, at(0))))
            .await;
        assert!(outcome.is_err());
    }
}

#[tokio::test]
async fn a_second_user_with_the_same_address_is_a_constraint() {
    for world in worlds().await {
        let add = || {
            world.store.write::<_, StoreError, _>(|tx| Box::pin(people::create_user(tx, "A@b.test", "N", None, at(0))))
        };
        add().await.unwrap();
        assert!(matches!(add().await, Err(StoreError::Constraint(_))), "{}", world.name);
    }
}
