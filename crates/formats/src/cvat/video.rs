//! CVAT for video: a file a video, a track an object. Only keyframes say something; what lies between them is worked
//! out again. A track goes on until a keyframe says that it is outside, so one is written behind the last, and the last
//! shape is read as a keyframe whatever it says. Immutable attributes are those of a track's first shape; mutable ones
//! change at keyframes.

use super::{meta, reading::own_attributes, shapes, writing::push_attributes};
use crate::{
    labels,
    media::MediaIndex,
    names::{Stems, region_id, split_ending},
    record::{Data, DirectoryView, Record, RecordError, Settings, Sink, Stop, give, give_part_of_schema},
    registry::Job,
    sink::ArchiveSink,
    xml::{self, Element, push_attribute, push_element, push_number},
};
use labelwright_core::{
    Answer, Geometry, GeometryKind, LabelSchema, Modality, Region, Value,
    geometry::{Keyframe, Track},
};
use std::{collections::BTreeMap, io};

pub fn read(view: &dyn DirectoryView, _: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let media = MediaIndex::videos(view);
    let files: Vec<String> = view.list().into_iter().map(|(n, _)| n).filter(|name| name.ends_with(".xml")).collect();
    let alone = files.len() == 1;
    for name in files {
        let (mut schema, mut size, mut source) = (None, None, None);
        let mut answer = Answer::default();
        xml::each_child(view, &name, |_, number, element| match element.name.as_str() {
            "meta" => {
                let mut found = meta::read(&element, Modality::Video);
                // What the types of the labels name are the shapes of which tracks are made.
                found.classes.iter_mut().for_each(|class| class.geometry = vec![GeometryKind::Track]);
                schema = Some(found.clone());
                size = find(&element, "original_size").and_then(|size| {
                    let side = |name| size.number_of(name).filter(|side| *side >= 1.0).map(|side| side as u32);
                    Some([side("width")?, side("height")?])
                });
                source = find(&element, "source").map(|source| source.text.trim().to_owned()).filter(|s| !s.is_empty());
                give_part_of_schema(sink, found, None, alone)
            }
            "track" => {
                let place = format!("{name}: track[{number}]");
                match track(&element, answer.regions.len(), schema.as_ref(), size) {
                    Ok((region, changing)) => {
                        answer.regions.push(region);
                        if changing {
                            let message = "an attribute that is not mutable changes within the track: it is read as it is at its start";
                            give(sink, Err(RecordError::new(place, "not_read", message)))?;
                        }
                        Ok(())
                    }
                    Err((code, message)) => give(sink, Err(RecordError::new(place, code, message))),
                }
            }
            _ => Ok(()),
        })?;
        let stem = split_ending(&name).0;
        let key = source.clone().unwrap_or_else(|| format!("{stem}.mp4"));
        let data = media.find(&key).map_or_else(|| Data::Absent(key.clone()), |path| Data::File(path.to_owned()));
        give(sink, Ok(Record { size, ..Record::new(key, data, &name) }.answered(answer)))?;
    }
    Ok(())
}

fn find<'a>(element: &'a Element, name: &str) -> Option<&'a Element> {
    element.child(name).or_else(|| element.children.iter().find_map(|child| find(child, name)))
}

fn track(
    element: &Element,
    number: usize,
    schema: Option<&LabelSchema>,
    size: Option<[u32; 2]>,
) -> Result<(Region, bool), shapes::Problem> {
    let label = element.attribute("label").ok_or_else(|| ("no_class", "a track has a label".to_owned()))?;
    let class = schema.and_then(|schema| schema.class(label));
    let skeleton = class.and_then(|class| class.skeleton.as_ref());
    let mutable =
        |name: &str| class.is_some_and(|class| class.attributes.iter().any(|field| field.mutable && field.id == name));
    let (mut keyframes, mut first, mut changing) = (Vec::<Keyframe>::new(), None, false);
    let mut values: BTreeMap<String, Value> = BTreeMap::new();
    let last = element.children.len().saturating_sub(1);
    for (at, shape) in element.children.iter().enumerate() {
        if shape.attribute("keyframe") == Some("0") && (at != last || at == 0) {
            continue;
        }
        let frame = shape.number("frame").filter(|frame| frame.fract() == 0.0 && (0.0..4e9).contains(frame));
        let frame = frame.ok_or_else(|| ("bad_shape", "a shape of a track has a frame".to_owned()))? as u32;
        if keyframes.last().is_some_and(|last| last.frame >= frame) {
            return Err(("bad_track", format!("frame {frame} comes after a later one")));
        }
        let own = own_attributes(shape, class);
        let mut changed = BTreeMap::new();
        if first.is_some() {
            for (name, value) in &own {
                if values.get(name) == Some(value) {
                    continue;
                }
                if mutable(name) {
                    changed.insert(name.clone(), value.clone());
                } else {
                    changing = true;
                }
            }
        }
        keyframes.push(Keyframe {
            outside: shape.attribute("outside") == Some("1"),
            occluded: shape.attribute("occluded") == Some("1"),
            attributes: changed,
            ..Keyframe::new(frame, shapes::read(shape, skeleton, size)?)
        });
        values.extend(own.clone());
        first.get_or_insert(own);
    }
    if keyframes.is_empty() {
        return Err(("bad_track", "a track has keyframes".into()));
    }
    let mut region = labels::region(region_id(number), label, Geometry::Track(Track { keyframes }));
    region.attributes = first.unwrap_or_default();
    Ok((region, changing))
}

