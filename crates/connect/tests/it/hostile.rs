//! Sites that loop, lie, never end, or lead inside.

use crate::{
    site::{Reply, Site},
    support::{crawl, plan},
};
use flate2::{Compression, write::GzEncoder};
use labelwright_connect::crawl::Plan;
use std::{
    io::Write,
    time::{Duration, Instant},
};

const START: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n";

/// A site of one good page that links to `/bad`, which answers this; the crawl and what became of `/bad`.
async fn with_bad(reply: Reply, change: impl Fn(&mut Plan)) -> (String, Vec<String>) {
    let site = Site::start(move |request| match request.path.as_str() {
        "/" => Reply::html(
            "<main><p>A good page, with a link to another one.</p><a href=/bad>bad</a><a href=/good>good</a></main>",
        ),
        "/good" => Reply::html("<main><p>Another good page, that links to nothing at all.</p></main>"),
        "/bad" => reply.clone(),
        _ => Reply::missing(),
    })
    .await
    .unwrap();
    let mut plan = plan(&site);
    (plan.sitemaps, plan.page_bytes) = (false, 1 << 20);
    change(&mut plan);
    let (noted, _) = crawl(plan).await;
    let outcome = noted.seen.iter().find(|seen| seen.url.ends_with("/bad")).map(|seen| seen.outcome.clone());
    (outcome.unwrap_or_default(), noted.urls().into_iter().map(str::to_owned).collect())
}

#[tokio::test]
async fn one_bad_page_harms_no_other() {
    let mut bomb = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..1024 {
        bomb.write_all(&[b' '; 1 << 16]).unwrap();
    }
    let bomb = bomb.finish().unwrap();
    let large_header = format!("{START}x-large: {}\r\n\r\nbody", "x".repeat(10 << 20));
    for (name, reply, outcome) in [
        (
            "says more than it has",
            Reply::Raw(format!("{START}content-length: 5000\r\n\r\n<p>short").into()),
            "unreachable",
        ),
        (
            "says that it is endless",
            Reply::Raw(format!("{START}content-length: 99999999999\r\n\r\n<p>x").into()),
            "too_large",
        ),
        (
            "is too large and does not say so",
            Reply::Raw(format!("{START}\r\n{}", "x".repeat(2 << 20)).into()),
            "too_large",
        ),
        (
            "never ends, slowly",
            Reply::Endless(format!("{START}\r\n<p>").into(), b"x".to_vec(), Duration::from_millis(50)),
            "unreachable",
        ),
        (
            "never ends, fast",
            Reply::Endless(format!("{START}\r\n<p>").into(), vec![b'x'; 1 << 16], Duration::ZERO),
            "too_large",
        ),
        ("never begins", Reply::Silence(Duration::from_secs(10)), "unreachable"),
        (
            "never ends its head",
            Reply::Endless(START.into(), b"x: y\r\n".to_vec(), Duration::from_millis(20)),
            "unreachable",
        ),
        ("has a head of 10 MB", Reply::Raw(large_header.into()), "unreachable"),
        ("is a bomb", Reply::of(200, "text/html", bomb).with("content-encoding", "gzip"), "too_large"),
        ("is packed badly", Reply::html("not packed").with("content-encoding", "gzip"), "damaged"),
        ("is packed in an unknown way", Reply::html("x").with("content-encoding", "br"), "damaged"),
        ("is no page", Reply::html(b"PK\x03\x04\x00\x00".to_vec()), "not_a_page"),
        ("leads inside", Reply::to("http://169.254.169.254/latest/meta-data/"), "out_of_scope"),
        ("leads to a file", Reply::to("file:///etc/passwd"), "out_of_scope"),
        ("leads to itself", Reply::to("/bad"), "redirect"),
        ("is no HTTP", Reply::Raw(b"hello\r\n\r\n".to_vec()), "unreachable"),
        ("has gone", Reply::of(410, "text/html", "gone"), "status_410"),
    ] {
        let start = Instant::now();
        let (came, pages) = with_bad(reply, |_| {}).await;
        assert_eq!(came, outcome, "{name}");
        assert_eq!(pages, ["/", "/good"], "{name}");
        assert!(start.elapsed() < Duration::from_secs(20), "{name}");
    }
}

#[tokio::test]
async fn pictures_and_domains_do_not_lead_inside() {
    let site = Site::start(|request| match request.path.as_str() {
        "/" => Reply::html("<main><p>Pictures that lie inside, where nobody may look.</p><img src='http://169.254.169.254/a.png'><img src='http://[::1]/b.png'><img src=/moved.png></main>"),
        "/moved.png" => Reply::to("http://10.0.0.1/c.png"),
        _ => Reply::missing(),
    })
    .await
    .unwrap();
    let mut plan = plan(&site);
    plan.pictures = 10;
    let (noted, report) = crawl(plan).await;
    assert!(noted.pictures.is_empty());
    assert_eq!((report.kept, report.passed_over["robots_unreachable"]), (1, 3));
}

#[tokio::test]
async fn calendars_and_loops_come_to_an_end() {
    let site = Site::start(|request| {
        let path = request.path.as_str();
        let day = path.rsplit(['=', '/']).next().and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
        if path.starts_with("/calendar") {
            // Every day says the same and leads to three more.
            let links: String = (1..4).map(|more| format!("<a href='/calendar?day={}'>x</a>", day * 3 + more)).collect();
            Reply::html(format!("<main><p>There is nothing to be done on this day, as on every other.</p>{links}</main>"))
        } else if path == "/" || path.starts_with("/deep") {
            Reply::html(format!("<main><p>Page {path}, and a link into itself.</p><a href='{}/deep'>x</a><a href=/calendar>c</a></main>", path.trim_end_matches('/')))
        } else {
            Reply::missing()
        }
    })
    .await
    .unwrap();
    let mut plan = plan(&site);
    (plan.depth, plan.pages) = (10_000, 100_000);
    let (noted, report) = crawl(plan).await;
    assert!(site.paths().len() < 200, "{} requests", site.paths().len());
    assert!(report.passed_over["trap"] > 0 && !report.budget_spent);
    assert!(noted.urls().contains(&"/deep/deep/deep"));
}

#[tokio::test]
async fn budgets_end_a_crawl() {
    let site = Site::start(|request| {
        Reply::html(format!("<main><p>Page {0}.</p><a href='{0}a'>a</a><a href='{0}b'>b</a></main>", request.path))
    })
    .await
    .unwrap();
    let mut few = plan(&site);
    (few.pages, few.sitemaps, few.depth) = (20, false, 1000);
    let (noted, report) = crawl(few).await;
    assert_eq!((noted.pages.len(), report.pages, report.budget_spent), (20, 20, true));
    let mut small = plan(&site);
    (small.bytes, small.sitemaps) = (2000, false);
    let (_, report) = crawl(small).await;
    assert!(report.bytes < 6000 && report.budget_spent);
}
