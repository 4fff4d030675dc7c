//! Rows of real databases: a file of SQLite, a PostgreSQL server; queries that write, hang or lie, and a server that says
//! nothing.

use crate::{postgres::TestPostgres, sources::folder, support::local};
use labelwright_connect::{
    Fetcher, Guard,
    sources::{
        Gauge,
        database::{self, Database, Pulled, Wanted},
    },
};
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

fn wanted(query: &str) -> Wanted {
    Wanted {
        query: query.into(),
        key: Some("id".into()),
        most_rows: 1000,
        most_bytes: 1 << 20,
        time: Duration::from_secs(20),
        ..Wanted::default()
    }
}

async fn bring(database: &Database, wanted: &Wanted, to: &Path) -> Result<Pulled, String> {
    let pulled = database::bring(&local(), database, wanted, &to.join("rows.jsonl"), &Gauge::default()).await;
    pulled.map_err(|error| error.to_string())
}

fn lines(folder: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.join("rows.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

const TABLE: &str = "CREATE TABLE reviews (id INTEGER PRIMARY KEY, body TEXT, stars REAL, changed INTEGER);
    INSERT INTO reviews VALUES (1, 'good', 4.5, 10), (2, 'bad', NULL, 20), (3, 'so so', 3, 20)";

fn sqlite(name: &str) -> (Database, PathBuf) {
    let path = folder(name).join("shop.sqlite");
    rusqlite::Connection::open(&path).unwrap().execute_batch(TABLE).unwrap();
    (Database::Sqlite(path.clone()), path)
}

/// Both of them, with the same table.
async fn databases(name: &str) -> Vec<Database> {
    let mut all = vec![sqlite(name).0];
    if let Some(url) = TestPostgres::database().await {
        let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client.batch_execute(TABLE).await.unwrap();
        all.push(Database::Postgres(url));
    }
    all
}

async fn run(database: &Database, statement: &str) {
    match database {
        Database::Sqlite(path) => rusqlite::Connection::open(path).unwrap().execute_batch(statement).unwrap(),
        Database::Postgres(url) => {
            let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
            tokio::spawn(connection);
            client.batch_execute(statement).await.unwrap();
        }
    }
}

#[tokio::test]
async fn rows_come_once_and_then_only_what_grew() {
    for (index, database) in databases("grow").await.iter().enumerate() {
        let to = folder(&format!("grow-rows-{index}"));
        let mut wanted = wanted("SELECT id, body, stars, changed FROM reviews;");
        wanted.cursor = Some("changed".into());
        let pulled = bring(database, &wanted, &to).await.unwrap();
        assert_eq!((pulled.counts.rows, pulled.is_cut), (3, false));
        assert_eq!(lines(&to)[0], json!({"id": 1, "body": "good", "stars": 4.5, "changed": 10}));
        assert_eq!(lines(&to)[1]["stars"], Value::Null);
        run(database, "INSERT INTO reviews VALUES (4, 'late', 1, 20), (5, 'new', 1, 30), (6, 'old', 1, 5)").await;
        wanted.since = pulled.cursor;
        let pulled = bring(database, &wanted, &to).await.unwrap();
        // Those that have the last value already are looked at again, and taken if they are new.
        assert_eq!((pulled.counts.rows, pulled.counts.known), (2, 2));
        let ids: Vec<i64> = lines(&to).iter().map(|row| row["id"].as_i64().unwrap()).collect();
        assert_eq!(ids[3..], [4, 5]);
        // By limits it is cut, goes on, and says when it cannot.
        let to = folder(&format!("grow-cut-{index}"));
        let mut wanted = Wanted { most_rows: 2, since: None, ..wanted };
        let mut taken = 0;
        for _ in 0..3 {
            let pulled = bring(database, &wanted, &to).await.unwrap();
            taken += pulled.counts.rows;
            wanted.since = pulled.cursor;
        }
        assert_eq!(taken, 6);
        let mut stuck = Wanted { most_rows: 1, since: None, key: None, ..wanted.clone() };
        stuck.query = "SELECT id, 7 AS changed FROM reviews".into();
        let first = bring(database, &stuck, &folder(&format!("stuck-a-{index}"))).await.unwrap();
        stuck.since = first.cursor;
        let error = bring(database, &stuck, &folder(&format!("stuck-b-{index}"))).await.unwrap_err();
        assert!(error.contains("same value"), "{error}");
    }
}

#[tokio::test]
async fn a_query_that_writes_or_is_several_is_refused() {
    for (index, database) in databases("write").await.iter().enumerate() {
        let to = folder(&format!("write-rows-{index}"));
        for query in [
            "DELETE FROM reviews",
            "INSERT INTO reviews VALUES (9, 'x', 1, 1) RETURNING id",
            "WITH gone AS (DELETE FROM reviews RETURNING id) SELECT id FROM gone",
            "SELECT id FROM reviews; DELETE FROM reviews",
            "SELECT id FROM reviews) AS q; DELETE FROM reviews; SELECT * FROM (SELECT 1 AS id",
            "SELECT id FROM (SELECT 1",
            "SELECT body FROM reviews",
            "SELECT id FROM nothing",
            "PRAGMA table_info(reviews)",
            "",
        ] {
            let error = bring(database, &wanted(query), &to).await.unwrap_err();
            assert!(!error.contains("labelwright@"), "{query}: {error}");
        }
        let all = bring(database, &wanted("SELECT id FROM reviews ORDER BY id"), &to).await.unwrap();
        assert_eq!(all.counts.rows, 3, "nothing was written");
    }
    // Functions of PostgreSQL that write are refused by the transaction.
    if let [_, database] = databases("functions").await.as_slice() {
        run(database, "CREATE FUNCTION sly() RETURNS int LANGUAGE sql AS 'DELETE FROM reviews RETURNING id'").await;
        let error = bring(database, &wanted("SELECT sly() AS id"), &folder("sly")).await.unwrap_err();
        assert!(error.contains("only reading is allowed"), "{error}");
        // Of two columns with one name one would be lost; SQLite gives the second one another name.
        let error = bring(database, &wanted("SELECT id, id FROM reviews"), &folder("twice")).await.unwrap_err();
        assert!(error.contains("two columns are called"), "{error}");
    }
    // Nor does SQLite reach other files.
    let (database, path) = sqlite("attach");
    for query in ["SELECT * FROM pragma_database_list", "SELECT load_extension('x') AS id", "ATTACH 'x' AS y"] {
        assert!(bring(&database, &wanted(query), &folder("attach-rows")).await.is_err(), "{query}");
    }
    for wrong in [path.with_file_name("none.sqlite"), path.parent().unwrap().to_owned()] {
        let error = bring(&Database::Sqlite(wrong), &wanted("SELECT 1 AS id"), &folder("none-rows")).await.unwrap_err();
        assert!(!error.contains("/tmp"), "{error}");
    }
    std::fs::write(
        path.with_file_name("text.sqlite"),
        "no database at all, but long enough to look like one ".repeat(40),
    )
    .unwrap();
    let text = Database::Sqlite(path.with_file_name("text.sqlite"));
    let error = bring(&text, &wanted("SELECT 1 AS id"), &folder("text-rows")).await.unwrap_err();
    assert!(error.contains("no SQLite database"), "{error}");
}

#[tokio::test]
async fn whatever_hangs_is_given_up() {
    let slow = "WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT MAX(id) AS id FROM n";
    for database in databases("slow").await {
        let begun = Instant::now();
        let wanted = Wanted { time: Duration::from_millis(500), ..wanted(slow) };
        let error = bring(&database, &wanted, &folder("slow-rows")).await.unwrap_err();
        assert!(error.contains("takes too long"), "{error}");
        assert!(begun.elapsed() < Duration::from_secs(15));
    }
    // A server that takes the connection and says nothing.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://reader:hidden@{}/shop", listener.local_addr().unwrap());
    let silent = tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    });
    let begun = Instant::now();
    let error = bring(&Database::Postgres(url), &wanted("SELECT 1 AS id"), &folder("silent")).await.unwrap_err();
    assert!(!error.contains("hidden") && begun.elapsed() < Duration::from_secs(60), "{error}");
    silent.abort();
}

