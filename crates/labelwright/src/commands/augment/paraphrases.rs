//! Texts in other words: the language models of a recipe's operations.

use super::source::Survey;
use crate::llm::{Asking, Estimate, tell};
use labelwright_connect::llm::{Chat, LlmError, Question};
use labelwright_generate::{
    recipe::Recipe,
    text::{Rewriting, tokens},
};
use serde_json::{Value, json};
use std::{path::Path, sync::Mutex};
use tokio::runtime::Handle;

/// Tokens of what is said beside the text.
const WORDS: u64 = 150;

pub struct Paraphrases {
    /// By address and model.
    chats: Vec<((String, String), Chat)>,
    handle: Option<Handle>,
    /// What ended all asking.
    stopped: Mutex<Option<String>>,
}

impl Paraphrases {
    /// None when only the cost was asked for. `each` is how many children a text may have.
    pub fn of(
        recipe: &Recipe,
        asking: &Asking,
        path: &Path,
        survey: &Survey,
        each: u64,
    ) -> Result<Option<Self>, String> {
        let mut chats: Vec<((String, String), Chat)> = Vec::new();
        let mut goes_on = true;
        for endpoint in recipe.paraphrases().filter_map(|own| own.endpoint.as_ref()) {
            let name = (endpoint.base_url.clone(), endpoint.model.clone());
            let estimate = Estimate {
                requests: survey.texts * each,
                prompt_tokens: (tokens(survey.chars) + survey.texts * WORDS) * each,
                completion_tokens: survey.texts * each * u64::from(endpoint.max_tokens),
            };
            goes_on &= asking.told(endpoint, &estimate);
            if goes_on && chats.iter().all(|(known, _)| *known != name) {
                chats.push((name, asking.chat(endpoint, path)?));
            }
        }
        let handle = if chats.is_empty() { None } else { Handle::try_current().ok() };
        Ok(goes_on.then_some(Self { chats, handle, stopped: Mutex::default() }))
    }

    /// Is there anybody to ask?
    pub fn is_asked(&self) -> bool {
        !self.chats.is_empty()
    }

    /// # Errors
    /// The code of why there is no answer. What ends all asking is told by [`Self::stopped`].
    pub fn ask(&self, order: &Rewriting<'_>) -> Result<String, &'static str> {
        const STOPPED: &str = "paraphrase_refused";
        let name = (&order.endpoint.base_url, &order.endpoint.model);
        let chat = self.chats.iter().find(|((base, model), _)| (base, model) == name);
        let (Some((_, chat)), Some(handle)) = (chat, &self.handle) else { return Err("paraphrase_without_endpoint") };
        if self.stopped().is_some() {
            return Err(STOPPED);
        }
        let question = Question {
            system: order.system.clone(),
            user: order.user.clone(),
            schema: json!({ "type": "object", "additionalProperties": false, "required": ["text"],
                "properties": { "text": { "type": "string" } } }),
            most_tokens: order.endpoint.max_tokens,
            seed: order.seed,
        };
        let text = |value: &Value| value.get("text").and_then(Value::as_str).map(str::to_owned);
        let refuse = |value: &Value| match text(value) {
            Some(text) => (order.refuse)(&text),
            None => Err("\"text\" is missing or no string".to_owned()),
        };
        match handle.block_on(chat.ask(&question, &refuse)) {
            Ok(value) => text(&value).ok_or(STOPPED),
            Err(LlmError::Declined) => Err(STOPPED),
            Err(LlmError::Wrong(_)) => Err("paraphrase_lost_mention"),
            Err(error) => {
                if let Ok(mut stopped) = self.stopped.lock() {
                    stopped.get_or_insert(format!(
                        "{error}; answers so far are kept, and the same command goes on from there"
                    ));
                }
                Err(STOPPED)
            }
        }
    }

    pub fn stopped(&self) -> Option<String> {
        self.stopped.lock().ok()?.clone()
    }

    pub fn tell(&self) {
        self.chats.iter().for_each(|(_, chat)| tell(&chat.spent()));
    }
}
