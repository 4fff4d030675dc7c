//! The part of MessagePack that spaCy's files use.

/// One value. Maps keep their order.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Pack {
    Nil,
    Boolean(bool),
    Whole(i128),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
    List(Vec<Pack>),
    Map(Vec<(Pack, Pack)>),
}

impl Pack {
    pub fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Map(entries) => {
                entries.iter().find(|(name, _)| matches!(name, Self::Text(name) if name == key)).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    pub fn bytes(&self) -> Option<&[u8]> {
        if let Self::Bytes(bytes) = self { Some(bytes) } else { None }
    }

    pub fn list(&self) -> Option<&[Self]> {
        if let Self::List(list) = self { Some(list) } else { None }
    }

    pub fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Whole(number) => Some(*number as f64),
            Self::Float(number) => Some(*number),
            _ => None,
        }
    }
}

const DEPTH_MAXIMUM: usize = 32;

/// # Errors
/// When the bytes end within a value, are nested too deeply, or hold a type that is not known.
pub(super) fn decode(bytes: &[u8]) -> Result<Pack, String> {
    let mut rest = bytes;
    value(&mut rest, 0)
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> Result<&'a [u8], String> {
    let (taken, left) = rest.split_at_checked(count).ok_or("the data ends within a value")?;
    *rest = left;
    Ok(taken)
}

fn unsigned(rest: &mut &[u8], count: usize) -> Result<u64, String> {
    Ok(take(rest, count)?.iter().fold(0, |value, byte| value << 8 | u64::from(*byte)))
}

fn value(rest: &mut &[u8], depth: usize) -> Result<Pack, String> {
    if depth > DEPTH_MAXIMUM {
        return Err(format!("values are nested deeper than {DEPTH_MAXIMUM}"));
    }
    let first = unsigned(rest, 1)? as u8;
    let length = |rest: &mut &[u8], bytes: usize| unsigned(rest, bytes).map(|length| length as usize);
    let text =
        |bytes: &[u8]| String::from_utf8(bytes.to_vec()).map(Pack::Text).map_err(|_| "a text is not UTF-8".to_owned());
    let sized = |width: u8| 1_usize << width;
    Ok(match first {
        0x00..=0x7f => Pack::Whole(first.into()),
        0x80..=0x8f => map(rest, usize::from(first & 0x0f), depth)?,
        0x90..=0x9f => list(rest, usize::from(first & 0x0f), depth)?,
        0xa0..=0xbf => text(take(rest, usize::from(first & 0x1f))?)?,
        0xc0 => Pack::Nil,
        0xc2 | 0xc3 => Pack::Boolean(first == 0xc3),
        0xc4..=0xc6 => {
            let length = length(rest, sized(first - 0xc4))?;
            Pack::Bytes(take(rest, length)?.to_vec())
        }
        0xca => Pack::Float(f32::from_bits(unsigned(rest, 4)? as u32).into()),
        0xcb => Pack::Float(f64::from_bits(unsigned(rest, 8)?)),
        0xcc..=0xcf => Pack::Whole(unsigned(rest, sized(first - 0xcc))?.into()),
        0xd0 => Pack::Whole((unsigned(rest, 1)? as i8).into()),
        0xd1 => Pack::Whole((unsigned(rest, 2)? as i16).into()),
        0xd2 => Pack::Whole((unsigned(rest, 4)? as i32).into()),
        0xd3 => Pack::Whole((unsigned(rest, 8)? as i64).into()),
        0xd9..=0xdb => {
            let length = length(rest, sized(first - 0xd9))?;
            text(take(rest, length)?)?
        }
        0xdc | 0xdd => {
            let length = length(rest, sized(first - 0xdb))?;
            list(rest, length, depth)?
        }
        0xde | 0xdf => {
            let length = length(rest, sized(first - 0xdd))?;
            map(rest, length, depth)?
        }
        0xe0..=0xff => Pack::Whole((first as i8).into()),
        _ => return Err(format!("values of the type {first:#x} are not known")),
    })
}

// Each entry takes a byte at least: a length that is a lie ends at the end of the data.
fn list(rest: &mut &[u8], count: usize, depth: usize) -> Result<Pack, String> {
    let mut found = Vec::new();
    for _ in 0..count {
        found.push(value(rest, depth + 1)?);
    }
    Ok(Pack::List(found))
}

fn map(rest: &mut &[u8], count: usize, depth: usize) -> Result<Pack, String> {
    let mut found = Vec::new();
    for _ in 0..count {
        found.push((value(rest, depth + 1)?, value(rest, depth + 1)?));
    }
    Ok(Pack::Map(found))
}

pub(super) fn encode(out: &mut Vec<u8>, value: &Pack) {
    let head = |out: &mut Vec<u8>, code: u8, length: usize| {
        out.push(code);
        out.extend_from_slice(&(length as u32).to_be_bytes());
    };
    match value {
        Pack::Nil => out.push(0xc0),
        Pack::Boolean(value) => out.push(0xc2 + u8::from(*value)),
        Pack::Whole(number) if (0..128).contains(number) => out.push(*number as u8),
        Pack::Whole(number) if *number < 0 => {
            out.push(0xd3);
            out.extend_from_slice(&(*number as i64).to_be_bytes());
        }
        Pack::Whole(number) => {
            out.push(0xcf);
            out.extend_from_slice(&(*number as u64).to_be_bytes());
        }
        Pack::Float(number) => {
            out.push(0xcb);
            out.extend_from_slice(&number.to_bits().to_be_bytes());
        }
        Pack::Text(text) => {
            head(out, 0xdb, text.len());
            out.extend_from_slice(text.as_bytes());
        }
        Pack::Bytes(bytes) => {
            head(out, 0xc6, bytes.len());
            out.extend_from_slice(bytes);
        }
        Pack::List(list) => {
            head(out, 0xdd, list.len());
            list.iter().for_each(|one| encode(out, one));
        }
        Pack::Map(entries) => {
            head(out, 0xdf, entries.len());
            for (key, value) in entries {
                encode(out, key);
                encode(out, value);
            }
        }
    }
}
