//! Seats under many hands: no task is given to more people than it has seats, nobody gets one twice, nothing starves.

use crate::support::{Project, World, answer, at, worlds};
use labelwright_core::{TaskId, Timestamp, UserId};
use labelwright_store::{
    Sql, Store, StoreError,
    seats::{self, Lease},
    submit::{self, Submission, SubmitError, Submitted},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

async fn claim(world: &World, project: &Project, labeler: UserId, count: u32, now: Timestamp) -> Vec<Lease> {
    let id = project.id;
    world
        .store
        .write::<_, StoreError, _>(move |tx| Box::pin(seats::claim(tx, id, labeler, count, 60, now)))
        .await
        .unwrap()
}

async fn submit(
    store: &Store,
    project: &Project,
    labeler: UserId,
    lease: &Lease,
    key: &str,
    mood: &str,
    parent: Option<i64>,
) -> Result<Submitted, SubmitError> {
    let (project_id, schema_version, task, epoch) = (project.id, project.schema_version, lease.task, lease.epoch);
    let (key, mood) = (key.to_owned(), mood.to_owned());
    store
        .write(move |tx| {
            Box::pin(async move {
                let valid = answer(&mood);
                let new = Submission {
                    project: project_id,
                    task,
                    labeler,
                    schema_version,
                    epoch,
                    parent,
                    answer: &valid,
                    took_ms: 1,
                    idempotency_key: &key,
                    request_hash: &mood,
                    complete_state: "labeled",
                };
                submit::submit(tx, &new, at(1)).await
            })
        })
        .await
}

#[tokio::test]
async fn everybody_gets_every_task_once_and_never_over_the_overlap() {
    for world in worlds().await {
        let project = world.project(40, 3, 5).await;
        let mut held: BTreeMap<TaskId, BTreeSet<UserId>> = BTreeMap::new();
        let mut waiting: Vec<UserId> = project.labelers.clone();
        while let Some(labeler) = waiting.pop() {
            let leases = claim(&world, &project, labeler, 3, at(0)).await;
            for lease in &leases {
                assert!(held.entry(lease.task).or_default().insert(labeler), "{}: a task twice", world.name);
            }
            if !leases.is_empty() {
                waiting.insert(0, labeler);
            }
        }
        assert_eq!(held.len(), 40, "{}", world.name);
        assert!(held.values().all(|labelers| labelers.len() == 3), "{}", world.name);
    }
}

#[tokio::test]
async fn claims_at_the_same_time_do_not_collide() {
    for world in worlds().await {
        let project = world.project(60, 2, 16).await;
        let (id, store) = (project.id, world.store.clone());
        let mut crowd = tokio::task::JoinSet::new();
        for labeler in project.labelers.clone() {
            let store = store.clone();
            crowd.spawn(async move {
                let mut mine = Vec::new();
                loop {
                    let leases = store
                        .write::<_, StoreError, _>(move |tx| Box::pin(seats::claim(tx, id, labeler, 1, 60, at(0))))
                        .await
                        .unwrap();
                    match leases.first() {
                        Some(lease) => mine.push((lease.task, labeler)),
                        None => return mine,
                    }
                }
            });
        }
        let taken: Vec<(TaskId, UserId)> = crowd.join_all().await.concat();
        let mut per_task: BTreeMap<TaskId, BTreeSet<UserId>> = BTreeMap::new();
        for (task, labeler) in &taken {
            assert!(per_task.entry(*task).or_default().insert(*labeler));
        }
        assert!(per_task.values().all(|labelers| labelers.len() <= 2), "{}", world.name);
        assert_eq!(taken.len(), 120, "{}: every seat is taken in the end", world.name);
    }
}

#[tokio::test]
async fn an_expired_lease_goes_to_the_next_and_its_old_holder_cannot_submit() {
    for world in worlds().await {
        let project = world.project(1, 1, 2).await;
        let (first, second) = (project.labelers[0], project.labelers[1]);
        let old = claim(&world, &project, first, 1, at(0)).await.remove(0);
        assert!(claim(&world, &project, second, 1, at(59)).await.is_empty());
        let new = claim(&world, &project, second, 1, at(61)).await.remove(0);
        assert_eq!(new.task, old.task);
        assert!(new.epoch > old.epoch);
        let refused = submit(&world.store, &project, first, &old, "k1", "good", None).await;
        assert!(matches!(refused, Err(SubmitError::LeaseLost)), "{}: {refused:?}", world.name);
        let renewed = world
            .store
            .write::<_, StoreError, _>(move |tx| Box::pin(seats::renew(tx, old.task, first, old.epoch, at(500))))
            .await
            .unwrap();
        assert!(!renewed, "{}: a lost lease comes back by renewal", world.name);
        submit(&world.store, &project, second, &new, "k2", "bad", None).await.unwrap();
    }
}

#[tokio::test]
async fn a_retry_gets_the_first_answer_and_another_body_is_refused() {
    for world in worlds().await {
        let project = world.project(1, 1, 1).await;
        let labeler = project.labelers[0];
        let lease = claim(&world, &project, labeler, 1, at(0)).await.remove(0);
        let first = submit(&world.store, &project, labeler, &lease, "same", "good", None).await.unwrap();
        let again = submit(&world.store, &project, labeler, &lease, "same", "good", None).await.unwrap();
        assert_eq!(first, again, "{}", world.name);
        assert_eq!(first.revision, 1);
        assert_eq!(first.task_state, "labeled");
        let reused = submit(&world.store, &project, labeler, &lease, "same", "bad", None).await;
        assert!(matches!(reused, Err(SubmitError::KeyReused)), "{}: {reused:?}", world.name);
    }
}

#[tokio::test]
async fn a_stale_parent_gets_the_head_and_loses_nothing() {
    for world in worlds().await {
        let project = world.project(1, 1, 1).await;
        let labeler = project.labelers[0];
        let lease = claim(&world, &project, labeler, 1, at(0)).await.remove(0);
        submit(&world.store, &project, labeler, &lease, "a", "good", None).await.unwrap();
        let second = submit(&world.store, &project, labeler, &lease, "b", "bad", Some(1)).await.unwrap();
        assert_eq!(second.revision, 2);
        match submit(&world.store, &project, labeler, &lease, "c", "good", Some(1)).await {
            Err(SubmitError::StaleParent { revision: 2, answer }) => assert!(answer.contains("bad")),
            other => panic!("{}: {other:?}", world.name),
        }
    }
}

#[tokio::test]
async fn a_skipped_task_is_not_offered_to_the_same_person_again() {
    for world in worlds().await {
        let project = world.project(2, 1, 2).await;
        let (first, second) = (project.labelers[0], project.labelers[1]);
        let lease = claim(&world, &project, first, 1, at(0)).await.remove(0);
        let (id, task, epoch) = (project.id, lease.task, lease.epoch);
        let skipped = world
            .store
            .write::<_, StoreError, _>(move |tx| Box::pin(seats::skip(tx, id, task, first, epoch, "too dark", at(1))))
            .await
            .unwrap();
        assert!(skipped);
        let others = claim(&world, &project, first, 5, at(2)).await;
        assert!(others.iter().all(|lease| lease.task != task), "{}", world.name);
        let offered = claim(&world, &project, second, 1, at(2)).await;
        assert_eq!(offered[0].task, task, "{}: a recycled seat comes first", world.name);
    }
}

#[tokio::test]
async fn overlap_changes_in_flight_and_started_work_stays() {
    for world in worlds().await {
        let project = world.project(3, 2, 4).await;
        for labeler in project.labelers.clone().into_iter().take(2) {
            claim(&world, &project, labeler, 1, at(0)).await;
        }
        let id = project.id;
        let change = |overlap: u32| {
            let store = world.store.clone();
            async move {
                store
                    .write::<_, StoreError, _>(move |tx| Box::pin(seats::set_overlap(tx, id, overlap, TaskId(0), 100)))
                    .await
                    .unwrap()
            }
        };
        let lowered = change(1).await;
        assert_eq!((lowered.removed, lowered.kept), (2, 1), "{}", world.name);
        let raised = change(3).await;
        assert_eq!(raised.added, 1 + 2 + 2, "{}", world.name);
        let mut total = 3;
        for labeler in project.labelers.clone() {
            total += claim(&world, &project, labeler, 10, at(1)).await.len();
        }
        // Three tasks with three seats each; the first two claims took one seat each.
        assert_eq!(total - 3 + 2, 9, "{}", world.name);
    }
}

#[tokio::test]
async fn a_seat_above_a_lowered_overlap_closes_when_it_is_given_up() {
    for world in worlds().await {
        let project = world.project(1, 3, 4).await;
        let (id, people) = (project.id, project.labelers.clone());
        let mut leases = Vec::new();
        for labeler in people.iter().take(3) {
            leases.push(claim(&world, &project, *labeler, 1, at(0)).await.remove(0));
        }
        let change = |overlap: u32| {
            let store = world.store.clone();
            async move {
                store
                    .write::<_, StoreError, _>(move |tx| Box::pin(seats::set_overlap(tx, id, overlap, TaskId(0), 100)))
                    .await
                    .unwrap()
            }
        };
        assert_eq!(change(1).await.kept, 2, "{}", world.name);
        let done = submit(&world.store, &project, people[0], &leases[0], "k", "good", None).await.unwrap();
        assert_eq!(done.task_state, "labeled", "{}: one answer is all that is wanted now", world.name);
        let (task, epoch, third) = (leases[2].task, leases[2].epoch, people[2]);
        let released = world
            .store
            .write::<_, StoreError, _>(move |tx| Box::pin(seats::release(tx, id, task, third, epoch)))
            .await
            .unwrap();
        assert!(released, "{}", world.name);
        assert!(claim(&world, &project, people[3], 1, at(1)).await.is_empty(), "{}: released", world.name);
        assert!(claim(&world, &project, people[3], 1, at(61)).await.is_empty(), "{}: expired", world.name);
        let raised = change(2).await;
        assert_eq!((raised.added, raised.reopened.len()), (1, 1), "{}: it waits for an answer again", world.name);
        assert_eq!(claim(&world, &project, people[3], 1, at(62)).await.len(), 1, "{}", world.name);
    }
}

/// Submits race with somebody whose claim takes expired leases back: whoever comes second gets nothing.
#[tokio::test]
async fn a_submit_and_an_expiry_at_the_same_time_leave_no_answer_without_a_seat() {
    const ORPHANS: Sql = Sql::fixed(
        "SELECT COUNT(*) FROM annotations a WHERE NOT EXISTS (SELECT 1 FROM seats s WHERE s.task_id = a.task_id AND s.labeler_id = a.author_id AND s.state = 2)",
    );
    for world in worlds().await {
        let project = Arc::new(world.project(200, 1, 24).await);
        let mut crowd = tokio::task::JoinSet::new();
        for (number, labeler) in project.labelers.clone().into_iter().enumerate() {
            let (store, project) = (world.store.clone(), Arc::clone(&project));
            crowd.spawn(async move {
                for turn in 0..20 {
                    // Everybody's clock is past everybody's lease.
                    let (id, now) = (project.id, at(turn * 100 + number as i64));
                    let leases = store
                        .write::<_, StoreError, _>(move |tx| Box::pin(seats::claim(tx, id, labeler, 3, 60, now)))
                        .await;
                    for lease in leases.unwrap_or_default() {
                        let key = format!("{labeler}-{}-{}", lease.task, lease.epoch);
                        let done = submit(&store, &project, labeler, &lease, &key, "good", None).await;
                        assert!(matches!(done, Ok(_) | Err(SubmitError::LeaseLost)), "{done:?}");
                    }
                }
            });
        }
        crowd.join_all().await;
        let orphans = world
            .store
            .read::<_, StoreError, _>(|tx| Box::pin(async { tx.one(ORPHANS, &[]).await?.int(0) }))
            .await
            .unwrap();
        assert_eq!(orphans, 0, "{}", world.name);
    }
}
