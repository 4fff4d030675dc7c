//! Language models behind interfaces like OpenAI's chat completions. One question, one JSON value: asked for by a schema
//! where the interface knows that, by weaker means where it does not; checked; asked for once more when it is wrong; kept on
//! the disk, so that a run that was stopped goes on without paying twice.
//!
//! Wire shapes: `POST {base}/chat/completions` with `response_format`, `tools`, `max_completion_tokens` (OpenAI's reference,
//! cross-checked with vLLM, llama.cpp and Ollama).

mod answers;
mod budget;
mod ladder;

pub use budget::{Limits, Spent};

use crate::{Ask, FetchError, Fetcher};
use answers::Answers;
use budget::Budget;
use futures::StreamExt;
use labelwright_core::numeric::SplitMix64;
use ladder::{Reply, Rung};
use reqwest::{
    Method,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use serde_json::{Value, json};
use std::{
    path::PathBuf,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime},
};
use url::Url;

/// Attempts at one request, and the longest pause between two.
const ATTEMPTS: u32 = 6;
const PAUSE_MAXIMUM: Duration = Duration::from_secs(60);
const PAUSE_FIRST_MILLISECONDS: u64 = 500;
/// Bytes of one answer.
const BYTES_MAXIMUM: u64 = 4 << 20;

/// Where and how it is asked.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Without `/chat/completions`.
    pub base: Url,
    pub model: String,
    /// Sent as a bearer token.
    pub key: Option<String>,
    pub temperature: Option<f64>,
    /// For one answer.
    pub time: Duration,
}

#[derive(Debug, Clone)]
pub struct Question {
    pub system: String,
    pub user: String,
    /// JSON Schema of the answer: an object without other properties, all of them required.
    pub schema: Value,
    pub most_tokens: u32,
    pub seed: u64,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum LlmError {
    #[error("{place}: {reason}")]
    Fetch { place: String, reason: FetchError },
    #[error("{0}: the key is missing or not good for this model")]
    Key(String),
    #[error("{place}: the interface answered {status}; is the address right, and is there a model of this name?")]
    Status { place: String, status: u16 },
    #[error("{0}: what answers there is no interface for chat completions")]
    Strange(String),
    #[error("the limit of what it may cost is reached")]
    Budget,
    /// Asked twice: what was wrong.
    #[error("the answer is not what was asked for: {0}")]
    Wrong(String),
    #[error("the model declined to answer")]
    Declined,
    #[error("{0}: the disk says: {1}")]
    Disk(String, std::io::Error),
}

impl LlmError {
    /// Is it about one question, so that others may be answered?
    pub fn is_of_the_question(&self) -> bool {
        matches!(self, Self::Wrong(_) | Self::Declined)
    }
}

/// A model that is asked.
pub struct Chat {
    fetcher: Fetcher,
    endpoint: Endpoint,
    answers: Option<Answers>,
    budget: Mutex<Budget>,
    /// The strongest means that the interface is known to take, as a place in [`Rung::ALL`].
    rung: AtomicUsize,
    /// Names of parameters that it does not take.
    unknown: Mutex<Vec<&'static str>>,
}

/// What is said of one exchange.
enum Exchange {
    Reply(Reply),
    /// The interface does not take the request as it is.
    NotTaken(u16, String),
}

impl Chat {
    /// Answers are kept in the folder.
    pub fn new(fetcher: Fetcher, endpoint: Endpoint, answers: Option<PathBuf>, limits: Limits) -> Self {
        Self {
            fetcher,
            endpoint,
            answers: answers.map(Answers::new),
            budget: Mutex::new(Budget::new(limits)),
            rung: AtomicUsize::new(0),
            unknown: Mutex::default(),
        }
    }

    pub fn spent(&self) -> Spent {
        self.budget().spent()
    }

