//! The map of a project: clusters with their words, what is near, slices, and one label for all of one with a way back.

use crate::support::{World, worlds};
use labelwright_core::{Action, ProjectId, Role, TaskId, UserId};
use labelwright_testkit::world::{SCHEMA, principal};
use labelwright_workflow::{
    Error, ProjectSettings,
    automation::{
        map::{By, Layer},
        slices::{Chosen, Form},
    },
    explore::TaskSearch,
    jobs::kinds::OnError,
    plan::ProjectDraft,
    policy::Permit,
    stored::{JobRow, ProjectRow},
};

/// Ninety texts about three things; two of them are the same, and one is like no other.
fn table() -> String {
    let words: [&[&str]; 3] = [
        &["goal", "match", "team", "player", "league", "coach", "stadium"],
        &["market", "bank", "shares", "profit", "interest", "dollar", "trade"],
        &["galaxy", "planet", "telescope", "orbit", "comet", "moon", "rocket"],
    ];
    let mut lines: Vec<String> = (0..90)
        .map(|number: usize| {
            let topic = words[number % 3];
            let said: Vec<&str> = (0..6).map(|at| topic[(number / 3 + at * (1 + number % 5)) % topic.len()]).collect();
            format!("k{number:02},the {} and number {number}", said.join(" "))
        })
        .collect();
    lines[88] = "k88,the planet orbit comet and moon twice".into();
    lines[89] = "k89,the planet orbit comet and moon twice".into();
    lines[60] = "k60,zzzz qqqq xxxx wwww".into();
    format!("id,text\n{}\n", lines.join("\n"))
}

pub async fn project(world: &World, overlap: u32) -> ProjectId {
    let path = world.file("texts.csv", table());
    world.import("texts", &path, OnError::RefuseAll).await;
    let owner = principal(world.owner);
    let permit = world.workflow.permit_workspace(&owner, world.workspace, Action::ManageProject).await.unwrap();
    let schema = world.workflow.create_schema(&permit, SCHEMA).await.unwrap();
    let draft = ProjectDraft {
        name: "Topics".into(),
        description: String::new(),
        datasets: vec![world.dataset("texts").await],
        schema_version: schema.id,
        guidelines: String::new(),
        settings: ProjectSettings { overlap, ..ProjectSettings::default() },
    };
    let project = world.workflow.create_project(&permit, draft).await.unwrap();
    world.workflow.run_all_jobs().await.unwrap();
    project
}

pub async fn managed(world: &World, project: ProjectId) -> Permit<ProjectRow> {
    world.workflow.permit_project(&principal(world.owner), project, Action::ManageProject).await.unwrap()
}

pub async fn found(world: &World, project: &Permit<ProjectRow>, filter: &str) -> Vec<TaskId> {
    let search = TaskSearch { filter: filter.into(), limit: 200, ..TaskSearch::default() };
    world.workflow.find_tasks(project, search).await.unwrap().tasks.into_iter().map(|task| task.id).collect()
}

pub async fn ended(world: &World, job: labelwright_core::JobId) -> (JobRow, serde_json::Value) {
    world.workflow.run_all_jobs().await.unwrap();
    let job = world.workflow.job_as_operator(job).await.unwrap();
    assert_eq!(job.state, "done", "{}: {}", world.name, job.message);
    let result = serde_json::from_str(job.result.as_deref().unwrap()).unwrap();
    (job, result)
}

