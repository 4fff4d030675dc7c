//! Annotations as records of their sources. The first pass counts what each source has, so that the second one can give
//! a record away when its last annotation was read.

use super::{ENDINGS, IMAGES, TEXTS, UNNAMED, name, selectors};
use crate::{
    files::read_text,
    json_scan::Scanner,
    labels,
    media::{MediaIndex, has_ending, image_size, is_image},
    names::last_part,
    record::{Data, DirectoryView, Record, RecordError, Settings, Sink, Stop, give},
    spans::{self, Ruler, Unit},
};
use labelwright_core::{Answer, Relation, Value};
use serde_json::Value as Json;
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    hash::{BuildHasher, BuildHasherDefault, DefaultHasher},
    io::Read,
};

fn hash(text: &str) -> u64 {
    BuildHasherDefault::<DefaultHasher>::default().hash_one(text)
}

/// Calls `with` for every annotation of every file, with its place.
fn each_annotation(
    view: &dyn DirectoryView,
    mut with: impl FnMut(&str, Result<Json, RecordError>) -> Result<(), Stop>,
) -> Result<(), Stop> {
    for name in spans::files(view, &ENDINGS) {
        if has_ending(&name, &[".jsonl"]) {
            spans::each_object(view, &name, |place, object| with(place, object.map(Json::Object)))?;
            continue;
        }
        let file = view.open(&name).map_err(|error| Stop::Unreadable(crate::text::unreadable(&name, &error)))?;
        let mut scanner = Scanner::new(&name, file);
        match scanner.peek().map_err(Stop::Unreadable)? {
            Some(b'[') => list(&mut scanner, &name, &mut with)?,
            Some(b'{') => object(&mut scanner, &name, &mut with)?,
            _ => with(&name, Err(RecordError::new(&name, "malformed", "this is neither an object nor a list")))?,
        }
    }
    Ok(())
}

type With<'a> = dyn FnMut(&str, Result<Json, RecordError>) -> Result<(), Stop> + 'a;

fn list<R: Read>(scanner: &mut Scanner<R>, name: &str, with: &mut With<'_>) -> Result<(), Stop> {
    scanner.expect(b'[').map_err(Stop::Unreadable)?;
    let (mut first, mut at) = (true, 0);
    while scanner.next_element(&mut first).map_err(Stop::Unreadable)? {
        let place = format!("{name}: [{at}]");
        with(&place, value(scanner, &place)?)?;
        at += 1;
    }
    Ok(())
}

fn value<R: Read>(scanner: &mut Scanner<R>, place: &str) -> Result<Result<Json, RecordError>, Stop> {
    let (_, raw) = scanner.value().map_err(Stop::Unreadable)?;
    Ok(serde_json::from_slice(raw).map_err(|error| RecordError::new(place, "malformed", error.to_string())))
}

/// A page of annotations, a collection that begins with one, or a single annotation.
fn object<R: Read>(scanner: &mut Scanner<R>, name: &str, with: &mut With<'_>) -> Result<(), Stop> {
    scanner.expect(b'{').map_err(Stop::Unreadable)?;
    let (mut first, mut single, mut page) = (true, serde_json::Map::new(), false);
    while let Some(key) = scanner.next_key(&mut first).map_err(Stop::Unreadable)? {
        let next = scanner.peek().map_err(Stop::Unreadable)?;
        match (key.as_str(), next) {
            ("items" | "@graph", Some(b'[')) => {
                page = true;
                list(scanner, &format!("{name}: {key}"), with)?;
            }
            ("first", Some(b'{')) => {
                page = true;
                object(scanner, &format!("{name}: first"), with)?;
            }
            _ => match value(scanner, name)? {
                Ok(value) => drop(single.insert(key, value)),
                Err(error) => with(name, Err(error))?,
            },
        }
    }
    if page { Ok(()) } else { with(name, Ok(Json::Object(single))) }
}

/// What an annotation speaks of.
enum About {
    /// A source, or a part of it.
    Source(String, Vec<Vec<Json>>),
    /// Two other annotations.
    Link(String, String),
}

