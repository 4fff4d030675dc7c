//! What is read quickly beside what the general parser reads.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::coco::{
    entries::{Annotation, Id, Image},
    layout::Layout,
};
use proptest::prelude::*;

/// An entry with nothing behind it.
fn alone<T>(raw: &[u8], (found, bytes): (T, usize)) -> Option<T> {
    raw.get(bytes..)?.trim_ascii().is_empty().then_some(found)
}

/// What is read by the way of one's own, of one that has learnt it, and of one that has learnt another.
fn annotation(raw: &[u8]) -> Option<QuickBox> {
    let plain = super::annotation(raw, &mut Vec::new());
    let mut layout = Layout::default();
    for other in [USUAL.replace("-0,", "3,").as_bytes(), raw, raw] {
        let found = layout.annotation(other);
        if other == raw {
            assert_eq!(found, plain, "{}", String::from_utf8_lossy(raw));
        }
    }
    alone(raw, plain?)
}

fn image(raw: &[u8]) -> Option<QuickImage<'_>> {
    alone(raw, super::image(raw)?)
}

/// What is read quickly is what the general parser reads.
fn agrees(raw: &str) {
    if let Some(quick) = annotation(raw.as_bytes()) {
        let general: Annotation<'_> = serde_json::from_str(raw).unwrap();
        let id = |raw: Option<&serde_json::value::RawValue>| Id::of(raw.unwrap()).unwrap();
        assert_eq!(id(general.id), Id::Number(quick.id), "{raw}");
        assert_eq!(id(general.category_id), Id::Number(quick.category), "{raw}");
        assert_eq!(general.bbox.unwrap(), quick.bbox, "{raw}");
        assert_eq!((general.area, general.iscrowd.unwrap_or(0.0)), (quick.area, f64::from(u8::from(quick.crowd))));
        assert!(general.others.is_empty() && general.score.is_none() && general.keypoints.is_none());
        assert!(general.segmentation.is_none_or(|raw| raw.get().replace(' ', "") == "[]"), "{raw}");
    }
    if let Some(quick) = image(raw.as_bytes()) {
        let general: Image<'_> = serde_json::from_str(raw).unwrap();
        assert_eq!(Id::of(general.id.unwrap()).unwrap(), Id::Number(quick.id), "{raw}");
        assert_eq!(general.file_name.unwrap(), quick.file_name, "{raw}");
        assert_eq!([general.width.unwrap(), general.height.unwrap()], quick.size.map(f64::from), "{raw}");
        assert!(general.others.is_empty());
    }
}

const USUAL: &str =
    r#"{"id": 5, "image_id":1,"category_id":3 , "bbox":[1.25,0,-0,7.1],"area":8.875,"segmentation":[ ],"iscrowd":0}"#;

#[test]
fn the_usual_is_read_and_the_unusual_is_left() {
    let good = USUAL.replace("-0,", "3,");
    assert_eq!(
        annotation(good.as_bytes()),
        Some(QuickBox { id: 5, category: 3, bbox: [1.25, 0.0, 3.0, 7.1], area: Some(8.875), crowd: false })
    );
    for (from, to) in [
        ("\"id\": 5", "\"id\": 05"),
        ("\"id\": 5", "\"id\": \"5\""),
        ("\"id\": 5", "\"id\": 5.0"),
        ("\"id\": 5", "\"id\": 5, \"id\": 5"),
        ("[ ]", "[[1,2,3,4,5,6]]"),
        ("[ ]", "null"),
        ("1.25", "1e3"),
        ("1.25", "1."),
        ("1.25", ".5"),
        ("1.25", "01.5"),
        ("1.25", "NaN"),
        ("7.1", "0"),
        ("\"iscrowd\":0", "\"iscrowd\":2"),
        ("\"iscrowd\":0", "\"score\":0.5"),
        ("\"iscrowd\":0}", "\"iscrowd\":0,}"),
        ("\"iscrowd\":0}", "\"iscrowd\":0} 1"),
        ("\"image_id\":1,", ""),
    ] {
        let other = good.replace(from, to);
        assert_ne!(other, good);
        assert_eq!(annotation(other.as_bytes()), None, "{other}");
    }
    let picture = r#"{"id":1,"file_name":"ö/a.png","width":640,"height":480}"#;
    assert_eq!(image(picture.as_bytes()), Some(QuickImage { id: 1, file_name: "ö/a.png", size: [640, 480] }));
    for (from, to) in
        [("ö", "\\u00f6"), ("640", "0"), ("640", "640.0"), ("640", "-1"), ("ö", "\n"), ("480", "480,\"x\":1")]
    {
        assert_eq!(image(picture.replace(from, to).as_bytes()), None, "{to}");
    }
}

