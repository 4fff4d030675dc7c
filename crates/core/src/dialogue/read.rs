//! The forms in which conversations come: OpenAI's messages, ShareGPT's `conversations`, a prompt with answers.

use super::{Content, Conversation, Message, Response, Speaker};
use crate::{Limits, Problem};
use serde_json::{Map, Value as Json};

/// What is wrong: `/messages/3/role` and a sentence with how to mend it.
type Wrong = Problem;

fn wrong<T>(at: &str, code: &str, message: impl Into<String>) -> Result<T, Wrong> {
    Err(Problem::new(at, code, message))
}

impl Conversation {
    /// Reads a conversation out of an object, and gives what else was in it: its metadata.
    ///
    /// # Errors
    /// The first thing that is wrong, with its place.
    pub fn read(object: Map<String, Json>) -> Result<(Self, Map<String, Json>), Problem> {
        conversation(object)
    }
}

pub(super) fn conversation(mut object: Map<String, Json>) -> Result<(Conversation, Map<String, Json>), Wrong> {
    // What says the same in another form beside it is metadata, like all that is not known.
    let form = ["messages", "conversations", "prompt"].into_iter().find(|key| object.contains_key(*key));
    let Some((key, messages)) = form.and_then(|key| Some((key, object.remove(key)?))) else {
        let forms = "a conversation has `messages`, `conversations`, or a `prompt` with `responses`";
        return wrong("", "missing_key", forms);
    };
    let at = format!("/{key}");
    let at = at.as_str();
    let mut messages = said(at, messages, Speaker::User)?;
    // ShareGPT keeps what the system is told beside the turns.
    match object.remove("system") {
        Some(Json::String(system)) if !system.is_empty() => messages.insert(0, Message::of(Speaker::System, system)),
        Some(Json::String(_) | Json::Null) | None => {}
        Some(_) => return wrong("/system", "wrong_type", "what the system is told is a text"),
    }
    if messages.is_empty() {
        return wrong(at, "empty", "a conversation has at least one message");
    }
    let mut responses = Vec::new();
    match object.remove("responses") {
        Some(Json::Array(list)) => {
            for (index, one) in list.into_iter().enumerate() {
                responses.push(response(&format!("/responses/{index}"), one, &messages)?);
            }
        }
        Some(Json::Null) | None => {}
        Some(_) => return wrong("/responses", "wrong_type", "responses are a list"),
    }
    for key in ["chosen", "rejected"] {
        if let Some(one) = object.remove(key) {
            responses.push(response(&format!("/{key}"), one, &messages)?);
        }
    }
    let limit = Limits::DEFAULT.responses;
    if responses.len() > limit {
        return wrong("/responses", "too_many", format!("{} responses, the limit is {limit}", responses.len()));
    }
    let turns = messages.len() + responses.iter().map(|one| one.messages.len()).sum::<usize>();
    let limit = Limits::DEFAULT.turns;
    if turns > limit {
        return wrong(at, "too_many", format!("{turns} turns, the limit is {limit}"));
    }
    Ok((Conversation { messages, responses }, object))
}

/// A text, or a list of messages. A text alone is said by `alone`.
fn said(at: &str, value: Json, alone: Speaker) -> Result<Vec<Message>, Wrong> {
    match value {
        Json::String(text) if text.trim().is_empty() => wrong(at, "empty", "there is no text in it"),
        Json::String(text) => Ok(vec![Message::of(alone, text)]),
        Json::Array(list) if list.len() > Limits::DEFAULT.turns => {
            let limit = Limits::DEFAULT.turns;
            wrong(at, "too_many", format!("{} messages, the limit is {limit}", list.len()))
        }
        Json::Array(list) => {
            let one = |(index, value)| message(&format!("{at}/{index}"), value);
            list.into_iter().enumerate().map(one).collect()
        }
        _ => wrong(at, "wrong_type", "this is a text or a list of messages, each with `role` and `content`"),
    }
}

fn response(at: &str, value: Json, before: &[Message]) -> Result<Response, Wrong> {
    let (model, mut messages) = match value {
        Json::Object(mut object) => {
            let model = match object.remove("model") {
                Some(Json::String(model)) => Some(model),
                Some(Json::Null) | None => None,
                Some(_) => return wrong(&format!("{at}/model"), "wrong_type", "the name of a model is a text"),
            };
            if object.contains_key("role") {
                (model, vec![message(at, Json::Object(object))?])
            } else {
                (model, without_role(at, object)?)
            }
        }
        other => (None, said(at, other, Speaker::Assistant)?),
    };
    // Some data repeat the conversation in every answer.
    if messages.len() > before.len() && messages.starts_with(before) {
        messages.drain(..before.len());
    }
    if messages.is_empty() {
        return wrong(at, "empty", "a response has at least one message");
    }
    Ok(Response { model, messages })
}

