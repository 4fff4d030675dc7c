//! First run, import, export, tokens, backup, restore, doctor: on both databases.

use crate::program::{Place, python};
use labelwright_testkit::TestPostgres;
use std::process::Command;

async fn places() -> Vec<Place> {
    let mut places = vec![Place::new(None)];
    places.extend(TestPostgres::database().await.map(|url| Place::new(Some(url))));
    places
}

#[tokio::test]
async fn a_demo_is_backed_up_restored_into_the_other_database_and_healthy() {
    let mut manifests = Vec::new();
    for place in places().await {
        let (server, said) = place.serve("demo", &["--items", "16"]);
        assert!(said.contains("Sign in once with this link"), "{said}");
        let folder = place.path("copy");
        let copy = folder.to_str().unwrap();
        place.good(&["backup", copy]);
        assert!(!place.run(&["backup", copy]).good, "a backup is never written over");
        drop(server);
        assert!(place.good(&["doctor"]).contains(" 0 findings"));
        let other = match &place.database {
            None => TestPostgres::database().await,
            Some(_) => None,
        };
        let target = Place::new(other);
        let restored = target.good(&["restore", copy]);
        assert!(restored.contains(" 0 findings"), "{restored}");
        let again = target.run(&["restore", copy]);
        assert!(!again.good && again.err.contains("not empty"), "{}", again.err);
        // The restored place works: a second copy of it holds the same rows.
        let second = target.path("second");
        target.good(&["backup", second.to_str().unwrap()]);
        let rows = |folder: &std::path::Path| {
            let text = std::fs::read_to_string(folder.join("manifest.json")).unwrap();
            let mut manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
            // Counts are spread over more rows on PostgreSQL; the doctor has compared their sums.
            manifest["rows"].as_object_mut().unwrap().remove("counters");
            (manifest["rows"].clone(), manifest["blobs"].clone())
        };
        assert_eq!(rows(&folder), rows(&second));
        manifests.push(rows(&folder));
        // One bit of the copy is changed: it is noticed before anything is restored.
        let blob = walk(&folder.join("blobs"));
        let mut bytes = std::fs::read(&blob).unwrap();
        bytes[0] ^= 1;
        std::fs::write(&blob, bytes).unwrap();
        let refused = Place::new(None).run(&["restore", copy]);
        assert!(!refused.good && refused.err.contains("blob"), "{}", refused.err);
    }
    manifests.dedup();
    assert_eq!(manifests.len(), 1, "the demo is the same on both databases");
}

/// The first file below a folder.
fn walk(folder: &std::path::Path) -> std::path::PathBuf {
    let entry = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    if entry.is_dir() { walk(&entry) } else { entry }
}

#[tokio::test]
async fn the_doctor_names_rows_that_were_changed_by_hand() {
    let place = Place::new(None);
    drop(place.serve("demo", &["--items", "16"]));
    let file = place.path("data").join("labelwright.sqlite");
    let damage = [
        (
            "UPDATE revisions SET answer = replace(answer, ':', ': ') WHERE annotation_id = 2",
            "annotation 2, revision 1",
        ),
        ("UPDATE label_facts SET count = count + 1 WHERE annotation_id = 1", "annotation 1: label facts"),
        ("UPDATE audit SET detail = '{}' WHERE id = 2", "audit row 2"),
        ("UPDATE seats SET labeler_id = NULL WHERE task_id = 1 AND slot = 0", "task 1, seat 0"),
        ("UPDATE tasks SET agreement = 0.123 WHERE id = 1", "task 1: the agreement"),
        (
            "UPDATE items SET content = content || '!' WHERE id = (SELECT MIN(id) FROM items WHERE content IS NOT NULL)",
            "has other data",
        ),
        ("UPDATE counters SET n = n + 1 WHERE project_id = 1 AND name = 'seat:open'", "project 1, seat:open"),
        ("UPDATE projects SET settings = 'none' WHERE id = 2", "project 2: the defaults"),
        ("DELETE FROM items WHERE id = 3", "task 3: a task's item"),
    ];
    let connection = rusqlite::Connection::open(&file).unwrap();
    for (statement, _) in damage {
        assert!(connection.execute(statement, []).unwrap() > 0, "{statement}");
    }
    drop(connection);
    let ended = place.run(&["doctor"]);
    assert!(!ended.good);
    for (statement, named) in damage {
        assert!(ended.out.contains(named), "{statement}: {named} is not in {}", ended.out);
    }
}

