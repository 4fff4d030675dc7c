//! A look at data before it is imported and at a file before it is exported: what is seen is what comes, and nothing is
//! stored by looking.

use crate::{
    app::{IMAGE_SCHEMA, Person, Place, TestApp},
    dump::{difference, dump},
};
use axum::body::Body;
use labelwright_core::WorkspaceId;
use serde_json::{Value, json};
use std::io::{Cursor, Read, Write};

/// An upright red picture of this size.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let picture = image::RgbImage::from_pixel(width, height, image::Rgb([200, 30, 30]));
    picture.write_to(&mut Cursor::new(&mut bytes), image::ImageFormat::Png).unwrap();
    bytes
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Two pictures with a box each, a picture that is not there, and a category that nothing has.
fn coco() -> Vec<u8> {
    let document = json!({
        "images": [
            {"id": 1, "file_name": "a.png", "width": 60, "height": 40},
            {"id": 2, "file_name": "b.png", "width": 60, "height": 40},
            {"id": 3, "file_name": "gone.png", "width": 60, "height": 40},
        ],
        "annotations": [
            {"id": 1, "image_id": 1, "category_id": 7, "bbox": [5, 5, 20, 10], "area": 200, "iscrowd": 0, "segmentation": []},
            {"id": 2, "image_id": 2, "category_id": 7, "bbox": [1, 1, 8, 8], "area": 64, "iscrowd": 0,
             "segmentation": [[1, 1, 9, 1, 9, 9]], "attributes": {"Colour": "red"}},
            {"id": 3, "image_id": 2, "category_id": 99, "bbox": [1, 1, 8, 8], "area": 64, "iscrowd": 0, "segmentation": []},
        ],
        "categories": [{"id": 7, "name": "Big Car"}, {"id": 4, "name": "never"}],
    });
    let picture = png(60, 40);
    let document = document.to_string();
    zip(&[("instances.json", document.as_bytes()), ("images/a.png", &picture), ("images/b.png", &picture)])
}

async fn upload(app: &TestApp, owner: &Person, workspace: WorkspaceId, name: &str, bytes: Vec<u8>) -> i64 {
    let start = json!({"name": name, "bytes": bytes.len()});
    let path = format!("/api/v1/workspaces/{workspace}/uploads");
    let id = app.call("POST", &path, &owner.token, start).await.json()["id"].as_i64().unwrap();
    let sent = TestApp::request("PATCH", &format!("/api/v1/uploads/{id}"), Some(&owner.token));
    let reply = app.send(sent.header("upload-offset", "0").body(Body::from(bytes)).unwrap()).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    id
}

#[tokio::test]
async fn what_a_look_shows_is_what_an_import_brings() {
    let app = TestApp::new().await;
    let texts = app.texts(&["one"], 1).await;
    let (owner, workspace) = (&texts.owner, texts.workspace);
    let id = upload(&app, owner, workspace, "street.zip", coco()).await;
    let before = dump(app.workflow.store()).await;
    let path = format!("/api/v1/workspaces/{workspace}/imports/preview");
    let reply = app.call("POST", &path, &owner.token, json!({"uploads": [id]})).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert!(difference(&before, &dump(app.workflow.store()).await).is_empty(), "a look stores nothing");
    let look = reply.json();
    assert_eq!((look["format"].as_str(), look["complete"].as_bool()), (Some("coco"), Some(true)));
    assert!(look["confidence"].as_f64().unwrap() > 0.8);
    let keys: Vec<&str> = look["items"].as_array().unwrap().iter().map(|item| item["key"].as_str().unwrap()).collect();
    assert_eq!(keys, ["a.png", "b.png"]);
    let first = &look["items"][0];
    assert_eq!(first["size"], json!([60, 40]));
    assert!(first["picture"].as_str().unwrap().starts_with("data:image/jpeg;base64,"));
    assert_eq!(first["answer"]["regions"][0]["class"], "big_car");
    let problems: Vec<(&str, &str)> = look["problems"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["place"].as_str().unwrap(), one["code"].as_str().unwrap()))
        .collect();
    assert_eq!(
        problems,
        [("instances.json: annotations[2]", "unknown_category"), ("instances.json: images[2]", "missing_file")]
    );
    assert_eq!(look["schema_problems"], json!([]));
    let classes: Vec<(&str, &str)> = look["schema"]["classes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|class| (class["id"].as_str().unwrap(), class["title"].as_str().unwrap()))
        .collect();
    assert_eq!(classes, [("big_car", "Big Car"), ("never", "never")]);
    assert_eq!(look["schema"]["name"], "street");
    assert_eq!(look["schema"]["classes"][0]["attributes"][0]["id"], "colour");

    // The schema of the look is published as it is, and the import brings what was seen.
    let schemas = format!("/api/v1/workspaces/{workspace}/schemas");
    let published = app.call("POST", &schemas, &owner.token, json!({"document": look["schema"]})).await;
    assert_eq!(published.status, 200, "{}", published.text());
    let project = json!({"name": "street", "schema_version_id": published.json()["schema_version_id"]});
    let projects = format!("/api/v1/workspaces/{workspace}/projects");
    let project = app.call("POST", &projects, &owner.token, project).await.json()["id"].as_i64().unwrap();
    let datasets = format!("/api/v1/workspaces/{workspace}/datasets");
    let dataset = app.call("POST", &datasets, &owner.token, json!({"name": "s"})).await.json()["id"].as_i64().unwrap();
    let import = json!({"uploads": [id], "project_id": project});
    let job = app.call("POST", &format!("/api/v1/datasets/{dataset}/imports"), &owner.token, import).await;
    app.workflow.run_all_jobs().await.unwrap();
    let job = app.get(&format!("/api/v1/jobs/{}", job.json()["id"]), &owner.token).await.json();
    assert_eq!((&job["result"]["added"], &job["result"]["refused"]), (&json!(2), &json!(2)), "{job}");
    let next = app.call("POST", &format!("/api/v1/projects/{project}/next"), &owner.token, json!({"count": 2})).await;
    let shown = next.text();
    assert!(shown.contains("big_car") && shown.contains("colour"), "the answers are pre-labels: {shown}");
}

