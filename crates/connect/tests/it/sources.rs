//! Stand-ins for a file server, the Hugging Face hub and Apify that speak as those do, busy and broken ones too.

use crate::{
    site::{Reply, Site},
    support::local,
};
use labelwright_connect::{
    Fetcher, Guard,
    sources::{
        Gauge, SourceError,
        apify::{self, Wanted},
        bucket::{self, Bookmark, Store},
        http, hub,
    },
};
use serde_json::json;
use std::{
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
};
use url::Url;

pub fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("labelwright-connect-{}-{name}", std::process::id()));
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

pub fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

/// The file is cut off in its middle, then asked for from there on; then the server is busy.
#[tokio::test]
async fn a_file_goes_on_where_it_was_cut_off() {
    let body: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
    let (whole, tries) = (body.clone(), AtomicUsize::new(0));
    let site = Site::start(move |request| match (tries.fetch_add(1, Ordering::SeqCst), request.header("range")) {
        (0, None) => {
            let head = format!("HTTP/1.1 200 OK\r\netag: \"v1\"\r\ncontent-length: {}\r\n\r\n", whole.len());
            Reply::Raw([head.as_bytes(), &whole[..50_000]].concat())
        }
        (1, Some(_)) => Reply::of(503, "text/plain", "").with("retry-after", "0"),
        (_, Some(range)) if request.header("if-range") == Some("\"v1\"") => {
            let from: usize = range.trim_start_matches("bytes=").trim_end_matches('-').parse().unwrap();
            let place = format!("bytes {from}-{}/{}", whole.len() - 1, whole.len());
            Reply::of(206, "application/zip", whole[from..].to_vec())
                .with("content-range", &place)
                .with("etag", "\"v1\"")
        }
        _ => Reply::missing(),
    })
    .await
    .unwrap();
    let (to, gauge) = (folder("resume"), Gauge::default());
    let address = url(&site.url("/a%2F..%2Fb/data.zip?key=secret"));
    let brought = http::bring(&local(), &[address], None, 1 << 30, &to, &gauge).await.unwrap();
    assert_eq!(std::fs::read(&brought[0].path).unwrap(), body);
    assert_eq!((brought[0].bytes, gauge.read()), (400_000, 400_000));
    assert!(!brought[0].url.contains("secret"));
    assert_eq!(std::fs::read_dir(&to).unwrap().count(), 1);
    assert_eq!(site.log().len(), 3);
}

#[tokio::test]
async fn what_cannot_be_had_is_told_and_leaves_no_file() {
    let site = Site::start(|request| match request.path.as_str() {
        "/large" => Reply::of(200, "text/csv", vec![b'x'; 5000]),
        "/inside" => Reply::to("http://169.254.169.254/latest"),
        "/around" => Reply::to("/around"),
        _ => Reply::missing(),
    })
    .await
    .unwrap();
    for path in ["/large", "/inside", "/around", "/none"] {
        let to = folder("refused");
        let outcome = http::bring(&local(), &[url(&site.url(path))], None, 4999, &to, &Gauge::default()).await;
        assert!(matches!(outcome, Err(SourceError::Fetch { .. })), "{path}: {outcome:?}");
        assert!(
            std::fs::read_dir(&to).unwrap().all(|entry| entry.unwrap().file_name().to_string_lossy().starts_with('.'))
        );
    }
    let guarded = Fetcher::new(Guard::default());
    let to = folder("guarded");
    assert!(http::bring(&guarded, &[url(&site.url("/large"))], None, 9999, &to, &Gauge::default()).await.is_err());
}

