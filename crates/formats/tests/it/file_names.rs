//! Whatever items, classes and parts of the dataset are called: every writer makes names that stay in the output, that
//! every disk can hold, and that no two items share.

use crate::support::{picture, read};
use labelwright_core::{
    Answer, Geometry, GeometryKind, LabelSchema, Modality, Region, Target, Value,
    document::LayerBuilder,
    geometry::{
        BoxShape, Cells, Interval, Keyframe, Keypoint, Keypoints, Mask, Polygon, PolygonPart, RotatedBox, Span, Track,
        Visibility,
    },
    schema::{Class, Field, FieldKind, Skeleton},
    volume::{Grid, Instances},
};
use labelwright_formats::{
    ArchiveSink, Clock, ExportItem, FORMATS, Format, Head, MemorySink, MemoryView, Options, SourcedAnswer, format,
};
use std::collections::{BTreeMap, BTreeSet};

fn class(name: &str, geometry: GeometryKind) -> Class {
    Class {
        id: name.to_owned(),
        title: name.to_owned(),
        geometry: vec![geometry],
        color: "#0072b2".to_owned(),
        hotkey: None,
        description: String::new(),
        examples: Default::default(),
        attributes: Vec::new(),
        skeleton: (geometry == GeometryKind::Keypoints)
            .then(|| Skeleton { points: vec!["a".into(), "b".into()], edges: vec![[0, 1]] }),
        parent: None,
        pane: None,
    }
}

/// A shape of the first kind that the format holds and that is drawn here, at the place `at` of a picture of 64 x 48;
/// None for others and for formats of fields alone.
fn shape(format: &Format, at: u32) -> Option<Geometry> {
    let (x, y) = (2.0 + f64::from(at), 3.0 + f64::from(at));
    let upright = BoxShape { x, y, width: 8.0, height: 6.0 };
    let ring = upright.corners().to_vec();
    Some(match format.carries.geometry.first()? {
        GeometryKind::Box => Geometry::Box(upright),
        GeometryKind::RotatedBox => {
            Geometry::RotatedBox(RotatedBox { cx: x + 8.0, cy: y + 8.0, width: 8.0, height: 6.0, angle: 30.0 })
        }
        GeometryKind::Polygon => {
            Geometry::Polygon(Polygon { parts: vec![PolygonPart { outer: ring, holes: Vec::new() }] })
        }
        GeometryKind::Mask => Geometry::Mask(Mask::of_rings(&[ring], 64, 48)),
        GeometryKind::Keypoints => {
            let joint = |x, y| Keypoint { x, y, visibility: Visibility::Visible };
            Geometry::Keypoints(Keypoints { points: vec![joint(x, y), joint(x + 5.0, y + 4.0)] })
        }
        GeometryKind::Span => Geometry::Span(Span::new(0, 3)),
        GeometryKind::Interval => {
            Geometry::Interval(Interval { start: 100 * i64::from(at), end: 100 * i64::from(at) + 50 })
        }
        GeometryKind::Track => {
            let keyframe = |frame| Keyframe::new(frame, Geometry::Box(upright.clone()));
            Geometry::Track(Track { keyframes: vec![keyframe(1), keyframe(2)] })
        }
        GeometryKind::Cells => Geometry::Cells(Cells { cells: vec![[0, 0]] }),
        _ => return None,
    })
}

fn modality(format: &Format) -> Modality {
    let known = [
        Modality::Image,
        Modality::Text,
        Modality::Audio,
        Modality::Video,
        Modality::Dialogue,
        Modality::TimeSeries,
        Modality::Document,
        Modality::Volume,
        Modality::Table,
    ];
    known.into_iter().find(|one| format.carries.modalities.contains(one)).unwrap()
}

/// Two slices of a DICOM series.
fn grid() -> Grid {
    let dicom = Instances {
        study: "1.2".into(),
        series: "1.2.3".into(),
        frame_of_reference: None,
        sop_class: "1.2.840.10008.5.1.4.1.1.2".into(),
        slices: vec![("1.2.3.1".into(), None), ("1.2.3.2".into(), None)],
    };
    Grid { size: [64, 48, 2], spacing: [1.0; 3], measured: true, affine: None, flipped: [false; 3], dicom: Some(dicom) }
}

