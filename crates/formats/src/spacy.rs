//! spaCy's training data: DocBin (`.spacy`, MessagePack in zlib) and JSON (a pair of text and labels a line). A DocBin
//! has tokens and no offsets: tokens are cut so that every span begins and ends with one. Entities are flat; spans that
//! overlap go into the span group `sc`.

mod json;
mod msgpack;
mod strings;

pub use json::FORMAT as JSON;

use crate::{
    carries::{Carries, Kind, Names},
    labels,
    record::{Data, DirectoryView, Record, RecordError, Settings, Sink, Stop, give},
    registry::{Format, Job},
    sink::ArchiveSink,
    spans::{self, Ruler, Unit},
    text,
    tokens::tokens,
};
use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};
use labelwright_core::{Answer, GeometryKind, Value};
use msgpack::Pack;
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Read, Write},
};

pub const DOCBIN: Format = Format {
    id: "spacy",
    title: "spaCy DocBin",
    carries: Carries {
        words: "texts with spans and classes",
        geometry: &[GeometryKind::Span],
        fields: Names::Only(&[("cats", Kind::List)]),
        ..Carries::TEXTS
    },
    sniff: |view| if spans::files(view, &[".spacy"]).is_empty() { 0.0 } else { 0.97 },
    read: Some(read),
    write: Some(write),
    extension: "spacy",
    ..Format::NEW
};

const ORTH: i128 = 65;
const ENT_IOB: i128 = 77;
const ENT_TYPE: i128 = 78;
/// Bytes that a file may unpack to.
const UNPACKED_MAXIMUM: u64 = 1 << 30;

fn read(view: &dyn DirectoryView, _: &Settings, sink: &mut Sink<'_>) -> Result<(), Stop> {
    for name in spans::files(view, &[".spacy"]) {
        let records = text::whole_file(view, &name)
            .and_then(|bytes| docs(&bytes, &name).map_err(|message| RecordError::new(&name, "malformed", message)));
        match records {
            Ok(records) => records.into_iter().try_for_each(|record| give(sink, record))?,
            Err(error) => give(sink, Err(error))?,
        }
    }
    Ok(())
}

fn docs(bytes: &[u8], name: &str) -> Result<Vec<Result<Record, RecordError>>, String> {
    let mut unpacked = Vec::new();
    let read = ZlibDecoder::new(bytes).take(UNPACKED_MAXIMUM + 1).read_to_end(&mut unpacked);
    read.map_err(|error| format!("the file is not packed with zlib: {error}"))?;
    if unpacked.len() as u64 > UNPACKED_MAXIMUM {
        return Err(format!("the file unpacks to more than {UNPACKED_MAXIMUM} bytes"));
    }
    let file = msgpack::decode(&unpacked)?;
    let lacks = |key: &str| format!("the file has no `{key}`");
    let bytes_of = |key: &str| file.get(key).and_then(Pack::bytes).ok_or_else(|| lacks(key));
    let attributes = file.get("attrs").and_then(Pack::list).ok_or_else(|| lacks("attrs"))?;
    let column = |id: i128| attributes.iter().position(|attribute| *attribute == Pack::Whole(id));
    let orth = column(ORTH).ok_or("the tokens have no ORTH")?;
    let (iob, kind) = (column(ENT_IOB), column(ENT_TYPE));
    let values: Vec<u64> =
        bytes_of("tokens")?.as_chunks::<8>().0.iter().map(|chunk| u64::from_le_bytes(*chunk)).collect();
    let spaces = bytes_of("spaces")?;
    let lengths: Vec<i32> =
        bytes_of("lengths")?.as_chunks::<4>().0.iter().map(|chunk| i32::from_le_bytes(*chunk)).collect();
    let strings = file.get("strings").and_then(Pack::list).ok_or_else(|| lacks("strings"))?;
    let store = strings::store(strings.iter().filter_map(Pack::text));
    let entry = |key: &str, at: usize| file.get(key).and_then(Pack::list).and_then(|list| list.get(at));
    let (mut records, mut token) = (Vec::new(), 0);
    for (number, length) in lengths.iter().enumerate() {
        let place = format!("{name}: doc {number}");
        let end = token + usize::try_from(*length).map_err(|_| "a document has a negative length")?;
        let (mut text, mut chars) = (String::new(), 0_u32);
        let mut answer = Answer::default();
        let mut open: Option<usize> = None;
        for at in token..end {
            let row = values
                .get(at * attributes.len()..(at + 1) * attributes.len())
                .ok_or("there are fewer tokens than the lengths say")?;
            let word = store
                .get(&row[orth])
                .ok_or_else(|| format!("{place}: the text of a token is not among the strings"))?;
            let start = chars;
            text.push_str(word);
            chars += word.chars().count() as u32;
            let class = kind.and_then(|column| store.get(&row[column]));
            match (iob.map(|column| row[column]), class) {
                (Some(1), _) if open.is_some() => {
                    let region = open.and_then(|at| answer.regions.get_mut(at));
                    if let Some(labelwright_core::Geometry::Span(span)) = region.map(|region| &mut region.geometry)
                        && let Some(range) = span.ranges.first_mut()
                    {
                        range[1] = chars;
                    }
                }
                (Some(1 | 3), Some(class)) if start < chars => {
                    open = Some(answer.regions.len());
                    answer.regions.push(labels::region(
                        format!("s{}", answer.regions.len() + 1),
                        class.as_str(),
                        spans::span(vec![[start, chars]]),
                    ));
                }
                _ => open = None,
            }
            if spaces.get(at).is_some_and(|space| *space != 0) {
                text.push(' ');
                chars += 1;
            }
        }
        token = end;
        let groups = entry("span_groups", number).and_then(Pack::bytes).filter(|bytes| !bytes.is_empty());
        if let Some(groups) = groups {
            for [start, end, label] in group_spans(groups)? {
                let range = [start, end].map(|at| u32::try_from(at).unwrap_or(u32::MAX));
                let class = store.get(&label).map_or("span", String::as_str);
                if range[0] < range[1] && range[1] <= chars {
                    answer.regions.push(labels::region(
                        format!("s{}", answer.regions.len() + 1),
                        class,
                        spans::span(vec![range]),
                    ));
                } else {
                    records.push(Err(RecordError::new(
                        &place,
                        "bad_span",
                        "a span of a group lies outside of the text",
                    )));
                }
            }
        }
        if let Some(Pack::Map(cats)) = entry("cats", number) {
            let chosen = cats
                .iter()
                .filter(|(_, score)| score.number().is_some_and(|score| score >= 0.5) || *score == Pack::Boolean(true));
            let words: Vec<String> = chosen.filter_map(|(name, _)| name.text().map(str::to_owned)).collect();
            if !words.is_empty() {
                answer.fields.insert("cats".into(), Value::List(words));
            }
        }
        records.push(Ok(Record::new(format!("doc-{:06}", number + 1), Data::Text(text), place).answered(answer)));
    }
    Ok(records)
}

