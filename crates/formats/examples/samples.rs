//! Writes the same items in formats of text and sound into a folder, for readers of others to open:
//! `scripts/check_text_formats.py`.

#![allow(clippy::unwrap_used)]

use labelwright_core::{Answer, LabelSchema, Modality, document::LayerBuilder};
use labelwright_formats::{ArchiveSink, ExportItem, Head, MemorySink, Options, SourcedAnswer, format};
use std::io::{self, Write};

/// Has the same picture for every item.
#[derive(Default)]
struct Pictures(MemorySink);

impl Write for Pictures {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl ArchiveSink for Pictures {
    fn begin(&mut self, name: &str) -> io::Result<()> {
        self.0.begin(name)
    }

    /// 8 x 6 pixels of grey.
    fn data(&mut self, _: &str) -> io::Result<Option<Vec<u8>>> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, 8, 6);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.write_header()?.write_image_data(&[128; 48])?;
        Ok(Some(bytes))
    }
}

fn schema(modality: &str, geometry: &str, classes: &[&str]) -> LabelSchema {
    let classes: Vec<serde_json::Value> = classes
        .iter()
        .map(|id| serde_json::json!({"id": id, "title": id, "geometry": [geometry], "color": "#000000"}))
        .collect();
    serde_json::from_value(serde_json::json!({"name": "n", "modality": modality, "classes": classes})).unwrap()
}

fn item(key: &str, modality: Modality, text: Option<&str>, answer: &str) -> ExportItem {
    let answer: Answer = serde_json::from_str(answer).unwrap();
    let mut item = ExportItem::new(key, modality);
    item.text = text.map(str::to_owned);
    item.answers.push(SourcedAnswer::new("ann", answer));
    item
}

fn main() {
    let folder = std::path::PathBuf::from(std::env::args().nth(1).unwrap());
    let write_into = |place: &str, id: &str, schema: &LabelSchema, item: &ExportItem| {
        let (mut sink, options) = (Pictures::default(), Options::default());
        let head = Head::new("project", schema, &options);
        format(id).unwrap().write_to(&head, &mut std::iter::once(item.clone()), &mut sink).unwrap();
        for (name, bytes) in sink.0.into_files() {
            let path = folder.join(place).join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
    };
    let write = |id: &str, schema: &LabelSchema, item: &ExportItem| write_into(id, id, schema, item);
    let words = r#"{"fields":{"cats":["good"]},"regions":[
        {"id":"a","geometry":{"type":"span","ranges":[[0,3]]},"class":"PER"},
        {"id":"b","geometry":{"type":"span","ranges":[[13,17]]},"class":"LOC"}]}"#;
    let text = item("t", Modality::Text, Some("Zoë 👩\u{200d}👧 left Lyon"), words);
    for id in ["spacy", "conllu", "doccano", "uima-xmi", "web-annotation", "hugging-face", "webdataset"] {
        write(id, &schema("text", "span", &["PER", "LOC"]), &text);
    }
    let turns = r#"{"regions":[
        {"id":"a","geometry":{"type":"interval","start":500,"end":1250},"class":"ann","attributes":{"text":"he said \"hi\""}},
        {"id":"b","geometry":{"type":"interval","start":2000,"end":3500},"class":"bob","attributes":{"text":"fine"}}]}"#;
    let sound = item("a.wav", Modality::Audio, None, turns);
    for id in ["textgrid", "elan", "srt", "webvtt", "rttm"] {
        write(id, &schema("audio", "interval", &["ann", "bob"]), &sound);
    }
    let tree = r##"{"name":"n","modality":"audio","classes":[
        {"id":"turn","title":"T","geometry":["interval"],"color":"#000000"},
        {"id":"word","title":"W","geometry":["interval"],"color":"#000001","parent":{"class":"turn","constraint":"time_subdivision"}},
        {"id":"gloss","title":"G","geometry":["interval"],"color":"#000002","parent":{"class":"word","constraint":"symbolic_association"}}]}"##;
    let nested = r#"{"regions":[
        {"id":"t","geometry":{"type":"interval","start":500,"end":1500},"class":"turn","attributes":{"text":"hi you"}},
        {"id":"a","geometry":{"type":"interval","start":500,"end":900},"class":"word","attributes":{"text":"hi"}},
        {"id":"b","geometry":{"type":"interval","start":900,"end":1500},"class":"word","attributes":{"text":"you"}},
        {"id":"g","geometry":{"type":"interval","start":900,"end":1500},"class":"gloss","attributes":{"text":"PRON"}}]}"#;
    let sound = item("a.wav", Modality::Audio, None, nested);
    write_into("elan-tiers", "elan", &LabelSchema::parse(tree).unwrap(), &sound);
    // Column by column: 8 x 6 pixels with columns 2 to 4 and rows 1 to 3 lit.
    let mask = r#"{"regions":[{"id":"m","geometry":{"type":"mask","width":8,"height":6,"counts":[13,3,3,3,3,3,20]},"class":"c"}]}"#;
    let mut picture = item("a.png", Modality::Image, None, mask);
    picture.size = Some([8, 6]);
    write("label-studio", &schema("image", "mask", &["c"]), &picture);
    let boxes = r#"{"regions":[{"id":"m","geometry":{"type":"box","x":1,"y":2,"width":3,"height":4},"class":"c"}]}"#;
    let mut picture = item("b.png", Modality::Image, None, boxes);
    picture.size = Some([8, 6]);
    for id in ["tfrecord", "label-facts", "coco-results"] {
        write(id, &schema("image", "box", &["c"]), &picture);
    }
    // Two objects: one moves from frame 0 to 2, one is there in the last two frames.
    let tracks = r#"{"regions":[
        {"id":"a","geometry":{"type":"track","keyframes":[
            {"frame":0,"geometry":{"type":"box","x":10,"y":20,"width":30,"height":40}},
            {"frame":2,"geometry":{"type":"box","x":14,"y":20,"width":30,"height":40}}]},"class":"car"},
        {"id":"b","geometry":{"type":"track","keyframes":[
            {"frame":1,"geometry":{"type":"box","x":50,"y":60,"width":7,"height":8}},
            {"frame":2,"geometry":{"type":"box","x":50,"y":60,"width":7,"height":8}}]},"class":"bus"}]}"#;
    let mut video = item("v.mp4", Modality::Video, None, tracks);
    video.size = Some([640, 480]);
    write("mot", &schema("video", "track", &["car", "bus"]), &video);
    let mut labeled = schema("image", "box", &["car", "bus: \"big\""]);
    let scene = r#"{"id":"scene","title":"S","kind":{"type":"choice","options":[{"id":"day","title":"D"},{"id":"night","title":"N"}]}}"#;
    labeled.fields.push(serde_json::from_str(scene).unwrap());
    let boxes = r#"{"fields":{"scene":"night"},"regions":[{"id":"m","geometry":{"type":"box","x":1,"y":2,"width":3,"height":4},"class":"bus: \"big\""}]}"#;
    let mut picture = item("b.png", Modality::Image, None, boxes);
    picture.size = Some([8, 6]);
    picture.media = Some("b".to_owned());
    write_into("hugging-face-pictures", "hugging-face", &labeled, &picture);
    documents(write_into);
    conversations(write);
}

