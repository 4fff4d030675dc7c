//! Loaded records become rows: their data are kept, and what came with each is stored with it.

use super::{
    Counts, PROVENANCE,
    reading::{Loaded, Payload},
};
use crate::{
    Workflow,
    acquire::Links,
    ingest::is_inline,
    jobs::{Running, Stopped},
    split,
};
use bytes::Bytes;
use labelwright_core::{DatasetId, ImportId};
use labelwright_formats::Data;
use labelwright_store::{
    blobs::Blobs,
    jobs::JobProblem,
    records::{
        companions::NewCompanion,
        datasets::{self, Content, ItemOutcome, NewItem},
        derived, links,
    },
};
use serde::Serialize;
use serde_json::{Value, json};

pub(super) async fn store(
    running: &mut Running<'_>,
    workflow: &Workflow,
    (dataset, import): (DatasetId, ImportId),
    batch: Vec<Loaded>,
    (linking, counts): (&Links, &mut Counts),
) -> Result<(), Stopped> {
    if batch.is_empty() {
        return Ok(());
    }
    // Few bytes lie in their rows all the same: a link costs more than they do.
    let is_linked = |loaded: &Loaded, bytes: &Bytes| {
        loaded.original().is_some_and(|file| linking.has(file)) && !is_inline(bytes, loaded.probed.is_text())
    };
    let held = |loaded: &Loaded| match &loaded.payload {
        Payload::Bytes(bytes) if is_linked(loaded, bytes) => None,
        Payload::Bytes(bytes) => Some((bytes.clone(), loaded.probed.is_text())),
        Payload::Recording { .. } => None,
    };
    let mut kept = workflow.keep(batch.iter().flat_map(Loaded::all).filter_map(held).collect()).await?.into_iter();
    let (mut items, mut places) = (Vec::with_capacity(batch.len()), Vec::with_capacity(batch.len()));
    let (mut derived, mut linked) = (Vec::new(), Vec::new());
    let workspace = running.job.workspace;
    let mut stored = |loaded: Loaded| {
        let (hash, content) = match &loaded.payload {
            Payload::Bytes(bytes) if is_linked(&loaded, bytes) => (Blobs::hash(bytes), Content::Blob),
            Payload::Bytes(_) => kept.next().ok_or_else(|| Stopped::Failed("data were not stored".into()))?,
            Payload::Recording { hash, levels, .. } => {
                derived.push((hash.clone(), loaded.probed.shape.derived_as(), levels.clone()));
                (hash.clone(), Content::Blob)
            }
        };
        if let (Some(file), Content::Blob) = (loaded.original(), &content) {
            linked.extend(linking.row(file, &hash, workspace));
        }
        Ok::<_, Stopped>(item(import, loaded, hash, content))
    };
    for mut loaded in batch {
        places.push((loaded.record.place.clone(), loaded.record.key.clone()));
        let companions = std::mem::take(&mut loaded.companions);
        let mut whole = stored(loaded)?;
        for (pane, one) in companions {
            whole.companions.push(NewCompanion { pane, item: stored(one)? });
        }
        items.push(whole);
    }
    let now = workflow.now();
    let outcomes = workflow
        .write(move |tx| {
            Box::pin(async move {
                for link in &linked {
                    links::keep(tx, link).await?;
                }
                for (hash, kind, blob) in &derived {
                    derived::keep(tx, hash, kind, blob).await?;
                }
                Ok(datasets::add_items(tx, dataset, import, &items, now).await?)
            })
        })
        .await?;
    let clashes = outcomes.iter().zip(places).filter(|(outcome, _)| **outcome == ItemOutcome::Conflict);
    let clashes: Vec<JobProblem> = clashes
        .map(|(_, (place, key))| {
            let message = format!("the key {key:?} is in the dataset already, with other data");
            JobProblem { place, code: "duplicate_key".into(), message }
        })
        .collect();
    counts.refused += clashes.len() as i64;
    counts.clashes += clashes.len() as i64;
    running.problems(clashes).await
}

fn item(import: ImportId, loaded: Loaded, hash: String, content: Content) -> NewItem {
    let Loaded { mut record, payload, probed, .. } = loaded;
    split::keep(record.split.take(), &mut record.metadata);
    let mut source = json!({ "import": import, "place": record.place });
    if let Data::Url(address) = &record.data {
        source["url"] = json!(address);
    }
    // What was collected says itself where it comes from.
    if let Some(Value::Object(origin)) = record.metadata.get(PROVENANCE)
        && let Some(url) = origin.get("final_url").or_else(|| origin.get("url"))
    {
        source["url"] = url.clone();
    }
    NewItem {
        companions: Vec::new(),
        modality: probed.modality.as_str(),
        hash,
        media_type: probed.media_type.to_owned(),
        bytes: payload.size() as i64,
        content,
        shape: json_text(&probed.shape),
        metadata: json_text(&record.metadata),
        source: source.to_string(),
        answers: record.answers.iter().map(|a| (a.source.clone(), a.answer.canonical_json())).collect(),
        key: record.key,
    }
}

/// JSON of values that always have one.
fn json_text<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "{}".into())
}
