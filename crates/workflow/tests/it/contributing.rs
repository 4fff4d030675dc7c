//! People give data: with consent, within quotas, once; somebody moderates; and what is taken back is gone, with all that
//! was made of it.

use crate::support::{World, worlds};
use bytes::Bytes;
use labelwright_core::{Action, ProjectId, Role};
use labelwright_store::blobs::Blobs;
use labelwright_testkit::{
    sound::{bursts, wav},
    world::{SCHEMA, answer_json, principal},
};
use labelwright_workflow::{
    Error, ProjectSettings,
    annotate::Incoming,
    contribute::{
        CallDraft, CallSettings, Contribution, Contributor, Door, FieldKind, FormField, Gift, Given, Goal, Kind, Panel,
        Verdict, Wanted,
    },
    jobs::kinds::OnError,
    plan::ProjectDraft,
    policy::Permit,
    stored::ProjectRow,
};
use serde_json::{Value, json};

const LONG: &str =
    "A small grey cat sat on the wall of the old garden and looked at the birds until it was dark outside";

async fn project(world: &World) -> Permit<ProjectRow> {
    let owner = principal(world.owner);
    let permit = world.workflow.permit_workspace(&owner, world.workspace, Action::ManageProject).await.unwrap();
    let schema = world.workflow.create_schema(&permit, SCHEMA).await.unwrap();
    let draft = ProjectDraft {
        name: "Animals".into(),
        description: String::new(),
        datasets: vec![],
        schema_version: schema.id,
        guidelines: String::new(),
        settings: ProjectSettings::default(),
    };
    let id = world.workflow.create_project(&permit, draft).await.unwrap();
    world.workflow.run_all_jobs().await.unwrap();
    managing(world, id).await
}

async fn managing(world: &World, id: ProjectId) -> Permit<ProjectRow> {
    world.workflow.permit_project(&principal(world.owner), id, Action::ManageProject).await.unwrap()
}

fn settings() -> CallSettings {
    serde_json::from_value(json!({ "title": "Animals", "kinds": ["text", "photo", "audio", "file"] })).unwrap()
}

struct Open {
    permit: Permit<ProjectRow>,
    call: i64,
    token: String,
}

async fn open(world: &World, settings: CallSettings) -> Open {
    let permit = project(world).await;
    let draft = CallDraft { settings, terms: "It is mine to give.".into(), into: Goal::New("given".into()) };
    let made = world.workflow.create_call(&permit, draft).await.unwrap();
    Open { permit, call: made.row, token: made.secret }
}

impl Open {
    async fn door(&self, world: &World) -> Door {
        world.workflow.door(&self.token, "here").await.unwrap()
    }

    async fn person(&self, world: &World) -> Contributor {
        let door = self.door(world).await;
        let secret = world.workflow.consent(&door, None, 1, Panel::default(), "here").await.unwrap().unwrap();
        world.workflow.contributor(&door, &secret).await.unwrap()
    }

    async fn give(&self, world: &World, person: &Contributor, gift: Gift) -> Result<Given, Error> {
        world.workflow.give(&self.door(world).await, person, gift).await
    }

    async fn waiting(&self, world: &World) -> Vec<Contribution> {
        world.workflow.contributions(&self.permit, self.call, "waiting", None, 0, 100).await.unwrap()
    }

    async fn judge(&self, world: &World, ids: Vec<i64>, verdict: Verdict) -> (u64, u64) {
        let judged = world.workflow.judge_contributions(&self.permit, self.call, ids, verdict, "why").await.unwrap();
        (judged.changed, judged.answered)
    }
}

fn gift(number: u32, kind: Kind, body: impl Into<Bytes>) -> Gift {
    Gift { key: format!("key-{number:05}"), kind, category: String::new(), made_at: None, body: body.into() }
}

fn flags(row: &Contribution) -> Vec<String> {
    let flags: Value = serde_json::from_str(&row.flags).unwrap();
    flags.as_array().unwrap().iter().map(|flag| flag["code"].as_str().unwrap().to_owned()).collect()
}

async fn healthy(world: &World) {
    let report = world.workflow.doctor(|_| {}).await.unwrap();
    assert!(report.findings.is_empty(), "{}: {:?}", world.name, report.findings);
}

fn picture() -> Vec<u8> {
    include_bytes!("../../../../docs/images/review.png").to_vec()
}

