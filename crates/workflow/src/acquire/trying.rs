//! A recipe tried on one page before a site is collected with it. The page is fetched once, as the crawler would fetch it
//! (by the site's rules, through the guard), and held for some minutes: a change of the recipe asks nothing of the site.

use super::sources::address;
use crate::{Error, Result, Workflow, policy::Permit};
use labelwright_connect::crawl::{
    self, Crawler, FoundPage, FoundPicture, Harvest, Novelty, Plan, Recipe, Report, Row, Seen, decoded,
};
use labelwright_core::{Timestamp, UserId};
use labelwright_store::records::projects::ProjectRow;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use url::Url;

/// A page is held for so long.
const HELD_SECONDS: i64 = 600;
const PAGES_MAXIMUM: usize = 32;
/// Bytes of all pages that are held.
const BYTES_MAXIMUM: usize = 64 << 20;
const PATIENCE: Duration = Duration::from_secs(15);
/// Of the records so many are shown.
const SHOWN_MAXIMUM: usize = 50;
const TEXT_CHARS: usize = 2000;

/// What a recipe would make of a page.
#[derive(Debug, Clone)]
pub struct Tried {
    pub final_url: String,
    pub fetched_at: Timestamp,
    /// Records on the page, and the first of them.
    pub count: usize,
    pub records: Vec<Row>,
    /// Records that have no value for a field, by field.
    pub empty: Vec<(String, usize)>,
    /// The next page that the recipe leads to.
    pub next: Option<String>,
    /// The beginning of the readable text, where there is no recipe.
    pub text: Option<String>,
}

struct Held {
    user: UserId,
    url: Url,
    page: Arc<Fetched>,
}

struct Fetched {
    final_url: Url,
    at: Timestamp,
    text: String,
}

/// The pages that are held, the oldest first.
#[derive(Default)]
pub struct TriedPages(Mutex<VecDeque<Held>>);

impl TriedPages {
    fn get(&self, user: UserId, url: &Url, now: Timestamp) -> Option<Arc<Fetched>> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|one| now.0 - one.page.at.0 <= HELD_SECONDS * 1_000_000);
        held.iter().find(|one| one.user == user && one.url == *url).map(|one| Arc::clone(&one.page))
    }

    fn keep(&self, user: UserId, url: Url, page: Arc<Fetched>) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|one| one.user != user || one.url != url);
        held.push_back(Held { user, url, page });
        let bytes = |held: &VecDeque<Held>| held.iter().map(|one| one.page.text.len()).sum::<usize>();
        while held.len() > PAGES_MAXIMUM || (held.len() > 1 && bytes(&held) > BYTES_MAXIMUM) {
            held.pop_front();
        }
    }
}

/// Keeps the one page.
#[derive(Default)]
struct One(Option<FoundPage>);

impl Harvest for One {
    fn page(&mut self, found: FoundPage) -> std::result::Result<Novelty, String> {
        self.0 = Some(found);
        Ok(Novelty::New)
    }

    fn picture(&mut self, _: FoundPicture) -> std::result::Result<Novelty, String> {
        Ok(Novelty::Empty)
    }

    fn seen(&mut self, _: &Seen) -> std::result::Result<(), String> {
        Ok(())
    }

    fn progress(&mut self, _: &Report) -> std::result::Result<(), String> {
        Ok(())
    }
}

impl Workflow {
    /// What a recipe makes of the page behind an address; an empty recipe shows the text that would be taken.
    pub async fn try_recipe(&self, project: &Permit<ProjectRow>, url: &str, recipe: &str) -> Result<Tried> {
        let invalid = |(place, message): (String, String)| Error::invalid(&place, "bad_source", message);
        let url = address("/url", url).map_err(invalid)?;
        let parsed = (!recipe.trim().is_empty()).then(|| Recipe::parse(recipe)).transpose();
        let recipe = parsed.map_err(|message| invalid(("/recipe".into(), message)))?;
        let user = project.user();
        let page = match self.tried.get(user, &url, self.now()) {
            Some(page) => page,
            None => {
                let page = Arc::new(self.one_page(&url).await?);
                self.tried.keep(user, url, Arc::clone(&page));
                page
            }
        };
        self.blocking(move || look(&page, recipe.as_ref())).await
    }

    async fn one_page(&self, url: &Url) -> Result<Fetched> {
        let mut plan = Plan::new(vec![url.clone()]);
        (plan.depth, plan.pages, plan.sitemaps) = (0, 1, false);
        (plan.delay, plan.patience) = (Duration::ZERO, PATIENCE);
        let clock = self.clock.clone();
        let crawler = Crawler::new(self.fetcher.clone(), plan, move || clock.now());
        let mut one = One::default();
        let report = match crawler {
            Ok(crawler) => crawler.run(&mut one).await,
            Err(error) => Err(error),
        };
        let report = report.map_err(|error| Error::internal(error.to_string()))?;
        let Some(found) = one.0 else {
            let message = crate::jobs::kinds::nothing(&report.passed_over);
            return Err(Error::invalid("/url", "not_fetched", message));
        };
        let text = decoded(&found.bytes, found.media_type.as_deref());
        Ok(Fetched { final_url: found.final_url, at: found.at, text })
    }
}

fn look(page: &Fetched, recipe: Option<&Recipe>) -> Tried {
    let mut tried = Tried {
        final_url: page.final_url.to_string(),
        fetched_at: page.at,
        count: 0,
        records: Vec::new(),
        empty: Vec::new(),
        next: None,
        text: None,
    };
    let Some(recipe) = recipe else {
        let text = crawl::extract::extract(&page.text, &page.final_url, None).text;
        tried.text = Some(text.chars().take(TEXT_CHARS).collect());
        return tried;
    };
    let (mut records, next) = crawl::records(&page.text, &page.final_url, recipe);
    tried.count = records.len();
    tried.next = next.map(String::from);
    let without = |name: &str| records.iter().filter(|row| !row.fields.contains_key(name)).count();
    tried.empty = recipe.names().map(|name| (name.to_owned(), without(name))).filter(|(_, count)| *count > 0).collect();
    records.truncate(SHOWN_MAXIMUM);
    tried.records = records;
    tried
}
