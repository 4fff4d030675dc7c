//! Label Studio's templates for text on pictures: boxes, polygons and strokes with what stands there, in and out the same
//! way; and controls that the schema does not have.

use crate::support::{read, write, write_with};
use labelwright_core::{
    Answer, Geometry, GeometryKind, LabelSchema, Modality, Region, Target, Value,
    document::LayerBuilder,
    geometry::{BoxShape, Span},
    schema::FieldKind,
};
use labelwright_formats::{Collector, ExportItem, Found, MemoryView, Next, Options, SourcedAnswer, format, item_of};
use serde_json::{Value as Json, json};

fn view(files: &[(&str, &str)]) -> MemoryView {
    MemoryView { files: files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect() }
}

/// Whole numbers and others are the same here.
fn plain(value: &Json) -> Json {
    match value {
        Json::Number(number) => json!(number.as_f64()),
        Json::Array(list) => list.iter().map(plain).collect(),
        Json::Object(map) => map.iter().map(|(key, value)| (key.clone(), plain(value))).collect(),
        other => other.clone(),
    }
}

/// What counts of the results of the first annotation, sorted.
fn results(tasks: &Json) -> Vec<Json> {
    let list = tasks[0]["annotations"][0]["result"].as_array().unwrap();
    let keys = ["id", "type", "from_name", "to_name", "value"];
    let mut list: Vec<Json> = list.iter().map(|one| keys.iter().map(|key| plain(&one[*key])).collect()).collect();
    list.sort_by_key(Json::to_string);
    list
}

/// Reads a configuration and one task with these results, and writes both: they are the same again. Schema and answer.
fn there_and_back(config: &str, result: &Json) -> (LabelSchema, Answer) {
    back_with("a.png", config, result)
}

fn back_with(name: &str, config: &str, result: &Json) -> (LabelSchema, Answer) {
    let data = format!("/data/upload/1/0a1b2c3d-{name}");
    let tasks = json!([{"id": 1, "data": {"ocr": data}, "annotations": [{"result": result}]}]);
    let files = view(&[("config.xml", config), ("tasks.json", &tasks.to_string()), (name, "x")]);
    let mut reading = read(format("label-studio").unwrap(), &files);
    assert_eq!(reading.problems, []);
    let found = reading.schema.take().unwrap();
    let record = reading.records.remove(0);
    let answer = record.answers[0].answer.clone();
    let items = [item_of(record, &files).unwrap()];
    let extras = found.extras.as_deref();
    let (out, report) = write_with(format("label-studio").unwrap(), &found.schema, &items, &Options::default(), extras);
    assert_eq!(report.losses, []);
    let written: Json = serde_json::from_slice(&out.files["tasks.json"]).unwrap();
    assert_eq!(results(&written), results(&tasks));
    assert_eq!(String::from_utf8_lossy(&out.files["label_config.xml"]), config);
    (found.schema, answer)
}

/// The template of the documentation (HumanSignal/label-studio, optical_character_recognition).
const TEMPLATE: &str = r#"<View><Image name="image" value="$ocr"/>
<Labels name="label" toName="image"><Label value="Text" background="green"/><Label value="Handwriting" background="blue"/></Labels>
<Rectangle name="bbox" toName="image" strokeWidth="3"/><Polygon name="poly" toName="image" strokeWidth="3"/><Brush name="brush" toName="image"/>
<TextArea name="transcription" toName="image" editable="true" perRegion="true" required="true" maxSubmissions="1" rows="5" placeholder="Recognized Text" displayMode="region-list"/><Relations><Relation value="belongs to"/></Relations></View>"#;

/// An item of a region with the place it has in all of its items.
fn one(id: &str, from: &str, kind: &str, place: &Json, more: Json) -> Json {
    let mut value = place.clone();
    value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({"id": id, "from_name": from, "to_name": "image", "type": kind, "value": value,
        "original_width": 200, "original_height": 100, "image_rotation": 0})
}

fn said<'a>(answer: &'a Answer, id: &str) -> (&'a str, GeometryKind, Option<&'a Value>) {
    let region = answer.regions.iter().find(|region| region.id == id).unwrap();
    (&region.class, region.geometry.kind(), region.attributes.get("transcription"))
}

