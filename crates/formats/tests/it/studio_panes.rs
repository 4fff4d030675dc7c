//! Label Studio projects with several objects: the first that regions are drawn on is the item, the others are panes.

use crate::{
    support::{Reading, read, write_with},
    text_golden::view,
};
use labelwright_core::{Geometry, LabelSchema, Modality};
use labelwright_formats::{
    Collector, CompanionItem, Data, ExportItem, LossReport, MemoryView, Options, format, item_of,
};
use serde_json::{Value, json};

const GROUNDING: &str = r##"<View>
  <Header value="Say what each phrase shows"/>
  <Image name="img" value="$image"/>
  <Text name="cap" value="$caption"/>
  <RectangleLabels name="box" toName="img"><Label value="Dog" background="#ff0000"/><Label value="Cat"/></RectangleLabels>
  <Labels name="phrase" toName="cap"><Label value="Dog"/><Label value="Verb"/></Labels>
  <Choices name="fits" toName="img"><Choice value="yes"/><Choice value="no"/></Choices>
  <TextArea name="note" toName="cap" perRegion="true"/>
  <Relations><Relation value="shows"/></Relations>
</View>"##;

fn grounding() -> String {
    let place = json!({ "x": 10, "y": 20, "width": 30, "height": 40, "rotation": 0, "rectanglelabels": ["Dog"] });
    let span = json!({ "start": 5, "end": 8, "text": "dog", "labels": ["Dog"] });
    let note = json!({ "start": 5, "end": 8, "text": ["small"] });
    let verb = json!({ "start": 9, "end": 13, "text": "runs", "labels": ["Verb"] });
    json!([{ "id": 7, "data": { "image": "d/a.png", "caption": "👍 A dog runs", "site": "north" }, "annotations": [{
        "completed_by": { "id": 2, "email": "ada@x.org" }, "result": [
            { "id": "b", "from_name": "box", "to_name": "img", "type": "rectanglelabels", "value": place,
              "original_width": 200, "original_height": 100, "image_rotation": 0 },
            { "id": "s", "from_name": "phrase", "to_name": "cap", "type": "labels", "value": span },
            { "id": "s", "from_name": "note", "to_name": "cap", "type": "textarea", "value": note },
            { "id": "v", "from_name": "phrase", "to_name": "cap", "type": "labels", "value": verb },
            { "id": "f", "from_name": "fits", "to_name": "img", "type": "choices", "value": { "choices": ["yes"] } },
            { "type": "relation", "from_id": "s", "to_id": "b", "direction": "right", "labels": ["shows"] },
        ] }] }, { "id": 8, "data": { "image": "d/b.png", "caption": "" }, "annotations": [] }])
    .to_string()
}

/// Reads a project and writes it again, with the configuration that it came with or with one of ours.
fn again(files: &[(&str, &str)], kept: bool) -> (Reading, MemoryView, LossReport) {
    let (studio, source) = (format("label-studio").unwrap(), view(files));
    let reading = read(studio, &source);
    let mut collector = Collector::default();
    collector.schema(reading.schema.clone().unwrap());
    reading.records.iter().for_each(|record| collector.record(record));
    let schema = collector.finish();
    let items = reading.records.iter().filter_map(|one| item_of(one.clone(), &source));
    let items: Vec<ExportItem> = items.map(|one| if kept { one } else { ExportItem { extras: None, ..one } }).collect();
    let extras = schema.extras.as_deref().filter(|_| kept);
    let (written, report) = write_with(studio, &schema.schema, &items, &Options::default(), extras);
    let back = read(studio, &written);
    assert_eq!(back.problems, []);
    for (one, other) in reading.records.iter().zip(&back.records) {
        assert_eq!((&one.key, &one.metadata), (&other.key, &other.metadata));
        assert_eq!(one.answers, other.answers, "{kept}");
        assert_eq!(one.companions, other.companions, "{kept}");
    }
    let plain = |schema: &LabelSchema| {
        let classes = schema.classes.iter().map(|class| (class.id.clone(), class.title.clone(), class.pane.clone()));
        let panes = schema.panes.iter().map(|pane| (pane.id.clone(), pane.modality));
        (schema.modality, classes.collect::<Vec<_>>(), panes.collect::<Vec<_>>())
    };
    assert_eq!(plain(&back.schema.unwrap().schema), plain(&reading.schema.as_ref().unwrap().schema), "{kept}");
    (reading, written, report)
}

