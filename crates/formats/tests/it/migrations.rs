//! Projects as other tools export them, written after their documented schemas: what people and models said comes in
//! with its authors, and goes back out as it was.

use crate::{
    support::{Reading, read, write_with},
    text_golden::{said, view},
};
use labelwright_formats::{Collector, ExportItem, LossReport, MemoryView, Options, Record, detect, format, item_of};

/// Reads the export of a tool, writes it in the same format, and reads that again.
fn migrate(id: &str, files: &[(&str, &str)]) -> (Reading, MemoryView, LossReport) {
    let (format, source) = (format(id).unwrap(), view(files));
    assert_eq!(detect(&source).map(|(format, _)| format.id), Some(id));
    let reading = read(format, &source);
    assert_eq!((reading.problems.as_slice(), &reading.stopped), ([].as_slice(), &None), "{id}");
    let mut collector = Collector::default();
    reading.schema.clone().into_iter().for_each(|schema| collector.schema(schema));
    reading.records.iter().for_each(|record| collector.record(record));
    let schema = collector.finish();
    let items: Vec<ExportItem> = reading.records.iter().filter_map(|one| item_of(one.clone(), &source)).collect();
    let extras = schema.extras.as_deref();
    let (written, report) = write_with(format, &schema.schema, &items, &Options::default(), extras);
    let again = read(format, &written);
    assert_eq!((again.problems.as_slice(), &again.stopped), ([].as_slice(), &None), "{id}");
    let plain = |records: &[Record]| -> Vec<_> {
        let mut all: Vec<_> =
            records.iter().map(|one| (one.key.clone(), one.answers.clone(), one.metadata.clone())).collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all
    };
    assert_eq!(plain(&again.records), plain(&reading.records), "{id}");
    (reading, written, report)
}

#[test]
fn label_studio_comes_with_config_people_predictions_and_what_was_skipped() {
    let config = r##"<View><Image name="image" value="$image"/>
      <Labels name="kind" toName="image"><Label value="Car" background="#ff0000" hotkey="c"/><Label value="Bus"/></Labels>
      <Rectangle name="rect" toName="image" canRotate="true"/><Polygon name="poly" toName="image"/>
      <Choices name="mood" toName="image" choice="multiple"><Choice value="calm"/><Choice value="busy"/></Choices>
      <TextArea name="plate" toName="image" perRegion="true"/><Rating name="stars" toName="image" maxRating="7"/></View>"##;
    let place = r#""original_width":200,"original_height":100,"image_rotation":0,"to_name":"image","id":"a1""#;
    let task = format!(
        r#"[{{"id":5,"data":{{"image":"/data/upload/1/0a1b2c3d-a.png","site":"north"}},"annotations":[
      {{"id":11,"completed_by":{{"id":2,"email":"ada@x.org"}},"was_cancelled":false,"ground_truth":true,"lead_time":3.5,"created_at":"2026-01-02T03:04:05Z","result":[
        {{{place},"from_name":"rect","type":"rectangle","value":{{"x":10,"y":20,"width":30,"height":40,"rotation":0}}}},
        {{{place},"from_name":"kind","type":"labels","value":{{"x":10,"y":20,"width":30,"height":40,"rotation":0,"labels":["Car"]}}}},
        {{{place},"from_name":"plate","type":"textarea","value":{{"x":10,"y":20,"width":30,"height":40,"rotation":0,"text":["AB 1"]}}}},
        {{"id":"m","from_name":"mood","to_name":"image","type":"choices","value":{{"choices":["calm","busy"]}}}},
        {{"id":"s","from_name":"stars","to_name":"image","type":"rating","value":{{"rating":6}}}}]}},
      {{"id":12,"completed_by":{{"id":3,"email":"bob@x.org"}},"was_cancelled":true,"result":[]}}],
      "predictions":[{{"id":21,"model_version":"v7","score":0.5,"result":[
        {{{place},"from_name":"rect","type":"rectangle","value":{{"x":0,"y":0,"width":50,"height":50,"rotation":0}}}},
        {{{place},"from_name":"kind","type":"labels","value":{{"x":0,"y":0,"width":50,"height":50,"rotation":0,"labels":["Bus"]}}}}]}}]}}]"#
    );
    let files = [("config.xml", config), ("project.json", task.as_str()), ("a.png", "x")];
    let (reading, written, report) = migrate("label-studio", &files);
    assert_eq!(report.losses, []);
    let schema = &reading.schema.unwrap().schema;
    let classes: Vec<(&str, usize)> = schema.classes.iter().map(|one| (one.id.as_str(), one.geometry.len())).collect();
    assert_eq!(classes, [("Car", 3), ("Bus", 3)]);
    assert_eq!(schema.fields.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["mood", "stars"]);
    assert_eq!(
        said("label-studio", &files),
        [
            "a.png",
            " by ada@x.org",
            "  mood = [\"calm\",\"busy\"]",
            "  stars = 6.0",
            "  Car {\"type\":\"box\",\"x\":20.0,\"y\":20.0,\"width\":60.0,\"height\":40.0} {\"plate\":\"AB 1\"}",
            " by model:v7",
            "  Bus {\"type\":\"box\",\"x\":0.0,\"y\":0.0,\"width\":100.0,\"height\":50.0}",
        ]
    );
    let tasks = String::from_utf8_lossy(&written.files["tasks.json"]).into_owned();
    for kept in [
        "ada@x.org",
        "bob@x.org",
        "\"was_cancelled\":true",
        "\"ground_truth\":true",
        "\"lead_time\":3.5",
        "\"site\":\"north\"",
        "v7",
    ] {
        assert!(tasks.contains(kept), "{kept} in {tasks}");
    }
}