#[test]
fn the_template_for_text_on_pictures_comes_in_as_regions_with_transcripts_and_goes_out_the_same_way() {
    let rectangle = json!({"x": 10, "y": 20, "width": 30, "height": 40, "rotation": 0});
    let polygon = json!({"points": [[10, 10], [50, 10], [50, 60]], "closed": true});
    let stroke = json!({"format": "rle", "rle": rle()});
    let result = json!([
        one("a", "bbox", "rectangle", &rectangle, json!({})),
        one("a", "label", "labels", &rectangle, json!({"labels": ["Text"]})),
        one("a", "transcription", "textarea", &rectangle, json!({"text": ["two lines", "of text"]})),
        // The order of the items of a region says nothing.
        one("b", "transcription", "textarea", &polygon, json!({"text": ["slanted"]})),
        one("b", "label", "labels", &polygon, json!({"labels": ["Handwriting"]})),
        one("b", "poly", "polygon", &polygon, json!({})),
        // Nobody has said what it is.
        one("c", "bbox", "rectangle", &rectangle, json!({})),
        one("c", "transcription", "textarea", &rectangle, json!({"text": ["unlabeled"]})),
        one("d", "brush", "brush", &stroke, json!({})),
        one("d", "label", "labels", &stroke, json!({"labels": ["Text"]})),
        one("d", "transcription", "textarea", &stroke, json!({"text": ["brushed"]}))
    ]);
    let (schema, answer) = there_and_back(TEMPLATE, &result);
    let text = |text: &str| Value::Text(text.to_owned());
    assert_eq!(said(&answer, "a"), ("Text", GeometryKind::Box, Some(&text("two lines\nof text"))));
    assert_eq!(said(&answer, "b"), ("Handwriting", GeometryKind::Polygon, Some(&text("slanted"))));
    assert_eq!(said(&answer, "c"), ("region", GeometryKind::Box, Some(&text("unlabeled"))));
    assert_eq!(said(&answer, "d"), ("Text", GeometryKind::Mask, Some(&text("brushed"))));
    let classes: Vec<&str> = schema.classes.iter().map(|class| class.id.as_str()).collect();
    assert_eq!(classes, ["Text", "Handwriting", "region"]);
    for class in &schema.classes {
        use GeometryKind as K;
        assert_eq!(class.geometry, [K::Box, K::RotatedBox, K::Polygon, K::Mask]);
        assert!(matches!(class.attributes[0].kind, FieldKind::Transcript { .. }) && class.attributes[0].required);
    }
}

/// The bytes of a stroke on a picture of 200 x 100, as the format itself writes them.
fn rle() -> Json {
    let mask = labelwright_core::geometry::Mask::of_rings(&[vec![[2.0, 2.0], [9.0, 2.0], [9.0, 9.0]]], 200, 100);
    let mut item = ExportItem::new("a.png", Modality::Image);
    item.size = Some([200, 100]);
    let schema = r##"{"name": "n", "modality": "image", "classes": [{"id": "c", "title": "c", "geometry": ["mask"], "color": "#0072B2"}]}"##;
    item.answers.push(answered(vec![region("r", "c", Target::Item, Geometry::Mask(mask))]));
    let (view, _) = write(format("label-studio").unwrap(), &LabelSchema::parse(schema).unwrap(), &[item]);
    let tasks: Json = serde_json::from_slice(&view.files["tasks.json"]).unwrap();
    tasks[0]["annotations"][0]["result"][0]["value"]["rle"].clone()
}

fn region(id: &str, class: &str, target: Target, geometry: Geometry) -> Region {
    Region { id: id.into(), target, geometry, class: class.into(), attributes: Default::default(), score: None }
}

fn answered(regions: Vec<Region>) -> SourcedAnswer {
    SourcedAnswer::new("ann", Answer { regions, ..Answer::default() })
}

