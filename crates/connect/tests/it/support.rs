//! A harvest that only notes what it is given.

use crate::site::Site;
use labelwright_connect::{
    Fetcher, Guard,
    crawl::{Crawler, FoundPage, FoundPicture, Harvest, Novelty, Plan, Report, Seen},
};
use labelwright_core::Timestamp;
use std::{
    collections::HashSet,
    time::{Duration, Instant},
};
use url::Url;

#[derive(Default)]
pub struct Noted {
    pub pages: Vec<FoundPage>,
    pub pictures: Vec<FoundPicture>,
    pub seen: Vec<Seen>,
    pub texts: HashSet<String>,
    /// Fails after so many pages.
    pub breaks_after: Option<usize>,
    /// Keeps only how many there were.
    pub counts: bool,
    pub count: usize,
}

impl Harvest for Noted {
    fn page(&mut self, found: FoundPage) -> Result<Novelty, String> {
        if self.breaks_after.is_some_and(|most| self.count >= most) {
            return Err("broken off".into());
        }
        self.count += 1;
        if self.counts {
            return Ok(Novelty::New);
        }
        let is_new = self.texts.insert(found.page.text.clone());
        self.pages.push(found);
        Ok(if is_new { Novelty::New } else { Novelty::Known })
    }

    fn picture(&mut self, found: FoundPicture) -> Result<Novelty, String> {
        self.pictures.push(found);
        Ok(Novelty::New)
    }

    fn seen(&mut self, seen: &Seen) -> Result<(), String> {
        if !self.counts {
            self.seen.push(seen.clone());
        }
        Ok(())
    }

    fn progress(&mut self, _: &Report) -> Result<(), String> {
        Ok(())
    }
}

impl Noted {
    pub fn urls(&self) -> Vec<&str> {
        let mut urls: Vec<&str> = self.pages.iter().map(|page| page.final_url.path()).collect();
        urls.sort_unstable();
        urls
    }
}

pub fn local() -> Fetcher {
    Fetcher::new(Guard::allowing(["127.0.0.1"]).unwrap())
}

/// A plan that does not wait.
pub fn plan(site: &Site) -> Plan {
    let mut plan = Plan::new(vec![Url::parse(&site.url("/")).unwrap()]);
    (plan.delay, plan.patience) = (Duration::ZERO, Duration::from_millis(700));
    plan
}

pub fn crawler(plan: Plan) -> Crawler {
    Crawler::new(local(), plan, || Timestamp(1_700_000_000_000_000)).unwrap()
}

pub async fn crawl(plan: Plan) -> (Noted, Report) {
    let mut noted = Noted::default();
    let report = crawler(plan).run(&mut noted).await.unwrap();
    (noted, report)
}

/// The shortest time between two requests.
pub fn shortest_gap(site: &Site) -> Duration {
    let times: Vec<Instant> = site.log().iter().map(|request| request.at).collect();
    times.windows(2).map(|pair| pair[1] - pair[0]).min().unwrap_or(Duration::MAX)
}
