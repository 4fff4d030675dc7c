//! Numbers instead of classes: each row's guess, with an interval.

use super::Options;
use crate::{
    batch::{Known, Output, Vectors},
    environment::Failure,
};
use labelwright_learn::{
    classify::Space,
    regress::{self, Numbers},
};
use serde_json::json;
use std::path::Path;

/// `known` has each number as a label; the output has id, label, low, high. Given numbers stay, with themselves as interval.
pub fn run(options: &Options, vectors: &Vectors, known: &Known, space: &Space, output: &Path) -> Result<(), Failure> {
    let file = options.labels.as_deref().unwrap_or(Path::new(""));
    let mut values = Vec::with_capacity(known.labels.len());
    for (row, label) in known.labels.iter() {
        let text = known.classes.text(label as u32);
        let value: f64 = text.trim().parse().map_err(|_| {
            format!(
                "{}: id {:?}, column \"label\": {text:?} is not a number",
                file.display(),
                vectors.ids.text(row as u32)
            )
        })?;
        values.push(value);
    }
    let numbers = Numbers::new(known.labels.rows.clone(), values.clone(), space.rows())?;
    let found = regress::predict(space, &numbers, options.coverage)?;
    let mut given = vec![None; space.rows()];
    for (row, value) in known.labels.rows.iter().zip(&values) {
        if let Some(place) = given.get_mut(*row) {
            *place = Some(*value);
        }
    }
    let mut file = Output::create(output)?;
    file.record(&[b"id", b"label", b"low", b"high"])?;
    for (row, (guess, given)) in found.values.iter().zip(given).enumerate() {
        let (value, width) = given.map_or((*guess, found.half_width), |value| (value, 0.0));
        let texts = [value, value - width, value + width].map(|value| value.to_string());
        let [value, low, high] = &texts;
        file.record(&[vectors.ids.get(row as u32), value.as_bytes(), low.as_bytes(), high.as_bytes()])?;
    }
    file.commit()?;
    if options.json {
        let summary = json!({"rows": space.rows(), "numbers": values.len(), "held_out_r_squared": found.r_squared,
            "half_width": found.half_width.is_finite().then_some(found.half_width), "coverage": options.coverage,
            "notes": found.notes});
        println!("{}", serde_json::to_string(&summary)?);
    } else {
        found.notes.iter().for_each(|note| eprintln!("{note}"));
        eprintln!(
            "held-out R squared {:.3}; guesses hold within {} in {} of cases",
            found.r_squared, found.half_width, options.coverage
        );
    }
    Ok(())
}
