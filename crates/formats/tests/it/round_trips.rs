//! For every format of the registry that is read and written: what is written comes back, up to what its table declares;
//! and what does not come back is in the report.

use crate::{
    generate::{self, Dice},
    panes, same,
    support::{read, write},
};
use labelwright_core::{Answer, Geometry, Modality};
use labelwright_formats::{ClassList, ExportItem, FORMATS, Format, Record, written_names};
use proptest::test_runner::{Config, TestRunner};

fn both_ways() -> impl Iterator<Item = &'static Format> {
    FORMATS.iter().filter(|format| format.read.is_some() && format.write.is_some())
}

/// Formats whose written form is for others to read, whose files are named by what they show, whose words come in the order
/// of their labels, or whose labels lie on slices: they have their own tests.
const ONE_WAY: [&str; 15] = [
    "csv",
    "tsv",
    "conll2003",
    "labelbox-import",
    "preference",
    "judged-completions",
    "funsd",
    "page-xml",
    "mots",
    "mots-png",
    "market-1501",
    "lfw",
    "vggface2",
    "nifti",
    "dicom-seg",
];

/// Formats that have no names of items: these come back in their order.
const NAMELESS: [&str; 4] = ["fasttext", "parallel", "spacy", "spacy-json"];

fn answer_of(item: &ExportItem) -> Answer {
    item.answers.first().map(|answer| answer.answer.clone()).unwrap_or_default()
}

fn answer_read(record: &Record) -> Answer {
    record.answers.first().map(|answer| answer.answer.clone()).unwrap_or_default()
}

fn check(format: &Format, seed: u64, with_panes: bool) -> Result<(), String> {
    let carries = &format.carries;
    let mut dice = Dice(seed);
    let mut schema = generate::schema(&mut dice, carries);
    let mut items = generate::items(&mut dice, format, &schema);
    if with_panes {
        panes::add(&mut dice, format, &mut schema, &mut items, !carries.panes);
    }
    let (view, report) = write(format, &schema, &items);
    let reading = read(format, &view);
    let fail = |what: &str, detail: String| {
        let files: Vec<_> = view
            .files
            .iter()
            .filter(|(name, _)| !name.ends_with(".png"))
            .map(|(name, bytes)| format!("--- {name}\n{}", String::from_utf8_lossy(&bytes[..bytes.len().min(3000)])))
            .collect();
        Err(format!("{}: {what}: {detail}\nlosses: {:?}\n{}", format.id, report.losses, files.join("\n")))
    };
    if !reading.problems.is_empty() || reading.stopped.is_some() {
        return fail("problems", format!("{:?} {:?}", reading.problems, reading.stopped));
    }
    let fitted: Vec<ExportItem> =
        items.iter().flat_map(|item| format.fitted("project", &schema, item.clone())).collect();
    let mut kept_all = true;
    for (at, item) in fitted.iter().enumerate() {
        let record = match NAMELESS.contains(&format.id) {
            true => reading.records.get(at),
            false => reading.records.iter().find(|record| record.key == item.key),
        };
        // Formats of one kind of data at a time take that of the schema.
        let other_kind = with_panes && item.modality != schema.modality;
        if record.is_none() && other_kind && report.losses.iter().any(|loss| loss.code == "modality") {
            continue;
        }
        let Some(record) = record else {
            return fail(
                "missing",
                format!("{:?} of {:?}", item.key, reading.records.iter().map(|r| &r.key).collect::<Vec<_>>()),
            );
        };
        let (mut wanted, mut found) = (answer_of(item), answer_read(record));
        if carries.classes == ClassList::None {
            // The reader's one class stands for all. Intervals are written in the order of time, spans with one question
            // together.
            for regions in [&mut wanted.regions, &mut found.regions] {
                regions.sort_by_key(|region| {
                    let [start, end] = match &region.geometry {
                        Geometry::Interval(interval) => [interval.start, interval.end],
                        Geometry::Span(span) => span.ranges.first().copied().unwrap_or_default().map(i64::from),
                        _ => [0, 0],
                    };
                    (start, end, serde_json::to_string(&region.attributes).unwrap())
                });
            }
            for (region, wanted) in found.regions.iter_mut().zip(&wanted.regions) {
                region.class.clone_from(&wanted.class);
            }
        }
        let specific = report.losses.iter().any(|loss| format.lossy_here(&loss.code));
        if !specific && !same::same_answer(&wanted, &found, carries.precision) {
            return fail(
                "another answer",
                format!("{:?}\n{}", item.key, same::difference(&wanted, &found, carries.precision)),
            );
        }
        if let (Some(wanted), false) = (&item.layer, specific)
            && !record.layer.as_ref().is_some_and(|found| same::same_layer(wanted, found, carries.precision))
        {
            return fail("another layer", format!("{wanted:?}\n{:?}", record.layer));
        }
        if carries.splits && record.split != item.split {
            return fail("another split", format!("{:?} {:?}", record.split, item.split));
        }
        if carries.sizes && record.size != item.size {
            return fail("another size", format!("{:?} {:?}", record.size, item.size));
        }
        if carries.metadata && record.metadata != item.metadata {
            return fail("other metadata", format!("{:?}", record.metadata));
        }
        if !panes::same_companions(item, record, &view) {
            return fail("other companions", format!("{:?}", record.companions));
        }
        let Some(original) = items.iter().find(|original| original.key == item.key) else { continue };
        kept_all &= same::same_answer(&answer_of(original), &found, carries.precision);
    }
    if (!kept_all || fitted.len() < items.len()) && report.losses.is_empty() {
        return fail("an uncounted loss", String::new());
    }
    if carries.hierarchy && !report.losses.iter().any(|loss| format.lossy_here(&loss.code)) {
        for class in &schema.classes {
            let used = fitted.iter().any(|item| item.regions().any(|region| region.class == class.id));
            if used && reading.parents.get(&class.id) != class.parent.as_ref() {
                return fail("another parent tier", format!("{} {:?}", class.id, reading.parents));
            }
        }
    } else if !carries.hierarchy
        && schema.classes.iter().any(|class| class.parent.is_some())
        && report.losses.iter().all(|loss| loss.code != "hierarchy")
    {
        return fail("a hierarchy is lost and not counted", String::new());
    }
    if carries.classes == ClassList::All {
        let Some(found) = &reading.schema else { return fail("no schema", String::new()) };
        let found: Vec<&str> = found.schema.classes.iter().map(|class| class.id.as_str()).collect();
        if found != written_names(carries, &schema) {
            return fail("other classes", format!("{found:?}"));
        }
        if carries.skeletons {
            let skeleton = |schema: &labelwright_core::LabelSchema| schema.classes[0].skeleton.clone();
            let found = &reading.schema.as_ref().unwrap().schema;
            if skeleton(found) != skeleton(&schema) {
                return fail("another skeleton", format!("{:?}", skeleton(found)));
            }
        }
    }
    Ok(())
}

