//! Records: from every kind of table, with their columns; pairs; and what data frames get of their labels.

use crate::support::{read, write};
use labelwright_core::{LabelSchema, Modality, Value, table::Table};
use labelwright_formats::{Data, ExportItem, Mapping, MemoryView, Record, Settings, SourcedAnswer, format};
use serde_json::{Value as Json, json};

fn view(files: &[(&str, &str)]) -> MemoryView {
    let files = files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()));
    MemoryView { files: files.collect() }
}

fn table(record: &Record) -> Table {
    let Data::Table(stored) = &record.data else { panic!("{record:?}") };
    Table::stored(stored).unwrap()
}

#[test]
fn rows_of_every_kind_of_table_are_records_with_their_columns_in_order() {
    let csv = "\u{feff}id,title,price\r\nA-1,\"Pump, \"\"big\"\"\",12.50\r\nA-2,,\r\n";
    let tsv = "id\ttitle\tprice\nA-1\tPump, \"big\"\t12.50\nA-2\t\t\n";
    let lines = "{\"id\":\"A-1\",\"title\":\"Pump, \\\"big\\\"\",\"price\":12.5}\n\n{\"id\":\"A-2\",\"title\":null,\"price\":null}\n";
    let list = "[{\"id\":\"A-1\",\"title\":\"Pump, \\\"big\\\"\",\"price\":12.5},{\"id\":\"A-2\",\"title\":null,\"price\":null}]";
    for (name, text) in [("a.csv", csv), ("a.tsv", tsv), ("a.jsonl", lines), ("a.json", list)] {
        let text = if name == "a.tsv" { text.replace("Pump, \"big\"", "Pump big") } else { text.to_owned() };
        let reading = read(format("records").unwrap(), &view(&[(name, &text)]));
        assert_eq!((reading.problems.as_slice(), reading.stopped), (&[][..], None), "{name}");
        let keys: Vec<&str> = reading.records.iter().map(|record| record.key.as_str()).collect();
        assert_eq!(keys, ["A-1", "A-2"], "{name}");
        let first = table(&reading.records[0]);
        assert_eq!(first.columns, ["title", "price"], "{name}");
        assert!(first.rows[0][0].as_str().unwrap().starts_with("Pump"), "{name}");
        let price = if name.starts_with("a.j") { json!(12.5) } else { json!("12.50") };
        assert_eq!(first.rows[0][1], price, "{name}: text stays as it is written");
    }
}

#[test]
fn parquet_rows_are_records_too() {
    let schema: LabelSchema = serde_json::from_str(SCHEMA).unwrap();
    let (files, _) = write(format("label-facts").unwrap(), &schema, &[pair()]);
    let reading = read(format("records").unwrap(), &files);
    assert_eq!((reading.problems.as_slice(), reading.stopped), (&[][..], None));
    let rows: Vec<Table> = reading.records.iter().map(table).collect();
    assert!(!rows.is_empty() && rows.iter().all(|row| row.columns.contains(&"modality".to_owned())), "{rows:?}");
}

#[test]
fn pairs_keep_their_sides_and_what_belongs_to_neither_is_metadata() {
    let csv = "id,left_title,left_price,right_title,right_price,label\n7,Pump,1,pump,2,1\n";
    let reading = read(format("records").unwrap(), &view(&[("pairs.csv", csv)]));
    let record = &reading.records[0];
    assert_eq!((record.key.as_str(), &record.metadata["label"]), ("7", &json!("1")));
    let table = table(record);
    assert_eq!(
        (table.columns, table.titles),
        (vec!["title".to_owned(), "price".into()], vec!["left".into(), "right".into()])
    );
    assert_eq!(json!(table.rows), json!([["Pump", "1"], ["pump", "2"]]));
}

#[test]
fn columns_are_mapped_to_key_labels_and_metadata() {
    let mapping = Mapping {
        key: Some("sku".into()),
        metadata: Some(vec!["shop".into()]),
        labels: [("match".to_owned(), "verdict".to_owned())].into(),
        ..Mapping::default()
    };
    let csv = "sku,title,shop,verdict\n9,Pump,east,same\n10,Drill,west,\n,Saw,west,same\n";
    let settings = Settings { mapping, ..Settings::default() };
    let (mut records, mut problems) = (Vec::new(), Vec::new());
    format("records").unwrap().read.unwrap()(&view(&[("a.csv", csv)]), &settings, &mut |found| {
        match found {
            labelwright_formats::Found::Record(record) => records.push(*record),
            labelwright_formats::Found::Problem(error) => problems.push((error.place, error.code)),
            labelwright_formats::Found::Schema(_) => {}
        }
        labelwright_formats::Next::GoOn
    })
    .unwrap();
    assert_eq!(problems, [("a.csv:4, column sku".to_owned(), "empty_key")]);
    assert_eq!((records[0].key.as_str(), &records[0].metadata["shop"]), ("9", &json!("east")));
    assert_eq!(records[0].answers[0].answer.fields["match"], Value::Text("same".into()));
    assert!(records[1].answers.is_empty());
    assert_eq!(table(&records[0]).columns, ["title"]);
}

