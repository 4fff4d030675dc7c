//! Boxes that are probably wrong, after ObjectLab (Tkachenko, Thyagarajan, Mueller, 2023): *overlooked* (a sure
//! prediction with no label near it), *badly located* (the label fits no prediction of its class well), *swapped* (a
//! sure prediction of another class lies where the label is).
//!
//! Stated differences: overlap is plain IoU (ObjectLab mixes in a centre distance), and the score of an image is the
//! soft minimum over its boxes (T = 0.1), the kinds taken together.

use super::segmentation::soft_min;

/// Corners x1, y1, x2, y2.
pub type Corners = [f64; 4];

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LabelBox {
    pub corners: Corners,
    pub class: u32,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PredictedBox {
    pub corners: Corners,
    pub class: u32,
    /// 0 to 1.
    pub score: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoxIssue {
    Overlooked,
    BadlyLocated,
    Swapped,
}

impl BoxIssue {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Overlooked => "overlooked",
            Self::BadlyLocated => "badly_located",
            Self::Swapped => "swapped",
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// The label's place, or for an overlooked box the prediction's.
    pub index: usize,
    pub kind: BoxIssue,
    /// 0 to 1; lower is worse.
    pub score: f64,
    /// The class that should be there.
    pub suggested: u32,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ImageIssues {
    /// The worst first.
    pub issues: Vec<Found>,
    /// 0 to 1; 1 for an image without labels and sure predictions.
    pub score: f64,
    /// For each label the lowest score that it got, 0 to 1; 1 where nothing speaks against it.
    pub label_scores: Vec<f64>,
}

/// Predictions from here on are sure enough to overrule, and to judge a label's place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sure {
    pub overrules: f64,
    pub locates: f64,
    /// Scores below this are issues.
    pub threshold: f64,
}

impl Default for Sure {
    fn default() -> Self {
        Self { overrules: 0.95, locates: 0.5, threshold: 0.5 }
    }
}

fn overlap(a: &Corners, b: &Corners) -> f64 {
    let side = |low: usize, high: usize| (a[high].min(b[high]) - a[low].max(b[low])).max(0.0);
    let area = |c: &Corners| (c[2] - c[0]).max(0.0) * (c[3] - c[1]).max(0.0);
    let both = side(0, 2) * side(1, 3);
    let union = area(a) + area(b) - both;
    if union > 0.0 { both / union } else { 0.0 }
}

/// Judges one image.
pub fn detection(labels: &[LabelBox], predictions: &[PredictedBox], sure: Sure) -> ImageIssues {
    let (mut issues, mut scores) = (Vec::new(), Vec::new());
    let mut label_scores: Vec<f64> = vec![1.0; labels.len()];
    let mut note = |kind, index: usize, score: f64, suggested| {
        scores.push(score);
        if kind != BoxIssue::Overlooked
            && let Some(own) = label_scores.get_mut(index)
        {
            *own = own.min(score);
        }
        if score < sure.threshold {
            issues.push(Found { index, kind, score, suggested });
        }
    };
    for (index, label) in labels.iter().enumerate() {
        let best = |same: bool, least: f64| {
            let near = predictions.iter().filter(|p| (p.class == label.class) == same && p.score >= least);
            near.map(|p| (overlap(&label.corners, &p.corners), p)).max_by(|a, b| a.0.total_cmp(&b.0))
        };
        let swapped = best(false, sure.overrules).filter(|(overlap, _)| *overlap > 0.0);
        if let Some((overlap, other)) = swapped {
            note(BoxIssue::Swapped, index, 1.0 - overlap * other.score, other.class);
        }
        if let Some((overlap, _)) = best(true, sure.locates).filter(|(overlap, _)| *overlap > 0.0) {
            note(BoxIssue::BadlyLocated, index, overlap, label.class);
        }
    }
    for (index, prediction) in predictions.iter().enumerate().filter(|(_, p)| p.score >= sure.overrules) {
        let nearest = labels.iter().map(|label| overlap(&label.corners, &prediction.corners)).fold(0.0, f64::max);
        note(BoxIssue::Overlooked, index, 1.0 - prediction.score * (1.0 - nearest), prediction.class);
    }
    issues.sort_by(|a, b| a.score.total_cmp(&b.score).then(a.index.cmp(&b.index)));
    ImageIssues { issues, score: soft_min(&scores, 0.1), label_scores }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_told_from_the_others() {
        let at = |x: f64| [x, 0.0, x + 10.0, 10.0];
        let labels = [
            LabelBox { corners: at(0.0), class: 0 },
            LabelBox { corners: at(50.0), class: 1 },
            LabelBox { corners: at(108.0), class: 0 },
        ];
        let sure = |x, class| PredictedBox { corners: at(x), class, score: 0.99 };
        let predictions = [sure(0.0, 0), sure(50.0, 2), sure(100.0, 0), sure(300.0, 3)];
        let found = detection(&labels, &predictions, Sure::default());
        let of =
            |kind| found.issues.iter().filter(|i| i.kind == kind).map(|i| (i.index, i.suggested)).collect::<Vec<_>>();
        assert_eq!(of(BoxIssue::Swapped), [(1, 2)]);
        assert_eq!(of(BoxIssue::BadlyLocated), [(2, 0)]);
        assert_eq!(of(BoxIssue::Overlooked), [(3, 3), (2, 0)]);
        assert!(found.score < 0.1);
        assert_eq!(found.label_scores[0], 1.0);
        assert!(found.label_scores[1..].iter().all(|score| *score < 0.5));
        assert_eq!(detection(&labels[..1], &predictions[..1], Sure::default()).issues, []);
        assert_eq!(detection(&[], &[], Sure::default()).score, 1.0);
    }
}
