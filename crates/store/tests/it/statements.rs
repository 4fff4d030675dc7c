//! Every declared statement is understood by both databases.

use crate::support::worlds;
use labelwright_store::{Dialect, StoreError};
use std::path::Path;

/// Finds `sql! { NAME = "..." }` in the sources: a statement that is declared is a statement that is tested.
fn declared() -> Vec<(String, Option<Dialect>, String)> {
    fn walk(folder: &Path, found: &mut Vec<(String, Option<Dialect>, String)>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            for piece in text.split("\nsql! {").skip(1) {
                let Some((head, rest)) = piece.split_once('=') else { continue };
                let Some(body) = rest.trim_start().strip_prefix('"').and_then(|body| body.split_once('"')) else {
                    continue;
                };
                let mut words: Vec<&str> = head.split_whitespace().collect();
                let name = words.pop().unwrap_or_default().to_owned();
                let dialect = match words.pop() {
                    Some("sqlite") => Some(Dialect::Sqlite),
                    Some("postgres") => Some(Dialect::Postgres),
                    _ => None,
                };
                found.push((name, dialect, body.0.to_owned()));
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    let checks = labelwright_store::records::checks::ROW_CHECKS.iter();
    found.extend(checks.flat_map(|check| check.texts().map(|text| (check.id.to_owned(), None, text.to_owned()))));
    found
}

#[tokio::test]
async fn every_statement_is_prepared_on_both() {
    let statements = declared();
    assert!(statements.len() > 100, "only {} statements were found", statements.len());
    for world in worlds().await {
        for (name, dialect, text) in statements.clone() {
            if dialect.is_some_and(|dialect| dialect != world.store.dialect()) {
                continue;
            }
            let outcome =
                world.store.write::<_, StoreError, _>(move |tx| Box::pin(async move { tx.prepare(&text).await })).await;
            assert!(outcome.is_ok(), "{} on {}: {outcome:?}", name, world.name);
        }
    }
}