#[test]
fn bad_rows_say_where_and_the_others_are_read() {
    let files = view(&[
        ("a.csv", "id,title\n1,Pump,more\n2,Drill\n"),
        ("b.jsonl", "{\"id\":1,\"t\":\"x\"}\n[1]\n{\"columns\":[\"a\"],\"rows\":[[1,2]]}\n{\"a\":1,\"a\":2}\n"),
        ("c.json", "[{\"id\":5,\"t\":\"y\"}, 7]"),
        ("d.png", "x"),
    ]);
    let reading = read(format("records").unwrap(), &files);
    let told: Vec<(&str, &str)> = reading.problems.iter().map(|one| (one.place.as_str(), one.code)).collect();
    let wanted = [
        ("a.csv:2", "wrong_cell_count"),
        ("b.jsonl:2", "malformed"),
        ("b.jsonl:3", "wrong_cell_count"),
        ("b.jsonl:4", "malformed"),
        ("c.json: entry 2", "malformed"),
        ("d.png", "other_kind"),
    ];
    assert_eq!(told, wanted);
    assert_eq!(reading.records.len(), 3);
    let twice = read(format("records").unwrap(), &view(&[("a.csv", "id,id\n1,2\n")]));
    assert_eq!(twice.stopped.unwrap().code, "duplicate");
}

const SCHEMA: &str = r##"{"name":"s","modality":"table","fields":[
    {"id":"match","title":"Match","kind":{"type":"choice","options":[{"id":"same","title":"Same"},{"id":"other","title":"Other"}]}},
    {"id":"key","title":"Key","kind":{"type":"number"}}],
 "classes":[{"id":"difference","title":"Difference","geometry":["cells"],"color":"#0072B2"}]}"##;

fn item(key: &str, table: Json, answer: Json) -> ExportItem {
    let answer = serde_json::from_value(answer).unwrap();
    let text = Table::stored(&table.to_string()).unwrap().canonical_json();
    let answers = vec![SourcedAnswer::new("ann", answer)];
    ExportItem { text: Some(text), answers, ..ExportItem::new(key, Modality::Table) }
}

fn pair() -> ExportItem {
    let table = json!({ "columns": ["title", "match"], "rows": [["=Pump", 1.5], ["pump", null]] });
    let region = json!({ "id": "r", "class": "difference", "geometry": { "type": "cells", "cells": [[0, 1]] } });
    item("p", table, json!({ "fields": { "match": "same", "key": 2 }, "regions": [region] }))
}

#[test]
fn a_table_for_data_frames_has_records_and_labels_side_by_side() {
    let schema: LabelSchema = serde_json::from_str(SCHEMA).unwrap();
    let single = item(
        "s",
        json!({ "columns": ["match", "colour"], "rows": [[true, "red"]] }),
        json!({ "fields": { "match": "other" } }),
    );
    let single = ExportItem { split: Some("train".into()), ..single };
    let (files, report) = write(format("records-csv").unwrap(), &schema, &[pair(), single]);
    let text = String::from_utf8(files.files["records.csv"].clone()).unwrap();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let wanted = [
        "key",
        "labeler",
        "split",
        "match",
        "label_key",
        "regions",
        "relations",
        "left_title",
        "left_match",
        "right_title",
        "match_",
        "colour",
    ];
    assert_eq!(header, wanted);
    let rows: Vec<Vec<String>> = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    assert_eq!(rows[0][..5], ["p", "ann", "", "same", "2"]);
    assert!(rows[0][5].contains("\"cells\":[[0,1]]"), "{}", rows[0][5]);
    assert_eq!(rows[0][7..], ["'=Pump", "1.5", "pump", "", ""]);
    assert_eq!(rows[1][..5], ["s", "ann", "train", "other", ""]);
    assert_eq!(rows[1][7..], ["", "", "", "true", "red"]);
    let codes: Vec<&str> = report.losses.iter().map(|loss| loss.code.as_str()).collect();
    assert_eq!(codes, ["renamed_columns"]);
}

#[test]
fn records_come_back_from_our_own_lines() {
    let schema: LabelSchema = serde_json::from_str(SCHEMA).unwrap();
    for name in ["native", "label-facts"] {
        let (files, _) = write(format(name).unwrap(), &schema, &[pair()]);
        let reading = read(format(name).unwrap(), &files);
        assert_eq!((reading.problems.as_slice(), reading.stopped), (&[][..], None), "{name}");
        assert_eq!(Some(table(&reading.records[0]).canonical_json()), pair().text, "{name}");
        assert_eq!(reading.records[0].answers[0].answer, pair().answers[0].answer, "{name}");
    }
}