fn about(annotation: &Json) -> Option<About> {
    let target = annotation.get("target").or_else(|| annotation.get("on"))?;
    if annotation["motivation"] == "linking"
        && let Json::Array(ends) = target
        && let [from, to] = ends.as_slice()
    {
        let id = |end: &Json| end.as_str().or_else(|| end.get("id")?.as_str()).map(str::to_owned);
        return Some(About::Link(id(from)?, id(to)?));
    }
    selectors::target(target).map(|(source, selectors)| About::Source(source, selectors))
}

fn id_of(annotation: &Json) -> Option<&str> {
    annotation.get("id").or_else(|| annotation.get("@id"))?.as_str()
}

#[derive(Default)]
struct Index {
    /// Annotations that are still to come, by the hash of their source.
    left: HashMap<u64, u64>,
    /// Hash of an annotation's id to that of its source.
    sources: HashMap<u64, u64>,
}

impl Index {
    fn of(view: &dyn DirectoryView) -> Result<Self, Stop> {
        let (mut index, mut links) = (Self::default(), Vec::new());
        each_annotation(view, |_, annotation| {
            let Ok(annotation) = annotation else { return Ok(()) };
            match about(&annotation) {
                Some(About::Source(source, _)) => {
                    *index.left.entry(hash(&source)).or_default() += 1;
                    index.sources.extend(id_of(&annotation).map(|id| (hash(id), hash(&source))));
                }
                Some(About::Link(from, _)) => links.push(hash(&from)),
                None => {}
            }
            Ok(())
        })?;
        for from in links {
            if let Some(source) = index.sources.get(&from) {
                *index.left.entry(*source).or_default() += 1;
            }
        }
        Ok(index)
    }
}

/// Annotations of one source, in their order.
#[derive(Default)]
struct Waiting {
    source: String,
    annotations: Vec<(String, Json)>,
}

pub(super) fn read(view: &dyn DirectoryView, settings: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let media = MediaIndex::new(view, |name| !has_ending(name, &ENDINGS));
    let mut index = Index::of(view)?;
    let (mut waiting, mut used) = (BTreeMap::<u64, Waiting>::new(), BTreeSet::new());
    let reader = Reader { view, settings, media: &media };
    each_annotation(view, |place, annotation| {
        let bad = |message: &str| Err(RecordError::new(place, "bad_annotation", message));
        let annotation = match annotation {
            Ok(annotation) => annotation,
            Err(error) => return give(sink, Err(error)),
        };
        let key = match about(&annotation) {
            Some(About::Source(source, _)) => {
                let key = hash(&source);
                waiting.entry(key).or_default().source = source;
                key
            }
            Some(About::Link(from, _)) => match index.sources.get(&hash(&from)) {
                Some(key) => *key,
                None => return give(sink, bad(&format!("it links {from}, which is no annotation here"))),
            },
            None => return give(sink, bad("an annotation has a target with one source")),
        };
        let group = waiting.entry(key).or_default();
        group.annotations.push((place.to_owned(), annotation));
        let left = index.left.entry(key).or_default();
        *left = left.saturating_sub(1);
        if *left > 0 {
            return Ok(());
        }
        let group = waiting.remove(&key).unwrap_or_default();
        reader.give(group, &mut used, sink)
    })?;
    for group in waiting.into_values() {
        reader.give(group, &mut used, sink)?;
    }
    let unused = media.paths().iter().filter(|path| !used.contains(path.as_str()));
    for path in unused.filter(|path| is_image(path) || is_text(path)) {
        let record = match is_text(path) {
            true => read_text(view, path).map(|text| Record::new(key_of(path), Data::Text(text), path)),
            false => Ok(Record::new(key_of(path), Data::File(path.clone()), path)),
        };
        give(sink, record)?;
    }
    Ok(())
}

fn is_text(path: &str) -> bool {
    path.starts_with(TEXTS) || has_ending(path, &[".txt", ".md"])
}

/// Folders of our own layout are no part of a key.
fn key_of(path: &str) -> &str {
    [TEXTS, IMAGES].iter().find_map(|folder| path.strip_prefix(folder)).unwrap_or(path)
}

struct Reader<'a> {
    view: &'a dyn DirectoryView,
    settings: &'a Settings,
    media: &'a MediaIndex,
}

