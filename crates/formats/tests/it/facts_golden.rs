//! Label facts: a row for everything that somebody said.

use crate::{
    dataset_golden::{PICTURES, pictures, schema, write},
    support::read,
};
use labelwright_formats::{SourcedAnswer, detect, format};

#[test]
fn facts_are_rows_that_come_back() {
    let format = format("label-facts").unwrap();
    let mut items = pictures();
    items[0].metadata.insert("camera".into(), "front".into());
    let second = SourcedAnswer { source: "bob".into(), ..items[0].answers[0].clone() };
    items[0].answers.push(second);
    // The second answer of bob is another one; of the last labeler nobody knows when.
    let at = |text: &str| labelwright_core::Timestamp::parse(text).unwrap();
    items[0].answers[0].revision = Some(3);
    items[0].answers[0].submitted_at = Some(at("2026-01-31T12:00:00.000001Z"));
    let later = SourcedAnswer {
        revision: Some(2),
        submitted_at: Some(at("1969-12-31T23:59:59.5Z")),
        ..items[0].answers[1].clone()
    };
    items[0].answers.push(later);
    let (view, report) = write(format, &schema(PICTURES), &items, &[]);
    assert_eq!(report.losses, []);
    assert_eq!(detect(&view).map(|(format, _)| format.id), Some("label-facts"));
    let reading = read(format, &view);
    assert_eq!(reading.problems, []);
    assert_eq!((&reading.records[0].answers, &reading.records[0].metadata), (&items[0].answers, &items[0].metadata));
    // The same file as a table: an item's row, two fields and two regions of each answer, the other item and its empty answer.
    let rows = read(labelwright_formats::format("parquet").unwrap(), &view);
    assert_eq!(rows.records.len() + rows.problems.len(), 1 + 3 * 4 + 1 + 1);
    assert_eq!(reading.records[1].answers, items[1].answers, "an answer that says nothing is one too");
}
