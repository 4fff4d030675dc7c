//! Texts and series.

use super::{
    Order,
    stream::{Maker, each},
};
use labelwright_core::Modality;
use labelwright_formats::{Clock, ExportItem, SourcedAnswer};
use labelwright_generate::{
    Random,
    synthesis::{series::SeriesRecipe, text::Grammar},
};

/// Who is said to have labeled what was made.
pub const SOURCE: &str = "synthesis";

const TEXTS: usize = 256;
const SERIES: usize = 32;

pub fn grammar(order: &Order<'_>) -> Result<Grammar, String> {
    Grammar::parse(&order.recipe).map_err(|error| order.about(error))
}

pub fn texts<'a>(order: &'a Order<'_>, grammar: &'a Grammar) -> Maker<'a> {
    each(grammar.schema(), TEXTS, move |number| {
        let made = grammar.make(&mut Random::of(order.options.seed, "text", number as u64));
        let (text, answer) = made.map_err(|error| order.about(error))?;
        let answers = if answer.is_empty() { Vec::new() } else { vec![SourcedAnswer::new(SOURCE, answer)] };
        Ok(ExportItem { text: Some(text), answers, ..order.item("text", number, "", Modality::Text, None) })
    })
}

pub fn series_recipe(order: &Order<'_>) -> Result<SeriesRecipe, String> {
    SeriesRecipe::parse(&order.recipe).map_err(|error| order.about(error))
}

pub fn series<'a>(order: &'a Order<'_>, recipe: &'a SeriesRecipe) -> Maker<'a> {
    each(recipe.schema(), SERIES, move |number| {
        let series = recipe.make(&mut Random::of(order.options.seed, "series", number as u64));
        let media = order.made.put(&number.to_string(), series.csv.as_bytes())?;
        Ok(ExportItem {
            media: Some(media),
            // A series without anomalies is labeled too: it says that there are none.
            answers: vec![SourcedAnswer::new(SOURCE, series.answer)],
            clock: Some(Clock { ticks: Some(series.ticks), ..Clock::new(recipe.ticks_per_second) }),
            ..order.item("series", number, ".csv", Modality::TimeSeries, None)
        })
    })
}