/// Shards lie on another host, which is not told the token.
#[tokio::test]
async fn the_hub_gives_splits_and_keeps_its_token_to_itself() {
    let elsewhere = Site::start(|request| {
        assert_eq!(request.header("authorization"), None);
        Reply::of(200, "application/octet-stream", format!("PAR1{}", request.path))
    })
    .await
    .unwrap();
    let target = elsewhere.url("");
    let busy = AtomicUsize::new(0);
    let hub = Site::start(move |request| {
        let host = request.header("host").unwrap().to_owned();
        match request.path.as_str() {
            "/parquet?dataset=own%2Fset" if busy.fetch_add(1, Ordering::SeqCst) == 0 => {
                Reply::of(429, "text/plain", "").with("retry-after", "0")
            }
            "/parquet?dataset=own%2Fset" => {
                assert_eq!(request.header("authorization"), Some("Bearer hf_x"));
                let shard = |split: &str, number: u32| {
                    json!({"dataset": "own/set", "config": "default", "split": split, "filename": format!("000{number}.parquet"),
                        "url": format!("http://{host}/{split}/{number}"), "size": 10})
                };
                Reply::json(json!({"parquet_files": [shard("train", 0), shard("train", 1), shard("validation", 0)],
                    "pending": [], "failed": [], "partial": false}).to_string())
            }
            "/parquet?dataset=half" => Reply::json("{\"parquet_files\": [], \"partial\": true}"),
            "/parquet?dataset=gated" => Reply::of(401, "application/json", "{}").with("x-error-code", "GatedRepo"),
            "/parquet?dataset=odd" => Reply::html("<p>maintenance"),
            path => Reply::to(&format!("{target}{path}")),
        }
    })
    .await
    .unwrap();
    let wanted =
        |dataset: &str| hub::Wanted { dataset: dataset.into(), base: Some(url(&hub.url(""))), ..Default::default() };
    let to = folder("hub");
    let brought =
        hub::bring(&local(), &wanted("own/set"), Some("hf_x"), 1 << 20, &to, &Gauge::default()).await.unwrap();
    let names: Vec<_> = brought.iter().map(|shard| shard.path.strip_prefix(&to).unwrap().to_str().unwrap()).collect();
    assert_eq!(
        names,
        [
            "data/train-00000-of-00002.parquet",
            "data/train-00001-of-00002.parquet",
            "data/validation-00000-of-00001.parquet"
        ]
    );
    // Again: everything is there, only the listing is asked for.
    let before = elsewhere.log().len();
    hub::bring(&local(), &wanted("own/set"), Some("hf_x"), 1 << 20, &to, &Gauge::default()).await.unwrap();
    assert_eq!(elsewhere.log().len(), before);
    let mut one = wanted("own/set");
    one.splits = vec!["test".into()];
    for (wanted, message) in [
        (one, "no such configuration or split"),
        (wanted("half"), "only a part"),
        (wanted("gated"), "a token"),
        (wanted("odd"), "no JSON"),
    ] {
        let error = hub::bring(&local(), &wanted, Some("hf_x"), 1 << 20, &folder("hub2"), &Gauge::default()).await;
        assert!(error.unwrap_err().to_string().contains(message), "{message}");
    }
}

#[tokio::test]
async fn a_run_of_apify_and_its_items_page_by_page() {
    let polls = AtomicUsize::new(0);
    let site = Site::start(move |request| {
        assert_eq!(request.header("authorization"), Some("Bearer t"));
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let run = |status: &str| json!({"data": {"id": "r1", "status": status, "defaultDatasetId": "d1"}}).to_string();
        match (request.method.as_str(), path) {
            ("POST", "/v2/acts/own~crawler/runs") => {
                assert_eq!((query, request.body.as_slice()), ("maxTotalChargeUsd=0.5", &b"{\"q\":1}"[..]));
                Reply::of(201, "application/json", run("READY"))
            }
            ("POST", "/v2/acts/own~broken/runs") => Reply::of(201, "application/json", run("FAILED")),
            (_, "/v2/actor-runs/r1") => {
                Reply::json(run(if polls.fetch_add(1, Ordering::SeqCst) == 0 { "RUNNING" } else { "SUCCEEDED" }))
            }
            (_, "/v2/datasets/d1/items") => {
                let number = |key: &str| {
                    query
                        .split('&')
                        .find_map(|part| part.strip_prefix(key))
                        .and_then(|text| text.parse::<u64>().ok())
                        .unwrap()
                };
                let (offset, limit) = (number("offset="), number("limit="));
                let lines: String = (offset..(offset + limit).min(2500)).map(|n| format!("{{\"n\":{n}}}\n")).collect();
                Reply::of(200, "application/x-ndjson", lines).with("x-apify-pagination-total", "2500")
            }
            _ => Reply::missing(),
        }
    })
    .await
    .unwrap();
    let (base, to) = (url(&site.url("")), folder("apify").join("items.jsonl"));
    let actor = |name: &str| Wanted::Actor { actor: name.into(), input: json!({"q": 1}), most_usd: Some(0.5) };
    // Cut off in the middle of a line.
    std::fs::write(&to, "{\"n\":0}\n{\"n\":1}\n{\"n\"").unwrap();
    let wanted = actor("own/crawler");
    let count =
        apify::bring(&local(), Some(&base), &wanted, Some("t"), (0, u64::MAX), &to, &Gauge::default()).await.unwrap();
    let lines = std::fs::read_to_string(&to).unwrap();
    assert_eq!((count, lines.lines().count()), (2500, 2500));
    assert!(lines.lines().enumerate().all(|(n, line)| line == format!("{{\"n\":{n}}}")));
    assert!(site.paths().iter().any(|path| path.contains("offset=2&limit=1000")));
    // Again: the run is known, nothing is begun.
    let begun = |site: &Site| site.log().iter().filter(|request| request.method == "POST").count();
    apify::bring(&local(), Some(&base), &wanted, Some("t"), (0, u64::MAX), &to, &Gauge::default()).await.unwrap();
    assert_eq!(begun(&site), 1);
    let to = folder("apify2").join("items.jsonl");
    let failed =
        apify::bring(&local(), Some(&base), &actor("own/broken"), Some("t"), (0, 10), &to, &Gauge::default()).await;
    assert!(failed.unwrap_err().to_string().contains("did not succeed"));
}

