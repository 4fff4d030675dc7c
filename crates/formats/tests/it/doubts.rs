//! Data that may be of two formats: which one is taken, and with how much doubt.

use crate::support::picture;
use labelwright_formats::{MemoryView, candidates, detect};

/// A YOLO dataset whose lines have four corners.
fn corners(yaml: &str, size: Option<[u32; 2]>, lines: &[&str]) -> MemoryView {
    let mut files = vec![
        ("data.yaml".to_owned(), format!("{yaml}train: images/train\nnames:\n  0: roof\n").into_bytes()),
        ("labels/train/a.txt".to_owned(), lines.join("\n").into_bytes()),
    ];
    files.extend(size.map(|size| ("images/train/a.png".to_owned(), picture(size))));
    MemoryView { files: files.into_iter().collect() }
}

/// A turned rectangle in a picture of 200 x 100, and one that is not turned.
const TURNED: &str = "0 0.5 0.1 0.7 0.5 0.6 0.7 0.4 0.3";
const UPRIGHT: &str = "0 0.1 0.1 0.3 0.1 0.3 0.5 0.1 0.5";
/// Four corners of no rectangle.
const OUTLINE: &str = "0 0.1 0.1 0.8 0.2 0.7 0.9 0.2 0.6";

#[test]
fn polygons_of_four_corners_are_told_from_rotated_boxes_by_their_look() {
    let wide = Some([200, 100]);
    for (yaml, size, lines, wanted, least, most) in [
        ("", wide, &[TURNED, UPRIGHT][..], "yolo-obb", 0.85, 0.95),
        ("", wide, &[UPRIGHT][..], "yolo-obb", 0.5, 0.7),
        ("", wide, &[OUTLINE, OUTLINE, TURNED][..], "yolo-segment", 0.5, 0.7),
        // The same shares are no rectangle where the picture has other proportions.
        ("", Some([100, 100]), &[TURNED][..], "yolo-segment", 0.5, 0.7),
        ("", None, &[TURNED][..], "yolo-obb", 0.5, 0.6),
        ("task: segment\n", wide, &[TURNED][..], "yolo-segment", 0.95, 1.0),
        ("task: obb\n", wide, &[OUTLINE][..], "yolo-obb", 0.95, 1.0),
        // Another count of numbers leaves no doubt.
        ("", wide, &[TURNED, "0 0.1 0.1 0.3 0.1 0.3 0.5"][..], "yolo-segment", 0.95, 1.0),
    ] {
        let view = corners(yaml, size, lines);
        let (found, sure) = detect(&view).unwrap();
        assert_eq!(found.id, wanted, "{yaml}{size:?} {lines:?}");
        assert!((least..=most).contains(&sure), "{wanted}: {sure}");
        let both = ["yolo-obb", "yolo-segment"];
        let named = candidates(&view).into_iter().take(2).filter(|(format, _)| both.contains(&format.id)).count();
        assert!(sure >= 0.9 || named == 2, "the other one is named too");
    }
    let roboflow = corners("roboflow:\n  project: p\n", wide, &[OUTLINE]);
    assert_eq!(detect(&roboflow).map(|(format, _)| format.id), Some("roboflow-yolo"));
}
