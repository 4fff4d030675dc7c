//! Files behind addresses: tables, archives, shards.

use super::{Brought, Gauge, SourceError, harmless, talk::Talk};
use crate::Fetcher;
use std::path::Path;
use url::Url;

/// Brings each file under its own name, two of one name with numbers; `most` bytes of all of them.
///
/// # Errors
/// The first file that cannot be had.
pub async fn bring(
    fetcher: &Fetcher,
    urls: &[Url],
    token: Option<&str>,
    most: u64,
    folder: &Path,
    gauge: &Gauge,
) -> Result<Vec<Brought>, SourceError> {
    let (talk, mut brought, mut names) = (Talk { fetcher, token }, Vec::<Brought>::new(), Vec::new());
    let mut left = most;
    for url in urls {
        let name = free_name(url, &names);
        let file = talk.download(url, &folder.join(&name), left, gauge).await?;
        left = left.saturating_sub(file.bytes);
        brought.push(file);
        names.push(name);
    }
    Ok(brought)
}

/// The last part of the address, with a number before it where other files have the name: under a name that is taken a
/// file would be held for one that is there already.
fn free_name(url: &Url, taken: &[String]) -> String {
    let last = url.path_segments().and_then(Iterator::last).map(harmless).filter(|name| !name.is_empty());
    let plain = last.unwrap_or_else(|| "data".to_owned());
    let numbered = (2_usize..).map(|number| format!("{number}-{plain}"));
    let mut all = std::iter::once(plain.clone()).chain(numbered);
    all.find(|name| !taken.contains(name)).unwrap_or(plain)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn no_two_files_have_one_name() {
        let mut names: Vec<String> = Vec::new();
        for path in ["2-a.csv", "x/a.csv", "y/a.csv", "z/a.csv", "..", "", ""] {
            let url = Url::parse("https://example.org/").unwrap().join(path).unwrap();
            names.push(free_name(&url, &names));
        }
        assert_eq!(names, ["2-a.csv", "a.csv", "3-a.csv", "4-a.csv", "data", "2-data", "3-data"]);
    }
}
