//! Parts of a dataset (train, val, ...) stay apart, whatever they are called.

use crate::{
    file_names::{item, schema},
    support::{read, write},
};
use labelwright_formats::{ExportItem, FORMATS, Format, LossReport, MemoryView, SplitNames};
use std::collections::BTreeSet;

/// Readers that know parts of a few names alone, as the folders of classes are no others.
const KNOWN_PARTS: [&str; 2] = ["imagenet", "yolo-classify"];

fn with_parts() -> impl Iterator<Item = &'static Format> {
    FORMATS.iter().filter(|format| format.carries.splits && format.read.is_some() && format.write.is_some())
}

/// An item for each part, with a text where the format wants one.
fn written(format: &Format, parts: &[Option<&str>]) -> (MemoryView, LossReport) {
    let schema = schema(format, &["car", "tree"]);
    let items: Vec<ExportItem> = parts
        .iter()
        .enumerate()
        .map(|(at, part)| {
            let mut item = item(format, &format!("one{at}.png"), "tree", at as u32);
            if format.id == "market-1501" {
                let fields = &mut item.answers[0].answer.fields;
                fields.insert("person".into(), labelwright_core::Value::Number(at as f64));
            }
            item.split = part.map(str::to_owned);
            item
        })
        .collect();
    write(format, &schema, &items)
}

fn count(report: &LossReport, code: &str) -> u64 {
    report.losses.iter().find(|loss| loss.code == code).map_or(0, |loss| loss.count)
}

#[test]
fn parts_whose_names_make_one_folder_stay_apart() {
    let long = "x".repeat(300);
    let longer = format!("{long}y");
    let parts = ["a_b_1", "a/b", "a_b", "a:b", "..", "CON", &long, &longer].map(Some);
    for format in with_parts() {
        let (view, report) = written(format, &parts);
        let renamed = match format.carries.split_names {
            SplitNames::Any => 0,
            // All but the first, which is there before anything could take its name.
            SplitNames::Folder { .. } => parts.len() as u64 - 1,
        };
        assert_eq!(count(&report, "renamed_splits"), renamed, "{}: {report:?}", format.id);
        if KNOWN_PARTS.contains(&format.id) {
            continue;
        }
        let reading = read(format, &view);
        assert_eq!((&reading.problems, &reading.stopped), (&Vec::new(), &None), "{}", format.id);
        let found: BTreeSet<&Option<String>> = reading.records.iter().map(|record| &record.split).collect();
        assert_eq!(reading.records.len(), parts.len(), "{}", format.id);
        assert_eq!(found.len(), parts.len(), "{}: {found:?} {:?}", format.id, view.files.keys());
    }
}

#[test]
fn what_is_in_no_part_is_not_put_into_one_silently() {
    for format in with_parts() {
        let SplitNames::Folder { none, others } = format.carries.split_names else { continue };
        let named: Vec<Option<&str>> = std::iter::once(none).chain(others.iter().copied()).map(Some).collect();
        let all: Vec<Option<&str>> = std::iter::once(None).chain(named).collect();
        let (_, report) = written(format, &all);
        if !none.is_empty() {
            assert_eq!(count(&report, "splits"), 1, "{}: {report:?}", format.id);
        }
        let odd = others.len() as u64 + u64::from(none.is_empty());
        assert_eq!(count(&report, "renamed_splits"), odd, "{}: {report:?}", format.id);
        // Alone, the name that stands for none is as good as none.
        if !none.is_empty() {
            assert_eq!(count(&written(format, &[Some(none)]).1, "splits"), 0, "{}", format.id);
        }
    }
}
