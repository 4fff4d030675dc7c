//! The demo projects: what their items are, and what is really in them.

use super::{
    answers, clips,
    guidelines::{ANSWERS, CALLS, INVOICES, NEWS, OPINION, PLATE, SCANS, SENSORS, STREET},
    news, opinions, papers,
};
use crate::{
    Error, Result, Workflow,
    jobs::kinds::import::{
        recording::{AUDIO, DOCUMENT, Into, SERIES, Taken, VIDEO, Wrong, take_bytes, take_picture},
        volume::take_files,
    },
    media::{probe_dialogue, probe_image, probe_text},
    plan::ProjectDraft,
    policy::{Principal, Via},
    settings::{Order, ProjectSettings, ReviewPolicy},
};
use bytes::Bytes;
use image::{ExtendedColorType, ImageEncoder, codecs::jpeg::JpegEncoder};
use labelwright_core::{
    Action, Answer, Geometry, ProjectId, Region, Relation, Target, UserId, Value, WorkspaceId,
    document::TextLayer,
    geometry::{BoxShape, Interval, Span},
    schema::templates::TEMPLATES,
};
use labelwright_generate::demo::{calls, dice::Dice, phantom, plate, sensors, street};
use labelwright_store::records::{
    datasets::{self, Content, NewItem},
    derived,
};
use std::collections::BTreeMap;

/// One demo project.
pub struct World {
    pub name: &'static str,
    template: &'static str,
    description: &'static str,
    guidelines: &'static str,
    overlap: u32,
    review: ReviewPolicy,
    /// One item for so many of another project: listening takes longer than looking.
    pub one_in: u64,
    /// Share of the tasks that the simulated people have labeled.
    pub labeled: f64,
    item: fn(u64) -> (Data, Answer),
}

