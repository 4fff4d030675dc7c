//! Texts that a language model writes: which questions are asked, and what of an answer is taken. The class is asked for,
//! and comes with the text. Who is asked, and what it costs, is decided elsewhere.

use super::schema::{choice, schema};
use crate::{
    GenerateError, Random,
    recipe::{Check, Endpoint, Range, document, parameters, within},
};
use labelwright_core::{Answer, LabelSchema, Modality, Value};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromptRecipe {
    pub endpoint: Endpoint,
    #[serde(default = "system")]
    system: String,
    /// With `{n}`, `{class}`, `{about}` and slots; `{{` and `}}` are braces.
    prompt: String,
    /// Texts of one answer.
    #[serde(default = "each")]
    each: usize,
    /// Characters of a text.
    #[serde(default = "characters")]
    characters: Range,
    /// Texts that are at least so similar are one.
    #[serde(default = "near")]
    pub near: f64,
    #[serde(default = "field")]
    field: String,
    #[serde(default)]
    class: Vec<Class>,
    #[serde(default)]
    slots: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Class {
    id: String,
    /// How the prompt speaks of it; its id unless told.
    #[serde(default)]
    about: Option<String>,
    #[serde(default = "one")]
    weight: f64,
}

fn system() -> String {
    "You write examples for a training set. Make them differ in wording, length and content.".into()
}

fn each() -> usize {
    5
}

fn characters() -> Range {
    Range::new(3.0, 5000.0)
}

fn near() -> f64 {
    0.9
}

fn field() -> String {
    "class".into()
}

fn one() -> f64 {
    1.0
}

impl Check for PromptRecipe {
    fn check(&self) -> Result<(), (&'static str, String)> {
        self.endpoint.check().map_err(|(field, message)| ("endpoint", format!("{field}: {message}")))?;
        if !(1..=100).contains(&self.each) {
            return Err(("each", format!("{} does not lie between 1 and 100", self.each)));
        }
        if !(0.8..=1.0).contains(&self.near) {
            return Err(("near", format!("{} does not lie between 0.8 and 1", self.near)));
        }
        within("characters", self.characters, 1.0, 100_000.0)?;
        let good = |class: &Class| class.weight.is_finite() && class.weight > 0.0 && !class.id.trim().is_empty();
        if !self.class.iter().all(good) {
            return Err(("class", "each has an id, and a weight above 0".into()));
        }
        if let Some((name, _)) =
            self.slots.iter().find(|(name, words)| words.is_empty() || FIXED.contains(&name.as_str()))
        {
            return Err((
                "slots",
                format!("{name:?} needs at least one alternative, and a name that is not n, class, about"),
            ));
        }
        Ok(())
    }
}

/// Names that stand for something already.
const FIXED: [&str; 3] = ["n", "class", "about"];

/// One question.
#[derive(Debug, Clone, PartialEq)]
pub struct Prompt {
    pub system: String,
    pub user: String,
    pub seed: u64,
    pub class: Option<String>,
    /// What the slots of the prompt became.
    pub slots: BTreeMap<String, String>,
}

impl PromptRecipe {
    /// # Errors
    /// With the place and the way out.
    pub fn parse(recipe: &str) -> Result<Self, GenerateError> {
        let recipe: Self = parameters("the recipe", document(recipe)?)?;
        // What a prompt names must be there: better told now than paid for.
        recipe.prompt(0, 0)?;
        match recipe.schema().check().into_iter().next() {
            Some(problem) if !recipe.class.is_empty() => Err(GenerateError::recipe(
                format!("the schema that follows from it, {}", problem.pointer),
                problem.message,
            )),
            _ => Ok(recipe),
        }
    }

    pub fn schema(&self) -> LabelSchema {
        let classes = self.class.iter().map(|class| class.id.as_str());
        let fields = if self.class.is_empty() { Vec::new() } else { vec![choice(&self.field, classes)] };
        schema(Modality::Text, [], &[], fields)
    }

    /// Questions for so many texts, if every answer is good.
    pub fn questions(&self, texts: usize) -> usize {
        texts.div_ceil(self.each)
    }

    /// The schema of an answer.
    pub fn answer_schema(&self) -> serde_json::Value {
        json!({ "type": "object", "additionalProperties": false, "required": ["texts"],
            "properties": { "texts": { "type": "array", "items": { "type": "string" } } } })
    }

    /// The question of a number, from 0. Classes take turns as often as their weights say.
    ///
    /// # Errors
    /// When the prompt names something that is not there.
    pub fn prompt(&self, number: usize, seed: u64) -> Result<Prompt, GenerateError> {
        let mut random = Random::of(seed, "llm", number as u64);
        let class = self.turn(number);
        let mut slots = BTreeMap::new();
        for (name, words) in &self.slots {
            slots.insert(name.clone(), random.pick(words).cloned().unwrap_or_default());
        }
        let mut words: BTreeMap<&str, String> =
            slots.iter().map(|(name, word)| (name.as_str(), word.clone())).collect();
        words.insert("n", self.each.to_string());
        if let Some(class) = class {
            words.insert("class", class.id.clone());
            words.insert("about", class.about.clone().unwrap_or_else(|| class.id.clone()));
        }
        let mut user = filled("prompt", &self.prompt, &words)?;
        user.push_str(&format!("\n\nAnswer with {} texts in the list \"texts\".", self.each));
        // 31 bits: some interfaces take no more.
        let seed = random.bits() >> 33;
        let system = filled("system", &self.system, &words)?;
        Ok(Prompt { system, user, seed, class: class.map(|class| class.id.clone()), slots })
    }

    /// The class whose turn it is: that which is furthest behind its weight (smooth weighted round robin).
    fn turn(&self, number: usize) -> Option<&Class> {
        let whole: f64 = self.class.iter().map(|class| class.weight).sum();
        let mut behind = vec![0.0; self.class.len()];
        let mut chosen = None;
        // Weights repeat after so many turns at most: nobody waits for long.
        for _ in 0..=number % 10_000 {
            behind.iter_mut().zip(&self.class).for_each(|(behind, class)| *behind += class.weight);
            let most = (0..behind.len()).max_by(|a, b| behind[*a].total_cmp(&behind[*b]).then(b.cmp(a)))?;
            behind[most] -= whole;
            chosen = Some(most);
        }
        self.class.get(chosen?)
    }

    /// The texts of an answer that are as long as is wanted, and how many are not.
    ///
    /// # Errors
    /// In words for the one who answered.
    pub fn texts(&self, value: &serde_json::Value) -> Result<(Vec<String>, usize), String> {
        let list = value.get("texts").and_then(serde_json::Value::as_array);
        let list = list.ok_or("\"texts\" is missing or no list")?;
        let mut texts = Vec::new();
        for entry in list {
            let text = entry.as_str().ok_or("an entry of \"texts\" is no string")?.trim();
            let chars = text.chars().count() as f64;
            if chars >= self.characters.low && chars <= self.characters.high {
                texts.push(text.to_owned());
            }
        }
        if texts.is_empty() {
            let Range { low, high } = self.characters;
            return Err(format!("no text has {low} to {high} characters"));
        }
        let others = list.len() - texts.len();
        Ok((texts, others))
    }

    /// The answer of a text of a class.
    pub fn labeled(&self, class: Option<&str>) -> Answer {
        let mut answer = Answer::default();
        if let Some(class) = class {
            answer.fields.insert(self.field.clone(), Value::Text(class.to_owned()));
        }
        answer
    }
}

/// A template with its slots filled.
fn filled(place: &str, template: &str, words: &BTreeMap<&str, String>) -> Result<String, GenerateError> {
    let (mut text, mut rest) = (String::new(), template);
    while let Some(at) = rest.find(['{', '}']) {
        text.push_str(&rest[..at]);
        let brace = &rest[at..=at];
        if rest[at + 1..].starts_with(brace) {
            text.push_str(brace);
            rest = &rest[at + 2..];
            continue;
        }
        let Some(end) = rest[at..].find('}').filter(|_| brace == "{") else {
            let message = format!("{brace:?} stands alone; write {brace}{brace} for the sign itself");
            return Err(GenerateError::recipe(place, message));
        };
        let name = &rest[at + 1..at + end];
        let known: Vec<&str> = words.keys().copied().collect();
        text.push_str(words.get(name).ok_or_else(|| crate::recipe::unknown(place, "slot", name, &known))?);
        rest = &rest[at + end + 1..];
    }
    text.push_str(rest);
    Ok(text)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const RECIPE: &str = "prompt = 'Write {n} {about} reviews of a {thing} as {{json}}.'\neach = 3\ncharacters = [2, 20]\n\
        [endpoint]\nbase_url = 'http://localhost:1/v1'\nmodel = 'm'\n\
        [[class]]\nid = 'good'\nabout = 'happy'\nweight = 2\n[[class]]\nid = 'bad'\n[slots]\nthing = ['phone']\n";

    #[test]
    fn classes_take_turns_by_their_weights() {
        let recipe = PromptRecipe::parse(RECIPE).unwrap();
        let prompts: Vec<Prompt> = (0..6).map(|at| recipe.prompt(at, 7).unwrap()).collect();
        let classes: Vec<&str> = prompts.iter().map(|prompt| prompt.class.as_deref().unwrap()).collect();
        assert_eq!(classes, ["good", "bad", "good", "good", "bad", "good"]);
        assert!(prompts[0].user.starts_with("Write 3 happy reviews of a phone as {json}."), "{}", prompts[0].user);
        assert_eq!(recipe.prompt(4, 7).unwrap(), prompts[4]);
        assert_ne!(recipe.prompt(4, 8).unwrap().seed, prompts[4].seed);
        assert_eq!(recipe.labeled(Some("bad")).fields["class"], Value::Text("bad".into()));
    }

    #[test]
    fn answers_are_looked_through() {
        let recipe = PromptRecipe::parse(RECIPE).unwrap();
        let long = "x".repeat(21);
        let taken = recipe.texts(&json!({ "texts": [" fine ", "", long, "ok"] }));
        assert_eq!(taken, Ok((vec!["fine".into(), "ok".into()], 2)));
        for (answer, words) in [
            (json!({}), "missing"),
            (json!({ "texts": "x" }), "no list"),
            (json!({ "texts": [1] }), "no string"),
            (json!({ "texts": [] }), "2 to 20"),
        ] {
            assert!(recipe.texts(&answer).unwrap_err().contains(words), "{answer}");
        }
    }

    #[test]
    fn mistakes_are_told_before_anybody_is_asked() {
        for (from, to, words) in [
            ("{thing}", "{thin}", "no slot is named \"thin\""),
            ("each = 3", "each = 0", "each"),
            ("weight = 2", "weight = -2", "class"),
            ("['phone']", "[]", "slots"),
            ("http://localhost:1/v1", "localhost", "base_url"),
            ("{{json}}", "{json", "stands alone"),
        ] {
            let said = PromptRecipe::parse(&RECIPE.replace(from, to)).unwrap_err().to_string();
            assert!(said.contains(words), "{to}: {said}");
        }
    }
}
