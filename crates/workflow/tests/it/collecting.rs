//! Collections: a web site, files and a hub on loopback become items that say where they come from.

use crate::support::{World, counts, worlds};
use labelwright_core::{Action, JobId, Timestamp};
use labelwright_store::jobs::JobRow;
use labelwright_testkit::{
    site::{Reply, Site},
    world::principal,
};
use labelwright_workflow::{
    Error, Workflow,
    acquire::{self, CollectSource, Fetcher, Guard, HttpSource, Reach, Stage, WebSource},
    clock::Clock,
    ingest::Dataset,
    policy::Permit,
};
use serde_json::Value;

async fn site() -> Site {
    let picture = include_bytes!("../../../../docs/images/home.png").to_vec();
    Site::start(move |request| {
        let body = |words: &str| {
            Reply::html(format!(
                "<html lang=en><title>{words}</title><main><p>{words}. There is a whole paragraph on this page, so that it is \
                 long enough to be kept as an item that somebody may want to read.</p>\
                 <a href=/one>one</a><a href=/two>two</a><a href=/copy>copy</a><a href=/private>private</a>\
                 <img src=/picture.png alt='A view'></main>"
            ))
        };
        match request.path.as_str() {
            "/robots.txt" => Reply::of(200, "text/plain", "User-agent: *\nDisallow: /private"),
            "/" => body("Home of it all, where everything begins and most things end"),
            "/one" => body("Something quite different, about boats and the sea and the wind"),
            "/two" | "/copy" => body("A third page speaks of mountains, of snow, and of cold hands"),
            "/picture.png" => Reply::of(200, "image/png", picture.clone()),
            "/rows.csv" => Reply::of(200, "text/csv", "text\nfirst\nsecond\n"),
            _ => Reply::missing(),
        }
    })
    .await
    .unwrap()
}

fn web(site: &Site) -> CollectSource {
    CollectSource::Web(WebSource {
        urls: vec![site.url("/")],
        depth: 3,
        pages: 50,
        pictures: 5,
        // One after the other, so that always the same one of two copies is the first.
        rate: 200.0,
        reach: Reach::Host,
        include: Vec::new(),
        exclude: Vec::new(),
        recipe: None,
        normalise: false,
        tokens: false,
    })
}

/// The world may fetch from loopback.
pub fn open(world: &World) -> Workflow {
    world.workflow.clone().allowing_networks(["127.0.0.1"]).unwrap()
}

pub async fn dataset(world: &World, name: &str) -> Permit<Dataset> {
    let owner = principal(world.owner);
    let workspace = world.workflow.permit_workspace(&owner, world.workspace, Action::ManageData).await.unwrap();
    let made = world.workflow.create_dataset(&workspace, name).await.unwrap();
    world.workflow.permit_dataset(&owner, made.id, Action::ManageData).await.unwrap()
}

pub async fn ended(workflow: &Workflow, job: JobId) -> JobRow {
    workflow.run_all_jobs().await.unwrap();
    workflow.job_as_operator(job).await.unwrap()
}

#[tokio::test]
async fn a_site_becomes_items_that_say_where_they_come_from() {
    for world in worlds().await {
        let (site, workflow) = (site().await, open(&world));
        let dataset = dataset(&world, "collected").await;
        let job = workflow.collect_later(&dataset, web(&site), None, None).await.unwrap();
        let job = ended(&workflow, job).await;
        // The copy is kept once, what is private not at all.
        assert_eq!(counts(&job), (4, 0, 0), "{}", world.name);
        let items = world.items("collected").await;
        let texts: Vec<_> = items.iter().filter(|item| item.modality == "text").collect();
        assert_eq!((texts.len(), items.len()), (3, 4), "{}", world.name);
        for item in &items {
            let metadata: Value = serde_json::from_str(&item.metadata).unwrap();
            let source: Value = serde_json::from_str(&item.source).unwrap();
            let origin = &metadata["provenance"];
            assert_eq!(origin["source"], "web");
            assert_eq!(origin["robots"], "allowed");
            assert_eq!(origin["sha256"].as_str().unwrap().len(), 64);
            assert_eq!(source["url"], origin["final_url"]);
            assert!(origin["fetched_at"].as_str().unwrap().ends_with('Z'));
        }
        let picture = items.iter().find(|item| item.modality == "image").unwrap();
        let metadata: Value = serde_json::from_str(&picture.metadata).unwrap();
        assert_eq!(metadata["alt"], "A view");
        assert!(!site.paths().iter().any(|path| path == "/private"));
        let left = std::fs::read_dir(world.folder.path().join("uploads")).map(|left| left.count()).unwrap_or(0);
        assert_eq!(left, 0, "{}: the folder is gone", world.name);
        // The same again adds nothing.
        let job = workflow.collect_later(&dataset, web(&site), None, None).await.unwrap();
        assert_eq!(counts(&ended(&workflow, job).await), (0, 4, 0), "{}", world.name);
    }
}

