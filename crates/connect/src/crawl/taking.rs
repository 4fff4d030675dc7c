//! What becomes of each answer: rules are kept, sitemaps and links taken up, pages and pictures handed over.

use super::{
    FoundPage, FoundPicture, Harvest, Page, PictureLink, Seen, SeenKind,
    address::{canonical, number, origin},
    frontier::{Kind, Visit},
    robots::{Robots, Verdict},
    run::{Came, CrawlError, Crawler, Earlier, Novelty},
    sitemap::{self, SITEMAP_BYTES_MAXIMUM},
    sniff::{Sniffed, sniff},
    warc::Exchange,
    wire,
};
use crate::{Answer, FetchError};
use labelwright_core::Timestamp;
use reqwest::header::{ETAG, HeaderName, LAST_MODIFIED};
use std::time::{Duration, Instant, UNIX_EPOCH};
use url::Url;

const REDIRECTS_MAXIMUM: u8 = 5;
const ATTEMPTS_MAXIMUM: u8 = 3;
/// The longest pause that a site may ask for while it is crawled.
const PAUSE_MAXIMUM: Duration = Duration::from_secs(300);
const SITEMAPS_MAXIMUM: u64 = 1000;

impl Crawler {
    pub(super) fn take(&mut self, came: Came, harvest: &mut dyn Harvest) -> Result<(), CrawlError> {
        let Came { visit, at, answer, read } = came;
        let now = Instant::now();
        self.frontier.done(&visit.url, now);
        self.asked_pages -= u64::from(visit.kind == Kind::Page);
        if let Ok(answer) = &answer {
            self.report.bytes += answer.raw.len() as u64;
            if harvest.archives() {
                let (request, head, at) = (wire::request(&visit.url), wire::head(answer), at.to_string());
                let exchange =
                    Exchange { url: visit.url.as_str(), at: &at, request: &request, head: &head, body: &answer.raw };
                harvest.exchange(&exchange).map_err(CrawlError::Harvest)?;
            }
        }
        if self.is_retried(&visit, &answer, at, now) {
            return Ok(());
        }
        match visit.kind {
            Kind::Robots => {
                self.rules(visit, answer, now);
                Ok(())
            }
            Kind::Sitemap => {
                self.listed(&visit, answer, now);
                Ok(())
            }
            Kind::Page | Kind::Picture(_) => match answer {
                Err(error) => self.over(&visit, wire::word(&error), harvest),
                Ok(answer) if answer.redirect(&visit.url).is_some() => self.lead(visit, &answer, now, harvest),
                Ok(answer) if answer.status == 304 => self.unchanged(&visit, harvest),
                Ok(answer) if answer.status != 200 => self.over(&visit, &format!("status_{}", answer.status), harvest),
                Ok(answer) if visit.kind == Kind::Page => self.page(visit, &answer, read, at, harvest),
                Ok(answer) => self.picture(visit, &answer, at, harvest),
            },
        }
    }

    /// Puts off what may succeed later, and leaves a host alone for as long as it asks.
    fn is_retried(&mut self, visit: &Visit, answer: &Result<Answer, FetchError>, at: Timestamp, now: Instant) -> bool {
        let (passing, asked) = match answer {
            Ok(answer) => {
                let time = UNIX_EPOCH + Duration::from_micros(at.0.max(0) as u64);
                (matches!(answer.status, 429 | 500..=599), answer.retry_after(time))
            }
            Err(error) => (matches!(error, FetchError::Unreachable), None),
        };
        if !passing || visit.attempts + 1 >= ATTEMPTS_MAXIMUM {
            return false;
        }
        let own = Duration::from_millis(500 << (2 * visit.attempts));
        self.frontier.pause(&visit.url, now + asked.unwrap_or(own).min(PAUSE_MAXIMUM));
        self.frontier.again(Visit { attempts: visit.attempts + 1, ..visit.clone() }, now);
        true
    }

    fn rules(&mut self, visit: Visit, answer: Result<Answer, FetchError>, now: Instant) {
        let of = visit.asked.clone().unwrap_or_else(|| origin(&visit.url));
        let robots = match answer {
            Ok(answer) => match answer.redirect(&visit.url) {
                Some(url) if visit.redirects < REDIRECTS_MAXIMUM => {
                    let redirects = visit.redirects + 1;
                    self.frontier.again(Visit { url, asked: Some(of), redirects, attempts: 0, ..visit }, now);
                    return;
                }
                // Too many redirects are as good as no file.
                _ if matches!(answer.status, 300..=499) && answer.status != 429 => Robots::none(),
                _ if answer.status == 200 => Robots::parse(&answer.bytes),
                _ => Robots::closed(),
            },
            Err(_) => Robots::closed(),
        };
        let sitemaps = robots.sitemaps.clone();
        self.frontier.rules(&of, robots);
        if !self.plan.sitemaps || !self.plan.seeds.iter().any(|seed| origin(seed) == of) {
            return;
        }
        let Ok(base) = Url::parse(&of) else { return };
        let listed = if sitemaps.is_empty() { vec!["/sitemap.xml".to_owned()] } else { sitemaps };
        for url in listed.iter().filter_map(|text| canonical(&base.join(text).ok()?)) {
            self.sitemap(url, now);
        }
    }

