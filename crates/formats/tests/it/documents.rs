//! Formats of documents against files of the programs that write them, and both ways.

use crate::support::{read, write};
use labelwright_core::{
    Answer, Geometry, LabelSchema, Region, Relation, Target, Value,
    document::{LayerBuilder, TextLayer},
    geometry::{BoxShape, Span},
};
use labelwright_formats::{Data, ExportItem, MemoryView, Record, SourcedAnswer, detect, format, item_of};
use std::collections::BTreeMap;

const PICTURE: &[u8] = include_bytes!("../data/receipt.png");
const HOCR: &[u8] = include_bytes!("../data/receipt.hocr");
const ALTO: &[u8] = include_bytes!("../data/receipt.xml");

fn view(files: &[(&str, &[u8])]) -> MemoryView {
    MemoryView { files: files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect() }
}

fn only(id: &str, view: &MemoryView) -> Record {
    let reading = read(format(id).unwrap(), view);
    assert!(reading.problems.is_empty() && reading.stopped.is_none(), "{:?} {:?}", reading.problems, reading.stopped);
    let [record] = reading.records.try_into().unwrap();
    record
}

fn problem(id: &str, files: &[(&str, &[u8])]) -> (String, &'static str) {
    let reading = read(format(id).unwrap(), &view(files));
    let [error] = reading.problems.try_into().unwrap();
    (error.place, error.code)
}

#[test]
fn tesseracts_words_come_with_their_boxes_in_both_of_its_formats() {
    let hocr = only("hocr", &view(&[("receipt.png", PICTURE), ("receipt.hocr", HOCR)]));
    let alto = only("alto", &view(&[("receipt.png", PICTURE), ("receipt.xml", ALTO)]));
    for record in [&hocr, &alto] {
        assert_eq!((record.key.as_str(), &record.data), ("receipt.png", &Data::File("receipt.png".into())));
        assert_eq!(record.size, Some([620, 560]));
        let layer = record.layer.as_deref().unwrap();
        assert!(layer.is_sound());
        assert!(
            layer.text.starts_with("Corner Shop\n12 Quay Street, Bristol\nDate 2026-03-02 17:45\n"),
            "{}",
            layer.text
        );
        let word = layer.pages[0].words[3];
        assert_eq!((word.bounds, word.line, word.score), ([103.0, 106.0, 159.0, 129.0], 1, Some(0.96)));
    }
    assert_eq!(hocr.layer.unwrap().text, alto.layer.unwrap().text);
}

#[test]
fn each_is_recognised() {
    let page = br#"<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"><Page/></PcGts>"#;
    let form =
        br#"{"form": [{"box": [1, 2, 3, 4], "text": "", "label": "other", "words": [], "linking": [], "id": 0}]}"#;
    for (id, files) in [
        ("hocr", [("receipt.png", PICTURE), ("receipt.hocr", HOCR)]),
        ("alto", [("receipt.png", PICTURE), ("receipt.xml", ALTO)]),
        ("page-xml", [("a.png", PICTURE), ("a.xml", &page[..])]),
        ("funsd", [("images/a.png", PICTURE), ("annotations/a.json", &form[..])]),
        ("documents", [("a.pdf", &b"%PDF"[..]), ("b.pdf", &b"%PDF"[..])]),
    ] {
        assert_eq!(detect(&view(&files)).unwrap().0.id, id);
    }
}

/// The form of the data set's own description, shortened.
const FORM: &str = r#"{"form": [
    {"box": [84, 109, 136, 119], "text": "COMPOUND", "label": "question",
     "words": [{"box": [84, 109, 136, 119], "text": "COMPOUND"}], "linking": [[0, 37]], "id": 0},
    {"box": [85, 110, 200, 141], "text": "Dose per day", "label": "answer", "words": [
       {"box": [85, 110, 119, 120], "text": "Dose"}, {"box": [124, 110, 150, 120], "text": "per"},
       {"box": [85, 130, 110, 141], "text": "day"}], "linking": [[0, 37]], "id": 37},
    {"box": [300, 300, 340, 320], "text": "", "label": "answer", "words": [{"box": [300, 300, 340, 320], "text": ""}],
     "linking": [], "id": 5}]}"#;

