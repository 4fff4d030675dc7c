//! Conversations on their way in: a JSON file each, or lists and lines of them, in the forms that
//! [`Conversation::read`] knows. Whatever form they come in, what is stored is one shape.

use crate::{
    carries::Carries,
    media::has_ending,
    record::{Data, DirectoryView, Record, RecordError, Sink, Stop, give},
    registry::Format,
    spans, text,
};
use labelwright_core::{Limits, Modality, dialogue::Conversation};
use serde_json::{Map, Value as Json};

pub const FORMAT: Format = Format {
    id: "conversations",
    title: "Conversations and answers to compare",
    carries: Carries {
        words: "chats, prompts with several responses, traces with tool calls",
        modalities: &[Modality::Dialogue],
        metadata: true,
        empty_items: true,
        ..Carries::NOTHING
    },
    sniff,
    read: Some(|view, _, sink| read(view, sink)),
    ..Format::NEW
};

const JSON: [&str; 1] = [".json"];
const LINES: [&str; 2] = [".jsonl", ".ndjson"];
/// Bytes of the first file that are looked at to recognise it.
const START_BYTES: usize = 1 << 16;

/// Lines without `responses` are left to the formats of trainers: who wants them as conversations says so.
fn sniff(view: &dyn DirectoryView) -> f64 {
    if let Some(name) = spans::files(view, &JSON).first() {
        let start = text::start_of(view, name, START_BYTES);
        let has = |key: &str| start.contains(&format!("\"{key}\""));
        let said = has("role") && has("content") || has("from") && has("value");
        let chat = (has("messages") || has("conversations")) && said;
        let answers = has("prompt") && (has("responses") || has("chosen") && has("rejected"));
        return if chat || answers { 0.9 } else { 0.0 };
    }
    let first = spans::first_object(view, &LINES);
    let compared = |first: &Map<String, Json>| {
        first.get("responses").is_some_and(Json::is_array)
            && ["messages", "conversations", "prompt"].iter().any(|key| first.contains_key(*key))
    };
    if first.is_some_and(|first| compared(&first)) { 0.96 } else { 0.0 }
}

/// A conversation that some other format wrote, as it is stored.
pub(crate) fn normal(text: &str, place: &str) -> Result<String, RecordError> {
    let object = serde_json::from_str(text).map_err(|error| RecordError::new(place, "malformed", error.to_string()))?;
    Ok(conversation(object, place)?.0.canonical_json())
}

fn conversation(object: Map<String, Json>, place: &str) -> Result<(Conversation, Map<String, Json>), RecordError> {
    Conversation::read(object).map_err(|problem| {
        let code = CODES.iter().find(|code| **code == problem.code).copied().unwrap_or("malformed");
        let at = if problem.pointer.is_empty() { String::new() } else { format!("{}: ", problem.pointer) };
        RecordError::new(place, code, format!("{at}{}", problem.message))
    })
}

const CODES: [&str; 7] = ["missing_key", "unknown_key", "wrong_type", "unknown_role", "empty", "too_many", "not_text"];

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let mut number = 0;
    for (name, _) in view.list() {
        if has_ending(&name, &LINES) {
            spans::each_object(view, &name, |place, object| {
                number += 1;
                let key = |object: &Map<String, Json>| spans::key_of(object.get("id"), number);
                give(sink, object.and_then(|object| record(key(&object), object, place)))
            })?;
        } else if has_ending(&name, &JSON) {
            file(view, &name, sink)?;
        } else {
            give(sink, Err(RecordError::new(&name, "other_kind", "this is no file of the kind .json .jsonl")))?;
        }
    }
    Ok(())
}

/// One conversation by the name of its file, or a list of them.
fn file(view: &dyn DirectoryView, name: &str, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let limit = Limits::DEFAULT.json_bytes as u64;
    let value = if view.list_size(name).unwrap_or(0) > limit {
        Err(RecordError::new(name, "too_large", format!("the file is larger than {limit} bytes; write JSON Lines")))
    } else {
        text::json_file::<Json>(view, name)
    };
    match value {
        Ok(Json::Object(object)) => give(sink, record(name.to_owned(), object, name)),
        Ok(Json::Array(list)) => {
            for (index, one) in list.into_iter().enumerate() {
                let place = format!("{name}: entry {}", index + 1);
                let found = match one {
                    Json::Object(object) => record(spans::key_of(object.get("id"), index + 1), object, &place),
                    _ => Err(RecordError::new(&place, "wrong_type", "a conversation is an object with `messages`")),
                };
                give(sink, found)?;
            }
            Ok(())
        }
        Ok(_) => give(sink, Err(RecordError::new(name, "wrong_type", "a conversation is an object with `messages`"))),
        Err(error) => give(sink, Err(error)),
    }
}

fn record(key: String, object: Map<String, Json>, place: &str) -> Result<Record, RecordError> {
    let (conversation, mut rest) = conversation(object, place)?;
    rest.remove("id");
    let mut record = Record::new(key, Data::Conversation(conversation.canonical_json()), place);
    record.metadata = rest.into_iter().collect();
    Ok(record)
}