proptest! {
    #[test]
    fn whatever_is_read_is_read_alike(
        numbers in proptest::collection::vec(
            prop_oneof![
                any::<f64>().prop_map(|n| n.to_string()),
                (0..100_000_u32, 0..7_u32).prop_map(|(n, p)| (f64::from(n) / 10_f64.powi(p as i32)).to_string()),
                "-?[0-9]{1,18}(\\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?",
            ], 5..6),
        cut in 0..200_usize,
        byte in any::<char>(),
    ) {
        let raw = format!(
            r#"{{"id":7,"image_id":1,"category_id":3,"bbox":[{},{},{},{}],"area":{},"iscrowd":1}}"#,
            numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]
        );
        agrees(&raw);
        // And with something in it that is not meant to be there.
        let at = raw.char_indices().map(|(at, _)| at).nth(cut % raw.len()).unwrap_or(0);
        let mut odd = raw.clone();
        odd.insert(at, byte);
        if serde_json::from_str::<Annotation<'_>>(&odd).is_ok() {
            agrees(&odd);
        } else {
            prop_assert_eq!(annotation(odd.as_bytes()), None, "{}", odd);
        }
    }
}

#[test]
fn digits_are_read_wherever_the_number_ends() {
    for (text, expected) in [
        ("7", Some((7, 1, 0))),
        ("12345678,", Some((12_345_678, 8, 0))),
        ("1.250 ", Some((1250, 1, 3))),
        ("0.5]", Some((5, 1, 1))),
        ("1.5.2", Some((15, 1, 1))),
        ("", None),
        (".5", None),
        ("01", None),
        ("1.", None),
        ("-1", None),
    ] {
        assert_eq!(Walk::new(text.as_bytes()).digits(), expected, "{text}");
    }
}

#[test]
fn a_layout_finds_image_and_end_of_what_is_written_alike() {
    let first = USUAL.replace("-0,", "3,");
    let mut layout = Layout::default();
    assert_eq!(layout.skim(first.as_bytes()), None);
    layout.look(first.as_bytes());
    let other = first.replace("\"image_id\":1", "\"image_id\":917").replace("1.25", "-10.5");
    assert_eq!(layout.skim(format!("{other}, {first}").as_bytes()), Some((917, other.len())));
    for (from, to) in [
        ("[ ]", "[]"),
        ("8.875", "{\"id\":1}"),
        ("8.875", "\"}\""),
        ("8.875", "\"{\""),
        ("8.875", "[{\"id\": 5, \"image_id\":2}]"),
        ("\"iscrowd\":0", "\"iscrowd\":\"0\""),
        ("\"iscrowd\":0", "\"iscrowd\":0,\"x\":1"),
        ("0}", "0"),
    ] {
        let different = first.replace(from, to);
        assert_eq!(layout.skim(different.as_bytes()), None, "{different}");
    }
    // The box at the end, whose last numbers have no key before them.
    let boxed = r#"{"image_id": 3, "id": 1, "category_id": 2, "bbox": [1, 2, 3, 4]}"#;
    let mut layout = Layout::default();
    layout.look(boxed.as_bytes());
    let other = boxed.replace("3, 4", "30, 4.5");
    assert_eq!(layout.skim(other.as_bytes()), Some((3, other.len())));
    for different in [boxed.replace(", 4]", "]"), boxed.replace("bbox", "box"), boxed.replace("4]", "4 ]")] {
        assert_eq!(layout.skim(different.as_bytes()), None, "{different}");
    }
}