#[test]
fn a_form_of_funsd_is_spans_boxes_and_links() {
    let record = only("funsd", &view(&[("images/0001.png", PICTURE), ("annotations/0001.json", FORM.as_bytes())]));
    assert_eq!(record.key, "0001.png");
    assert_eq!(record.layer.as_deref().unwrap().text, "COMPOUND\n\nDose per\nday");
    let answer = &record.answers[0].answer;
    let [question, dose, empty] = answer.regions.as_slice() else { panic!("{:?}", answer.regions) };
    assert_eq!((question.class.as_str(), &question.geometry), ("question", &Geometry::Span(Span::new(0, 8))));
    assert_eq!((dose.class.as_str(), &dose.geometry), ("answer", &Geometry::Span(Span::new(10, 22))));
    assert_eq!((empty.target, empty.geometry.kind().as_str()), (Target::Page(0), "box"));
    let [link] = answer.relations.as_slice() else { panic!("{:?}", answer.relations) };
    assert_eq!((link.relation.as_str(), link.from.as_str(), link.to.as_str()), ("linked", "e0", "e37"));
}

fn region(id: &str, class: &str, target: Target, geometry: Geometry) -> Region {
    Region { id: id.into(), target, geometry, class: class.into(), attributes: BTreeMap::new(), score: None }
}

/// A document of two pages with words, a span, two boxes and a link.
fn letter() -> (LabelSchema, ExportItem, TextLayer) {
    let schema = r##"{"name": "Forms", "modality": "document", "classes": [
        {"id": "question", "title": "Question", "geometry": ["span", "box"], "color": "#0072B2"},
        {"id": "answer", "title": "Answer", "geometry": ["span", "box"], "color": "#E69F00"}],
        "relations": [{"id": "linked", "title": "linked"}]}"##;
    let schema = LabelSchema::parse(schema).unwrap();
    let mut builder = LayerBuilder::default();
    builder.page(100.0, 200.0);
    builder.word("Name:", [10.0, 10.0, 40.0, 20.0], 0, 0, None);
    builder.word("Zoë", [45.0, 10.0, 60.0, 20.0], 0, 0, None);
    builder.word("left", [10.0, 100.0, 30.0, 110.0], 1, 1, None);
    builder.page(100.0, 200.0);
    builder.word("over", [10.0, 10.0, 30.0, 20.0], 0, 0, None);
    let layer = builder.finish();
    let mut answer = Answer::default();
    answer.regions.push(region("a", "question", Target::Item, Geometry::Span(Span::new(0, 5))));
    let around = |x: f64, width: f64| Geometry::Box(BoxShape { x, y: 8.0, width, height: 14.0 });
    answer.regions.push(region("b", "answer", Target::Page(0), around(44.0, 20.0)));
    let mut over = region("c", "answer", Target::Page(1), around(8.0, 24.0));
    over.attributes.insert("text".into(), Value::Text("OVER & out".into()));
    answer.regions.push(over);
    let (id, relation) = ("r".to_owned(), "linked".to_owned());
    answer.relations.push(Relation { id, relation, from: "a".into(), to: "b".into(), attributes: BTreeMap::new() });
    let mut item = ExportItem::new("letter.png", labelwright_core::Modality::Document);
    item.layer = Some(Box::new(layer.clone()));
    item.answers.push(SourcedAnswer::new("ann", answer));
    (schema, item, layer)
}

#[test]
fn funsd_is_a_form_a_page_and_comes_back() {
    let (schema, item, _) = letter();
    let (view, report) = write(format("funsd").unwrap(), &schema, std::slice::from_ref(&item));
    assert!(report.losses.is_empty(), "{:?}", report.losses);
    let names: Vec<&str> = view.files.keys().map(String::as_str).collect();
    assert_eq!(names, ["annotations/letter-1.json", "annotations/letter-2.json"]);
    let reading = read(format("funsd").unwrap(), &view);
    let [first, second] = reading.records.try_into().unwrap();
    assert_eq!(first.layer.as_deref().unwrap().text, "Name:\n\nZoë\n\nleft");
    let told: Vec<(&str, &str)> = first.answers[0]
        .answer
        .regions
        .iter()
        .map(|region| (region.class.as_str(), region.geometry.kind().as_str()))
        .collect();
    assert_eq!(told, [("question", "span"), ("answer", "span"), ("other", "span")]);
    assert_eq!(first.answers[0].answer.relations.len(), 1);
    assert_eq!(second.answers[0].answer.regions[0].class, "answer");
}

