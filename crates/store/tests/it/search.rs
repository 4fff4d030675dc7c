//! The filter language as SQL: known answers, pages that neither skip nor repeat, and the same tasks on both databases
//! for filters that a machine made up.

use crate::support::{World, answer, at, worlds};
use labelwright_core::{
    ProjectId, TaskId,
    filter::{self, Compare, Filter, Sort, Test, Words},
};
use labelwright_store::{
    Sql, StoreError, args,
    records::{
        search::{self, After},
        tasks,
    },
    seats,
    submit::{self, Submission},
};
use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};

const METADATA: Sql = Sql::fixed("UPDATE items SET metadata = $2, content = $3 WHERE key = $1");

/// Twelve tasks with overlap 2, two of three people at work; every third item has other metadata and text.
async fn laid(world: &World) -> ProjectId {
    let project = world.project(12, 2, 3).await;
    let (id, version, labelers) = (project.id, project.schema_version, project.labelers.clone());
    world
        .store
        .write::<_, submit::SubmitError, _>(move |tx| {
            Box::pin(async move {
                for number in 0..12_i64 {
                    let metadata = match number % 3 {
                        0 => r#"{"city":"Oslo","n":3,"ok":true}"#,
                        1 => r#"{"city":"São \"Paulo\"","$x":"dollar"}"#,
                        _ => "{}",
                    };
                    let text = if number % 2 == 0 { "Out of STOCK 👍" } else { "fine 50% _ok_" };
                    tx.execute(METADATA, &args![format!("item-{number:06}"), metadata, text]).await?;
                }
                for (order, labeler) in labelers.iter().take(2).enumerate() {
                    for lease in seats::claim(tx, id, *labeler, 6 + order as u32, 600, at(0)).await? {
                        let valid = answer(if (lease.task.0 + order as i64) % 3 == 0 { "good" } else { "bad" });
                        let key = format!("{}-{}", lease.task, labeler);
                        let new = Submission {
                            project: id,
                            task: lease.task,
                            labeler: *labeler,
                            schema_version: version,
                            epoch: lease.epoch,
                            parent: None,
                            answer: &valid,
                            took_ms: 1,
                            idempotency_key: &key,
                            request_hash: "h",
                            complete_state: "labeled",
                        };
                        submit::submit(tx, &new, at(lease.task.0)).await?;
                        let share = f64::from(u8::try_from(lease.task.0 % 4).unwrap()) / 4.0;
                        tasks::set_agreement(tx, lease.task, Some(share)).await?;
                    }
                }
                tasks::flag(tx, TaskId(2), labelers[0], "odd", at(1)).await?;
                Ok(id)
            })
        })
        .await
        .unwrap()
}

async fn find(world: &World, project: ProjectId, filter: &Filter, sort: Sort, page: i64) -> Vec<i64> {
    let (mut found, mut after) = (Vec::new(), None::<After>);
    loop {
        let (filter, from) = (filter.clone(), after.clone());
        let rows = world
            .store
            .read::<_, StoreError, _>(move |tx| {
                Box::pin(async move { search::tasks(tx, project, &filter, sort, from.as_ref(), page).await })
            })
            .await
            .unwrap_or_else(|error| panic!("{}: {error}", world.name));
        found.extend(rows.iter().map(|row| row.id.0));
        match rows.last() {
            Some(last) if rows.len() as i64 == page => after = Some(After::row(last, sort)),
            _ => return found,
        }
    }
}

