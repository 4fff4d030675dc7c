//! The crawl itself: asks for one address after the other, looks at what comes, and takes up what it leads to.

use super::{
    Page, PictureLink, Plan, Report, Seen, SeenKind,
    address::{canonical, number},
    extract,
    frontier::{Frontier, Kind, Visit},
    robots::{ROBOTS_BYTES_MAXIMUM, Verdict},
    scope::Scope,
    sitemap::SITEMAP_BYTES_MAXIMUM,
    sniff::{Sniffed, sniff},
    warc::Exchange,
};
use crate::{Answer, Ask, FetchError, Fetcher};
use bytes::Bytes;
use labelwright_core::Timestamp;
use reqwest::header::{ACCEPT, CONTENT_TYPE, IF_MODIFIED_SINCE, IF_NONE_MATCH};
use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::task::JoinSet;
use url::Url;

/// How long to wait when nothing is due and nothing is on its way.
const IDLE: Duration = Duration::from_millis(20);

/// Was there anything on a page that no page before it had?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Novelty {
    New,
    /// Nearly the same as one before.
    Known,
    /// Too little to be kept.
    Empty,
}

/// A page with where and how it was found.
#[derive(Debug)]
pub struct FoundPage {
    /// The address that was asked for, and the one that answered.
    pub url: String,
    pub final_url: Url,
    pub at: Timestamp,
    pub verdict: Verdict,
    pub depth: u32,
    /// As it came, unpacked.
    pub bytes: Bytes,
    pub media_type: Option<String>,
    pub page: Page,
}

#[derive(Debug)]
pub struct FoundPicture {
    pub link: PictureLink,
    pub final_url: Url,
    pub at: Timestamp,
    pub verdict: Verdict,
    pub bytes: Bytes,
    /// By its content.
    pub media_type: &'static str,
}

/// Who takes what is found. Whatever goes wrong there ends the crawl.
pub trait Harvest: Send {
    fn page(&mut self, found: FoundPage) -> Result<Novelty, String>;
    fn picture(&mut self, found: FoundPicture) -> Result<Novelty, String>;
    /// An address is done with.
    fn seen(&mut self, seen: &Seen) -> Result<(), String>;
    /// Is what was said and answered wanted ([`Harvest::exchange`])?
    fn archives(&self) -> bool {
        false
    }
    fn exchange(&mut self, _: &Exchange<'_>) -> Result<(), String> {
        Ok(())
    }
    /// Called often.
    fn progress(&mut self, report: &Report) -> Result<(), String>;
}

#[derive(Debug, thiserror::Error)]
pub enum CrawlError {
    #[error("{0}")]
    Scope(String),
    #[error("{0}")]
    Harvest(String),
}

/// What an earlier crawl knew of a page.
#[derive(Debug, Clone)]
pub(super) struct Earlier {
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    pub links: Vec<String>,
}

pub struct Crawler {
    fetcher: Fetcher,
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    pub(super) plan: Arc<Plan>,
    pub(super) scope: Scope,
    pub(super) frontier: Frontier,
    pub(super) earlier: HashMap<u64, Earlier>,
    /// Pages on their way, sitemaps and pictures that were taken up.
    pub(super) asked_pages: u64,
    pub(super) sitemaps: u64,
    pub(super) pictures: u64,
    pub(super) report: Report,
}

/// What came of one request.
pub(super) struct Came {
    pub visit: Visit,
    pub at: Timestamp,
    pub answer: Result<Answer, FetchError>,
    pub read: Option<Page>,
}

impl Crawler {
    /// # Errors
    /// When the plan's expressions are none.
    pub fn new(
        fetcher: Fetcher,
        plan: Plan,
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
    ) -> Result<Self, CrawlError> {
        let scope = Scope::new(&plan.seeds, plan.reach, &plan.include, &plan.exclude).map_err(CrawlError::Scope)?;
        let frontier = Frontier::new(plan.delay);
        Ok(Self {
            fetcher,
            now: Arc::new(now),
            plan: Arc::new(plan),
            scope,
            frontier,
            earlier: HashMap::new(),
            asked_pages: 0,
            sitemaps: 0,
            pictures: 0,
            report: Report::default(),
        })
    }

    /// Goes on after a crawl that was cut off: what it has seen is not asked for again, what it found is taken up.
    pub fn go_on(&mut self, seen: impl IntoIterator<Item = Seen>) {
        let mut leads = Vec::new();
        for seen in seen {
            self.frontier.see(&seen.url);
            match seen.kind {
                SeenKind::Page if !matches!(seen.outcome.as_str(), "disallowed" | "redirect") => self.report.pages += 1,
                SeenKind::Page => {}
                SeenKind::Picture => self.pictures += 1,
            }
            leads.push((seen.links, seen.pictures, seen.depth));
        }
        for (links, pictures, depth) in leads {
            self.follow(links.iter().filter_map(|link| Url::parse(link).ok()), depth);
            self.show(pictures, depth);
        }
    }

