//! What happens to pixels.
#![allow(clippy::unwrap_used)]

use labelwright_core::{
    Geometry,
    geometry::{Bounds, Mask},
};
use labelwright_generate::{
    GenerateError, Random,
    picture::{
        Change, Coding, Colour, Fill, Picture, blur, cutout, decode, encode, gaussian, jpeg, mixup, paste,
        salt_and_pepper, warp,
    },
    plane::{Map, Step, carry},
};

fn noisy(width: u32, height: u32, channels: usize) -> Picture {
    let mut random = Random::new(u64::from(width));
    let pixels = (0..width as usize * height as usize * channels).map(|_| random.bits() as u8).collect();
    Picture { width, height, channels, pixels }
}

#[test]
fn pixels_go_where_masks_go() {
    // A mask of a picture's bright pixels moves as the picture does, pixel for pixel.
    for channels in [3, 4] {
        let picture = noisy(31, 17, channels);
        let bright = |picture: &Picture| {
            let pixels = (0..picture.width).flat_map(|x| (0..picture.height).map(move |y| (x, y)));
            Mask::from_pixels(picture.width, picture.height, pixels.map(|(x, y)| picture.at(x, y)[0] > 127))
        };
        let size = picture.size();
        let steps = [
            Step::flip_horizontal(size),
            Step::flip_vertical(size),
            Step::quarter_turns(size, 1),
            Step::quarter_turns(size, 2),
            Step::quarter_turns(size, 3),
            Step::rotate(size, 90.0, true),
            Step::crop(size, 5, 3, [12, 9]),
        ];
        for step in steps {
            let moved = warp(&picture, &step, Fill::default()).unwrap();
            let carried = carry(&Geometry::Mask(bright(&picture)), &step, &[]);
            assert_eq!(carried.shapes, [Geometry::Mask(bright(&moved))], "{step:?}");
        }
        let flip = Step::flip_horizontal(size);
        assert_eq!(warp(&warp(&picture, &flip, Fill::Edge).unwrap(), &flip, Fill::Edge).unwrap(), picture);
    }
}

#[test]
fn mixing_keeps_flat_pictures_flat_and_fills_the_rest() {
    let grey = Picture::plain(20, 20, 3, [90, 120, 200]);
    let turned = warp(&grey, &Step::rotate([20, 20], 30.0, false), Fill::Edge).unwrap();
    assert_eq!(turned, grey);
    let small = warp(&grey, &Step::resize([20, 20], [3, 7]), Fill::Edge).unwrap();
    assert_eq!(small, Picture::plain(3, 7, 3, [90, 120, 200]));
    let far =
        warp(&grey, &Step::new(Map::translation(30.0, 0.0), [20, 20], [20, 20]), Fill::Colour([1, 2, 3])).unwrap();
    assert_eq!(far, Picture::plain(20, 20, 3, [1, 2, 3]));
    // A place half-way between two pixels is their mean.
    let two = Picture { width: 2, height: 1, channels: 3, pixels: vec![0, 0, 0, 200, 100, 50] };
    let wide = warp(&two, &Step::resize([2, 1], [4, 1]), Fill::Edge).unwrap();
    assert_eq!(wide.at(1, 0), [50, 25, 13]);
}

#[test]
fn colours_by_hand() {
    let apply = |colour: Colour, pixel: [u8; 3]| {
        let picture = Picture::plain(1, 1, 4, pixel);
        let picture = colour.change().apply(&picture);
        assert_eq!(picture.pixels[3], 255, "transparency is no colour");
        [picture.pixels[0], picture.pixels[1], picture.pixels[2]]
    };
    assert_eq!(apply(Colour::Brightness(0.2), [0, 100, 250]), [51, 151, 255]);
    assert_eq!(apply(Colour::Contrast(2.0), [128, 100, 250]), [129, 73, 255]);
    assert_eq!(apply(Colour::Gamma(0.5), [64, 0, 255]), [128, 0, 255]);
    assert_eq!(apply(Colour::Grayscale, [255, 0, 0]), [54, 54, 54]);
    assert_eq!(apply(Colour::Shuffle([2, 0, 1]), [1, 2, 3]), [3, 1, 2]);
    for unchanged in [Colour::Hue(0.0), Colour::Hue(360.0), Colour::Saturation(1.0), Colour::Gamma(1.0)] {
        assert_eq!(apply(unchanged, [12, 130, 77]), [12, 130, 77], "{unchanged:?}");
    }
    // Grey has no hue, and turning by a third goes from one colour towards the next.
    assert_eq!(apply(Colour::Hue(120.0), [80, 80, 80]), [80, 80, 80]);
    let turned = apply(Colour::Hue(120.0), [200, 20, 20]);
    assert!(turned[1] > turned[0] && turned[1] > turned[2], "{turned:?}");
}