#[tokio::test]
async fn what_is_accepted_becomes_an_item_that_says_who_gave_it_and_under_which_terms() {
    for world in worlds().await {
        let open = open(&world, settings()).await;
        let ann = open.person(&world).await;
        let sound = wav(16_000, 1, &bursts(16_000, 2.0, &[(0.5, 1.5)]));
        for (number, kind, body) in [
            (1, Kind::Text, LONG.as_bytes().to_vec()),
            (2, Kind::Photo, picture()),
            (3, Kind::Audio, sound.clone()),
            (4, Kind::File, [sound.as_slice(), b"more"].concat()),
        ] {
            world.workflow.clock().advance_seconds(10);
            open.give(&world, &ann, gift(number, kind, body)).await.unwrap();
        }
        let waiting = open.waiting(&world).await;
        let kinds: Vec<_> = waiting.iter().map(|row| row.modality.as_str()).collect();
        assert_eq!(kinds, ["text", "image", "audio", "audio"], "{}", world.name);
        assert!(world.items("given").await.is_empty(), "{}: nothing is an item yet", world.name);
        let ids: Vec<i64> = waiting.iter().map(|row| row.id).collect();
        assert_eq!(open.judge(&world, ids.clone(), Verdict::Accept).await, (4, 0), "{}", world.name);
        assert_eq!(open.judge(&world, ids.clone(), Verdict::Accept).await, (0, 0), "{}: once", world.name);
        let items = world.items("given").await;
        assert_eq!(items.len(), 4, "{}", world.name);
        for item in &items {
            let metadata: Value = serde_json::from_str(&item.metadata).unwrap();
            let origin = &metadata["provenance"];
            assert_eq!((origin["source"].as_str(), origin["sha256"].as_str()), (Some("call"), Some(&*item.hash)));
            assert_eq!(origin["consent"]["terms_version"], 1);
            assert_eq!(origin["consent"]["terms_sha256"], Blobs::hash(b"It is mine to give."));
        }
        // The project labels texts: the text is its task, without a job.
        let owner = principal(world.owner);
        let labeling = world.workflow.permit_project(&owner, open.permit.resource().id, Action::Label).await.unwrap();
        let next = world.workflow.next(&labeling, 5).await.unwrap();
        assert_eq!(next.assignments.len(), 1, "{}", world.name);
        // A verdict can be taken back while nobody has answered.
        assert_eq!(open.judge(&world, ids[1..].to_vec(), Verdict::Wait).await, (3, 0), "{}", world.name);
        assert_eq!((world.items("given").await.len(), open.waiting(&world).await.len()), (1, 3), "{}", world.name);
        assert_eq!(open.judge(&world, ids[1..].to_vec(), Verdict::Reject).await, (3, 0), "{}", world.name);
        assert_eq!(open.judge(&world, ids[1..].to_vec(), Verdict::Accept).await, (3, 0), "{}", world.name);
        healthy(&world).await;
    }
}

#[tokio::test]
async fn checks_see_copies_and_spam_and_the_rest_is_accepted_at_once() {
    for world in worlds().await {
        let file = world.file(
            "there/one.txt",
            "The dog of our neighbours barks at night when the moon is out and nobody sleeps well then.",
        );
        let open = open(&world, CallSettings { accept_at_once: true, ..settings() }).await;
        world.import("given", file.parent().unwrap(), OnError::RefuseAll).await;
        let ann = open.person(&world).await;
        let (step, near) = (10, LONG.replace("small", "Small"));
        let mut found = Vec::new();
        for (number, kind, body, pause) in [
            (1, Kind::Text, LONG.as_bytes().to_vec(), step),
            (2, Kind::Text, LONG.as_bytes().to_vec(), step),
            (3, Kind::Text, near.into_bytes(), step),
            (4, Kind::Text, b"see http://spam.example".to_vec(), step),
            (5, Kind::Text, b"short".to_vec(), step),
            (6, Kind::Text, b"This one came at once after the other one".to_vec(), 0),
            (
                7,
                Kind::Text,
                b"The dog of our neighbours barks at night when the moon is out and nobody sleeps well then.".to_vec(),
                step,
            ),
            (8, Kind::Photo, picture(), step),
            (9, Kind::Photo, picture(), step),
            (10, Kind::Audio, wav(8_000, 1, &bursts(8_000, 0.2, &[(0.0, 0.1)])), step),
        ] {
            world.workflow.clock().advance_seconds(pause);
            let given = open.give(&world, &ann, gift(number, kind, body)).await.unwrap();
            found.push((number, given.state));
        }
        let accepted: Vec<_> = found.iter().filter(|(_, state)| state == "accepted").map(|(at, _)| *at).collect();
        assert_eq!(accepted, [1, 8], "{}: {found:?}", world.name);
        let told: Vec<Vec<String>> = open.waiting(&world).await.iter().map(flags).collect();
        let expected: [&[&str]; 8] = [
            &["duplicate", "same_text"],
            &["near_duplicate", "same_text"],
            &["links"],
            &["too_short"],
            &["too_fast"],
            &["duplicate"],
            &["duplicate"],
            &["too_short"],
        ];
        assert_eq!(told, expected, "{}", world.name);
        healthy(&world).await;
    }
}

