//! Tiers that lie within others: ELAN's files made by hand after the specification of EAF 3.0, and what is written.

use crate::{
    support::{read, write},
    text_golden::{said, view},
};
use labelwright_core::{Answer, LabelSchema, Modality};
use labelwright_formats::{
    Clock, Collector, ExportItem, LossReport, MemoryView, SourcedAnswer, format, schema_with_ids,
};

/// Turns, what divides them, a translation of each, words of that without times, and gestures within turns.
const EAF: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT AUTHOR="" DATE="2020-01-01T00:00:00Z" FORMAT="3.0" VERSION="3.0">
<HEADER MEDIA_FILE="" TIME_UNITS="milliseconds"><MEDIA_DESCRIPTOR MEDIA_URL="file:///a.wav" MIME_TYPE="audio/x-wav" RELATIVE_MEDIA_URL="./a.wav"/></HEADER>
<TIME_ORDER><TIME_SLOT TIME_SLOT_ID="ts1" TIME_VALUE="100"/><TIME_SLOT TIME_SLOT_ID="ts2" TIME_VALUE="200"/><TIME_SLOT TIME_SLOT_ID="ts3"/><TIME_SLOT TIME_SLOT_ID="ts4" TIME_VALUE="500"/><TIME_SLOT TIME_SLOT_ID="ts5" TIME_VALUE="900"/></TIME_ORDER>
<TIER LINGUISTIC_TYPE_REF="turns" PARTICIPANT="Ann" TIER_ID="turn"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" TIME_SLOT_REF1="ts1" TIME_SLOT_REF2="ts5"><ANNOTATION_VALUE>hi you</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>
<TIER LINGUISTIC_TYPE_REF="words" PARENT_REF="turn" TIER_ID="word"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a2" TIME_SLOT_REF1="ts1" TIME_SLOT_REF2="ts4"><ANNOTATION_VALUE>hi</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a3" TIME_SLOT_REF1="ts4" TIME_SLOT_REF2="ts5"><ANNOTATION_VALUE>you</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>
<TIER LINGUISTIC_TYPE_REF="same" PARENT_REF="turn" TIER_ID="translation"><ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a4" ANNOTATION_REF="a1"><ANNOTATION_VALUE>salut toi</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION></TIER>
<TIER LINGUISTIC_TYPE_REF="parts" PARENT_REF="translation" TIER_ID="mot"><ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a5" ANNOTATION_REF="a4"><ANNOTATION_VALUE>salut</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION><ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a6" ANNOTATION_REF="a4" PREVIOUS_ANNOTATION="a5"><ANNOTATION_VALUE>toi</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION></TIER>
<TIER LINGUISTIC_TYPE_REF="within" PARENT_REF="turn" TIER_ID="Gesture"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a7" TIME_SLOT_REF1="ts2" TIME_SLOT_REF2="ts4"><ANNOTATION_VALUE>nods</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>
<TIER LINGUISTIC_TYPE_REF="within" PARENT_REF="round" TIER_ID="circle"/><TIER LINGUISTIC_TYPE_REF="within" PARENT_REF="circle" TIER_ID="round"/>
<LINGUISTIC_TYPE GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="turns" TIME_ALIGNABLE="true"/>
<LINGUISTIC_TYPE CONSTRAINTS="Time_Subdivision" GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="words" TIME_ALIGNABLE="true"/>
<LINGUISTIC_TYPE CONSTRAINTS="Symbolic_Association" GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="same" TIME_ALIGNABLE="false"/>
<LINGUISTIC_TYPE CONSTRAINTS="Symbolic_Subdivision" GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="parts" TIME_ALIGNABLE="false"/>
<LINGUISTIC_TYPE CONSTRAINTS="Included_In" GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="within" TIME_ALIGNABLE="true"/>
</ANNOTATION_DOCUMENT>"#;

