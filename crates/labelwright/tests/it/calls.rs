//! Calls for contributions from the command line, with a contributor at the server.

use crate::program::Place;
use labelwright_testkit::{
    TestPostgres,
    http::{Client, Request},
};
use serde_json::Value;
use std::time::Duration;

const CALL: &str = "title = \"Animals\"\nkinds = [\"text\"]\nlicence = \"CC0-1.0\"\n\
    [[categories]]\nid = \"cat\"\ntitle = \"Cat\"\nmost = 200\n";
const TEXTS: [&str; 3] = [
    "A small grey cat sat on the wall of the old garden and looked at the birds",
    "Two black cats slept under the stairs until somebody came home late",
    "The neighbour's cat catches moths at night, and lets them go in our kitchen",
];

/// What a line of JSON says, of each line.
fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

async fn give(address: &str, token: &str) {
    let mut client = Client::new(address, Duration::from_secs(30));
    let consent = format!("/api/v1/give/{token}/consent");
    let body = r#"{"terms_version":1,"participant":"p-7"}"#.to_owned();
    let agreed = client.send(&Request::new("POST", &consent).json(body)).await.unwrap();
    let secret = agreed.json()["contributor"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/give/{token}/contributions?kind=text&category=cat");
    for (number, text) in TEXTS.iter().enumerate() {
        let mut request = Request::new("POST", &path).header("contributor", &secret);
        request = request.header("idempotency-key", &format!("key-{number:05}"));
        request = request.header("content-type", "application/octet-stream");
        request.body = (*text).to_owned();
        assert_eq!(client.send(&request).await.unwrap().status, 200);
    }
}

#[tokio::test]
async fn a_call_is_made_moderated_and_withdrawn_from_the_command_line() {
    let mut places = vec![Place::new(None)];
    places.extend(TestPostgres::database().await.map(|url| Place::new(Some(url))));
    for place in places {
        let (_server, said) = place.serve("demo", &["--items", "16"]);
        let address = said.split("http://").nth(1).unwrap().split_whitespace().next().unwrap();
        let (call, terms) = (place.write("call.toml", CALL), place.write("terms.txt", "I made it myself.\n"));
        let (call, terms) = (call.to_str().unwrap(), terms.to_str().unwrap());
        let run = |words: &[&str]| lines(&place.good(&[&["call", "--project", "4", "--json"], words].concat()));

        let base = format!("http://{address}/");
        let made = run(&["--public-url", &base, "create", call, "--terms", terms, "--dataset", "Given"]).remove(0);
        let token = made["token"].as_str().unwrap();
        assert_eq!(made["link"], format!("http://{address}/give/{token}"));
        give(address, token).await;
        let listed = run(&["list"]).remove(0);
        assert_eq!((&listed["counts"]["waiting"], &listed["settings"]["title"]), (&3.into(), &"Animals".into()));

        // Given at once one after the other: the second and the third are looked at by a person.
        let waiting = run(&["contributions", "1", "--flagged", "false"]);
        assert_eq!((waiting.len(), waiting[0]["text"].as_str().unwrap()), (1, TEXTS[0]));
        let file = place.path("second.txt");
        place.good(&["call", "--project", "4", "save", "1", "2", "--output", file.to_str().unwrap()]);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), TEXTS[1]);
        assert_eq!(run(&["accept", "1", "--without-flags"])[0]["changed"], 1);
        assert_eq!(run(&["accept", "1", "2"])[0]["changed"], 1);
        assert_eq!(run(&["reject", "1", "3", "--reason", "moths"])[0]["changed"], 1);
        assert_eq!(run(&["contributions", "1", "--state", "rejected"])[0]["reason"], "moths");
        assert_eq!(run(&["wait", "1", "3"])[0]["changed"], 1);
        let who = run(&["contributors", "1"]).remove(0);
        assert_eq!((&who["participant"], &who["given"], &who["accepted"]), (&"p-7".into(), &3.into(), &2.into()));

        // What was accepted is an item with where it comes from, and goes with its contributor.
        let out = place.path("out.jsonl");
        let export = || {
            place.good(&["export", "--project", "4", "--format", "native", "--output", out.to_str().unwrap()]);
            std::fs::read_to_string(&out).unwrap()
        };
        let items = export();
        let item = items.lines().find(|line| line.contains(TEXTS[0])).unwrap();
        assert!(item.contains("contribution") && item.contains("CC0-1.0"), "{item}");
        assert_eq!(run(&["withdraw", "1", "--contributor", "1"])[0]["withdrawn"], 3);
        assert!(TEXTS.iter().all(|text| !export().contains(text)));
        assert!(place.good(&["doctor"]).contains(" 0 findings"));
    }
}

#[test]
fn what_is_wrong_with_a_call_is_told_with_its_place() {
    let place = Place::new(None);
    drop(place.serve("demo", &["--items", "16"]));
    let terms = place.write("terms.txt", "I made it myself.");
    let refused = |project: &str, settings: &str, more: &[&str]| {
        let file = place.write("call.toml", settings);
        let words = ["create", file.to_str().unwrap(), "--terms", terms.to_str().unwrap()];
        let ended = place.run(&[&["call", "--project", project], words.as_slice(), more].concat());
        assert!(!ended.good, "{}", ended.out);
        ended.err
    };
    assert!(refused("4", &CALL.replace("kinds", "kind"), &[]).contains("unknown field `kind`"));
    let both = refused("4", &CALL.replace("\"text\"", "").replace("\"Cat\"", "\"\""), &[]);
    assert!(both.contains("call.toml: kinds: say what may be given"), "{both}");
    assert!(both.contains("call.toml: categories.0.title: this is needed"), "{both}");
    assert!(refused("999", CALL, &[]).contains("the project was not found"));
    assert!(refused("4", CALL, &["--as", "nobody@example.org"]).contains("--as nobody@example.org"));
    let labeler = refused("4", CALL, &["--as", "bruno@labelwright.local"]);
    assert!(labeler.contains("your role does not allow this"), "{labeler}");
    assert!(place.good(&["call", "--project", "4", "list"]).is_empty());
}
