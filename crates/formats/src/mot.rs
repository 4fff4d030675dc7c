//! MOT Challenge (A. Milan et al., 2016): boxes of tracks in the frames of a video, one line a frame and object. Frames
//! and pixels count from 1. Every frame of a track is written; when reading, frames that lie on the straight line between
//! others are left out again.

use crate::{
    carries::{Carries, ClassList, ClassText},
    labels,
    media::MediaIndex,
    names::{Stems, region_id, split_ending},
    numbers,
    record::{Data, DirectoryView, Record, RecordError, Sink, Stop, give, give_part_of_schema},
    registry::{Format, Job},
    sink::ArchiveSink,
    text, tracks,
};
use labelwright_core::{
    Answer, Geometry, GeometryKind, LabelSchema, Modality,
    geometry::{BoxShape, Track},
};
use std::{collections::BTreeMap, io};

pub const FORMAT: Format = Format {
    id: "mot",
    title: "MOT Challenge",
    carries: Carries {
        words: "videos with tracks of boxes",
        modalities: &[Modality::Video],
        geometry: &[GeometryKind::Track],
        classes: ClassList::All,
        class_text: ClassText::Line,
        precision: 1e-6,
        sizes: true,
        ..Carries::IMAGES
    },
    sniff: |view| {
        let found = view.list().iter().any(|(name, _)| name.ends_with("gt/gt.txt"));
        f64::from(u8::from(found)) * 0.97
    },
    read: Some(|view, _, sink| read(view, sink)),
    write: Some(write),
    ..Format::NEW
};

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let files: Vec<String> = view.list().into_iter().map(|(name, _)| name).collect();
    let media = MediaIndex::videos(view);
    let sequences: Vec<&String> = files.iter().filter(|name| name.ends_with("gt/gt.txt")).collect();
    for name in &sequences {
        let folder = name.strip_suffix("gt/gt.txt").unwrap_or_default();
        let list = format!("{folder}gt/labels.txt");
        let classes = if view.list_size(&list).is_some() {
            let classes = text::list_of_lines(view, &list).map_err(Stop::Unreadable)?;
            let schema = labels::class_list(classes.iter().map(String::as_str), &[GeometryKind::Track]);
            let schema = LabelSchema { modality: Modality::Video, ..schema };
            give_part_of_schema(sink, schema, None, sequences.len() == 1)?;
            classes
        } else {
            Vec::new()
        };
        let mut tracks: BTreeMap<i64, (String, tracks::Frames)> = BTreeMap::new();
        text::each_line(view, name, |number, line| {
            let place = || format!("{name}:{number}");
            let row = match line {
                Ok(line) if line.trim().is_empty() => return Ok(()),
                Ok(line) => row(line, &classes),
                Err(error) => return give(sink, Err(error)),
            };
            match row {
                Ok(None) => Ok(()),
                Ok(Some((frame, track, class, shape, occluded))) => {
                    let (_, frames) = tracks.entry(track).or_insert_with(|| (class, BTreeMap::new()));
                    match frames.insert(frame, (Geometry::Box(shape), occluded)) {
                        None => Ok(()),
                        Some(_) => {
                            let message = format!("track {track} is in frame {} twice", frame + 1);
                            give(sink, Err(RecordError::new(place(), "duplicate_id", message)))
                        }
                    }
                }
                Err((code, message)) => give(sink, Err(RecordError::new(place(), code, message))),
            }
        })?;
        let info = info(view, &format!("{folder}seqinfo.ini"));
        let mut answer = Answer::default();
        for (class, frames) in tracks.into_values() {
            let geometry = Geometry::Track(Track { keyframes: tracks::thinned(&frames) });
            answer.regions.push(labels::region(region_id(answer.regions.len()), class, geometry));
        }
        let key = info.get("name").cloned().unwrap_or_else(|| folder.trim_end_matches('/').to_owned());
        let side = |key: &str| info.get(key).and_then(|side| side.parse::<u32>().ok()).filter(|side| *side > 0);
        let data = media.find(&key).or_else(|| media.find_stem(&key));
        let pictures = format!("{folder}{}/", info.get("imDir").map_or("img1", String::as_str));
        let mut frames: Vec<String> =
            files.iter().filter(|name| name.starts_with(&pictures) && crate::media::is_image(name)).cloned().collect();
        let rate = info.get("frameRate").and_then(|rate| numbers::parse(rate)).filter(|rate| *rate > 0.0);
        let data = match data {
            Some(path) => Data::File(path.to_owned()),
            None if frames.is_empty() => Data::Absent(key.clone()),
            None => {
                crate::files::in_order(&mut frames);
                Data::Frames { files: frames, per_second: rate.unwrap_or(25.0) }
            }
        };
        let mut record = Record::new(key, data, *name).answered(answer);
        record.size = side("imWidth").and_then(|width| Some([width, side("imHeight")?]));
        give(sink, Ok(record))?;
    }
    Ok(())
}