/// The schema that the data asks for, with ids of ours: `class < parent constraint`.
fn proposed(files: &[(&str, &str)]) -> Vec<String> {
    let mut collector = Collector::default();
    let view = view(files);
    format("elan").unwrap().read.unwrap()(&view, &Default::default(), &mut |found| {
        match found {
            labelwright_formats::Found::Schema(schema) => collector.schema(*schema),
            labelwright_formats::Found::Record(record) => collector.record(&record),
            labelwright_formats::Found::Problem(problem) => panic!("{problem:?}"),
        }
        labelwright_formats::Next::GoOn
    })
    .unwrap();
    let schema = schema_with_ids(collector.finish().schema, "n");
    assert_eq!(schema.check(), vec![]);
    let line = |class: &labelwright_core::schema::Class| match &class.parent {
        None => class.id.clone(),
        Some(tier) => format!("{} < {} {}", class.id, tier.class, tier.constraint.as_str()),
    };
    schema.classes.iter().map(line).collect()
}

#[test]
fn elan_tiers_come_with_their_parents_and_constraints() {
    assert_eq!(
        proposed(&[("a.eaf", EAF)]),
        [
            "turn",
            "word < turn time_subdivision",
            "translation < turn symbolic_association",
            "mot < turn time_subdivision",
            "gesture < turn included_in",
            "circle",
            "round",
        ]
    );
    assert_eq!(
        said("elan", &[("a.eaf", EAF)]),
        [
            "a.wav",
            " by import",
            "  turn 100..900 {\"text\":\"hi you\"}",
            "  word 100..500 {\"text\":\"hi\"}",
            "  word 500..900 {\"text\":\"you\"}",
            "  translation 100..900 {\"text\":\"salut toi\"}",
            "  mot 100..500 {\"text\":\"salut\"}",
            "  mot 500..900 {\"text\":\"toi\"}",
            "  Gesture 200..500 {\"text\":\"nods\"}",
            "  i5 -parent-> i4",
            "  i6 -parent-> i4",
        ]
    );
}

#[test]
fn a_schema_of_several_files_has_the_tiers_of_all() {
    let other =
        EAF.replace("TIER_ID=\"turn\"", "TIER_ID=\"Turn 2\"").replace("PARENT_REF=\"turn\"", "PARENT_REF=\"Turn 2\"");
    let found = proposed(&[("a.eaf", EAF), ("b.eaf", &other)]);
    assert_eq!(found[1], "word < turn time_subdivision");
    assert_eq!(found.last().unwrap(), "turn_2");
}

