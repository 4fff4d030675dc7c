//! What the process is doing, in the text format of Prometheus. Callers sign in: numbers are business secrets.

use crate::{app::App, extract::Caller, problem::Result};
use axum::{
    extract::{Request, State},
    http::header,
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::{
    fmt::Write,
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

/// Upper ends of the classes of duration, in milliseconds.
const CLASSES: [u64; 8] = [1, 3, 10, 30, 100, 300, 1000, 10_000];

/// Requests since the process began.
#[derive(Default)]
pub struct Requests {
    /// By the first digit of their status, 1 to 5.
    by_status: [AtomicU64; 6],
    /// By class of duration; the last one is for all that took longer.
    by_duration: [AtomicU64; CLASSES.len() + 1],
    microseconds: AtomicU64,
}

/// Counts a request with its outcome.
pub async fn count(State(app): State<App>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let response = next.run(request).await;
    let took = started.elapsed();
    let class = CLASSES.iter().position(|end| took.as_millis() <= u128::from(*end)).unwrap_or(CLASSES.len());
    let status = usize::from(response.status().as_u16() / 100).min(5);
    app.requests.by_status[status].fetch_add(1, Ordering::Relaxed);
    app.requests.by_duration[class].fetch_add(1, Ordering::Relaxed);
    app.requests.microseconds.fetch_add(took.as_micros() as u64, Ordering::Relaxed);
    response
}

pub async fn metrics(State(app): State<App>, Caller(caller): Caller) -> Result<impl IntoResponse> {
    let me = app.workflow.me(caller.user).await?;
    let mut text = String::new();
    head(&mut text, "process_resident_memory_bytes", "gauge", "Memory in use.");
    line(&mut text, "process_resident_memory_bytes", resident_bytes());
    head(&mut text, "labelwright_workspaces", "gauge", "Workspaces that the caller can see.");
    line(&mut text, "labelwright_workspaces", me.workspaces.len() as u64);
    head(&mut text, "labelwright_http_requests_total", "counter", "Requests by the class of their status.");
    for (digit, count) in app.requests.by_status.iter().enumerate().skip(1) {
        let name = format!("labelwright_http_requests_total{{status=\"{digit}xx\"}}");
        line(&mut text, &name, count.load(Ordering::Relaxed));
    }
    durations(&mut text, &app.requests);
    head(&mut text, "labelwright_jobs", "gauge", "Jobs of the caller's workspaces by state.");
    for (state, count) in app.workflow.job_counts(&caller).await? {
        line(&mut text, &format!("labelwright_jobs{{state=\"{state}\"}}"), count as u64);
    }
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text))
}

fn durations(text: &mut String, requests: &Requests) {
    const NAME: &str = "labelwright_http_request_seconds";
    head(text, NAME, "histogram", "How long requests took.");
    let mut sum = 0;
    for (class, count) in requests.by_duration.iter().enumerate() {
        sum += count.load(Ordering::Relaxed);
        let end = CLASSES.get(class).map_or("+Inf".to_owned(), |end| (*end as f64 / 1000.0).to_string());
        line(text, &format!("{NAME}_bucket{{le=\"{end}\"}}"), sum);
    }
    line(text, &format!("{NAME}_count"), sum);
    let seconds = requests.microseconds.load(Ordering::Relaxed) as f64 / 1e6;
    // Writing into a String cannot fail.
    let _ = writeln!(text, "{NAME}_sum {seconds}");
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn line(text: &mut String, name: &str, value: u64) {
    let _ = writeln!(text, "{name} {value}");
}

fn resident_bytes() -> u64 {
    const PAGE_BYTES: u64 = 4096;
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    let pages = pages.and_then(|text| text.split_whitespace().nth(1).and_then(|pages| pages.parse::<u64>().ok()));
    pages.unwrap_or(0) * PAGE_BYTES
}
