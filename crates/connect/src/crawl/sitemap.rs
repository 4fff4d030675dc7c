//! What a site lists of itself (sitemaps.org): pages and further sitemaps, as XML, packed XML or lines of addresses.

use quick_xml::{Reader, events::Event};

/// Addresses that one sitemap may list, by its definition.
const LISTED_MAXIMUM: usize = 50_000;
/// Bytes of a sitemap, unpacked, by its definition.
pub const SITEMAP_BYTES_MAXIMUM: u64 = 50 << 20;

/// What one sitemap lists.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Sitemap {
    pub pages: Vec<String>,
    pub sitemaps: Vec<String>,
}

/// What can be read of it: a file that is cut off has lost only its end.
pub fn parse(bytes: &[u8]) -> Sitemap {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut found = Sitemap::default();
    if !bytes.trim_ascii_start().starts_with(b"<") {
        let lines = String::from_utf8_lossy(bytes);
        let pages = lines.lines().map(str::trim).filter(|line| line.starts_with("http"));
        found.pages = pages.take(LISTED_MAXIMUM).map(str::to_owned).collect();
        return found;
    }
    let mut reader = Reader::from_reader(bytes);
    let (mut is_index, mut in_address, mut address) = (false, false, String::new());
    // Entities are not expanded beyond XML's own five, so that nothing grows.
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(tag) => {
                is_index |= tag.local_name().as_ref() == b"sitemapindex";
                in_address = tag.local_name().as_ref() == b"loc";
                address.clear();
            }
            Event::Text(text) if in_address => address.push_str(&String::from_utf8_lossy(&text)),
            Event::CData(text) if in_address => address.push_str(&String::from_utf8_lossy(&text)),
            Event::GeneralRef(name) if in_address && &name[..] == b"amp" => address.push('&'),
            Event::End(_) if in_address => {
                in_address = false;
                let list = if is_index { &mut found.sitemaps } else { &mut found.pages };
                list.push(address.trim().to_owned());
                if list.len() >= LISTED_MAXIMUM {
                    break;
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_indices_and_lines() {
        let pages = parse(
            b"<?xml version='1.0'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>\
              <url><loc> http://h/a?x=1&amp;y=2 </loc><lastmod>2026-01-01</lastmod></url>\
              <url><loc><![CDATA[http://h/b]]></loc><image:image><image:loc>http://h/p.png</image:loc></image:image></url>",
        );
        assert_eq!(pages.pages, ["http://h/a?x=1&y=2", "http://h/b", "http://h/p.png"]);
        let index = parse(b"<sitemapindex><sitemap><loc>http://h/s1.xml.gz</loc></sitemap></sitemapindex>");
        assert_eq!((index.sitemaps, index.pages.len()), (vec!["http://h/s1.xml.gz".to_owned()], 0));
        assert_eq!(parse(b"http://h/a\r\nnot an address\nhttps://h/b").pages, ["http://h/a", "https://h/b"]);
        assert_eq!(parse(b"<html><body>no sitemap"), Sitemap::default());
        // Entities that would grow are not known, and nothing of them is taken.
        let bomb =
            b"<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;'>]><urlset><url><loc>&b;</loc></url></urlset>";
        assert_eq!(parse(bomb).pages, [""]);
    }
}
