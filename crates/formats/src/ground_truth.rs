//! SageMaker Ground Truth's augmented manifests: a JSON object a line with `source` or `source-ref`, and for each job an
//! attribute with its `-metadata`. Chained jobs are several attributes: all of them make one answer, an adjustment of an
//! earlier one is an answer of its own. Jobs on the frames of a video give an item a frame.

mod writing;

use crate::{
    carries::{Carries, Names},
    extras::Extras,
    labels,
    media::{MediaIndex, has_ending},
    names::last_part,
    png_mask,
    record::{Data, DirectoryView, Record, RecordError, Settings, Sink, Stop, give},
    registry::Format,
    spans::{self, Ruler, UNICODE, Unit},
    text,
};
use labelwright_core::{Answer, Geometry, GeometryKind, Modality, Value, geometry::Mask};
use serde_json::{Map, Value as Json};

pub const FORMAT: Format = Format {
    id: "ground-truth",
    title: "SageMaker Ground Truth manifest",
    carries: Carries {
        words: "images and texts with classes, boxes, spans; masks and frames of videos are read",
        modalities: &[Modality::Image, Modality::Text],
        geometry: &[GeometryKind::Box, GeometryKind::Span],
        fields: Names::Any,
        metadata: true,
        scores: true,
        empty_items: true,
        precision: 0.51,
        ..Carries::NOTHING
    },
    options: &[UNICODE],
    sniff: |view| {
        let Some(first) = spans::first_object(view, &[".manifest", ".jsonl"]) else { return 0.0 };
        let source = first.contains_key("source") || first.contains_key("source-ref");
        let labeled = first.keys().any(|key| key.ends_with("-metadata"));
        if source && labeled {
            0.97
        } else if first.contains_key("source-ref") {
            0.9
        } else {
            0.0
        }
    },
    read: Some(read),
    write: Some(writing::write),
    extension: "manifest",
};

fn read(view: &dyn DirectoryView, settings: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let media = MediaIndex::new(view, |name| !has_ending(name, &[".manifest", ".jsonl"]));
    let mut number = 0;
    for name in spans::files(view, &[".manifest", ".jsonl"]) {
        spans::each_object(view, &name, |place, object| {
            number += 1;
            let object = match object {
                Ok(object) => object,
                Err(error) => return give(sink, Err(error)),
            };
            let mut line = Line { view, media: &media, place, problems: Vec::new(), frames: Vec::new() };
            let record = line.record(object, number, settings);
            let Line { problems, frames, .. } = line;
            for (code, message) in problems {
                give(sink, Err(RecordError::new(place, code, message)))?;
            }
            if frames.is_empty() {
                return give(sink, record);
            }
            frames.into_iter().try_for_each(|frame| give(sink, Ok(frame)))
        })?;
    }
    Ok(())
}

type Problem = (&'static str, String);

struct Line<'a> {
    view: &'a dyn DirectoryView,
    media: &'a MediaIndex,
    place: &'a str,
    problems: Vec<Problem>,
    frames: Vec<Record>,
}

