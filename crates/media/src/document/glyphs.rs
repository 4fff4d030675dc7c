//! What a page draws of text: every character with its box on the upright page.

use crate::limits::PAGE_GLYPHS_MAXIMUM;
use hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageDrawProps, SoftMask,
    font::{Glyph as Drawn, GlyphRun},
    hayro_cmap::{BfString, WritingMode},
    kurbo::{Affine, BezPath, Point, Vec2},
};

/// A glyph's own units: so many are an em.
const UNITS_PER_EM: f64 = 1000.0;
/// How far characters reach below the line where their font does not say it: Helvetica's descender. They are one em high
/// from there, as in pdfminer (PDF files give no ink, and many fonts wrong heights).
const DESCENT: f64 = 207.0;

/// One drawn character.
pub struct Glyph {
    pub text: String,
    /// Left, top, right, bottom in points from the upper left corner of the page.
    pub bounds: [f64; 4],
    /// Where the pen stands before it and after it.
    pub from: Point,
    pub to: Point,
    /// Which way the line runs: a vector of length 1.
    pub along: Vec2,
    /// Height of an em, in points.
    pub size: f64,
}

#[derive(Default)]
pub struct Glyphs {
    glyphs: Vec<Glyph>,
    full: bool,
}

impl Glyphs {
    /// In the order in which they are drawn; None when there are too many.
    pub fn finish(self) -> Option<Vec<Glyph>> {
        (!self.full).then_some(self.glyphs)
    }
}

fn text_of(glyph: &Drawn<'_>) -> String {
    match glyph.as_unicode() {
        Some(BfString::Char(one)) => one.to_string(),
        Some(BfString::String(several)) => several,
        None => '\u{fffd}'.to_string(),
    }
}

fn width_of(glyph: &Drawn<'_>) -> f64 {
    let width = match glyph {
        Drawn::Outline(outline) => outline.advance_width(),
        Drawn::Type3(drawn) => drawn.advance_width(),
    };
    f64::from(width.unwrap_or(500.0)).max(0.0)
}

fn placed(place: Affine, text: String, width: f64, vertical: bool) -> Option<Glyph> {
    let corners = [(0.0, -DESCENT), (width, -DESCENT), (width, UNITS_PER_EM - DESCENT), (0.0, UNITS_PER_EM - DESCENT)];
    let corners = corners.map(|(x, y)| place * Point::new(x, y));
    let origin = place * Point::ORIGIN;
    let up = place * Point::new(0.0, UNITS_PER_EM) - origin;
    let to = if vertical { origin - up } else { place * Point::new(width, 0.0) };
    let way = if vertical { -up } else { place * Point::new(UNITS_PER_EM, 0.0) - origin };
    let edge = |pick: fn(f64, f64) -> f64, of: fn(&Point) -> f64| corners.iter().map(of).reduce(pick).unwrap_or(0.0);
    let bounds = [
        edge(f64::min, |corner| corner.x),
        edge(f64::min, |corner| corner.y),
        edge(f64::max, |corner| corner.x),
        edge(f64::max, |corner| corner.y),
    ];
    let good = bounds.iter().all(|edge| edge.is_finite()) && up.hypot() > 1e-3 && way.hypot() > 1e-6;
    good.then(|| Glyph { text, bounds, from: origin, to, along: way / way.hypot(), size: up.hypot() })
}

impl<'a> Device<'a> for Glyphs {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, _: &DrawMode) {
        let vertical = run.writing_mode() == WritingMode::Vertical;
        for glyph in run.glyphs() {
            if self.glyphs.len() >= PAGE_GLYPHS_MAXIMUM {
                self.full = true;
                return;
            }
            let place = props.transform * glyph.transform();
            self.glyphs.extend(placed(place, text_of(glyph), width_of(glyph), vertical));
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}

    fn push_clip_path(&mut self, _: &ClipPath) {}

    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}

    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {}

    fn pop_clip(&mut self) {}

    fn pop_transparency_group(&mut self) {}
}
