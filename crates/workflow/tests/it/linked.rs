//! Data that are left where they are: a folder of the server and a bucket whose objects are items, and what becomes of them
//! when an object changes or goes.

use crate::{
    collecting::{dataset, ended, open},
    support::{World, counts, worlds},
};
use futures::TryStreamExt;
use labelwright_core::ItemId;
use labelwright_testkit::{
    site::{Reply, Site},
    sound::wav,
    world::principal,
};
use labelwright_workflow::{
    Error, Workflow,
    acquire::{CollectSource, Connections, Fetcher, Guard},
    jobs::kinds::OnError,
    streaming::Media,
};
use serde_json::{Value, json};
use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// A PNG file of no less than 16 KiB, whose bytes differ by `seed`.
fn picture(seed: u8) -> Vec<u8> {
    let noise = |at: usize| (at.wrapping_mul(2_654_435_761) >> 7) as u8 ^ seed;
    let pixels: Vec<u8> = (0..100 * 100 * 3).map(noise).collect();
    let mut png = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_raw(100, 100, pixels).unwrap();
    picture.write_to(&mut png, image::ImageFormat::Png).unwrap();
    assert!(png.get_ref().len() > 16 << 10);
    png.into_inner()
}

fn linked(store: &str, connection: &str, bucket: &str, ending: &str) -> CollectSource {
    let source = json!({"kind": "bucket", "store": store, "connection": connection, "bucket": bucket, "endings": [ending],
        "keep": "link"});
    serde_json::from_value(source).unwrap()
}

async fn media(world: &World, workflow: &Workflow, item: ItemId) -> Media {
    workflow.media(&world.workflow.permit_item(&principal(world.owner), item).await.unwrap())
}

async fn bytes(workflow: &Workflow, media: &Media, range: std::ops::Range<u64>) -> Result<Vec<u8>, Error> {
    let parts: Vec<_> = workflow.stream(media, range).await?.try_collect().await?;
    Ok(parts.concat())
}

/// Is a blob of this hash in the data folder of the world?
fn is_here(world: &World, hash: &str) -> bool {
    walk(world.folder.path().to_path_buf()).iter().any(|path| path.ends_with(hash))
}

fn walk(folder: PathBuf) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(path) } else { vec![path] }).collect()
}

#[tokio::test]
async fn files_of_a_folder_stay_there_and_are_shown_only_as_they_were() {
    for world in worlds().await {
        let (photo, sound) = (picture(1), wav(44_100, 1, &[0; 44_100]));
        let root = world.file("mount/a b/photo.png", &photo).parent().unwrap().parent().unwrap().to_path_buf();
        world.file("mount/call.wav", &sound);
        let text = format!("[disk]\nkind = 'folder'\npath = '{}'", root.display());
        let workflow = open(&world).connecting_with(Connections::parse(&text).unwrap());
        let dataset = dataset(&world, "linked").await;
        for ending in [".png", ".wav"] {
            let source = linked("folder", "disk", "", ending);
            let job = workflow.collect_later(&dataset, source, None, None).await.unwrap();
            let job = ended(&workflow, job).await;
            assert_eq!(counts(&job), (1, 0, 0), "{} {:?}", world.name, world.problems(&job).await);
        }
        let items = world.items("linked").await;
        let of = |kind: &str| items.iter().find(|item| item.modality == kind).unwrap();
        let (photo_item, sound_item) = (of("image"), of("audio"));
        let metadata: Value = serde_json::from_str(&photo_item.metadata).unwrap();
        assert_eq!(metadata["provenance"]["url"], "folder://disk/a b/photo.png");
        for (item, expected) in [(photo_item, &photo), (sound_item, &sound)] {
            assert!(!is_here(&world, &item.hash), "{}: {} was copied", world.name, item.key);
            let media = media(&world, &workflow, item.id).await;
            assert_eq!(&bytes(&workflow, &media, 0..item.bytes as u64).await.unwrap(), expected);
            assert_eq!(bytes(&workflow, &media, 100..200).await.unwrap(), expected[100..200]);
            assert_eq!(workflow.signed(&media).await.unwrap(), None);
        }
        let permit = world.workflow.permit_item(&principal(world.owner), sound_item.id).await.unwrap();
        assert!(workflow.levels(&permit).await.unwrap().bytes > 100);
        assert!(workflow.doctor(|_| {}).await.unwrap().findings.is_empty(), "{}", world.name);

        let refused = async |workflow: &Workflow, item: ItemId| {
            let media = media(&world, workflow, item).await;
            bytes(workflow, &media, 0..10).await.unwrap_err().to_string()
        };
        // The connection was taken away, an object was changed, another one is gone.
        assert!(refused(&open(&world), photo_item.id).await.contains("no connection"), "{}", world.name);
        std::fs::write(root.join("a b/photo.png"), picture(2)).unwrap();
        assert!(refused(&workflow, photo_item.id).await.contains("changed since"), "{}", world.name);
        std::fs::remove_file(root.join("call.wav")).unwrap();
        assert!(refused(&workflow, sound_item.id).await.contains("not there any more"), "{}", world.name);
        assert!(workflow.doctor(|_| {}).await.is_err() || !workflow.doctor(|_| {}).await.unwrap().findings.is_empty());
        // Whoever brings the bytes along mends it: what is here goes before what is linked.
        world.import("copies", &world.file("copy/call.wav", &sound), OnError::KeepGood).await;
        let media = media(&world, &workflow, sound_item.id).await;
        assert_eq!(bytes(&workflow, &media, 0..sound.len() as u64).await.unwrap(), sound);
    }
}

