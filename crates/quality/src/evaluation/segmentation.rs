//! Semantic segmentation: intersection over union by class, pooled over images, and its mean (mIoU, M. Everingham et
//! al., "The Pascal Visual Object Classes Challenge", 2010).

use labelwright_core::geometry::Mask;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Segmentation {
    /// Class, its IoU, 0 to 1, and the true pixels; classes that are nowhere are not listed.
    pub classes: Vec<(String, f64, u64)>,
    /// Mean over those classes; None for none.
    pub mean_iou: Option<f64>,
}

/// Masks of one image by class.
pub type ByClass = BTreeMap<String, Mask>;

/// Each image: class to predicted mask, class to true mask. None when masks of an image have different sizes.
pub fn segmentation(images: &[(ByClass, ByClass)]) -> Option<Segmentation> {
    let mut sums: BTreeMap<&str, (u64, u64, u64)> = BTreeMap::new();
    for (predicted, truth) in images {
        for (class, mask) in predicted {
            let own = sums.entry(class).or_default();
            own.0 += mask.area();
            if let Some(other) = truth.get(class) {
                own.2 += mask.common(other)?;
            }
        }
        for (class, mask) in truth {
            sums.entry(class).or_default().1 += mask.area();
        }
    }
    let classes: Vec<(String, f64, u64)> = sums
        .into_iter()
        .filter(|(_, (predicted, truth, _))| predicted + truth > 0)
        .map(|(class, (predicted, truth, common))| {
            (class.to_owned(), common as f64 / (predicted + truth - common) as f64, truth)
        })
        .collect();
    let mean_iou = (!classes.is_empty()).then(|| classes.iter().map(|own| own.1).sum::<f64>() / classes.len() as f64);
    Some(Segmentation { classes, mean_iou })
}
