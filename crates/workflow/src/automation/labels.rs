//! What people said about the field that a machine learns: one label a task, the surest source first: gold, the
//! consensus, answers that a reviewer accepted, other answers by majority. A tie is no label.

use crate::{Error, Result, Workflow};
use labelwright_core::{
    AnnotationId, Answer, LabelSchema, ProjectId, TaskId, Value,
    schema::{Field, FieldKind},
};
use labelwright_store::records::{projects::ProjectRow, settled, tasks};
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

/// Votes for each option.
type Votes = BTreeMap<String, u32>;

fn winner(votes: &Votes) -> Option<&String> {
    let most = votes.values().max()?;
    let mut first = votes.iter().filter(|(_, count)| *count == most).map(|(value, _)| value);
    first.next().filter(|_| first.next().is_none())
}

impl Workflow {
    /// The labels of a project's field.
    pub(crate) async fn known_labels(&self, project: &ProjectRow, field: &Field) -> Result<Known> {
        let FieldKind::Choice { options, .. } = &field.kind else {
            return Err(Error::internal("only choices are learned"));
        };
        let mut values = self.values_by_people(project.id, &field.id).await?;
        let of_answer = |text: &str| {
            let answer: Answer = serde_json::from_str(text).ok()?;
            match answer.fields.get(&field.id) {
                Some(Value::Text(value)) => Some(value.clone()),
                _ => None,
            }
        };
        let id = project.id;
        let mut after = TaskId(0);
        loop {
            let page = self
                .read(move |tx| Box::pin(async move { Ok(settled::consensus_after(tx, id, after, PAGE).await?) }))
                .await?;
            let Some(last) = page.last() else { break };
            after = last.0;
            values.extend(page.iter().filter_map(|(task, text)| Some((*task, of_answer(text)?))));
        }
        let gold = self.read(move |tx| Box::pin(async move { Ok(tasks::gold_of_project(tx, id).await?) })).await?;
        values.extend(gold.iter().filter_map(|(task, text)| Some((*task, of_answer(text)?))));
        let given = |option: &&str| values.values().any(|value| value == option);
        let classes: Vec<String> =
            options.iter().map(|option| option.id.as_str()).filter(given).map(str::to_owned).collect();
        let place: BTreeMap<&String, u32> = classes.iter().zip(0..).collect();
        let of = values.iter().filter_map(|(task, value)| Some((*task, *place.get(value)?))).collect();
        Ok(Known { field: field.id.clone(), of, classes })
    }

    /// What answers say, accepted ones before others.
    async fn values_by_people(&self, project: ProjectId, field: &str) -> Result<BTreeMap<TaskId, String>> {
        let (mut accepted, mut others) = (BTreeMap::<TaskId, Votes>::new(), BTreeMap::<TaskId, Votes>::new());
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
                let Some(value) = row.value else { continue };
                let to = if row.state == "accepted" { &mut accepted } else { &mut others };
                *to.entry(row.task).or_default().entry(value).or_default() += 1;
            }
        }
        let mut found = BTreeMap::new();
        for votes in [others, accepted] {
            found.extend(votes.iter().filter_map(|(task, votes)| Some((*task, winner(votes)?.clone()))));
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tie_is_no_label() {
        let votes = |pairs: &[(&str, u32)]| pairs.iter().map(|(value, count)| ((*value).to_owned(), *count)).collect();
        assert_eq!(winner(&votes(&[("a", 2), ("b", 1)])).map(String::as_str), Some("a"));
        assert_eq!(winner(&votes(&[("a", 1), ("b", 1)])), None);
        assert_eq!(winner(&Votes::new()), None);
    }
}
