//! Conversations: chats, requests with several answers to compare, and traces of agents, all in one shape.
//!
//! `{"messages": [{"role", "content", "name"?, "tool_calls"?, "tool_call_id"?}], "responses"?: [{"model"?, "messages"}]}`
//! with messages as in OpenAI's chat form. The turns of a conversation are its messages, then those of its responses, in
//! the order in which they are stored; labels name a turn by that number, whoever saw the responses in what order.

mod read;
mod verdict;
mod view;

pub use verdict::Verdict;

use crate::{MediaShape, TextShape, numeric::SplitMix64};
use serde::Serialize;
use serde_json::{Map, Value as Json};

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Conversation {
    pub messages: Vec<Message>,
    /// Answers to the messages of which one is to be preferred, or that are to be judged.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub responses: Vec<Response>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Response {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    pub messages: Vec<Message>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Message {
    pub role: Speaker,
    pub content: Content,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// As they came: each has a `function` with a name and arguments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<Json>,
    /// The call of which this is the result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_call_id: Option<String>,
    /// What else stood in it: kept for whoever trains, and not shown.
    #[serde(flatten)]
    pub more: Map<String, Json>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    System,
    Developer,
    User,
    Assistant,
    Tool,
}

impl Speaker {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Developer => "developer",
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::Tool => "tool",
        }
    }
}

/// A text, or parts of which some are texts.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Content {
    Text(String),
    Parts(Vec<Json>),
}

impl Message {
    pub fn of(role: Speaker, text: impl Into<String>) -> Self {
        let content = Content::Text(text.into());
        Self { role, content, name: None, tool_calls: Vec::new(), tool_call_id: None, more: Map::new() }
    }

    /// What is said: the texts among its parts, the others by the name of their type.
    pub fn said(&self) -> String {
        match &self.content {
            Content::Text(text) => text.clone(),
            Content::Parts(parts) => {
                let word = |part: &Json| match part.get("text").and_then(Json::as_str) {
                    Some(text) => text.to_owned(),
                    None => format!("[{}]", part.get("type").and_then(Json::as_str).unwrap_or("part")),
                };
                parts.iter().map(word).collect::<Vec<_>>().join("\n\n")
            }
        }
    }

    /// The text on which spans lie: what is said, or where nothing is said the calls of tools, one a line.
    pub fn text(&self) -> String {
        let said = self.said();
        if !said.is_empty() {
            return said;
        }
        let line = |call: &Json| {
            let (name, arguments) = view::call(call);
            format!("{name}({arguments})")
        };
        self.tool_calls.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

impl Response {
    /// What the response says in the end.
    pub fn text(&self) -> String {
        self.messages.iter().rev().find(|one| one.role == Speaker::Assistant).map(Message::said).unwrap_or_default()
    }
}

impl Conversation {
    /// All turns in their order, each with the response that it is part of.
    pub fn turns(&self) -> impl Iterator<Item = (&Message, Option<usize>)> {
        let answers = self.responses.iter().enumerate();
        let answers = answers.flat_map(|(at, one)| one.messages.iter().map(move |message| (message, Some(at))));
        self.messages.iter().map(|message| (message, None)).chain(answers)
    }

    /// The extent that answers are checked against.
    pub fn shape(&self) -> MediaShape {
        let texts = self.turns().map(|(message, _)| MediaShape::Text(TextShape::of(&message.text())));
        MediaShape::Dialogue { turns: texts.collect(), responses: self.responses.len() as u32 }
    }

    /// The same bytes for the same conversation: what is stored and hashed.
    pub fn canonical_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads what [`Self::canonical_json`] wrote.
    pub fn stored(text: &str) -> Option<Self> {
        let Json::Object(object) = serde_json::from_str(text).ok()? else { return None };
        read::conversation(object).ok().map(|(conversation, _)| conversation)
    }
}

/// The order in which somebody sees the responses of a task: places 0, 1, 2... hold these responses. It follows from the
/// task and the person alone (a Fisher-Yates shuffle by SplitMix64), so that it can be told at any time what stood where
/// when they answered. It never changes: answers that are stored rest on it.
pub fn order(task: i64, person: i64, responses: usize) -> Vec<usize> {
    let seed = (task as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (person as u64).wrapping_mul(0xd1b5_4a32_d192_ed03);
    let mut random = SplitMix64::new(seed);
    let mut order: Vec<usize> = (0..responses).collect();
    for last in (1..responses).rev() {
        let other = (random.bits() % (last as u64 + 1)) as usize;
        order.swap(last, other);
    }
    order
}

/// Words that an edit took in, took out or replaced: Levenshtein's distance over words, between white space. None where
/// the texts are too long to compare in a bearable time (after what they share at both ends).
pub fn edit_distance(one: &str, two: &str) -> Option<usize> {
    const CELLS_MAXIMUM: usize = 25_000_000;
    let (mut one, mut two): (Vec<&str>, Vec<&str>) =
        (one.split_whitespace().collect(), two.split_whitespace().collect());
    while one.last().is_some_and(|last| two.last() == Some(last)) {
        one.pop();
        two.pop();
    }
    let same = one.iter().zip(&two).take_while(|(a, b)| a == b).count();
    let (one, two) = (one.get(same..)?, two.get(same..)?);
    if one.len().saturating_mul(two.len()) > CELLS_MAXIMUM {
        return None;
    }
    let mut row: Vec<usize> = (0..=two.len()).collect();
    for (at, a) in one.iter().enumerate() {
        let mut corner = at;
        let mut left = at + 1;
        for (cell, b) in row.iter_mut().skip(1).zip(two) {
            let above = *cell;
            *cell = (corner + usize::from(a != b)).min(above + 1).min(left + 1);
            (corner, left) = (above, *cell);
        }
        if let Some(first) = row.first_mut() {
            *first = at + 1;
        }
    }
    row.last().copied()
}

#[cfg(test)]
#[path = "dialogue/tests.rs"]
mod tests;
