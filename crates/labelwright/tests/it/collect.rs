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

/// Keys of the items of a dataset, and where each says that it comes from.
async fn brought(home: &std::sync::Arc<Home>, dataset: &str) -> Vec<(String, Value)> {
    let query = format!(
        "SELECT items.key, items.metadata FROM items JOIN datasets ON datasets.id = items.dataset_id \
         WHERE datasets.name = '{dataset}' ORDER BY items.key"
    );
    let to = format!("rows-{}", fs::read_dir(home.path(".")).unwrap().count());
    let words = ["collect", "db", "sqlite:data/labelwright.sqlite", "--query", &query, "--output", &to];
    let (good, _, err) = run(home, &words).await;
    assert!(good, "{err}");
    let text = fs::read_to_string(home.path(&to).join("rows.jsonl")).unwrap();
    let row = |line: &str| {
        let row: Value = serde_json::from_str(line).unwrap();
        let metadata: Value = serde_json::from_str(row["metadata"].as_str().unwrap()).unwrap();
        (row["key"].as_str().unwrap().to_owned(), metadata["provenance"].clone())
    };
    text.lines().map(row).collect()
}

#[tokio::test]
async fn what_is_collected_comes_into_a_dataset_with_where_it_comes_from() {
    let site = Site::start(|request| match request.path.as_str() {
        "/robots.txt" => Reply::missing(),
        "/" => page("The first page, about the weather", ""),
        "/reviews.csv" => Reply::of(200, "text/csv", "id,body\n1,Good\n2,Bad\n"),
        _ => Reply::missing(),
    });
    let (site, home) = (site.await.unwrap(), std::sync::Arc::new(Home::new()));
    let (root, table) = (site.url("/"), site.url("/reviews.csv"));
    let web = ["collect", "web", &root, "--dataset", "Pages", "--rate", "0"];
    let clean = ["collect", "web", &root, "--output", "clean", "--rate", "0", "--normalise", "--tokens"];
    assert!(run(&home, &[&clean[..], &LOCAL].concat()).await.0);
    assert_eq!(items(&home, "clean")[0]["metadata"]["tokens"][0], "The");
    let (good, out, err) = run(&home, &[&web[..], &LOCAL].concat()).await;
    assert!(good && out.contains("\"added\":1"), "{out}{err}");
    let pages = brought(&home, "Pages").await;
    assert_eq!((&pages[0].0, &pages[0].1["url"], &pages[0].1["source"]), (&root, &root.as_str().into(), &"web".into()));
    // The same again adds nothing, and nothing is left on the way.
    let (good, out, err) = run(&home, &[&web[..], &LOCAL].concat()).await;
    assert!(good && out.contains("\"added\":0,\"known\":1"), "{out}{err}");
    assert_eq!(fs::read_dir(home.path("data/collected")).unwrap().count(), 0);
    // A dataset by its number; files that are kept too.
    let http = ["collect", "http", &table, "--dataset", "1", "--content", "body", "--output", "kept"];
    let (good, out, err) = run(&home, &[&http[..], &LOCAL].concat()).await;
    assert!(good && out.contains("\"added\":2") && home.path("kept/reviews.csv").exists(), "{out}{err}");
    let all = brought(&home, "Pages").await;
    let rows: Vec<_> = all.iter().filter(|(_, origin)| origin["source"] == "http").collect();
    assert!(rows.len() == 2 && rows.iter().all(|(_, origin)| origin["url"] == table.as_str()), "{all:?}");
    // Rows of a database: of this one.
    let query = "SELECT id, name FROM datasets";
    let db = ["collect", "db", "sqlite:data/labelwright.sqlite", "--query", query, "--key", "id", "--dataset", "Names"];
    let (good, out, err) = run(&home, &[&db[..], &["--content", "name"]].concat()).await;
    assert!(good && out.contains("\"added\":1"), "{out}{err}");
    let names = brought(&home, "Names").await;
    assert_eq!((names[0].0.as_str(), &names[0].1["source"]), ("1", &"database".into()));
    // Neither a folder nor a dataset, a dataset that has no name, a workspace that is not there.
    for (words, wanted) in [
        (vec![], "--output <DIR>"),
        (vec!["--dataset", " "], "a name is needed"),
        (vec!["--dataset", "New", "--workspace", "9"], "the workspace"),
    ] {
        let (good, _, err) = run(&home, &[&["collect", "http", &table][..], &words, &LOCAL].concat()).await;
        assert!(!good && err.contains(wanted), "{err}");
    }
}
