//! COCO's average precision for boxes, masks and keypoints, number for number as the reference implementation
//! (pycocotools' `COCOeval`; T.-Y. Lin et al., "Microsoft COCO: Common Objects in Context", 2014).
//!
//! Precision is read at 101 recall points after being made monotone; crowd regions and regions out of the area range
//! take matches without counting; equal scores keep their order (stable sort over images by id); a class without a
//! truth, or an area range without one, has -1 and leaves every mean. What the reference fixes can be set here: the
//! OKS sigmas, the numbers of detections, the thresholds, the area ranges.
//!
//! One difference on purpose: the reference reads the id 0 of a truth as "unmatched"; here an id is only a name.

pub mod accumulate;
pub mod boxes;
pub mod input;
pub mod matching;
pub mod numbers;
pub mod overlap;

pub use boxes::ImageBoxes;
pub use input::{CocoError, Counts, Data};
pub use numbers::{ClassNumbers, Evaluation};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Boxes,
    Masks,
    Keypoints,
}

/// A named range of areas in square pixels, both ends included.
#[derive(Debug, Clone, PartialEq)]
pub struct AreaRange {
    /// `all`, `small`, `medium`, `large`, or the caller's own.
    pub name: String,
    pub low: f64,
    pub high: f64,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Parameters {
    pub kind: Kind,
    /// Overlaps from which a detection is right.
    pub thresholds: Vec<f64>,
    pub recalls: Vec<f64>,
    /// Detections of an image and class that count, ascending.
    pub max_detections: Vec<usize>,
    /// The first is the one that AP and AR use.
    pub areas: Vec<AreaRange>,
    /// One for each keypoint, in the order of the skeleton.
    pub sigmas: Vec<f64>,
}

/// Of COCO's seventeen keypoints.
pub const PERSON_SIGMAS: [f64; 17] = [
    0.026, 0.025, 0.025, 0.035, 0.035, 0.079, 0.079, 0.072, 0.072, 0.062, 0.062, 0.107, 0.107, 0.087, 0.087, 0.089,
    0.089,
];

impl Parameters {
    pub fn new(kind: Kind) -> Self {
        let area = |name: &str, low, high| AreaRange { name: name.to_owned(), low, high };
        let (small, medium, most) = (32.0 * 32.0, 96.0 * 96.0, 1e10);
        let mut areas = vec![area("all", 0.0, most)];
        if kind != Kind::Keypoints {
            areas.push(area("small", 0.0, small));
        }
        areas.extend([area("medium", small, medium), area("large", medium, most)]);
        Self {
            kind,
            thresholds: spaced(0.5, 0.95, 10),
            recalls: spaced(0.0, 1.0, 101),
            max_detections: if kind == Kind::Keypoints { vec![20] } else { vec![1, 10, 100] },
            areas,
            sigmas: PERSON_SIGMAS.to_vec(),
        }
    }
}

/// Evenly spaced, both ends included, rounded as numpy's `linspace` does: thresholds are compared exactly.
fn spaced(start: f64, end: f64, count: usize) -> Vec<f64> {
    let step = (end - start) / (count - 1) as f64;
    (0..count).map(|at| if at + 1 == count { end } else { at as f64 * step + start }).collect()
}

/// All numbers of predictions against a truth.
pub fn evaluate(data: &Data, parameters: &Parameters) -> Result<Evaluation, CocoError> {
    parameters.check(data)?;
    let table = accumulate::accumulate(data, parameters);
    Ok(numbers::summarize(data, parameters, &table))
}

impl Parameters {
    fn check(&self, data: &Data) -> Result<(), CocoError> {
        let sound = |low: f64, high: f64| low.is_finite() && high.is_finite() && low <= high;
        if self.max_detections.is_empty() || self.max_detections.contains(&0) || !self.max_detections.is_sorted() {
            return Err(CocoError::Parameter("max-dets must be ascending numbers from 1 up".into()));
        }
        if self.areas.is_empty() || self.areas.iter().any(|area| !sound(area.low, area.high)) {
            return Err(CocoError::Parameter("an area range must be two numbers, low to high".into()));
        }
        if self.thresholds.is_empty() || self.thresholds.iter().any(|t| !(0.0..=1.0).contains(t)) {
            return Err(CocoError::Parameter("thresholds must lie between 0 and 1".into()));
        }
        if self.kind == Kind::Keypoints {
            if self.sigmas.iter().any(|sigma| !(*sigma > 0.0 && sigma.is_finite())) {
                return Err(CocoError::Parameter("sigmas must be numbers above 0".into()));
            }
            data.check_keypoints(self.sigmas.len())?;
        }
        Ok(())
    }
}