    fn budget(&self) -> std::sync::MutexGuard<'_, Budget> {
        // Numbers are whole between two statements.
        self.budget.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The answer to a question, from the disk if it was asked before. `refuse` says what is wrong with a value; a value
    /// that it refuses is asked for once more, with the reason.
    ///
    /// # Errors
    /// [`LlmError::is_of_the_question`] tells which of them leave hope for other questions.
    pub async fn ask(
        &self,
        question: &Question,
        refuse: &dyn Fn(&Value) -> Result<(), String>,
    ) -> Result<Value, LlmError> {
        let name = self.name(question);
        if let Some(kept) = self.answers.as_ref().and_then(|answers| answers.get(&name))
            && refuse(&kept).is_ok()
        {
            self.budget().kept();
            return Ok(kept);
        }
        let mut messages = vec![
            json!({ "role": "system", "content": question.system }),
            json!({ "role": "user", "content": question.user }),
        ];
        let (mut most_tokens, mut wrong) = (question.most_tokens, String::new());
        for _ in 0..2 {
            let reply = self.reply(question, &messages, most_tokens).await?;
            if reply.is_declined {
                return Err(LlmError::Declined);
            }
            wrong = match ladder::value(&reply.content) {
                Some(value) => match refuse(&value) {
                    Ok(()) => {
                        if let Some(answers) = &self.answers {
                            answers.put(&name, &value)?;
                        }
                        return Ok(value);
                    }
                    Err(wrong) => wrong,
                },
                None if reply.is_cut_off => "it was cut off before its end".to_owned(),
                None => "it is no JSON".to_owned(),
            };
            if reply.is_cut_off {
                // The same question with more room.
                most_tokens = most_tokens.saturating_mul(2);
                continue;
            }
            messages.push(json!({ "role": "assistant", "content": reply.content }));
            messages.push(json!({ "role": "user", "content": format!(
                "That is not what was asked for: {wrong}. Answer again, with one JSON object of this schema and nothing else: {}",
                question.schema
            ) }));
        }
        Err(LlmError::Wrong(wrong))
    }

    /// The answers to several questions, so many under way at a time, in their order.
    pub async fn ask_all(
        &self,
        questions: &[Question],
        parallel: usize,
        refuse: &dyn Fn(&Value) -> Result<(), String>,
    ) -> Vec<Result<Value, LlmError>> {
        let all = futures::stream::iter(questions.iter().map(|question| self.ask(question, refuse)));
        all.buffered(parallel.max(1)).collect().await
    }

    /// What is kept of a question is found by everything that its answer depends on.
    fn name(&self, question: &Question) -> String {
        let Endpoint { base, model, temperature, .. } = &self.endpoint;
        let Question { system, user, schema, most_tokens, seed } = question;
        answers::name(&json!([base.as_str(), model, temperature, system, user, schema, most_tokens, seed]))
    }

    /// Asks by the strongest means that the interface takes.
    async fn reply(&self, question: &Question, messages: &[Value], most_tokens: u32) -> Result<Reply, LlmError> {
        let mut rung = self.rung.load(Ordering::Relaxed);
        loop {
            let means = Rung::ALL.get(rung).copied().unwrap_or(Rung::Words);
            let unknown = self.unknown.lock().map(|unknown| unknown.clone()).unwrap_or_default();
            let body = means.body(&self.endpoint, question, messages, most_tokens, &unknown);
            match self.exchange(&body, most_tokens, question.seed).await? {
                Exchange::Reply(reply) => {
                    self.rung.fetch_max(rung, Ordering::Relaxed);
                    return Ok(reply);
                }
                Exchange::NotTaken(status, said) => {
                    // Some say which parameter it is.
                    let named =
                        ladder::PARAMETERS.iter().find(|name| said.contains(**name) && !unknown.contains(*name));
                    if let Some(name) = named {
                        if let Ok(mut unknown) = self.unknown.lock() {
                            unknown.push(*name);
                        }
                    } else if rung + 1 < Rung::ALL.len() {
                        rung += 1;
                    } else {
                        return Err(LlmError::Status { place: self.place(), status });
                    }
                }
            }
        }
    }