#[tokio::test]
async fn similar_items_lie_together_and_clusters_have_their_words() {
    for world in worlds().await {
        let project = project(&world, 1).await;
        let permit = managed(&world, project).await;
        assert!(world.workflow.map_state(&permit).await.unwrap().is_none(), "{}", world.name);
        let job = world.workflow.make_map_later(&permit).await.unwrap();
        let (_, result) = ended(&world, job).await;
        assert_eq!((&result["items"], &result["method"]), (&90.into(), &"umap".into()), "{}", world.name);
        let state = world.workflow.map_state(&permit).await.unwrap().unwrap();
        assert_eq!(state.points, 90, "{}", world.name);
        let bytes = world.workflow.map_points(&permit).await.unwrap();
        assert_eq!(bytes.len(), 8 + 90 * 22, "{}", world.name);
        let clusters = world.workflow.clusters(&permit, Some("mood".into())).await.unwrap();
        assert_eq!(clusters.iter().map(|one| one.items).sum::<usize>(), 90, "{}", world.name);
        let words: Vec<&str> = clusters.iter().flat_map(|one| one.card.words.iter().map(String::as_str)).collect();
        for word in ["goal", "bank", "planet"] {
            assert!(words.contains(&word), "{}: {word} in {words:?}", world.name);
        }
        assert!(!words.contains(&"the") && !words.contains(&"and"), "{}: {words:?}", world.name);
        // What is nearest to a text about space is about space.
        let task = found(&world, &permit, "key:k11").await[0];
        let one = world.workflow.permit_task(&principal(world.owner), task, Action::Review).await.unwrap();
        let near: Vec<i64> = world.workflow.similar(&one).await.unwrap().into_iter().map(|one| one.task).collect();
        let looks = world.workflow.looks(&permit, near.clone()).await.unwrap();
        assert_eq!(looks.iter().map(|look| look.task).collect::<Vec<_>>(), near, "{}", world.name);
        let space = |look: &&labelwright_workflow::automation::map::Look| {
            look.key[1..].parse::<usize>().is_ok_and(|number| number % 3 == 2)
        };
        assert!(looks.iter().filter(space).count() >= 8, "{}: {looks:?}", world.name);
        let odd = world.workflow.oddities(&permit).await.unwrap();
        let pair = [found(&world, &permit, "key:k88").await, found(&world, &permit, "key:k89").await].concat();
        assert!(odd.duplicates.iter().any(|group| group.iter().eq(pair.iter().map(|task| &task.0))), "{odd:?}");
        let alone = found(&world, &permit, "key:k60").await[0].0;
        assert!(odd.strange[..3].iter().any(|(task, _)| *task == alone), "{}: {:?}", world.name, &odd.strange[..3]);
    }
}

#[tokio::test]
async fn a_slice_is_found_by_the_filter_and_labeled_by_suggestions_that_can_be_taken_back() {
    for world in worlds().await {
        let project = project(&world, 1).await;
        let permit = managed(&world, project).await;
        let wanted = found(&world, &permit, "text~galaxy").await;
        let strangers = [wanted.clone(), vec![TaskId(987_654_321)]].concat();
        let slice = world.workflow.create_slice(&permit, "space", Chosen::Tasks(strangers)).await.unwrap();
        assert_eq!(slice.tasks, wanted.len() as i64, "{}: tasks of nobody are left out", world.name);
        assert_eq!(found(&world, &permit, &format!("slice:{}", slice.id)).await, wanted, "{}", world.name);
        assert!(found(&world, &permit, "slice:99999").await.is_empty(), "{}", world.name);
        let label =
            |value: &'static str, form| world.workflow.label_slice_later(&permit, slice.id, "mood", value, form);
        assert!(matches!(label("fine", Form::Prelabel).await, Err(Error::Invalid(_))), "{}", world.name);
        let (bulk, job) = label("good", Form::Prelabel).await.unwrap();
        let (_, result) = ended(&world, job).await;
        assert_eq!(result["labeled"], wanted.len(), "{}", world.name);
        let labeler = world.person("one", Role::Labeler).await;
        let seen = async || {
            let task = world.workflow.permit_task(&principal(labeler), wanted[0], Action::Label).await.unwrap();
            world.workflow.assignment(&task).await.unwrap().prelabels
        };
        let said = seen().await;
        assert_eq!((said.len(), said[0].source.as_str()), (1, format!("bulk:{bulk}").as_str()), "{}", world.name);
        let job = world.workflow.undo_bulk_label_later(&permit, bulk).await.unwrap();
        ended(&world, job).await;
        assert!(seen().await.is_empty(), "{}", world.name);
        let again = world.workflow.undo_bulk_label_later(&permit, bulk).await;
        assert!(matches!(again, Err(Error::Conflict { code: "not_done", .. })), "{}", world.name);
    }
}

