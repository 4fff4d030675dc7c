//! What is written is read back, what is broken is reported where it is.

use labelwright_core::{Answer, LabelSchema, Modality};
use labelwright_formats::{
    ArchiveLimits, Data, ExportItem, Found, MemorySink, MemoryView, Next, Record, RecordError, SourcedAnswer, Stop,
    ZipView, detect, format, with_ids,
};
use std::{collections::BTreeMap, io::Write};

fn view(files: &[(&str, &[u8])]) -> MemoryView {
    MemoryView { files: files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).collect() }
}

fn read(id: &str, view: &MemoryView) -> (Vec<Record>, Vec<RecordError>, Option<RecordError>) {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    let outcome = format(id).unwrap().read.unwrap()(view, &Default::default(), &mut |found| {
        match found {
            Found::Record(record) => good.push(*record),
            Found::Problem(error) => bad.push(error),
            Found::Schema(_) => {}
        }
        Next::GoOn
    });
    let stopped = outcome.err().and_then(|stop| if let Stop::Unreadable(error) = stop { Some(error) } else { None });
    (good, bad, stopped)
}

fn schema(text: &str) -> LabelSchema {
    LabelSchema::parse(text).unwrap()
}

fn item(key: &str, text: Option<&str>, size: Option<[u32; 2]>, answer: &str) -> ExportItem {
    ExportItem {
        hash: "00".into(),
        size,
        text: text.map(str::to_owned),
        answers: vec![SourcedAnswer::new("consensus", serde_json::from_str::<Answer>(answer).unwrap())],
        ..ExportItem::new(key, if text.is_some() { Modality::Text } else { Modality::Image })
    }
}

fn write(id: &str, schema: &LabelSchema, items: Vec<ExportItem>) -> (String, labelwright_formats::LossReport) {
    let (mut sink, options) = (MemorySink::default(), Default::default());
    let head = labelwright_formats::Head::new("p", schema, &options);
    let report = format(id).unwrap().write_to(&head, &mut items.into_iter(), &mut sink).unwrap();
    (String::from_utf8(sink.into_files().into_values().next().unwrap()).unwrap(), report)
}

const SPANS: &str = r##"{"name":"n","modality":"text","classes":[{"id":"per","title":"P","geometry":["span"],"color":"#000000"},{"id":"loc","title":"L","geometry":["span"],"color":"#000000"}]}"##;
const BOXES: &str = r##"{"name":"n","modality":"image","classes":[{"id":"car","title":"C","geometry":["box","polygon"],"color":"#000000"}]}"##;

#[test]
fn a_table_with_a_byte_order_mark_quotes_and_one_bad_row() {
    let table = "\u{feff}id,text,lang\r\na,\"hello, \"\"you\"\"\nthere\",en\r\nb,only two\r\nc,,en\r\nd,👍,fr\r\n";
    let (good, bad, stopped) = read("csv", &view(&[("t.csv", table.as_bytes())]));
    assert_eq!(stopped, None);
    assert_eq!(good.iter().map(|r| r.key.as_str()).collect::<Vec<_>>(), ["a", "d"]);
    assert_eq!(good[0].data, Data::Text("hello, \"you\"\nthere".into()));
    assert_eq!(good[0].metadata["lang"], "en");
    assert_eq!(
        bad.iter().map(|e| (e.place.as_str(), e.code)).collect::<Vec<_>>(),
        [("t.csv:4", "wrong_cell_count"), ("t.csv:5, column text", "empty_content"),]
    );
}