#[test]
fn phrases_of_a_caption_are_grounded_in_the_picture() {
    let (config, tasks) = (GROUNDING, grounding());
    let files = [("config.xml", config), ("tasks.json", tasks.as_str()), ("d/a.png", "x"), ("d/b.png", "x")];
    for kept in [true, false] {
        let (reading, written, report) = again(&files, kept);
        assert_eq!((reading.problems.as_slice(), report.losses.as_slice()), ([].as_slice(), [].as_slice()));
        let schema = &reading.schema.as_ref().unwrap().schema;
        let told: Vec<_> =
            schema.classes.iter().map(|one| (one.id.as_str(), one.title.as_str(), one.pane.as_deref())).collect();
        let wanted = [
            ("Dog", "Dog", None),
            ("Cat", "Cat", None),
            ("Dog_cap", "Dog", Some("cap")),
            ("Verb", "Verb", Some("cap")),
        ];
        assert_eq!((schema.modality, told.as_slice()), (Modality::Image, wanted.as_slice()));
        assert_eq!(schema.panes.len(), 1);
        assert!(schema.fields.iter().any(|field| field.id == "fits"));
        let [first, second] = reading.records.as_slice() else { panic!() };
        assert_eq!(first.data, Data::File("d/a.png".into()));
        assert_eq!(first.companions[0].data, Data::Text("👍 A dog runs".into()));
        assert!(second.companions.is_empty(), "an empty caption is none");
        assert_eq!(first.metadata.keys().collect::<Vec<_>>(), ["site"]);
        let answer = &first.answers[0].answer;
        let classes: Vec<&str> = answer.regions.iter().map(|region| region.class.as_str()).collect();
        assert_eq!(classes, ["Dog", "Dog_cap", "Verb"]);
        let Geometry::Span(span) = &answer.regions[1].geometry else { panic!() };
        assert_eq!(span.ranges, [[4, 7]], "what was counted in UTF-16 code units");
        assert_eq!(serde_json::to_value(&answer.regions[1].attributes).unwrap(), json!({ "note": "small" }));
        assert_eq!((answer.relations[0].from.as_str(), answer.relations[0].to.as_str()), ("s", "b"));

        let text = String::from_utf8(written.files["label_config.xml"].clone()).unwrap();
        assert_eq!(text == GROUNDING, kept);
        let tasks: Value = serde_json::from_slice(&written.files["tasks.json"]).unwrap();
        assert_eq!(tasks[0]["data"][if kept { "caption" } else { "cap" }], "👍 A dog runs");
        let result = tasks[0]["annotations"][0]["result"].as_array().unwrap();
        let of = |id: &str| result.iter().find(|one| one["id"] == id).unwrap();
        let (span, picture) = (of("s"), of("b"));
        assert_eq!((&span["to_name"], &span["value"]["start"]), (&json!("cap"), &json!(5)));
        assert_eq!(span["value"]["labels"], if kept { json!(["Dog"]) } else { json!(["Dog_cap"]) });
        assert_eq!(span["from_name"], if kept { "phrase" } else { "label_cap" });
        assert_eq!(picture["to_name"], if kept { "img" } else { "image" });
        assert_eq!(picture["original_width"], 200);
        assert!(span.get("original_width").is_none());
    }
}

