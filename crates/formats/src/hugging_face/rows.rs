//! What the columns of a row are: picture or text, boxes, spans, classes, fields, metadata.

use super::Problem;
use super::{
    features::Feature,
    tags::{label, tagged},
};
use crate::{
    labels,
    names::region_id,
    record::{Data, Record, RecordError},
    shapes,
    spans::{self, Ruler, Unit},
};
use labelwright_core::{
    Answer, Geometry, GeometryKind, LabelSchema, Modality, Relation, Value,
    geometry::{Polygon, PolygonPart},
};
use serde_json::{Map, Value as Json};
use std::{
    collections::{BTreeMap, HashSet},
    hash::{BuildHasher, BuildHasherDefault, DefaultHasher},
};

/// Which column is what.
#[derive(Default)]
struct Roles {
    media: Option<String>,
    text: Option<String>,
    /// Words, and their tags.
    tokens: Option<(String, String)>,
    objects: Option<String>,
    spans: Option<String>,
    key: Option<String>,
}

pub(super) struct Rows {
    features: Vec<(String, Feature)>,
    roles: Roles,
    /// Columns that are fields although their features would not say so.
    own: HashSet<String>,
    /// Written by us: JSON columns of what has no column of its own.
    ours: bool,
    split: Option<String>,
    corners: bool,
    /// Hashes of the keys that were given.
    keys: HashSet<u64>,
}

const KEYS: [&str; 6] = ["id", "key", "image_id", "file_name", "guid", "idx"];
const TEXTS: [&str; 6] = ["text", "sentence", "content", "document", "context", "review"];
/// Names of the class in a structure of objects or spans.
const CLASSES: [&str; 6] = ["category", "categories", "label", "labels", "class", "type"];

impl Rows {
    pub fn new(corners: bool) -> Self {
        Self {
            features: Vec::new(),
            roles: Roles::default(),
            own: HashSet::new(),
            ours: false,
            split: None,
            corners,
            keys: HashSet::new(),
        }
    }

    /// A shard begins.
    pub fn begin(&mut self, features: Vec<(String, Feature)>, own: &Json, split: Option<String>) {
        let find = |fits: &dyn Fn(&str, &Feature) -> bool| {
            features.iter().find(|(name, feature)| fits(name, feature)).map(|(name, _)| name.clone())
        };
        let named = |names: &[&str], fits: &dyn Fn(&Feature) -> bool| {
            names.iter().find_map(|wanted| find(&|name, feature| name == *wanted && fits(feature)))
        };
        let media = find(&|_, feature| matches!(feature, Feature::Image | Feature::Audio));
        let is_tags = |feature: &Feature| matches!(feature, Feature::List(of) if matches!(**of, Feature::Label(_)));
        let is_words = |feature: &Feature| *feature == Feature::list(Feature::Text);
        let tags = named(&["ner_tags", "tags", "labels"], &is_tags);
        let text = named(&TEXTS, &|feature| *feature == Feature::Text);
        let tokens = named(&["tokens", "words"], &is_words).filter(|_| text.is_none()).zip(tags);
        let any_text =
            || find(&|name, feature| *feature == Feature::Text && !KEYS.contains(&name) && name != "metadata");
        let text = if media.is_none() && tokens.is_none() { text.or_else(any_text) } else { text };
        self.roles = Roles {
            text: text.filter(|_| media.is_none()),
            objects: find(&|_, feature| feature.field("bbox").is_some()),
            spans: find(&|_, feature| feature.field("start").is_some() && feature.field("end").is_some()),
            key: named(&KEYS, &|feature| matches!(feature, Feature::Text | Feature::Integer)),
            media,
            tokens,
        };
        self.ours = own.is_object();
        let list = own.get("fields").and_then(Json::as_array).into_iter().flatten();
        self.own = list.filter_map(Json::as_str).map(str::to_owned).collect();
        (self.features, self.split) = (features, split);
    }

    pub fn feature(&self, column: &str) -> Option<&Feature> {
        self.features.iter().find(|(name, _)| name == column).map(|(_, feature)| feature)
    }

    pub fn media(&self) -> Option<&str> {
        self.roles.media.as_deref()
    }

