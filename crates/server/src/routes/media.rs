//! The bytes of items and what was derived from them, whole or in ranges. They are sent in parts: nobody holds an hour of
//! sound in memory because a player asks for its beginning.

use crate::{
    app::App,
    extract::{Caller, Path},
    problem::Result,
};
use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use labelwright_core::{Action, ItemId, Modality};
use labelwright_workflow::{Error, streaming::Media};
use std::ops::Range;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(media)).routes(routes!(levels)).routes(routes!(frame))
}

/// The bytes of an item, whole or a range. The type was found in the bytes; a browser may not guess another, and may
/// not run what is inside. Bytes that were left in a store whose connection signs addresses are had there.
#[utoipa::path(get, path = "/items/{item}/media", tag = "data", params(("item" = i64, Path)), responses((status = 200, content_type = "application/octet-stream"), (status = 206), (status = 304), (status = 307, description = "linked data that the store itself hands out"), (status = 403, body = crate::problem::ProblemBody), (status = 416)))]
async fn media(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    headers: HeaderMap,
) -> Result<Response> {
    let item = app.workflow.permit_item(&caller, ItemId(id)).await?;
    // It names the models whose answers people compare without knowing them.
    if item.resource().modality == Modality::Dialogue.as_str() && !item.also(Action::ManageData) {
        let message = "a conversation is shown with its task, without the names of models";
        return Err(Error::Forbidden(message.into()).into());
    }
    let media = app.workflow.media(&item);
    match app.workflow.signed(&media).await? {
        Some(address) => Ok(elsewhere(&address)),
        None => answer(&app, media, &headers).await,
    }
}

/// To the store that has the bytes. The address is good for longer than the answer is kept.
fn elsewhere(address: &str) -> Response {
    let mut response = StatusCode::TEMPORARY_REDIRECT.into_response();
    insert(&mut response, header::LOCATION, address);
    insert(&mut response, header::CACHE_CONTROL, "private, max-age=600");
    response
}

/// Data of these kinds have something beside them that editors draw.
const LEVELED: [Modality; 5] =
    [Modality::Audio, Modality::TimeSeries, Modality::Video, Modality::Document, Modality::Volume];

/// The levels of a recording or a series, the table of frames of a video, the text layer of a document or the slices of a
/// volume, whole or a range: 8 bytes `LWAUDIO1`, `LWSERIE1`, `LWVIDEO1`, `LWDOCUM1` or `LWVOLUM1`, 4 bytes with the length
/// of the head (the least significant first), the head as JSON, then what it says where it says: the coarsest level first,
/// or the text and then the words of all pages.
#[utoipa::path(get, path = "/items/{item}/levels", tag = "data", params(("item" = i64, Path)), responses((status = 200, content_type = "application/octet-stream"), (status = 206), (status = 304), (status = 409, body = crate::problem::ProblemBody), (status = 416)))]
async fn levels(
    State(app): State<App>,
    Caller(caller): Caller,
    Path(id): Path<i64>,
    headers: HeaderMap,
) -> Result<Response> {
    let item = app.workflow.permit_item(&caller, ItemId(id)).await?;
    if !LEVELED.iter().any(|one| one.as_str() == item.resource().modality) {
        let message = "the item is no recording, series, video, document or volume; only those have levels";
        return Err(Error::conflict("no_levels", message).into());
    }
    answer(&app, app.workflow.levels(&item).await?, &headers).await
}

/// The picture of a frame of a video, by its number from 0 in the order in which frames are shown, as an upright JPEG file:
/// for browsers that cannot decode the video. It is the frame that the table of frames has under this number, or there is none.
#[utoipa::path(get, path = "/items/{item}/frames/{frame}", tag = "data", params(("item" = i64, Path), ("frame" = u32, Path)), responses((status = 200, content_type = "image/jpeg"), (status = 304), (status = 409, description = "no video, no ffmpeg beside the server, or a frame that it cannot decode", body = crate::problem::ProblemBody)))]
async fn frame(
    State(app): State<App>,
    Caller(caller): Caller,
    Path((id, frame)): Path<(i64, u32)>,
    headers: HeaderMap,
) -> Result<Response> {
    let item = app.workflow.permit_item(&caller, ItemId(id)).await?;
    answer(&app, app.workflow.frame(&item, frame).await?, &headers).await
}

pub(super) async fn answer(app: &App, media: Media, headers: &HeaderMap) -> Result<Response> {
    let tag = format!("\"{}\"", media.hash);
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let size = media.bytes;
    let range = text(header::RANGE)
        .filter(|_| text(header::IF_RANGE).is_none_or(|seen| seen == tag))
        .and_then(|range| parse_range(&range, size));
    let mut response = if text(header::IF_NONE_MATCH).is_some_and(|seen| seen == tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        match range {
            Some(None) => {
                let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
                insert(&mut response, header::CONTENT_RANGE, &format!("bytes */{size}"));
                return Ok(response);
            }
            Some(Some(range)) => {
                let (start, end) = (range.start, range.end);
                let mut response = StatusCode::PARTIAL_CONTENT.into_response();
                *response.body_mut() = Body::from_stream(app.workflow.stream(&media, range).await?);
                insert(&mut response, header::CONTENT_RANGE, &format!("bytes {start}-{}/{size}", end - 1));
                insert(&mut response, header::CONTENT_LENGTH, &(end - start).to_string());
                response
            }
            None => {
                let mut response = StatusCode::OK.into_response();
                *response.body_mut() = Body::from_stream(app.workflow.stream(&media, 0..size).await?);
                insert(&mut response, header::CONTENT_LENGTH, &size.to_string());
                response
            }
        }
    };
    insert(&mut response, header::CONTENT_TYPE, &media.media_type);
    insert(&mut response, header::ETAG, &tag);
    insert(&mut response, header::ACCEPT_RANGES, "bytes");
    insert(&mut response, header::CACHE_CONTROL, "private, max-age=31536000, immutable");
    insert(&mut response, header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox");
    insert(&mut response, header::CONTENT_DISPOSITION, "inline");
    Ok(response)
}

fn insert(response: &mut Response, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// `bytes=a-b`, `bytes=a-` or `bytes=-n` (RFC 9110 §14.1). None for anything else, which is then ignored; Some(None)
/// for a range that lies outside.
fn parse_range(text: &str, size: u64) -> Option<Option<Range<u64>>> {
    let (start, end) = text.strip_prefix("bytes=")?.split_once('-')?;
    let range = match (start.parse::<u64>(), end.parse::<u64>()) {
        (Ok(start), Ok(end)) if start <= end => start..end.saturating_add(1).min(size),
        (Ok(start), Err(_)) if end.is_empty() => start..size,
        (Err(_), Ok(last)) if start.is_empty() => size.saturating_sub(last)..size,
        _ => return None,
    };
    Some((range.start < range.end).then_some(range))
}

#[cfg(test)]
mod tests {
    use super::parse_range;

    #[test]
    fn ranges_of_the_rfc() {
        assert_eq!(parse_range("bytes=0-0", 10), Some(Some(0..1)));
        assert_eq!(parse_range("bytes=5-", 10), Some(Some(5..10)));
        assert_eq!(parse_range("bytes=-3", 10), Some(Some(7..10)));
        assert_eq!(parse_range("bytes=5-99", 10), Some(Some(5..10)));
        assert_eq!(parse_range("bytes=10-", 10), Some(None));
        assert_eq!(parse_range("bytes=5-3", 10), None);
        assert_eq!(parse_range("lines=1-2", 10), None);
    }
}