#[test]
fn a_recording_has_its_transcript_beside_it() {
    // No region is drawn on the picture of the speaker, and the title is no pane: it has no variable.
    let config = r##"<View><Text name="title" value="Listen"/><Image name="face" value="$photo"/>
      <Audio name="sound" value="$audio"/><Labels name="who" toName="sound"><Label value="Ann"/><Label value="Bob"/></Labels>
      <Paragraphs name="talk" value="$turns"/><ParagraphLabels name="act" toName="talk"><Label value="Question"/></ParagraphLabels>
      <Table name="facts" value="$facts"/></View>"##;
    let tasks = json!([{ "id": 1, "data": { "photo": "https://a.org/ann.png", "audio": "t.wav", "facts": { "a": 1 },
        "turns": [{ "author": "Ann", "text": "Are you there?" }, { "author": "Bob", "text": "Yes" }] },
        "annotations": [{ "completed_by": 3, "result": [
            { "id": "i", "from_name": "who", "to_name": "sound", "type": "labels", "original_length": 9.5,
              "value": { "start": 0.5, "end": 2, "channel": 0, "labels": ["Ann"] } },
            { "id": "q", "from_name": "act", "to_name": "talk", "type": "paragraphlabels",
              "value": { "start": "0", "end": "0", "startOffset": 4, "endOffset": 7, "text": "you", "paragraphlabels": ["Question"] } },
            { "id": "x", "from_name": "odd", "to_name": "facts", "type": "labels",
              "value": { "start": 0, "end": 1, "text": "a", "labels": ["Ann"] } },
        ] }] }])
    .to_string();
    let files = [("config.xml", config), ("tasks.json", tasks.as_str()), ("t.wav", "x")];
    let (reading, written, report) = again(&files, true);
    assert_eq!(report.losses, []);
    let problems: Vec<_> = reading.problems.iter().map(|one| (one.place.as_str(), one.code)).collect();
    assert_eq!(problems, [("tasks.json: [0].annotations[0].result[2]", "not_read")]);
    let schema = &reading.schema.unwrap().schema;
    let panes: Vec<_> = schema.panes.iter().map(|pane| (pane.id.as_str(), pane.modality)).collect();
    assert_eq!((schema.modality, panes), (Modality::Audio, vec![("face", Modality::Image), ("talk", Modality::Text)]));
    let record = &reading.records[0];
    assert_eq!(record.data, Data::File("t.wav".into()));
    assert_eq!(record.companions[0].data, Data::Url("https://a.org/ann.png".into()));
    assert_eq!(record.companions[1].data, Data::Text("Ann: Are you there?\nBob: Yes".into()));
    assert_eq!(record.clock.unwrap().ticks, Some(9500));
    assert_eq!(record.metadata.keys().collect::<Vec<_>>(), ["facts"], "what is no pane stays metadata");
    let Geometry::Span(span) = &record.answers[0].answer.regions[1].geometry else { panic!() };
    assert_eq!(span.ranges, [[9, 12]]);
    let tasks: Value = serde_json::from_slice(&written.files["tasks.json"]).unwrap();
    assert_eq!(tasks[0]["data"]["photo"], "https://a.org/ann.png");
    assert_eq!(tasks[0]["data"]["turns"][1]["text"], "Yes");
}

#[test]
fn the_item_is_told_where_only_its_companions_have_regions() {
    let class = json!({ "id": "word", "title": "word", "geometry": ["span"], "color": "#000000", "pane": "image" });
    let schema = json!({ "name": "n", "modality": "image", "classes": [class],
        "panes": [{ "id": "image", "title": "Words", "modality": "text" }] });
    let schema = LabelSchema::parse(&schema.to_string()).unwrap();
    let caption = ExportItem { text: Some("a dog".into()), ..ExportItem::new("a.png.image", Modality::Text) };
    let mut item =
        ExportItem { media: Some("m".into()), size: Some([4, 3]), ..ExportItem::new("a.png", Modality::Image) };
    item.companions.push(CompanionItem { pane: "image".into(), item: Box::new(caption) });
    let alone = ExportItem { companions: Vec::new(), media: Some("n".into()), ..item.clone() };
    let region = json!({ "id": "r", "class": "word", "geometry": { "type": "span", "ranges": [[2, 5]] } });
    let answer = serde_json::from_value(json!({ "regions": [region] })).unwrap();
    item.answers.push(labelwright_formats::SourcedAnswer::new("ann", answer));
    let alone = ExportItem { key: "b.png".into(), answers: item.answers.clone(), ..alone };
    let studio = format("label-studio").unwrap();
    let (written, report) = write_with(studio, &schema, &[item.clone(), alone], &Options::default(), None);
    let lost: Vec<_> = report.losses.iter().map(|loss| (loss.code.as_str(), loss.count)).collect();
    assert_eq!(lost, [("panes", 1)], "a region on nothing");
    let back = read(studio, &written);
    let found = &back.schema.unwrap().schema;
    assert_eq!((found.modality, found.panes[0].id.as_str()), (Modality::Image, "image"));
    assert_eq!(back.records[0].data, Data::File("a.png".into()));
    assert_eq!(back.records[0].companions[0].data, Data::Text("a dog".into()));
    assert_eq!(back.records[0].answers[0].answer, item.answers[0].answer);
}