impl Reader<'_> {
    fn data(&self, source: &str, place: &str) -> Result<(String, Data), RecordError> {
        let plain = name(source);
        let path = self.media.find(&plain).or_else(|| self.media.find(last_part(&plain)));
        match path {
            Some(path) if is_text(path) => Ok((key_of(path).to_owned(), Data::Text(read_text(self.view, path)?))),
            Some(path) => Ok((key_of(path).to_owned(), Data::File(path.to_owned()))),
            None if source.starts_with("http://") || source.starts_with("https://") => {
                Ok((source.to_owned(), Data::Url(source.to_owned())))
            }
            None if plain.is_empty() => Err(RecordError::new(place, "bad_annotation", "the source is empty")),
            None => Ok((key_of(&plain).to_owned(), Data::Absent(key_of(&plain).to_owned()))),
        }
    }

    fn give(&self, group: Waiting, used: &mut BTreeSet<String>, sink: &mut Sink<'_>) -> Result<(), Stop> {
        let first = group.annotations.first().map_or("", |(place, _)| place);
        let (key, data) = match self.data(&group.source, first) {
            Ok(found) => found,
            Err(error) => return give(sink, Err(error)),
        };
        let plain = name(&group.source);
        used.extend(self.media.find(&plain).or_else(|| self.media.find(last_part(&plain))).map(str::to_owned));
        let mut item = Item { ruler: None, size: None, by_id: HashMap::new(), links: Vec::new(), answers: Vec::new() };
        if let Data::Text(text) = &data {
            item.ruler = Some(Ruler::new(text, unit(self.settings, text, &group.annotations)));
        } else if let Data::File(path) = &data {
            item.size = image_size(self.view, path);
        }
        for (place, annotation) in &group.annotations {
            if let Err((code, message)) = item.annotation(annotation) {
                give(sink, Err(RecordError::new(place, code, message)))?;
            }
        }
        for (at, one, from, to) in std::mem::take(&mut item.links) {
            if let Err((code, message)) = item.link(at, &one, &from, &to) {
                give(sink, Err(RecordError::new(first, code, message)))?;
            }
        }
        let (size, answers) = (item.size, item.answers);
        let mut record = Record { size, ..Record::new(key, data, first) };
        for (source, answer) in answers {
            spans::push(&mut record, &source, answer);
        }
        give(sink, Ok(record))
    }
}

/// The unit in which most positions lie where their quotes stand; the standard's code points first.
fn unit(settings: &Settings, text: &str, annotations: &[(String, Json)]) -> Unit {
    if settings.options.get("offsets").is_some_and(|unit| unit != "auto") {
        return Unit::of(&settings.options, Unit::Unicode);
    }
    let wrong = |unit: &Unit| {
        let ruler = Ruler::new(text, *unit);
        let misses = |annotation: &Json| match about(annotation) {
            Some(About::Source(_, pieces)) => pieces.iter().any(|one| selectors::fits(one, &ruler) == Some(false)),
            _ => false,
        };
        annotations.iter().filter(|(_, annotation)| misses(annotation)).count()
    };
    [Unit::Unicode, Unit::Utf16, Unit::Bytes].into_iter().min_by_key(wrong).unwrap_or(Unit::Unicode)
}

type Problem = (&'static str, String);

struct Item<'a> {
    ruler: Option<Ruler<'a>>,
    size: Option<[u32; 2]>,
    /// Id of an annotation to its answer and region.
    by_id: HashMap<String, (usize, String)>,
    links: Vec<(usize, Json, String, String)>,
    answers: Vec<(String, Answer)>,
}

/// Who made it.
fn creator(annotation: &Json) -> String {
    let creator = match &annotation["creator"] {
        Json::Array(list) => list.first().cloned().unwrap_or_default(),
        other => other.clone(),
    };
    let keys = ["nickname", "name", "email", "id", "@id"];
    let said = creator.as_str().or_else(|| keys.iter().find_map(|key| creator[*key].as_str()));
    said.filter(|said| !said.is_empty()).unwrap_or("import").to_owned()
}

