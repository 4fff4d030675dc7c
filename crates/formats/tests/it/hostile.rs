//! Every reader of the registry gets every bad file: none panics, none takes more than it was given to read, and every
//! complaint says where.

use crate::support::{picture, read};
use labelwright_formats::{FORMATS, MemoryView, detect};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::{Duration, Instant},
};

/// Files by a name that says what is bad about them.
fn corpus() -> Vec<(&'static str, Vec<u8>)> {
    let coco = r#"{"images":[{"id":1,"file_name":"a.png","width":10,"height":8}],"categories":[{"id":1,"name":"c"}],"annotations":[{"id":1,"image_id":1,"category_id":1,BODY}]}"#;
    let with = |body: &str| coco.replace("BODY", body).into_bytes();
    let million: String = (0..1_000_000).map(|at| format!("{},{},", at % 1000, at / 1000)).collect();
    let laughs = {
        let mut text = String::from("<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY lol \"lol\">");
        for level in 1..10 {
            let inner = format!("&lol{};", if level == 1 { String::new() } else { (level - 1).to_string() }).repeat(10);
            text.push_str(&format!("<!ENTITY lol{level} \"{inner}\">"));
        }
        text + "]><annotation><filename>&lol9;</filename></annotation>"
    };
    let voc = "<annotation><filename>a.png</filename><size><width>10</width><height>8</height></size><object><name>c</name><bndbox>BODY</bndbox></object></annotation>";
    let cvat =
        "<annotations><meta/><image id=\"0\" name=\"a.png\" width=\"10\" height=\"8\">BODY</image></annotations>";
    let text = |text: &str| text.as_bytes().to_vec();
    vec![
        ("empty", Vec::new()),
        ("only white space", text("  \n\t\n ")),
        ("a byte-order mark and nothing", text("\u{feff}")),
        ("NUL bytes", vec![0; 1000]),
        ("bytes that are no UTF-8", vec![0xff, 0xfe, 0x00, 0xd8, b'{', 0x80, b'\n', 0xc3]),
        ("UTF-16", "a,b\n1,2\n".encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("Latin-1", b"caf\xe9;1 2 3 4\n".to_vec()),
        ("JSON cut off", with("\"bbox\":[0,0,5,5]")[..120].to_vec()),
        ("JSON cut off in a string", text("{\"images\":[{\"file_name\":\"a")),
        ("JSON cut off in an escape", text("{\"images\\")),
        ("JSON with a duplicate key", text("{\"images\":[],\"images\":[],\"annotations\":[],\"categories\":[]}")),
        ("an entry with a duplicate key", with("\"bbox\":[0,0,5,5],\"bbox\":[0,0,6,6]")),
        ("JSON with something after it", text("{\"images\":[],\"annotations\":[],\"categories\":[]} x")),
        ("JSON nested deeply", format!("{}{}", "[".repeat(100_000), "]".repeat(100_000)).into_bytes()),
        ("objects nested deeply", format!("{}1{}", "{\"a\":".repeat(50_000), "}".repeat(50_000)).into_bytes()),
        ("JSON of another kind", text("{\"hello\":\"world\"}")),
        ("a JSON number", text("7")),
        ("a JSON list of numbers", text("[1,2,3]")),
        ("NaN", with("\"bbox\":[NaN,0,5,5]")),
        ("Infinity", with("\"bbox\":[0,0,1e999,5]")),
        ("a negative size", with("\"bbox\":[0,0,-5,5]")),
        ("a box of 3 numbers", with("\"bbox\":[0,0,5]")),
        ("a polygon of 4 numbers", with("\"segmentation\":[[0,0,5,5]]")),
        ("a polygon of odd numbers", with("\"segmentation\":[[0,0,5,5,1,2,3]]")),
        ("a million corners", with(&format!("\"segmentation\":[[{}]]", million.trim_end_matches(',')))),
        ("runs that are too long", with("\"segmentation\":{\"size\":[8,10],\"counts\":[4294967295,4294967295]}")),
        ("runs of a huge picture", with("\"segmentation\":{\"size\":[4294967295,4294967295],\"counts\":[1]}")),
        ("runs that are no text of runs", with("\"segmentation\":{\"size\":[8,10],\"counts\":\"\\u0001~~~\"}")),
        ("keypoints that are no triples", with("\"keypoints\":[1,2]")),
        (
            "huge ids",
            text(
                "{\"images\":[{\"id\":99999999999999999999,\"file_name\":\"a.png\"}],\"annotations\":[],\"categories\":[]}",
            ),
        ),
        (
            "an absent picture",
            text("{\"images\":[{\"id\":1,\"file_name\":\"gone.png\"}],\"annotations\":[],\"categories\":[]}"),
        ),
        (
            "names that lead away",
            text(
                "{\"images\":[{\"id\":1,\"file_name\":\"../../etc/passwd\"},{\"id\":2,\"file_name\":\"C:\\\\x\\\\..\"}],\"annotations\":[],\"categories\":[]}",
            ),
        ),
        ("billion laughs", laughs.into_bytes()),
        (
            "an external entity",
            text(
                "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><annotation><filename>&x;</filename></annotation>",
            ),
        ),
        ("XML cut off", voc.as_bytes()[..100].to_vec()),
        ("XML with tags that do not match", text("<annotation><a></b></annotation>")),
        (
            "XML nested deeply",
            format!("{}{}", "<annotation>".repeat(10_000), "</annotation>".repeat(10_000)).into_bytes(),
        ),
        (
            "XML corners that are no numbers",
            text(&voc.replace("BODY", "<xmin>x</xmin><ymin>0</ymin><xmax>5</xmax><ymax>5</ymax>")),
        ),
        (
            "XML corners that are NaN",
            text(&voc.replace("BODY", "<xmin>nan</xmin><ymin>0</ymin><xmax>inf</xmax><ymax>5</ymax>")),
        ),
        (
            "XML corners the wrong way round",
            text(&voc.replace("BODY", "<xmin>9</xmin><ymin>9</ymin><xmax>5</xmax><ymax>5</ymax>")),
        ),
        (
            "CVAT runs that are too long",
            text(&cvat.replace(
                "BODY",
                "<mask label=\"c\" rle=\"4294967295, 4294967295\" left=\"0\" top=\"0\" width=\"4\" height=\"4\"/>",
            )),
        ),
        (
            "a CVAT mask outside",
            text(&cvat.replace(
                "BODY",
                "<mask label=\"c\" rle=\"16\" left=\"900000000\" top=\"0\" width=\"4\" height=\"4\"/>",
            )),
        ),
        ("CVAT points that are none", text(&cvat.replace("BODY", "<polygon label=\"c\" points=\"1,2;x,;\"/>"))),
        (
            "a LabelMe mask that is no PNG",
            text(
                "{\"version\":\"5\",\"imagePath\":\"a.png\",\"imageWidth\":9,\"imageHeight\":9,\"shapes\":[{\"label\":\"c\",\"shape_type\":\"mask\",\"points\":[[1e300,-1e300],[2,2]],\"mask\":\"AAAA\"}]}",
            ),
        ),
        (
            "a huge LabelMe picture",
            text(
                "{\"version\":\"5\",\"imagePath\":\"a.png\",\"imageWidth\":4294967295,\"imageHeight\":4294967295,\"shapes\":[{\"label\":\"c\",\"shape_type\":\"mask\",\"points\":[[0,0],[2,2]],\"mask\":\"AAAA\"}]}",
            ),
        ),
        (
            "numbers of classes that are none",
            text("-1 0.5 0.5 0.1 0.1\n1e9 0.5 0.5 0.1 0.1\n99 nan 0.5 0.1 0.1\n0.5 1 1 1 1\n"),
        ),
        ("columns that are missing", text("car 0 0\n")),
        ("a table with broken quotes", text("ImageID,LabelName,XMin,XMax,YMin,YMax\n\"a,b\n\"\"\",x,1,2\n")),
        ("a table without its columns", text("x,y\n1,2\n")),
        ("frames that are none", text("0,1,1,1,5,5\n99999999999,1,1,1,5,5\n1,1,nan,1,5,5\n")),
        ("a count of faces that is none", text("a.png\n99999999999999999999\nb.png\n18446744073709551615\n1 2 3 4\n")),
        ("a very long line", vec![b'x'; 40 << 20]),
        ("a PNG header of a huge picture", picture([u32::MAX, u32::MAX])),
        ("a PNG without its end", picture([10, 10])),
        ("a zip file", b"PK\x03\x04\x14\0\0\0\x08\0".to_vec()),
    ]
}

/// Names under which some reader looks at a file.
const NAMES: [&str; 33] = [
    "instances_txt/a.txt",
    "bb_landmark/loose_bb_train.csv",
    "bb_landmark/loose_landmark_train.csv",
    "pairs.txt",
    "train/_annotations.csv",
    "data.json",
    "annotations/instances_train.json",
    "annotations/panoptic_val.json",
    "meta.json",
    "ann/a.png.json",
    "a.json",
    "a.geojson",
    "a.jsonl",
    "Annotations/a.xml",
    "annotations.xml",
    "data.yaml",
    "labels/train/a.txt",
    "obj.names",
    "classes.txt",
    "a.txt",
    "label_2/a.txt",
    "labelTxt/a.txt",
    "gt/a.txt",
    "seq/gt/gt.txt",
    "wider_face_split/wider_face_train_bbx_gt.txt",
    "train-annotations-bbox.csv",
    "class-descriptions-boxable.csv",
    "label_colors.txt",
    "SegmentationClass/a.png",
    "x_seg.png",
    "masks/classes.tsv",
    "gtFine/train/a/b_gtFine_polygons.json",
    "a.conll",
];

#[test]
fn no_reader_panics_whatever_it_gets() {
    for (what, bytes) in corpus() {
        let began = Instant::now();
        for name in NAMES {
            // A long line under every name would only take long.
            if bytes.len() > 1 << 20 && !["data.json", "annotations.xml", "a.txt", "data.yaml"].contains(&name) {
                continue;
            }
            let mut files: std::collections::BTreeMap<String, Vec<u8>> =
                [(name.to_owned(), bytes.clone()), ("images/train/a.png".to_owned(), picture([10, 8]))].into();
            files.entry("data.yaml".to_owned()).or_insert_with(|| b"names: [a]\n".to_vec());
            let view = MemoryView { files };
            for format in FORMATS.iter().filter(|format| format.read.is_some()) {
                let outcome = catch_unwind(AssertUnwindSafe(|| {
                    let _ = (format.sniff)(&view);
                    read(format, &view)
                }));
                let reading = outcome.unwrap_or_else(|_| panic!("{} panics at {what} as {name}", format.id));
                for problem in reading.problems.iter().chain(&reading.stopped) {
                    assert!(!problem.place.is_empty(), "{}: {what} as {name}: {problem:?} has no place", format.id);
                    assert!(
                        problem.message.len() < 2_000,
                        "{}: {what}: a message of {}",
                        format.id,
                        problem.message.len()
                    );
                }
                for record in &reading.records {
                    for region in record.answers.iter().flat_map(|answer| &answer.answer.regions) {
                        if let Some(b) = region.geometry.bounds() {
                            let sides = [b.left, b.top, b.right, b.bottom];
                            assert!(sides.iter().all(|side| side.is_finite()), "{}: {what}: {region:?}", format.id);
                        }
                    }
                }
            }
            let _ = detect(&view);
        }
        assert!(began.elapsed() < Duration::from_secs(120), "{what} takes {:?}", began.elapsed());
    }
}

#[test]
fn what_every_writer_makes_is_read_without_panic_when_it_is_cut_off() {
    use crate::{
        generate::{self, Dice},
        support::write,
    };
    for format in FORMATS.iter().filter(|format| format.read.is_some() && format.write.is_some()) {
        for seed in 0..4 {
            let mut dice = Dice(seed);
            let schema = generate::schema(&mut dice, &format.carries);
            let items = generate::items(&mut dice, format, &schema);
            let (view, _) = write(format, &schema, &items);
            for (name, bytes) in &view.files {
                for _ in 0..6 {
                    let mut cut = view.clone();
                    let end = dice.below(bytes.len() as u64 + 1) as usize;
                    let mut broken = bytes[..end].to_vec();
                    if dice.chance(50) && !broken.is_empty() {
                        let at = dice.below(broken.len() as u64) as usize;
                        broken[at] = dice.roll() as u8;
                        broken.extend_from_slice(&bytes[end..]);
                    }
                    cut.files.insert(name.clone(), broken);
                    let outcome = catch_unwind(AssertUnwindSafe(|| read(format, &cut)));
                    assert!(outcome.is_ok(), "{} panics: seed {seed}, {name} to {end}", format.id);
                }
            }
        }
    }
}
