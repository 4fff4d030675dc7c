//! Reading VOC.

use super::PART;
use crate::{
    labels,
    media::MediaIndex,
    names::{last_part, region_id, split_ending},
    numbers,
    record::{Data, DirectoryView, Record, RecordError, Settings, Sink, Stop, give, give_schema},
    shapes, text,
    xml::{self, Element},
};
use labelwright_core::{Answer, Geometry, GeometryKind, Relation, Value};
use std::collections::{BTreeMap, BTreeSet, HashMap};

pub fn read(view: &dyn DirectoryView, settings: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let files = view.list();
    if let Some((name, _)) = files.iter().find(|(name, _)| last_part(name) == "labelmap.txt") {
        let names = label_map(view, name).map_err(Stop::Unreadable)?;
        give_schema(sink, labels::class_list(names.iter().map(String::as_str), &[GeometryKind::Box]), None)?;
    }
    let media = MediaIndex::images(view);
    let splits = splits(view, &files);
    let mut seen = BTreeSet::new();
    let corners = settings.options.get("corners");
    for (name, _) in files.iter().filter(|(name, _)| name.ends_with(".xml")) {
        let record = xml::document(view, name).and_then(|root| one(name, &root, &media, corners));
        let record = match record {
            Ok((mut record, problems)) => {
                for problem in problems {
                    give(sink, Err(problem))?;
                }
                record.split = splits.get(split_ending(below(name)).0).cloned();
                if let Data::File(path) = &record.data {
                    seen.insert(path.clone());
                }
                Ok(record)
            }
            Err(error) => Err(error),
        };
        give(sink, record)?;
    }
    for path in media.paths().iter().filter(|path| path.contains("JPEGImages/") && !seen.contains(*path)) {
        let key = path.split_once("JPEGImages/").map_or(path.as_str(), |(_, key)| key);
        let split = splits.get(split_ending(key).0).cloned();
        give(sink, Ok(Record { split, ..Record::new(key, Data::File(path.clone()), path) }))?;
    }
    Ok(())
}

/// The name below the folder of the annotations.
fn below(name: &str) -> &str {
    name.split_once("Annotations/").map_or(name, |(_, rest)| rest)
}

fn label_map(view: &dyn DirectoryView, name: &str) -> Result<Vec<String>, RecordError> {
    let lines = text::list_of_lines(view, name)?;
    let named = lines.iter().filter(|line| !line.starts_with('#'));
    // Names may hold colons: the colour, parts and actions are the last three.
    Ok(named.map(|line| line.rsplitn(4, ':').last().unwrap_or(line).to_owned()).filter(|n| n != "background").collect())
}

fn splits(view: &dyn DirectoryView, files: &[(String, u64)]) -> HashMap<String, String> {
    let mut found = HashMap::new();
    for (name, _) in files.iter().filter(|(name, _)| name.contains("ImageSets/") && name.ends_with(".txt")) {
        let split = split_ending(last_part(name)).0;
        if ["trainval", "default"].contains(&split) {
            continue;
        }
        for line in text::list_of_lines(view, name).unwrap_or_default() {
            // The lists of one class have a second column with -1, 0 or 1.
            if line.split_whitespace().next_back().is_some_and(|word| ["-1", "0", "1"].contains(&word))
                && line.contains(char::is_whitespace)
            {
                break;
            }
            found.entry(line).or_insert_with(|| split.to_owned());
        }
    }
    found
}