#[tokio::test]
async fn a_slice_waits_for_the_member_it_was_assigned_to() {
    for world in worlds().await {
        let project = project(&world, 1).await;
        let permit = managed(&world, project).await;
        let wanted = found(&world, &permit, "text~galaxy").await;
        let slice = world.workflow.create_slice(&permit, "space", Chosen::Tasks(wanted.clone())).await.unwrap().id;
        let (one, two) = (world.person("one", Role::Labeler).await, world.person("two", Role::Labeler).await);
        let stranger = world.workflow.assign_slice(&permit, slice, UserId(987_654), 2).await;
        assert!(matches!(stranger, Err(Error::Invalid(_))), "{}", world.name);
        assert!(matches!(world.workflow.assign_slice(&permit, slice, one, 0).await, Err(Error::Invalid(_))));
        for _ in 0..2 {
            let assigned = world.workflow.assign_slice(&permit, slice, one, 2).await.unwrap();
            assert_eq!(assigned as usize, wanted.len(), "{}: also when it is done twice", world.name);
        }
        assert!(!wanted.contains(&answer(&world, project, two).await), "{}: they wait for somebody", world.name);
        let first = answer(&world, project, one).await;
        assert!(wanted.contains(&first), "{}: they come first", world.name);
        // Work that goes on renews the lease, and does not cut it short.
        let next = world.workflow.permit_project(&principal(one), project, Action::Label).await.unwrap();
        let held = world.workflow.next(&next, 1).await.unwrap().assignments.pop().unwrap();
        let task = world.workflow.permit_task(&principal(one), held.task, Action::Label).await.unwrap();
        world.workflow.renew(&task, held.epoch).await.unwrap();
        world.workflow.clock().advance_seconds(2 * 3600 - 10);
        assert!(wanted.contains(&answer(&world, project, one).await), "{}", world.name);
        // After the time they are everybody's again.
        world.workflow.clock().advance_seconds(61);
        let mut seen = Vec::new();
        for _ in 0..wanted.len() {
            seen.push(answer(&world, project, two).await);
        }
        assert!(seen.iter().any(|task| wanted.contains(task)), "{}: {seen:?}", world.name);
        assert_eq!(world.workflow.doctor(|_| {}).await.unwrap().findings, [], "{}", world.name);
    }
}

async fn answer(world: &World, project: ProjectId, user: UserId) -> TaskId {
    let permit = world.workflow.permit_project(&principal(user), project, Action::Label).await.unwrap();
    let assignment = world.workflow.next(&permit, 1).await.unwrap().assignments.pop().unwrap();
    let task = world.workflow.permit_task(&principal(user), assignment.task, Action::Label).await.unwrap();
    let incoming = labelwright_workflow::annotate::Incoming {
        epoch: assignment.epoch,
        parent: None,
        answer: labelwright_testkit::world::answer_json("bad", ""),
        took_ms: 1000,
        idempotency_key: assignment.task.to_string(),
    };
    world.workflow.submit(&task, incoming).await.unwrap();
    assignment.task
}

