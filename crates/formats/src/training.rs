//! What trainers of language models read (TRL's dataset types, and OpenAI's form of conversations), a JSON object a
//! line: conversations (`messages`), prompts with a completion, with a judged completion (`label`), and with a pair of
//! answers of which one was preferred (`chosen`, `rejected`), and traces with a label a step (`completions`, `labels`).
//! Out of conversations all of them are written as lists of messages.

mod conversations;

use crate::{
    carries::{Carries, Kind, Names},
    labels,
    record::{Data, DirectoryView, Record, RecordError, Sink, Stop, give},
    registry::{Format, Job},
    sink::ArchiveSink,
    spans,
};
use labelwright_core::{Answer, Modality, Value};
use serde_json::{Map, Value as Json, json};
use std::io;

const PROMPTS: Carries = Carries { metadata: true, conversations: true, empty_items: false, ..Carries::TEXTS };

pub const SFT: Format = Format {
    id: "sft",
    title: "Conversations for fine-tuning",
    carries: Carries {
        words: "prompts with a written completion, as `messages`",
        fields: Names::Only(&[("completion", Kind::Text)]),
        ..PROMPTS
    },
    sniff: |view| sniff(view, &["messages"], 0.93).max(sniff(view, &["conversations"], 0.9)),
    read: Some(|view, _, sink| read(view, sink, Shape::Sft)),
    write: Some(|job, out| write(job, out, Shape::Sft)),
    extension: "jsonl",
    ..Format::NEW
};

pub const PREFERENCE: Format = Format {
    id: "preference",
    title: "Preference pairs (DPO)",
    carries: Carries {
        words: "prompts with the preferred and the other answer",
        fields: Names::Only(&[("chosen", Kind::Text), ("rejected", Kind::Text)]),
        ..PROMPTS
    },
    sniff: |view| sniff(view, &["chosen", "rejected"], 0.95),
    read: Some(|view, _, sink| read(view, sink, Shape::Preference)),
    write: Some(|job, out| write(job, out, Shape::Preference)),
    extension: "jsonl",
    ..Format::NEW
};

pub const JUDGED: Format = Format {
    id: "judged-completions",
    title: "Judged completions (KTO, reward)",
    carries: Carries {
        words: "prompts with a completion and whether it is good",
        fields: Names::Only(&[("completion", Kind::Text), ("label", Kind::Boolean)]),
        ..PROMPTS
    },
    sniff: |view| {
        sniff(view, &["prompt", "completion", "label"], 0.95).max(sniff(view, &["prompt", "completion"], 0.9))
    },
    read: Some(|view, _, sink| read(view, sink, Shape::Judged)),
    write: Some(|job, out| write(job, out, Shape::Judged)),
    extension: "jsonl",
    ..Format::NEW
};

pub const STEPS: Format = Format {
    id: "stepwise",
    title: "Judged steps (process rewards)",
    carries: Carries {
        words: "conversations with a label for each step of the assistant",
        modalities: &[Modality::Dialogue],
        ..PROMPTS
    },
    write: Some(|job, out| write(job, out, Shape::Steps)),
    extension: "jsonl",
    ..Format::NEW
};

#[derive(Clone, Copy, PartialEq)]
enum Shape {
    Sft,
    Preference,
    Judged,
    Steps,
}

fn sniff(view: &dyn DirectoryView, keys: &[&str], confidence: f64) -> f64 {
    let first = spans::first_object(view, &[".jsonl"]);
    if first.is_some_and(|first| keys.iter().all(|key| first.contains_key(*key))) { confidence } else { 0.0 }
}

/// A text, or the messages of a conversation one after the other: all but the last one, and the last one.
fn conversation(value: &Json) -> Option<(String, Option<String>)> {
    if let Some(text) = value.as_str() {
        return Some((text.to_owned(), None));
    }
    let message = |one: &Json| {
        let role = one.get("role").or_else(|| one.get("from")).and_then(Json::as_str)?;
        let said = one.get("content").or_else(|| one.get("value"));
        let said = match said {
            Some(Json::String(text)) => text.clone(),
            Some(Json::Array(parts)) => {
                parts.iter().filter_map(|part| part.get("text").and_then(Json::as_str)).collect::<Vec<_>>().join("")
            }
            Some(Json::Null) | None => one.get("tool_calls").map(Json::to_string).unwrap_or_default(),
            Some(_) => return None,
        };
        Some((role.to_owned(), said))
    };
    let mut messages: Vec<(String, String)> = value.as_array()?.iter().map(message).collect::<Option<_>>()?;
    let last = match messages.last() {
        Some((role, _)) if role == "assistant" || role == "gpt" => messages.pop().map(|(_, said)| said),
        _ => None,
    };
    let text = match messages.as_slice() {
        [(role, said)] if role == "user" || role == "human" => said.clone(),
        many => many.iter().map(|(role, said)| format!("{role}: {said}")).collect::<Vec<_>>().join("\n\n"),
    };
    Some((text, last))
}

