//! COCO for videos, as trackers are trained on (OpenMMLab, "CocoVID"): a video has a list of images, an image its place
//! in the video (`frame_id`, from 0), an annotation a box of an image and the thing that it follows (`instance_id`). Every
//! frame of a track is written; when reading, frames that lie on the straight line between others are left out again.

use crate::{
    carries::{Carries, ClassList},
    labels,
    media::MediaIndex,
    names::{Stems, region_id, split_ending},
    record::{Data, DirectoryView, Record, RecordError, Settings, Sink, Stop, give, give_part_of_schema},
    registry::{Format, Job},
    shapes,
    sink::{ArchiveSink, append},
    spans, text, tracks,
};
use labelwright_core::{Answer, Geometry, GeometryKind, LabelSchema, Modality, geometry::Track};
use serde::Deserialize;
use serde_json::json;
use std::{
    collections::{BTreeMap, HashMap},
    io::{self, Write},
};

pub const FORMAT: Format = Format {
    id: "coco-vid",
    title: "COCO for videos (CocoVID)",
    carries: Carries {
        words: "videos with tracks of boxes",
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
            start.contains("\"videos\"") && (start.contains("\"frame_id\"") || start.contains("\"instance_id\""))
        };
        if spans::files(view, &[".json"]).iter().take(5).any(fits) { 0.96 } else { 0.0 }
    },
    read: Some(read),
    write: Some(write),
    ..Format::NEW
};

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    videos: Vec<Video>,
    #[serde(default)]
    images: Vec<Image>,
    #[serde(default)]
    annotations: Vec<Annotation>,
    #[serde(default)]
    categories: Vec<Category>,
}

#[derive(Deserialize)]
struct Video {
    id: i64,
    name: String,
    width: Option<u32>,
    height: Option<u32>,
}

#[derive(Deserialize)]
struct Image {
    id: i64,
    video_id: i64,
    frame_id: u32,
    width: Option<u32>,
    height: Option<u32>,
}

#[derive(Deserialize)]
struct Annotation {
    image_id: i64,
    category_id: i64,
    instance_id: i64,
    bbox: [f64; 4],
    #[serde(default)]
    occluded: bool,
    #[serde(default)]
    iscrowd: u8,
}

#[derive(Deserialize)]
struct Category {
    id: i64,
    name: String,
}

/// The things of a video by their numbers: class and frames.
type Things = BTreeMap<i64, (String, tracks::Frames)>;

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
        let images: HashMap<i64, &Image> = file.images.iter().map(|image| (image.id, image)).collect();
        let mut things: BTreeMap<i64, Things> = BTreeMap::new();
        for (at, one) in file.annotations.iter().enumerate() {
            if let Err((code, message)) = add(one, &images, &classes, &mut things) {
                give(sink, Err(RecordError::new(format!("{name}: annotations[{at}]"), code, message)))?;
            }
        }
        let mut sizes: HashMap<i64, [u32; 2]> = HashMap::new();
        for image in &file.images {
            if let Some(size) = image.width.and_then(|width| Some([width, image.height?])) {
                sizes.entry(image.video_id).or_insert(size);
            }
        }
        for (at, video) in file.videos.iter().enumerate() {
            let mut answer = Answer::default();
            for (class, frames) in things.remove(&video.id).unwrap_or_default().into_values() {
                let geometry = Geometry::Track(Track { keyframes: tracks::thinned(&frames) });
                answer.regions.push(labels::region(region_id(answer.regions.len()), class, geometry));
            }
            let data = media.find(&video.name).or_else(|| media.find_stem(&video.name));
            let data = data.map_or_else(|| Data::Absent(video.name.clone()), |path| Data::File(path.to_owned()));
            let mut record = Record::new(&*video.name, data, format!("{name}: videos[{at}]")).answered(answer);
            record.size = video.width.zip(video.height).map(<[u32; 2]>::from).or(sizes.get(&video.id).copied());
            give(sink, Ok(record))?;
        }
    }
    Ok(())
}