#[test]
fn blur_and_noise_have_the_strength_that_is_told() {
    let mut flat = Picture::plain(15, 9, 3, [10, 20, 30]);
    blur(&mut flat, 2.5);
    assert_eq!(flat, Picture::plain(15, 9, 3, [10, 20, 30]));
    let mut dot = Picture::plain(41, 41, 3, [0; 3]);
    cutout(&mut dot, &[Bounds::new(15.0, 15.0, 26.0, 26.0)], [255; 3]);
    blur(&mut dot, 3.0);
    let row: Vec<f64> = (0..41).map(|x| (0..41).map(|y| f64::from(dot.at(x, y)[0])).sum()).collect();
    let sum: f64 = row.iter().sum();
    let variance = row.iter().enumerate().map(|(x, v)| (x as f64 - 20.0).powi(2) * v).sum::<f64>() / sum;
    // A box of 11 pixels has variance 10, the blur adds 9.
    assert!((variance - 19.0).abs() < 0.6, "{variance}");
    let mut grey = Picture::plain(200, 200, 3, [128; 3]);
    gaussian(&mut grey, 12.0, &mut Random::new(3));
    let deviation = (grey.pixels.iter().map(|v| (f64::from(*v) - 128.0).powi(2)).sum::<f64>() / 120_000.0).sqrt();
    assert!((deviation - 12.0).abs() < 0.15, "{deviation}");
    let mut salted = Picture::plain(200, 200, 3, [128; 3]);
    salt_and_pepper(&mut salted, 0.1, &mut Random::new(3));
    let hit = salted.pixels.chunks_exact(3).filter(|pixel| pixel[0] != 128).count();
    assert!((3700..4300).contains(&hit), "{hit}");
}