/// What the bodies of an annotation say: tags in their order, and named values.
fn bodies(annotation: &Json) -> (Vec<String>, BTreeMap<String, Value>) {
    let one = [annotation.get("body").cloned().unwrap_or_default()];
    let list = annotation.get("body").and_then(Json::as_array).map_or(one.as_slice(), Vec::as_slice);
    let (mut tags, mut classes, mut values) = (Vec::new(), Vec::new(), BTreeMap::<String, Value>::new());
    tags.extend(annotation.get("bodyValue").and_then(Json::as_str).map(str::to_owned));
    for body in list {
        let text = |key: &str| body.get(key).and_then(Json::as_str);
        let purpose = match &body["purpose"] {
            Json::Array(list) => list.first().and_then(Json::as_str).unwrap_or_default(),
            other => other.as_str().unwrap_or_default(),
        };
        let said = text("value").or_else(|| text("source")).or_else(|| body["source"]["label"].as_str());
        let Some(said) = said.or_else(|| text("id")).or_else(|| body.as_str()) else { continue };
        if let Some(label) = text("label") {
            let json = (text("format") == Some("application/json")).then(|| serde_json::from_str(said).ok()).flatten();
            let value = json.as_ref().and_then(labels::value).unwrap_or_else(|| Value::Text(said.to_owned()));
            values.insert(label.to_owned(), value);
        } else if ["", "tagging"].contains(&purpose) {
            tags.push(said.to_owned());
        } else if ["classifying", "identifying"].contains(&purpose) {
            classes.push(said.to_owned());
        } else {
            // Several comments stand below each other.
            let known = values.entry(purpose.to_owned()).or_insert_with(|| Value::Text(String::new()));
            if let Value::Text(text) = known {
                *text = if text.is_empty() { said.to_owned() } else { format!("{text}\n{said}") };
            }
        }
    }
    classes.extend(tags);
    (classes, values)
}

impl Item<'_> {
    fn answer(&mut self, source: String) -> usize {
        self.answers.iter().position(|(known, _)| *known == source).unwrap_or_else(|| {
            self.answers.push((source, Answer::default()));
            self.answers.len() - 1
        })
    }

    fn annotation(&mut self, annotation: &Json) -> Result<(), Problem> {
        let at = self.answer(creator(annotation));
        let (source, pieces) = match about(annotation) {
            Some(About::Source(source, pieces)) => (source, pieces),
            Some(About::Link(from, to)) => {
                self.links.push((at, annotation.clone(), from, to));
                return Ok(());
            }
            None => return Ok(()),
        };
        let (mut tags, mut values) = bodies(annotation);
        let answer = &mut self.answers[at].1;
        if pieces.is_empty() {
            for (name, value) in values {
                if answer.fields.insert(name.clone(), value).is_some() {
                    return Err(("duplicate_value", format!("{name} was said before of {source} by the same creator")));
                }
            }
            if !tags.is_empty() {
                let known = answer.fields.entry("tags".into()).or_insert_with(|| Value::List(Vec::new()));
                if let Value::List(list) = known {
                    list.append(&mut tags);
                }
            }
            return Ok(());
        }
        let geometry = match &self.ruler {
            Some(ruler) => selectors::spans(&pieces, ruler)?,
            None => selectors::shapes(&pieces, self.size)?,
        };
        let id = format!("a{}", answer.regions.len() + 1);
        let mut tags = tags.into_iter();
        let mut region = labels::region(&id, tags.next().unwrap_or_else(|| UNNAMED.to_owned()), geometry);
        let others: Vec<String> = tags.collect();
        if !others.is_empty() {
            values.entry("tags".into()).or_insert(Value::List(others));
        }
        region.attributes = values;
        answer.regions.push(region);
        self.by_id.extend(id_of(annotation).map(|own| (own.to_owned(), (at, id))));
        Ok(())
    }

    fn link(&mut self, at: usize, annotation: &Json, from: &str, to: &str) -> Result<(), Problem> {
        let end = |id: &str| self.by_id.get(id).filter(|(answer, _)| *answer == at).map(|(_, region)| region.clone());
        let (Some(from), Some(to)) = (end(from), end(to)) else {
            let message = format!("it links {from} and {to}, and one of them is no part of the same creator's answer");
            return Err(("bad_reference", message));
        };
        let (tags, attributes) = bodies(annotation);
        let relation = tags.into_iter().next().unwrap_or_else(|| "linking".to_owned());
        let relations = &mut self.answers[at].1.relations;
        let id = format!("l{}", relations.len() + 1);
        relations.push(Relation { id, relation, from, to, attributes });
        Ok(())
    }
}
