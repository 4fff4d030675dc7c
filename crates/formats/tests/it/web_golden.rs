//! W3C Web Annotations made by hand after the examples of the Recommendation (2017) and of tools that write them, and
//! what they say.

use crate::{support::picture, text_golden::said};
use labelwright_core::{Answer, Geometry, LabelSchema, Modality, geometry::BoxShape};
use labelwright_formats::{ExportItem, MemoryView, SourcedAnswer, format};

#[test]
fn positions_count_code_points_and_quotes_decide() {
    let page = r##"{"@context":"http://www.w3.org/ns/anno.jsonld","id":"x","type":"AnnotationCollection","label":"c","first":{
"type":"AnnotationPage","items":[
{"id":"#1","type":"Annotation","creator":{"type":"Person","nickname":"ada"},"body":{"type":"TextualBody","purpose":"tagging","value":"PER"},
 "target":{"source":"http://example.org/d/a.txt","selector":[{"type":"TextPositionSelector","start":4,"end":8},{"type":"TextQuoteSelector","exact":"Haag"}]}},
{"id":"#2","type":"Annotation","creator":"mailto:bob@x.org","body":[{"type":"TextualBody","value":"LOC"},{"type":"TextualBody","value":"second"},
 {"type":"TextualBody","purpose":"commenting","value":"near"},{"type":"TextualBody","purpose":"commenting","value":"far"}],
 "target":{"source":"http://example.org/d/a.txt","selector":{"type":"TextQuoteSelector","exact":"kam","prefix":"Haag ","suffix":" heim"}}},
{"id":"#3","type":"Annotation","creator":{"name":"ada"},"bodyValue":"VERB",
 "target":{"source":"http://example.org/d/a.txt","selector":{"type":"TextPositionSelector","start":9,"end":12}}},
{"id":"#4","type":"Annotation","creator":{"name":"ada"},"motivation":"linking","body":{"value":"does"},"target":["#1",{"id":"#3"}]},
{"type":"Annotation","creator":{"name":"ada"},"body":[{"label":"mood","value":"2","format":"application/json"},{"value":"news","purpose":"tagging"}],
 "target":"http://example.org/d/a.txt"},
{"id":"#5","type":"Annotation","creator":{"name":"ada"},"body":"TWO","target":[
 {"source":"http://example.org/d/a.txt","selector":{"type":"TextPositionSelector","start":0,"end":1}},
 {"source":"http://example.org/d/a.txt","selector":{"type":"TextPositionSelector","start":13,"end":17}}]}
]}}"##;
    let text = "👩\u{200d}👧 Haag kam heim";
    assert_eq!(
        said("web-annotation", &[("a.txt", text), ("page.jsonld", page)]),
        [
            "a.txt \"👩\\u{200d}👧 Haag kam heim\"",
            " by ada",
            "  mood = 2.0",
            "  tags = [\"news\"]",
            "  PER \"Haag\"",
            "  VERB \"kam\"",
            "  TWO \"👩\"+\"heim\"",
            "  a1 -does-> a2",
            " by mailto:bob@x.org",
            "  LOC \"kam\" {\"commenting\":\"near\\nfar\",\"tags\":[\"second\"]}",
        ]
    );
}

#[test]
fn positions_in_utf16_are_found_by_their_quotes() {
    let one = |start: u32, end: u32, exact: &str| {
        format!(
            r#"{{"type":"Annotation","body":{{"value":"W"}},"target":{{"source":"texts/a","selector":[
            {{"type":"TextPositionSelector","start":{start},"end":{end}}},{{"type":"TextQuoteSelector","exact":"{exact}"}}]}}}}"#
        )
    };
    let list = format!("[{},{}]", one(3, 5, "ab"), one(6, 8, "cd"));
    let wanted = ["a \"👩 ab cd ab\"", " by import", "  W \"ab\"", "  W \"cd\""];
    assert_eq!(said("web-annotation", &[("texts/a", "👩 ab cd ab"), ("l.json", &list)]), wanted);
}

