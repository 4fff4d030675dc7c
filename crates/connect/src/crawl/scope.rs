//! Which pages belong to what was asked for, and which only a trap would make.

use super::address::{origin, shape};
use regex::Regex;
use std::collections::{HashMap, HashSet};
use url::Url;

/// Paths like `/a/b/a/b/a/b` come from links that lead ever deeper into the same place.
const SEGMENT_REPEATS_MAXIMUM: usize = 3;
/// Pages in a row of one shape that said nothing new: what makes them is a calendar, a sort order or a loop.
const BARREN_MAXIMUM: u32 = 25;
/// Shapes that are watched; further ones are not.
const SHAPES_MAXIMUM: usize = 100_000;

/// How far a crawl goes from where it began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reach {
    /// Only the hosts of the first addresses.
    #[default]
    Host,
    /// Hosts below theirs too: `docs.example.org` from `example.org`.
    Domain,
    /// Only below the folders of the first addresses.
    Folder,
}

/// The rules of one crawl.
#[derive(Debug, Default)]
pub struct Scope {
    reach: Reach,
    origins: HashSet<String>,
    hosts: Vec<String>,
    folders: Vec<String>,
    include: Vec<Regex>,
    exclude: Vec<Regex>,
    /// By shape the pages in a row that said nothing new.
    barren: HashMap<String, u32>,
}

impl Scope {
    /// `include` and `exclude` are regular expressions for whole addresses; a page fits when it matches one of the first
    /// (if there are any) and none of the second.
    ///
    /// # Errors
    /// The first expression that is none.
    pub fn new(seeds: &[Url], reach: Reach, include: &[String], exclude: &[String]) -> Result<Self, String> {
        let compiled = |texts: &[String]| {
            let expressions =
                texts.iter().map(|text| Regex::new(text).map_err(|_| format!("{text:?} is no regular expression")));
            expressions.collect::<Result<Vec<_>, _>>()
        };
        Ok(Self {
            reach,
            origins: seeds.iter().map(origin).collect(),
            hosts: seeds.iter().filter_map(|url| url.host_str()).map(str::to_owned).collect(),
            folders: seeds.iter().map(folder).collect(),
            include: compiled(include)?,
            exclude: compiled(exclude)?,
            barren: HashMap::new(),
        })
    }

    /// Is the page part of what was asked for?
    pub fn holds(&self, url: &Url) -> bool {
        let near = match self.reach {
            Reach::Host => self.origins.contains(&origin(url)),
            Reach::Domain => url.host_str().is_some_and(|host| {
                self.hosts.iter().any(|own| host == own || host.strip_suffix(own).is_some_and(|sub| sub.ends_with('.')))
            }),
            Reach::Folder => self.folders.iter().any(|folder| url.as_str().starts_with(folder)),
        };
        let text = url.as_str();
        near && (self.include.is_empty() || self.include.iter().any(|regex| regex.is_match(text)))
            && !self.exclude.iter().any(|regex| regex.is_match(text))
    }

    /// Would only a trap make this address?
    pub fn is_trap(&self, url: &Url) -> bool {
        let mut seen: HashMap<&str, usize> = HashMap::new();
        for segment in url.path_segments().into_iter().flatten().filter(|segment| !segment.is_empty()) {
            let count = seen.entry(segment).or_default();
            *count += 1;
            if *count > SEGMENT_REPEATS_MAXIMUM {
                return true;
            }
        }
        self.barren.get(&shape(url)).is_some_and(|count| *count >= BARREN_MAXIMUM)
    }

    /// Notes whether a page said something that no page before it said.
    pub fn note(&mut self, url: &Url, is_new: bool) {
        let shape = shape(url);
        if is_new {
            self.barren.remove(&shape);
        } else if self.barren.len() < SHAPES_MAXIMUM || self.barren.contains_key(&shape) {
            *self.barren.entry(shape).or_default() += 1;
        }
    }
}

/// The address up to its last `/`.
fn folder(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    let text = url.as_str();
    text[..text.rfind('/').map_or(text.len(), |at| at + 1)].to_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn how_far_a_crawl_goes() {
        let seeds = [url("http://example.org/docs/index.html")];
        let held = |reach, text: &str| Scope::new(&seeds, reach, &[], &[]).unwrap().holds(&url(text));
        for (text, host, domain, folder) in [
            ("http://example.org/docs/a", true, true, true),
            ("http://example.org/b", true, true, false),
            ("http://www.example.org/b", false, true, false),
            ("http://notexample.org/b", false, false, false),
            ("http://example.org:8080/docs/a", false, true, false),
        ] {
            assert_eq!(held(Reach::Host, text), host, "{text}");
            assert_eq!(held(Reach::Domain, text), domain, "{text}");
            assert_eq!(held(Reach::Folder, text), folder, "{text}");
        }
        let picky = Scope::new(&seeds, Reach::Host, &["/docs/".into()], &["\\.pdf$".into()]).unwrap();
        assert!(picky.holds(&url("http://example.org/docs/a")));
        assert!(!picky.holds(&url("http://example.org/docs/a.pdf")) && !picky.holds(&url("http://example.org/x")));
        assert!(Scope::new(&seeds, Reach::Host, &["(".into()], &[]).is_err());
    }

    #[test]
    fn traps_are_seen() {
        let mut scope = Scope::new(&[url("http://h/")], Reach::Host, &[], &[]).unwrap();
        assert!(scope.is_trap(&url("http://h/a/b/a/b/a/b/a/b")));
        assert!(!scope.is_trap(&url("http://h/a/b/a/b")));
        for day in 0..BARREN_MAXIMUM {
            let page = url(&format!("http://h/calendar?day={day}"));
            assert!(!scope.is_trap(&page));
            scope.note(&page, false);
        }
        assert!(scope.is_trap(&url("http://h/calendar?day=9999")));
        assert!(!scope.is_trap(&url("http://h/news?day=9999")));
    }
}
