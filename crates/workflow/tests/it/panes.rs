//! Tasks of several kinds of data: a picture with its caption and its sound, from files through labels to files again.

use crate::support::{World, counts, worlds};
use labelwright_core::{Action, ItemId, Role};
use labelwright_testkit::{sound::wav, world::principal};
use labelwright_workflow::{
    Error,
    formats::Mapping,
    freeze::{Answers, Media},
    jobs::kinds::{ImportInput, OnError, Source},
};
use serde_json::{Value, json};
use std::io::Read;

fn schema() -> Value {
    let class = |id: &str, geometry: &str, pane: Option<&str>| match pane {
        None => json!({ "id": id, "title": id, "geometry": [geometry], "color": "#0072B2" }),
        Some(pane) => json!({ "id": id, "title": id, "geometry": [geometry], "color": "#0072B2", "pane": pane }),
    };
    json!({
        "name": "Scenes", "modality": "image",
        "panes": [{ "id": "caption", "title": "Caption", "modality": "text" },
            { "id": "sound", "title": "Sound", "modality": "audio" }],
        "classes": [class("thing", "box", None), class("phrase", "span", Some("caption")),
            class("noise", "interval", Some("sound"))],
        "relations": [{ "id": "means", "title": "Means", "from": ["phrase"], "to": ["thing"], "directed": true }],
    })
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(width, height).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

fn boxed(x: f64) -> Value {
    json!({ "id": "a", "class": "thing", "geometry": { "type": "box", "x": x, "y": 1.0, "width": 4.0, "height": 4.0 } })
}

fn phrase(end: u32) -> Value {
    json!({ "id": "b", "class": "phrase", "geometry": { "type": "span", "ranges": [[2, end]] } })
}

fn noise(end: i64) -> Value {
    json!({ "id": "c", "class": "noise", "geometry": { "type": "interval", "start": 100, "end": end } })
}

fn answer(regions: &[Value]) -> Value {
    let means = json!({ "id": "r", "relation": "means", "from": "b", "to": "a", "attributes": {} });
    let both = ["a", "b"].iter().all(|id| regions.iter().any(|region| region["id"] == *id));
    json!({ "fields": {}, "regions": regions, "relations": if both { vec![means] } else { Vec::new() } })
}

/// Three good items, one with two companions, one with one, one with none; and three that are refused.
async fn imported(world: &World) {
    let companion = |pane: &str, kind: &str, what: &str| json!({ "pane": pane, kind: what });
    let line = |key: &str, companions: Vec<Value>, answers: Vec<Value>| {
        json!({ "key": key, "modality": "image", "hash": "", "file": format!("media/{key}"), "answers": answers,
            "companions": companions })
    };
    let mut long = noise(90_000);
    long["id"] = json!("d");
    let came = answer(&[boxed(1.0), phrase(5), noise(900), long]);
    let lines = [
        json!({ "format": "labelwright", "version": 1, "project": "p", "schema": schema() }),
        line(
            "one.png",
            vec![companion("caption", "text", "a dog barks"), companion("sound", "file", "media/bark.wav")],
            vec![json!({ "source": "model", "answer": came })],
        ),
        line("two.png", vec![companion("caption", "text", "a cat")], vec![]),
        line("three.png", vec![], vec![]),
        line("lost.png", vec![companion("sound", "file", "media/gone.wav")], vec![]),
        line("empty.png", vec![companion("caption", "text", "  ")], vec![]),
        line("broken.png", vec![companion("sound", "file", "media/broken.wav")], vec![]),
    ];
    let text: Vec<String> = lines.iter().map(Value::to_string).collect();
    let file = world.file("in/data.jsonl", text.join("\n"));
    for name in ["one", "two", "three", "lost", "empty", "broken"] {
        world.file(&format!("in/media/{name}.png"), png(20, 10));
    }
    world.file("in/media/bark.wav", wav(8000, 1, &vec![300; 8000]));
    world.file("in/media/broken.wav", b"RIFF nothing");
    let job = world.import_as("scenes", file.parent().unwrap(), "native").await;
    assert_eq!(counts(&job), (3, 0, 3), "{}: {:?}", world.name, world.problems(&job).await);
    let codes: Vec<String> = world.problems(&job).await.into_iter().map(|(_, code)| code).collect();
    assert_eq!(codes[..2], ["missing_file", "empty_content"], "{}: {codes:?}", world.name);
    let again = world.import_as("scenes", file.parent().unwrap(), "native").await;
    assert_eq!(counts(&again), (0, 3, 3), "{}", world.name);
}

#[tokio::test]
async fn a_picture_is_labeled_with_what_comes_with_it() {
    for world in worlds().await {
        imported(&world).await;
        let items: Vec<String> = world.items("scenes").await.into_iter().map(|item| item.key).collect();
        assert_eq!(items, ["one.png", "two.png", "three.png"], "{}", world.name);
        let project = world.project("Scenes", &schema().to_string(), "scenes").await;
        let permit = world.workflow.permit_project(&principal(world.owner), project, Action::Label).await.unwrap();
        let all = world.workflow.next(&permit, 5).await.unwrap().assignments;
        assert_eq!(all.len(), 3, "{}", world.name);
        let told: Vec<Vec<(&str, Option<&str>)>> = all
            .iter()
            .map(|one| one.companions.iter().map(|one| (one.pane.as_str(), one.text.as_deref())).collect())
            .collect();
        let expected =
            [vec![("caption", Some("a dog barks")), ("sound", None)], vec![("caption", Some("a cat"))], vec![]];
        assert_eq!(told, expected, "{}", world.name);
        // What came with the data is cut at the end of the sound, and its words stay.
        let came: Value = serde_json::from_str(&all[0].prelabels[0].answer.canonical_json()).unwrap();
        assert_eq!(came["regions"].as_array().unwrap().len(), 4, "{came}");
        assert_eq!(came["regions"][3]["geometry"]["end"], 8000, "{came}");

        // Whoever labels the picture may hear its sound; who does neither may not.
        let labeler = world.person("lea", Role::Labeler).await;
        let sound = all[0].companions[1].item.id;
        assert!(world.workflow.permit_item(&principal(labeler), sound).await.is_ok(), "{}", world.name);
        let nobody = labelwright_core::UserId(9999);
        let refused = world.workflow.permit_item(&principal(nobody), sound).await;
        assert!(matches!(refused, Err(Error::NotFound(_))), "{}", world.name);

        let submit = async |at: usize, regions: &[Value]| {
            world.submit(all[at].task, all[at].epoch, &answer(regions).to_string()).await.map_err(|error| match error {
                Error::Invalid(problems) => format!("{} {}", problems[0].pointer, problems[0].code),
                other => other.to_string(),
            })
        };
        let wrong = |found: Result<_, String>| found.err().unwrap_or_default();
        assert_eq!(wrong(submit(0, &[boxed(17.0)]).await), "/answer/regions/0/geometry out_of_bounds");
        assert_eq!(wrong(submit(0, &[phrase(12)]).await), "/answer/regions/0/geometry/ranges/0 out_of_bounds");
        assert_eq!(wrong(submit(0, &[noise(8001)]).await), "/answer/regions/0/geometry out_of_bounds");
        assert_eq!(wrong(submit(1, &[noise(900)]).await), "/answer/regions/0/class absent_pane");
        submit(0, &[boxed(1.0), phrase(5), noise(900)]).await.unwrap();
        submit(1, &[boxed(2.0), phrase(5)]).await.unwrap();

        let task = world.workflow.permit_task(&principal(world.owner), all[0].task, Action::Review).await.unwrap();
        let detail = world.workflow.task_detail(&task).await.unwrap();
        assert_eq!(detail.companions[0].text.as_deref(), Some("a dog barks"), "{}", world.name);
        assert_eq!(detail.companions[1].item.id, ItemId(sound.0));
    }
}

#[tokio::test]
async fn what_comes_with_items_leaves_with_them() {
    let mut exports = Vec::new();
    for world in worlds().await {
        imported(&world).await;
        let project = world.project("Scenes", &schema().to_string(), "scenes").await;
        let permit = world.workflow.permit_project(&principal(world.owner), project, Action::Label).await.unwrap();
        let first = world.workflow.next(&permit, 1).await.unwrap().assignments.remove(0);
        let said = answer(&[boxed(1.0), phrase(5), noise(900)]);
        world.submit(first.task, first.epoch, &said.to_string()).await.unwrap();
        let export = async |format: &str, media: Media| {
            let made = world.workflow.export_as_operator(project, format, Answers::All, media, Default::default());
            let (mut file, report) = made.await.unwrap();
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).unwrap();
            (bytes, report.losses.into_iter().map(|loss| loss.code).collect::<Vec<_>>())
        };
        let (text, losses) = export("native", Media::None).await;
        assert!(losses.is_empty(), "{}: {losses:?}", world.name);
        let text = String::from_utf8(text).unwrap();
        let line: Value = serde_json::from_str(text.lines().find(|line| line.contains("one.png")).unwrap()).unwrap();
        assert_eq!(line["companions"][0]["text"], "a dog barks", "{}", world.name);
        assert_eq!(line["answers"][0]["answer"]["regions"].as_array().unwrap().len(), 3);
        exports.push(text);
        // With their data they come back as they were.
        let (archive, _) = export("native", Media::Copy).await;
        let path = world.file("out.zip", archive);
        let job = world.import_as("back", &path, "native").await;
        assert_eq!(counts(&job), (3, 0, 0), "{}: {:?}", world.name, world.problems(&job).await);
        let back = world.project("Back", &schema().to_string(), "back").await;
        let permit = world.workflow.permit_project(&principal(world.owner), back, Action::Label).await.unwrap();
        let all = world.workflow.next(&permit, 5).await.unwrap().assignments;
        let again = all.iter().find(|one| one.item.key.ends_with("one.png")).unwrap();
        let hashes = |one: &labelwright_workflow::assign::Assignment| {
            one.companions.iter().map(|one| (one.pane.clone(), one.item.hash.clone())).collect::<Vec<_>>()
        };
        assert_eq!(hashes(again), hashes(&first), "{}", world.name);
        assert_eq!(again.prelabels[0].answer.canonical_json(), said_again(&said), "{}", world.name);
        // Where there are no panes, the pictures are there with their boxes, and the words are told to be lost.
        let (coco, losses) = export("coco", Media::None).await;
        let coco: Value = serde_json::from_slice(&coco).unwrap();
        assert_eq!(coco["images"].as_array().unwrap().len(), 3, "{}", world.name);
        assert_eq!(coco["annotations"].as_array().unwrap().len(), 1);
        assert!(losses.iter().any(|code| code == "not_an_image"), "{}: {losses:?}", world.name);
    }
    assert!(exports.windows(2).all(|two| two[0] == two[1]), "both databases write the same");
}

