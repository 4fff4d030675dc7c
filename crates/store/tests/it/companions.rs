//! What comes with items: stored with them, listed and counted nowhere, and gone with them.

use crate::support::{at, worlds};
use labelwright_core::{DatasetId, ItemId, ProjectId};
use labelwright_store::{
    StoreError,
    records::{
        companions::{self, NewCompanion},
        datasets::{self, Content, ItemOutcome, NewItem},
        drawing, people, removal, tasks,
    },
};

fn item(key: &str, hash: &str, companions: &[(&str, &str, &str)]) -> NewItem {
    NewItem {
        companions: companions
            .iter()
            .map(|(pane, key, hash)| NewCompanion { pane: (*pane).to_owned(), item: item(key, hash, &[]) })
            .collect(),
        key: key.to_owned(),
        modality: "text",
        hash: hash.to_owned(),
        media_type: "text/plain".into(),
        bytes: 2,
        content: Content::Text("hi".into()),
        shape: "{}".into(),
        metadata: "{}".into(),
        source: "{}".into(),
        answers: if companions.is_empty() { Vec::new() } else { vec![("model".into(), "{}".into())] },
    }
}

#[tokio::test]
async fn companions_come_with_their_items_and_go_with_them() {
    use ItemOutcome::{Added, Conflict, Known};
    for world in worlds().await {
        let name = world.name;
        let batches = vec![
            vec![item("a", "1", &[("words", "a.words", "2"), ("more", "a.more", "3")]), item("b", "1", &[])],
            // The same again, in another order; with other words; with fewer.
            vec![item("a", "1", &[("more", "a.more", "3"), ("words", "a.words", "2")])],
            vec![item("a", "1", &[("words", "a.words", "4"), ("more", "a.more", "3")])],
            vec![item("a", "1", &[("words", "a.words", "2")])],
            // The key of what comes with it is taken: nothing of it stays.
            vec![
                item("c", "1", &[("more", "c.more", "9"), ("words", "b", "9")]),
                item("d", "1", &[("words", "d.words", "5")]),
            ],
        ];
        let expected = [vec![Added, Added], vec![Known], vec![Conflict], vec![Conflict], vec![Conflict, Added]];
        let (dataset, found) = world
            .store
            .write::<_, StoreError, _>(move |tx| {
                Box::pin(async move {
                    let workspace = people::create_workspace(tx, "w", at(0)).await?;
                    let dataset = datasets::create_dataset(tx, workspace, "d", at(0)).await?;
                    let import = datasets::start_import(tx, dataset, None, at(0)).await?;
                    let mut found = Vec::new();
                    for batch in &batches {
                        found.push(datasets::add_items(tx, dataset, import, batch, at(0)).await?);
                    }
                    assert_eq!(datasets::items_of_import(tx, import).await?, 3);
                    datasets::seal_import(tx, import).await?;
                    Ok((dataset, found))
                })
            })
            .await
            .unwrap();
        assert_eq!(found, expected, "{name}");
        assert_eq!(listed(&world, dataset).await, ["a", "b", "d"], "{name}");
        let planned = world.store.read::<_, StoreError, _>(move |tx| {
            Box::pin(async move {
                let planned = tasks::to_plan(tx, ProjectId(1), dataset, ItemId(0), 100).await?;
                let drawn = drawing::rows_after(tx, dataset, ItemId(0), 100).await?;
                Ok((planned.len(), drawn.len(), datasets::modality_counts(tx, dataset).await?))
            })
        });
        assert_eq!(planned.await.unwrap(), (3, 3, vec![("text".to_owned(), 3)]), "{name}");
        let copied = world.store.write::<_, StoreError, _>(move |tx| {
            Box::pin(async move {
                let first = datasets::by_key(tx, dataset, "a").await?.unwrap();
                let other = datasets::create_dataset(tx, labelwright_core::WorkspaceId(1), "o", at(0)).await?;
                let import = datasets::start_import(tx, other, None, at(0)).await?;
                assert_eq!(drawing::copy(tx, (other, import), &[first], at(1)).await?, 1);
                datasets::seal_import(tx, import).await?;
                Ok((first, other))
            })
        });
        let (first, other) = copied.await.unwrap();
        assert_eq!(listed(&world, other).await, [format!("{dataset}/a")], "{name}");
        let gone = world.store.write::<_, StoreError, _>(move |tx| {
            Box::pin(async move {
                let copy = datasets::items_after(tx, other, ItemId(0), 9).await?.remove(0);
                let mut told = Vec::new();
                for item in [first, copy.id] {
                    let rows = companions::of_item(tx, item).await?;
                    told.extend(rows.into_iter().map(|row| (row.pane, row.item.key, row.item.hash)));
                }
                let removed = removal::remove(tx, first).await?;
                assert!(companions::of_item(tx, first).await?.is_empty());
                assert!(datasets::by_key(tx, dataset, "a.words").await?.is_none());
                assert_eq!(companions::of_item(tx, copy.id).await?.len(), 2, "those of the copy stay");
                Ok((told, removed.companions))
            })
        });
        let (told, removed) = gone.await.unwrap();
        let of = |key: &str| {
            [("more", "3"), ("words", "2")]
                .map(|(pane, hash)| (pane.to_owned(), format!("{key}.{pane}"), hash.to_owned()))
        };
        assert_eq!(told, [of("a"), of(&format!("{dataset}/a"))].concat(), "{name}");
        assert_eq!(removed, ["3", "2"], "{name}");
    }
}

async fn listed(world: &crate::support::World, dataset: DatasetId) -> Vec<String> {
    let read = world.store.read::<_, StoreError, _>(move |tx| {
        Box::pin(async move { datasets::items_after(tx, dataset, ItemId(0), 100).await })
    });
    read.await.unwrap().into_iter().map(|row| row.key).collect()
}
