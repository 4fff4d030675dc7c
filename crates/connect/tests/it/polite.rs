//! What a crawl finds, and that it keeps to what a site asks for.

use crate::{
    site::{Reply, Site},
    support::{Noted, crawl, crawler, local, plan, shortest_gap},
};
use labelwright_connect::crawl::{Crawler, Recipe, robots::Verdict};
use labelwright_core::Timestamp;
use std::{
    sync::atomic::{AtomicI64, AtomicUsize, Ordering},
    time::Duration,
};

fn page(title: &str, body: &str) -> Reply {
    Reply::html(format!(
        "<html lang=en><title>{title}</title><main><p>{title}: a paragraph with enough words in it to be read.</p>{body}</main>"
    ))
}

#[tokio::test]
async fn pages_pictures_and_fields_of_a_small_site() {
    let picture = b"\x89PNG\r\n\x1a\nrest".to_vec();
    let site = Site::start(move |request| match request.path.as_str() {
        "/robots.txt" => Reply::of(200, "text/plain", "User-agent: *\nDisallow: /private/\nSitemap: /map.xml"),
        "/map.xml" => Reply::of(
            200,
            "text/xml",
            format!("<urlset><url><loc>http://{}/listed</loc></url></urlset>", request.header("host").unwrap()),
        ),
        "/" => page(
            "Home",
            "<a href='/a?utm_source=x#top'>a</a><a href='/private/b'>b</a><a href='http://elsewhere.example/'>c</a>\
            <a href=/moved>d</a><a rel=nofollow href=/no>e</a>",
        ),
        "/a" => page(
            "A",
            "<link rel=license href='https://creativecommons.org/licenses/by/4.0/'><meta name=author content=Ada>\
            <figure><img src=/p.png alt='A cat'><figcaption>On a mat</figcaption></figure>",
        ),
        "/moved" => Reply::to("/new"),
        "/p.png" => Reply::of(200, "text/html", picture.clone()),
        "/listed" | "/new" => page(&request.path, ""),
        "/hidden" => page("Hidden", "<meta name=robots content='noindex'>"),
        _ => Reply::missing(),
    })
    .await
    .unwrap();
    let mut plan = plan(&site);
    plan.pictures = 10;
    let (noted, report) = crawl(plan).await;
    assert_eq!(noted.urls(), ["/", "/a", "/listed", "/new"]);
    let a = noted.pages.iter().find(|page| page.final_url.path() == "/a").unwrap();
    assert_eq!((a.page.author.as_deref(), a.page.language.as_deref()), (Some("Ada"), Some("en")));
    assert_eq!(a.page.licence.as_deref(), Some("https://creativecommons.org/licenses/by/4.0/"));
    assert_eq!((a.verdict, a.depth), (Verdict::Allowed, 1));
    let moved = noted.pages.iter().find(|page| page.final_url.path() == "/new").unwrap();
    assert_eq!(moved.url, site.url("/moved"));
    let [picture] = noted.pictures.as_slice() else { panic!("{:?}", noted.pictures) };
    assert_eq!((picture.link.alt.as_deref(), picture.link.caption.as_deref()), (Some("A cat"), Some("On a mat")));
    assert_eq!((picture.media_type, picture.link.licence.is_some()), ("image/png", true));
    assert_eq!((report.pages, report.kept, report.pictures, report.passed_over["disallowed"]), (4, 4, 1, 1));
    assert!(!site.paths().iter().any(|path| path.starts_with("/private") || path == "/no"));
    assert_eq!(site.paths()[0], "/robots.txt");
    assert!(site.log().iter().all(|request| request.header("user-agent").unwrap().starts_with("labelwright/")));
}

#[tokio::test]
async fn no_two_requests_are_closer_than_the_delay() {
    for (robots, delay, least) in [
        ("User-agent: *\nDisallow: /odd", Duration::from_millis(60), Duration::from_millis(60)),
        // The site asks for more.
        (
            "User-agent: labelwright\nCrawl-delay: 0.15\nDisallow: /odd",
            Duration::from_millis(20),
            Duration::from_millis(150),
        ),
    ] {
        let site = Site::start(move |request| match request.path.as_str() {
            "/robots.txt" => Reply::of(200, "text/plain", robots),
            "/sitemap.xml" => Reply::missing(),
            path => {
                page(path, "<a href=/1>1</a><a href=/2>2</a><a href=/3>3</a><a href=/odd/4>4</a><a href=/moved>5</a>")
            }
        })
        .await
        .unwrap();
        let mut plan = plan(&site);
        plan.delay = delay;
        let (_, report) = crawl(plan).await;
        assert_eq!(report.kept, 5);
        assert!(shortest_gap(&site) >= least, "{:?}", shortest_gap(&site));
        assert!(!site.paths().iter().any(|path| path.starts_with("/odd")));
    }
}

