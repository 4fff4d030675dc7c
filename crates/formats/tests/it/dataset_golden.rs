//! Datasets that lie in shards and tables: small files made by hand after their definitions, and what they say; the
//! pictures in them come out again byte by byte.

use crate::support::{picture, read};
use labelwright_core::{Answer, LabelSchema, Modality};
use labelwright_formats::{
    ArchiveSink, Collector, Data, ExportItem, Format, Head, LossReport, MemorySink, MemoryView, Options, SourcedAnswer,
    Way, data_size, detect, format, open_data,
};
use std::{
    collections::BTreeMap,
    io::{self, Read, Write},
};

pub fn schema(text: &str) -> LabelSchema {
    LabelSchema::parse(text).unwrap()
}

fn item(key: &str, modality: Modality, answer: &str) -> ExportItem {
    let mut item = ExportItem::new(key, modality);
    let answer = serde_json::from_str::<Answer>(answer).unwrap();
    item.answers.push(SourcedAnswer::new("ada", answer));
    item
}

/// A sink that has the bytes of the data.
struct WithData(MemorySink, BTreeMap<String, Vec<u8>>);

impl Write for WithData {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl ArchiveSink for WithData {
    fn begin(&mut self, name: &str) -> io::Result<()> {
        self.0.begin(name)
    }

    fn data(&mut self, source: &str) -> io::Result<Option<Vec<u8>>> {
        Ok(self.1.get(source).cloned())
    }
}

pub fn write(
    format: &Format,
    schema: &LabelSchema,
    items: &[ExportItem],
    options: &[(&str, &str)],
) -> (MemoryView, LossReport) {
    let data = items.iter().filter_map(|item| Some((item.media.clone()?, picture(item.size.unwrap_or([1, 1])))));
    let mut sink = WithData(MemorySink::default(), data.collect());
    let options = Options::parse(format.options, Way::Write, options.iter().copied()).unwrap();
    let report = format.write_to(&Head::new("p", schema, &options), &mut items.iter().cloned(), &mut sink).unwrap();
    (MemoryView { files: sink.0.into_files() }, report)
}

fn bytes_of(view: &MemoryView, data: &Data) -> Vec<u8> {
    let Data::File(name) = data else { panic!("{data:?} is no file") };
    let mut bytes = Vec::new();
    open_data(view, name).unwrap().read_to_end(&mut bytes).unwrap();
    assert!(data_size(view, name).is_some());
    bytes
}

pub const PICTURES: &str = r##"{"name":"n","modality":"image","fields":[
  {"id":"scene","title":"S","kind":{"type":"choice","options":[{"id":"day","title":"D"},{"id":"night","title":"N"}],"multiple":false}},
  {"id":"sharp","title":"S","kind":{"type":"boolean"}}],
  "classes":[{"id":"car","title":"C","geometry":["box","polygon","mask"],"color":"#000000"},{"id":"bus","title":"B","geometry":["box"],"color":"#000000"}]}"##;

pub fn pictures() -> Vec<ExportItem> {
    let first = r#"{"fields":{"scene":"night","sharp":true},"regions":[
      {"id":"r1","geometry":{"type":"box","x":2,"y":4,"width":10,"height":5},"class":"bus"},
      {"id":"r2","geometry":{"type":"box","x":0,"y":0,"width":40,"height":20},"class":"car"}]}"#;
    let mut items = vec![item("d/a.png", Modality::Image, first), item("b.png", Modality::Image, "{}")];
    items[0].split = Some("train".into());
    items[1].split = Some("val".into());
    for item in &mut items {
        item.size = Some([40, 20]);
        item.media = Some(format!("source of {}", item.key));
    }
    items
}