#[test]
fn cvat_comes_with_labels_attributes_tags_and_what_a_model_said() {
    let xml = r##"<?xml version="1.0" encoding="utf-8"?><annotations><version>1.1</version><meta><project><id>4</id><name>streets</name>
      <labels><label><name>car</name><color>#ff0000</color><type>any</type><attributes>
        <attribute><name>parked</name><mutable>False</mutable><input_type>checkbox</input_type><default_value>false</default_value><values>false</values></attribute>
        <attribute><name>maker</name><mutable>False</mutable><input_type>select</input_type><default_value>vw</default_value><values>vw
fiat</values></attribute></attributes></label>
      <label><name>empty road</name><color>#00ff00</color><type>tag</type><attributes></attributes></label></labels></project></meta>
      <image id="0" name="d/a.png" subset="train" task_id="9" width="100" height="80">
        <box label="car" source="manual" occluded="1" xtl="10.50" ytl="20.00" xbr="30.00" ybr="40.00" z_order="2" group_id="3">
          <attribute name="parked">true</attribute><attribute name="maker">fiat</attribute></box>
        <polygon label="car" source="auto" occluded="0" points="1.00,2.00;5.00,2.00;5.00,9.50" z_order="0"></polygon>
        <mask label="car" source="semi-auto" occluded="0" rle="1, 2, 1" left="4" top="5" width="2" height="2" z_order="0"></mask>
      </image><image id="1" name="d/b.png" subset="train" task_id="9" width="100" height="80"><tag label="empty road" source="manual"></tag></image></annotations>"##;
    let (reading, written, report) = migrate("cvat", &[("annotations.xml", xml)]);
    assert_eq!(report.losses, []);
    let schema = &reading.schema.as_ref().unwrap().schema;
    let attributes: Vec<&str> = schema.classes[0].attributes.iter().map(|one| one.id.as_str()).collect();
    assert_eq!((attributes, schema.classes.len()), (vec!["parked", "maker"], 2));
    assert_eq!(reading.records[0].split.as_deref(), Some("train"));
    let text = String::from_utf8_lossy(&written.files["annotations.xml"]).into_owned();
    for kept in [
        "source=\"auto\"",
        "source=\"semi-auto\"",
        "occluded=\"1\"",
        "z_order=\"2\"",
        "group_id=\"3\"",
        "fiat",
        "<tag label=\"empty road\"",
    ] {
        assert!(text.contains(kept), "{kept} in {text}");
    }
}

