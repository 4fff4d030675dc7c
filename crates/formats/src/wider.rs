//! WIDER Face (S. Yang et al., 2016): one list a part of the dataset with, for each picture, its name, the count of its
//! faces, and a line a face. A picture without faces has one line of zeros.

use crate::{
    carries::{Carries, ClassList, Kind, Names},
    labels,
    media::{self, MediaIndex},
    names::{folder, last_part, region_id},
    numbers,
    record::{Data, DirectoryView, Record, RecordError, Sink, Stop, give, give_schema},
    registry::{Format, Job},
    shapes,
    sink::{ArchiveSink, Scratch, append},
    text,
};
use labelwright_core::{Answer, Geometry, GeometryKind, Region, Value};
use std::{
    collections::BTreeMap,
    io::{self, Write},
};

const COLUMNS: [&str; 6] = ["blur", "expression", "illumination", "invalid", "occlusion", "pose"];

pub const FORMAT: Format = Format {
    id: "wider-face",
    title: "WIDER Face",
    carries: Carries {
        words: "images with boxes of faces",
        geometry: &[GeometryKind::Box],
        attributes: Names::Only(&[
            ("blur", Kind::Integer),
            ("expression", Kind::Integer),
            ("illumination", Kind::Integer),
            ("invalid", Kind::Integer),
            ("occlusion", Kind::Integer),
            ("pose", Kind::Integer),
        ]),
        splits: true,
        classes: ClassList::None,
        ..Carries::IMAGES
    },
    sniff: |view| {
        let fits = |name: &str| last_part(name).starts_with("wider_face_") && name.ends_with("_bbx_gt.txt");
        f64::from(u8::from(view.list().iter().any(|(name, _)| fits(name)))) * 0.98
    },
    read: Some(|view, _, sink| read(view, sink)),
    write: Some(write),
    ..Format::NEW
};

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
    give_schema(sink, labels::class_list(["face"], &[GeometryKind::Box]), None)?;
    let media = MediaIndex::images(view);
    let lists = view.list().into_iter().map(|(name, _)| name);
    for name in lists.filter(|name| name.ends_with("_bbx_gt.txt")) {
        let split = last_part(&name).strip_prefix("wider_face_").and_then(|rest| rest.strip_suffix("_bbx_gt.txt"));
        let split = split.filter(|split| *split != "default").map(str::to_owned);
        let mut state = State { current: None, rest: None };
        text::each_line(view, &name, |number, line| {
            let place = format!("{name}:{number}");
            match line {
                Err(error) => give(sink, Err(error)),
                Ok(line) => state.line(line, place, view, &media, split.as_deref(), sink),
            }
        })?;
        state.finish(sink)?;
    }
    Ok(())
}

struct State {
    current: Option<(Record, Answer)>,
    /// Faces that are still to come; None before the count.
    rest: Option<u64>,
}

impl State {
    fn line(
        &mut self,
        line: &str,
        place: String,
        view: &dyn DirectoryView,
        media: &MediaIndex,
        split: Option<&str>,
        sink: &mut Sink<'_>,
    ) -> Result<(), Stop> {
        if line.trim().is_empty() {
            return Ok(());
        }
        if self.current.is_some() && self.rest.is_none() {
            return match line.trim().parse::<u64>() {
                // A picture without faces has a line all the same.
                Ok(count) => {
                    self.rest = Some(count.max(1));
                    Ok(())
                }
                Err(_) => {
                    self.current = None;
                    give(sink, Err(RecordError::new(place, "bad_line", "the count of faces was expected")))
                }
            };
        }
        if let (Some((_, answer)), Some(rest)) = (&mut self.current, &mut self.rest)
            && *rest > 0
        {
            *rest -= 1;
            match face(line, answer.regions.len()) {
                Ok(region) => answer.regions.extend(region),
                Err((code, message)) => give(sink, Err(RecordError::new(place, code, message)))?,
            }
            if *rest > 0 {
                return Ok(());
            }
            return self.finish(sink);
        }
        self.finish(sink)?;
        let key = line.trim_end();
        let mut record = Record::new(key, media.data(key), place);
        record.split = split.map(str::to_owned);
        if let Data::File(path) = &record.data {
            record.size = media::image_size(view, path);
        }
        (self.current, self.rest) = (Some((record, Answer::default())), None);
        Ok(())
    }

    fn finish(&mut self, sink: &mut Sink<'_>) -> Result<(), Stop> {
        self.rest = None;
        match self.current.take() {
            Some((record, answer)) => give(sink, Ok(record.answered(answer))),
            None => Ok(()),
        }
    }
}

/// None for a line of zeros.
fn face(line: &str, number: usize) -> Result<Option<Region>, (&'static str, String)> {
    let columns = numbers::parse_all(line.split_ascii_whitespace());
    let columns = columns.filter(|columns| columns.len() == 10 || columns.len() == 4);
    let columns = columns.ok_or_else(|| ("bad_line", "a face has 10 numbers".to_owned()))?;
    if columns.iter().all(|number| *number == 0.0) {
        return Ok(None);
    }
    if columns[2] <= 0.0 || columns[3] <= 0.0 {
        return Err(("bad_box", "a box has a positive size".into()));
    }
    let geometry = shapes::upright(columns[0], columns[1], columns[2], columns[3]);
    let mut region = labels::region(region_id(number), "face", geometry);
    for (name, value) in COLUMNS.into_iter().zip(columns.iter().skip(4)).filter(|(_, value)| **value != 0.0) {
        region.attributes.insert(name.to_owned(), Value::Number(*value));
    }
    Ok(Some(region))
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let mut lists: BTreeMap<String, Box<dyn Scratch>> = BTreeMap::new();
    let mut names = crate::names::Stems::default();
    for item in job.items {
        let split = folder(item.split.as_deref().unwrap_or("default"));
        let name = names.name(&split, &item.key, job.losses);
        if let Some(source) = &item.media {
            out.media(&format!("WIDER_{split}/images/{name}"), source)?;
        }
        let list = match lists.entry(split) {
            std::collections::btree_map::Entry::Occupied(list) => list.into_mut(),
            std::collections::btree_map::Entry::Vacant(place) => place.insert(out.scratch()?),
        };
        let mut bytes = format!("{name}\n{}\n", item.regions().count()).into_bytes();
        for region in item.regions() {
            let Geometry::Box(shape) = &region.geometry else { continue };
            let attribute = |name: &str| match region.attributes.get(name) {
                Some(Value::Number(number)) => *number,
                _ => 0.0,
            };
            let columns = [shape.x, shape.y, shape.width, shape.height].into_iter().chain(COLUMNS.map(attribute));
            for (index, number) in columns.enumerate() {
                if index > 0 {
                    bytes.push(b' ');
                }
                numbers::push(&mut bytes, number);
            }
            bytes.push(b'\n');
        }
        if item.regions().next().is_none() {
            bytes.extend_from_slice(b"0 0 0 0 0 0 0 0 0 0\n");
        }
        list.write_all(&bytes)?;
    }
    for (split, list) in lists {
        out.begin(&format!("wider_face_split/wider_face_{split}_bbx_gt.txt"))?;
        append(out, list)?;
    }
    Ok(())
}
