//! From a contribution to an item with its tasks, in one transaction. Keeps: an accepted contribution is an item, and the
//! item says who gave it, when, and under which terms.

use super::{probing::ending, settings::CallSettings};
use crate::{Error, Result, Workflow, plan::place};
use labelwright_core::{DatasetId, ItemId, ProjectId, Timestamp, UserId};
use labelwright_store::{
    Tx,
    records::{
        calls::CallRow,
        contributions::{self, ContributionRow},
        contributors,
        datasets::{self, Content, NewItem},
        projects,
        tasks::ItemToPlan,
    },
    seats,
};
use serde_json::{Map, Value, json};

/// The projects that have the dataset, with the kind of data that each labels.
pub type Planning = Vec<(ProjectId, &'static str)>;

/// Asked before the transaction: schemas are read and kept outside of it.
pub async fn planning(workflow: &Workflow, dataset: DatasetId) -> Result<Planning> {
    let rows = workflow
        .read(move |tx| {
            Box::pin(async move {
                let mut rows = Vec::new();
                for id in projects::projects_of_dataset(tx, dataset).await? {
                    rows.extend(projects::project(tx, id).await?);
                }
                Ok(rows)
            })
        })
        .await?;
    let mut planning = Vec::new();
    for row in rows {
        planning.push((row.id, workflow.schema_of(row.schema_version).await?.modality.as_str()));
    }
    Ok(planning)
}

/// Makes items of contributions that wait or were rejected; how many were made. The call is held by the transaction.
pub async fn accept(
    tx: &mut Tx,
    call: &CallRow,
    settings: &CallSettings,
    ids: &[i64],
    by: Option<UserId>,
    planning: &Planning,
    now: Timestamp,
) -> Result<u64> {
    let (mut items, mut taken) = (Vec::new(), Vec::new());
    for id in ids {
        let row = contributions::contribution(tx, call.id, *id).await?;
        let Some(row) = row.filter(|row| matches!(row.state.as_str(), "waiting" | "rejected")) else { continue };
        items.push(item(tx, call, settings, &row).await?);
        taken.push(row);
    }
    if items.is_empty() {
        return Ok(0);
    }
    let import = datasets::start_import(tx, call.dataset, None, now).await?;
    datasets::add_items(tx, call.dataset, import, &items, now).await?;
    datasets::seal_import(tx, import).await?;
    let mut planned = Vec::new();
    for (item, row) in items.iter().zip(&taken) {
        let stored = datasets::by_key(tx, call.dataset, &item.key).await?.ok_or(Error::NotFound("the item"))?;
        contributions::judge(tx, row.id, "accepted", "", Some(stored), by, now).await?;
        planned.push((stored, item));
    }
    for (project, modality) in planning {
        plan(tx, *project, modality, &planned, now).await?;
    }
    Ok(taken.len() as u64)
}

/// Tasks by the settings of this moment, as the plan job makes them.
async fn plan(
    tx: &mut Tx,
    project: ProjectId,
    modality: &str,
    items: &[(ItemId, &NewItem)],
    now: Timestamp,
) -> Result<()> {
    let Some(row) = projects::held(tx, project).await? else { return Ok(()) };
    let settings = crate::plan::settings_of(&row);
    let fitting = items.iter().filter(|(_, item)| item.modality == modality);
    let planned: Vec<_> = fitting
        .map(|(id, item)| {
            let wanted = ItemToPlan {
                id: *id,
                modality: item.modality.to_owned(),
                metadata: item.metadata.clone(),
                is_task: false,
            };
            place(&wanted, &settings)
        })
        .collect();
    if !planned.is_empty() {
        seats::plan(tx, project, &planned, settings.overlap, now).await?;
    }
    Ok(())
}

async fn item(tx: &mut Tx, call: &CallRow, settings: &CallSettings, row: &ContributionRow) -> Result<NewItem> {
    let content = match (&row.content, contributions::data(tx, row.id).await?) {
        (Some(text), _) => Content::Text(text.clone()),
        (None, Some(data)) => Content::Bytes(data),
        (None, None) => Content::Blob,
    };
    let consent = contributors::consented(tx, row.contributor, row.terms_version).await?;
    let (consented_at, terms_hash) =
        consent.ok_or_else(|| Error::internal(format!("contribution {} has no consent: ask the doctor", row.id)))?;
    let mut metadata: Map<String, Value> = serde_json::from_str(&row.fields).unwrap_or_default();
    if !row.category.is_empty() {
        metadata.insert("category".into(), row.category.clone().into());
    }
    metadata.insert(
        "provenance".into(),
        json!({
            "source": "call",
            "call": call.id,
            "contribution": row.id,
            "contributor": row.contributor,
            "kind": row.kind,
            "made_at": row.made_at,
            "given_at": row.given_at,
            "sha256": row.hash,
            "licence": settings.licence,
            "consent": { "at": consented_at, "terms_version": row.terms_version, "terms_sha256": terms_hash },
        }),
    );
    Ok(NewItem {
        companions: Vec::new(),
        key: format!("call-{}/{:06}.{}", call.id, row.id, ending(&row.media_type)),
        modality: modality(&row.modality),
        hash: row.hash.clone(),
        media_type: row.media_type.clone(),
        bytes: row.bytes,
        content,
        shape: row.shape.clone(),
        metadata: Value::Object(metadata).to_string(),
        source: json!({ "call": call.id, "contribution": row.id }).to_string(),
        answers: Vec::new(),
    })
}

/// The word as the store takes it. What probing finds is one of these.
fn modality(word: &str) -> &'static str {
    ["image", "audio"].into_iter().find(|known| *known == word).unwrap_or("text")
}
