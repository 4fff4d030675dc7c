//! The web app, embedded in the binary. Without it (built without Node) a page says how to build it.

use axum::{
    http::{HeaderMap, StatusCode, Uri, header},
    response::{Html, IntoResponse, Response},
};
use rust_embed::Embed;

#[derive(Embed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/dist"]
struct Assets;

const MISSING: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>labelwright</title>\
    <body style=\"font:16px/1.5 system-ui;max-width:40rem;margin:4rem auto;padding:0 1rem\">\
    <h1>The server runs; its web app was not built</h1>\
    <p>Build it with <code>make web</code> (Node 20.19 or newer), then build labelwright again. \
    The API is described at <a href=/api/docs>/api/docs</a>.</p>";

/// A worker has the policy that its own file comes with. That of pdf.js decodes scanned pages (JBIG2, JPEG 2000) with
/// WebAssembly; the pages of the app may not.
const PDF_WORKER: &str = "assets/pdf.worker";
const PDF_WORKER_POLICY: &str =
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; object-src 'none'; base-uri 'none'";

/// Files by their name; every other address is a page of the app.
pub async fn asset(uri: Uri, request: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("api/") {
        return StatusCode::NOT_FOUND.into_response();
    }
    let (name, hashed) =
        if Assets::get(path).is_some() { (path, path.starts_with("assets/")) } else { ("index.html", false) };
    let Some(file) = Assets::get(name) else { return Html(MISSING).into_response() };
    let tag = format!("\"{}\"", hex(&file.metadata.sha256_hash()));
    let known = request.get(header::IF_NONE_MATCH).is_some_and(|seen| seen.as_bytes() == tag.as_bytes());
    // A hashed name never changes its content.
    let caching = if hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    let kind = mime_guess::from_path(name).first_or_octet_stream().to_string();
    let mut headers = vec![(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, caching.to_owned())];
    headers.push((header::ETAG, tag));
    if name.starts_with(PDF_WORKER) {
        headers.push((header::CONTENT_SECURITY_POLICY, PDF_WORKER_POLICY.to_owned()));
    }
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let zipped = request.get(header::ACCEPT_ENCODING).is_some_and(|v| v.to_str().unwrap_or("").contains("gzip"));
        match Assets::get(&format!("{name}.gz")).filter(|_| zipped) {
            Some(packed) => {
                headers.push((header::CONTENT_ENCODING, "gzip".to_owned()));
                packed.data.into_owned().into_response()
            }
            None => file.data.into_owned().into_response(),
        }
    };
    headers.push((header::VARY, "Accept-Encoding".to_owned()));
    for (name, value) in headers {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
