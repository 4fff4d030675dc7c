//! A demo project with its items: drawn, decoded, stored.

use super::{Data, World, clips, papers};
use crate::{
    Error, Result, Workflow,
    jobs::kinds::import::{
        recording::{AUDIO, DOCUMENT, Into, SERIES, Taken, VIDEO, Wrong, take_bytes, take_picture},
        volume::take_files,
    },
    media::{probe_dialogue, probe_image, probe_table, probe_text},
    plan::ProjectDraft,
    policy::{Principal, Via},
    settings::{Order, ProjectSettings},
};
use bytes::Bytes;
use labelwright_core::{Action, Answer, ProjectId, UserId, WorkspaceId, schema::templates::TEMPLATES};
use labelwright_generate::demo::dice::Dice;
use labelwright_store::records::{
    companions::NewCompanion,
    datasets::{self, Content, NewItem},
    derived,
};
use std::collections::BTreeMap;

/// Where the items come from.
const MADE: &str = r#"{"made":"demo"}"#;

impl World {
    /// How many items there are where other projects have so many.
    fn items(&self, items: u64) -> u64 {
        let most = if self.template == "video_tracking" { clips::COUNT } else { items };
        items.div_ceil(self.one_in).min(most)
    }

    fn key(&self, index: u64) -> String {
        let ending = match self.template {
            "object_detection" | "image_classification" | "phrase_grounding" => ".jpg",
            "transcription" => ".wav",
            "preference" | "record_matching" => ".json",
            "series_anomalies" => ".csv",
            "invoice" if index == papers::SCANNED => ".png",
            "invoice" => ".pdf",
            "volume_organs" => ".dcm.zip",
            "video_tracking" => ".webm",
            _ => ".txt",
        };
        format!("{}-{index:04}{ending}", self.template.replace('_', "-"))
    }
}

/// Somebody of the demo, as if signed in.
pub fn principal(user: UserId, name: &str) -> Principal {
    Principal { user, name: name.to_owned(), email: String::new(), credential: 0, via: Via::Session }
}

/// Makes the dataset and the project with its tasks. Tells what is really in each item, by its key.
pub async fn make(
    workflow: &Workflow,
    owner: UserId,
    workspace: WorkspaceId,
    world: &World,
    items: u64,
) -> Result<(ProjectId, BTreeMap<String, Answer>)> {
    let you = principal(owner, "You");
    let permit = workflow.permit_workspace(&you, workspace, Action::ManageProject).await?;
    let dataset = workflow.create_dataset(&permit, world.name).await?.id;
    let now = workflow.now();
    let import = workflow
        .write(move |tx| Box::pin(async move { Ok(datasets::start_import(tx, dataset, None, now).await?) }))
        .await?;
    let (mut batch, mut truths) = (Vec::new(), BTreeMap::new());
    for index in 0..world.items(items) {
        let item = world.item;
        // Drawing takes its time, and whoever waits for the server must be able to reach it.
        let (data, truth) = workflow.blocking(move || item(index)).await?;
        let (data, beside) = match data {
            Data::With(own, beside) => (*own, beside),
            alone => (alone, Vec::new()),
        };
        let mut item = stored(workflow, world.key(index), data, index).await?;
        for (pane, data) in beside {
            let key = format!("{}.{pane}", item.key);
            let companion = NewItem { metadata: "{}".into(), ..stored(workflow, key, data, index).await? };
            item.companions.push(NewCompanion { pane: pane.to_owned(), item: companion });
        }
        batch.push(item);
        truths.insert(world.key(index), truth);
    }
    workflow
        .write(move |tx| {
            Box::pin(async move {
                datasets::add_items(tx, dataset, import, &batch, now).await?;
                datasets::seal_import(tx, import).await?;
                Ok(())
            })
        })
        .await?;
    let template = TEMPLATES.iter().find(|template| template.id == world.template);
    let template = template.ok_or(Error::NotFound("the template"))?;
    let schema = workflow.create_schema(&permit, template.document).await?;
    let draft = ProjectDraft {
        name: world.name.to_owned(),
        description: world.description.to_owned(),
        datasets: vec![dataset],
        schema_version: schema.id,
        guidelines: world.guidelines.to_owned(),
        settings: ProjectSettings {
            overlap: world.overlap,
            review: world.review,
            order: Order::Sequential,
            ..ProjectSettings::default()
        },
    };
    let project = workflow.create_project(&permit, draft).await?;
    workflow.run_all_jobs().await?;
    Ok((project, truths))
}