/// What is common to two answers that contain their prompts (HH-RLHF): up to the last turn of the assistant.
fn implicit_prompt(chosen: &str, rejected: &str) -> Option<usize> {
    let common = chosen
        .char_indices()
        .zip(rejected.chars())
        .take_while(|((_, a), b)| a == b)
        .map(|((at, a), _)| at + a.len_utf8())
        .last()?;
    let end = chosen.get(..common)?.rfind("\n\nAssistant:")?;
    Some(end + "\n\nAssistant:".len())
}

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>, kind: Shape) -> Result<(), Stop> {
    let mut number = 0;
    for name in spans::files(view, &[".jsonl", ".ndjson"]) {
        spans::each_object(view, &name, |place, object| {
            number += 1;
            give(sink, object.and_then(|object| record(object, number, place, kind)))
        })?;
    }
    Ok(())
}

fn record(mut object: Map<String, Json>, number: usize, place: &str, kind: Shape) -> Result<Record, RecordError> {
    let key = spans::key_of(object.get("id"), number);
    let mut fields = Answer::default().fields;
    let take = |key: &str| object.get(key).and_then(conversation);
    let last = |(text, last): (String, Option<String>)| last.unwrap_or(text);
    let mut prompt = take("prompt").map(|(text, _)| text);
    let needs = |what: &str| RecordError::new(place, "missing_key", format!("a line has {what}"));
    match kind {
        Shape::Sft => {
            let whole = take("messages").or_else(|| take("conversations"));
            let (text, said) = match (whole, prompt) {
                (Some(whole), _) => whole,
                (None, Some(text)) => (text, take("completion").map(last)),
                (None, None) => {
                    return Err(needs("`messages`, each with role and content, or `prompt` and `completion`"));
                }
            };
            fields.extend(said.map(|said| ("completion".to_owned(), Value::Text(said))));
            prompt = Some(text);
        }
        Shape::Preference => {
            let (Some((a, chosen)), Some((b, rejected))) = (take("chosen"), take("rejected")) else {
                return Err(needs("`chosen` and `rejected`, texts or lists of messages"));
            };
            let (mut good, mut bad) = (chosen.unwrap_or_else(|| a.clone()), rejected.unwrap_or_else(|| b.clone()));
            if prompt.is_none() {
                // The prompt lies in both answers.
                match implicit_prompt(&a, &b) {
                    Some(end) => {
                        (good, bad) = (
                            a[end..].trim_start().to_owned(),
                            b.get(end..).unwrap_or_default().trim_start().to_owned(),
                        );
                        prompt = Some(a[..end].to_owned());
                    }
                    None if a == b => prompt = Some(a),
                    None => prompt = Some(String::new()),
                }
            }
            fields.insert("chosen".into(), Value::Text(good));
            fields.insert("rejected".into(), Value::Text(bad));
        }
        Shape::Steps => return Err(needs("another form: steps are only written")),
        Shape::Judged => {
            fields.extend(take("completion").map(|said| ("completion".to_owned(), Value::Text(last(said)))));
            match object.get("label") {
                Some(Json::Bool(label)) => drop(fields.insert("label".into(), Value::Boolean(*label))),
                Some(Json::Null) | None => {}
                Some(_) => return Err(needs("a `label` that is true or false")),
            }
        }
    }
    let text = prompt.ok_or_else(|| needs("a `prompt`: a text or a list of messages"))?;
    let known = ["id", "prompt", "completion", "label", "chosen", "rejected", "messages", "conversations"];
    object.retain(|key, _| !known.contains(&key.as_str()));
    let record = Record::new(key, Data::Text(text), place).answered(Answer { fields, ..Answer::default() });
    Ok(Record { metadata: object.into_iter().collect(), ..record })
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink, kind: Shape) -> io::Result<()> {
    out.begin(match kind {
        Shape::Sft => "sft.jsonl",
        Shape::Preference => "preference.jsonl",
        Shape::Judged => "judged.jsonl",
        Shape::Steps => "steps.jsonl",
    })?;
    for item in job.items {
        if item.modality == Modality::Dialogue {
            for line in conversations::lines(&item, job.head.schema, kind, job.losses) {
                serde_json::to_writer(&mut *out, &line)?;
                out.write_all(b"\n")?;
            }
            continue;
        }
        let Some(text) = &item.text else { continue };
        let field = |name: &str| item.field(name).map(labels::json);
        let mut line = Map::new();
        line.insert("id".into(), item.key.clone().into());
        match kind {
            Shape::Sft => {
                let Some(said) = field("completion") else { continue };
                line.insert(
                    "messages".into(),
                    json!([{"role": "user", "content": text}, {"role": "assistant", "content": said}]),
                );
            }
            Shape::Preference => {
                // One of the two alone is no preference, and trainers stop at it.
                let (Some(chosen), Some(rejected)) = (field("chosen"), field("rejected")) else {
                    job.losses.add("no_pair", "an item with only one of the two answers is left out", &item.key);
                    continue;
                };
                line.extend([
                    ("prompt".into(), text.clone().into()),
                    ("chosen".into(), chosen),
                    ("rejected".into(), rejected),
                ]);
            }
            // Its table has no place for texts.
            Shape::Steps => continue,
            Shape::Judged => {
                line.insert("prompt".into(), text.clone().into());
                let Some(said) = field("completion") else {
                    job.losses.add("no_completion", "an item without a completion is left out", &item.key);
                    continue;
                };
                line.insert("completion".into(), said);
                line.extend(field("label").map(|label| ("label".to_owned(), label)));
            }
        }
        for (name, value) in &item.metadata {
            line.entry(name.clone()).or_insert_with(|| value.clone());
        }
        serde_json::to_writer(&mut *out, &line)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}
