//! `labelwright evaluate`: COCO's numbers of detections against a truth, as JSON.

use super::agreement::print;
use crate::environment::Failure;
use clap::{Args, ValueEnum};
use labelwright_quality::evaluation::coco::{AreaRange, Data, Kind, Parameters, evaluate};
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

#[derive(Debug, Clone, Args)]
#[command(
    after_help = "The numbers are those of pycocotools: AP, AP50, AP75, APs, APm, APl, AR1, AR10, AR100, ARs, ARm, \
    ARl (keypoints: AP, AP50,\nAP75, APm, APl, AR, AR50, AR75, ARm, ARl); -1 where there is no truth to find.\n\n\
    Examples:\n  \
    labelwright evaluate --truth instances.json --predictions results.json --iou bbox\n  \
    labelwright evaluate --truth people.json --predictions results.json --iou keypoints --sigmas 0.05,0.05,0.1 --max-dets 20"
)]
pub struct Options {
    /// COCO JSON with images, annotations and categories.
    #[arg(long)]
    truth: PathBuf,
    /// COCO results: a JSON list with image_id, category_id, score and bbox, segmentation or keypoints.
    #[arg(long)]
    predictions: PathBuf,
    /// What is compared.
    #[arg(long)]
    iou: Iou,
    /// Detections of an image and class that count, ascending with commas: 1,10,100 (keypoints: 20).
    #[arg(long, value_delimiter = ',')]
    max_dets: Option<Vec<usize>>,
    /// Keypoint falloff, one for each keypoint; COCO's seventeen unless told.
    #[arg(long, value_delimiter = ',')]
    sigmas: Option<Vec<f64>>,
    /// Areas in square pixels beside all, with commas: small=0:1024,medium=1024:9216,large=9216:1e10
    #[arg(long, value_delimiter = ',')]
    area_ranges: Option<Vec<String>>,
    /// Print JSON in one line.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Iou {
    Bbox,
    Segm,
    Keypoints,
}

pub async fn run(options: Options) -> Result<(), Failure> {
    let (kind, name) = match options.iou {
        Iou::Bbox => (Kind::Boxes, "bbox"),
        Iou::Segm => (Kind::Masks, "segm"),
        Iou::Keypoints => (Kind::Keypoints, "keypoints"),
    };
    let mut parameters = Parameters::new(kind);
    if let Some(most) = options.max_dets {
        parameters.max_detections = most;
    }
    if let Some(sigmas) = options.sigmas {
        parameters.sigmas = sigmas;
    }
    if let Some(ranges) = &options.area_ranges {
        parameters.areas.truncate(1);
        for range in ranges {
            parameters.areas.push(area(range)?);
        }
    }
    let bytes = |path: &Path| std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()));
    let data = Data::read(&bytes(&options.truth)?, &bytes(&options.predictions)?, kind)?;
    let found = evaluate(&data, &parameters)?;
    let numbers: Map<String, Value> = found.numbers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
    let answer = json!({
        "iou": name,
        "numbers": numbers,
        "classes": found.classes,
        "counts": found.counts,
        "thresholds": parameters.thresholds,
        "max_dets": parameters.max_detections,
    });
    print(&answer, options.json)
}

fn area(text: &str) -> Result<AreaRange, Failure> {
    let read = || {
        let (name, range) = text.split_once('=')?;
        let (low, high) = range.split_once(':')?;
        Some(AreaRange { name: name.trim().to_owned(), low: low.trim().parse().ok()?, high: high.trim().parse().ok()? })
    };
    read().ok_or_else(|| format!("{text:?} is no area range; write name=low:high").into())
}