fn one(
    name: &str,
    root: &Element,
    media: &MediaIndex,
    corners: Option<&str>,
) -> Result<(Record, Vec<RecordError>), RecordError> {
    if root.name != "annotation" {
        let message = format!("the root element is <{}> and not <annotation>", root.name);
        return Err(RecordError::new(name, "other_kind", message));
    }
    let stem = split_ending(below(name)).0;
    let file_name = root.text_of("filename").filter(|name| !name.is_empty());
    let key = match file_name {
        Some(file) if file.contains('/') => file.to_owned(),
        Some(file) => match stem.rfind('/') {
            Some(end) => format!("{}/{file}", &stem[..end]),
            None => file.to_owned(),
        },
        None => media.find_stem(stem).map_or(format!("{stem}.jpg"), |path| last_part(path).to_owned()),
    };
    let data = media.find(&key).or_else(|| media.find_stem(stem));
    let data = data.map_or_else(|| Data::Absent(key.clone()), |path| Data::File(path.to_owned()));
    let size = root.child("size").and_then(|size| {
        let side = |name| size.number_of(name).filter(|side| *side >= 1.0).map(|side| side as u32);
        Some([side("width")?, side("height")?])
    });
    let classic = match corners {
        Some(named @ ("classic" | "zero-based")) => named == "classic",
        _ => !root.children("object").any(looks_zero_based),
    };
    let (mut answer, mut problems) = (Answer::default(), Vec::new());
    for (number, object) in root.children("object").enumerate() {
        let place = format!("{name}: object[{number}]");
        let add = |element: &Element, place: &str, answer: &mut Answer| {
            let class = element.text_of("name").filter(|class| !class.is_empty());
            let class = class.ok_or_else(|| RecordError::new(place, "no_class", "there is no <name>"))?;
            let geometry = bndbox(element, classic, place)?;
            let id = region_id(answer.regions.len());
            let mut region = labels::region(id.clone(), class, geometry);
            region.attributes = attributes(element);
            answer.regions.push(region);
            Ok(id)
        };
        match add(object, &place, &mut answer) {
            Err(error) => problems.push(error),
            Ok(whole) => {
                for (at, part) in object.children("part").enumerate() {
                    match add(part, &format!("{place}: part[{at}]"), &mut answer) {
                        Err(error) => problems.push(error),
                        Ok(from) => answer.relations.push(Relation {
                            id: format!("p{}", answer.relations.len() + 1),
                            relation: PART.to_owned(),
                            from,
                            to: whole.clone(),
                            attributes: BTreeMap::new(),
                        }),
                    }
                }
            }
        }
    }
    Ok((Record { size, ..Record::new(key, data, name) }.answered(answer), problems))
}

fn looks_zero_based(object: &Element) -> bool {
    let corner = |name: &str| {
        object.child("bndbox").and_then(|b| b.text_of(name)).is_some_and(|text| text.contains('.') || text == "0")
    };
    ["xmin", "ymin", "xmax", "ymax"].into_iter().any(corner) || object.children("part").any(looks_zero_based)
}

fn bndbox(element: &Element, classic: bool, place: &str) -> Result<Geometry, RecordError> {
    let bad = |message: &str| RecordError::new(place, "bad_box", message);
    let corners = element.child("bndbox").ok_or_else(|| bad("there is no <bndbox>"))?;
    let corner = |name: &str| {
        let number = corners.text_of(name).and_then(numbers::parse);
        number.ok_or_else(|| bad(&format!("<{name}> is no number")))
    };
    let (left, top, right, bottom) = (corner("xmin")?, corner("ymin")?, corner("xmax")?, corner("ymax")?);
    let inside = f64::from(u8::from(classic));
    let (width, height) = (right - left + inside, bottom - top + inside);
    if width <= 0.0 || height <= 0.0 {
        return Err(bad("a box has a positive size"));
    }
    Ok(shapes::upright(left - inside, top - inside, width, height))
}

fn attributes(object: &Element) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    for flag in ["difficult", "truncated", "occluded"] {
        if object.number_of(flag).is_some_and(|value| value != 0.0) {
            found.insert(flag.to_owned(), Value::Boolean(true));
        }
    }
    if let Some(pose) = object.text_of("pose").filter(|pose| !pose.is_empty() && *pose != "Unspecified") {
        found.insert("pose".to_owned(), Value::Text(pose.to_owned()));
    }
    if let Some(actions) = object.child("actions") {
        let done = actions.children.iter().filter(|action| crate::numbers::parse(&action.text) == Some(1.0));
        let done: Vec<String> = done.map(|action| action.name.clone()).collect();
        if !done.is_empty() {
            found.insert("actions".to_owned(), Value::List(done));
        }
    }
    for attribute in object.child("attributes").into_iter().flat_map(|all| all.children("attribute")) {
        let (Some(name), Some(value)) = (attribute.child("name"), attribute.child("value")) else { continue };
        found.insert(name.text.clone(), labels::from_text(&value.text, attribute.text_of("kind")));
    }
    found
}
