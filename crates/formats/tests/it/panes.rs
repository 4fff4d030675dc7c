//! Items with companions: what is written of them, what comes back, and what is counted where a format has no panes.

use crate::{
    generate::{self, Dice},
    support::{read, write},
};
use labelwright_core::{Answer, GeometryKind, LabelSchema, Modality, Relation, schema::Class, schema::Pane};
use labelwright_formats::{
    CompanionItem, Data, ExportItem, Format, MemoryView, Record, SourcedAnswer, format, item_of, with_ids,
    written_names,
};
use serde_json::json;
use std::collections::BTreeMap;

const PANES: [(&str, Modality, GeometryKind); 3] = [
    ("caption", Modality::Text, GeometryKind::Span),
    ("second", Modality::Image, GeometryKind::Box),
    ("sound", Modality::Audio, GeometryKind::Interval),
];

/// Gives the schema panes with a class in each, and most items companions with regions. Where `odd`, there are regions in
/// panes for which the item has nothing.
pub fn add(dice: &mut Dice, format: &Format, schema: &mut LabelSchema, items: &mut [ExportItem], odd: bool) {
    for (id, modality, kind) in PANES {
        schema.panes.push(Pane { id: id.into(), title: id.into(), modality });
        let class =
            Class { id: format!("in {id}"), title: id.into(), geometry: vec![kind], ..schema.classes[0].clone() };
        schema.classes.push(Class { pane: Some(id.into()), skeleton: None, parent: None, ..class });
    }
    for item in items {
        for (id, modality, _) in PANES {
            let there = dice.chance(70);
            let companion = companion(dice, item, id, modality);
            for number in 0..if there || odd { dice.below(3) } else { 0 } {
                let mut alone = LabelSchema { modality, ..schema.clone() };
                alone.classes.retain(|class| class.pane.as_deref() == Some(id));
                let region = generate::region(dice, &format.carries, &alone, &companion.item, number);
                let region = region.map(|region| labelwright_core::Region { id: format!("{id}{number}"), ..region });
                item.answers[0].answer.regions.extend(region);
            }
            if there {
                item.companions.push(companion);
            }
        }
        let answer = &mut item.answers[0].answer;
        if let ([first, .., last], true) = (answer.regions.as_slice(), dice.chance(50)) {
            let (from, to) = (first.id.clone(), last.id.clone());
            answer.relations =
                vec![Relation { id: "rel".into(), relation: "near".into(), from, to, attributes: BTreeMap::new() }];
        }
    }
}

fn companion(dice: &mut Dice, item: &ExportItem, pane: &str, modality: Modality) -> CompanionItem {
    let ending = match modality {
        Modality::Image => ".png",
        Modality::Audio => ".wav",
        _ => "",
    };
    let mut made = ExportItem::new(format!("{}.{pane}{ending}", item.key), modality);
    match modality {
        Modality::Text => made.text = Some(generate::text(dice)),
        _ => made.media = Some(format!("source of {}", made.key)),
    }
    made.size = (modality == Modality::Image).then(|| [20 + dice.below(80) as u32, 15 + dice.below(60) as u32]);
    CompanionItem { pane: pane.into(), item: Box::new(made) }
}

/// Does the record have the companions of the item?
pub fn same_companions(item: &ExportItem, record: &Record, view: &MemoryView) -> bool {
    let told = |item: &ExportItem| -> Vec<_> {
        let one = |one: &CompanionItem| (one.pane.clone(), one.item.modality, one.item.text.clone(), one.item.size);
        item.companions.iter().map(one).collect()
    };
    let found = item_of(Record { answers: vec![SourcedAnswer::new("a", Answer::default())], ..record.clone() }, view);
    found.is_some_and(|found| told(&found) == told(item))
}

fn made(format: &Format, seed: u64) -> (LabelSchema, Vec<ExportItem>) {
    let mut dice = Dice(seed);
    let mut schema = generate::schema(&mut dice, &format.carries);
    let mut items = generate::items(&mut dice, format, &schema);
    add(&mut dice, format, &mut schema, &mut items, true);
    (schema, items)
}