/// The answer in our own order of keys.
fn said_again(answer: &Value) -> String {
    let answer: labelwright_core::Answer = serde_json::from_value(answer.clone()).unwrap();
    answer.canonical_json()
}

/// Pictures beside a table are taken for the data where nobody says otherwise: the columns must not be passed over.
#[tokio::test]
async fn columns_for_panes_are_not_passed_over() {
    for world in worlds().await {
        world.file("in/table.csv", "id,image,text\na,1.png,a dog\n");
        world.file("in/1.png", png(20, 10));
        let import = async |format: &str| {
            let panes = [("caption".to_owned(), "text".to_owned())].into();
            let column = |name: &str| Some(name.to_owned());
            let mapping = Mapping { key: column("id"), content: column("image"), panes, ..Mapping::default() };
            let input = ImportInput {
                dataset: None,
                source: Source::Path(world.folder.path().join("source/in")),
                format: format.into(),
                mapping,
                options: Default::default(),
                on_error: OnError::KeepGood,
                project: None,
            };
            let job = world.workflow.import_as_operator(world.workspace, "table", input).await.unwrap();
            world.workflow.run_all_jobs().await.unwrap();
            world.workflow.job_as_operator(job).await.unwrap()
        };
        let passed_over = import("images").await;
        assert_eq!(passed_over.state, "failed", "{}", world.name);
        assert!(passed_over.message.contains("no columns for panes"), "{}", passed_over.message);
        assert_eq!(counts(&import("csv").await), (1, 0, 0), "{}", world.name);
    }
}

