//! Bad files of hOCR and ALTO: every complaint says where, and costs no more than what is bad.

use crate::document_golden::{ALTO, HOCR, found, labels};
use labelwright_formats::RecordError;
use proptest::prelude::*;

fn told(problems: &[RecordError]) -> Vec<(&str, &str)> {
    problems.iter().map(|error| (error.place.as_str(), error.code)).collect()
}

#[test]
fn bad_words_of_hocr_are_told_by_their_place_and_the_others_are_read() {
    let word = |id: &str, title: &str| format!("<span class='ocrx_word' id='{id}' title='{title}'>w</span> ");
    let words = [
        word("good", "bbox 1 1 5 5"),
        word("letters", "bbox 1 one 5 5"),
        word("three", "bbox 1 1 5"),
        word("nan", "bbox 1 1 nan 5"),
        word("huge", "bbox 1 1 1e999 5"),
        word("inverted", "bbox 5 5 1 1"),
        word("negative", "bbox -9 -9 -1 -1"),
        word("beyond", "bbox 50 50 60 60"),
        word("none", "x_wconf 9"),
        word("edge", "bbox -5 1 5 50"),
        word("nameless", "bbox 1 1 5 5; x_spans \"s9\""),
        "<span class='ocrx_word' id='silent' title='bbox 9 9 1 1'> </span>".into(),
        "<div class='ocr_float' id='flat' title='bbox 1 1 1 5; x_label \"c\"'/>".into(),
        "<div class='ocr_float' id='two' title='poly 1 1 5 5; x_label \"c\"'/>".into(),
    ];
    let page = |bbox: &str, words: &str| {
        format!("<html><body><div class='ocr_page' title='{bbox}'>{words}</div></body></html>")
    };
    let (records, problems) = found("hocr", "a.hocr", &page("bbox 0 0 20 20", &words.concat()));
    assert_eq!(
        told(&problems),
        [
            ("a.hocr: ocrx_word \"letters\"", "bad_box"),
            ("a.hocr: ocrx_word \"three\"", "bad_box"),
            ("a.hocr: ocrx_word \"nan\"", "bad_box"),
            ("a.hocr: ocrx_word \"huge\"", "bad_box"),
            ("a.hocr: ocrx_word \"inverted\"", "bad_box"),
            ("a.hocr: ocrx_word \"negative\"", "outside"),
            ("a.hocr: ocrx_word \"beyond\"", "outside"),
            ("a.hocr: ocrx_word \"none\"", "bad_box"),
            ("a.hocr: ocrx_word \"nameless\"", "unknown_span"),
            ("a.hocr: ocr_float \"flat\"", "bad_box"),
            ("a.hocr: ocr_float \"two\"", "bad_box"),
        ]
    );
    let layer = records[0].layer.as_deref().unwrap();
    assert_eq!(layer.text, "w w w");
    assert_eq!(layer.pages[0].words[1].bounds, [0.0, 1.0, 5.0, 20.0], "what lies partly outside is cut");
    for (bbox, code) in [("bbox 0 0 x 20", "bad_box"), ("bbox 0 0 -5 20", "no_size"), ("bbox 9 9 9 9", "no_size")] {
        let (records, problems) = found("hocr", "a.hocr", &page(bbox, ""));
        assert_eq!((records.len(), problems[0].code), (0, code), "{bbox}");
        assert!(problems[0].place.starts_with("a.hocr"), "{:?}", problems[0]);
    }
}

