//! Parameters of the operations on time series. `channels` names columns of numbers; all of them when it is left out.

use super::{Check, Range, pictures::parameters, within};
use serde::Deserialize;

type Checked = Result<(), (&'static str, String)>;

parameters! {
    /// Normal noise on each value.
    Jitter {
        /// As a share of each channel's own deviation.
        share: Range = Range::new(0.01, 0.05),
        channels: Vec<String> = Vec::new(),
    }
    check(this) { within("share", this.share, 0.0, 100.0) }
}

parameters! {
    /// Each channel times a number of its own (T. Um et al., 2017).
    Scale {
        factor: Range = Range::new(0.8, 1.25),
        channels: Vec<String> = Vec::new(),
    }
    check(this) { within("factor", this.factor, -1000.0, 1000.0) }
}

parameters! {
    /// Faster here and slower there; the length stays.
    TimeWarp {
        /// Speeds are drawn up to so much below and above 1.
        strength: Range = Range::new(0.1, 0.3),
        /// Stretches of one speed each.
        pieces: Range = Range::new(3.0, 6.0),
    }
    check(this) {
        within("strength", this.strength, 0.0, 0.95)?;
        within("pieces", this.pieces, 2.0, 1000.0)
    }
}

parameters! {
    /// A part at a random place: a share of the rows, or so many.
    Window {
        share: Range = Range::new(0.5, 0.9),
        rows: Option<u32> = None,
    }
    check(this) {
        if this.rows == Some(0) {
            return Err(("rows", "a part has at least one row".into()));
        }
        within("share", this.share, 0.001, 1.0)
    }
}
