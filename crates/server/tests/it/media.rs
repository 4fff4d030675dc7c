//! Media come with the type that was found in their bytes, and cannot run.

use crate::app::{Person, Place, TestApp};
use axum::body::Body;
use labelwright_core::{Role, WorkspaceId};
use labelwright_testkit::sound::{bursts, wav};
use labelwright_workflow::jobs::kinds::{ImportInput, OnError, Source};
use std::path::Path;

pub fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(width, height).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Imports a folder, keeps what is good, and tells the problems of the rest.
async fn bring_in(app: &TestApp, workspace: WorkspaceId, folder: &Path, format: &str) -> Vec<(String, String)> {
    let input = ImportInput {
        dataset: None,
        source: Source::Path(folder.to_path_buf()),
        format: format.into(),
        mapping: Default::default(),
        options: Default::default(),
        on_error: OnError::KeepGood,
        project: None,
    };
    let job = app.workflow.import_as_operator(workspace, "pictures", input).await.unwrap();
    app.workflow.run_all_jobs().await.unwrap();
    let problems = app.workflow.problems_as_operator(job).await.unwrap();
    problems.into_iter().map(|problem| (problem.place, problem.code)).collect()
}

async fn picture(app: &TestApp) -> (Person, String, Vec<u8>) {
    let workspace = app.workspace("pictures").await;
    let owner = app.user("owner", &[(Place::Workspace(workspace), Role::Owner)]).await;
    let folder = app.folder.path().join("pictures");
    std::fs::create_dir_all(&folder).unwrap();
    let good = png(8, 4);
    // A JPEG's name on a PNG's bytes: the bytes decide.
    std::fs::write(folder.join("good.jpg"), &good).unwrap();
    std::fs::write(folder.join("page.png"), "<html><script>alert(1)</script></html>").unwrap();
    let svg = "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    std::fs::write(folder.join("drawing.png"), svg).unwrap();
    std::fs::write(folder.join("empty.png"), "").unwrap();
    std::fs::write(folder.join("short.png"), &good[..20]).unwrap();
    let problems = bring_in(app, workspace, &folder, "images").await;
    assert_eq!(problems.len(), 4, "{problems:?}");
    assert!(problems.iter().all(|(_, code)| code == "not_an_image" || code == "empty_file"), "{problems:?}");
    let listed = app.get("/api/v1/datasets/1/items", &owner.token).await.json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{listed}");
    assert_eq!(listed["items"][0]["media_type"], "image/png");
    let url = listed["items"][0]["media_url"].as_str().unwrap().to_owned();
    (owner, url, good)
}

#[tokio::test]
async fn what_only_looks_like_a_picture_stays_out_and_pictures_cannot_run() {
    let app = TestApp::new().await;
    let (owner, url, good) = picture(&app).await;
    let reply = app.get(&url, &owner.token).await;
    assert_eq!((reply.status.as_u16(), &reply.bytes), (200, &good));
    assert_eq!(reply.header("content-type"), "image/png");
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    assert_eq!(reply.header("content-security-policy"), "default-src 'none'; sandbox");
    assert!(reply.header("cache-control").starts_with("private"));
    assert_eq!(app.get(&url, "no such token").await.status, 401);
}

