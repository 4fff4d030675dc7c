//! `labelwright collect` by the binary against a site on loopback: what it writes is read back, and what stands in its way
//! is told.

use super::home::Home;
use labelwright_testkit::site::{Reply, Site};
use serde_json::Value;
use std::{fs, io::Read};

fn page(words: &str, links: &str) -> Reply {
    Reply::html(format!(
        "<html lang=en><title>{words}</title><main><p>{words}, said at such a length that it is worth being kept and read by \
         somebody who has the time for it, on a long evening.</p>{links}</main>"
    ))
}

async fn site() -> Site {
    Site::start(|request| match request.path.as_str() {
        "/robots.txt" => Reply::of(200, "text/plain", "User-agent: *\nDisallow: /private"),
        "/" => page("The first page, about the weather", "<a href=/a>a</a><a href=/private>b</a>"),
        "/a" => page(
            "Another page with a licence and with a table of numbers",
            "<a rel=license href=https://creativecommons.org/publicdomain/zero/1.0/>0</a>\
            <table><tr><th>x<th>y</tr><tr><td>1<td>2</tr></table>",
        )
        .with("etag", "\"a\""),
        "/shop" => Reply::html("<li data-id=1><b>Chair</b><i>9.50</i></li><li data-id=2><b>Table</b></li>"),
        _ => Reply::missing(),
    })
    .await
    .unwrap()
}

fn items(home: &Home, name: &str) -> Vec<Value> {
    let text = fs::read_to_string(home.path(name).join("labelwright.jsonl")).unwrap();
    text.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The program runs on a thread of its own, so that the site can answer.
async fn run(home: &std::sync::Arc<Home>, words: &[&str]) -> (bool, String, String) {
    let (home, words) = (std::sync::Arc::clone(home), words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
    let output = tokio::task::spawn_blocking(move || home.run(&words.iter().map(String::as_str).collect::<Vec<_>>()));
    let output = output.await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

const LOCAL: [&str; 2] = ["--allow-networks", "127.0.0.1"];

#[tokio::test]
async fn a_site_is_collected_archived_read_and_asked_only_for_what_is_new() {
    let (site, home) = (site().await, std::sync::Arc::new(Home::new()));
    let url = site.url("/");
    let first = ["collect", "web", &url, "--output", "site", "--rate", "0", "--warc", "site.warc.gz", "--json"];
    let (good, out, err) = run(&home, &[&first[..], &LOCAL].concat()).await;
    assert!(good, "{err}");
    let report: Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&report["kept"], &report["passed_over"]["disallowed"]), (&2.into(), &1.into()));
    let found = items(&home, "site");
    let a = found.iter().find(|item| item["key"] == site.url("/a").as_str()).unwrap();
    assert_eq!(a["metadata"]["language"], "eng");
    assert_eq!(a["metadata"]["tables"][0]["rows"][0][1], "2");
    let origin = &a["metadata"]["provenance"];
    assert_eq!((&origin["robots"], &origin["depth"]), (&"allowed".into(), &1.into()));
    assert_eq!(origin["licence"], "https://creativecommons.org/publicdomain/zero/1.0/");
    let mut archive = String::new();
    let packed = fs::File::open(home.path("site.warc.gz")).unwrap();
    flate2::read::MultiGzDecoder::new(packed).read_to_string(&mut archive).unwrap();
    assert_eq!(archive.matches("WARC-Type: response").count(), site.log().len());
    // Run again it has nothing left to do.
    let before = site.paths().iter().filter(|path| *path == "/a").count();
    let (good, _, err) = run(&home, &[&first[..], &LOCAL].concat()).await;
    assert!(good && items(&home, "site").len() == 2, "{err}");
    assert_eq!(site.paths().iter().filter(|path| *path == "/a").count(), before);
    // A later collection leaves out what has not changed. The site answers as if it had, so that it is asked only.
    let since = ["collect", "web", &url, "--output", "later", "--rate", "0", "--since", "site"];
    assert!(run(&home, &[&since[..], &LOCAL].concat()).await.0);
    let asked = site.log().into_iter().rev().find(|request| request.path == "/a").unwrap();
    assert_eq!(asked.header("if-none-match"), Some("\"a\""));
    assert!(home.ok(&["inspect", "site"]).contains("2 items (2 without labels"));
    home.ok(&["convert", "--from", "native", "--to", "native", "site", "copy"]);
    assert_eq!(items(&home, "copy").len(), 2);
    // A folder that holds other things is left alone.
    home.write("mine/file.txt", b"mine");
    let (good, _, err) = run(&home, &["collect", "web", &url, "--output", "mine"]).await;
    assert!(!good && err.contains("holds no collection"), "{err}");
}

#[tokio::test]
async fn records_come_by_a_recipe() {
    let (site, home) = (site().await, std::sync::Arc::new(Home::new()));
    home.write(
        "shop.toml",
        b"each = 'li'\nkey = 'id'\ncontent = 'name'\n[fields]\nid = '@data-id'\nname = 'b'\nprice = 'i'\n",
    );
    let url = site.url("/shop");
    let words = ["collect", "web", &url, "--output", "shop", "--rate", "0", "--recipe", "shop.toml"];
    let (good, _, err) = run(&home, &[&words[..], &LOCAL].concat()).await;
    assert!(good, "{err}");
    let found = items(&home, "shop");
    assert_eq!(
        (&found[0]["key"], &found[0]["text"], &found[0]["metadata"]["price"]),
        (&"1".into(), &"Chair".into(), &"9.50".into())
    );
    assert_eq!(found.len(), 2);
    home.write("bad.toml", b"each = '!!'\n[fields]\na = 'b'\n");
    let (good, _, err) = run(&home, &["collect", "web", &url, "--output", "bad", "--recipe", "bad.toml"]).await;
    assert!(!good && err.contains("recipe: each"), "{err}");
}

#[tokio::test]
async fn private_networks_need_leave() {
    let (site, home) = (site().await, std::sync::Arc::new(Home::new()));
    let url = site.url("/");
    let (good, out, _) = run(&home, &["collect", "web", &url, "--output", "site", "--json"]).await;
    let report: Value = serde_json::from_str(&out).unwrap();
    assert!(good && report["kept"] == 0 && report["passed_over"]["robots_unreachable"] == 1, "{out}");
    let (good, _, err) = run(&home, &["collect", "http", &url, "--output", "file"]).await;
    assert!(!good && err.contains("private network"), "{err}");
    assert!(site.log().is_empty());
}
