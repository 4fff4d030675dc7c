//! Broken and hostile models are refused with a place and a reason; nothing panics, and no memory is taken for them.

use crate::written::{
    floats, hidden, ids_and_mask, masked, model, node, table, text_model, tokeniser, value, whole, with,
};
use labelwright_inference::{image::ImageEncoder, text::TextEncoder};
use tract_onnx::pb::{NodeProto, tensor_proto::DataType};

#[track_caller]
fn refused(bytes: &[u8], words: &[&str]) {
    let error = TextEncoder::open(bytes, tokeniser().as_bytes(), None).err().expect("it is refused").to_string();
    for word in words {
        assert!(error.contains(word), "{word:?} is not in {error:?}");
    }
}

#[test]
fn inputs_that_do_not_matter() {
    // The mask was forgotten: texts mean their padding.
    let unmasked = vec![node("Gather", &["table", "input_ids"], "last_hidden_state")];
    refused(&text_model(unmasked), &["attention_mask changes nothing"]);
    // One input was taken for the other, as exports do it: every text is the same.
    refused(&text_model(masked("attention_mask", "attention_mask")), &["input_ids changes nothing"]);
}

#[test]
fn outputs_that_lie() {
    let made = |nodes: Vec<NodeProto>, output| {
        model(ids_and_mask(), vec![table(), whole("last", &[1], &[2]), whole("first", &[1], &[0])], nodes, output)
    };
    let good = masked("input_ids", "attention_mask");
    let other = value("last_hidden_state", DataType::Float, &[Err("rows"), Err("length"), Ok(384)]);
    refused(&made(good.clone(), other), &["384", "the export is wrong"]);
    let flat = value("last_hidden_state", DataType::Float, &[Err("rows"), Ok(2)]);
    refused(&made(good.clone(), flat), &["the export is wrong"]);
    // All rows together are no encoder.
    let mut summed = good.clone();
    summed.push(with(node("ReduceSum", &["last_hidden_state", "first"], "sum"), "keepdims", 1));
    refused(&made(summed, value("sum", DataType::Float, &[Err("one"), Err("length"), Ok(2)])), &["1 rows for 2 rows"]);
    let nan = model(
        ids_and_mask(),
        vec![floats("table", &[6, 2], &[f32::NAN; 12]), whole("last", &[1], &[2])],
        good,
        hidden(),
    );
    refused(&nan, &["NaN", "finite"]);
}

#[test]
fn operators_of_their_own() {
    let mut nodes = masked("input_ids", "attention_mask");
    nodes.push(NodeProto { domain: "com.acme".into(), ..node("Twirl", &["last_hidden_state"], "twirled") });
    refused(&text_model(nodes.clone()), &["com.acme:Twirl", "standard"]);
    nodes.pop();
    nodes.push(node("Twirl", &["last_hidden_state"], "twirled"));
    refused(&text_model(nodes), &["Twirl"]);
}

#[test]
fn shapes_and_weights_that_are_not_there() {
    let good = || masked("input_ids", "attention_mask");
    let of = |weights| model(ids_and_mask(), weights, good(), hidden());
    let last = || whole("last", &[1], &[2]);
    refused(&of(vec![floats("table", &[1 << 20, 1 << 20], &[0.0]), last()]), &["weights \"table\"", "beyond"]);
    refused(&of(vec![floats("table", &[i64::MAX, i64::MAX], &[0.0]), last()]), &["beyond"]);
    refused(&of(vec![floats("table", &[-6, 2], &[0.0; 12]), last()]), &["below none"]);
    refused(&of(vec![floats("table", &[6, 2], &[0.0; 11]), last()]), &["needs 12 values, and there are 11"]);
    let mut elsewhere = table();
    elsewhere.data_location = Some(1);
    refused(&of(vec![elsewhere, last()]), &["another file", "one file"]);
    // A few bytes that ask for a terabyte.
    let mut nodes = good();
    nodes.insert(0, node("ConstantOfShape", &["huge"], "zeros"));
    nodes.push(node("Add", &["last_hidden_state", "zeros"], "sum"));
    let weights = vec![table(), last(), whole("huge", &[2], &[1 << 20, 1 << 20])];
    refused(&model(ids_and_mask(), weights, nodes, hidden()), &["ConstantOfShape", "beyond"]);
}

#[test]
fn a_run_that_would_need_too_much_memory_is_not_begun() {
    // Every token times a hundred million numbers.
    let mut nodes = masked("input_ids", "attention_mask");
    nodes.push(node("Tile", &["last_hidden_state", "times"], "tiled"));
    let weights = vec![table(), whole("last", &[1], &[2]), whole("times", &[3], &[1, 1, 100_000_000])];
    let output = value("tiled", DataType::Float, &[Err("rows"), Err("length"), Ok(200_000_000)]);
    refused(&model(ids_and_mask(), weights, nodes, output), &["MiB", "limit"]);
}

#[test]
fn inputs_of_something_else() {
    let numbers = model(
        vec![value("x", DataType::Float, &[Err("rows"), Ok(4)])],
        vec![floats("one", &[1], &[1.0])],
        vec![node("Add", &["x", "one"], "y")],
        value("y", DataType::Float, &[Err("rows"), Ok(4)]),
    );
    refused(&numbers, &["x (F32 ? x 4)", "input_ids"]);
    let error = ImageEncoder::open(&numbers, None).err().unwrap().to_string();
    assert!(error.contains("rows x 3 x height x width"), "{error}");
    // Only the reds of a picture.
    let reds = model(
        vec![value("pixels", DataType::Float, &[Err("rows"), Ok(3), Ok(2), Ok(2)])],
        vec![whole("at", &[1], &[0])],
        vec![
            with(node("Gather", &["pixels", "at"], "red"), "axis", 1),
            node("GlobalAveragePool", &["red"], "means"),
            with(node("Flatten", &["means"], "out"), "axis", 1),
        ],
        value("out", DataType::Float, &[Err("rows"), Ok(1)]),
    );
    let error = ImageEncoder::open(&reds, None).err().unwrap().to_string();
    assert!(error.contains("the same without green"), "{error}");
}

#[test]
fn files_that_are_no_models() {
    refused(b"", &["no ONNX file"]);
    refused(b"PK\x03\x04 something else", &["no ONNX file"]);
    let whole = text_model(masked("input_ids", "attention_mask"));
    // Wherever it breaks off, and whichever byte is another: an error or a model, never a panic.
    for end in (0..whole.len()).step_by(7) {
        drop(TextEncoder::open(&whole[..end], tokeniser().as_bytes(), None));
    }
    for at in (0..whole.len()).step_by(5) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0xFF;
        drop(TextEncoder::open(&bytes, tokeniser().as_bytes(), None));
    }
    let error = TextEncoder::open(&whole, b"{}", None).err().unwrap().to_string();
    assert!(error.contains("tokeniser"), "{error}");
}
