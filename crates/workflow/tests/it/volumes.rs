//! Medical images: a series comes in as one item without a trace of the patient, its slices are labeled, and labels leave
//! in the field's formats.

use crate::support::{World, counts, worlds};
use labelwright_core::{Action, Answer, Geometry, ItemId, Target};
use labelwright_testkit::world::principal;
use labelwright_workflow::{
    decoding::Scrub,
    freeze::{Answers, Media},
};
use std::{
    fs,
    io::{Cursor, Read},
    path::{Path, PathBuf},
};

const SCHEMA: &str = r##"{"name": "Organs", "modality": "volume", "classes": [
  {"id": "liver", "title": "Liver", "geometry": ["mask"], "color": "#0072B2"},
  {"id": "lesion", "title": "Lesion", "geometry": ["mask", "box"], "color": "#E69F00"}]}"##;

/// Planted into the files by scripts/fixtures/volumes.py.
const PLANTED: [&str; 5] = ["lanted", "PLANTED", "19700102", "20260102", "1.2.3.20"];

fn fixture(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../media/tests/data/volumes").join(name)).unwrap()
}

/// A folder with the series, in a folder of its own.
fn series(world: &World, name: &str) -> PathBuf {
    for letter in ["a", "b", "c", "d", "e"] {
        let file = format!("{letter}.dcm");
        world.file(&format!("{name}/ct/{file}"), fixture(&format!("series/{file}")));
    }
    world.folder.path().join("source").join(name)
}

/// Nothing of the patient lies in any file of the world but those that were brought.
fn assert_clean(world: &World) {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() && !path.ends_with("source") {
                walk(&path, found);
            } else if path.is_file() {
                found.push(path);
            }
        }
    }
    let mut files = Vec::new();
    walk(world.folder.path(), &mut files);
    assert!(files.len() > 1);
    for path in files {
        let bytes = fs::read(&path).unwrap();
        assert_no_trace(&bytes, &path.display().to_string());
    }
}

fn assert_no_trace(bytes: &[u8], place: &str) {
    for word in PLANTED {
        assert!(!bytes.windows(word.len()).any(|part| part == word.as_bytes()), "{place}: {word}");
    }
}

#[tokio::test]
async fn a_series_is_one_item_and_nothing_of_the_patient_is_stored() {
    for world in worlds().await {
        let folder = series(&world, "scans");
        world.file("scans/broken.dcm", &fixture("explicit.dcm")[..700]);
        world.file("scans/words.dcm", "no scan");
        world.file("scans/head.nii.gz", fixture("volume.nii.gz"));
        let job = world.import_as("scans", &folder, "auto").await;
        assert_eq!(counts(&job), (2, 0, 2), "{}: {:?}", world.name, world.problems(&job).await);
        let mut problems = world.problems(&job).await;
        problems.sort();
        let told: Vec<(&str, &str)> = problems.iter().map(|(place, code)| (place.as_str(), code.as_str())).collect();
        assert_eq!(told, [("broken.dcm", "truncated"), ("words.dcm", "malformed")], "{}", world.name);
        let items = world.items("scans").await;
        let keys: Vec<&str> = items.iter().map(|item| item.key.as_str()).collect();
        assert_eq!(keys, ["ct.dcm.zip", "head.nii.gz"], "{}", world.name);
        assert!(items.iter().all(|item| item.modality == "volume"), "{}", world.name);
        let shape: serde_json::Value = serde_json::from_str(&items[0].shape).unwrap();
        assert_eq!((shape["slices"].as_i64(), shape["width"].as_i64()), (Some(5), Some(24)));
        let permit = world.workflow.permit_item(&principal(world.owner), ItemId(items[0].id.0)).await.unwrap();
        assert!(world.workflow.levels(&permit).await.unwrap().bytes > 100, "{}", world.name);
        assert_clean(&world);
        let report = world.workflow.doctor(|_| {}).await.unwrap();
        assert!(report.findings.is_empty(), "{}: {:?}", world.name, report.findings);
        // The same again adds nothing.
        assert_eq!(counts(&world.import_as("scans", &folder, "auto").await), (0, 2, 2), "{}", world.name);
    }
}