fn schema() -> LabelSchema {
    let class = |id: &str, parent: &str| {
        format!(r##"{{"id": "{id}", "title": "T", "geometry": ["interval"], "color": "#000000"{parent}}}"##)
    };
    let within = |class: &str, how: &str| format!(r#", "parent": {{"class": "{class}", "constraint": "{how}"}}"#);
    let classes = [
        class("gloss", &within("word", "symbolic_association")),
        class("word", &within("turn", "time_subdivision")),
        class("turn", ""),
        class("breath", &within("turn", "included_in")),
    ];
    LabelSchema::parse(&format!(r#"{{"name": "n", "modality": "audio", "classes": [{}]}}"#, classes.join(","))).unwrap()
}

/// Regions as class, start, end, text.
fn written(id: &str, regions: &[(&str, i64, i64, &str)]) -> (MemoryView, LossReport) {
    let region = |(index, (class, start, end, text)): (usize, &(&str, i64, i64, &str))| {
        serde_json::json!({"id": format!("r{index}"), "class": class, "attributes": {"text": text},
            "geometry": {"type": "interval", "start": start, "end": end}})
    };
    let regions: Vec<_> = regions.iter().enumerate().map(region).collect();
    let answer: Answer = serde_json::from_value(serde_json::json!({ "regions": regions })).unwrap();
    let mut item = ExportItem::new("a.wav", Modality::Audio);
    item.clock = Some(Clock::new(1000));
    item.answers.push(SourcedAnswer::new("ann", answer));
    write(format(id).unwrap(), &schema(), &[item])
}

#[test]
fn elan_is_written_with_shared_slots_and_references() {
    let (view, report) = written(
        "elan",
        &[
            ("gloss", 500, 900, "PRON"),
            ("word", 500, 900, "you"),
            ("word", 100, 500, "hi"),
            ("turn", 100, 900, "hi you"),
            ("breath", 200, 300, "in"),
        ],
    );
    assert_eq!(report.losses, vec![]);
    let text = String::from_utf8(view.files["a.wav.eaf"].clone()).unwrap();
    let body = text.split("<TIME_ORDER>\n").nth(1).unwrap().split("<CONSTRAINT ").next().unwrap();
    assert_eq!(
        body,
        r#"<TIME_SLOT TIME_SLOT_ID="ts1" TIME_VALUE="100"/>
<TIME_SLOT TIME_SLOT_ID="ts2" TIME_VALUE="200"/>
<TIME_SLOT TIME_SLOT_ID="ts3" TIME_VALUE="300"/>
<TIME_SLOT TIME_SLOT_ID="ts4" TIME_VALUE="500"/>
<TIME_SLOT TIME_SLOT_ID="ts5" TIME_VALUE="900"/>
</TIME_ORDER>
<TIER LINGUISTIC_TYPE_REF="default-lt" TIER_ID="turn">
<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a2" TIME_SLOT_REF1="ts1" TIME_SLOT_REF2="ts5"><ANNOTATION_VALUE>hi you</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
</TIER>
<TIER LINGUISTIC_TYPE_REF="time-subdivision-lt" PARENT_REF="turn" TIER_ID="word">
<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" TIME_SLOT_REF1="ts1" TIME_SLOT_REF2="ts4"><ANNOTATION_VALUE>hi</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a5" TIME_SLOT_REF1="ts4" TIME_SLOT_REF2="ts5"><ANNOTATION_VALUE>you</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
</TIER>
<TIER LINGUISTIC_TYPE_REF="included-in-lt" PARENT_REF="turn" TIER_ID="breath">
<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a3" TIME_SLOT_REF1="ts2" TIME_SLOT_REF2="ts3"><ANNOTATION_VALUE>in</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
</TIER>
<TIER LINGUISTIC_TYPE_REF="symbolic-association-lt" PARENT_REF="word" TIER_ID="gloss">
<ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a4" ANNOTATION_REF="a5"><ANNOTATION_VALUE>PRON</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>
</TIER>
<LINGUISTIC_TYPE GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="default-lt" TIME_ALIGNABLE="true"/>
<LINGUISTIC_TYPE CONSTRAINTS="Time_Subdivision" GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="time-subdivision-lt" TIME_ALIGNABLE="true"/>
<LINGUISTIC_TYPE CONSTRAINTS="Symbolic_Association" GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="symbolic-association-lt" TIME_ALIGNABLE="false"/>
<LINGUISTIC_TYPE CONSTRAINTS="Included_In" GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="included-in-lt" TIME_ALIGNABLE="true"/>
"#
    );
    let found = read(format("elan").unwrap(), &view);
    assert_eq!(
        found.parents,
        schema().classes.iter().filter_map(|c| Some((c.id.clone(), c.parent.clone()?))).collect()
    );
    assert_eq!(found.records[0].answers[0].answer.relations, vec![]);
}

#[test]
fn what_keeps_to_no_parent_is_written_beside_it_and_counted() {
    let (view, report) = written(
        "elan",
        &[("turn", 100, 900, ""), ("word", 100, 500, "half"), ("breath", 200, 300, "in"), ("breath", 800, 1000, "out")],
    );
    let counted: Vec<_> = report.losses.iter().map(|loss| (loss.code.as_str(), loss.count)).collect();
    assert_eq!(counted, [("outside", 2), ("unused_classes", 1), ("values", 1)]);
    assert_eq!(
        said("elan", &[("a.eaf", std::str::from_utf8(&view.files["a.wav.eaf"]).unwrap())])[2..],
        [
            "  turn 100..900",
            "  breath 200..300 {\"text\":\"in\"}",
            "  word 100..500 {\"text\":\"half\"}",
            "  breath (2) 800..1000 {\"text\":\"out\"}",
        ]
    );
}

#[test]
fn textgrid_has_tiers_without_parents() {
    let (_, report) = written("textgrid", &[("turn", 100, 900, "hi"), ("word", 100, 900, "hi")]);
    let lost: Vec<_> = report.losses.iter().filter(|loss| loss.code == "hierarchy").collect();
    assert_eq!(lost.iter().map(|loss| loss.count).sum::<u64>(), 3);
}
