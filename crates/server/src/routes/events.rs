//! Live updates as server-sent events: what changed, not what it is; the page asks again for what it shows.

use crate::{
    app::App,
    extract::{Caller, Path},
    problem::Result,
};
use axum::{
    Router,
    extract::State,
    response::sse::{Event, KeepAlive, Sse},
    routing::get,
};
use futures::{Stream, StreamExt};
use labelwright_core::WorkspaceId;
use std::convert::Infallible;
use tokio_stream::wrappers::BroadcastStream;

/// Outside the OpenAPI routes: these must have no time-out and no compression.
pub fn router() -> Router<App> {
    Router::new().route("/api/v1/workspaces/{workspace}/events", get(events))
}

async fn events(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>> {
    let workspace = *app.workflow.permit_guest(&caller, WorkspaceId(id)).await?.resource();
    let stream = BroadcastStream::new(app.workflow.subscribe()).filter_map(move |event| async move {
        match event {
            Ok(event) if event.workspace == workspace => {
                Some(Ok(Event::default().event(event.kind).data(event.id.to_string())))
            }
            Ok(_) => None,
            // The page was too slow and missed some: it is told to load everything again.
            Err(_) => Some(Ok(Event::default().event("missed").data("0"))),
        }
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::default()))
}
