//! Lists of concepts: loaded whole or not at all, found by how names begin, and asked when an answer names one.

use crate::support::{World, worlds};
use labelwright_core::{Action, JobId, ProjectId, Role};
use labelwright_store::{StoreError, records::concepts};
use labelwright_testkit::world::principal;
use labelwright_workflow::{
    Error, ProjectSettings, annotate::Incoming, concepts::ConceptList, jobs::kinds::OnError, plan::ProjectDraft,
};

const SCHEMA: &str = r##"{"name": "Places", "modality": "text",
  "fields": [{"id": "topic", "title": "Topic", "kind": {"type": "concept", "list": "places"}}],
  "classes": [{"id": "place", "title": "Place", "geometry": ["span"], "color": "#0072B2", "attributes": [
    {"id": "entry", "title": "Entry", "required": true, "kind": {"type": "concept", "list": "places"}}]}]}"##;

const PLACES: &str = "id,name,synonyms,description\n\
    Q64,Berlin,Spree-Athen,capital of Germany\n\
    Q142659,Berlin Heights,,village in Ohio\n\
    Q152087,Humboldt University of Berlin,HU Berlin,\n\
    Q60,New York,Big Apple|NYC,\n\
    Q99,São Paulo,,\n\
    ,nameless,,\n\
    Q60,again,,\n";

async fn load(world: &World, name: &str, file: &str, content: &str) -> Result<JobId, Error> {
    let owner = principal(world.owner);
    let permit = world.workflow.permit_workspace(&owner, world.workspace, Action::ManageData).await.unwrap();
    let upload = world.workflow.start_upload(&permit, file, content.len() as i64).await.unwrap();
    let row = world.workflow.permit_upload(&owner, upload.id).await.unwrap();
    world.workflow.continue_upload(&row, 0, content.as_bytes().to_vec().into()).await.unwrap();
    let job = world.workflow.load_concepts_later(&permit, name, upload.id).await?;
    world.workflow.run_all_jobs().await.unwrap();
    Ok(job)
}

async fn lists(world: &World) -> Vec<ConceptList> {
    let owner = principal(world.owner);
    let permit = world.workflow.permit_workspace(&owner, world.workspace, Action::ManageData).await.unwrap();
    world.workflow.concept_lists(&permit).await.unwrap()
}

async fn project(world: &World) -> ProjectId {
    let path = world.file("texts.csv", "id,text\na,Berlin is large\nb,so is New York\n");
    world.import("texts", &path, OnError::RefuseAll).await;
    let owner = principal(world.owner);
    let permit = world.workflow.permit_workspace(&owner, world.workspace, Action::ManageProject).await.unwrap();
    let schema = world.workflow.create_schema(&permit, SCHEMA).await.unwrap();
    let draft = ProjectDraft {
        name: "Places".into(),
        description: String::new(),
        datasets: vec![world.dataset("texts").await],
        schema_version: schema.id,
        guidelines: String::new(),
        settings: ProjectSettings::default(),
    };
    let project = world.workflow.create_project(&permit, draft).await.unwrap();
    world.workflow.run_all_jobs().await.unwrap();
    project
}

async fn found(world: &World, project: ProjectId, words: &str) -> Vec<String> {
    let permit = world.workflow.permit_project(&principal(world.owner), project, Action::View).await.unwrap();
    let found = world.workflow.search_concepts(&permit, "places", words, 3).await.unwrap();
    found.into_iter().map(|one| one.code).collect()
}

