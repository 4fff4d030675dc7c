//! MOTS as pictures: a folder a sequence, a PNG of 16 bits a frame, whose pixels are the number of an object, which is
//! class * 1000 + instance; 10000 is a region to be ignored.

use super::{CARRIES, INSTANCES, OPTIONS, classes, each_frame, first_frame, video, write_list};
use crate::{
    carries::Carries,
    names::Stems,
    png_mask,
    record::{DirectoryView, RecordError, Settings, Sink, Stop, give},
    registry::{Format, Job},
    sink::ArchiveSink,
    text,
};
use labelwright_core::{Geometry, geometry::Mask};
use std::{
    collections::{BTreeMap, HashMap},
    io,
};

const FOLDER: &str = "instances/";

pub const PNG: Format = Format {
    id: "mots-png",
    title: "MOTS PNG",
    carries: Carries { words: "videos with tracks of masks that do not overlap", ..CARRIES },
    options: OPTIONS,
    sniff: |view| {
        let mut frames = view.list().into_iter().filter(|(name, _)| frame_of(name).is_some()).take(1);
        let sixteen = frames.any(|(name, _)| {
            // Bit depth and colour type of the header: 16 bits of grey.
            let mut head = [0; 26];
            view.open(&name).is_ok_and(|mut file| file.read_exact(&mut head).is_ok()) && head[24..] == [16, 0]
        });
        if sixteen { 0.95 } else { 0.0 }
    },
    read: Some(read),
    write: Some(write),
    ..Format::NEW
};

/// Sequence and number of `instances/0002/000017.png`.
fn frame_of(path: &str) -> Option<(&str, u32)> {
    let below = match path.strip_prefix(FOLDER) {
        Some(below) => below,
        None => path.split_once("/instances/")?.1,
    };
    let (sequence, file) = below.rsplit_once('/')?;
    let digits = file.strip_suffix(".png")?;
    let number = digits.parse().ok().filter(|number| *number < u32::MAX)?;
    digits.bytes().all(|byte| byte.is_ascii_digit()).then_some((sequence, number))
}

fn read(view: &dyn DirectoryView, settings: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let files: Vec<String> = view.list().into_iter().map(|(name, _)| name).collect();
    let classes = classes(view, &files, sink)?;
    let first = first_frame(&settings.options);
    let mut sequences: BTreeMap<&str, BTreeMap<u32, &str>> = BTreeMap::new();
    for name in &files {
        let Some((sequence, number)) = frame_of(name) else { continue };
        match number.checked_sub(first) {
            Some(frame) => drop(sequences.entry(sequence).or_default().insert(frame, name)),
            None => give(sink, Err(RecordError::new(name, "bad_name", "frames are numbered from first_frame on")))?,
        }
    }
    for (sequence, frames) in sequences {
        let mut tracks: BTreeMap<u32, BTreeMap<u32, Mask>> = BTreeMap::new();
        let (mut size, mut place) = (None, "");
        for (frame, name) in frames {
            place = name;
            let bytes = text::whole_file(view, name);
            let raster = bytes
                .and_then(|bytes| png_mask::decode(&bytes).map_err(|error| RecordError::new(name, "bad_mask", error)));
            let raster = match raster {
                Ok(raster) => raster,
                Err(error) => {
                    give(sink, Err(error))?;
                    continue;
                }
            };
            if *size.get_or_insert([raster.width, raster.height]) != [raster.width, raster.height] {
                give(sink, Err(RecordError::new(name, "bad_mask", "the frames of a video have one size")))?;
                continue;
            }
            for (object, mask) in crate::masks::masks_by_value(&raster) {
                match (object / INSTANCES).checked_sub(1).and_then(|at| classes.get(at as usize)) {
                    _ if object == 0 || object == 10 * INSTANCES => {}
                    Some(_) => drop(tracks.entry(object).or_default().insert(frame, mask)),
                    None => {
                        let message = format!("there is no class with the number {}", object / INSTANCES);
                        give(sink, Err(RecordError::new(name, "unknown_class", message)))?;
                    }
                }
            }
        }
        let class = |object: u32| classes.get((object / INSTANCES) as usize - 1).cloned();
        let tracks = tracks.into_iter().filter_map(|(object, frames)| Some((class(object)?, frames)));
        give(sink, Ok(video(view, sequence, place, size, tracks)))?;
    }
    Ok(())
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let first = first_frame(job.head.options);
    let (classes, mut stems) = (job.head.class_indices(), Stems::default());
    for item in job.items {
        let name = stems.name("", &item.key, job.losses);
        let mut frames: BTreeMap<u32, Vec<(u32, &Mask)>> = BTreeMap::new();
        let mut counts: HashMap<usize, u32> = HashMap::new();
        for region in item.regions() {
            let (Geometry::Track(track), Some(class)) = (&region.geometry, classes.get(region.class.as_str())) else {
                continue;
            };
            let (instance, number) = (counts.entry(*class).or_default(), *class as u32 + 1);
            // 16 bits end at 65535, and 10000 to 10999 are taken.
            if *instance + 1 >= INSTANCES || number > 64 || number == 10 {
                let message = "there is room for 64 classes without the tenth, and 999 objects of each";
                job.losses.add("values", message, &item.key);
                continue;
            }
            *instance += 1;
            let object = number * INSTANCES + *instance;
            if !each_frame(track, |frame, mask| frames.entry(frame).or_default().push((object, mask))) {
                job.losses.add("geometry", "a track of other things than masks has no place in the format", &item.key);
            }
        }
        for (frame, mut masks) in frames {
            let Some([width, height]) = masks.first().map(|(_, mask)| [mask.width, mask.height]) else { continue };
            masks.sort_by_key(|(object, mask)| (std::cmp::Reverse(mask.area()), *object));
            let mut values = vec![0_u32; width as usize * height as usize];
            let mut covered = false;
            for (object, mask) in masks {
                if [mask.width, mask.height] != [width, height] {
                    job.losses.add("other_size", "a mask of another size than its frame is left out", &item.key);
                    continue;
                }
                crate::masks::each_pixel(mask, |x, y| {
                    let value = &mut values[y as usize * width as usize + x as usize];
                    covered |= *value != 0;
                    *value = object;
                });
            }
            if covered {
                job.losses.add("overlap", "where objects overlap only the smaller one is painted", &item.key);
            }
            out.begin(&format!("{FOLDER}{name}/{:06}.png", frame + first))?;
            out.write_all(&png_mask::encode_grey16(width, height, &values))?;
        }
        if let Some(source) = &item.media {
            out.media(&name, source)?;
        }
    }
    write_list(FOLDER, job.head, out)
}
