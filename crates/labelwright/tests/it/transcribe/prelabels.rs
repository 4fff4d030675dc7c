//! What was heard waits for whoever labels the recording.

use super::{heard, sound};
use crate::program::Place;
use labelwright_testkit::{
    http::{Client, Request},
    site::Site,
};
use serde_json::{Value, json};
use std::{fs, time::Duration};

/// The demo's project of recordings, and one of the classes of its schema.
const PROJECT: &str = "5";
const CLASS: &str = "speaker_2";

// The site answers while this thread waits for the program.
#[tokio::test(flavor = "multi_thread")]
async fn segments_are_prelabels_of_a_project() {
    let (site, place) = (Site::start(|_| heard()).await.unwrap(), Place::new(None));
    let demo = ["--items", "16"];
    drop(place.serve("demo", &demo));
    fs::create_dir(place.path("talks")).unwrap();
    fs::write(place.path("talks/talk.wav"), sound(8_000)).unwrap();
    let (folder, url) = (place.path("talks"), site.url("/v1"));
    let folder = folder.to_str().unwrap();
    place.good(&["transcribe", folder, "--endpoint", &url, "--allow-networks", "127.0.0.1", "--class", CLASS]);
    place.good(&["import", folder, "--dataset", "Talks", "--format", "webvtt", "--project", PROJECT]);
    let token = place.good(&["token", "create", "demo@labelwright.local", "--name", "test"]);
    let (server, said) = place.serve("demo", &demo);
    let address = said.split("http://").nth(1).unwrap().split_whitespace().next().unwrap();
    let mut client = Client::new(address, Duration::from_secs(60));
    let path = format!("/api/v1/projects/{PROJECT}/next");
    let next = Request::new("POST", &path).bearer(token.trim()).json(json!({ "count": 10 }).to_string());
    let answer = client.send(&next).await.unwrap().json();
    let all = answer["assignments"].as_array().unwrap_or_else(|| panic!("{answer}"));
    let talk =
        all.iter().find(|assignment| assignment["item"]["key"] == "talk.wav").unwrap_or_else(|| panic!("{answer}"));
    let regions: Vec<(&Value, &Value)> = talk["prelabels"][0]["answer"]["regions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|region| (&region["class"], &region["attributes"]["text"]))
        .collect();
    let class = json!(CLASS);
    assert_eq!(regions, [(&class, &json!("Guten Tag & <b>.")), (&class, &json!("How are you?"))]);
    drop(server);
    assert!(place.good(&["doctor"]).contains(" 0 findings"));
}
