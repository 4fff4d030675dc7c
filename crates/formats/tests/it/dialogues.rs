//! Conversations from all the forms in which they come, and what trainers get of their answers.

use crate::support::{read, write};
use labelwright_core::{Answer, LabelSchema, Modality, dialogue::Conversation};
use labelwright_formats::{Data, ExportItem, MemoryView, SourcedAnswer, detect, format};
use serde_json::{Value as Json, json};

fn view(files: &[(&str, &str)]) -> MemoryView {
    let files = files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()));
    MemoryView { files: files.collect() }
}

#[test]
fn every_form_is_recognised_and_read_as_the_same_conversation() {
    let openai = r#"{"messages":[{"role":"user","content":"Hi"}],"responses":[{"model":"m","content":"Yes"},{"content":"No"}],"topic":"x"}"#;
    let lines = format!("{openai}\n{openai}\n");
    let list = format!("[{openai}]");
    let pair = r#"{"prompt":"Hi","chosen":"Yes","rejected":"No"}"#;
    let share_gpt = r#"{"conversations":[{"from":"human","value":"Hi"},{"from":"gpt","value":"Yes"}]}"#;
    for (name, text, count) in [
        ("a.json", openai, 1),
        ("a.jsonl", &lines, 2),
        ("a.json", &list, 1),
        ("a.json", pair, 1),
        ("b.json", share_gpt, 1),
    ] {
        let files = view(&[(name, text)]);
        let (found, _) = detect(&files).unwrap();
        assert_eq!(found.id, "conversations", "{name} {text}");
        let reading = read(found, &files);
        assert_eq!((reading.records.len(), reading.problems.as_slice()), (count, &[][..]), "{text}");
        let Data::Conversation(stored) = &reading.records[0].data else { panic!("{:?}", reading.records[0]) };
        let conversation = Conversation::stored(stored).unwrap();
        assert_eq!(conversation.messages[0].said(), "Hi");
        assert_eq!(conversation.turns().count(), if text == share_gpt { 2 } else { 3 });
    }
    let reading = read(format("conversations").unwrap(), &view(&[("a.json", openai)]));
    assert_eq!((reading.records[0].key.as_str(), &reading.records[0].metadata["topic"]), ("a.json", &json!("x")));
}

#[test]
fn what_is_wrong_is_told_with_its_message_and_field_and_the_rest_is_read() {
    let good = r#"{"messages":[{"role":"user","content":"Hi"}]}"#;
    let bad = r#"{"messages":[{"role":"user","content":"Hi"},{"role":"king","content":"x"}]}"#;
    let files = view(&[("a.jsonl", &format!("{bad}\n{good}\nno json\n")), ("b.json", "[7]"), ("c.png", "x")]);
    let reading = read(format("conversations").unwrap(), &files);
    assert_eq!(reading.records.len(), 1);
    let told: Vec<(&str, &str)> = reading.problems.iter().map(|one| (one.place.as_str(), one.code)).collect();
    let wanted = [
        ("a.jsonl:1", "unknown_role"),
        ("a.jsonl:3", "malformed"),
        ("b.json: entry 1", "wrong_type"),
        ("c.png", "other_kind"),
    ];
    assert_eq!(told, wanted);
    assert!(reading.problems[0].message.starts_with("/messages/1/role: "), "{:?}", reading.problems[0]);
}

const SCHEMA: &str = r##"{"name":"s","modality":"dialogue","fields":[
    {"id":"better","title":"Better","kind":{"type":"pairwise","options":[
        {"id":"a","title":"A"},{"id":"b","title":"B"},{"id":"c","title":"C"},{"id":"equal","title":"E"},{"id":"both_bad","title":"N"}]}},
    {"id":"order","title":"Order","kind":{"type":"ranking","ties":true,"options":[
        {"id":"a","title":"A"},{"id":"b","title":"B"},{"id":"c","title":"C"}]}},
    {"id":"text","title":"Text","kind":{"type":"text","multiline":true,"starts_from":"response"}}],
  "classes":[{"id":"good_step","title":"G","geometry":["span"],"color":"#112233"},
    {"id":"bad_step","title":"B","geometry":["span"],"color":"#223344"}]}"##;

/// The lines of a format for one conversation with this answer, and the codes of what was lost.
fn lines(id: &str, responses: Json, answer: Json) -> (Vec<Json>, Vec<String>) {
    let Json::Object(object) = json!({"prompt": "Hi", "responses": responses}) else { panic!() };
    let (conversation, _) = Conversation::read(object).unwrap();
    let mut item = ExportItem::new("k", Modality::Dialogue);
    item.text = Some(conversation.canonical_json());
    item.metadata.insert("topic".into(), json!("x"));
    let answer: Answer = serde_json::from_value(answer).unwrap();
    item.answers.push(SourcedAnswer::new("consensus", answer));
    let (files, report) = write(format(id).unwrap(), &LabelSchema::parse(SCHEMA).unwrap(), &[item]);
    let text: String = files.files.values().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect();
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    // Lines for trainers have no list of classes.
    let codes = report.losses.into_iter().map(|loss| loss.code).filter(|code| code != "unused_classes");
    (lines, codes.collect())
}

fn three() -> Json {
    json!([{"model": "m1", "content": "one"}, {"model": "m2", "content": "two"}, {"model": "m3", "content": "three"}])
}

fn said(list: &Json) -> &str {
    list.as_array().unwrap().last().unwrap()["content"].as_str().unwrap()
}

