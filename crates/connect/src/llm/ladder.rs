//! Means to get JSON out of a model, the strongest first: a schema that the interface keeps, JSON of any form, the arguments
//! of a tool, words. And out of what it says, a value.

use super::{Endpoint, Question};
use serde_json::{Map, Value, json};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rung {
    Schema,
    Object,
    Tool,
    Words,
}

/// Parameters that some interfaces refuse, by the names that they complain about.
pub const PARAMETERS: [&str; 3] = ["max_completion_tokens", "temperature", "seed"];

const NAME: &str = "answer";

impl Rung {
    pub const ALL: [Self; 4] = [Self::Schema, Self::Object, Self::Tool, Self::Words];

    pub fn body(
        self,
        endpoint: &Endpoint,
        question: &Question,
        messages: &[Value],
        most_tokens: u32,
        unknown: &[&str],
    ) -> Value {
        let mut messages = messages.to_vec();
        if matches!(self, Self::Object | Self::Words)
            && let Some(Value::String(system)) = messages.first_mut().and_then(|first| first.get_mut("content"))
        {
            system.push_str("\n\nAnswer with one JSON object of this JSON schema and nothing else:\n");
            system.push_str(&question.schema.to_string());
        }
        let mut body = Map::new();
        body.insert("model".into(), endpoint.model.as_str().into());
        body.insert("messages".into(), messages.into());
        // Older interfaces know the second name.
        let tokens = if unknown.contains(&"max_completion_tokens") { "max_tokens" } else { "max_completion_tokens" };
        body.insert(tokens.into(), most_tokens.into());
        if let Some(temperature) = endpoint.temperature.filter(|_| !unknown.contains(&"temperature")) {
            body.insert("temperature".into(), temperature.into());
        }
        if !unknown.contains(&"seed") {
            body.insert("seed".into(), question.seed.into());
        }
        match self {
            Self::Schema => {
                let schema = json!({ "name": NAME, "strict": true, "schema": question.schema });
                body.insert("response_format".into(), json!({ "type": "json_schema", "json_schema": schema }));
            }
            Self::Object => {
                body.insert("response_format".into(), json!({ "type": "json_object" }));
            }
            Self::Tool => {
                let function = json!({ "name": NAME, "parameters": question.schema, "strict": true });
                body.insert("tools".into(), json!([{ "type": "function", "function": function }]));
                body.insert("tool_choice".into(), json!({ "type": "function", "function": { "name": NAME } }));
            }
            Self::Words => {}
        }
        body.into()
    }
}

/// What was said.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    pub content: String,
    pub is_cut_off: bool,
    pub is_declined: bool,
    /// Tokens of the question and of the answer.
    pub usage: Option<(u64, u64)>,
}

impl Reply {
    /// None for what is no completion.
    pub fn of(value: &Value) -> Option<Self> {
        let choice = value.get("choices")?.get(0)?;
        let message = choice.get("message")?;
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
        let tool = || text(message.pointer("/tool_calls/0/function/arguments"));
        let refusal = text(message.get("refusal")).is_some_and(|refusal| !refusal.is_empty());
        let reason = choice.get("finish_reason").and_then(Value::as_str).unwrap_or_default();
        let count = |name: &str| value.get("usage")?.get(name)?.as_u64();
        Some(Self {
            content: tool().or_else(|| text(message.get("content"))).unwrap_or_default(),
            is_cut_off: reason == "length",
            is_declined: refusal || reason == "content_filter",
            usage: count("prompt_tokens").zip(count("completion_tokens")),
        })
    }
}

/// The JSON object that a text is, or holds in a fence, or holds at all.
pub fn value(text: &str) -> Option<Value> {
    let object = |text: &str| serde_json::from_str::<Value>(text.trim()).ok().filter(Value::is_object);
    if let Some(value) = object(text) {
        return Some(value);
    }
    let fenced =
        text.split("```").skip(1).step_by(2).find_map(|part| object(part.strip_prefix("json").unwrap_or(part)));
    fenced.or_else(|| {
        // The first object that is whole: what stands behind it is no part of it.
        text.match_indices('{').take(32).find_map(|(start, _)| {
            let mut values = serde_json::Deserializer::from_str(&text[start..]).into_iter::<Value>();
            values.next()?.ok().filter(Value::is_object)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_found_wherever_they_stand() {
        let wanted = Some(json!({ "a": [1, "}"] }));
        for text in [
            r#"{"a": [1, "}"]}"#,
            "Here you are:\n```json\n{\"a\": [1, \"}\"]}\n```\nAnything else?",
            "```\n{\"a\": [1, \"}\"]}\n```",
            r#"Sure {as asked}: {"a": [1, "}"]} and more {"b": 2}"#,
        ] {
            assert_eq!(value(text), wanted, "{text}");
        }
        assert_eq!(value("[1]").or_else(|| value("no")).or_else(|| value(r#"{"a": "#)), None);
    }

    #[test]
    fn completions_and_what_is_none() {
        let reply = Reply::of(&json!({ "choices": [{ "message": { "content": "x" }, "finish_reason": "length" }],
            "usage": { "prompt_tokens": 3, "completion_tokens": 4 } }));
        let wanted = Reply { content: "x".into(), is_cut_off: true, is_declined: false, usage: Some((3, 4)) };
        assert_eq!(reply, Some(wanted));
        for (value, declined) in [
            (json!({ "choices": [{ "message": { "refusal": "no" } }] }), true),
            (json!({ "choices": [{ "message": { "content": "" }, "finish_reason": "content_filter" }] }), true),
            (json!({ "choices": [{ "message": { "content": "y", "refusal": null } }] }), false),
        ] {
            assert_eq!(Reply::of(&value).map(|reply| reply.is_declined), Some(declined));
        }
        assert!(Reply::of(&json!({ "error": "x" })).is_none() && Reply::of(&json!("page")).is_none());
    }
}