#[test]
fn labelbox_comes_with_labelers_reviews_and_scores_of_people() {
    let label = |who: &str, value: &str| {
        format!(
            r#"{{"label_kind":"Default","version":"1.0.0","id":"l-{who}","label_details":{{"created_at":"2026-01-01","created_by":"{who}","reviews":[{{"action":"Approve","created_by":"boss@x.org"}}]}},
            "performance_details":{{"seconds_to_create":12,"consensus_score":0.8}},"annotations":{{"objects":[
            {{"feature_id":"f-{who}","name":"Car","value":"car","annotation_kind":"ImageBoundingBox","classifications":[
              {{"name":"color","value":"color","radio_answer":{{"name":"{value}","value":"{value}","classifications":[]}}}}],
              "bounding_box":{{"top":2,"left":1,"height":4,"width":3}}}}],
            "classifications":[{{"name":"blurred","value":"blurred","radio_answer":{{"name":"no","value":"no","classifications":[]}}}}],"relationships":[]}}}}"#
        )
    };
    let line = format!(
        r#"{{"data_row":{{"id":"r1","global_key":"a.png","row_data":"https://x.org/a.png","details":{{"dataset_name":"d"}}}},"media_attributes":{{"height":50,"width":60,"asset_type":"image"}},
        "metadata_fields":[{{"schema_name":"site","value":"north"}}],"projects":{{"p1":{{"name":"streets","labels":[{},{}],"project_details":{{"workflow_status":"DONE","workflow_history":[{{"action":"Approve"}}]}}}}}}}}"#,
        label("ada@x.org", "red"),
        label("bob@x.org", "blue")
    )
    .replace('\n', " ");
    let files = [("export.ndjson", line.as_str())];
    let (_, written, report) = migrate("labelbox", &files);
    assert_eq!(report.losses, []);
    assert_eq!(
        said("labelbox", &files),
        [
            "a.png",
            " by ada@x.org",
            "  blurred = \"no\"",
            "  Car {\"type\":\"box\",\"x\":1.0,\"y\":2.0,\"width\":3.0,\"height\":4.0} {\"color\":\"red\"}",
            " by bob@x.org",
            "  blurred = \"no\"",
            "  Car {\"type\":\"box\",\"x\":1.0,\"y\":2.0,\"width\":3.0,\"height\":4.0} {\"color\":\"blue\"}",
        ]
    );
    let text: String = written.files.values().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect();
    for kept in
        ["boss@x.org", "Approve", "consensus_score", "seconds_to_create", "\"workflow_status\":\"DONE\"", "l-bob@x.org"]
    {
        assert!(text.contains(kept), "{kept} in {text}");
    }
}

#[test]
fn doccano_comes_with_a_file_of_each_annotator() {
    let files = [
        (
            "admin.jsonl",
            r#"{"id":1,"text":"Ada was in Rome","source":"web","Comments":["sure?"],"entities":[{"id":4,"label":"PER","start_offset":0,"end_offset":3},{"id":5,"label":"LOC","start_offset":11,"end_offset":15}],"relations":[{"id":1,"from_id":4,"to_id":5,"type":"in"}]}"#,
        ),
        (
            "bob.jsonl",
            r#"{"id":1,"text":"Ada was in Rome","source":"web","Comments":[],"entities":[{"id":9,"label":"PER","start_offset":0,"end_offset":3}],"relations":[]}"#,
        ),
    ];
    let (_, written, report) = migrate("doccano", &files);
    assert_eq!(report.losses, []);
    let text: String = written.files.values().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect();
    for kept in ["\"annotator\":\"admin\"", "\"annotator\":\"bob\"", "sure?", "\"source\":\"web\""] {
        assert!(text.contains(kept), "{kept} in {text}");
    }
    assert_eq!(
        said("doccano", &files),
        [
            "1 \"Ada was in Rome\"",
            " by admin",
            "  PER \"Ada\"",
            "  LOC \"Rome\"",
            "  s1 -in-> s2",
            " by bob",
            "  PER \"Ada\"",
        ]
    );
}

#[test]
fn prodigy_comes_with_annotators_decisions_and_scores() {
    let line = |who: &str, label: &str, answer: &str| {
        format!(
            r#"{{"text":"Ada was in Rome","_input_hash":7,"_task_hash":8,"_annotator_id":"{who}","_session_id":"db-{who}","_view_id":"ner_manual","_timestamp":1700000000,"meta":{{"source":"web"}},"spans":[{{"start":0,"end":3,"token_start":0,"token_end":0,"label":"{label}","score":0.5}}],"answer":"{answer}"}}"#
        )
    };
    let text = [line("ada", "PER", "accept"), line("bob", "ORG", "accept")].join("\n");
    let files = [("db.jsonl", text.as_str())];
    let (reading, written, report) = migrate("prodigy", &files);
    assert_eq!(report.losses, []);
    assert_eq!(
        said("prodigy", &files),
        ["7 \"Ada was in Rome\"", " by ada", "  PER \"Ada\"", " by bob", "  ORG \"Ada\""]
    );
    assert_eq!(reading.records[0].answers[1].answer.regions[0].score, Some(0.5));
    let text: String = written.files.values().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect();
    for kept in
        ["\"_annotator_id\":\"bob\"", "\"answer\":\"accept\"", "\"_view_id\":\"ner_manual\"", "\"source\":\"web\""]
    {
        assert!(text.contains(kept), "{kept} in {text}");
    }
}