#[tokio::test]
async fn only_the_operator_can_keep_files_as_they_are() {
    for world in worlds().await {
        let world = World { workflow: world.workflow.clone().scrubbing(Scrub::None), ..world };
        let folder = series(&world, "kept");
        assert_eq!(counts(&world.import_as("kept", &folder, "auto").await), (1, 0, 0), "{}", world.name);
        let [item] = world.items("kept").await.try_into().unwrap();
        let blob = world.workflow.blobs().get(&item.hash).await.unwrap();
        assert!(blob.windows(12).any(|part| part == b"Planted^Name"), "{}", world.name);
    }
}

#[tokio::test]
async fn labels_lie_on_slices_and_leave_in_the_formats_of_the_field() {
    for world in worlds().await {
        let folder = series(&world, "labeled");
        world.file("labeled/seg.dcm", fixture("segmentation.dcm"));
        let job = world.import_as("labeled", &folder, "auto").await;
        assert_eq!(counts(&job), (1, 0, 0), "{}: {:?}", world.name, world.problems(&job).await);
        let owner = principal(world.owner);
        let project = world.project("Organs", SCHEMA, "labeled").await;
        let permit = world.workflow.permit_project(&owner, project, Action::ManageProject).await.unwrap();
        let assignment = world.workflow.next(&permit, 1).await.unwrap().assignments.remove(0);
        let [prelabel] = assignment.prelabels.try_into().unwrap_or_else(|_| panic!("{}: no pre-label", world.name));
        let slices: Vec<Target> = prelabel.answer.regions.iter().map(|region| region.target).collect();
        let wanted = [1, 2, 2, 3].map(|slice| Target::Frames([slice, slice]));
        assert_eq!(slices, wanted, "{}", world.name);
        // A slice that is not there, and a region on no slice.
        for (target, word) in [(Target::Frames([4, 5]), "numbered 0 to 4"), (Target::Item, "names its first")] {
            let mut beyond: Answer = prelabel.answer.clone();
            beyond.regions[0].target = target;
            let refused = world.submit(assignment.task, assignment.epoch, &beyond.canonical_json()).await;
            let message = refused.unwrap_err().to_string();
            assert!(message.contains(word), "{}: {message}", world.name);
        }
        let mut small: Answer = prelabel.answer.clone();
        if let Geometry::Mask(mask) = &mut small.regions[0].geometry {
            mask.height = 15;
        }
        let refused = world.submit(assignment.task, assignment.epoch, &small.canonical_json()).await;
        assert!(refused.unwrap_err().to_string().contains("24 x 16"), "{}", world.name);
        world.submit(assignment.task, assignment.epoch, &prelabel.answer.canonical_json()).await.unwrap();
        for (format, media, files) in [
            ("nifti", Media::Copy, vec!["dataset.json", "dicom/ct.dcm.zip", "labelsTr/ct.nii.gz"]),
            ("dicom-seg", Media::None, vec!["segmentations/ct.seg.dcm"]),
        ] {
            let exported =
                world.workflow.export_as_operator(project, format, Answers::All, media, Default::default()).await;
            let (mut reader, report) = exported.unwrap();
            assert!(report.losses.is_empty(), "{} {format}: {:?}", world.name, report.losses);
            let mut bytes = Vec::new();
            reader.read_to_end(&mut bytes).unwrap();
            let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
            let mut names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
            names.sort();
            assert_eq!(names, files, "{} {format}", world.name);
            for name in names {
                let mut file = Vec::new();
                archive.by_name(&name).unwrap().read_to_end(&mut file).unwrap();
                assert_no_trace(&file, &name);
            }
        }
        let options = Default::default();
        let coco = world.workflow.export_as_operator(project, "coco", Answers::All, Media::None, options).await;
        let (_, report) = coco.unwrap();
        assert!(report.losses.iter().any(|loss| loss.code == "not_an_image"), "{}: {:?}", world.name, report.losses);
    }
}