#[test]
fn every_format_reads_what_it_writes() {
    let only = std::env::var("FORMAT").ok();
    for format in both_ways().filter(|format| !ONE_WAY.contains(&format.id)) {
        if only.as_ref().is_some_and(|only| only != format.id) {
            continue;
        }
        let mut runner = TestRunner::new(Config {
            cases: std::env::var("CASES").map_or(150, |cases| cases.parse().unwrap()),
            failure_persistence: None,
            ..Config::default()
        });
        let outcome = runner.run(&proptest::num::u64::ANY, |seed| {
            check(format, seed, false).map_err(proptest::test_runner::TestCaseError::fail)
        });
        if let Err(error) = outcome {
            panic!("{error}");
        }
    }
}

#[test]
fn every_format_reads_what_it_writes_of_items_with_companions() {
    let only = std::env::var("FORMAT").ok();
    for format in both_ways().filter(|format| !ONE_WAY.contains(&format.id)) {
        let cases = if format.carries.panes { 150 } else { 15 };
        for seed in (0..cases).filter(|_| only.as_ref().is_none_or(|only| only == format.id)) {
            check(format, seed, true).unwrap();
        }
    }
}

#[test]
fn every_format_gives_the_same_bytes_again() {
    for format in both_ways() {
        for seed in 0..10 {
            let mut dice = Dice(seed);
            let schema = generate::schema(&mut dice, &format.carries);
            let items = generate::items(&mut dice, format, &schema);
            assert_eq!(write(format, &schema, &items).0.files, write(format, &schema, &items).0.files, "{}", format.id);
        }
    }
}

#[test]
fn every_format_is_recognised() {
    for format in
        both_ways().filter(|format| format.carries.modalities.contains(&Modality::Image) || format.id == "cvat-video")
    {
        let (mut right, mut seen) = (0, Vec::new());
        for seed in 0..20 {
            let mut dice = Dice(seed);
            let schema = generate::schema(&mut dice, &format.carries);
            let mut items = generate::items(&mut dice, format, &schema);
            items
                .retain(|item| format.fitted("p", &schema, item.clone()).iter().any(|item| item.regions().count() > 0));
            if items.is_empty() {
                right += 1;
                continue;
            }
            let found = labelwright_formats::detect(&write(format, &schema, &items).0);
            right += usize::from(found.is_some_and(|(found, _)| found.id == format.id));
            seen.push(found.map(|(found, _)| found.id));
        }
        assert!(right >= 18, "{}: recognised {right} of 20 times: {seen:?}", format.id);
    }
}
