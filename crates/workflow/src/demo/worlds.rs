//! The demo projects: what their items are, and what is really in them.

mod making;

use super::{
    answers, captions, catalogues, clips,
    guidelines::{ANSWERS, CALLS, INVOICES, NEWS, OPINION, PLATE, SCANS, SENSORS, STREET},
    news, opinions, papers,
};
use crate::settings::ReviewPolicy;
use image::{ExtendedColorType, ImageEncoder, codecs::jpeg::JpegEncoder};
use labelwright_core::{
    Answer, Geometry, Region, Relation, Target, Value,
    document::TextLayer,
    geometry::{BoxShape, Cells, Interval, Span},
};
use labelwright_generate::demo::{calls, phantom, plate, sensors, street};
use std::collections::BTreeMap;

pub use making::{make, principal};

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
    Table(String),
    /// A picture of a page with what was read on it.
    Page(&'static [u8], TextLayer),
    /// Files of a DICOM series.
    Dicom(Vec<Vec<u8>>),
    /// Its own data, and those of each pane.
    With(Box<Data>, Vec<(&'static str, Data)>),
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
        World {
            name: "Catalogue entries",
            template: "record_matching",
            description: "Entries of two catalogues: do they mean the same article?",
            guidelines: catalogues::GUIDELINES,
            overlap: 2,
            review: ReviewPolicy::Sample { percent: 30 },
            one_in: 2,
            labeled: 0.5,
            item: catalogue_item,
        },
        World {
            name: "Captions",
            template: "phrase_grounding",
            description: "Which words of a caption mean which thing in the picture.",
            guidelines: captions::GUIDELINES,
            overlap: 2,
            review: ReviewPolicy::Sample { percent: 50 },
            one_in: 2,
            labeled: 0.5,
            item: caption_item,
        },
    ]
}

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

fn catalogue_item(index: u64) -> (Data, Answer) {
    let pair = catalogues::write(index);
    let mut answer = Answer::default();
    answer.fields.insert("match".into(), Value::Text(pair.verdict.into()));
    answer.fields.insert("sure".into(), Value::Number(f64::from(pair.sure)));
    let cells = |column: u32| Geometry::Cells(Cells { cells: vec![[0, column], [1, column]] });
    answer.regions.extend(pair.difference.map(|column| region(0, "difference", cells(column))));
    (Data::Table(pair.table.canonical_json()), answer)
}

fn caption_item(index: u64) -> (Data, Answer) {
    let made = captions::write(index);
    let mut answer = Answer::default();
    answer.fields.insert("caption_fits".into(), Value::Text(made.fits.into()));
    for (number, phrase) in made.phrases.iter().enumerate() {
        let [x, y, width, height] = phrase.frame;
        let [start, end] = phrase.range;
        let thing = region(2 * number, "thing", Geometry::Box(BoxShape { x, y, width, height }));
        let words = region(2 * number + 1, "phrase", Geometry::Span(Span::new(start, end)));
        answer.relations.push(Relation {
            id: format!("r{number}"),
            relation: "means".into(),
            from: words.id.clone(),
            to: thing.id.clone(),
            attributes: BTreeMap::new(),
        });
        answer.regions.extend([thing, words]);
    }
    let picture = Data::Jpeg(jpeg(&made.scene.picture));
    (Data::With(Box::new(picture), vec![("caption", Data::Text(made.caption))]), answer)
}

fn road_item(index: u64) -> (Data, Answer) {
    let (clip, answer) = clips::clip(index);
    (Data::Video(clip), answer)
}
