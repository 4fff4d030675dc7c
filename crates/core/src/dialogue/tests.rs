#![allow(clippy::unwrap_used)]

use super::{Conversation, Speaker, edit_distance, order};
use crate::{
    Answer, LabelSchema, Limits, MediaShape, Problem,
    schema::{ChangeKind, changes},
};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

fn read(value: Json) -> Result<Conversation, Problem> {
    let Json::Object(object) = value else { panic!("an object") };
    Conversation::read(object).map(|(conversation, _)| conversation)
}

#[test]
fn three_forms_are_one_conversation() {
    let openai =
        json!({"messages": [{"role": "user", "content": "Hi"}], "responses": [{"content": "Yes"}, {"content": "No"}]});
    let share_gpt = json!({"conversations": [{"from": "human", "value": "Hi"}], "responses": ["Yes", "No"]});
    let chosen = json!({"prompt": "Hi", "chosen": "Yes", "rejected": "No"});
    let whole = json!({"prompt": [{"role": "user", "content": "Hi"}],
        "chosen": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yes"}],
        "rejected": [{"role": "assistant", "content": "No"}]});
    let first = read(openai).unwrap();
    for other in [share_gpt, chosen, whole] {
        assert_eq!(read(other).unwrap(), first);
    }
    assert_eq!(first.responses[0].text(), "Yes");
    let named =
        read(json!({"prompt": "Hi", "responses": [{"role": "assistant", "model": "m", "content": "Yes"}]})).unwrap();
    assert_eq!((named.responses[0].model.as_deref(), named.responses[0].messages[0].more.len()), (Some("m"), 0));
    assert_eq!(Conversation::stored(&first.canonical_json()).unwrap(), first);
}

