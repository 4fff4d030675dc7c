//! A model that runs: one plan for all sizes of batches. What a run needs is known from the shapes before it begins.

use crate::{ModelError, check};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};
use tract_onnx::{
    pb::{ValueInfoProto, tensor_shape_proto::dimension::Value as Size, type_proto::Value as Kind},
    prelude::*,
    tract_hir::infer::Factoid,
};

/// What may be in memory for one tensor of a run; batches are made so small that it is enough.
const TENSOR_BYTES: u64 = 256 << 20;
/// Rows that go together at most.
const BATCH: usize = 32;

/// One input as the file declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Input {
    pub name: String,
    pub kind: DatumType,
    /// None where a size is open.
    pub sizes: Vec<Option<usize>>,
}

impl std::fmt::Display for Input {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sizes: Vec<String> =
            self.sizes.iter().map(|size| size.map_or_else(|| "?".to_owned(), |size| size.to_string())).collect();
        write!(to, "{} ({:?} {})", self.name, self.kind, sizes.join(" x "))
    }
}

/// Inputs as people read them.
pub(crate) fn listed(inputs: &[Input]) -> String {
    if inputs.is_empty() {
        return "none".into();
    }
    inputs.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// A file that was looked through, before the sizes of its inputs are known.
pub(crate) struct Draft {
    model: InferenceModel,
    pub inputs: Vec<Input>,
    /// Names of the outputs, and their sizes as the file declares them; None without a declaration.
    outputs: Vec<(String, Option<Vec<Option<usize>>>)>,
}

pub(crate) struct Model {
    plan: Arc<TypedRunnableModel>,
    rows: Symbol,
    length: Symbol,
    output: usize,
    declared: Option<Vec<Option<usize>>>,
    /// None: the file has it open.
    batch: Option<usize>,
}

/// Numbers in rows: sizes, and values in their order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Numbers {
    pub sizes: Vec<usize>,
    pub values: Vec<f32>,
}

/// A library that panics over a broken model is an error like any other.
fn guarded<T>(work: impl FnOnce() -> TractResult<T>) -> Result<T, ModelError> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(found) => found.map_err(|error| ModelError::Runtime(format!("{error:#}"))),
        Err(_) => Err(ModelError::Runtime("the runtime broke down over it".into())),
    }
}

fn sizes_of(value: &ValueInfoProto) -> Option<Vec<Option<usize>>> {
    let Some(Kind::TensorType(tensor)) = value.r#type.as_ref()?.value.as_ref() else { return None };
    let size = |size: &tract_onnx::pb::tensor_shape_proto::Dimension| match &size.value {
        Some(Size::DimValue(size)) => usize::try_from(*size).ok().filter(|size| *size > 0),
        _ => None,
    };
    Some(tensor.shape.as_ref()?.dim.iter().map(size).collect())
}

impl Draft {
    pub fn read(bytes: &[u8]) -> Result<Self, ModelError> {
        // What the file says of its outputs is compared with what comes, and not believed.
        let runtime = tract_onnx::onnx().with_ignore_output_shapes(true).with_ignore_value_info(true);
        let proto = catch_unwind(AssertUnwindSafe(|| runtime.proto_model_for_read(&mut &*bytes)))
            .map_err(|_| ModelError::Unreadable("it breaks off".into()))?
            .map_err(|error| ModelError::Unreadable(format!("{error:#}")))?;
        check::check(&proto, &runtime)?;
        let outputs = proto.graph.iter().flat_map(|graph| &graph.output);
        let outputs = outputs.map(|value| (value.name.clone(), sizes_of(value))).collect();
        let declared: Vec<&ValueInfoProto> = proto.graph.iter().flat_map(|graph| &graph.input).collect();
        let model = guarded(|| runtime.model_for_proto_model(&proto))?;
        let mut inputs = Vec::new();
        for (at, outlet) in model.inputs.iter().enumerate() {
            let name = model.nodes.get(outlet.node).map(|node| node.name.clone()).unwrap_or_default();
            let fact = guarded(|| Ok(model.input_fact(at)?.clone()))?;
            let kind = fact.datum_type.concretize().ok_or_else(|| {
                ModelError::refused(format!("input {name:?}"), "it has no type; export the model with types")
            })?;
            let sizes = declared.iter().find(|value| value.name == name).and_then(|value| sizes_of(value));
            let sizes = sizes.ok_or_else(|| {
                ModelError::refused(format!("input {name:?}"), "it has no shape; export the model with shapes")
            })?;
            inputs.push(Input { name, kind, sizes });
        }
        Ok(Self { model, inputs, outputs })
    }

