//! The page that tells how to make data is right: its recipes are read, and it names every operation.
#![allow(clippy::unwrap_used)]

use labelwright_generate::{
    recipe::{OPERATIONS, Recipe},
    synthesis::{
        image::SceneRecipe, prompted::PromptRecipe, series::SeriesRecipe, speech::SpeechRecipe, table::TableRecipe,
        text::Grammar,
    },
};

const PAGE: &str = include_str!("../../../docs/how-to/generate-data.md");

#[test]
fn every_recipe_of_the_page_is_read() {
    let recipes: Vec<&str> =
        PAGE.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default()).collect();
    let [augment, sounds, rows, grammar, table, scenes, series, speech, prompt, paraphrase] = recipes.as_slice() else {
        panic!("{} recipes", recipes.len())
    };
    for recipe in [augment, sounds, rows, paraphrase] {
        Recipe::parse(recipe).unwrap();
    }
    Grammar::parse(grammar).map(drop).unwrap();
    TableRecipe::parse(table).unwrap();
    SceneRecipe::parse(scenes).unwrap();
    SeriesRecipe::parse(series).unwrap();
    SpeechRecipe::parse(speech).map(drop).unwrap();
    PromptRecipe::parse(prompt).unwrap();
}

#[test]
fn every_operation_is_named() {
    for name in OPERATIONS {
        assert!(PAGE.contains(&format!("`{name}`")), "{name}");
    }
}