/// Writes pictures with their bytes, and reads them again.
fn there_and_back(id: &str) -> MemoryView {
    let (format, items) = (format(id).unwrap(), pictures());
    let items: Vec<ExportItem> = items.into_iter().flat_map(|one| format.fitted("p", &schema(PICTURES), one)).collect();
    let (view, report) = write(format, &schema(PICTURES), &items, &[]);
    assert_eq!(
        report.losses.iter().filter(|loss| loss.code != "unused_classes").count(),
        0,
        "{id}: {:?}",
        report.losses
    );
    assert_eq!(detect(&view).map(|(format, _)| format.id), Some(id));
    let reading = read(format, &view);
    assert_eq!((reading.problems.as_slice(), &reading.stopped), ([].as_slice(), &None), "{id}");
    assert_eq!(reading.records.len(), 2, "{id}");
    for item in &items {
        let record = reading.records.iter().find(|record| record.key == item.key).unwrap();
        assert_eq!((record.size, &record.split), (item.size, &item.split), "{id}");
        assert_eq!(bytes_of(&view, &record.data), picture([40, 20]), "{id}");
        let found = labelwright_formats::item_of(record.clone(), &view).unwrap();
        assert_eq!((found.modality, found.size), (Modality::Image, item.size), "{id}");
    }
    view
}

