//! Folders of scans, label maps as NIfTI and segmentations as DICOM: those of other programs, and our own again.

use crate::support::{read, write};
use labelwright_core::{
    Answer, Geometry, GeometryKind, LabelSchema, Modality, Region, Target,
    geometry::{BoxShape, Mask},
    schema::Class,
};
use labelwright_dicom::{File, tags, uid};
use labelwright_formats::{
    Data, ExportItem, Head, MemorySink, MemoryView, Options, Record, SourcedAnswer, detect, format, item_of,
};
use std::{collections::BTreeMap, path::Path};

/// Files of the fixtures (scripts/fixtures/volumes.py) under names of a test.
fn view(files: &[(&str, &str)]) -> MemoryView {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../media/tests/data/volumes");
    let bytes = |from: &str| std::fs::read(folder.join(from)).unwrap();
    MemoryView { files: files.iter().map(|(name, from)| ((*name).to_owned(), bytes(from))).collect() }
}

const SERIES: [(&str, &str); 5] = [
    ("ct/a.dcm", "series/a.dcm"),
    ("ct/b.dcm", "series/b.dcm"),
    ("ct/c.dcm", "series/c.dcm"),
    ("ct/d.dcm", "series/d.dcm"),
    ("ct/e.dcm", "series/e.dcm"),
];

/// Class, first and last slice, pixels, and the corners around them.
fn said(record: &Record) -> Vec<String> {
    let regions = record.answers.iter().flat_map(|answer| &answer.answer.regions);
    let line = |region: &Region| {
        let Target::Frames([first, last]) = region.target else { panic!("{region:?}") };
        let bounds = region.geometry.bounds().unwrap();
        let corners = [bounds.left, bounds.top, bounds.right, bounds.bottom].map(|side| side as i64);
        format!("{} {first}-{last} {} {corners:?}", region.class, region.geometry.area())
    };
    regions.map(line).collect()
}

#[test]
fn files_of_one_series_are_one_item() {
    let mut files = SERIES.to_vec();
    files.extend([("IM0001", "explicit.dcm"), ("b/head.nii.gz", "volume.nii.gz"), ("ct/seg.dcm", "segmentation.dcm")]);
    let mut view = view(&files);
    view.files.insert("notes.txt".into(), b"not an image".to_vec());
    // Another series than that of the other file with this identifier.
    let explicit = view.files.remove("IM0001").unwrap();
    let own = File::parse(&explicit).unwrap();
    let mut data = own.data.clone();
    data.put_text(tags::SERIES_INSTANCE_UID, b"UI", "1.2.3.777");
    view.files.insert("IM0001".into(), labelwright_dicom::written(uid::EXPLICIT_LITTLE, &data));
    let reading = read(format("volumes").unwrap(), &view);
    let mut found: Vec<(String, usize)> = reading
        .records
        .iter()
        .map(|record| {
            let count = match &record.data {
                Data::Files(names) => names.len(),
                Data::File(_) => 1,
                other => panic!("{other:?}"),
            };
            (record.key.clone(), count)
        })
        .collect();
    found.sort();
    let wanted = [("IM0001.dcm", 1), ("b/head.nii.gz", 1), ("ct.dcm.zip", 5)];
    assert_eq!(found, wanted.map(|(key, count)| (key.to_owned(), count)));
    let mut problems: Vec<&str> = reading.problems.iter().map(|error| error.place.as_str()).collect();
    problems.sort_unstable();
    assert_eq!(problems, ["ct/seg.dcm", "notes.txt"]);
}

#[test]
fn folders_of_scans_are_recognised() {
    assert_eq!(detect(&view(&SERIES)).unwrap().0.id, "volumes");
    assert_eq!(detect(&view(&[("IM1", "explicit.dcm"), ("IM2", "implicit.dcm")])).unwrap().0.id, "volumes");
    let mut with_labels = SERIES.to_vec();
    with_labels.push(("seg.dcm", "segmentation.dcm"));
    assert_eq!(detect(&view(&with_labels)).unwrap().0.id, "dicom-seg");
    let maps = [("imagesTr/a_0000.nii.gz", "volume.nii.gz"), ("labelsTr/a.nii.gz", "labels.nii.gz")];
    assert_eq!(detect(&view(&maps)).unwrap().0.id, "nifti");
}

