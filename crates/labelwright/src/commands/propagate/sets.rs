//! Any number of labels a row: "cat|dog"; an empty text in quotes is the empty set.

use super::Options;
use crate::{
    batch::{Interner, Known, Output, Vectors, vectors::written},
    environment::Failure,
};
use labelwright_learn::{
    classify::{Method, Space},
    multi_label::{self, Sets},
};
use serde_json::json;
use std::path::Path;

/// `known` has each set as one label; the output has id, label, confidence (of the least sure label that is given, or of
/// giving none).
pub fn run(
    options: &Options,
    vectors: &Vectors,
    known: &Known,
    space: &Space,
    method: Method,
    output: &Path,
) -> Result<(), Failure> {
    let separator = options.separator.as_str();
    if separator.is_empty() {
        return Err("--separator is empty; it must stand between the labels of a set".into());
    }
    let split = |text: &str| -> Vec<String> {
        text.split(separator).map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let texts: Vec<String> = (0..known.classes.len() as u32).map(|label| known.classes.text(label)).collect();
    let mut atoms = Interner::new();
    for part in texts.iter().flat_map(|text| split(text)) {
        atoms.intern(part.as_bytes());
    }
    atoms.sort();
    if atoms.is_empty() {
        return Err("every set of labels is empty: there is nothing to learn".into());
    }
    let members: Vec<Vec<u32>> = texts
        .iter()
        .map(|text| split(text).iter().filter_map(|part| atoms.find_sorted(part.as_bytes())).collect())
        .collect();
    let of = |label: &u32| members.get(*label as usize).cloned().unwrap_or_default();
    let sets = Sets {
        rows: known.labels.rows.clone(),
        sets: known.labels.labels.iter().map(of).collect(),
        classes: atoms.len(),
    };
    let found = multi_label::predict(space, &sets, method)?;
    let mut given: Vec<Option<&Vec<u32>>> = vec![None; space.rows()];
    for (row, set) in sets.rows.iter().zip(&sets.sets) {
        if let Some(place) = given.get_mut(*row) {
            *place = Some(set);
        }
    }
    let mut file = Output::create(output)?;
    file.record(&[b"id", b"label", b"confidence"])?;
    for (row, given) in given.into_iter().enumerate() {
        let set = given.cloned().unwrap_or_else(|| found.set(row));
        let own = found.probabilities.get(row * atoms.len()..(row + 1) * atoms.len()).unwrap_or_default();
        let of = |(class, p): (usize, &f64)| if set.contains(&(class as u32)) { *p } else { 1.0 - p };
        let least = own.iter().enumerate().map(of).fold(1.0, f64::min);
        let confidence = written(if given.is_some() { 1.0 } else { least });
        let names: Vec<String> = set.iter().map(|label| atoms.text(*label)).collect();
        let label = names.join(separator);
        file.record(&[vectors.ids.get(row as u32), label.as_bytes(), confidence.as_bytes()])?;
    }
    file.commit()?;
    if let Some(path) = &options.probabilities {
        let mut file = Output::create(path)?;
        let mut header: Vec<&[u8]> = vec![b"id"];
        header.extend((0..atoms.len() as u32).map(|label| atoms.get(label)));
        file.record(&header)?;
        for (row, values) in found.probabilities.chunks_exact(atoms.len()).enumerate() {
            let values: Vec<String> = values.iter().map(|value| written(*value)).collect();
            let mut record: Vec<&[u8]> = vec![vectors.ids.get(row as u32)];
            record.extend(values.iter().map(String::as_bytes));
            file.record(&record)?;
        }
        file.commit()?;
    }
    let labels: Vec<_> = found
        .labels
        .iter()
        .enumerate()
        .map(|(label, own)| {
            json!({"label": atoms.text(label as u32), "threshold": own.threshold, "held_out_f1": own.held_out_f1,
                "notes": own.notes})
        })
        .collect();
    if options.json {
        let summary = json!({"method": method.id, "rows": space.rows(), "sets": sets.rows.len(), "labels": labels});
        println!("{}", serde_json::to_string(&summary)?);
    } else {
        eprintln!("{} labels, each asked for by itself; {} sets were given", atoms.len(), sets.rows.len());
    }
    Ok(())
}
