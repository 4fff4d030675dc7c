//! Schemas and answers: what is stored can be read, and what is kept beside it is what counting it again gives.

use super::{Check, Found};
use crate::{Error, Result, Workflow, monitor::item_agreement_of, plan::settings_of, settings::ProjectSettings};
use labelwright_core::{AnnotationId, Answer, LabelSchema, TaskId};
use labelwright_store::{
    blobs::Blobs,
    records::{annotations, checks, projects, tasks},
    submit::facts_of_answer,
};

const PAGE: i64 = 500;

pub const SCHEMAS: Check = Check {
    id: "schemas",
    promise: "a published schema is what it was when it was published, and can be read",
    run: |workflow| Box::pin(schemas(workflow)),
};

pub const ANSWERS: Check = Check {
    id: "answers",
    promise: "a stored answer can be read and names only what its schema knows",
    run: |workflow| Box::pin(answers(workflow)),
};

pub const FACTS: Check = Check {
    id: "label_facts",
    promise: "label facts are what counting the answers again gives",
    run: |workflow| Box::pin(facts(workflow)),
};

pub const AGREEMENT: Check = Check {
    id: "agreement",
    promise: "the agreement kept beside a task is what its answers give",
    run: |workflow| Box::pin(agreement(workflow)),
};

pub const SETTINGS: Check = Check {
    id: "settings",
    promise: "the settings of a project can be read",
    run: |workflow| Box::pin(settings(workflow)),
};

async fn settings(workflow: &Workflow) -> Result<Found> {
    let mut found = Found::default();
    for id in workflow.read(|tx| Box::pin(async move { Ok(checks::project_ids(tx).await?) })).await? {
        found.looked_at += 1;
        let row = workflow.read(move |tx| Box::pin(async move { Ok(projects::project(tx, id).await?) })).await?;
        if row.is_some_and(|row| serde_json::from_str::<ProjectSettings>(&row.settings).is_err()) {
            found.add(format!("project {id}: the defaults are used"));
        }
    }
    Ok(found)
}

async fn schemas(workflow: &Workflow) -> Result<Found> {
    let mut found = Found::default();
    let versions = workflow.read(|tx| Box::pin(async move { Ok(checks::schema_versions(tx).await?) })).await?;
    for (id, document, hash) in versions {
        found.looked_at += 1;
        if Blobs::hash(document.as_bytes()) != hash || serde_json::from_str::<LabelSchema>(&document).is_err() {
            found.add(format!("schema version {id}"));
        }
    }
    Ok(found)
}

async fn answers(workflow: &Workflow) -> Result<Found> {
    let mut found = Found::default();
    let (mut annotation, mut number) = (AnnotationId(0), 0);
    loop {
        let page = workflow
            .read(move |tx| Box::pin(async move { Ok(checks::revisions_after(tx, annotation, number, PAGE).await?) }))
            .await?;
        let Some(last) = page.last() else { return Ok(found) };
        (annotation, number) = (last.annotation, last.number);
        for row in page {
            found.looked_at += 1;
            let answer: Option<Answer> = serde_json::from_str(&row.answer).ok();
            let known = match workflow.schema_of(row.schema_version).await {
                Ok(schema) => answer.is_some_and(|answer| schema.known_part(&answer) == answer),
                Err(Error::NotFound(_) | Error::Internal(_)) => false,
                Err(error) => return Err(error),
            };
            if !known {
                found.add(format!("annotation {}, revision {}", row.annotation, row.number));
            }
        }
    }
}

/// Facts are kept beside the head revision of each annotation.
async fn facts(workflow: &Workflow) -> Result<Found> {
    let mut found = Found::default();
    let projects = workflow.read(|tx| Box::pin(async move { Ok(checks::project_ids(tx).await?) })).await?;
    for project in projects {
        let mut after = AnnotationId(0);
        loop {
            let page = workflow
                .read(move |tx| {
                    Box::pin(async move {
                        let mut page = Vec::new();
                        for head in annotations::heads_after(tx, project, after, PAGE).await? {
                            let stored = checks::facts_of(tx, head.id).await?;
                            page.push((head, stored));
                        }
                        Ok(page)
                    })
                })
                .await?;
            let Some((last, _)) = page.last() else { break };
            after = last.id;
            for (head, stored) in page {
                found.looked_at += 1;
                let counted: Option<Vec<_>> = serde_json::from_str::<Answer>(&head.answer).ok().map(|answer| {
                    let facts = facts_of_answer(&answer).into_iter();
                    facts.map(|fact| (fact.kind.to_owned(), fact.name, fact.value, fact.count)).collect()
                });
                if counted.is_none_or(|counted| counted != stored) {
                    found.add(format!("annotation {}", head.id));
                }
            }
        }
    }
    Ok(found)
}

async fn agreement(workflow: &Workflow) -> Result<Found> {
    let mut found = Found::default();
    let projects = workflow.read(|tx| Box::pin(async move { Ok(checks::project_ids(tx).await?) })).await?;
    for id in projects {
        let project = workflow.read(move |tx| Box::pin(async move { Ok(projects::project(tx, id).await?) })).await?;
        let Some(project) = project else { continue };
        let threshold = settings_of(&project).iou_threshold;
        let mut after = TaskId(0);
        loop {
            let page = workflow
                .read(move |tx| {
                    Box::pin(async move {
                        let mut page = Vec::new();
                        for task in tasks::tasks_after(tx, id, after, PAGE).await? {
                            let heads = annotations::of_task(tx, task.id).await?;
                            page.push((task, heads));
                        }
                        Ok(page)
                    })
                })
                .await?;
            let Some((last, _)) = page.last() else { break };
            after = last.id;
            // An open task may still have the agreement of the answers that it had before.
            for (task, heads) in page.into_iter().filter(|(task, _)| task.state != "open") {
                found.looked_at += 1;
                let counted = item_agreement_of(&heads, threshold);
                let same = match (counted, task.agreement) {
                    (Some(one), Some(other)) => (one - other).abs() < 1e-9,
                    (one, other) => one == other,
                };
                if !same {
                    found.add(format!("task {}", task.id));
                }
            }
        }
    }
    Ok(found)
}
