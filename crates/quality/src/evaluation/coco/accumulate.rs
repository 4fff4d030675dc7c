//! From matches to precision at each recall point, for every threshold, class, area range and number of detections.

use super::{
    Parameters,
    input::{Data, Instance},
    matching::{Matched, Outcome, match_image},
    overlap::{self, SPACING},
};

/// Precision and recall; -1 where there was no truth.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Table {
    shape: [usize; 5],
    precision: Vec<f64>,
    recall: Vec<f64>,
}

impl Table {
    fn new(parameters: &Parameters, classes: usize) -> Self {
        let shape = [
            parameters.thresholds.len(),
            parameters.recalls.len(),
            classes,
            parameters.areas.len(),
            parameters.max_detections.len(),
        ];
        let [t, r, k, a, m] = shape;
        Self { shape, precision: vec![-1.0; t * r * k * a * m], recall: vec![-1.0; t * k * a * m] }
    }

    /// Recall points of one cell.
    pub fn precision(&self, threshold: usize, class: usize, area: usize, most: usize) -> &[f64] {
        let [_, r, ..] = self.shape;
        let start = self.cell(threshold, class, area, most) * r;
        self.precision.get(start..start + r).unwrap_or(&[])
    }

    pub fn recall(&self, threshold: usize, class: usize, area: usize, most: usize) -> f64 {
        self.recall.get(self.cell(threshold, class, area, most)).copied().unwrap_or(-1.0)
    }

    fn cell(&self, threshold: usize, class: usize, area: usize, most: usize) -> usize {
        let [_, _, k, a, m] = self.shape;
        ((threshold * k + class) * a + area) * m + most
    }
}

/// One image's detections of a class (as many as the largest number wanted), and their matches in each area range.
struct Image {
    scores: Vec<f64>,
    matched: Vec<Matched>,
}

pub(super) fn accumulate(data: &Data, parameters: &Parameters) -> Table {
    let mut table = Table::new(parameters, data.classes.len());
    let most = parameters.max_detections.last().copied().unwrap_or(0);
    for class in 0..data.classes.len() {
        let images = match_class(data, parameters, class as u32, most);
        for area in 0..parameters.areas.len() {
            for (place, limit) in parameters.max_detections.iter().enumerate() {
                fill(&mut table, parameters, &images, [class, area, place], *limit);
            }
        }
    }
    table
}

fn of_class(list: &[Instance], class: u32) -> &[Instance] {
    let start = list.partition_point(|instance| instance.class < class);
    let end = list.partition_point(|instance| instance.class <= class);
    &list[start..end]
}

fn match_class(data: &Data, parameters: &Parameters, class: u32, most: usize) -> Vec<Image> {
    let (mut truths, mut predictions) = (of_class(&data.truths, class), of_class(&data.predictions, class));
    let mut images = Vec::new();
    while let Some(image) = truths.first().into_iter().chain(predictions.first()).map(|first| first.image).min() {
        let cut = |list: &[Instance]| list.iter().take_while(|instance| instance.image == image).count();
        let (own_truths, rest) = truths.split_at(cut(truths));
        truths = rest;
        let (own_predictions, rest) = predictions.split_at(cut(predictions));
        predictions = rest;
        let mut sorted: Vec<&Instance> = own_predictions.iter().collect();
        sorted.sort_by(|one, other| other.score.total_cmp(&one.score));
        sorted.truncate(most);
        let overlaps = overlap::table(&sorted, own_truths, parameters);
        let matched = parameters
            .areas
            .iter()
            .map(|area| match_image(&sorted, own_truths, &overlaps, area, &parameters.thresholds))
            .collect();
        images.push(Image { scores: sorted.iter().map(|prediction| prediction.score).collect(), matched });
    }
    images
}

fn fill(table: &mut Table, parameters: &Parameters, images: &[Image], place: [usize; 3], limit: usize) {
    let [class, area, most] = place;
    let counted: usize = images.iter().map(|image| image.matched[area].counted).sum();
    if counted == 0 {
        return;
    }
    // (score, image, place within it), best first; equal scores stay in the order of the images.
    let mut order: Vec<(f64, usize, usize)> = images
        .iter()
        .enumerate()
        .flat_map(|(at, image)| image.scores.iter().take(limit).enumerate().map(move |(row, score)| (*score, at, row)))
        .collect();
    order.sort_by(|one, other| other.0.total_cmp(&one.0));
    let recalls = parameters.recalls.len();
    for threshold in 0..parameters.thresholds.len() {
        let (mut right, mut wrong) = (0.0, 0.0);
        let mut recall = Vec::with_capacity(order.len());
        let mut precision = Vec::with_capacity(order.len());
        for (_, at, row) in &order {
            let image = &images[*at];
            match image.matched[area].outcomes[threshold * image.scores.len() + row] {
                Outcome::Right => right += 1.0,
                Outcome::Wrong => wrong += 1.0,
                Outcome::Ignored => {}
            }
            recall.push(right / counted as f64);
            precision.push(right / (wrong + right + SPACING));
        }
        let cell = table.cell(threshold, class, area, most);
        table.recall[cell] = recall.last().copied().unwrap_or(0.0);
        for at in (1..precision.len()).rev() {
            if precision[at] > precision[at - 1] {
                precision[at - 1] = precision[at];
            }
        }
        let points = &mut table.precision[cell * recalls..(cell + 1) * recalls];
        for (point, wanted) in points.iter_mut().zip(&parameters.recalls) {
            let at = recall.partition_point(|recall| recall < wanted);
            *point = precision.get(at).copied().unwrap_or(0.0);
        }
    }
}
