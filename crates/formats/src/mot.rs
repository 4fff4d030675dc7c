//! MOT Challenge (A. Milan et al., 2016): boxes of tracks in the frames of a video, one line a frame and object. Frames
//! and pixels count from 1. Every frame of a track is written; when reading, frames that lie on the straight line between
//! others are left out again.

use crate::{
    carries::{Carries, ClassList, ClassText},
    labels,
    names::{Stems, region_id, split_ending},
    numbers,
    record::{Data, DirectoryView, Record, RecordError, Sink, Stop, give, give_part_of_schema},
    registry::{Format, Job},
    sink::ArchiveSink,
    text,
};
use labelwright_core::{
    Answer, Geometry, GeometryKind, LabelSchema, Modality,
    geometry::{BoxShape, Keyframe, Track},
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

/// Most frames between two rows of a track that are filled when writing.
const FRAMES_MAXIMUM: u32 = 10_000_000;

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let files: Vec<String> = view.list().into_iter().map(|(name, _)| name).collect();
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
        let mut tracks: BTreeMap<i64, (String, Frames)> = BTreeMap::new();
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
                    match frames.insert(frame, (shape, occluded)) {
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
            let geometry = Geometry::Track(Track { keyframes: thinned(&frames) });
            answer.regions.push(labels::region(region_id(answer.regions.len()), class, geometry));
        }
        let key = info.get("name").cloned().unwrap_or_else(|| folder.trim_end_matches('/').to_owned());
        let side = |key: &str| info.get(key).and_then(|side| side.parse::<u32>().ok()).filter(|side| *side > 0);
        let data = if view.list_size(&key).is_some() { Data::File(key.clone()) } else { Data::Absent(key.clone()) };
        let mut record = Record::new(key, data, *name).answered(answer);
        record.size = side("imWidth").and_then(|width| Some([width, side("imHeight")?]));
        give(sink, Ok(record))?;
    }
    Ok(())
}

/// The box in each frame, and whether it is occluded there.
type Frames = BTreeMap<u32, (BoxShape, bool)>;

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

/// Keyframes for all frames: what lies on the line between its neighbours is left out, a gap ends with `outside`.
fn thinned(frames: &Frames) -> Vec<Keyframe> {
    let keyframe = |frame: u32, outside: bool, (shape, occluded): &(BoxShape, bool)| Keyframe {
        frame,
        outside,
        occluded: *occluded,
        geometry: Box::new(Geometry::Box(shape.clone())),
    };
    let all: Vec<(u32, &(BoxShape, bool))> = frames.iter().map(|(frame, state)| (*frame, state)).collect();
    let mut kept: Vec<Keyframe> = Vec::new();
    let mut from = 0;
    for at in 0..all.len() {
        let (frame, state) = all[at];
        let gap_before = at == 0 || all[at - 1].0 + 1 < frame;
        if gap_before {
            if let Some((last, state)) = at.checked_sub(1).map(|before| all[before]) {
                kept.push(keyframe(last + 1, true, &(state.0.clone(), false)));
            }
            from = at;
        }
        let next = all.get(at + 1).filter(|(next, _)| *next == frame + 1);
        let on_line = next.is_some_and(|(_, next)| {
            at > from && state.1 == all[at - 1].1.1 && state.1 == next.1 && middle(&all[at - 1].1.0, &next.0, &state.0)
        });
        if !on_line {
            kept.push(keyframe(frame, false, state));
        }
    }
    kept
}

fn middle(before: &BoxShape, after: &BoxShape, between: &BoxShape) -> bool {
    let near = |a: f64, b: f64, c: f64| ((a + b) / 2.0 - c).abs() < 1e-7;
    near(before.x, after.x, between.x)
        && near(before.y, after.y, between.y)
        && near(before.width, after.width, between.width)
        && near(before.height, after.height, between.height)
}

/// Calls `with` for each frame in which the track is seen, with its box there and whether it is occluded.
fn each_frame(track: &Track, mut with: impl FnMut(u32, BoxShape, bool)) -> bool {
    let shape = |keyframe: &Keyframe| match keyframe.geometry.as_ref() {
        Geometry::Box(shape) => Some(shape.clone()),
        _ => None,
    };
    let mut whole = true;
    for (index, keyframe) in track.keyframes.iter().enumerate() {
        let Some(start) = shape(keyframe) else {
            whole = false;
            continue;
        };
        if keyframe.outside {
            continue;
        }
        with(keyframe.frame, start.clone(), keyframe.occluded);
        let Some(next) = track.keyframes.get(index + 1) else { continue };
        let end = shape(next).filter(|_| !next.outside).unwrap_or_else(|| start.clone());
        let length = f64::from(next.frame.saturating_sub(keyframe.frame));
        for frame in (keyframe.frame + 1..next.frame).take(FRAMES_MAXIMUM as usize) {
            let share = f64::from(frame - keyframe.frame) / length;
            let mix = |a: f64, b: f64| a + (b - a) * share;
            let between = BoxShape {
                x: mix(start.x, end.x),
                y: mix(start.y, end.y),
                width: mix(start.width, end.width),
                height: mix(start.height, end.height),
            };
            with(frame, between, keyframe.occluded);
        }
    }
    whole
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
            let whole = each_frame(track, |frame, shape, occluded| {
                last = last.max(frame + 1);
                let mut row = format!("{},{}", frame + 1, number + 1).into_bytes();
                for number in [shape.x + 1.0, shape.y + 1.0, shape.width, shape.height] {
                    row.push(b',');
                    numbers::push(&mut row, number);
                }
                row.extend_from_slice(format!(",1,{},{}\n", class + 1, u8::from(!occluded)).as_bytes());
                rows.push((frame, number, row));
            });
            if !whole {
                job.losses.add("geometry", "a track of other things than boxes has no place in the format", &item.key);
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
        write!(out, "[Sequence]\nname={name}\nimDir=img1\nseqLength={last}\n")?;
        if let Some([width, height]) = item.size {
            write!(out, "imWidth={width}\nimHeight={height}\n")?;
        }
        if let Some(source) = &item.media {
            out.media(&name, source)?;
        }
    }
    Ok(())
}
