//! Items that the server makes: by recipes and from the items of a project, in processes of its own that end with their
//! job.

use super::{home::Home, program::Place};
use labelwright_testkit::{
    TestPostgres,
    http::{Client, Request},
};
use serde_json::{Value, json};
use std::{
    fs,
    time::{Duration, Instant},
};

const WAIT: Duration = Duration::from_secs(60);

struct Api {
    client: Client,
    token: String,
}

impl Api {
    fn of(place: &Place, said: &str) -> Self {
        let address =
            said.split("http://").nth(1).unwrap().split(|c: char| c == '/' || c.is_whitespace()).next().unwrap();
        place.good(&["user", "add", "maker@example.org", "Max", "--role", "manager"]);
        let token = place.good(&["token", "create", "maker@example.org", "--name", "t"]);
        Self { client: Client::new(address, WAIT), token: token.trim().to_owned() }
    }

    async fn ask(&mut self, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
        let path = format!("/api/v1{path}");
        let mut request = Request::new(method, &path).bearer(&self.token);
        if let Some(body) = body {
            request = request.json(body.to_string());
        }
        let answer = self.client.send(&request).await.unwrap();
        (answer.status, answer.json())
    }

    async fn get(&mut self, path: &str) -> Value {
        self.ask("GET", path, None).await.1
    }

    async fn collect(&mut self, dataset: &Value, source: Value, project: Option<i64>) -> (u16, Value) {
        let body = json!({ "source": source, "project_id": project });
        self.ask("POST", &format!("/datasets/{dataset}/collections"), Some(body)).await
    }

    async fn new_dataset(&mut self, name: &str) -> Value {
        self.ask("POST", "/workspaces/1/datasets", Some(json!({ "name": name }))).await.1["id"].clone()
    }

