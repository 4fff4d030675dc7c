//! Copies of the database as one SQLite file, whichever database it came from: the state of a single moment, taken while
//! people work. The same file restores either database, and so moves a project from one to the other.

use crate::{
    Arg, Backend, Database, Dialect, DynamicSql, Result, Store, StoreError, Tx,
    describe::{self, Column},
    migrate::MIGRATIONS,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// Rows that are moved at once.
const PAGE: i64 = 1000;

/// Writes the state of this moment into a new SQLite file.
pub async fn dump(store: &Store, to: &Path) -> Result<()> {
    if to.exists() {
        return Err(StoreError::Configuration(format!("{} is there already", to.display())));
    }
    match &store.backend {
        Backend::Sqlite(sqlite) => sqlite.copy_to(to.to_owned()).await,
        Backend::Postgres(postgres) => {
            // Opened and closed again: a file with all tables and no rows.
            Store::open(&Database::Sqlite { path: to.to_owned() }).await?.close().await;
            let connection = rusqlite::Connection::open(to)?;
            connection.execute_batch("PRAGMA foreign_keys=OFF; PRAGMA journal_mode=DELETE; DELETE FROM store_meta;")?;
            postgres.snapshot(move |tx| Box::pin(fill(tx, connection))).await
        }
    }
}

/// Copies every table of the transaction's snapshot into the file.
async fn fill(tx: &mut Tx, connection: rusqlite::Connection) -> Result<()> {
    for (table, columns) in tables(tx).await? {
        let names = names(&columns);
        let cursor = DynamicSql(format!("DECLARE copying NO SCROLL CURSOR FOR SELECT {names} FROM {table}"));
        tx.dynamic_rows(&cursor, &[]).await?;
        let holes: Vec<String> = (1..=columns.len()).map(|number| format!("?{number}")).collect();
        let insert = format!("INSERT INTO {table} ({names}) VALUES ({})", holes.join(", "));
        loop {
            let rows = tx.dynamic_rows(&DynamicSql(format!("FETCH {PAGE} FROM copying")), &[]).await?;
            if rows.is_empty() {
                break;
            }
            connection.execute_batch("BEGIN")?;
            for row in &rows {
                connection.prepare_cached(&insert)?.execute(rusqlite::params_from_iter(row.values()))?;
            }
            connection.execute_batch("COMMIT")?;
        }
        tx.batch("CLOSE copying").await?;
    }
    connection.close().map_err(|(_, error)| error.into())
}

/// Fills an empty database with the rows of another one, in one transaction.
pub async fn load(from: &Store, to: &Store) -> Result<()> {
    let filled = from
        .read::<_, StoreError, _>(|tx| {
            Box::pin(async move {
                let found = tables(tx).await?;
                Ok(found)
            })
        })
        .await?;
    let from = from.clone();
    to.write(move |tx| {
        Box::pin(async move {
            if !is_empty(tx).await? {
                let message = "the database to restore into is not empty";
                return Err(StoreError::Configuration(message.into()));
            }
            for (table, columns) in filled.into_iter().filter(|(table, _)| table != "store_meta") {
                copy_table(&from, tx, &table, &columns).await?;
            }
            Ok(())
        })
    })
    .await
}

/// Does nobody exist in it yet?
async fn is_empty(tx: &mut Tx) -> Result<bool> {
    let people = crate::records::people::count_users(tx).await?;
    Ok(people == 0 && crate::records::people::workspaces(tx).await?.is_empty())
}

async fn copy_table(from: &Store, tx: &mut Tx, table: &str, columns: &[Column]) -> Result<()> {
    let names = names(columns);
    let holes: Vec<String> = (1..=columns.len()).map(|number| format!("${number}")).collect();
    let insert = DynamicSql(format!("INSERT INTO {table} ({names}) VALUES ({})", holes.join(", ")));
    let mut after = 0;
    loop {
        // Only SQLite files are read here, and there every table has a rowid.
        let page =
            DynamicSql(format!("SELECT {names}, rowid FROM {table} WHERE rowid > $1 ORDER BY rowid LIMIT {PAGE}"));
        let rows = from
            .read::<_, StoreError, _>(move |tx| {
                Box::pin(async move { tx.dynamic_rows(&page, &[Arg::Int(after)]).await })
            })
            .await?;
        let Some(last) = rows.last() else { break };
        after = last.int(columns.len())?;
        for row in &rows {
            tx.dynamic_execute(&insert, &row.values()[..columns.len()]).await?;
        }
    }
    if tx.dialect() == Dialect::Postgres && columns.iter().any(|column| column.name == "id") {
        // Numbers go on behind the ones that were restored.
        let sequence = format!(
            "SELECT setval(pg_get_serial_sequence('{table}', 'id'), GREATEST((SELECT COALESCE(MAX(id), 0) FROM {table}), 1))"
        );
        tx.dynamic_rows(&DynamicSql(sequence), &[]).await?;
    }
    Ok(())
}

fn names(columns: &[Column]) -> String {
    columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// The tables with their columns, each behind those that it refers to: in the order of the migrations.
async fn tables(tx: &mut Tx) -> Result<Vec<(String, Vec<Column>)>> {
    let mut found: BTreeMap<String, Vec<Column>> = BTreeMap::new();
    for column in describe::columns(tx).await? {
        found.entry(column.table.clone()).or_default().push(column);
    }
    let texts: String = MIGRATIONS.iter().map(|(_, text)| *text).collect();
    let place = |table: &str| texts.find(&format!("CREATE TABLE {table} "));
    let mut tables: Vec<(String, Vec<Column>)> = found.into_iter().collect();
    tables.sort_by_key(|(table, _)| place(table));
    Ok(tables)
}

/// Rows of each table, for a manifest.
pub async fn counts(store: &Store) -> Result<BTreeMap<String, i64>> {
    store
        .read(|tx| {
            Box::pin(async move {
                let mut found = BTreeMap::new();
                for (table, _) in tables(tx).await? {
                    let rows = tx.dynamic_rows(&DynamicSql(format!("SELECT COUNT(*) FROM {table}")), &[]).await?;
                    found.insert(table, rows.first().ok_or(StoreError::NotFound)?.int(0)?);
                }
                Ok(found)
            })
        })
        .await
}

sql! { BLOBS_NEEDED = "SELECT hash FROM items WHERE content IS NULL AND data IS NULL UNION SELECT hash FROM snapshots UNION SELECT hash FROM exports UNION SELECT blob FROM derived UNION SELECT hash FROM contributions WHERE content IS NULL AND data IS NULL AND state <> 'withdrawn' ORDER BY 1" }

sql! { HASHES_LINKED = "SELECT DISTINCT hash FROM links" }

/// The hashes of data that were left where they are. Some may be here all the same, because others brought the same bytes.
pub async fn blobs_linked(store: &Store) -> Result<BTreeSet<String>> {
    store
        .read(|tx| {
            Box::pin(async move {
                let rows = tx.rows(HASHES_LINKED, &[]).await?;
                rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
            })
        })
        .await
}

/// The hashes of all blobs that rows name.
pub async fn blobs_needed(store: &Store) -> Result<Vec<String>> {
    store
        .read(|tx| {
            Box::pin(async move {
                let rows = tx.rows(BLOBS_NEEDED, &[]).await?;
                rows.iter().map(|row| Ok(row.text(0)?.to_owned())).collect()
            })
        })
        .await
}
