//! YouTube-VIS (L. Yang et al., "Video Instance Segmentation", ICCV 2019): a video has a list of frames, an annotation is
//! one thing with a list of masks (or polygons, or boxes alone), one entry a frame, nothing where it is not seen. Whether
//! it is occluded stands in `occlusion`, as in OVIS (J. Qi et al., 2022).

use crate::{
    carries::{Carries, ClassList},
    coco, labels,
    media::MediaIndex,
    names::{Stems, region_id, split_ending},
    record::{Data, DirectoryView, ExportItem, Record, RecordError, Settings, Sink, Stop, give, give_part_of_schema},
    registry::{Format, Job},
    shapes,
    sink::{ArchiveSink, append},
    spans, text, tracks,
};
use labelwright_core::{
    Answer, Geometry, GeometryKind, LabelSchema, Modality,
    geometry::{Polygon, Track},
};
use serde::Deserialize;
use serde_json::{Value as Json, json, value::RawValue};
use std::{
    collections::HashMap,
    io::{self, Write},
};

/// Frames of one video that are written: its lists have an entry for each.
const FRAMES_MAXIMUM: u32 = 1_000_000;
const FREE: &str = "no_occlusion";
const OCCLUDED: &str = "severe_occlusion";

pub const FORMAT: Format = Format {
    id: "youtube-vis",
    title: "YouTube-VIS",
    carries: Carries {
        words: "videos with tracks of masks, polygons and boxes",
        modalities: &[Modality::Video],
        geometry: &[GeometryKind::Track],
        classes: ClassList::All,
        sizes: true,
        precision: 1e-6,
        ..Carries::IMAGES
    },
    sniff: |view| {
        let fits = |name: &String| {
            let start = text::start_of(view, name, 1 << 16);
            start.contains("\"videos\"") && (start.contains("\"file_names\"") || start.contains("\"segmentations\""))
        };
        if spans::files(view, &[".json"]).iter().take(5).any(fits) { 0.97 } else { 0.0 }
    },
    read: Some(read),
    write: Some(write),
    ..Format::NEW
};

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    videos: Vec<Video>,
    /// Results of models and test sets have none.
    annotations: Option<Vec<Annotation>>,
    #[serde(default)]
    categories: Vec<Category>,
}

#[derive(Deserialize)]
struct Video {
    id: i64,
    name: Option<String>,
    width: Option<u32>,
    height: Option<u32>,
    #[serde(default)]
    file_names: Vec<String>,
}

#[derive(Deserialize)]
struct Annotation {
    video_id: i64,
    category_id: i64,
    #[serde(default)]
    segmentations: Vec<Option<Box<RawValue>>>,
    #[serde(default)]
    bboxes: Vec<Option<[f64; 4]>>,
    #[serde(default)]
    occlusion: Vec<Option<String>>,
    #[serde(default)]
    iscrowd: u8,
}

#[derive(Deserialize)]
struct Category {
    id: i64,
    name: String,
}

