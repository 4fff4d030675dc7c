//! Imports: all or nothing to see, nothing twice, and a worker that dies takes nothing with it.

use crate::support::{World, counts, worlds};
use labelwright_core::JobId;
use labelwright_store::jobs::JobRow;
use labelwright_store::{Sql, StoreError};
use labelwright_workflow::jobs::kinds::OnError;
use std::time::Duration;

#[tokio::test]
async fn a_table_with_a_bad_row_keeps_the_good_ones_or_none() {
    for world in worlds().await {
        // A byte order mark, Windows line ends, a quoted line feed, an empty text, a key that comes twice.
        let table = "\u{feff}id,text\r\na,first\r\nb,\"two\r\nlines\"\r\nc,\r\na,other\r\nd,last\r\n";
        let path = world.file("rows.csv", table);
        let refused = world.import("refused", &path, OnError::RefuseAll).await;
        assert_eq!(refused.state, "failed", "{}", world.name);
        assert!(world.items("refused").await.is_empty(), "{}", world.name);
        let kept = world.import("kept", &path, OnError::KeepGood).await;
        assert_eq!(counts(&kept), (3, 0, 2), "{}", world.name);
        let mut codes: Vec<String> = world.problems(&kept).await.into_iter().map(|(_, code)| code).collect();
        codes.sort();
        assert_eq!(codes, ["duplicate_key", "empty_content"], "{}", world.name);
        let items = world.items("kept").await;
        let keys: Vec<&str> = items.iter().map(|item| item.key.as_str()).collect();
        assert_eq!(keys, ["a", "b", "d"], "{}", world.name);
        assert_eq!(items[0].content.as_deref(), Some("first"), "no byte order mark, no carriage return");
        let again = world.import("kept", &path, OnError::KeepGood).await;
        assert_eq!(counts(&again).0, 0, "{}: the same data again adds nothing", world.name);
        assert_eq!(world.items("kept").await.len(), 3, "{}", world.name);
    }
}

const STORED: Sql = Sql::fixed("SELECT COUNT(*) FROM items");

async fn stored(world: &World) -> i64 {
    let count =
        world.workflow.store().read::<_, StoreError, _>(|tx| Box::pin(async { tx.one(STORED, &[]).await?.int(0) }));
    count.await.unwrap()
}

fn many(rows: usize) -> String {
    let lines: Vec<String> = (0..rows).map(|row| format!("key-{row},text number {row}")).collect();
    format!("id,text\n{}\n", lines.join("\n"))
}

/// Starts the next job and kills its worker once something new is stored. The job's lease runs out by the clock.
async fn die_in_the_middle(world: &World, before: i64) {
    let workflow = world.workflow.clone();
    let worker = tokio::spawn(async move { workflow.run_next_job().await });
    while !worker.is_finished() && stored(world).await <= before {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    worker.abort();
    drop(worker.await);
    world.workflow.clock().advance_seconds(61);
}

/// Runs what waits until the job has ended, and says how. PostgreSQL may go on with a dead worker's last transaction for
/// a moment: until its end the job's row is held, and nobody can take the job.
async fn ended(world: &World, job: JobId) -> JobRow {
    for _ in 0..200 {
        world.workflow.run_all_jobs().await.unwrap();
        let job = world.workflow.job_as_operator(job).await.unwrap();
        if job.state != "running" {
            return job;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{}: nobody takes the job", world.name);
}

const ROWS: usize = 40_000;

#[tokio::test]
async fn an_import_whose_worker_died_goes_on_and_adds_nothing_twice() {
    for world in worlds().await {
        let path = world.file("many.csv", many(ROWS));
        let job = world.queue("many", &path, OnError::RefuseAll, None).await;
        die_in_the_middle(&world, 0).await;
        let half = stored(&world).await;
        assert!(half > 0 && half < ROWS as i64, "{}: {half}", world.name);
        assert!(world.items("many").await.is_empty(), "{}: half an import is seen", world.name);
        let ended = ended(&world, job).await;
        let (added, known, refused) = counts(&ended);
        assert_eq!((added + known, refused), (ROWS as i64, 0), "{}", world.name);
        assert_eq!(world.items("many").await.len(), ROWS, "{}", world.name);
    }
}

#[tokio::test]
async fn a_cancelled_import_leaves_nothing() {
    const ASK: Sql = Sql::fixed("UPDATE jobs SET cancel_requested = 1");
    for world in worlds().await {
        let path = world.file("many.csv", many(ROWS));
        let job = world.queue("many", &path, OnError::RefuseAll, None).await;
        die_in_the_middle(&world, 0).await;
        let ask = world.workflow.store().write::<_, StoreError, _>(|tx| Box::pin(async { tx.execute(ASK, &[]).await }));
        ask.await.unwrap();
        assert_eq!(ended(&world, job).await.state, "cancelled", "{}", world.name);
        assert_eq!(stored(&world).await, 0, "{}", world.name);
    }
}

/// A job that keeps killing its workers is parked. What it had stored must not stand in the way of the same data.
#[tokio::test]
async fn data_of_a_parked_import_can_be_imported_again() {
    for world in worlds().await {
        let path = world.file("many.csv", many(ROWS));
        let job = world.queue("many", &path, OnError::RefuseAll, None).await;
        // A batch that was under way when its worker died may still arrive, and look like the next worker's first.
        while world.workflow.job_as_operator(job).await.unwrap().attempts < 3 {
            let before = stored(&world).await.min(ROWS as i64 - 1_000);
            die_in_the_middle(&world, before).await;
        }
        assert_eq!(ended(&world, job).await.state, "parked", "{}", world.name);
        assert!(world.items("many").await.is_empty(), "{}", world.name);
        let again = world.import("many", &path, OnError::RefuseAll).await;
        assert_eq!(counts(&again).2, 0, "{}", world.name);
        assert_eq!(world.items("many").await.len(), ROWS, "{}: stored, and seen by nobody", world.name);
    }
}
