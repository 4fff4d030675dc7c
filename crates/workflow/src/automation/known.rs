//! What is known of the tasks of a project: the best word on one field of each.

use crate::{Error, Result};
use labelwright_core::{
    LabelSchema, ProjectId, TaskId,
    schema::{Choice, FieldKind},
};
use labelwright_store::{
    StoreError, Tx,
    records::{sampling, tasks},
};
use std::collections::BTreeMap;

/// The value of a single-choice field at each task where one is known: the gold answer, else what a person settled, else
/// what most people answered. Where as many say one thing as another nothing is known.
pub(crate) async fn values(
    tx: &mut Tx,
    project: ProjectId,
    field: &str,
) -> Result<BTreeMap<TaskId, String>, StoreError> {
    let mut best = BTreeMap::<TaskId, (String, i64, bool)>::new();
    for (task, value, times) in sampling::values_given(tx, project, field).await? {
        let entry = best.entry(task).or_insert_with(|| (value.clone(), 0, false));
        if times > entry.1 {
            *entry = (value, times, false);
        } else if times == entry.1 {
            entry.2 = true;
        }
    }
    let votes = best.into_iter().filter(|(_, (_, _, tied))| !tied).map(|(task, (value, ..))| (task, value));
    let mut known: BTreeMap<TaskId, String> = votes.collect();
    let settled = sampling::settled(tx, project).await?;
    for (task, answer) in settled.into_iter().chain(tasks::gold_of_project(tx, project).await?) {
        let answer: Option<serde_json::Value> = serde_json::from_str(&answer).ok();
        if let Some(value) = answer.and_then(|answer| answer["fields"][field].as_str().map(str::to_owned)) {
            known.insert(task, value);
        }
    }
    Ok(known)
}

/// The options of a field that takes one of them. Errors: there is no such field, or it is of another kind.
pub(crate) fn options<'a>(schema: &'a LabelSchema, field: &str, pointer: &str) -> Result<&'a [Choice]> {
    let found = schema.field(field).ok_or_else(|| {
        let known: Vec<&str> = schema.fields.iter().map(|field| field.id.as_str()).collect();
        Error::invalid(pointer, "unknown", format!("the schema has no field {field:?}; it has {}", known.join(", ")))
    })?;
    match &found.kind {
        FieldKind::Choice { options, multiple: false, .. } => Ok(options),
        _ => Err(Error::invalid(pointer, "wrong_kind", format!("{field} is not a choice of one option"))),
    }
}
