//! What tables there are: for the test that both databases have the same, and for backups.

use crate::{Dialect, Result, Tx};

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Column {
    pub table: String,
    pub name: String,
    /// `integer`, `real`, `text` or `bytes`.
    pub kind: String,
    pub required: bool,
}

sql! { sqlite COLUMNS_SQLITE = "SELECT t.name, c.name, c.type, c.[notnull] + c.pk FROM sqlite_schema t JOIN pragma_table_info(t.name) c WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' ORDER BY t.name, c.cid" }
sql! { postgres COLUMNS_POSTGRES = "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT), CAST(data_type AS TEXT), CASE WHEN is_nullable = 'NO' THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position" }

/// The columns of all tables, in the order of their tables.
pub async fn columns(tx: &mut Tx) -> Result<Vec<Column>> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => COLUMNS_SQLITE,
        Dialect::Postgres => COLUMNS_POSTGRES,
    };
    tx.rows(sql, &[])
        .await?
        .iter()
        .map(|row| {
            let kind = match row.text(2)?.to_lowercase().as_str() {
                "integer" | "bigint" => "integer",
                "real" | "double precision" => "real",
                "blob" | "bytea" => "bytes",
                _ => "text",
            };
            Ok(Column {
                table: row.text(0)?.to_owned(),
                name: row.text(1)?.to_owned(),
                kind: kind.to_owned(),
                required: row.int(3)? > 0,
            })
        })
        .collect()
}