/// Start and end in characters, and the number of the label, of all spans of all groups.
fn group_spans(bytes: &[u8]) -> Result<Vec<[u64; 3]>, String> {
    let mut found = Vec::new();
    let groups: Vec<Pack> = match msgpack::decode(bytes)? {
        Pack::Map(entries) => entries.into_iter().map(|(group, _)| group).collect(),
        Pack::List(list) => list
            .into_iter()
            .map(|one| if let Pack::List(pair) = &one { pair.first().cloned().unwrap_or(Pack::Nil) } else { one })
            .collect(),
        _ => Vec::new(),
    };
    for group in groups.iter().filter_map(Pack::bytes) {
        let group = msgpack::decode(group)?;
        for span in group.get("spans").and_then(Pack::list).unwrap_or_default() {
            let Some(bytes) = span.bytes().filter(|bytes| bytes.len() == 40) else {
                return Err("a span has 40 bytes".into());
            };
            let wide = |at: usize| bytes[at..at + 8].iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
            let narrow = |at: usize| bytes[at..at + 4].iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
            found.push([narrow(32), narrow(36), wide(16)]);
        }
    }
    Ok(found)
}

/// A range and its class.
type Labeled<'a> = ([u32; 2], &'a str);

fn write(job: Job<'_, '_>, out: &mut dyn ArchiveSink) -> io::Result<()> {
    // The file is one block with its parts in columns: they are put together here, packed only as they are written.
    let (mut rows, mut spaces, mut lengths) = (Vec::new(), Vec::new(), Vec::new());
    let (mut cats, mut flags, mut groups) = (Vec::new(), Vec::new(), Vec::new());
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut numbers: BTreeMap<String, u64> = BTreeMap::new();
    let mut number = |text: &str| -> u64 {
        known.insert(text.to_owned());
        *numbers.entry(text.to_owned()).or_insert_with(|| strings::number(text))
    };
    for item in job.items {
        let Some(text) = &item.text else { continue };
        let ruler = Ruler::new(text, Unit::Unicode);
        let mut wanted: Vec<([u32; 2], &str)> =
            item.regions().filter_map(|region| Some((spans::range(region)?, region.class.as_str()))).collect();
        wanted.sort_by_key(|([start, end], _)| (*start, std::cmp::Reverse(*end)));
        let mut borders: BTreeSet<u32> = tokens(text).iter().flat_map(|token| [token.start, token.end]).collect();
        borders.extend(wanted.iter().flat_map(|(range, _)| *range));
        let length = text.chars().count() as u32;
        borders.extend([0, length]);
        let borders: Vec<u32> = borders.into_iter().collect();
        // A piece of white space of one space belongs to the token before it.
        let mut cut: Vec<([u32; 2], bool)> = Vec::new();
        for pair in borders.windows(2) {
            let [mut start, end] = [pair[0], pair[1]];
            let piece = ruler.cut(start, end);
            let white = piece.trim().is_empty();
            if let Some((_, space)) = cut.last_mut()
                && white
                && piece.starts_with(' ')
                && !*space
                && !wanted.iter().any(|([from, to], _)| *from == start || *to > start && *to <= end)
            {
                *space = true;
                start += 1;
            }
            if start < end {
                cut.push(([start, end], false));
            }
        }
        let (mut free, mut over): (Vec<Labeled<'_>>, Vec<Labeled<'_>>) = (Vec::new(), Vec::new());
        for one in wanted {
            if free.last().is_some_and(|(last, _)| last[1] > one.0[0]) { over.push(one) } else { free.push(one) }
        }
        for ([start, end], space) in &cut {
            let entity = free.iter().find(|([from, to], _)| from <= start && end <= to);
            let (iob, class) =
                entity.map_or((2, 0), |([from, _], class)| (if from == start { 3 } else { 1 }, number(class)));
            rows.extend_from_slice(&number(ruler.cut(*start, *end)).to_le_bytes());
            rows.extend_from_slice(&u64::to_le_bytes(iob));
            rows.extend_from_slice(&class.to_le_bytes());
            spaces.push(u8::from(*space));
        }
        lengths.extend_from_slice(&(cut.len() as i32).to_le_bytes());
        let mut chosen = Vec::new();
        if let Some(Value::List(words)) = item.field("cats") {
            chosen.extend(words.iter().map(|word| (Pack::Text(word.clone()), Pack::Float(1.0))));
        }
        cats.push(Pack::Map(chosen));
        flags.push(Pack::Map(vec![(Pack::Text("has_unknown_spaces".into()), Pack::Boolean(false))]));
        let mut group = Vec::new();
        for ([start, end], class) in over {
            let token = |at: u32, end: bool| {
                cut.iter().position(|(range, _)| range[usize::from(end)] == at).unwrap_or(0) as u32
            };
            let mut bytes = Vec::new();
            bytes.extend_from_slice(&0_u64.to_be_bytes());
            bytes.extend_from_slice(&0_u64.to_be_bytes());
            bytes.extend_from_slice(&number(class).to_be_bytes());
            for value in [token(start, false), token(end, true) + 1, start, end] {
                bytes.extend_from_slice(&value.to_be_bytes());
            }
            group.push(Pack::Bytes(bytes));
        }
        groups.push(Pack::Bytes(if group.is_empty() { Vec::new() } else { packed_group(group) }));
    }
    let file = Pack::Map(
        [
            ("version", Pack::Text("0.1".into())),
            ("attrs", Pack::List([ORTH, ENT_IOB, ENT_TYPE].map(Pack::Whole).to_vec())),
            ("tokens", Pack::Bytes(rows)),
            ("spaces", Pack::Bytes(spaces)),
            ("lengths", Pack::Bytes(lengths)),
            ("strings", Pack::List(known.into_iter().map(Pack::Text).collect())),
            ("cats", Pack::List(cats)),
            ("flags", Pack::List(flags)),
            ("span_groups", Pack::List(groups)),
        ]
        .into_iter()
        .map(|(key, value)| (Pack::Text(key.into()), value))
        .collect(),
    );
    let mut bytes = Vec::new();
    msgpack::encode(&mut bytes, &file);
    out.begin("labels.spacy")?;
    let mut encoder = ZlibEncoder::new(out, Compression::default());
    encoder.write_all(&bytes)?;
    encoder.finish()?;
    Ok(())
}

fn packed_group(list: Vec<Pack>) -> Vec<u8> {
    let mut group = Vec::new();
    let text = |text: &str| Pack::Text(text.into());
    let entries =
        vec![(text("name"), text("sc")), (text("attrs"), Pack::Map(Vec::new())), (text("spans"), Pack::List(list))];
    msgpack::encode(&mut group, &Pack::Map(entries));
    let mut all = Vec::new();
    msgpack::encode(&mut all, &Pack::Map(vec![(Pack::Bytes(group), Pack::List(vec![text("sc")]))]));
    all
}