    /// Names of the classes in a column of objects or spans.
    fn classes(&self, column: &str) -> &[String] {
        let feature = self.feature(column);
        let class = feature.and_then(|feature| CLASSES.iter().find_map(|name| feature.field(name)));
        class.and_then(Feature::names).unwrap_or_default()
    }

    fn tags(&self) -> &[String] {
        let column = self.roles.tokens.as_ref().and_then(|(_, tags)| self.feature(tags));
        column.and_then(Feature::names).unwrap_or_default()
    }

    /// Classes and fields that the features declare.
    pub fn schema(&self) -> LabelSchema {
        let modality = match (&self.roles.media, self.roles.media.as_deref().and_then(|column| self.feature(column))) {
            (Some(_), Some(Feature::Audio)) => Modality::Audio,
            (Some(_), _) => Modality::Image,
            (None, _) => Modality::Text,
        };
        let mut classes = Vec::new();
        let mut add = |name: &str, kinds: &[GeometryKind]| {
            if !classes.iter().any(|known: &labelwright_core::schema::Class| known.id == name) {
                classes.push(labels::class(name, classes.len(), kinds));
            }
        };
        for (column, kind) in [(&self.roles.objects, GeometryKind::Box), (&self.roles.spans, GeometryKind::Span)] {
            let names = column.as_deref().map(|column| self.classes(column)).unwrap_or_default();
            names.iter().for_each(|name| add(name, &[kind]));
        }
        for tag in self.tags().iter().filter_map(|tag| tag.split_once('-')) {
            add(tag.1, &[GeometryKind::Span]);
        }
        let mut fields = Vec::new();
        for (name, feature) in self.features.iter().filter(|(name, _)| self.is_free(name)) {
            match feature {
                Feature::Label(names) => fields.push(labels::choice(name, names, false)),
                Feature::List(of) => fields.extend(of.names().map(|names| labels::choice(name, names, true))),
                _ => {}
            }
        }
        labels::schema(modality, classes, fields)
    }

    /// Has the column no other part than to be a field or metadata?
    fn is_free(&self, column: &str) -> bool {
        let roles = &self.roles;
        let taken = [&roles.media, &roles.text, &roles.objects, &roles.spans, &roles.key];
        let tokens = roles.tokens.as_ref().is_some_and(|(words, tags)| words == column || tags == column);
        let ours = self.ours && ["metadata", "fields", "relations"].contains(&column);
        !tokens && !ours && !taken.into_iter().any(|name| name.as_deref() == Some(column))
    }

