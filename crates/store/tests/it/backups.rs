//! A copy of either database restores either database: the rows are the same, and numbers go on behind them.

use crate::support::{World, answer, at, worlds};
use labelwright_store::{
    Database, Store, StoreError, backup,
    records::people,
    seats,
    submit::{self, Submission},
};
use labelwright_testkit::TestPostgres;

async fn laid(world: &World) {
    let project = world.project(7, 2, 2).await;
    let (id, labeler, version) = (project.id, project.labelers[0], project.schema_version);
    world
        .store
        .write::<_, submit::SubmitError, _>(move |tx| {
            Box::pin(async move {
                let lease = seats::claim(tx, id, labeler, 1, 60, at(0)).await?.remove(0);
                let valid = answer("good");
                let new = Submission {
                    project: id,
                    task: lease.task,
                    labeler,
                    schema_version: version,
                    epoch: lease.epoch,
                    parent: None,
                    answer: &valid,
                    took_ms: 1,
                    idempotency_key: "k👍",
                    request_hash: "h",
                    complete_state: "labeled",
                };
                submit::submit(tx, &new, at(1)).await
            })
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn from_either_into_either() {
    for world in worlds().await {
        laid(&world).await;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("copy.sqlite");
        backup::dump(&world.store, &file).await.unwrap();
        assert!(backup::dump(&world.store, &file).await.is_err(), "a copy is never written over");
        let copy = Store::open(&Database::Sqlite { path: file }).await.unwrap();
        let wanted = backup::counts(&world.store).await.unwrap();
        assert_eq!(backup::counts(&copy).await.unwrap(), wanted, "{}", world.name);

        let mut targets = vec![Database::Sqlite { path: folder.path().join("other.sqlite") }];
        targets.extend(TestPostgres::database().await.map(|url| Database::Postgres { url, connections: 4 }));
        for target in targets {
            let restored = Store::open(&target).await.unwrap();
            backup::load(&copy, &restored).await.unwrap();
            assert_eq!(backup::counts(&restored).await.unwrap(), wanted, "{} -> {target:?}", world.name);
            assert!(backup::load(&copy, &restored).await.is_err(), "only an empty database is filled");
            let user = restored
                .write::<_, StoreError, _>(|tx| Box::pin(people::create_user(tx, "new@x.test", "N", None, at(2))))
                .await
                .unwrap();
            assert_eq!(user.0, 3, "{} -> {target:?}", world.name);
        }
    }
}
