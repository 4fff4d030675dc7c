//! Texts by a language model: questions in waves, answers looked through, the same text taken once.

use super::{Order, stream::Maker, writings::SOURCE};
use crate::llm::{Estimate, tell};
use labelwright_connect::llm::{Chat, LlmError, Question};
use labelwright_core::Modality;
use labelwright_formats::{ExportItem, SourcedAnswer, groups::Fingerprint, near::NearDuplicates};
use labelwright_generate::{
    synthesis::prompted::{Prompt, PromptRecipe},
    text::tokens,
};
use serde_json::{Value, json};
use std::{
    cell::RefCell,
    collections::{HashSet, VecDeque},
    hash::{DefaultHasher, Hash, Hasher},
    ops::Range,
};
use tokio::runtime::Handle;

/// Tokens of a question beside its own words: the form that the answer is to have.
const FORM: u64 = 120;
/// So many times the questions that would be enough if every text were good and new.
const PATIENCE: usize = 4;

pub struct Writer {
    recipe: PromptRecipe,
    chat: Chat,
    handle: Handle,
    state: RefCell<State>,
}

/// How far it is.
struct State {
    /// The next question.
    number: usize,
    /// Texts that were taken and not handed over, with their questions.
    ready: VecDeque<(String, Prompt)>,
    exact: HashSet<u64>,
    near: NearDuplicates,
    told: Told,
}

/// What was left out.
#[derive(Default)]
struct Told {
    same: u64,
    length: u64,
    wrong: u64,
    declined: u64,
    is_over_budget: bool,
    is_out_of_patience: bool,
}

impl Writer {
    /// None when only the cost was asked for.
    pub fn of(order: &Order<'_>) -> Result<Option<Self>, String> {
        let recipe = PromptRecipe::parse(&order.recipe).map_err(|error| order.about(error))?;
        let questions = recipe.questions(order.count());
        let first = recipe.prompt(0, order.options.seed).map_err(|error| order.about(error))?;
        let chars = first.system.chars().count() + first.user.chars().count();
        let estimate = Estimate {
            requests: questions as u64,
            prompt_tokens: questions as u64 * (tokens(chars as u64) + FORM),
            completion_tokens: questions as u64 * u64::from(recipe.endpoint.max_tokens),
        };
        if !order.options.asking.told(&recipe.endpoint, &estimate) {
            return Ok(None);
        }
        let chat = order.options.asking.chat(&recipe.endpoint, &order.options.recipe)?;
        let handle = Handle::try_current().map_err(|error| error.to_string())?;
        let near = NearDuplicates::new(recipe.near);
        let (exact, told) = (HashSet::new(), Told::default());
        let state = RefCell::new(State { number: 0, ready: VecDeque::new(), exact, near, told });
        Ok(Some(Self { recipe, chat, handle, state }))
    }

    /// Asks until there are so many texts, or no more can be had.
    fn fill(&self, wanted: usize, order: &Order<'_>) -> Result<(), String> {
        let most = self.recipe.questions(order.count()).saturating_mul(PATIENCE).saturating_add(PATIENCE);
        let parallel = self.recipe.endpoint.parallel;
        let state = &mut *self.state.borrow_mut();
        while state.ready.len() < wanted && !state.told.is_over_budget {
            if state.number >= most {
                state.told.is_out_of_patience = true;
                break;
            }
            // No more questions than the texts that are missing ask for.
            let missing = self.recipe.questions(wanted - state.ready.len());
            let wave = state.number..(state.number + parallel.min(missing.max(1))).min(most);
            state.number = wave.end;
            let prompts = wave.map(|number| self.recipe.prompt(number, order.options.seed));
            let prompts = prompts.collect::<Result<Vec<Prompt>, _>>().map_err(|error| order.about(error))?;
            let questions: Vec<Question> = prompts.iter().map(|prompt| self.question(prompt)).collect();
            let refuse = |value: &Value| self.recipe.texts(value).map(drop);
            let answers = self.handle.block_on(self.chat.ask_all(&questions, parallel, &refuse));
            for (prompt, answer) in prompts.into_iter().zip(answers) {
                match answer {
                    Ok(value) => state.take(&self.recipe, &prompt, &value),
                    Err(LlmError::Budget) => state.told.is_over_budget = true,
                    Err(LlmError::Declined) => state.told.declined += 1,
                    Err(error) if error.is_of_the_question() => state.told.wrong += 1,
                    Err(error) => {
                        return Err(format!(
                            "{error}; answers so far are kept, and the same command goes on from there"
                        ));
                    }
                }
            }
        }
        Ok(())
    }

    fn question(&self, prompt: &Prompt) -> Question {
        Question {
            system: prompt.system.clone(),
            user: prompt.user.clone(),
            schema: self.recipe.answer_schema(),
            most_tokens: self.recipe.endpoint.max_tokens,
            seed: prompt.seed,
        }
    }

    /// What it did cost, and what was left out.
    pub fn tell(&self) {
        tell(&self.chat.spent());
        let told = &self.state.borrow().told;
        for (count, what) in [
            (told.same, "texts are left out: they say the same as others"),
            (told.length, "texts are left out: they are too short or too long"),
            (told.wrong, "questions had no good answer, asked twice"),
            (told.declined, "questions were declined"),
        ] {
            if count > 0 {
                eprintln!("{count} {what}");
            }
        }
        if told.is_over_budget {
            eprintln!("the limit of what it may cost is reached: there are fewer texts than were asked for");
        }
        if told.is_out_of_patience {
            eprintln!("the model has nothing new to say: there are fewer texts than were asked for; vary the slots");
        }
    }
}

impl State {
    fn take(&mut self, recipe: &PromptRecipe, prompt: &Prompt, value: &Value) {
        let Ok((texts, others)) = recipe.texts(value) else { return };
        self.told.length += others as u64;
        for text in texts {
            let mut hasher = DefaultHasher::new();
            text.split_whitespace().for_each(|word| word.to_lowercase().hash(&mut hasher));
            let is_new = self.exact.insert(hasher.finish());
            if is_new && Fingerprint::of_text(&text).is_none_or(|print| self.near.add(print).is_none()) {
                self.ready.push_back((text, prompt.clone()));
            } else {
                self.told.same += 1;
            }
        }
    }
}

pub fn texts<'a>(order: &'a Order<'_>, writer: &'a Writer) -> Maker<'a> {
    let make = move |numbers: Range<usize>| {
        writer.fill(numbers.len(), order)?;
        let state = &mut *writer.state.borrow_mut();
        let count = numbers.len().min(state.ready.len());
        let items = state.ready.drain(..count).zip(numbers).map(|((text, prompt), number)| {
            let mut item = order.item("llm", number, "", Modality::Text, None);
            if let Some(told) = item.metadata.get_mut("synthesis") {
                told["model"] = writer.recipe.endpoint.model.as_str().into();
                if !prompt.slots.is_empty() {
                    told["slots"] = json!(prompt.slots);
                }
            }
            let answer = writer.recipe.labeled(prompt.class.as_deref());
            let answers = if answer.is_empty() { Vec::new() } else { vec![SourcedAnswer::new(SOURCE, answer)] };
            ExportItem { text: Some(text), answers, ..item }
        });
        Ok(items.collect())
    };
    // As many as a wave of questions brings.
    let batch = (writer.recipe.endpoint.parallel * 8).clamp(8, 512);
    Maker { schema: writer.recipe.schema(), batch, make: Box::new(make) }
}
