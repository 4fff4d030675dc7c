//! Stand-ins for S3 and Azure that list, resume and lie as real stores may.

use crate::{
    site::{Reply, Request, Site},
    sources::{folder, url},
    support::local,
};
use labelwright_connect::{
    Fetcher, Guard,
    sources::{
        Gauge,
        bucket::{self, AzureKey, Bookmark, Brought, Object, Store, Wanted},
    },
};
use std::{path::Path, sync::Mutex};

fn query(request: &Request, name: &str) -> Option<String> {
    let pairs = url(&format!("http://h{}", request.path));
    pairs.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

fn path(request: &Request) -> &str {
    request.path.split('?').next().unwrap()
}

fn s3(site: &Site) -> Wanted {
    let store = Store::S3 { region: "us-east-1".into(), endpoint: Some(url(&site.url(""))), keys: None };
    Wanted { store, bucket: "own".into(), prefix: String::new(), endings: Vec::new() }
}

fn listing(objects: &[(&str, &str, usize)], token: Option<&str>) -> Reply {
    let contents: String = objects
        .iter()
        .map(|(key, at, size)| {
            format!("<Contents><Key>{key}</Key><LastModified>{at}</LastModified><ETag>\"{key}\"</ETag><Size>{size}</Size></Contents>")
        })
        .collect();
    let next = token.map(|token| format!("<NextContinuationToken>{token}</NextContinuationToken>")).unwrap_or_default();
    let cut = token.is_some();
    Reply::of(
        200,
        "application/xml",
        format!("<ListBucketResult><IsTruncated>{cut}</IsTruncated>{contents}{next}</ListBucketResult>"),
    )
}

fn object(bytes: &[u8], request: &Request) -> Reply {
    let range = request.header("range").unwrap_or("bytes=0-").trim_start_matches("bytes=");
    let (from, to) = range.split_once('-').unwrap();
    let (from, to) =
        (from.parse::<usize>().unwrap(), to.parse::<usize>().unwrap_or(bytes.len() - 1).min(bytes.len() - 1));
    Reply::of(206, "application/octet-stream", bytes[from..=to].to_vec())
        .with("content-range", &format!("bytes {from}-{to}/{}", bytes.len()))
        .with("etag", "\"e\"")
        .with("last-modified", "Thu, 01 Jan 2026 00:00:00 GMT")
}

async fn bring(wanted: &Wanted, to: &Path, mark: &mut Bookmark) -> Result<(Brought, Vec<Object>), String> {
    let mut objects = Vec::new();
    let with = |object| objects.push(object);
    let brought = bucket::bring(&local(), wanted, (1000, 1 << 30), to, &Gauge::default(), mark, with).await;
    brought.map(|brought| (brought, objects)).map_err(|error| error.to_string())
}

/// A listing that comes to its first page again and again.
#[tokio::test]
async fn a_listing_in_a_circle_is_given_up() {
    let site = Site::start(|request| match path(request) {
        "/own" => listing(&[("a.bin", "2026-01-01T00:00:00Z", 0), ("b.bin", "2026-01-01T00:00:00Z", 0)], Some("same")),
        _ => Reply::missing(),
    })
    .await
    .unwrap();
    let error = bring(&s3(&site), &folder("circle"), &mut Bookmark::default()).await.unwrap_err();
    assert!(error.contains("the same key again"), "{error}");
    assert!(site.log().len() < 20, "{}", site.log().len());
}

/// Very many keys: each page is asked for once, and nothing but what is wanted is fetched.
#[tokio::test]
async fn very_many_keys_are_gone_through_page_by_page() {
    const PAGES: usize = 100;
    let site = Site::start(|request| {
        if path(request) != "/own" {
            return object(b"hello", request);
        }
        let page = query(request, "continuation-token").map_or(0, |token| token.parse::<usize>().unwrap());
        let keys: Vec<String> = (page * 1000..page * 1000 + 1000).map(|number| format!("k/{number:07}")).collect();
        let objects: Vec<_> = keys.iter().map(|key| (key.as_str(), "2026-01-01T00:00:00Z", 5)).collect();
        listing(&objects, (page + 1 < PAGES).then(|| (page + 1).to_string()).as_deref())
    })
    .await
    .unwrap();
    let wanted = Wanted { endings: vec!["99999".into()], ..s3(&site) };
    let (brought, objects) = bring(&wanted, &folder("many"), &mut Bookmark::default()).await.unwrap();
    assert_eq!((brought.objects, objects[0].key.as_str()), (1, "k/0099999"));
    assert_eq!(site.log().len(), PAGES + 1);
}

#[tokio::test]
async fn what_lies_or_leads_inside_is_told_and_leaves_no_file() {
    for (name, reply) in [
        (
            "short",
            Reply::of(206, "text/plain", "hel")
                .with("content-range", "bytes 0-2/3")
                .with("etag", "\"e\"")
                .with("last-modified", "Thu, 01 Jan 2026 00:00:00 GMT"),
        ),
        ("inside", Reply::to("http://169.254.169.254/latest/")),
        ("gone", Reply::missing()),
        (
            "forbidden",
            Reply::of(403, "application/xml", "<Error><Code>AccessDenied</Code><Message>secret</Message></Error>"),
        ),
    ] {
        let site = Site::start(move |request| match path(request) {
            "/own" => listing(&[("a.bin", "2026-01-01T00:00:00Z", 5)], None),
            _ => reply.clone(),
        })
        .await
        .unwrap();
        let to = folder(name);
        let error = bring(&s3(&site), &to, &mut Bookmark::default()).await.unwrap_err();
        assert!(!error.contains("secret") && error.starts_with("s3://own"), "{name}: {error}");
        assert!(!to.join("a.bin").exists(), "{name}");
    }
    // A listing that leads inside, and one that is no listing.
    for reply in [Reply::to("http://127.0.0.1:9/own"), Reply::html("<p>maintenance"), Reply::to("http://[::1]:9/")] {
        let site = Site::start(move |_| reply.clone()).await.unwrap();
        assert!(bring(&s3(&site), &folder("listing"), &mut Bookmark::default()).await.is_err());
    }
}

/// The next time only what is new is asked for: by its time, or, of the last day, by what it is.
#[tokio::test]
async fn a_bookmark_knows_what_was_taken() {
    static OBJECTS: Mutex<Vec<(&str, &str, usize)>> = Mutex::new(Vec::new());
    *OBJECTS.lock().unwrap() = vec![("a", "2026-01-01T00:00:00Z", 5), ("c", "2026-03-01T10:00:00Z", 5)];
    let site = Site::start(|request| match path(request) {
        "/own" => {
            let after = query(request, "start-after").unwrap_or_default();
            let all = OBJECTS.lock().unwrap();
            let rest: Vec<_> = all.iter().filter(|(key, ..)| *key > after.as_str()).copied().collect();
            listing(&rest, None)
        }
        _ => object(b"hello", request),
    })
    .await
    .unwrap();
    let (wanted, mut mark) = (s3(&site), Bookmark::default());
    let keys = |objects: Vec<Object>| objects.into_iter().map(|one| one.key).collect::<Vec<_>>();
    let (_, objects) = bring(&wanted, &folder("mark1"), &mut mark).await.unwrap();
    assert_eq!(keys(objects), ["a", "c"]);
    // One that began a little before the newest one, one that was written again, one that claims to be old.
    *OBJECTS.lock().unwrap() = vec![
        ("a", "2026-01-01T00:00:00Z", 5),
        ("b", "2026-03-01T09:00:00Z", 5),
        ("c", "2026-03-01T11:00:00Z", 5),
        ("d", "2026-01-02T00:00:00Z", 5),
    ];
    let text = serde_json::to_string(&mark).unwrap();
    let mut mark: Bookmark = serde_json::from_str(&text).unwrap();
    let (_, objects) = bring(&wanted, &folder("mark2"), &mut mark).await.unwrap();
    assert_eq!(keys(objects), ["b", "c"]);
    let (brought, _) = bring(&wanted, &folder("mark3"), &mut mark).await.unwrap();
    assert_eq!(brought.objects, 0);
    // Cut off by a limit it goes on behind the last key.
    let (mut mark, to) = (Bookmark::default(), folder("mark4"));
    let mut found = Vec::new();
    for _ in 0..4 {
        let with = |object: Object| found.push(object.key);
        let most = (1, 1 << 20);
        bucket::bring(&local(), &wanted, most, &to, &Gauge::default(), &mut mark, with).await.unwrap();
    }
    assert_eq!(found, ["a", "b", "c", "d"]);
    assert_eq!(mark.after(), None, "the fourth time came to the end");
}

/// Azure: markers from page to page, names with prefix and ending, both ways to say who asks.
#[tokio::test]
async fn blobs_of_a_container_page_by_page() {
    let site = Site::start(|request| {
        let signed = request.header("authorization").is_some_and(|text| text.starts_with("SharedKey account:"));
        let by_signature = query(request, "sig").as_deref() == Some("s+g=");
        if !signed && !by_signature {
            return Reply::of(403, "application/xml", "<Error><Code>AuthenticationFailed</Code></Error>");
        }
        assert!(request.header("x-ms-version").is_some());
        if path(request) == "/own" {
            assert_eq!(query(request, "comp").as_deref(), Some("list"));
            assert_eq!(query(request, "prefix").as_deref(), Some("scans/"));
            let page: usize = query(request, "marker").map_or(0, |marker| marker.parse().unwrap());
            let blobs: String = (page * 2..page * 2 + 2)
                .map(|n| {
                    let ending = if n % 2 == 0 { "png" } else { "txt" };
                    format!("<Blob><Name>scans/{n}.{ending}</Name><Properties><Last-Modified>Thu, 01 Jan 2026 00:00:00 GMT</Last-Modified>\
                        <Etag>0x{n}</Etag><Content-Length>5</Content-Length><Content-Type>image/png</Content-Type></Properties></Blob>")
                })
                .collect();
            let next = if page < 2 { (page + 1).to_string() } else { String::new() };
            return Reply::of(200, "application/xml", format!("<?xml version=\"1.0\"?><EnumerationResults><Prefix>scans/</Prefix>\
                <Blobs>{blobs}</Blobs><NextMarker>{next}</NextMarker></EnumerationResults>"));
        }
        object(b"hello", request).with("x-ms-version", "2023-11-03")
    })
    .await
    .unwrap();
    let wanted = |key| Wanted {
        store: Store::Azure { account: "account".into(), endpoint: Some(url(&site.url(""))), key },
        bucket: "own".into(),
        prefix: "scans".into(),
        endings: vec![".png".into()],
    };
    for (name, key) in [
        ("azure1", AzureKey::Shared("c2VjcmV0".into())),
        ("azure2", AzureKey::Signature("?sv=2023-11-03&sp=rl&sig=s%2Bg%3D".into())),
    ] {
        let to = folder(name);
        let (brought, objects) = bring(&wanted(Some(key)), &to, &mut Bookmark::default()).await.unwrap();
        assert_eq!((brought.objects, brought.bytes), (3, 15));
        let Object { name, key, .. } = &objects[2];
        assert_eq!((name.as_str(), key.as_str()), ("scans/4.png", "scans/4.png"));
        assert_eq!(std::fs::read(to.join("scans/4.png")).unwrap(), b"hello");
    }
    let refused = bring(&wanted(None), &folder("azure3"), &mut Bookmark::default()).await.unwrap_err();
    assert!(refused.contains("azure://account/own: the bucket refuses"), "{refused}");
    let odd =
        bring(&wanted(Some(AzureKey::Shared("no base64!".into()))), &folder("azure4"), &mut Bookmark::default()).await;
    assert!(odd.is_err());
    let guarded = Fetcher::new(Guard::default());
    let (to, gauge, mut mark) = (folder("azure5"), Gauge::default(), Bookmark::default());
    assert!(bucket::bring(&guarded, &wanted(None), (1, 1), &to, &gauge, &mut mark, drop).await.is_err());
}