#[test]
fn pictures_inside_of_shards_come_back() {
    let view = there_and_back("hugging-face");
    let names: Vec<&String> = view.files.keys().collect();
    assert_eq!(names, ["README.md", "data/train-00000-of-00001.parquet", "data/validation-00000-of-00001.parquet"]);
    let card = String::from_utf8_lossy(&view.files["README.md"]).into_owned();
    for wanted in [
        "  - name: scene\n    dtype:\n      class_label:\n        names:\n          '0': day\n          '1': night\n",
        "  - name: train\n",
        "num_examples: 1\n",
        "  - split: validation\n    path: data/validation-*\n",
    ] {
        assert!(card.contains(wanted), "{wanted} in {card}");
    }
    // Every shard says its features, in the order of its columns: in another one the library passes them over.
    for (name, bytes) in view.files.iter().filter(|(name, _)| name.ends_with(".parquet")) {
        use parquet::file::reader::{FileReader, SerializedFileReader};
        let shard = SerializedFileReader::new(bytes::Bytes::from(bytes.clone())).unwrap();
        let notes = shard.metadata().file_metadata().key_value_metadata().unwrap();
        let features = notes.iter().find(|note| note.key == "huggingface").unwrap().value.clone().unwrap();
        let classes = r#"{"feature":{"names":["car","bus"],"_type":"ClassLabel"},"_type":"Sequence"}"#;
        for wanted in [
            r#"{"info":{"features":{"id":{"dtype":"string","_type":"Value"},"image":{"decode":true,"_type":"Image"},"#,
            &format!(r#""category":{classes},"segmentation":"#),
            r#""scene":{"names":["day","night"],"_type":"ClassLabel"}"#,
        ] {
            assert!(features.contains(wanted), "{name}: {wanted} in {features}");
        }
    }
    // And with nothing but the shards they are read back.
    let alone = view.files.iter().filter(|(name, _)| name.ends_with(".parquet"));
    let alone = MemoryView { files: alone.map(|(name, bytes)| (name.clone(), bytes.clone())).collect() };
    let schema = read(format("hugging-face").unwrap(), &alone).schema.unwrap().schema;
    let field = serde_json::to_value(&schema.fields[0]).unwrap();
    assert_eq!((&field["id"], &field["kind"]["options"][1]["id"]), (&"scene".into(), &"night".into()));
    assert_eq!(schema.classes.iter().map(|class| class.id.as_str()).collect::<Vec<_>>(), ["car", "bus"]);
    let fields = &read(format("hugging-face").unwrap(), &view).records[0].answers[0].answer.fields;
    assert_eq!(serde_json::to_string(fields).unwrap(), r#"{"scene":"night","sharp":true}"#);
    let view = there_and_back("webdataset");
    assert_eq!(view.files.keys().collect::<Vec<_>>(), ["train-000000.tar", "val-000000.tar"]);
    let view = there_and_back("tfrecord");
    let names: Vec<&String> = view.files.keys().collect();
    assert_eq!(names, ["label_map.pbtxt", "train-00000-of-00001.tfrecord", "val-00000-of-00001.tfrecord"]);
    assert_eq!(
        String::from_utf8_lossy(&view.files["label_map.pbtxt"]),
        "item {\n  id: 1\n  name: \"car\"\n}\nitem {\n  id: 2\n  name: \"bus\"\n}\n"
    );
}

/// A tar archive with these files, by hand: names, sizes in octal, sums of the bytes of headers.
fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, bytes) in files {
        let mut head = vec![0_u8; 512];
        head[..name.len()].copy_from_slice(name.as_bytes());
        head[124..135].copy_from_slice(format!("{:011o}", bytes.len()).as_bytes());
        head[148..156].fill(b' ');
        head[156] = b'0';
        let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
        head[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
        out.extend(head);
        out.extend_from_slice(bytes);
        out.resize(out.len().next_multiple_of(512), 0);
    }
    out.resize(out.len() + 1024, 0);
    out
}

#[test]
fn samples_of_others_are_files_up_to_the_first_dot() {
    let png = picture([8, 6]);
    let shard = tar(&[
        ("a/0001.jpg", &png),
        ("a/0001.cls", b"7\n"),
        ("a/0001.json", b"{\"source\":\"web\"}"),
        ("a/0001.emb.npy", b"x"),
        ("a/0002.v1.txt", b"odd"),
        ("0003.txt", "Zoë 👩".as_bytes()),
        ("0003.cls", b"dog"),
        ("0004.jpg", &png),
        ("0004.jpg", &png),
        ("0004.txt", b"a caption"),
        ("0005.json", b"{"),
    ]);
    let view = MemoryView { files: [("train-000.tar".to_owned(), shard)].into() };
    let format = format("webdataset").unwrap();
    let reading = read(format, &view);
    let keys: Vec<&str> = reading.records.iter().map(|record| record.key.as_str()).collect();
    assert_eq!(keys, ["a/0001", "0003", "0004"]);
    assert_eq!(bytes_of(&view, &reading.records[0].data), png);
    assert_eq!(reading.records[0].metadata["source"], "web");
    assert_eq!(reading.records[1].data, Data::Text("Zoë 👩".into()));
    assert_eq!(reading.records[0].split.as_deref(), Some("train"));
    let fields: Vec<String> =
        reading.records.iter().map(|one| serde_json::to_string(&one.answers[0].answer.fields).unwrap()).collect();
    assert_eq!(fields, [r#"{"cls":7.0}"#, r#"{"cls":"dog"}"#, r#"{"caption":"a caption"}"#]);
    let found: Vec<(&str, &str)> = reading.problems.iter().map(|one| (one.place.as_str(), one.code)).collect();
    assert_eq!(
        found,
        [
            ("train-000.tar: a/0001.emb.npy", "not_read"),
            ("train-000.tar: a/0002.v1.txt", "not_read"),
            ("train-000.tar: a/0002", "no_data"),
            ("train-000.tar: 0004.jpg", "duplicate_file"),
            ("train-000.tar: 0005.json", "malformed"),
        ]
    );
}

#[test]
fn shards_end_when_they_are_full() {
    let items: Vec<ExportItem> = (0..5).map(|at| item(&format!("x.{at}.png"), Modality::Image, "{}")).collect();
    let format = format("webdataset").unwrap();
    let (view, _) = write(format, &schema(PICTURES), &items, &[("shard_items", "2")]);
    assert_eq!(view.files.keys().collect::<Vec<_>>(), ["data-000000.tar", "data-000001.tar", "data-000002.tar"]);
    let keys: Vec<String> = read(format, &view).records.into_iter().map(|record| record.key).collect();
    assert_eq!(keys, ["x.0.png", "x.1.png", "x.2.png", "x.3.png", "x.4.png"]);
    let options = Options::parse(format.options, Way::Write, [("shard_items", "0")]).unwrap();
    let (schema, mut sink) = (schema(PICTURES), MemorySink::default());
    let error = format.write_to(&Head::new("p", &schema, &options), &mut items.into_iter(), &mut sink).unwrap_err();
    assert!(error.to_string().contains("shard_items"), "{error}");
}

#[test]
fn damaged_records_are_located() {
    let format = format("tfrecord").unwrap();
    let (view, _) = write(format, &schema(PICTURES), &pictures()[..1], &[]);
    let record = view.files["train-00000-of-00001.tfrecord"].clone();
    let broken = |at: usize| {
        let mut two = record.repeat(2);
        let at = if at == 0 { 0 } else { record.len() - at };
        two[at] ^= 1;
        let view = MemoryView { files: [("x.record".to_owned(), two)].into() };
        let reading = read(format, &view);
        let problems: Vec<(String, &str)> = reading.problems.into_iter().map(|one| (one.place, one.code)).collect();
        (reading.records.len(), problems)
    };
    // The data of the first record: the second one is read. Its length: nothing can be read.
    assert_eq!(broken(10), (1, vec![("x.record: record 1, byte 0".to_owned(), "bad_checksum")]));
    assert_eq!(broken(0), (0, vec![("x.record: record 1, byte 0".to_owned(), "bad_checksum")]));
    let cut = MemoryView { files: [("x.record".to_owned(), record[..record.len() - 3].to_vec())].into() };
    assert_eq!(read(format, &cut).problems[0].code, "truncated");
}

/// Grey pixels as a PNG.
fn grey(width: u32, height: u32, sixteen: bool, values: &[u16]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(if sixteen { png::BitDepth::Sixteen } else { png::BitDepth::Eight });
    let bytes: Vec<u8> =
        values.iter().flat_map(|value| value.to_be_bytes()[usize::from(!sixteen)..].to_vec()).collect();
    encoder.write_header().unwrap().write_image_data(&bytes).unwrap();
    out
}

/// Classes with the column-major runs of their masks, or a track's.
fn masks(id: &str, files: Vec<(&str, Vec<u8>)>) -> (Vec<String>, Vec<String>) {
    let view = MemoryView { files: files.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).collect() };
    assert_eq!(detect(&view).map(|(format, _)| format.id), Some(id));
    let reading = read(format(id).unwrap(), &view);
    let mut lines = Vec::new();
    for record in &reading.records {
        lines.push(format!("{} {:?} {:?}", record.key, record.split, record.size.unwrap()));
        for region in record.answers.iter().flat_map(|one| &one.answer.regions) {
            let json = serde_json::to_value(&region.geometry).unwrap();
            let runs = match json.get("counts") {
                Some(counts) => counts.to_string(),
                None => {
                    let frames = json["keyframes"].as_array().unwrap().iter();
                    frames.map(|one| format!("{}{}", one["frame"], one["geometry"]["counts"])).collect()
                }
            };
            lines.push(format!("  {} {runs}", region.class));
        }
    }
    (lines, reading.problems.iter().map(|one| format!("{} {}", one.place, one.code)).collect())
}

#[test]
fn cityscapes_numbers_are_classes_and_objects() {
    // road, two cars, a group of cars (26 alone), nothing.
    let values = [7, 7, 26_000, 26_001, 26, 0, 99, 7];
    let files = vec![
        ("gtFine/train/ulm/ulm_000000_000019_gtFine_instanceIds.png", grey(4, 2, true, &values)),
        ("gtFine/train/ulm/ulm_000000_000019_gtFine_labelIds.png", grey(4, 2, false, &[7; 8])),
        ("gtFine/val/x/x_1_gtFine_labelIds.png", grey(2, 1, false, &[11, 0])),
        ("leftImg8bit/train/ulm/ulm_000000_000019_leftImg8bit.png", picture([4, 2])),
    ];
    let (lines, problems) = masks("cityscapes-png", files);
    assert_eq!(
        lines,
        [
            "ulm/ulm_000000_000019.png Some(\"train\") [4, 2]",
            "  road [0,1,1,1,4,1]",
            "  car [1,1,6]",
            "  car [4,1,3]",
            "  car [6,1,1]",
            "x/x_1.png Some(\"val\") [2, 1]",
            "  building [0,1,1]",
        ]
    );
    assert_eq!(problems, ["gtFine/train/ulm/ulm_000000_000019_gtFine_instanceIds.png unknown_class"]);
}

#[test]
fn vistas_has_objects_in_sixteen_bits() {
    let config = r#"{"labels":[{"name":"object--vehicle--car","readable":"Car","color":[0,0,142],"instances":true},
        {"name":"nature--sky","readable":"Sky","color":[70,130,180]},{"name":"void--unlabeled","readable":"Unlabeled","color":[0,0,0]}]}"#;
    let files = vec![
        ("config_v1.2.json", config.as_bytes().to_vec()),
        ("training/instances/a.png", grey(2, 2, true, &[0, 1, 256, 512])),
        ("training/labels/a.png", grey(2, 2, false, &[0, 0, 1, 2])),
        ("validation/labels/b.png", grey(2, 1, false, &[1, 9])),
        ("training/images/a.jpg", picture([2, 2])),
    ];
    let (lines, problems) = masks("mapillary-vistas", files);
    assert_eq!(
        lines,
        [
            "a.jpg Some(\"train\") [2, 2]",
            "  object--vehicle--car [0,1,3]",
            "  object--vehicle--car [2,1,1]",
            "  nature--sky [1,1,2]",
            "b.jpg Some(\"val\") [2, 1]",
            "  nature--sky [0,1,1]",
        ]
    );
    assert_eq!(problems, ["validation/labels/b.png unknown_class"]);
}

