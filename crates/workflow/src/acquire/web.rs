//! Pages and pictures of web sites as items.

use super::{
    cleaning::Cleaning,
    folder::{Added, Folder},
};
use crate::clock::Clock;
use labelwright_connect::{
    Fetcher,
    crawl::{
        self, CrawlError, Crawler, FoundPage, FoundPicture, Harvest, Novelty, Plan, Recipe, Report, Seen,
        warc::{Exchange, WarcWriter, hex},
    },
};
use labelwright_core::Timestamp;
use labelwright_quality::profile::language::language;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::{
    collections::BTreeMap,
    fs::File,
    io::BufWriter,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use url::Url;

/// Shorter pages are menus and notices, in characters.
const TEXT_CHARS: usize = 100;
/// What a page states for machines is kept up to this many bytes.
const STATED_BYTES: usize = 64 << 10;
pub const URLS_MAXIMUM: usize = 100;
pub const PAGES_MAXIMUM: u64 = 1_000_000;
pub const RATE_MAXIMUM: f64 = 1000.0;

/// What is to be collected from the web.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WebSource {
    /// Where to begin.
    pub urls: Vec<String>,
    /// Links from there that are followed.
    #[serde(default = "five")]
    pub depth: u32,
    /// Pages that are fetched at most.
    #[serde(default = "hundred")]
    pub pages: u64,
    /// Pictures that are fetched at most.
    #[serde(default)]
    pub pictures: u64,
    /// Requests a second to one host; a host may ask for fewer. 0 waits for nothing.
    #[serde(default = "one")]
    pub rate: f64,
    #[serde(default)]
    pub reach: Reach,
    /// Regular expressions for whole addresses.
    #[serde(default)]
    pub include: Vec<String>,
    #[serde(default)]
    pub exclude: Vec<String>,
    /// A recipe for repeated records, as TOML.
    #[serde(default)]
    pub recipe: Option<String>,
    /// Composed letters, and no marks that nobody sees.
    #[serde(default)]
    pub normalise: bool,
    /// Words and marks of each text under `tokens` in its metadata.
    #[serde(default)]
    pub tokens: bool,
}

/// How far from where it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// The hosts of the first addresses.
    #[default]
    Host,
    /// Hosts below theirs too.
    Domain,
    /// Below the folders of the first addresses.
    Folder,
}

fn one() -> f64 {
    1.0
}

fn five() -> u32 {
    5
}

fn hundred() -> u64 {
    100
}

impl WebSource {
    /// What the crawler is told.
    ///
    /// # Errors
    /// A JSON pointer to what is wrong, and what that is.
    pub fn plan(&self) -> Result<Plan, (String, String)> {
        let wrong = |place: &str, message: String| (place.to_owned(), message);
        if self.urls.is_empty() || self.urls.len() > URLS_MAXIMUM {
            return Err(wrong("/urls", format!("give 1 to {URLS_MAXIMUM} addresses")));
        }
        let mut seeds = Vec::new();
        for (index, text) in self.urls.iter().enumerate() {
            let url = Url::parse(text.trim()).ok().and_then(|url| crawl::address::canonical(&url));
            let message = || format!("{text:?} is no http or https address");
            seeds.push(url.ok_or_else(|| wrong(&format!("/urls/{index}"), message()))?);
        }
        if !(1..=PAGES_MAXIMUM).contains(&self.pages) {
            return Err(wrong("/pages", format!("1 to {PAGES_MAXIMUM} pages")));
        }
        if self.pictures > PAGES_MAXIMUM {
            return Err(wrong("/pictures", format!("0 to {PAGES_MAXIMUM} pictures")));
        }
        if !(0.0..=RATE_MAXIMUM).contains(&self.rate) {
            return Err(wrong("/rate", format!("0 to {RATE_MAXIMUM} requests a second")));
        }
        let told = self.recipe.as_deref().filter(|text| !text.trim().is_empty());
        let recipe = told.map(Recipe::parse).transpose().map_err(|message| wrong("/recipe", message))?;
        let mut plan = Plan::new(seeds);
        plan.reach = match self.reach {
            Reach::Host => crawl::Reach::Host,
            Reach::Domain => crawl::Reach::Domain,
            Reach::Folder => crawl::Reach::Folder,
        };
        (plan.depth, plan.pages, plan.pictures, plan.recipe) = (self.depth, self.pages, self.pictures, recipe);
        plan.delay = Duration::from_secs_f64(if self.rate > 0.0 { 1.0 / self.rate.max(1e-3) } else { 0.0 });
        (plan.include, plan.exclude) = (self.include.clone(), self.exclude.clone());
        for (place, texts) in [("/include", &self.include), ("/exclude", &self.exclude)] {
            let bad = texts.iter().position(|text| regex::Regex::new(text).is_err());
            if let Some(index) = bad {
                return Err(wrong(&format!("{place}/{index}"), "this is no regular expression".into()));
            }
        }
        Ok(plan)
    }
}