    fn sitemap(&mut self, url: Url, now: Instant) {
        let is_own = self.plan.seeds.iter().any(|seed| origin(seed) == origin(&url));
        if is_own && self.sitemaps < SITEMAPS_MAXIMUM {
            self.sitemaps += u64::from(self.frontier.push(Visit::new(url, Kind::Sitemap, 0), now));
        }
    }

    fn listed(&mut self, visit: &Visit, answer: Result<Answer, FetchError>, now: Instant) {
        let Ok(answer) = answer else { return };
        if let Some(url) = answer.redirect(&visit.url).and_then(|url| canonical(&url)) {
            return self.sitemap(url, now);
        }
        if answer.status != 200 {
            return;
        }
        let found = sitemap::parse(&wire::unzipped(&answer.bytes, SITEMAP_BYTES_MAXIMUM));
        for url in found.sitemaps.iter().filter_map(|text| canonical(&Url::parse(text).ok()?)) {
            self.sitemap(url, now);
        }
        self.follow(found.pages.iter().filter_map(|text| canonical(&Url::parse(text).ok()?)), 0);
    }

    /// Takes up links from a page of this depth; those that were taken are given back.
    pub(super) fn follow(&mut self, links: impl IntoIterator<Item = Url>, depth: u32) -> Vec<String> {
        if depth >= self.plan.depth {
            return Vec::new();
        }
        let (now, mut taken) = (Instant::now(), Vec::new());
        for link in links {
            if !self.scope.holds(&link) {
                continue;
            }
            if self.scope.is_trap(&link) {
                if self.frontier.see(link.as_str()) {
                    *self.report.passed_over.entry("trap".into()).or_default() += 1;
                }
                continue;
            }
            let address = link.as_str().to_owned();
            if self.frontier.push(Visit::new(link, Kind::Page, depth + 1), now) {
                taken.push(address);
            }
        }
        taken
    }

    pub(super) fn show(&mut self, pictures: Vec<PictureLink>, depth: u32) -> Vec<PictureLink> {
        let mut taken = Vec::new();
        for link in pictures {
            let Some(url) = Url::parse(&link.url).ok().filter(|_| self.pictures < self.plan.pictures) else { continue };
            let visit = Visit::new(url, Kind::Picture(Box::new(link.clone())), depth);
            if self.frontier.push(visit, Instant::now()) {
                self.pictures += 1;
                taken.push(link);
            }
        }
        taken
    }

    /// A redirect is a new address: it has to fit, and its site has its own rules.
    fn lead(
        &mut self,
        visit: Visit,
        answer: &Answer,
        now: Instant,
        harvest: &mut dyn Harvest,
    ) -> Result<(), CrawlError> {
        let target = answer.redirect(&visit.url).and_then(|url| canonical(&url));
        let fits = |url: &Url| visit.kind != Kind::Page || (self.scope.holds(url) && !self.scope.is_trap(url));
        let target = target.filter(fits);
        match target {
            _ if visit.redirects >= REDIRECTS_MAXIMUM => self.over(&visit, "too_many_redirects", harvest),
            None => self.over(&visit, "out_of_scope", harvest),
            Some(url) if !self.frontier.see(url.as_str()) => self.over(&visit, "redirect", harvest),
            Some(url) => {
                self.over(&visit, "redirect", harvest)?;
                let asked = visit.asked.clone().or_else(|| Some(visit.url.to_string()));
                self.frontier.again(Visit { url, asked, redirects: visit.redirects + 1, attempts: 0, ..visit }, now);
                Ok(())
            }
        }
    }

    fn unchanged(&mut self, visit: &Visit, harvest: &mut dyn Harvest) -> Result<(), CrawlError> {
        self.report.pages += 1;
        let earlier = self.earlier.remove(&number(visit.url.as_str()));
        let Some(Earlier { etag, last_modified, links }) = earlier else {
            return self.over(visit, "unchanged", harvest);
        };
        self.follow(links.iter().filter_map(|link| Url::parse(link).ok()), visit.depth);
        self.count("unchanged");
        let seen = Seen { etag, last_modified, links, ..seen(visit, "unchanged") };
        self.note(seen, harvest)
    }

