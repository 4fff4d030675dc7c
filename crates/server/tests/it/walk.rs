//! The generated authorization walk: every path and method of the OpenAPI document, with everybody's credentials and
//! the ids of a workspace that is not theirs. A refusal tells nothing of what is there and changes nothing.

use crate::{
    app::{MARKER, Person, Place, TEXT_SCHEMA, TestApp},
    bodies::body,
    calls,
    dump::{difference, dump},
    rules::{RULES, Rule},
};
use axum::body::Body;
use labelwright_core::{Action, JobId, ProjectId, Role, WorkspaceId, allow};
use labelwright_store::{
    StoreError,
    records::{
        concepts,
        machine_labels::{self, NewCertificate},
    },
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A list of concepts of that workspace.
const CONCEPTS: &str = "places";

/// The workspace under attack: the id of one thing of every kind.
pub struct Target {
    ids: BTreeMap<&'static str, i64>,
}

impl Target {
    pub fn id(&self, name: &str) -> i64 {
        self.ids[name]
    }

    /// A path with its places filled in.
    fn path(&self, template: &str) -> String {
        let mut path = template.to_owned();
        for (name, id) in &self.ids {
            path = path.replace(&format!("{{{name}}}"), &id.to_string());
        }
        path = path.replace("{table}", "agreement").replace("{list}", CONCEPTS).replace("{token}", "nobody");
        path = path.replace("{frame}", "0");
        if template.ends_with("/functions/report") {
            path += "?field=mood";
        } else if template.ends_with("/map/layer") {
            path += "?by=labeler";
        }
        assert!(!path.contains('{'), "{template} has a place that the walk does not know");
        path
    }
}

struct Caller {
    name: &'static str,
    token: Option<String>,
    /// Role in the workspace, and in the project, of the things under attack.
    workspace: Option<Role>,
    project: Option<Role>,
    /// Is in the workspace through another project.
    guest: bool,
    /// Made the things that belong to one person.
    owns: bool,
}

impl Caller {
    fn new(name: &'static str, person: &Person, role: Option<Role>) -> Self {
        let token = Some(person.token.clone());
        Self { name, token, workspace: role, project: role, guest: false, owns: false }
    }
}

/// The routes of the document: method, path template.
fn routes() -> Vec<(String, String)> {
    let document: Value = serde_json::from_str(&labelwright_server::openapi_json()).unwrap();
    let mut found = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            found.push((method.to_uppercase(), path.clone()));
        }
    }
    found
}

fn rule(route: &str) -> Rule {
    let line = RULES.iter().find(|(known, _)| *known == route);
    line.unwrap_or_else(|| panic!("{route} has no line in rules.rs: say who may call it")).1
}

#[test]
fn every_route_has_a_rule_and_every_rule_a_route() {
    let routes: Vec<String> = routes().into_iter().map(|(method, path)| format!("{method} {path}")).collect();
    assert!(routes.len() > 60);
    for route in &routes {
        rule(route);
    }
    for (route, _) in RULES {
        assert!(routes.iter().any(|known| known == route), "{route} is not there any more");
    }
}

/// None: let through. Some: the status of the refusal.
fn refusal(rule: Rule, caller: &Caller) -> Option<u16> {
    if caller.token.is_none() {
        return if matches!(rule, Rule::Public) { None } else { Some(401) };
    }
    let by_role = |role: Option<Role>, action: Action| match role {
        None => Some(404),
        Some(role) if allow(role, action) => None,
        Some(_) => Some(403),
    };
    match rule {
        Rule::Public | Rule::SignedIn => None,
        // All callers of the walk carry tokens.
        Rule::Browser => Some(403),
        Rule::Workspace(action) => by_role(caller.workspace, action),
        Rule::Guest => (caller.workspace.is_none() && !caller.guest).then_some(404),
        Rule::Project(action) => by_role(caller.project, action),
        Rule::Item => by_role(caller.workspace.or(caller.project), Action::View),
        Rule::Own => (!caller.owns).then_some(404),
        Rule::Job if caller.owns => None,
        Rule::Job => by_role(caller.workspace, Action::ManageData),
    }
}