pub fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let schema = job.head.schema;
    let (classes, mut stems) = (job.head.class_indices(), Stems::default());
    let mut text = Vec::new();
    for item in job.items {
        let name = stems.name("", &item.key, job.losses);
        text.clear();
        let mut extra = Vec::new();
        if let Some([width, height]) = item.size {
            let size = format!("<original_size><width>{width}</width><height>{height}</height></original_size>");
            extra.extend_from_slice(size.as_bytes());
        }
        push_element(&mut extra, "source", &name);
        if let Some(frames) = item.frames {
            push_element(&mut extra, "size", &frames.count.to_string());
            push_element(&mut extra, "start_frame", "0");
            push_element(&mut extra, "stop_frame", &frames.count.saturating_sub(1).to_string());
        }
        meta::write(schema, job.head.project, &String::from_utf8_lossy(&extra), &mut text);
        for (number, region) in item.regions().enumerate() {
            let class = classes.get(region.class.as_str()).and_then(|at| schema.classes.get(*at));
            let Geometry::Track(track) = &region.geometry else { continue };
            text.extend_from_slice(b"  <track");
            push_number(&mut text, "id", number as f64);
            push_attribute(&mut text, "label", &region.class);
            push_attribute(&mut text, "source", "manual");
            text.extend_from_slice(b">\n");
            let skeleton = class.and_then(|class| class.skeleton.as_ref());
            let end = end_of(track, item.frames.map(|frames| frames.count));
            for keyframe in track.keyframes.iter().chain(&end) {
                let Some(written) = shapes::write(&keyframe.geometry, skeleton) else {
                    job.losses.add("geometry", "a keyframe of this kind has no place in the format", &item.key);
                    continue;
                };
                text.extend_from_slice(b"    <");
                text.extend_from_slice(written.name.as_bytes());
                push_number(&mut text, "frame", f64::from(keyframe.frame));
                push_attribute(&mut text, "keyframe", "1");
                push_attribute(&mut text, "outside", if keyframe.outside { "1" } else { "0" });
                push_attribute(&mut text, "occluded", if keyframe.occluded { "1" } else { "0" });
                text.extend_from_slice(&written.attributes);
                push_number(&mut text, "z_order", 0.0);
                text.push(b'>');
                text.extend_from_slice(&written.children);
                push_attributes(&track.attributes_at(keyframe.frame, &region.attributes), class, &mut text);
                text.extend_from_slice(b"</");
                text.extend_from_slice(written.name.as_bytes());
                text.extend_from_slice(b">\n");
            }
            text.extend_from_slice(b"  </track>\n");
        }
        text.extend_from_slice(b"</annotations>\n");
        out.begin(&format!("{}.xml", split_ending(&name).0))?;
        out.write_all(&text)?;
        if let Some(source) = &item.media {
            out.media(&name, source)?;
        }
    }
    Ok(())
}

/// The keyframe behind a track that ends before the video does.
fn end_of(track: &Track, frames: Option<u32>) -> Option<Keyframe> {
    let last = track.keyframes.last().filter(|last| !last.outside)?;
    let frame = last.frame.checked_add(1).filter(|frame| frames.is_none_or(|frames| *frame < frames))?;
    Some(Keyframe { outside: true, ..Keyframe::new(frame, (*last.geometry).clone()) })
}
