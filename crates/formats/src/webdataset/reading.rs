//! Samples as records. A shard is read from front to back; pictures and sounds are passed over and named by their place.

use super::{key_and_rest, shards};
use crate::{
    labels,
    media::{self, MediaIndex, has_ending},
    names::last_part,
    packed,
    record::{Clock, Data, DirectoryView, Record, RecordError, Settings, Sink, SourcedAnswer, Stop, give},
    tar::Entries,
    text::LINE_BYTES_MAXIMUM,
};
use labelwright_core::{Answer, Modality, Value, volume::Grid};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::BufReader,
};

/// What a sample of ours says in its JSON.
#[derive(Serialize, Deserialize)]
pub(super) struct Label {
    pub key: String,
    pub modality: Modality,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<[u32; 2]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<Clock>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume: Option<Box<Grid>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub split: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, Json>,
    pub answers: Vec<SourcedAnswer>,
}

/// Files of one sample.
#[derive(Default)]
struct Sample {
    key: String,
    place: String,
    seen: BTreeSet<String>,
    json: Option<Vec<u8>>,
    text: Option<String>,
    class: Option<String>,
    /// Packed name.
    data: Option<String>,
}

/// Files of a sample beyond which a shard is none.
const FILES_MAXIMUM: usize = 1000;

pub(super) fn read(view: &dyn DirectoryView, _: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let media = MediaIndex::new(view, |name| !has_ending(name, &[".tar"]));
    // Each kind of file that is not read is told once.
    let mut other = BTreeSet::new();
    for name in shards(view) {
        if let Err(error) = shard(view, &name, &media, &mut other, sink)? {
            give(sink, Err(error))?;
        }
    }
    Ok(())
}

fn shard(
    view: &dyn DirectoryView,
    name: &str,
    media: &MediaIndex,
    other: &mut BTreeSet<String>,
    sink: &mut Sink<'_>,
) -> Result<Result<(), RecordError>, Stop> {
    let file = view.open(name).map_err(|error| Stop::Unreadable(crate::text::unreadable(name, &error)))?;
    let mut entries = Entries::new(name, BufReader::with_capacity(1 << 16, file));
    let mut sample = Sample::default();
    loop {
        let entry = match entries.next() {
            Ok(Some(entry)) => entry,
            Ok(None) => break,
            Err(error) => {
                finish(sample, name, media, sink)?;
                return Ok(Err(error));
            }
        };
        let place = format!("{name}: {}", entry.name);
        let Some((key, rest)) = key_and_rest(&entry.name).filter(|_| entry.is_file) else { continue };
        if key != sample.key {
            finish(std::mem::take(&mut sample), name, media, sink)?;
            (sample.key, sample.place) = (key.to_owned(), format!("{name}: {key}"));
        }
        let rest = rest.to_lowercase();
        if sample.seen.len() >= FILES_MAXIMUM || !sample.seen.insert(rest.clone()) {
            let message = format!("a sample has one file of a kind, and at most {FILES_MAXIMUM}");
            give(sink, Err(RecordError::new(&place, "duplicate_file", message)))?;
            continue;
        }
        let is_data = media::is_image(&entry.name)
            || !matches!(media::modality_of(&entry.name), Modality::Image | Modality::Text);
        if is_data && (sample.data.is_none() || !rest.contains('.')) {
            sample.data = Some(packed::bytes_name(name, entry.start, entry.bytes, last_part(&entry.name)));
        } else if ["json", "txt", "cls"].contains(&rest.as_str()) {
            if entry.bytes > LINE_BYTES_MAXIMUM as u64 {
                let message = format!("the file is larger than {LINE_BYTES_MAXIMUM} bytes");
                give(sink, Err(RecordError::new(&place, "too_large", message)))?;
                continue;
            }
            let content = match entries.content() {
                Ok(content) => content,
                Err(error) => return Ok(Err(error)),
            };
            match (rest.as_str(), String::from_utf8(content)) {
                ("json", Ok(text)) => sample.json = Some(text.into_bytes()),
                ("txt", Ok(text)) => sample.text = Some(text),
                (_, Ok(text)) => sample.class = Some(text.trim().to_owned()),
                (_, Err(_)) => give(sink, Err(RecordError::new(&place, "not_utf8", "the file is not UTF-8")))?,
            }
        } else if other.insert(rest.clone()) {
            let message = format!("files that end in .{rest} are not read");
            give(sink, Err(RecordError::new(&place, "not_read", message)))?;
        }
    }
    finish(sample, name, media, sink)?;
    Ok(Ok(()))
}

fn finish(sample: Sample, shard: &str, media: &MediaIndex, sink: &mut Sink<'_>) -> Result<(), Stop> {
    if sample.seen.is_empty() { Ok(()) } else { give(sink, record(sample, shard, media)) }
}

fn record(sample: Sample, shard: &str, media: &MediaIndex) -> Result<Record, RecordError> {
    let Sample { key, place, json, text, class, data, .. } = sample;
    let bad = |code: &'static str, message: String| RecordError::new(format!("{place}.json"), code, message);
    let json: Map<String, Json> = match &json {
        Some(bytes) => serde_json::from_slice::<Json>(bytes)
            .map_err(|error| bad("malformed", error.to_string()))
            .map(|json| if let Json::Object(map) = json { map } else { Map::from_iter([("json".to_owned(), json)]) })?,
        None => Map::new(),
    };
    if json.contains_key("answers") && json.contains_key("modality") {
        let label: Label = serde_json::from_value(json.into()).map_err(|error| bad("malformed", error.to_string()))?;
        let data = match (label.modality, text, data) {
            (Modality::Text, Some(text), _) => Data::Text(text),
            (_, _, Some(data)) => Data::File(data),
            (Modality::Text, None, None) => return Err(bad("no_data", "the sample has no text".into())),
            (_, _, None) => media.data(&label.key),
        };
        return Ok(Record {
            metadata: label.metadata,
            answers: label.answers.into_iter().filter(|one| !one.answer.is_empty()).collect(),
            size: label.size,
            split: label.split,
            clock: label.clock,
            volume: label.volume,
            ..Record::new(label.key, data, place)
        });
    }
    let mut answer = Answer::default();
    let data = match (data, text) {
        (Some(data), caption) => {
            answer.fields.extend(caption.map(|text| ("caption".to_owned(), Value::Text(text))));
            Data::File(data)
        }
        (None, Some(text)) => Data::Text(text),
        (None, None) => return Err(RecordError::new(place, "no_data", "the sample has neither a picture nor a text")),
    };
    answer.fields.extend(class.map(|class| ("cls".to_owned(), labels::guess(&class))));
    let mut record = Record::new(key, data, place).answered(answer);
    record.metadata = json.into_iter().collect();
    // `train-000000.tar`
    let split = last_part(shard).split(['-', '.', '_']).next().unwrap_or_default();
    record.split = ["train", "val", "test", "validation"].contains(&split).then(|| split.to_owned());
    Ok(record)
}