fn shapes(selectors: &[&str]) -> (Vec<Geometry>, Vec<(String, &'static str)>) {
    let lines: Vec<String> = selectors
        .iter()
        .map(|selector| {
            format!(r#"{{"type":"Annotation","body":{{"value":"c"}},"target":{{"source":"p%20q.png","selector":{selector}}}}}"#)
        })
        .collect();
    let files = [("l.jsonl".to_owned(), lines.join("\n").into_bytes()), ("p q.png".to_owned(), picture([200, 100]))];
    let reading = crate::support::read(format("web-annotation").unwrap(), &MemoryView { files: files.into() });
    assert_eq!((reading.records.len(), reading.records[0].key.as_str()), (1, "p q.png"));
    let regions = reading.records[0].answers.iter().flat_map(|one| one.answer.regions.clone());
    let problems = reading.problems.into_iter().map(|one| (one.place, one.code));
    (regions.map(|region| region.geometry).collect(), problems.collect())
}

#[test]
fn fragments_and_svg_become_shapes() {
    let svg = |inner: &str| {
        format!(r#"{{"type":"SvgSelector","value":"<svg xmlns='http://www.w3.org/2000/svg'>{inner}</svg>"}}"#)
    };
    let selectors = [
        r#"{"type":"FragmentSelector","conformsTo":"http://www.w3.org/TR/media-frags/","value":"xywh=10.5,20,30,40"}"#
            .to_owned(),
        r#"{"type":"FragmentSelector","value":"xywh=percent:10,20,50,25"}"#.to_owned(),
        svg("<g><polygon points='0,0 10,0 10,10'/></g>"),
        svg("<path d='M0 0h20v20h-20z M5,5L10,5 10,10-0,10 5,10Z'/>"),
        svg("<rect x='0' y='0' width='10' height='4' transform='rotate(90 5 2)'/>"),
        svg("<circle cx='5' cy='6' r='2'/>"),
        svg("<circle cx='5' cy='6' r='0'/><circle cx='7' cy='8' r='0'/>"),
        svg("<path d='M 1 2 L 3 4 l 1 1'/>"),
        svg("<ellipse cx='10' cy='0' rx='3' ry='2' transform='rotate(90)'/>"),
    ];
    let (found, problems) = shapes(&selectors.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(problems, []);
    assert_eq!(found[0], Geometry::Box(BoxShape { x: 10.5, y: 20.0, width: 30.0, height: 40.0 }));
    assert_eq!(found[1], Geometry::Box(BoxShape { x: 20.0, y: 20.0, width: 100.0, height: 25.0 }));
    let json: Vec<String> = found[2..].iter().map(|one| serde_json::to_string(one).unwrap()).collect();
    assert_eq!(
        json,
        [
            r#"{"type":"polygon","parts":[{"outer":[[0.0,0.0],[10.0,0.0],[10.0,10.0]]}]}"#,
            r#"{"type":"polygon","parts":[{"outer":[[0.0,0.0],[20.0,0.0],[20.0,20.0],[0.0,20.0]],"holes":[[[5.0,5.0],[10.0,5.0],[10.0,10.0],[0.0,10.0],[5.0,10.0]]]}]}"#,
            r#"{"type":"rotated_box","cx":5.0,"cy":2.0,"width":10.0,"height":4.0,"angle":90.0}"#,
            r#"{"type":"ellipse","cx":5.0,"cy":6.0,"rx":2.0,"ry":2.0,"angle":0.0}"#,
            r#"{"type":"points","points":[[5.0,6.0],[7.0,8.0]]}"#,
            r#"{"type":"polyline","points":[[1.0,2.0],[3.0,4.0],[4.0,5.0]]}"#,
            r#"{"type":"ellipse","cx":6.123233995736766e-16,"cy":10.0,"rx":3.0,"ry":2.0,"angle":90.0}"#,
        ]
    );
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let svg = |inner: &str| format!(r#"{{"type":"SvgSelector","value":"{inner}"}}"#);
    let selectors = [
        r#"{"type":"FragmentSelector","value":"xywh=1,2,3"}"#.to_owned(),
        r#"{"type":"FragmentSelector","value":"xywh=1,2,-3,4"}"#.to_owned(),
        r#"{"type":"FragmentSelector","value":"t=1,2"}"#.to_owned(),
        r#"{"type":"CssSelector","value":"p"}"#.to_owned(),
        svg("<svg><path d='M0 0C1 1 2 2 3 3'/></svg>"),
        svg("<svg><polygon points='0,0 x,1 2,2'/></svg>"),
        svg("<svg><polygon points='0,0 1,1'/></svg>"),
        svg("<svg>"),
        svg("<svg></svg>"),
        svg("<svg><text x='1'>a</text></svg>"),
        svg("<svg><rect width='1' height='1' transform='skewX(3)'/></svg>"),
    ];
    let (found, problems) = shapes(&selectors.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(found, []);
    let codes: Vec<&str> = problems.iter().map(|one| one.1).collect();
    let wanted = ["bad_selector", "bad_box", "bad_selector", "not_read", "not_read", "bad_selector", "bad_selector"];
    assert_eq!(codes[..7], wanted);
    assert_eq!(codes[7..], ["bad_selector", "bad_selector", "not_read", "not_read"]);
    assert_eq!((problems[0].0.as_str(), problems[10].0.as_str()), ("l.jsonl:1", "l.jsonl:11"));
    let text = r##"[{"type":"Annotation"},{"motivation":"linking","target":["#8","#9"]},{"body":"x",
"target":{"source":"a.txt","selector":[{"type":"TextPositionSelector","start":0,"end":1},{"type":"TextQuoteSelector","exact":"z"}]}},
{"target":{"source":"a.txt","selector":{"type":"TextQuoteSelector","exact":"a"}}},
{"target":["a.txt","b.txt"]},
{"target":{"source":"a.txt","selector":{"type":"TextPositionSelector","start":-1,"end":1}}}]"##;
    assert_eq!(
        said("web-annotation", &[("a.txt", "a a"), ("l.json", text)]),
        [
            "a.txt \"a a\"",
            "! l.json: [0] bad_annotation",
            "! l.json: [1] bad_annotation",
            "! l.json: [4] bad_annotation",
            "! l.json: [2] other_text",
            "! l.json: [3] other_text",
            "! l.json: [5] bad_selector",
        ]
    );
}

#[test]
fn what_is_written_is_what_the_standard_says() {
    let schema = LabelSchema::parse(
        r##"{"name":"n","modality":"text","classes":[{"id":"p","title":"P","geometry":["span"],"color":"#000000"}]}"##,
    );
    let answer = r#"{"regions":[{"id":"r","geometry":{"type":"span","ranges":[[2,4]]},"class":"p","attributes":{"sure":true}}]}"#;
    let mut item = ExportItem::new("d 1", Modality::Text);
    item.text = Some("👩 ab c".into());
    item.answers.push(SourcedAnswer::new("ada", serde_json::from_str::<Answer>(answer).unwrap()));
    let (written, report) = crate::support::write(format("web-annotation").unwrap(), &schema.unwrap(), &[item]);
    assert_eq!(report.losses, []);
    assert_eq!(written.files["texts/d 1"], "👩 ab c".as_bytes());
    let found: serde_json::Value = serde_json::from_slice(&written.files["annotations.jsonld"]).unwrap();
    let wanted = serde_json::json!({"@context": "http://www.w3.org/ns/anno.jsonld", "type": "AnnotationPage", "items": [{
        "id": "#1", "type": "Annotation", "motivation": "tagging", "creator": {"type": "Person", "name": "ada"},
        "body": [{"type": "TextualBody", "purpose": "tagging", "value": "p"},
                 {"type": "TextualBody", "purpose": "describing", "label": "sure", "format": "application/json", "value": "true"}],
        "target": {"source": "texts/d%201", "selector": [
            {"type": "TextPositionSelector", "start": 2, "end": 4},
            {"type": "TextQuoteSelector", "exact": "ab", "prefix": "👩 ", "suffix": " c"}]}}]});
    assert_eq!(found, wanted);
}