#[tokio::test]
async fn rules_that_cannot_be_had() {
    for (reply, kept) in [
        (Reply::missing(), 1),
        (Reply::of(403, "text/plain", ""), 1),
        (Reply::of(200, "text/plain", "<html>\u{0}garbage: \u{fffd}"), 1),
        (Reply::of(200, "text/plain", format!("User-agent: *\nDisallow: /x\n{}", "#".repeat(1 << 20))), 1),
        (Reply::to("/robots.txt"), 1),
        (Reply::of(500, "text/plain", "").with("retry-after", "0"), 0),
        (Reply::Silence(Duration::from_secs(5)), 0),
        (Reply::Raw(b"no http at all\r\n\r\n".to_vec()), 0),
        (Reply::to("http://127.0.0.2/robots.txt"), 0),
    ] {
        let told = format!("{reply:?}").chars().take(80).collect::<String>();
        let site =
            Site::start(move |request| if request.path == "/robots.txt" { reply.clone() } else { page("Home", "") })
                .await
                .unwrap();
        let mut plan = plan(&site);
        (plan.sitemaps, plan.patience) = (false, Duration::from_millis(200));
        let (noted, report) = crawl(plan).await;
        assert_eq!(report.kept, kept, "{told}");
        if kept == 0 {
            assert_eq!(noted.seen[0].outcome, "robots_unreachable", "{told}");
            assert!(site.paths().iter().all(|path| path == "/robots.txt"), "{told}");
        }
    }
}

#[tokio::test]
async fn a_crawl_that_was_cut_off_goes_on_and_asks_nothing_twice() {
    let site = Site::start(|request| match request.path.strip_prefix("/").and_then(|path| path.parse::<u32>().ok()) {
        Some(number) if number < 30 => page(&request.path, &format!("<a href=/{}>next</a>", number + 1)),
        None if request.path == "/" => page("Home", "<a href=/1>1</a>"),
        _ => Reply::missing(),
    })
    .await
    .unwrap();
    let mut plan = plan(&site);
    plan.depth = 100;
    let mut first = Noted { breaks_after: Some(10), ..Noted::default() };
    assert!(crawler(plan.clone()).run(&mut first).await.is_err());
    let mut rest = Noted::default();
    let mut again = crawler(plan);
    again.go_on(first.seen.clone());
    let report = again.run(&mut rest).await.unwrap();
    assert_eq!((first.pages.len(), rest.pages.len(), report.pages), (10, 20, 30));
    let pages: Vec<String> =
        site.paths().into_iter().filter(|path| path[1..].parse::<u32>().is_ok_and(|n| n != 10)).collect();
    let mut once = pages.clone();
    once.sort();
    once.dedup();
    assert_eq!(pages.len(), once.len());
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let site = Site::start(|request| match request.path.as_str() {
        "/" => match request.header("if-none-match") {
            Some("\"1\"") => Reply::Whole { status: 304, headers: Vec::new(), body: Vec::new() },
            _ => page("Home", "<a href=/a>a</a>").with("etag", "\"1\""),
        },
        "/a" => page("A", ""),
        _ => Reply::missing(),
    })
    .await
    .unwrap();
    let (first, _) = crawl(plan(&site)).await;
    let mut again = crawler(plan(&site));
    again.since(first.seen);
    let mut second = Noted::default();
    let report = again.run(&mut second).await.unwrap();
    assert_eq!((second.urls(), report.passed_over["unchanged"], report.pages), (vec!["/a"], 1, 2));
}

#[tokio::test]
async fn busy_sites_are_left_alone_for_as_long_as_they_ask() {
    let tries = AtomicUsize::new(0);
    let site = Site::start(move |request| match request.path.as_str() {
        "/" if tries.fetch_add(1, Ordering::SeqCst) == 0 => Reply::of(429, "text/plain", "").with("retry-after", "1"),
        "/" => page("Home", ""),
        _ => Reply::missing(),
    })
    .await
    .unwrap();
    let mut plan = plan(&site);
    plan.sitemaps = false;
    let (noted, _) = crawl(plan).await;
    let times: Vec<_> =
        site.log().into_iter().filter(|request| request.path == "/").map(|request| request.at).collect();
    assert_eq!((noted.pages.len(), times.len()), (1, 2));
    assert!(times[1] - times[0] >= Duration::from_secs(1));
}