/// How far a collection is: looked at by whoever waits for it.
#[derive(Debug, Clone, Default)]
pub struct Stage(Arc<Mutex<Report>>);

impl Stage {
    pub fn report(&self) -> Report {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Collects into a folder; one that holds part of it already is gone on with. `archive` is written beside it, `since` is
/// the folder of an earlier collection whose unchanged pages are left out.
///
/// # Errors
/// What is wrong with the source, the folder or the disk. Pages that cannot be had are counted, not errors.
pub async fn web(
    source: &WebSource,
    fetcher: Fetcher,
    clock: &Clock,
    root: &Path,
    (archive, since): (Option<&Path>, Option<&Path>),
    stage: &Stage,
) -> Result<Report, String> {
    let plan = source.plan().map_err(|(place, message)| format!("{}: {message}", place.trim_start_matches('/')))?;
    let (folder, seen) = Folder::open(root)?;
    let archive = match archive {
        Some(path) => {
            let about = |error: std::io::Error| format!("{}: {error}", path.display());
            let file = File::options().append(true).create(true).open(path).map_err(about)?;
            let at = clock.now().to_string();
            Some(WarcWriter::new(BufWriter::new(file), &at, labelwright_connect::USER_AGENT).map_err(about)?)
        }
        None => None,
    };
    let time = clock.clone();
    let mut crawler = Crawler::new(fetcher, plan, move || time.now()).map_err(|error| error.to_string())?;
    if let Some(earlier) = since {
        crawler.since(Folder::seen(earlier)?);
    }
    crawler.go_on(seen);
    let cleaning = Cleaning { normalise: source.normalise, tokens: source.tokens };
    let mut harvest = Items { folder, archive, has_recipe: source.recipe.is_some(), cleaning, stage: stage.clone() };
    let outcome = crawler.run(&mut harvest).await;
    harvest.folder.flush()?;
    outcome.map_err(|error| match error {
        CrawlError::Scope(message) | CrawlError::Harvest(message) => message,
    })
}

/// The harvest of a crawl as items.
struct Items {
    folder: Folder,
    archive: Option<WarcWriter<BufWriter<File>>>,
    has_recipe: bool,
    cleaning: Cleaning,
    stage: Stage,
}

impl Harvest for Items {
    fn page(&mut self, found: FoundPage) -> Result<Novelty, String> {
        let origin = provenance(&found.url, &found.final_url, found.at, &found.bytes, found.verdict.as_str());
        if self.has_recipe {
            return self.records(&found, &origin);
        }
        if found.page.text.chars().take(TEXT_CHARS).count() < TEXT_CHARS {
            return Ok(Novelty::Empty);
        }
        let FoundPage { page, final_url, depth, .. } = found;
        let mut metadata: BTreeMap<String, Value> = BTreeMap::new();
        let own = language(&page.text).map(str::to_owned);
        for (name, value) in [
            ("title", page.title),
            ("author", page.author),
            ("date", page.date),
            ("description", page.description),
            ("language", own.or(page.language)),
        ] {
            metadata.extend(value.map(|value| (name.to_owned(), value.into())));
        }
        for (name, value, is_empty) in [
            ("tables", json!(page.tables), page.tables.is_empty()),
            ("stated", json!(page.structured), page.structured == Default::default()),
        ] {
            if !is_empty && value.to_string().len() <= STATED_BYTES {
                metadata.insert(name.to_owned(), value);
            }
        }
        let mut origin = origin;
        origin.insert("depth".into(), depth.into());
        origin.extend(page.licence.map(|licence| ("licence".to_owned(), licence.into())));
        metadata.insert("provenance".into(), origin.into());
        let text = self.cleaning.clean(page.text, &mut metadata);
        Ok(novelty(self.folder.text(final_url.as_str(), text, metadata)?))
    }

    fn picture(&mut self, found: FoundPicture) -> Result<Novelty, String> {
        let FoundPicture { link, final_url, at, verdict, bytes, media_type } = found;
        let mut origin = provenance(&link.url, &final_url, at, &bytes, verdict.as_str());
        origin.insert("page".into(), link.page.into());
        origin.extend(link.licence.map(|licence| ("licence".to_owned(), licence.into())));
        let mut metadata: BTreeMap<String, Value> = BTreeMap::new();
        for (name, value) in [("alt", link.alt), ("caption", link.caption), ("page_title", link.title)] {
            metadata.extend(value.map(|value| (name.to_owned(), value.into())));
        }
        metadata.insert("provenance".into(), origin.into());
        let ending = media_type.trim_start_matches("image/").replace("jpeg", "jpg");
        Ok(novelty(self.folder.picture(&bytes, &ending, metadata)?))
    }

    fn seen(&mut self, seen: &Seen) -> Result<(), String> {
        self.folder.done(seen)
    }

    fn archives(&self) -> bool {
        self.archive.is_some()
    }

    fn exchange(&mut self, exchange: &Exchange<'_>) -> Result<(), String> {
        match &mut self.archive {
            Some(archive) => archive.exchange(exchange).map_err(|error| format!("the archive: {error}")),
            None => Ok(()),
        }
    }

    fn progress(&mut self, report: &Report) -> Result<(), String> {
        self.stage.0.lock().unwrap_or_else(PoisonError::into_inner).clone_from(report);
        Ok(())
    }
}

impl Items {
    /// The records of a page; a page without any has nothing.
    fn records(&mut self, found: &FoundPage, origin: &Map<String, Value>) -> Result<Novelty, String> {
        let mut outcome = Novelty::Empty;
        for (index, row) in found.page.records.iter().enumerate() {
            let place = format!("{}#{}", found.final_url, index + 1);
            let key = row.key.clone().unwrap_or(place);
            let mut metadata: BTreeMap<String, Value> =
                row.fields.iter().map(|(name, value)| (name.clone(), value.clone().into())).collect();
            let mut origin = origin.clone();
            origin.insert("record".into(), (index + 1).into());
            origin.extend(found.page.licence.clone().map(|licence| ("licence".to_owned(), licence.into())));
            metadata.insert("provenance".into(), origin.into());
            let text = self.cleaning.clean(row.text.clone(), &mut metadata);
            match (self.folder.record(&key, text, metadata)?, outcome) {
                (Added::New, _) => outcome = Novelty::New,
                (Added::Known, Novelty::Empty) => outcome = Novelty::Known,
                _ => {}
            }
        }
        Ok(outcome)
    }
}

fn novelty(added: Added) -> Novelty {
    match added {
        Added::New => Novelty::New,
        Added::Known => Novelty::Known,
        Added::Unreadable => Novelty::Empty,
    }
}

/// Where something comes from.
fn provenance(url: &str, final_url: &Url, at: Timestamp, bytes: &[u8], robots: &str) -> Map<String, Value> {
    let told = [
        ("source", Value::from("web")),
        ("url", url.into()),
        ("final_url", final_url.as_str().into()),
        ("fetched_at", at.to_string().into()),
        ("sha256", hex(bytes).into()),
        ("robots", robots.into()),
    ];
    told.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
