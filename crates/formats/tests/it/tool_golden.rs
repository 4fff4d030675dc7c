//! Samples of projects exported from other tools, written after their documented schemas: they come in with schema,
//! answers, authors, predictions and reviews, and go back out.

use crate::{
    support::{read, write},
    text_golden::{said, view},
};
use labelwright_core::Geometry;
use labelwright_formats::{Data, ExportItem, detect, format, item_of};

const STUDIO: &str = r#"[{"id":1,"data":{"text":"👍 Ana left"},"annotations":[
 {"id":11,"completed_by":{"id":3,"email":"ann@x.org"},"was_cancelled":false,"ground_truth":true,"lead_time":1.5,"result":[
  {"id":"s1","from_name":"ner","to_name":"text","type":"labels","value":{"start":3,"end":6,"text":"Ana","labels":["PER"]}},
  {"id":"s1","from_name":"sure","to_name":"text","type":"choices","value":{"start":3,"end":6,"text":"Ana","choices":["yes"]}},
  {"id":"s2","from_name":"ner","to_name":"text","type":"labels","value":{"start":7,"end":11,"text":"left","labels":["ACT"]}},
  {"type":"relation","from_id":"s1","to_id":"s2","direction":"left","labels":["of"]},
  {"id":"c","from_name":"mood","to_name":"text","type":"choices","value":{"choices":["good"]}},
  {"id":"t","from_name":"topic","to_name":"text","type":"taxonomy","value":{"taxonomy":[["a","b"]]}}]},
 {"id":12,"completed_by":5,"was_cancelled":true,"result":[]}],
 "predictions":[{"model_version":"v2","score":0.5,"result":[{"id":"p","from_name":"mood","to_name":"text","type":"choices","value":{"choices":["bad"]}}]}],
 "drafts":[{"user":"bob","result":[{"id":"d","from_name":"note","to_name":"text","type":"textarea","value":{"text":["hm"]}}]}]}]"#;

#[test]
fn label_studio_tells_answers_predictions_and_drafts_apart_and_gives_them_back() {
    let config = r##"<View><Text name="text" value="$text"/><Labels name="ner" toName="text"><Label value="PER" background="#ff0000"/><Label value="ACT"/><Label value="NONE"/></Labels><Choices name="mood" toName="text" choice="single" required="true"><Choice value="good"/><Choice value="bad"/></Choices><Choices name="sure" toName="text" perRegion="true"><Choice value="yes"/></Choices></View>"##;
    let files = [("tasks.json", STUDIO), ("config.xml", config)];
    assert_eq!(detect(&view(&files)).unwrap().0.id, "label-studio");
    assert_eq!(
        said("label-studio", &files),
        [
            "1 \"👍 Ana left\"",
            " by ann@x.org",
            "  mood = \"good\"",
            "  topic = [\"a\",\"b\"]",
            "  PER \"Ana\" {\"sure\":\"yes\"}",
            "  ACT \"left\"",
            "  s2 -of-> s1",
            " by model:v2",
            "  mood = \"bad\"",
            " by draft:bob",
            "  note = \"hm\"",
        ]
    );
    let reading = read(format("label-studio").unwrap(), &view(&files));
    let schema = reading.schema.clone().unwrap().schema;
    assert_eq!(schema.classes.iter().map(|class| class.id.as_str()).collect::<Vec<_>>(), ["PER", "ACT", "NONE"]);
    assert_eq!((schema.classes[0].color.as_str(), schema.fields[0].required), ("#ff0000", true));
    let items: Vec<ExportItem> =
        reading.records.into_iter().filter_map(|record| item_of(record, &view(&files))).collect();
    let (back, report) = write(format("label-studio").unwrap(), &schema, &items);
    assert_eq!(report.losses, []);
    let tasks: serde_json::Value = serde_json::from_slice(&back.files["tasks.json"]).unwrap();
    let task = &tasks[0];
    assert_eq!(task["annotations"].as_array().unwrap().len(), 2, "the skipped one too");
    assert_eq!(task["annotations"][0]["ground_truth"], true);
    assert_eq!(task["annotations"][0]["completed_by"]["email"], "ann@x.org");
    assert_eq!(task["annotations"][1]["was_cancelled"], true);
    assert_eq!(task["predictions"][0]["model_version"], "v2");
    assert_eq!(task["drafts"].as_array().unwrap().len(), 1);
    let span =
        &task["annotations"][0]["result"].as_array().unwrap().iter().find(|item| item["id"] == "s1").unwrap()["value"];
    assert_eq!((&span["start"], &span["end"]), (&serde_json::json!(3), &serde_json::json!(6)), "UTF-16 code units");
}

#[test]
fn label_studio_boxes_turn_about_their_corner_and_unicode_offsets_are_found() {
    let text = r#"[{"data":{"image":"/data/upload/1/0a1b2c3d-a.png"},"annotations":[{"result":[
      {"id":"r","from_name":"l","to_name":"i","type":"rectanglelabels","original_width":200,"original_height":100,"value":{"x":50,"y":10,"width":10,"height":20,"rotation":90,"rectanglelabels":["car"]}}]}]},
     {"id":2,"data":{"text":"👍 Ana"},"annotations":[{"result":[{"id":"s","from_name":"n","to_name":"t","type":"labels","value":{"start":2,"end":5,"text":"Ana","labels":["PER"]}}]}]}]"#;
    let reading = read(format("label-studio").unwrap(), &view(&[("t.json", text), ("a.png", "x")]));
    assert_eq!(reading.problems, []);
    assert_eq!(reading.records[0].data, Data::File("a.png".into()));
    let Geometry::RotatedBox(shape) = &reading.records[0].answers[0].answer.regions[0].geometry else { panic!() };
    // The corner is (100, 10); turned by 90 degrees the box of 20 x 20 lies to the left of it.
    assert!((shape.cx - 90.0).abs() < 1e-9 && (shape.cy - 20.0).abs() < 1e-9, "{shape:?}");
    let Geometry::Span(span) = &reading.records[1].answers[0].answer.regions[0].geometry else { panic!() };
    assert_eq!(span.ranges, [[2, 5]]);
}