#[test]
fn page_xml_is_regions_with_text_and_comes_back() {
    let (schema, item, layer) = letter();
    let (view, report) = write(format("page-xml").unwrap(), &schema, std::slice::from_ref(&item));
    let codes: Vec<&str> = report.losses.iter().map(|loss| loss.code.as_str()).collect();
    assert_eq!(codes, ["geometry", "relations"], "the span, and the link that has lost its end");
    let reading = read(format("page-xml").unwrap(), &view);
    assert!(reading.problems.is_empty(), "{:?}", reading.problems);
    let [first, second] = reading.records.try_into().unwrap();
    let [region] = first.answers[0].answer.regions.as_slice() else { panic!("{:?}", first.answers) };
    let wanted = item.answers[0].answer.regions[1].geometry.clone();
    assert_eq!((region.class.as_str(), &region.geometry), ("answer", &wanted));
    assert_eq!(region.attributes["text"], Value::Text("Zoë".into()));
    assert_eq!(second.answers[0].answer.regions[0].attributes["text"], Value::Text("OVER & out".into()));
    let words = |layer: &TextLayer| layer.pages.iter().map(|page| page.words.len()).sum::<usize>();
    assert_eq!(words(first.layer.as_deref().unwrap()) + words(second.layer.as_deref().unwrap()), words(&layer));
}

#[test]
fn the_own_format_keeps_the_words_of_pictures_and_others_count_them() {
    let (schema, mut item, layer) = letter();
    item.media = Some("source".into());
    let (view, report) = write(format("native").unwrap(), &schema, std::slice::from_ref(&item));
    assert!(report.losses.is_empty(), "{:?}", report.losses);
    let mut files = view;
    files.files.insert("letter.png".into(), PICTURE.to_vec());
    files.files.retain(|name, _| name.ends_with(".jsonl") || name.ends_with(".png"));
    let record = read(format("native").unwrap(), &files).records.remove(0);
    assert_eq!(record.layer.as_deref(), Some(&layer));
    assert_eq!(item_of(record, &files).unwrap().modality, labelwright_core::Modality::Document);
    let (_, report) = write(format("label-facts").unwrap(), &schema, &[item]);
    assert!(report.losses.iter().any(|loss| loss.code == "layer"), "{:?}", report.losses);
}

#[test]
fn bad_files_say_where_they_are_wrong() {
    assert_eq!(problem("hocr", &[("a.hocr", b"<html><body/></html>")]), ("a.hocr".into(), "no_pages"));
    assert_eq!(problem("hocr", &[("a.hocr", b"<html><div class='ocr_page'>")]).1, "malformed");
    assert_eq!(problem("hocr", &[("a.hocr", b"<html><div class='ocr_page' title='ppageno 0'/></html>")]).1, "no_size");
    assert_eq!(problem("alto", &[("a.xml", b"<alto><Layout/></alto>")]).1, "no_pages");
    assert_eq!(problem("alto", &[("a.xml", b"<alto><Layout><Page/></Layout></alto>")]).1, "no_size");
    assert_eq!(problem("page-xml", &[("a.xml", b"<PcGts/>")]).1, "no_pages");
    let flat = br#"<PcGts><Page imageWidth="9" imageHeight="9"><TextRegion id="r"><Coords points="1,1 2,2"/></TextRegion></Page></PcGts>"#;
    assert_eq!(problem("page-xml", &[("a.xml", flat)]), (r#"a.xml: TextRegion "r""#.into(), "bad_outline"));
    assert_eq!(problem("funsd", &[("a.json", br#"{"form": [{"label": "other"}]}"#)]).1, "malformed");
    let twice = FORM.replace("\"id\": 37", "\"id\": 0");
    assert_eq!(problem("funsd", &[("a.json", twice.as_bytes())]), ("a.json: form[1]".into(), "duplicate_id"));
    let words =
        read(format("documents").unwrap(), &view(&[("a.docx", b"PK"), ("b.pdf", b""), ("c.png", b"no picture")]));
    let codes: Vec<&str> = words.problems.iter().map(|error| error.code).collect();
    assert_eq!(codes, ["other_kind", "empty_file", "not_an_image"]);
}
