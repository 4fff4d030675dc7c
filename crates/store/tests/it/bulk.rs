//! Many items at once: each is told what became of it, and its answers go to it and to no other.

use crate::support::{at, worlds};
use labelwright_core::ItemId;
use labelwright_store::{
    StoreError,
    records::{
        datasets::{self, Content, ItemOutcome, NewItem},
        people,
    },
};

fn item(key: &str, hash: &str) -> NewItem {
    NewItem {
        companions: Vec::new(),
        key: key.to_owned(),
        modality: "text",
        hash: hash.to_owned(),
        media_type: "text/plain".into(),
        bytes: 2,
        content: Content::Text("hi".into()),
        shape: "{}".into(),
        metadata: "{}".into(),
        source: "{}".into(),
        answers: vec![("model".into(), format!("{key} by {hash}"))],
    }
}

#[tokio::test]
async fn each_item_of_a_batch_is_told_what_became_of_it() {
    use ItemOutcome::{Added, Conflict, Known};
    // More than go into one statement, every seventh of them there already.
    let many: Vec<NewItem> = (0..4000).map(|number| item(&format!("k{number}"), "1")).collect();
    let seventh: Vec<NewItem> = many.iter().step_by(7).cloned().collect();
    let wanted: Vec<ItemOutcome> = (0..4000).map(|number| if number % 7 == 0 { Known } else { Added }).collect();
    for world in worlds().await {
        let batches = vec![
            (vec![item("a", "1"), item("b", "1"), item("a", "1"), item("a", "2")], vec![Added, Added, Known, Conflict]),
            (vec![item("b", "1"), item("c", "1"), item("a", "3"), item("d", "1")], vec![Known, Added, Conflict, Added]),
            (vec![item("d", "1")], vec![Known]),
            (Vec::new(), Vec::new()),
            (seventh.clone(), vec![Added; seventh.len()]),
            (many.clone(), wanted.clone()),
        ];
        let (batches, expected): (Vec<_>, Vec<_>) = batches.into_iter().unzip();
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
                    datasets::seal_import(tx, import).await?;
                    Ok((dataset, found))
                })
            })
            .await
            .unwrap();
        assert_eq!(found, expected, "{}", world.name);
        let stored = world
            .store
            .read::<_, StoreError, _>(move |tx| {
                Box::pin(async move {
                    let mut stored = Vec::new();
                    for row in datasets::items_after(tx, dataset, ItemId(0), 10_000).await? {
                        let answers = datasets::item_answers(tx, row.id).await?;
                        stored.push((row.key, answers));
                    }
                    Ok(stored)
                })
            })
            .await
            .unwrap();
        assert_eq!(stored.len(), 4 + 4000, "{}", world.name);
        for (key, answers) in stored {
            assert_eq!(answers, [("model".to_owned(), format!("{key} by 1"))], "{}", world.name);
        }
    }
}
