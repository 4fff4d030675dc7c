//! What is still to be fetched: a queue for each host, and when each host may be asked again. Knows no clock: it is told
//! what time it is.
//!
//! Keeps: a host that has a delay is asked one thing at a time, and not before the delay has passed since its last answer,
//! so that no two requests reach it closer than that; of a host without known rules nothing but its rules is fetched.

use super::{
    address::{number, origin},
    robots::Robots,
};
use std::{
    collections::{BTreeSet, HashMap, HashSet, VecDeque},
    time::{Duration, Instant},
};
use url::Url;

/// Addresses that wait; further ones are not taken.
pub const WAITING_MAXIMUM: usize = 1_000_000;
/// Requests at once to a host that may be asked without delay.
const AT_ONCE: usize = 16;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    Robots,
    Sitemap,
    Page,
    /// With what the page said of it.
    Picture(Box<super::PictureLink>),
}

/// One address to be fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
    pub url: Url,
    pub kind: Kind,
    /// Links from the first address.
    pub depth: u32,
    /// The address that was asked for, where others led here.
    pub asked: Option<String>,
    pub redirects: u8,
    pub attempts: u8,
}

impl Visit {
    pub fn new(url: Url, kind: Kind, depth: u32) -> Self {
        Self { url, kind, depth, asked: None, redirects: 0, attempts: 0 }
    }
}

struct Host {
    queue: VecDeque<Visit>,
    busy: usize,
    free_at: Instant,
    delay: Duration,
    /// None while its rules are not known; then nothing else is fetched.
    robots: Option<Robots>,
    asks_robots: bool,
}

pub struct Frontier {
    hosts: HashMap<String, Host>,
    /// Hosts that something can be fetched from, by when.
    ready: BTreeSet<(Instant, String)>,
    seen: HashSet<u64>,
    waiting: usize,
    /// Those of them that are no pages.
    waiting_others: usize,
    delay: Duration,
    /// Addresses that were not taken because too many wait.
    pub dropped: u64,
}

impl Frontier {
    /// `delay` is kept between two requests to one host, or more if the host asks for more.
    pub fn new(delay: Duration) -> Self {
        Self {
            hosts: HashMap::new(),
            ready: BTreeSet::new(),
            seen: HashSet::new(),
            waiting: 0,
            waiting_others: 0,
            delay,
            dropped: 0,
        }
    }

    /// Takes an address that was not seen before; false for others.
    pub fn push(&mut self, visit: Visit, now: Instant) -> bool {
        let key = number(visit.url.as_str());
        if self.seen.contains(&key) {
            return false;
        }
        if self.waiting >= WAITING_MAXIMUM {
            self.dropped += 1;
            return false;
        }
        self.seen.insert(key);
        self.put(visit, now, false);
        true
    }

    /// Notes an address as seen; false when it was.
    pub fn see(&mut self, url: &str) -> bool {
        self.seen.insert(number(url))
    }

    /// Takes what goes on (a redirect, another attempt), before all else.
    pub fn again(&mut self, visit: Visit, now: Instant) {
        self.put(visit, now, true);
    }

    fn put(&mut self, visit: Visit, now: Instant, first: bool) {
        let name = origin(&visit.url);
        let delay = self.delay;
        let host = self.hosts.entry(name.clone()).or_insert_with(|| Host {
            queue: VecDeque::new(),
            busy: 0,
            free_at: now,
            delay,
            robots: None,
            asks_robots: false,
        });
        self.waiting_others += usize::from(visit.kind != Kind::Page);
        if visit.kind == Kind::Robots || first {
            host.queue.push_front(visit);
        } else {
            host.queue.push_back(visit);
        }
        self.waiting += 1;
        self.settle(&name);
    }

    /// The next address that may be fetched now. Pages are left out unless `pages`.
    pub fn next(&mut self, now: Instant, pages: bool) -> Option<Visit> {
        let mut passed = 0;
        while let Some((_, name)) = self.ready.iter().nth(passed).filter(|(at, _)| *at <= now) {
            let name = name.clone();
            passed += 1;
            let Some(host) = self.hosts.get_mut(&name) else { continue };
            let visit = if host.robots.is_none() {
                // Where the rules lie elsewhere, the way there was put in front.
                match host.queue.front() {
                    Some(first) if first.kind == Kind::Robots => host.queue.pop_front(),
                    Some(first) if pages || host.queue.iter().any(|visit| visit.kind != Kind::Page) => {
                        host.asks_robots = true;
                        self.waiting += 1;
                        self.waiting_others += 1;
                        first.url.join("/robots.txt").ok().map(|url| Visit::new(url, Kind::Robots, 0))
                    }
                    _ => None,
                }
            } else {
                let at = host.queue.iter().position(|visit| pages || visit.kind != Kind::Page);
                at.and_then(|at| host.queue.remove(at))
            };
            let Some(visit) = visit else { continue };
            self.waiting -= 1;
            self.waiting_others -= usize::from(visit.kind != Kind::Page);
            let old = host.free_at;
            host.busy += 1;
            self.ready.remove(&(old, name.clone()));
            self.settle(&name);
            return Some(visit);
        }
        None
    }