#[test]
fn labels_that_draw_have_transcripts_too() {
    let config = r#"<View><Image name="image" value="$ocr"/><RectangleLabels name="label" toName="image"><Label value="Total"/></RectangleLabels>
<PolygonLabels name="outline" toName="image"><Label value="Total"/></PolygonLabels><BrushLabels name="ink" toName="image"><Label value="Ink"/></BrushLabels>
<TextArea name="transcription" toName="image" perRegion="true"/></View>"#;
    let rectangle = json!({"x": 50, "y": 20, "width": 10, "height": 20, "rotation": 0});
    let polygon = json!({"points": [[10, 10], [50, 10], [50, 60]], "closed": true});
    let stroke = json!({"format": "rle", "rle": rle()});
    let (_, answer) = there_and_back(
        config,
        &json!([
            one("a", "label", "rectanglelabels", &rectangle, json!({"rectanglelabels": ["Total"]})),
            one("a", "transcription", "textarea", &rectangle, json!({"text": ["12.50"]})),
            one("b", "outline", "polygonlabels", &polygon, json!({"polygonlabels": ["Total"]})),
            one("b", "transcription", "textarea", &polygon, json!({"text": ["7"]})),
            one("c", "ink", "brushlabels", &stroke, json!({"brushlabels": ["Ink"]})),
            one("c", "transcription", "textarea", &stroke, json!({"text": ["signed"]}))
        ]),
    );
    let text = |text: &str| Value::Text(text.to_owned());
    assert_eq!(said(&answer, "a"), ("Total", GeometryKind::Box, Some(&text("12.50"))));
    assert_eq!(said(&answer, "b"), ("Total", GeometryKind::Polygon, Some(&text("7"))));
    assert_eq!(said(&answer, "c"), ("Ink", GeometryKind::Mask, Some(&text("signed"))));
}

#[test]
fn labels_for_text_of_documents_have_it_in_their_own_value() {
    let config = r#"<View><Image name="image" value="$ocr"/><OcrLabels name="words" toName="image"><Label value="Name"/></OcrLabels></View>"#;
    let place = json!({"x": 10, "y": 20, "width": 30, "height": 40, "rotation": 0});
    let (schema, answer) = there_and_back(
        config,
        &json!([
            one("a", "words", "ocrlabels", &place, json!({"ocrlabels": ["Name"], "ocrtext": "Zoë"})),
            one("b", "words", "ocrlabels", &place, json!({"ocrlabels": ["Name"]}))
        ]),
    );
    assert_eq!(answer.regions[0].attributes["text"], Value::Text("Zoë".into()));
    assert!(answer.regions[1].attributes.is_empty());
    let [field] = schema.classes[0].attributes.as_slice() else { panic!("{schema:?}") };
    assert_eq!((field.id.as_str(), field.kind.clone()), ("text", FieldKind::Transcript { max_chars: None }));
}

#[test]
fn a_pdf_goes_back_as_it_came_with_its_fields() {
    let config = r#"<View><Pdf name="image" value="$ocr"/><OcrLabels name="words" toName="image"><Label value="Name"/></OcrLabels>
<TextArea name="note" toName="image"/></View>"#;
    let place = json!({"x": 10, "y": 20, "width": 30, "height": 40, "rotation": 0});
    let note = json!({"id": "field0", "from_name": "note", "to_name": "image", "type": "textarea", "value": {"text": ["a", "b"]}});
    let label = one("a", "words", "ocrlabels", &place, json!({"ocrlabels": ["Name"], "ocrtext": "Zoë"}));
    let (schema, answer) = back_with("a.pdf", config, &json!([label, note]));
    assert_eq!((schema.modality, &answer.fields["note"]), (Modality::Document, &Value::Text("a\nb".into())));
}

#[test]
fn what_the_schema_does_not_have_is_a_problem_with_its_place_and_not_silence() {
    let config = r#"<View><Image name="image" value="$ocr"/><Filter name="f" toName="l"/><Magicwand name="w" toName="image"/>
<RectangleLabels name="l" toName="image"><Label value="A"/></RectangleLabels>
<ReactCode name="own" toName="image"/><Ranker name="order" toName="image"/><CubeLabels name="cube" toName="image"><Label value="B"/></CubeLabels></View>"#;
    let files = view(&[("c.xml", config), ("t.json", "[]")]);
    let reading = read(format("label-studio").unwrap(), &files);
    let told: Vec<(&str, &str)> =
        reading.problems.iter().map(|problem| (problem.place.as_str(), problem.code)).collect();
    assert_eq!(
        told,
        [
            ("c.xml: ReactCode \"own\"", "unknown_control"),
            ("c.xml: Ranker \"order\"", "unknown_control"),
            ("c.xml: CubeLabels \"cube\"", "unknown_control"),
        ]
    );
    let alone =
        r#"<View><Image name="image" value="$ocr"/><Labels name="l" toName="image"><Label value="A"/></Labels></View>"#;
    let reading = read(format("label-studio").unwrap(), &view(&[("c.xml", alone), ("t.json", "[]")]));
    assert_eq!(reading.problems[0].code, "no_tool");
}