#[test]
fn labelbox_ends_are_inclusive_and_labelers_and_reviews_come_back() {
    let line = r#"{"data_row":{"id":"d","global_key":"k","row_data":"a research suggests b"},"media_attributes":{"asset_type":"text"},"metadata_fields":[{"schema_name":"lang","value":"en"}],"projects":{"p1":{"name":"P","labels":[{"label_kind":"Default","id":"l1","label_details":{"created_by":"ann@x.org","reviews":[{"reviewed_by":"r@x.org","score":1}]},"annotations":{"objects":[{"feature_id":"f1","name":"claim","annotation_kind":"TextEntity","location":{"start":2,"end":18,"token":"research suggests"},"classifications":[{"name":"sure","radio_answer":{"name":"yes","classifications":[{"name":"how","text_answer":{"content":"very"}}]}}]}],"classifications":[{"name":"topics","checklist_answers":[{"name":"x"},{"name":"y"}]}],"relationships":[]}}],"project_details":{"workflow_status":"IN_REVIEW"}}}}"#;
    assert_eq!(
        said("labelbox", &[("e.ndjson", line)]),
        [
            "k \"a research suggests b\"",
            " by ann@x.org",
            "  topics = [\"x\",\"y\"]",
            "  claim \"research suggests\" {\"sure\":\"yes\",\"sure/yes/how\":\"very\"}",
        ]
    );
    let reading = read(format("labelbox").unwrap(), &view(&[("e.ndjson", line)]));
    let mut collector = labelwright_formats::Collector::default();
    reading.records.iter().for_each(|record| collector.record(record));
    let items: Vec<ExportItem> = reading.records.into_iter().filter_map(|record| item_of(record, &view(&[]))).collect();
    let (back, _) = write(format("labelbox").unwrap(), &collector.finish().schema, &items);
    let row: serde_json::Value = serde_json::from_slice(&back.files["labelbox.ndjson"]).unwrap();
    let label = &row["projects"]["p1"]["labels"][0];
    assert_eq!(label["label_details"]["reviews"][0]["reviewed_by"], "r@x.org");
    assert_eq!(row["projects"]["p1"]["project_details"]["workflow_status"], "IN_REVIEW");
    assert_eq!(label["annotations"]["objects"][0]["location"]["end"], 18);
}

#[test]
fn ground_truth_chains_and_leaves_point_clouds_out() {
    let lines = r#"{"source-ref":"s3://b/d/a.png","boxes":{"image_size":[{"width":50,"height":40,"depth":3}],"annotations":[{"class_id":0,"left":1,"top":2,"width":3,"height":4}]},"boxes-metadata":{"objects":[{"confidence":0.8}],"class-map":{"0":"dog"},"type":"groundtruth/object-detection","human-annotated":"yes"},"kind":0,"kind-metadata":{"class-name":"pets","type":"groundtruth/image-classification"}}
{"source":"a Date b","ner":{"annotations":{"labels":[{"label":"X"}],"entities":[{"label":"X","startOffset":2,"endOffset":6}]}},"ner-metadata":{"type":"groundtruth/text-span"},"many":[1,0],"many-metadata":{"class-map":{"0":"p","1":"q"},"type":"groundtruth/text-classification-multilabel"}}
{"source-ref":"s3://b/pc.bin","x-ref":"s3://b/y","x-ref-metadata":{"type":"groundtruth/point_cloud_object_tracking"}}"#;
    assert_eq!(
        said("ground-truth", &[("output.manifest", lines)]),
        [
            "d/a.png",
            " by import",
            "  kind = \"pets\"",
            "  dog {\"type\":\"box\",\"x\":1.0,\"y\":2.0,\"width\":3.0,\"height\":4.0}",
            "row-0000002 \"a Date b\"",
            " by import",
            "  many = [\"q\",\"p\"]",
            "  X \"Date\"",
            "pc.bin",
            "! output.manifest:3 not_read",
        ]
    );
}

#[test]
fn argilla_has_responses_of_users_and_suggestions() {
    let text = r#"[{"id":"r1","fields":{"text":"Ana left"},"metadata":{"n":1},"suggestions":{"mood":{"value":"bad","score":0.3,"agent":"m"}},"responses":{"mood":[{"value":"good","user_id":"u1"}],"spans":[{"value":[{"start":0,"end":3,"label":"PER"}],"user_id":"u2"}],"rank":[{"value":[{"value":"b","rank":2},{"value":"a","rank":1}],"user_id":"u1"}]},"status":"completed"}]"#;
    assert_eq!(
        said("argilla", &[("records.json", text)]),
        [
            "r1 \"Ana left\"",
            " by u1",
            "  mood = \"good\"",
            "  rank = [\"a\",\"b\"]",
            " by u2",
            "  PER \"Ana\"",
            " by model:m",
            "  mood = \"bad\"",
        ]
    );
    let old = r#"{"id":7,"text":"Ana left","annotation":[["PER",0,3]],"annotation_agent":"ann","prediction":[["ACT",4,8,0.5]],"prediction_agent":"m"}"#;
    assert_eq!(
        said("argilla", &[("r.jsonl", old)]),
        ["7 \"Ana left\"", " by ann", "  PER \"Ana\"", " by model:m", "  ACT \"left\""]
    );
}
