//! Safetensors (huggingface/safetensors, format 0): 8 bytes of header length, a JSON header, then the numbers.

use crate::LearnError;
use serde_json::{Map, json};

/// A named block of single precision numbers.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    pub name: String,
    pub shape: Vec<usize>,
    pub values: Vec<f32>,
}

/// The file's bytes. `metadata` are texts that go into the header. Errors: a shape that its values do not fill.
pub fn write(tensors: &[Tensor], metadata: &[(&str, String)]) -> Result<Vec<u8>, LearnError> {
    let mut header = Map::new();
    let texts: Map<String, serde_json::Value> =
        metadata.iter().map(|(name, text)| ((*name).to_owned(), json!(text))).collect();
    header.insert("__metadata__".into(), texts.into());
    let mut at = 0;
    for tensor in tensors {
        if tensor.shape.iter().product::<usize>() != tensor.values.len() {
            return Err(LearnError::Shape { values: tensor.values.len(), columns: tensor.shape.iter().product() });
        }
        let end = at + tensor.values.len() * 4;
        header.insert(tensor.name.clone(), json!({"dtype": "F32", "shape": tensor.shape, "data_offsets": [at, end]}));
        at = end;
    }
    let mut text = serde_json::to_vec(&header).map_err(|error| LearnError::Input(error.to_string()))?;
    // The numbers start at a multiple of eight.
    text.resize(text.len().next_multiple_of(8), b' ');
    let mut bytes = (text.len() as u64).to_le_bytes().to_vec();
    bytes.extend(text);
    tensors.iter().flat_map(|tensor| &tensor.values).for_each(|value| bytes.extend(value.to_le_bytes()));
    Ok(bytes)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_file_by_the_format() {
        let tensor = Tensor { name: "w".into(), shape: vec![1, 2], values: vec![1.0, -2.0] };
        let bytes = write(std::slice::from_ref(&tensor), &[("kind", "test".into())]).unwrap();
        let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
        let header: serde_json::Value = serde_json::from_slice(&bytes[8..8 + length]).unwrap();
        assert_eq!(header["w"], json!({"dtype": "F32", "shape": [1, 2], "data_offsets": [0, 8]}));
        assert_eq!(bytes[8 + length..], [1.0_f32.to_le_bytes(), (-2.0_f32).to_le_bytes()].concat());
        assert!(length.is_multiple_of(8) && write(&[Tensor { shape: vec![3], ..tensor }], &[]).is_err());
    }
}
