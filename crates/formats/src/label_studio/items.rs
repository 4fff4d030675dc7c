//! Result items as an answer: what belongs to one region comes together, what stands alone is a field.

use super::{
    config::{self, Config, OCR_TEXT},
    geometry::{self, Problem},
    reading::Problems,
    surfaces::{self, Surface},
};
use crate::{extras::Extras, labels, spans};
use labelwright_core::{Answer, Geometry, Relation, Target, Value};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// Types of items that draw and do not label.
pub(super) const BARE: [&str; 7] = ["rectangle", "ellipse", "polygon", "vector", "keypoint", "brush", "bitmask"];
/// Forms of a region: a tool without labels has drawn it; the control that has labeled it.
pub(super) const TOOL: &str = "tool";
pub(super) const LABELED_BY: &str = "labeled_by";
/// Pixels of a pane's picture, of which nothing else may be known.
pub(super) const SIZE: &str = "size";

pub(super) struct Items<'a, 's> {
    pub place: &'a str,
    /// The item's own data first.
    pub surfaces: &'a mut [Surface<'s>],
    pub config: &'a Config,
    pub problems: &'a mut Problems,
    pub extras: &'a mut Extras,
}

impl Items<'_, '_> {
    pub fn answer(&mut self, result: &[Json], score: Option<f64>) -> Answer {
        let mut answer = Answer::default();
        // Items with the same id speak of the same region: the places come first.
        let mut places: BTreeMap<&str, usize> = BTreeMap::new();
        let mut seen = vec![false; result.len()];
        for (at, item) in result.iter().enumerate() {
            let Some((id, kind, value)) = parts(item) else { continue };
            if !geometry::is_place(value) {
                continue;
            }
            self.drawn(item, id, kind, value);
            if places.contains_key(id) {
                continue;
            }
            seen[at] = true;
            let surface = match surfaces::of(self.surfaces, self.config, item) {
                Ok(surface) => surface,
                Err(problem) => {
                    self.problems.push((format!("{}.result[{at}]", self.place), problem));
                    continue;
                }
            };
            let Some(surface) = self.surfaces.get_mut(surface) else { continue };
            let size = ["original_width", "original_height"].map(|key| {
                item.get(key)
                    .and_then(Json::as_f64)
                    .filter(|side| *side >= 1.0 && *side <= f64::from(u32::MAX))
                    .map(|side| side as u32)
            });
            if let [Some(width), Some(height)] = size {
                surface.size.get_or_insert([width, height]);
            }
            // A further point of a region.
            let parent = item.get("parentID").and_then(Json::as_str).filter(|_| marked(item, "points"));
            let geometry = geometry_on(surface, kind, value);
            let geometry = match geometry {
                Ok(geometry) => geometry,
                Err((code, message)) => {
                    self.problems.push((format!("{}.result[{at}]", self.place), (code, message)));
                    continue;
                }
            };
            if let (Some(parent), Geometry::Points(more)) = (parent, &geometry)
                && let Some(region) = places.get(parent).and_then(|at| answer.regions.get_mut(*at))
                && let Geometry::Points(points) = &mut region.geometry
            {
                points.points.extend(more.points.iter().copied());
                continue;
            }
            let mut region = labels::region(id, config::unlabeled(surface.pane), geometry);
            region.score = item.get("score").and_then(Json::as_f64).or(score);
            if let Some(channel) = value.get("channel").and_then(Json::as_u64).filter(|channel| *channel > 0) {
                region.target = u32::try_from(channel).map_or(Target::Item, Target::Channel);
            }
            let of_pane = surface.pane.and(surface.size);
            places.insert(id, answer.regions.len());
            let part = self.extras.parts.entry(id.to_owned()).or_default();
            for key in ["from_name", "to_name", "type"] {
                let said = item.get(key).filter(|_| !part.form.contains_key(key) || !part.form.contains_key(TOOL));
                part.form.extend(said.map(|value| (key.to_owned(), value.clone())));
            }
            part.form.extend(of_pane.map(|size| (SIZE.to_owned(), size.to_vec().into())));
            if let Some(meta) = item.get("meta").filter(|meta| meta.get("text").is_some()) {
                part.kept.insert("meta".into(), meta.clone());
            }
            let odd = ["startOffset", "ranges", "vertices"].iter().any(|key| value.contains_key(*key));
            if odd && !matches!(region.geometry, Geometry::Polyline(_) | Geometry::Interval(_)) {
                part.form.insert("value".into(), value.clone().into());
            }
            answer.regions.push(region);
        }
        for (at, item) in result.iter().enumerate() {
            if item.get("type").and_then(Json::as_str) == Some("relation") {
                self.relation(item, at, &places, &mut answer);
                continue;
            }
            let Some((id, kind, value)) = parts(item) else { continue };
            let region = places.get(id).copied();
            if let Some(names) = value.get(kind).and_then(Json::as_array).filter(|_| kind.ends_with("labels")) {
                let names: Vec<&str> = names.iter().filter_map(Json::as_str).collect();
                if let (Some(region), Some((first, rest))) =
                    (region.and_then(|at| answer.regions.get_mut(at)), names.split_first())
                {
                    region.class = self.config.class_of(self.config.object_of(item), first);
                    if !rest.is_empty() {
                        let rest = rest.iter().map(|name| (*name).to_owned()).collect();
                        region.attributes.insert("more_labels".into(), Value::List(rest));
                    }
                }
                let read = value.get("ocrtext").and_then(|text| spans::text_of(Some(text)));
                if let (Some(text), Some(region)) = (read, region.and_then(|at| answer.regions.get_mut(at))) {
                    region.attributes.insert(OCR_TEXT.into(), Value::Text(text));
                }
                continue;
            }
            if kind == "videorectangle"
                && let Some(name) = value.get("labels").and_then(|list| list.get(0)?.as_str())
                && let Some(region) = region.and_then(|at| answer.regions.get_mut(at))
            {
                region.class = self.config.class_of(self.config.object_of(item), name);
            }
            if seen.get(at) == Some(&true) && !self.says(kind, value) {
                continue;
            }
            let name = item.get("from_name").and_then(Json::as_str).unwrap_or(kind);
            if let Some(to) = item.get("to_name") {
                self.extras.whole.form.entry("to_name").or_insert_with(|| to.clone());
            }
            match self.value(name, kind, value, item) {
                Some(said) => match region.and_then(|at| answer.regions.get_mut(at)) {
                    Some(region) => drop(region.attributes.insert(name.to_owned(), said)),
                    None => drop(answer.fields.insert(name.to_owned(), said)),
                },
                None if geometry::is_place(value) => {}
                None => {
                    self.problems.push((
                        format!("{}.result[{at}]", self.place),
                        ("not_read", format!("items of the type {kind:?} are not known")),
                    ));
                    self.extras.whole.kept.insert(format!("item {at}"), item.clone());
                }
            }
        }
        answer
    }

