//! The whole database as text, to see that a refused call has changed nothing.

use labelwright_store::{Arg, Sql, Store, StoreError, describe};
use std::collections::BTreeMap;

/// Table to its rows. When a credential was last used is noted by every call, refused or not.
pub async fn dump(store: &Store) -> BTreeMap<String, Vec<String>> {
    store
        .read::<_, StoreError, _>(|tx| {
            Box::pin(async move {
                let mut columns: BTreeMap<String, Vec<String>> = BTreeMap::new();
                for column in describe::columns(tx).await? {
                    if column.name != "last_used_at" {
                        columns.entry(column.table).or_default().push(column.name);
                    }
                }
                let mut tables = BTreeMap::new();
                for (table, columns) in columns {
                    // Statements are fixed at compile time everywhere else; a test may leak a few.
                    let text = format!("SELECT {} FROM {table}", columns.join(", "));
                    let rows = tx.rows(Sql::fixed(Box::leak(text.into_boxed_str())), &[]).await?;
                    let mut lines: Vec<String> = rows.iter().map(|row| line(row.values())).collect();
                    lines.sort();
                    tables.insert(table, lines);
                }
                Ok(tables)
            })
        })
        .await
        .unwrap()
}

fn line(values: &[Arg]) -> String {
    values.iter().map(|value| format!("{value:?}|")).collect()
}

/// What differs, for the message.
pub fn difference(before: &BTreeMap<String, Vec<String>>, after: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let mut found = Vec::new();
    for (table, rows) in after {
        for row in rows {
            if !before.get(table).is_some_and(|old| old.contains(row)) {
                found.push(format!("{table}: {row}"));
            }
        }
        if before.get(table).map_or(0, Vec::len) > rows.len() {
            found.push(format!("{table}: rows are gone"));
        }
    }
    found
}
