//! Masks in files of their own, by the class.

use crate::support::{read, write};
use labelwright_core::{Answer, Geometry, LabelSchema, Modality, Region, Target, geometry::Mask};
use labelwright_formats::{ExportItem, MemoryView, SourcedAnswer, format};

const SCHEMA: &str = r##"{"name":"s","modality":"image","classes":[
    {"id":"wet","title":"w","geometry":["mask"],"color":"#000000"},
    {"id":"sky","title":"s","geometry":["mask"],"color":"#000000"},
    {"id":"unused","title":"u","geometry":["mask"],"color":"#000000"}]}"##;

/// With a name that is no name of a folder, as other programs have it.
fn schema() -> LabelSchema {
    let mut schema = LabelSchema::parse(SCHEMA).unwrap();
    schema.classes[0].id = "wet/dry".to_owned();
    schema
}

/// A mask of a picture of 3 x 2 by its rows.
fn mask(rows: [&str; 2]) -> Mask {
    let lit = |x: usize, y: usize| rows[y].as_bytes()[x] == b'#';
    Mask::from_pixels(3, 2, (0..3).flat_map(|x| (0..2).map(move |y| (x, y))).map(|(x, y)| lit(x, y)))
}

fn region(id: &str, class: &str, rows: [&str; 2]) -> Region {
    Region {
        id: id.to_owned(),
        target: Target::Item,
        geometry: Geometry::Mask(mask(rows)),
        class: class.to_owned(),
        attributes: Default::default(),
        score: None,
    }
}

#[test]
fn classes_may_overlap_and_regions_of_one_class_become_one() {
    let schema = schema();
    let regions = vec![
        region("a", "sky", ["##.", "..."]),
        region("b", "wet/dry", [".#.", ".#."]),
        region("c", "sky", ["...", "..#"]),
    ];
    let mut full = ExportItem::new("a b.jpg".to_owned(), Modality::Image);
    full.size = Some([3, 2]);
    full.answers.push(SourcedAnswer::new("ann", Answer { regions, ..Answer::default() }));
    let mut bare = ExportItem::new("bare.jpg".to_owned(), Modality::Image);
    bare.size = Some([3, 2]);
    let format = format("mask-classes").unwrap();
    let (view, report) = write(format, &schema, &[full, bare]);
    let names: Vec<&str> = view.files.keys().map(String::as_str).collect();
    assert_eq!(names, ["classes.tsv", "masks/sky/a b.png", "masks/wet_dry/a b.png", "pictures.tsv"]);
    assert_eq!(view.files["classes.tsv"], b"wet_dry\twet/dry\nsky\tsky\nunused\tunused\n");
    assert_eq!(view.files["pictures.tsv"], b"a b.jpg\t3\t2\nbare.jpg\t3\t2\n");
    let lost: Vec<(&str, u64)> = report.losses.iter().map(|loss| (loss.code.as_str(), loss.count)).collect();
    assert_eq!(lost, [("overlap", 1)]);

    let reading = read(format, &view);
    assert!(reading.problems.is_empty(), "{:?}", reading.problems);
    let found: Vec<_> = reading.records.iter().map(|record| (record.key.as_str(), record.size)).collect();
    assert_eq!(found, [("a b.jpg", Some([3, 2])), ("bare.jpg", Some([3, 2]))]);
    let regions: Vec<_> =
        reading.records[0].answers[0].answer.regions.iter().map(|r| (&*r.class, &r.geometry)).collect();
    let whole = Geometry::Mask(mask(["##.", "..#"]));
    assert_eq!(regions, [("wet/dry", &Geometry::Mask(mask([".#.", ".#."]))), ("sky", &whole)]);
}

#[test]
fn folders_of_other_programs_have_no_lists() {
    let schema = schema();
    let mut item = ExportItem::new("x.jpg".to_owned(), Modality::Image);
    item.size = Some([3, 2]);
    let regions = vec![region("a", "sky", ["##.", "..."])];
    item.answers.push(SourcedAnswer::new("ann", Answer { regions, ..Answer::default() }));
    let format = format("mask-classes").unwrap();
    let (mut view, _) = write(format, &schema, &[item]);
    view.files.remove("classes.tsv");
    view.files.remove("pictures.tsv");
    view.files.insert("images/x.jpg".to_owned(), Vec::new());
    view.files.insert("masks/sky/broken.png".to_owned(), b"no picture".to_vec());
    let reading = read(format, &view);
    let keys: Vec<&str> = reading.records.iter().map(|record| record.key.as_str()).collect();
    assert_eq!(keys, ["broken.png", "x.jpg"]);
    assert_eq!(reading.records[1].answers[0].answer.regions[0].class, "sky");
    let places: Vec<(&str, &str)> = reading.problems.iter().map(|one| (one.place.as_str(), one.code)).collect();
    assert_eq!(places, [("masks/sky/broken.png", "bad_mask")]);
}

#[test]
fn a_mask_of_another_size_is_told_with_its_place() {
    let view = |pictures: &str| {
        let schema = schema();
        let mut item = ExportItem::new("x.jpg".to_owned(), Modality::Image);
        item.size = Some([3, 2]);
        let regions = vec![region("a", "sky", ["##.", "..."])];
        item.answers.push(SourcedAnswer::new("ann", Answer { regions, ..Answer::default() }));
        let (mut view, _): (MemoryView, _) = write(format("mask-classes").unwrap(), &schema, &[item]);
        view.files.insert("pictures.tsv".to_owned(), pictures.as_bytes().to_vec());
        view
    };
    for (pictures, wanted) in [
        ("x.jpg\t4\t2\n", ("masks/sky/x.png", "bad_mask")),
        ("x.jpg\t0\t2\n", ("pictures.tsv:1", "bad_line")),
        ("x.jpg\n", ("pictures.tsv:1", "bad_line")),
    ] {
        let reading = read(format("mask-classes").unwrap(), &view(pictures));
        let places: Vec<(&str, &str)> = reading.problems.iter().map(|one| (one.place.as_str(), one.code)).collect();
        assert_eq!(places, [wanted], "{pictures:?}");
    }
}
