//! Sources behind keys: a bucket, Apify and a database on loopback, by connections that the operator set up. What is
//! secret stands nowhere but in the operator's file.

use crate::{
    collecting::{dataset, ended, open},
    support::{World, counts, worlds},
};
use labelwright_testkit::site::{Reply, Site};
use labelwright_workflow::{
    Error, Workflow,
    acquire::{ApifySource, BucketSource, CollectSource, Connections, DatabaseSource},
};
use serde_json::{Value, json};

pub async fn store() -> Site {
    Site::start(|request| {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let signed = request.header("authorization").is_some_and(|text| text.contains("Credential=id/"));
        let bearer = request.header("authorization") == Some("Bearer apify-secret");
        match path {
            "/own" if !signed => Reply::of(403, "application/xml", "<Error/>"),
            "/own" => Reply::of(200, "application/xml", "<ListBucketResult><IsTruncated>false</IsTruncated>\
                <Contents><Key>rows/a b.csv</Key><LastModified>2026-01-01T00:00:00Z</LastModified><ETag>\"e\"</ETag><Size>26</Size></Contents>\
                </ListBucketResult>"),
            "/own/rows/a%20b.csv" => Reply::of(206, "text/csv", "text,stars\nfirst,1\nother,2")
                .with("content-range", "bytes 0-25/26").with("etag", "\"e\"").with("last-modified", "Thu, 01 Jan 2026 00:00:00 GMT"),
            "/v2/datasets/posts/items" if bearer => {
                let offset = query.split('&').find_map(|part| part.strip_prefix("offset=")).unwrap();
                let lines = ["{\"id\": 1, \"text\": \"a post\"}\n", "{\"id\": 2, \"text\": \"another\"}\n", "{\"text\": \"no key\"}\n"];
                let rest: String = lines[offset.parse::<usize>().unwrap().min(3)..].concat();
                Reply::of(200, "application/x-ndjson", rest).with("x-apify-pagination-total", "3")
            }
            "/cut.parquet" => Reply::of(200, "application/octet-stream", "PAR1 and then nothing that a footer could be"),
            _ => Reply::missing(),
        }
    })
    .await
    .unwrap()
}

/// The operator's connections, over loopback.
pub fn connected(world: &World, site: &Site) -> Workflow {
    let file = world.folder.path().join("shop.sqlite");
    let shop = rusqlite::Connection::open(&file).unwrap();
    shop.execute_batch(
        "CREATE TABLE IF NOT EXISTS reviews (id INTEGER PRIMARY KEY, body TEXT, mood TEXT, changed INTEGER);
         INSERT OR IGNORE INTO reviews VALUES (1, 'one', 'good', 10), (2, 'two', NULL, 20)",
    )
    .unwrap();
    let own = site.url("");
    let text = format!(
        "[photos]\nkind = 's3'\nkey_id = 'id'\nsecret_key = 's3-secret'\nendpoint = '{own}'\nbucket = 'own'\n\
         [posts]\nkind = 'apify'\ntoken = 'apify-secret'\nbase_url = '{own}'\n\
         [shop]\nkind = 'sqlite'\nfile = '{}'\n\
         [foreign]\nkind = 'sqlite'\nfile = '/nowhere'\nworkspaces = [999]",
        file.display()
    );
    open(world).connecting_with(Connections::parse(&text).unwrap())
}

pub fn bucket(connection: Option<&str>) -> BucketSource {
    serde_json::from_value(
        json!({"store": "s3", "connection": connection, "bucket": "own", "prefix": "rows", "content": "text"}),
    )
    .unwrap()
}

pub fn posts() -> ApifySource {
    serde_json::from_value(json!({"connection": "posts", "dataset": "posts", "content": "text", "key": "id"})).unwrap()
}

pub fn shop() -> DatabaseSource {
    serde_json::from_value(
        json!({"connection": "shop", "query": "SELECT * FROM reviews", "key": "id", "content": "body",
        "cursor": "changed", "labels": {"mood": "mood"}, "metadata": ["changed"]}),
    )
    .unwrap()
}

#[tokio::test]
async fn objects_items_and_rows_become_items_and_no_secret_is_kept() {
    for world in worlds().await {
        let site = store().await;
        let workflow = connected(&world, &site);
        for (name, source, expected, origin) in [
            ("bucket", CollectSource::Bucket(bucket(Some("photos"))), (2, 0, 0), json!("s3://own/rows/a b.csv")),
            ("apify", CollectSource::Apify(posts()), (2, 0, 0), Value::Null),
            ("database", CollectSource::Database(shop()), (2, 0, 0), Value::Null),
        ] {
            let dataset = dataset(&world, name).await;
            let job = workflow.collect_later(&dataset, source, None, None).await.unwrap();
            let job = ended(&workflow, job).await;
            assert_eq!(counts(&job), expected, "{} {name}", world.name);
            for item in world.items(name).await {
                let metadata: Value = serde_json::from_str(&item.metadata).unwrap();
                assert_eq!(metadata["provenance"]["url"], origin, "{name}: {metadata}");
                assert!(metadata["provenance"]["fetched_at"].is_string());
            }
            let problems = world.problems(&job).await;
            let left_out = (name == "apify").then(|| ("source".to_owned(), "no_key".to_owned()));
            assert_eq!(problems, Vec::from_iter(left_out), "{name}");
            assert!(!job.result.as_ref().unwrap().contains("bookmark"));
            for text in [&job.input, &job.message, job.result.as_ref().unwrap()] {
                assert!(!text.contains("secret") && !text.contains("sqlite"), "{text}");
            }
        }
        let items = world.items("database").await;
        assert_eq!(items.iter().map(|item| item.key.as_str()).collect::<Vec<_>>(), ["1", "2"]);
        let metadata: Value = serde_json::from_str(&items[0].metadata).unwrap();
        assert_eq!((&metadata["changed"], &metadata["provenance"]["connection"]), (&json!("10"), &json!("shop")));
    }
}