#[tokio::test]
async fn known_answers() {
    for world in worlds().await {
        let project = laid(&world).await;
        for (text, wanted) in [
            ("", vec![1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]),
            ("status:labeled", vec![1, 2, 3, 4, 5, 6]),
            ("status!=labeled answers:1", vec![7]),
            ("field.mood:good status:labeled", vec![2, 3, 5, 6]),
            ("field.mood~GO not field.mood:bad", vec![]),
            ("meta.city:Oslo answers<2", vec![7, 10]),
            ("meta.n:3 meta.ok:true key~00000", vec![1, 4, 7, 10]),
            (r#"meta.city:"São \"Paulo\"" meta.$x:dollar"#, vec![2, 5, 8, 11]),
            ("meta.city~paulo status:open", vec![8, 11]),
            (r#"text~"out of stock" agreement>=0.5"#, vec![3, 7]),
            (r#"text~"50% _""#, vec![2, 4, 6, 8, 10, 12]),
            ("flagged:yes or answers=1", vec![2, 7]),
            ("labeler:u or class:nothing", vec![1, 2, 3, 4, 5, 6, 7]),
            ("class.car:0 agreement<0.25", vec![4]),
        ] {
            let parsed = filter::parse(text).unwrap_or_else(|problem| panic!("{}", problem.message));
            assert_eq!(find(&world, project, &parsed, Sort::default(), 5).await, wanted, "{}: {text}", world.name);
        }
        let by_agreement = Sort::parse("-agreement").unwrap();
        let all = Filter::All(vec![]);
        let sorted = find(&world, project, &all, by_agreement, 2).await;
        assert_eq!(sorted, [7, 3, 6, 2, 5, 1, 4, 12, 11, 10, 9, 8], "{}", world.name);
    }
}

fn filters() -> impl Strategy<Value = Filter> {
    let word = prop::sample::select(vec!["good", "bad", "Oslo", "a'; DROP TABLE tasks --", "%", "_", "\\", "👍", ""]);
    let words = (word.clone(), any::<bool>())
        .prop_map(|(word, whole)| if whole { Words::Equal(word.into()) } else { Words::Contains(word.into()) });
    let compare = prop::sample::select(vec![
        Compare::Equal,
        Compare::Different,
        Compare::Less,
        Compare::LessOrEqual,
        Compare::Greater,
        Compare::GreaterOrEqual,
    ]);
    let name = prop::sample::select(vec!["city", "n", "$x", "a.b", "\"", "mood", "[0]"]);
    let test = prop_oneof![
        prop::sample::select(vec!["open", "labeled"]).prop_map(|state| Test::Status(state.into())),
        words.clone().prop_map(Test::Key),
        word.clone().prop_map(|text| Test::Text(text.into())),
        (name.clone(), words.clone()).prop_map(|(key, value)| Test::Metadata { key: key.into(), value }),
        word.clone().prop_map(|class| Test::Class(class.into())),
        (word.clone(), compare.clone(), 0..3_i64).prop_map(|(class, compare, count)| Test::ClassCount {
            class: class.into(),
            compare,
            count
        }),
        (name.clone(), words).prop_map(|(field, value)| Test::Field { field: field.into(), value }),
        (name, compare.clone(), -1.0..2.0).prop_map(|(field, compare, number)| Test::FieldNumber {
            field: field.into(),
            compare,
            number
        }),
        word.prop_map(|name| Test::Labeler(name.into())),
        (compare.clone(), prop::sample::select(vec![0.0, 0.25, 0.5])).prop_map(|(c, n)| Test::Agreement(c, n)),
        (compare.clone(), 0..3_i64).prop_map(|(compare, count)| Test::Answers(compare, count)),
        (compare.clone(), 0..9_i64).prop_map(|(compare, seconds)| Test::Updated(compare, at(seconds))),
        any::<bool>().prop_map(Test::Flagged),
        any::<bool>().prop_map(Test::Commented),
    ];
    test.prop_map(Filter::Test).prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Filter::All),
            prop::collection::vec(inner.clone(), 0..3).prop_map(Filter::Any),
            inner.prop_map(|one| Filter::Not(Box::new(one))),
        ]
    })
}

#[tokio::test]
async fn any_filter_finds_the_same_on_both_and_its_opposite_the_rest() {
    let worlds = worlds().await;
    let mut projects = Vec::new();
    for world in &worlds {
        projects.push(laid(world).await);
    }
    let mut runner = TestRunner::deterministic();
    for _ in 0..200 {
        let filter = filters().new_tree(&mut runner).unwrap().current();
        let mut answers = Vec::new();
        for (world, project) in worlds.iter().zip(&projects) {
            let found = find(world, *project, &filter, Sort::default(), 200).await;
            let opposite = Filter::Not(Box::new(filter.clone()));
            let rest = find(world, *project, &opposite, Sort::default(), 200).await;
            assert_eq!(found.len() + rest.len(), 12, "{}: {filter:?}", world.name);
            answers.push(found);
        }
        answers.dedup();
        assert_eq!(answers.len(), 1, "the databases differ: {filter:?}: {answers:?}");
    }
}
