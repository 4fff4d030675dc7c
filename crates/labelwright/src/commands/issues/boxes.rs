//! Boxes of a COCO file against those of a model.

use crate::{batch::Output, environment::Failure};
use labelwright_quality::{
    evaluation::coco::{Data, ImageBoxes},
    issues::detection::{BoxIssue, Corners, Found, ImageIssues, Sure, detection},
};
use serde_json::json;
use std::path::Path;

/// Where the boxes come from and go to.
pub struct Files<'a> {
    /// COCO JSON with images, annotations and categories.
    pub truth: &'a Path,
    /// COCO results.
    pub results: &'a Path,
    pub output: &'a Path,
    /// Where each image as a whole goes.
    pub group_output: Option<&'a Path>,
}

/// Writes a row for each label, and one for each thing that the labels lack.
pub fn run(files: &Files<'_>, as_json: bool) -> Result<(), Failure> {
    let bytes = |path: &Path| std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()));
    let data = Data::read_boxes(&bytes(files.truth)?, &bytes(files.results)?)?;
    let sure = Sure::default();
    let mut file = Output::create(files.output)?;
    file.record(
        &["id", "is_issue", "score", "suggested", "image", "why", "x", "y", "width", "height"].map(str::as_bytes),
    )?;
    let mut groups = files.group_output.map(Output::create).transpose()?;
    if let Some(groups) = &mut groups {
        groups.record(&[b"group", b"is_issue", b"score", b"issues", b"rows"])?;
    }
    let (mut labels, mut issues) = (0, [0_usize; 3]);
    for image in data.boxes() {
        let found = detection(&image.labels, &image.predictions, sure);
        labels += image.labels.len();
        let mut rows = 0;
        for row in rows_of(&image, &found) {
            rows += 1;
            if let Some(kind) = row.kind {
                issues[kind as usize] += 1;
            }
            write(&mut file, &data, &image, &row)?;
        }
        if let Some(groups) = &mut groups {
            let is_issue = (!found.issues.is_empty()).to_string();
            let fields = [
                image.image.to_string(),
                is_issue,
                found.score.to_string(),
                found.issues.len().to_string(),
                rows.to_string(),
            ];
            groups.record(&fields.each_ref().map(|field| field.as_bytes()))?;
        }
    }
    file.commit()?;
    groups.map(Output::commit).transpose()?;
    let of = |kind: BoxIssue| issues[kind as usize];
    let (overlooked, located, swapped) = (of(BoxIssue::Overlooked), of(BoxIssue::BadlyLocated), of(BoxIssue::Swapped));
    if as_json {
        let counted = json!({ "overlooked": overlooked, "badly_located": located, "swapped": swapped });
        println!("{}", json!({ "labels": labels, "issues": counted, "counts": data.counts }));
    } else {
        eprintln!("{labels} labels: {overlooked} things overlooked, {located} badly located, {swapped} swapped");
    }
    Ok(())
}

/// A label, or a prediction without a label.
struct Row {
    id: String,
    corners: Corners,
    score: f64,
    kind: Option<BoxIssue>,
    suggested: u32,
}

/// Labels in the order of the file, each with the worst that was found; then what was overlooked, the surest first.
fn rows_of(image: &ImageBoxes, found: &ImageIssues) -> Vec<Row> {
    let worst =
        |index: usize| found.issues.iter().find(|issue| issue.kind != BoxIssue::Overlooked && issue.index == index);
    let label = |(index, (label, id)): (usize, (&_, &i64))| {
        let label: &labelwright_quality::issues::detection::LabelBox = label;
        let issue = worst(index);
        Row {
            id: id.to_string(),
            corners: label.corners,
            score: found.label_scores.get(index).copied().unwrap_or(1.0),
            kind: issue.map(|issue| issue.kind),
            suggested: issue.map_or(label.class, |issue| issue.suggested),
        }
    };
    let overlooked = |issue: &Found| {
        let prediction = image.predictions.get(issue.index)?;
        let (corners, kind) = (prediction.corners, Some(issue.kind));
        Some(Row { id: String::new(), corners, score: issue.score, kind, suggested: issue.suggested })
    };
    let lacking = found.issues.iter().filter(|issue| issue.kind == BoxIssue::Overlooked).filter_map(overlooked);
    image.labels.iter().zip(&image.annotations).enumerate().map(label).chain(lacking).collect()
}

fn write(file: &mut Output, data: &Data, image: &ImageBoxes, row: &Row) -> Result<(), Failure> {
    let [left, top, right, bottom] = row.corners;
    let numbers = [left, top, right - left, bottom - top].map(|value| value.to_string());
    let (is_issue, score) = (row.kind.is_some().to_string(), row.score.to_string());
    let (suggested, image) = (data.class_name(row.suggested), image.image.to_string());
    let why = row.kind.map_or("", BoxIssue::as_str);
    let head = [&row.id, &is_issue, &score, &suggested, &image, why];
    let fields: Vec<&[u8]> = head.into_iter().chain(numbers.iter().map(String::as_str)).map(str::as_bytes).collect();
    file.record(&fields)
}