    fn page(
        &mut self,
        visit: Visit,
        answer: &Answer,
        read: Option<Page>,
        at: Timestamp,
        harvest: &mut dyn Harvest,
    ) -> Result<(), CrawlError> {
        self.report.pages += 1;
        let Some(mut page) = read else { return self.over(&visit, "not_a_page", harvest) };
        let rules = answer.header(&HeaderName::from_static("x-robots-tag")).unwrap_or_default().to_ascii_lowercase();
        let has = |word: &str| rules.split([',', ' ', ':']).any(|rule| rule == word);
        let reserved = answer.header(&HeaderName::from_static("tdm-reservation")) == Some("1");
        page.no_index |= has("noindex") || has("none") || has("noai") || reserved;
        page.no_follow |= has("nofollow") || has("none");
        // What a page calls itself need not be fetched again under that name.
        for own in page.canonical.iter().filter(|own| origin(own) == origin(&visit.url)) {
            self.frontier.see(own.as_str());
        }
        let links = if page.no_follow { Vec::new() } else { std::mem::take(&mut page.links) };
        let links = self.follow(links, visit.depth);
        let (outcome, pictures) = if page.no_index {
            ("no_index", Vec::new())
        } else {
            let mut pictures = std::mem::take(&mut page.pictures);
            for picture in &mut pictures {
                picture.title.clone_from(&page.title);
                picture.licence.clone_from(&page.licence);
            }
            let found = FoundPage {
                url: visit.asked.clone().unwrap_or_else(|| visit.url.to_string()),
                final_url: visit.url.clone(),
                at,
                verdict: self.verdict(&visit.url),
                depth: visit.depth,
                bytes: answer.bytes.clone(),
                media_type: answer.kind(),
                page,
            };
            let novelty = harvest.page(found).map_err(CrawlError::Harvest)?;
            self.scope.note(&visit.url, novelty != Novelty::Known);
            match novelty {
                Novelty::New => ("kept", self.show(pictures, visit.depth)),
                // Pages without words of their own may be galleries.
                Novelty::Empty => ("no_text", self.show(pictures, visit.depth)),
                Novelty::Known => ("near_duplicate", Vec::new()),
            }
        };
        self.count(outcome);
        let header = |name: &HeaderName| answer.header(name).map(str::to_owned);
        let (etag, last_modified) = (header(&ETAG), header(&LAST_MODIFIED));
        self.note(Seen { etag, last_modified, links, pictures, ..seen(&visit, outcome) }, harvest)
    }

    fn picture(
        &mut self,
        visit: Visit,
        answer: &Answer,
        at: Timestamp,
        harvest: &mut dyn Harvest,
    ) -> Result<(), CrawlError> {
        let (Sniffed::Picture(media_type), Kind::Picture(link)) = (sniff(&answer.bytes, None), &visit.kind) else {
            return self.over(&visit, "not_a_picture", harvest);
        };
        let (link, verdict) = ((**link).clone(), self.verdict(&visit.url));
        let found =
            FoundPicture { link, final_url: visit.url.clone(), at, verdict, bytes: answer.bytes.clone(), media_type };
        let outcome = match harvest.picture(found).map_err(CrawlError::Harvest)? {
            Novelty::New => {
                self.report.pictures += 1;
                "kept"
            }
            Novelty::Known => "near_duplicate",
            Novelty::Empty => "not_a_picture",
        };
        if outcome != "kept" {
            self.count(outcome);
        }
        self.note(seen(&visit, outcome), harvest)
    }

    fn verdict(&self, url: &Url) -> Verdict {
        self.frontier.rules_of(url).map_or(Verdict::NoRules, |robots| robots.verdict(url))
    }

    fn count(&mut self, outcome: &str) {
        if outcome == "kept" {
            self.report.kept += 1;
        } else {
            *self.report.passed_over.entry(outcome.to_owned()).or_default() += 1;
        }
    }

    /// Nothing is kept of this address.
    pub(super) fn over(&mut self, visit: &Visit, why: &str, harvest: &mut dyn Harvest) -> Result<(), CrawlError> {
        self.count(why);
        self.note(seen(visit, why), harvest)
    }

    fn note(&mut self, seen: Seen, harvest: &mut dyn Harvest) -> Result<(), CrawlError> {
        harvest.seen(&seen).map_err(CrawlError::Harvest)
    }
}

fn seen(visit: &Visit, outcome: &str) -> Seen {
    Seen {
        url: visit.url.to_string(),
        kind: if visit.kind == Kind::Page { SeenKind::Page } else { SeenKind::Picture },
        depth: visit.depth,
        outcome: outcome.to_owned(),
        etag: None,
        last_modified: None,
        links: Vec::new(),
        pictures: Vec::new(),
    }
}
