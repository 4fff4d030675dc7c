//! Segment Anything 1B (A. Kirillov et al., 2023): a JSON file a picture with masks that have no class.

use crate::{
    carries::{Carries, ClassList, Kind, Names},
    labels,
    names::region_id,
    per_image::{Layout, renamed},
    record::{DirectoryView, RecordError, Sink, Stop, give_schema},
    registry::{Format, Job},
    sink::ArchiveSink,
    text::{json_file, start_of},
};
use labelwright_core::{Answer, Geometry, GeometryKind, Value, geometry::Mask};
use serde::Deserialize;
use serde_json::json;
use std::io;

pub const FORMAT: Format = Format {
    id: "segment-anything",
    title: "Segment Anything JSON",
    carries: Carries {
        words: "images with masks without classes",
        geometry: &[GeometryKind::Mask],
        attributes: Names::Only(&[("predicted_iou", Kind::Number), ("stability_score", Kind::Number)]),
        classes: ClassList::None,
        sizes: true,
        ..Carries::IMAGES
    },
    sniff: |view| {
        let json = view.list().into_iter().filter(|(name, _)| name.ends_with(".json")).take(3);
        let fits = |name: String| {
            let start = start_of(view, &name, 4096);
            start.contains("\"image\"") && start.contains("\"annotations\"") && start.contains("\"file_name\"")
        };
        json.map(|(name, _)| if fits(name) { 0.92 } else { 0.0 }).fold(0.0, f64::max)
    },
    read: Some(|view, _, sink| read(view, sink)),
    write: Some(write),
    ..Format::NEW
};

const LAYOUT: Layout = Layout { labels: "", media: "", ending: ".json" };

#[derive(Deserialize)]
struct File {
    image: Image,
    #[serde(default)]
    annotations: Vec<Annotation>,
}

#[derive(Deserialize)]
struct Image {
    width: u32,
    height: u32,
    file_name: String,
}

#[derive(Deserialize)]
struct Annotation {
    segmentation: Runs,
    #[serde(default)]
    predicted_iou: Option<f64>,
    #[serde(default)]
    stability_score: Option<f64>,
}

#[derive(Deserialize)]
struct Runs {
    size: [u32; 2],
    counts: String,
}

fn read(view: &dyn DirectoryView, sink: &mut Sink<'_>) -> Result<(), Stop> {
    give_schema(sink, labels::class_list(["object"], &[GeometryKind::Mask]), None)?;
    LAYOUT.read(view, sink, |name, record, problems| {
        let file: File = json_file(view, name)?;
        let mut answer = Answer::default();
        for (number, annotation) in file.annotations.into_iter().enumerate() {
            let [height, width] = annotation.segmentation.size;
            let mask = Mask::from_compressed(width, height, &annotation.segmentation.counts).ok();
            let fits = [width, height] == [file.image.width, file.image.height];
            let Some(mask) = mask.filter(|mask| mask.is_complete() && fits) else {
                let place = format!("{name}: annotations[{number}]");
                problems.push(RecordError::new(place, "bad_mask", "the runs do not fill the image"));
                continue;
            };
            let mut region = labels::region(region_id(number), "object", Geometry::Mask(mask));
            for (key, value) in
                [("predicted_iou", annotation.predicted_iou), ("stability_score", annotation.stability_score)]
            {
                region.attributes.extend(value.map(|value| (key.to_owned(), Value::Number(value))));
            }
            answer.regions.push(region);
        }
        let mut record = renamed(record, &file.image.file_name, view);
        record.size = Some([file.image.width, file.image.height]);
        Ok(record.answered(answer))
    })
}

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    let mut number = 0;
    let mut annotation_number = 0;
    LAYOUT.write(job, out, |item, name, losses, bytes| {
        number += 1;
        let [width, height] = item.size.unwrap_or([0, 0]);
        if item.size.is_none() {
            losses.add("no_size", "the size of the picture is not known", &item.key);
        }
        let mut annotations = Vec::new();
        for region in item.regions() {
            let (Geometry::Mask(mask), Some(bounds)) = (&region.geometry, region.bounds()) else { continue };
            annotation_number += 1;
            let mut annotation = json!({
                "id": annotation_number,
                "segmentation": { "size": [mask.height, mask.width], "counts": mask.to_compressed() },
                "bbox": [bounds.left, bounds.top, bounds.width(), bounds.height()],
                "area": mask.area(),
                "crop_box": [0, 0, width, height],
                "point_coords": [],
            });
            for (key, value) in &region.attributes {
                annotation[key] = labels::json(value);
            }
            annotations.push(annotation);
        }
        let image = json!({ "image_id": number, "width": width, "height": height, "file_name": name });
        serde_json::to_writer(&mut *bytes, &json!({ "image": image, "annotations": annotations }))?;
        bytes.push(b'\n');
        Ok(())
    })
}