    /// Which control has drawn a region, and which labels it, where these are two: the region goes out the same way.
    fn drawn(&mut self, item: &Json, id: &str, kind: &str, value: &Map<String, Json>) {
        let on_picture = ["x", "points", "vertices", "rle", "imageDataURL"].iter().any(|key| value.contains_key(*key));
        let from = item.get("from_name").filter(|from| from.is_string() && on_picture);
        let Some(from) = from else { return };
        let part = self.extras.parts.entry(id.to_owned()).or_default();
        if BARE.contains(&kind) {
            part.form.insert(TOOL.into(), true.into());
            part.form.insert("from_name".into(), from.clone());
            part.form.insert("type".into(), kind.into());
            part.form.extend(item.get("to_name").map(|to| ("to_name".to_owned(), to.clone())));
        } else if kind == "labels" {
            part.form.insert(LABELED_BY.into(), from.clone());
        }
    }

    /// Does the value say something beside its place?
    fn says(&self, kind: &str, value: &Map<String, Json>) -> bool {
        ["choices", "textarea", "number", "rating", "taxonomy", "datetime"].contains(&kind)
            && (value.contains_key(kind) || value.contains_key("text"))
    }

    fn value(&mut self, name: &str, kind: &str, value: &Map<String, Json>, item: &Json) -> Option<Value> {
        let exact = item.get("meta").and_then(|meta| meta.get("kind")?.as_str());
        let words = |list: &[Json]| -> Vec<String> {
            let word = |one: &Json| match one {
                Json::Array(path) => path.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(" / "),
                other => spans::text_of(Some(other)).unwrap_or_default(),
            };
            list.iter().map(word).collect()
        };
        let one_or_many = |list: Vec<String>, many: bool| match (exact, list.as_slice()) {
            (Some("boolean"), [one]) => Some(Value::Boolean(one == "true")),
            (Some("list"), _) => Some(Value::List(list)),
            (_, [one]) if !many => Some(Value::Text(one.clone())),
            (_, []) => None,
            _ => Some(Value::List(list)),
        };
        match kind {
            "choices" => {
                let list = words(value.get("choices")?.as_array()?);
                one_or_many(list, self.config.multiple.get(name).copied().unwrap_or(false))
            }
            "textarea" => match value.get("text")? {
                // Several entries are lines of one text.
                Json::Array(list) => {
                    let lines = words(list);
                    if lines.len() > 1 {
                        let id = item.get("id").and_then(Json::as_str).unwrap_or_default();
                        let part = match geometry::is_place(value) {
                            true => self.extras.parts.entry(id.to_owned()).or_default(),
                            false => &mut self.extras.whole,
                        };
                        part.form.insert(format!("lines {name}"), lines.clone().into());
                    }
                    (!lines.is_empty()).then(|| Value::Text(lines.join("\n")))
                }
                other => spans::text_of(Some(other)).map(Value::Text),
            },
            "number" | "rating" => value.get(kind)?.as_f64().map(Value::Number),
            "datetime" => spans::text_of(value.get("datetime")).map(Value::Text),
            "taxonomy" => {
                let paths = value.get("taxonomy")?.as_array()?;
                match paths.as_slice() {
                    [Json::Array(path)] => Some(Value::List(words(path))),
                    _ => {
                        self.extras.whole.form.insert(format!("taxonomy {name}"), value.get("taxonomy")?.clone());
                        Some(Value::List(words(paths)))
                    }
                }
            }
            "pairwise" => match value.get("selected")? {
                Json::Array(list) => list.first()?.as_str().map(|side| Value::Text(side.to_owned())),
                side => side.as_str().map(|side| Value::Text(side.to_owned())),
            },
            "ranker" => {
                let buckets = value.get("ranker")?.as_object()?;
                self.extras.whole.form.insert(format!("ranker {name}"), value.get("ranker")?.clone());
                let list: Vec<Json> = buckets
                    .iter()
                    .filter(|(bucket, _)| *bucket != "_")
                    .flat_map(|(_, list)| list.as_array().cloned().unwrap_or_default())
                    .collect();
                Some(Value::List(words(&list)))
            }
            _ => None,
        }
    }