async fn lay(app: &TestApp) -> (Target, Vec<Caller>) {
    let home = app.workspace(&format!("{MARKER} workspace")).await;
    let foreign = app.workspace("elsewhere").await;
    let owner = app.user(&format!("{MARKER} owner"), &[(Place::Workspace(home), Role::Owner)]).await;
    let (target, other) = things(app, home, &owner).await;
    let mut callers =
        vec![Caller { name: "anonymous", token: None, workspace: None, project: None, guest: false, owns: false }];
    let stranger = app.user("stranger", &[(Place::Workspace(foreign), Role::Owner)]).await;
    callers.push(Caller::new("owner of another workspace", &stranger, None));
    for (name, role) in [
        ("labeler of another project", Role::Labeler),
        ("reviewer of another project", Role::Reviewer),
        ("manager of another project", Role::Manager),
    ] {
        let person = app.user(name, &[(Place::Project(other), role)]).await;
        callers.push(Caller { guest: true, ..Caller::new(name, &person, None) });
    }
    for (name, role) in [
        ("labeler", Role::Labeler),
        ("reviewer", Role::Reviewer),
        ("manager", Role::Manager),
        ("another owner", Role::Owner),
    ] {
        let person = app.user(name, &[(Place::Workspace(home), role)]).await;
        callers.push(Caller::new(name, &person, Some(role)));
    }
    let project = ProjectId(target.id("project"));
    for (name, role) in [("labeler of the project only", Role::Labeler), ("manager of the project only", Role::Manager)]
    {
        let person = app.user(name, &[(Place::Project(project), role)]).await;
        let caller = Caller::new(name, &person, None);
        callers.push(Caller { guest: true, project: Some(role), ..caller });
    }
    callers.push(Caller { owns: true, ..Caller::new("owner", &owner, Some(Role::Owner)) });
    (target, callers)
}

/// A certificate that holds. Labels by machine take more answers than a walk has.
async fn certificate(app: &TestApp, project: ProjectId, job: JobId) -> i64 {
    let now = app.workflow.now();
    let made = app.workflow.store().write::<_, StoreError, _>(move |tx| {
        let new = NewCertificate {
            project,
            job,
            run: 1,
            field: "mood",
            target: 0.9,
            risk: 0.1,
            document: MARKER,
            state: "holds",
            automatic: 1,
            created_by: None,
            now,
        };
        Box::pin(async move { machine_labels::create(tx, &new).await })
    });
    made.await.unwrap()
}