#[test]
fn files_are_read_upright_and_broken_ones_refused() {
    let picture = noisy(19, 11, 4);
    let (back, coding) = decode(&encode(&picture, Coding::Png, 0).unwrap()).unwrap();
    assert_eq!((back, coding), (picture.clone(), Coding::Png));
    let bytes = encode(&picture, Coding::Jpeg, 90).unwrap();
    let (photo, coding) = decode(&bytes).unwrap();
    assert_eq!((photo.channels, photo.size(), coding), (3, [19, 11], Coding::Jpeg));
    // An EXIF note that says: turn it by a quarter.
    let mut note = vec![0xff, 0xd8, 0xff, 0xe1, 0, 34];
    note.extend(b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0");
    note.extend(&bytes[2..]);
    assert_eq!(decode(&note).unwrap().0.size(), [11, 19]);
    for broken in [&bytes[..40], b"", b"hello"] {
        assert!(matches!(decode(broken), Err(GenerateError::Picture(_))));
    }
    // A header that promises 1e9 x 1 pixels.
    let mut absurd = encode(&picture, Coding::Png, 0).unwrap();
    absurd[16..20].copy_from_slice(&1_000_000_000_u32.to_be_bytes());
    assert!(decode(&absurd).is_err());
    let spoiled = jpeg(&picture, 10).unwrap();
    assert!(
        spoiled != picture && spoiled.pixels.iter().skip(3).step_by(4).eq(picture.pixels.iter().skip(3).step_by(4))
    );
}

#[test]
fn pictures_in_pictures() {
    let mut onto = Picture::plain(10, 10, 3, [0; 3]);
    let mut step = Step::new(Map::scale(2.0, 2.0).then(Map::translation(4.0, 4.0)), [2, 2], [10, 10]);
    step.frame = Bounds::new(5.0, 4.0, 8.0, 7.0);
    paste(&mut onto, &Picture::plain(2, 2, 4, [9, 8, 7]), &step);
    let lit: Vec<(u32, u32)> =
        (0..10).flat_map(|y| (0..10).map(move |x| (x, y))).filter(|(x, y)| onto.at(*x, *y) == [9, 8, 7]).collect();
    assert_eq!(lit.len(), 9);
    assert_eq!((lit[0], lit[8]), ((5, 4), (7, 6)));
    let mut first = Picture::plain(4, 4, 3, [100; 3]);
    mixup(&mut first, &Picture::plain(8, 2, 3, [200; 3]), 0.75);
    assert_eq!(first, Picture::plain(4, 4, 3, [125; 3]));
}

/// The pixels after all of these, joined where that is possible.
fn changed(picture: &Picture, colours: &[Colour]) -> (Picture, usize) {
    let (mut picture, mut done) = (picture.clone(), 0);
    let mut waiting: Option<Change> = None;
    for colour in colours {
        let next = match &mut waiting {
            Some(change) => change.join(colour.change()),
            None => Some(colour.change()),
        };
        if let Some(next) = next {
            done += usize::from(waiting.is_some());
            waiting.replace(next).inspect(|change| picture = change.apply(&picture));
        }
    }
    waiting.inspect(|change| picture = change.apply(&picture));
    (picture, done + 1)
}

#[test]
fn changes_of_colour_that_follow_each_other_are_one() {
    let picture = Picture { width: 64, height: 4, channels: 3, pixels: (0..=255).cycle().take(768).collect() };
    let clear = |colours: &[Colour]| -> Vec<f64> {
        let new = |value: f64, colour: &Colour| match *colour {
            Colour::Brightness(share) => value + share,
            Colour::Contrast(factor) => (value - 0.5) * factor + 0.5,
            Colour::Gamma(power) => value.powf(power),
            _ => panic!("no curve"),
        };
        let all = |value: u8| colours.iter().fold(f64::from(value) / 255.0, |v, c| new(v, c).clamp(0.0, 1.0)) * 255.0;
        picture.pixels.iter().map(|value| all(*value)).collect()
    };
    // Lines that are computed, with what is cut off in between; halves and powers, which are looked up.
    for colours in [
        vec![Colour::Brightness(0.17), Colour::Contrast(1.3)],
        vec![Colour::Brightness(0.4), Colour::Contrast(0.6), Colour::Brightness(-0.3)],
        vec![Colour::Contrast(2.0)],
        vec![Colour::Contrast(-1.0)],
        vec![Colour::Brightness(0.17), Colour::Contrast(1.4), Colour::Gamma(0.8), Colour::Brightness(-0.3)],
    ] {
        let (at_once, times) = changed(&picture, &colours);
        assert_eq!(times, 1);
        for (value, wanted) in at_once.pixels.iter().zip(clear(&colours)) {
            assert!((f64::from(*value) - wanted).abs() <= 0.5 + 1e-9, "{colours:?}: {value}, not {wanted}");
        }
    }
    // To grey there is no way back, but nothing else is lost between two mixes.
    let mixes = [Colour::Hue(70.0), Colour::Saturation(3.0), Colour::Saturation(1.0 / 3.0), Colour::Hue(-70.0)];
    let (back, times) = changed(&noisy(31, 7, 3), &mixes);
    let far = back.pixels.iter().zip(&noisy(31, 7, 3).pixels).map(|(a, b)| a.abs_diff(*b)).max();
    assert!(times == 1 && far <= Some(1), "{far:?}");
    assert_eq!(changed(&picture, &[Colour::Hue(3.0), Colour::Gamma(2.0), Colour::Brightness(0.1)]).1, 2);
}
