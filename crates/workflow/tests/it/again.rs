//! Sources that are asked again and again, with a clock that is moved by hand.

use crate::{
    collecting::{dataset, open},
    keyed::{bucket, connected, posts, shop, store},
    support::{World, worlds},
};
use labelwright_core::{Action, ProjectId};
use labelwright_testkit::{
    site::{Reply, Site},
    world::{SCHEMA, principal},
};
use labelwright_workflow::{
    Error, ProjectSettings, Workflow,
    acquire::{CollectSource, HttpSource, RepeatChange, RepeatShown},
    plan::ProjectDraft,
};
use std::sync::atomic::{AtomicUsize, Ordering};

const DAY: i64 = 86_400;

async fn project(world: &World) -> ProjectId {
    let owner = principal(world.owner);
    let permit = world.workflow.permit_workspace(&owner, world.workspace, Action::ManageProject).await.unwrap();
    let draft = ProjectDraft {
        name: "Moods".into(),
        description: String::new(),
        datasets: Vec::new(),
        schema_version: world.workflow.create_schema(&permit, SCHEMA).await.unwrap().id,
        guidelines: String::new(),
        settings: ProjectSettings::default(),
    };
    world.workflow.create_project(&permit, draft).await.unwrap()
}

async fn shown(world: &World, project: ProjectId) -> RepeatShown {
    let permit = world.workflow.permit_project(&principal(world.owner), project, Action::ManageProject).await.unwrap();
    let mut all = world.workflow.repeats(&permit).await.unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

async fn later(workflow: &Workflow, seconds: i64) {
    workflow.clock().advance_seconds(seconds);
    workflow.run_all_jobs().await.unwrap();
}

#[tokio::test]
async fn only_what_is_new_comes_in_each_time() {
    for world in worlds().await {
        let site = store().await;
        let workflow = connected(&world, &site);
        for (name, source, again) in [
            ("bucket", CollectSource::Bucket(bucket(Some("photos"))), 0),
            ("apify", CollectSource::Apify(posts()), 0),
            ("database", CollectSource::Database(shop()), 1),
        ] {
            let (dataset, project) = (dataset(&world, name).await, project(&world).await);
            workflow.collect_later(&dataset, source, Some(project), Some(DAY)).await.unwrap();
            workflow.run_all_jobs().await.unwrap();
            let first = shown(&world, project).await;
            assert_eq!(
                (first.last_added, first.last_state.as_deref()),
                (Some(2), Some("done")),
                "{} {name}",
                world.name
            );
            assert_eq!(first.next_at.0, workflow.now().0 + DAY * 1_000_000);
            let fetched = |site: &Site| site.paths().iter().filter(|path| path.contains(".csv")).count();
            let before = fetched(&site);
            later(&workflow, DAY - 1).await;
            assert_eq!(shown(&world, project).await.last_job, first.last_job, "it is not time yet");
            if name == "database" {
                let file = world.folder.path().join("shop.sqlite");
                let shop = rusqlite::Connection::open(file).unwrap();
                shop.execute_batch("INSERT INTO reviews VALUES (3, 'three', 'bad', 20), (4, 'hidden', 'bad', 5)")
                    .unwrap();
            }
            later(&workflow, 1).await;
            let second = shown(&world, project).await;
            assert_ne!(second.last_job, first.last_job);
            assert_eq!((second.last_added, second.failures), (Some(again), 0), "{} {name}", world.name);
            assert_eq!(world.items(name).await.len() as i64, 2 + again);
            assert_eq!(fetched(&site), before, "what is there is not fetched again");
        }
    }
}

#[tokio::test]
async fn errors_back_off_and_people_pause_change_and_remove() {
    for world in worlds().await {
        static ASKED: AtomicUsize = AtomicUsize::new(0);
        ASKED.store(0, Ordering::SeqCst);
        let site = Site::start(|_| {
            let is_good = ASKED.fetch_add(1, Ordering::SeqCst) < 1;
            if is_good { Reply::of(200, "text/csv", "text\nfirst\nsecond\n") } else { Reply::missing() }
        })
        .await
        .unwrap();
        let workflow = open(&world);
        let (dataset, project) = (dataset(&world, "table").await, project(&world).await);
        let source = CollectSource::Http(HttpSource {
            urls: vec![site.url("/rows.csv")],
            format: "auto".into(),
            content: Some("text".into()),
        });
        for every in [0, 3599, 366 * DAY + 1] {
            let refused = workflow.collect_later(&dataset, source.clone(), Some(project), Some(every)).await;
            assert!(matches!(refused, Err(Error::Invalid(_))), "{every}");
        }
        workflow.collect_later(&dataset, source, Some(project), Some(DAY)).await.unwrap();
        workflow.run_all_jobs().await.unwrap();
        for failures in 1..=2 {
            let wait = shown(&world, project).await.next_at.0 - workflow.now().0;
            later(&workflow, wait / 1_000_000).await;
            let told = shown(&world, project).await;
            assert_eq!((told.failures, told.last_state.as_deref()), (failures, Some("failed")), "{}", world.name);
            assert!(told.last_message.unwrap().contains("404"));
            assert_eq!(told.next_at.0, workflow.now().0 + (DAY << failures) * 1_000_000);
        }
        let change = async |change| {
            let id = shown(&world, project).await.id;
            workflow.change_repeat(&dataset, id, change).await.unwrap();
            shown(&world, project).await
        };
        assert!(change(RepeatChange { paused: Some(true), ..Default::default() }).await.paused);
        let before = ASKED.load(Ordering::SeqCst);
        later(&workflow, 100 * DAY).await;
        assert_eq!(ASKED.load(Ordering::SeqCst), before, "paused");
        let told = change(RepeatChange { paused: Some(false), every_seconds: Some(3600), now: false }).await;
        assert_eq!((told.every_seconds, told.next_at.0), (3600, workflow.now().0 + 3_600_000_000));
        assert_eq!(change(RepeatChange { now: true, ..Default::default() }).await.next_at, workflow.now());
        workflow.run_all_jobs().await.unwrap();
        assert_eq!(ASKED.load(Ordering::SeqCst), before + 1);
        // Of another dataset it is not there.
        let other = self::dataset(&world, "other").await;
        let id = shown(&world, project).await.id;
        assert!(matches!(workflow.delete_repeat(&other, id).await, Err(Error::NotFound(_))));
        workflow.delete_repeat(&dataset, id).await.unwrap();
        later(&workflow, 10 * DAY).await;
        assert_eq!((ASKED.load(Ordering::SeqCst), world.items("table").await.len()), (before + 1, 2));
    }
}

/// Somebody sets the clock ten years ahead, and mends it later.
#[tokio::test]
async fn a_clock_that_jumps_does_not_stop_what_is_repeated() {
    for world in worlds().await {
        let site = Site::start(|_| Reply::of(200, "text/csv", "text\nfirst\n")).await.unwrap();
        let workflow = open(&world);
        let (dataset, project) = (dataset(&world, "jumps").await, project(&world).await);
        let urls = vec![site.url("/rows.csv")];
        let source = CollectSource::Http(HttpSource { urls, format: "auto".into(), content: Some("text".into()) });
        workflow.collect_later(&dataset, source, Some(project), Some(DAY)).await.unwrap();
        workflow.run_all_jobs().await.unwrap();
        let asked = || site.log().len();
        for (jump, times) in [(3650 * DAY, 1), (60, 0), (-3650 * DAY, 1), (60, 0), (DAY, 1)] {
            let before = asked();
            later(&workflow, jump).await;
            assert_eq!(asked() - before, times, "{}: {jump} seconds", world.name);
        }
    }
}

/// A recipe is tried on a page that is fetched once.
#[tokio::test]
async fn a_recipe_is_tried_without_asking_again() {
    for world in worlds().await {
        let site = Site::start(|request| match request.path.as_str() {
            "/robots.txt" => Reply::of(200, "text/plain", "User-agent: *\nDisallow: /private"),
            "/shop" => Reply::html(
                "<ul><li class=p data-id=1><h2>Chair</h2><b>9</b></li><li class=p data-id=2><h2>Table</h2></li></ul>\
                 <a rel=next href='/shop?page=2'>next</a>",
            ),
            _ => Reply::missing(),
        })
        .await
        .unwrap();
        let (workflow, project) = (open(&world), project(&world).await);
        let permit = workflow.permit_project(&principal(world.owner), project, Action::ManageProject).await.unwrap();
        let url = site.url("/shop");
        let css = "each = 'li.p'\nkey = 'id'\ncontent = 'name'\nnext = 'a[rel=next]'\n[fields]\nid = '@data-id'\nname = 'h2'\nprice = 'b'";
        let tried = workflow.try_recipe(&permit, &url, css).await.unwrap();
        assert_eq!((tried.count, tried.records[1].key.as_deref()), (2, Some("2")));
        assert_eq!((tried.empty, tried.next), (vec![("price".to_owned(), 1)], Some(site.url("/shop?page=2"))));
        let paths = "each = '//li[@class=\"p\"]'\n[fields]\nname = './h2/text()'";
        assert_eq!(workflow.try_recipe(&permit, &url, paths).await.unwrap().records[0].text, "name: Chair");
        assert!(workflow.try_recipe(&permit, &url, "").await.unwrap().text.is_some());
        let asked = |path: &str| site.paths().iter().filter(|known| *known == path).count();
        assert_eq!(asked("/shop"), 1);
        workflow.clock().advance_seconds(601);
        workflow.try_recipe(&permit, &url, "").await.unwrap();
        assert_eq!(asked("/shop"), 2, "it was held for ten minutes");
        for (url, recipe, place) in [
            ("no address".to_owned(), "", "/url"),
            (url.clone(), "each = '//li['\n[fields]\na = 'b'", "/recipe"),
            (site.url("/private"), "", "/url"),
            (site.url("/none"), "", "/url"),
        ] {
            match workflow.try_recipe(&permit, &url, recipe).await {
                Err(Error::Invalid(problems)) => assert_eq!(problems[0].pointer, place),
                other => panic!("{url}: {other:?}"),
            }
        }
        assert_eq!(asked("/private"), 0);
        let guarded = world.workflow.try_recipe(&permit, &site.url("/other"), "").await;
        assert!(matches!(guarded, Err(Error::Invalid(_))) && asked("/other") == 0);
    }
}
