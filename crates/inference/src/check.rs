//! What can be told of a model file without running it: operators that are not of the standard, weights that lie elsewhere
//! or are not there, and shapes that no memory holds. The runtime folds constants while it loads, so that this comes first.

use crate::ModelError;
use std::collections::BTreeMap;
use tract_onnx::{
    Onnx,
    pb::{GraphProto, ModelProto, NodeProto, TensorProto, tensor_proto::DataLocation},
};

/// No tensor may have more elements: 1 GiB of 4-byte numbers.
pub const ELEMENTS_MAXIMUM: u64 = 1 << 28;
/// Graphs in graphs.
const DEPTH_MAXIMUM: usize = 16;
/// Problems of one kind that are named.
const NAMED: usize = 5;
/// Operators whose size is in the values of one of their inputs, and which one.
const SIZED: &[(&str, usize)] = &[("ConstantOfShape", 0), ("Expand", 1), ("Tile", 1), ("Reshape", 1), ("Resize", 3)];

/// # Errors
/// The first thing that is wrong, with the name of the node or the tensor.
pub fn check(model: &ModelProto, runtime: &Onnx) -> Result<(), ModelError> {
    let graph = model.graph.as_ref().ok_or_else(|| ModelError::Unreadable("it has no graph".into()))?;
    if graph.node.is_empty() {
        return Err(ModelError::Unreadable("its graph has no nodes".into()));
    }
    let mut strange = Vec::new();
    check_graph(graph, runtime, 0, &mut strange)?;
    strange.dedup();
    if strange.is_empty() {
        return Ok(());
    }
    let more = strange.len().saturating_sub(NAMED);
    strange.truncate(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    Err(ModelError::refused(
        "the graph",
        format!(
            "{}{more} are no operators that this runtime knows; export the model with standard ones",
            strange.join(", ")
        ),
    ))
}

fn check_graph(graph: &GraphProto, runtime: &Onnx, depth: usize, strange: &mut Vec<String>) -> Result<(), ModelError> {
    if depth > DEPTH_MAXIMUM {
        return Err(ModelError::refused(
            "the graph",
            format!("graphs lie more than {DEPTH_MAXIMUM} deep in each other"),
        ));
    }
    let mut constants = BTreeMap::<&str, &TensorProto>::new();
    for tensor in &graph.initializer {
        check_tensor(tensor, &format!("weights {:?}", tensor.name))?;
        constants.insert(&tensor.name, tensor);
    }
    for node in &graph.node {
        let standard = node.domain.is_empty() || node.domain == "ai.onnx";
        if !standard || !runtime.op_register.0.contains_key(&node.op_type) {
            let domain = if standard { String::new() } else { format!("{}:", node.domain) };
            strange.push(format!("{domain}{}", node.op_type));
        }
        for attribute in &node.attribute {
            let place = || format!("node {:?} ({}), attribute {:?}", node.name, node.op_type, attribute.name);
            for tensor in attribute.t.iter().chain(&attribute.tensors) {
                check_tensor(tensor, &place())?;
            }
            for inner in attribute.g.iter().chain(&attribute.graphs) {
                check_graph(inner, runtime, depth + 1, strange)?;
            }
        }
        if let ("Constant", Some(name), Some(value)) =
            (node.op_type.as_str(), node.output.first(), node.attribute.iter().find_map(|one| one.t.as_ref()))
        {
            constants.insert(name, value);
        }
        check_size(node, &constants)?;
    }
    Ok(())
}

/// Product of sizes; None when it is beyond all bounds or one is below 0.
fn elements(dims: &[i64]) -> Option<u64> {
    let product = dims.iter().try_fold(1_u64, |product, size| product.checked_mul(u64::try_from(*size).ok()?));
    product.filter(|product| *product <= ELEMENTS_MAXIMUM)
}

fn check_tensor(tensor: &TensorProto, place: &str) -> Result<(), ModelError> {
    if tensor.data_location == Some(DataLocation::External as i32) {
        return Err(ModelError::refused(place, "the values lie in another file; save the model as one file"));
    }
    let Some(wanted) = elements(&tensor.dims) else {
        let problem = format!("a shape of {:?} is beyond {ELEMENTS_MAXIMUM} numbers or below none", tensor.dims);
        return Err(ModelError::refused(place, problem));
    };
    let typed = tensor.float_data.len()
        + tensor.double_data.len()
        + tensor.int32_data.len()
        + tensor.int64_data.len()
        + tensor.uint64_data.len()
        + tensor.string_data.len();
    // Of raw bytes, the smallest type has one each.
    let there = if tensor.raw_data.is_empty() { typed as u64 } else { tensor.raw_data.len() as u64 };
    if there < wanted {
        let problem = format!("a shape of {:?} needs {wanted} values, and there are {there}", tensor.dims);
        return Err(ModelError::refused(place, problem));
    }
    Ok(())
}

fn check_size(node: &NodeProto, constants: &BTreeMap<&str, &TensorProto>) -> Result<(), ModelError> {
    let Some((_, at)) = SIZED.iter().find(|(kind, _)| *kind == node.op_type) else { return Ok(()) };
    let Some(sizes) = node.input.get(*at).and_then(|name| constants.get(name.as_str())) else { return Ok(()) };
    let mut sizes = whole_numbers(sizes);
    // -1 and 0 of a new shape stand for what is there.
    if node.op_type == "Reshape" {
        sizes.iter_mut().for_each(|size| *size = if (-1..=0).contains(size) { 1 } else { *size });
    }
    if elements(&sizes).is_none() {
        let place = format!("node {:?} ({})", node.name, node.op_type);
        let problem = format!("a size of {sizes:?} is beyond {ELEMENTS_MAXIMUM} numbers or below none");
        return Err(ModelError::refused(place, problem));
    }
    Ok(())
}

fn whole_numbers(tensor: &TensorProto) -> Vec<i64> {
    if tensor.raw_data.is_empty() {
        return tensor.int64_data.clone();
    }
    tensor.raw_data.chunks_exact(8).filter_map(|bytes| Some(i64::from_le_bytes(bytes.try_into().ok()?))).collect()
}
