//! Everything that a filter finds, done to at once: kept as a slice, put in another order, and taken back.

use crate::{
    map::{ended, found, managed, project},
    support::worlds,
};
use labelwright_core::{Action, TaskId};
use labelwright_testkit::world::principal;
use labelwright_workflow::{Error, automation::slices::Chosen, explore::TaskSearch};

#[tokio::test]
async fn what_a_filter_finds_is_kept_as_it_is_now() {
    for world in worlds().await {
        let project = project(&world, 1).await;
        let permit = managed(&world, project).await;
        let wanted = found(&world, &permit, "key~k1").await;
        assert_eq!(wanted.len(), 10);
        let of = |filter: &str| Chosen::Found(filter.to_owned());
        let slice = world.workflow.create_slice(&permit, "tens", of("key~k1")).await.unwrap();
        assert_eq!((slice.tasks, found(&world, &permit, &format!("slice:{}", slice.id)).await), (10, wanted));
        let all = world.workflow.create_slice(&permit, "all", of("")).await.unwrap();
        assert_eq!(all.tasks, 90, "{}", world.name);
        let named = |slices: Vec<_>| -> Vec<String> {
            slices.into_iter().map(|slice: labelwright_workflow::automation::slices::Slice| slice.name).collect()
        };
        assert_eq!(named(world.workflow.slices(&permit).await.unwrap()), ["all", "tens"]);
        for (filter, place) in [("key~", "/filter"), ("key~nothing", "/filter")] {
            match world.workflow.create_slice(&permit, "none", of(filter)).await {
                Err(Error::Invalid(problems)) => assert_eq!(problems[0].pointer, place, "{filter}"),
                other => panic!("{filter}: {other:?}"),
            }
        }
        assert_eq!(
            world.workflow.slices(&permit).await.unwrap().len(),
            2,
            "{}: a refused one leaves nothing",
            world.name
        );
        world.workflow.delete_slice(&permit, slice.id).await.unwrap();
        assert_eq!(named(world.workflow.slices(&permit).await.unwrap()), ["all"]);
    }
}

#[tokio::test]
async fn a_priority_for_all_changes_what_comes_next_and_back() {
    for world in worlds().await {
        let project = project(&world, 1).await;
        let permit = managed(&world, project).await;
        let labeling = world.workflow.permit_project(&principal(world.owner), project, Action::Label).await.unwrap();
        let late = found(&world, &permit, "key:k77").await[0];
        let own = world.workflow.permit_task(&principal(world.owner), late, Action::ManageProject).await.unwrap();
        world.workflow.set_priority(&own, 3).await.unwrap();
        let slice = world.workflow.create_slice(&permit, "late", Chosen::Found("key~k7".into())).await.unwrap();
        let (bulk, job) = world.workflow.prioritise_slice_later(&permit, slice.id, 9).await.unwrap();
        let (_, result) = ended(&world, job).await;
        assert_eq!((&result["labeled"], &result["form"]), (&10.into(), &"priority".into()), "{}", world.name);
        let first = world.workflow.next(&labeling, 1).await.unwrap().assignments.remove(0);
        let seven = found(&world, &permit, "key~k7").await;
        assert!(seven.contains(&first.task), "{}", world.name);
        let priorities = async || {
            let search = TaskSearch { filter: "key~k7".into(), limit: 20, ..TaskSearch::default() };
            let tasks = world.workflow.find_tasks(&permit, search).await.unwrap().tasks;
            tasks.into_iter().map(|task| task.priority).collect::<Vec<_>>()
        };
        assert_eq!(priorities().await, [9; 10], "{}", world.name);
        // One that was changed since stays; the others are what they were, not all the same.
        let changed =
            world.workflow.permit_task(&principal(world.owner), seven[0], Action::ManageProject).await.unwrap();
        world.workflow.set_priority(&changed, 5).await.unwrap();
        assert!(matches!(world.workflow.delete_slice(&permit, slice.id).await, Err(Error::Conflict { .. })));
        let undo = world.workflow.undo_bulk_label_later(&permit, bulk).await.unwrap();
        let (_, result) = ended(&world, undo).await;
        assert_eq!(result["labeled"], 9, "{}: {result}", world.name);
        assert_eq!(priorities().await, [5, 0, 0, 0, 0, 0, 0, 3, 0, 0], "{}", world.name);
        let doctor = world.workflow.doctor(|_| {}).await.unwrap();
        assert!(doctor.findings.is_empty(), "{}: {:?}", world.name, doctor.findings);
    }
}

#[tokio::test]
async fn a_list_begins_anywhere_in_every_order() {
    for world in worlds().await {
        let project = project(&world, 1).await;
        let permit = managed(&world, project).await;
        for (filter, sort) in [("", ""), ("", "-updated"), ("", "-priority"), ("key~k", "agreement"), ("key~k1", "id")]
        {
            let search = |offset, limit| TaskSearch {
                filter: filter.into(),
                sort: sort.into(),
                offset,
                limit,
                ..TaskSearch::default()
            };
            let ids = async |offset, limit| -> (Vec<TaskId>, Option<i64>) {
                let found = world.workflow.find_tasks(&permit, search(offset, limit)).await.unwrap();
                (found.tasks.into_iter().map(|task| task.id).collect(), found.count)
            };
            let (all, count) = ids(0, 200).await;
            assert_eq!(count, Some(all.len() as i64));
            for offset in [1, 7, all.len() - 1, all.len(), all.len() + 5] {
                let (part, _) = ids(offset as i64, 3).await;
                let expected: Vec<TaskId> = all.iter().skip(offset).take(3).copied().collect();
                assert_eq!(part, expected, "{}: {filter:?} {sort:?} behind {offset}", world.name);
            }
        }
        let wrong = TaskSearch { offset: -1, limit: 1, ..TaskSearch::default() };
        assert!(matches!(world.workflow.find_tasks(&permit, wrong).await, Err(Error::Invalid(_))));
    }
}
