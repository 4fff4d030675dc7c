//! Detectors: one that finds bright cells of a picture, and those that are none.

use super::written::{floats, model, node, value, whole, with};
use image::{Rgb, RgbImage};
use labelwright_inference::detect::{Detection, Detector};
use tract_onnx::pb::{AttributeProto, attribute_proto::AttributeType, tensor_proto::DataType};

/// The same bytes lie in a file, for tests that have no compiler of models.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/bright_cells.onnx");

/// A candidate for each of 4 x 4 cells of a picture of 32 x 32, of the cell's size, whose score is the cell's brightness.
fn bright_cells() -> Vec<u8> {
    let middles = |at: fn(usize) -> usize| (0..16).map(move |cell| (at(cell) * 8 + 4) as f32);
    let sides = std::iter::repeat_n(8.0, 32);
    let boxes: Vec<f32> = middles(|cell| cell % 4).chain(middles(|cell| cell / 4)).chain(sides).collect();
    let mut mean = node("Conv", &["picture", "mean"], "cells");
    for name in ["kernel_shape", "strides"] {
        let kind = AttributeType::Ints as i32;
        mean.attribute.push(AttributeProto {
            name: name.into(),
            ints: vec![8, 8],
            r#type: kind,
            ..AttributeProto::default()
        });
    }
    model(
        vec![value("picture", DataType::Float, &[Ok(1), Ok(3), Ok(32), Ok(32)])],
        vec![
            floats("mean", &[1, 3, 8, 8], &[1.0 / 192.0; 192]),
            floats("boxes", &[1, 4, 16], &boxes),
            whole("flat", &[3], &[1, 1, 16]),
        ],
        vec![
            mean,
            node("Reshape", &["cells", "flat"], "scores"),
            with(node("Concat", &["boxes", "scores"], "output0"), "axis", 1),
        ],
        value("output0", DataType::Float, &[Ok(1), Ok(5), Ok(16)]),
    )
}

#[test]
fn places_are_those_of_the_picture_and_not_of_the_model() {
    let made = bright_cells();
    assert!(std::fs::read(FILE).is_ok_and(|bytes| bytes == made), "write the model anew into {FILE}");
    let detector = Detector::open(&made).unwrap();
    // 64 x 32 pixels become 32 x 16, with grey above and below: one pixel of the model is two of the picture.
    let mut picture = RgbImage::new(64, 32);
    for (x, y) in (16..32).flat_map(|x| (0..16).map(move |y| (x, y))) {
        picture.put_pixel(x, y, Rgb([255; 3]));
    }
    let found = detector.detect(&picture, 0.9).unwrap();
    let [one] = found.as_slice() else { panic!("{found:?}") };
    let expected = Detection { x: 16.0, y: 0.0, width: 16.0, height: 16.0, score: one.score };
    assert!(*one == expected && one.score > 0.9, "{one:?}");
    assert_eq!(detector.detect(&RgbImage::new(32, 32), 0.5).unwrap(), []);
    assert_eq!(detector.detect(&RgbImage::from_pixel(32, 32, Rgb([255; 3])), 0.5).unwrap().len(), 16);
}

#[test]
fn what_gives_no_places_is_refused() {
    let picture = || vec![value("picture", DataType::Float, &[Ok(1), Ok(3), Ok(8), Ok(8)])];
    let plain = model(
        picture(),
        Vec::new(),
        vec![node("GlobalAveragePool", &["picture"], "out")],
        value("out", DataType::Float, &[Ok(1), Ok(3), Ok(1), Ok(1)]),
    );
    let told = Detector::open(&plain).err().unwrap().to_string();
    assert!(told.contains("a detector gives 1 x numbers x candidates"), "{told}");
    let two = model(
        vec![picture().remove(0), value("more", DataType::Float, &[Ok(1), Ok(3), Ok(8), Ok(8)])],
        Vec::new(),
        vec![node("Add", &["picture", "more"], "out")],
        value("out", DataType::Float, &[Ok(1), Ok(3), Ok(8), Ok(8)]),
    );
    assert!(Detector::open(&two).err().unwrap().to_string().contains("one input"));
    assert!(Detector::open(b"no model").is_err());
}