type Problem = (&'static str, String);

impl Video {
    fn size(&self) -> Option<[u32; 2]> {
        Some([self.width?, self.height?])
    }

    /// YouTube-VIS calls videos by the folders of their frames.
    fn key(&self) -> String {
        let folder = || Some(self.file_names.first()?.rsplit_once('/')?.0.to_owned());
        self.name.clone().filter(|name| !name.is_empty()).or_else(folder).unwrap_or_else(|| self.id.to_string())
    }
}

fn read(view: &dyn DirectoryView, _: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    let media = MediaIndex::videos(view);
    let files = spans::files(view, &[".json"]);
    for name in &files {
        let bytes = text::whole_file(view, name).map_err(Stop::Unreadable)?;
        let file: File = match serde_json::from_slice(&bytes) {
            Ok(file) => file,
            Err(error) => {
                give(sink, Err(RecordError::new(name, "malformed", error.to_string())))?;
                continue;
            }
        };
        let schema = labels::class_list(file.categories.iter().map(|one| one.name.as_str()), &[GeometryKind::Track]);
        give_part_of_schema(sink, LabelSchema { modality: Modality::Video, ..schema }, None, files.len() == 1)?;
        let classes: HashMap<i64, &str> = file.categories.iter().map(|one| (one.id, one.name.as_str())).collect();
        let sizes: HashMap<i64, Option<[u32; 2]>> = file.videos.iter().map(|one| (one.id, one.size())).collect();
        let mut answers: HashMap<i64, Answer> = HashMap::new();
        for (at, one) in file.annotations.into_iter().flatten().enumerate() {
            let size = sizes.get(&one.video_id).copied();
            let size = size.ok_or_else(|| ("unknown_video", format!("there is no video {}", one.video_id)));
            match size.and_then(|size| thing(&one, size, &classes)) {
                Ok((class, track)) => {
                    let regions = &mut answers.entry(one.video_id).or_default().regions;
                    regions.push(labels::region(region_id(regions.len()), class, Geometry::Track(track)));
                }
                Err((code, message)) => {
                    give(sink, Err(RecordError::new(format!("{name}: annotations[{at}]"), code, message)))?;
                }
            }
        }
        for (at, video) in file.videos.iter().enumerate() {
            let key = video.key();
            let data = media.find(&key).or_else(|| media.find_stem(&key));
            let data = data.map_or_else(|| Data::Absent(key.clone()), |path| Data::File(path.to_owned()));
            let answer = answers.remove(&video.id).unwrap_or_default();
            let mut record = Record::new(key, data, format!("{name}: videos[{at}]")).answered(answer);
            record.size = video.size();
            give(sink, Ok(record))?;
        }
    }
    Ok(())
}

fn thing<'a>(
    one: &Annotation,
    size: Option<[u32; 2]>,
    classes: &HashMap<i64, &'a str>,
) -> Result<(&'a str, Track), Problem> {
    if one.iscrowd != 0 {
        return Err(("not_read", "a crowd is a region to be ignored, not a thing that is followed".into()));
    }
    let class = classes.get(&one.category_id);
    let class = class.ok_or_else(|| ("unknown_class", format!("there is no category {}", one.category_id)))?;
    let mut frames = tracks::Frames::new();
    for at in 0..one.segmentations.len().max(one.bboxes.len()) {
        let segmentation = one.segmentations.get(at).and_then(Option::as_deref);
        let drawn = match segmentation.map(|raw| coco::read_segmentation(raw.get(), size)).transpose()? {
            Some(Some((geometry, _))) => Some(geometry),
            _ => match one.bboxes.get(at).copied().flatten() {
                Some([x, y, width, height]) if width > 0.0 && height > 0.0 => {
                    Some(shapes::upright(x, y, width, height))
                }
                _ => None,
            },
        };
        let occluded = one.occlusion.get(at).and_then(Option::as_deref).is_some_and(|said| said != FREE);
        let frame = u32::try_from(at).map_err(|_| ("bad_frame", "a video has fewer frames".to_owned()))?;
        frames.extend(drawn.map(|geometry| (frame, (geometry, occluded))));
    }
    if frames.is_empty() {
        return Err(("bad_track", "the thing is in no frame".into()));
    }
    Ok((class, Track { keyframes: tracks::thinned(&frames) }))
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let (classes, mut stems) = (job.head.class_indices(), Stems::default());
    let mut annotations = out.scratch()?;
    let (mut videos, mut media, mut number) = (Vec::new(), Vec::new(), 0_u64);
    for (at, item) in job.items.enumerate() {
        let name = stems.name("", &item.key, job.losses);
        let length = length_of(&item);
        let [width, height] = item.size.map_or([None, None], |size| size.map(Some));
        for region in item.regions() {
            let (Geometry::Track(track), Some(class)) = (&region.geometry, classes.get(region.class.as_str())) else {
                continue;
            };
            let lists = Lists::of(track, length);
            if lists.lost {
                job.losses.add("geometry", "a keyframe of this kind has no place in the format", &item.key);
            }
            annotations.write_all(if number == 0 { b"\n" } else { b",\n" })?;
            number += 1;
            let one = json!({
                "id": number, "video_id": at + 1, "category_id": class + 1, "iscrowd": 0, "length": length,
                "width": width, "height": height, "segmentations": lists.segmentations, "bboxes": lists.bboxes,
                "areas": lists.areas, "occlusion": lists.occlusion,
            });
            serde_json::to_writer(&mut annotations, &one)?;
        }
        let stem = split_ending(&name).0;
        let file_names: Vec<String> = (0..length).map(|frame| format!("{stem}/{frame:05}.jpg")).collect();
        videos.push(json!({
            "id": at + 1, "name": name, "width": width, "height": height, "length": length, "file_names": file_names,
        }));
        media.extend(item.media.map(|source| (name, source)));
    }
    out.begin("annotations.json")?;
    let names = job.head.schema.classes.iter().enumerate();
    let categories: Vec<_> = names.map(|(at, class)| json!({ "id": at + 1, "name": class.id })).collect();
    write!(out, "{{\"videos\": {},\n\"categories\": {},\n\"annotations\": [", json!(videos), json!(categories))?;
    append(out, annotations)?;
    out.write_all(b"\n]}\n")?;
    media.iter().try_for_each(|(name, source)| out.media(name, source))
}