#[tokio::test]
async fn looks_at_what_cannot_be_read_say_why() {
    let app = TestApp::new().await;
    let texts = app.texts(&["one"], 1).await;
    let (owner, workspace) = (&texts.owner, texts.workspace);
    let path = format!("/api/v1/workspaces/{workspace}/imports/preview");
    let look = |uploads: Vec<i64>, format: &'static str| {
        let (app, path, token) = (&app, path.clone(), owner.token.clone());
        async move { app.call("POST", &path, &token, json!({"uploads": uploads, "format": format})).await }
    };
    let odd = upload(&app, owner, workspace, "odd.bin", vec![0, 1, 2]).await;
    assert_eq!(look(vec![odd], "auto").await.complaint(), ("/format".into(), "unknown_format".into()));
    assert_eq!(look(vec![odd], "nothing").await.complaint(), ("/format".into(), "unknown_format".into()));
    let broken = upload(&app, owner, workspace, "broken.zip", b"PK\x03\x04 no".to_vec()).await;
    assert_eq!(look(vec![broken], "auto").await.complaint(), ("/uploads".into(), "unreadable".into()));
    let cut = upload(&app, owner, workspace, "cut.json", b"{\"images\":[{\"id\":1".to_vec()).await;
    let seen = look(vec![cut], "coco").await.json();
    assert_eq!((seen["problem_count"].as_i64(), seen["items"].as_array().unwrap().len()), (Some(1), 0), "{seen}");
    assert!(seen["problems"][0]["place"].as_str().unwrap().starts_with("cut.json: byte"));
    assert_eq!(look(vec![987], "auto").await.status, 404);
    let start = json!({"name": "late.txt", "bytes": 9});
    let late = app.call("POST", &format!("/api/v1/workspaces/{workspace}/uploads"), &owner.token, start).await;
    let late = look(vec![late.json()["id"].as_i64().unwrap()], "auto").await;
    assert_eq!(late.complaint(), ("/uploads/0".into(), "incomplete".into()));
}