/// A bucket of 2,500 keys in pages, busy at first, that wants to know who asks.
#[tokio::test]
async fn a_bucket_page_by_page() {
    let busy = AtomicUsize::new(0);
    let site = Site::start(move |request| {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let signed = request.header("authorization").is_some_and(|text| text.contains("Credential=id/"));
        if path == "/closed" || (path.starts_with("/own") && !signed) {
            return Reply::of(403, "application/xml", "<Error><Code>AccessDenied</Code></Error>");
        }
        if path == "/own" {
            if busy.fetch_add(1, Ordering::SeqCst) == 0 {
                return Reply::of(503, "application/xml", "<Error><Code>SlowDown</Code></Error>");
            }
            assert!(query.contains("prefix=data%2F"), "{query}");
            let from: usize = query.split('&').find_map(|part| part.strip_prefix("continuation-token=")).map_or(0, |text| text.parse().unwrap());
            let to = (from + 1000).min(2500);
            let contents: String = (from..to)
                .map(|n| format!("<Contents><Key>data/{n:04}.{}</Key><LastModified>2026-01-01T00:00:00Z</LastModified><ETag>\"e\"</ETag><Size>5</Size></Contents>", if n % 100 == 0 { "txt" } else { "bin" }))
                .collect();
            let next = if to < 2500 { format!("<NextContinuationToken>{to}</NextContinuationToken>") } else { String::new() };
            return Reply::of(200, "application/xml", format!("<ListBucketResult><IsTruncated>{}</IsTruncated>{contents}{next}</ListBucketResult>", to < 2500));
        }
        let range = request.header("range").unwrap_or("bytes=0-4").trim_start_matches("bytes=").to_owned();
        Reply::of(206, "text/plain", "hello").with("content-range", &format!("bytes {range}/5")).with("etag", "\"e\"").with("last-modified", "Thu, 01 Jan 2026 00:00:00 GMT")
    })
    .await
    .unwrap();
    let store = |bucket: &str, keys: Option<(&str, &str)>, endpoint: &str| bucket::Wanted {
        store: Store::S3 {
            region: "us-east-1".into(),
            endpoint: Some(url(endpoint)),
            keys: keys.map(|(id, secret)| (id.into(), secret.into())),
        },
        bucket: bucket.into(),
        prefix: "data/".into(),
        endings: vec![".txt".into()],
    };
    let (keys, own) = (Some(("id", "secret")), site.url(""));
    let to = folder("s3");
    let bring = async |fetcher: &Fetcher, wanted: &bucket::Wanted, most: (u64, u64)| {
        bucket::bring(fetcher, wanted, most, &to, &Gauge::default(), &mut Bookmark::default(), drop).await
    };
    let wanted = store("own", keys, &own);
    let brought = bring(&local(), &wanted, (20, 1000)).await.unwrap();
    assert_eq!((brought.objects, brought.bytes, brought.is_cut), (20, 100, true));
    let all = bring(&local(), &wanted, (1000, 1000)).await.unwrap();
    assert_eq!((all.objects, all.is_cut), (25, false));
    assert_eq!(std::fs::read(to.join("data/2400.txt")).unwrap(), b"hello");
    // Each object was asked for once.
    assert_eq!(site.paths().iter().filter(|path| path.contains(".txt")).count(), 25);
    for wanted in [store("own", None, &own), store("closed", keys, &own)] {
        let refused = bring(&local(), &wanted, (1, 1)).await.unwrap_err();
        assert!(refused.to_string().contains("refuses"), "{refused}");
    }
    // An endpoint is an address like any other.
    let guarded = Fetcher::new(Guard::default());
    for endpoint in ["http://169.254.169.254/", "http://localhost:9/"] {
        assert!(bring(&guarded, &store("own", keys, endpoint), (1, 1)).await.is_err());
    }
}