#[test]
fn a_segmentation_of_highdicom_lies_on_its_slices() {
    let mut files = SERIES.to_vec();
    files.push(("seg.dcm", "segmentation.dcm"));
    let reading = read(format("dicom-seg").unwrap(), &view(&files));
    assert!(reading.problems.is_empty(), "{:?}", reading.problems);
    let [record] = reading.records.try_into().unwrap();
    assert_eq!((record.key.as_str(), record.size), ("ct.dcm.zip", Some([24, 16])));
    let liver = |slice| format!("liver {slice}-{slice} 24 [6, 4, 12, 8]");
    assert_eq!(said(&record), [liver(1), liver(2), "lesion 2-2 9 [2, 10, 5, 13]".into(), liver(3)]);
    // Without its series there is nothing that it could lie on.
    let alone = read(format("dicom-seg").unwrap(), &view(&[("seg.dcm", "segmentation.dcm")]));
    assert_eq!(alone.problems[0].code, "missing_file");
    // A series of another size.
    let mut other = view(&[("seg.dcm", "segmentation.dcm"), ("a.dcm", "jpeg_2000.dcm")]);
    let large = other.files["a.dcm"].clone();
    let large = File::parse(&large).unwrap();
    let mut data = large.data.clone();
    data.put_text(tags::SERIES_INSTANCE_UID, b"UI", "1.2.3.200");
    other.files.insert("a.dcm".into(), labelwright_dicom::written(&large.syntax, &data));
    let found = read(format("dicom-seg").unwrap(), &other);
    assert_eq!(found.problems[0].code, "other_size", "{:?}", found.problems);
    let cut = other.files.get_mut("seg.dcm").unwrap();
    cut.truncate(cut.len() - 20);
    assert_eq!(read(format("dicom-seg").unwrap(), &other).problems[0].place, "seg.dcm");
}