#[tokio::test]
async fn options_of_formats_are_listed_and_obeyed() {
    let app = TestApp::new().await;
    let workspace = app.workspace("pictures").await;
    let owner = app.user("owner", &[(Place::Workspace(workspace), labelwright_core::Role::Owner)]).await;
    let formats = app.get("/api/v1/formats", &owner.token).await.json();
    let listed = |id: &str| formats.as_array().unwrap().iter().find(|one| one["id"] == id).unwrap()["options"].clone();
    assert_eq!(listed("voc")[0]["key"], "corners");
    assert!(listed("voc")[0]["values"].as_array().unwrap().contains(&json!("classic")));
    assert_eq!(listed("kitti"), json!([]));

    // One corner of two lies elsewhere when it is counted from 1.
    let voc = "<annotation><filename>a.png</filename><size><width>60</width><height>40</height></size><object><name>c</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>10</xmax><ymax>10</ymax></bndbox></object></annotation>";
    let id = upload(
        &app,
        &owner,
        workspace,
        "voc.zip",
        zip(&[("Annotations/a.xml", voc.as_bytes()), ("JPEGImages/a.png", &png(60, 40))]),
    )
    .await;
    let path = format!("/api/v1/workspaces/{workspace}/imports/preview");
    for (corners, left) in [("classic", 0.0), ("zero-based", 1.0)] {
        let body = json!({"uploads": [id], "options": {"corners": corners}});
        let look = app.call("POST", &path, &owner.token, body).await.json();
        assert_eq!(look["items"][0]["answer"]["regions"][0]["geometry"]["x"].as_f64(), Some(left), "{corners}: {look}");
    }
    for (format, options) in [("auto", json!({"corner": "classic"})), ("voc", json!({"corners": "round"}))] {
        let body = json!({"uploads": [id], "format": format, "options": options});
        let reply = app.call("POST", &path, &owner.token, body).await;
        assert_eq!(reply.complaint(), ("/options".into(), "unknown_option".into()), "{format}");
    }

    let (project, snapshot) = labeled_picture(&app, &owner, workspace).await;
    let path = format!("/api/v1/snapshots/{snapshot}/exports");
    let wanted = |corners: &str| json!({"format": "voc", "answers": "all", "options": {"corners": corners}});
    let mut starts = Vec::new();
    for corners in ["classic", "zero-based"] {
        starts.push(
            app.call("POST", &format!("{path}/preview"), &owner.token, wanted(corners)).await.json()["start"].clone(),
        );
        assert_eq!(app.call("POST", &path, &owner.token, wanted(corners)).await.status, 200);
    }
    assert_ne!(starts[0], starts[1]);
    app.workflow.run_all_jobs().await.unwrap();
    let exports = app.get(&format!("/api/v1/projects/{project}/exports"), &owner.token).await.json();
    assert_eq!(exports[1]["options"]["options"], json!({"corners": "classic"}));
    for place in [path.clone(), format!("{path}/preview")] {
        let reply = app.call("POST", &place, &owner.token, wanted("round")).await;
        assert_eq!(reply.complaint(), ("/options".into(), "unknown_option".into()), "{place}");
    }
}

#[tokio::test]
async fn a_look_tells_data_that_is_gone_wherever_the_format_puts_it() {
    let app = TestApp::new().await;
    let workspace = app.workspace("pictures").await;
    let owner = app.user("owner", &[(Place::Workspace(workspace), labelwright_core::Role::Owner)]).await;
    let (project, snapshot) = labeled_picture(&app, &owner, workspace).await;
    // The blob of the large picture is gone, whatever took it.
    let large = std::fs::read(app.folder.path().join("pictures/d/large.png")).unwrap();
    app.workflow.blobs().delete(&labelwright_store::blobs::Blobs::hash(&large)).await.unwrap();
    let path = format!("/api/v1/snapshots/{snapshot}/exports");
    // Beside the labels, and inside of a shard, of a record file, of a table.
    for format in ["coco", "webdataset", "tfrecord", "hugging-face"] {
        let wanted = |media: &str| json!({"format": format, "answers": "all", "media": media});
        let look = app.call("POST", &format!("{path}/preview"), &owner.token, wanted("copy")).await.json();
        let gone = |losses: &Value| -> Vec<Value> {
            losses.as_array().unwrap().iter().filter(|loss| loss["code"] == "no_data").cloned().collect()
        };
        let told = gone(&look["losses"]);
        assert_eq!(
            (told.len(), &told[0]["count"], &told[0]["places"]),
            (1, &json!(1), &json!(["d/large.png"])),
            "{format}"
        );
        assert_eq!(app.call("POST", &path, &owner.token, wanted("copy")).await.status, 200);
        app.workflow.run_all_jobs().await.unwrap();
        let exports = app.get(&format!("/api/v1/projects/{project}/exports"), &owner.token).await.json();
        assert_eq!(exports[0]["loss"]["losses"], look["losses"], "{format}: what was told is what came");
        let look = app.call("POST", &format!("{path}/preview"), &owner.token, wanted("none")).await.json();
        assert_eq!(gone(&look["losses"]), Vec::<Value>::new(), "{format}: without data nothing is missed");
    }
}

/// A project of one picture that was labeled, and its snapshot.
async fn labeled_picture(app: &TestApp, owner: &Person, workspace: WorkspaceId) -> (i64, i64) {
    let version = app.schema(owner, workspace, IMAGE_SCHEMA).await;
    let folder = app.folder.path().join("pictures");
    std::fs::create_dir_all(folder.join("d")).unwrap();
    // One lies in its row, the other one in a blob.
    std::fs::write(folder.join("d/small.png"), png(60, 40)).unwrap();
    let mut noise = image::RgbImage::new(200, 150);
    let mut state = 1_u32;
    for pixel in noise.pixels_mut() {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *pixel = image::Rgb(state.to_be_bytes()[..3].try_into().unwrap());
    }
    noise.save(folder.join("d/large.png")).unwrap();
    let dataset = app.import(owner, workspace, "pictures", &folder).await;
    let project = app.project(owner, workspace, "cars", vec![dataset], version, 1).await;
    for _ in 0..2 {
        let (task, epoch, _) = app.next(project, &owner.token).await;
        let ring = json!([[1, 1], [9, 1], [9, 9]]);
        let region = json!({"id": "r", "class": "car", "geometry": {"type": "polygon", "parts": [{"outer": ring}]}});
        let answer = json!({"fields": {}, "regions": [region], "relations": []});
        let body = json!({"epoch": epoch, "parent": null, "answer": answer});
        let stored = app.submit(task, &owner.token, &format!("k{task}"), body).await;
        assert_eq!(stored.status, 200, "{}", stored.text());
    }
    let snapshots = format!("/api/v1/projects/{project}/snapshots");
    app.call("POST", &snapshots, &owner.token, json!({"name": "one"})).await;
    app.workflow.run_all_jobs().await.unwrap();
    let snapshot = app.get(&snapshots, &owner.token).await.json()[0]["id"].as_i64().unwrap();
    (project.0, snapshot)
}