    /// Notes that an answer (or none) has come, and when.
    pub fn done(&mut self, url: &Url, now: Instant) {
        let name = origin(url);
        if let Some(host) = self.hosts.get_mut(&name) {
            self.ready.remove(&(host.free_at, name.clone()));
            host.busy = host.busy.saturating_sub(1);
            host.free_at = host.free_at.max(now + host.delay);
        }
        self.settle(&name);
    }

    /// Notes that nothing was asked after all.
    pub fn skip(&mut self, url: &Url) {
        let name = origin(url);
        if let Some(host) = self.hosts.get_mut(&name) {
            host.busy = host.busy.saturating_sub(1);
        }
        self.settle(&name);
    }

    /// The rules of a host are known from now on.
    pub fn rules(&mut self, of: &str, robots: Robots) {
        if let Some(host) = self.hosts.get_mut(of) {
            host.delay = self.delay.max(robots.delay.unwrap_or_default());
            host.asks_robots = false;
            // The answer that brought the rules counts as one.
            if let Some(later) = host.delay.checked_sub(self.delay).filter(|_| host.busy == 0) {
                self.ready.remove(&(host.free_at, of.to_owned()));
                host.free_at += later;
            }
            host.robots = Some(robots);
        }
        self.settle(of);
    }

    pub fn rules_of(&self, url: &Url) -> Option<&Robots> {
        self.hosts.get(&origin(url))?.robots.as_ref()
    }

    /// A host that asked for a pause gets it.
    pub fn pause(&mut self, url: &Url, until: Instant) {
        let name = origin(url);
        if let Some(host) = self.hosts.get_mut(&name) {
            self.ready.remove(&(host.free_at, name.clone()));
            host.free_at = host.free_at.max(until);
        }
        self.settle(&name);
    }

    /// When something can be fetched next; None when nothing waits for time alone.
    pub fn next_at(&self) -> Option<Instant> {
        self.ready.first().map(|(at, _)| *at)
    }

    /// How many wait; without pages, how many others.
    pub fn waiting(&self, pages: bool) -> usize {
        if pages { self.waiting } else { self.waiting_others }
    }

    /// Puts a host where it belongs among those that are ready.
    fn settle(&mut self, name: &str) {
        let Some(host) = self.hosts.get(name) else { return };
        let one_at_a_time = host.robots.is_none() || host.delay > Duration::ZERO;
        let room = host.busy < if one_at_a_time { 1 } else { AT_ONCE };
        let asks = host.robots.is_none() && host.asks_robots;
        let waits = !host.queue.is_empty() && (!asks || host.has_robots_visit());
        let entry = (host.free_at, name.to_owned());
        if room && waits {
            self.ready.insert(entry);
        } else {
            self.ready.remove(&entry);
        }
    }
}

impl Host {
    fn has_robots_visit(&self) -> bool {
        self.queue.front().is_some_and(|visit| visit.kind == Kind::Robots)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn page(text: &str) -> Visit {
        Visit::new(Url::parse(text).unwrap(), Kind::Page, 0)
    }

    #[test]
    fn rules_first_then_one_at_a_time_with_the_delay_between() {
        let (start, second) = (Instant::now(), Duration::from_secs(1));
        let mut frontier = Frontier::new(second);
        assert!(frontier.push(page("http://a/1"), start) && frontier.push(page("http://a/2"), start));
        assert!(!frontier.push(page("http://a/1"), start));
        let robots = frontier.next(start, true).unwrap();
        assert_eq!((robots.kind, robots.url.as_str()), (Kind::Robots, "http://a/robots.txt"));
        // While the rules are asked for nothing else is.
        assert_eq!(frontier.next(start + second, true), None);
        frontier.done(&robots.url, start);
        frontier.rules("http://a", Robots::parse(b"User-agent: *\nCrawl-delay: 3"));
        assert_eq!(frontier.next(start + second, true), None);
        assert_eq!(frontier.next_at(), Some(start + 3 * second));
        let one = frontier.next(start + 3 * second, true).unwrap();
        assert_eq!(frontier.next(start + 60 * second, true), None);
        frontier.done(&one.url, start + 60 * second);
        assert_eq!(frontier.next(start + 62 * second, true), None);
        assert_eq!(frontier.next(start + 63 * second, true).unwrap().url.as_str(), "http://a/2");
        assert_eq!(frontier.waiting(true), 0);
    }

    #[test]
    fn hosts_do_not_wait_for_each_other_and_without_delay_many_go_at_once() {
        let start = Instant::now();
        let mut frontier = Frontier::new(Duration::ZERO);
        for number in 0..40 {
            frontier.push(page(&format!("http://a/{number}")), start);
        }
        frontier.push(page("http://b/"), start);
        let both = [frontier.next(start, true).unwrap(), frontier.next(start, true).unwrap()];
        assert!(both.iter().all(|visit| visit.kind == Kind::Robots));
        for visit in &both {
            frontier.done(&visit.url, start);
            frontier.rules(&origin(&visit.url), Robots::none());
        }
        let mut given = 0;
        while let Some(visit) = frontier.next(start, true) {
            assert_eq!(visit.kind, Kind::Page);
            given += 1;
        }
        assert_eq!(given, AT_ONCE + 1);
        // Beyond the budget of pages nothing but other things is given.
        frontier.done(&Url::parse("http://a/0").unwrap(), start);
        assert_eq!(frontier.next(start, false), None);
    }
}
