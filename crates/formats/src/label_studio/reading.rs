//! Tasks as records.

use super::{
    config::{self, Config},
    geometry::Problem,
    items::Items,
    surfaces::{self, Surface},
};
use crate::{
    extras::Extras,
    json_scan::Scanner,
    media::{MediaIndex, has_ending},
    names::last_part,
    record::{
        Clock, Data, DirectoryView, Record, RecordError, Settings, Sink, Stop, give, give_part_of_schema, give_schema,
    },
    spans::{self, Ruler, Unit},
    text,
};
use serde_json::{Map, Value as Json};

pub(super) fn read(view: &dyn DirectoryView, settings: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    each_task(view, settings, sink, |task| task)
}

/// Reads every object of every file; `made` may turn it into a task first.
pub(super) fn each_task(
    view: &dyn DirectoryView,
    settings: &Settings,
    sink: &mut Sink<'_>,
    made: impl Fn(Map<String, Json>) -> Map<String, Json>,
) -> Result<(), Stop> {
    let config = match config::read(view) {
        Ok(config) => config,
        Err(error) => {
            give(sink, Err(error))?;
            Config::default()
        }
    };
    for problem in &config.problems {
        give(sink, Err(problem.clone()))?;
    }
    if let Some(schema) = &config.schema {
        give_part_of_schema(sink, schema.clone(), config.extras.clone(), config.unlabeled.is_empty())?;
    }
    let mut unlabeled = vec![false; config.unlabeled.len()];
    let media = MediaIndex::new(view, |name| !has_ending(name, &[".json", ".jsonl", ".xml"]));
    for name in spans::files(view, &[".json", ".jsonl"]) {
        let mut number = 0;
        let mut one = |place: &str, object: Result<Map<String, Json>, RecordError>, sink: &mut Sink<'_>| {
            number += 1;
            let mut problems = Vec::new();
            let record =
                object.and_then(|object| record(made(object), number, place, settings, &config, &media, &mut problems));
            let regions = record.iter().flat_map(|record| &record.answers).flat_map(|answer| &answer.answer.regions);
            for region in regions.filter(|_| !config.unlabeled.is_empty()) {
                for (class, used) in config.unlabeled.iter().zip(&mut unlabeled) {
                    *used |= region.class == class.id;
                }
            }
            for (place, (code, message)) in problems {
                give(sink, Err(RecordError::new(place, code, message)))?;
            }
            give(sink, record)
        };
        if has_ending(&name, &[".jsonl"]) {
            spans::each_object(view, &name, |place, object| one(place, object, sink))?;
            continue;
        }
        let file = view.open(&name).map_err(|error| Stop::Unreadable(text::unreadable(&name, &error)))?;
        let mut scanner = Scanner::new(&name, file);
        // A single task may stand alone.
        let list = scanner.peek().map_err(Stop::Unreadable)? == Some(b'[');
        if list {
            scanner.expect(b'[').map_err(Stop::Unreadable)?;
        }
        let (mut first, mut at) = (true, 0);
        while !list && at == 0 || list && scanner.next_element(&mut first).map_err(Stop::Unreadable)? {
            let (_, raw) = scanner.value().map_err(Stop::Unreadable)?;
            let place = format!("{name}: [{at}]");
            let object =
                serde_json::from_slice(raw).map_err(|error| RecordError::new(&place, "malformed", error.to_string()));
            at += 1;
            one(&place, object, sink)?;
        }
    }
    // What tools have drawn without a label is known when all has been read.
    match &config.schema {
        Some(schema) if !config.unlabeled.is_empty() => {
            let mut schema = schema.clone();
            let drawn = config.unlabeled.iter().zip(&unlabeled).filter(|(_, used)| **used);
            schema.classes.extend(drawn.map(|(class, _)| class.clone()));
            give_schema(sink, schema, config.extras.clone())
        }
        _ => Ok(()),
    }
}

/// The tag of the object that is labeled, and the key of its data.
fn object(task: &Map<String, Json>, data: &Map<String, Json>, config: &Config) -> Option<(String, String)> {
    let item = config.item().filter(|object| data.contains_key(&object.key) || config.panes().next().is_some());
    if let Some(object) = item.or_else(|| config.objects.iter().find(|object| data.contains_key(&object.key))) {
        return Some((object.tag.clone(), object.key.clone()));
    }
    let known = [
        ("Text", "text"),
        ("Image", "image"),
        ("Audio", "audio"),
        ("Video", "video"),
        ("HyperText", "html"),
        ("Paragraphs", "dialogue"),
        ("TimeSeries", "csv"),
        ("Image", "img"),
        ("Text", "review"),
    ];
    if let Some((tag, key)) = known.iter().find(|(_, key)| data.contains_key(*key)) {
        return Some(((*tag).to_owned(), (*key).to_owned()));
    }
    let _ = task;
    data.iter().find(|(_, value)| value.as_str().is_some_and(|text| !text.is_empty())).map(|(key, value)| {
        let path = value.as_str().unwrap_or_default();
        let tag = if crate::media::is_image(path) {
            "Image"
        } else if has_ending(path, &crate::audio::ENDINGS) {
            "Audio"
        } else if crate::media::modality_of(path) == labelwright_core::Modality::Video {
            "Video"
        } else {
            "Text"
        };
        (tag.to_owned(), key.clone())
    })
}