#[tokio::test]
async fn data_come_before_the_first_start_and_the_link_comes_with_it() {
    for place in places().await {
        let table = place.write("early.csv", "id,text\na,hello\n");
        let told = place.good(&["import", table.to_str().unwrap(), "--dataset", "Early"]);
        assert!(told.contains("\"added\":1"), "{told}");
        let elsewhere = place.run(&["import", table.to_str().unwrap(), "--dataset", "Early", "--workspace", "7"]);
        assert!(!elsewhere.good && elsewhere.err.contains("the workspace was not found"), "{}", elsewhere.err);
        // It waits for the link, which whoever has never signed in gets.
        drop(place.serve("serve", &[]));
    }
}

#[tokio::test]
async fn data_goes_in_and_comes_out_and_other_programs_can_read_it() {
    for place in places().await {
        drop(place.serve("demo", &["--items", "16"]));
        let table = place.write("t.csv", "id,text\na,hello\nb,\nc,👍 wörld\n");
        let imported = place.run(&["import", table.to_str().unwrap(), "--dataset", "Mine"]);
        assert!(imported.good && imported.out.contains("\"added\":2") && imported.err.contains("t.csv:3"));
        let refused = place.run(&["import", table.to_str().unwrap(), "--dataset", "Other", "--on-error", "refuse-all"]);
        assert!(!refused.good && refused.err.contains("nothing was imported"), "{}", refused.err);
        let again = place.good(&["import", table.to_str().unwrap(), "--dataset", "Mine", "--json"]);
        assert!(again.contains("\"added\":0") && again.contains("\"known\":2"), "{again}");

        let coco = place.path("coco.json");
        place.good(&["export", "--project", "1", "--format", "coco", "--output", coco.to_str().unwrap()]);
        let script = "import sys; from pycocotools.coco import COCO; c = COCO(sys.argv[1]); \
            assert len(c.getImgIds()) == 16, c.getImgIds(); assert len(c.getAnnIds()) > 3; \
            [c.annToMask(a) for a in c.loadAnns(c.getAnnIds())]; print('read')";
        let read = Command::new(python()).args(["-c", script]).arg(&coco).output().unwrap();
        assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));

        let conll = place.path("names.conll");
        place.good(&["export", "--project", "4", "--format", "conll2003", "--output", conll.to_str().unwrap()]);
        let text = std::fs::read_to_string(&conll).unwrap();
        assert!(text.lines().filter(|line| !line.is_empty()).all(|line| line.split(' ').count() == 4));
        assert!(text.contains(" B-person\n") && text.contains(" I-person\n"), "{text}");
        let conll = conll.to_str().unwrap();
        let export = ["export", "--project", "4", "--format", "conll2003", "--output", conll];
        place.good(&[&export[..], &["--set", "scheme=bilou"]].concat());
        assert!(std::fs::read_to_string(conll).unwrap().contains(" L-person\n"));
        let refused = place.run(&[&export[..], &["--set", "schema=bilou"]].concat());
        assert!(!refused.good && refused.err.contains("scheme"), "{}", refused.err);
        // A format's options in an import: what comes in is what they say.
        let pairs = place.write("pairs.jsonl", "{\"text\":\"Guten Tag\",\"label\":[\"Good day\"]}\n");
        let import = ["import", pairs.to_str().unwrap(), "--dataset", "Pairs", "--format", "doccano"];
        place.good(&[&import[..], &["--set", "task=seq2seq"]].concat());
        let refused = place.run(&[&import[..], &["--set", "task=other"]].concat());
        assert!(!refused.good && refused.err.contains("seq2seq"), "{}", refused.err);
    }
}

#[tokio::test]
async fn tokens_and_links_are_made_by_the_operator() {
    let place = Place::new(None);
    drop(place.serve("serve", &[]));
    let link = place.good(&["user", "add", "lea@example.org", "Lea", "--role", "labeler"]);
    assert!(link.starts_with("/welcome#"), "{link}");
    let token = place.good(&["token", "create", "lea@example.org", "--name", "t", "--scope", "label"]);
    assert!(token.starts_with("lw_") && token.trim().len() > 30);
    assert!(place.good(&["token", "list", "lea@example.org"]).starts_with("1\tt\tlabel\t") || !token.is_empty());
    assert!(!place.run(&["token", "create", "lea@example.org", "--name", "t", "--scope", "everything"]).good);
    assert!(!place.run(&["token", "list", "nobody@example.org"]).good);
    let config = place.write("c.toml", "databse = \"sqlite:x\"\n");
    let refused = place.run(&["user", "list", "--config", config.to_str().unwrap()]);
    assert!(!refused.good && refused.err.contains("databse"), "{}", refused.err);
}