#[test]
fn formulas_are_harmless_in_an_exported_table() {
    let schema =
        schema(r#"{"name":"n","modality":"text","fields":[{"id":"note","title":"N","kind":{"type":"text"}}]}"#);
    let evil = item("=1+1", Some("-x"), None, r#"{"fields":{"note":"=HYPERLINK(\"x\")"}}"#);
    let (text, _) = write("csv", &schema, vec![evil]);
    assert_eq!(text.lines().nth(1).unwrap(), r#"'=1+1,consensus,'-x,"'=HYPERLINK(""x"")""#);
}

#[test]
fn json_lines_say_which_line_is_broken() {
    let text = "{\"text\":\"a\"}\n{\"text\": }\n\n{\"id\":\"k\",\"text\":\"b\",\"n\":3}\n";
    let (good, bad, _) = read("jsonl", &view(&[("d.jsonl", text.as_bytes())]));
    assert_eq!(good.len(), 2);
    assert_eq!((good[1].key.as_str(), &good[1].metadata["n"]), ("k", &serde_json::json!("3")));
    assert_eq!((bad[0].place.as_str(), bad[0].code), ("d.jsonl:2", "malformed"));
}

#[test]
fn native_is_lossless() {
    let schema = schema(SPANS);
    let answer =
        r#"{"regions":[{"id":"r","geometry":{"type":"span","ranges":[[0,3],[5,6]]},"class":"per","score":0.5}]}"#;
    let before = item("ключ", Some("a👩\u{200d}👧 b\r\n"), None, answer);
    let (text, report) = write("native", &schema, vec![before.clone()]);
    assert!(report.losses.is_empty());
    let files = view(&[("x.jsonl", text.as_bytes())]);
    assert_eq!(detect(&files).unwrap().0.id, "native");
    let (good, bad, _) = read("native", &files);
    assert_eq!(bad, []);
    assert_eq!((&good[0].key, &good[0].answers), (&before.key, &before.answers));
    assert_eq!(good[0].data, Data::Text(before.text.unwrap()));
}

#[test]
fn conll_is_written_and_read_back_and_losses_are_counted() {
    let text = "Zoë Laurent left Lyon. 東京 waits!";
    let answer = r#"{"regions":[
        {"id":"a","geometry":{"type":"span","ranges":[[0,11]]},"class":"per"},
        {"id":"b","geometry":{"type":"span","ranges":[[17,21]]},"class":"loc"},
        {"id":"c","geometry":{"type":"span","ranges":[[4,11]]},"class":"loc"}],
        "relations":[{"id":"r","relation":"x","from":"a","to":"b"}]}"#;
    let (out, report) = write("conll2003", &schema(SPANS), vec![item("k", Some(text), None, answer)]);
    assert!(
        out.contains("Zoë -X- -X- B-per\nLaurent -X- -X- I-per\nleft -X- -X- O\nLyon -X- -X- B-loc\n. -X- -X- O\n\n")
    );
    let codes: Vec<(&str, u64)> = report.losses.iter().map(|l| (l.code.as_str(), l.count)).collect();
    assert_eq!(codes, [("overlap", 1), ("relations", 1)]);
    let (good, bad, _) = read("conll2003", &view(&[("a.conll", out.as_bytes())]));
    assert_eq!(bad, []);
    let regions = &good[0].answers[0].answer.regions;
    assert_eq!(regions.iter().map(|r| r.class.as_str()).collect::<Vec<_>>(), ["per", "loc"]);
}

#[test]
fn coco_is_written_and_read_back() {
    let answer = r#"{"regions":[
        {"id":"a","geometry":{"type":"polygon","parts":[{"outer":[[1,1],[9,1],[9,9.5]]}]},"class":"car"},
        {"id":"b","geometry":{"type":"polygon","parts":[{"outer":[[0,0],[8,0],[8,8],[0,8]],"holes":[[[2,2],[4,2],[4,4],[2,4]]]}]},"class":"car"}]}"#;
    let (out, report) = write("coco", &schema(BOXES), vec![item("i/1.png", None, Some([20, 10]), answer)]);
    assert_eq!(report.losses.iter().map(|l| l.code.as_str()).collect::<Vec<_>>(), ["holes"]);
    let files = view(&[("instances.json", out.as_bytes()), ("images/i/1.png", b"x")]);
    assert_eq!(detect(&files).unwrap().0.id, "coco");
    let (good, bad, _) = read("coco", &files);
    assert_eq!(bad, []);
    assert_eq!((good[0].key.as_str(), &good[0].data), ("i/1.png", &Data::File("images/i/1.png".into())));
    let areas: Vec<f64> = good[0].answers[0].answer.regions.iter().map(|r| r.geometry.area()).collect();
    assert!((areas[0] - 34.0).abs() < 1e-9 && (areas[1] - 60.0).abs() < 1e-9, "{areas:?}");
}

#[test]
fn broken_coco_records_are_located_and_good_ones_kept() {
    let text = r#"{"images":[{"id":1,"file_name":"a.png"},{"id":2,"file_name":"gone.png"}],
      "categories":[{"id":7,"name":"Big Car"}],
      "annotations":[{"image_id":1,"category_id":7,"bbox":[0,0,5,5]},{"image_id":1,"category_id":8,"bbox":[0,0,5,5]},
        {"image_id":9,"category_id":7,"bbox":[0,0,5,5]},{"image_id":1,"category_id":7,"bbox":[0,0,-5,5]}]}"#;
    let (good, bad, _) = read("coco", &view(&[("c.json", text.as_bytes()), ("a.png", b"x")]));
    assert_eq!(
        good.iter().map(|r| &r.data).collect::<Vec<_>>(),
        [&Data::File("a.png".into()), &Data::Absent("gone.png".into())]
    );
    assert_eq!(good[0].answers[0].answer.regions[0].class, "Big Car");
    assert_eq!(with_ids(good[0].clone()).answers[0].answer.regions[0].class, "big_car");
    let found: Vec<(&str, &str)> = bad.iter().map(|e| (e.place.as_str(), e.code)).collect();
    assert_eq!(
        found,
        [
            ("c.json: annotations[1]", "unknown_category"),
            ("c.json: annotations[3]", "bad_box"),
            ("c.json: annotations[2]", "unknown_image"),
        ]
    );
    let (_, _, stopped) = read("coco", &view(&[("c.json", &text.as_bytes()[..60])]));
    assert_eq!(stopped.unwrap().code, "malformed");
}

fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn hostile_archives_are_refused_with_the_name_of_the_entry() {
    let open = |bytes: Vec<u8>, limits| ZipView::open(std::io::Cursor::new(bytes), limits).err().map(|e| e.to_string());
    for name in ["../../etc/passwd", "/etc/passwd", "a/../../b", "C:\\x", "a\\..\\b"] {
        let reason = open(zipped(&[("ok.txt", b"x"), (name, b"x")]), ArchiveLimits::DEFAULT).unwrap();
        assert!(reason.contains("leads out"), "{name}: {reason}");
    }
    let bomb = open(zipped(&[("zeros", &vec![0; 8 << 20])]), ArchiveLimits::DEFAULT).unwrap();
    assert!(bomb.contains("suspiciously"), "{bomb}");
    let many = ArchiveLimits { entries: 1, ..ArchiveLimits::DEFAULT };
    assert!(open(zipped(&[("a", b"x")]), many).is_none());
    assert!(open(zipped(&[("a", b"x"), ("b", b"x")]), many).unwrap().contains("2 entries"));
    assert!(open(b"PK\x03\x04 not really".to_vec(), ArchiveLimits::DEFAULT).unwrap().contains("cannot be read"));
}

/// A table written by the parquet crate itself, in two row groups.
fn parquet_table() -> Vec<u8> {
    use parquet::{
        data_type::{ByteArray, ByteArrayType, Int64Type},
        file::{properties::WriterProperties, writer::SerializedFileWriter},
        schema::parser::parse_message_type,
    };
    let message = "message t { REQUIRED BINARY text (UTF8); OPTIONAL INT64 stars; OPTIONAL BINARY mood (UTF8); }";
    let schema = std::sync::Arc::new(parse_message_type(message).unwrap());
    let properties = std::sync::Arc::new(WriterProperties::builder().build());
    let mut bytes = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, properties).unwrap();
    for (texts, stars, moods) in [(["a 👍", "b"], [1, 5], [1, 0]), (["", "d"], [2, 3], [0, 1])] {
        let mut group = writer.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        let values: Vec<ByteArray> = texts.iter().map(|text| ByteArray::from(*text)).collect();
        column.typed::<ByteArrayType>().write_batch(&values, None, None).unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<Int64Type>().write_batch(&stars, Some(&[1, 1]), None).unwrap();
        column.close().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<ByteArrayType>().write_batch(&[ByteArray::from("good")], Some(&moods), None).unwrap();
        column.close().unwrap();
        group.close().unwrap();
    }
    writer.close().unwrap();
    bytes
}

#[test]
fn parquet_columns_are_mapped_and_broken_tables_refused() {
    let bytes = parquet_table();
    let files = view(&[("t.parquet", &bytes)]);
    assert_eq!(detect(&files).unwrap().0.id, "parquet");
    let mapping =
        labelwright_formats::Mapping { labels: BTreeMap::from([("mood".into(), "mood".into())]), ..Default::default() };
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    format("parquet").unwrap().read.unwrap()(&files, &mapping.into(), &mut |found| {
        match found {
            Found::Record(record) => good.push(*record),
            Found::Problem(error) => bad.push(error),
            Found::Schema(_) => {}
        }
        Next::GoOn
    })
    .unwrap();
    assert_eq!(good.iter().map(|r| r.key.as_str()).collect::<Vec<_>>(), ["row-0000001", "row-0000002", "row-0000004"]);
    assert_eq!((&good[0].data, &good[0].metadata["stars"]), (&Data::Text("a 👍".into()), &serde_json::json!("1")));
    assert_eq!(good[0].answers[0].answer.fields["mood"], labelwright_core::Value::Text("good".into()));
    assert!(good[1].answers.is_empty());
    assert_eq!((bad[0].place.as_str(), bad[0].code), ("t.parquet, row 3, column text", "empty_content"));
    for end in [0, 3, 10, bytes.len() / 2, bytes.len() - 1] {
        let (_, _, stopped) = read("parquet", &view(&[("t.parquet", &bytes[..end])]));
        assert_eq!(stopped.unwrap().code, "unreadable", "cut at {end}");
    }
}

#[test]
fn a_coco_file_beside_its_images_is_recognised_whatever_key_comes_first() {
    let images: Vec<String> =
        (0..500).map(|id| format!(r#"{{"id":{id},"file_name":"{id:05}.png","width":64,"height":48}}"#)).collect();
    let boxes: Vec<String> = (0..500)
        .map(|id| format!(r#"{{"id":{id},"image_id":{id},"category_id":1,"bbox":[1,1,20,10],"area":200,"iscrowd":0}}"#))
        .collect();
    let categories = r#""categories":[{"id":1,"name":"car"}]"#;
    let (images, boxes) =
        (format!(r#""images":[{}]"#, images.join(",")), format!(r#""annotations":[{}]"#, boxes.join(",")));
    for parts in [[images.as_str(), &boxes, categories], [&boxes, &images, categories], [categories, &boxes, &images]] {
        let names: Vec<String> = (0..500).map(|id| format!("images/{id:05}.png")).collect();
        let whole = format!("{{{}}}", parts.join(","));
        let mut files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"x".as_slice())).collect();
        files.push(("instances.json", whole.as_bytes()));
        let files = view(&files);
        assert_eq!(detect(&files).unwrap().0.id, "coco", "{}", &parts[0][..20]);
    }
}
