//! What people said about a choice field: the best word on each task. The surest source that names the field decides: gold,
//! else the newest consensus that a person made, else answers that a reviewer accepted, else other answers; answers by
//! majority. A tie is no word.

use crate::{Error, Result, Workflow, monitor::parsed, resolve::counts};
use labelwright_core::{
    AnnotationId, Answer, LabelSchema, ProjectId, TaskId, Value,
    schema::{Choice, Field, FieldKind},
};
use labelwright_store::{
    StoreError, Tx,
    records::{annotations, projects::ProjectRow, settled, tasks},
};
use std::collections::BTreeMap;

const PAGE: i64 = 5000;

/// Labels of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    pub field: String,
    /// Options that somebody gave, in the order of the schema.
    pub classes: Vec<String>,
    /// Task to the place of its label among the classes.
    pub of: BTreeMap<TaskId, u32>,
}

/// Fields that can be learned: one option of several.
pub(crate) fn learnable(schema: &LabelSchema) -> impl Iterator<Item = &Field> {
    schema.fields.iter().filter(|field| matches!(field.kind, FieldKind::Choice { multiple: false, .. }))
}

/// The field that a project's machine learns. Errors: the schema has no such choice.
pub(crate) fn field_of<'a>(schema: &'a LabelSchema, wanted: Option<&str>) -> Result<&'a Field> {
    let found = learnable(schema).find(|field| wanted.is_none_or(|wanted| field.id == wanted));
    found.ok_or_else(|| {
        let known: Vec<&str> = learnable(schema).map(|field| field.id.as_str()).collect();
        let message = match (wanted, known.as_slice()) {
            (_, []) => "the schema asks for no choice of one option, and only such fields are learned".to_owned(),
            (Some(wanted), known) => format!("no choice has the id {wanted:?}; there are {}", known.join(", ")),
            (None, _) => "no field was found".to_owned(),
        };
        Error::invalid("/settings/automation/field", "unknown", message)
    })
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

/// Votes for each option.
type Votes = BTreeMap<String, u32>;

fn winner(votes: &Votes) -> Option<&String> {
    let most = votes.values().max()?;
    let mut first = votes.iter().filter(|(_, count)| *count == most).map(|(value, _)| value);
    first.next().filter(|_| first.next().is_none())
}

/// All that was said of one task.
#[derive(Debug, Default)]
struct Said {
    gold: Option<String>,
    adjudicated: Option<String>,
    accepted: Votes,
    others: Votes,
}

impl Said {
    fn vote(&mut self, state: &str, value: String) {
        let votes = if state == "accepted" { &mut self.accepted } else { &mut self.others };
        *votes.entry(value).or_default() += 1;
    }

    fn best(self) -> Option<String> {
        let votes = if self.accepted.is_empty() { &self.others } else { &self.accepted };
        self.gold.or(self.adjudicated).or_else(|| winner(votes).cloned())
    }
}

fn value_of(answer: &Answer, field: &str) -> Option<String> {
    match answer.fields.get(field) {
        Some(Value::Text(value)) => Some(value.clone()),
        _ => None,
    }
}

fn value_in(text: &str, field: &str) -> Option<String> {
    value_of(&serde_json::from_str(text).ok()?, field)
}

/// The best word on the field of one task.
pub(crate) async fn of_task(tx: &mut Tx, task: TaskId, field: &str) -> Result<Option<String>, StoreError> {
    let value = |text: Option<String>| text.and_then(|text| value_in(&text, field));
    let mut said = Said {
        gold: value(tasks::gold(tx, task).await?),
        adjudicated: value(settled::adjudicated(tx, task).await?),
        ..Said::default()
    };
    for head in annotations::of_task(tx, task).await?.iter().filter(|head| counts(head)) {
        if let Some(value) = parsed(head).and_then(|answer| value_of(&answer, field)) {
            said.vote(&head.state, value);
        }
    }
    Ok(said.best())
}

impl Workflow {
    /// The best word on the field of each task of a project that has one.
    pub(crate) async fn known_values(&self, project: ProjectId, field: &str) -> Result<BTreeMap<TaskId, String>> {
        let mut said = BTreeMap::<TaskId, Said>::new();
        let mut after = AnnotationId(0);
        loop {
            let name = field.to_owned();
            let page = self
                .read(move |tx| {
                    Box::pin(async move { Ok(settled::field_values_after(tx, project, &name, after, PAGE).await?) })
                })
                .await?;
            let Some(last) = page.last() else { break };
            after = last.annotation;
            for row in page.into_iter().filter(|row| row.author_kind == "human" && row.state != "returned") {
                if let Some(value) = row.value {
                    said.entry(row.task).or_default().vote(&row.state, value);
                }
            }
        }
        let mut after = TaskId(0);
        loop {
            let page = self
                .read(move |tx| {
                    Box::pin(async move { Ok(settled::adjudicated_after(tx, project, after, PAGE).await?) })
                })
                .await?;
            let Some(last) = page.last() else { break };
            after = last.0;
            for (task, text) in page {
                said.entry(task).or_default().adjudicated = value_in(&text, field);
            }
        }
        let gold = self.read(move |tx| Box::pin(async move { Ok(tasks::gold_of_project(tx, project).await?) })).await?;
        for (task, text) in gold {
            said.entry(task).or_default().gold = value_in(&text, field);
        }
        Ok(said.into_iter().filter_map(|(task, said)| Some((task, said.best()?))).collect())
    }

    /// The labels of a project's field.
    pub(crate) async fn known_labels(&self, project: &ProjectRow, field: &Field) -> Result<Known> {
        let FieldKind::Choice { options, .. } = &field.kind else {
            return Err(Error::internal("only choices are learned"));
        };
        let values = self.known_values(project.id, &field.id).await?;
        let given = |option: &&str| values.values().any(|value| value == option);
        let classes: Vec<String> =
            options.iter().map(|option| option.id.as_str()).filter(given).map(str::to_owned).collect();
        let place: BTreeMap<&String, u32> = classes.iter().zip(0..).collect();
        let of = values.iter().filter_map(|(task, value)| Some((*task, *place.get(value)?))).collect();
        Ok(Known { field: field.id.clone(), of, classes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn votes(pairs: &[(&str, u32)]) -> Votes {
        pairs.iter().map(|(value, count)| ((*value).to_owned(), *count)).collect()
    }

    #[test]
    fn a_tie_is_no_word() {
        assert_eq!(winner(&votes(&[("a", 2), ("b", 1)])).map(String::as_str), Some("a"));
        assert_eq!(winner(&votes(&[("a", 1), ("b", 1)])), None);
        assert_eq!(winner(&Votes::new()), None);
    }

    #[test]
    fn the_surest_source_decides() {
        let said = |gold: Option<&str>, adjudicated: Option<&str>, accepted: &[(&str, u32)]| Said {
            gold: gold.map(str::to_owned),
            adjudicated: adjudicated.map(str::to_owned),
            accepted: votes(accepted),
            others: votes(&[("d", 9)]),
        };
        let best = |said: Said| said.best().unwrap_or_else(|| "nothing".to_owned());
        assert_eq!(best(said(Some("a"), Some("b"), &[("c", 1)])), "a");
        assert_eq!(best(said(None, Some("b"), &[("c", 1)])), "b");
        assert_eq!(best(said(None, None, &[("c", 1)])), "c");
        assert_eq!(best(said(None, None, &[])), "d");
        // Where accepted answers contradict each other, nobody else settles it.
        assert_eq!(best(said(None, None, &[("c", 1), ("d", 1)])), "nothing");
    }
}