#[test]
fn a_format_without_panes_gets_each_companion_as_an_item_and_counts_the_rest() {
    for format in ["coco", "yolo", "conll2003"].map(|id| format(id).unwrap()) {
        for seed in 0..200 {
            let (schema, items) = made(format, seed);
            let (_, report) = write(format, &schema, &items);
            let lost = |code: &str| report.losses.iter().find(|loss| loss.code == code).map_or(0, |loss| loss.count);
            let pane_of = |class: &str| schema.class(class).unwrap().pane.clone();
            let (mut kinds, mut homeless, mut relations) = (0, 0, 0);
            for item in &items {
                let has = |pane: &Option<String>| {
                    pane.as_ref().is_none_or(|pane| item.companions.iter().any(|one| one.pane == *pane))
                };
                let fits = |one: &&CompanionItem| !format.carries.modalities.contains(&one.item.modality);
                kinds += item.companions.iter().filter(fits).count() as u64;
                homeless += item.regions().filter(|region| !has(&pane_of(&region.class))).count() as u64;
                relations += item.answers[0].answer.relations.len() as u64;
                for piece in format.fitted("p", &schema, item.clone()) {
                    let pane = item.companions.iter().find(|one| one.item.key == piece.key).map(|one| one.pane.clone());
                    let lies = |class: &str| {
                        let at = written_names(&format.carries, &schema).iter().position(|name| name == class);
                        schema.classes[at.unwrap()].pane == pane
                    };
                    assert!(piece.regions().all(|region| lies(&region.class)), "{piece:?}");
                    assert!(piece.companions.is_empty());
                    assert_eq!(piece.split, item.split.clone().filter(|_| format.carries.splits));
                    assert!(pane.is_none() || piece.answers.iter().all(|one| one.answer.fields.is_empty()));
                }
            }
            let code = if format.id == "conll2003" { "not_text" } else { "not_an_image" };
            assert_eq!((lost(code), lost("panes")), (kinds, homeless), "{} {seed}: {:?}", format.id, report.losses);
            // None of these formats has any; items of other kinds take theirs along.
            assert!(
                lost("relations") <= relations && (kinds > 0 || lost("relations") == relations),
                "{:?}",
                report.losses
            );
            let unused = report.losses.iter().find(|loss| loss.code == "unused_classes");
            let twice = |class: &str| {
                let pane = schema.panes.iter().find(|pane| pane_of(class).is_some_and(|id| id == pane.id));
                pane.is_some_and(|pane| !format.carries.modalities.contains(&pane.modality))
            };
            assert!(unused.is_none_or(|loss| !loss.places.iter().any(|class| twice(class))), "{:?}", report.losses);
        }
    }
}

#[test]
fn relations_within_a_companion_go_with_it() {
    let format = format("web-annotation").unwrap();
    let (schema, mut items) = made(format, 1);
    items.truncate(1);
    let item = &mut items[0];
    item.companions.truncate(0);
    item.companions.push(companion(&mut Dice(1), item, "caption", Modality::Text));
    let span = |id: &str, start: u32| json!({ "id": id, "class": "in caption", "geometry": { "type": "span", "ranges": [[start, start + 1]] } });
    let own = json!({ "id": "c", "class": schema.classes[0].id,
        "geometry": { "type": "box", "x": 1, "y": 1, "width": 5, "height": 5 } });
    let relation = |id: &str, from: &str, to: &str| json!({ "id": id, "relation": "near", "from": from, "to": to });
    item.answers[0].answer = serde_json::from_value(json!({
        "fields": { "good": true }, "regions": [own, span("a", 0), span("b", 2)],
        "relations": [relation("r", "a", "b"), relation("s", "a", "c")],
    }))
    .unwrap();
    item.metadata = BTreeMap::from([("camera".to_owned(), "front".into())]);
    let native = labelwright_formats::format("native").unwrap();
    assert_eq!(native.fitted("p", &schema, item.clone()), std::slice::from_ref(&*item));
    let carries = labelwright_formats::Carries { panes: false, ..native.carries };
    let apart = Format { carries, id: "apart", ..*native }.fitted("p", &schema, item.clone());
    let told: Vec<_> = apart
        .iter()
        .map(|one| {
            let answer = &one.answers[0].answer;
            let ids: Vec<&str> = answer.regions.iter().map(|region| region.id.as_str()).collect();
            (ids, answer.relations.len(), answer.fields.len(), one.metadata.len(), one.answers[0].source.as_str())
        })
        .collect();
    assert_eq!(told, [(vec!["c"], 0, 1, 1, "ann"), (vec!["a", "b"], 1, 0, 1, "ann")]);
}

