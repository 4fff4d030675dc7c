//! Spans stay exact whatever happens to the text around them.
#![allow(clippy::unwrap_used)]

use labelwright_core::{Answer, Geometry, MediaShape, Region, Target, TextShape, geometry::Span};
use labelwright_generate::{
    Random,
    text::{Case, TextItem, case, delete, mentions, ocr, swap, synonyms, typo},
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn region(id: usize, class: &str, ranges: Vec<[u32; 2]>) -> Region {
    Region {
        id: format!("r{id}"),
        target: Target::Item,
        geometry: Geometry::Span(Span { ranges }),
        class: class.into(),
        attributes: BTreeMap::new(),
        score: None,
    }
}

/// What each span covers, by region and range.
fn covered(item: &TextItem) -> Vec<String> {
    item.ranges().iter().map(|[start, end]| item.slice(*start, *end)).collect()
}

fn lists() -> BTreeMap<String, Vec<String>> {
    BTreeMap::from([("person".into(), vec!["Zoë 👩🏽‍🚀 Ní".into(), "Bo".into()]), ("city".into(), vec!["New York".into()])])
}

fn synonym_list() -> BTreeMap<String, Vec<String>> {
    [("sees", "beholds"), ("big", "large"), ("and", "as well as")]
        .into_iter()
        .map(|(word, other)| (word.to_owned(), vec![other.to_owned()]))
        .collect()
}

const WORDS: [&str; 12] =
    ["Anna", "sees", "big", "Straße", "e\u{301}clair", "👨‍👩‍👧", "and", "שלום", "corner", "\r\n", "l1O0", "modern."];

fn texts() -> impl Strategy<Value = TextItem> {
    let words = proptest::collection::vec((0..WORDS.len(), any::<bool>(), any::<bool>(), 0..4_usize), 2..14);
    words.prop_map(|words| {
        let (mut text, mut regions): (String, Vec<Region>) = (String::new(), Vec::new());
        for (number, (word, person, city, outer)) in words.iter().enumerate() {
            if number > 0 {
                text.push(' ');
            }
            let start = text.chars().count() as u32;
            text.push_str(WORDS[*word]);
            let end = text.chars().count() as u32;
            if *person {
                regions.push(region(number, "person", vec![[start, end]]));
            } else if *city {
                // A span in two pieces together with the one before.
                match regions.last_mut().map(|region| &mut region.geometry) {
                    Some(Geometry::Span(span)) if *outer == 0 => span.ranges.push([start, end]),
                    _ => regions.push(region(number, "city", vec![[start, end]])),
                }
            }
            if *outer == 1 && *person {
                regions.push(region(100 + number, "phrase", vec![[start, end]]));
            }
        }
        TextItem::new(&text, vec![Answer { regions, ..Answer::default() }])
    })
}

fn whole(item: &TextItem) {
    let MediaShape::Text(shape) = MediaShape::Text(TextShape::of(&item.text())) else { panic!() };
    for [start, end] in item.ranges() {
        assert!(start < end && end as u32 <= shape.chars());
        assert!(shape.is_boundary(start as u32) && shape.is_boundary(end as u32));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_works_outside_of_spans_leaves_mentions_alone(item in texts(), seed in any::<u64>(), rate in 0.0..1.0_f64) {
        let before = covered(&item);
        let operations: [fn(&mut TextItem, f64, &mut Random) -> usize; 5] = [
            |item, rate, random| typo(item, rate, false, random),
            |item, rate, random| ocr(item, rate, false, random),
            swap,
            delete,
            |item, rate, random| synonyms(item, &synonym_list(), rate, random),
        ];
        for operation in operations {
            let mut changed = item.clone();
            let count = operation(&mut changed, rate, &mut Random::new(seed));
            prop_assert_eq!(covered(&changed), before.clone());
            prop_assert!(count > 0 || changed == item);
            whole(&changed);
        }
    }

    #[test]
    fn what_works_inside_changes_a_mention_and_nothing_else(item in texts(), seed in any::<u64>()) {
        let mut upper = item.clone();
        case(&mut upper, Case::Upper);
        let expected: Vec<String> = covered(&item).iter().map(|mention| mention.to_uppercase()).collect();
        if upper != item {
            prop_assert_eq!(covered(&upper), expected);
        }
        whole(&upper);
        for operation in [typo, ocr] {
            let mut inside = item.clone();
            operation(&mut inside, 0.5, true, &mut Random::new(seed));
            prop_assert_eq!(inside.ranges().len(), item.ranges().len());
            whole(&inside);
        }
        let mut replaced = item.clone();
        mentions(&mut replaced, &lists(), 1.0, &mut Random::new(seed));
        whole(&replaced);
        let known: BTreeSet<String> = lists().into_values().flatten().collect();
        for (new, old) in covered(&replaced).iter().zip(covered(&item)) {
            prop_assert!(*new == old || known.contains(new), "{new:?} in the place of {old:?}");
        }
    }
}

#[test]
fn each_operation_by_hand() {
    let text = "Anna sees the big house in Rome and leaves.";
    let item = TextItem::new(
        text,
        vec![Answer {
            regions: vec![
                region(1, "person", vec![[0, 4]]),
                region(2, "city", vec![[27, 31]]),
                region(3, "phrase", vec![[10, 31]]),
            ],
            ..Answer::default()
        }],
    );
    let mut replaced = item.clone();
    assert_eq!(mentions(&mut replaced, &lists(), 1.0, &mut Random::new(1)), 2);
    assert!(replaced.text().ends_with(" sees the big house in New York and leaves."), "{}", replaced.text());
    assert_eq!(covered(&replaced)[1..], ["New York", "the big house in New York"]);
    let mut other = item.clone();
    assert_eq!(synonyms(&mut other, &synonym_list(), 1.0, &mut Random::new(1)), 2);
    // `big` lies in a phrase, and stays.
    assert_eq!(other.text(), "Anna beholds the big house in Rome as well as leaves.");
    let mut swapped = TextItem::new("one two, three four", vec![Answer::default()]);
    assert_eq!(swap(&mut swapped, 1.0, &mut Random::new(1)), 2);
    assert_eq!(swapped.text(), "two one, four three");
    let mut short = TextItem::new("one two three", vec![Answer::default()]);
    delete(&mut short, 1.0, &mut Random::new(1));
    assert_eq!(short.text(), "three");
    let mut title = TextItem::new("it's the straße", vec![Answer::default()]);
    case(&mut title, Case::Title);
    assert_eq!(title.text(), "It's The Straße");
}
