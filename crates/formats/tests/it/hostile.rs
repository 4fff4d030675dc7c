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
        (
            "spans past the end",
            text(
                "{\"text\":\"a\",\"label\":[[0,99,\"x\"],[-1,1,\"x\"],[1,0,\"x\"],[0.5,1,\"x\"],[0,1]],\"spans\":[{\"start\":18446744073709551615,\"end\":1,\"label\":\"x\"}]}",
            ),
        ),
        (
            "relations with what is not there",
            text(
                "{\"text\":\"a\",\"entities\":[{\"id\":1}],\"relations\":[{\"from_id\":9,\"to_id\":1,\"type\":\"t\"},{\"head\":4,\"child\":5,\"label\":\"x\"}]}",
            ),
        ),
        (
            "a Label Studio stroke of a huge picture",
            text(
                "[{\"data\":{\"image\":\"a.png\"},\"annotations\":[{\"result\":[{\"id\":\"x\",\"from_name\":\"b\",\"to_name\":\"i\",\"type\":\"brushlabels\",\"original_width\":4294967295,\"original_height\":4294967295,\"value\":{\"format\":\"rle\",\"rle\":[255,255,255,252,57,27]}}]}]}]",
            ),
        ),
        (
            "Label Studio results that are none",
            text(
                "[{\"data\":{\"text\":\"a\"},\"annotations\":[{\"result\":[null,7,{\"type\":\"relation\"},{\"id\":\"x\",\"type\":\"labels\",\"value\":{\"start\":-1,\"end\":1e30}}]}],\"predictions\":[5]},3,null]",
            ),
        ),
        (
            "a Labelbox end that overflows",
            text(
                "{\"data_row\":{\"global_key\":\"k\",\"row_data\":\"a\"},\"media_attributes\":{\"asset_type\":\"text\"},\"projects\":{\"p\":{\"labels\":[{\"annotations\":{\"objects\":[{\"name\":\"x\",\"location\":{\"start\":0,\"end\":18446744073709551615}}]}}]}}}",
            ),
        ),
        (
            "a manifest with labels of other kinds",
            text(
                "{\"source\":\"a\",\"x\":{\"annotations\":[7]},\"x-metadata\":3,\"y\":\"s3://b/y.png\",\"y-metadata\":{\"type\":\"groundtruth/semantic-segmentation\"}}",
            ),
        ),
        ("a bomb in zlib", {
            let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
            std::io::Write::write_all(&mut packed, &vec![0x91; 8 << 20]).unwrap();
            packed.finish().unwrap()
        }),
        (
            "tiers without end",
            text(
                "File type = \"ooTextFile\"\n\"TextGrid\"\n0 1 <exists> 1e308 \"IntervalTier\" \"a\" 0 1 1e308 0 1 \"x\"",
            ),
        ),
        (
            "times that are none",
            text(
                "a\tb\tc\n-1.0\t1e300\tx\n\\\t1\t2\nSPEAKER a 1 nan inf <NA> <NA> x <NA> <NA>\n99:99:99,999 --> 1:1:1:1,0\n",
            ),
        ),
        (
            "annotations that hang on each other",
            text(
                "<ANNOTATION_DOCUMENT><TIER TIER_ID=\"t\"><ANNOTATION><REF_ANNOTATION ANNOTATION_ID=\"a\" ANNOTATION_REF=\"b\"/></ANNOTATION><ANNOTATION><REF_ANNOTATION ANNOTATION_ID=\"b\" ANNOTATION_REF=\"a\"/></ANNOTATION></TIER></ANNOTATION_DOCUMENT>",
            ),
        ),
        (
            "a brat file of odd lines",
            text("T1\tX 0 99\tx\nT2\tX 1;2 3\nE1\tX:T9\nR1\tX Arg1:T1\nA1\n#1\tN T7\tx\n*\tEquiv T1 T2 T3\nZ\n"),
        ),
        ("a very long line", vec![b'x'; 40 << 20]),
        ("a PNG header of a huge picture", picture([u32::MAX, u32::MAX])),
        ("a PNG without its end", picture([10, 10])),
        ("a zip file", b"PK\x03\x04\x14\0\0\0\x08\0".to_vec()),
    ]
}

/// Names under which some reader looks at a file.
const NAMES: [&str; 48] = [
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
    "a.conllu",
    "a.ann",
    "a.spacy",
    "a.ndjson",
    "a.tsv",
    "output.manifest",
    "a.eaf",
    "a.TextGrid",
    "a.rttm",
    "a.stm",
    "a.srt",
    "a.vtt",
    "wav.scp",
    "annotation/a/b.xmi",
    "annotation/a/c.zip",
];

#[test]
fn no_reader_panics_whatever_it_gets() {
    for (what, bytes) in corpus() {
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
                let began = Instant::now();
                let outcome = catch_unwind(AssertUnwindSafe(|| {
                    let _ = (format.sniff)(&view);
                    read(format, &view)
                }));
                let took = began.elapsed();
                assert!(took < Duration::from_secs(30), "{}: {what} as {name} takes {took:?}", format.id);
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

/// A file of 1 GiB without a line end, which is nowhere.
struct Endless(&'static str, std::cell::Cell<u64>);

const GIB: u64 = 1 << 30;

struct Letters<'a>(std::io::Take<std::io::Repeat>, &'a std::cell::Cell<u64>);

impl std::io::Read for Letters<'_> {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let count = self.0.read(out)?;
        self.1.set(self.1.get() + count as u64);
        Ok(count)
    }
}

impl labelwright_formats::DirectoryView for Endless {
    fn list(&self) -> Vec<(String, u64)> {
        vec![(self.0.to_owned(), GIB)]
    }

    fn list_size(&self, name: &str) -> Option<u64> {
        (name == self.0).then_some(GIB)
    }

    fn open(&self, _: &str) -> std::io::Result<Box<dyn std::io::Read + '_>> {
        Ok(Box::new(Letters(std::io::Read::take(std::io::repeat(b'x'), GIB), &self.1)))
    }

    fn open_random(&self, _: &str) -> std::io::Result<Box<dyn labelwright_formats::ReadSeek>> {
        Err(std::io::ErrorKind::Unsupported.into())
    }
}

#[test]
fn a_line_of_a_gibibyte_is_refused_with_its_place() {
    // Of each way in which files are read one: by lines, by rows, as a stream of JSON, and whole.
    for (id, name, code) in [
        ("jsonl", "a.jsonl", "line_too_long"),
        ("conll2003", "a.conll", "line_too_long"),
        ("csv", "a.csv", ""),
        ("coco", "a.json", "malformed"),
        ("text", "a.txt", "too_large"),
        ("labelme", "a.json", "too_large"),
    ] {
        let (view, mut found) = (Endless(name, std::cell::Cell::new(0)), Vec::new());
        let format = labelwright_formats::format(id).unwrap();
        let outcome = format.read.unwrap()(&view, &Default::default(), &mut |one| {
            if let labelwright_formats::Found::Problem(error) = one {
                found.push(error);
            }
            labelwright_formats::Next::GoOn
        });
        if let Err(labelwright_formats::Stop::Unreadable(error)) = outcome {
            found.push(error);
        }
        assert!(found.iter().any(|error| error.place.starts_with(name)), "{id}: {found:?}");
        assert!(code.is_empty() || found.iter().any(|error| error.code == code), "{id}: {found:?}");
        assert!(code != "too_large" || view.1.get() < 1 << 20, "{id} reads {} bytes before it refuses", view.1.get());
    }
}
