//! Agreement over spans, turns and transcripts, against the reference libraries (`scripts/fixtures/regions.py`) and
//! published worked examples.

#![allow(clippy::unwrap_used)]

use labelwright_quality::{
    agreement::{
        diarization::{Turn, diarization},
        gamma, span_f1,
        span_f1::{SpanMatching, Stretch},
        transcripts::{character_edits, error_rate, word_edits},
        unitizing::{alpha_u, cu_alpha},
    },
    statistics::bootstrap::Plan,
};
use serde_json::Value;

fn fixture() -> Value {
    serde_json::from_str(include_str!("data/regions.json")).unwrap()
}

fn stretch(start: i64, end: i64, label: &str) -> Stretch {
    Stretch { start, end, label: label.into() }
}

#[test]
fn error_rates_equal_the_reference() {
    for case in fixture()["texts"].as_array().unwrap() {
        let (reference, hypothesis) = (case[0].as_str().unwrap(), case[1].as_str().unwrap());
        let words = word_edits(reference, hypothesis);
        assert!((words.rate().unwrap() - case[2].as_f64().unwrap()).abs() < 1e-12);
        let characters = character_edits(reference, hypothesis);
        assert!((characters.rate().unwrap() - case[3].as_f64().unwrap()).abs() < 1e-12);
    }
    let found = word_edits("a b c d e f g", "a x c e f g h");
    assert_eq!((found.substitutions, found.deletions, found.insertions), (1, 1, 1));
    assert_eq!(word_edits("", "a").rate(), None);
}

#[test]
fn diarization_equals_the_reference() {
    let turns = |value: &Value| -> Vec<Turn> {
        let turn = |row: &Value| Turn {
            start: row[0].as_i64().unwrap(),
            end: row[1].as_i64().unwrap(),
            speaker: row[2].as_str().unwrap().into(),
        };
        value.as_array().unwrap().iter().map(turn).collect()
    };
    for case in fixture()["diarizations"].as_array().unwrap() {
        let (reference, hypothesis) = (turns(&case["reference"]), turns(&case["hypothesis"]));
        let found = diarization(&reference, &hypothesis, 0);
        assert!((found.der.unwrap() - case["der"].as_f64().unwrap()).abs() < 1e-9, "{found:?} {}", case["der"]);
        assert!((found.jer.unwrap() - case["jer"].as_f64().unwrap()).abs() < 1e-9, "{found:?} {}", case["jer"]);
        let collar = diarization(&reference, &hypothesis, 200);
        assert!((collar.der.unwrap() - case["der_collar"].as_f64().unwrap()).abs() < 1e-9, "{collar:?}");
    }
    assert_eq!(diarization(&[], &[], 0).der, None);
}

#[test]
fn krippendorff_2004_unitizing() {
    // Page 254: a continuum of 300 from 150 on; alpha_c .7286, both categories .8591.
    let units = |list: &[(i64, i64, &str)]| -> Vec<Stretch> {
        list.iter().map(|(at, length, label)| stretch(at - 150, at - 150 + length, label)).collect()
    };
    let one = [(225, 70, "c"), (370, 30, "c"), (180, 60, "k"), (300, 50, "k")];
    let two = [(220, 80, "c"), (355, 20, "c"), (400, 20, "c"), (180, 60, "k"), (300, 50, "k")];
    let found = alpha_u(&[units(&one), units(&two)], 300).unwrap();
    assert!((found.value.unwrap() - 0.8591).abs() < 5e-4, "{found:?}");
    let found = alpha_u(&[units(&one[..2]), units(&two[..3])], 300).unwrap();
    assert!((found.value.unwrap() - 0.7286).abs() < 1e-4, "{found:?}");
    assert!(alpha_u(&[units(&one), units(&[(100, 10, "c")])], 300).is_err());
    assert_eq!(alpha_u(&[vec![], vec![]], 300).unwrap().value, None);
    // Over what both marked the categories agree but for 15 of "c" over "k", the other way round, and so on.
    let found =
        cu_alpha(&[vec![stretch(0, 10, "a"), stretch(10, 20, "b")], vec![stretch(0, 10, "a"), stretch(10, 20, "a")]]);
    // Lengths: aa 20, ba 10, ab 10 of 40; chance (30/40)^2 + (10/40)^2.
    assert!((found.value.unwrap() - (0.5 - 0.625) / 0.375).abs() < 1e-12, "{found:?}");
}

#[test]
fn gamma_has_the_disorder_of_the_reference() {
    for case in fixture()["gammas"].as_array().unwrap() {
        let labelers: Vec<Vec<Stretch>> = case["labelers"]
            .as_array()
            .unwrap()
            .iter()
            .map(|own| {
                let unit =
                    |row: &Value| stretch(row[0].as_i64().unwrap(), row[1].as_i64().unwrap(), row[2].as_str().unwrap());
                own.as_array().unwrap().iter().map(unit).collect()
            })
            .collect();
        // The library computes in 32-bit numbers.
        let (found, exact) = gamma::disorder(&labelers);
        assert!((found - case["disorder"].as_f64().unwrap()).abs() < 1e-4 && exact, "{found} {}", case["disorder"]);
        // It samples expected disorder from fitted statistics, here the continua are cut and shifted.
        let value = gamma::gamma(&labelers, 100, 7);
        assert!((value.value.unwrap() - case["gamma"].as_f64().unwrap()).abs() < 0.2, "{value:?} {}", case["gamma"]);
        assert_eq!(value, gamma::gamma(&labelers.iter().rev().cloned().collect::<Vec<_>>(), 100, 7));
    }
    let same = vec![vec![stretch(0, 5, "a"), stretch(9, 20, "b")]; 3];
    assert!((gamma::gamma(&same, 30, 1).value.unwrap() - 1.0).abs() < 1e-12);
    assert!(gamma::gamma(&[vec![], vec![]], 30, 1).undefined_because.is_some());
}

#[test]
fn spans_by_hand() {
    let one = [stretch(0, 5, "person"), stretch(10, 14, "place"), stretch(20, 25, "person")];
    let two = [stretch(0, 5, "person"), stretch(10, 16, "place"), stretch(20, 25, "place")];
    assert!((span_f1::f1(&one, &two, SpanMatching::Exact) - 2.0 / 6.0).abs() < 1e-12);
    assert!((span_f1::f1(&one, &two, SpanMatching::Partial) - 2.0 * 1.5 / 6.0).abs() < 1e-12);
    assert!((span_f1::f1(&one, &two, SpanMatching::Token) - 2.0 * 9.0 / (14.0 + 16.0)).abs() < 1e-12);
    for matching in [SpanMatching::Exact, SpanMatching::Partial, SpanMatching::Token] {
        assert!((span_f1::f1(&[], &[], matching) - 1.0).abs() < 1e-12);
        assert!((span_f1::f1(&one, &one, matching) - 1.0).abs() < 1e-12);
        assert!(span_f1::f1(&one, &[], matching).abs() < 1e-12);
    }
}

#[test]
fn error_rate_between_labelers() {
    let text = |t: &str| t.to_owned();
    let tasks = vec![
        vec![(0, text("a b c d")), (1, text("a b c d")), (2, text("a b x d"))],
        vec![(0, text("e f")), (1, text("e f"))],
    ];
    let found = error_rate(&tasks, false, Plan::default());
    assert!((found.value.unwrap() - 4.0 / 28.0).abs() < 1e-12, "{found:?}");
    assert_eq!((found.units, found.pairable), (2, 5));
    assert!(error_rate(&[], false, Plan::default()).undefined_because.is_some());
}