fn native(companions: serde_json::Value) -> MemoryView {
    let class = |id: &str, geometry: &str, pane: &str| json!({ "id": id, "title": id, "geometry": [geometry], "color": "#000000", "pane": pane });
    let schema = json!({ "name": "n", "modality": "image", "classes": [class("phrase", "span", "caption")], "panes": [
        { "id": "caption", "title": "Caption", "modality": "text" },
        { "id": "talk", "title": "Talk", "modality": "dialogue" },
        { "id": "photo", "title": "Photo", "modality": "image" },
    ] });
    let header = json!({ "format": "labelwright", "version": 1, "project": "p", "schema": schema });
    let line = json!({ "key": "a.png", "modality": "image", "hash": "", "answers": [], "file": "a.png",
        "companions": companions });
    let lines = format!("{header}\n{line}\n");
    MemoryView { files: [("x.jsonl".to_owned(), lines.into_bytes()), ("p/b.png".to_owned(), vec![1])].into() }
}

#[test]
fn native_lines_say_companions_in_short() {
    let talk = json!({ "messages": [{ "role": "user", "content": "Hi" }] }).to_string();
    let view = native(json!([
        { "pane": "photo", "file": "p/b.png" }, { "pane": "more", "file": "https://a.org/c.wav" },
        { "pane": "caption", "text": "A dog" }, { "pane": "talk", "text": talk },
    ]));
    let reading = read(format("native").unwrap(), &view);
    let companions = &reading.records[0].companions;
    let panes: Vec<&str> = companions.iter().map(|one| one.pane.as_str()).collect();
    assert_eq!(panes, ["caption", "talk", "photo", "more"], "in the order of the schema");
    assert_eq!(companions[0].data, Data::Text("A dog".into()));
    assert!(matches!(companions[1].data, Data::Conversation(_)));
    assert_eq!(companions[2].data, Data::File("p/b.png".into()));
    assert_eq!(companions[3].data, Data::Url("https://a.org/c.wav".into()));

    // Out again: what a text is stands where the schema does not say it, and an address stays one.
    let item = item_of(
        Record { answers: vec![SourcedAnswer::new("a", Answer::default())], ..reading.records[0].clone() },
        &view,
    );
    let schema = reading.schema.unwrap().schema;
    let (again, report) = write(format("native").unwrap(), &schema, &[item.clone().unwrap()]);
    assert_eq!(report.losses, []);
    let text = String::from_utf8(again.files["labelwright.jsonl"].clone()).unwrap();
    let line: serde_json::Value = serde_json::from_str(text.lines().nth(1).unwrap()).unwrap();
    assert_eq!(line["companions"][0], json!({ "pane": "caption", "text": "A dog" }));
    assert_eq!(line["companions"][2], json!({ "pane": "photo", "file": "a.png.photo.png" }));
    assert_eq!(line["companions"][3], json!({ "pane": "more", "file": "https://a.org/c.wav" }));
    assert!(again.files.contains_key("a.png.photo.png"), "their data is written as that of items is");
    let alone = labelwright_formats::native::item_line(item.unwrap(), Some("a.png".into())).unwrap();
    let line: serde_json::Value = serde_json::from_str(&alone).unwrap();
    assert_eq!(line["companions"][1]["modality"], "dialogue");
    assert_eq!(line["companions"][2], json!({ "pane": "photo", "file": "p/b.png" }));
}

#[test]
fn companions_that_cannot_be_read_are_told_with_their_place() {
    let problem = |companions: serde_json::Value| {
        let reading = read(format("native").unwrap(), &native(companions));
        assert!(reading.records.is_empty());
        let problem = &reading.problems[0];
        (problem.place.clone(), problem.code)
    };
    let text = json!({ "pane": "caption", "text": "a" });
    let at = |index: usize| format!("x.jsonl:2: companions[{index}]");
    assert_eq!(problem(json!([text, { "pane": "caption", "text": "b" }])), (at(1), "same_pane"));
    assert_eq!(problem(json!([text, { "pane": "photo" }])), (at(1), "no_data"));
    assert_eq!(problem(json!([{ "pane": "photo", "path": "p/b.png" }])), (at(0), "malformed"));
    assert_eq!(problem(json!([{ "pane": "photo", "file": "a", "text": "b" }])), (at(0), "malformed"));
    assert_eq!(problem(json!(["caption"])), (at(0), "malformed"));
    assert_eq!(problem(json!([{ "pane": "talk", "text": "no conversation" }])).0, at(0));
}

