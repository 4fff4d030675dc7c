//! The two chains of hashes: a row that was changed or taken out by hand no longer fits its neighbours.

use super::{Check, Found};
use crate::{Result, Workflow};
use labelwright_core::{AnnotationId, UserId};
use labelwright_store::{
    audit,
    records::{checks, people},
    submit::Link,
};

const PAGE: i64 = 1000;

pub const REVISIONS: Check = Check {
    id: "revision_chain",
    promise: "every revision's hash fits its answer and the revision before it",
    run: |workflow| Box::pin(revisions(workflow)),
};

pub const AUDIT: Check = Check {
    id: "audit_chain",
    promise: "every audit row's hash fits its words and the row before it",
    run: |workflow| Box::pin(audit_rows(workflow)),
};

async fn revisions(workflow: &Workflow) -> Result<Found> {
    let mut found = Found::default();
    let (mut annotation, mut number, mut hash) = (AnnotationId(0), 0, String::new());
    loop {
        let page = workflow
            .read(move |tx| Box::pin(async move { Ok(checks::revisions_after(tx, annotation, number, PAGE).await?) }))
            .await?;
        let Some(last) = page.last() else { return Ok(found) };
        let next = (last.annotation, last.number);
        for row in page {
            let before = if row.annotation == annotation { hash.as_str() } else { "" };
            let link = Link {
                number: row.number,
                author: row.author.unwrap_or(UserId(0)),
                schema_version: row.schema_version,
                took_ms: row.took_ms,
                at: row.at,
                answer: &row.answer,
            };
            if row.previous_hash != before || link.hash(before) != row.hash {
                found.add(format!("annotation {}, revision {}", row.annotation, row.number));
            }
            (annotation, hash) = (row.annotation, row.hash);
            found.looked_at += 1;
        }
        (annotation, number) = next;
    }
}

async fn audit_rows(workflow: &Workflow) -> Result<Found> {
    let mut found = Found::default();
    let workspaces = workflow.read(|tx| Box::pin(async move { Ok(people::workspaces(tx).await?) })).await?;
    for (workspace, _) in workspaces {
        let (mut after, mut hash) = (0, String::new());
        loop {
            let page = workflow
                .read(move |tx| Box::pin(async move { Ok(audit::after(tx, workspace, after, PAGE).await?) }))
                .await?;
            let Some(last) = page.last() else { break };
            after = last.id;
            for row in page {
                if row.previous_hash != hash || !row.intact() {
                    found.add(format!("workspace {workspace}, audit row {}", row.id));
                }
                hash = row.hash;
                found.looked_at += 1;
            }
        }
    }
    Ok(found)
}
