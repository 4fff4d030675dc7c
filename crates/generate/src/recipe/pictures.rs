//! Parameters of the operations on pictures.

use super::{Check, Range, within};
use crate::picture::{Fill, SIDE_MAXIMUM};
use serde::Deserialize;

type Checked = Result<(), (&'static str, String)>;

macro_rules! parameters {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty = $default:expr,)* } $(check($this:ident) $check:block)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name { $($(#[$field_doc])* pub $field: $type,)* }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)* }
            }
        }

        impl Check for $name {
            $(fn check(&self) -> Checked {
                let $this = self;
                $check
            })?
        }
    };
}
pub(crate) use parameters;

parameters! {
    /// Left becomes right; joints and classes with sides change places unless told otherwise.
    FlipHorizontal {
        swap_sides: bool = true,
    }
}

parameters! {
    /// Top becomes bottom.
    FlipVertical {
        swap_sides: bool = true,
    }
}

parameters! {
    /// By 90 degrees clockwise, as often as one of the numbers says.
    QuarterTurn {
        turns: Vec<u32> = vec![1, 2, 3],
    }
    check(this) {
        if !this.turns.is_empty() && this.turns.iter().all(|turns| (1..=3).contains(turns)) {
            return Ok(());
        }
        Err(("turns", "a list of 1, 2 and 3: how often by 90 degrees".into()))
    }
}

parameters! {
    /// By any angle about the middle, clockwise.
    Rotate {
        degrees: Range = Range::new(-15.0, 15.0),
        /// A larger picture that holds all of the old one.
        expand: bool = false,
        fill: Fill = Fill::default(),
    }
    check(this) { within("degrees", this.degrees, -360.0, 360.0) }
}

parameters! {
    /// A part at a random place: a share of each side, or so many pixels.
    Crop {
        share: Range = Range::new(0.6, 1.0),
        width: Option<u32> = None,
        height: Option<u32> = None,
    }
    check(this) {
        within("share", this.share, 0.01, 1.0)?;
        side("width", this.width)?;
        side("height", this.height)
    }
}

parameters! {
    /// To so many pixels; with one side alone the other follows. `longest` is for the longer side; without any of them
    /// both sides are multiplied by `scale`.
    Resize {
        width: Option<u32> = None,
        height: Option<u32> = None,
        longest: Option<u32> = None,
        scale: Range = Range::new(0.5, 1.0),
    }
    check(this) {
        side("width", this.width)?;
        side("height", this.height)?;
        side("longest", this.longest)?;
        if this.longest.is_some() && (this.width.is_some() || this.height.is_some()) {
            return Err(("longest", "it stands alone, without width and height".into()));
        }
        within("scale", this.scale, 0.01, 16.0)
    }
}

parameters! {
    /// Scale, lean, turn and move about the middle, in this order.
    Affine {
        scale: Range = Range::new(0.9, 1.1),
        /// Degrees by which upright lines lean.
        shear: Range = Range::new(-5.0, 5.0),
        degrees: Range = Range::new(0.0, 0.0),
        /// Shares of the sides.
        translate: Range = Range::new(-0.05, 0.05),
        fill: Fill = Fill::default(),
    }
    check(this) {
        within("scale", this.scale, 0.05, 20.0)?;
        within("shear", this.shear, -60.0, 60.0)?;
        within("degrees", this.degrees, -360.0, 360.0)?;
        within("translate", this.translate, -1.0, 1.0)
    }
}

parameters! {
    /// Each corner moves by up to this share of the sides.
    Perspective {
        strength: Range = Range::new(0.02, 0.08),
        fill: Fill = Fill::default(),
    }
    check(this) { within("strength", this.strength, 0.0, 0.2) }
}

parameters! {
    /// Adds a share of full brightness.
    Brightness { by: Range = Range::new(-0.2, 0.2), }
    check(this) { within("by", this.by, -1.0, 1.0) }
}

parameters! {
    Contrast { factor: Range = Range::new(0.8, 1.25), }
    check(this) { within("factor", this.factor, 0.0, 10.0) }
}

parameters! {
    Saturation { factor: Range = Range::new(0.5, 1.5), }
    check(this) { within("factor", this.factor, 0.0, 10.0) }
}

parameters! {
    Hue { degrees: Range = Range::new(-20.0, 20.0), }
    check(this) { within("degrees", this.degrees, -360.0, 360.0) }
}

parameters! {
    Gamma { power: Range = Range::new(0.7, 1.4), }
    check(this) { within("power", this.power, 0.05, 20.0) }
}

parameters! {
    Grayscale {}
}

parameters! {
    /// The three colours in another order.
    ChannelShuffle {}
}

parameters! {
    Blur {
        /// Pixels.
        sigma: Range = Range::new(0.5, 2.0),
    }
    check(this) { within("sigma", this.sigma, 0.0, 80.0) }
}

parameters! {
    /// Normal noise on each colour.
    Noise {
        /// In steps of 255.
        sigma: Range = Range::new(2.0, 12.0),
    }
    check(this) { within("sigma", this.sigma, 0.0, 255.0) }
}

parameters! {
    SaltAndPepper { share: Range = Range::new(0.001, 0.02), }
    check(this) { within("share", this.share, 0.0, 1.0) }
}

parameters! {
    Jpeg { quality: Range = Range::new(30.0, 80.0), }
    check(this) { within("quality", this.quality, 1.0, 100.0) }
}

parameters! {
    /// Rectangles of one colour (T. DeVries and G. Taylor, 2017). Labels stay; what is hidden of each is told.
    Cutout {
        count: Range = Range::new(1.0, 4.0),
        /// Shares of the sides.
        size: Range = Range::new(0.05, 0.2),
        colour: [u8; 3] = [0; 3],
    }
    check(this) {
        within("count", this.count, 1.0, 1000.0)?;
        within("size", this.size, 0.0, 1.0)
    }
}

parameters! {
    /// Four pictures around a point (A. Bochkovskiy et al., YOLOv4, 2020), each scaled to cover its quarter.
    Mosaic {
        /// Where the point lies, as a share of the sides.
        centre: Range = Range::new(0.3, 0.7),
    }
    check(this) { within("centre", this.centre, 0.05, 0.95) }
}

parameters! {
    /// Two pictures seen through each other.
    Mixup {
        /// Of the first one.
        share: Range = Range::new(0.4, 0.6),
    }
    check(this) { within("share", this.share, 0.0, 1.0) }
}

fn side(field: &'static str, pixels: Option<u32>) -> Checked {
    match pixels {
        Some(pixels) if !(1..=SIDE_MAXIMUM).contains(&pixels) => {
            Err((field, format!("{pixels} does not lie between 1 and {SIDE_MAXIMUM} pixels")))
        }
        _ => Ok(()),
    }
}
