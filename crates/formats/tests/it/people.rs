//! Formats of faces, persons and tracks whose file names carry what they show: small files made by hand after the
//! definitions, and what comes back when they are written again.

use crate::support::{picture, read, write_with};
use labelwright_core::{Geometry, Value};
use labelwright_formats::{Collector, ExportItem, MemoryView, Options, Record, detect, format, item_of};

fn view(files: &[(&str, &str)]) -> MemoryView {
    let bytes = |text: &str| if text == "PICTURE" { picture([20, 10]) } else { text.as_bytes().to_vec() };
    MemoryView { files: files.iter().map(|(name, text)| ((*name).to_owned(), bytes(text))).collect() }
}

/// Reads, and writes what was read into the same format.
fn there_and_back(id: &str, files: &[(&str, &str)]) -> (Vec<Record>, MemoryView) {
    let (format, source) = (format(id).unwrap(), view(files));
    assert_eq!(detect(&source).map(|(format, _)| format.id), Some(id));
    let reading = read(format, &source);
    assert_eq!((reading.problems.as_slice(), &reading.stopped), ([].as_slice(), &None), "{id}");
    let mut collector = Collector::default();
    reading.schema.clone().into_iter().for_each(|schema| collector.schema(schema));
    reading.records.iter().for_each(|record| collector.record(record));
    let items: Vec<ExportItem> = reading.records.iter().filter_map(|record| item_of(record.clone(), &source)).collect();
    let schema = collector.finish().schema;
    let (written, report) = write_with(format, &schema, &items, &Options::default(), None);
    assert_eq!(report.losses, [], "{id}");
    let again = read(format, &written);
    let plain = |records: &[Record]| -> Vec<_> {
        records.iter().map(|one| (one.key.clone(), one.split.clone(), one.answers.clone())).collect()
    };
    assert_eq!(plain(&again.records), plain(&reading.records), "{id}");
    (reading.records, written)
}

fn codes(id: &str, files: &[(&str, &str)]) -> Vec<(String, &'static str)> {
    read(format(id).unwrap(), &view(files)).problems.into_iter().map(|one| (one.place, one.code)).collect()
}

#[test]
fn market_names_say_person_camera_sequence_and_frame() {
    let files = [
        ("bounding_box_train/0002_c1s1_000451_03.jpg", "PICTURE"),
        ("bounding_box_test/-1_c3s2_000001_00.jpg", "PICTURE"),
        ("query/0000_c6s3_077419_00.jpg", "PICTURE"),
    ];
    let (records, written) = there_and_back("market-1501", &files);
    let names: Vec<&str> = written.files.keys().map(String::as_str).collect();
    assert_eq!(names, [files[1].0, files[0].0, files[2].0]);
    let number = |record: &Record, name: &str| match record.answers[0].answer.fields[name] {
        Value::Number(number) => number,
        _ => panic!("{name}"),
    };
    let said = |record: &Record| ["person", "camera", "sequence", "frame"].map(|name| number(record, name));
    assert_eq!(said(&records[0]), [-1.0, 3.0, 2.0, 1.0]);
    assert_eq!((said(&records[1]), records[1].split.as_deref()), ([2.0, 1.0, 1.0, 451.0], Some("train")));
    let odd = [("query/0001.jpg", "PICTURE"), ("query/x_c1s1_000001_00.jpg", "PICTURE")];
    assert_eq!(codes("market-1501", &odd).iter().map(|one| one.1).collect::<Vec<_>>(), ["bad_name", "bad_name"]);
}

#[test]
fn pairs_of_faces_name_pictures_by_person_and_number() {
    let files = [
        ("images/Ada_L/Ada_L_0001.jpg", "PICTURE"),
        ("images/Ada_L/Ada_L_0012.jpg", "PICTURE"),
        ("images/Bo/Bo_0001.jpg", "PICTURE"),
        ("annotations/pairs.txt", "1\t1\nAda_L\t1\t12\nAda_L\t1\tBo\t1\n"),
        ("annotations/people.txt", "2\nAda_L\t2\nBo\t1\n"),
    ];
    let (records, written) = there_and_back("lfw", &files);
    for (name, text) in &files[3..] {
        assert_eq!(String::from_utf8_lossy(&written.files[*name]), *text, "{name}");
    }
    let fields = &records[0].answers[0].answer.fields;
    assert_eq!(fields["person"], Value::Text("Ada_L".into()));
    assert_eq!(fields["positive_pairs"], Value::List(vec!["Ada_L/Ada_L_0012.jpg".into()]));
    assert_eq!(fields["negative_pairs"], Value::List(vec!["Bo/Bo_0001.jpg".into()]));
    let gone = [files[0], ("pairs.txt", "1\t1\nAda_L\t1\t2\nAda_L\t1\tBo\t1\tx\n")];
    let place = |line: u32| format!("pairs.txt:{line}");
    assert_eq!(codes("lfw", &gone), [(place(2), "unknown_image"), (place(3), "bad_line")]);
}