    fn relation(&mut self, item: &Json, at: usize, places: &BTreeMap<&str, usize>, answer: &mut Answer) {
        let end =
            |key: &str| item.get(key).and_then(Json::as_str).filter(|id| places.contains_key(id)).map(str::to_owned);
        let (Some(mut from), Some(mut to)) = (end("from_id"), end("to_id")) else {
            let message = "a relation is between two regions that are there".to_owned();
            self.problems.push((format!("{}.result[{at}]", self.place), ("bad_relation", message)));
            return;
        };
        let name = item.get("labels").and_then(|list| list.get(0)?.as_str()).unwrap_or("relation").to_owned();
        let mut attributes = BTreeMap::new();
        match item.get("direction").and_then(Json::as_str) {
            Some("left") => std::mem::swap(&mut from, &mut to),
            Some("bi") => drop(attributes.insert("direction".into(), Value::Text("bi".into()))),
            _ => {}
        }
        answer.relations.push(Relation {
            id: format!("l{}", answer.relations.len() + 1),
            relation: name,
            from,
            to,
            attributes,
        });
    }
}

fn geometry_on(surface: &Surface<'_>, kind: &str, value: &Map<String, Json>) -> Result<Geometry, Problem> {
    if let Some(ranges) = value.get("ranges").and_then(Json::as_array) {
        // A stretch of frames: its first range, in frames from 0.
        let at = |range: &Json, key: &str| range.get(key).and_then(Json::as_i64);
        let [range] = ranges.as_slice() else {
            return Err(("not_read", "a timeline region with several ranges has no place".into()));
        };
        let ends = at(range, "start")
            .zip(at(range, "end"))
            .filter(|(start, end)| (1..1 << 40).contains(start) && start <= end && *end < 1 << 40);
        let (start, end) = ends.ok_or(("bad_interval", "a range has start and end, in frames from 1".to_owned()))?;
        return Ok(Geometry::Interval(labelwright_core::geometry::Interval { start: start - 1, end }));
    }
    if !surface.turns.is_empty() && value.contains_key("startOffset") {
        let turn = |key: &str| -> Option<u32> {
            let said = value.get(key)?;
            let at = said.as_u64().or_else(|| said.as_str()?.parse().ok())?;
            surface.turns.get(usize::try_from(at).ok()?).copied()
        };
        let ruler = surface.ruler.as_ref().ok_or(("no_text", "the dialogue is not known".to_owned()))?;
        let offset = |key: &str| value.get(key).and_then(Json::as_u64);
        let ends = turn("start").zip(turn("end")).zip(offset("startOffset").zip(offset("endOffset")));
        let ((first, last), (from, to)) =
            ends.ok_or(("bad_span", "a region has paragraphs and offsets in them".to_owned()))?;
        let at = |turn: u32, offset: u64| u64::from(ruler.outward(turn)) + offset;
        return Ok(spans::span(vec![ruler.range(at(first, from), at(last, to))?]));
    }
    if value.contains_key("startOffset") && !value.contains_key("globalOffsets") {
        return Err(("not_read", "a region on HTML has globalOffsets".into()));
    }
    let geometry = geometry::read(kind, value, surface.size, surface.ruler.as_ref())?;
    if let (Geometry::Span(span), Some(ruler), Some(surface)) =
        (&geometry, surface.ruler.as_ref(), value.get("text").and_then(Json::as_str))
        && value.contains_key("start")
        && !value.contains_key("globalOffsets")
        && let Some([start, end]) = span.ranges.first()
        && ruler.cut(*start, *end).split_whitespace().ne(surface.split_whitespace())
    {
        let message = format!("the text there is {:?}, and not {surface:?}", ruler.cut(*start, *end));
        return Err(("other_text", message));
    }
    Ok(geometry)
}

fn marked(item: &Json, kind: &str) -> bool {
    item.get("meta").and_then(|meta| meta.get("kind")?.as_str()) == Some(kind)
}

/// Id, type and value of an item.
fn parts(item: &Json) -> Option<(&str, &str, &Map<String, Json>)> {
    let id = item.get("id").and_then(Json::as_str).unwrap_or_default();
    Some((id, item.get("type")?.as_str()?, item.get("value")?.as_object()?))
}