    pub fn record(
        &mut self,
        mut row: Map<String, Json>,
        data: Option<Data>,
        number: u64,
        place: &str,
        problems: &mut Vec<Problem>,
    ) -> Result<Record, RecordError> {
        let mut take = |column: &Option<String>| column.as_ref().and_then(|column| row.remove(column));
        let (key, text) = (take(&self.roles.key), take(&self.roles.text));
        let (objects, spans) = (take(&self.roles.objects), take(&self.roles.spans));
        let image = take(&self.roles.media);
        let mut answer = Answer::default();
        let data = match (data, text, &self.roles.tokens) {
            (Some(data), ..) => data,
            (None, Some(Json::String(text)), _) => Data::Text(text),
            (None, _, Some((words, tags))) => {
                let (words, tags) = (row.remove(words), row.remove(tags));
                let (text, regions) = tagged(words.as_ref(), tags.as_ref(), self.tags(), problems);
                answer.regions = regions;
                Data::Text(text)
            }
            _ => return Err(RecordError::new(place, "no_data", "the row has neither a text nor a picture")),
        };
        let mut record = Record::new(self.key(key.as_ref(), image.as_ref(), number), data, place);
        let side =
            |value: Option<Json>| value.and_then(|side| u32::try_from(side.as_u64()?).ok()).filter(|side| *side > 0);
        if record_is_picture(&record) {
            let sides = ["width", "height"].map(|name| match row.get(name) {
                Some(Json::Number(_)) => side(row.remove(name)),
                _ => None,
            });
            record.size = sides[0].and_then(|width| Some([width, sides[1]?]));
        }
        if let (Some(objects), Some(column)) = (objects, &self.roles.objects) {
            self.objects(&entries(&objects), self.classes(column), &mut answer, problems);
        }
        if let (Some(found), Some(column), Data::Text(text)) = (spans, &self.roles.spans, &record.data) {
            self.spans(&entries(&found), self.classes(column), text, &mut answer, problems);
        }
        if self.ours {
            for one in row.remove("relations").iter().flat_map(entries) {
                relation(&one, &mut answer, problems);
            }
            let object = |value: Option<Json>| match value.and_then(|text| serde_json::from_str(text.as_str()?).ok()) {
                Some(Json::Object(map)) => map,
                _ => Map::new(),
            };
            record.metadata = object(row.remove("metadata")).into_iter().collect();
            let fields = object(row.remove("fields")).into_iter();
            answer.fields.extend(fields.filter_map(|(name, value)| Some((name, labels::value(&value)?))));
        }
        for (name, value) in row {
            if value.is_null() {
                continue;
            }
            match self.feature(&name) {
                Some(Feature::Label(names)) => match label(&value, names) {
                    Ok(found) => answer.fields.extend(found.map(|text| (name, Value::Text(text)))),
                    Err(problem) => problems.push(problem),
                },
                Some(Feature::List(of)) if of.names().is_some() => {
                    let names = of.names().unwrap_or_default();
                    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
                    match list.iter().map(|one| label(one, names)).collect::<Result<Vec<_>, _>>() {
                        Ok(found) => {
                            drop(answer.fields.insert(name, Value::List(found.into_iter().flatten().collect())))
                        }
                        Err(problem) => problems.push(problem),
                    }
                }
                _ if self.own.contains(&name) => {
                    answer.fields.extend(labels::value(&value).map(|value| (name, value)));
                }
                _ => drop(record.metadata.insert(name, value)),
            }
        }
        record.split.clone_from(&self.split);
        Ok(record.answered(answer))
    }

    fn key(&mut self, key: Option<&Json>, image: Option<&Json>, number: u64) -> String {
        let path = image.and_then(|image| image.get("path"));
        let split = self.split.as_deref().unwrap_or("row");
        let said = spans::text_of(key).or_else(|| spans::text_of(path)).filter(|key| !key.is_empty());
        let mut key = said.unwrap_or_else(|| format!("{split}-{:07}", number + 1));
        let hash = |key: &str| BuildHasherDefault::<DefaultHasher>::default().hash_one(key);
        if !self.keys.insert(hash(&key)) {
            key = format!("{split}-{:07}-{key}", number + 1);
            self.keys.insert(hash(&key));
        }
        key
    }

    fn objects(
        &self,
        list: &[Map<String, Json>],
        classes: &[String],
        answer: &mut Answer,
        problems: &mut Vec<Problem>,
    ) {
        for one in list {
            let numbers = |value: &Json| -> Option<Vec<f64>> { value.as_array()?.iter().map(Json::as_f64).collect() };
            let rings: Vec<Vec<f64>> = one
                .get("segmentation")
                .and_then(|rings| rings.as_array()?.iter().map(numbers).collect())
                .unwrap_or_default();
            let shape = match one.get("bbox").and_then(numbers).as_deref() {
                _ if rings.iter().any(|ring| ring.len() < 6 || ring.len() % 2 == 1) => {
                    Err(("bad_polygon", "a ring has at least 3 points".to_owned()))
                }
                _ if !rings.is_empty() => {
                    let ring = |ring: &Vec<f64>| PolygonPart {
                        outer: ring.chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect(),
                        holes: Vec::new(),
                    };
                    Ok(Geometry::Polygon(Polygon { parts: rings.iter().map(ring).collect() }))
                }
                Some([x, y, a, b]) => {
                    let (width, height) = if self.corners { (a - x, b - y) } else { (*a, *b) };
                    if width < 0.0 || height < 0.0 {
                        Err(("bad_box", format!("the box {x}, {y}, {a}, {b} has a side below 0")))
                    } else {
                        Ok(shapes::upright(*x, *y, width, height))
                    }
                }
                _ => Err(("bad_box", "a bbox has four numbers".to_owned())),
            };
            match shape.and_then(|shape| Ok((class(one, classes)?, shape))) {
                Ok((class, shape)) => push(answer, one, &class, shape),
                Err(problem) => problems.push(problem),
            }
        }
    }

