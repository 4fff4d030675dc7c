//! Documents: good ones come in with their words, broken ones cost their own record, answers are held against pages and
//! text, labels go out with the words that they are on.

use crate::support::{counts, worlds};
use labelwright_core::{Action, ItemId, document::TextLayer};
use labelwright_generate::demo::{invoices, pdf::Pdf};
use labelwright_testkit::world::principal;
use labelwright_workflow::freeze::{Answers, Media};
use std::io::{Cursor, Read};

const SCHEMA: &str = r##"{"name": "Forms", "modality": "document", "classes": [
  {"id": "question", "title": "Question", "geometry": ["span", "box"], "color": "#0072B2"},
  {"id": "answer", "title": "Answer", "geometry": ["span", "box"], "color": "#E69F00"}],
  "relations": [{"id": "linked", "title": "linked", "directed": true}]}"##;

const PICTURE: &[u8] = include_bytes!("../../../formats/tests/data/receipt.png");
const HOCR: &[u8] = include_bytes!("../../../formats/tests/data/receipt.hocr");
const LOCKED: &[u8] = include_bytes!("../../../media/tests/data/locked.pdf");

fn letter() -> Vec<u8> {
    let mut pdf = Pdf::new();
    pdf.add_page();
    pdf.text([72.0, 100.0], 12.0, false, "Name: Zo\u{eb}");
    pdf.add_page();
    pdf.text([72.0, 100.0], 12.0, false, "second page");
    pdf.finish()
}

#[tokio::test]
async fn good_documents_come_in_and_broken_ones_say_what_is_wrong() {
    for world in worlds().await {
        let folder = world.file("documents/good.pdf", letter()).parent().unwrap().to_path_buf();
        world.file("documents/page.png", PICTURE);
        world.file("documents/cut.pdf", b"%PDF-1.4\n1 0 obj");
        world.file("documents/locked.pdf", LOCKED);
        world.file("documents/words.pdf", b"these are words");
        let job = world.import_as("documents", &folder, "documents").await;
        assert_eq!(counts(&job), (2, 0, 3), "{}", world.name);
        let mut problems = world.problems(&job).await;
        problems.sort();
        let told: Vec<(&str, &str)> = problems.iter().map(|(place, code)| (place.as_str(), code.as_str())).collect();
        let expected = [("cut.pdf", "damaged"), ("locked.pdf", "encrypted"), ("words.pdf", "not_a_document")];
        assert_eq!(told, expected, "{}", world.name);
        let items = world.items("documents").await;
        let types: Vec<(&str, &str)> =
            items.iter().map(|item| (item.modality.as_str(), item.media_type.as_str())).collect();
        assert_eq!(types, [("document", "application/pdf"), ("document", "image/png")], "{}", world.name);
        let shape: serde_json::Value = serde_json::from_str(&items[0].shape).unwrap();
        assert_eq!((shape["pages"].as_u64(), shape["chars"].as_u64()), (Some(2), Some(22)));
        for item in items {
            let permit = world.workflow.permit_item(&principal(world.owner), ItemId(item.id.0)).await.unwrap();
            assert!(world.workflow.levels(&permit).await.unwrap().bytes > 50, "{}", world.name);
        }
        let report = world.workflow.doctor(|_| {}).await.unwrap();
        assert!(report.findings.is_empty(), "{}: {:?}", world.name, report.findings);
    }
}

#[tokio::test]
async fn the_same_picture_may_have_been_read_twice() {
    for world in worlds().await {
        let other = String::from_utf8(HOCR.to_vec()).unwrap().replace(">Corner<", ">Comer<");
        for (name, hocr) in [("one", HOCR), ("other", other.as_bytes())] {
            let folder = world.file(&format!("{name}/receipt.png"), PICTURE).parent().unwrap().to_path_buf();
            world.file(&format!("{name}/receipt.hocr"), hocr);
            assert_eq!(counts(&world.import_as(name, &folder, "hocr").await), (1, 0, 0), "{}", world.name);
        }
        let mut layers = Vec::new();
        for name in ["one", "other"] {
            let [item] = world.items(name).await.try_into().unwrap();
            let shape: serde_json::Value = serde_json::from_str(&item.shape).unwrap();
            layers.push(shape["layer"].as_str().unwrap().to_owned());
        }
        assert_ne!(layers[0], layers[1], "{}", world.name);
    }
}

