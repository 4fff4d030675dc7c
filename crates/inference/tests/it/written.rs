//! ONNX files made in code.

use prost::Message;
use tract_onnx::pb::{
    AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto, TensorShapeProto, TypeProto,
    ValueInfoProto, attribute_proto::AttributeType, tensor_proto::DataType, tensor_shape_proto, type_proto,
};

/// Words of the tokeniser; the first one stands for all others.
pub const WORDS: [&str; 6] = ["[UNK]", "red", "green", "sea", "house", "sun"];
/// A row for each word.
pub const TABLE: [[f32; 2]; 6] = [[0.5, 0.5], [3.0, 0.0], [0.0, 2.0], [1.0, 1.0], [-1.0, 4.0], [2.0, -1.0]];

pub fn tokeniser() -> String {
    let words: Vec<String> = WORDS.iter().enumerate().map(|(id, word)| format!("\"{word}\":{id}")).collect();
    format!(
        r#"{{"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":{{"type":"Lowercase"}},
        "pre_tokenizer":{{"type":"Whitespace"}},"post_processor":null,"decoder":null,
        "model":{{"type":"WordLevel","vocab":{{{}}},"unk_token":"[UNK]"}}}}"#,
        words.join(",")
    )
}

pub fn floats(name: &str, dims: &[i64], values: &[f32]) -> TensorProto {
    TensorProto {
        name: name.into(),
        dims: dims.to_vec(),
        data_type: DataType::Float as i32,
        float_data: values.to_vec(),
        ..TensorProto::default()
    }
}

pub fn whole(name: &str, dims: &[i64], values: &[i64]) -> TensorProto {
    TensorProto {
        name: name.into(),
        dims: dims.to_vec(),
        data_type: DataType::Int64 as i32,
        int64_data: values.to_vec(),
        ..TensorProto::default()
    }
}

pub fn table() -> TensorProto {
    floats("table", &[6, 2], TABLE.as_flattened())
}

pub fn node(kind: &str, inputs: &[&str], output: &str) -> NodeProto {
    NodeProto {
        op_type: kind.into(),
        name: format!("make {output}"),
        input: inputs.iter().map(|input| (*input).to_owned()).collect(),
        output: vec![output.into()],
        ..NodeProto::default()
    }
}

pub fn with(mut node: NodeProto, name: &str, value: i64) -> NodeProto {
    let kind = AttributeType::Int as i32;
    node.attribute.push(AttributeProto { name: name.into(), i: value, r#type: kind, ..AttributeProto::default() });
    node
}

/// A size by number, or open by name.
pub fn value(name: &str, kind: DataType, sizes: &[Result<i64, &str>]) -> ValueInfoProto {
    use tensor_shape_proto::{Dimension, dimension::Value};
    let size = |size: &Result<i64, &str>| Dimension {
        value: Some(match size {
            Ok(size) => Value::DimValue(*size),
            Err(name) => Value::DimParam((*name).into()),
        }),
        ..Dimension::default()
    };
    let shape = Some(TensorShapeProto { dim: sizes.iter().map(size).collect() });
    let tensor = type_proto::Value::TensorType(type_proto::Tensor { elem_type: kind as i32, shape });
    ValueInfoProto {
        name: name.into(),
        r#type: Some(TypeProto { value: Some(tensor), ..TypeProto::default() }),
        ..ValueInfoProto::default()
    }
}

/// A graph of the standard's version 17.
pub fn model(
    inputs: Vec<ValueInfoProto>,
    weights: Vec<TensorProto>,
    nodes: Vec<NodeProto>,
    output: ValueInfoProto,
) -> Vec<u8> {
    let graph = GraphProto {
        name: "graph".into(),
        input: inputs,
        initializer: weights,
        node: nodes,
        output: vec![output],
        ..GraphProto::default()
    };
    let opset_import = vec![OperatorSetIdProto { domain: String::new(), version: 17 }];
    ModelProto { ir_version: 8, opset_import, graph: Some(graph), ..ModelProto::default() }.encode_to_vec()
}

pub fn ids_and_mask() -> Vec<ValueInfoProto> {
    let open = [Err("rows"), Err("length")];
    vec![value("input_ids", DataType::Int64, &open), value("attention_mask", DataType::Int64, &open)]
}

pub fn hidden() -> ValueInfoProto {
    value("last_hidden_state", DataType::Float, &[Err("rows"), Err("length"), Ok(2)])
}

/// Looks tokens up, and makes those that the mask hides nothing.
pub fn masked(ids: &str, mask: &str) -> Vec<NodeProto> {
    vec![
        node("Gather", &["table", ids], "looked"),
        with(node("Cast", &[mask], "real"), "to", DataType::Float as i64),
        node("Unsqueeze", &["real", "last"], "column"),
        node("Mul", &["looked", "column"], "last_hidden_state"),
    ]
}

pub fn text_model(nodes: Vec<NodeProto>) -> Vec<u8> {
    model(ids_and_mask(), vec![table(), whole("last", &[1], &[2])], nodes, hidden())
}
