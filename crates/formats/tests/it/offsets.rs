//! Text offsets are exact through every format of texts, whatever the unit in which the file counts: emoji, joined
//! emoji, combining marks, right-to-left text, carriage returns, and signs beyond the basic plane.

use crate::support::{Reading, read};
use labelwright_core::{
    Answer, Geometry, GeometryKind, LabelSchema, Modality, Region, Target, geometry::Span, offsets::ScalarText,
};
use labelwright_formats::{
    Data, ExportItem, FORMATS, Format, Found, Head, MemorySink, MemoryView, Next, Options, Settings, SourcedAnswer,
    Stop, Way,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

const SCHEMA: &str = r##"{"name":"n","modality":"text","classes":[{"id":"per","title":"P","geometry":["span"],"color":"#000000"},{"id":"loc","title":"L","geometry":["span"],"color":"#000000"}]}"##;

/// Words that are counted differently by programs that count code points, UTF-16 units and bytes.
const WORDS: [&str; 12] = [
    "plain",
    "👩\u{200d}👩\u{200d}👧\u{200d}👦",
    "e\u{301}tude",
    "שלום",
    "مرحبا",
    "🇫🇷",
    "𝒳𝒴",
    "東京",
    "👍🏽",
    "naïve",
    "क्षि",
    "\u{1f469}\u{1f3fd}\u{200d}\u{1f4bb}",
];

/// Formats that hold tokens and not the text itself, and those whose written form is for others to read.
const OTHERS: [&str; 4] = ["conll2003", "csv", "tsv", "labelbox-import"];

fn of_texts() -> impl Iterator<Item = &'static Format> {
    FORMATS.iter().filter(|format| {
        format.read.is_some()
            && format.write.is_some()
            && format.carries.geometry.contains(&GeometryKind::Span)
            && format.carries.modalities.contains(&Modality::Text)
    })
}

fn item(text: &str, spans: &[[u32; 2]]) -> ExportItem {
    let mut item = ExportItem::new("text-1", Modality::Text);
    item.text = Some(text.to_owned());
    let region = |(at, [start, end]): (usize, &[u32; 2])| Region {
        id: format!("r{at}"),
        target: Target::Item,
        geometry: Geometry::Span(Span::new(*start, *end)),
        class: if at % 2 == 0 { "per" } else { "loc" }.to_owned(),
        attributes: BTreeMap::new(),
        score: None,
    };
    let answer = Answer { regions: spans.iter().enumerate().map(region).collect(), ..Answer::default() };
    item.answers.push(SourcedAnswer::new("ann", answer));
    item
}

fn there_and_back(format: &Format, item: &ExportItem, unit: Option<&str>) -> (Reading, Vec<String>) {
    let schema = LabelSchema::parse(SCHEMA).unwrap();
    let options = Options::parse(format.options, Way::Both, unit.map(|unit| ("offsets", unit))).unwrap();
    let mut sink = MemorySink::default();
    let head = Head::new("p", &schema, &options);
    let report = format.write_to(&head, &mut std::iter::once(item.clone()), &mut sink).unwrap();
    let view = MemoryView { files: sink.into_files() };
    let settings = Settings { options, ..Settings::default() };
    let mut reading = Reading::default();
    let outcome = format.read.unwrap()(&view, &settings, &mut |found| {
        match found {
            Found::Record(record) => reading.records.push(*record),
            Found::Problem(error) => reading.problems.push(error),
            Found::Schema(schema) => reading.schema = Some(*schema),
        }
        Next::GoOn
    });
    if let Err(Stop::Unreadable(error)) = outcome {
        reading.stopped = Some(error);
    }
    (reading, report.losses.into_iter().map(|loss| loss.code).collect())
}

fn units(format: &Format) -> Vec<Option<&'static str>> {
    let values = format.options.iter().find(|option| option.key == "offsets").map_or(&[][..], |option| option.values);
    std::iter::once(None).chain(values.iter().copied().map(Some)).collect()
}

/// The text and the spans, as the words that they hold.
fn check(format: &Format, text: &str, spans: &[[u32; 2]]) -> Result<(), String> {
    for unit in units(format) {
        let wanted = item(text, spans);
        let (reading, losses) = there_and_back(format, &wanted, unit);
        let fail = |what: &str| Err(format!("{} ({unit:?}): {what}: {text:?} {spans:?} {reading:?}", format.id));
        if !reading.problems.is_empty() || reading.stopped.is_some() || reading.records.len() != 1 {
            return fail("problems");
        }
        let record = &reading.records[0];
        let Data::Text(found) = &record.data else { return fail("no text") };
        // What is lost is said; what is not said is there to the letter.
        if losses.iter().any(|code| ["overlap", "token_border", "values", "text"].contains(&code.as_str())) {
            continue;
        }
        if found != text {
            return fail("another text");
        }
        let mut found: Vec<(String, [u32; 2])> = record
            .answers
            .iter()
            .flat_map(|answer| &answer.answer.regions)
            .filter_map(|region| match &region.geometry {
                Geometry::Span(span) => Some((region.class.clone(), span.ranges[0])),
                _ => None,
            })
            .collect();
        found.sort();
        let mut wanted: Vec<(String, [u32; 2])> =
            wanted.regions().zip(spans).map(|(region, span)| (region.class.clone(), *span)).collect();
        wanted.sort();
        if found != wanted {
            return fail(&format!("other spans {found:?}"));
        }
    }
    Ok(())
}

