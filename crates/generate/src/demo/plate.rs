//! Brushed metal plates for the classification project: intact, or with a scratch, a dent or a stain.

use super::{canvas::Canvas, dice::Dice};
use image::RgbImage;

pub const SIDE: u32 = 320;

/// From this plate on they come from somebody whose plates are stained: data that change while they are labeled.
pub const NEW_SUPPLIER: u64 = 48;

pub struct Plate {
    pub picture: RgbImage,
    pub defect: &'static str,
    /// 1 (barely visible) to 5 (obvious); 0 where there is no defect.
    pub severity: u8,
}

pub fn draw(index: u64) -> Plate {
    let mut dice = Dice::new("plate", index);
    let mut canvas = Canvas::new(SIDE, SIDE, [158, 162, 168]);
    let side = f64::from(SIDE);
    for _ in 0..260 {
        let tone = dice.between(140.0, 182.0) as u8;
        let (y, x) = (dice.between(0.0, side), dice.between(-60.0, side));
        canvas.stroke((x, y), (x + dice.between(60.0, 240.0), y), dice.between(0.5, 1.6), [tone, tone + 3, tone + 8]);
    }
    for (x, y) in [(22.0, 22.0), (298.0, 22.0), (22.0, 298.0), (298.0, 298.0)] {
        canvas.ellipse(x, y, 9.0, 9.0, [108, 110, 114]);
        canvas.ellipse(x, y, 6.0, 6.0, [58, 60, 64]);
    }
    let defects = if index < NEW_SUPPLIER {
        ["none", "none", "scratch", "dent", "stain"]
    } else {
        ["none", "stain", "stain", "stain", "stain"]
    };
    let defect = *dice.pick(&defects);
    let severity = if defect == "none" { 0 } else { 1 + dice.below(5) as u8 };
    let force = f64::from(severity) / 5.0;
    let (x, y) = (dice.between(70.0, 250.0), dice.between(70.0, 250.0));
    match defect {
        "scratch" => {
            let mut at = (x - 60.0, y - dice.between(-40.0, 40.0));
            let (dx, dy) = (dice.between(12.0, 20.0), dice.between(-9.0, 9.0));
            for _ in 0..(3 + 2 * usize::from(severity)) {
                let next = (at.0 + dx, at.1 + dy + dice.between(-4.0, 4.0));
                canvas.stroke(at, next, 0.8 + force * 2.0, [226, 228, 232]);
                canvas.stroke((at.0, at.1 + 1.5), (next.0, next.1 + 1.5), 0.6 + force, [84, 86, 92]);
                at = next;
            }
        }
        "dent" => {
            let radius = 12.0 + 26.0 * force;
            for ring in 0..8 {
                let share = 1.0 - f64::from(ring) / 8.0;
                canvas.blend_ellipse(x, y, radius * share, radius * share * 0.9, [84, 88, 96], 0.06 + 0.08 * force);
                let offset = radius * 0.2;
                canvas.blend_ellipse(
                    x + offset,
                    y + offset,
                    radius * share * 0.6,
                    radius * share * 0.5,
                    [222, 226, 232],
                    0.04 + 0.06 * force,
                );
            }
        }
        "stain" => {
            for _ in 0..6 {
                let (ox, oy) = (dice.between(-18.0, 18.0), dice.between(-14.0, 14.0));
                canvas.blend_ellipse(
                    x + ox,
                    y + oy,
                    10.0 + 18.0 * force,
                    8.0 + 12.0 * force,
                    [112, 78, 46],
                    0.12 + 0.22 * force,
                );
            }
        }
        _ => {}
    }
    canvas.expose(dice.between(0.86, 1.08));
    let mut grain = dice.clone();
    canvas.noise(9, || grain.bits() as u32);
    Plate { picture: canvas.finish(), defect, severity }
}