    /// Asks of what an earlier crawl has seen only whether it has changed since.
    pub fn since(&mut self, seen: impl IntoIterator<Item = Seen>) {
        for seen in seen.into_iter().filter(|seen| seen.etag.is_some() || seen.last_modified.is_some()) {
            let Seen { url, etag, last_modified, links, .. } = seen;
            self.earlier.insert(number(&url), Earlier { etag, last_modified, links });
        }
    }

    /// Crawls to the end of the pages or of the budget.
    ///
    /// # Errors
    /// What the harvest says.
    pub async fn run(mut self, harvest: &mut dyn Harvest) -> Result<Report, CrawlError> {
        for seed in self.plan.seeds.iter().filter_map(canonical) {
            self.frontier.push(Visit::new(seed, Kind::Page, 0), Instant::now());
        }
        let mut under_way: JoinSet<Came> = JoinSet::new();
        loop {
            let pages_left = self.report.pages + self.asked_pages < self.plan.pages;
            let spent = self.report.bytes >= self.plan.bytes;
            while !spent && under_way.len() < self.plan.at_once {
                let pages = self.report.pages + self.asked_pages < self.plan.pages;
                let Some(visit) = self.frontier.next(Instant::now(), pages) else { break };
                if self.may(&visit, harvest)? {
                    self.asked_pages += u64::from(visit.kind == Kind::Page);
                    under_way.spawn(self.ask(visit));
                }
            }
            if under_way.is_empty() && (spent || self.frontier.waiting(pages_left) == 0) {
                break;
            }
            let now = Instant::now();
            let wait = self.frontier.next_at().filter(|at| *at > now).unwrap_or(now + IDLE);
            tokio::select! {
                Some(came) = under_way.join_next(), if !under_way.is_empty() => {
                    // Its host would wait for ever.
                    let came = came.map_err(|_| CrawlError::Harvest("a request broke down".into()))?;
                    self.take(came, harvest)?;
                }
                () = tokio::time::sleep_until(wait.into()) => {}
            }
            harvest.progress(&self.report).map_err(CrawlError::Harvest)?;
        }
        self.report.dropped = self.frontier.dropped;
        self.report.budget_spent = self.frontier.waiting(true) > 0;
        Ok(self.report)
    }

    /// Do the rules of its site permit the visit?
    fn may(&mut self, visit: &Visit, harvest: &mut dyn Harvest) -> Result<bool, CrawlError> {
        let verdict = self.frontier.rules_of(&visit.url).map(|robots| robots.verdict(&visit.url));
        if visit.kind == Kind::Robots || verdict.is_some_and(Verdict::permits) {
            return Ok(true);
        }
        self.frontier.skip(&visit.url);
        // A sitemap is only a way to pages.
        if visit.kind == Kind::Sitemap {
            return Ok(false);
        }
        let why = if verdict == Some(Verdict::Unreachable) { "robots_unreachable" } else { "disallowed" };
        self.over(visit, why, harvest)?;
        Ok(false)
    }

    fn ask(&self, visit: Visit) -> impl Future<Output = Came> + Send + 'static {
        let (fetcher, plan, clock) = (self.fetcher.clone(), Arc::clone(&self.plan), Arc::clone(&self.now));
        let most = match &visit.kind {
            Kind::Robots => ROBOTS_BYTES_MAXIMUM,
            Kind::Sitemap => SITEMAP_BYTES_MAXIMUM,
            Kind::Page => plan.page_bytes,
            Kind::Picture(_) => plan.picture_bytes,
        };
        let mut ask = Ask::get(visit.url.clone(), most, plan.patience);
        ask.cut = visit.kind == Kind::Robots;
        if visit.kind == Kind::Page {
            ask = ask.with(ACCEPT, "text/html,application/xhtml+xml,text/plain;q=0.9,*/*;q=0.1");
            if let Some(earlier) = self.earlier.get(&number(visit.url.as_str())) {
                let known = [(IF_NONE_MATCH, &earlier.etag), (IF_MODIFIED_SINCE, &earlier.last_modified)];
                for (name, value) in known {
                    ask.headers.extend(value.clone().map(|value| (name, value)));
                }
            }
        }
        async move {
            let answer = fetcher.ask(&ask).await;
            let at = clock();
            let mut read = None;
            if let (Kind::Page, Ok(answer)) = (&visit.kind, &answer)
                && answer.status == 200
            {
                let (answer, url) = (answer.clone(), visit.url.clone());
                read = tokio::task::spawn_blocking(move || page(&answer, &url, &plan)).await.unwrap_or_default();
            }
            Came { visit, at, answer, read }
        }
    }
}

/// What a page holds, if it is one.
fn page(answer: &Answer, url: &Url, plan: &Plan) -> Option<Page> {
    let content_type = answer.header(&CONTENT_TYPE);
    match sniff(&answer.bytes, answer.kind().as_deref()) {
        Sniffed::Html => {
            let text = super::decoded(&answer.bytes, content_type);
            Some(extract::extract(&text, url, plan.recipe.as_ref()))
        }
        Sniffed::Text => {
            let text = super::decoded(&answer.bytes, content_type).replace('\0', "");
            Some(Page { text: text.trim().to_owned(), ..Page::default() })
        }
        Sniffed::Picture(_) | Sniffed::Other => None,
    }
}