#[test]
fn what_is_not_known_is_left_for_the_metadata() {
    let Json::Object(object) = json!({"messages": [{"role": "user", "content": "Hi"}], "source": "forum", "id": 7})
    else {
        panic!()
    };
    let (_, rest) = Conversation::read(object).unwrap();
    let more = read(json!({"messages": [{"role": "user", "content": "Hi", "weight": 0, "refusal": null}]})).unwrap();
    assert_eq!(more.messages[0].more["weight"], 0);
    assert!(!more.view(None).contains("weight") && more.canonical_json().contains(r#""weight":0"#));
    assert_eq!(Conversation::stored(&more.canonical_json()).unwrap(), more);
    assert_eq!(Json::Object(rest), json!({"source": "forum", "id": 7}));
    let Json::Object(object) = json!({"messages": [{"role": "user", "content": "Hi"}], "prompt": "short"}) else {
        panic!()
    };
    let (both, rest) = Conversation::read(object).unwrap();
    assert_eq!((both.messages.len(), Json::Object(rest)), (1, json!({"prompt": "short"})));
}

#[test]
fn complaints_name_the_message_and_the_field() {
    let user = json!({"role": "user", "content": "Hi"});
    let messages = |second: Json| json!({"messages": [user.clone(), second]});
    for (value, pointer, code) in [
        (json!({}), "", "missing_key"),
        (json!({"messages": []}), "/messages", "empty"),
        (json!({"messages": 3}), "/messages", "wrong_type"),
        (messages(json!("x")), "/messages/1", "wrong_type"),
        (messages(json!({"role": "king", "content": "x"})), "/messages/1/role", "unknown_role"),
        (messages(json!({"content": "x"})), "/messages/1/role", "missing_key"),
        (messages(json!({"role": "user"})), "/messages/1/content", "missing_key"),
        (messages(json!({"role": "user", "content": 1})), "/messages/1/content", "wrong_type"),
        (messages(json!({"role": "user", "content": "a\u{0}"})), "/messages/1/content", "not_text"),
        (messages(json!({"role": "user", "content": [{}]})), "/messages/1/content/0/type", "missing_key"),
        (
            messages(json!({"role": "assistant", "tool_calls": [{}]})),
            "/messages/1/tool_calls/0/function/name",
            "missing_key",
        ),
        (json!({"prompt": "Hi", "responses": [{"model": "m"}]}), "/responses/0", "missing_key"),
        (json!({"prompt": "Hi", "responses": [{"content": "a", "score": 1}]}), "/responses/0/score", "unknown_key"),
        (json!({"prompt": "Hi", "responses": {}}), "/responses", "wrong_type"),
        (json!({"prompt": "Hi", "system": 3}), "/system", "wrong_type"),
    ] {
        let problem = read(value.clone()).unwrap_err();
        assert_eq!((problem.pointer.as_str(), problem.code.as_str()), (pointer, code), "{value}");
    }
}

#[test]
fn as_many_turns_and_responses_as_the_limits_say_and_no_more() {
    let turns = |count: usize| json!({"messages": vec![json!({"role": "user", "content": "x"}); count]});
    assert!(read(turns(Limits::DEFAULT.turns)).is_ok());
    assert_eq!(read(turns(Limits::DEFAULT.turns + 1)).unwrap_err().code, "too_many");
    let responses = |count: usize| json!({"prompt": "x", "responses": vec!["y"; count]});
    assert!(read(responses(Limits::DEFAULT.responses)).is_ok());
    assert_eq!(read(responses(Limits::DEFAULT.responses + 1)).unwrap_err().code, "too_many");
}

#[test]
fn what_is_shown_names_no_model() {
    let shown = json!({"prompt": "Hi", "responses": [{"model": "secret-1", "content": "a"}, {"model": "secret-2",
        "messages": [{"role": "assistant", "content": null, "name": "secret-3", "tool_calls": [{"id": "c", "function": {"name": "find", "arguments": "{}"}}]},
            {"role": "tool", "tool_call_id": "c", "content": "7"}, {"role": "assistant", "content": "b"}]}]});
    let conversation = read(shown).unwrap();
    let text = conversation.view(Some((3, 4)));
    assert!(!text.contains("secret"), "{text}");
    let view: Json = serde_json::from_str(&text).unwrap();
    assert_eq!(view["turns"][2]["text"], "find({})");
    assert_eq!((&view["turns"][2]["silent"], &view["turns"][3]["call"]), (&json!(true), &json!("c")));
    assert_eq!(view["turns"][4]["response"], 1);
    assert_eq!(conversation.messages[0].role, Speaker::User);
}

/// Answers that are stored rest on these orders.
#[test]
fn the_order_is_the_same_for_ever() {
    assert_eq!(order(1, 1, 0), Vec::<usize>::new());
    let orders: Vec<Vec<usize>> = (1..=400).map(|task| order(task, 7, 3)).collect();
    for (place, response) in [(0, 0), (0, 1), (0, 2), (2, 0)] {
        let share = orders.iter().filter(|order| order[place] == response).count();
        assert!((100..170).contains(&share), "{place} {response}: {share} of 400");
    }
    assert!((1..40).any(|person| order(5, person, 2) != order(5, 1, 2)));
    assert_eq!(order(42, 3, 4), [0, 2, 3, 1]);
    assert_eq!(order(1, 1, 3), [0, 2, 1]);
    assert_eq!(order(7, 2, 5), [2, 4, 1, 3, 0]);
}

#[test]
fn words_are_counted_that_an_edit_changed() {
    for (one, two, distance) in [
        ("", "", 0),
        ("a b c", "a b c", 0),
        ("a  b\nc", "a b c", 0),
        ("a b c", "a x c", 1),
        ("a b c", "c b a", 2),
        ("", "a b", 2),
        ("the cat sat on the mat", "the dog sat the mat quietly", 3),
        ("a a a", "a a", 1),
    ] {
        assert_eq!(edit_distance(one, two), Some(distance), "{one:?} {two:?}");
        assert_eq!(edit_distance(two, one), Some(distance), "{two:?} {one:?}");
    }
    let (long, other) = ("a ".repeat(6_000), "b ".repeat(6_000));
    assert_eq!(edit_distance(&long, &other), None);
    assert_eq!(edit_distance(&long, &long), Some(0));
}

fn schema(fields: &str, classes: &str) -> LabelSchema {
    LabelSchema::parse(&format!(r#"{{"name":"s","modality":"dialogue","fields":[{fields}],"classes":[{classes}]}}"#))
        .unwrap()
}

fn codes(schema: &LabelSchema, shape: &MediaShape, answer: Json) -> Vec<(String, String)> {
    let answer: Answer = serde_json::from_value(answer).unwrap();
    match answer.validate(schema, shape, &Limits::DEFAULT) {
        Ok(_) => Vec::new(),
        Err(problems) => problems.into_iter().map(|one| (one.pointer, one.code)).collect(),
    }
}

#[test]
fn regions_lie_in_a_turn() {
    let schema = schema("", r##"{"id":"c","title":"C","geometry":["span"],"color":"#112233"}"##);
    let shape = read(json!({"prompt": "Hello", "responses": ["Yes 👍🏽"]})).unwrap().shape();
    let region = |target: Json, end: u32| json!({"regions": [{"id": "r", "target": target, "class": "c", "geometry": {"type": "span", "ranges": [[0, end]]}}]});
    assert_eq!(codes(&schema, &shape, region(json!({"turn": 0}), 5)), []);
    assert_eq!(codes(&schema, &shape, region(json!({"turn": 1}), 6)), []);
    let one = |at: &str, code: &str| vec![(format!("/regions/0/{at}"), code.to_owned())];
    assert_eq!(codes(&schema, &shape, region(json!({"turn": 1}), 5)), one("geometry/ranges/0", "inside_grapheme"));
    assert_eq!(codes(&schema, &shape, region(json!({"turn": 0}), 6)), one("geometry/ranges/0", "out_of_bounds"));
    assert_eq!(codes(&schema, &shape, region(json!({"turn": 2}), 1)), one("target", "out_of_bounds"));
    assert_eq!(codes(&schema, &shape, region(json!("item"), 1)), one("target", "required"));
}

#[test]
fn ties_that_are_taken_away_break_answers() {
    let ranking = |ties: bool| {
        let options = r#"[{"id":"a","title":"A"},{"id":"b","title":"B"}]"#;
        schema(
            &format!(r#"{{"id":"f","title":"F","kind":{{"type":"ranking","ties":{ties},"options":{options}}}}}"#),
            "",
        )
    };
    let told = changes(&ranking(true), &ranking(false));
    assert_eq!(told.iter().map(|one| one.kind).collect::<Vec<_>>(), [ChangeKind::Breaking]);
    assert!(changes(&ranking(false), &ranking(true)).is_empty());
    let twice =
        Answer { fields: [("f".to_owned(), crate::Value::List(vec!["a=b".into()]))].into(), ..Answer::default() };
    let problems = twice.validate(&ranking(false), &MediaShape::Other, &Limits::DEFAULT).unwrap_err();
    assert!(problems.iter().any(|one| one.code == "unknown_option"), "{problems:?}");
    let unsorted =
        Answer { fields: [("f".to_owned(), crate::Value::List(vec!["b=a".into()]))].into(), ..Answer::default() };
    let problems = unsorted.validate(&ranking(true), &MediaShape::Other, &Limits::DEFAULT).unwrap_err();
    assert_eq!(problems.iter().map(|one| one.code.as_str()).collect::<Vec<_>>(), ["not_sorted"]);
}

#[test]
fn a_comparison_is_of_the_responses_that_there_are() {
    let options = r#"[{"id":"a","title":"A"},{"id":"b","title":"B"},{"id":"c","title":"C"}"#;
    let pairwise = schema(
        &format!(
            r#"{{"id":"f","title":"F","kind":{{"type":"pairwise","options":{options},{{"id":"tie","title":"T"}}]}}}}"#
        ),
        "",
    );
    let ranking = schema(
        &format!(r#"{{"id":"f","title":"F","kind":{{"type":"ranking","ties":true,"options":{options}]}}}}"#),
        "",
    );
    let shape = read(json!({"prompt": "Hello", "responses": ["x", "y"]})).unwrap().shape();
    let answer = |value: Json| json!({"fields": {"f": value}});
    let code = |code: &str| vec![("/fields/f".to_owned(), code.to_owned())];
    assert_eq!(codes(&pairwise, &shape, answer(json!("b"))), []);
    assert_eq!(codes(&pairwise, &shape, answer(json!("tie"))), []);
    assert_eq!(codes(&pairwise, &shape, answer(json!("c"))), code("no_response"));
    assert_eq!(codes(&ranking, &shape, answer(json!(["b", "a"]))), []);
    assert_eq!(codes(&ranking, &shape, answer(json!(["a=b"]))), []);
    assert_eq!(codes(&ranking, &shape, answer(json!(["a"]))), code("incomplete"));
    assert_eq!(codes(&ranking, &MediaShape::Other, answer(json!(["c", "a=b"]))), []);
}

proptest! {
    #[test]
    fn distances_are_those_of_a_metric(one in "[ab ]{0,12}", two in "[ab ]{0,12}", three in "[ab ]{0,12}") {
        let far = |a: &str, b: &str| edit_distance(a, b).unwrap();
        prop_assert_eq!(far(&one, &two), far(&two, &one));
        prop_assert!(far(&one, &three) <= far(&one, &two) + far(&two, &three));
    }

    #[test]
    fn an_order_has_every_response_once(task in any::<i64>(), person in any::<i64>(), count in 0..20_usize) {
        let mut places = order(task, person, count);
        places.sort_unstable();
        prop_assert_eq!(places, (0..count).collect::<Vec<_>>());
    }
}
