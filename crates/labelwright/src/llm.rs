//! What commands have in common that ask language models: flags, limits, what it will cost and what it did.

use clap::Args;
use labelwright_connect::{
    Fetcher, Guard,
    llm::{Chat, Endpoint, Limits, Spent},
};
use labelwright_generate::recipe;
use std::{
    path::{Path, PathBuf},
    time::Duration,
};
use url::Url;

#[derive(Debug, Clone, Args)]
pub struct Asking {
    /// Ask a language model no more once so many tokens are spent (or could be, by answers that are under way).
    #[arg(long, value_name = "N")]
    most_tokens: Option<u64>,
    /// The same in money, in the currency of the recipe's prices.
    #[arg(long, value_name = "MONEY")]
    most_cost: Option<f64>,
    /// Only tell what asking a language model would cost at most.
    #[arg(long)]
    estimate: bool,
    /// Where answers of a language model are kept, so that the same run goes on without asking again; RECIPE.answers
    /// unless told.
    #[arg(long, value_name = "DIR")]
    answers: Option<PathBuf>,
    /// Networks that are not public but may be asked all the same, with commas between them: 127.0.0.1
    #[arg(long, env = "LABELWRIGHT_ALLOW_NETWORKS")]
    allow_networks: Option<String>,
}

/// What asking will take.
#[derive(Debug, Clone, Copy)]
pub struct Estimate {
    pub requests: u64,
    pub prompt_tokens: u64,
    /// At most.
    pub completion_tokens: u64,
}

impl Asking {
    /// A model to ask.
    pub fn chat(&self, endpoint: &recipe::Endpoint, recipe: &Path) -> Result<Chat, String> {
        let key = match &endpoint.key_env {
            None => None,
            Some(name) => Some(std::env::var(name).map_err(|_| {
                format!("endpoint, key_env: the environment has no variable {name}; put the key there")
            })?),
        };
        let base = Url::parse(&endpoint.base_url).map_err(|error| format!("endpoint, base_url: {error}"))?;
        let networks = self.allow_networks.iter().flat_map(|text| text.split(','));
        let guard = Guard::allowing(networks).map_err(|error| format!("--allow-networks: {error}"))?;
        let priced = endpoint.price_prompt > 0.0 || endpoint.price_completion > 0.0;
        if self.most_cost.is_some() && !priced {
            return Err("--most-cost needs price_prompt and price_completion in the recipe's endpoint".into());
        }
        let limits = Limits {
            most_tokens: self.most_tokens,
            most_cost: self.most_cost,
            price_prompt: endpoint.price_prompt,
            price_completion: endpoint.price_completion,
        };
        let endpoint = Endpoint {
            base,
            model: endpoint.model.clone(),
            key,
            temperature: endpoint.temperature,
            time: Duration::from_secs(u64::from(endpoint.seconds)),
        };
        let answers = self.answers.clone().unwrap_or_else(|| {
            let mut name = recipe.as_os_str().to_owned();
            name.push(".answers");
            name.into()
        });
        Ok(Chat::new(Fetcher::new(guard), endpoint, Some(answers), limits))
    }

    /// Tells beforehand what it will cost at most. False when that is all that is wanted.
    pub fn told(&self, endpoint: &recipe::Endpoint, estimate: &Estimate) -> bool {
        let Estimate { requests, prompt_tokens, completion_tokens } = estimate;
        let mut said = format!(
            "{}: {requests} requests, about {prompt_tokens} tokens to it and at most {completion_tokens} from it",
            endpoint.model
        );
        let prices = Limits {
            price_prompt: endpoint.price_prompt,
            price_completion: endpoint.price_completion,
            ..Limits::default()
        };
        let cost = prices.cost(*prompt_tokens, *completion_tokens);
        if cost > 0.0 {
            said.push_str(&format!(": at most {cost:.4} by the recipe's prices"));
        }
        let all = prompt_tokens + completion_tokens;
        if self.most_tokens.is_some_and(|most| all > most) || self.most_cost.is_some_and(|most| cost > most) {
            said.push_str("; the limit may stop it before its end");
        }
        if self.estimate {
            println!("{said}");
        } else {
            eprintln!("{said}");
        }
        !self.estimate
    }
}

/// What it did cost.
pub fn tell(spent: &Spent) {
    let Spent { requests, kept, prompt_tokens, completion_tokens, cost } = spent;
    let money = if *cost > 0.0 { format!(", {cost:.4} by the recipe's prices") } else { String::new() };
    eprintln!("{requests} requests, {kept} answers from before; {prompt_tokens} and {completion_tokens} tokens{money}");
}