#[tokio::test]
async fn one_answer_for_a_slice_goes_the_way_of_every_answer_and_back() {
    for world in worlds().await {
        let project = project(&world, 1).await;
        let permit = managed(&world, project).await;
        // One task is answered by its only labeler, one by the owner.
        let labeler = world.person("one", Role::Labeler).await;
        let taken = answer(&world, project, labeler).await;
        let own = answer(&world, project, world.owner).await;
        let all = found(&world, &permit, "key~k").await;
        let slice = world.workflow.create_slice(&permit, "all", Chosen::Tasks(all.clone())).await.unwrap();
        let (_, state) = world.workflow.slice(&permit, slice.id).await.unwrap();
        assert_eq!((state.answered, state.open), (1, 88), "{}", world.name);
        let label = world.workflow.label_slice_later(&permit, slice.id, "mood", "good", Form::Answer);
        let (bulk, job) = label.await.unwrap();
        let (job, result) = ended(&world, job).await;
        assert_eq!((&result["labeled"], &result["tasks"]), (&88.into(), &90.into()), "{}: {result}", world.name);
        let told: Vec<String> = world.problems(&job).await.into_iter().map(|(_, code)| code).collect();
        assert_eq!(told.len(), 2, "{}: {told:?}", world.name);
        assert!(told.contains(&"no_seat".to_owned()) && told.contains(&"answered".to_owned()), "{told:?}");
        assert_eq!(found(&world, &permit, "field.mood:good status:labeled").await.len(), 88, "{}", world.name);
        assert_eq!(found(&world, &permit, "field.mood:bad").await, [taken, own], "{}: not overwritten", world.name);
        world.workflow.make_map_later(&permit).await.unwrap();
        world.workflow.run_all_jobs().await.unwrap();
        let Layer::Names(names, numbers) = world.workflow.map_layer(&permit, By::Labeler).await.unwrap() else {
            panic!("labelers have names");
        };
        let owner = names.iter().position(|(id, _)| id == "Owner").unwrap() as i32;
        assert_eq!(numbers.iter().filter(|number| **number == owner).count(), 89, "{}", world.name);
        let by = By::Field("mood".into());
        let Layer::Names(_, moods) = world.workflow.map_layer(&permit, by).await.unwrap() else { panic!() };
        assert_eq!(moods.iter().filter(|mood| **mood == 0).count(), 88, "{}", world.name);
        let cluster = &world.workflow.clusters(&permit, Some("mood".into())).await.unwrap()[0];
        assert_eq!((cluster.labeled, cluster.values[0].0.as_str()), (cluster.items, "good"), "{}", world.name);
        // Taken back: the answers are the owner's to give again, and count no more.
        let job = world.workflow.undo_bulk_label_later(&permit, bulk).await.unwrap();
        let (_, result) = ended(&world, job).await;
        assert_eq!(result["labeled"], 88, "{}", world.name);
        assert_eq!(found(&world, &permit, "status:open").await.len(), 88, "{}", world.name);
        let labeling = world.workflow.permit_project(&principal(world.owner), project, Action::Label).await.unwrap();
        let back = world.workflow.next(&labeling, 1).await.unwrap().assignments.pop().unwrap();
        assert!(back.returned_reason.is_some_and(|reason| reason.contains("taken back")), "{}", world.name);
        let doctor = world.workflow.doctor(|_| {}).await.unwrap();
        assert!(doctor.findings.is_empty(), "{}: {:?}", world.name, doctor.findings);
    }
}

#[tokio::test]
async fn what_has_no_map_says_so() {
    for world in worlds().await {
        let project = project(&world, 1).await;
        let permit = managed(&world, project).await;
        for outcome in [
            world.workflow.map_points(&permit).await.map(|_| ()),
            world.workflow.oddities(&permit).await.map(|_| ()),
            world.workflow.clusters(&permit, None).await.map(|_| ()),
            world.workflow.map_layer(&permit, By::Labeler).await.map(|_| ()),
        ] {
            assert!(matches!(outcome, Err(Error::NotFound("the map"))), "{}: {outcome:?}", world.name);
        }
        let many = world.workflow.looks(&permit, vec![1; 201]).await;
        assert!(matches!(many, Err(Error::Invalid(_))), "{}", world.name);
        let nothing = world.workflow.create_slice(&permit, "none", Chosen::Tasks(Vec::new())).await;
        assert!(matches!(nothing, Err(Error::Invalid(_))), "{}", world.name);
    }
}
