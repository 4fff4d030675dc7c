//! The numbers that are published: twelve for boxes and masks, ten for keypoints, and average precision by class.

use super::{Counts, Kind, Parameters, accumulate::Table, input::Data};
use serde::Serialize;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassNumbers {
    pub id: i64,
    pub name: String,
    pub ap: f64,
    pub ap50: f64,
    pub ap75: f64,
    /// Recall with the largest number of detections.
    pub ar: f64,
    pub truths: usize,
    pub predictions: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// Name and value, -1 where there was nothing to measure; in the published order.
    pub numbers: Vec<(String, f64)>,
    pub classes: Vec<ClassNumbers>,
    pub counts: Counts,
}

impl Evaluation {
    pub fn number(&self, name: &str) -> Option<f64> {
        self.numbers.iter().find(|(own, _)| own == name).map(|(_, value)| *value)
    }
}

/// `AP` and the like with the short name of the area range: `APs` for small, `AP-tiny` for the caller's own.
fn named(what: &str, area: &str) -> String {
    match area {
        "all" => what.to_owned(),
        "small" | "medium" | "large" => format!("{what}{}", &area[..1]),
        other => format!("{what}-{other}"),
    }
}

/// The mean of what is not -1; -1 for nothing.
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    for value in values.filter(|value| *value > -1.0) {
        sum += value;
        count += 1.0;
    }
    if count > 0.0 { sum / count } else { -1.0 }
}

pub(super) fn summarize(data: &Data, parameters: &Parameters, table: &Table) -> Evaluation {
    let classes = data.classes.len();
    let every: Vec<usize> = (0..parameters.thresholds.len()).collect();
    let at = |threshold: f64| -> Vec<usize> {
        every.iter().copied().filter(|place| (parameters.thresholds[*place] - threshold).abs() < 1e-9).collect()
    };
    let last = parameters.max_detections.len() - 1;
    let precision = |thresholds: &[usize], class: std::ops::Range<usize>, area: usize| {
        let cells = thresholds.iter().flat_map(|t| class.clone().map(move |k| (*t, k)));
        mean(cells.flat_map(|(t, k)| table.precision(t, k, area, last).iter().copied()))
    };
    let recall = |thresholds: &[usize], class: std::ops::Range<usize>, area: usize, most: usize| {
        mean(
            thresholds
                .iter()
                .flat_map(|t| class.clone().map(move |k| (*t, k)))
                .map(|(t, k)| table.recall(t, k, area, most)),
        )
    };
    let mut numbers = vec![
        ("AP".to_owned(), precision(&every, 0..classes, 0)),
        ("AP50".to_owned(), precision(&at(0.5), 0..classes, 0)),
        ("AP75".to_owned(), precision(&at(0.75), 0..classes, 0)),
    ];
    for (place, area) in parameters.areas.iter().enumerate().skip(1) {
        numbers.push((named("AP", &area.name), precision(&every, 0..classes, place)));
    }
    if parameters.kind == Kind::Keypoints {
        numbers.push(("AR".to_owned(), recall(&every, 0..classes, 0, last)));
        numbers.push(("AR50".to_owned(), recall(&at(0.5), 0..classes, 0, last)));
        numbers.push(("AR75".to_owned(), recall(&at(0.75), 0..classes, 0, last)));
    } else {
        for (place, most) in parameters.max_detections.iter().enumerate() {
            numbers.push((format!("AR{most}"), recall(&every, 0..classes, 0, place)));
        }
    }
    for (place, area) in parameters.areas.iter().enumerate().skip(1) {
        numbers.push((named("AR", &area.name), recall(&every, 0..classes, place, last)));
    }
    let of_class = |list: &[super::input::Instance]| {
        let mut counts = vec![0; classes];
        for instance in list {
            counts[instance.class as usize] += 1;
        }
        counts
    };
    let (truths, predictions) = (of_class(&data.truths), of_class(&data.predictions));
    let classes = data
        .classes
        .iter()
        .enumerate()
        .map(|(k, (id, name))| ClassNumbers {
            id: *id,
            name: name.clone(),
            ap: precision(&every, k..k + 1, 0),
            ap50: precision(&at(0.5), k..k + 1, 0),
            ap75: precision(&at(0.75), k..k + 1, 0),
            ar: recall(&every, k..k + 1, 0, last),
            truths: truths[k],
            predictions: predictions[k],
        })
        .collect();
    Evaluation { numbers, classes, counts: data.counts }
}
