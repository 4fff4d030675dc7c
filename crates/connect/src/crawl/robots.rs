//! What a site asks of robots (RFC 9309): groups by product token, the longest rule wins, a tie allows. Beside the RFC the
//! lines `Crawl-delay` and `Sitemap` are known, as most robots know them.

use super::address::upper_escapes;
use serde::Serialize;
use std::time::Duration;
use url::Url;

/// The name under which a site speaks to us.
pub const PRODUCT: &str = "labelwright";
/// More of a file is not read; the RFC asks for 500 KiB at least.
pub const ROBOTS_BYTES_MAXIMUM: u64 = 512 << 10;
/// A site that asks for longer pauses is not crawled faster than this all the same.
const DELAY_MAXIMUM: Duration = Duration::from_secs(120);
const SITEMAPS_MAXIMUM: usize = 50;

/// What is known of a site's wishes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Robots {
    rules: Vec<Rule>,
    pub delay: Option<Duration>,
    pub sitemaps: Vec<String>,
    /// Nothing may be fetched, as nobody could tell what may.
    closed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    allow: bool,
    pattern: String,
}

/// Why a page was fetched or not: kept with every item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// A rule of the site allows it, or none forbids it.
    Allowed,
    Disallowed,
    /// The site has no robots.txt.
    NoRules,
    /// The site could not say what it allows, so that nothing is.
    Unreachable,
}

impl Robots {
    /// A site without rules: its robots.txt is not there (400 to 499).
    pub fn none() -> Self {
        Self::default()
    }

    /// A site that cannot say what it allows (500 to 599, no answer in time): all is disallowed.
    pub fn closed() -> Self {
        Self { closed: true, ..Self::default() }
    }

    /// Whatever is no line that is known is passed over: a page of HTML or a picture has no rules.
    pub fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
        let (mut own, mut others) = (Group::default(), Group::default());
        let mut sitemaps = Vec::new();
        // Lines of agents that follow each other begin one group.
        let (mut for_us, mut for_all, mut in_agents) = (false, false, false);
        for line in text.split(['\n', '\r']) {
            let line = line.split('#').next().unwrap_or_default();
            let Some((key, value)) = line.split_once(':') else { continue };
            let (key, value) = (key.trim().to_ascii_lowercase(), value.trim());
            match key.as_str() {
                "user-agent" => {
                    if !in_agents {
                        (for_us, for_all) = (false, false);
                    }
                    in_agents = true;
                    let token = value.split(|c: char| !(c.is_ascii_alphabetic() || c == '_' || c == '-')).next();
                    for_us |= token.is_some_and(|token| token.eq_ignore_ascii_case(PRODUCT));
                    for_all |= value.starts_with('*');
                    own.there |= for_us;
                }
                "allow" | "disallow" | "crawl-delay" => {
                    in_agents = false;
                    if for_us {
                        own.take(&key, value);
                    }
                    if for_all {
                        others.take(&key, value);
                    }
                }
                // Belongs to no group and ends none.
                "sitemap" if sitemaps.len() < SITEMAPS_MAXIMUM => sitemaps.push(value.to_owned()),
                _ => {}
            }
        }
        let group = if own.there { own } else { others };
        Self { rules: group.rules, delay: group.delay, sitemaps, closed: false }
    }

    pub fn verdict(&self, url: &Url) -> Verdict {
        if self.closed {
            return Verdict::Unreachable;
        }
        if self.rules.is_empty() {
            return Verdict::NoRules;
        }
        let mut path = upper_escapes(url.path());
        if let Some(query) = url.query() {
            path.push('?');
            path.push_str(&upper_escapes(query));
        }
        let matching = self.rules.iter().filter(|rule| matches(&rule.pattern, &path));
        let best = matching.max_by_key(|rule| (rule.pattern.len(), rule.allow));
        if best.is_none_or(|rule| rule.allow) { Verdict::Allowed } else { Verdict::Disallowed }
    }
}

impl Verdict {
    pub fn permits(self) -> bool {
        matches!(self, Self::Allowed | Self::NoRules)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Disallowed => "disallowed",
            Self::NoRules => "no_rules",
            Self::Unreachable => "unreachable",
        }
    }
}

#[derive(Default)]
struct Group {
    there: bool,
    rules: Vec<Rule>,
    delay: Option<Duration>,
}

