//! NumPy's `.npy` (format 1.0 to 3.0, numpy.lib.format): one array of two dimensions, f4 or f8 or integers, C order.

use crate::environment::Failure;
use std::{
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

/// Rows and columns of the array, and its values row by row. Values that are not finite are errors that name the place.
pub fn read(path: &Path) -> Result<(usize, usize, Vec<f64>), Failure> {
    let wrong = |message: &str| -> Failure { format!("{}: {message}", path.display()).into() };
    let file = File::open(path).map_err(|error| wrong(&error.to_string()))?;
    let length = file.metadata().map_err(|error| wrong(&error.to_string()))?.len();
    let mut file = BufReader::with_capacity(1 << 20, file);
    let mut start = [0_u8; 8];
    file.read_exact(&mut start).map_err(|_| wrong("not a .npy file"))?;
    let [b'\x93', b'N', b'U', b'M', b'P', b'Y', major, _] = start else { return Err(wrong("not a .npy file")) };
    let header_length = if major == 1 {
        let mut two = [0_u8; 2];
        file.read_exact(&mut two).map_err(|_| wrong("the header is cut off"))?;
        u32::from(u16::from_le_bytes(two))
    } else {
        let mut four = [0_u8; 4];
        file.read_exact(&mut four).map_err(|_| wrong("the header is cut off"))?;
        u32::from_le_bytes(four)
    };
    if u64::from(header_length) > length {
        return Err(wrong("the header is cut off"));
    }
    let mut header = vec![0_u8; header_length as usize];
    file.read_exact(&mut header).map_err(|_| wrong("the header is cut off"))?;
    let header = String::from_utf8_lossy(&header).into_owned();
    let kind = quoted(&header, "descr").ok_or_else(|| wrong("the header names no type"))?;
    if header.contains("'fortran_order': True") {
        return Err(wrong("column by column (Fortran order); save it with numpy.ascontiguousarray"));
    }
    let (rows, columns) = shape(&header).ok_or_else(|| wrong("needs an array of two dimensions"))?;
    let bytes: usize = match kind.as_str() {
        "<f8" | "<i8" => 8,
        "<f4" | "<i4" => 4,
        _ => return Err(wrong(&format!("type {kind:?}; use float32, float64, int32 or int64, little endian"))),
    };
    let count = rows.checked_mul(columns).ok_or_else(|| wrong("the shape is too large"))?;
    if count.checked_mul(bytes).is_none_or(|needed| needed as u64 > length) {
        return Err(wrong("shorter than its shape says"));
    }
    let mut values = Vec::with_capacity(count);
    let mut eight = [0_u8; 8];
    for index in 0..count {
        let (used, _) = eight.split_at_mut(bytes);
        file.read_exact(used).map_err(|_| wrong("shorter than its shape says"))?;
        let [a, b, c, d, ..] = eight;
        let value = match kind.as_str() {
            "<f8" => f64::from_le_bytes(eight),
            "<i8" => i64::from_le_bytes(eight) as f64,
            "<f4" => f64::from(f32::from_le_bytes([a, b, c, d])),
            _ => f64::from(i32::from_le_bytes([a, b, c, d])),
        };
        if !value.is_finite() {
            let (row, column) = (index / columns, index % columns);
            return Err(wrong(&format!("row {row}, column {column}: {value} is not a finite number")));
        }
        values.push(value);
    }
    Ok((rows, columns, values))
}

fn quoted(header: &str, name: &str) -> Option<String> {
    let after = header.split_once(&format!("'{name}'"))?.1.split_once('\'')?.1;
    Some(after.split_once('\'')?.0.to_owned())
}

fn shape(header: &str) -> Option<(usize, usize)> {
    let inside = header.split_once("'shape'")?.1.split_once('(')?.1.split_once(')')?.0;
    let mut sizes = inside.split(',').map(str::trim).filter(|size| !size.is_empty()).map(str::parse::<usize>);
    match (sizes.next()?.ok()?, sizes.next()?.ok()?, sizes.next()) {
        (rows, columns, None) => Some((rows, columns)),
        _ => None,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn file(header: &str, values: &[u8]) -> Result<(usize, usize, Vec<f64>), String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f.npy");
        let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend(values);
        std::fs::write(&path, bytes).unwrap();
        read(&path).map_err(|error| error.to_string())
    }

    #[test]
    fn arrays_and_what_is_none() {
        let header =
            |kind: &str, shape: &str| format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n");
        let floats: Vec<u8> = [1.5_f32, -2.0, 0.25, 4.0].iter().flat_map(|value| value.to_le_bytes()).collect();
        assert_eq!(file(&header("<f4", "(2, 2)"), &floats), Ok((2, 2, vec![1.5, -2.0, 0.25, 4.0])));
        assert!(file(&header("<f4", "(3, 2)"), &floats).unwrap_err().contains("shorter"));
        assert!(file(&header("<f4", "(4,)"), &floats).unwrap_err().contains("two dimensions"));
        assert!(file(&header("|O", "(1, 1)"), &floats).unwrap_err().contains("float32"));
        assert!(file(&header("<f4", "(9999999999, 9999999999)"), &floats).unwrap_err().contains("too large"));
        let nan = f64::NAN.to_le_bytes();
        assert!(file(&header("<f8", "(1, 1)"), &nan).unwrap_err().contains("row 0, column 0"));
        assert!(file("", &[]).unwrap_err().contains("no type"));
    }
}
