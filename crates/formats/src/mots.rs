//! MOTS (P. Voigtlaender et al., 2019): masks of tracks in the frames of a video, a text file a sequence, a line a frame
//! and object: `frame id class height width runs`, where the number of an object is class * 1000 + instance and the runs
//! are COCO's compressed ones. Class 10 (with object 10000) is a region to be ignored. `labels.txt` has a class a line.

mod png;

pub use png::PNG;

use crate::{
    carries::{Carries, ClassList, ClassText},
    labels,
    media::MediaIndex,
    names::{Stems, last_part, region_id},
    options::{FormatOption, Options, Way},
    record::{Data, DirectoryView, Head, Record, RecordError, Settings, Sink, Stop, give, give_schema},
    registry::{Format, Job},
    sink::ArchiveSink,
    text, tracks,
};
use labelwright_core::{
    Answer, Geometry, GeometryKind, LabelSchema, Modality,
    geometry::{Mask, Track},
};
use std::{collections::BTreeMap, io};

const FOLDER: &str = "instances_txt/";
/// The list of classes, in the folder of the labels.
const LIST: &str = "labels.txt";
/// Objects of one class.
const INSTANCES: u32 = 1000;
/// Most frames between two keyframes that are filled when writing.
const FRAMES_MAXIMUM: u32 = 1_000_000;
const CARRIES: Carries = Carries {
    words: "videos with tracks of masks",
    modalities: &[Modality::Video],
    geometry: &[GeometryKind::Track],
    classes: ClassList::All,
    class_text: ClassText::Line,
    empty_items: false,
    ..Carries::IMAGES
};

const OPTIONS: &[FormatOption] = &[FormatOption {
    key: "first_frame",
    help: "the number of the first frame: 0 in KITTI MOTS, 1 in the MOTS Challenge",
    values: &["0", "1"],
    way: Way::Both,
}];

fn first_frame(options: &Options) -> u32 {
    u32::from(options.is("first_frame", "1"))
}

pub const FORMAT: Format = Format {
    id: "mots",
    title: "MOTS text",
    carries: CARRIES,
    options: OPTIONS,
    sniff: |view| {
        let files = view.list();
        let texts = files.iter().map(|(name, _)| name.as_str()).filter(|name| name.ends_with(".txt"));
        let fits = |name: &str| {
            let start = text::start_of(view, name, 1 << 16);
            start.lines().next().and_then(mask_of).is_some()
        };
        if files.iter().any(|(name, _)| name.contains(FOLDER)) || texts.take(20).any(fits) { 0.9 } else { 0.0 }
    },
    read: Some(read),
    write: Some(write),
    ..Format::NEW
};

/// The classes, which are given as the schema too.
fn classes(view: &dyn DirectoryView, files: &[String], sink: &mut Sink<'_>) -> Result<Vec<String>, Stop> {
    let classes = match files.iter().find(|name| last_part(name) == LIST) {
        Some(name) => text::list_of_lines(view, name).map_err(Stop::Unreadable)?,
        // The classes of the challenge.
        None => vec!["car".to_owned(), "pedestrian".to_owned()],
    };
    let schema = labels::class_list(classes.iter().map(String::as_str), &[GeometryKind::Track]);
    give_schema(sink, LabelSchema { modality: Modality::Video, ..schema }, None)?;
    Ok(classes)
}

/// The record of a video with its tracks: of each its class and its masks by frame.
fn video(
    view: &dyn DirectoryView,
    key: &str,
    place: &str,
    size: Option<[u32; 2]>,
    objects: impl IntoIterator<Item = (String, BTreeMap<u32, Mask>)>,
) -> Record {
    let media = MediaIndex::videos(view);
    let data = media.find(key).or_else(|| media.find_stem(key));
    let data = data.map_or_else(|| Data::Absent(key.to_owned()), |path| Data::File(path.to_owned()));
    let mut answer = Answer::default();
    for (class, frames) in objects {
        let frames = frames.into_iter().map(|(frame, mask)| (frame, (Geometry::Mask(mask), false))).collect();
        let geometry = Geometry::Track(Track { keyframes: tracks::thinned(&frames) });
        answer.regions.push(labels::region(region_id(answer.regions.len()), class, geometry));
    }
    Record { size, ..Record::new(key, data, place) }.answered(answer)
}

fn read(view: &dyn DirectoryView, settings: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let files: Vec<String> = view.list().into_iter().map(|(name, _)| name).collect();
    let classes = classes(view, &files, sink)?;
    let first = first_frame(&settings.options);
    let list = files.iter().find(|name| last_part(name) == LIST);
    for name in files.iter().filter(|name| name.ends_with(".txt") && Some(*name) != list) {
        let mut tracks: BTreeMap<u32, (String, BTreeMap<u32, Mask>)> = BTreeMap::new();
        let mut size = None;
        text::each_line(view, name, |number, line| {
            let line = match line {
                Ok(line) if line.trim().is_empty() => return Ok(()),
                Ok(line) => line,
                Err(error) => return give(sink, Err(error)),
            };
            let added = row(line, first, &classes).and_then(|row| {
                let Some(Row { frame, object, class, mask }) = row else { return Ok(()) };
                let own = *size.get_or_insert([mask.width, mask.height]);
                if own != [mask.width, mask.height] {
                    return Err(("bad_mask", "the frames of a video have one size".to_owned()));
                }
                let (_, frames) = tracks.entry(object).or_insert_with(|| (class, BTreeMap::new()));
                match frames.insert(frame, mask) {
                    None => Ok(()),
                    Some(_) => Err(("duplicate_id", format!("object {object} is in frame {} twice", frame + first))),
                }
            });
            match added {
                Ok(()) => Ok(()),
                Err((code, message)) => give(sink, Err(RecordError::new(format!("{name}:{number}"), code, message))),
            }
        })?;
        let stem = name.strip_suffix(".txt").unwrap_or(name);
        let key = stem.rsplit_once(FOLDER).map_or(stem, |(_, key)| key);
        // The folder of a sequence in the challenge: MOTS20-02/gt/gt.txt
        let key = key.strip_suffix("/gt/gt").unwrap_or(key);
        give(sink, Ok(video(view, key, name, size, tracks.into_values())))?;
    }
    Ok(())
}

