//! Uploads in chunks: they go on where they stopped, and only there.

use crate::app::{Person, Reply, TestApp};
use axum::body::Body;
use labelwright_workflow::ingest::CHUNK_BYTES;
use serde_json::json;

async fn send(app: &TestApp, owner: &Person, id: i64, offset: &str, bytes: Vec<u8>) -> Reply {
    let path = format!("/api/v1/uploads/{id}");
    let request = TestApp::request("PATCH", &path, Some(&owner.token)).header("upload-offset", offset);
    app.send(request.body(Body::from(bytes)).unwrap()).await
}

#[tokio::test]
async fn an_upload_goes_on_where_it_stopped_and_becomes_items() {
    let app = TestApp::new().await;
    let texts = app.texts(&["one"], 1).await;
    let (owner, workspace) = (&texts.owner, texts.workspace);
    let path = format!("/api/v1/workspaces/{workspace}/uploads");
    for name in ["../x.txt", "/etc/passwd", "a\\b.txt", "c:x", "a\u{0}b", ""] {
        let reply = app.call("POST", &path, &owner.token, json!({"name": name, "bytes": 3})).await;
        assert_eq!((reply.status.as_u16(), reply.complaint().1.as_str()), (422, "bad_name"), "{name:?}");
    }
    let content = "second text";
    let body = json!({"name": "new.txt", "bytes": content.len()});
    let id = app.call("POST", &path, &owner.token, body).await.json()["id"].as_i64().unwrap();
    assert_eq!(send(&app, owner, id, "0", content.as_bytes()[..4].to_vec()).await.json()["received"], 4);
    let wrong = send(&app, owner, id, "0", b"again".to_vec()).await;
    assert_eq!((wrong.status.as_u16(), wrong.json()["code"].as_str().unwrap_or("")), (409, "wrong_offset"));
    assert_eq!(send(&app, owner, id, "9", b"x".to_vec()).await.status, 409);
    assert_eq!(send(&app, owner, id, "-1", b"x".to_vec()).await.status, 409);
    assert_eq!(send(&app, owner, id, "four", b"x".to_vec()).await.complaint().0, "/headers/Upload-Offset");
    let long = send(&app, owner, id, "4", vec![b'x'; 50]).await;
    assert_eq!((long.status.as_u16(), long.complaint().1.as_str()), (422, "too_large"));
    let import = "/api/v1/datasets/1/imports".to_owned();
    let early = app.call("POST", &import, &owner.token, json!({"uploads": [id]})).await;
    assert_eq!((early.status.as_u16(), early.complaint().1.as_str()), (422, "incomplete"));
    let place = format!("/api/v1/uploads/{id}");
    assert_eq!(app.get(&place, &owner.token).await.json()["received"], 4, "a sender that was away asks");
    assert_eq!(send(&app, owner, id, "4", content.as_bytes()[4..].to_vec()).await.status, 200);
    let done = app.call("POST", &import, &owner.token, json!({"uploads": [id], "format": "text"})).await;
    assert_eq!(done.status, 200, "{}", done.text());
    app.workflow.run_all_jobs().await.unwrap();
    let items = app.get("/api/v1/datasets/1/items", &owner.token).await.json();
    assert_eq!(items["items"].as_array().unwrap().len(), 2, "{items}");
    assert_eq!(app.get(&place, &owner.token).await.status, 404, "the upload is used up");
}

#[tokio::test]
async fn a_chunk_is_taken_at_the_limit_and_not_beyond() {
    let app = TestApp::new().await;
    let texts = app.texts(&["one"], 1).await;
    let path = format!("/api/v1/workspaces/{}/uploads", texts.workspace);
    let body = json!({"name": "big.bin", "bytes": 3 * CHUNK_BYTES});
    let id = app.call("POST", &path, &texts.owner.token, body).await.json()["id"].as_i64().unwrap();
    let full = send(&app, &texts.owner, id, "0", vec![0; CHUNK_BYTES]).await;
    assert_eq!(full.status, 200, "{}", full.text());
    let more = send(&app, &texts.owner, id, &CHUNK_BYTES.to_string(), vec![0; CHUNK_BYTES + 1]).await;
    assert_eq!((more.status.as_u16(), more.complaint().1.as_str()), (422, "too_large"));
    let huge = send(&app, &texts.owner, id, &CHUNK_BYTES.to_string(), vec![0; CHUNK_BYTES + 4096]).await;
    assert_eq!(huge.status, 413);
}

#[tokio::test]
async fn two_senders_at_one_place_do_not_mix_their_bytes() {
    let app = TestApp::new().await;
    let texts = app.texts(&["one"], 1).await;
    let path = format!("/api/v1/workspaces/{}/uploads", texts.workspace);
    for round in 0..20 {
        let body = json!({"name": format!("{round}.txt"), "bytes": 4096});
        let id = app.call("POST", &path, &texts.owner.token, body).await.json()["id"].as_i64().unwrap();
        let both = [b'a', b'b'].map(|letter| send(&app, &texts.owner, id, "0", vec![letter; 4096]));
        let replies = futures::future::join_all(both).await;
        let taken: Vec<usize> = (0..2).filter(|at| replies[*at].status == 200).collect();
        assert_eq!(taken.len(), 1, "one of them is told to look where it stands");
        let import = json!({"uploads": [id], "format": "text"});
        assert_eq!(app.call("POST", "/api/v1/datasets/1/imports", &texts.owner.token, import).await.status, 200);
        app.workflow.run_all_jobs().await.unwrap();
        let items = app.get("/api/v1/datasets/1/items", &texts.owner.token).await.json();
        let item = items["items"].as_array().unwrap().last().unwrap()["id"].as_i64().unwrap();
        let stored = app.get(&format!("/api/v1/items/{item}/media"), &texts.owner.token).await;
        assert_eq!(stored.text(), ["a", "b"][taken[0]].repeat(4096));
    }
}