    fn spans(
        &self,
        list: &[Map<String, Json>],
        classes: &[String],
        text: &str,
        answer: &mut Answer,
        problems: &mut Vec<Problem>,
    ) {
        let ruler = Ruler::new(text, Unit::Unicode);
        let ends = |one: &Map<String, Json>| -> Option<Vec<u64>> {
            match one.get("pieces") {
                Some(Json::Array(list)) => list.iter().map(Json::as_u64).collect(),
                _ => Some(vec![one.get("start")?.as_u64()?, one.get("end")?.as_u64()?]),
            }
        };
        for one in list {
            let ranges = match ends(one).filter(|ends| !ends.is_empty() && ends.len() % 2 == 0) {
                Some(ends) => ends.chunks_exact(2).map(|pair| ruler.range(pair[0], pair[1])).collect(),
                None => Err(("bad_span", "a span has start and end, whole numbers from 0".to_owned())),
            };
            match ranges.and_then(|ranges: Vec<[u32; 2]>| Ok((class(one, classes)?, spans::span(ranges)))) {
                Ok((class, span)) => push(answer, one, &class, span),
                Err(problem) => problems.push(problem),
            }
        }
    }
}

fn record_is_picture(record: &Record) -> bool {
    !matches!(record.data, Data::Text(_))
}

/// A list of structures, or a structure of lists.
fn entries(value: &Json) -> Vec<Map<String, Json>> {
    match value {
        Json::Array(list) => list.iter().filter_map(Json::as_object).cloned().collect(),
        Json::Object(lists) => {
            let count = lists.values().filter_map(Json::as_array).map(Vec::len).max().unwrap_or(0);
            let entry = |at: usize| {
                let cells = lists.iter().filter_map(|(name, list)| Some((name.clone(), list.get(at)?.clone())));
                cells.collect()
            };
            (0..count).map(entry).collect()
        }
        _ => Vec::new(),
    }
}

fn class(one: &Map<String, Json>, classes: &[String]) -> Result<String, Problem> {
    let value = CLASSES.iter().find_map(|name| one.get(*name)).unwrap_or(&Json::Null);
    let found = if value.is_u64() && classes.is_empty() { Some(value.to_string()) } else { label(value, classes)? };
    found.ok_or_else(|| ("no_class", "an object has no class".to_owned()))
}

fn push(answer: &mut Answer, one: &Map<String, Json>, class: &str, geometry: Geometry) {
    let mut region = labels::region(region_id(answer.regions.len()), class, geometry);
    region.score = one.get("score").and_then(Json::as_f64);
    region.attributes = attributes(one);
    answer.regions.push(region);
}

/// Attributes are JSON in a text.
fn attributes(one: &Map<String, Json>) -> BTreeMap<String, Value> {
    let text = one.get("attributes").and_then(Json::as_str).unwrap_or("{}");
    let map: Map<String, Json> = serde_json::from_str(text).unwrap_or_default();
    map.into_iter().filter_map(|(name, value)| Some((name, labels::value(&value)?))).collect()
}

fn relation(one: &Map<String, Json>, answer: &mut Answer, problems: &mut Vec<Problem>) {
    let end = |key: &str| {
        let at = usize::try_from(one.get(key)?.as_u64()?).ok()?;
        answer.regions.get(at).map(|region| region.id.clone())
    };
    let name = one.get("label").and_then(Json::as_str);
    let (Some(from), Some(to), Some(relation)) = (end("head"), end("child"), name) else {
        problems
            .push(("bad_reference", "a relation has a label, and head and child, numbers of spans from 0".to_owned()));
        return;
    };
    let (relation, id) = (relation.to_owned(), format!("l{}", answer.relations.len() + 1));
    let attributes = attributes(one);
    answer.relations.push(Relation { id, relation, from, to, attributes });
}