struct Row {
    frame: u32,
    object: u32,
    class: String,
    mask: Mask,
}

/// None for a region to be ignored.
fn row(line: &str, first: u32, classes: &[String]) -> Result<Option<Row>, (&'static str, String)> {
    let cells: Vec<&str> = line.split_ascii_whitespace().collect();
    let bad = || ("bad_line", "a row has frame, object, class, height, width and runs".to_owned());
    let [frame, object, class, ..] = cells.as_slice() else { return Err(bad()) };
    let whole = |text: &str| text.parse::<u32>().map_err(|_| bad());
    let (frame, object, class) = (whole(frame)?, whole(object)?, whole(class)?);
    if object == 10 * INSTANCES {
        return Ok(None);
    }
    let frame = frame.checked_sub(first).filter(|frame| *frame < u32::MAX).ok_or_else(bad)?;
    let name = class.checked_sub(1).and_then(|at| classes.get(at as usize)).cloned();
    let class = name.ok_or_else(|| ("unknown_class", format!("there is no class with the number {class}")))?;
    let mask = mask_of(line).ok_or_else(|| ("bad_mask", "the runs do not fill the frame".to_owned()))?;
    Ok(Some(Row { frame, object, class, mask }))
}

/// The mask of a row of six cells.
fn mask_of(line: &str) -> Option<Mask> {
    let cells: Vec<&str> = line.split_ascii_whitespace().collect();
    let [frame, object, class, height, width, runs] = cells.as_slice() else { return None };
    let whole = |text: &str| text.parse::<u32>().ok();
    whole(frame).and(whole(object)).and(whole(class))?;
    Mask::from_compressed(whole(width)?, whole(height)?, runs).ok().filter(Mask::is_complete)
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let first = first_frame(job.head.options);
    let (classes, mut stems) = (job.head.class_indices(), Stems::default());
    for item in job.items {
        let name = stems.name("", &item.key, job.losses);
        let mut rows: Vec<(u32, u32, u32, &Mask)> = Vec::new();
        let mut counts: BTreeMap<usize, u32> = BTreeMap::new();
        for region in item.regions() {
            let (Geometry::Track(track), Some(class)) = (&region.geometry, classes.get(region.class.as_str())) else {
                continue;
            };
            let instance = counts.entry(*class).or_default();
            let number = *class as u32 + 1;
            if *instance + 1 >= INSTANCES || number >= 1_000_000 {
                job.losses.add("values", "a class has at most 999 objects in a video", &item.key);
                continue;
            }
            *instance += 1;
            let object = number * INSTANCES + *instance;
            if !each_frame(track, |frame, mask| rows.push((frame, object, number, mask))) {
                job.losses.add("geometry", "a track of other things than masks has no place in the format", &item.key);
            }
        }
        rows.sort_by_key(|(frame, object, ..)| (*frame, *object));
        let mut text = String::new();
        for (at, (frame, object, class, mask)) in rows.iter().enumerate() {
            let mut same = rows[..at].iter().rev().take_while(|row| row.0 == *frame);
            if same.any(|row| row.3.common(mask).is_none_or(|pixels| pixels > 0)) {
                job.losses.add("overlap", "masks of one frame overlap: programs that forbid it will say so", &item.key);
            }
            let runs = mask.to_compressed();
            let line = format!("{} {object} {class} {} {} {runs}\n", frame + first, mask.height, mask.width);
            text.push_str(&line);
        }
        out.begin(&format!("{FOLDER}{name}.txt"))?;
        out.write_all(text.as_bytes())?;
        if let Some(source) = &item.media {
            out.media(&name, source)?;
        }
    }
    write_list(FOLDER, job.head, out)
}

fn write_list(folder: &str, head: &Head<'_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    out.begin(&format!("{folder}{LIST}"))?;
    head.schema.classes.iter().try_for_each(|class| writeln!(out, "{}", class.id))
}

/// Calls `with` for each frame in which the track is seen: masks stay until the next keyframe. False when something in
/// it is no mask.
fn each_frame<'a>(track: &'a Track, mut with: impl FnMut(u32, &'a Mask)) -> bool {
    let mut whole = true;
    for (index, keyframe) in track.keyframes.iter().enumerate().filter(|(_, keyframe)| !keyframe.outside) {
        let Geometry::Mask(mask) = keyframe.geometry.as_ref() else {
            whole = false;
            continue;
        };
        let end = track.keyframes.get(index + 1).map_or(keyframe.frame + 1, |next| next.frame);
        (keyframe.frame..end).take(FRAMES_MAXIMUM as usize).for_each(|frame| with(frame, mask));
    }
    whole
}