/// Label Studio counts seconds: regions of a recording that comes with a text are on the recording's own clock afterwards.
#[tokio::test]
async fn times_of_a_pane_are_those_of_its_recording() {
    let config = r#"<View><Text name="text" value="$text"/><Audio name="sound" value="$sound"/>
      <Labels name="words" toName="text"><Label value="phrase"/></Labels>
      <Labels name="noises" toName="sound"><Label value="noise"/></Labels></View>"#;
    let result = json!([
        { "id": "b", "from_name": "words", "to_name": "text", "type": "labels",
            "value": { "start": 2, "end": 5, "text": "dog", "labels": ["phrase"] } },
        { "id": "c", "from_name": "noises", "to_name": "sound", "type": "labels", "original_length": 1.0,
            "value": { "start": 0.25, "end": 0.75, "labels": ["noise"] } },
    ]);
    let task = json!({ "id": 1, "data": { "text": "a dog barks", "sound": "bark.wav" },
        "annotations": [{ "id": 1, "completed_by": 1, "result": result }] });
    let mut schema = schema();
    schema["modality"] = json!("text");
    schema["panes"] = json!([schema["panes"][1]]);
    schema["classes"] = json!([
        { "id": "phrase", "title": "Phrase", "geometry": ["span"], "color": "#0072B2" }, schema["classes"][2]]);
    schema["relations"] = json!([]);
    for world in worlds().await {
        world.file("in/config.xml", config);
        world.file("in/tasks.json", json!([task]).to_string());
        world.file("in/bark.wav", wav(8000, 1, &vec![300; 8000]));
        let folder = world.folder.path().join("source/in");
        let job = world.import_as("barks", &folder, "label-studio").await;
        assert_eq!(counts(&job), (1, 0, 0), "{}: {:?}", world.name, world.problems(&job).await);
        let project = world.project("Barks", &schema.to_string(), "barks").await;
        let permit = world.workflow.permit_project(&principal(world.owner), project, Action::Label).await.unwrap();
        let first = world.workflow.next(&permit, 1).await.unwrap().assignments.remove(0);
        let came: Value = serde_json::from_str(&first.prelabels[0].answer.canonical_json()).unwrap();
        let noise = came["regions"].as_array().unwrap().iter().find(|region| region["class"] == "noise").unwrap();
        assert_eq!((&noise["geometry"]["start"], &noise["geometry"]["end"]), (&json!(2000), &json!(6000)), "{came}");
        assert_eq!(first.companions[0].pane, "sound", "{}", world.name);
    }
}