#[test]
fn what_is_declared_twice_is_one() {
    let mut collector = Collector::default();
    let files = view(&[("config.xml", TEMPLATE), ("tasks.json", "[]")]);
    let outcome = format("label-studio").unwrap().read.unwrap()(&files, &Default::default(), &mut |found| {
        let Found::Schema(schema) = found else { panic!("{found:?}") };
        collector.schema(*schema);
        Next::GoOn
    });
    assert!(outcome.is_ok());
    let schema = collector.finish().schema;
    assert_eq!((schema.classes.len(), schema.relations.len()), (2, 1));
}

#[test]
fn a_schema_that_is_no_longer_that_of_the_configuration_gets_a_new_one() {
    let files = view(&[("config.xml", TEMPLATE), ("tasks.json", "[]")]);
    let found = read(format("label-studio").unwrap(), &files).schema.unwrap();
    let mut schema = found.schema.clone();
    schema.classes.remove(0);
    let extras = found.extras.as_deref();
    let (out, _) = write_with(format("label-studio").unwrap(), &schema, &[], &Options::default(), extras);
    let text = String::from_utf8_lossy(&out.files["label_config.xml"]);
    assert!(!text.contains("\"Text\"") && text.contains("Handwriting"), "{text}");
}

#[test]
fn a_document_that_is_one_picture_goes_out_as_that_picture_and_others_are_counted() {
    let schema = r##"{"name": "n", "modality": "document", "classes": [{"id": "total", "title": "Total", "geometry": ["box", "span"],
        "color": "#0072B2", "attributes": [{"id": "text", "title": "Text", "kind": {"type": "transcript"}}]}]}"##;
    let schema = LabelSchema::parse(schema).unwrap();
    let document = |key: &str, pages: usize| {
        let mut builder = LayerBuilder::default();
        for _ in 0..pages {
            builder.page(200.0, 100.0);
            builder.word("12.50", [20.0, 20.0, 60.0, 40.0], 0, 0, None);
        }
        let shape = BoxShape { x: 20.0, y: 20.0, width: 40.0, height: 20.0 };
        let mut on_page = region("a", "total", Target::Page(0), Geometry::Box(shape));
        on_page.attributes.insert("text".into(), Value::Text("12.50".into()));
        let span = region("b", "total", Target::Item, Geometry::Span(Span::new(0, 5)));
        let mut item = ExportItem::new(key, Modality::Document);
        item.layer = Some(Box::new(builder.finish()));
        item.answers.push(answered(vec![on_page, span]));
        item
    };
    let items = [document("a.png", 1), document("b.png", 2), document("c.pdf", 1)];
    for id in ["label-studio", "label-studio-min"] {
        let (view, report) = write(format(id).unwrap(), &schema, &items);
        let lost: Vec<(&str, u64, &[String])> =
            report.losses.iter().map(|loss| (loss.code.as_str(), loss.count, loss.places.as_slice())).collect();
        let key = |name: &str| name.to_owned();
        for wanted in [
            ("layer", 3, &[key("a.png"), key("b.png"), key("c.pdf")][..]),
            ("modality", 2, &[key("b.png"), key("c.pdf")]),
            ("spans", 1, &[key("a.png")]),
        ] {
            assert!(lost.contains(&wanted), "{id}: {lost:?}");
        }
        let reading = read(format(id).unwrap(), &view);
        assert_eq!((reading.records.len(), reading.records[0].key.as_str()), (1, "a.png"));
        let [back] = reading.records[0].answers[0].answer.regions.as_slice() else { panic!("{:?}", reading.records) };
        assert_eq!(back.geometry, items[0].answers[0].answer.regions[0].geometry);
        let kept = (id == "label-studio").then(|| Value::Text("12.50".into()));
        assert_eq!(back.attributes.get("text"), kept.as_ref());
    }
}