#[tokio::test]
async fn browsers_get_objects_from_the_store_itself_where_the_operator_says_so() {
    let photo = picture(3);
    let object = photo.clone();
    let is_changed = Arc::new(AtomicBool::new(false));
    let changed = Arc::clone(&is_changed);
    let site = Site::start(move |request| {
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let signed = query.contains("X-Amz-Signature=") && query.contains("X-Amz-Expires=900");
        let authorized = signed || request.header("authorization").is_some();
        let size = object.len();
        match path {
            _ if !authorized => Reply::of(403, "application/xml", "<Error/>"),
            // Another object lies there, and who asks for the first one is told so.
            "/own/photo.png" if changed.load(Ordering::Relaxed) && request.header("if-match") == Some("\"e\"") => {
                Reply::of(412, "application/xml", "<Error/>")
            }
            "/own" => Reply::of(200, "application/xml", format!("<ListBucketResult><IsTruncated>false</IsTruncated>\
                <Contents><Key>photo.png</Key><LastModified>2026-01-01T00:00:00Z</LastModified><ETag>\"e\"</ETag><Size>{size}</Size></Contents>\
                </ListBucketResult>")),
            "/own/photo.png" => {
                let range = request.header("range").and_then(|text| text.strip_prefix("bytes=")?.split_once('-'));
                let (from, to) = range.map_or((0, size), |(from, to)| (from.parse().unwrap(), to.parse::<usize>().unwrap() + 1));
                let to = to.min(size);
                let status = if range.is_some() { 206 } else { 200 };
                Reply::of(status, "image/png", &object[from..to]).with("etag", "\"e\"")
                    .with("content-range", &format!("bytes {from}-{}/{size}", to - 1))
                    .with("last-modified", "Thu, 01 Jan 2026 00:00:00 GMT")
            }
            _ => Reply::missing(),
        }
    })
    .await
    .unwrap();
    for world in worlds().await {
        let connection = |more: &str| {
            let text = format!(
                "[photos]\nkind = 's3'\nkey_id = 'id'\nsecret_key = 's3-secret'\nendpoint = '{}'\nbucket = 'own'\n{more}",
                site.url("")
            );
            open(&world).connecting_with(Connections::parse(&text).unwrap())
        };
        let (plain, signing) = (connection(""), connection("signed = true"));
        let dataset = dataset(&world, "linked").await;
        let job = plain.collect_later(&dataset, linked("s3", "photos", "own", ".png"), None, None).await.unwrap();
        assert_eq!(counts(&ended(&plain, job).await), (1, 0, 0), "{}", world.name);
        let [item] = world.items("linked").await.try_into().unwrap();
        assert!(!is_here(&world, &item.hash), "{}", world.name);
        let media = media(&world, &plain, item.id).await;
        assert_eq!(bytes(&plain, &media, 5..500).await.unwrap(), photo[5..500]);
        assert_eq!((plain.signed(&media).await.unwrap(), plain.signing_origins().await), (None, Vec::new()));

        let address = signing.signed(&media).await.unwrap().unwrap();
        assert!(address.starts_with(&site.url("/own/photo.png?")) && !address.contains("s3-secret"), "{address}");
        let origin = site.url("");
        assert_eq!(signing.signing_origins().await, [origin.trim_end_matches('/')]);
        let fetcher = Fetcher::new(Guard::allowing(["127.0.0.1"]).unwrap());
        assert_eq!(fetcher.fetch(&address, 1 << 20).await.unwrap().bytes, photo);
        is_changed.store(true, Ordering::Relaxed);
        let refused = signing.signed(&media).await.unwrap_err().to_string();
        assert!(refused.contains("changed since"), "{refused}");
        is_changed.store(false, Ordering::Relaxed);
    }
}

#[test]
fn a_connection_that_signs_says_for_which_bucket() {
    for (text, wrong) in [
        ("[a]\nkind = 's3'\nkey_id = 'i'\nsecret_key = 'k'\nsigned = true", "bucket"),
        ("[a]\nkind = 'azure'\naccount = 'x'\nsas = 's'\nbucket = 'b'\nsigned = true", "key"),
        ("[a]\nkind = 'folder'\npath = '/x'\nsigned = true", "signed"),
    ] {
        assert!(Connections::parse(text).err().unwrap().contains(wrong), "{text}");
    }
}

#[tokio::test]
async fn a_folder_is_named_by_the_operator_alone() {
    for world in worlds().await {
        let text = "[disk]\nkind = 'folder'\npath = '/nowhere/at/all'";
        let workflow = open(&world).connecting_with(Connections::parse(text).unwrap());
        let dataset = dataset(&world, "wrong").await;
        let source = |change: Value| {
            let mut all = json!({"kind": "bucket", "store": "folder", "connection": "disk"});
            all.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            serde_json::from_value::<CollectSource>(all).unwrap()
        };
        for (change, place) in [
            (json!({"connection": null}), "/source/connection"),
            (json!({"connection": "other"}), "/source/connection"),
            (json!({"bucket": "etc"}), "/source/bucket"),
            (json!({"endpoint": "https://example.org"}), "/source/endpoint"),
        ] {
            match workflow.collect_later(&dataset, source(change.clone()), None, None).await {
                Err(Error::Invalid(problems)) => assert_eq!(problems[0].pointer, place, "{change}"),
                other => panic!("{change}: {other:?}"),
            }
        }
        let job = workflow.collect_later(&dataset, source(json!({"prefix": "../../etc"})), None, None).await.unwrap();
        let job = ended(&workflow, job).await;
        assert_eq!(job.state, "failed", "{}", world.name);
        assert!(!job.message.contains("nowhere"), "{}", job.message);
    }
}
