//! How fast a site on loopback is collected: by the crawler alone, and with all that becomes of its pages (language,
//! near-duplicates, items on the disk). Ends with an error when an address was fetched that robots.txt disallows.
//!
//! cargo run --release -p labelwright-workflow --example collect_site -- 10000

use labelwright_connect::crawl::{Crawler, FoundPage, FoundPicture, Harvest, Novelty, Plan, Report, Seen};
use labelwright_testkit::site::{Reply, Site};
use labelwright_workflow::{
    acquire::{self, Fetcher, Guard, Reach, Stage, WebSource},
    clock::Clock,
};
use std::{
    error::Error,
    time::{Duration, Instant},
};
use url::Url;

const WORDS: [&str; 40] = [
    "boat", "harbour", "wind", "winter", "mountain", "carrot", "engine", "letter", "garden", "window", "river",
    "paper", "morning", "village", "bridge", "music", "teacher", "salt", "bread", "summer", "horse", "street",
    "market", "stone", "forest", "island", "kitchen", "doctor", "train", "question", "answer", "silver", "copper",
    "thunder", "shadow", "mirror", "candle", "ladder", "basket", "feather",
];

/// A number that looks random.
fn mixed(number: u64) -> u64 {
    let z = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A page of a menu that all share, 250 words of its own and links; one in twenty says what the one before it says.
fn page(number: u64, pages: u64) -> String {
    let own = if number % 20 == 19 { number - 1 } else { number };
    let word = |at: u64| WORDS[(mixed(own * 1000 + at) % WORDS.len() as u64) as usize];
    let mut text = String::new();
    for sentence in 0..25 {
        let words: Vec<&str> = (0..10).map(|at| word(sentence * 10 + at)).collect();
        text.push_str(&format!("<p>The {} of this place is {}.</p>", words[0], words[1..].join(" and ")));
    }
    let links: String = [number * 2 + 1, number * 2 + 2, mixed(number) % pages]
        .into_iter()
        .filter(|next| *next < pages)
        .map(|next| format!("<li><a href=/page/{next}>page {next}</a></li>"))
        .collect();
    format!(
        "<!doctype html><html lang=en><head><title>Page {number}</title></head><body><nav><a href=/>home</a>\
         <a href=/private/{number}>private</a></nav><main><h1>Page {number}</h1>{text}<ul>{links}</ul></main>\
         <footer>All of this is made up, and nobody has to read it.</footer></body></html>"
    )
}

/// Counts and lets go.
#[derive(Default)]
struct Counted(u64);

impl Harvest for Counted {
    fn page(&mut self, _: FoundPage) -> Result<Novelty, String> {
        self.0 += 1;
        Ok(Novelty::New)
    }

    fn picture(&mut self, _: FoundPicture) -> Result<Novelty, String> {
        Ok(Novelty::Empty)
    }

    fn seen(&mut self, _: &Seen) -> Result<(), String> {
        Ok(())
    }

    fn progress(&mut self, _: &Report) -> Result<(), String> {
        Ok(())
    }
}

/// The most memory that this process has held, in MiB.
fn most_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let pages: u64 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(10_000);
    let site = Site::start(move |request| match request.path.as_str() {
        "/robots.txt" => Reply::of(200, "text/plain", "User-agent: *\nDisallow: /private"),
        "/" => Reply::html(page(0, pages)),
        path => match path.strip_prefix("/page/").and_then(|number| number.parse().ok()) {
            Some(number) if number < pages => Reply::html(page(number, pages)),
            _ => Reply::missing(),
        },
    })
    .await?;
    let fetcher = || Guard::allowing(["127.0.0.1"]).map(Fetcher::new);
    let mut plan = Plan::new(vec![Url::parse(&site.url("/"))?]);
    (plan.delay, plan.pages, plan.depth) = (Duration::ZERO, pages, u32::MAX);
    let (clock, begun, mut counted) = (Clock::System, Instant::now(), Counted::default());
    Crawler::new(fetcher()?, plan, move || clock.now())?.run(&mut counted).await?;
    let alone = counted.0 as f64 / begun.elapsed().as_secs_f64();
    eprintln!("the crawler alone: {} pages, {alone:.0} a second, {} MiB at most", counted.0, most_memory());

    let folder = tempfile::tempdir()?;
    let source = WebSource {
        urls: vec![site.url("/")],
        depth: u32::MAX,
        pages,
        pictures: 0,
        rate: 0.0,
        reach: Reach::Host,
        include: Vec::new(),
        exclude: Vec::new(),
        recipe: None,
        normalise: false,
        tokens: false,
    };
    let (begun, root) = (Instant::now(), folder.path().join("site"));
    let report = acquire::web(&source, fetcher()?, &Clock::System, &root, (None, None), &Stage::default()).await?;
    let whole = report.pages as f64 / begun.elapsed().as_secs_f64();
    let megabytes = most_memory();
    eprintln!("the whole: {} pages, {} kept, {whole:.0} a second, {megabytes} MiB at most", report.pages, report.kept);
    let disallowed = site.paths().iter().filter(|path| path.starts_with("/private")).count();
    eprintln!("disallowed addresses that were fetched: {disallowed}");
    if disallowed > 0 { Err("robots.txt was not kept to".into()) } else { Ok(()) }
}