pub(super) enum Data {
    Text(String),
    Jpeg(Vec<u8>),
    Wav(Vec<u8>),
    Series(String),
    Video(&'static [u8]),
    Conversation(String),
    Pdf(Vec<u8>),
    /// A picture of a page with what was read on it.
    Page(&'static [u8], TextLayer),
    /// Files of a DICOM series.
    Dicom(Vec<Vec<u8>>),
}

pub fn all() -> Vec<World> {
    vec![
        World {
            name: "Street scenes",
            template: "object_detection",
            description: "Boxes around cars, trucks, people and bicycles.",
            guidelines: STREET,
            overlap: 2,
            review: ReviewPolicy::Sample { percent: 50 },
            one_in: 1,
            labeled: 0.25,
            item: street_item,
        },
        World {
            name: "Surface inspection",
            template: "image_classification",
            description: "Is the plate intact? If not, what is wrong with it, and how badly?",
            guidelines: PLATE,
            overlap: 3,
            review: ReviewPolicy::None,
            one_in: 1,
            labeled: 0.4,
            item: plate_item,
        },
        World {
            name: "Review sentiment",
            template: "sentiment",
            description: "How do customers feel, and about what?",
            guidelines: OPINION,
            overlap: 3,
            review: ReviewPolicy::All,
            one_in: 1,
            labeled: 0.4,
            item: opinion_item,
        },
        World {
            name: "Names in the news",
            template: "named_entities",
            description: "People, organisations, places and dates, and who works where.",
            guidelines: NEWS,
            overlap: 2,
            review: ReviewPolicy::All,
            one_in: 1,
            labeled: 0.3,
            item: news_item,
        },
        World {
            name: "Service calls",
            template: "transcription",
            description: "Who speaks when, and what they say.",
            guidelines: CALLS,
            overlap: 2,
            review: ReviewPolicy::Sample { percent: 50 },
            one_in: 4,
            labeled: 0.5,
            item: call_item,
        },
        World {
            name: "Which answer is better",
            template: "preference",
            description: "Two answers of models whose names are hidden: which one would you rather have?",
            guidelines: ANSWERS,
            overlap: 2,
            review: ReviewPolicy::Sample { percent: 30 },
            one_in: 2,
            labeled: 0.6,
            item: answers_item,
        },
        World {
            name: "Pump sensors",
            template: "series_anomalies",
            description: "What is not normal in the temperature, pressure and vibration of a pump.",
            guidelines: SENSORS,
            overlap: 2,
            review: ReviewPolicy::Sample { percent: 50 },
            one_in: 4,
            labeled: 0.5,
            item: sensors_item,
        },
        World {
            name: "Road clips",
            template: "video_tracking",
            description: "Cars, people and balls, each followed from when it comes until it is gone.",
            guidelines: clips::GUIDELINES,
            overlap: 2,
            review: ReviewPolicy::Sample { percent: 50 },
            one_in: 1,
            labeled: 0.5,
            item: road_item,
        },
        World {
            name: "Invoices",
            template: "invoice",
            description: "Who bills whom, when, and how much.",
            guidelines: INVOICES,
            overlap: 2,
            review: ReviewPolicy::Sample { percent: 50 },
            one_in: 4,
            labeled: 0.5,
            item: papers::item,
        },
        World {
            name: "CT phantom",
            template: "volume_organs",
            description: "Liver, spleen, kidneys and lesions in scans of a phantom, slice by slice.",
            guidelines: SCANS,
            overlap: 2,
            review: ReviewPolicy::Sample { percent: 50 },
            one_in: 10,
            labeled: 0.5,
            item: scan_item,
        },
    ]
}

/// Where the items come from.
const MADE: &str = r#"{"made":"demo"}"#;

fn jpeg(picture: &image::RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut bytes, 88);
    // Writing into memory cannot fail for a picture of this size.
    drop(encoder.write_image(picture.as_raw(), picture.width(), picture.height(), ExtendedColorType::Rgb8));
    bytes
}

pub(super) fn region(id: usize, class: &str, geometry: Geometry) -> Region {
    let id = format!("t{id}");
    Region { id, target: Target::Item, geometry, class: class.to_owned(), attributes: BTreeMap::new(), score: None }
}

fn street_item(index: u64) -> (Data, Answer) {
    let scene = street::draw(index);
    let regions = scene.things.iter().enumerate().map(|(number, thing)| {
        let [x, y, width, height] = thing.frame;
        let mut region = region(number, thing.class, Geometry::Box(BoxShape { x, y, width, height }));
        if thing.occluded {
            region.attributes.insert("occluded".into(), Value::Boolean(true));
        }
        region
    });
    (Data::Jpeg(jpeg(&scene.picture)), Answer { regions: regions.collect(), ..Answer::default() })
}

fn plate_item(index: u64) -> (Data, Answer) {
    let plate = plate::draw(index);
    let mut answer = Answer::default();
    answer.fields.insert("defect".into(), Value::Text(plate.defect.into()));
    if plate.severity > 0 {
        answer.fields.insert("severity".into(), Value::Number(f64::from(plate.severity)));
    }
    (Data::Jpeg(jpeg(&plate.picture)), answer)
}

fn opinion_item(index: u64) -> (Data, Answer) {
    let opinion = opinions::write(index);
    let mut answer = Answer::default();
    answer.fields.insert("sentiment".into(), Value::Text(opinion.sentiment.into()));
    let topics = opinion.topics.iter().map(|topic| (*topic).to_owned()).collect();
    answer.fields.insert("topics".into(), Value::List(topics));
    (Data::Text(opinion.text), answer)
}

fn news_item(index: u64) -> (Data, Answer) {
    let story = news::write(index);
    let span = |(number, mention): (usize, &news::Mention)| {
        region(number, mention.class, Geometry::Span(Span::new(mention.start, mention.end)))
    };
    let regions: Vec<Region> = story.mentions.iter().enumerate().map(span).collect();
    let relations = story.works_for.iter().enumerate().map(|(number, (person, organisation))| Relation {
        id: format!("r{number}"),
        relation: "works_for".into(),
        from: format!("t{person}"),
        to: format!("t{organisation}"),
        attributes: BTreeMap::new(),
    });
    let answer = Answer { regions, relations: relations.collect(), ..Answer::default() };
    (Data::Text(story.text), answer)
}

fn call_item(index: u64) -> (Data, Answer) {
    let call = calls::record(index);
    let regions = call.turns.iter().enumerate().map(|(number, turn)| {
        let mut region = region(number, turn.class, Geometry::Interval(Interval { start: turn.start, end: turn.end }));
        if !turn.text.is_empty() {
            region.attributes.insert("text".into(), Value::Text(turn.text.clone()));
        }
        region
    });
    let mut answer = Answer { regions: regions.collect(), ..Answer::default() };
    let recording = if call.is_noisy { "noisy" } else { "clear" };
    answer.fields.insert("recording".into(), Value::Text(recording.into()));
    (Data::Wav(call.wav), answer)
}

fn answers_item(index: u64) -> (Data, Answer) {
    let compared = answers::write(index);
    let mut answer = Answer::default();
    answer.fields.insert("better_answer".into(), Value::Text(compared.better.into()));
    if let Some(by) = compared.by {
        answer.fields.insert("by_how_much".into(), Value::Text(by.into()));
    }
    (Data::Conversation(compared.conversation.canonical_json()), answer)
}

fn sensors_item(index: u64) -> (Data, Answer) {
    let sensors = sensors::record(index);
    let regions = sensors.events.iter().enumerate().map(|(number, event)| {
        let geometry = Geometry::Interval(Interval { start: event.start, end: event.end });
        let mut region = region(number, event.class, geometry);
        region.attributes.insert("cause".into(), Value::Text(event.cause.into()));
        region
    });
    (Data::Series(sensors.csv), Answer { regions: regions.collect(), ..Answer::default() })
}

fn scan_item(index: u64) -> (Data, Answer) {
    let scan = phantom::scan(index);
    let regions = scan.outlines.into_iter().enumerate().map(|(number, outline)| Region {
        target: Target::Frames([outline.slice; 2]),
        ..region(number, outline.class, Geometry::Mask(outline.mask))
    });
    (Data::Dicom(scan.files), Answer { regions: regions.collect(), ..Answer::default() })
}

fn road_item(index: u64) -> (Data, Answer) {
    let (clip, answer) = clips::clip(index);
    (Data::Video(clip), answer)
}

impl World {
    /// How many items there are where other projects have so many.
    fn items(&self, items: u64) -> u64 {
        let most = if self.template == "video_tracking" { clips::COUNT } else { items };
        items.div_ceil(self.one_in).min(most)
    }

    fn key(&self, index: u64) -> String {
        let ending = match self.template {
            "object_detection" | "image_classification" => ".jpg",
            "transcription" => ".wav",
            "preference" => ".json",
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
        batch.push(stored(workflow, world.key(index), data, index).await?);
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
    };
    let size = bytes.len() as i64;
    let kept = workflow.keep(vec![(bytes, probed.is_text())]).await?.pop();
    let (hash, content) = kept.ok_or_else(|| Error::internal("the item was not stored"))?;
    Ok(NewItem {
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
