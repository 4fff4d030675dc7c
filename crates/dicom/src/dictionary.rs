//! What is known of a tag. Only the tags that we use are: of all others nobody has to know the value representation,
//! because they are never kept.

use crate::{Tag, Vr, tags::KNOWN};

fn find(tag: Tag) -> Option<&'static (Tag, &'static Vr, &'static str)> {
    KNOWN.iter().find(|(known, ..)| *known == tag)
}

pub fn keyword(tag: Tag) -> Option<&'static str> {
    find(tag).map(|(.., keyword)| *keyword)
}

/// `UN` where it is not known.
pub fn vr(tag: Tag) -> Vr {
    find(tag).map_or(*b"UN", |(_, vr, _)| **vr)
}