    /// The job in the first state that satisfies.
    async fn job(&mut self, id: &Value, is: impl Fn(&Value) -> bool) -> Value {
        let end = Instant::now() + WAIT;
        loop {
            let job = self.get(&format!("/jobs/{id}")).await;
            if is(&job) {
                return job;
            }
            assert!(Instant::now() < end, "{job}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn ended(&mut self, id: &Value) -> Value {
        self.job(id, |job| !matches!(job["state"].as_str(), Some("queued" | "running"))).await
    }
}

/// The demo's project of this kind of data.
async fn project(api: &mut Api, modality: &str) -> i64 {
    let listed = api.get("/workspaces/1/projects").await;
    let all = listed["items"].as_array().or(listed.as_array()).unwrap().clone();
    for one in all {
        let schema = api.get(&format!("/schema-versions/{}", one["schema_version_id"])).await;
        if schema["document"]["modality"] == modality {
            return one["id"].as_i64().unwrap();
        }
    }
    panic!("no project of {modality}: {listed}");
}

const GRAMMAR: &str =
    "[[document]]\ntemplates = ['{who} was here.']\n[slots]\nwho = ['Anna', 'Bo', 'Chi', 'Dan', 'Eve']\n";

#[tokio::test]
async fn recipes_make_items_and_copies_that_know_their_parents() {
    for database in [None, TestPostgres::database().await] {
        let place = Place::new(database);
        let (_server, said) = place.serve("demo", &["--items", "16"]);
        let mut api = Api::of(&place, &said);
        let texts = project(&mut api, "text").await;
        let dataset = api.new_dataset("Made").await;
        let source = json!({ "kind": "synthesis", "what": "text", "recipe": GRAMMAR, "count": 5, "seed": 3 });
        let (status, made) = api.collect(&dataset, source.clone(), Some(texts)).await;
        assert_eq!(status, 200, "{made}");
        let job = api.ended(&made["id"]).await;
        assert_eq!((&job["state"], &job["result"]["refused"]), (&"done".into(), &0.into()), "{job}");
        let added = job["result"]["added"].as_i64().unwrap();
        assert!((1..=5).contains(&added), "{job}");
        let items = api.get(&format!("/datasets/{dataset}/items")).await;
        let first = &items["items"][0]["metadata"];
        assert_eq!((&first["synthetic"], &first["provenance"]["source"]), (&true.into(), &"synthesis".into()));
        // The same again is known.
        let (_, again) = api.collect(&dataset, source, Some(texts)).await;
        let job = api.ended(&again["id"]).await;
        assert_eq!((&job["result"]["added"], &job["result"]["known"]), (&0.into(), &added.into()), "{job}");

        let pictures = project(&mut api, "image").await;
        let parents = api.get(&format!("/projects/{pictures}/tasks?limit=100")).await;
        let parents = parents["items"].as_array().unwrap().len();
        let recipe = "[[operation]]\nop = 'flip_vertical'\n";
        let preview = format!("/projects/{pictures}/augmentations/preview");
        let (status, told) = api.ask("POST", &preview, Some(json!({ "recipe": recipe, "factor": 1 }))).await;
        assert!(status == 200 && told["sheet"].as_str().unwrap().starts_with("iVBORw0KGgo"), "{status}");
        let preview = format!("/projects/{texts}/augmentations/preview");
        let typo = json!({ "recipe": "[[operation]]\nop = 'typo'\nrate = 0.5\n", "factor": 1 });
        let (status, told) = api.ask("POST", &preview, Some(typo)).await;
        assert!(status == 200 && told["lines"].as_str().unwrap().lines().count() > 2, "{told}");
        let (status, told) = api.ask("POST", &preview, Some(json!({ "recipe": "op", "factor": 1 }))).await;
        assert_eq!((status, &told["errors"][0]["pointer"]), (422, &"/recipe".into()), "{told}");
        let dataset = api.new_dataset("Copies").await;
        let source = json!({ "kind": "augmentation", "recipe": recipe, "factor": 1 });
        let (status, made) = api.collect(&dataset, source, Some(pictures)).await;
        assert_eq!(status, 200, "{made}");
        let job = api.ended(&made["id"]).await;
        assert_eq!((&job["state"], &job["result"]["added"]), (&"done".into(), &parents.into()), "{job}");
        let items = api.get(&format!("/datasets/{dataset}/items")).await;
        let child = &items["items"][0]["metadata"];
        assert!(child["parent"].is_string() && child["augmentation"]["operations"][0]["op"] == "flip_vertical");

        let (status, made) = api.ask("POST", &format!("/projects/{pictures}/profile"), None).await;
        assert_eq!(status, 200, "{made}");
        let job = api.ended(&made["id"]).await;
        assert_eq!(job["state"], "done", "{job}");
        let told = api.get(&format!("/projects/{pictures}/profile")).await;
        let report = &told["report"];
        assert_eq!((&told["state"], &report["items"]), (&"done".into(), &(2 * parents).into()), "{told}");
        let copies = report["inputs"].as_array().unwrap().iter().find(|one| one["path"] == "augmentation");
        assert_eq!(copies.unwrap()["items"], parents, "{report}");
        let left = fs::read_dir(place.path("data/uploads")).unwrap().count();
        assert_eq!(left, 0, "nothing is left on the way");
    }
}

#[tokio::test]
async fn recipes_that_ask_for_what_they_may_not_are_refused_with_their_place() {
    let place = Place::new(None);
    let (_server, said) = place.serve("demo", &["--items", "16"]);
    let mut api = Api::of(&place, &said);
    let texts = project(&mut api, "text").await;
    let dataset = api.new_dataset("Made").await;
    let synthesis = |what: &str, recipe: &str, count: u64| json!({ "kind": "synthesis", "what": what, "recipe": recipe, "count": count });
    let augmentation = |recipe: &str| json!({ "kind": "augmentation", "recipe": recipe, "factor": 1 });
    let scene =
        "width = 9\nheight = 9\nbackgrounds = '../../etc'\n[[shape]]\nclass = 'a'\noutline = 'star'\nsize = 0.2\n";
    let paraphrase = "[[operation]]\nop = 'paraphrase'\n[operation.endpoint]\nbase_url = 'http://127.0.0.1:1'\nmodel = 'm'\nkey_env = 'HOME'\n";
    for (source, project, pointer, words) in [
        (synthesis("text", "nothing", 1), Some(texts), "/source/recipe", ""),
        (synthesis("text", GRAMMAR, 0), Some(texts), "/source/count", "1 to 100000"),
        (synthesis("image", scene, 1), Some(texts), "/source/recipe", "command line"),
        (augmentation(paraphrase), Some(texts), "/source/recipe", ""),
        (
            augmentation("[[operation]]\nop = 'impulse_response'\nfiles = ['/etc/passwd']\n"),
            Some(texts),
            "/source/recipe",
            "",
        ),
        (augmentation("[[operation]]\nop = 'typo'\n"), None, "/project_id", "project"),
    ] {
        let (status, told) = api.collect(&dataset, source, project).await;
        let first = &told["errors"][0];
        assert_eq!((status, &first["pointer"]), (422, &pointer.into()), "{told}");
        assert!(first["message"].as_str().unwrap().contains(words), "{told}");
    }
    let body = json!({ "source": synthesis("text", GRAMMAR, 1), "project_id": texts, "every_seconds": 3600 });
    let (status, told) = api.ask("POST", &format!("/datasets/{dataset}/collections"), Some(body)).await;
    assert_eq!((status, &told["errors"][0]["pointer"]), (422, &"/every_seconds".into()), "{told}");
}

/// Processes that work in this folder.
fn working_in(folder: &std::path::Path) -> usize {
    let processes = fs::read_dir("/proc").unwrap().flatten();
    processes.filter(|process| fs::read_link(process.path().join("cwd")).is_ok_and(|at| at.starts_with(folder))).count()
}

#[tokio::test]
async fn whoever_cancels_ends_the_process_and_leaves_nothing() {
    let place = Place::new(None);
    let (_server, said) = place.serve("demo", &["--items", "16"]);
    let mut api = Api::of(&place, &said);
    let pictures = project(&mut api, "image").await;
    let dataset = api.new_dataset("Made").await;
    let recipe = "width = 1500\nheight = 1500\n[[shape]]\nclass = 'a'\noutline = 'star'\nsize = 0.2\n";
    let source = json!({ "kind": "synthesis", "what": "image", "recipe": recipe, "count": 100_000 });
    let (_, made) = api.collect(&dataset, source, Some(pictures)).await;
    let job = api.job(&made["id"], |job| job["progress"]["done"].as_i64() > Some(0)).await;
    assert_eq!((&job["state"], &job["progress"]["total"]), (&"running".into(), &100_000.into()), "{job}");
    let uploads = place.path("data/uploads");
    assert!(working_in(&uploads) > 0);
    api.ask("POST", &format!("/jobs/{}/cancel", made["id"]), None).await;
    assert_eq!(api.ended(&made["id"]).await["state"], "cancelled");
    let end = Instant::now() + WAIT;
    while working_in(&uploads) > 0 || fs::read_dir(&uploads).unwrap().count() > 0 {
        assert!(Instant::now() < end, "the process goes on, or its folder is left");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let items = api.get(&format!("/datasets/{dataset}/items")).await;
    assert_eq!(items["items"].as_array().map(Vec::len), Some(0), "{items}");
}

#[test]
fn children_come_without_their_parents_and_recipes_name_nothing_elsewhere() {
    let home = Home::new();
    home.write("texts.jsonl", b"{\"text\": \"Good morning to everybody here\"}\n{\"text\": \"And good night\"}\n");
    home.write("typo.toml", b"[[operation]]\nop = 'typo'\nrate = 0.3\n");
    let words = ["augment", "--recipe", "typo.toml", "--from", "jsonl", "--to", "native", "--children-only"];
    let told = home.ok(&[&words[..], &["--factor", "2", "--seed", "5", "texts.jsonl", "out"]].concat());
    let text = fs::read_to_string(home.path("out/labelwright.jsonl")).unwrap();
    let items: Vec<Value> = text.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(!items.is_empty() && items.iter().all(|item| item["metadata"]["parent"].is_string()), "{told}{text}");
    home.write("secret.csv", b"a,b\n1,2\n");
    home.write("deep/rows.toml", b"example = '../secret.csv'\nmethod = 'copula'\n");
    let words = ["synthesize", "tabular", "--recipe", "deep/rows.toml", "--count", "2", "--output", "rows"];
    assert!(home.fails(&words).contains("lie beside it or below"));
}
