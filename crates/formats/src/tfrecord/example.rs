//! `tf.train.Example` (TensorFlow, `example.proto` and `feature.proto`) on the wire of Protocol Buffers: a map of names
//! to lists of bytes, of single-precision numbers, or of whole numbers.

use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Feature<'a> {
    Bytes(Vec<&'a [u8]>),
    Numbers(Vec<f32>),
    Integers(Vec<i64>),
}

pub(super) type Example<'a> = BTreeMap<String, Feature<'a>>;

/// A field of a message: its number and its value.
enum Wire<'a> {
    Varint(u64),
    Fixed32(u32),
    Bytes(&'a [u8]),
    Other,
}

struct Fields<'a> {
    rest: &'a [u8],
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0_u64;
    for shift in (0..70).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        if shift < 64 {
            value |= u64::from(byte & 0x7f) << shift;
        }
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

impl<'a> Fields<'a> {
    fn cut(&mut self, length: u64) -> Option<&'a [u8]> {
        let (bytes, rest) = self.rest.split_at_checked(usize::try_from(length).ok()?)?;
        self.rest = rest;
        Some(bytes)
    }

    /// None at the end; an error where the bytes are no message.
    fn next(&mut self) -> Result<Option<(u64, Wire<'a>)>, String> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let mut read = || {
            let tag = varint(&mut self.rest)?;
            let value = match tag & 7 {
                0 => Wire::Varint(varint(&mut self.rest)?),
                1 => self.cut(8).map(|_| Wire::Other)?,
                2 => {
                    let length = varint(&mut self.rest)?;
                    Wire::Bytes(self.cut(length)?)
                }
                5 => Wire::Fixed32(u32::from_le_bytes(*self.cut(4)?.first_chunk()?)),
                _ => return None,
            };
            Some((tag >> 3, value))
        };
        read().map(Some).ok_or_else(|| "the record is no tf.train.Example".to_owned())
    }
}

/// Calls `with` for each field of a message.
fn each<'a>(bytes: &'a [u8], mut with: impl FnMut(u64, Wire<'a>) -> Result<(), String>) -> Result<(), String> {
    let mut fields = Fields { rest: bytes };
    while let Some((number, value)) = fields.next()? {
        with(number, value)?;
    }
    Ok(())
}

/// # Errors
/// When the bytes are no example.
pub(super) fn parse(bytes: &[u8]) -> Result<Example<'_>, String> {
    let mut example = Example::new();
    each(bytes, |number, value| match (number, value) {
        (1, Wire::Bytes(features)) => each(features, |number, value| match (number, value) {
            (1, Wire::Bytes(entry)) => {
                let (mut key, mut feature) = (String::new(), None);
                each(entry, |number, value| {
                    match (number, value) {
                        (1, Wire::Bytes(bytes)) => key = String::from_utf8_lossy(bytes).into_owned(),
                        (2, Wire::Bytes(bytes)) => feature = self::feature(bytes)?,
                        _ => {}
                    }
                    Ok(())
                })?;
                example.extend(feature.map(|feature| (key, feature)));
                Ok(())
            }
            _ => Ok(()),
        }),
        _ => Ok(()),
    })?;
    Ok(example)
}

/// None for a feature without a kind.
fn feature(bytes: &[u8]) -> Result<Option<Feature<'_>>, String> {
    let mut found = None;
    each(bytes, |number, value| {
        let Wire::Bytes(list) = value else { return Ok(()) };
        match number {
            1 => {
                let mut all = Vec::new();
                each(list, |_, value| {
                    if let Wire::Bytes(bytes) = value {
                        all.push(bytes);
                    }
                    Ok(())
                })?;
                found = Some(Feature::Bytes(all));
            }
            2 => {
                let mut all = Vec::new();
                each(list, |_, value| {
                    match value {
                        Wire::Fixed32(bits) => all.push(f32::from_bits(bits)),
                        Wire::Bytes(packed) => {
                            all.extend(packed.as_chunks().0.iter().map(|bits| f32::from_le_bytes(*bits)))
                        }
                        _ => {}
                    }
                    Ok(())
                })?;
                found = Some(Feature::Numbers(all));
            }
            3 => {
                let mut all = Vec::new();
                each(list, |_, value| {
                    match value {
                        Wire::Varint(value) => all.push(value as i64),
                        Wire::Bytes(mut packed) => {
                            while !packed.is_empty() {
                                let value = varint(&mut packed).ok_or("a list of whole numbers is cut off")?;
                                all.push(value as i64);
                            }
                        }
                        _ => {}
                    }
                    Ok(())
                })?;
                found = Some(Feature::Integers(all));
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(found)
}

fn push_varint(out: &mut Vec<u8>, mut value: u64) {
    while value > 0x7f {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn push_bytes(out: &mut Vec<u8>, number: u64, bytes: &[u8]) {
    push_varint(out, number << 3 | 2);
    push_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// The message, its features in the order of their names.
pub(super) fn write(example: &Example<'_>) -> Vec<u8> {
    let mut features = Vec::new();
    for (name, feature) in example {
        let (mut list, mut packed) = (Vec::new(), Vec::new());
        let kind = match feature {
            Feature::Bytes(all) => {
                all.iter().for_each(|bytes| push_bytes(&mut list, 1, bytes));
                1
            }
            Feature::Numbers(all) => {
                all.iter().for_each(|number| packed.extend_from_slice(&number.to_le_bytes()));
                2
            }
            Feature::Integers(all) => {
                all.iter().for_each(|number| push_varint(&mut packed, *number as u64));
                3
            }
        };
        if !packed.is_empty() {
            push_bytes(&mut list, 1, &packed);
        }
        let (mut value, mut entry) = (Vec::new(), Vec::new());
        push_bytes(&mut value, kind, &list);
        push_bytes(&mut entry, 1, name.as_bytes());
        push_bytes(&mut entry, 2, &value);
        push_bytes(&mut features, 1, &entry);
    }
    let mut out = Vec::new();
    push_bytes(&mut out, 1, &features);
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_wire_is_that_of_the_definition() {
        // features { feature { key: "a" value { int64_list { value: [1, -1] } } } }, packed by hand.
        let minus_one = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1];
        let mut wanted = vec![0x0a, 0x16, 0x0a, 0x14, 0x0a, 1, b'a', 0x12, 0x0f, 0x1a, 0x0d, 0x0a, 0x0b, 1];
        wanted.extend(minus_one);
        let example = Example::from([("a".to_owned(), Feature::Integers(vec![1, -1]))]);
        assert_eq!(write(&example), wanted);
        assert_eq!(parse(&wanted).unwrap(), example);
        // Lists that are not packed mean the same.
        let loose = [0x0a, 0x0f, 0x0a, 0x0d, 0x0a, 1, b'a', 0x12, 8, 0x12, 6, 0x0d, 0, 0, 0x80, 0x3f, 0x08];
        assert!(parse(&loose).is_err());
        let loose = [0x0a, 0x0e, 0x0a, 0x0c, 0x0a, 1, b'a', 0x12, 7, 0x12, 5, 0x0d, 0, 0, 0x80, 0x3f];
        assert_eq!(parse(&loose).unwrap()["a"], Feature::Numbers(vec![1.0]));
        assert!(parse(&wanted[..wanted.len() - 1]).is_err());
    }
}