    fn place(&self) -> String {
        self.endpoint.base.as_str().to_owned()
    }

    /// One request with its attempts: what is busy or does not come is tried again, later each time.
    async fn exchange(&self, body: &Value, most_tokens: u32, seed: u64) -> Result<Exchange, LlmError> {
        let text = body.to_string();
        let asked = budget::tokens(text.chars().count() as u64);
        let failed = |reason| LlmError::Fetch { place: self.place(), reason };
        let mut chance = SplitMix64::new(seed);
        let url = self.url()?;
        for attempt in 0.. {
            let room = self.budget().reserve(asked, u64::from(most_tokens)).ok_or(LlmError::Budget)?;
            let mut ask =
                Ask::get(url.clone(), BYTES_MAXIMUM, self.endpoint.time).with(CONTENT_TYPE, "application/json");
            if let Some(key) = &self.endpoint.key {
                ask = ask.with(AUTHORIZATION, format!("Bearer {key}"));
            }
            (ask.method, ask.body) = (Method::POST, Some(text.clone().into()));
            let answer = self.fetcher.ask(&ask).await;
            let last = attempt + 1 >= ATTEMPTS;
            let wanted = match answer {
                Ok(answer) if (200..300).contains(&answer.status) => {
                    let reply = serde_json::from_slice(&answer.bytes).ok().and_then(|value| Reply::of(&value));
                    // Something in between may answer with a page of its own.
                    let Some(reply) = reply else {
                        self.budget().settle(room, Some((asked, 0)));
                        if attempt > 0 {
                            return Err(LlmError::Strange(self.place()));
                        }
                        tokio::time::sleep(pause(None, attempt, &mut chance)).await;
                        continue;
                    };
                    let guess = (asked, budget::tokens(reply.content.chars().count() as u64));
                    self.budget().settle(room, Some(reply.usage.unwrap_or(guess)));
                    return Ok(Exchange::Reply(reply));
                }
                Ok(answer) => {
                    self.budget().settle(room, None);
                    match answer.status {
                        401 | 403 => return Err(LlmError::Key(self.place())),
                        429 | 500..=599 if !last => answer.retry_after(SystemTime::UNIX_EPOCH),
                        400 | 415 | 422 | 501 => {
                            let said = String::from_utf8_lossy(&answer.bytes).into_owned();
                            return Ok(Exchange::NotTaken(answer.status, said));
                        }
                        status => return Err(LlmError::Status { place: self.place(), status }),
                    }
                }
                Err(error) => {
                    // What was not read may have been made all the same.
                    let spent = matches!(error, FetchError::TooLarge(_)).then_some((asked, u64::from(most_tokens)));
                    self.budget().settle(room, spent);
                    match error {
                        FetchError::TooLarge(bytes) => {
                            return Err(LlmError::Wrong(format!("it has more than {bytes} bytes")));
                        }
                        error if error.is_passing() && !last => None,
                        error => return Err(failed(error)),
                    }
                }
            };
            tokio::time::sleep(pause(wanted, attempt, &mut chance)).await;
        }
        Err(failed(FetchError::Unreachable))
    }

    fn url(&self) -> Result<Url, LlmError> {
        let mut url = self.endpoint.base.clone();
        let failed = |()| LlmError::Fetch { place: self.place(), reason: FetchError::NotAnAddress };
        url.path_segments_mut().map_err(failed)?.pop_if_empty().extend(["chat", "completions"]);
        Ok(url)
    }
}

/// What was asked for, or twice as long as before and a bit more by chance, so that many do not come back together.
fn pause(wanted: Option<Duration>, attempt: u32, chance: &mut SplitMix64) -> Duration {
    let own = PAUSE_FIRST_MILLISECONDS << attempt.min(10);
    let more = chance.bits() % (own / 4);
    wanted.unwrap_or(Duration::from_millis(own + more)).min(PAUSE_MAXIMUM)
}
