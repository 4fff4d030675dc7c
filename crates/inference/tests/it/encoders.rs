//! Good models say what they should.

use crate::written::{floats, masked, model, node, text_model, tokeniser, value, with};
use labelwright_inference::{image::ImageEncoder, text::TextEncoder};
use tract_onnx::pb::tensor_proto::DataType;

fn near(found: &[f32], expected: &[f32]) {
    assert_eq!(found.len(), expected.len());
    assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{found:?} {expected:?}");
}

fn unit(values: [f32; 2]) -> [f32; 2] {
    let norm = values[0].hypot(values[1]);
    [values[0] / norm, values[1] / norm]
}

#[test]
fn a_text_is_the_mean_of_its_words_whatever_lies_beside_it() {
    let encoder =
        TextEncoder::open(&text_model(masked("input_ids", "attention_mask")), tokeniser().as_bytes(), None).unwrap();
    assert!(encoder.notes.is_empty(), "{:?}", encoder.notes);
    // red (3, 0) and sea (1, 1); the sun (2, -1); a word that nobody knows (0.5, 0.5).
    let expected = [unit([4.0, 1.0]), unit([2.0, -1.0]), unit([1.0, 1.0])];
    let texts: Vec<String> = ["Red sea", "sun", "unheard"].iter().map(|text| (*text).to_owned()).collect();
    for (found, expected) in encoder.embed(&texts).unwrap().iter().zip(&expected) {
        near(found, expected);
    }
    // Many of them, of all lengths, in their own order.
    let many: Vec<String> = (0..100).map(|at| "red ".repeat(at % 7) + "green").collect();
    let found = encoder.embed(&many).unwrap();
    for (at, found) in found.iter().enumerate() {
        near(found, &unit([3.0 * (at % 7) as f32, 2.0]));
    }
    assert_eq!(encoder.embed(&[]).unwrap().len(), 0);
    // Without a single word there is nothing to be near to.
    near(&encoder.embed(&[String::new()]).unwrap()[0], &[0.0, 0.0]);
}

#[test]
fn words_beyond_the_limit_do_not_count() {
    let bytes = text_model(masked("input_ids", "attention_mask"));
    let encoder = TextEncoder::open(&bytes, tokeniser().as_bytes(), Some(3)).unwrap();
    near(&encoder.embed(&["red red red green green".into()]).unwrap()[0], &[1.0, 0.0]);
}

/// Means of the three colours over pictures of two by two.
fn colours(rows: Result<i64, &str>) -> Vec<u8> {
    model(
        vec![value("pixels", DataType::Float, &[rows, Ok(3), Ok(2), Ok(2)])],
        vec![floats("bias", &[1], &[0.0])],
        vec![
            node("GlobalAveragePool", &["pixels"], "means"),
            with(node("Flatten", &["means"], "flat"), "axis", 1),
            node("Add", &["flat", "bias"], "out"),
        ],
        value("out", DataType::Float, &[rows, Ok(3)]),
    )
}

#[test]
fn a_picture_is_prepared_as_the_model_wants_it() {
    let config =
        br#"{"image_mean": [0.5, 0.5, 0.0], "image_std": [0.5, 0.25, 1.0], "size": {"height": 9, "width": 9}}"#;
    let red: Vec<u8> = [255, 0, 51].repeat(4);
    for rows in [Err("rows"), Ok(1), Ok(2)] {
        let encoder = ImageEncoder::open(&colours(rows), Some(config)).unwrap();
        assert_eq!((encoder.width, encoder.height), (2, 2), "what the model fixes goes before the file beside it");
        let found = encoder.embed(&[red.clone(), vec![0; 12], red.clone()]).unwrap();
        assert_eq!(found.len(), 3);
        near(&found[0], &[1.0, -2.0, 0.2]);
        near(&found[1], &[-1.0, -2.0, 0.0]);
        assert_eq!(found[0], found[2]);
    }
    let encoder = ImageEncoder::open(&colours(Err("rows")), None).unwrap();
    assert!(encoder.notes[0].contains("ImageNet"), "{:?}", encoder.notes);
    assert!(encoder.embed(&[vec![0; 11]]).is_err());
    let broken = ImageEncoder::open(&colours(Err("rows")), Some(br#"{"image_std": [0, 1, 1]}"#)).err().unwrap();
    assert!(broken.to_string().contains("above 0"), "{broken}");
}