impl Line<'_> {
    fn record(
        &mut self,
        mut object: Map<String, Json>,
        number: usize,
        settings: &Settings,
    ) -> Result<Record, RecordError> {
        let data = match (object.remove("source"), object.remove("source-ref")) {
            (Some(Json::String(text)), None) => Data::Text(text),
            (None, Some(Json::String(path))) if !path.is_empty() => {
                let plain = path
                    .strip_prefix("s3://")
                    .and_then(|rest| rest.split_once('/'))
                    .map_or(path.as_str(), |(_, key)| key);
                match self.media.find(plain).or_else(|| self.media.find(last_part(plain))) {
                    Some(found) => Data::File(found.to_owned()),
                    None if path.starts_with("http") => Data::Url(path.clone()),
                    None if crate::archive::safe_name(plain) => Data::Absent(plain.to_owned()),
                    None => Data::Absent(last_part(plain).to_owned()),
                }
            }
            _ => {
                return Err(RecordError::new(
                    self.place,
                    "no_data",
                    "a line has `source` or `source-ref`, and not both",
                ));
            }
        };
        let key = object.remove("key").and_then(|key| key.as_str().map(str::to_owned));
        let key = key.unwrap_or_else(|| match &data {
            Data::File(name) | Data::Absent(name) | Data::Url(name) => name.clone(),
            Data::Text(_) | Data::Conversation(_) | Data::Table(_) | Data::Files(_) | Data::Frames { .. } => {
                format!("row-{number:07}")
            }
        });
        let text = if let Data::Text(text) = &data { Some(text.clone()) } else { None };
        let ruler = text.as_deref().map(|text| Ruler::new(text, Unit::of(&settings.options, Unit::Unicode)));
        let mut record = Record::new(key, data, self.place);
        let (mut main, mut extras) = (Answer::default(), Extras::of("ground-truth"));
        let names: Vec<String> =
            object.keys().filter(|key| object.contains_key(&format!("{key}-metadata"))).cloned().collect();
        for name in names {
            let (Some(value), Some(metadata)) = (object.remove(&name), object.remove(&format!("{name}-metadata")))
            else {
                continue;
            };
            let adjusted =
                metadata.get("adjustment-status").and_then(Json::as_str).is_some_and(|status| status == "adjusted");
            let machine = metadata.get("human-annotated").and_then(Json::as_str) == Some("no");
            let mut answer = if adjusted || machine { Answer::default() } else { std::mem::take(&mut main) };
            if let Err((code, message)) =
                self.attribute(&name, &value, &metadata, ruler.as_ref(), &mut record, &mut answer)
            {
                self.problems.push((code, format!("{name}: {message}")));
            }
            match (machine, adjusted) {
                (true, _) => spans::push(&mut record, &format!("model:{name}"), answer),
                (_, true) => spans::push(&mut record, &name, answer),
                _ => main = answer,
            }
            extras.whole.form.insert(format!("{name}-metadata"), metadata.clone());
            extras
                .whole
                .kept
                .extend(metadata.get("worker-feedback").map(|said| (format!("{name} worker-feedback"), said.clone())));
        }
        if !main.is_empty() {
            record.answers.insert(0, crate::SourcedAnswer::new("import", main));
        }
        record.metadata = object.into_iter().collect();
        record.extras = extras.boxed();
        Ok(record)
    }

    fn attribute(
        &mut self,
        name: &str,
        value: &Json,
        metadata: &Json,
        ruler: Option<&Ruler<'_>>,
        record: &mut Record,
        answer: &mut Answer,
    ) -> Result<(), Problem> {
        let kind = metadata.get("type").and_then(Json::as_str).unwrap_or_default().to_ascii_lowercase();
        let class_of = |id: &Json| -> Option<String> {
            let id = spans::text_of(Some(id))?;
            Some(metadata.get("class-map").and_then(|map| map.get(&id)?.as_str()).map_or(id, str::to_owned))
        };
        let confidence = |list: &str, at: usize| {
            let score = metadata.get(list).and_then(|list| list.get(at)?.get("confidence")?.as_f64());
            score.filter(|score| *score > 0.0 && *score <= 1.0)
        };
        // The name of our own field, where an attribute's name could not be it.
        let field = metadata.get("field").and_then(Json::as_str).unwrap_or(name).to_owned();
        let tail = kind.rsplit('/').next().unwrap_or_default();
        match (tail, value) {
            _ if tail.starts_with("point_cloud") || tail.contains("3d") => {
                return Err(("not_read", "labels of point clouds are not read".into()));
            }
            ("video-object-detection" | "video-object-tracking", Json::String(path)) => {
                return self.sequence(path, metadata);
            }
            ("semantic-segmentation", Json::String(path)) => return self.masks(path, metadata, record, answer),
            (_, Json::Object(object)) if object.get("annotations").is_some_and(Json::is_array) => {
                let size = object.get("image_size").and_then(|size| size.get(0));
                let side = |key: &str| {
                    size.and_then(|size| size.get(key)?.as_u64())
                        .and_then(|side| u32::try_from(side).ok())
                        .filter(|side| *side > 0)
                };
                record.size = side("width").zip(side("height")).map(|(width, height)| [width, height]).or(record.size);
                for (at, one) in object.get("annotations").and_then(Json::as_array).into_iter().flatten().enumerate() {
                    let geometry = boxed(one);
                    let class = one.get("class_id").or_else(|| one.get("class-id")).and_then(class_of);
                    match (geometry, class) {
                        (Some(geometry), Some(class)) => {
                            let mut region = labels::region(format!("r{}", answer.regions.len() + 1), class, geometry);
                            region.score = confidence("objects", at);
                            answer.regions.push(region);
                        }
                        _ => self.problems.push((
                            "bad_box",
                            format!(
                                "{name}.annotations[{at}] has class_id, left, top, and a positive width and height"
                            ),
                        )),
                    }
                }
            }
            (_, Json::Object(object)) if object.get("annotations").is_some_and(|one| one.get("entities").is_some()) => {
                let ruler = ruler.ok_or(("no_text", "spans need the text in `source`".to_owned()))?;
                let list = object.get("annotations").and_then(|one| one.get("entities")?.as_array());
                for (at, one) in list.into_iter().flatten().enumerate() {
                    let number = |key: &str| one.get(key).and_then(Json::as_u64);
                    let (Some(start), Some(end), Some(label)) =
                        (number("startOffset"), number("endOffset"), one.get("label").and_then(Json::as_str))
                    else {
                        self.problems
                            .push(("bad_span", format!("{name}.entities[{at}] has label, startOffset and endOffset")));
                        continue;
                    };
                    match ruler.range(start, end) {
                        Ok(range) => {
                            let mut region = labels::region(
                                format!("r{}", answer.regions.len() + 1),
                                label,
                                spans::span(vec![range]),
                            );
                            region.score = confidence("entities", at);
                            answer.regions.push(region);
                        }
                        Err((code, message)) => self.problems.push((code, format!("{name}.entities[{at}]: {message}"))),
                    }
                }
            }
            (_, Json::Array(list)) => {
                let words = list.iter().filter_map(class_of).collect();
                answer.fields.insert(field, Value::List(words));
            }
            (_, Json::Number(_) | Json::String(_)) => {
                let word = metadata
                    .get("class-name")
                    .and_then(Json::as_str)
                    .map(str::to_owned)
                    .or_else(|| spans::text_of(Some(value)));
                answer.fields.extend(word.map(|word| (field, Value::Text(word))));
            }
            (_, other) => match labels::value(other) {
                Some(value) => drop(answer.fields.insert(field, value)),
                None => return Err(("not_read", format!("labels of the type {kind:?} are not known"))),
            },
        }
        Ok(())
    }

    /// A palette picture, or one of colours: an index or a colour a class.
    fn masks(&mut self, path: &str, metadata: &Json, record: &mut Record, answer: &mut Answer) -> Result<(), Problem> {
        let found =
            self.media.find(last_part(path)).ok_or_else(|| ("absent", format!("{} is not there", last_part(path))))?;
        let bytes = text::whole_file(self.view, found).map_err(|error| (error.code, error.message))?;
        let raster = png_mask::decode(&bytes).map_err(|message| ("bad_mask", message))?;
        record.size = Some([raster.width, raster.height]);
        for (index, class) in metadata.get("internal-color-map").and_then(Json::as_object).into_iter().flatten() {
            let name = class.get("class-name").and_then(Json::as_str).unwrap_or(index);
            let color = class.get("hex-color").and_then(Json::as_str).map(labels::rgb);
            let wanted = match color.filter(|_| raster.colors) {
                Some([r, g, b]) => Some(u32::from_be_bytes([0, r, g, b])),
                None => index.parse().ok(),
            };
            let (Some(wanted), false) = (wanted, name == "BACKGROUND") else { continue };
            let (w, h) = (raster.width as usize, raster.height as usize);
            let columns = (0..w).flat_map(|x| (0..h).map(move |y| y * w + x));
            let mask = Mask::from_pixels(
                raster.width,
                raster.height,
                columns.map(|at| raster.values.get(at) == Some(&wanted)),
            );
            if mask.area() > 0 {
                answer.regions.push(labels::region(
                    format!("r{}", answer.regions.len() + 1),
                    name,
                    Geometry::Mask(mask),
                ));
            }
        }
        Ok(())
    }

    fn sequence(&mut self, path: &str, metadata: &Json) -> Result<(), Problem> {
        let found =
            self.media.find(last_part(path)).ok_or_else(|| ("absent", format!("{} is not there", last_part(path))))?;
        let whole: Json = text::json_file(self.view, found).map_err(|error| (error.code, error.message))?;
        let frames =
            whole.get("detection-annotations").or_else(|| whole.get("tracking-annotations")).and_then(Json::as_array);
        let frames =
            frames.ok_or(("malformed", "a sequence has detection-annotations or tracking-annotations".to_owned()))?;
        for (at, frame) in frames.iter().enumerate() {
            let name = frame.get("frame").and_then(Json::as_str).filter(|name| !name.is_empty());
            let name = name.map_or_else(|| format!("frame-{at:06}"), |name| last_part(name).to_owned());
            let mut answer = Answer::default();
            for (number, one) in frame.get("annotations").and_then(Json::as_array).into_iter().flatten().enumerate() {
                let id = one.get("class-id").and_then(|id| spans::text_of(Some(id))).unwrap_or_default();
                let class = metadata.get("class-map").and_then(|map| map.get(&id)?.as_str()).unwrap_or(&id);
                let Some(geometry) = boxed(one) else {
                    self.problems.push(("bad_box", format!("{found}: frame {at}, annotation {number} is no box")));
                    continue;
                };
                let mut region = labels::region(format!("r{}", number + 1), class, geometry);
                for key in ["object-id", "object-name"] {
                    region.attributes.extend(one.get(key).and_then(labels::value).map(|value| (key.to_owned(), value)));
                }
                for (name, value) in
                    one.get("label-category-attributes").and_then(Json::as_object).into_iter().flatten()
                {
                    region.attributes.extend(labels::value(value).map(|value| (name.clone(), value)));
                }
                answer.regions.push(region);
            }
            let data =
                self.media.find(&name).map_or_else(|| Data::Absent(name.clone()), |found| Data::File(found.to_owned()));
            let record =
                Record::new(format!("{}/{name}", found.trim_end_matches(".json")), data, format!("{found}: [{at}]"))
                    .answered(answer);
            self.frames.push(record);
        }
        Ok(())
    }
}

fn boxed(one: &Json) -> Option<Geometry> {
    let n = |key: &str| one.get(key).and_then(Json::as_f64);
    let (x, y, w, h) = (n("left")?, n("top")?, n("width")?, n("height")?);
    (w > 0.0 && h > 0.0).then(|| crate::shapes::upright(x, y, w, h))
}