#[tokio::test]
async fn quotas_hold_whoever_gives_at_the_same_time() {
    for world in worlds().await {
        let open = open(&world, CallSettings { most: Some(5), ..settings() }).await;
        let mut people = Vec::new();
        for _ in 0..8 {
            people.push(open.person(&world).await);
        }
        let gifts = people.iter().enumerate().map(|(number, person)| {
            let text = format!("Contribution number {number} of a crowd that is in a hurry");
            open.give(&world, person, gift(number as u32, Kind::Text, text))
        });
        let outcomes = futures::future::join_all(gifts).await;
        let taken = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        assert_eq!(taken, 5, "{}", world.name);
        assert!(outcomes.iter().all(|outcome| match outcome {
            Ok(_) => true,
            Err(error) => error.code() == "full",
        }));
        // A rejected one makes room.
        let first = open.waiting(&world).await[0].id;
        open.judge(&world, vec![first], Verdict::Reject).await;
        let again = gift(100, Kind::Text, "There is room for one more of these now");
        assert!(open.give(&world, &people[0], again).await.is_ok(), "{}", world.name);
    }
}

#[tokio::test]
async fn what_is_withdrawn_is_gone_with_all_that_was_made_of_it() {
    for world in worlds().await {
        let open = open(&world, settings()).await;
        let (ann, bob) = (open.person(&world).await, open.person(&world).await);
        let photo = picture();
        let first = open.give(&world, &ann, gift(1, Kind::Text, LONG)).await.unwrap();
        world.workflow.clock().advance_seconds(10);
        open.give(&world, &ann, gift(2, Kind::Photo, photo.clone())).await.unwrap();
        open.give(&world, &bob, gift(3, Kind::Text, "Somebody else has given this, and it stays where it is"))
            .await
            .unwrap();
        let ids: Vec<i64> = open.waiting(&world).await.iter().map(|row| row.id).collect();
        open.judge(&world, ids, Verdict::Accept).await;
        // A child by augmentation, in another dataset.
        let key = world.items("given").await[0].key.clone();
        let child = json!({"id": "child", "text": "A grey cat sat on a wall", "parent": key}).to_string();
        world.import("children", &world.file("children.jsonl", child), OnError::RefuseAll).await;
        // An answer, a review queue, a snapshot.
        let labeler = world.person("lena", Role::Labeler).await;
        let project = open.permit.resource().id;
        let labeling = world.workflow.permit_project(&principal(labeler), project, Action::Label).await.unwrap();
        let next = world.workflow.next(&labeling, 1).await.unwrap().assignments.remove(0);
        let task = world.workflow.permit_task(&principal(labeler), next.task, Action::Label).await.unwrap();
        let incoming = Incoming {
            epoch: next.epoch,
            parent: None,
            answer: answer_json("good", "a cat"),
            took_ms: 1,
            idempotency_key: "answer".into(),
        };
        world.workflow.submit(&task, incoming).await.unwrap();
        let exporting = world.workflow.permit_project(&principal(world.owner), project, Action::Export).await.unwrap();
        world.workflow.snapshot_later(&exporting, "before").await.unwrap();
        world.workflow.run_all_jobs().await.unwrap();
        assert_eq!(open.judge(&world, vec![1, 2, 3], Verdict::Wait).await.1, 1, "{}: answered ones stay", world.name);
        open.judge(&world, vec![2, 3], Verdict::Accept).await;

        let blob = Blobs::hash(&photo);
        assert!(world.workflow.blobs().size(&blob).await.unwrap().is_some());
        let door = open.door(&world).await;
        let wanted = Wanted { receipts: vec!["wrong".into()], ..Wanted::default() };
        assert_eq!(world.workflow.withdraw_given(&door, None, wanted, "here").await.unwrap(), 0);
        let wanted = Wanted { receipts: vec![first.receipt.clone()], ..Wanted::default() };
        assert_eq!(world.workflow.withdraw_given(&door, None, wanted.clone(), "here").await.unwrap(), 1);
        world.workflow.run_all_jobs().await.unwrap();
        assert!(world.items("children").await.is_empty(), "{}: the child went too", world.name);
        let left: Vec<_> = world.items("given").await.iter().map(|item| item.modality.clone()).collect();
        assert_eq!(left, ["image", "text"], "{}", world.name);
        assert_eq!(world.workflow.withdraw_given(&door, None, wanted, "here").await.unwrap(), 0, "once");
        let told = world.workflow.withdrawn_in(&exporting).await.unwrap();
        assert_eq!(told.iter().map(|(_, count)| *count).collect::<Vec<_>>(), [1], "{}", world.name);
        let dump = world.workflow.contributions(&open.permit, open.call, "withdrawn", None, 0, 10).await.unwrap();
        assert!(dump[0].content.is_none() && dump[0].hash.is_empty() && dump[0].item.is_none(), "{}", world.name);
        // All of the rest of Ann's, by her own secret: the picture's file goes as well.
        let wanted = Wanted { all: true, ..Wanted::default() };
        assert_eq!(world.workflow.withdraw_given(&door, Some(&ann), wanted, "here").await.unwrap(), 1);
        world.workflow.run_all_jobs().await.unwrap();
        assert_eq!(world.workflow.blobs().size(&blob).await.unwrap(), None, "{}", world.name);
        let refused = open.give(&world, &ann, gift(9, Kind::Text, "One more after all was taken back")).await;
        assert!(matches!(refused, Err(Error::Conflict { code: "terms_changed", .. })), "{}", world.name);
        assert_eq!(world.items("given").await.len(), 1, "{}: Bob's stays", world.name);
        let owner = principal(world.owner);
        let workspace =
            world.workflow.permit_workspace(&owner, world.workspace, Action::ManageWorkspace).await.unwrap();
        let log = world.workflow.audit_log(&workspace, i64::MAX, 100).await.unwrap();
        let gone = log.iter().filter(|row| row.action == "contribution.gone").count();
        assert_eq!(gone, 2, "{}: the audit log says so", world.name);
        healthy(&world).await;
    }
}