#[test]
fn names_of_panes_become_ids_with_those_of_the_schema() {
    let mut reading = read(format("native").unwrap(), &native(json!([{ "pane": "caption", "text": "a" }])));
    let mut record = reading.records.remove(0);
    record.companions[0].pane = "The Caption".into();
    assert_eq!(with_ids(record).companions[0].pane, "the_caption");
}

/// What a table with these files beside it holds, its caption in a pane.
fn mapped(
    id: &str,
    table: &str,
    text: &str,
    panes: &[(&str, &str)],
) -> (Vec<Record>, Vec<labelwright_formats::RecordError>) {
    let file = |name: &str, bytes: &[u8]| (name.to_owned(), bytes.to_vec());
    let view = MemoryView {
        files: [
            file(table, text.as_bytes()),
            file("d/img/1.png", &crate::support::picture([4, 3])),
            file("d/long.txt", "A long\ncaption".as_bytes()),
            file("d/img/9.png", &[1]),
        ]
        .into(),
    };
    let panes = panes.iter().map(|(pane, column)| ((*pane).to_owned(), (*column).to_owned())).collect();
    let settings = labelwright_formats::Mapping { panes, ..Default::default() }.into();
    let (mut records, mut problems) = (Vec::new(), Vec::new());
    let outcome = format(id).unwrap().read.unwrap()(&view, &settings, &mut |found| {
        match found {
            labelwright_formats::Found::Record(record) => records.push(*record),
            labelwright_formats::Found::Problem(problem) => problems.push(problem),
            labelwright_formats::Found::Schema(_) => {}
        }
        labelwright_formats::Next::GoOn
    });
    if let Err(labelwright_formats::Stop::Unreadable(problem)) = outcome {
        problems.push(problem);
    }
    (records, problems)
}

const ROWS: &str = "id,image,text,shop\n1,img/1.png,A dog,east\n2,https://a.org/2.png,,west\n3,no.png,long.txt,west\n";

#[test]
fn a_column_of_a_table_holds_the_data_of_a_pane() {
    let jsonl: String = ROWS
        .lines()
        .skip(1)
        .map(|row| {
            let cells: Vec<&str> = row.split(',').collect();
            json!({ "id": cells[0], "image": cells[1], "text": cells[2], "shop": cells[3] }).to_string() + "\n"
        })
        .collect();
    for (id, table, text) in [
        ("csv", "d/t.csv", ROWS.to_owned()),
        ("tsv", "d/t.tsv", ROWS.replace(',', "\t")),
        ("jsonl", "d/t.jsonl", jsonl),
    ] {
        // The pane's column would be the content otherwise.
        let (records, problems) = mapped(id, table, &text, &[("caption", "text")]);
        let told: Vec<_> = records.iter().map(|one| (one.key.as_str(), one.data.clone())).collect();
        let wanted = [
            ("1", Data::File("d/img/1.png".into())),
            ("2", Data::Url("https://a.org/2.png".into())),
            ("3", Data::Text("no.png".into())),
        ];
        assert_eq!(told, wanted, "{id}");
        let companions: Vec<_> = records.iter().map(|one| one.companions.first().map(|one| one.data.clone())).collect();
        let text = |text: &str| Some(Data::Text(text.to_owned()));
        assert_eq!(companions, [text("A dog"), None, text("A long\ncaption")], "an empty cell is no companion");
        assert_eq!(records[0].companions[0].pane, "caption");
        let metadata: Vec<&str> = records[0].metadata.keys().map(String::as_str).collect();
        assert_eq!(metadata, ["shop"]);
        let told: Vec<_> = problems.iter().map(|one| (one.place.as_str(), one.code)).collect();
        assert_eq!(told, [("d/img/9.png", "other_kind")]);
    }
}

#[test]
fn records_have_panes_too_and_a_misspelt_column_is_told() {
    let (records, _) = mapped("records", "d/t.csv", ROWS, &[("photo", "image")]);
    assert!(matches!(records[0].data, Data::Table(_)));
    assert_eq!(records[0].companions[0].data, Data::File("d/img/1.png".into()));
    for (id, table) in [("csv", "d/t.csv"), ("records", "d/t.csv")] {
        let (records, problems) = mapped(id, table, ROWS, &[("photo", "picture")]);
        assert!(records.is_empty());
        assert_eq!(problems[0].code, "no_such_column");
    }
}
