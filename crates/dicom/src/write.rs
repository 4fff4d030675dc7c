//! Writes files: explicit, least significant byte first (PS3.5 section A.2), with the head of PS3.10 section 7.1.

use crate::{DataSet, Element, Tag, Value, tags, uid};

/// Names the implementation that wrote a file.
const IMPLEMENTATION: &str = "2.25.150353441783117083137034463116204812107";
const UNDEFINED: [u8; 4] = [0xFF; 4];

/// The preamble, the word, and the head with its length.
pub(crate) fn head(meta: &DataSet<'_>) -> Vec<u8> {
    let mut elements = Vec::new();
    put(&mut elements, Tag(2, 1), b"OB", &[0, 1]);
    for (tag, element) in meta.iter().filter(|(tag, _)| tag.0 == 2) {
        write(&mut elements, tag, element);
    }
    put(&mut elements, Tag(2, 0x12), b"UI", IMPLEMENTATION.as_bytes());
    let mut out = vec![0; 128];
    out.extend_from_slice(b"DICM");
    put(&mut out, Tag(2, 0), b"UL", &(elements.len() as u32).to_le_bytes());
    out.extend_from_slice(&elements);
    out
}

/// A whole file. `syntax` is an explicit one: numbers are written least significant byte first.
#[must_use]
pub fn written(syntax: &str, data: &DataSet<'_>) -> Vec<u8> {
    let mut meta = DataSet::default();
    let text = |tag| data.text(tag).unwrap_or_default();
    meta.put_text(tags::MEDIA_STORAGE_SOP_CLASS_UID, b"UI", &text(tags::SOP_CLASS_UID));
    meta.put_text(tags::MEDIA_STORAGE_SOP_INSTANCE_UID, b"UI", &text(tags::SOP_INSTANCE_UID));
    let syntax = if syntax.is_empty() { uid::EXPLICIT_LITTLE } else { syntax };
    meta.put_text(tags::TRANSFER_SYNTAX_UID, b"UI", syntax);
    let mut out = head(&meta);
    for (tag, element) in data.iter().filter(|(tag, _)| tag.0 > 2) {
        write(&mut out, tag, element);
    }
    out
}

fn tag(out: &mut Vec<u8>, tag: Tag) {
    out.extend_from_slice(&tag.0.to_le_bytes());
    out.extend_from_slice(&tag.1.to_le_bytes());
}

fn put(out: &mut Vec<u8>, name: Tag, vr: &crate::Vr, bytes: &[u8]) {
    let odd = bytes.len() % 2;
    let length = bytes.len() + odd;
    tag(out, name);
    let short = !matches!(
        vr,
        b"OB" | b"OD" | b"OF" | b"OL" | b"OV" | b"OW" | b"SQ" | b"SV" | b"UC" | b"UN" | b"UR" | b"UT" | b"UV"
    );
    match u16::try_from(length) {
        Ok(length) if short => {
            out.extend_from_slice(vr);
            out.extend_from_slice(&length.to_le_bytes());
        }
        // What is too long for its own representation is written as unknown, as PS3.5 section 6.2.2 says.
        _ => {
            out.extend_from_slice(if short { b"UN" } else { vr });
            out.extend_from_slice(&[0, 0]);
            out.extend_from_slice(&(length as u32).to_le_bytes());
        }
    }
    out.extend_from_slice(bytes);
    if odd == 1 {
        out.push(if matches!(vr, b"UI" | b"OB" | b"OW" | b"UN") { 0 } else { b' ' });
    }
}

fn write(out: &mut Vec<u8>, name: Tag, Element { vr, value }: &Element<'_>) {
    match value {
        Value::Bytes(bytes) => put(out, name, vr, bytes),
        Value::Items(items) => {
            let mut inside = Vec::new();
            for item in items {
                let mut elements = Vec::new();
                item.iter().for_each(|(tag, element)| write(&mut elements, tag, element));
                tag(&mut inside, Tag(0xFFFE, 0xE000));
                inside.extend_from_slice(&(elements.len() as u32).to_le_bytes());
                inside.extend_from_slice(&elements);
            }
            put(out, name, b"SQ", &inside);
        }
        Value::Fragments(fragments) => {
            tag(out, name);
            out.extend_from_slice(b"OB\0\0");
            out.extend_from_slice(&UNDEFINED);
            for fragment in fragments {
                let odd = fragment.len() % 2;
                tag(out, Tag(0xFFFE, 0xE000));
                out.extend_from_slice(&((fragment.len() + odd) as u32).to_le_bytes());
                out.extend_from_slice(fragment);
                out.extend(std::iter::repeat_n(0, odd));
            }
            tag(out, Tag(0xFFFE, 0xE0DD));
            out.extend_from_slice(&[0; 4]);
        }
    }
}
