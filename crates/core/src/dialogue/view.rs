//! A conversation as it is shown to people who judge it: turns in a row, without the names of the models.

use super::{Conversation, order};
use serde_json::{Value as Json, json};

/// The name of a tool call and its arguments as text.
pub(super) fn call(call: &Json) -> (&str, String) {
    let name = call.pointer("/function/name").and_then(Json::as_str).unwrap_or_default();
    let arguments = match call.pointer("/function/arguments") {
        Some(Json::String(text)) => text.clone(),
        Some(Json::Null) | None => String::new(),
        Some(other) => other.to_string(),
    };
    (name, arguments)
}

impl Conversation {
    /// `{"turns": [{"role", "text", "name"?, "calls"?, "call"?, "response"?}], "responses": 2, "order": [1, 0]}`: whoever
    /// judges learns which responses there are, not who made them. `order` says which response stands at each place for
    /// this person; places are as stored where nobody is named.
    pub fn view(&self, seen_by: Option<(i64, i64)>) -> String {
        let turns = self.turns().map(|(message, response)| {
            let mut turn = json!({ "role": message.role.as_str(), "text": message.text() });
            if let Some(name) = message.name.as_ref().filter(|_| response.is_none()) {
                turn["name"] = json!(name);
            }
            if !message.tool_calls.is_empty() {
                let one = |said: &Json| {
                    let (name, arguments) = call(said);
                    json!({ "id": said.get("id"), "name": name, "arguments": arguments })
                };
                turn["calls"] = message.tool_calls.iter().map(one).collect();
                turn["silent"] = json!(message.said().is_empty());
            }
            if let Some(id) = &message.tool_call_id {
                turn["call"] = json!(id);
            }
            if let Some(response) = response {
                turn["response"] = json!(response);
            }
            turn
        });
        let count = self.responses.len();
        let order = match seen_by {
            Some((task, person)) => order(task, person, count),
            None => (0..count).collect(),
        };
        json!({ "turns": turns.collect::<Vec<_>>(), "responses": count, "order": order }).to_string()
    }
}