impl Group {
    fn take(&mut self, key: &str, value: &str) {
        match key {
            "crawl-delay" => {
                let seconds = value.parse::<f64>().ok().filter(|seconds| seconds.is_finite() && *seconds >= 0.0);
                self.delay = seconds.map(|seconds| Duration::from_secs_f64(seconds.min(DELAY_MAXIMUM.as_secs_f64())));
            }
            // An empty rule forbids nothing.
            _ if value.is_empty() => {}
            _ => self.rules.push(Rule { allow: key == "allow", pattern: upper_escapes(value) }),
        }
    }
}

/// `*` stands for anything, `$` at the end for the end; everything else for itself, from the beginning on.
fn matches(pattern: &str, path: &str) -> bool {
    let (pattern, to_end) = pattern.strip_suffix('$').map_or((pattern, false), |pattern| (pattern, true));
    let mut parts = pattern.split('*');
    let Some(mut rest) = path.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return !to_end || rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if to_end && parts.peek().is_none() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    true
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn verdict(robots: &str, path: &str) -> Verdict {
        Robots::parse(robots.as_bytes()).verdict(&Url::parse("http://example.org").unwrap().join(path).unwrap())
    }

    /// RFC 9309, sections 2.2.1 to 2.2.3 and 5.
    #[test]
    fn the_examples_of_the_rfc() {
        let rules = "User-Agent: labelwright\nDisallow: *.gif$\nDisallow: /example/\nAllow: /publications/\n\n\
                     User-Agent: foobot\nDisallow:/\n\nUser-Agent: *\nDisallow: /";
        for (path, allowed) in [
            ("/publications/", true),
            ("/example/page.html", false),
            ("/a.gif", false),
            ("/a.gif?x=1", true),
            ("/anything", true),
        ] {
            assert_eq!(verdict(rules, path).permits(), allowed, "{path}");
        }
        let longest = "User-Agent: *\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif";
        assert!(!verdict(longest, "/example/page/disallowed.gif").permits());
        assert!(verdict(longest, "/example/page/a.gif").permits());
        assert!(verdict("User-agent: *\nDisallow: /a\nAllow: /a", "/a").permits());
        // One group for several agents, and one agent in several groups.
        let groups = "user-agent: x\nuser-agent: LabelWright/7.0\ndisallow: /a\n\nUser-agent: labelwright\ndisallow: /b\n\
                      user-agent: *\ndisallow: /c";
        for (path, allowed) in [("/a", false), ("/b", false), ("/c", true)] {
            assert_eq!(verdict(groups, path).permits(), allowed, "{path}");
        }
    }

    #[test]
    fn escapes_and_stars() {
        assert!(
            !verdict("User-agent: *\nDisallow: /foo/bar?baz=http%3A%2f%2Ffoo.bar", "/foo/bar?baz=http%3a%2F%2ffoo.bar")
                .permits()
        );
        assert!(!verdict("User-agent: *\nDisallow: /~x", "/%7Ex").permits());
        assert!(!verdict("User-agent: *\nDisallow: /*/private*x$", "/a/b/private/y/x").permits());
        assert!(verdict("User-agent: *\nDisallow: /*/private*x$", "/a/b/private/y/xz").permits());
        assert!(!verdict("User-agent: *\nDisallow: /", "/").permits());
        assert!(verdict("User-agent: *\nDisallow:", "/").permits());
    }

    #[test]
    fn garbage_has_no_rules_and_silence_closes() {
        for garbage in ["<html><body>Not found</body></html>", "\u{0}\u{1}: \u{2}", "", ":::\n:", "Disallow: /"] {
            assert_eq!(verdict(garbage, "/x"), Verdict::NoRules, "{garbage:?}");
        }
        let url = Url::parse("http://example.org/").unwrap();
        assert_eq!(Robots::closed().verdict(&url), Verdict::Unreachable);
        let known =
            Robots::parse(b"\xef\xbb\xbfUser-agent: *\r\nCrawl-delay: 2.5\r\nSitemap: http://example.org/s.xml\r\n");
        assert_eq!((known.delay, known.sitemaps.len()), (Some(Duration::from_millis(2500)), 1));
        for bad in ["NaN", "-1", "inf", "soon"] {
            assert_eq!(Robots::parse(format!("User-agent: *\nCrawl-delay: {bad}").as_bytes()).delay, None, "{bad}");
        }
    }
}
