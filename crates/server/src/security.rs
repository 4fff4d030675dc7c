//! Headers that every response carries, and the refusal of requests that another site made a browser send.

use crate::{app::App, problem::ApiError};
use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use labelwright_workflow::Error;

/// Scripts come from us alone, data too unless the operator lets browsers get linked objects from these stores; inline
/// styles are what the component library needs.
pub fn content_policy(stores: &[String]) -> String {
    let stores: String = stores.iter().map(|origin| format!(" {origin}")).collect();
    let data = if stores.is_empty() {
        String::new()
    } else {
        format!("media-src 'self'{stores}; connect-src 'self'{stores}; ")
    };
    format!(
        "default-src 'self'; img-src 'self' blob: data:{stores}; {data}style-src 'self' 'unsafe-inline'; \
         object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
}

pub async fn headers(State(app): State<App>, request: Request, next: Next) -> Response {
    let api = request.uri().path().starts_with("/api/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(app.content_policy().await);
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    if api {
        set(header::CACHE_CONTROL, "no-store");
    }
    response
}

/// Cross-site requests that change something are refused by what browsers say of themselves: Sec-Fetch-Site, or where
/// that is missing, Origin against Host. Programs send neither and carry a token instead of a cookie.
pub async fn same_site(State(app): State<App>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let foreign = match text("sec-fetch-site") {
        Some(site) => !matches!(site, "same-origin" | "none"),
        None => text("origin").is_some_and(|origin| {
            let host = text("host").unwrap_or_default();
            origin != format!("http://{host}") && origin != format!("https://{host}")
        }),
    };
    if foreign && !safe {
        return ApiError(Error::Forbidden("this request came from another site".into())).into_response();
    }
    if !app.knows_host(text("host")) {
        return ApiError(Error::Forbidden("this server is not known by that name; see --public-url".into()))
            .into_response();
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::content_policy;

    #[test]
    fn stores_of_linked_data_give_data_and_no_scripts() {
        let policy = content_policy(&["https://photos.example".to_owned()]);
        for part in ["img-src 'self' blob: data: https://photos.example;", "connect-src 'self' https://photos.example;"]
        {
            assert!(policy.contains(part), "{policy}");
        }
        assert!(policy.starts_with("default-src 'self';") && !policy.contains("script-src"), "{policy}");
        assert!(!content_policy(&[]).contains("connect-src"));
    }
}
