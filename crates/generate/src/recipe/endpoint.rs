//! Where a language model answers: an interface like OpenAI's. Keys are no part of a recipe: it names the variable of the
//! environment that holds one.

use super::Check;
use serde::Deserialize;

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// `https://api.openai.com/v1`; `/chat/completions` is added.
    pub base_url: String,
    pub model: String,
    /// The variable of the environment that holds the key; none for interfaces without one.
    #[serde(default)]
    pub key_env: Option<String>,
    #[serde(default)]
    pub temperature: Option<f64>,
    /// Tokens of one answer.
    #[serde(default = "tokens")]
    pub max_tokens: u32,
    /// For one answer.
    #[serde(default = "seconds")]
    pub seconds: u32,
    /// Requests under way at a time.
    #[serde(default = "parallel")]
    pub parallel: usize,
    /// What a million tokens cost, of questions and of answers, in any currency.
    #[serde(default)]
    pub price_prompt: f64,
    #[serde(default)]
    pub price_completion: f64,
}

fn tokens() -> u32 {
    2000
}

fn seconds() -> u32 {
    120
}

fn parallel() -> usize {
    4
}

impl Check for Endpoint {
    fn check(&self) -> Result<(), (&'static str, String)> {
        if !(self.base_url.starts_with("http://") || self.base_url.starts_with("https://")) {
            return Err((
                "base_url",
                format!("{:?} is no address; it is like https://api.openai.com/v1", self.base_url),
            ));
        }
        if self.model.trim().is_empty() {
            return Err(("model", "the name of a model is needed".into()));
        }
        if self.temperature.is_some_and(|temperature| !(0.0..=2.0).contains(&temperature)) {
            return Err(("temperature", "it lies between 0 and 2".into()));
        }
        for (field, value, most) in [
            ("max_tokens", u64::from(self.max_tokens), 1_000_000),
            ("seconds", u64::from(self.seconds), 3600),
            ("parallel", self.parallel as u64, 256),
        ] {
            if !(1..=most).contains(&value) {
                return Err((field, format!("{value} does not lie between 1 and {most}")));
            }
        }
        for (field, price) in [("price_prompt", self.price_prompt), ("price_completion", self.price_completion)] {
            if !(price.is_finite() && price >= 0.0) {
                return Err((field, "a price is a number from 0 up".into()));
            }
        }
        Ok(())
    }
}
