//! Rows of a database by a query.

use super::goal::{Goal, Haul, origin};
use crate::environment::Failure;
use clap::Args;
use labelwright_connect::sources::{
    Gauge,
    database::{self, Database, Wanted},
    rows::OWN_KEY,
};
use std::{fs, io, path::PathBuf, time::Duration};

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Rows become rows.jsonl in the folder, a JSON object a line with the query's columns. The query is one \
    SELECT; it runs in a transaction that cannot write, and a file of SQLite is opened for reading. Run again, the command \
    adds only rows that are not there yet: by --key, or by all their values; with --cursor the database is asked only for \
    rows from the last one on.\n\nExamples:\n  \
    labelwright collect db sqlite:shop.sqlite --query 'SELECT id, body FROM reviews' --key id --output reviews\n  \
    LABELWRIGHT_SOURCE_DATABASE=postgres://reader@db/shop labelwright collect db --query-file reviews.sql --key id \
    --cursor changed_at --output reviews\n  \
    labelwright import reviews --dataset Reviews --key id --content body\n  \
    labelwright collect db sqlite:shop.sqlite --query 'SELECT id, body FROM reviews' --key id --dataset Reviews \
    --content body"
)]
pub struct Options {
    /// sqlite:PATH or postgres://USER@HOST/NAME; better in the environment where it holds a password.
    #[arg(value_name = "DATABASE", env = "LABELWRIGHT_SOURCE_DATABASE", hide_env_values = true)]
    from: String,
    /// One SELECT.
    #[arg(long, required_unless_present = "query_file", conflicts_with = "query_file")]
    query: Option<String>,
    #[arg(long, value_name = "FILE.sql")]
    query_file: Option<PathBuf>,
    /// The column by which a row is known; all values unless told.
    #[arg(long)]
    key: Option<String>,
    /// A column that grows with new and changed rows: a time or a number.
    #[arg(long)]
    cursor: Option<String>,
    /// Rows at most.
    #[arg(long, default_value_t = 1_000_000)]
    most_rows: u64,
    /// Bytes of all rows.
    #[arg(long, default_value_t = 8 << 30)]
    most_bytes: u64,
    /// Seconds that the query may take.
    #[arg(long, default_value_t = 600)]
    seconds: u64,
    #[command(flatten)]
    goal: Goal,
}

const ROWS: &str = "rows.jsonl";

pub async fn run(options: Options) -> Result<(), Failure> {
    let folder = options.goal.folder(&options)?;
    let database = match options.from.strip_prefix("sqlite:") {
        Some(path) => Database::Sqlite(PathBuf::from(path)),
        None if options.from.starts_with("postgres://") || options.from.starts_with("postgresql://") => {
            Database::Postgres(options.from.clone())
        }
        None => return Err("give sqlite:PATH or postgres://USER@HOST/NAME".into()),
    };
    let query = match (&options.query, &options.query_file) {
        (Some(query), _) => query.clone(),
        (None, Some(path)) => fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?,
        (None, None) => return Err("give --query or --query-file".into()),
    };
    let noted = folder.join(".cursor");
    let about = |error: io::Error| format!("{}: {error}", noted.display());
    let since = match fs::read_to_string(&noted) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(about(error).into()),
    };
    let wanted = Wanted {
        query,
        key: options.key.clone(),
        since: since.filter(|_| options.cursor.is_some()),
        cursor: options.cursor,
        most_rows: options.most_rows,
        most_bytes: options.most_bytes,
        time: Duration::from_secs(options.seconds),
    };
    let (fetcher, gauge, to) = (options.goal.fetcher()?, Gauge::default(), folder.join(ROWS));
    let work = database::bring(&fetcher, &database, &wanted, &to, &gauge);
    let pulled = options.goal.told.wait(work, || format!("{} rows", gauge.read())).await?;
    if let Some(cursor) = &pulled.cursor {
        fs::write(&noted, cursor).map_err(about)?;
    }
    if pulled.counts.without_key > 0 {
        eprintln!("{} rows are left out: they have no key", pulled.counts.without_key);
    }
    if pulled.is_cut {
        eprintln!("there is more: --most-rows or --most-bytes was reached");
    }
    let haul = Haul {
        kind: "database",
        from: name_of(&database).to_owned(),
        files: vec![(ROWS.to_owned(), origin("database"))],
        format: "jsonl",
        rows: Some((ROWS, Some(options.key.unwrap_or_else(|| OWN_KEY.to_owned())))),
        count: Some((pulled.counts.rows, "rows")),
    };
    options.goal.reached(&folder, haul).await
}

/// Without its address, which may hold a password.
fn name_of(database: &Database) -> &str {
    match database {
        Database::Sqlite(path) => path.file_name().and_then(|name| name.to_str()).unwrap_or("SQLite"),
        Database::Postgres(_) => "PostgreSQL",
    }
}