#[tokio::test]
async fn mistakes_have_their_place_and_nobody_uses_what_is_not_theirs() {
    for world in worlds().await {
        let site = store().await;
        let (workflow, dataset) = (connected(&world, &site), dataset(&world, "wrong").await);
        let with = |base: Value, change: Value| {
            let mut all = base;
            all.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            serde_json::from_value::<CollectSource>(all).unwrap()
        };
        let (s3, apify, shop) = (
            serde_json::to_value(CollectSource::Bucket(bucket(Some("photos")))).unwrap(),
            serde_json::to_value(CollectSource::Apify(posts())).unwrap(),
            serde_json::to_value(CollectSource::Database(shop())).unwrap(),
        );
        for (base, change, place) in [
            (&s3, json!({"connection": "foreign"}), "/source/connection"),
            (&s3, json!({"connection": "shop"}), "/source/connection"),
            (&s3, json!({"connection": "none"}), "/source/connection"),
            (&s3, json!({"bucket": "another"}), "/source/bucket"),
            (&s3, json!({"connection": null, "bucket": "../x"}), "/source/bucket"),
            (&s3, json!({"endpoint": "http://attacker.example/"}), "/source/endpoint"),
            (&s3, json!({"connection": null, "endpoint": "file:///etc"}), "/source/endpoint"),
            (&s3, json!({"connection": null, "store": "azure"}), "/source/account"),
            (&s3, json!({"objects": 0}), "/source/objects"),
            (&s3, json!({"format": "nothing"}), "/source/format"),
            (&apify, json!({"base_url": "http://attacker.example/"}), "/source/base_url"),
            (&apify, json!({"connection": null, "dataset": null, "actor": "a/b"}), "/source/connection"),
            (&apify, json!({"dataset": "../x"}), "/source/dataset"),
            (&apify, json!({"dataset": null}), "/source/dataset"),
            (&apify, json!({"actor": "a/b"}), "/source/dataset"),
            (&apify, json!({"dataset": null, "actor": "a/b", "most_usd": -1.0}), "/source/most_usd"),
            (&apify, json!({"content": " "}), "/source/content"),
            (&shop, json!({"connection": "posts"}), "/source/connection"),
            (&shop, json!({"query": "DELETE FROM reviews"}), "/source/query"),
            (&shop, json!({"rows": 1_000_001}), "/source/rows"),
        ] {
            match workflow.collect_later(&dataset, with(base.clone(), change.clone()), None, None).await {
                Err(Error::Invalid(problems)) => assert_eq!(problems[0].pointer, place, "{change}"),
                other => panic!("{change}: {other:?}"),
            }
        }
        // A connection that was taken away after the job was queued, a bucket that refuses, a private network.
        let job = workflow.collect_later(&dataset, CollectSource::Database(self::shop()), None, None).await.unwrap();
        let without = open(&world);
        assert!(ended(&without, job).await.message.contains("no connection"), "{}", world.name);
        let public = json!({"connection": null, "endpoint": site.url("/")});
        for (workflow, message) in [(&workflow, "refuses"), (&world.workflow, "private network")] {
            let source = with(s3.clone(), public.clone());
            let job = workflow.collect_later(&dataset, source, None, None).await.unwrap();
            let job = ended(workflow, job).await;
            assert!(job.state == "failed" && job.message.contains(message), "{}", job.message);
        }
        // A table that was cut off brings nothing in and says why.
        let cut = json!({"kind": "http", "urls": [site.url("/cut.parquet")], "content": "text"});
        let cut: CollectSource = serde_json::from_value(cut).unwrap();
        let job = ended(&workflow, workflow.collect_later(&dataset, cut, None, None).await.unwrap()).await;
        assert_eq!(job.state, "failed", "{}", job.message);
        // A bucket that has nothing says so.
        let none = with(s3.clone(), json!({"endings": [".wav"]}));
        let job = workflow.collect_later(&dataset, none, None, None).await.unwrap();
        assert!(ended(&workflow, job).await.message.contains("no such objects"));
        assert!(world.items("wrong").await.is_empty());
    }
}