#[tokio::test]
async fn answers_are_held_against_pages_and_text_and_go_out_with_their_words() {
    for world in worlds().await {
        let folder = world.file("labeled/letter.pdf", letter()).parent().unwrap().to_path_buf();
        assert_eq!(counts(&world.import_as("letters", &folder, "documents").await), (1, 0, 0), "{}", world.name);
        let owner = principal(world.owner);
        let project = world.project("Forms", SCHEMA, "letters").await;
        let permit = world.workflow.permit_project(&owner, project, Action::ManageProject).await.unwrap();
        let assignment = world.workflow.next(&permit, 1).await.unwrap().assignments.remove(0);
        let region = |geometry: &str, target: &str| {
            format!(r#"{{"regions":[{{"id":"a","class":"question","geometry":{geometry}{target}}}]}}"#)
        };
        let span = r#"{"type":"span","ranges":[[0,99]]}"#;
        let around = r#"{"type":"box","x":70,"y":90,"width":600,"height":20}"#;
        let small = r#"{"type":"box","x":70,"y":90,"width":60,"height":20}"#;
        for (answer, word) in [
            (region(span, ""), "22 characters"),
            (region(around, r#","target":{"page":0}"#), "595.28"),
            (region(small, ""), "page"),
            (region(small, r#","target":{"page":2}"#), "0 to 1"),
            (region(r#"{"type":"span","ranges":[[0,4]]}"#, r#","target":{"page":0}"#), "names nothing"),
        ] {
            let refused = world.submit(assignment.task, assignment.epoch, &answer).await;
            let error = refused.unwrap_err().to_string();
            assert!(error.contains(word), "{}: {word}: {error}", world.name);
        }
        let answer = r#"{"regions":[
            {"id":"a","class":"question","geometry":{"type":"span","ranges":[[0,5]]}},
            {"id":"b","class":"answer","geometry":{"type":"box","x":105,"y":88,"width":30,"height":18},"target":{"page":0}}],
            "relations":[{"id":"r","relation":"linked","from":"a","to":"b"}]}"#;
        world.submit(assignment.task, assignment.epoch, answer).await.unwrap();
        let options = Default::default();
        let exported = world.workflow.export_as_operator(project, "funsd", Answers::All, Media::None, options).await;
        let mut bytes = Vec::new();
        exported.unwrap().0.read_to_end(&mut bytes).unwrap();
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut text = String::new();
        archive.by_name("annotations/letter-1.json").unwrap().read_to_string(&mut text).unwrap();
        let form: serde_json::Value = serde_json::from_str(&text).unwrap();
        let told: Vec<(&str, &str)> = form["form"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entity| (entity["label"].as_str().unwrap(), entity["text"].as_str().unwrap()))
            .collect();
        assert_eq!(told, [("question", "Name:"), ("answer", "Zo\u{eb}")], "{}", world.name);
        assert_eq!(form["form"][0]["linking"], serde_json::json!([[0, 1]]), "{}", world.name);
    }
}

/// What is said to stand in an invoice is what a reader finds there.
#[test]
fn marks_of_the_demo_are_words_of_its_files() {
    for index in 0..20 {
        let invoice = invoices::write(index);
        let layer: TextLayer = labelwright_media::document::read(invoice.pdf).unwrap();
        for mark in &invoice.marks {
            assert!(layer.text.contains(&mark.text), "{index}: {:?} in {:?}", mark.text, layer.text);
        }
    }
}