/// Frames of the video, or up to the last one with a label where nobody knows how many there are.
fn length_of(item: &ExportItem) -> u32 {
    let last = |region: &labelwright_core::Region| match &region.geometry {
        Geometry::Track(track) => track.stretches().last().map(|[_, last]| last.saturating_add(1)),
        _ => None,
    };
    let labeled = item.regions().filter_map(last).max().unwrap_or(0);
    item.frames.map_or(labeled, |frames| frames.count).min(FRAMES_MAXIMUM)
}

/// What a thing is in every frame.
struct Lists {
    segmentations: Vec<Json>,
    bboxes: Vec<Json>,
    areas: Vec<Json>,
    occlusion: Vec<Json>,
    /// Was something neither mask nor polygon nor box?
    lost: bool,
}

impl Lists {
    fn of(track: &Track, length: u32) -> Self {
        let mut lists = Self {
            segmentations: Vec::new(),
            bboxes: Vec::new(),
            areas: Vec::new(),
            occlusion: Vec::new(),
            lost: track.keyframes.iter().any(|keyframe| keyframe.frame >= length && !keyframe.outside),
        };
        for frame in 0..length {
            let (mut segmentation, mut bbox, mut area, mut occlusion) =
                (Json::Null, Json::Null, Json::Null, Json::Null);
            let seen = track.at(frame);
            if let Some((seen, b)) = seen.as_ref().and_then(|seen| Some((seen, seen.geometry.bounds()?))) {
                match seen.geometry.as_ref() {
                    Geometry::Mask(mask) => {
                        segmentation = json!({ "size": [mask.height, mask.width], "counts": mask.to_compressed() });
                    }
                    Geometry::Polygon(Polygon { parts }) => {
                        lists.lost |= parts.iter().any(|part| !part.holes.is_empty());
                        segmentation = parts.iter().map(|part| json!(shapes::flat(&part.outer))).collect();
                    }
                    Geometry::Box(_) => {}
                    _ => lists.lost = true,
                }
                bbox = json!([b.left, b.top, b.width(), b.height()]);
                area = json!(seen.geometry.area());
                occlusion = json!(if seen.occluded { OCCLUDED } else { FREE });
            }
            lists.segmentations.push(segmentation);
            lists.bboxes.push(bbox);
            lists.areas.push(area);
            lists.occlusion.push(occlusion);
        }
        lists
    }
}