/// A page with two words, of which one has a name and both lie in a box with what somebody wrote of it.
fn documents(write: impl Fn(&str, &str, &LabelSchema, &ExportItem)) {
    let labels = r#"{"regions":[
        {"id":"a","geometry":{"type":"span","ranges":[[0,3]]},"class":"PER"},
        {"id":"b","target":{"page":0},"geometry":{"type":"box","x":9,"y":8,"width":41,"height":14},"class":"total","attributes":{"text":"Zoë: 7"}}]}"#;
    let mut page = item("page.png", Modality::Document, None, labels);
    let mut words = LayerBuilder::default();
    words.page(100.0, 60.0);
    words.word("Zoë", [10.0, 10.0, 30.0, 20.0], 0, 0, Some(0.75));
    words.word("<7>", [35.0, 10.0, 48.0, 20.0], 0, 0, None);
    page.layer = Some(Box::new(words.finish()));
    let mut schema = schema("document", "box", &["PER", "total"]);
    let text = r#"{"id":"text","title":"T","kind":{"type":"transcript"}}"#;
    schema.classes[1].attributes.push(serde_json::from_str(text).unwrap());
    for (place, id) in [("hocr", "hocr"), ("alto", "alto"), ("label-studio-ocr", "label-studio")] {
        write(place, id, &schema, &page);
    }
}

/// A preferred response, and a labeled trace, as lines for trainers.
fn conversations(write: impl Fn(&str, &LabelSchema, &ExportItem)) {
    let asked = r#"{"id":"better","title":"B","kind":{"type":"pairwise","options":[{"id":"a","title":"A"},{"id":"b","title":"B"}]}}"#;
    let mut schema = schema("dialogue", "span", &["good_step", "bad_step"]);
    schema.fields.push(serde_json::from_str(asked).unwrap());
    let pair = r#"{"messages":[{"role":"user","content":"Hi"}],"responses":[
        {"model":"m1","messages":[{"role":"assistant","content":"Hello"}]},
        {"model":"m2","messages":[{"role":"assistant","content":"No"}]}]}"#;
    let pair = item("c", Modality::Dialogue, Some(pair), r#"{"fields":{"better":"a"}}"#);
    for id in ["sft", "preference", "judged-completions"] {
        write(id, &schema, &pair);
    }
    let trace = r#"{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"one"},
        {"role":"assistant","content":"two"}]}"#;
    let steps = r#"{"regions":[
        {"id":"a","target":{"turn":1},"geometry":{"type":"span","ranges":[[0,3]]},"class":"good_step"},
        {"id":"b","target":{"turn":2},"geometry":{"type":"span","ranges":[[0,3]]},"class":"bad_step"}]}"#;
    write("stepwise", &schema, &item("s", Modality::Dialogue, Some(trace), steps));
}