pub fn item(format: &Format, key: &str, class: &str, at: u32) -> ExportItem {
    let modality = modality(format);
    let mut item = ExportItem::new(key, modality);
    match modality {
        Modality::Text => item.text = Some("one two".to_owned()),
        Modality::Table => item.text = Some(r#"{"columns":["a"],"rows":[["x"]]}"#.to_owned()),
        Modality::Audio | Modality::TimeSeries => item.clock = Some(Clock { ticks: Some(60_000), ..Clock::new(1000) }),
        Modality::Document => {
            let mut page = LayerBuilder::default();
            page.page(64.0, 48.0);
            page.word("one", [2.0, 2.0, 20.0, 10.0], 0, 0, None);
            page.word("two", [24.0, 2.0, 40.0, 10.0], 0, 0, None);
            item.layer = Some(Box::new(page.finish()));
            item.size = Some([64, 48]);
        }
        Modality::Volume => {
            item.size = Some([64, 48]);
            item.volume = Some(Box::new(grid()));
        }
        _ => item.size = Some([64, 48]),
    }
    if item.text.is_none() {
        item.media = Some(format!("source {key}"));
    }
    let mut answer = Answer::default();
    if let Some(geometry) = shape(format, at) {
        let target = match modality {
            Modality::Document if geometry.kind() != GeometryKind::Span => Target::Page(0),
            Modality::Volume => Target::Frames([0, 0]),
            _ => Target::Item,
        };
        let region =
            Region { id: "r".into(), target, geometry, class: class.into(), attributes: BTreeMap::new(), score: None };
        answer.regions.push(region);
    }
    // Formats that sort pictures into folders by what they show, and those of whole texts.
    for name in ["label", "labels", "person", "text", "translation", "target", "response"] {
        let value = Value::Text(class.to_owned());
        if format.carries.fields.fits(name, &value) {
            answer.fields.insert(name.to_owned(), value);
        }
    }
    item.answers.push(SourcedAnswer::new("ann", answer));
    item
}

pub fn schema(format: &Format, classes: &[&str]) -> LabelSchema {
    let kind = format.carries.geometry.first().copied().unwrap_or(GeometryKind::Box);
    let text = || FieldKind::Text { multiline: false, max_chars: None, pattern: None, starts_from: None };
    let field = |name: &str| Field {
        id: name.to_owned(),
        title: name.to_owned(),
        help: String::new(),
        kind: text(),
        required: false,
        when: None,
        mutable: false,
    };
    LabelSchema {
        name: "n".into(),
        description: String::new(),
        modality: modality(format),
        panes: Vec::new(),
        fields: ["label", "labels", "person", "text"].into_iter().map(field).collect(),
        classes: classes.iter().map(|name| class(name, kind)).collect(),
        relations: Vec::new(),
    }
}

fn write(format: &Format, schema: &LabelSchema, items: Vec<ExportItem>) -> (MemoryView, BTreeMap<String, String>) {
    let (mut sink, options) = (MemorySink::default(), Options::default());
    let head = Head::new("../../project", schema, &options);
    let written = format.write_to(&head, &mut items.into_iter(), &mut sink);
    written.unwrap_or_else(|error| panic!("{}: {error}", format.id));
    let media = std::mem::take(&mut sink.media);
    let mut files = sink.into_files();
    let pictures = media.keys().map(|name| (name.clone(), picture([64, 48])));
    files.extend(pictures);
    (MemoryView { files }, media)
}

/// Names that a disk of no usual system holds, or that lead to a device there.
fn is_held_everywhere(name: &str) -> bool {
    const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com1", "lpt9"];
    labelwright_formats::check_name(name).is_ok()
        && name.split('/').all(|part| {
            let stem = part.split('.').next().unwrap_or_default().trim().to_ascii_lowercase();
            part.len() <= 255 && !DEVICES.contains(&stem.as_str()) && !part.ends_with(['.', ' '])
        })
}

#[test]
fn hostile_names_stay_in_the_output_and_apart() {
    let long = "x".repeat(3000);
    let wide = "猫".repeat(400);
    let deep = "d/".repeat(600) + "a.png";
    let keys = [
        "../../x.png",
        "/etc/x.png",
        "C:\\x.png",
        "a\0b.png",
        "CON",
        "con.png",
        "a/NUL/b.png",
        "dir./a .png",
        "..",
        ".",
        "",
        "a//b.png",
        "a/../b.png",
        "..\\..\\x.png",
        "\\\\server\\share\\x.png",
        "a:b.png",
        "a_b.png",
        "a\nb.png",
        "line\u{2028}\u{202e}gnp.exe",
        "~/x.png",
        "$(rm -rf).png",
        "`x`.png",
        "-rf",
        &format!("{long}.png"),
        &format!("{long}.jpg"),
        &format!("{long}y.png"),
        &format!("{wide}.png"),
        &deep,
    ];
    let classes = ["../../evil", "/etc/passwd", "CON", "a\0b", "..", &long, "x\ny"];
    for format in FORMATS.iter().filter(|format| format.write.is_some()) {
        let schema = schema(format, &classes);
        let splits = ["../out", "train", "..", "/abs", "CON", "a\0b", &long];
        let items: Vec<ExportItem> = keys
            .iter()
            .enumerate()
            .map(|(at, key)| {
                let mut item = item(format, key, classes[at % classes.len()], at as u32);
                item.split = Some(splits[at % splits.len()].to_owned());
                item
            })
            .collect();
        let (view, media) = write(format, &schema, items);
        let mut folded = BTreeSet::new();
        for name in view.files.keys() {
            assert!(is_held_everywhere(name), "{}: {name:?}", format.id);
            assert!(folded.insert(name.clone()), "{}: {name:?} twice", format.id);
        }
        if !media.is_empty() {
            let sources: BTreeSet<&String> = media.values().collect();
            assert_eq!(sources.len(), media.len(), "{}: data written twice", format.id);
        }
        // What such names made can be read again, or is refused with a reason; nothing falls over.
        if format.read.is_some() {
            let reading = read(format, &view);
            assert!(reading.records.len() <= keys.len() + media.len(), "{}", format.id);
        }
    }
}

/// Formats that name files by what they show, by the number of a frame, or whose written form is for others to read.
const NAMED_BY_CONTENT: [&str; 9] =
    ["market-1501", "lfw", "vggface2", "mot", "mots", "cvat-video", "csv", "tsv", "labelbox-import"];

#[test]
fn files_with_one_stem_keep_their_own_labels() {
    let both = FORMATS.iter().filter(|format| format.read.is_some() && format.write.is_some());
    for format in both.filter(|format| {
        format.carries.modalities.contains(&Modality::Image)
            && shape(format, 0).is_some()
            && !NAMED_BY_CONTENT.contains(&format.id)
    }) {
        let schema = schema(format, &["car", "tree"]);
        let keys = ["d/a.jpg", "d/a.png", "d/a.b.png", "d/a_png.png", "a.jpg"];
        let items: Vec<ExportItem> =
            keys.iter().enumerate().map(|(at, key)| item(format, key, "tree", 3 * at as u32)).collect();
        let wanted: Vec<Option<f64>> =
            items.iter().map(|item| item.regions().next().and_then(|r| r.geometry.bounds()).map(|b| b.left)).collect();
        let (view, media) = write(format, &schema, items);
        let reading = read(format, &view);
        assert_eq!((&reading.problems, &reading.stopped), (&Vec::new(), &None), "{}", format.id);
        assert_eq!(reading.records.len(), keys.len(), "{}: {:?}", format.id, view.files.keys());
        let mut found: Vec<(String, f64)> = Vec::new();
        for record in &reading.records {
            let [answer] = record.answers.as_slice() else { panic!("{}: {} has no answer", format.id, record.key) };
            let [region] = answer.answer.regions.as_slice() else { panic!("{}: {}", format.id, record.key) };
            found.push((record.key.clone(), region.geometry.bounds().unwrap().left));
        }
        for (at, wanted) in wanted.iter().enumerate() {
            let wanted = wanted.unwrap();
            let own: Vec<_> = found.iter().filter(|(_, left)| (left - wanted).abs() < 1e-3).collect();
            assert_eq!(own.len(), 1, "{}: the labels of {} are at {own:?} in {found:?}", format.id, keys[at]);
        }
        // And each record lies beside its own picture.
        for record in reading.records.iter().filter(|_| !media.is_empty()) {
            if let labelwright_formats::Data::File(path) = &record.data {
                let left = found.iter().find(|(key, _)| *key == record.key).unwrap().1;
                let at = wanted.iter().position(|wanted| (wanted.unwrap() - left).abs() < 1e-3).unwrap();
                assert_eq!(media[path], format!("source {}", keys[at]), "{}: {path}", format.id);
            }
        }
    }
}

#[test]
fn a_sink_takes_no_name_that_leads_away() {
    let mut sink = MemorySink::default();
    for name in ["../a", "/a", "a/../../b", "a\\b", "C:a", "a\0b", "", "a/", "a//b", "./a", "a\nb"] {
        assert!(sink.begin(name).is_err(), "{name:?}");
        assert!(sink.media(name, "x").is_err(), "{name:?}");
    }
    assert!(format("coco").is_some());
}

/// Between two parts of one file a zip file has no place for another.
#[test]
fn data_lies_between_files_and_not_within_them() {
    let mut zip = labelwright_formats::ZipSink::new(std::io::Cursor::new(Vec::new()), Box::new(|| unreachable!()));
    zip.begin("a").unwrap();
    std::io::Write::write_all(&mut zip, b"1").unwrap();
    zip.add("b", &mut b"2".as_slice()).unwrap();
    assert!(std::io::Write::write_all(&mut zip, b"3").is_err());
    for id in ["native", "label-facts"] {
        let format = format(id).unwrap();
        let schema = schema(format, &["car"]);
        let items = ["a/b.png", "a:b.png", "..", "a_b.png"].map(|key| {
            let mut item = ExportItem::new(key, Modality::Image);
            (item.size, item.media) = (Some([64, 48]), Some(format!("source {key}")));
            item
        });
        let (view, media) = write(format, &schema, items.to_vec());
        assert_eq!(media.len(), 4, "{id}");
        let reading = read(format, &view);
        assert_eq!(reading.records.iter().map(|record| record.key.as_str()).collect::<Vec<_>>(), items.map(|i| i.key));
        if id == "native" {
            for record in &reading.records {
                let labelwright_formats::Data::File(path) = &record.data else { panic!("{record:?}") };
                assert_eq!(media[path], format!("source {}", record.key));
            }
        }
    }
}