#[test]
fn stuff_maps_count_from_nought_and_255_is_nothing() {
    let files = vec![
        ("labels.txt", b"0: unlabeled\n1: person\n2: sky other\n".to_vec()),
        ("stuffthingmaps_trainval2017/val2017/01.png", grey(2, 2, false, &[0, 255, 1, 9])),
        ("images/val2017/01.jpg", picture([2, 2])),
    ];
    let (lines, problems) = masks("coco-stuff", files);
    assert_eq!(lines, ["01.jpg Some(\"val2017\") [2, 2]", "  person [0,1,3]", "  sky other [1,1,2]"]);
    assert_eq!(problems, ["stuffthingmaps_trainval2017/val2017/01.png unknown_class"]);
}

#[test]
fn mots_pictures_are_tracks_and_come_back() {
    let frame = |values: &[u16]| grey(2, 2, true, values);
    let files = vec![
        ("instances/0002/000000.png", frame(&[1001, 0, 2000, 10_000])),
        ("instances/0002/000001.png", frame(&[1001, 0, 2000, 0])),
        ("instances/0002/000003.png", frame(&[0, 1001, 0, 5000])),
    ];
    let (lines, problems) = masks("mots-png", files.clone());
    assert_eq!(lines, ["0002 None [2, 2]", "  car 0[0,1,3]2[0,1,3]3[2,1,1]", "  pedestrian 0[1,1,2]1[1,1,2]",]);
    assert_eq!(problems, ["instances/0002/000003.png unknown_class"]);
    let view = MemoryView { files: files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.clone())).collect() };
    let format = format("mots-png").unwrap();
    let reading = read(format, &view);
    let mut item = labelwright_formats::item_of(reading.records[0].clone(), &view).unwrap();
    item.modality = Modality::Video;
    let mut collector = Collector::default();
    collector.schema(reading.schema.unwrap());
    let (written, report) = write(format, &collector.finish().schema, &[item], &[]);
    assert_eq!(report.losses, []);
    assert_eq!(written.files["instances/labels.txt"], b"car\npedestrian\n");
    let again = read(format, &written);
    assert_eq!(again.records[0].answers, reading.records[0].answers);
}