/// Text of a dialogue, a line a turn, and where the words of each turn begin (in characters).
pub(super) fn dialogue(turns: &[Json]) -> (String, Vec<u32>) {
    let (mut text, mut starts) = (String::new(), Vec::new());
    for turn in turns {
        let said = |key: &str| turn.get(key).and_then(Json::as_str).unwrap_or_default();
        if !text.is_empty() {
            text.push('\n');
        }
        if !said("author").is_empty() {
            text.push_str(said("author"));
            text.push_str(": ");
        }
        starts.push(text.chars().count() as u32);
        text.push_str(said("text"));
    }
    (text, starts)
}

pub(super) type Problems = Vec<(String, Problem)>;

#[allow(clippy::too_many_arguments)]
fn record(
    mut task: Map<String, Json>,
    number: usize,
    place: &str,
    settings: &Settings,
    config: &Config,
    media: &MediaIndex,
    problems: &mut Problems,
) -> Result<Record, RecordError> {
    let mut data = match task.remove("data") {
        Some(Json::Object(data)) => data,
        // An object without `data` is the data itself.
        None => std::mem::take(&mut task),
        Some(_) => return Err(RecordError::new(place, "bad_value", "`data` is an object")),
    };
    let Some((tag, key)) = object(&task, &data, config) else {
        return Err(RecordError::new(place, "no_data", "the task's data has neither text nor address"));
    };
    let value = data.remove(&key).unwrap_or_default();
    let mut turns = Vec::new();
    let said = spans::text_of(Some(&value));
    let found = match (tag.as_str(), &value, said) {
        (_, Json::Array(list), _) => {
            let (text, starts) = dialogue(list);
            turns = starts;
            Data::Text(text)
        }
        ("Text" | "HyperText" | "Paragraphs", _, Some(text)) => Data::Text(text),
        (_, _, Some(path)) if !path.is_empty() => file(&path, media),
        _ => return Err(RecordError::new(place, "no_data", format!("data.{key} is empty"))),
    };
    let mut meta = match task.remove("meta") {
        Some(Json::Object(meta)) => meta,
        _ => Map::new(),
    };
    let id = task.get("id").cloned();
    let own = meta.remove("key").and_then(|key| key.as_str().map(str::to_owned));
    let name = own.unwrap_or_else(|| match &found {
        Data::Text(_) | Data::Conversation(_) | Data::Table(_) | Data::Files(_) | Data::Url(_) => {
            spans::key_of(id.as_ref(), number)
        }
        Data::File(name) | Data::Absent(name) => name.clone(),
        Data::Frames { files, .. } => files.first().cloned().unwrap_or_default(),
    });
    let mut extras = Extras::of("label-studio");
    let (companions, pane_turns) = surfaces::companions(&mut data, config, media, &mut extras, place, problems);
    let lists: Vec<(&str, Json)> = ["annotations", "completions", "predictions", "drafts"]
        .into_iter()
        .filter_map(|name| Some((name, task.remove(name)?)))
        .collect();
    let panes = companions.iter().zip(&pane_turns).map(|(one, turns)| (Some(one.pane.as_str()), &one.data, turns));
    let mut surfaces: Vec<Surface<'_>> = std::iter::once((None, &found, &turns))
        .chain(panes)
        .map(|(pane, data, turns)| Surface::new(pane, data, turns, &lists, config, settings))
        .collect();
    let mut record = Record::new(name, found.clone(), place);
    let mut heads = Vec::new();
    for (list, entries) in &lists {
        for (at, entry) in entries.as_array().into_iter().flatten().enumerate() {
            let place = format!("{place}.{list}[{at}]");
            let Some(entry) = entry.as_object() else {
                // Exports may name predictions by their numbers only.
                continue;
            };
            let source = source(list, entry);
            surfaces.iter_mut().for_each(|surface| surface.size = None);
            let mut read = Items { place: &place, surfaces: &mut surfaces, config, problems, extras: &mut extras };
            let result = entry.get("result").and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
            let answer =
                read.answer(result, entry.get("score").and_then(Json::as_f64).filter(|_| *list == "predictions"));
            record.size = record.size.or_else(|| surfaces.first().and_then(|surface| surface.size));
            let head: Map<String, Json> =
                entry.iter().filter(|(key, _)| *key != "result").map(|(k, v)| (k.clone(), v.clone())).collect();
            if !head.is_empty() {
                let mut head = head;
                head.insert("of".into(), source.clone().into());
                heads.push(Json::Object(head));
            }
            spans::push(&mut record, &source, answer);
        }
    }
    if !heads.is_empty() {
        extras.whole.kept.insert("annotations".into(), heads.into());
    }
    if !turns.is_empty() {
        extras.whole.form.insert("data".into(), value);
        extras.whole.form.insert("data_key".into(), key.into());
    } else if key != config::object(modality(&record)).1 {
        extras.whole.form.insert("data_key".into(), key.into());
    }
    for key in ["id", "inner_id", "created_at", "updated_at", "project", "file_upload"] {
        extras.whole.form.extend(task.remove(key).map(|value| (key.to_owned(), value)));
    }
    if modality(&record) == labelwright_core::Modality::Audio {
        let length = lists.iter().flat_map(|(_, list)| list.as_array().into_iter().flatten());
        let length = length.flat_map(|one| one.get("result").and_then(Json::as_array).into_iter().flatten());
        let length = length.filter(|item| config.object_of(item).is_none_or(|object| object.pane().is_none()));
        let length = length.filter_map(|item| item.get("original_length")?.as_f64()).next();
        let ticks = length.and_then(crate::audio::ticks).filter(|ticks| *ticks > 0);
        record.clock = Some(Clock { ticks, ..Clock::new(1000) });
    }
    if modality(&record) == labelwright_core::Modality::TimeSeries {
        // Its times are those of the column of times.
        record.clock = Some(Clock { first: labelwright_core::Moment::new(0, false), ..Clock::new(1000) });
    }
    drop(surfaces);
    record.companions = companions;
    record.metadata = data.into_iter().chain(meta).collect();
    record.extras = extras.boxed();
    Ok(record)
}

