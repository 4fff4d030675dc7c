//! Lists of concepts that people bring along, for fields and attributes that name one. Enters: a file of concepts, words
//! that somebody types. Leaves: concepts that fit, best first; what an answer names and no list has. Keeps: a list
//! changes as a whole, when the new one is complete; an answer is stored only if its lists have its concepts.

pub(crate) mod reading;

use crate::{Error, Result, Workflow, jobs::kinds, policy::Permit};
use labelwright_core::{
    Answer, JobId, LabelSchema, Problem, WorkspaceId,
    concepts::{LIST_NAME_RULE, concepts_in, folded, is_list_name},
};
use labelwright_store::records::{
    concepts::{self, ConceptRow, ListRow, TERM_KINDS},
    projects::ProjectRow,
};
use reading::Form;
use std::collections::{BTreeMap, BTreeSet};

pub use labelwright_store::records::concepts::{ConceptRow as Concept, ListRow as ConceptList};

/// Lists of one workspace.
pub const LISTS_MAXIMUM: usize = 100;
/// Concepts that one search gives at most.
pub const FOUND_MAXIMUM: i64 = 50;
/// Candidates that are looked at of each kind of term, so that the best of them come first.
const CANDIDATES: i64 = 200;

impl Workflow {
    pub async fn concept_lists(&self, workspace: &Permit<WorkspaceId>) -> Result<Vec<ListRow>> {
        let id = *workspace.resource();
        self.read(move |tx| Box::pin(async move { Ok(concepts::lists(tx, id).await?) })).await
    }

    /// Queues a job that puts the concepts of an uploaded file in the place of a list, or makes a new one.
    pub async fn load_concepts_later(&self, workspace: &Permit<WorkspaceId>, name: &str, upload: i64) -> Result<JobId> {
        if !is_list_name(name) {
            return Err(Error::invalid("/name", "bad_name", LIST_NAME_RULE));
        }
        let file = self.permit_upload(workspace.principal(), upload).await?;
        let row = file.resource();
        if row.received != row.bytes {
            let message = format!("{}: {} of {} bytes have arrived", row.name, row.received, row.bytes);
            return Err(Error::invalid("/upload", "incomplete", message));
        }
        if Form::of(&row.name).is_none() {
            let message = format!("{}: concepts come as .csv, .tsv or .jsonl", row.name);
            return Err(Error::invalid("/upload", "unknown_format", message));
        }
        let (id, now, list) = (*workspace.resource(), self.now(), name.to_owned());
        self.write(move |tx| {
            Box::pin(async move {
                let there = concepts::lists(tx, id).await?;
                if there.len() >= LISTS_MAXIMUM && there.iter().all(|one| one.name != list) {
                    let message = format!("a workspace has at most {LISTS_MAXIMUM} lists of concepts");
                    return Err(Error::invalid("/name", "too_many", message));
                }
                Ok(concepts::create(tx, id, &list, now).await?)
            })
        })
        .await?;
        let input = serde_json::json!({ "list": name, "upload": upload, "file": row.name });
        self.enqueue(id, None, kinds::CONCEPTS, &input, Some(workspace.user())).await
    }

    /// Concepts whose id, names or synonyms begin like this, or have a later word that does; the best first.
    pub async fn search_concepts(
        &self,
        project: &Permit<ProjectRow>,
        list: &str,
        words: &str,
        limit: i64,
    ) -> Result<Vec<ConceptRow>> {
        let (workspace, list, wanted) = (project.resource().workspace, list.to_owned(), folded(words));
        let limit = limit.clamp(1, FOUND_MAXIMUM) as usize;
        self.read(move |tx| {
            Box::pin(async move {
                let list =
                    concepts::list(tx, workspace, &list).await?.ok_or(Error::NotFound("the list of concepts"))?;
                let mut found: Vec<ConceptRow> = Vec::new();
                for kind in TERM_KINDS {
                    let mut rows = concepts::beginning_with(tx, &list, kind, &wanted, CANDIDATES).await?;
                    // What is equal first, then what is shortest: it has the least beside what was typed.
                    rows.sort_by_key(|(row, equal)| (!equal, row.name.chars().count()));
                    for (row, _) in rows {
                        if found.len() < limit && found.iter().all(|one| one.code != row.code) {
                            found.push(row);
                        }
                    }
                    if found.len() >= limit {
                        break;
                    }
                }
                Ok(found)
            })
        })
        .await
    }

    /// One concept by its id.
    pub async fn concept(&self, project: &Permit<ProjectRow>, list: &str, code: &str) -> Result<ConceptRow> {
        let (workspace, list, code) = (project.resource().workspace, list.to_owned(), code.to_owned());
        self.read(move |tx| {
            Box::pin(async move {
                let list =
                    concepts::list(tx, workspace, &list).await?.ok_or(Error::NotFound("the list of concepts"))?;
                concepts::concept(tx, &list, &code).await?.ok_or(Error::NotFound("the concept"))
            })
        })
        .await
    }

    /// Refuses an answer that names concepts which its lists do not have.
    pub(crate) async fn check_concepts(
        &self,
        workspace: WorkspaceId,
        schema: &LabelSchema,
        answer: &Answer,
    ) -> Result<()> {
        let uses = concepts_in(answer, schema);
        if uses.is_empty() {
            return Ok(());
        }
        let wanted: BTreeSet<(String, String)> = uses.iter().map(|one| (one.list.clone(), one.code.clone())).collect();
        let unknown = self
            .read(move |tx| {
                Box::pin(async move {
                    let mut lists: BTreeMap<String, Option<ListRow>> = BTreeMap::new();
                    let mut unknown = BTreeSet::new();
                    for (list, code) in wanted {
                        if !lists.contains_key(&list) {
                            let found = concepts::list(tx, workspace, &list).await?;
                            lists.insert(list.clone(), found);
                        }
                        let known = match lists.get(&list) {
                            Some(Some(row)) => concepts::concept(tx, row, &code).await?.is_some(),
                            _ => false,
                        };
                        if !known {
                            unknown.insert((list, code));
                        }
                    }
                    Ok(unknown)
                })
            })
            .await?;
        let problems: Vec<Problem> = uses
            .into_iter()
            .filter(|one| unknown.contains(&(one.list.clone(), one.code.clone())))
            .map(|one| {
                let message = format!(
                    "{:?} is no concept of the list {}: pick one by its name, or load a list that has it",
                    one.code, one.list
                );
                Problem::new(format!("/answer{}", one.pointer), "unknown_concept", message)
            })
            .collect();
        if problems.is_empty() { Ok(()) } else { Err(Error::Invalid(problems)) }
    }
}