#[tokio::test]
async fn concepts_are_found_by_any_word_and_unknown_ones_are_refused() {
    for world in worlds().await {
        let project = project(&world).await;
        let job = load(&world, "places", "places.csv", PLACES).await.unwrap();
        let row = world.workflow.job_as_operator(job).await.unwrap();
        assert_eq!(row.state, "done", "{}: {}", world.name, row.message);
        let mut problems = world.problems(&row).await;
        problems.sort();
        let wanted = [("line 7", "out_of_range"), ("places.csv", "duplicate_id")];
        assert_eq!(problems, wanted.map(|(place, code)| (place.to_owned(), code.to_owned())));
        assert_eq!(lists(&world).await[0].concepts, 5);

        // What is equal comes first, then whole names, then synonyms, then later words.
        assert_eq!(found(&world, project, "berlin").await, ["Q64", "Q142659", "Q152087"], "{}", world.name);
        assert_eq!(found(&world, project, "BIG ap").await, ["Q60"]);
        assert_eq!(found(&world, project, "york").await, ["Q60"]);
        assert_eq!(found(&world, project, "são").await, ["Q99"]);
        assert_eq!(found(&world, project, "q152087").await, ["Q152087"]);
        assert_eq!(found(&world, project, "").await.len(), 3);
        assert!(found(&world, project, "zzz").await.is_empty());

        let user = world.person("labeler", Role::Labeler).await;
        let permit = world.workflow.permit_project(&principal(user), project, Action::Label).await.unwrap();
        let assignment = world.workflow.next(&permit, 1).await.unwrap().assignments.pop().unwrap();
        let answer = |entry: &str| {
            format!(
                r#"{{"fields": {{"topic": "Q64"}}, "regions": [{{"id": "r1", "class": "place", "attributes":
                   {{"entry": "{entry}"}}, "geometry": {{"type": "span", "ranges": [[0, 6]]}}}}], "relations": []}}"#
            )
        };
        let incoming = |entry: &str| Incoming {
            epoch: assignment.epoch,
            parent: None,
            answer: answer(entry),
            took_ms: 1000,
            idempotency_key: entry.to_owned(),
        };
        let task = world.workflow.permit_task(&principal(user), assignment.task, Action::Label).await.unwrap();
        let Err(Error::Invalid(problems)) = world.workflow.submit(&task, incoming("Q1")).await else {
            panic!("{}: an unknown concept was taken", world.name);
        };
        assert_eq!(problems.len(), 1);
        assert_eq!(problems[0].pointer, "/answer/regions/0/attributes/entry");
        assert_eq!(problems[0].code, "unknown_concept");
        world.workflow.submit(&task, incoming("Q64")).await.unwrap();
    }
}

#[tokio::test]
async fn a_list_is_replaced_as_a_whole_or_stays() {
    for world in worlds().await {
        let project = project(&world).await;
        load(&world, "places", "places.csv", PLACES).await.unwrap();
        let lines = "{\"id\": \"Q1\", \"name\": \"Rome\", \"synonyms\": [\"Roma\"]}\n";
        load(&world, "places", "places.jsonl", lines).await.unwrap();
        assert_eq!(found(&world, project, "rom").await, ["Q1"]);
        assert!(found(&world, project, "berlin").await.is_empty(), "{}: the old list is gone", world.name);
        // A file without any concept leaves the list as it is.
        let job = load(&world, "places", "empty.csv", "id,name\n,\n").await.unwrap();
        assert_eq!(world.workflow.job_as_operator(job).await.unwrap().state, "failed");
        assert_eq!(found(&world, project, "rom").await, ["Q1"]);
        let list = lists(&world).await.remove(0);
        let (id, generation) = (list.id, list.generation);
        // Nothing is left of what is not seen, and a load that began earlier and ends now is not shown.
        let now = world.workflow.now();
        let (left, shown) = world
            .workflow
            .store()
            .write::<_, StoreError, _>(move |tx| {
                Box::pin(async move {
                    let left = concepts::older(tx, id, generation).await?;
                    Ok((left, concepts::show(tx, id, generation - 1, 7, now).await?))
                })
            })
            .await
            .unwrap();
        assert_eq!((left, shown), (None, false), "{}", world.name);
        assert_eq!(lists(&world).await, [list], "{}", world.name);
    }
}

#[tokio::test]
async fn bad_names_and_files_are_refused_with_their_field() {
    for world in worlds().await {
        for (name, file, pointer) in [("Big List", "a.csv", "/name"), ("a", "a.pdf", "/upload")] {
            let Err(Error::Invalid(problems)) = load(&world, name, file, "id\nx\n").await else {
                panic!("{name} from {file} was taken");
            };
            assert_eq!(problems[0].pointer, pointer);
        }
        assert!(lists(&world).await.is_empty());
    }
}