/// One thing of every kind, each with the marker in it; and another project of the same workspace.
async fn things(app: &TestApp, home: WorkspaceId, owner: &Person) -> (Target, ProjectId) {
    let folder = app.folder.path().join("data");
    std::fs::create_dir_all(&folder).unwrap();
    for number in 0..3 {
        std::fs::write(folder.join(format!("{MARKER}-{number}.txt")), format!("{MARKER} text {number}")).unwrap();
    }
    let dataset = app.import(owner, home, &format!("{MARKER} data"), &folder).await;
    let version = app.schema(owner, home, TEXT_SCHEMA).await;
    let project = app.project(owner, home, &format!("{MARKER} project"), vec![dataset], version, 1).await;
    let other = app.project(owner, home, "another", vec![], version, 1).await;
    let now = app.workflow.now();
    let list = app
        .workflow
        .store()
        .write::<_, StoreError, _>(move |tx| Box::pin(async move { concepts::create(tx, home, CONCEPTS, now).await }));
    list.await.unwrap();
    let member = app.user(&format!("{MARKER} member"), &[(Place::Workspace(home), Role::Labeler)]).await;
    let (task, epoch, shown) = app.next(project, &member.token).await;
    let answer =
        json!({"fields": {"mood": "good", "note": format!("{MARKER} answer")}, "regions": [], "relations": []});
    let body = json!({"epoch": epoch, "parent": null, "answer": answer});
    let stored = app.submit(task, &member.token, "k", body).await;
    assert_eq!(stored.status, 200, "{}", stored.text());
    let owned = |method: &'static str, path: String, body: Value| {
        let token = owner.token.clone();
        async move {
            let reply = app.call(method, &path, &token, body).await;
            assert!(reply.status.is_success(), "{method} {path}: {}", reply.text());
            reply.json()
        }
    };
    let comment = json!({"body": format!("{MARKER} comment")});
    owned("POST", format!("/api/v1/tasks/{task}/comments"), comment).await;
    owned("PATCH", format!("/api/v1/tasks/{task}"), json!({"gold": answer})).await;
    let upload = json!({"name": format!("{MARKER}.txt"), "bytes": 5});
    let upload = owned("POST", format!("/api/v1/workspaces/{home}/uploads"), upload).await;
    let invitation = json!({"email": format!("{MARKER}@test.example"), "role": "labeler"});
    let invitation = owned("POST", format!("/api/v1/workspaces/{home}/invitations"), invitation).await;
    let name = json!({"name": format!("{MARKER} snapshot")});
    let job = owned("POST", format!("/api/v1/projects/{project}/snapshots"), name).await["id"].as_i64().unwrap();
    app.workflow.run_all_jobs().await.unwrap();
    let listed = app.get(&format!("/api/v1/projects/{project}/snapshots"), &owner.token).await.json();
    let snapshot = listed[0]["id"].as_i64().unwrap();
    let format = json!({"format": "native", "answers": "all"});
    owned("POST", format!("/api/v1/snapshots/{snapshot}/exports"), format).await;
    app.workflow.run_all_jobs().await.unwrap();
    let listed = app.get(&format!("/api/v1/projects/{project}/exports"), &owner.token).await.json();
    let function = json!({"field": "mood", "name": MARKER, "value": "good", "enabled": true,
        "rule": {"type": "keyword", "words": [MARKER]}});
    let function = owned("POST", format!("/api/v1/projects/{project}/functions"), function).await;
    let slice = json!({"name": MARKER, "tasks": [task]});
    let slice = owned("POST", format!("/api/v1/projects/{project}/slices"), slice).await["id"].as_i64().unwrap();
    let webhook = json!({"url": format!("http://127.0.0.1:9/{MARKER}")});
    let webhook = owned("POST", format!("/api/v1/workspaces/{home}/webhooks"), webhook).await;
    let label = json!({"field": "mood", "value": "good", "form": "prelabel"});
    let bulk = owned("POST", format!("/api/v1/projects/{project}/slices/{slice}/label"), label).await;
    owned("POST", format!("/api/v1/projects/{project}/map"), Value::Null).await;
    app.workflow.run_all_jobs().await.unwrap();
    let certificate = certificate(app, project, JobId(job)).await;
    let call = owned("POST", format!("/api/v1/projects/{project}/calls"), calls::body(MARKER)).await;
    let contribution = calls::given(app, &call, MARKER).await;
    let source = json!({"source": {"kind": "http", "urls": [format!("http://127.0.0.1:9/{MARKER}.csv")]},
        "project_id": project.0, "every_seconds": 86_400});
    owned("POST", format!("/api/v1/datasets/{dataset}/collections"), source).await;
    let repeats = app.get(&format!("/api/v1/projects/{project}/repeats"), &owner.token).await.json();
    let ids = BTreeMap::from([
        ("call", call["id"].as_i64().unwrap()),
        ("certificate", certificate),
        ("contribution", contribution),
        ("function", function["id"].as_i64().unwrap()),
        ("repeat", repeats[0]["id"].as_i64().unwrap()),
        ("slice", slice),
        ("webhook", webhook["id"].as_i64().unwrap()),
        ("bulk", bulk["id"].as_i64().unwrap()),
        ("workspace", home.0),
        ("dataset", dataset.0),
        ("item", shown["item"]["id"].as_i64().unwrap()),
        ("version", version.0),
        ("schema", 1),
        ("project", project.0),
        ("task", task),
        ("annotation", stored.json()["annotation_id"].as_i64().unwrap()),
        ("upload", upload["id"].as_i64().unwrap()),
        ("invitation", invitation["id"].as_i64().unwrap()),
        ("job", job),
        ("snapshot", snapshot),
        ("export", listed[0]["id"].as_i64().unwrap()),
        ("user", member.user.0),
        ("id", owner.token_id),
    ]);
    (Target { ids }, other)
}