fn without_role(at: &str, mut object: Map<String, Json>) -> Result<Vec<Message>, Wrong> {
    let content = object.remove("messages").or_else(|| object.remove("content")).or_else(|| object.remove("text"));
    if let Some(key) = object.keys().next() {
        let known = "a response has `model`, and `content` or `messages`";
        return wrong(&format!("{at}/{key}"), "unknown_key", known);
    }
    match content {
        Some(content) => said(at, content, Speaker::Assistant),
        None => wrong(at, "missing_key", "a response has `content` (a text) or `messages`"),
    }
}

const ROLES: &str =
    "a role is system, developer, user, assistant or tool (ShareGPT: human, gpt, function_call, observation)";

fn speaker(word: &str) -> Option<Speaker> {
    Some(match word {
        "system" => Speaker::System,
        "developer" => Speaker::Developer,
        "user" | "human" => Speaker::User,
        "assistant" | "gpt" | "model" | "chatgpt" | "bing" | "bard" | "function_call" => Speaker::Assistant,
        "tool" | "function" | "observation" | "ipython" => Speaker::Tool,
        _ => return None,
    })
}

fn message(at: &str, value: Json) -> Result<Message, Wrong> {
    let Json::Object(mut object) = value else {
        return wrong(at, "wrong_type", "a message is an object with `role` and `content`");
    };
    let role = object.remove("role").or_else(|| object.remove("from"));
    let Some(role) = role.as_ref().and_then(Json::as_str) else {
        return wrong(&format!("{at}/role"), "missing_key", ROLES);
    };
    let Some(role) = speaker(role) else {
        return wrong(&format!("{at}/role"), "unknown_role", format!("{role:?} is no role: {ROLES}"));
    };
    let tool_calls = match object.remove("tool_calls") {
        Some(Json::Array(calls)) => calls,
        Some(Json::Null) | None => Vec::new(),
        Some(_) => return wrong(&format!("{at}/tool_calls"), "wrong_type", "tool calls are a list"),
    };
    for (index, call) in tool_calls.iter().enumerate() {
        if call.pointer("/function/name").and_then(Json::as_str).is_none() {
            let place = format!("{at}/tool_calls/{index}/function/name");
            return wrong(&place, "missing_key", "a tool call has a `function` with a `name`");
        }
    }
    let text = |object: &mut Map<String, Json>, key: &str| match object.remove(key) {
        Some(Json::String(text)) => Ok(Some(text)),
        Some(Json::Null) | None => Ok(None),
        Some(_) => wrong(&format!("{at}/{key}"), "wrong_type", "this is a text"),
    };
    let (name, tool_call_id) = (text(&mut object, "name")?, text(&mut object, "tool_call_id")?);
    let content = match object.remove("content").or_else(|| object.remove("value")) {
        Some(Json::String(text)) => Content::Text(text),
        Some(Json::Array(parts)) => Content::Parts(checked_parts(at, parts)?),
        Some(Json::Null) | None if !tool_calls.is_empty() || role == Speaker::Tool => Content::Text(String::new()),
        Some(Json::Null) | None => {
            return wrong(&format!("{at}/content"), "missing_key", "a message has `content`, or `tool_calls`");
        }
        Some(_) => return wrong(&format!("{at}/content"), "wrong_type", "content is a text or a list of parts"),
    };
    object.retain(|_, value| !value.is_null());
    let found = Message { role, content, name, tool_calls, tool_call_id, more: object };
    if found.said().contains('\0') {
        return wrong(&format!("{at}/content"), "not_text", "the text holds a NUL character");
    }
    Ok(found)
}

fn checked_parts(at: &str, parts: Vec<Json>) -> Result<Vec<Json>, Wrong> {
    let limit = Limits::DEFAULT.list_values;
    if parts.len() > limit {
        return wrong(&format!("{at}/content"), "too_many", format!("{} parts, the limit is {limit}", parts.len()));
    }
    for (index, part) in parts.iter().enumerate() {
        if !part.get("type").is_some_and(Json::is_string) && !part.get("text").is_some_and(Json::is_string) {
            let place = format!("{at}/content/{index}/type");
            return wrong(&place, "missing_key", "a part has a `type`, and a `text` where it is one");
        }
    }
    Ok(parts)
}