/// A text of words with what lies between them, and the spans of its words in scalar values.
fn text_of(words: &[usize], between: &[usize]) -> (String, Vec<[u32; 2]>) {
    const BETWEEN: [&str; 6] = [" ", "\r\n", "\n", ", ", "  ", "\r\n\r\n"];
    let (mut text, mut spans) = (String::new(), Vec::new());
    for (at, word) in words.iter().enumerate() {
        if at > 0 {
            text.push_str(BETWEEN[between[at] % BETWEEN.len()]);
        }
        let start = text.chars().count() as u32;
        text.push_str(WORDS[*word]);
        spans.push([start, text.chars().count() as u32]);
    }
    (text, spans)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 80, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn words_are_found_again_in_every_unit(
        words in proptest::collection::vec(0..WORDS.len(), 2..9),
        between in proptest::collection::vec(0..6_usize, 9),
    ) {
        let (text, spans) = text_of(&words, &between);
        for format in of_texts().filter(|format| !OTHERS.contains(&format.id)) {
            if let Err(error) = check(format, &text, &spans) {
                return Err(TestCaseError::fail(error));
            }
        }
    }

    #[test]
    fn the_units_agree_with_the_language(text in "(\\PC|\r\n|\u{200d}|\u{301}|🇫🇷|👍🏽){0,40}") {
        let measured = ScalarText::new(&text);
        for (scalar, (byte, _)) in text.char_indices().enumerate() {
            let units = text[..byte].encode_utf16().count() as u32;
            prop_assert_eq!(measured.to_utf16(scalar as u32), Some(units));
            prop_assert_eq!(measured.from_utf16(units), Some(scalar as u32));
            prop_assert_eq!(measured.to_bytes(scalar as u32), Some(byte as u32));
            prop_assert_eq!(measured.from_bytes(byte as u32), Some(scalar as u32));
        }
    }
}

#[test]
fn one_text_with_everything_through_every_format() {
    let (text, spans) = text_of(&(0..WORDS.len()).collect::<Vec<_>>(), &[0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5]);
    let mut seen = Vec::new();
    for format in of_texts().filter(|format| !OTHERS.contains(&format.id)) {
        check(format, &text, &spans).unwrap();
        seen.push(format.id);
    }
    assert!(seen.len() >= 12, "{seen:?}");
}

#[test]
fn tokens_keep_every_sign_of_a_span() {
    // CoNLL has no text: what each span covers is the same, token for token.
    let (text, spans) = text_of(&(0..WORDS.len()).collect::<Vec<_>>(), &[0; 12]);
    let format = labelwright_formats::format("conll2003").unwrap();
    let (reading, losses) = there_and_back(format, &item(&text, &spans), None);
    let record = &reading.records[0];
    let Data::Text(found) = &record.data else { panic!() };
    let chars: Vec<char> = found.chars().collect();
    let regions = &record.answers[0].answer.regions;
    assert_eq!((losses.as_slice(), regions.len()), ([].as_slice(), spans.len()));
    for (region, word) in regions.iter().zip(WORDS) {
        let Geometry::Span(span) = &region.geometry else { panic!() };
        let [start, end] = span.ranges[0].map(|at| at as usize);
        let covered: String = chars[start..end].iter().filter(|c| !c.is_whitespace()).collect();
        assert_eq!(covered, word.replace(' ', ""));
    }
}

#[test]
fn an_offset_inside_a_character_is_refused_with_its_place() {
    // The middle of a surrogate pair, and of a character of four bytes.
    let text = "a👍b";
    for (unit, start, end) in [("utf16", 2, 3), ("bytes", 2, 5), ("unicode", 1, 9)] {
        let format = labelwright_formats::format("doccano").unwrap();
        let line = serde_json::json!({ "text": text, "label": [[start, end, "W"]] }).to_string();
        let view = MemoryView { files: [("a.jsonl".to_owned(), line.into_bytes())].into() };
        let options = Options::parse(format.options, Way::Read, [("offsets", unit)]).unwrap();
        let mut problems = Vec::new();
        let settings = Settings { options, ..Settings::default() };
        format.read.unwrap()(&view, &settings, &mut |found| {
            if let Found::Problem(error) = found {
                problems.push((error.place, error.code));
            }
            Next::GoOn
        })
        .unwrap();
        assert_eq!(problems.len(), 1, "{unit}");
        assert!(problems[0].0.starts_with("a.jsonl:1") && problems[0].1 == "bad_span", "{problems:?}");
    }
    assert!(read(labelwright_formats::format("doccano").unwrap(), &MemoryView::default()).records.is_empty());
}