pub(super) fn modality(record: &Record) -> labelwright_core::Modality {
    match &record.data {
        Data::Text(_) => labelwright_core::Modality::Text,
        Data::Conversation(_) => labelwright_core::Modality::Dialogue,
        Data::Table(_) => labelwright_core::Modality::Table,
        Data::Frames { .. } => labelwright_core::Modality::Video,
        Data::Files(_) => labelwright_core::Modality::Volume,
        Data::File(name) | Data::Absent(name) | Data::Url(name) => crate::media::modality_of(name),
    }
}

/// A path that Label Studio wrote: an upload, a local file, a bucket, an address.
pub(super) fn file(path: &str, media: &MediaIndex) -> Data {
    let plain = path.split('?').next().filter(|_| !path.contains("/data/local-files/")).unwrap_or(path);
    let local = path.split_once("?d=").map(|(_, rest)| rest);
    let name = last_part(local.unwrap_or(plain));
    // Uploads get eight hexadecimal digits before their names.
    let short = name
        .split_once('-')
        .filter(|(hash, rest)| hash.len() == 8 && !rest.is_empty() && hash.chars().all(|c| c.is_ascii_hexdigit()));
    let found = media.find(local.unwrap_or(plain)).or_else(|| media.find(name)).or_else(|| media.find(short?.1));
    match found {
        Some(found) => Data::File(found.to_owned()),
        None if path.starts_with("http://") || path.starts_with("https://") => Data::Url(path.to_owned()),
        None if local.is_none() && crate::archive::safe_name(plain) => Data::Absent(plain.to_owned()),
        None => Data::Absent(if name.is_empty() { "unnamed".to_owned() } else { name.to_owned() }),
    }
}

/// Who said it.
fn source(list: &str, entry: &Map<String, Json>) -> String {
    let text = |key: &str| entry.get(key).and_then(Json::as_str).filter(|text| !text.is_empty());
    if list == "predictions" {
        return format!("model:{}", text("model_version").unwrap_or("prediction"));
    }
    let person = entry.get("completed_by").or_else(|| entry.get("user"));
    let said = match person {
        Some(Json::Object(person)) => {
            let one =
                |key: &str| person.get(key).and_then(Json::as_str).filter(|text| !text.is_empty()).map(str::to_owned);
            one("email").or_else(|| one("username")).or_else(|| person.get("id").map(|id| format!("user-{id}")))
        }
        Some(Json::Number(id)) => Some(format!("user-{id}")),
        Some(Json::String(name)) => Some(name.clone()),
        _ => None,
    };
    let said =
        said.or_else(|| text("created_username").map(|name| name.trim().to_owned())).unwrap_or_else(|| "import".into());
    if list == "drafts" { format!("draft:{said}") } else { said }
}

/// The unit in which the quoted texts are where the offsets say; Label Studio's own where several are.
pub(super) fn fitting(text: &str, lists: &[(&str, Json)], is_here: impl Fn(&Json) -> bool) -> Unit {
    let items = || {
        let entries = lists.iter().flat_map(|(_, list)| list.as_array().into_iter().flatten());
        entries.flat_map(|entry| entry.get("result").and_then(Json::as_array).into_iter().flatten())
    };
    let wrong = |unit: Unit| {
        let ruler = Ruler::new(text, unit);
        let fits = |item: &Json| -> Option<bool> {
            let value = item.get("value")?;
            let surface = value.get("text")?.as_str()?;
            let range = ruler.range(value.get("start")?.as_u64()?, value.get("end")?.as_u64()?);
            Some(range.is_ok_and(|[start, end]| ruler.cut(start, end) == surface))
        };
        items().filter(|item| is_here(item)).filter_map(fits).filter(|fits| !fits).count()
    };
    [Unit::Utf16, Unit::Unicode, Unit::Bytes].into_iter().min_by_key(|unit| wrong(*unit)).unwrap_or(Unit::Utf16)
}
