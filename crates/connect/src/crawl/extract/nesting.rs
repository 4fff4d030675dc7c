//! How deep elements lie in each other. For every tag a parser looks through all elements that are open: a page of
//! nothing but opening tags would take time with the square of its length. Browsers stop at the same depth.

const DEPTH_MAXIMUM: usize = 512;

/// Elements that hold nothing, and those that the next of their kind ends.
const NOT_COUNTED: &[&str] = &[
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr", "p",
    "li", "dt", "dd", "option", "optgroup", "tr", "td", "th", "thead", "tbody", "tfoot", "colgroup", "rt", "rp",
];

/// The page up to where it gets too deep.
pub fn shallow(page: &str) -> &str {
    let mut depth = 0_usize;
    for (at, _) in page.match_indices('<') {
        let rest = &page[at + 1..];
        let (is_end, rest) = rest.strip_prefix('/').map_or((false, rest), |rest| (true, rest));
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let name = &rest[..end];
        if name.is_empty() || NOT_COUNTED.iter().any(|known| name.eq_ignore_ascii_case(known)) {
            continue;
        }
        depth = if is_end { depth.saturating_sub(1) } else { depth + 1 };
        if depth > DEPTH_MAXIMUM {
            return &page[..at];
        }
    }
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crawl::extract::extract;
    use url::Url;

    #[test]
    fn long_pages_are_whole_and_deep_ones_are_cut() {
        let long = "<ul><li>one<li>two</ul><p>three<br>".repeat(2000);
        assert_eq!(shallow(&long), long);
        let deep = format!("<p>At the top.</p>{}", "<div>".repeat(1_000_000));
        assert!(shallow(&deep).len() < 5000);
        assert_eq!(Url::parse("http://h/").map(|at| extract(&deep, &at, None).text).as_deref(), Ok("At the top."));
    }
}