async fn stored(workflow: &Workflow, key: String, data: Data, index: u64) -> Result<NewItem> {
    let metadata = serde_json::json!({ "batch": Dice::new("batch", index).below(4) + 1 }).to_string();
    let (probed, bytes) = match data {
        Data::Text(text) => (probe_text(&text), Bytes::from(text)),
        Data::Conversation(text) => {
            let probed = probe_dialogue(&text).ok_or_else(|| Error::internal("the conversation is none"))?;
            (probed, Bytes::from(text))
        }
        Data::Table(text) => {
            let probed = probe_table(&text).ok_or_else(|| Error::internal("the table is none"))?;
            (probed, Bytes::from(text))
        }
        Data::Wav(bytes) => {
            return decoded(workflow, key, metadata, move |own, runtime| take_bytes(own, runtime, &bytes, AUDIO)).await;
        }
        Data::Series(csv) => {
            let csv = csv.into_bytes();
            return decoded(workflow, key, metadata, move |own, runtime| take_bytes(own, runtime, &csv, SERIES)).await;
        }
        Data::Video(bytes) => {
            return decoded(workflow, key, metadata, move |own, runtime| take_bytes(own, runtime, bytes, VIDEO)).await;
        }
        Data::Pdf(bytes) => {
            return decoded(workflow, key, metadata, move |own, runtime| take_bytes(own, runtime, &bytes, DOCUMENT))
                .await;
        }
        Data::Page(picture, layer) => {
            let take = move |workflow: &Workflow, runtime: &tokio::runtime::Handle| {
                take_picture(Into { workflow, runtime, is_kept: true }, picture, Some(layer))
            };
            return decoded(workflow, key, metadata, take).await;
        }
        Data::Dicom(files) => {
            return decoded(workflow, key, metadata, move |own, runtime| take_files(own, runtime, &files)).await;
        }
        Data::Jpeg(bytes) => (probe_image(&bytes).map_err(Error::internal)?, Bytes::from(bytes)),
        Data::With(..) => return Err(Error::internal("what comes with an item comes alone")),
    };
    let size = bytes.len() as i64;
    let kept = workflow.keep(vec![(bytes, probed.is_text())]).await?.pop();
    let (hash, content) = kept.ok_or_else(|| Error::internal("the item was not stored"))?;
    Ok(NewItem {
        companions: Vec::new(),
        key,
        modality: probed.modality.as_str(),
        hash,
        media_type: probed.media_type.to_owned(),
        bytes: size,
        content,
        shape: serde_json::to_string(&probed.shape).unwrap_or_default(),
        metadata,
        source: MADE.to_owned(),
        answers: Vec::new(),
    })
}

async fn decoded(
    workflow: &Workflow,
    key: String,
    metadata: String,
    take: impl FnOnce(&Workflow, &tokio::runtime::Handle) -> std::result::Result<Taken, Wrong> + Send + 'static,
) -> Result<NewItem> {
    let (own, runtime) = (workflow.clone(), tokio::runtime::Handle::current());
    let taken = workflow.blocking(move || take(&own, &runtime)).await?;
    let taken = taken.map_err(|(_, message)| Error::internal(message))?;
    let (hash, kind, levels) = (taken.hash.clone(), taken.probed.shape.derived_as(), taken.levels.clone());
    workflow.write(move |tx| Box::pin(async move { Ok(derived::keep(tx, &hash, &kind, &levels).await?) })).await?;
    let probed = taken.probed;
    Ok(NewItem {
        companions: Vec::new(),
        key,
        modality: probed.modality.as_str(),
        hash: taken.hash,
        media_type: probed.media_type.to_owned(),
        bytes: taken.bytes as i64,
        content: Content::Blob,
        shape: serde_json::to_string(&probed.shape).unwrap_or_default(),
        metadata,
        source: MADE.to_owned(),
        answers: Vec::new(),
    })
}
