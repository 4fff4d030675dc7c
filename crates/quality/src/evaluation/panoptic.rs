//! Panoptic quality: A. Kirillov et al., "Panoptic Segmentation" (2019). PQ = sum of IoU over matched segments /
//! (TP + FP / 2 + FN / 2); segments of one class match when their IoU is above 1/2, which makes the matching unique.
//! SQ is the mean IoU of the matched, RQ their F1, PQ = SQ x RQ. A predicted segment that lies by more than half in crowd
//! regions of its class, or in unlabeled pixels, is no false positive.

use labelwright_core::geometry::Mask;
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    pub class: String,
    pub mask: Mask,
    /// A group that was not told apart: it is never missed and takes no match.
    pub crowd: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClassQuality {
    pub class: String,
    pub pq: f64,
    pub sq: f64,
    pub rq: f64,
    pub matched: u64,
    pub extra: u64,
    pub missing: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Panoptic {
    pub classes: Vec<ClassQuality>,
    /// Means over the classes; None for none.
    pub pq: Option<f64>,
    pub sq: Option<f64>,
    pub rq: Option<f64>,
}

#[derive(Default)]
struct Sum {
    iou: f64,
    matched: u64,
    extra: u64,
    missing: u64,
}

/// Each image: predicted segments and true ones; segments of one side do not overlap each other. None when masks of an
/// image have different sizes.
pub fn panoptic(images: &[(Vec<Segment>, Vec<Segment>)]) -> Option<Panoptic> {
    let mut sums: BTreeMap<&str, Sum> = BTreeMap::new();
    for (predicted, truth) in images {
        let all_true: Vec<Mask> = truth.iter().map(|segment| segment.mask.clone()).collect();
        let labeled = Mask::union_of(&all_true);
        let mut found = vec![false; truth.len()];
        for own in predicted {
            let area = own.mask.area();
            let unlabeled = match &labeled {
                Some(labeled) => area - own.mask.common(labeled)?,
                None => area,
            };
            let mut partner = None;
            let mut crowded = 0;
            for (at, other) in truth.iter().enumerate().filter(|(_, other)| other.class == own.class) {
                let common = own.mask.common(&other.mask)?;
                if other.crowd {
                    crowded += common;
                    continue;
                }
                // Unlabeled pixels of the prediction are no part of the union.
                let union = area + other.mask.area() - common - unlabeled;
                if union > 0 && 2 * common > union {
                    partner = Some((at, common as f64 / union as f64));
                }
            }
            let sum = sums.entry(&own.class).or_default();
            if let Some((at, iou)) = partner {
                sum.iou += iou;
                sum.matched += 1;
                found[at] = true;
            } else if 2 * (crowded + unlabeled) <= area {
                sum.extra += 1;
            }
        }
        for (segment, _) in truth.iter().zip(&found).filter(|(segment, found)| !segment.crowd && !**found) {
            sums.entry(&segment.class).or_default().missing += 1;
        }
    }
    let classes: Vec<ClassQuality> = sums
        .into_iter()
        .filter(|(_, sum)| sum.matched + sum.extra + sum.missing > 0)
        .map(|(class, sum)| {
            let whole = sum.matched as f64 + (sum.extra + sum.missing) as f64 / 2.0;
            ClassQuality {
                class: class.to_owned(),
                pq: sum.iou / whole,
                sq: if sum.matched > 0 { sum.iou / sum.matched as f64 } else { 0.0 },
                rq: sum.matched as f64 / whole,
                matched: sum.matched,
                extra: sum.extra,
                missing: sum.missing,
            }
        })
        .collect();
    let mean = |pick: fn(&ClassQuality) -> f64| {
        (!classes.is_empty()).then(|| classes.iter().map(pick).sum::<f64>() / classes.len() as f64)
    };
    Some(Panoptic { pq: mean(|own| own.pq), sq: mean(|own| own.sq), rq: mean(|own| own.rq), classes })
}
