//! Street scenes for the detection project: a road under a sky, with cars, trucks, bicycles and people whose
//! boxes are known because we drew them.

use super::{canvas::Canvas, dice::Dice};
use image::RgbImage;

pub const WIDTH: u32 = 640;
pub const HEIGHT: u32 = 400;

pub struct Thing {
    pub class: &'static str,
    /// x, y, width, height in pixels.
    pub frame: [f64; 4],
    pub occluded: bool,
}

pub struct Street {
    pub picture: RgbImage,
    pub things: Vec<Thing>,
}

const HORIZON: f64 = 170.0;

pub fn draw(index: u64) -> Street {
    let mut dice = Dice::new("street", index);
    let light = *dice.pick(&["day", "day", "day", "dusk", "night"]);
    let mut canvas = Canvas::new(WIDTH, HEIGHT, [90, 92, 96]);
    backdrop(&mut canvas, &mut dice, light);

    // Far things first, so that near ones cover them.
    let count = 2 + dice.below(6);
    let mut depths: Vec<f64> = (0..count).map(|_| dice.between(0.15, 1.0)).collect();
    depths.sort_by(f64::total_cmp);
    let mut things: Vec<Thing> = Vec::new();
    for depth in depths {
        let class = *dice.pick(&["car", "car", "car", "truck", "person", "person", "bicycle"]);
        let ground = HORIZON + 20.0 + depth * (f64::from(HEIGHT) - HORIZON - 40.0);
        let scale = 0.35 + depth * 0.9;
        let (width, height) = size_of(class, scale);
        let x = dice.between(4.0, f64::from(WIDTH) - width - 4.0);
        let frame = [x.round(), (ground - height).round(), width.round(), height.round()];
        if things.iter().any(|other| overlap_share(&other.frame, &frame) > 0.45) {
            continue;
        }
        match class {
            "car" => car(&mut canvas, &mut dice, frame),
            "truck" => truck(&mut canvas, &mut dice, frame),
            "person" => person(&mut canvas, &mut dice, frame),
            _ => bicycle(&mut canvas, &mut dice, frame),
        }
        for other in &mut things {
            other.occluded |= overlap_share(&other.frame, &frame) > 0.08;
        }
        things.push(Thing { class, frame, occluded: false });
    }
    match light {
        "night" => canvas.expose(0.42),
        "dusk" => canvas.expose(0.72),
        _ => {}
    }
    let mut grain = dice.clone();
    canvas.noise(7, || grain.bits() as u32);
    Street { picture: canvas.finish(), things }
}

fn size_of(class: &str, scale: f64) -> (f64, f64) {
    match class {
        "car" => (132.0 * scale, 52.0 * scale),
        "truck" => (170.0 * scale, 92.0 * scale),
        "person" => (28.0 * scale, 82.0 * scale),
        _ => (80.0 * scale, 56.0 * scale),
    }
}

/// The share of the first frame that the second covers.
fn overlap_share(a: &[f64; 4], b: &[f64; 4]) -> f64 {
    let width = (a[0] + a[2]).min(b[0] + b[2]) - a[0].max(b[0]);
    let height = (a[1] + a[3]).min(b[1] + b[3]) - a[1].max(b[1]);
    if width <= 0.0 || height <= 0.0 { 0.0 } else { width * height / (a[2] * a[3]) }
}