#[test]
fn a_preference_is_a_pair_with_each_response_that_lost() {
    let (found, lost) = lines("preference", three(), json!({"fields": {"better": "b"}}));
    let pairs: Vec<(&str, &str)> = found.iter().map(|line| (said(&line["chosen"]), said(&line["rejected"]))).collect();
    assert_eq!((pairs, lost), (vec![("two", "one"), ("two", "three")], Vec::new()));
    assert_eq!(found[0]["prompt"], json!([{"role": "user", "content": "Hi"}]));
    assert_eq!(found[0]["chosen"], json!([{"role": "assistant", "content": "two"}]));
    let names = (&found[0]["chosen_model"], &found[0]["rejected_model"], &found[0]["id"], &found[0]["topic"]);
    assert_eq!(names, (&json!("m2"), &json!("m1"), &json!("k"), &json!("x")));
}

#[test]
fn ties_and_all_bad_make_no_pair_and_are_counted() {
    assert_eq!(lines("preference", three(), json!({"fields": {"better": "equal"}})), (vec![], vec!["ties".to_owned()]));
    assert_eq!(
        lines("preference", three(), json!({"fields": {"better": "both_bad"}})),
        (vec![], vec!["all_bad".to_owned()])
    );
    let (found, lost) = lines("preference", three(), json!({"fields": {"order": ["c", "a=b"]}}));
    let pairs: Vec<(&str, &str)> = found.iter().map(|line| (said(&line["chosen"]), said(&line["rejected"]))).collect();
    assert_eq!((pairs, lost), (vec![("three", "one"), ("three", "two")], vec!["ties".to_owned()]));
    assert_eq!(lines("preference", three(), json!({"fields": {"text": "x"}})).1, ["fields", "no_comparison"]);
}

#[test]
fn judged_completions_are_the_best_and_the_worst() {
    let (found, lost) = lines("judged-completions", three(), json!({"fields": {"order": ["c", "a", "b"]}}));
    let labels: Vec<(&str, bool)> =
        found.iter().map(|line| (said(&line["completion"]), line["label"].as_bool().unwrap())).collect();
    assert_eq!((labels, lost), (vec![("three", true), ("two", false)], vec!["between".to_owned()]));
    let two = json!(["yes", "no"]);
    let (found, lost) = lines("judged-completions", two.clone(), json!({"fields": {"better": "a"}}));
    assert_eq!((found.len(), &found[1]["label"], lost.len()), (2, &json!(false), 0));
    let (found, _) = lines("judged-completions", two, json!({"fields": {"better": "both_bad"}}));
    assert!(found.iter().all(|line| line["label"] == json!(false)) && found.len() == 2);
}

#[test]
fn a_demonstration_keeps_how_far_it_is_from_where_it_began() {
    let responses = json!([{"model": "m1", "content": "the answer is seven"}, {"model": "m2", "content": "no idea"}]);
    let (found, lost) = lines("sft", responses.clone(), json!({"fields": {"text": "the answer is eight now"}}));
    assert_eq!(lost, Vec::<String>::new());
    assert_eq!(
        found[0]["messages"],
        json!([{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "the answer is eight now"}])
    );
    let kept = (&found[0]["edit_distance_words"], &found[0]["edited_from"], &found[0]["edited_model"]);
    assert_eq!(kept, (&json!(2), &json!(0), &json!("m1")));
    let (found, _) = lines("sft", responses.clone(), json!({"fields": {"better": "b"}}));
    assert_eq!((said(&found[0]["messages"]), &found[0]["model"]), ("no idea", &json!("m2")));
    assert_eq!(
        lines("sft", responses, json!({"fields": {"better": "equal"}})),
        (vec![], vec!["no_completion".to_owned()])
    );
}

#[test]
fn steps_have_their_labels_in_order() {
    let trace = json!([{"messages": [{"role": "assistant", "content": "first"}, {"role": "tool", "content": "7"},
        {"role": "assistant", "content": "second"}]}]);
    let step = |id: &str, turn: u32, class: &str| json!({"id": id, "target": {"turn": turn}, "class": class, "geometry": {"type": "span", "ranges": [[0, 5]]}});
    let answer = json!({"regions": [step("r2", 3, "bad_step"), step("r1", 1, "good_step")]});
    let (found, lost) = lines("stepwise", trace.clone(), answer);
    assert_eq!(lost, Vec::<String>::new());
    assert_eq!((&found[0]["completions"], &found[0]["labels"]), (&json!(["first", "second"]), &json!([true, false])));
    assert_eq!(found[0]["prompt"], "user: Hi");
    let twice = json!({"regions": [step("r1", 1, "good_step"), step("r2", 1, "bad_step")]});
    let (found, lost) = lines("stepwise", trace.clone(), twice);
    assert_eq!((&found[0]["labels"], lost), (&json!([true]), vec!["more_labels".to_owned()]));
    assert_eq!(lines("stepwise", trace, json!({"fields": {"better": "a"}})).1, ["fields", "no_steps"]);
}

#[test]
fn a_conversation_comes_back_from_the_native_format() {
    let Json::Object(object) = json!({"prompt": "Hi", "responses": ["a", "b"]}) else { panic!() };
    let (conversation, _) = Conversation::read(object).unwrap();
    let item = ExportItem { text: Some(conversation.canonical_json()), ..ExportItem::new("k", Modality::Dialogue) };
    let native = format("native").unwrap();
    let (files, _) = write(native, &LabelSchema::parse(SCHEMA).unwrap(), std::slice::from_ref(&item));
    let reading = read(native, &files);
    assert_eq!(reading.records[0].data, Data::Conversation(conversation.canonical_json()));
}
