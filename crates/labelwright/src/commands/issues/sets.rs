//! Items with any number of labels.

use crate::{
    batch::{Output, probabilities::Probabilities},
    environment::Failure,
};
use labelwright_quality::issues::{confident::Filter, multi_label::multi_label, scores::Scoring};
use serde_json::json;
use std::path::Path;

/// Writes id, is_issue, score, suggested: the set with every label that is an issue turned round.
pub fn run(
    output: &Path,
    table: &Probabilities,
    filter: &Filter,
    scoring: &Scoring,
    as_json: bool,
) -> Result<(), Failure> {
    let classes = table.classes.len();
    let holds: Vec<bool> = table.labels.iter().map(|one| *one == 1).collect();
    let found = multi_label(&holds, &table.values, classes, filter, scoring)?;
    let mut file = Output::create(output)?;
    file.record(&[b"id", b"is_issue", b"score", b"suggested"])?;
    for (item, (given, (is_issue, score))) in
        holds.chunks_exact(classes).zip(found.is_issue.iter().zip(&found.scores)).enumerate()
    {
        let is_wrong = |class: usize| found.by_label.get(class).and_then(|own| own.is_issue.get(item)) == Some(&true);
        let better = given.iter().enumerate().filter(|(class, holds)| **holds != is_wrong(*class));
        let names: Vec<&[u8]> = better.map(|(class, _)| table.classes.name(class as u32)).collect();
        let (is_issue, score, suggested) = (is_issue.to_string(), score.to_string(), names.join(&b'|'));
        file.record(&[table.ids.get(item as u32), is_issue.as_bytes(), score.as_bytes(), &suggested])?;
    }
    file.commit()?;
    let issues = found.is_issue.iter().filter(|one| **one).count();
    if as_json {
        let by_label: serde_json::Map<String, serde_json::Value> = found
            .by_label
            .iter()
            .zip(0..)
            .map(|(own, class)| (String::from_utf8_lossy(table.classes.name(class)).into_owned(), json!(own.count())))
            .collect();
        println!("{}", json!({ "items": found.scores.len(), "issues": issues, "issues_by_label": by_label }));
    } else {
        eprintln!("{issues} issues among {} items", found.scores.len());
    }
    Ok(())
}
