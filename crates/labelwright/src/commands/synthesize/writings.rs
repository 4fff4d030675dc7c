//! Texts and series: small enough to be made one after the other.

use super::Order;
use labelwright_core::{LabelSchema, Modality};
use labelwright_formats::{Clock, ExportItem, SourcedAnswer};
use labelwright_generate::{
    Random,
    synthesis::{series::SeriesRecipe, text::Grammar},
};

/// Who is said to have labeled what was made.
pub const SOURCE: &str = "synthesis";

pub fn texts(order: &Order<'_>) -> Result<(LabelSchema, Vec<ExportItem>), String> {
    let grammar = Grammar::parse(&order.recipe).map_err(|error| order.about(error))?;
    let items = (1..=order.count()).map(|number| {
        let made = grammar.make(&mut Random::of(order.options.seed, "text", number as u64));
        let (text, answer) = made.map_err(|error| order.about(error))?;
        let answers = if answer.is_empty() { Vec::new() } else { vec![SourcedAnswer::new(SOURCE, answer)] };
        Ok(ExportItem { text: Some(text), answers, ..order.item("text", number, "", Modality::Text, None) })
    });
    Ok((grammar.schema(), items.collect::<Result<_, String>>()?))
}

pub fn series(order: &Order<'_>) -> Result<(LabelSchema, Vec<ExportItem>), String> {
    let recipe = SeriesRecipe::parse(&order.recipe).map_err(|error| order.about(error))?;
    let items = (1..=order.count()).map(|number| {
        let series = recipe.make(&mut Random::of(order.options.seed, "series", number as u64));
        let media = order.made.put(&number.to_string(), series.csv.as_bytes())?;
        Ok(ExportItem {
            media: Some(media),
            // A series without anomalies is labeled too: it says that there are none.
            answers: vec![SourcedAnswer::new(SOURCE, series.answer)],
            clock: Some(Clock { ticks: Some(series.ticks), ..Clock::new(recipe.ticks_per_second) }),
            ..order.item("series", number, ".csv", Modality::TimeSeries, None)
        })
    });
    Ok((recipe.schema(), items.collect::<Result<_, String>>()?))
}
