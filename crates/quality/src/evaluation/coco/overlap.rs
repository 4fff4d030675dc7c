//! How well each detection of one image and class fits each truth: rows of detections, columns of truths.

use super::{Kind, Parameters, input::Instance};

/// `numpy.spacing(1)`, which the reference adds to what it divides by.
pub(super) const SPACING: f64 = f64::EPSILON;

/// The table of overlaps, row by row.
pub(super) fn table(predictions: &[&Instance], truths: &[Instance], parameters: &Parameters) -> Vec<f64> {
    let mut values = Vec::with_capacity(predictions.len() * truths.len());
    for prediction in predictions {
        for truth in truths {
            values.push(match parameters.kind {
                Kind::Boxes => boxes(prediction, truth),
                Kind::Masks => masks(prediction, truth),
                Kind::Keypoints => keypoints(prediction, truth, &parameters.sigmas),
            });
        }
    }
    values
}

/// For a crowd the union is the detection alone.
fn boxes(prediction: &Instance, truth: &Instance) -> f64 {
    let ([dx, dy, dw, dh], [gx, gy, gw, gh]) = (prediction.frame, truth.frame);
    let width = (dw + dx).min(gw + gx) - dx.max(gx);
    let height = (dh + dy).min(gh + gy) - dy.max(gy);
    if width <= 0.0 || height <= 0.0 {
        return 0.0;
    }
    let common = width * height;
    let union = if truth.crowd { dw * dh } else { dw * dh + gw * gh - common };
    if union > 0.0 { common / union } else { 0.0 }
}

fn masks(prediction: &Instance, truth: &Instance) -> f64 {
    let (Some(one), Some(two)) = (&prediction.mask, &truth.mask) else { return 0.0 };
    let Some(common) = one.common(two).filter(|common| *common > 0) else { return 0.0 };
    let union = if truth.crowd { one.area() } else { one.area() + two.area() - common };
    common as f64 / union as f64
}

/// Object keypoint similarity. A truth without visible keypoints is met by what lies within twice its box.
fn keypoints(prediction: &Instance, truth: &Instance, sigmas: &[f64]) -> f64 {
    let [x, y, width, height] = truth.frame;
    let visible = truth.keypoints.chunks(3).filter(|point| point.get(2).is_some_and(|v| *v > 0.0)).count();
    let outside = |value: f64, low: f64, size: f64| {
        let (from, to) = (low - size, low + size * 2.0);
        (from - value).max(0.0) + (value - to).max(0.0)
    };
    let (mut sum, mut count) = (0.0, 0.0);
    for ((point, own), sigma) in truth.keypoints.chunks(3).zip(prediction.keypoints.chunks(3)).zip(sigmas) {
        let (&[gx, gy, visibility], &[dx, dy, _]) = (point, own) else { continue };
        if visible > 0 && visibility <= 0.0 {
            continue;
        }
        let (far_x, far_y) =
            if visible > 0 { (dx - gx, dy - gy) } else { (outside(dx, x, width), outside(dy, y, height)) };
        let variance = (sigma * 2.0).powi(2);
        sum += (-((far_x * far_x + far_y * far_y) / variance / (truth.area + SPACING) / 2.0)).exp();
        count += 1.0;
    }
    if count > 0.0 { sum / count } else { 0.0 }
}