#[tokio::test]
async fn a_file_behind_an_address_is_read_like_an_upload() {
    for world in worlds().await {
        let (site, workflow) = (site().await, open(&world));
        let dataset = dataset(&world, "table").await;
        let source =
            HttpSource { urls: vec![site.url("/rows.csv")], format: "auto".into(), content: Some("text".into()) };
        let job = workflow.collect_later(&dataset, CollectSource::Http(source), None, None).await.unwrap();
        assert_eq!(counts(&ended(&workflow, job).await), (2, 0, 0), "{}", world.name);
        for item in world.items("table").await {
            let metadata: Value = serde_json::from_str(&item.metadata).unwrap();
            assert_eq!(metadata["provenance"]["url"], site.url("/rows.csv"), "{}", world.name);
        }
    }
}

#[tokio::test]
async fn nobody_is_led_inside_and_mistakes_have_their_place() {
    for world in worlds().await {
        let site = site().await;
        let dataset = dataset(&world, "guarded").await;
        // Without leave from the operator.
        for source in [
            web(&site),
            CollectSource::Http(HttpSource { urls: vec![site.url("/rows.csv")], format: "auto".into(), content: None }),
        ] {
            let job = world.workflow.collect_later(&dataset, source, None, None).await.unwrap();
            let job = ended(&world.workflow, job).await;
            assert_eq!(job.state, "failed", "{}: {}", world.name, job.message);
        }
        assert!(site.log().is_empty() && world.items("guarded").await.is_empty(), "{}", world.name);
        for (change, place) in [
            (|source: &mut WebSource| source.urls = vec!["file:///etc/passwd".into()], "/source/urls/0"),
            (|source: &mut WebSource| source.pages = 0, "/source/pages"),
            (|source: &mut WebSource| source.rate = f64::NAN, "/source/rate"),
            (|source: &mut WebSource| source.recipe = Some("each = 1".into()), "/source/recipe"),
            (|source: &mut WebSource| source.include = vec!["(".into()], "/source/include/0"),
        ] as [(fn(&mut WebSource), &str); 5]
        {
            let CollectSource::Web(mut source) = web(&site) else { continue };
            change(&mut source);
            match world.workflow.collect_later(&dataset, CollectSource::Web(source), None, None).await {
                Err(Error::Invalid(problems)) => assert_eq!(problems[0].pointer, place),
                other => panic!("{place}: {other:?}"),
            }
        }
    }
}

/// The disk has what was written before a power cut: half of the last line of each file.
#[tokio::test]
async fn a_collection_that_was_cut_off_ends_up_the_same() {
    let (site, folder) = (site().await, tempfile::tempdir().unwrap());
    let CollectSource::Web(source) = web(&site) else { panic!("it is a web site") };
    let (root, clock) = (folder.path().join("site"), Clock::manual(Timestamp(1_800_000_000_000_000)));
    let collect = async || {
        let fetcher = Fetcher::new(Guard::allowing(["127.0.0.1"]).unwrap());
        acquire::web(&source, fetcher, &clock, &root, (None, None), &Stage::default()).await.unwrap()
    };
    let items = root.join("labelwright.jsonl");
    let lines = || {
        let mut lines: Vec<String> = std::fs::read_to_string(&items).unwrap().lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    collect().await;
    let whole = lines();
    assert_eq!(whole.len(), 5, "a header and four items");
    for keep in [0, 1] {
        let journal = root.join(".collect/seen.jsonl");
        let text = std::fs::read_to_string(&journal).unwrap();
        let kept: usize = text.split_inclusive('\n').take(keep).map(str::len).sum();
        std::fs::write(&journal, &text[..kept + 10]).unwrap();
        let text = std::fs::read_to_string(&items).unwrap();
        std::fs::write(&items, &text[..text.len() - 20]).unwrap();
        collect().await;
        assert_eq!(lines(), whole, "{keep} addresses were done with");
    }
}