#[tokio::test]
async fn a_text_that_is_a_page_is_served_as_text() {
    let app = TestApp::new().await;
    let texts = app.texts(&["<html><script>alert(1)</script></html>"], 1).await;
    let reply = app.get("/api/v1/items/1/media", &texts.owner.token).await;
    assert_eq!(reply.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(reply.header("content-security-policy"), "default-src 'none'; sandbox");
}

#[tokio::test]
async fn a_conversation_names_its_models_only_to_those_who_manage_data() {
    let app = TestApp::new().await;
    let workspace = app.workspace("chats").await;
    let owner = app.user("owner", &[(Place::Workspace(workspace), Role::Owner)]).await;
    let folder = app.folder.path().join("chats");
    std::fs::create_dir_all(&folder).unwrap();
    let chat = r#"{"prompt": "Hi", "responses": [{"model": "secret", "content": "Hello"}]}"#;
    std::fs::write(folder.join("chat.json"), chat).unwrap();
    assert!(bring_in(&app, workspace, &folder, "auto").await.is_empty());
    let url = "/api/v1/items/1/media";
    let reply = app.get(url, &owner.token).await;
    assert_eq!((reply.status.as_u16(), reply.header("content-type")), (200, "application/json"));
    assert!(reply.text().contains("secret"));
    for role in [Role::Labeler, Role::Reviewer] {
        let person = app.user(role.as_str(), &[(Place::Workspace(workspace), role)]).await;
        let refused = app.get(url, &person.token).await;
        assert_eq!(refused.status, 403, "{}", refused.text());
        assert!(!refused.text().contains("secret"));
    }
}

#[tokio::test]
async fn ranges_give_parts_and_nonsense_gives_the_whole_or_a_416() {
    let app = TestApp::new().await;
    let (owner, url, good) = picture(&app).await;
    let size = good.len();
    let ask = async |range: &str| {
        let request = TestApp::request("GET", &url, Some(&owner.token)).header("range", range);
        app.send(request.body(Body::empty()).unwrap()).await
    };
    let part = ask("bytes=1-3").await;
    assert_eq!((part.status.as_u16(), part.bytes.as_slice()), (206, &good[1..4]));
    assert_eq!(part.header("content-range"), format!("bytes 1-3/{size}"));
    assert_eq!(ask("bytes=-4").await.bytes, good[size - 4..]);
    let far = ask(&format!("bytes={size}-")).await;
    assert_eq!((far.status.as_u16(), far.header("content-range")), (416, format!("bytes */{size}").as_str()));
    for nonsense in ["bytes=5-3", "lines=1-2", "bytes=a-b", "bytes=0-18446744073709551615"] {
        let reply = ask(nonsense).await;
        assert!(matches!(reply.status.as_u16(), 200 | 206), "{nonsense}: {}", reply.status);
        assert_eq!(reply.bytes, good, "{nonsense}");
    }
}

#[tokio::test]
async fn a_recording_and_its_levels_come_by_ranges() {
    let app = TestApp::new().await;
    let workspace = app.workspace("sounds").await;
    let owner = app.user("owner", &[(Place::Workspace(workspace), Role::Owner)]).await;
    let folder = app.folder.path().join("sounds");
    std::fs::create_dir_all(&folder).unwrap();
    let sound = wav(8_000, 1, &bursts(8_000, 4.0, &[(1.0, 2.0)]));
    std::fs::write(folder.join("call.wav"), &sound).unwrap();
    assert!(bring_in(&app, workspace, &folder, "recordings").await.is_empty());
    let item = app.get("/api/v1/datasets/1/items", &owner.token).await.json()["items"][0].clone();
    assert_eq!((item["modality"].as_str(), item["shape"]["ticks"].as_i64()), (Some("audio"), Some(32_000)));
    let media = item["media_url"].as_str().unwrap();
    let ask = async |url: &str, range: &str| {
        let request = TestApp::request("GET", url, Some(&owner.token)).header("range", range);
        app.send(request.body(Body::empty()).unwrap()).await
    };
    let end = ask(media, "bytes=-10").await;
    assert_eq!((end.status.as_u16(), end.bytes.as_slice()), (206, &sound[sound.len() - 10..]));
    assert_eq!(app.get(media, &owner.token).await.bytes, sound);
    let url = media.replace("/media", "/levels");
    let whole = app.get(&url, &owner.token).await;
    assert_eq!((whole.status.as_u16(), &whole.bytes[..8]), (200, b"LWAUDIO1".as_slice()));
    let length = u32::from_le_bytes(whole.bytes[8..12].try_into().unwrap()) as usize;
    let head: serde_json::Value = serde_json::from_slice(&whole.bytes[12..12 + length]).unwrap();
    assert_eq!((head["ticks"].as_i64(), head["peaks"]["lanes"].as_i64()), (Some(32_000), Some(1)));
    let part = ask(&url, "bytes=8-11").await;
    assert_eq!((part.status.as_u16(), part.bytes.as_slice()), (206, &whole.bytes[8..12]));
    // What is no recording has none.
    let picture = app.folder.path().join("more");
    std::fs::create_dir_all(&picture).unwrap();
    std::fs::write(picture.join("a.png"), png(4, 4)).unwrap();
    assert!(bring_in(&app, workspace, &picture, "images").await.is_empty());
    assert_eq!(app.get("/api/v1/items/2/levels", &owner.token).await.status, 409);
}

#[tokio::test]
async fn a_series_has_levels_too() {
    let app = TestApp::new().await;
    let workspace = app.workspace("series").await;
    let owner = app.user("owner", &[(Place::Workspace(workspace), Role::Owner)]).await;
    let folder = app.folder.path().join("series");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("pump.csv"), "time,a\n0,1\n0.5,2\n1,3\n").unwrap();
    assert!(bring_in(&app, workspace, &folder, "series").await.is_empty());
    let item = app.get("/api/v1/datasets/1/items", &owner.token).await.json()["items"][0].clone();
    assert_eq!((item["modality"].as_str(), item["shape"]["ticks"].as_i64()), (Some("time_series"), Some(11)));
    let url = item["media_url"].as_str().unwrap().replace("/media", "/levels");
    let whole = app.get(&url, &owner.token).await;
    assert_eq!((whole.status.as_u16(), &whole.bytes[..8]), (200, b"LWSERIE1".as_slice()));
}