#[tokio::test]
async fn bytes_that_somebody_else_needs_stay() {
    for world in worlds().await {
        let open = open(&world, settings()).await;
        let (ann, bob) = (open.person(&world).await, open.person(&world).await);
        let photo = picture();
        for (number, person) in [&ann, &bob].into_iter().enumerate() {
            open.give(&world, person, gift(number as u32, Kind::Photo, photo.clone())).await.unwrap();
        }
        let ids: Vec<i64> = open.waiting(&world).await.iter().map(|row| row.id).collect();
        open.judge(&world, ids.clone(), Verdict::Accept).await;
        assert_eq!(world.workflow.withdraw_contribution(&open.permit, open.call, ids[0]).await.unwrap(), 1);
        world.workflow.run_all_jobs().await.unwrap();
        assert!(world.workflow.blobs().size(&Blobs::hash(&photo)).await.unwrap().is_some(), "{}", world.name);
        assert_eq!(world.items("given").await.len(), 1, "{}", world.name);
        healthy(&world).await;
    }
}

#[tokio::test]
async fn a_form_is_a_text_with_its_fields_as_metadata() {
    for world in worlds().await {
        let field = |id: &str, title: &str, kind: FieldKind, required: bool| FormField {
            id: id.into(),
            title: title.into(),
            kind,
            required,
        };
        let choice = FieldKind::Choice { options: vec!["cat".into(), "dog".into()] };
        let fields = vec![
            field("what", "Animal", choice, true),
            field("age", "Age", FieldKind::Number, false),
            field("tame", "Tame", FieldKind::YesNo, false),
        ];
        let open = open(&world, CallSettings { kinds: vec![Kind::Form], fields, ..settings() }).await;
        let ann = open.person(&world).await;
        let body = json!({"what": "cat", "age": 3.5, "tame": true}).to_string();
        open.give(&world, &ann, gift(1, Kind::Form, body)).await.unwrap();
        world.workflow.accept_without_flags(&open.permit, open.call).await.unwrap();
        let item = world.items("given").await.remove(0);
        assert_eq!(item.content.as_deref(), Some("Animal: cat\nAge: 3.5\nTame: yes"), "{}", world.name);
        let metadata: Value = serde_json::from_str(&item.metadata).unwrap();
        assert_eq!((&metadata["age"], &metadata["tame"]), (&json!(3.5), &json!(true)), "{}", world.name);
        let body = json!({"what": "bird"}).to_string();
        assert!(open.give(&world, &ann, gift(2, Kind::Form, body)).await.is_err(), "{}", world.name);
    }
}