#[test]
fn bad_strings_of_alto_are_told_by_their_place_and_the_others_are_read() {
    let string = |id: &str, sides: &str| format!("<String ID='{id}' CONTENT='w' {sides}/>");
    let strings = [
        string("good", "HPOS='1' VPOS='1' WIDTH='4' HEIGHT='4'"),
        string("letters", "HPOS='one' VPOS='1' WIDTH='4' HEIGHT='4'"),
        string("negative", "HPOS='1' VPOS='1' WIDTH='-4' HEIGHT='4'"),
        string("beyond", "HPOS='50' VPOS='1' WIDTH='4' HEIGHT='4'"),
        string("none", ""),
        string("tagged", "HPOS='1' VPOS='1' WIDTH='4' HEIGHT='4' TAGREFS='t x'"),
        "<String HPOS='7' VPOS='8' CONTENT='w'/>".into(),
    ];
    let page = format!(
        "<alto><Tags><OtherTag ID='t' LABEL='c'/></Tags><Layout><Page WIDTH='20' HEIGHT='20'><TextBlock ID='b' TAGREFS='t' HPOS='0' VPOS='0' WIDTH='0' HEIGHT='5'><TextLine>{}</TextLine></TextBlock><Illustration ID='i' TAGREFS='t y'><Shape><Polygon POINTS='1,1 2,two'/></Shape></Illustration></Page></Layout></alto>",
        strings.concat()
    );
    let (records, problems) = found("alto", "a.xml", &page);
    assert_eq!(
        told(&problems),
        [
            ("a.xml: TextBlock \"b\"", "bad_box"),
            ("a.xml: String \"letters\"", "bad_box"),
            ("a.xml: String \"negative\"", "bad_box"),
            ("a.xml: String \"beyond\"", "outside"),
            ("a.xml: String \"none\"", "bad_box"),
            ("a.xml: String \"tagged\"", "unknown_tag"),
            ("a.xml: String at Some(\"7\"), Some(\"8\")", "bad_box"),
            ("a.xml: Illustration \"i\"", "bad_box"),
            ("a.xml: Illustration \"i\"", "unknown_tag"),
        ]
    );
    assert_eq!(labels(&records[0]), ["c: w {}"]);
}

#[test]
fn broken_xml_and_entities_that_blow_up_cost_their_file_only() {
    let laughs = |body: &str| {
        let mut text = String::from("<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY lol \"lol\">");
        for level in 1..10 {
            let inner = if level == 1 { "&lol;".repeat(10) } else { format!("&lol{};", level - 1).repeat(10) };
            text.push_str(&format!("<!ENTITY lol{level} \"{inner}\">"));
        }
        format!("{text}]>{body}")
    };
    let hocr = "<html><div class='ocr_page' title='bbox 0 0 9 9'><span class='ocrx_word' title='bbox 1 1 2 2'>&lol9;</span></div></html>";
    let alto = "<alto><Layout><Page WIDTH='9' HEIGHT='9'><String CONTENT='&lol9;' HPOS='1' VPOS='1' WIDTH='1' HEIGHT='1'/></Page></Layout></alto>";
    for (id, name, text) in [
        ("hocr", "a.hocr", laughs(hocr)),
        ("alto", "a.xml", laughs(alto)),
        ("hocr", "a.hocr", hocr[..60].to_owned()),
        ("alto", "a.xml", alto[..60].to_owned()),
        ("alto", "a.xml", "<alto><Layout></alto>".to_owned()),
        ("hocr", "a.hocr", "<html><body class=ocr_page></html>".to_owned()),
        ("alto", "a.xml", String::new()),
    ] {
        let (records, problems) = found(id, name, &text);
        assert_eq!((records.len(), problems.len(), problems[0].code), (0, 1, "malformed"), "{text}");
        assert!(problems[0].place.starts_with(name), "{:?}", problems[0]);
    }
}

/// A text with a piece of it replaced.
fn changed(text: &str, at: usize, length: usize, by: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let at = at % letters.len();
    let end = (at + length).min(letters.len());
    letters[..at].iter().chain(&by.chars().collect::<Vec<_>>()).chain(&letters[end..]).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_files_are_read_or_refused_with_their_place(
        at in any::<usize>(),
        length in 0_usize..12,
        by in "[-0-9a-z<>&;:%\"' .]{0,6}",
    ) {
        for (id, name, text) in [("hocr", "a.hocr", HOCR), ("alto", "a.xml", ALTO)] {
            let (records, problems) = found(id, name, &changed(text, at, length, &by));
            prop_assert!(records.iter().all(|record| record.layer.as_deref().is_some_and(|layer| layer.is_sound())));
            prop_assert!(problems.iter().all(|problem| problem.place.starts_with(name)), "{problems:?}");
            prop_assert!(records.len() + problems.len() > 0);
        }
    }
}