    /// The plan. `sizes` are those of an input beyond the first one, where the file leaves them open: a size, or None for
    /// what differs from run to run.
    pub fn planned(self, output: usize, sizes: &[Option<usize>]) -> Result<Model, ModelError> {
        let Self { mut model, inputs, outputs } = self;
        let (rows, length) = (model.symbols.sym("rows"), model.symbols.sym("length"));
        for (at, input) in inputs.iter().enumerate() {
            let first = input.sizes.first().copied().flatten().map_or_else(|| rows.to_dim(), |size| size.to_dim());
            let others = input.sizes.iter().skip(1).enumerate().map(|(at, declared)| {
                declared
                    .or_else(|| sizes.get(at).copied().flatten())
                    .map_or_else(|| length.to_dim(), |size| size.to_dim())
            });
            let shape: TVec<TDim> = std::iter::once(first).chain(others).collect();
            guarded(|| model.set_input_fact(at, InferenceFact::dt_shape(input.kind, shape)))?;
        }
        let batch = inputs.iter().find_map(|input| input.sizes.first().copied().flatten());
        let plan = guarded(|| model.into_optimized()?.into_runnable())?;
        let declared = outputs.get(output).and_then(|(_, sizes)| sizes.clone());
        Ok(Model { plan, rows, length, output, declared, batch })
    }

    /// The output of one of these names, else the first.
    pub fn output(&self, names: &[&str]) -> usize {
        let named = |name: &&str| self.outputs.iter().position(|(own, _)| own == name);
        names.iter().find_map(named).unwrap_or(0)
    }
}

impl Model {
    /// Bytes of the largest tensor of a run.
    fn largest(&self, rows: usize, length: usize) -> u64 {
        let values = SymbolValues::default().with(&self.rows, rows as i64).with(&self.length, length as i64);
        let facts = self.plan.model().nodes.iter().flat_map(|node| &node.outputs).map(|output| &output.fact);
        let bytes = facts.filter_map(|fact| {
            let count = fact.shape.volume().eval(&values).to_i64().ok()?;
            Some(count.max(0) as u64 * fact.datum_type.size_of() as u64)
        });
        bytes.max().unwrap_or(0)
    }

    /// How many rows of this length go together. Errors: even one needs too much memory.
    pub fn batch(&self, length: usize) -> Result<usize, ModelError> {
        let wanted = self.batch.unwrap_or(BATCH);
        if let Some(fixed) = self.batch {
            return if self.largest(fixed, length) <= TENSOR_BYTES * 4 {
                Ok(fixed)
            } else {
                Err(self.too_large(length))
            };
        }
        let mut rows = wanted;
        while rows > 1 && self.largest(rows, length) > TENSOR_BYTES {
            rows /= 2;
        }
        if self.largest(rows, length) > TENSOR_BYTES * 4 { Err(self.too_large(length)) } else { Ok(rows) }
    }

    fn too_large(&self, length: usize) -> ModelError {
        let needed = self.largest(self.batch.unwrap_or(1), length) >> 20;
        ModelError::Runtime(format!(
            "one of its tensors needs {needed} MiB, and the limit is {} MiB; use a smaller model",
            (TENSOR_BYTES * 4) >> 20
        ))
    }

    /// Whether a batch must have just so many rows.
    pub fn fixed_batch(&self) -> Option<usize> {
        self.batch
    }

    /// What comes out, checked: finite numbers, a row for each row, and the shape that the file declares.
    ///
    /// # Errors
    /// Also when a run of so many rows of this length would need too much memory.
    pub fn run(&self, inputs: Vec<Tensor>, rows: usize, length: usize) -> Result<Numbers, ModelError> {
        if self.largest(rows, length) > TENSOR_BYTES * 4 {
            return Err(self.too_large(length));
        }
        let inputs: TVec<TValue> = inputs.into_iter().map(IntoTValue::into_tvalue).collect();
        let found = guarded(|| self.plan.run(inputs))?;
        let found = found.get(self.output).ok_or_else(|| ModelError::Output("is missing".into()))?;
        let sizes = found.shape().to_vec();
        let values = guarded(|| {
            let cast = found.cast_to::<f32>()?;
            Ok(cast.to_plain_array_view::<f32>()?.iter().copied().collect::<Vec<f32>>())
        })?;
        if sizes.first() != Some(&rows) {
            let given = sizes.first().copied().unwrap_or(0);
            return Err(ModelError::Output(format!("has {given} rows for {rows} rows of input: it is no encoder")));
        }
        if let Some(declared) = &self.declared {
            let fits = |(size, declared): (&usize, &Option<usize>)| declared.is_none_or(|declared| *size == declared);
            if declared.len() != sizes.len() || !sizes.iter().zip(declared).skip(1).all(fits) {
                let declared: Vec<String> =
                    declared.iter().map(|size| size.map_or_else(|| "?".to_owned(), |size| size.to_string())).collect();
                return Err(ModelError::Output(format!(
                    "is {sizes:?}, and the file declares {}: the export is wrong",
                    declared.join(" x ")
                )));
            }
        }
        match values.iter().find(|value| !value.is_finite()) {
            Some(value) => Err(ModelError::Output(format!("has {value}: every number must be finite"))),
            None => Ok(Numbers { sizes, values }),
        }
    }
}