#[tokio::test]
async fn a_refusal_tells_nothing_and_changes_nothing() {
    let app = TestApp::new().await;
    let (target, callers) = lay(&app).await;
    let mut problems = Vec::new();
    let mut refused = 0;
    for (method, template) in routes() {
        let route = format!("{method} {template}");
        for caller in &callers {
            let Some(expected) = refusal(rule(&route), caller) else { continue };
            let before = dump(app.workflow.store()).await;
            let reply = send(&app, &method, &template, &target, caller).await;
            refused += 1;
            if reply.status != expected {
                problems.push(format!("{route} as {}: {} instead of {expected}", caller.name, reply.status));
            }
            if reply.text().contains(MARKER) {
                problems.push(format!("{route} as {}: {}", caller.name, reply.text()));
            }
            let changed = difference(&before, &dump(app.workflow.store()).await);
            if !changed.is_empty() {
                problems.push(format!("{route} as {} changed {changed:?}", caller.name));
            }
        }
    }
    assert!(refused > 300, "{refused}");
    assert!(problems.is_empty(), "{refused} refusals, {} problems:\n{}", problems.len(), problems.join("\n"));
}

#[tokio::test]
async fn whoever_may_gets_through() {
    let app = TestApp::new().await;
    let (target, callers) = lay(&app).await;
    // What takes things away comes last, and what takes the caller's own credential away is another test's.
    let (mut gentle, mut harsh): (Vec<_>, Vec<_>) = routes().into_iter().partition(|(method, _)| method == "GET");
    gentle.extend(harsh.extract_if(.., |(method, _)| method != "DELETE"));
    harsh.sort_by_key(|(_, path)| path.contains("/me/tokens/"));
    gentle.extend(harsh);
    for (method, template) in gentle {
        let route = format!("{method} {template}");
        if matches!(rule(&route), Rule::Public) || route == "POST /api/v1/auth/sign-out" {
            continue;
        }
        for caller in callers.iter().filter(|caller| refusal(rule(&route), caller).is_none()) {
            let reply = send(&app, &method, &template, &target, caller).await;
            // What an earlier caller took away, and one's own answer, are refused for other reasons than who asks.
            let gone = method == "DELETE" && reply.status == 404;
            let own = route == "POST /api/v1/annotations/{annotation}/reviews" && reply.text().contains("their own");
            let bad = [401, 403, 404].contains(&reply.status.as_u16()) && !gone && !own;
            assert!(
                !bad && reply.status.as_u16() < 500,
                "{route} as {}: {} {}",
                caller.name,
                reply.status,
                reply.text()
            );
            // A task without an open seat is a conflict, for whoever may label it.
            if method == "GET" && reply.status != 409 {
                assert_eq!(reply.status.as_u16() / 100, 2, "{route} as {}: {}", caller.name, reply.text());
            }
        }
    }
}

async fn send(app: &TestApp, method: &str, template: &str, target: &Target, caller: &Caller) -> crate::app::Reply {
    let route = format!("{method} {template}");
    let mut builder = TestApp::request(method, &target.path(template), caller.token.as_deref());
    let body = body(&route, target);
    let body = if route == "PATCH /api/v1/uploads/{upload}" {
        builder = builder.header("upload-offset", "0");
        Body::from("abc")
    } else if body.is_null() {
        Body::empty()
    } else {
        builder = builder.header("content-type", "application/json").header("idempotency-key", "walk");
        Body::from(body.to_string())
    };
    app.send(builder.body(body).unwrap()).await
}
