//! Items that are made and not found: from a recipe alone, or from the items of a project.

use super::sources::Wrong;
use labelwright_generate::{
    GenerateError,
    recipe::Recipe,
    synthesis::{image::SceneRecipe, series::SeriesRecipe, speech::SpeechRecipe, text::Grammar},
};
use serde::{Deserialize, Serialize};

/// Items of one source.
const COUNT_MAXIMUM: u64 = 100_000;
/// Children of one item.
const FACTOR_MAXIMUM: u32 = 100;
/// Bytes of a recipe.
const RECIPE_MAXIMUM: usize = 256 << 10;

/// What is made from a recipe alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Synthesized {
    /// Texts from a grammar, with spans and a class.
    Text,
    /// Drawn shapes, with boxes and masks.
    Image,
    /// Time series with labeled anomalies.
    Series,
    /// Recordings of texts from a grammar that a program of the server speaks, with their transcripts.
    Speech,
}

impl Synthesized {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Image => "image",
            Self::Series => "series",
            Self::Speech => "speech",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SynthesisSource {
    pub what: Synthesized,
    /// TOML; files beside it are for the command line.
    pub recipe: String,
    /// 1 to 100,000.
    pub count: u64,
    /// The same recipe and seed make the same items.
    #[serde(default)]
    pub seed: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AugmentationSource {
    /// TOML: which operations, how often, how strong.
    pub recipe: String,
    /// Children of each item of the project, 1 to 100.
    pub factor: u32,
    #[serde(default)]
    pub seed: u64,
}

fn wrong(error: &GenerateError) -> Wrong {
    ("/recipe".into(), error.to_string())
}

fn short(recipe: &str) -> Result<(), Wrong> {
    match recipe.len() <= RECIPE_MAXIMUM {
        true => Ok(()),
        false => Err(("/recipe".into(), format!("a recipe has at most {RECIPE_MAXIMUM} bytes"))),
    }
}

impl SynthesisSource {
    /// # Errors
    /// A JSON pointer to what is wrong, and what that is.
    pub fn check(&self) -> Result<(), Wrong> {
        if !(1..=COUNT_MAXIMUM).contains(&self.count) {
            return Err(("/count".into(), format!("give 1 to {COUNT_MAXIMUM} items")));
        }
        short(&self.recipe)?;
        let recipe = self.recipe.as_str();
        match self.what {
            Synthesized::Text => Grammar::parse(recipe).map(drop),
            Synthesized::Series => SeriesRecipe::parse(recipe).map(drop),
            Synthesized::Speech => SpeechRecipe::parse(recipe).map(drop),
            Synthesized::Image => {
                let recipe = SceneRecipe::parse(recipe).map_err(|error| wrong(&error))?;
                if recipe.backgrounds.is_some() || !recipe.cutout.is_empty() {
                    let message = "pictures beside a recipe are for the command line: labelwright synthesize image";
                    return Err(("/recipe".into(), message.into()));
                }
                Ok(())
            }
        }
        .map_err(|error| wrong(&error))
    }
}

impl AugmentationSource {
    /// # Errors
    /// A JSON pointer to what is wrong, and what that is.
    pub fn check(&self) -> Result<(), Wrong> {
        if !(1..=FACTOR_MAXIMUM).contains(&self.factor) {
            return Err(("/factor".into(), format!("give 1 to {FACTOR_MAXIMUM} children")));
        }
        short(&self.recipe)?;
        let recipe = Recipe::parse(&self.recipe).map_err(|error| wrong(&error))?;
        let reason = if recipe.paraphrases().next().is_some() {
            "paraphrases ask a language model with a key of the operator's: labelwright augment does"
        } else if !recipe.files().is_empty() {
            "recordings beside a recipe are for the command line: labelwright augment"
        } else {
            return Ok(());
        };
        Err(("/recipe".into(), reason.into()))
    }
}