fn add(
    one: &Annotation,
    images: &HashMap<i64, &Image>,
    classes: &HashMap<i64, &str>,
    things: &mut BTreeMap<i64, Things>,
) -> Result<(), (&'static str, String)> {
    if one.iscrowd != 0 {
        return Err(("not_read", "a crowd is a region to be ignored, not a thing that is followed".into()));
    }
    let image = images.get(&one.image_id);
    let image = image.ok_or_else(|| ("unknown_image", format!("there is no image {}", one.image_id)))?;
    let class = classes.get(&one.category_id);
    let class = class.ok_or_else(|| ("unknown_class", format!("there is no category {}", one.category_id)))?;
    let [x, y, width, height] = one.bbox;
    if !(width > 0.0 && height > 0.0) {
        return Err(("bad_box", "a box has a positive size".into()));
    }
    if image.frame_id == u32::MAX {
        return Err(("bad_frame", "a frame is a smaller number".into()));
    }
    let own = things.entry(image.video_id).or_default();
    let (_, frames) = own.entry(one.instance_id).or_insert_with(|| ((*class).to_owned(), BTreeMap::new()));
    if frames.contains_key(&image.frame_id) {
        return Err(("duplicate_id", format!("instance {} is in frame {} twice", one.instance_id, image.frame_id)));
    }
    frames.insert(image.frame_id, (shapes::upright(x, y, width, height), one.occluded));
    Ok(())
}

/// A box in a frame: instance, class, corner and size, and whether it is occluded.
type Written = (u64, usize, [f64; 4], bool);

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let (classes, mut stems) = (job.head.class_indices(), Stems::default());
    let (mut images, mut annotations) = (out.scratch()?, out.scratch()?);
    let (mut videos, mut media) = (Vec::new(), Vec::new());
    let (mut image_id, mut annotation_id, mut instance_id) = (0_u64, 0_u64, 0_u64);
    for (at, item) in job.items.enumerate() {
        let name = stems.name("", &item.key, job.losses);
        let video_id = at + 1;
        let mut boxes: BTreeMap<u32, Vec<Written>> = BTreeMap::new();
        for region in item.regions() {
            let (Geometry::Track(track), Some(class)) = (&region.geometry, classes.get(region.class.as_str())) else {
                continue;
            };
            instance_id += 1;
            let (mut around, mut empty) = (false, false);
            tracks::each_frame(track, |frame, seen| {
                around |= !matches!(*seen.geometry, Geometry::Box(_));
                match seen.geometry.bounds().filter(|bounds| bounds.area() > 0.0) {
                    Some(b) => {
                        let bbox = [b.left, b.top, b.width(), b.height()];
                        boxes.entry(frame).or_default().push((instance_id, *class, bbox, seen.occluded));
                    }
                    None => empty = true,
                }
            });
            if around {
                job.losses.add("geometry", "a track of other shapes becomes one of the boxes around them", &item.key);
            }
            if empty {
                job.losses.add("values", "a shape without an area has no box", &item.key);
            }
        }
        let [width, height] = item.size.map_or([None, None], |size| size.map(Some));
        videos.push(json!({ "id": video_id, "name": name, "width": width, "height": height }));
        // Where nobody knows how many frames there are, only those with a box are images.
        let all: Vec<u32> = match item.frames {
            Some(frames) => (0..frames.count).collect(),
            None => boxes.keys().copied().collect(),
        };
        let stem = split_ending(&name).0;
        for frame in all {
            images.write_all(if image_id == 0 { b"\n" } else { b",\n" })?;
            image_id += 1;
            let image = json!({
                "id": image_id, "video_id": video_id, "frame_id": frame, "width": width, "height": height,
                "file_name": format!("{stem}/{frame:06}.jpg"),
            });
            serde_json::to_writer(&mut images, &image)?;
            for (instance, class, bbox, occluded) in boxes.remove(&frame).unwrap_or_default() {
                annotations.write_all(if annotation_id == 0 { b"\n" } else { b",\n" })?;
                annotation_id += 1;
                let one = json!({
                    "id": annotation_id, "image_id": image_id, "video_id": video_id, "category_id": class + 1,
                    "instance_id": instance, "bbox": bbox, "area": bbox[2] * bbox[3], "iscrowd": 0,
                    "occluded": occluded,
                });
                serde_json::to_writer(&mut annotations, &one)?;
            }
        }
        media.extend(item.media.map(|source| (name, source)));
    }
    out.begin("annotations.json")?;
    let names = job.head.schema.classes.iter().enumerate();
    let categories: Vec<_> = names.map(|(at, class)| json!({ "id": at + 1, "name": class.id })).collect();
    write!(out, "{{\"videos\": {},\n\"categories\": {},\n", json!(videos), json!(categories))?;
    out.write_all(b"\"images\": [")?;
    append(out, images)?;
    out.write_all(b"\n],\n\"annotations\": [")?;
    append(out, annotations)?;
    out.write_all(b"\n]}\n")?;
    media.iter().try_for_each(|(name, source)| out.media(name, source))
}