type Row = (u32, i64, String, BoxShape, bool);

/// None for a row that is to be ignored.
fn row(line: &str, classes: &[String]) -> Result<Option<Row>, (&'static str, String)> {
    let columns = numbers::parse_all(line.split(','));
    let columns = columns.filter(|columns| columns.len() >= 6);
    let columns =
        columns.ok_or_else(|| ("bad_line", "a row has frame, id, left, top, width, height, ...".to_owned()))?;
    let column = |at: usize, otherwise: f64| columns.get(at).copied().unwrap_or(otherwise);
    let (frame, track) = (columns[0], columns[1]);
    if frame.fract() != 0.0 || !(1.0..4e9).contains(&frame) || track.fract() != 0.0 || track.abs() > 1e15 {
        return Err(("bad_line", "a row has a frame from 1 on and the number of a track".into()));
    }
    if columns[4] <= 0.0 || columns[5] <= 0.0 {
        return Err(("bad_box", "a box has a positive size".into()));
    }
    if column(6, 1.0) == 0.0 {
        return Ok(None);
    }
    let class = column(7, 1.0);
    let class = match classes.get((class - 1.0).max(0.0) as usize) {
        Some(name) => name.clone(),
        None if classes.is_empty() => format!("class_{class}"),
        None => return Err(("unknown_class", format!("there is no class with the number {class}"))),
    };
    let shape = BoxShape { x: columns[2] - 1.0, y: columns[3] - 1.0, width: columns[4], height: columns[5] };
    Ok(Some((frame as u32 - 1, track as i64, class, shape, column(8, 1.0) == 0.0)))
}

fn info(view: &dyn DirectoryView, name: &str) -> BTreeMap<String, String> {
    let lines = text::list_of_lines(view, name).unwrap_or_default();
    lines
        .iter()
        .filter_map(|line| line.split_once('='))
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let (classes, mut stems) = (job.head.class_indices(), Stems::default());
    for item in job.items {
        let name = stems.name("", &item.key, job.losses);
        let stem = split_ending(&name).0;
        let (mut rows, mut last) = (Vec::new(), 0);
        for (number, region) in item.regions().enumerate() {
            let (Geometry::Track(track), Some(class)) = (&region.geometry, classes.get(region.class.as_str())) else {
                continue;
            };
            let (mut around, mut empty) = (false, false);
            tracks::each_frame(track, |frame, seen| {
                around |= !matches!(*seen.geometry, Geometry::Box(_));
                let Some(shape) = seen.geometry.bounds().filter(|bounds| bounds.area() > 0.0) else {
                    empty = true;
                    return;
                };
                last = last.max(frame + 1);
                let mut row = format!("{},{}", frame + 1, number + 1).into_bytes();
                for number in [shape.left + 1.0, shape.top + 1.0, shape.width(), shape.height()] {
                    row.push(b',');
                    numbers::push(&mut row, number);
                }
                row.extend_from_slice(format!(",1,{},{}\n", class + 1, u8::from(!seen.occluded)).as_bytes());
                rows.push((frame, number, row));
            });
            if around {
                job.losses.add("geometry", "a track of other shapes becomes one of the boxes around them", &item.key);
            }
            if empty {
                job.losses.add("values", "a shape without an area has no box", &item.key);
            }
        }
        rows.sort_by_key(|(frame, number, _)| (*frame, *number));
        out.begin(&format!("{stem}/gt/gt.txt"))?;
        for (_, _, row) in rows {
            out.write_all(&row)?;
        }
        out.begin(&format!("{stem}/gt/labels.txt"))?;
        for class in &job.head.schema.classes {
            writeln!(out, "{}", class.id)?;
        }
        out.begin(&format!("{stem}/seqinfo.ini"))?;
        let length = item.frames.map_or(last, |frames| frames.count);
        write!(out, "[Sequence]\nname={name}\nimDir=img1\nseqLength={length}\n")?;
        if let Some(frames) = item.frames {
            writeln!(out, "frameRate={}", frames.per_second)?;
        }
        if let Some([width, height]) = item.size {
            write!(out, "imWidth={width}\nimHeight={height}\n")?;
        }
        if let Some(source) = &item.media {
            out.media(&name, source)?;
        }
    }
    Ok(())
}