#[tokio::test]
async fn the_loss_is_told_before_the_export_and_the_data_comes_along() {
    let app = TestApp::new().await;
    let workspace = app.workspace("pictures").await;
    let owner = app.user("owner", &[(Place::Workspace(workspace), labelwright_core::Role::Owner)]).await;
    let (project, snapshot) = labeled_picture(&app, &owner, workspace).await;
    let before = dump(app.workflow.store()).await;
    let path = format!("/api/v1/snapshots/{snapshot}/exports");
    let wanted = json!({"format": "yolo", "answers": "all", "media": "copy"});
    let look = app.call("POST", &format!("{path}/preview"), &owner.token, &wanted).await;
    assert_eq!(look.status, 200, "{}", look.text());
    assert!(difference(&before, &dump(app.workflow.store()).await).is_empty(), "a look stores nothing");
    let look = look.json();
    assert_eq!((look["items"].as_i64(), look["complete"].as_bool()), (Some(2), Some(true)));
    assert_eq!((&look["losses"][0]["code"], &look["losses"][0]["count"]), (&json!("polygon"), &json!(2)));
    let names: Vec<&str> =
        look["files"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["labels/default/d/large.txt", "labels/default/d/small.txt", "data.yaml"]);
    assert!(look["start"].as_str().unwrap().starts_with("0 0.0"), "{look}");
    let unknown = app.call("POST", &format!("{path}/preview"), &owner.token, json!({"format": "x"})).await;
    assert_eq!(unknown.complaint(), ("/format".into(), "unknown_format".into()));

    for (format, media) in [("yolo", "copy"), ("coco", "copy"), ("coco", "none")] {
        let body = json!({"format": format, "answers": "all", "media": media});
        assert_eq!(app.call("POST", &path, &owner.token, body).await.status, 200);
        app.workflow.run_all_jobs().await.unwrap();
        let exports = app.get(&format!("/api/v1/projects/{project}/exports"), &owner.token).await.json();
        if format == "yolo" {
            assert_eq!(exports[0]["loss"]["losses"], look["losses"], "what was told is what came");
        }
        let file = app.get(exports[0]["file_url"].as_str().unwrap(), &owner.token).await;
        let ending = if media == "copy" { ".zip\"" } else { ".json\"" };
        assert!(file.header("content-disposition").ends_with(ending), "{}", file.header("content-disposition"));
        if media == "none" {
            assert!(serde_json::from_slice::<Value>(&file.bytes).is_ok());
            continue;
        }
        let mut archive = zip::ZipArchive::new(Cursor::new(file.bytes)).unwrap();
        let folder = if format == "yolo" { "images/default" } else { "images" };
        for name in ["d/small.png", "d/large.png"] {
            let mut data = Vec::new();
            archive.by_name(&format!("{folder}/{name}")).unwrap().read_to_end(&mut data).unwrap();
            assert_eq!(data, std::fs::read(app.folder.path().join("pictures").join(name)).unwrap(), "{format}");
        }
    }

    // A format that holds the data in its own files gets it too.
    let body = json!({"format": "webdataset", "answers": "all", "media": "copy"});
    assert_eq!(app.call("POST", &path, &owner.token, body).await.status, 200);
    app.workflow.run_all_jobs().await.unwrap();
    let exports = app.get(&format!("/api/v1/projects/{project}/exports"), &owner.token).await.json();
    let file = app.get(exports[0]["file_url"].as_str().unwrap(), &owner.token).await;
    let mut archive = zip::ZipArchive::new(Cursor::new(file.bytes)).unwrap();
    let mut shard = Vec::new();
    archive.by_index(0).unwrap().read_to_end(&mut shard).unwrap();
    let picture = std::fs::read(app.folder.path().join("pictures/d/small.png")).unwrap();
    assert!(shard.windows(picture.len()).any(|part| part == picture));
}
