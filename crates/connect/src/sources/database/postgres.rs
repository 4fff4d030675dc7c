//! PostgreSQL: one transaction that only reads, with a time for each statement, whose rows come one by one. The server
//! itself makes JSON of each row, so that every type has the text that its users know.

use super::{Intake, Pulled, Wanted, encrypted::Encrypted, named, quoted};
use crate::{FetchError, Fetcher, sources::SourceError};
use futures::TryStreamExt;
use serde_json::{Map, Value};
use std::{pin::pin, str::FromStr, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::UnixStream,
    time::timeout,
};
use tokio_postgres::{
    Client, Config, Error, NoTls,
    config::{Host, SslMode},
    error::SqlState,
    tls::{TlsConnect, TlsStream},
    types::ToSql,
};

const PORT: u16 = 5432;
const GREETING_PATIENCE: Duration = Duration::from_secs(15);
/// A server that is at work says so by its rows; one that hangs says nothing.
const BELATED: Duration = Duration::from_secs(5);

pub async fn pull(fetcher: &Fetcher, url: &str, wanted: &Wanted, intake: Intake) -> Result<Pulled, SourceError> {
    let config = Config::from_str(url)
        .map_err(|_| SourceError::Refused("this is no address like postgres://user@host/name".to_owned()))?;
    let place = config.get_dbname().unwrap_or("postgres").to_owned();
    let unreachable = |reason| SourceError::Fetch { place: place.clone(), reason };
    let port = config.get_ports().first().copied().unwrap_or(PORT);
    match config.get_hosts() {
        [Host::Tcp(host)] => {
            let stream = fetcher.connect(host, port).await.map_err(unreachable)?;
            if config.get_ssl_mode() == SslMode::Disable {
                return talk(stream, NoTls, config, wanted, intake).await;
            }
            let encrypted =
                Encrypted::to(host).map_err(|message| SourceError::Refused(format!("{place}: {message}")))?;
            talk(stream, encrypted, config, wanted, intake).await
        }
        // A socket in the file system leads to this machine and nowhere else.
        [Host::Unix(folder)] => {
            if !fetcher.permits_this_machine() {
                return Err(unreachable(FetchError::Forbidden));
            }
            let path = folder.join(format!(".s.PGSQL.{port}"));
            let stream = UnixStream::connect(path).await.map_err(|_| unreachable(FetchError::Unreachable))?;
            talk(stream, NoTls, config, wanted, intake).await
        }
        _ => Err(SourceError::Refused("the address names no host, or several; name one".to_owned())),
    }
}

async fn talk<S, T>(
    stream: S,
    encryption: T,
    config: Config,
    wanted: &Wanted,
    intake: Intake,
) -> Result<Pulled, SourceError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    T: TlsConnect<S>,
    T::Stream: TlsStream + Send + 'static,
{
    let place = config.get_dbname().unwrap_or("postgres").to_owned();
    let late = |_| SourceError::Fetch { place: place.clone(), reason: FetchError::Unreachable };
    let greeted = timeout(GREETING_PATIENCE, config.connect_raw(stream, encryption)).await.map_err(late)?;
    let (client, connection) = greeted.map_err(|error| refused(&place, &error))?;
    let connection = tokio::spawn(connection);
    let outcome = timeout(wanted.time + BELATED, read(&client, wanted, intake, &place)).await;
    drop(client);
    connection.abort();
    outcome.unwrap_or_else(|_| Err(SourceError::Refused(format!("{place}: the query takes too long"))))
}

async fn read(client: &Client, wanted: &Wanted, mut intake: Intake, place: &str) -> Result<Pulled, SourceError> {
    let wrong = |error: Error| refused(place, &error);
    let limits = format!(
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL statement_timeout = {0}; SET LOCAL lock_timeout = {0};; \
         SET LOCAL DateStyle = ISO",
        wanted.time.as_millis().clamp(1, i32::MAX as u128)
    );
    client.batch_execute(&limits).await.map_err(wrong)?;
    let query = wanted.query();
    // Prepared statements are single ones: a second one behind a semicolon is an error.
    let shape = client.prepare(&format!("SELECT * FROM (\n{query}\n) AS q LIMIT 0")).await.map_err(wrong)?;
    let columns: Vec<String> = shape.columns().iter().map(|column| column.name().to_owned()).collect();
    named(&columns, wanted)?;
    let cursor = wanted.cursor.as_ref().and_then(|name| shape.columns().iter().find(|column| column.name() == name));
    let mut text = String::from("SELECT row_to_json(q)::text");
    let mut since: Vec<&(dyn ToSql + Sync)> = Vec::new();
    match cursor {
        Some(column) => {
            let kind = column.type_();
            if kind.schema() != "pg_catalog" {
                let name = column.name();
                return Err(SourceError::Refused(format!(
                    "cursor: {name:?} has a type of its own; cast it to text or a time"
                )));
            }
            let (name, kind) = (quoted(column.name()), quoted(kind.name()));
            text.push_str(&format!(", q.{name}::text FROM (\n{query}\n) AS q"));
            if let Some(value) = &wanted.since {
                text.push_str(&format!(" WHERE q.{name} >= $1::text::pg_catalog.{kind}"));
                since.push(value);
            }
            text.push_str(&format!(" ORDER BY q.{name}"));
        }
        None => text.push_str(&format!(", NULL::text FROM (\n{query}\n) AS q")),
    }
    let mut rows = pin!(client.query_raw(&text, since).await.map_err(wrong)?);
    let unexpected = || SourceError::Unexpected { place: place.to_owned(), what: "a row is no JSON object".to_owned() };
    while let Some(row) = rows.try_next().await.map_err(wrong)? {
        let told: String = row.try_get(0).map_err(|_| unexpected())?;
        let cursor: Option<String> = row.try_get(1).map_err(|_| unexpected())?;
        let values: Map<String, Value> = serde_json::from_str(&told).map_err(|_| unexpected())?;
        if !intake.take(values, cursor)? {
            break;
        }
    }
    intake.finish(wanted)
}

/// What the server says of the query is for whoever wrote it; where it is, what it is and who may is not told on.
fn refused(place: &str, error: &Error) -> SourceError {
    let Some(told) = error.as_db_error() else {
        let cause = std::error::Error::source(error);
        let cause = cause.and_then(|cause| cause.downcast_ref::<std::io::Error>()).and_then(std::io::Error::get_ref);
        if cause.is_some_and(|cause| cause.is::<tokio_rustls::rustls::Error>()) {
            let why =
                "the database has no certificate that this machine trusts; sslmode=disable asks without encryption";
            return SourceError::Refused(format!("{place}: {why}"));
        }
        return SourceError::Fetch { place: place.to_owned(), reason: FetchError::Unreachable };
    };
    let code = told.code();
    let why = if *code == SqlState::READ_ONLY_SQL_TRANSACTION {
        "only reading is allowed".to_owned()
    } else if *code == SqlState::QUERY_CANCELED || *code == SqlState::LOCK_NOT_AVAILABLE {
        "the query takes too long".to_owned()
    } else if code.code().starts_with("28") {
        "the database does not let this user in".to_owned()
    } else if code.code().starts_with("3D") {
        "there is no such database".to_owned()
    } else if code.code().starts_with("57P") || code.code().starts_with("53") {
        return SourceError::Fetch { place: place.to_owned(), reason: FetchError::Unreachable };
    } else if code.code().starts_with("42") || code.code().starts_with("22") {
        format!("the query cannot be run: {}", told.message())
    } else {
        format!("the database refuses with code {}", code.code())
    };
    SourceError::Refused(format!("{place}: {why}"))
}
