//! The methods that make one region of several, by kind and name.

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RegionKind {
    Boxes,
    Masks,
    Spans,
    Intervals,
    Texts,
}

impl RegionKind {
    pub const ALL: &[Self] = &[Self::Boxes, Self::Masks, Self::Spans, Self::Intervals, Self::Texts];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Boxes => "boxes",
            Self::Masks => "masks",
            Self::Spans => "spans",
            Self::Intervals => "intervals",
            Self::Texts => "texts",
        }
    }
}

pub struct Method {
    pub kind: RegionKind,
    pub id: &'static str,
    pub title: &'static str,
    pub paper: &'static str,
}

const fn method(kind: RegionKind, id: &'static str, title: &'static str, paper: &'static str) -> Method {
    Method { kind, id, title, paper }
}

/// The first of a kind is what is taken unless told.
pub const METHODS: &[Method] = &[
    method(RegionKind::Boxes, "cluster-median", "Cluster by overlap, median of the corners", "-"),
    method(RegionKind::Boxes, "weighted-fusion", "Weighted boxes fusion", "Solovyev, Wang, Gabruseva 2021"),
    method(RegionKind::Masks, "staple", "STAPLE with skills shared by all images", "Warfield, Zou, Wells 2004"),
    method(RegionKind::Masks, "majority", "Pixels that more than half have", "-"),
    method(RegionKind::Masks, "rasa", "Reliability by agreement, image by image", "Li, Fukumoto 2019"),
    method(RegionKind::Masks, "em", "One accuracy a labeler and image", "Jung-Lin Lee, Das Sarma, Parameswaran 2018"),
    method(
        RegionKind::Spans,
        "cluster-mode",
        "Cluster by overlap, most frequent ends",
        "Amazon SageMaker Ground Truth",
    ),
    method(RegionKind::Intervals, "cluster-median", "Cluster by overlap, median of the ends", "-"),
    method(RegionKind::Texts, "rover", "ROVER", "Fiscus 1997"),
    method(RegionKind::Texts, "medoid", "The text nearest to all others", "-"),
];

/// The method of this name for the kind.
pub fn find(kind: RegionKind, id: &str) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.kind == kind && method.id == id)
}

/// The method for the kind unless told.
pub fn default(kind: RegionKind) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.kind == kind)
}