/// Delays are kept by a clock that nobody sets; what it says of times is all that the other one is asked for.
#[tokio::test]
async fn a_clock_that_jumps_neither_hurries_nor_stops_a_crawl() {
    let tries = AtomicUsize::new(0);
    let site = Site::start(move |request| match request.path.as_str() {
        "/robots.txt" => Reply::of(200, "text/plain", "User-agent: *\nDisallow: /odd"),
        // By a date that the jumping clock is years away from, on either side of it.
        "/1" if tries.fetch_add(1, Ordering::SeqCst) == 0 => {
            Reply::of(503, "text/plain", "").with("retry-after", "Fri, 31 Dec 1999 23:59:59 GMT")
        }
        "/sitemap.xml" => Reply::missing(),
        path => page(path, "<a href=/1>1</a><a href=/2>2</a><a href=/3>3</a>"),
    })
    .await
    .unwrap();
    let mut plan = plan(&site);
    plan.delay = Duration::from_millis(60);
    let years = AtomicI64::new(0);
    let clock = move || {
        let turn = years.fetch_add(1, Ordering::SeqCst);
        Timestamp(1_700_000_000_000_000 + (turn % 3 - 1) * 10 * 365 * 86_400_000_000)
    };
    let mut noted = Noted::default();
    let report = Crawler::new(local(), plan, clock).unwrap().run(&mut noted).await.unwrap();
    assert_eq!((report.kept, noted.urls()), (4, vec!["/", "/1", "/2", "/3"]));
    assert!(shortest_gap(&site) >= Duration::from_millis(60), "{:?}", shortest_gap(&site));
}

#[tokio::test]
async fn records_by_a_recipe_over_several_pages() {
    let site = Site::start(|request| match request.path.as_str() {
        "/" => Reply::html(
            "<div class=q>One</div><div class=q>Two</div><a class=more href='/?page=2'>more</a><a href=/x>x</a>",
        ),
        "/?page=2" => Reply::html("<div class=q>Three</div>"),
        _ => Reply::missing(),
    })
    .await
    .unwrap();
    let mut plan = plan(&site);
    plan.recipe = Some(
        Recipe::parse("each = '.q'\nnext = 'a.more'\n[fields]\nquote = '@class'\nsaid = '*'")
            .unwrap_or_else(|_| panic!("the recipe is good")),
    );
    let (noted, _) = crawl(plan).await;
    assert_eq!(noted.pages.iter().map(|page| page.page.records.len()).sum::<usize>(), 3);
}

/// The figure: 10,000 pages, as fast as the site allows.
#[tokio::test(flavor = "multi_thread")]
async fn a_large_site() {
    let pages = std::env::var("LABELWRIGHT_CRAWL_PAGES").ok().and_then(|text| text.parse().ok()).unwrap_or(300_u64);
    let site = Site::start(move |request| {
        let Some(number) = request.path.strip_prefix("/p/").and_then(|path| path.parse::<u64>().ok()) else {
            return if request.path == "/" { page("Home", "<a href=/p/1>first</a>") } else { Reply::missing() };
        };
        let links: String = [number * 2, number * 2 + 1]
            .iter()
            .filter(|next| **next < pages)
            .map(|next| format!("<a href=/p/{next}>{next}</a>"))
            .collect();
        let words: String = (0..40)
            .map(|word| format!("<p>Paragraph {word} of page {number}, which says {}.</p>", number * 31 + word))
            .collect();
        page(&format!("Page {number}"), &(links + &words))
    })
    .await
    .unwrap();
    let mut plan = plan(&site);
    (plan.pages, plan.depth, plan.patience) = (pages, 100, Duration::from_secs(30));
    let mut noted = Noted { counts: true, ..Noted::default() };
    let start = std::time::Instant::now();
    let report = Crawler::new(local(), plan, Default::default).unwrap().run(&mut noted).await.unwrap();
    let seconds = start.elapsed().as_secs_f64();
    assert_eq!((report.pages, noted.count as u64), (pages, pages));
    eprintln!("{pages} pages in {seconds:.2} s: {:.0} pages/s", pages as f64 / seconds);
}