#[tokio::test]
async fn a_document_has_its_words_and_comes_with_its_type() {
    const LETTER: &[u8] = include_bytes!("../../../media/tests/data/letter.pdf");
    let app = TestApp::new().await;
    let workspace = app.workspace("documents").await;
    let owner = app.user("owner", &[(Place::Workspace(workspace), Role::Owner)]).await;
    let folder = app.folder.path().join("documents");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("letter.pdf"), LETTER).unwrap();
    std::fs::write(folder.join("page.html"), "<script>alert(1)</script>").unwrap();
    let problems = bring_in(&app, workspace, &folder, "documents").await;
    assert_eq!(problems, [("page.html".to_owned(), "other_kind".to_owned())]);
    let item = app.get("/api/v1/datasets/1/items", &owner.token).await.json()["items"][0].clone();
    assert_eq!((item["modality"].as_str(), item["shape"]["pages"].as_i64()), (Some("document"), Some(2)));
    let media = item["media_url"].as_str().unwrap();
    let document = app.get(media, &owner.token).await;
    assert_eq!((document.header("content-type"), document.bytes.as_slice()), ("application/pdf", LETTER));
    assert!(document.header("content-security-policy").contains("sandbox"));
    let whole = app.get(&media.replace("/media", "/levels"), &owner.token).await;
    let layer = labelwright_core::document::TextLayer::from_bytes(&whole.bytes).unwrap();
    assert!(layer.text.starts_with("Dear reader, this letter"), "{}", layer.text);
}

#[tokio::test]
async fn a_scan_has_slices_and_nothing_of_the_patient() {
    let app = TestApp::new().await;
    let workspace = app.workspace("scans").await;
    let owner = app.user("owner", &[(Place::Workspace(workspace), Role::Owner)]).await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../media/tests/data/volumes/series");
    assert!(bring_in(&app, workspace, &folder, "auto").await.is_empty());
    let listed = app.get("/api/v1/datasets/1/items", &owner.token).await;
    let item = listed.json()["items"][0].clone();
    assert_eq!((item["modality"].as_str(), item["shape"]["slices"].as_i64()), (Some("volume"), Some(5)));
    let media = item["media_url"].as_str().unwrap();
    let whole = app.get(&media.replace("/media", "/levels"), &owner.token).await;
    assert_eq!((whole.status.as_u16(), &whole.bytes[..8]), (200, b"LWVOLUM1".as_slice()));
    let original = app.get(media, &owner.token).await;
    for bytes in [&listed.bytes, &whole.bytes, &original.bytes] {
        for word in ["lanted", "PLANTED", "19700102"] {
            assert!(!bytes.windows(word.len()).any(|part| part == word.as_bytes()), "{word}");
        }
    }
}

#[tokio::test]
async fn a_video_comes_by_ranges_with_the_times_of_its_frames() {
    let app = TestApp::new().await;
    let workspace = app.workspace("clips").await;
    let owner = app.user("owner", &[(Place::Workspace(workspace), Role::Owner)]).await;
    let folder = app.folder.path().join("clips");
    std::fs::create_dir_all(&folder).unwrap();
    let clip = std::fs::read(format!("{}/../media/tests/data/vp9.webm", env!("CARGO_MANIFEST_DIR"))).unwrap();
    std::fs::write(folder.join("clip.webm"), &clip).unwrap();
    assert!(bring_in(&app, workspace, &folder, "auto").await.is_empty());
    let item = app.get("/api/v1/datasets/1/items", &owner.token).await.json()["items"][0].clone();
    assert_eq!((item["modality"].as_str(), item["shape"]["frames"].as_i64()), (Some("video"), Some(90)));
    let media = item["media_url"].as_str().unwrap();
    let ask = async |headers: &[(&str, &str)]| {
        let mut request = TestApp::request("GET", media, Some(&owner.token));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        app.send(request.body(Body::empty()).unwrap()).await
    };
    let part = ask(&[("range", "bytes=100-199")]).await;
    assert_eq!((part.status.as_u16(), part.bytes.as_slice()), (206, &clip[100..200]));
    assert_eq!(part.header("content-type"), "video/webm");
    // Players ask for the rest of what they have: by the tag of another file they get all of it.
    let (tag, rest) = (part.header("etag"), ("range", "bytes=200-"));
    assert_eq!(ask(&[rest, ("if-range", tag)]).await.status, 206);
    let other = ask(&[rest, ("if-range", "\"another\"")]).await;
    assert_eq!((other.status.as_u16(), other.bytes), (200, clip));
    let table = app.get(&media.replace("/media", "/levels"), &owner.token).await;
    assert_eq!((table.status.as_u16(), &table.bytes[..8]), (200, b"LWVIDEO1".as_slice()));
}