#[test]
fn a_label_map_lies_as_the_volume_beside_it_is_shown() {
    let mut view = view(&[("imagesTr/a_0000.nii.gz", "volume.nii.gz"), ("labelsTr/a.nii.gz", "labels.nii.gz")]);
    for (list, names) in [
        (r#"{"labels": {"background": 0, "liver": 1, "lesion": 2}}"#, ["liver", "lesion"]),
        (r#"{"labels": {"0": "background", "1": "liver", "2": "lesion"}}"#, ["liver", "lesion"]),
        ("{}", ["1", "2"]),
    ] {
        view.files.insert("dataset.json".into(), list.as_bytes().to_vec());
        let reading = read(format("nifti").unwrap(), &view);
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        let [record] = reading.records.try_into().unwrap();
        assert_eq!(
            (record.key.as_str(), &record.data),
            ("a_0000.nii.gz", &Data::File("imagesTr/a_0000.nii.gz".into()))
        );
        // Columns and rows are turned round: 24 - 12 and 16 - 8.
        let [liver, lesion] = names;
        let line = |slice| format!("{liver} {slice}-{slice} 24 [12, 8, 18, 12]");
        assert_eq!(said(&record), [line(1), line(2), format!("{lesion} 2-2 9 [19, 3, 22, 6]"), line(3)]);
    }
    view.files.insert("labelsTr/a.nii.gz".into(), b"no label map".to_vec());
    assert_eq!(read(format("nifti").unwrap(), &view).problems[0].place, "labelsTr/a.nii.gz");
    view.files.remove("labelsTr/a.nii.gz");
    assert_eq!(read(format("nifti").unwrap(), &view).stopped.unwrap().code, "no_labels");
}

fn schema() -> LabelSchema {
    let class = |id: &str, color: &str| Class {
        id: id.into(),
        title: id.into(),
        geometry: vec![GeometryKind::Mask, GeometryKind::Box],
        color: color.into(),
        hotkey: None,
        description: String::new(),
        examples: Default::default(),
        attributes: Vec::new(),
        skeleton: None,
        parent: None,
        pane: None,
    };
    LabelSchema {
        name: "organs".into(),
        description: String::new(),
        modality: Modality::Volume,
        panes: Vec::new(),
        fields: Vec::new(),
        classes: vec![class("liver", "#ff0000"), class("lesion", "#00ff00")],
        relations: Vec::new(),
    }
}

/// The item of the fixtures' series or volume with these regions.
fn item(record: Record, view: &MemoryView, regions: Vec<Region>) -> ExportItem {
    let mut item = item_of(record, view).unwrap();
    item.answers = vec![SourcedAnswer::new("ann", Answer { regions, ..Answer::default() })];
    item.media = None;
    item
}

fn region(id: &str, class: &str, slices: [u32; 2], geometry: Geometry) -> Region {
    Region {
        id: id.into(),
        target: Target::Frames(slices),
        geometry,
        class: class.into(),
        attributes: BTreeMap::new(),
        score: None,
    }
}

fn mask(left: u32, top: u32, right: u32, bottom: u32) -> Geometry {
    let inside = |x, y| (left..right).contains(&x) && (top..bottom).contains(&y);
    let columns = (0..24).flat_map(|x| (0..16).map(move |y| (x, y)));
    Geometry::Mask(Mask::from_pixels(24, 16, columns.map(|(x, y)| inside(x, y))))
}

fn regions() -> Vec<Region> {
    vec![
        region("a", "liver", [0, 0], mask(3, 2, 9, 5)),
        // A box over three slices.
        region("b", "lesion", [2, 4], Geometry::Box(BoxShape { x: 20.0, y: 1.0, width: 3.0, height: 6.0 })),
        region("c", "lesion", [0, 0], mask(8, 2, 11, 5)),
    ]
}

#[test]
fn segmentations_come_back_as_they_were_written() {
    let source = view(&SERIES);
    let record = read(format("volumes").unwrap(), &source).records.remove(0);
    let (mut written, report) = write(format("dicom-seg").unwrap(), &schema(), &[item(record, &source, regions())]);
    assert!(report.losses.iter().all(|loss| loss.code.starts_with("box")), "{:?}", report.losses);
    assert_eq!(written.files.keys().collect::<Vec<_>>(), ["segmentations/ct.seg.dcm"]);
    let bytes = &written.files["segmentations/ct.seg.dcm"];
    let data = File::parse(bytes).unwrap().data;
    assert_eq!(data.text(tags::SOP_CLASS_UID).as_deref(), Some(uid::SEGMENTATION_STORAGE));
    let position = data.items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE)[0].items(tags::PLANE_POSITION_SEQUENCE)[0]
        .numbers(tags::IMAGE_POSITION_PATIENT);
    assert_eq!(position, [-10.0, -20.0, 30.0]);
    written.files.extend(source.files.clone());
    let reading = read(format("dicom-seg").unwrap(), &written);
    assert!(reading.problems.is_empty(), "{:?}", reading.problems);
    let lesion = |slice| format!("lesion {slice}-{slice} 18 [20, 1, 23, 7]");
    let wanted = vec![
        "liver 0-0 18 [3, 2, 9, 5]".to_owned(),
        "lesion 0-0 9 [8, 2, 11, 5]".to_owned(),
        lesion(2),
        lesion(3),
        lesion(4),
    ];
    assert_eq!(said(&reading.records[0]), wanted);
}

#[test]
fn label_maps_come_back_as_they_were_written_and_overlap_is_counted() {
    for (name, from) in [("a.nii.gz", "volume.nii.gz"), ("a.nii", "volume_big.nii")] {
        let source = view(&[("labels/a.nii.gz", "labels.nii.gz"), (name, from)]);
        let record = read(format("nifti").unwrap(), &source).records.remove(0);
        let (written, report) = write(format("nifti").unwrap(), &schema(), &[item(record, &source, regions())]);
        let overlap = report.losses.iter().find(|loss| loss.code == "overlap").unwrap();
        assert_eq!(overlap.count, 1);
        let reading = read(format("nifti").unwrap(), &written);
        assert!(reading.problems.is_empty(), "{:?}", reading.problems);
        let lesion = |slice| format!("lesion {slice}-{slice} 18 [20, 1, 23, 7]");
        // The later region of two that overlap is whole.
        let wanted = vec![
            "liver 0-0 15 [3, 2, 8, 5]".to_owned(),
            "lesion 0-0 9 [8, 2, 11, 5]".to_owned(),
            lesion(2),
            lesion(3),
            lesion(4),
        ];
        assert_eq!(said(&reading.records[0]), wanted, "{from}");
        assert_eq!(reading.schema.unwrap().schema.classes.len(), 2);
    }
}

#[test]
fn what_cannot_be_written_is_counted() {
    let source = view(&[("a.nii.gz", "volume.nii.gz"), ("labels/a.nii.gz", "labels.nii.gz")]);
    let record = read(format("nifti").unwrap(), &source).records.remove(0);
    let item = item(record, &source, regions());
    for (id, code) in [("dicom-seg", "no_dicom"), ("coco", "not_an_image"), ("voc", "not_an_image")] {
        let (_, report) = write(format(id).unwrap(), &schema(), std::slice::from_ref(&item));
        assert!(report.losses.iter().any(|loss| loss.code == code), "{id}: {:?}", report.losses);
    }
    let unknown = ExportItem { volume: None, ..item };
    let (_, report) = write(format("nifti").unwrap(), &schema(), &[unknown]);
    assert!(report.losses.iter().any(|loss| loss.code == "no_grid"), "{:?}", report.losses);
}

#[test]
fn the_same_labels_give_the_same_bytes() {
    let source = view(&SERIES);
    let bytes = || {
        let record = read(format("volumes").unwrap(), &source).records.remove(0);
        let (mut sink, options, schema) = (MemorySink::default(), Options::default(), schema());
        let head = Head::new("project", &schema, &options);
        let items = [item(record, &source, regions())];
        format("dicom-seg").unwrap().write_to(&head, &mut items.iter().cloned(), &mut sink).unwrap();
        sink.into_files()
    };
    assert_eq!(bytes(), bytes());
}
