//! Sources that are asked again and again: each time is begun once, however many workers look.

use crate::support::{World, at, worlds};
use labelwright_core::{DatasetId, JobId, WorkspaceId};
use labelwright_store::{
    StoreError,
    jobs::{self, NewJob, Outcome},
    records::{
        datasets, people,
        repeats::{self, NewRepeat, RepeatRow},
    },
};

const HOUR: i64 = 3600;

async fn repeat(world: &World) -> i64 {
    let made = world.store.write::<_, StoreError, _>(|tx| {
        Box::pin(async move {
            let workspace = people::create_workspace(tx, "w", at(0)).await?;
            let dataset = datasets::create_dataset(tx, workspace, "d", at(0)).await?;
            let new = NewRepeat {
                workspace,
                project: None,
                dataset,
                source: "{}",
                every_seconds: HOUR,
                created_by: None,
                now: at(0),
            };
            repeats::create(tx, &new).await
        })
    });
    made.await.unwrap()
}

/// Takes what is due and queues its job, as a worker does.
async fn begin(world: &World, seconds: i64) -> Option<(i64, JobId)> {
    let begun = world.store.write::<_, StoreError, _>(move |tx| {
        Box::pin(async move {
            let Some(row) = repeats::take_due(tx, at(seconds)).await? else { return Ok(None) };
            let new = NewJob {
                workspace: row.workspace,
                project: row.project,
                kind: "collect",
                input: "{}",
                created_by: None,
                now: at(seconds),
            };
            let job = jobs::enqueue(tx, new).await?;
            repeats::begun(tx, row.id, job).await?;
            Ok(Some((row.id, job)))
        })
    });
    begun.await.unwrap()
}

async fn row(world: &World, id: i64) -> RepeatRow {
    let read = world.store.read::<_, StoreError, _>(move |tx| Box::pin(async move { repeats::repeat(tx, id).await }));
    read.await.unwrap().unwrap()
}

/// Runs the next job to this end.
async fn end(world: &World, seconds: i64, outcome: Outcome) {
    let ended = world.store.write::<_, StoreError, _>(move |tx| {
        Box::pin(async move {
            let job = jobs::claim(tx, at(seconds)).await?.ok_or(StoreError::NotFound)?;
            assert!(jobs::finish(tx, &job, &outcome, at(seconds)).await?);
            match outcome {
                Outcome::Done(_) => repeats::done(tx, job.id, Some("mark"), false, at(seconds)).await,
                _ => repeats::failed(tx, job.id, at(seconds)).await,
            }
        })
    });
    ended.await.unwrap();
}

#[tokio::test]
async fn each_time_is_begun_once() {
    for world in worlds().await {
        let id = repeat(&world).await;
        assert_eq!(begin(&world, HOUR - 1).await, None, "{}", world.name);
        let all = futures::future::join_all((0..12).map(|_| begin(&world, HOUR))).await;
        assert_eq!(all.iter().flatten().count(), 1, "{}: {all:?}", world.name);
        // While its job runs it is put off and not begun again.
        assert_eq!(begin(&world, 2 * HOUR).await, None, "{}", world.name);
        assert_eq!(row(&world, id).await.next_at, at(2 * HOUR + 600), "{}", world.name);
        end(&world, 2 * HOUR, Outcome::Done("{}".into())).await;
        assert_eq!(row(&world, id).await.bookmark.as_deref(), Some("mark"));
        assert!(begin(&world, 2 * HOUR + 600).await.is_some(), "{}", world.name);
    }
}

#[tokio::test]
async fn pauses_double_after_failures_and_end_with_a_success() {
    for world in worlds().await {
        let id = repeat(&world).await;
        let mut now = HOUR;
        for failures in 1..=10 {
            assert!(begin(&world, now).await.is_some(), "{} {failures}", world.name);
            end(&world, now, Outcome::Failed("no".into())).await;
            let found = row(&world, id).await;
            let pause = (HOUR << failures).min(7 * 86_400);
            assert_eq!((found.failures, found.next_at), (failures, at(now + pause)), "{}", world.name);
            assert_eq!(begin(&world, now + pause - 1).await, None);
            now += pause;
        }
        assert!(begin(&world, now).await.is_some());
        end(&world, now, Outcome::Done("{}".into())).await;
        assert_eq!(row(&world, id).await.failures, 0);
        // Paused, it is never due.
        let paused = RepeatRow { paused: true, ..row(&world, id).await };
        let changed = world
            .store
            .write::<_, StoreError, _>(move |tx| Box::pin(async move { repeats::change(tx, &paused).await }));
        assert!(changed.await.unwrap());
        assert_eq!(begin(&world, now + 1000 * HOUR).await, None);
    }
}

#[tokio::test]
async fn what_is_more_than_one_job_takes_is_gone_on_with_soon() {
    for world in worlds().await {
        let id = repeat(&world).await;
        let (_, job) = begin(&world, HOUR).await.unwrap();
        let ended = world.store.write::<_, StoreError, _>(move |tx| {
            Box::pin(async move {
                let row = jobs::claim(tx, at(HOUR)).await?.ok_or(StoreError::NotFound)?;
                jobs::finish(tx, &row, &Outcome::Done("{}".into()), at(HOUR)).await?;
                repeats::done(tx, job, None, true, at(HOUR)).await
            })
        });
        ended.await.unwrap();
        assert_eq!(row(&world, id).await.next_at, at(HOUR + 60), "{}", world.name);
        let listed = world.store.read::<_, StoreError, _>(|tx| {
            Box::pin(async move { repeats::repeats_of(tx, WorkspaceId(1), labelwright_core::ProjectId(1), 10).await })
        });
        assert!(listed.await.unwrap().is_empty());
        assert_eq!(row(&world, id).await.dataset, DatasetId(1));
    }
}