fn backdrop(canvas: &mut Canvas, dice: &mut Dice, light: &str) {
    let (top, low) = match light {
        "day" => ([112, 168, 222], [206, 226, 240]),
        "dusk" => ([96, 86, 142], [238, 170, 120]),
        _ => ([28, 34, 66], [66, 72, 104]),
    };
    canvas.gradient(0.0, HORIZON, top, low);
    let mut x = -20.0;
    while x < f64::from(WIDTH) {
        let width = dice.between(50.0, 110.0);
        let height = dice.between(50.0, 140.0);
        let tone = dice.between(95.0, 165.0) as u8;
        canvas.rectangle(x, HORIZON - height, width, height, [tone, tone.saturating_sub(10), tone.saturating_sub(22)]);
        let lit = if light == "day" { [70, 82, 98] } else { [246, 216, 132] };
        let mut wy = HORIZON - height + 10.0;
        while wy < HORIZON - 18.0 {
            let mut wx = x + 8.0;
            while wx < x + width - 12.0 {
                if dice.chance(0.7) {
                    canvas.rectangle(wx, wy, 8.0, 10.0, lit);
                }
                wx += 16.0;
            }
            wy += 20.0;
        }
        x += width + dice.between(0.0, 14.0);
    }
    canvas.gradient(HORIZON, HORIZON + 26.0, [150, 148, 142], [164, 162, 156]);
    canvas.gradient(HORIZON + 26.0, f64::from(HEIGHT), [84, 86, 90], [62, 63, 66]);
    for dash in 0..9 {
        let x = f64::from(dash) * 84.0 - 20.0;
        canvas.polygon(&[(x, 292.0), (x + 44.0, 292.0), (x + 40.0, 299.0), (x - 6.0, 299.0)], [222, 220, 206]);
    }
    for _ in 0..dice.below(4) {
        let x = dice.between(10.0, 620.0);
        canvas.rectangle(x - 3.0, HORIZON - 14.0, 6.0, 34.0, [92, 66, 46]);
        canvas.ellipse(x, HORIZON - 34.0, 22.0, 30.0, [58, 110, 62]);
    }
}

const PAINTS: [[u8; 3]; 8] = [
    [186, 38, 44],
    [36, 82, 156],
    [232, 232, 228],
    [44, 46, 50],
    [148, 152, 158],
    [222, 166, 40],
    [40, 110, 84],
    [122, 60, 110],
];

fn wheels(canvas: &mut Canvas, [x, y, width, height]: [f64; 4], radius: f64) {
    for share in [0.22, 0.78] {
        let (cx, cy) = (x + width * share, y + height - radius);
        canvas.ellipse(cx, cy, radius, radius, [24, 24, 26]);
        canvas.ellipse(cx, cy, radius * 0.5, radius * 0.5, [150, 150, 152]);
    }
}

fn shadow(canvas: &mut Canvas, [x, y, width, height]: [f64; 4]) {
    canvas.blend_ellipse(x + width / 2.0, y + height - 1.0, width * 0.52, height * 0.06 + 2.0, [20, 20, 22], 0.55);
}

fn car(canvas: &mut Canvas, dice: &mut Dice, frame: [f64; 4]) {
    let [x, y, width, height] = frame;
    let paint = *dice.pick(&PAINTS);
    shadow(canvas, frame);
    let roof = [(0.2, 0.45), (0.32, 0.0), (0.7, 0.0), (0.86, 0.45)].map(|(u, v)| (x + u * width, y + v * height));
    canvas.polygon(&roof, paint);
    let glass = [(0.26, 0.42), (0.35, 0.08), (0.67, 0.08), (0.79, 0.42)].map(|(u, v)| (x + u * width, y + v * height));
    canvas.polygon(&glass, [150, 190, 208]);
    canvas.rectangle(x + width * 0.5, y + height * 0.06, width * 0.02, height * 0.4, paint);
    canvas.rectangle(x, y + height * 0.42, width, height * 0.4, paint);
    canvas.rectangle(x, y + height * 0.5, width * 0.04, height * 0.12, [250, 236, 170]);
    canvas.rectangle(x + width * 0.96, y + height * 0.5, width * 0.04, height * 0.12, [196, 34, 30]);
    wheels(canvas, frame, height * 0.2);
}

