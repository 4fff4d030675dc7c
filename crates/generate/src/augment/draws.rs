//! Steps whose numbers are drawn, with the numbers.

use crate::{
    Random,
    plane::{Map, Step},
    recipe::{Affine, Crop, Perspective, Resize},
};
use serde_json::{Value, json};

pub fn crop(own: &Crop, size: [u32; 2], random: &mut Random) -> (Step, Value) {
    let mut side = |wanted: Option<u32>, whole: u32| {
        let share = own.share.draw(random);
        wanted.unwrap_or((share * f64::from(whole)).round() as u32).clamp(1, whole)
    };
    let to = [side(own.width, size[0]), side(own.height, size[1])];
    let [left, top] = [0, 1].map(|axis| random.below((size[axis] - to[axis]) as usize + 1) as u32);
    let numbers = json!({ "left": left, "top": top, "width": to[0], "height": to[1] });
    (Step::crop(size, left, top, to), numbers)
}

pub fn resize(own: &Resize, size: [u32; 2], random: &mut Random) -> [u32; 2] {
    let scale = own.scale.draw(random);
    let share = |new: u32, old: u32| f64::from(new) / f64::from(old);
    let by = |factor: f64| size.map(|side| (f64::from(side) * factor).round().clamp(1.0, f64::from(u32::MAX)) as u32);
    match (own.width, own.height, own.longest) {
        (Some(width), Some(height), _) => [width, height],
        (Some(width), None, _) => [width, by(share(width, size[0]))[1]],
        (None, Some(height), _) => [by(share(height, size[1]))[0], height],
        (None, None, Some(longest)) => by(share(longest, size[0].max(size[1]))),
        (None, None, None) => by(scale),
    }
}

pub fn affine(own: &Affine, size: [u32; 2], random: &mut Random) -> (Step, Value) {
    let (scale, shear, degrees) = (own.scale.draw(random), own.shear.draw(random), own.degrees.draw(random));
    let [x, y] = [own.translate.draw(random), own.translate.draw(random)];
    let linear = Map::scale(scale, scale).then(Map::shear(shear, 0.0)).then(Map::rotation(degrees));
    let mut step = Step::about_middle(linear, size, size);
    step.map = step.map.then(Map::translation(x * f64::from(size[0]), y * f64::from(size[1])));
    (step, json!({ "scale": scale, "shear": shear, "degrees": degrees, "translate": [x, y] }))
}

pub fn perspective(own: &Perspective, size: [u32; 2], random: &mut Random) -> Option<(Step, Value)> {
    let strength = own.strength.draw(random);
    let [width, height] = size.map(f64::from);
    let corners = [[0.0, 0.0], [width, 0.0], [width, height], [0.0, height]].map(|[x, y]| {
        [x + random.between(-strength, strength) * width, y + random.between(-strength, strength) * height]
    });
    Some((Step::perspective(size, corners)?, json!({ "strength": strength, "corners": corners })))
}