#[test]
fn faces_have_a_box_and_five_landmarks() {
    let files = [
        ("bb_landmark/loose_bb_train.csv", "NAME_ID,X,Y,W,H\n\"n000002/0001_01\",1,2,10.5,6\n"),
        (
            "bb_landmark/loose_landmark_train.csv",
            "NAME_ID,P1X,P1Y,P2X,P2Y,P3X,P3Y,P4X,P4Y,P5X,P5Y\n\"n000002/0001_01\",1,2,3,4,5,6,7,8,9.25,10\n",
        ),
        ("train/n000002/0001_01.jpg", "PICTURE"),
    ];
    let (records, written) = there_and_back("vggface2", &files);
    for (name, text) in &files[..2] {
        assert_eq!(String::from_utf8_lossy(&written.files[*name]), *text, "{name}");
    }
    assert_eq!((records[0].key.as_str(), records[0].size), ("n000002/0001_01.jpg", Some([20, 10])));
    let regions = &records[0].answers[0].answer.regions;
    assert_eq!(regions.iter().map(|region| region.class.as_str()).collect::<Vec<_>>(), ["n000002", "n000002"]);
    let bad = [("loose_bb_test.csv", "NAME_ID,X,Y,W,H\na/1,1,2,-3,4\na/2,nan,0,1,1\na/3,1,2\n")];
    let lines: Vec<String> = codes("vggface2", &bad).into_iter().map(|(place, _)| place).collect();
    assert_eq!(lines, ["loose_bb_test.csv:2", "loose_bb_test.csv:3", "loose_bb_test.csv:4"]);
}

#[test]
fn tracks_of_masks_keep_gaps_and_columns_first() {
    // 4 x 3 pixels: runs 5, 3, 4 down the columns are "534".
    let rows = "0 1001 1 4 3 534\n0 2001 2 4 3 0<\n1 1001 1 4 3 534\n4 1001 1 4 3 0<\n5 10000 10 4 3 0<\n";
    let files = [("instances_txt/0002.txt", rows), ("instances_txt/labels.txt", "car\npedestrian\n")];
    let format = format("mots").unwrap();
    let reading = read(format, &view(&files));
    assert_eq!((reading.problems.as_slice(), reading.records[0].size), ([].as_slice(), Some([3, 4])));
    let regions = &reading.records[0].answers[0].answer.regions;
    let Geometry::Track(track) = &regions[0].geometry else { panic!("no track") };
    let frames: Vec<(u32, bool)> = track.keyframes.iter().map(|one| (one.frame, one.outside)).collect();
    assert_eq!(frames, [(0, false), (2, true), (4, false)]);
    let Geometry::Mask(mask) = track.keyframes[0].geometry.as_ref() else { panic!("no mask") };
    assert_eq!((mask.counts.as_slice(), mask.width, mask.height), ([5, 3, 4].as_slice(), 3, 4));
    let mut item = item_of(reading.records[0].clone(), &view(&files)).unwrap();
    item.modality = labelwright_core::Modality::Video;
    let schema = reading.schema.clone().unwrap().schema;
    let (written, report) = write_with(format, &schema, &[item], &Options::default(), None);
    // Two masks of the first frame lie on each other.
    assert_eq!(report.losses.iter().map(|loss| loss.code.as_str()).collect::<Vec<_>>(), ["overlap"]);
    let wanted = "0 1001 1 4 3 534\n0 2001 2 4 3 0<\n1 1001 1 4 3 534\n4 1001 1 4 3 0<\n";
    assert_eq!(String::from_utf8_lossy(&written.files["instances_txt/0002.txt"]), wanted);
    let bad = [("instances_txt/a.txt", "0 1001 1 4 3 5\n0 1001 7 4 3 0<\n0 x 1 4 3 0<\n0 1 1 4 3 0<\n0 1 1 4 3 0<\n")];
    let found: Vec<&str> = codes("mots", &bad).into_iter().map(|(_, code)| code).collect();
    assert_eq!(found, ["bad_mask", "unknown_class", "bad_line", "duplicate_id"]);
}

#[test]
fn a_roboflow_table_lies_beside_its_pictures() {
    let files = [
        (
            "train/_annotations.csv",
            "filename,width,height,class,xmin,ymin,xmax,ymax\na.jpg,20,10,\"car, big\",1,2,11.5,8\na.jpg,20,10,bus,0,0,20,10\n",
        ),
        ("train/a.jpg", "PICTURE"),
        ("train/empty.jpg", "PICTURE"),
        ("valid/_annotations.csv", "filename,width,height,class,xmin,ymin,xmax,ymax\n"),
        ("valid/b.jpg", "PICTURE"),
    ];
    let (records, written) = there_and_back("roboflow-csv", &files);
    let name = |record: &Record| format!("{}/{}", record.split.as_deref().unwrap(), record.key);
    assert_eq!(records.iter().map(name).collect::<Vec<_>>(), ["train/a.jpg", "train/empty.jpg", "val/b.jpg"]);
    for (name, text) in [files[0], files[3]] {
        assert_eq!(String::from_utf8_lossy(&written.files[name]), text, "{name}");
    }
    let bad =
        [("_annotations.csv", "filename,width,height,class,xmin,ymin,xmax,ymax\na,1,1,c,5,0,2,2\n,1,1,c,0,0,1,1\n")];
    let found = codes("roboflow-csv", &bad);
    let place = |line: u32| format!("_annotations.csv:{line}");
    assert_eq!(found, [(place(2), "bad_box"), (place(3), "bad_line")]);
}