fn truck(canvas: &mut Canvas, dice: &mut Dice, frame: [f64; 4]) {
    let [x, y, width, height] = frame;
    let paint = *dice.pick(&PAINTS);
    shadow(canvas, frame);
    canvas.rectangle(x + width * 0.27, y, width * 0.73, height * 0.84, [226, 224, 216]);
    canvas.rectangle(x + width * 0.27, y + height * 0.34, width * 0.73, height * 0.1, paint);
    canvas.rectangle(x, y + height * 0.26, width * 0.25, height * 0.58, paint);
    canvas.rectangle(x + width * 0.03, y + height * 0.32, width * 0.15, height * 0.2, [150, 190, 208]);
    canvas.rectangle(x, y + height * 0.78, width, height * 0.08, [42, 42, 44]);
    wheels(canvas, frame, height * 0.13);
}

fn person(canvas: &mut Canvas, dice: &mut Dice, frame: [f64; 4]) {
    let [x, y, width, height] = frame;
    let skin = *dice.pick(&[[232, 190, 160], [196, 144, 104], [120, 82, 58], [246, 212, 186]]);
    shadow(canvas, frame);
    let middle = x + width / 2.0;
    let trousers = *dice.pick(&[[44, 52, 78], [70, 66, 60], [30, 30, 34]]);
    canvas.stroke((middle, y + height * 0.55), (x + width * 0.22, y + height), width * 0.24, trousers);
    canvas.stroke((middle, y + height * 0.55), (x + width * 0.78, y + height), width * 0.24, trousers);
    let shirt = *dice.pick(&PAINTS);
    canvas.ellipse(middle, y + height * 0.38, width * 0.36, height * 0.22, shirt);
    canvas.stroke((x + width * 0.26, y + height * 0.26), (x + width * 0.06, y + height * 0.54), width * 0.16, shirt);
    canvas.stroke((x + width * 0.74, y + height * 0.26), (x + width * 0.94, y + height * 0.54), width * 0.16, shirt);
    canvas.ellipse(middle, y + height * 0.09, width * 0.22, height * 0.09, skin);
}

fn bicycle(canvas: &mut Canvas, dice: &mut Dice, frame: [f64; 4]) {
    let [x, y, width, height] = frame;
    let paint = *dice.pick(&PAINTS);
    let radius = height * 0.34;
    let (back, front) = ((x + radius, y + height - radius), (x + width - radius, y + height - radius));
    for (cx, cy) in [back, front] {
        for step in 0..28 {
            let angle = |s: i32| f64::from(s) * std::f64::consts::TAU / 28.0;
            let at = |a: f64| (cx + (radius - 1.5) * a.cos(), cy + (radius - 1.5) * a.sin());
            canvas.stroke(at(angle(step)), at(angle(step + 1)), 2.6, [28, 28, 30]);
        }
    }
    let seat = (x + width * 0.36, y + height * 0.16);
    let bar = (x + width * 0.7, y + height * 0.14);
    let pedal = (x + width * 0.46, y + height * 0.66);
    for (from, to) in [(back, seat), (seat, pedal), (back, pedal), (seat, bar), (pedal, bar), (bar, front)] {
        canvas.stroke(from, to, 3.2, paint);
    }
    canvas.rectangle(seat.0 - width * 0.08, seat.1 - 3.0, width * 0.16, 4.0, [30, 30, 30]);
    canvas.stroke(bar, (bar.0 - width * 0.06, y), 3.0, [30, 30, 30]);
}

#[cfg(test)]
mod tests {
    use super::{HEIGHT, WIDTH, draw};

    #[test]
    fn a_street_is_the_same_each_time_and_its_things_lie_inside() {
        let (first, again) = (draw(3), draw(3));
        assert_eq!(first.picture.as_raw(), again.picture.as_raw());
        assert!(!first.things.is_empty());
        for thing in &first.things {
            let [x, y, width, height] = thing.frame;
            assert!(x >= 0.0 && y >= 0.0 && x + width <= f64::from(WIDTH) && y + height <= f64::from(HEIGHT));
        }
    }
}