#[tokio::test]
async fn a_database_is_an_address_like_any_other() {
    let guarded = Fetcher::new(Guard::default());
    for url in [
        "postgres://reader:hidden@127.0.0.1:9/shop",
        "postgres://reader:hidden@localhost:9/shop",
        "postgres://reader:hidden@169.254.169.254/shop",
        "postgres://reader:hidden@%2Fvar%2Frun%2Fpostgresql/shop",
        "postgres://reader:hidden@127.0.0.1,127.0.0.2/shop",
        "postgres:///shop",
        "host=",
    ] {
        let (database, to) = (Database::Postgres(url.into()), folder("guarded-rows").join("rows.jsonl"));
        let begun = Instant::now();
        let outcome = database::bring(&guarded, &database, &wanted("SELECT 1 AS id"), &to, &Gauge::default()).await;
        let error = outcome.unwrap_err().to_string();
        assert!(!error.contains("hidden") && begun.elapsed() < Duration::from_secs(5), "{url}: {error}");
    }
}

/// A server that agrees to encrypt and then talks plainly is left, before it hears a password.
#[tokio::test]
async fn whoever_cannot_be_trusted_hears_no_password() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let heard = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut heard = vec![0; 8];
        stream.read_exact(&mut heard).await.unwrap();
        stream.write_all(b"S").await.unwrap();
        stream.write_all(b"HTTP/1.1 400 this is no handshake at all\r\n\r\n").await.unwrap();
        stream.read_to_end(&mut heard).await.ok();
        heard
    });
    let url = format!("postgres://reader:hidden@127.0.0.1:{port}/shop?sslmode=require");
    let outcome = bring(&Database::Postgres(url), &wanted("SELECT 1 AS id"), &folder("tls-rows")).await;
    let error = outcome.unwrap_err();
    assert!(error.contains("no certificate that this machine trusts"), "{error}");
    let heard = heard.await.unwrap();
    assert!(!String::from_utf8_lossy(&heard).contains("reader"));
}
